"""Which classes make routers and applications of FastAPI: its own, and those that extend them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from indexer.code.project_code import CodeProject

#: What a class is called that may be one.
MAYBE_ROUTER = re.compile(r"(?:^|\.)\w*(?:Router|API|App)$")
_OWN = frozenset({"FastAPI", "APIRouter"})
_DEEPEST = 4  # classes, one extending another


def is_own(called: str) -> bool:
    """Whether it is a class of FastAPI itself."""
    return called.rpartition(".")[2] in _OWN


def router_kind(project: CodeProject, path: str, called: str, depth: int = 0) -> str:
    """The class of FastAPI that one is, or extends; "" for none."""
    if is_own(called):
        return called.rpartition(".")[2]
    place = project.locate(path, called)
    one = project.definition(place) if place else None
    for base in one.bases if place and one and depth < _DEEPEST else ():
        if place and (kind := router_kind(project, place.path, base, depth + 1)):
            return kind
    return ""
