"""What could be tidied, and how that is done and undone."""
