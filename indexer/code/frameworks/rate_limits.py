"""Whether a project limits how often it is asked at all: where nothing names a limit, none is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indexer.code.access import untold
from indexer.code.frameworks.asked_words import owners_by_line
from indexer.code.readers import Reader
from memory.code.codebase import Answered, CodePlace
from memory.code.facts import Mark
from memory.code.testing import is_test

if TYPE_CHECKING:
    from collections.abc import Iterable

    from indexer.code.project_code import CodeProject
    from indexer.code.syntax import SourceFile
    from memory.code.codebase import Route

#: Letters are told apart, as looking without that takes five times as long.
_NAMED = (
    rb"[Rr]ate[_-]?[Ll]imit|RATE_?LIMIT|[Tt]hrottl|THROTTL|(?<!de)(?<!De)[Ll]imiter|(?<!DE)LIMITER"
    rb"|[Bb]ucket4j|[Tt]oken_?[Bb]ucket|[Ll]eaky_?[Bb]ucket|[Ss]low_?[Dd]own|axes\.(?:middleware|backends)"
    rb"|[Bb]rute[_-]?[Ff]orce|xpress-?[Bb]rute|httprate|rate\.Limit|[Ll]ock(?:ed)?[_-]?[Oo]ut"
    rb"|(?:[Mm]ax|[Ff]ailed)_?(?:[Ll]ogin_?)?[Aa]ttempt"
    rb"|ogin_?[Aa]ttempt|(?:MAX|FAILED|LOGIN)_(?:LOGIN_)?ATTEMPT"
    rb"|[Tt]oo_?[Mm]any_?(?:[Rr]equests|[Aa]ttempts)|TOO_MANY_REQUESTS|HTTP_429"
)
_LIMITS = re.compile(_NAMED)
_LIMITS_IN_TEXT = re.compile(_NAMED.decode())
_COMMENT = re.compile(rb"\s*(?:#|//|/?\*)")
_CATCHES = re.compile(
    rb"\bexcept\b|\bcatch\b|\binstanceof\b|\bisinstance\(|\berrors\.(?:Is|As)\(|^\s*+(?:from|import|use)\b"
)
_ERROR = re.compile(rb"\w{0,60}?(?:Error|Exception|Exceeded)\b")
_NOT_FOLLOWED = "a limit is named; whether it stands before this route is not followed"
#: Where something stands that may be for all routes.
_SETS_UP = re.compile(
    r"(?:^|/)(?:settings?|config\w{0,99}|kernel|bootstrap|providers?|middlewares?|filters?|interceptors?"
    r"|main|app|server|application|startup|wsgi|asgi)(?:/|\w{0,99}\.\w+$)",
    re.IGNORECASE,
)
#: What counts failed logins may do so in an event or a backend, which no handler calls.
_OF_LOGINS = re.compile(r"attempt|brute|lock|axes", re.IGNORECASE)
_SEES_ALL = re.compile(r"Middleware|Filter|Interceptor|Guard|Kernel|Provider|Module\b")
_OF_BROWSERS = re.compile(
    r"\.(?:tsx|jsx|vue|min\.js)$|\A(?>(?:.*?/)?(?:_?static|public|assets|dist)/).*\.m?js$"
)


class RateLimits(Reader):
    """Whatever is named like a limit of how often something may be asked, by where it stands."""

    name = "rate-limits"
    version = 5
    languages = frozenset({"python", "php", "typescript", "java", "go"})
    hint = _LIMITS

    def read(self, source: SourceFile) -> Iterable[Mark]:
        """`limit`: the first name like that in each definition, outside of comments."""
        lines = source.content.splitlines()
        owners: list[str] = []
        seen: set[str] = set()
        for number, line in enumerate(lines, 1):
            found = None if _COMMENT.match(line) else _limit(line)
            if found:
                owners = owners or owners_by_line(source, len(lines))
                if (owner := owners[number]) not in seen:
                    seen.add(owner)
                    said = found[0].decode("utf-8", "replace")
                    yield Mark(self.name, "limit", said, number, {"in": owner})


def _limit(line: bytes) -> re.Match[bytes] | None:
    """What of a line is named like a limit; not the error of another one, which is caught."""
    is_caught = _CATCHES.search(line)
    for found in _LIMITS.finditer(line):
        if not (is_caught and _ERROR.match(line, found.end())):
            return found
    return None


class Limits:
    """What of a project is named like a limit, and whether it stands on the way of a route."""

    def __init__(self, project: CodeProject) -> None:
        self._near: dict[CodePlace, str] = {}  # in a definition, "" for the file around them
        self._everywhere = ""
        for path, mark in project.marks(RateLimits.name):
            if is_test(path) or _OF_BROWSERS.search(path):
                continue
            said = f"{mark.name} ({path}:{mark.line})"
            self._near[CodePlace(path, mark.data["in"])] = said
            is_for_all = _SETS_UP.search(path) or _OF_LOGINS.search(mark.name)
            if is_for_all or _SEES_ALL.search(mark.data["in"]):
                self._everywhere = self._everywhere or said
        for path, facts in project.files.items():
            if facts.content and (found := _LIMITS_IN_TEXT.search(facts.content)):
                line = facts.content.count(chr(10), 0, found.start()) + 1
                self._everywhere = self._everywhere or f"{found[0]} ({path}:{line})"
        self._files = {place.path for place in self._near}

    def of(self, route: Route, reached: Iterable[CodePlace]) -> Answered:
        """Whether a route is limited, where its framework does not tell.

        "no" where nothing on its way is named like a limit, nor anything that may stand before all
        routes. What stands in front of the project, a proxy, is not seen.
        """
        if not self._near and not self._everywhere:
            return Answered("no", "nothing in code or settings is named like a limit")
        named = next((one for one in route.middleware if _LIMITS_IN_TEXT.search(one)), "")
        registered = route.registered.rpartition(":")[0]
        ways = [CodePlace(registered), *reached]
        on_way = next((self._near[one] for one in ways if one in self._near), "")
        if doubt := named or on_way or self._everywhere:
            return untold(_NOT_FOLLOWED, doubt)
        other = next(iter(self._near.values()))
        return Answered("no", f"nothing on its way is named like a limit; elsewhere is {other}")
