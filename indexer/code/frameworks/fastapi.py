"""FastAPI: routes by decorators of applications and routers, through `include_router`."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from indexer.code.access import BEFORE, HANDLER, UNSEEN, untold
from indexer.code.frameworks.fastapi_classes import RoutedClasses, class_marks
from indexer.code.frameworks.fastapi_decorators import decorator_marks, handed_routes
from indexer.code.frameworks.fastapi_dependencies import Dependencies, dependency_marks, in_full
from indexer.code.frameworks.fastapi_parameters import DEPENDS
from indexer.code.frameworks.fastapi_routers import (
    Key,
    Routers,
    handing_marks,
    is_own,
    named,
    parameters_of,
    router_marks,
)
from indexer.code.frameworks.python_refusals import PythonFunctionRefusals
from indexer.code.frameworks.python_scopes import (
    LITERAL,
    each_time,
    function_of,
    listed,
    put_in,
    settled,
    without_loops,
)
from indexer.code.readers import Reader
from indexer.code.syntax import line_of
from memory.code.codebase import NOT_ASKED, Answered, CodePlace, Route, Unresolved
from memory.code.facts import Mark
from memory.code.testing import is_test

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from indexer.code.project_code import CodeProject
    from indexer.code.syntax import Node, SourceFile

_CALLS = """
(call function: (attribute object: (_) @owner attribute: (identifier) @called)
    arguments: (argument_list) @arguments) @call
"""
_PLAIN_CALLS = "(call function: (identifier) @called arguments: (argument_list) @arguments) @call"
_GLOBALS = "(global_statement (identifier) @name)"
_CONSTANTS = "(assignment left: (identifier) @name right: (string) @value)"
_ALIASES = "(assignment left: (identifier) @name right: (subscript) @value)"
_METHODS = frozenset({"get", "post", "put", "patch", "delete", "head", "options", "trace"})
_ROUTED = _METHODS | {"api_route", "websocket"}
_PARAMETER = re.compile(r"\{(\w+)(?::[^{}]*)?\}")
#: Middleware of libraries that refuses nobody for being nobody.
_HARMLESS = re.compile(
    r"(?:^|\.)(?:CORS|GZip|Brotli|TrustedHost|HTTPSRedirect|ProxyHeaders|Session|SlowAPI|RawContexts?"
    r"|CorrelationId|Prometheus|Profiler|Sentry|OpenTelemetry|Timing|ServerTiming)\w*Middleware$"
)
_ASKS = re.compile(r"auth|login|token|permission", re.IGNORECASE)
_CALLS_FOLLOWED = 3  # from a handler
_NAMED = re.compile(r"[\w.]+(?:\(\)(?:\.\w+)+)*")  # get_settings().api_root
_DEEPEST = 12  # routers within routers, dependencies of dependencies


class FastApi(Reader):
    """Decorated functions, below the prefixes of the routers and applications that include them."""

    name = "fastapi"
    version = 25
    languages = frozenset({"python"})
    hint = re.compile(
        rb"fastapi|Depends\(|\bMount\(|\.mount\(|= ?\w{0,40}app\("
        rb"|\bimport [^\n]{0,99}router|[A-Z0-9_](?<=[A-Z][A-Z0-9_])\s*(?::\s*str\s*)?=\s*[\"']/"
    )

    def read(self, source: SourceFile) -> Iterable[Mark]:
        """Routers, what they include, routes, and functions that refuse who may not."""
        text, own = source.text, set()
        for mark, arguments in router_marks(source, self.name):
            own.add(mark.name)
            made = _said(source, arguments)
            made["prefix"] = settled(source, arguments, made["prefix"])
            yield mark._replace(data=made | mark.data)
        for found in source.matches(_CALLS):
            yield from self._call(source, found, own)
        yield from _mounts(source, self.name)
        yield from handing_marks(source, self.name, own)
        yield from dependency_marks(source, self.name)
        yield from class_marks(source, self.name)
        yield from decorator_marks(source, self.name)
        for found in source.matches(_ALIASES):
            said = " ".join(text(found["value"][0]).split())
            if match := DEPENDS.search(said):
                name, line = text(found["name"][0]), line_of(found["name"][0])
                yield Mark(
                    self.name, "alias", name, line, {"is": said[match.start() :].rstrip("] ")}
                )
        anew = {text(one) for one in source.captures(_GLOBALS).get("name", ())}
        for found in source.matches(_CONSTANTS):
            value = text(found["value"][0]).strip("\"'")
            is_of_all = function_of(found["name"][0]) is None
            is_of_all = is_of_all and text(found["name"][0]) not in anew
            if is_of_all and re.fullmatch(r"/[\w/.-]*", value):
                name = text(found["name"][0])
                yield Mark(self.name, "constant", name, line_of(found["name"][0]), {"is": value})

    def _call(
        self, source: SourceFile, found: dict[str, list[Node]], own: set[str]
    ) -> Iterator[Mark]:
        node, called = found["call"][0], source.text(found["called"][0])
        line, said = line_of(node), _said(source, found["arguments"][0])
        owner = named(source, node, source.text(found["owner"][0]), own)
        paths = {"prefix"} if called == "include_router" else {"first", "prefix"}
        said |= {one: settled(source, node, said[one]) for one in paths}
        said |= {one: named(source, node, said[one], own) for one in ("first", "second")}
        if called != "include_router":
            said |= {one: without_loops(source, node, said[one]) for one in paths}
        if called == "include_router" and said["first"]:
            given = parameters_of(source, node, owner, said["first"])
            for known in each_time(source, node):
                each = {one: put_in(said[one], known) for one in ("first", "prefix")}
                each["prefix"] = without_loops(source, node, each["prefix"])
                depends = [put_in(one, known) if "(" in one else one for one in said["depends"]]
                data = said | each | {"depends": depends} | given
                yield Mark(self.name, "include", owner, line, data)
        elif called == "mount":
            yield Mark(self.name, "mount", owner, line, said)
        elif called in {"add_middleware", "middleware"}:
            said["handler"] = _decorated(source, node)
            yield Mark(self.name, "middleware", owner, line, said)
        elif called in _ROUTED and node.parent is not None and node.parent.type == "decorator":
            decorated = node.parent.parent
            function = decorated.child_by_field_name("definition") if decorated else None
            if function is not None and function.type == "function_definition":
                data = {"method": called, "handler": source.owner(function), **said}
                data |= {"at": line_of(function), **parameters_of(source, node, owner)}
                yield Mark(self.name, "route", owner, line, data)
        elif called == "add_api_route":
            data = {"method": "api_route", **said, **parameters_of(source, node, owner)}
            yield Mark(self.name, "route", owner, line, data)

    def assemble(self, project: CodeProject) -> Iterable[Route | Unresolved]:
        """Each route below each application that it is included in."""
        return _Application(project).routes()


class _Above(NamedTuple):
    """What stands above a route: a prefix, and what has to be fulfilled."""

    prefix: str | None  # None where a part of it is no literal
    depends: tuple[tuple[str, str, int], ...]  # path, text of the dependency, line
    doubt: str = ""  # what of a router may do anything: a class of routes of its own


class _Application:
    """Routers of a project, and what they include."""

    def __init__(self, project: CodeProject) -> None:
        self._project = project
        self._routers = Routers(project)
        self._dependencies = Dependencies(project)
        self._functions = self._dependencies.functions
        self._classes = RoutedClasses(project)
        self._constants: dict[str, set[str]] = {}
        self._own: dict[tuple[str, str], set[str]] = {}
        for path, mark in project.marks("fastapi", "constant"):
            self._constants.setdefault(mark.name, set()).add(mark.data["is"])
            self._own.setdefault((path, mark.name), set()).add(mark.data["is"])
        self._refusals = PythonFunctionRefusals(project)
        #: What sees requests before all routes and may refuse.
        self._before = next(self._doubts(), None)
        self._mounted: dict[Key, list[tuple[str, Mark]]] = {}
        for path, mark in project.marks("fastapi", "mount"):
            if (key := self._routers.key(path, mark.data["second"])) and not is_test(path):
                self._mounted.setdefault(key, []).append((path, mark))
        #: What includes a router: none where that is not known.
        self._included: dict[Key, list[tuple[str, Mark, Key | None]]] = {}
        self._lost: list[Unresolved] = []
        for path, mark in project.marks("fastapi", "include"):
            first = mark.data["first"]
            found = self._routers.meant(path, mark.data, mark.name, first)
            known = [(key, owner) for owner, key in found if key]
            for key, owner in known:
                self._included.setdefault(key, []).append((path, mark, owner))
            if not known:
                reason = "what it includes is not in the project"
                self._lost.append(Unresolved(path, mark.line, "route", first, reason))

    def _doubts(self) -> Iterator[Answered]:
        """Why middleware may refuse; nothing for what is known to let everybody pass."""
        for path, mark in self._project.marks("fastapi", "middleware"):
            said = mark.data["handler"] or mark.data["first"]
            if is_test(path) or (_HARMLESS.search(said) and not _ASKS.search(said)):
                continue
            own = CodePlace(path, said)  # a function within another cannot be named elsewhere
            place = own if self._project.definition(own) else self._project.locate(path, said)
            if place is None or not place.symbol or self._class_may_refuse(place):
                yield untold(BEFORE, f"{said} ({path}:{mark.line})")
        for (path, name), mark in self._routers.made.items():
            if "middleware" in mark.data["keywords"]:
                yield untold(BEFORE, f"middleware of {name} ({path}:{mark.line})")

    def _class_may_refuse(self, place: CodePlace) -> bool:
        inside = f"{place.symbol}."
        return any(
            self._refusals.guard(CodePlace(place.path, one.name)) is not False
            for one in self._project.files[place.path].definitions
            if one.name == place.symbol or one.name.startswith(inside)
        )

    def routes(self) -> Iterator[Route | Unresolved]:
        """All of them, by file and line."""
        yield from self._lost
        own = self._project.marks("fastapi", "route")
        for path, mark in chain(own, handed_routes(self._project)):
            for (key,) in self._routers.meant(path, mark.data, mark.name):
                yield from self._of_router(path, mark, key)

    def _of_router(self, path: str, mark: Mark, key: Key | None) -> Iterator[Route | Unresolved]:
        """A route by each way from an application to its router."""
        ways = list(self._ways(key, 0)) if key else []
        if not ways and (key or self._is_own(path, mark)):
            reason = (
                "what it is registered at is not known"
                if key is None
                else "what includes its router is not known, or served by nothing"
                if key in self._included
                else "nobody includes its router"
            )
            name = mark.data.get("handler") or mark.data["second"] or mark.name
            yield Unresolved(path, mark.line, "route", name, reason)
        for above in ways:
            yield from self._route(path, mark, above)

    def _is_own(self, path: str, mark: Mark) -> bool:
        """Whether it is of no other framework, nor of a client."""
        imports = self._project.files[path].imports
        return not is_test(path) and (
            mark.data["method"] == "api_route"
            or any(one.target.partition(".")[0] == "fastapi" for one in imports)
        )

    def _ways(self, key: Key, depth: int) -> Iterator[_Above]:
        """What stands above the routes of a router, once for each way from an application."""
        mark = self._routers.made[key]
        own = self._above(key[0], mark)
        if key in self._routers.odd:
            own = own._replace(depends=(), doubt="its router is made in several ways")
            own = own if self._routers.odd[key] else own._replace(prefix=None)
        if self._routers.kinds[key] == "FastAPI":
            own = own._replace(prefix="")
            mounts = self._mounted.get(key, ()) if depth < _DEEPEST else ()
            for path, mount in mounts:  # of what the outer one asks for, nothing holds here
                outer = self._routers.key(path, mount.name)
                ways = list(self._ways(outer, depth + 1)) if outer else [own]
                below = self._prefix(path, mount.data["first"])
                for above in ways:
                    yield _joined(above._replace(depends=()), own._replace(prefix=below))
            if not mounts:
                yield own
            return
        for path, include, owner in self._included.get(key, ()) if depth < _DEEPEST else ():
            for above in self._ways(owner, depth + 1) if owner else ():
                between = self._above(path, include)
                yield _joined(above, between, own)

    def _above(self, path: str, mark: Mark) -> _Above:
        prefix = self._prefix(path, mark.data["prefix"]) if mark.data["prefix"] else ""
        depends = tuple((path, one, mark.line) for one in mark.data["depends"])
        is_plain = "route_class" not in mark.data["keywords"]
        is_plain = is_plain and is_own(mark.data.get("class", "APIRouter"))
        return _Above(prefix, depends, "" if is_plain else "route_class")

    def _prefix(self, path: str, said: str) -> str | None:
        """A literal; in braces the names of what only settings say: "/{API_V1}", "{ROOT}/users"."""
        literal, formatted = self._literal(path, said), re.fullmatch(r"[fF](['\"])(.*)\1", said)
        if literal is not None or not (formatted or _NAMED.fullmatch(said)):
            return literal
        parts = re.split(r"\{([\w.()]+)\}", formatted[2]) if formatted else ["/", said, ""]
        for at, name in list(enumerate(parts))[1::2]:
            known, own = self._literal(path, name), name.rpartition(".")[2]
            parts[at] = f"{{{own}}}" if known is None else known
        whole = "".join(parts)
        return None if re.search(r"\{(?!\w+\})", whole) else whole

    def _literal(self, path: str, said: str) -> str | None:
        """A text, or the one that the file, or else the project, gives to a constant of a name."""
        if found := LITERAL.fullmatch(said):
            return found[2]
        known = self._own.get((path, said)) or self._constants.get(said.rpartition(".")[2], set())
        return next(iter(known)) if len(known) == 1 else None

    def _route(self, path: str, mark: Mark, above: _Above) -> Iterator[Route | Unresolved]:
        data = mark.data
        own = self._literal(path, data["first"]) if data["first"] else ""
        if own is None or above.prefix is None:
            reason = "its path is not a literal"
            said = data.get("handler") or data["second"] or mark.name
            yield Unresolved(path, mark.line, "route", said, reason)
            return
        handler = data.get("handler") or data["second"]
        place = CodePlace(path, handler)
        if self._project.definition(place) is None:
            place = self._project.locate(path, handler) or place
        line = data.get("at", mark.line)
        depends = [*above.depends, *((path, one, mark.line) for one in data["depends"])]
        if "handler" in data:  # what is no decorator's is bound to an object already
            depends += self._classes.depends(place, mark.name)
        depends += self._dependencies.of_function(place, line)
        full = _PARAMETER.sub(r"{\1}", above.prefix + own) or "/"
        given = self._functions.get((place.path, place.symbol), {}).get("given", ())
        methods = data["methods"] or ["GET"] if data["method"] == "api_route" else [data["method"]]
        for method in methods:
            yield Route(
                method.upper(),
                full,
                self._project.called(place),
                place.path,
                line,
                auth=self._authenticated(depends, place, doubt=above.doubt),
                authorisation=self._authorised(depends),
                validation=self._validated(place, line),
                middleware=tuple(
                    dict.fromkeys(
                        each
                        for path, one, _ in depends
                        for each in self._dependencies.chain(path, one)
                    )
                ),
                registered=f"{path}:{mark.line}",
                symbol=place.symbol,
                takes_input=any(f"{{{one}}}" not in full for one in given),
            )

    def _authenticated(
        self, depends: Sequence[tuple[str, str, int]], handler: CodePlace, *, doubt: str
    ) -> Answered:
        """Whether something refuses who is nobody; "no" only where nothing is left that could."""
        left = self._before or (untold(BEFORE, doubt) if doubt else None)
        for path, said, line in depends:
            refuses = self._dependencies.refuses(path, said)
            if refuses:
                return Answered("yes", f"{said} ({path}:{line}): {refuses}")
            if refuses is None:
                left = left or untold(BEFORE, f"{said} ({path}:{line})")
        nothing = "no dependency of the route, its routers or application refuses"
        return left or self._of_handler(handler) or Answered("no", nothing)

    def _of_handler(self, handler: CodePlace) -> Answered | None:
        """What of a handler may refuse: another decorator, or what it does itself or calls."""
        one = self._project.definition(handler)
        if one is None:
            return untold(UNSEEN, handler.symbol)
        for said in one.annotations:
            if said.partition("(")[0].rpartition(".")[2] not in _ROUTED:
                return untold(BEFORE, f"@{said} ({handler.path}:{one.line})")
        itself = self._dependencies.refusals.handler(handler)
        refuses = itself is not False or self._may_refuse(handler, 0)
        return untold(HANDLER, f"{handler.symbol} ({handler.path}:{one.line})") if refuses else None

    def _may_refuse(self, place: CodePlace, depth: int) -> bool:
        if self._functions.get((place.path, place.symbol), {}).get("raises"):
            return True
        return depth < _CALLS_FOLLOWED and any(
            self._may_refuse(other, depth + 1)
            for other in self._project.calls(place).values()
            if other and other != place
        )

    def _authorised(self, depends: Sequence[tuple[str, str, int]]) -> Answered:
        for path, said, line in depends:
            found = DEPENDS.search(said)
            if found and found["how"] == "Security" and "scopes" in said:
                return Answered("yes", f"{said} ({path}:{line})")
        return NOT_ASKED

    def _validated(self, handler: CodePlace, line: int) -> Answered:
        """A parameter of a model's type is validated before the handler is called."""
        data = self._functions.get((handler.path, handler.symbol), {})
        for said in (*data.get("types", ()), *data.get("inner", ())):
            if said.startswith(("File(", "Form(", "UploadFile")):
                return Answered("yes", f"{said} ({handler.path}:{line})")
            place = self._project.locate(handler.path, said)
            one = self._project.definition(place) if place else None
            if one and one.kind == "class" and one.bases:
                return Answered("yes", f"{said} ({handler.path}:{line})")
        return NOT_ASKED


def _decorated(source: SourceFile, node: Node) -> str:
    """The function that a call decorates; "" for none."""
    decorated = node.parent.parent if node.parent and node.parent.type == "decorator" else None
    function = decorated.child_by_field_name("definition") if decorated else None
    return source.owner(function) if function else ""


def _joined(*parts: _Above) -> _Above:
    prefixes = [one.prefix for one in parts]
    depends = tuple(each for one in parts for each in one.depends)
    whole = None if None in prefixes else "".join(map(str, prefixes))
    return _Above(whole, depends, next((one.doubt for one in parts if one.doubt), ""))


def _mounts(source: SourceFile, reader: str) -> Iterator[Mark]:
    """`Mount(path, app)` in a list of routes; without the path where it is within another."""
    for found in source.matches(_PLAIN_CALLS) if b"Mount(" in source.content else ():
        if source.text(found["called"][0]) != "Mount":
            continue
        node, said = found["call"][0], _said(source, found["arguments"][0])
        outer = node.parent
        while outer is not None:
            if source.text(outer.child_by_field_name("function")) == "Mount":
                said["first"] = ""
            outer = outer.parent
        yield Mark(reader, "mount", "", line_of(node), said)


def _said(source: SourceFile, arguments: Node) -> dict[str, Any]:
    """The arguments that routes are made of."""
    said: dict[str, Any] = {"first": "", "second": "", "prefix": ""}
    said |= {"depends": [], "methods": [], "keywords": []}
    plain = 0
    for child in arguments.named_children:
        if child.type != "keyword_argument":
            said[("first", "second")[plain]] = source.text(child) if plain < 2 else ""
            plain = min(plain + 1, 1)
            continue
        name = source.text(child.child_by_field_name("name"))
        value = child.child_by_field_name("value")
        said["keywords"].append(name)
        if name in {"prefix", "path"}:
            said["first" if name == "path" else "prefix"] = source.text(value)
        elif name == "router":
            said["first"] = source.text(value)
        elif name in {"app", "endpoint"}:
            said["second"] = source.text(value)
        elif name == "dependencies" and value is not None:
            several = listed(source, value) or value
            plain = several.type in {"list", "tuple", "none"}
            given = several.named_children or ([] if plain else [value])  # a name that is not seen
            said["depends"] = [in_full(source, arguments, source.text(one)) for one in given]
        elif name == "methods" and value is not None:
            said["methods"] = [source.text(one).strip("\"'") for one in value.named_children]
    return said
