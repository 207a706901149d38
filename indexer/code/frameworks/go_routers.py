"""Go: routes of net/http, chi, gin and echo, through the functions that routers are handed to."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, NamedTuple

from indexer.code.access import BEFORE, HANDLER, UNSEEN, untold
from indexer.code.frameworks.go_functions import DEEPEST, NAMES, READER, Names
from indexer.code.frameworks.go_middleware import LITERAL, guards, open_paths
from indexer.code.frameworks.go_registered import (
    HARMLESS,
    REFUSES,
    STOPS,
    registered,
)
from indexer.code.frameworks.go_router import UNKNOWN, Made, joined
from indexer.code.open_paths import may_be_open
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
    r"|github\.com/gin-contrib/(?:sessions|size|expvar).*"
    r"|github\.com/[\w.-]+/(?:cors|gzip|requestid|zap|logger|location)(?:/v\d+)?\..*"
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
    version = 6
    languages = frozenset({"go"})
    hint = re.compile(
        rb"\"net/http\"|gin-gonic/gin|go-chi/chi|labstack/echo|=\s*\"/|\bstruct \{|"
        + REFUSES.pattern
    )

    def read(self, source: SourceFile) -> Iterable[Mark]:
        """What functions do with routers and requests."""
        yield from registered(source, self.name)
        yield from guards(source, self.name)
        yield from open_paths(source, self.name)
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


class _Request(NamedTuple):
    """What a check is asked about."""

    path: str  # of the route
    is_stripped: bool  # whether some of it may be taken away before
    put: set[str]  # where what saw it before puts errors in the place of who asks


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
        self._open = {
            CodePlace(path, one.name): one.data for path, one in project.marks(_NAME, "open")
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
            _named(handler),
            place.path if place and one else path,
            one.line if one else mark.line,
            auth=self._authenticated(said, place if one else None, key, data["handler"], full),
            rate_limit=self._limited(said),
            middleware=tuple(dict.fromkeys(_named(text) for _, _, text, _, _ in said)),
            registered=f"{path}:{mark.line}",
            symbol=place.symbol if place and one else "",
        )

    def _authenticated(
        self,
        said: tuple[_Asked, ...],
        handler: CodePlace | None,
        key: tuple[str, str, str],
        handled_by: str,
        route: str,
    ) -> Answered:
        """Whether something refuses who shows nothing; "no" where nothing is left that could."""
        left = None
        if handled_by != HARMLESS and not self._is_harmless(handler):
            where = f"{handler.symbol} ({handler.path})" if handler else _named(handled_by)[:80]
            left = untold(HANDLER if handler else UNSEEN, where)
        is_stripped = any("StripPrefix" in text for _, _, text, _, _ in said)
        put: set[str] = set()  # where errors stand in the place of who asks
        for path, within, text, line, certain in said:
            evidence = f"{_named(text)[:80]} ({path}:{line})"
            origin = self._names.origin(path, text)
            if certain and _GUARDS.match(origin):
                return Answered("yes", evidence)
            guard = self._guarding(path, within, text)
            by = self._refuses(guard, _Request(route, is_stripped, put), 0) if guard else ""
            if certain and by:
                return Answered("yes", f"{evidence}: {by}")
            put |= set(self._guards[guard].data["puts"] if guard in self._guards else ())
            left = left if self._is_known(path, within, text) else untold(BEFORE, evidence)
        for path, mark in self._uses.get(key, ()):  # elsewhere, or later
            for text, line, _ in mark.data["middleware"]:
                if not self._is_known(path, mark.name, text):
                    left = untold(BEFORE, f"{_named(text)[:80]} ({path}:{line})")
        return left or Answered("no", "no middleware refuses, nor does the handler")

    def _guarding(self, path: str, within: str, text: str) -> CodePlace | None:
        """The function that is put before others, one without a name too."""
        held = text if text.startswith(LITERAL) else self._names.held(path, within, text)
        if held.startswith(LITERAL):
            return CodePlace(path, held)
        return self._names.function(path, within, text)

    def _is_known(self, path: str, within: str, text: str) -> bool:
        """Whether something that sees requests first is known to let each of them through."""
        place = self._names.function(path, within, text)
        if place is None:
            return text == HARMLESS or bool(_HARMLESS.match(self._names.origin(path, text)))
        guard = self._guards.get(place)
        passes = guard is not None and guard.data.get("passes", False)
        return passes or (self._is_harmless(place) and not self._ends.may_refuse(place))

    def _is_harmless(self, place: CodePlace | None) -> bool:
        return place is not None and not self._refusals.may_refuse(place)

    def _refuses(self, place: CodePlace, asked: _Request, depth: int) -> str:
        """By what a function refuses who shows nothing; "" for what does not, or may not."""
        mark = self._guards.get(place)
        if mark is None or mark.data["doubted"] or depth > DEEPEST:
            return ""
        data = mark.data
        within = data.get("within", place.symbol)

        def named(text: str) -> CodePlace | None:
            return self._names.function(place.path, within, text)

        if any(self._may_be_open(named(one), asked, 0) for one in data["unless"]):
            return ""
        if data["by"]:
            asks = map(named, data["asks"])
            is_doubted = any(
                self._guards[one].data["doubted"] for one in asks if one in self._guards
            )
            if is_doubted or (data["needs"] and data["needs"] not in asked.put):
                return ""
            return f"if {data['by']} ({place.path}:{data['line']})"
        other = named(data["hands"]) if data["hands"] else None
        return self._refuses(other, asked, depth + 1) if other and other != place else ""

    def _may_be_open(self, place: CodePlace | None, asked: _Request, depth: int) -> bool:
        """Whether a function that tells paths apart may be for a route; True if nobody knows."""
        data = self._open.get(place) if place else None
        if place is None or data is None or depth > DEEPEST:
            return True
        called = (self._names.function(place.path, place.symbol, one) for one in data["calls"])
        is_open = may_be_open(asked.path, data["paths"], is_stripped=asked.is_stripped)
        return is_open or any(self._may_be_open(one, asked, depth + 1) for one in called)

    def _limited(self, said: tuple[_Asked, ...]) -> Answered:
        for path, _, text, line, certain in said:
            if certain and _LIMITS.search(self._names.origin(path, text)):
                return Answered("yes", f"{text[:80]} ({path}:{line})")
        return NOT_ASKED


def _named(text: str) -> str:
    """What stands in the code, as it is told: a function without a name is "func"."""
    return "func" if text.startswith(LITERAL) else text.strip(": ") or "func"


def _shown(path: str) -> str:
    return NAMES.sub(r"\1", path).replace(UNKNOWN, "...")


def _plain(path: str, *, is_http: bool) -> str:
    """A path with `{name}` for parameters, without the marks of an exact end."""
    whole = path.replace("{$}", "")
    whole = whole if is_http else re.sub(r"/{2,}", "/", whole)
    whole = _PARAMETERS.sub(lambda one: f"{{{one[1] or one[2]}}}", whole)
    return "/" + whole.lstrip("/")
