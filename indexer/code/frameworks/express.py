"""Express: routes of applications and routers, through `use`, and the middleware before them."""

from __future__ import annotations

import re
from itertools import chain as chain_of
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

from indexer.code.access import HANDLER, AccessCheck, answer
from indexer.code.frameworks.express_calls import (
    METHODS,
    STRING,
    chain,
    covers,
    is_followed,
    is_passed_on,
    joined,
    later,
    looks_own,
    parameter,
    paths,
    repeated,
    set_path,
    told_apart,
)
from indexer.code.frameworks.express_classes import Given, Key, field_marks
from indexer.code.frameworks.express_made import called_marks, made_marks
from indexer.code.frameworks.express_middleware import (
    ExpressMiddleware,
    MiddlewareArgument,
    given,
    limits,
    of_rights,
    validates,
)
from indexer.code.frameworks.express_owners import Owners
from indexer.code.frameworks.express_registrars import Registrars, registrar_marks
from indexer.code.frameworks.express_wrappers import FUNCTIONS, wrapper_marks
from indexer.code.frameworks.typescript_libraries import begins_login
from indexer.code.readers import Reader
from indexer.code.syntax import is_conditional, line_of
from memory.code.codebase import NOT_ASKED, Answered, CodePlace, Route, Unresolved
from memory.code.facts import Mark
from memory.code.testing import is_test

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indexer.code.project_code import CodeProject
    from indexer.code.syntax import Node, SourceFile

_CALLS = """
(call_expression function: (member_expression object: (_) @owner
    property: (property_identifier) @called) arguments: (arguments) @arguments) @call
"""
_HANDED = """
(expression_statement (call_expression
    function: [(identifier) (call_expression) (member_expression)] @callee
    arguments: (arguments . (identifier)) @arguments)) @statement
"""
_LISTS = "(variable_declarator name: (identifier) @name value: (array (object)) @list)"
_NO_LITERAL = "its path is not a literal"
_NOTHING = "no middleware before the route refuses, nor does its handler"
_DEEPEST = 10  # routers within routers


class Express(Reader):
    """Calls of applications and routers, in the order of the text."""

    name = "express"
    version = 15
    languages = frozenset({"typescript"})
    hint = re.compile(
        rb"express|Router\(|passport|req, res|req: |morgan|multer|celebrate|Limit\(|\.\.\.args\)"
        rb"|app\.(?:use|get|post)\(|server\.(?:use|get|post)\("
    )

    def read(self, source: SourceFile) -> Iterable[Mark]:
        """Applications and routers, what they use, their routes, and what middleware is made of."""
        text = source.text
        yield from made_marks(source, self.name)
        yield from field_marks(source, self.name)
        yield from called_marks(source, self.name)
        yield from wrapper_marks(source, self.name)
        lists = {text(one["name"][0]): one["list"][0] for one in source.matches(_LISTS)}
        for found in source.matches(_CALLS):
            if text(found["called"][0]) in METHODS | {"use"}:
                yield from self._call(source, found, lists)
        for found in source.matches(_HANDED):
            args = [text(one) for one in found["arguments"][0].named_children]
            data = {"args": args}
            line = line_of(found["statement"][0])
            yield Mark(self.name, "handed", text(found["callee"][0]), line, data)
        yield from registrar_marks(source, self.name)

    def _call(
        self, source: SourceFile, found: dict[str, list[Node]], lists: dict[str, Node]
    ) -> Iterator[Mark]:
        node, called = found["call"][0], source.text(found["called"][0])
        args = [one for one in found["arguments"][0].named_children if one.type != "comment"]
        owner, path, above = chain(source, found["owner"][0])
        if not owner or not args:
            return
        is_of_route = path is not None
        if path is None:
            above, first = [], args[0]
            is_path = first.type in {"string", "template_string"} or len(args) > 1
            if called == "use":
                is_path = is_path and first.type not in FUNCTIONS | {
                    "identifier",
                    "call_expression",
                }
                is_list = first.type != "array" or bool(STRING.search(source.text(first)))
                is_path = is_path and is_list
            elif len(args) == 1:
                return  # app.get("port")
            if is_path:
                path, args = source.text(first), args[1:]
        data: dict[str, Any] = {"path": path or "", "method": called}
        data["conditional"] = is_conditional(node)
        given_ = [*above, *(each for one in args for each in given(source, one))]
        data["args"] = [told_apart(source, node, one) for one in given_]
        data |= parameter(source, node, owner)
        if called == "all" and is_of_route and is_followed(node):
            data["before"] = True  # it stands before what follows, and serves nothing itself
        if called == "use" and is_passed_on(source, node, owner):
            yield Mark(self.name, "passes use", source.owner(node), line_of(node), {"to": owner})
            return
        if (inside := later(source, node)) and called in {"use", "all"}:
            data["later"] = inside
        kind = "use" if called == "use" else "route"
        for one in repeated(source, node, data, lists):
            one["path"] = set_path(source, node, one["path"])
            yield Mark(self.name, kind, owner, line_of(found["called"][0]), one)

    def assemble(self, project: CodeProject) -> Iterable[Route | Unresolved]:
        """Each route below each application that its router is used in."""
        return _Site(project).routes()


class _Above(NamedTuple):
    """A way from an application to a router."""

    prefix: str | None  # None where a part of it is no literal
    checks: tuple[AccessCheck, ...]
    before: tuple[MiddlewareArgument, ...]


class _Use(NamedTuple):
    """Middleware that an application or router uses, in a file, from a line on."""

    path: str
    line: int
    below: str  # the text of the path that it is used for
    middleware: list[MiddlewareArgument]
    is_conditional: bool
    is_all: bool = False  # a route for all methods, which hands on what it does not answer
    later: tuple[int, int] = (0, 0)  # the lines of a function of which no call is seen


class _Site:
    """Applications, routers, and what they use."""

    def __init__(self, project: CodeProject) -> None:
        self._project = project
        self._middleware = ExpressMiddleware(project)
        self._owners = Owners(project)
        self._uses: dict[Key, list[_Use]] = {}
        self._mounted: dict[Key, list[tuple[Key, str, int, str, list[MiddlewareArgument]]]] = {}
        for path, mark in project.marks("express", "use"):
            self._use(path, mark)
        for path, mark in project.marks("express", "route"):
            if mark.data["method"] == "all" and (owner := self._owners.of(path, mark, mark.line)):
                before = [MiddlewareArgument(*one) for one in mark.data["args"]]
                said, maybe = mark.data["path"], mark.data["conditional"]
                inside = mark.data.get("later", (0, 0))
                use = _Use(path, mark.line, said, before, maybe, is_all=True, later=inside)
                self._uses.setdefault(owner, []).append(use)

    def _use(self, path: str, mark: Mark) -> None:
        owner = self._owners.of(path, mark, mark.line)
        for one in (owner, *self._owners.classes.heirs.get(owner, ())) if owner else ():
            if one not in self._owners.several:
                self._use_at(one, path, mark)

    def _use_at(self, owner: Key, path: str, mark: Mark) -> None:
        args = [MiddlewareArgument(*each) for each in mark.data["args"]]
        before: list[MiddlewareArgument] = []
        for one in args:
            key = self._owners.meant(path, one.text, mark.line) if one.text else None
            if key and key != owner:
                here = (owner, path, mark.line, mark.data["path"], list(before))
                self._mounted.setdefault(key, []).append(here)
            else:
                before.append(one)
        if before and len(before) == len(args):
            data, inside = mark.data, mark.data.get("later", (0, 0))
            use = _Use(path, mark.line, data["path"], before, data["conditional"], later=inside)
            self._uses.setdefault(owner, []).append(use)

    def _ways(self, key: Key, below: str = "", depth: int = 0) -> Iterator[_Above]:
        """The ways from applications to a router, for a path of it."""
        mounts = self._mounted.get(key, ()) if depth < _DEEPEST else ()
        if key in self._owners.applications and not mounts:
            yield _Above("", (), ())
        for owner, path, line, said, before in mounts:
            for own in paths(said) or (None,):
                full = f"{(own or '').rstrip('/')}/{below.lstrip('/')}"
                for above in self._ways(owner, full, depth + 1):
                    checks, used = self._before(owner, path, line, full)
                    checks += [self._middleware.check(one, path, line) for one in before]
                    yield _Above(
                        joined(above.prefix, own),
                        (*above.checks, *checks),
                        (*above.before, *used, *before),
                    )

    def _before(
        self, key: Key, path: str, line: int, own: str
    ) -> tuple[list[AccessCheck], list[MiddlewareArgument]]:
        """What an application or router uses before a line, for a path of its own."""
        checks, used = [], []
        for where, at, said, middleware, maybe, is_all, inside in self._uses.get(key, ()):
            covered = covers(said, own, is_whole=is_all)
            is_behind = where == path and at + is_all > line
            is_behind = is_behind and not self._owners.makes(key, path, at, line)
            if is_behind or covered is False or (is_all and where != path):
                continue
            is_done = not any(inside) or inside[0] <= line <= inside[1]
            is_sure = covered and where == path and not maybe
            is_sure = is_sure and (is_done or self._owners.makes(key, path, at, line))
            for one in middleware:
                check = self._middleware.check(one, where, at)
                checks.append(
                    check if is_sure or not check.refuses else check._replace(refuses=None)
                )
            if covered and not maybe:
                used += middleware
        return checks, used

    def routes(self) -> Iterator[Route | Unresolved]:
        """All of them, by file and line."""
        of_classes = list(self._owners.classes.routes()) if self._owners.made else []
        yield from (one for one in of_classes if isinstance(one, Unresolved))
        told = ((*one[:2], one[0], one[2]) for one in of_classes if not isinstance(one, Unresolved))
        for path, mark, at, args in chain_of(self._registered(), told):
            key = self._owners.of(path, mark, mark.line if at == path else 0)
            if key is None or key in self._owners.several:
                is_made = (path, mark.name) in self._owners.by
                is_own = looks_own(mark, self._project.files[path].imports, is_made=is_made)
                if key or at != path or is_own:
                    reason = "what it is registered at is not known"
                    yield Unresolved(path, mark.line, "route", mark.data["path"][:80], reason)
                continue
            keys = [key, *self._owners.classes.heirs.get(key, ())]
            if not any(True for one in keys for _ in self._ways(one)):
                reason = "nobody uses its router"
                yield Unresolved(path, mark.line, "route", mark.data["path"][:80], reason)
            for key, own in product(keys, paths(mark.data["path"]) or (None,)):
                for above in self._ways(key, own or ""):
                    full = joined(above.prefix, own)
                    if full is None:
                        said = mark.data["path"][:80]
                        yield Unresolved(path, mark.line, "route", said, _NO_LITERAL)
                    else:
                        route = self._route(path, mark, key, above, own or "", full, args)
                        yield route._replace(registered=f"{at}:{mark.line}")

    def _registered(self) -> Iterator[tuple[str, Mark, str, Given]]:
        """What registers a route: by the file of its router, with its own file and arguments."""
        registrars = Registrars(self._project)
        places = registrars.places | self._owners.classes.places
        for path, mark in self._project.marks("express", "route"):
            is_before = "before" in mark.data or is_test(path)
            if not is_before and (path, mark.line) not in places:
                yield (
                    path,
                    mark,
                    path,
                    [(path, MiddlewareArgument(*one)) for one in mark.data["args"]],
                )
        for owner, mark, path, args in registrars.routes():
            yield owner, mark, path, [(one.path, each) for one in args for each in one.said]

    def _route(
        self, path: str, mark: Mark, key: Key, above: _Above, own: str, full: str, given_: Given
    ) -> Route:
        args = [one for _, one in given_]
        checks, used = self._before(key, path, mark.line, own)
        checks = [*above.checks, *checks]
        asked = [one for one in enumerate(given_, 1) if not begins_login(one[1][1].text, full)]
        before = [one for at, one in asked if at < len(args)]
        checks += [self._middleware.check(one, where, mark.line) for where, one in before]
        place = None
        if len(asked) > len(before):
            check, place = self._middleware.handler(args[-1], given_[-1][0], mark.line)
            checks.append(check._replace(why=HANDLER))
        middleware = [*above.before, *used, *args[:-1]]
        definition = self._project.definition(place) if place else None
        is_inside = bool(given_) and not args[-1].text and given_[-1][0] == path
        here = f"{path}:{mark.line}"
        rights = [
            one.said
            for one in checks
            if one.refuses and of_rights(MiddlewareArgument(one.said.partition(" (")[0]))
        ]
        valid = next((one.text for one in middleware if validates(one)), "")
        limit = next((one.text for one in middleware if limits(one)), "")
        return Route(
            {"all": "ANY"}.get(mark.data["method"], mark.data["method"].upper()),
            full,
            self._project.called(place or CodePlace(path)),
            place.path if place else path,
            definition.line if definition else mark.line,
            auth=answer(checks, _NOTHING),
            authorisation=Answered("yes", rights[0]) if rights else NOT_ASKED,
            validation=Answered("yes", f"{valid[:100]} ({here})") if valid else NOT_ASKED,
            rate_limit=Answered("yes", f"{limit[:100]} ({here})") if limit else NOT_ASKED,
            middleware=tuple(
                dict.fromkeys(" ".join(one.text.split())[:80] for one in middleware if one.text)
            ),
            registered=here,
            symbol=place.symbol if place else "",
            inside=(args[-1].line, args[-1].last_line) if is_inside else (0, 0),
        )
