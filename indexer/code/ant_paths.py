"""Patterns of paths with `*` and `**`, held against routes with `{name}` for parameters."""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache


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
    return _covers(tuple(_parts(pattern)), tuple(_parts(route)))


def _parts(path: str) -> list[str]:
    return [part for part in path.split("/") if part]


def _covers(pattern: tuple[str, ...], route: tuple[str, ...]) -> Match:
    if not pattern:
        return Match.NO if route else Match.YES
    if pattern[0] == "**" or re.fullmatch(r"\{\*\w+\}", pattern[0]):
        found = [_covers(pattern[1:], route[at:]) for at in range(len(route) + 1)]
        return next((one for one in (Match.YES, Match.MAYBE) if one in found), Match.NO)
    if not route:
        return Match.NO
    here = _part(pattern[0], route[0])
    if here is Match.NO:
        return Match.NO
    rest = _covers(pattern[1:], route[1:])
    return rest if here is Match.YES or rest is Match.NO else Match.MAYBE


def _part(pattern: str, route: str) -> Match:
    if pattern == "*" or re.fullmatch(r"\{\w+\}", pattern):
        return Match.YES
    if "{" in route or "{" in pattern:
        return Match.MAYBE
    glob = re.escape(pattern).replace(r"\*", "[^/]*").replace(r"\?", "[^/]")
    return Match.YES if re.fullmatch(glob, route) else Match.NO
