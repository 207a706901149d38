"""The parts of a memory that is one entry among others in a file."""
