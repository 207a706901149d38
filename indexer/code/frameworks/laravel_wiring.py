"""Laravel: what the container is told to give, and what is behind facades."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from indexer.code.frameworks.laravel_reader import LaravelReader, properties
from indexer.code.frameworks.php_parameters import PhpParameters, asked_by_methods
from indexer.code.php_values import UNKNOWN, arguments, chain, class_named, goes_on, value
from indexer.code.syntax import is_conditional, line_of
from indexer.code.wiring import Kinds, Need, connected, undecided
from memory.code.codebase import CodePlace, Edge, Unresolved
from memory.code.facts import Mark
from memory.code.testing import is_test

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indexer.code.frameworks.php_parameters import ClassParameter
    from indexer.code.php_values import PhpCall
    from indexer.code.project_code import CodeProject
    from indexer.code.syntax import Node, SourceFile

_FOUND = """
[(scoped_call_expression) (member_call_expression) (function_call_expression)
 (property_declaration) (class_declaration)] @found
"""
_ALIASES = "(array_element_initializer . (string) @key . (_) @aliases)"
_CONTAINERS = frozenset({"$this->app", "$app", "App", "\\App", "app"})
_BINDS = frozenset({"bind", "bindIf", "singleton", "singletonIf", "scoped", "scopedIf", "alias"})
_ASKS = frozenset({"make", "makeWith", "get"})
_NAMES = frozenset({"name", "qualified_name"})
#: Methods that the container calls, beside those of controllers.
_GIVEN = re.compile(r"\.(?:__construct|handle|boot|__invoke)$|Controller\.\w+$")
_NOTED = re.compile(r"^\\?(?:\w+\\)*(?:Bind|Give)\(\s*(?:concrete:\s*)?([\w\\]+)::class")
_RETURNED = "[(return_statement (_) @returned) (arrow_function body: (_) @returned)]"
_RETURN_TYPE = """
(argument [(anonymous_function return_type: (named_type) @type)
           (arrow_function return_type: (named_type) @type)])
"""
_ASSIGNED = "(assignment_expression left: (variable_name) @name right: (_) @value)"


class LaravelWiring(LaravelReader):
    """What a service provider binds, and where it is asked for."""

    name = "laravel-wiring"
    version = 3
    hint = re.compile(
        rb"(?:app\(?\)?(?:->)|App::)(?:bind|singleton|scoped|alias|when|make)|getFacadeAccessor"
        rb"|\$(?:bindings|singletons)\b|'aliases'\s*=>|\b(?:app|resolve)\(\\?[A-Z]"
    )

    def read(self, source: SourceFile) -> Iterable[Mark]:
        """Bindings, facades, and where something is asked for."""
        if b"'aliases'" in source.content:
            yield from self._aliases(source)
        for node in source.captures(_FOUND).get("found", ()):
            match node.type:
                case "property_declaration":
                    yield from self._property(source, node)
                case "class_declaration":
                    yield from self._class(source, node)
                case "function_call_expression":
                    yield from self._function(source, node)
                case _ if not goes_on(node):
                    root, steps = chain(source, node)
                    if root.startswith("app("):
                        root = "app"
                    yield from self._chain(source, root, steps)

    def _aliases(self, source: SourceFile) -> Iterable[Mark]:
        """What the settings call a class, which facades may go by."""
        for found in source.matches(_ALIASES):
            if source.text(found["key"][0]) != "'aliases'":
                continue
            for each in source.matches(_ALIASES, found["aliases"][0]):
                asked, given = (value(source, each[one][0]) for one in ("key", "aliases"))
                if class_named(given):
                    yield self.mark(source, "alias", found["key"][0], asked=asked, given=given)

    def _property(self, source: SourceFile, node: Node) -> Iterator[Mark]:
        for one, name, said in properties(source, node):
            if name in {"bindings", "singletons"} and isinstance(said, dict):
                for asked, given in said.items():
                    yield self.mark(source, "bind", one, asked=asked, given=given, sure=True)

    def _class(self, source: SourceFile, node: Node) -> Iterator[Mark]:
        text = source.text(node)
        if "getFacadeAccessor" in text:
            query = "(method_declaration name: (name) @name body: (_) @body)"
            for found in source.matches(query, node):
                if source.text(found["name"][0]) == "getFacadeAccessor":
                    said = source.captures(_RETURNED, found["body"][0]).get("returned", [])
                    asked = value(source, said[0]) if len(said) == 1 else UNKNOWN
                    symbol = source.symbol(node)
                    yield Mark(self.name, "facade", symbol, line_of(node), {"asked": asked})

    def _function(self, source: SourceFile, node: Node) -> Iterator[Mark]:
        name = source.text(node.child_by_field_name("function"))
        given = node.child_by_field_name("arguments")
        if name in {"app", "resolve"}:
            said = arguments(source, given).plain[:1]
            if said and class_named(said[0]):
                yield self.mark(source, "ask", node, asked=said[0])

    def _chain(self, source: SourceFile, root: str, steps: list[PhpCall]) -> Iterator[Mark]:
        first = steps[0]
        said = arguments(source, first.arguments).plain
        if root in _CONTAINERS:
            yield from self._of_container(source, steps, said)

    def _of_container(
        self, source: SourceFile, steps: list[PhpCall], said: list[Any]
    ) -> Iterator[Mark]:
        first = steps[0]
        if first.name in _BINDS and said:
            # A closure alone says by the type that it returns what it is bound to.
            asked, given = said[:2] if len(said) > 1 else (_returned_type(source, first), UNKNOWN)
            if first.name == "alias":
                asked, given = given, asked
            elif not class_named(given):
                given = _of_closure(source, first.arguments)
            sure = not is_conditional(first.node) and not first.name.endswith("If")
            yield self.mark(source, "bind", first.node, asked=asked, given=given, sure=sure)
        elif [one.name for one in steps[:3]] == ["when", "needs", "give"] and said:
            asked, given = (arguments(source, one.arguments).plain for one in steps[1:3])
            if not asked or not given:
                return
            made = given[0] if class_named(given[0]) else _of_closure(source, steps[2].arguments)
            for one in said[0] if isinstance(said[0], list) else [said[0]]:
                data = {"owner": one, "asked": asked[0], "given": made}
                yield self.mark(source, "context", first.node, **data)
        elif first.name in _ASKS and said and class_named(said[0]):
            yield self.mark(source, "ask", first.node, asked=said[0])

    def assemble(self, project: CodeProject) -> Iterable[Edge | Unresolved]:
        """From where something is needed or dispatched to what the framework gives or calls."""
        if any(True for one in (self.name, PhpParameters.name) for _ in project.marks(one)):
            yield from _Container(project, self.name).edges()


def _returned_type(source: SourceFile, step: PhpCall) -> str:
    found = source.captures(_RETURN_TYPE, step.arguments).get("type", []) if step.arguments else []
    return f"class {source.text(found[0])}" if len(found) == 1 else UNKNOWN


def _of_closure(source: SourceFile, given: Node | None) -> Any:
    """The class that a function makes or asks for, where it returns nothing else."""
    found = source.captures(_RETURNED, given).get("returned", []) if given is not None else []
    if len(found) == 1 and found[0].type == "variable_name" and given is not None:
        name = source.text(found[0])
        found = [
            one["value"][0]
            for one in source.matches(_ASSIGNED, given)
            if source.text(one["name"][0]) == name
        ]
    if len(found) != 1:
        return UNKNOWN
    one = found[0]
    if one.type == "object_creation_expression":
        made = one.named_children[0]
        return f"class {source.text(made)}" if made.type in _NAMES else UNKNOWN
    is_asked = one.type == "function_call_expression" and source.text(
        one.child_by_field_name("function")
    ) in {"app", "resolve"}
    is_asked = is_asked or (
        one.type == "member_call_expression"
        and source.text(one.child_by_field_name("name")) in _ASKS
        and source.text(one.child_by_field_name("object")) in _CONTAINERS
    )
    said = arguments(source, one.child_by_field_name("arguments")).plain if is_asked else []
    return said[0] if said and class_named(said[0]) else UNKNOWN


class _Container:
    """What a project binds."""

    def __init__(self, project: CodeProject, reader: str) -> None:
        self._project, self._reader = project, reader
        self._kinds = Kinds(project, "php")
        self._bound: dict[CodePlace | str, dict[CodePlace | None, None]] = {}
        self._untold: list[Need] = []  # bindings of something that is not stated
        for path, mark in project.marks(reader, "bind"):
            asked = self._key(path, mark.data["asked"])
            if mark.data["asked"] == UNKNOWN and not is_test(path):
                self._untold.append(Need(CodePlace(path, mark.name), mark.line, "binding"))
            if asked is not None and not is_test(path):
                given = self._class(path, mark.data["given"]) if mark.data["sure"] else None
                self._bound.setdefault(asked, {})[given] = None
        self._aliases = {
            mark.data["asked"]: given
            for path, mark in project.marks(reader, "alias")
            if (given := self._class(path, mark.data["given"]))
        }
        self._context: dict[tuple[CodePlace, CodePlace], CodePlace | None] = {}
        for path, mark in project.marks(reader, "context"):
            owner, asked = (self._class(path, mark.data[one]) for one in ("owner", "asked"))
            if owner and asked and not is_test(path):
                given = self._class(path, mark.data["given"])
                is_same = self._context.get((owner, asked), given) == given
                self._context[owner, asked] = given if is_same else None
        self._contextual = {asked for _, asked in self._context}
        for place, one in self._kinds.types.items():
            said = next((found[1] for each in one.annotations if (found := _NOTED.match(each))), "")
            if said and (given := self._class(place.path, f"class {said}")):
                self._bound.setdefault(place, {}).setdefault(given)

    def _class(self, path: str, said: Any) -> CodePlace | None:
        found = self._project.locate(path, class_named(said))
        return found if found in self._kinds.types else None

    def _key(self, path: str, said: Any) -> CodePlace | str | None:
        if class_named(said):
            return self._class(path, said)
        return said if isinstance(said, str) and UNKNOWN not in said else None

    def _given(
        self, asked: CodePlace | str, owner: CodePlace | None = None
    ) -> list[CodePlace | None]:
        """What is given for it, through bindings of bindings; several where it is bound anew."""
        if owner is not None and isinstance(asked, CodePlace) and (owner, asked) in self._context:
            return [self._context[owner, asked]]
        seen, found = [asked], self._bound_to(asked)
        while len(found) == 1 and (one := found[0]) is not None and (then := self._bound_to(one)):
            if one in seen:  # they are aliases of each other
                made = [kind for kind, said in self._kinds.types.items()
                        if kind in seen and said.kind == "class"]  # fmt: skip
                return [made[0] if len(made) == 1 else None]
            seen.append(one)
            found = then
        return found

    def _bound_to(self, asked: CodePlace | str) -> list[CodePlace | None]:
        if asked in self._bound:
            return list(self._bound[asked])
        return [self._aliases[asked]] if asked in self._aliases else []

    def edges(self) -> Iterator[Edge | Unresolved]:
        """What is asked for by calls, then injection, then facades."""
        for one in self._untold:
            yield undecided(one, "what is bound is not stated")
        facades = {
            CodePlace(path, mark.name): asked
            for path, mark in self._project.marks(self._reader, "facade")
            if (asked := self._key(path, mark.data["asked"])) is not None
        }
        through = {
            edge.source.path
            for edge in (self._project.edges() if facades else ())
            if isinstance(edge, Edge) and edge.target in facades
        }
        for path, mark in self._project.marks(self._reader, "ask"):
            asked = self._class(path, mark.data["asked"])
            if asked in self._bound and asked is not None:
                yield from self._to(
                    Need(CodePlace(path, mark.name), mark.line, asked.symbol), asked
                )
        for path, method, parameters in asked_by_methods(self._project):
            for each in parameters if _GIVEN.search(method) else ():
                yield from self._injected(path, method, each)
        for path in sorted(through):
            yield from self._facade_calls(path, facades)

    def _injected(self, path: str, method: str, one: ClassParameter) -> Iterator[Edge | Unresolved]:
        """What a parameter is given: by an attribute of its own, or as it is bound."""
        said = next((found[1] for note in one.notes if (found := _NOTED.match(note))), "")
        for name in one.types if len(one.types) == 1 else ():
            asked = self._class(path, f"class {name}")
            need = Need(CodePlace(path, method), one.line, name)
            given = self._class(path, f"class {said}") if said else None
            if given is not None:
                yield from connected(need, [given], asked)
            elif asked is not None and (asked in self._bound or asked in self._contextual):
                yield from self._to(need, asked)

    def _to(self, need: Need, asked: CodePlace) -> Iterator[Edge | Unresolved]:
        owner = CodePlace(need.source.path, need.source.symbol.rpartition(".")[0])
        given = self._given(asked, owner)
        if len(given) == 1 and given[0] is not None:
            yield from connected(need, [given[0]], asked)
        elif given:
            reason = (
                "it is bound more than once"
                if len(given) > 1
                else "what it is bound to is not stated"
            )
            yield undecided(need, reason)

    def _facade_calls(
        self, path: str, facades: dict[CodePlace, CodePlace | str]
    ) -> Iterator[Edge | Unresolved]:
        facts = self._project.files[path]
        told: set[CodePlace] = set()  # each facade once a file
        for use in facts.uses:
            root, dot, method = use.name.partition(".")
            if not (use.is_call and dot):
                continue
            facade = self._project.locate(path, root)
            if facade is None or facade not in facades or facade.path == path:
                continue
            within = facts.definitions[use.within].name if use.within >= 0 else ""
            need = Need(CodePlace(path, within), use.line, use.name.replace(".", "::"))
            asked = facades[facade]
            given = self._given(asked) or ([asked] if isinstance(asked, CodePlace) else [])
            if len(given) == 1 and given[0] is not None:
                behind = given[0]
                target = self._project.locate(behind.path, f"{behind.symbol}.{method}") or behind
                yield from connected(need, [target], None)
            elif facade not in told:
                told.add(facade)
                yield undecided(need, "what is behind the facade is not stated once")
