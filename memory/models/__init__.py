"""What archmem speaks of, as values without input or output."""
