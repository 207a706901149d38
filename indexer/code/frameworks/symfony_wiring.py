"""Symfony: what is autowired by its interface, who hears events, and who handles messages."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Any

from indexer.code.frameworks.php_parameters import asked_by_methods
from indexer.code.frameworks.symfony_services import SYMFONY, StatedServices
from indexer.code.php_values import UNKNOWN, class_named, value
from indexer.code.readers import Reader
from indexer.code.syntax import line_of
from indexer.code.wiring import Kinds, Need, connected, undecided
from memory.code.codebase import CodePlace, Edge, Unresolved
from memory.code.facts import Mark
from memory.code.testing import is_test

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indexer.code.frameworks.php_parameters import ClassParameter
    from indexer.code.project_code import CodeProject
    from indexer.code.syntax import Node, SourceFile
    from memory.code.facts import Definition

_CALLS = """
[(member_call_expression name: (name) @called arguments: (arguments . (argument (_) @given)))
 (nullsafe_member_call_expression name: (name) @called
    arguments: (arguments . (argument (_) @given)))]
"""
#: Events that are heard, `[Placed::NAME => 'hear']`, and sent, by the name of a constant.
_BY_NAME = """
(array_element_initializer . (class_constant_access_expression) @event . (_) @by)
"""
_METHODS = "(method_declaration name: (name) @name body: (_) @body) @method"
_RETURNED = "[(return_statement (_) @said) (yield_expression (array_element_initializer) @said)]"
_ASSIGNED = "(assignment_expression left: (variable_name) @name right: (_) @value)"
_ABSTRACT = "(class_declaration (abstract_modifier)) @class"
_NOTE = re.compile(r"^\\?(?:\w+\\)*(\w+)\s*(?:\((.*)\))?$", re.DOTALL)
_CLASS = r"(?:%s:\s*)?(?<![\w\\])([\w\\]++)::class"
_AUTOWIRED = re.compile(r"\\?(?:\w+\\)*Autowire\([^)]*?service:\s*([\w\\]+)::class")
_TOLD = re.compile(r"\.(?:__construct|__invoke)$|Controller\.\w+$")
#: Folders whose classes are no services, as the default configuration of Symfony leaves them out.
_LEFT_OUT = re.compile(r"(?:^|/)(?:Entity|DependencyInjection|Kernel\.php)(?:/|$)")
_SUBSCRIBES = "getSubscribedEvents"


class SymfonyWiring(Reader):
    """Autowiring by interfaces, listeners and subscribers, and handlers of messages."""

    name = "symfony-wiring"
    languages = frozenset({"php"})
    version = 2
    hint = re.compile(rb"->dispatch\(|getSubscribedEvents|abstract\s+class")

    def read(self, source: SourceFile) -> Iterable[Mark]:
        """What is dispatched, what subscribers hear, and the classes nobody can make."""
        for node in source.captures(_ABSTRACT).get("class", ()):
            yield Mark(self.name, "abstract", source.symbol(node), line_of(node), {})
        for found in source.matches(_METHODS):
            body, name = found["body"][0], source.text(found["name"][0])
            symbol = source.symbol(found["method"][0])
            if name == _SUBSCRIBES:
                yield from self._subscribed(source, body, symbol)
            elif b"->dispatch(" in source.content[body.start_byte : body.end_byte]:
                for call in source.matches(_CALLS, body):
                    made = _made(source, body, call["given"][0])
                    if source.text(call["called"][0]) == "dispatch" and made:
                        line = line_of(call["given"][0])
                        data = {"what": made, "named": _second(source, call["given"][0])}
                        yield Mark(self.name, "dispatch", symbol, line, data)

    def _subscribed(self, source: SourceFile, body: Node, symbol: str) -> Iterator[Mark]:
        for node in source.captures(_RETURNED, body).get("said", ()):
            said = value(source, node)
            for event, by in said.items() if isinstance(said, dict) else ():
                for method in _methods(by):
                    data = {"event": event, "method": method}
                    yield Mark(self.name, "hears", symbol, line_of(node), data)
        for found in source.matches(_BY_NAME, body):
            event = source.text(found["event"][0])
            methods = [] if event.endswith("::class") else _methods(value(source, found["by"][0]))
            for method in methods:
                data = {"event": event, "method": method}
                yield Mark(self.name, "hears", symbol, line_of(found["event"][0]), data)

    def assemble(self, project: CodeProject) -> Iterable[Edge | Unresolved]:
        """In applications of Symfony: what is given, heard and handled."""
        roots = {
            posixpath.dirname(posixpath.dirname(path))
            for path in project.files
            if path.endswith(SYMFONY)
        }
        if roots:
            yield from _Services(project, self.name, roots).edges()


def _second(source: SourceFile, first: Node) -> str:
    """The second argument of a call, if it is a text or a constant."""
    argument = first.parent.next_named_sibling if first.parent is not None else None
    given = argument.named_children[0] if argument is not None else None
    is_name = given is not None and given.type in {"class_constant_access_expression", "string"}
    return source.text(given) if is_name else ""


def _methods(said: Any) -> list[str]:
    """The methods of "m", ["m", 10] and [["m", 10], ["n"]]."""
    if isinstance(said, str):
        return [said]
    if not isinstance(said, list) or not said:
        return []
    if isinstance(said[0], list):
        return [each for one in said for each in _methods(one)]
    return _methods(said[0])


def _made(source: SourceFile, body: Node, given: Node) -> str:
    """The class of what is made where it is given, or of a variable that is made once."""
    if given.type == "variable_name":
        found = [
            one["value"][0]
            for one in source.matches(_ASSIGNED, body)
            if source.text(one["name"][0]) == source.text(given)
        ]
        given = found[0] if len(found) == 1 else given
    if given.type != "object_creation_expression" or not given.named_children:
        return ""
    name = given.named_children[0]
    return source.text(name) if name.type in {"name", "qualified_name"} else ""


class _Services:
    """The services of applications, and what they hear."""

    def __init__(self, project: CodeProject, reader: str, roots: set[str]) -> None:
        self._project, self._reader, self._roots = project, reader, roots
        self._kinds = Kinds(project, "php")
        self._abstract = {
            CodePlace(path, one.name) for path, one in project.marks(reader, "abstract")
        }
        self._alias: dict[
            CodePlace, list[CodePlace]
        ] = {}  # by interface: what says that it stands for it
        self._heard: dict[CodePlace, dict[CodePlace, None]] = {}  # by event: methods
        self._handled: dict[CodePlace, dict[CodePlace, None]] = {}  # by message: methods
        self._stated = StatedServices(project)
        self._any_file = next((one.path for one in self._kinds.types), "")
        asked = {(path, method): one for path, method, one in asked_by_methods(project)}
        for path, facts in project.files.items():
            for one in facts.definitions if facts.language == "php" and not is_test(path) else ():
                for note in one.annotations:
                    self._noted(path, one, note, asked)
        for path, mark in project.marks(reader, "hears"):
            owner = CodePlace(path, mark.name.rpartition(".")[0])
            said = mark.data["event"]
            event = self._event(path, class_named(said)) or self._named(path, said)
            if event is not None and not is_test(path):
                method = self._method(owner, mark.data["method"])
                self._heard.setdefault(event, {})[method] = None

        for stated in self._stated.heard:
            by, event = self._class(stated.service), self._class(stated.event)
            if by is not None and event is not None:
                self._heard.setdefault(event, {})[self._method(by, stated.method)] = None

    def _named(self, path: str, said: str) -> CodePlace | None:
        """An event by its name, a constant of a class or a text, as a place of its own."""
        class_, mark, constant = said.strip("'\"").partition("::")
        if mark:
            found = self._event(path, class_)
            owner = found or CodePlace("", self._full(path, class_))
            return CodePlace(owner.path, f"{owner.symbol}::{constant}")
        return CodePlace("", class_) if class_ and UNKNOWN not in class_ else None

    def _class(self, full: str) -> CodePlace | None:
        """A class by its name in full, which any file sees alike."""
        return self._event(self._any_file, f"\\{full}") if full and self._any_file else None

    def _full(self, path: str, name: str) -> str:
        """The name in full of what a file calls so, of the project or not."""
        place = self._project.locate(path, name)
        if place is not None:
            return f"{self._project.files[place.path].package}\\{place.symbol}".lstrip("\\")
        root, mark, rest = name.partition("\\")
        return (
            name.lstrip("\\")
            if not root
            else f"{self._project.origin(path, root) or root}{mark}{rest}"
        )

    def _event(self, path: str, name: str) -> CodePlace | None:
        found = self._project.locate(path, name) if name and UNKNOWN not in name else None
        return found if found in self._kinds.types else None

    def _noted(
        self,
        path: str,
        one: Definition,
        note: str,
        asked: dict[tuple[str, str], list[ClassParameter]],
    ) -> None:
        """What an attribute of a class or method says that it is."""
        found = _NOTE.match(note)
        name, said = (found[1], found[2] or "") if found else ("", "")
        place = CodePlace(path, one.name)
        owner = place if one.kind != "method" else CodePlace(path, one.name.rpartition(".")[0])
        if name == "AsAlias" and (stated := re.match(_CLASS % "id", said)):
            if (above := self._event(path, stated[1])) is not None:
                self._alias.setdefault(above, []).append(place)
        elif name in {"AsEventListener", "AsMessageHandler"}:
            named = re.search(r"method:\s*['\"](\w+)", said)
            method = place if one.kind == "method" else self._method(
                owner, named[1] if named else "__invoke"
            )  # fmt: skip
            told = re.search(_CLASS % "(?:event|handles)", said)
            given = asked.get((path, method.symbol), [])
            events = [told[1]] if told else list(given[0].types) if given else []
            kept = self._heard if name == "AsEventListener" else self._handled
            for event in events:
                if (heard := self._event(path, event)) is not None:
                    kept.setdefault(heard, {})[method] = None

    def _method(self, owner: CodePlace, name: str) -> CodePlace:
        found = self._project.locate(owner.path, f"{owner.symbol}.{name}")
        return found if found and found != owner else owner

    def edges(self) -> Iterator[Edge | Unresolved]:
        """What is injected, then who hears and handles what is dispatched."""
        for path, method, parameters in asked_by_methods(self._project):
            if _TOLD.search(method) and self._is_service(path):
                for one in parameters:
                    yield from self._injected(path, method, one)
        for path, mark in self._project.marks(self._reader, "dispatch"):
            what = self._event(path, mark.data["what"])
            if what is None or is_test(path) or not self._is_below(path):
                continue
            need = Need(CodePlace(path, mark.name), mark.line, what.symbol)
            by_kind = [
                each
                for kind, by in self._handled.items()
                if what in self._kinds.of(kind)
                for each in by
            ]
            named = mark.data["named"]
            event = self._named(path, named) if named and not named.endswith("::class") else what
            heard = self._heard.get(event, ()) if event else ()
            targets = list(dict.fromkeys([*heard, *by_kind]))
            yield from connected(need, targets, None)
            if not targets:
                yield undecided(need, "nothing that hears or handles it is stated")

    def _is_below(self, path: str) -> bool:
        return any(not root or path.startswith(f"{root}/") for root in self._roots)

    def _is_service(self, path: str) -> bool:
        return self._is_below(path) and not is_test(path) and not _LEFT_OUT.search(path)

    def _injected(self, path: str, method: str, one: ClassParameter) -> Iterator[Edge | Unresolved]:
        if len(one.types) != 1:
            return
        asked = self._event(path, one.types[0])
        known = self._kinds.types[asked] if asked else None
        need = Need(CodePlace(path, method), one.line, one.types[0])
        stated = (_AUTOWIRED.match(each) for each in one.notes)
        said = next((each[1] for each in stated if each), "")
        if said and (given := self._event(path, said)) is not None:
            yield from connected(need, [given], asked)
            return
        owner = self._full(path, method.rpartition(".")[0])
        given_by = self._stated.given(owner, self._full(path, one.types[0]), one.name)
        if given_by:
            if (service := self._class(given_by)) is not None:
                yield from connected(need, [service], asked)
            return  # a service of a package
        if asked is None or known is None or known.kind != "interface":
            return
        found = self._alias.get(asked) or [
            kind
            for kind in self._kinds.of(asked)[1:]
            if self._kinds.types[kind].kind == "class"
            and kind not in self._abstract
            and self._is_service(kind.path)
        ]
        if len(found) == 1 and not one.notes:
            yield from connected(need, found, asked)
        elif found:
            reason = "several classes implement it" if len(found) > 1 else "an attribute decides"
            yield undecided(need, reason)
