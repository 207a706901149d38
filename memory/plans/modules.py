"""Which modules a text names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def modules_in(text: str, known: Iterable[str]) -> tuple[str, ...]:
    """The known modules that a text names, as a word or as a part of a path; in their order."""
    folded = text.casefold()
    return tuple(
        name
        for name in known
        if name and re.search(rf"(?<![\w-]){re.escape(name.casefold())}(?![\w-])", folded)
    )
