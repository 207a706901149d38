"""Writing the project's files: which file, what new text, and how it comes there whole."""
