"""What names mean at a line of a file, by the functions and classes around it."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from memory.code.facts import FileFacts

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
        one.name
        for one in reversed(facts.definitions)
        if one.kind in kinds and one.line <= line <= one.last_line
    ]
    if any(not one.startswith(f"{other}.") for one, other in pairwise(around)):
        around = ["|".join(around)]
    yield from (f"{one}.{plain}" for one in around)
