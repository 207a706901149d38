"""Go: routes of net/http, chi, gin and echo, through the functions that routers are handed to."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, NamedTuple

from indexer.code.access import BEFORE, HANDLER, UNSEEN, untold
from indexer.code.frameworks.go_functions import DEEPEST, NAMES, READER, Names
from indexer.code.frameworks.go_middleware import guards
from indexer.code.frameworks.go_registered import (
    HARMLESS,
    REFUSES,
    STOPS,
    registered,
)
from indexer.code.frameworks.go_router import UNKNOWN, Made, joined
from indexer.code.readers import Reader
from indexer.code.refusals import Refusals, refusing
from memory.code.codebase import NOT_ASKED, Answered, CodePlace, Route, Unresolved
from memory.code.testing import is_test

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indexer.code.project_code import CodeProject
    from indexer.code.syntax import SourceFile
    from memory.code.facts import Mark

_NAME = READER
_ENDING = "go-routers ending"  # the reader's name for what may end a request
#: Middleware of libraries that refuses who shows nothing, by the package and what is called.
_GUARDS = re.compile(
    r"^(?:github\.com/gin-gonic/gin\.BasicAuth(?:ForRealm)?"
    r"|github\.com/labstack/echo(?:/v\d+)?/middleware\.(?:BasicAuth|KeyAuth|JWT)"
    r"|github\.com/labstack/echo-jwt(?:/v\d+)?\.JWT"
    r"|github\.com/go-chi/chi(?:/v\d+)?/middleware\.BasicAuth"
    r"|github\.com/go-chi/jwtauth(?:/v\d+)?\.Authenticator)$"
)
_HARMLESS = re.compile(
    r"^(?:github\.com/gin-gonic/gin\.(?:Logger\w*|Recovery\w*|ErrorLogger)"
    r"|github\.com/gin-contrib/(?:cors|gzip|requestid|zap|logger|location|sessions|size|expvar).*"
    r"|github\.com/labstack/echo(?:/v\d+)?/middleware\.(?:Logger|RequestLogger|Recover|CORS|Gzip|"
    r"Decompress|RequestID|Secure|BodyLimit|BodyDump|(?:Add|Remove)TrailingSlash|Timeout|"
    r"ContextTimeout|Static|Rewrite|MethodOverride|HTTPS|RateLimiter)\w*"
    r"|github\.com/go-chi/chi(?:/v\d+)?/middleware\.(?:Logger|RequestLogger|Recoverer|RequestID|"
    r"RealIP|Timeout|Compress|NewCompressor|StripSlashes|RedirectSlashes|CleanPath|Heartbeat|"
    r"SetHeader|AllowContentType|AllowContentEncoding|NoCache|GetHead|URLFormat|Throttle\w*|"
    r"WithValue|ContentCharset|RequestSize|Profiler|PathRewrite)"
    r"|github\.com/(?:go-chi|rs)/(?:cors|render|httplog|hlog).*|github\.com/go-chi/httprate.*"
    r"|github\.com/go-chi/jwtauth(?:/v\d+)?\.Verifier|go\.opentelemetry\.io/.*"
    r"|net/http\.(?:StripPrefix|MaxBytesHandler|TimeoutHandler))$"
)
_LIMITS = re.compile(r"(?:^|[./])(?:httprate\.|tollbooth|middleware\.(?:Throttle|RateLimiter))")
_PARAMETERS = re.compile(r"\{(\w+)(?:\.\.\.|:(?:[^{}]|\{[^{}]*\})*)?\}|[:*](\w+)")
_HTTP = re.compile(r"^(?:([A-Z]+)\s+)?([^/\s\x00]*)(/.*)$")
_SERVES = re.compile(r"^(?:net/http|log|fmt|context|os)\.")
_MOST_WAYS = 20
_NOBODY_HANDS = "nobody is seen to hand it a router"
_NOT_PLACED = "where its router stands is not known"


class GoRouters(Reader):
    """Routers are followed as they are made, grouped, mounted, returned and handed on."""

    name = _NAME
    version = 5
    languages = frozenset({"go"})
    hint = re.compile(
        rb"\"net/http\"|gin-gonic/gin|go-chi/chi|labstack/echo|=\s*\"/|" + REFUSES.pattern
    )

    def read(self, source: SourceFile) -> Iterable[Mark]:
        """What functions do with routers and requests."""
        yield from registered(source, self.name)
        yield from guards(source, self.name)
        yield from refusing(source, self.name, REFUSES)
        yield from refusing(source, _ENDING, STOPS)

    def assemble(self, project: CodeProject) -> Iterable[Route | Unresolved]:
        """Each route once for each way in which its router is reached."""
        return _Routers(project).routes()


#: What a request passes: file, function, text, line, whether it is certain.
_Asked = tuple[str, str, str, int, bool]


class _Way(NamedTuple):
    """What stands above what is registered on a router."""

    prefix: str
    middleware: tuple[_Asked, ...]


_NOWHERE = _Way(UNKNOWN, ())  # nobody can tell what stands above


class _Routers:
    """The routers of a project."""

    def __init__(self, project: CodeProject) -> None:
        self._project = project
        self._names = Names(project)
        self._refusals = Refusals(project, _NAME)
        self._ends = Refusals(project, _ENDING)
        self._guards = {
            CodePlace(path, one.name): one for path, one in project.marks(_NAME, "guard")
        }
        self._consumers: dict[tuple[str, str, str], list[tuple[str, Mark]]] = {}
        self._uses: dict[tuple[str, str, str], list[tuple[str, Mark]]] = {}
        self._fields: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
        self._given: dict[CodePlace, list[tuple[str, Mark]]] = {}
        for path, mark in self._marks("return"):
            self._given.setdefault(CodePlace(path, mark.name), []).append((path, mark))
        for path, mark in self._marks("use"):
            self._uses.setdefault(self._key(path, mark), []).append((path, mark))
        for path, mark in self._marks("field"):
            name = (posixpath.dirname(path), mark.data["name"])
            self._fields.setdefault(name, []).append(self._key(path, mark))
        self._wraps: dict[tuple[str, str, str], list[_Asked]] = {}
        self._calls: dict[tuple[str, str, int], list[Mark]] = {}  # by where each ends
        for path, mark in self._marks("call"):
            self._calls.setdefault((path, mark.name, mark.data.get("site", 0)), []).append(mark)
            self._handed(path, mark)
        self._mounting: set[tuple[str, int]] = set()
        for path, mark in self._marks("route"):
            said = [mark.data["handler"], *(one for one, _, _ in mark.data["middleware"])]
            places = (self._names.function(path, mark.name, one) for one in said)
            for key in (each for place in places if place for each in self._keys_given(place)):
                self._mounting.add((path, mark.line))
                self._consumers.setdefault(key, []).append((path, mark))
        for path, mark in self._marks("mount"):
            what = mark.data["what"]
            is_known = ":" in what and not what.startswith("made:")
            made = Made.of(what)
            place = self._names.function(path, mark.name, made.called if made else what)
            keys = [(path, mark.name, what)] if is_known or made else []
            keys += [] if is_known else self._keys_given(place)
            for key in keys:
                self._consumers.setdefault(key, []).append((path, mark))

    def _handed(self, path: str, mark: Mark) -> None:
        """A function that a router is handed to: it registers routes, or sees requests first."""
        callee = mark.data["callee"]
        place = self._names.function(path, mark.name, callee)
        key = (place.path, place.symbol, f"param:{mark.data['index']}") if place else None
        if key and (place not in self._guards or self._names.takes(key)):
            self._consumers.setdefault(key, []).append((path, self._as_given(path, mark)))
        elif not _SERVES.match(self._names.origin(path, callee)):
            one = (path, mark.name, callee, mark.line, place is not None)
            self._wraps.setdefault(self._key(path, mark), []).append(one)

    def _marks(self, kind: str) -> Iterator[tuple[str, Mark]]:
        for path, mark in self._project.marks(_NAME, kind):
            if not is_test(path):
                yield path, self._unwrapped(path, mark) if kind == "route" else mark

    def _unwrapped(self, path: str, mark: Mark) -> Mark:
        """A route with what its handler is wrapped in; `make` answers in `make(settings)`."""
        data = dict(mark.data)
        wrapped = data.pop("wrapped")
        if wrapped and self._names.is_value(path, mark.name, data["handler"]):
            *wrapped, (data["handler"], _, _) = wrapped
        return mark._replace(data=data | {"middleware": [*data["middleware"], *wrapped]})

    def _as_given(self, path: str, mark: Mark) -> Mark:
        """What is said of a router that a function gave, where it is another than it was given."""
        made = Made.of(mark.data["made"]["base"]) if "made" in mark.data else None
        place = self._names.function(path, mark.name, made.called) if made else None
        if made is None or not place:
            return mark
        is_one = place in self._given or self._names.gives(place, made.at)
        return mark._replace(data=mark.data | mark.data["made"]) if is_one else mark

    def _keys_given(self, place: CodePlace | None) -> list[tuple[str, str, str]]:
        """The routers that a function returns."""
        given = self._given.get(place, ()) if place else ()
        return [self._key(path, self._as_given(path, mark)) for path, mark in given]

    def _key(self, path: str, mark: Mark) -> tuple[str, str, str]:
        base = mark.data["base"]
        if base.startswith("field:"):
            return posixpath.dirname(path), "", base
        if base == "default":
            return "", "", base
        return path, mark.name, base

    def routes(self) -> Iterator[Route | Unresolved]:
        """All of them, by file and line."""
        for path, mark in self._marks("route"):
            if (path, mark.line) in self._mounting:
                continue
            key = self._key(path, mark)
            ways = list(self._ways(key, 0))[:_MOST_WAYS]
            if not ways and not key[2].startswith("made:"):  # else it is no router
                yield Unresolved(path, mark.line, "route", _shown(mark.data["path"]), _NOBODY_HANDS)
            for way in dict.fromkeys(ways):
                yield from self._route(path, mark, way, key)

    def _ways(self, key: tuple[str, str, str], depth: int) -> Iterator[_Way]:
        """What stands above a router, once for each way in which it is reached."""
        path, _, base = key
        consumers = self._consumers.get(key, ())
        wraps = tuple(self._wraps.get(key, ()))
        if base.startswith("field:"):
            owners = self._fields.get((path, base.removeprefix("field:")), [])
            for one in owners if depth < DEEPEST else ():
                yield from self._ways(one, depth + 1)
            if not owners:
                yield _Way("", wraps)
            return
        if base.startswith("untold:"):
            yield _NOWHERE
        elif base.startswith("made:"):
            yield from self._made(key, wraps, depth)
        for where, mark in consumers if depth < DEEPEST and not base.startswith("made:") else ():
            yield from self._through(where, mark, wraps, depth)
        if not consumers and not base.startswith(("param:", "untold:", "made:")):
            yield _Way("", wraps)

    def _through(
        self, path: str, mark: Mark, wraps: tuple[_Asked, ...], depth: int
    ) -> Iterator[_Way]:
        """What stands above what is said of a router, and it itself."""
        for above in self._ways(self._key(path, mark), depth + 1):
            prefix = joined(above.prefix, self._names.path(path, mark.data["prefix"]))
            if "StripPrefix" in str(mark.data["middleware"]):
                prefix = joined(prefix, self._names.path(path, mark.data["path"]))
            yield _Way(prefix, (*above.middleware, *self._middleware(path, mark), *wraps))

    def _made(
        self, key: tuple[str, str, str], wraps: tuple[_Asked, ...], depth: int
    ) -> Iterator[_Way]:
        """What stands above a router that a function gives; nobody knows if it gives several."""
        made = Made.of(key[2])
        place = self._names.function(key[0], key[1], made.called) if made else None
        if made is None:
            return
        handed = self._calls.get((key[0], key[1], made.site), [])
        given = [one for one in self._given.get(place, ()) if one[1].data["at"] == made.at] \
            if place else []  # fmt: skip
        if (
            depth >= DEEPEST
            or (handed and not given)
            or len({str(one.data) for _, one in given}) > 1
        ):
            yield _NOWHERE
            return
        for path, mark in given[:1]:
            said = self._as_given(path, mark)
            base = said.data["base"]
            above = [  # the router that this very call hands over, or what mounts what it gives
                (key[0], self._as_given(key[0], one))
                for one in handed
                if base == f"param:{one.data['index']}"
            ] or self._consumers.get(key, [])
            if not above:
                ways = list(self._through(path, said, wraps, depth))
                is_one = not base.startswith("made:") or len(ways) == 1  # else of another call
                yield from ways if is_one else [_NOWHERE]
            own = (*self._middleware(path, said), *wraps)
            prefix = self._names.path(path, said.data["prefix"])
            for where, one in above:
                for way in self._through(where, one, (), depth):
                    yield _Way(joined(way.prefix, prefix), (*way.middleware, *own))

    def _middleware(self, path: str, mark: Mark) -> tuple[_Asked, ...]:
        return tuple(
            (path, mark.name, text, line, certain)
            for text, line, certain in mark.data["middleware"]
        )

    def _route(
        self, path: str, mark: Mark, way: _Way, key: tuple[str, str, str]
    ) -> Iterator[Route | Unresolved]:
        data = mark.data
        method, own = data["method"], self._names.path(path, data["path"])
        if data["kind"] in {"http", "chi"} and (found := _HTTP.match(own)):
            method, own = found[1] or method, found[3]
        own = joined(self._names.path(path, data["prefix"]), own)
        full = joined(way.prefix, own)
        if UNKNOWN in full or UNKNOWN in method:
            is_placed = UNKNOWN not in way.prefix or UNKNOWN in own
            reason = "its path is not a literal" if is_placed else _NOT_PLACED
            reason = reason if UNKNOWN in full else "its method is not"
            yield Unresolved(path, mark.line, "route", _shown(full), reason)
            return
        place = self._names.function(path, mark.name, data["handler"])
        one = self._project.definition(place) if place else None
        said = (*way.middleware, *self._middleware(path, mark))
        handler = self._project.called(place) if place and one else data["handler"]
        yield Route(
            method,
            _plain(full, is_http=data["kind"] == "http"),
            handler.strip(": ") or "func",
            place.path if place and one else path,
            one.line if one else mark.line,
            auth=self._authenticated(said, place if one else None, key, data["handler"]),
            rate_limit=self._limited(said),
            middleware=tuple(dict.fromkeys(text for _, _, text, _, _ in said)),
            registered=f"{path}:{mark.line}",
            symbol=place.symbol if place and one else "",
        )

    def _authenticated(
        self,
        said: tuple[_Asked, ...],
        handler: CodePlace | None,
        key: tuple[str, str, str],
        handled_by: str,
    ) -> Answered:
        """Whether something refuses who shows nothing; "no" where nothing is left that could."""
        left = None
        if handled_by != HARMLESS and not self._is_harmless(handler):
            where = f"{handler.symbol} ({handler.path})" if handler else handled_by[:80]
            left = untold(HANDLER if handler else UNSEEN, where)
        for path, within, text, line, certain in said:
            evidence = f"{text[:80]} ({path}:{line})"
            origin = self._names.origin(path, text)
            if certain and _GUARDS.match(origin):
                return Answered("yes", evidence)
            place = self._names.function(path, within, text)
            by = self._refuses(place, 0) if place else ""
            if certain and by:
                return Answered("yes", f"{evidence}: {by}")
            is_known = text == HARMLESS or _HARMLESS.match(origin) or self._passes_on(place)
            left = left if is_known else untold(BEFORE, evidence)
        for path, mark in self._uses.get(key, ()):  # elsewhere, or later
            for text, line, _ in mark.data["middleware"]:
                place = self._names.function(path, mark.name, text)
                known = text == HARMLESS or _HARMLESS.match(self._names.origin(path, text))
                if not known and not self._passes_on(place):
                    left = untold(BEFORE, f"{text[:80]} ({path}:{line})")
        return left or Answered("no", "no middleware refuses, nor does the handler")

    def _passes_on(self, place: CodePlace | None) -> bool:
        """Whether a function that sees requests first lets each of them through."""
        return self._is_harmless(place) and not (place and self._ends.may_refuse(place))

    def _is_harmless(self, place: CodePlace | None) -> bool:
        return place is not None and not self._refusals.may_refuse(place)

    def _refuses(self, place: CodePlace, depth: int) -> str:
        """By what a function refuses who shows nothing; "" for what does not, or may not."""
        mark = self._guards.get(place)
        if mark is None or mark.data["doubted"] or depth > DEEPEST:
            return ""
        if mark.data["by"]:
            asked = (
                self._names.function(place.path, place.symbol, one) for one in mark.data["asks"]
            )
            if any(self._guards[one].data["doubted"] for one in asked if one in self._guards):
                return ""
            return f"if {mark.data['by']} ({place.path}:{mark.data['line']})"
        handed = mark.data["hands"]
        other = self._names.function(place.path, place.symbol, handed) if handed else None
        return self._refuses(other, depth + 1) if other and other != place else ""

    def _limited(self, said: tuple[_Asked, ...]) -> Answered:
        for path, _, text, line, certain in said:
            if certain and _LIMITS.search(self._names.origin(path, text)):
                return Answered("yes", f"{text[:80]} ({path}:{line})")
        return NOT_ASKED


def _shown(path: str) -> str:
    return NAMES.sub(r"\1", path).replace(UNKNOWN, "...")


def _plain(path: str, *, is_http: bool) -> str:
    """A path with `{name}` for parameters, without the marks of an exact end."""
    whole = path.replace("{$}", "")
    whole = whole if is_http else re.sub(r"/{2,}", "/", whole)
    whole = _PARAMETERS.sub(lambda one: f"{{{one[1] or one[2]}}}", whole)
    return "/" + whole.lstrip("/")
