"""What became of the places in the codebase that memories name."""
