"""Names of agents as they are compared: `Payments_Agent` and `agent:payments` are `payments`."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_NAMELESS = frozenset({"agent", "subagent", "the", "module", "team"})


@lru_cache(maxsize=4_096)  # a project has few names, and each memory bears one
def bare(name: str) -> str:
    """A name as it is compared, without case and marks, and without words that name nobody.

    A name of such words only keeps them. It is empty where a name has no words.
    """
    words = [word for word in re.split(r"[\W_]+", name.casefold()) if word]
    return "-".join([word for word in words if word not in _NAMELESS] or words)


def alike(name: str, names: Iterable[str]) -> tuple[str, ...]:
    """Those of the names that are the same when they are compared; none for an empty one."""
    wanted = bare(name)
    return tuple(one for one in names if wanted and bare(one) == wanted)
