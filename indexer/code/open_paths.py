"""Lists of paths that a check lets pass, as functions write them: whether a route may be in one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

How = Literal["is", "begins", "ends", "has"]

_VARIABLE = re.compile(r"\{|\*")


def may_be_open(path: str, paths: Iterable[tuple[How, str]], *, is_stripped: bool) -> bool:
    """Whether a request that a route is for may have one of some paths.

    Args:
        path: Of the route, with `{name}` for parameters and `*` for anything.
        paths: What a path is compared with, and how.
        is_stripped: Whether some of the path may be taken away before it is compared.
    """
    tails = [path]
    if is_stripped or path.startswith("/{"):
        tails = [path[at:] for at, sign in enumerate(path) if sign == "/"] or [path]
    return any(_may_fit(tail, how, said) for how, said in paths for tail in tails)


def _may_fit(path: str, how: How, said: str) -> bool:
    first = _VARIABLE.search(path)
    if first is None:
        return {
            "is": path == said,
            "begins": path.startswith(said),
            "ends": path.endswith(said),
            "has": said in path,
        }[how]
    front, end = path[: first.start()], re.split(r"\}|\*", path)[-1]
    begins = front.startswith(said) or said.startswith(front)
    ends = end.endswith(said) or said.endswith(end)
    of_parts = "*" in path or said.count("/") == path.count("/")
    return {"is": begins and ends and of_parts, "begins": begins, "ends": ends, "has": True}[how]
