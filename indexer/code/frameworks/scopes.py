"""What names mean at a line of a file, by the functions and classes around it."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from memory.code.facts import Definition, FileFacts

_FIELD = re.compile(r"(?:self|this)\.")


def names_at(facts: FileFacts, said: str, line: int) -> Iterator[str]:
    """What something may be called at a line, from 1, of a file; the innermost first.

    A variable of a function is called by that, `create.router`; a field by its class, in all of
    its methods: `Site.router` for `self.router` and `this.router`. On a line that two share, as
    in `function a() {} function b() {}`, nobody knows of which it is: it is called by both.
    """
    kinds = {"class"} if _FIELD.match(said) else {"function", "method"}
    plain = _FIELD.sub("", said, count=1)
    around = [
        one
        for one in reversed(facts.definitions)
        if one.kind in kinds and one.line <= line <= one.last_line
    ]
    names = [one.name for one in around]
    if not all(_is_within(*pair) for pair in pairwise(around)):
        names = ["|".join(names)]
    yield from (f"{one}.{plain}" for one in names)


def _is_within(one: Definition, other: Definition) -> bool:
    """Whether a definition stands in another one, and not beside it on a line of both."""
    is_below = other.line < one.line and one.last_line < other.last_line
    return is_below or one.name.startswith(f"{other.name}.")
