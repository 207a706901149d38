"""SQLite: all revisions of all memories, and everything that is noted about them."""
