"""Makes recalled text harmless to the terminal, or the program, that it is shown to."""

from memory.texts.safe_text import escape_unsafe, one_line, visible

__all__ = ["escape_unsafe", "one_line", "visible"]
