"""A plan held against what is known."""
