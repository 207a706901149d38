"""What speaks for a lesson and against it, and what bears on a memory today."""
