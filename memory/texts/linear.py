"""Patterns that no text makes slow, whatever they are: RE2 asks them."""

from __future__ import annotations

import re
from typing import Any, cast

_MEMORY = 64_000_000  # bytes at most for what is known of a pattern; with less it is slower
_MEMORY_OF_OTHERS = 1_000_000  # one that takes more is refused: time grows with it, too
_LONGEST = 2_000  # characters of one that only `re` knows
_PLAIN = re.compile(r"\\[^1-9]|\[\^?+\]?+(?:[^\]\\]|\\.)*+\]", re.DOTALL)  # what repeats nothing
_REPEATED_GROUP = re.compile(r"\)[*+{]")
_BACK_REFERENCE = re.compile(r"\\[1-9]|\(\?P=|\(\?\(")
_REPEAT = re.compile(r"[*+{]")
_CHOICE = re.compile(r"\||(?<!\()\?")
_MOST_REPEATS, _MOST_CHOICES = 2, 8


def compiled(pattern: str, memory: int = _MEMORY) -> Any:
    """A pattern with the methods of one of `re`; neither lookaround nor back references."""
    import re2  # takes 15 ms

    options = re2.Options()
    options.max_mem, options.log_errors = memory, False
    return re2.compile(pattern, options)


def tamed(pattern: str) -> re.Pattern[str]:
    """A pattern that a project's own file has, with the methods of one of `re`.

    One that RE2 does not know, as for what it looks ahead to, is asked by `re` where it repeats and
    offers so little that no text takes it more than its length squared, a few hundred times.

    Raises:
        ValueError: it is no pattern, or could take any time.
    """
    import re2

    try:
        return cast("re.Pattern[str]", compiled(pattern, _MEMORY_OF_OTHERS))
    except re2.error as error:
        said, *_ = error.args
        reason = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    bare = _PLAIN.sub("x", pattern[:_LONGEST])
    repeats = len(_REPEAT.findall(bare)) + (not bare.startswith("^"))
    is_tame = not _BACK_REFERENCE.search(bare) and not _REPEATED_GROUP.search(bare)
    is_tame = is_tame and len(_CHOICE.findall(bare)) <= _MOST_CHOICES and repeats <= _MOST_REPEATS
    try:
        if is_tame and len(pattern) <= _LONGEST:
            return re.compile(pattern)
    except re.error as error:
        reason = str(error)
    raise ValueError(f"the expression {pattern:.200} is not understood: {reason:.200}")
