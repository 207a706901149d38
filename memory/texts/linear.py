"""Patterns that no text makes slow, whatever they are: RE2 asks them."""

from __future__ import annotations

import re
from typing import Any, cast

_MEMORY = 64_000_000  # bytes at most for what is known of a pattern; with less it is slower
_MEMORY_OF_OTHERS = 1_000_000  # one that takes more is refused: time grows with it, too
_LONGEST = 2_000  # characters of one that only `re` knows
#: What repeats nothing; a longer class counts as what may.
_PLAIN = re.compile(r"\\[^1-9]|\[\^?+\]?+(?:[^\]\\]|\\.){0,200}+\]", re.DOTALL)
_REPEATED_GROUP = re.compile(r"\)[*+{]")
_BACK_REFERENCE = re.compile(r"\\[1-9]|\(\?P=|\(\?\(")
_REPEAT = re.compile(r"[*+{]")
_OPTION = re.compile(r"(?<!\()\?")
_MOST_REPEATS, _MOST_WAYS = 2, 256


def compiled(pattern: str | bytes, memory: int = _MEMORY) -> Any:
    """A pattern with the methods of one of `re`; neither lookaround nor back references.

    Raises:
        ValueError: RE2 does not know such a pattern; it says why.
    """
    import re2  # takes 15 ms

    options = re2.Options()
    if isinstance(pattern, bytes):  # which may be of any encoding
        options.encoding = re2.Options.Encoding.LATIN1
    options.max_mem, options.log_errors = memory, False
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        said, *_ = error.args
        reason = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        raise ValueError(reason) from error


def tamed(pattern: str) -> re.Pattern[str]:
    """A pattern that a project's own file has, with the methods of one of `re`.

    One that RE2 does not know, as for what it looks ahead to, is asked by `re` where it repeats and
    offers so little that no text takes it more than its length squared, a few hundred times.

    Raises:
        ValueError: it is no pattern, or could take any time.
    """
    try:
        return cast("re.Pattern[str]", compiled(pattern, _MEMORY_OF_OTHERS))
    except ValueError as error:
        reason = str(error)
    if len(pattern) <= _LONGEST:
        try:
            known = re.compile(pattern)
        except (re.error, OverflowError, RecursionError) as error:
            reason = str(error)
        else:
            if _is_tame(_PLAIN.sub("x", pattern)):
                return known
            reason = "it looks ahead or back, and could take any time"
    raise ValueError(f"the expression {pattern:.200} is not understood: {reason:.200}")


def _is_tame(bare: str) -> bool:
    repeats = len(_REPEAT.findall(bare)) + (not bare.startswith("^"))
    if _BACK_REFERENCE.search(bare) or _REPEATED_GROUP.search(bare) or repeats > _MOST_REPEATS:
        return False
    return _ways(bare) <= _MOST_WAYS


def _ways(bare: str) -> int:
    """In how many ways at most its choices can be made."""
    ways: int = 2 ** len(_OPTION.findall(bare))
    offered = [1]  # by each group that is open
    for sign in bare:
        if sign == "(":
            offered.append(1)
        elif sign == "|":
            offered[-1] += 1
        elif sign == ")" and len(offered) > 1:
            ways *= offered.pop()
    return ways * offered[0]
