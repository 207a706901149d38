"""Express: routes of applications and routers, through `use`, and the middleware before them."""

from __future__ import annotations

import re
from collections import Counter
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
    joined,
    looks_own,
    parameter,
    paths,
    repeated,
    set_path,
    told_apart,
)
from indexer.code.frameworks.express_classes import Given, Key, RouterClasses, field_marks
from indexer.code.frameworks.express_made import NEW, called_marks, made_marks
from indexer.code.frameworks.express_middleware import (
    FUNCTIONS,
    ExpressMiddleware,
    MiddlewareArgument,
    given,
    limits,
    of_rights,
    validates,
)
from indexer.code.frameworks.express_registrars import Registrars, registrar_marks
from indexer.code.frameworks.scopes import names_at
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
_REQUIRED = re.compile(r"require\(\s*['\"]([^'\"]+)['\"]\s*\)(?:\.(\w+))?")
_OF_INSTANCE = re.compile(r"(new\s+[\w$.]+\([^()]*+\)|(?:this\.)?[\w$]+)\.([\w$]+)(?:\(\s*\))?")
_NO_LITERAL = "its path is not a literal"
_NOTHING = "no middleware before the route refuses, nor does its handler"
_DEEPEST = 10  # routers within routers


class Express(Reader):
    """Calls of applications and routers, in the order of the text."""

    name = "express"
    version = 13
    languages = frozenset({"typescript"})
    hint = re.compile(
        rb"express|Router\(|passport|req, res|req: |morgan|multer|celebrate|Limit\("
        rb"|app\.(?:use|get|post)\(|server\.(?:use|get|post)\("
    )

    def read(self, source: SourceFile) -> Iterable[Mark]:
        """Applications and routers, what they use, their routes, and what middleware is made of."""
        text = source.text
        yield from made_marks(source, self.name)
        yield from field_marks(source, self.name)
        yield from called_marks(source, self.name)
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


class _Site:
    """Applications, routers, and what they use."""

    def __init__(self, project: CodeProject) -> None:
        self._project = project
        self._middleware = ExpressMiddleware(project)
        made = {
            (path, self._named(path, mark)): mark.data
            for path, mark in project.marks("express", "made")
            if not is_test(path)
        }
        self._classes = RouterClasses(project, made)
        made |= {key: made[above] for key, above in self._classes.inherited.items()}
        self._made = made
        self._several = self._called_alike()
        self._instances = {
            (path, mark.name): mark.data["is"]
            for path, mark in project.marks("express", "instance")
        }
        self._by = {
            (path, f"{mark.data['in']}.{mark.name}"): mark.data["is"]
            for path, mark in project.marks("express", "by")
        }
        given = Counter(self._gives(path, said) for (path, _), said in self._by.items())
        self._giving = {place for place, several in given.items() if several > 1}
        self._applications = {key for key, data in made.items() if data["is_application"]}
        self._handed = self._hand()
        self._uses: dict[Key, list[_Use]] = {}
        self._mounted: dict[Key, list[tuple[Key, str, int, str, list[MiddlewareArgument]]]] = {}
        for path, mark in project.marks("express", "use"):
            self._use(path, mark)
        for path, mark in project.marks("express", "route"):
            if mark.data["method"] == "all" and (owner := self._owner(path, mark, mark.line)):
                before = [MiddlewareArgument(*one) for one in mark.data["args"]]
                said, maybe = mark.data["path"], mark.data["conditional"]
                use = _Use(path, mark.line, said, before, maybe, is_all=True)
                self._uses.setdefault(owner, []).append(use)

    def _hand(self) -> dict[tuple[str, str, int], Key]:
        """What functions are given as parameters: applications and routers, by file and name."""
        found: dict[tuple[str, str, int], Key] = {}
        for path, mark in self._project.marks("express", "handed"):
            required = _REQUIRED.match(mark.name)
            file = self._project.module(path, required[1]) if required else ""
            place = self._project.locate(path, mark.name)
            if file and required:
                place = CodePlace(file, required[2] or "default")
            elif place and not place.symbol and "." in mark.name:
                place = CodePlace(place.path, mark.name.rpartition(".")[2])
            for index, said in enumerate(mark.data["args"]):
                key = self._key(path, said, mark.line)
                if place and key:
                    found.setdefault((place.path, place.symbol or "default", index), key)
        return found

    def _named(self, path: str, mark: Mark) -> str:
        """What is made is called; a variable that its function has not from outside, by that."""
        is_own = mark.data["is_own"] or mark.name.startswith("this.")
        names = names_at(self._project.files[path], mark.name, mark.line) if is_own else ()
        return next(iter(names), mark.name)

    def _called_alike(self) -> set[Key]:
        """What stands for several, which only the blocks around them tell apart."""
        own = Counter(
            (path, self._named(path, mark))
            for path, mark in self._project.marks("express", "made")
            if mark.data["is_own"] and not is_test(path)
        )
        return {key for key, several in own.items() if several > 1}

    def _owner(self, path: str, mark: Mark, line: int) -> Key | None:
        if "function" in mark.data:
            return self._handed.get((path, mark.data["function"], mark.data["index"]))
        by = (
            self._by.get((path, one))
            for one in names_at(self._project.files[path], mark.name, line)
        )
        if any(one and self._gives(path, one) in self._giving for one in by):
            return None  # each call of a function makes a router of its own
        return self._key(path, mark.name, line)

    def _gives(self, path: str, said: str) -> CodePlace:
        """The function that gives a router."""
        return self._project.locate(path, said) or CodePlace(path, said)

    def _key(self, path: str, said: str, line: int, *, is_given: bool = False) -> Key | None:
        """The application or router that a name, or `require(...)`, means at a line of a file.

        Args:
            path: The file.
            said: The name.
            line: Where it is said.
            is_given: Whether it is a function that gives it.
        """
        for name in (*names_at(self._project.files[path], said, line), said):
            for key in ((path, name), self._classes.field(path, name)):
                if key in self._made:
                    return key
            if (path, name) in self._by and not is_given:
                return self._key(path, self._by[path, name], line, is_given=True)
        if (member := self._of_instance(path, said)) in self._made:
            return member
        plain = said.removesuffix("()")
        place = self._project.locate(path, plain) if re.fullmatch(r"[\w$.]+", plain) else None
        if required := _REQUIRED.fullmatch(plain):
            file = self._project.module(path, required[1])
            place = CodePlace(file, required[2] or "") if file else None
        if place is None:
            return self._default(path, plain)
        symbols = (place.symbol,) if place.symbol else ("default", "router")
        made = next(
            (one for symbol in symbols if (one := (place.path, symbol)) in self._made), None
        )
        inside = [
            key
            for key, data in self._made.items()
            if key[0] == place.path and data["within"] in symbols
        ]
        if made or len(inside) == 1:  # a function that makes a router and gives it back
            return made or inside[0]
        return None if place.symbol else self._exported(place.path)

    def _of_instance(self, path: str, said: str) -> Key | None:
        """What a member of an instance is: of `this.orders.router`, or `new Orders().router`."""
        found = _OF_INSTANCE.fullmatch(said)
        if found is None:
            return None
        made = NEW.match(found[1])
        name = made[1] if made else self._instances.get((path, found[1]), "")
        place = self._project.locate(path, name) if name else None
        if place is None or place.symbol:
            return self._classes.field(place.path, f"{place.symbol}.{found[2]}") if place else None
        alike = [
            one for one in self._made if one[0] == place.path and one[1].endswith(f".{found[2]}")
        ]
        return alike[0] if len(alike) == 1 else None

    def _default(self, path: str, name: str) -> Key | None:
        """What another file exports without a name, where it is imported as this."""
        for one in self._project.files[path].imports:
            if name in one.local and one.target and one.names[one.local.index(name)] == "default":
                key = (self._project.module(path, one.target), "default")
                return key if key in self._made else None
        return None

    def _exported(self, path: str) -> Key | None:
        """What a file gives as `module.exports`."""
        for one in self._project.files[path].imports:
            if not one.target and "default" in one.local:
                name = one.names[one.local.index("default")]
                if (path, name) in self._made:
                    return path, name
        return None

    def _use(self, path: str, mark: Mark) -> None:
        owner = self._owner(path, mark, mark.line)
        for one in (owner, *self._classes.heirs.get(owner, ())) if owner else ():
            if one not in self._several:
                self._use_at(one, path, mark)

    def _use_at(self, owner: Key, path: str, mark: Mark) -> None:
        args = [MiddlewareArgument(*each) for each in mark.data["args"]]
        before: list[MiddlewareArgument] = []
        for one in args:
            key = self._key(path, one.text, mark.line) if one.text else None
            if key and key != owner:
                here = (owner, path, mark.line, mark.data["path"], list(before))
                self._mounted.setdefault(key, []).append(here)
            else:
                before.append(one)
        if before and len(before) == len(args):
            use = _Use(path, mark.line, mark.data["path"], before, mark.data["conditional"])
            self._uses.setdefault(owner, []).append(use)

    def _ways(self, key: Key, below: str = "", depth: int = 0) -> Iterator[_Above]:
        """The ways from applications to a router, for a path of it."""
        mounts = self._mounted.get(key, ()) if depth < _DEEPEST else ()
        if key in self._applications and not mounts:
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
        for where, at, said, middleware, maybe, is_all in self._uses.get(key, ()):
            covered = covers(said, own, is_whole=is_all)
            is_behind = where == path and at + is_all > line
            if is_behind or covered is False or (is_all and where != path):
                continue
            is_sure = covered and where == path and not maybe
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
        of_classes = list(self._classes.routes()) if self._made else []
        yield from (one for one in of_classes if isinstance(one, Unresolved))
        told = ((*one[:2], one[0], one[2]) for one in of_classes if not isinstance(one, Unresolved))
        for path, mark, at, args in chain_of(self._registered(), told):
            key = self._owner(path, mark, mark.line if at == path else 0)
            if key is None or key in self._several:
                if key or at != path or looks_own(mark, self._project.files[path].imports):
                    reason = "what it is registered at is not known"
                    yield Unresolved(path, mark.line, "route", mark.data["path"][:80], reason)
                continue
            keys = [key, *self._classes.heirs.get(key, ())]
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
        places = registrars.places | self._classes.places
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
