"""Patterns that no text makes slow, whatever they are: RE2 asks them."""

from __future__ import annotations

from typing import Any

_MEMORY = 64_000_000  # bytes at most for what is known of a pattern; with less it is slower


def compiled(pattern: str) -> Any:
    """A pattern with the methods of one of `re`; neither lookaround nor back references."""
    import re2  # takes 15 ms

    options = re2.Options()
    options.max_mem, options.log_errors = _MEMORY, False
    return re2.compile(pattern, options)
