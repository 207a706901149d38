"""Patterns of paths with `*` and `**`, held against routes with `{name}` for parameters."""

from __future__ import annotations

import re
from enum import Enum
from functools import cache, lru_cache

from memory.texts.linear import tamed

_MOST = 60  # parts of a path
_LONGEST = 500  # characters of one


class Match(Enum):
    """Whether a pattern is for what a route serves."""

    YES = "all of it"
    NO = "none of it"
    MAYBE = "some of it"


@lru_cache(maxsize=4096)
def covers(pattern: str, route: str) -> Match:
    """Whether a pattern is for all, none or some of the paths of a route.

    `**` stands for any number of parts, `*` for what is within one, `{name}` for one part; of a
    route a parameter stands for any one part.
    """
    if any(sign in pattern for sign in "[]()|\\^$") or not pattern.startswith("/"):
        return Match.MAYBE
    asked, served = _parts(pattern), _parts(route)
    if max(len(asked), len(served)) > _MOST:
        return Match.MAYBE
    return _covers(asked, served)


def _parts(path: str) -> list[str]:
    return [part for part in path.split("/") if part]


def _covers(pattern: list[str], route: list[str]) -> Match:
    @cache  # else each `**` would try all that the others did
    def rest(first: int, there: int) -> Match:
        if first == len(pattern):
            return Match.NO if there < len(route) else Match.YES
        said = pattern[first]
        if said == "**" or re.fullmatch(r"\{\*\w+\}", said):
            found = {rest(first + 1, at) for at in range(there, len(route) + 1)}
            return next((one for one in (Match.YES, Match.MAYBE) if one in found), Match.NO)
        here = _part(said, route[there]) if there < len(route) else Match.NO
        if here is Match.NO:
            return Match.NO
        after = rest(first + 1, there + 1)
        return after if here is Match.YES or after is Match.NO else Match.MAYBE

    return rest(0, 0)


def _part(pattern: str, route: str) -> Match:
    if pattern == "*" or re.fullmatch(r"\{\w+\}", pattern):
        return Match.YES
    if "{" in route or "{" in pattern or len(pattern) > _LONGEST:
        return Match.MAYBE
    if "*" not in pattern and "?" not in pattern:
        return Match.YES if pattern == route else Match.NO
    glob = re.escape(pattern).replace(r"\*", "[^/]*").replace(r"\?", "[^/]")
    return Match.YES if tamed(glob).fullmatch(route) else Match.NO
