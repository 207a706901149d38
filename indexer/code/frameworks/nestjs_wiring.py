"""NestJS: what is injected for a token, by the modules that can see its provider."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from indexer.code.readers import Reader
from indexer.code.syntax import line_of
from indexer.code.wiring import Need, connected, undecided
from memory.code.codebase import CodePlace, Edge, Unresolved
from memory.code.facts import Mark
from memory.code.testing import is_test

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indexer.code.project_code import CodeProject
    from indexer.code.syntax import Node, SourceFile

_PROVIDERS = '(object (pair key: (property_identifier) @key) (#eq? @key "provide")) @provider'
_MODULES = """
(decorator (call_expression function: (identifier) @name arguments: (arguments (object) @said))
    (#eq? @name "Module"))
"""
_NEEDS = """
[(required_parameter) (optional_parameter) (public_field_definition)] @need
"""
_BEHIND = ("useClass", "useExisting", "useFactory", "useValue")
_LATER = re.compile(r"forwardRef\(\s*\(\)\s*=>\s*([\w.]+)\s*\)")
_CHAIN = re.compile(r"[\w.]+")
_STRING = re.compile(r"(['\"`])(.*)\1", re.DOTALL)
_DEEPEST = 12  # modules that export others


class NestWiring(Reader):
    """Providers, modules, and what constructors and fields ask for.

    What is asked for by its class, and is given that class, the language says.
    """

    name = "nestjs-wiring"
    languages = frozenset({"typescript"})
    hint = re.compile(rb"@nestjs/|\bprovide\s*:")

    def read(self, source: SourceFile) -> Iterable[Mark]:
        """`provides` a token, `module` with what it lists, and `need` of a class."""
        text = source.text
        for found in source.matches(_PROVIDERS):
            node = found["provider"][0]
            said = _pairs(source, node)
            how = next((one for one in _BEHIND if one in said), "")
            given = text(said[how]) if how in {"useClass", "useExisting", "useValue"} else ""
            data = {"how": how, "given": given, "in": _holder(source, node)}
            yield Mark(self.name, "provides", text(said["provide"]), line_of(node), data)
        for found in source.matches(_MODULES):
            node = found["said"][0]
            lists = {
                name: [one for each in value.named_children for one in _named(source, each)]
                for name, value in _pairs(source, node).items()
                if value.type == "array"
            }
            module = source.owner(node)
            definition = next((one for one in source.facts.definitions if one.name == module), None)
            notes = definition.annotations if definition else ()
            listed = {"lists": lists, "global": "Global()" in notes}
            yield Mark(self.name, "module", module, line_of(node), listed)
        for node in source.captures(_NEEDS).get("need", ()):
            yield from self._need(source, node)

    def _need(self, source: SourceFile, node: Node) -> Iterator[Mark]:
        token = ""
        for one in node.children:
            found = re.match(r"@Inject\((.*)\)$", source.text(one), re.DOTALL)
            if one.type == "decorator" and found:
                token = found[1].strip()
        owner = source.owner(node)
        name = owner.rpartition(".")[2]
        if token or name == "constructor":
            type_ = re.match(r":\s*([\w.]+)", source.text(node.child_by_field_name("type")))
            data = {"token": token, "type": type_[1] if type_ else ""}
            symbol = owner.rpartition(".")[0] if name == "constructor" else owner
            if symbol and (token or data["type"][:1].isupper()):
                yield Mark(self.name, "need", symbol, line_of(node), data)

    def assemble(self, project: CodeProject) -> Iterable[Edge | Unresolved]:
        """From each class that is given something to what is behind its token."""
        if any(True for _ in project.marks(self.name, "provides")):
            yield from _Injector(project, self.name).edges()


def _pairs(source: SourceFile, node: Node) -> dict[str, Node]:
    found = {}
    for one in node.named_children:
        value = one.child_by_field_name("value")
        if one.type == "pair" and value is not None:
            found[source.text(one.child_by_field_name("key"))] = value
    return found


def _named(source: SourceFile, node: Node) -> list[str]:
    """What an element of a list names: `A`, `A.forRoot()`, `forwardRef(() => A)`, `...list`."""
    said = source.text(node)
    if later := _LATER.match(said):
        return [later[1]]
    if node.type == "ternary_expression":
        return [one for each in node.named_children[1:] for one in _named(source, each)]
    found = _CHAIN.match(said.removeprefix("...")) if node.type != "object" else None
    names = [found[0], found[0].partition(".")[0]] if found else []
    return list(dict.fromkeys(names))


def _holder(source: SourceFile, node: Node) -> str:
    """The class or constant that a provider stands in."""
    owner, line = source.owner(node), line_of(node)
    inside = (one for one in source.facts.definitions if one.line <= line <= one.last_line)
    return owner or next((one.name for one in inside if "." not in one.name), "")


class _Provider(NamedTuple):
    """What is given for a token."""

    target: CodePlace
    holder: CodePlace


class _Module(NamedTuple):
    """What a module lists, as places."""

    imports: tuple[CodePlace, ...]
    own: frozenset[CodePlace]  # providers and controllers
    exports: tuple[CodePlace, ...]


class _Injector:
    """The modules and providers of a project."""

    def __init__(self, project: CodeProject, reader: str) -> None:
        self._project, self._reader = project, reader
        self._modules: dict[CodePlace, _Module] = {}
        self._everywhere: set[CodePlace] = set()
        for path, mark in project.marks(reader, "module"):
            if is_test(path):
                continue
            place = CodePlace(path, mark.name)
            lists = {
                name: tuple(filter(None, (project.locate(path, one) for one in said)))
                for name, said in mark.data["lists"].items()
            }
            own = frozenset((*lists.get("providers", ()), *lists.get("controllers", ())))
            self._modules[place] = _Module(lists.get("imports", ()), own, lists.get("exports", ()))
            if mark.data["global"]:
                self._everywhere.add(place)
        self._given: dict[str, list[_Provider]] = {}
        for path, mark in project.marks(reader, "provides"):
            if not is_test(path):
                self._provide(path, mark)
        self._seen: dict[CodePlace, frozenset[CodePlace]] = {}

    def _provide(self, path: str, mark: Mark) -> None:
        holder = CodePlace(path, mark.data["in"].partition(".")[0])
        given = mark.data["given"]
        found = self._project.locate(path, given) if _CHAIN.fullmatch(given) else None
        one = _Provider(found if found and found.symbol else holder, holder)
        self._given.setdefault(self._key(path, mark.name), []).append(one)

    def _key(self, path: str, said: str) -> str:
        """A token, equal wherever it is named: a text, or a place and what is behind it there."""
        later = _LATER.fullmatch(said)
        said = later[1] if later else said
        text = _STRING.fullmatch(said)
        if text:
            return f"'{text[2]}'"
        place = self._project.locate(path, said) if _CHAIN.fullmatch(said) else None
        if place is None:
            return f"{path} {said}"
        last = said.rpartition(".")[2]
        rest = f".{last}" if "." in said and place.symbol.rpartition(".")[2] != last else ""
        return f"{place.path}:{place.symbol}{rest}"

    def edges(self) -> Iterator[Edge | Unresolved]:
        """By file and line."""
        for path, mark in self._project.marks(self._reader, "need"):
            said = mark.data["token"] or mark.data["type"]
            found = self._given.get(self._key(path, said), [])
            if is_test(path):
                continue
            owner = CodePlace(path, mark.name)
            need = Need(owner, mark.line, said)
            if not found:
                if _STRING.fullmatch(said):
                    yield undecided(need, "nothing that provides it is seen")
                continue
            asked = self._project.locate(path, said)
            modules: list[CodePlace | None] = [*self._of(owner)] or [None]
            targets = [self._choose(found, module) for module in modules]
            chosen = list(dict.fromkeys(one for each in targets for one in each))
            if all(len(each) == 1 for each in targets):
                yield from connected(need, chosen, asked)
            else:
                yield undecided(need, "several providers fit")

    def _of(self, owner: CodePlace) -> list[CodePlace]:
        """The modules that make a class."""
        return [place for place, one in self._modules.items() if owner in one.own]

    def _choose(self, found: list[_Provider], module: CodePlace | None) -> list[CodePlace]:
        """What a module is given: by itself, by one that it sees, by the only one there is."""
        own = [one for one in found if module and self._holds(module, one)]
        seen = self._visible(module) if module else frozenset()
        near = own or [one for one in found if any(self._holds(each, one) for each in seen)]
        return list(dict.fromkeys(one.target for one in near or found))

    def _holds(self, module: CodePlace, one: _Provider) -> bool:
        return one.holder == module or one.holder in self._modules[module].own

    def _visible(self, module: CodePlace) -> frozenset[CodePlace]:
        """The modules that one imports, with what these export, and those for all."""
        if module not in self._seen:
            front, found = list(self._modules[module].imports), set(self._everywhere)
            for _ in range(_DEEPEST):
                front = [one for one in front if one in self._modules and one not in found]
                found.update(front)
                front = [each for one in front for each in self._modules[one].exports]
            self._seen[module] = frozenset(found)
        return self._seen[module]
