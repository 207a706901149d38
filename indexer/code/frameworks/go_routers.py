"""Go: routes of net/http, chi, gin, echo and gorilla/mux, through functions given routers."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from indexer.code.frameworks.go_access import ENDING, Asked, GoAccess, named
from indexer.code.frameworks.go_code import changing, kept_code, settings
from indexer.code.frameworks.go_functions import DEEPEST, NAMES, READER, Names
from indexer.code.frameworks.go_middleware import REFUSES, STOPS, guards, open_paths
from indexer.code.frameworks.go_registered import EACH, OF_PACKAGE, registered
from indexer.code.frameworks.go_router import UNKNOWN, Made, joined
from indexer.code.frameworks.go_wrapping import variables, wrapping
from indexer.code.readers import Reader
from indexer.code.refusals import refusing
from memory.code.codebase import CodePlace, Route, Unresolved
from memory.code.testing import is_test

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indexer.code.project_code import CodeProject
    from indexer.code.syntax import SourceFile
    from memory.code.facts import Mark

_NAME = READER
_PARAMETERS = re.compile(r"\{(\w+)(?:\.\.\.|:(?:[^{}]|\{[^{}]*\})*)?\}|[:*](\w+)")
_HTTP = re.compile(r"^(?:([A-Z]+)\s+)?([^/\s\x00{]*)([/{].*)$")
_SERVES = re.compile(r"^(?:net/http|log|fmt|context|os)\.")
_MOST_WAYS = 20
_NOBODY_HANDS = "nobody is seen to hand it a router"
_NOT_PLACED = "where its router stands is not known"


class GoRouters(Reader):
    """Routers are followed as they are made, grouped, mounted, returned and handed on."""

    name = _NAME
    version = 32
    languages = frozenset({"go"})
    hint = re.compile(
        rb"\"net/http\"|gin-gonic/gin|go-chi/chi|labstack/echo|gorilla/mux|=\s*\"/|\bstruct \{|"
        rb"func init\(\)|" + REFUSES.pattern
    )

    def read(self, source: SourceFile) -> Iterable[Mark]:
        """What functions do with routers and requests."""
        yield from registered(source, self.name)
        yield from guards(source, self.name)
        yield from open_paths(source, self.name)
        yield from wrapping(source, self.name)
        yield from variables(source, self.name)
        yield from kept_code(source, self.name)
        yield from changing(source, self.name)
        yield from settings(source, self.name)
        yield from refusing(source, self.name, REFUSES)
        yield from refusing(source, ENDING, STOPS)

    def assemble(self, project: CodeProject) -> Iterable[Route | Unresolved]:
        """Each route once for each way in which its router is reached."""
        return _Routers(project).routes()


class _Way(NamedTuple):
    """What stands above what is registered on a router."""

    prefix: str
    middleware: tuple[Asked, ...]


_GROUP = re.compile(r"\*(?:gin\.RouterGroup|echo\.Group)")
_NOWHERE = _Way(UNKNOWN, ())  # nobody can tell what stands above


class _Routers:
    """The routers of a project."""

    def __init__(self, project: CodeProject) -> None:
        self._project = project
        self._names = Names(project)
        self._access = GoAccess(project, self._names)
        self._values = {
            CodePlace(path, one.name): one.data for path, one in project.marks(_NAME, "value")
        }
        self._several: dict[CodePlace | None, dict[str, int]] = {
            CodePlace(path, one.name): one.data for path, one in project.marks(_NAME, "several")
        }
        self._consumers: dict[tuple[str, str, str], list[tuple[str, Mark]]] = {}
        self._uses: dict[tuple[str, str, str], list[tuple[str, Mark]]] = {}
        self._fields: dict[tuple[str, str], list[tuple[str, Mark]]] = {}
        #: What an interface may hand a router to.
        self._behind: list[tuple[tuple[str, str, str], str, Mark]] = []
        self._grouped = {  # fields that hold a group, which stands below something
            (posixpath.dirname(path), name)
            for path, mark in self._marks("struct")
            for name, type_ in mark.data.items()
            if _GROUP.fullmatch(type_)
        }
        self._given: dict[CodePlace, list[tuple[str, Mark]]] = {}
        for path, mark in self._marks("return"):
            self._given.setdefault(CodePlace(path, mark.name), []).append((path, mark))
        for path, mark in self._marks("use"):
            self._uses.setdefault(self._key(path, mark), []).append((path, mark))
        for path, mark in self._marks("field"):
            name = (posixpath.dirname(path), mark.data["name"])
            self._fields.setdefault(name, []).append((path, mark))
        self._listed: dict[tuple[str, str], list[CodePlace | None]] = {}  # functions, in lists
        for path, mark in self._marks("listed"):
            functions = (self._names.function(path, "", one) for one in mark.data["functions"])
            self._listed.setdefault(self._list(path, mark.name), []).extend(functions)
        self._wraps: dict[tuple[str, str, str], list[Asked]] = {}
        #: What sees the requests of a group alone, with what its paths begin with.
        self._of_groups: dict[tuple[str, str, str], list[tuple[str, Asked]]] = {}
        self._calls: dict[tuple[str, str, int], list[Mark]] = {}  # by where each ends
        for path, mark in self._marks("call"):
            self._calls.setdefault((path, mark.name, mark.data.get("site", 0)), []).append(mark)
            self._handed(path, mark)
        direct = set(self._consumers)  # what is handed a router by its own name
        for to, path, mark in self._behind:
            if to not in direct:
                self._consumers.setdefault(to, []).append((path, self._as_given(path, mark)))
        self._mounting: set[tuple[str, int]] = set()
        self._above_unknown: set[tuple[str, str, str]] = set()  # mount what a function may give
        self._mount()
        self._astray = set(self._not_mounted()) if self._above_unknown else set()
        for key, uses in list(self._uses.items()):
            for other in self._same(key, 0):
                self._uses.setdefault(other, []).extend(uses)
        self._doubt_groups()

    def _mount(self) -> None:
        """Routers below others: handlers that are some, and those that are mounted."""
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
            if place and not keys:
                self._above_unknown.add(self._key(path, mark))
            for key in keys:
                self._consumers.setdefault(key, []).append((path, mark))

    def _not_mounted(self) -> Iterator[tuple[str, str, str]]:
        """Routers that functions return to nobody who is seen, one of which may be mounted."""
        called = {
            self._names.function(path, mark.name, made.called)
            for kind in ("route", "use", "mount", "call")
            for path, mark in self._marks(kind)
            if (made := Made.of(mark.data["base"]))
        }
        for place, given in self._given.items():
            for key in (self._key(*each) for each in given if place not in called):
                if key not in self._consumers and key not in self._above_unknown:
                    yield key

    def _handed(self, path: str, mark: Mark) -> None:
        """A function that a router is handed to: it registers routes, or sees requests first."""
        callee = mark.data["callee"]
        held = self._names.held(path, mark.name, callee)
        listed = self._listed.get(self._list(path, held.removeprefix(EACH)), ())
        for each in listed if held.startswith(EACH) else ():
            if each:
                given = (each.path, each.symbol, f"param:{mark.data['index']}")
                self._consumers.setdefault(given, []).append((path, self._as_given(path, mark)))
        place = self._names.function(path, mark.name, callee)
        at = f"param:{mark.data['index']}"
        behind = self._names.behind(path, mark.name, callee) if place is None else []
        taken = [to for each in behind if self._names.takes(to := (each.path, each.symbol, at))]
        self._behind += [(to, path, mark) for to in taken]
        key = (place.path, place.symbol, at) if place else None
        if key and (not self._access.sees_requests(place) or self._names.takes(key)):
            self._consumers.setdefault(key, []).append((path, self._as_given(path, mark)))
        elif not listed and not taken and not _SERVES.match(self._names.origin(path, callee)):
            one = (path, mark.name, callee, mark.line, place is not None)
            if mark.data.get("is_group"):
                self._doubt(path, mark, (one,))
            else:
                self._wraps.setdefault(self._key(path, mark), []).append(one)

    def _doubt_groups(self) -> None:
        """What a function uses on a group that it is handed, before its routes or behind them."""
        for key, uses in self._uses.items():
            named_ = key[0], key[2].removeprefix("field:")
            for where, mark in (*self._consumers.get(key, ()), *self._fields.get(named_, ())):
                for path, use in uses if mark.data.get("is_group") else ():
                    self._doubt(where, mark, self._middleware(path, use))

    def _doubt(self, path: str, mark: Mark, asked: Iterable[Asked]) -> None:
        """Takes in what may see the requests of a group."""
        found = self._of_groups.setdefault(self._key(path, mark), [])
        found += [(mark.data["prefix"], (*one[:-1], False)) for one in asked]

    def _list(self, path: str, name: str) -> tuple[str, str]:
        """A list of functions by its package and name."""
        place = self._project.locate(path, name)
        return posixpath.dirname(place.path if place else path), name.rpartition(".")[2]

    def _same(self, key: tuple[str, str, str], depth: int) -> Iterator[tuple[str, str, str]]:
        """What else a router is called: where a function was handed it, or a field was set."""
        path, _, base = key
        handed = self._fields.get((path, base.removeprefix("field:")), [])
        if base.startswith("param:"):
            handed = self._consumers.get(key, [])
        found = [self._key(where, mark) for where, mark in handed if not mark.data.get("is_group")]
        for one in found if depth < DEEPEST else ():
            yield one
            yield from self._same(one, depth + 1)

    def _marks(self, kind: str) -> Iterator[tuple[str, Mark]]:
        for path, mark in self._project.marks(_NAME, kind):
            if not is_test(path):
                yield path, self._unwrapped(path, mark) if kind == "route" else mark

    def _unwrapped(self, path: str, mark: Mark) -> Mark:
        """A route with what its handler is wrapped in; `make` answers in `make(settings)`.

        What puts several functions before one is known by what it does: `use(show, auth, log)`.
        """
        data = dict(mark.data)
        wrapped, given = data.pop("wrapped"), data.pop("given")
        by = self._names.function(path, mark.name, wrapped[0][0]) if given else None
        if (several := self._several.get(by)) and len(given) > several["handler"]:
            data["handler"] = given[several["handler"]]
            wrapped = [[one, mark.line, True] for one in given[several["others"] :]]
        elif not several and (one := self._handler_among(path, mark, given)):
            data["handler"] = one
        elif wrapped and self._names.is_value(path, mark.name, data["handler"]):
            *wrapped, (data["handler"], _, _) = wrapped
        return mark._replace(data=data | {"middleware": [*data["middleware"], *wrapped]})

    def _handler_among(self, path: str, mark: Mark, given: list[str]) -> str:
        """The one function among what a wrapper is given, `show` of `bind(show, settings)`."""
        named_ = [one for one in given if re.fullmatch(r"[\w.]+", one)]
        functions = [one for one in named_ if self._names.function(path, mark.name, one)]
        return functions[0] if len(functions) == 1 else ""

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
            ways = [_NOWHERE] if key in self._astray else list(self._ways(key, 0))[:_MOST_WAYS]
            if not ways and not key[2].startswith("made:"):  # else it is no router
                yield Unresolved(path, mark.line, "route", _shown(mark.data["path"]), _NOBODY_HANDS)
            for way in dict.fromkeys(ways):
                yield from self._route(path, mark, way, key)

    def _ways(self, key: tuple[str, str, str], depth: int) -> Iterator[_Way]:
        """What stands above a router, once for each way in which it is reached."""
        path, _, base = key
        consumers = self._consumers.get(key, ())
        wraps = (*self._wraps.get(key, ()), *self._for_all(key))
        if base.startswith("field:"):
            owners = self._fields.get((path, base.removeprefix("field:")), [])
            told = {
                found
                for where, mark in (owners if depth < DEEPEST else ())
                if (found := tuple(self._through(where, mark, wraps, depth)))
            }
            if len(told) > 1:  # fields of one name, of which each is another router
                yield _NOWHERE
            elif told:
                yield from told.pop()
            elif not owners:
                name = base.removeprefix("field:")
                is_below = (path, name) in self._grouped or name.startswith(OF_PACKAGE)
                yield _NOWHERE if is_below else _Way("", wraps)
            return
        if base.startswith("untold:"):
            yield _NOWHERE
        elif base.startswith("made:"):
            yield from self._made(key, wraps, depth)
        for where, mark in consumers if depth < DEEPEST and not base.startswith("made:") else ():
            yield from self._through(where, mark, wraps, depth)
        if not consumers and not base.startswith(("param:", "untold:", "made:")):
            yield _Way("", wraps)

    def _for_all(self, key: tuple[str, str, str]) -> Iterator[Asked]:
        """What a router uses for all its routes, wherever that stands."""
        for path, mark in self._uses.get(key, ()):
            if mark.data.get("is_all"):
                yield from self._middleware(path, mark)

    def _through(
        self, path: str, mark: Mark, wraps: tuple[Asked, ...], depth: int
    ) -> Iterator[_Way]:
        """What stands above what is said of a router, and it itself."""
        for above in self._ways(self._key(path, mark), depth + 1):
            prefix = joined(above.prefix, self._names.path(path, mark.data["prefix"]))
            if "StripPrefix" in str(mark.data["middleware"]):
                prefix = joined(prefix, self._names.path(path, mark.data["path"]))
            yield _Way(prefix, (*above.middleware, *self._middleware(path, mark), *wraps))

    def _made(
        self, key: tuple[str, str, str], wraps: tuple[Asked, ...], depth: int
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

    def _middleware(self, path: str, mark: Mark) -> tuple[Asked, ...]:
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
        said = (*way.middleware, *self._middleware(path, mark), *self._of_group(key, data))
        handler = self._project.called(place) if place and one else data["handler"]
        within, text = place if one else None, data["handler"]
        if (value := self._value(path, text)) is not None:  # wrapped where it is named
            where, held = value
            text = held["handler"]
            said += tuple((where, "", *each) for each in held["wrapped"])
            within = self._names.function(where, "", text)
        yield Route(
            method,
            _plain(full, is_http=data["kind"] == "http"),
            named(handler),
            place.path if place and one else path,
            one.line if one else mark.line,
            auth=self._access.authenticated(
                said, within, text, (method, full), self._later(key, path, mark)
            ),
            rate_limit=self._access.limited(said),
            middleware=tuple(dict.fromkeys(named(text) for _, _, text, _, _ in said)),
            registered=f"{path}:{mark.line}",
            symbol=place.symbol if place and one else "",
        )

    def _of_group(self, key: tuple[str, str, str], data: dict[str, Any]) -> Iterator[Asked]:
        """What the group of a route, or one around it, was handed to."""
        for prefix, one in self._of_groups.get(key, ()):
            if f"{data['prefix']}/".startswith(f"{prefix.rstrip('/')}/"):
                yield one

    def _value(self, path: str, text: str) -> tuple[str, dict[str, Any]] | None:
        """What is wrapped in a variable by which a handler is called, and its file."""
        place = self._project.locate(path, text) if re.fullmatch(r"[\w.]+", text) else None
        is_settled = place is not None and not self._names.is_anew(place)
        value = self._values.get(place) if place and is_settled else None
        return (place.path, value) if place and value else None

    def _later(self, key: tuple[str, str, str], file: str, route: Mark) -> Iterator[Asked]:
        """What a router uses elsewhere, or later, which may see its requests or not."""
        for path, mark in self._uses.get(key, ()):
            since = route.data["since"] or route.line
            is_behind = (path, mark.name) == (file, route.name) and mark.line > since
            if not (mark.data.get("is_late") and is_behind):
                yield from self._middleware(path, mark)


def _shown(path: str) -> str:
    return NAMES.sub(r"\1", path).replace(UNKNOWN, "...")


def _plain(path: str, *, is_http: bool) -> str:
    """A path with `{name}` for parameters, without the marks of an exact end."""
    whole = path.replace("{$}", "")
    whole = whole if is_http else re.sub(r"/{2,}", "/", whole)
    whole = _PARAMETERS.sub(lambda one: f"{{{one[1] or one[2]}}}", whole)
    return "/" + whole.lstrip("/")
