"""From a project's files and git to its memory."""
