"""What can go wrong when a record is to be written into a file."""

from memory.errors import ArchMemError


class FileNotWritable(ArchMemError):
    """A file cannot take a record without harm to what it holds."""

    hint = "Put the file right by hand; the record is kept in the ledger until then."

    def __init__(self, path: str, reason: str) -> None:
        """Name the file, relative to the project root, and what is in the way."""
        super().__init__(f"{path} was left alone: {reason}.")
        self.path, self.reason = path, reason
