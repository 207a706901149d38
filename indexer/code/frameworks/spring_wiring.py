"""Spring: which bean a field or parameter is given, and who listens to an event."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from indexer.code.java_values import annotated
from indexer.code.readers import Reader
from indexer.code.syntax import line_of
from indexer.code.wiring import Kinds, Need, connected, undecided
from memory.code.codebase import CodePlace, Edge, Unresolved
from memory.code.facts import Mark
from memory.code.testing import is_test

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indexer.code.project_code import CodeProject
    from indexer.code.syntax import Node, SourceFile

_STEREOTYPES = frozenset({"Component", "Service", "Repository", "Controller", "RestController",
                          "Configuration", "ControllerAdvice", "RestControllerAdvice", "Named",
                          "Singleton", "SpringBootApplication"})  # fmt: skip
_INJECTED = frozenset({"Autowired", "Inject", "Resource"})
_LOMBOK = frozenset({"RequiredArgsConstructor", "AllArgsConstructor", "Data", "Value"})
_LISTENERS = frozenset({"EventListener", "TransactionalEventListener"})
_ALL_OF = frozenset({"List", "Set", "Collection", "Map", "Iterable"})  # each bean of the kind
_LATER = frozenset({"Optional", "ObjectProvider", "ObjectFactory", "Provider", "Lazy"})
_CLASSES = "[(class_declaration) (record_declaration)] @class"
_PUBLISHED = "(method_invocation name: (identifier) @name arguments: (argument_list . (_) @given))"
_METHODS = "(method_declaration) @method"
_MADE = "(return_statement (object_creation_expression type: (_) @made))"
_SAID = re.compile(r'^(\w+)(?:\((?>.*?"([^"]*)")?+.*\))?$', re.DOTALL)


class SpringWiring(Reader):
    """Injection by constructor, field, setter or a parameter of a `@Bean`; and events."""

    name = "spring-wiring"
    languages = frozenset({"java"})
    hint = re.compile(
        rb"@\w*(?:Component|Service|Repository|Controller|Configuration|Bean|Autowired|Inject"
        rb"|Resource|Named|ArgsConstructor|UseCase|Adapter|EventListener|Advice)\b|publishEvent\("
    )

    def read(self, source: SourceFile) -> Iterable[Mark]:
        """What classes are to be given, what methods make, listen to and publish."""
        for node in source.captures(_CLASSES).get("class", ()):
            if symbol := source.symbol(node):
                yield from self._of_class(source, node, symbol)
        for node in source.captures(_METHODS).get("method", ()):
            if symbol := source.symbol(node):
                yield from self._of_method(source, node, symbol)
        for found in source.matches(_PUBLISHED):
            if source.text(found["name"][0]) == "publishEvent":
                given = found["given"][0]
                made = _made_type(source, given)
                index = source.within(given)
                if index >= 0:
                    within = source.facts.definitions[index].name
                    data = {"type": made, "said": source.text(given)[:80]}
                    yield Mark(self.name, "publishes", within, line_of(given), data)

    def _of_class(self, source: SourceFile, node: Node, symbol: str) -> Iterator[Mark]:
        if "abstract" in _modifiers(node):
            yield Mark(self.name, "abstract", symbol, line_of(node), {})
        body = node.child_by_field_name("body")
        inside = body.named_children if body is not None else []
        named = {name for name, _, _ in annotated(source, node)}
        makers = [one for one in inside if one.type == "constructor_declaration"]
        chosen = [one for one in makers if _names(source, one) & _INJECTED]
        if not chosen and len(makers) == 1:
            chosen = makers
        for one in chosen[:1]:
            yield from self._parameters(source, one, symbol)
        for one in inside:
            if one.type != "field_declaration":
                continue
            said, modifiers = _names(source, one), _modifiers(one)
            is_open = any(each.child_by_field_name("value") is None
                          for each in one.children_by_field_name("declarator"))  # fmt: skip
            by_lombok = bool(named & _LOMBOK) and not makers and is_open and (
                "AllArgsConstructor" in named or "final" in modifiers or "NonNull" in said
            )  # fmt: skip
            if said & _INJECTED or (by_lombok and "static" not in modifiers):
                for each in one.children_by_field_name("declarator"):
                    yield self._need(source, one, each, symbol)

    def _of_method(self, source: SourceFile, node: Node, symbol: str) -> Iterator[Mark]:
        said = _names(source, node)
        if "Bean" in said:
            made = source.captures(_MADE, node).get("made", [])
            data = {
                "type": _type(source, node)[0],
                "made": _plain(source.text(made[0])) if len(made) == 1 else "",
                "notes": [source.text(where)[1:] for _, _, where in annotated(source, node)],
            }
            yield Mark(self.name, "bean", symbol, line_of(node), data)
        if said & (_INJECTED | {"Bean"}):
            yield from self._parameters(source, node, symbol)
        if said & _LISTENERS:
            parameters = node.child_by_field_name("parameters")
            for one in parameters.named_children[:1] if parameters is not None else ():
                data = {"type": _type(source, one)[0]}
                name = node.child_by_field_name("name") or node
                yield Mark(self.name, "listens", symbol, line_of(name), data)

    def _parameters(self, source: SourceFile, node: Node, symbol: str) -> Iterator[Mark]:
        parameters = node.child_by_field_name("parameters")
        for one in parameters.named_children if parameters is not None else ():
            if one.type == "formal_parameter":
                yield self._need(source, one, one, symbol)

    def _need(self, source: SourceFile, node: Node, named: Node, symbol: str) -> Mark:
        type_, form = _type(source, node)
        qualifier = ""
        for name, given, _ in annotated(source, node):
            if name in {"Qualifier", "Named", "Resource"}:
                said = given.get("value", given.get("name", ""))
                qualifier = said if isinstance(said, str) else ""
        own = source.text(named.child_by_field_name("name"))
        has_value = "Value" in _names(source, node)
        data = {
            "type": "" if has_value else type_,
            "form": form,
            "qualifier": qualifier,
            "own": own,
        }
        return Mark(self.name, "need", symbol, line_of(named), data)

    def assemble(self, project: CodeProject) -> Iterable[Edge | Unresolved]:
        """From each place that is given a bean to what is given, and from events to listeners."""
        if any(True for _ in project.marks(self.name)):
            yield from _Beans(project, self.name).edges()


class _Bean(NamedTuple):
    """Something that the container can give."""

    kind: CodePlace  # the class that it is of, or is at least
    target: CodePlace  # what is behind it: that class, or the method that makes it
    names: frozenset[str]
    is_primary: bool
    is_conditional: bool


class _Beans:
    """All beans of a project."""

    def __init__(self, project: CodeProject, reader: str) -> None:
        self._project, self._reader = project, reader
        self._kinds = Kinds(project, "java")
        own = {
            one.name
            for one in self._kinds.types.values()
            if one.kind == "interface" and _said(one.annotations).keys() & _STEREOTYPES
        }
        self._stereotypes = _STEREOTYPES | own
        abstract = {CodePlace(path, one.name) for path, one in project.marks(reader, "abstract")}
        self._of: dict[CodePlace, list[_Bean]] = {}  # by class
        self._conditional = {
            place for place, one in self._kinds.types.items() if _is_conditional(one.annotations)
        }
        for place, one in self._kinds.types.items():
            if one.kind == "class" and place not in abstract and self._is_bean(place):
                names = _said(one.annotations)
                given = {names[each] for each in names.keys() & (self._stereotypes | {"Qualifier"})}
                short = place.symbol.rpartition(".")[2]
                called = frozenset({*given, _decapitalized(short)} - {""})
                self._add(place, place, called, one.annotations)
        for path, mark in project.marks(reader, "bean"):
            kind = project.locate(path, mark.data["made"] or mark.data["type"])
            if kind is None or kind not in self._kinds.types:
                kind = project.locate(path, mark.data["type"])
            if kind is not None and kind in self._kinds.types:
                own_name = mark.name.rpartition(".")[2]
                said = _said(mark.data["notes"]).get("Bean", "")
                # `new Clock() { … }` of an interface makes a class that has no name.
                is_made = bool(mark.data["made"]) and self._kinds.types[kind].kind == "class"
                target = kind if is_made else CodePlace(path, mark.name)
                owner = CodePlace(path, mark.name.rpartition(".")[0])
                extra = ["Profile"] if owner in self._conditional else []
                called = frozenset({said or own_name})
                self._add(kind, target, called, [*mark.data["notes"], *extra])

    def _is_bean(self, place: CodePlace) -> bool:
        return bool(_said(self._kinds.types[place].annotations).keys() & self._stereotypes)

    def _add(
        self, kind: CodePlace, target: CodePlace, names: frozenset[str], notes: Iterable[str]
    ) -> None:
        is_primary = "Primary" in _said(notes)
        one = _Bean(kind, target, names, is_primary, _is_conditional(notes))
        self._of.setdefault(kind, []).append(one)

    def edges(self) -> Iterator[Edge | Unresolved]:
        """By file and as the places stand in it; then events."""
        for path, mark in self._project.marks(self._reader, "need"):
            owner = CodePlace(path, mark.name)
            is_method = owner not in self._kinds.types
            asked = self._project.locate(path, mark.data["type"])
            if asked not in self._kinds.types or asked is None:
                continue
            if is_method or self._is_bean(owner) or is_test(path) or owner in self._of:
                yield from self._given(Need(owner, mark.line, mark.data["type"]), asked, mark.data)
        yield from self._heard()

    def _given(
        self, need: Need, asked: CodePlace, data: dict[str, Any]
    ) -> Iterator[Edge | Unresolved]:
        kinds = self._kinds.of(asked)
        found = [
            one
            for kind in kinds
            for one in self._of.get(kind, ())
            if is_test(need.source.path) or not is_test(one.target.path)
        ]
        if data["form"] == "all":
            sure = [one.target for one in found if not one.is_conditional]
            yield from connected(need, list(dict.fromkeys(sure)), asked)
            return
        if data["qualifier"]:
            found = [one for one in found if data["qualifier"] in one.names]
        if len(found) > 1:
            found = (
                [one for one in found if one.is_primary]
                or [one for one in found if data["own"] in one.names]
                or found
            )
        if len(found) == 1 and not found[0].is_conditional:
            yield from connected(need, [found[0].target], asked)
        elif found:
            is_one = len(found) == 1
            reason = "its only bean is made under a condition" if is_one else "several beans fit"
            yield undecided(need, reason)
        elif len(kinds) > 1 and not self._is_generated(asked):
            yield undecided(need, "nothing that implements it is seen to be a bean")

    def _is_generated(self, asked: CodePlace) -> bool:
        """Whether a repository or client is made when it runs."""
        one = self._kinds.types[asked]
        made = {"Mapper", "FeignClient", "HttpExchange", "RepositoryDefinition"}
        return bool(_said(one.annotations).keys() & made) or any(
            base.endswith(("Repository", "Mapper")) for base in one.bases
        )

    def _heard(self) -> Iterator[Edge | Unresolved]:
        listeners: dict[CodePlace, list[CodePlace]] = {}
        for path, mark in self._project.marks(self._reader, "listens"):
            heard = self._project.locate(path, mark.data["type"])
            if heard is not None:
                listeners.setdefault(heard, []).append(CodePlace(path, mark.name))
        for path, mark in self._project.marks(self._reader, "publishes"):
            need = Need(CodePlace(path, mark.name), mark.line, mark.data["said"])
            event = self._project.locate(path, mark.data["type"])
            if event is None:
                yield undecided(need, "the class of the event is not stated where it is published")
                continue
            for heard, each in listeners.items():
                if event in self._kinds.of(heard):
                    yield from connected(need, each, None)


def _said(annotations: Iterable[str]) -> dict[str, str]:
    """The names of annotations, each with the first text that it is given."""
    found = (_SAID.match(one.rpartition("annotation.")[2]) for one in annotations)
    return {one[1]: one[2] or "" for one in found if one}


def _is_conditional(annotations: Iterable[str]) -> bool:
    return any(one == "Profile" or one.startswith("Conditional") for one in _said(annotations))


def _names(source: SourceFile, node: Node) -> set[str]:
    return {name for name, _, _ in annotated(source, node)}


def _modifiers(node: Node) -> set[str]:
    found = next((one for one in node.children if one.type == "modifiers"), None)
    return {one.type for one in found.children} if found is not None else set()


def _type(source: SourceFile, node: Node) -> tuple[str, str]:
    """The type of a declaration without what it is given; "all" where it is a collection of it."""
    said = source.text(node.child_by_field_name("type"))
    outer, mark, inner = said.partition("<")
    if mark and outer in _ALL_OF | _LATER:
        form = "all" if outer in _ALL_OF else "one"
        return _plain(inner.removesuffix(">").rpartition(",")[2].strip()), form
    return _plain(said), "one"


def _plain(said: str) -> str:
    return said.partition("<")[0].strip()


def _made_type(source: SourceFile, node: Node) -> str:
    """The class of a value that is made where it stands, or of a variable with a stated type."""
    if node.type == "object_creation_expression":
        return _plain(source.text(node.child_by_field_name("type")))
    if node.type != "identifier":
        return ""
    own, outer = source.text(node), node.parent
    while outer is not None and outer.type not in {"method_declaration", "constructor_declaration"}:
        outer = outer.parent
    if outer is None:
        return ""
    query = (
        "(local_variable_declaration type: (_) @type declarator: (variable_declarator"
        " name: (identifier) @name)) (formal_parameter type: (_) @type name: (identifier) @name)"
    )
    types = {
        _plain(source.text(found["type"][0]))
        for found in source.matches(query, outer)
        if source.text(found["name"][0]) == own
    }
    return types.pop() if len(types) == 1 else ""


def _decapitalized(name: str) -> str:
    return name if name[:2].isupper() else name[:1].lower() + name[1:]
