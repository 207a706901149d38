"""Laravel: bindings of the container, facades, listeners of events, observers and jobs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from indexer.code.php_values import UNKNOWN, arguments, chain, class_named, goes_on, value
from indexer.code.readers import Reader
from indexer.code.syntax import is_conditional, line_of
from indexer.code.wiring import Kinds, Need, connected, undecided
from memory.code.codebase import Edge, Grade, Place, Unresolved
from memory.code.facts import Mark
from memory.code.testing import is_test

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indexer.code.php_values import Step
    from indexer.code.project import CodeProject
    from indexer.code.syntax import Node, Source

_FOUND = """
[(scoped_call_expression) (member_call_expression) (function_call_expression)
 (property_declaration) (class_declaration)] @found
"""
_CONTAINERS = frozenset({"$this->app", "$app", "App", "\\App", "app"})
_BINDS = frozenset({"bind", "bindIf", "singleton", "singletonIf", "scoped", "scopedIf", "alias"})
_ASKS = frozenset({"make", "makeWith", "get"})
_DISPATCHES = frozenset({"dispatch", "dispatchSync", "dispatchNow", "dispatchIf", "dispatchUnless",
                         "dispatchAfterResponse", "broadcast"})  # fmt: skip
_FUNCTIONS = frozenset({"event", "dispatch", "dispatch_sync", "broadcast"})
_BUSES = frozenset({"Event", "Bus", "$this", "$this->dispatcher", "$dispatcher", "$this->events"})
_NAMES = frozenset({"name", "qualified_name"})
_GIVEN = re.compile(r"\.(?:__construct|handle|boot|__invoke)$")  # what the container calls
_RETURNED = "[(return_statement (_) @returned) (arrow_function body: (_) @returned)]"
_RETURN_TYPE = """
(argument [(anonymous_function return_type: (named_type) @type)
           (arrow_function return_type: (named_type) @type)])
"""
_ASSIGNED = "(assignment_expression left: (variable_name) @name right: (_) @value)"


class LaravelWiring(Reader):
    """What a service provider binds, and what hears or handles what is dispatched."""

    name = "laravel-wiring"
    version = 2
    languages = frozenset({"php"})
    hint = re.compile(
        rb"(?:app\(?\)?(?:->)|App::)(?:bind|singleton|scoped|alias|when|make)|getFacadeAccessor"
        rb"|\$(?:listen|bindings|singletons|subscribe)\b|Event::(?:listen|dispatch)|::observe\("
        rb"|ObservedBy|\bdispatch\w*\(|\bevent\(|\b(?:app|resolve)\(\\?[A-Z]"
    )

    def read(self, source: Source) -> Iterable[Mark]:
        """Bindings, facades, listeners, and where something is asked for or dispatched."""
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

    def _mark(self, source: Source, kind: str, node: Node, **data: Any) -> Mark:
        index = source.within(node)
        within = source.facts.definitions[index].name if index >= 0 else ""
        return Mark(self.name, kind, within, line_of(node), data)

    def _property(self, source: Source, node: Node) -> Iterator[Mark]:
        for one in node.named_children:
            if one.type != "property_element":
                continue
            name = source.text(one.child_by_field_name("name")).lstrip("$")
            said = value(source, one.child_by_field_name("default_value"))
            if not isinstance(said, dict):
                continue
            for asked, given in said.items():
                if name in {"bindings", "singletons"}:
                    yield self._mark(source, "bind", one, asked=asked, given=given, sure=True)
                elif name == "listen":
                    for each in given if isinstance(given, list) else [given]:
                        yield self._mark(source, "listen", one, event=asked, by=[each])

    def _class(self, source: Source, node: Node) -> Iterator[Mark]:
        text = source.text(node)
        if "getFacadeAccessor" in text:
            query = "(method_declaration name: (name) @name body: (_) @body)"
            for found in source.matches(query, node):
                if source.text(found["name"][0]) == "getFacadeAccessor":
                    said = source.captures(_RETURNED, found["body"][0]).get("returned", [])
                    asked = value(source, said[0]) if len(said) == 1 else UNKNOWN
                    symbol = source.symbol(node)
                    yield Mark(self.name, "facade", symbol, line_of(node), {"asked": asked})
        for note in source.captures("(attribute) @note", node).get("note", ()):
            if source.text(note).startswith("ObservedBy"):
                for by in re.findall(r"([\w\\]+)::class", source.text(note)):
                    model = f"class {source.symbol(node)}"
                    yield self._mark(source, "observe", node, model=model, by=f"class {by}")

    def _function(self, source: Source, node: Node) -> Iterator[Mark]:
        name = source.text(node.child_by_field_name("function"))
        given = node.child_by_field_name("arguments")
        if name in _FUNCTIONS and (made := _made(source, given)):
            yield self._mark(source, "dispatch", node, what=made)
        elif name in {"app", "resolve"}:
            said = arguments(source, given).plain[:1]
            if said and class_named(said[0]):
                yield self._mark(source, "ask", node, asked=said[0])

    def _chain(self, source: Source, root: str, steps: list[Step]) -> Iterator[Mark]:
        first = steps[0]
        said = arguments(source, first.arguments).plain
        if root in _CONTAINERS:
            yield from self._of_container(source, steps, said)
        elif root.rpartition("\\")[2] == "Event" and first.name == "listen" and said:
            by = said[1] if len(said) > 1 else UNKNOWN
            by = by if isinstance(by, list) else [by]
            for event in said[0] if isinstance(said[0], list) else [said[0]]:
                yield self._mark(source, "listen", first.node, event=event, by=by)
        elif first.name == "observe" and said and first.node.type == "scoped_call_expression":
            for one in said[0] if isinstance(said[0], list) else [said[0]]:
                yield self._mark(source, "observe", first.node, model=f"class {root}", by=one)
        elif first.name in _DISPATCHES:
            made = _made(source, first.arguments)
            is_own = first.node.type == "scoped_call_expression" and root not in _BUSES
            what = root if is_own else made if root in _BUSES else ""
            if what:
                yield self._mark(source, "dispatch", first.node, what=what)

    def _of_container(self, source: Source, steps: list[Step], said: list[Any]) -> Iterator[Mark]:
        first = steps[0]
        if first.name in _BINDS and said:
            # A closure alone says by the type that it returns what it is bound to.
            asked, given = said[:2] if len(said) > 1 else (_returned_type(source, first), UNKNOWN)
            if first.name == "alias":
                asked, given = given, asked
            elif not class_named(given):
                given = _of_closure(source, first.arguments)
            sure = not is_conditional(first.node) and not first.name.endswith("If")
            yield self._mark(source, "bind", first.node, asked=asked, given=given, sure=sure)
        elif [one.name for one in steps[:3]] == ["when", "needs", "give"] and said:
            asked, given = (arguments(source, one.arguments).plain for one in steps[1:3])
            if not asked or not given:
                return
            made = given[0] if class_named(given[0]) else _of_closure(source, steps[2].arguments)
            for one in said[0] if isinstance(said[0], list) else [said[0]]:
                data = {"owner": one, "asked": asked[0], "given": made}
                yield self._mark(source, "context", first.node, **data)
        elif first.name in _ASKS and said and class_named(said[0]):
            yield self._mark(source, "ask", first.node, asked=said[0])

    def assemble(self, project: CodeProject) -> Iterable[Edge | Unresolved]:
        """From where something is needed or dispatched to what the framework gives or calls."""
        if any(True for _ in project.marks(self.name)):
            yield from _Container(project, self.name).edges()


def _returned_type(source: Source, step: Step) -> str:
    found = source.captures(_RETURN_TYPE, step.arguments).get("type", []) if step.arguments else []
    return f"class {source.text(found[0])}" if len(found) == 1 else UNKNOWN


def _of_closure(source: Source, given: Node | None) -> Any:
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


def _made(source: Source, given: Node | None) -> str:
    """The class of the object that a call is given first: `new Placed($order)`."""
    first = next((one for one in given.named_children if one.type == "argument"), None) if given \
        else None  # fmt: skip
    made = first.named_children[-1] if first is not None and first.named_children else None
    if made is None or made.type != "object_creation_expression":
        return ""
    name = made.named_children[0] if made.named_children else None
    is_named = name is not None and name.type in _NAMES
    return source.text(name) if is_named else ""


class _Container:
    """What a project binds, and its listeners."""

    def __init__(self, project: CodeProject, reader: str) -> None:
        self._project, self._reader = project, reader
        self._kinds = Kinds(project, "php")
        self._bound: dict[Place | str, dict[Place | None, None]] = {}
        self._untold: list[Need] = []  # bindings of something that is not stated
        for path, mark in project.marks(reader, "bind"):
            asked = self._key(path, mark.data["asked"])
            if mark.data["asked"] == UNKNOWN and not is_test(path):
                self._untold.append(Need(Place(path, mark.name), mark.line, "binding"))
            if asked is not None and not is_test(path):
                given = self._class(path, mark.data["given"]) if mark.data["sure"] else None
                self._bound.setdefault(asked, {})[given] = None
        self._context: dict[tuple[Place, Place], Place | None] = {}
        for path, mark in project.marks(reader, "context"):
            owner, asked = (self._class(path, mark.data[one]) for one in ("owner", "asked"))
            if owner and asked:
                self._context[owner, asked] = self._class(path, mark.data["given"])

    def _class(self, path: str, said: Any) -> Place | None:
        found = self._project.locate(path, class_named(said))
        return found if found in self._kinds.types else None

    def _key(self, path: str, said: Any) -> Place | str | None:
        if class_named(said):
            return self._class(path, said)
        return said if isinstance(said, str) and UNKNOWN not in said else None

    def _given(self, asked: Place | str, owner: Place | None = None) -> list[Place | None]:
        """What is given for it, through bindings of bindings; several where it is bound anew."""
        if owner is not None and isinstance(asked, Place) and (owner, asked) in self._context:
            return [self._context[owner, asked]]
        found = list(self._bound.get(asked, ()))
        if len(found) == 1 and found[0] is not None and found[0] != asked:
            return self._given(found[0]) or found
        return found

    def edges(self) -> Iterator[Edge | Unresolved]:
        """Injection, then what is asked for by calls, then facades, then events."""
        for one in self._untold:
            yield undecided(one, "what is bound is not stated")
        facades = {
            Place(path, mark.name): asked
            for path, mark in self._project.marks(self._reader, "facade")
            if (asked := self._key(path, mark.data["asked"])) is not None
        }
        through: set[str] = set()
        contextual = {asked for _, asked in self._context}
        for edge in self._project.edges():
            if not isinstance(edge, Edge):
                continue
            if edge.target in facades:
                through.add(edge.source.path)
            is_given = edge.grade is Grade.USE and _GIVEN.search(edge.source.symbol)
            if is_given and (edge.target in self._bound or edge.target in contextual):
                yield from self._to(Need(edge.source, edge.line, edge.target.symbol), edge.target)
        for path, mark in self._project.marks(self._reader, "ask"):
            asked = self._class(path, mark.data["asked"])
            if asked in self._bound and asked is not None:
                yield from self._to(Need(Place(path, mark.name), mark.line, asked.symbol), asked)
        for path in sorted(through):
            yield from self._facade_calls(path, facades)
        yield from self._heard()

    def _to(self, need: Need, asked: Place) -> Iterator[Edge | Unresolved]:
        owner = Place(need.source.path, need.source.symbol.rpartition(".")[0])
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
        self, path: str, facades: dict[Place, Place | str]
    ) -> Iterator[Edge | Unresolved]:
        facts = self._project.files[path]
        told: set[Place] = set()  # each facade once a file
        for use in facts.uses:
            root, dot, method = use.name.partition(".")
            if not (use.is_call and dot):
                continue
            facade = self._project.locate(path, root)
            if facade is None or facade not in facades or facade.path == path:
                continue
            within = facts.definitions[use.within].name if use.within >= 0 else ""
            need = Need(Place(path, within), use.line, use.name.replace(".", "::"))
            asked = facades[facade]
            given = self._given(asked) or ([asked] if isinstance(asked, Place) else [])
            if len(given) == 1 and given[0] is not None:
                behind = given[0]
                target = self._project.locate(behind.path, f"{behind.symbol}.{method}") or behind
                yield from connected(need, [target], None)
            elif facade not in told:
                told.add(facade)
                yield undecided(need, "what is behind the facade is not stated once")

    def _heard(self) -> Iterator[Edge | Unresolved]:
        heard: dict[Place, dict[Place, None]] = {}
        for path, mark in self._project.marks(self._reader, "listen"):
            event = self._class(path, mark.data["event"])
            by, *method = mark.data["by"] or [UNKNOWN]
            handler = self._class(path, by)
            if event is not None and handler is not None:
                found = self._method(handler, *(method or ("handle", "__invoke")))
                heard.setdefault(event, {})[found] = None
        for path, mark in self._project.marks(self._reader, "observe"):
            model, by = (self._class(path, mark.data[one]) for one in ("model", "by"))
            if model is not None and by is not None:
                need = Need(model, self._kinds.types[model].line, by.symbol)
                yield from connected(need, [by], None)
        above = {below: event for event in heard for below in self._kinds.of(event)}
        for path, mark in self._project.marks(self._reader, "dispatch"):
            what = self._project.locate(path, mark.data["what"])
            if what is None or what not in self._kinds.types or is_test(path):
                continue
            need = Need(Place(path, mark.name), mark.line, what.symbol)
            own = self._method(what, "handle", "__invoke")
            targets = [*heard.get(above.get(what, what), ()), *([own] if own != what else [])]
            yield from connected(need, targets, None)
            if not targets:  # or it is heard by what is found in a folder
                yield undecided(need, "nothing that hears or handles it is stated")

    def _method(self, owner: Place, *names: str) -> Place:
        for name in names:
            found = isinstance(name, str) and self._project.locate(
                owner.path, f"{owner.symbol}.{name}"
            )
            if found and found != owner:
                return found
        return owner
