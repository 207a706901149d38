"""Memories of other tools as notes of this project, in a file that people can read."""
