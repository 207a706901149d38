"""Laravel: who hears events, observes models, handles jobs, and what is run on a schedule."""

from __future__ import annotations

import fnmatch
import posixpath
import re
from typing import TYPE_CHECKING, Any

from indexer.code.frameworks.laravel_reader import LaravelReader, properties
from indexer.code.frameworks.php_parameters import asked_by_methods
from indexer.code.frameworks.symfony_services import SYMFONY
from indexer.code.php_values import (
    UNKNOWN,
    arguments,
    chain,
    class_named,
    goes_on,
    value,
)
from indexer.code.syntax import line_of
from indexer.code.wiring import Kinds, Need, connected, undecided
from memory.code.codebase import CodePlace, Edge, Unresolved
from memory.code.facts import Mark
from memory.code.testing import is_test

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indexer.code.php_values import PhpCall
    from indexer.code.project_code import CodeProject
    from indexer.code.syntax import Node, SourceFile

_FOUND = """
[(scoped_call_expression) (member_call_expression) (function_call_expression)
 (property_declaration) (class_declaration) (method_declaration)] @found
"""
_DISPATCHES = frozenset({"dispatch", "dispatchSync", "dispatchNow", "dispatchIf", "dispatchUnless",
                         "dispatchAfterResponse", "broadcast", "chain", "batch", "withChain",
                         "push", "until"})  # fmt: skip
_FUNCTIONS = frozenset({"event", "dispatch", "dispatch_sync", "broadcast"})
_BUSES = frozenset({"Event", "Bus", "Queue", "$this", "$this->dispatcher", "$dispatcher",
                    "$this->events"})  # fmt: skip
_HEARS = frozenset({"Event", "$events", "$event", "$dispatcher", "$this->events"})
_SCHEDULES = frozenset({"Schedule", "$schedule"})
_RUNS = frozenset({"call", "callSilently", "callSilent", "queue"})
_CONSOLES = frozenset({"Artisan", "$this"})
_NAMES = frozenset({"name", "qualified_name"})
_FOLDERS = frozenset({"shouldDiscoverEvents", "discoverEventsWithin"})
_RETURNED = "(return_statement (_) @returned)"
_LISTENER = re.compile(r"\.(?:handle\w*|__invoke)$")  # a method that hears, where classes are found
_PATHS = re.compile(r"(?:\$this->app->)?(app_path|base_path|path)\(\s*['\"]([^'\"]*)['\"]\s*\)")
_HANDLES = ("handle", "__invoke")


class LaravelEvents(LaravelReader):
    """Listeners as they are listed, subscribed or found in folders, and what is dispatched."""

    name = "laravel-events"
    hint = re.compile(
        rb"\$(?:listen|subscribe|dispatchesEvents|signature)\b|(?:Event|events?)(?:::|->)\w+\("
        rb"|::observe\(|ObservedBy|AsCommand|function subscribe\(|\bdispatch\w*\(|\bevent\("
        rb"|\bbroadcast\(|[sS]chedule(?:::|->)|Application::configure|DiscoverEvents|EventsWithin"
        rb"|(?:Bus|Queue|Artisan)::|->call\w*\(|withChain\("
    )

    def read(self, source: SourceFile) -> Iterable[Mark]:
        """What is heard, dispatched, scheduled, and where listeners are looked for."""
        for node in source.captures(_FOUND).get("found", ()):
            match node.type:
                case "property_declaration":
                    for one, name, said in properties(source, node):
                        yield from self._said(source, one, name, said)
                case "class_declaration":
                    yield from self._class(source, node)
                case "method_declaration":
                    yield from self._method(source, node)
                case "function_call_expression":
                    name = source.text(node.child_by_field_name("function"))
                    if name in _FUNCTIONS:
                        yield from self._dispatched(source, node)
                case _ if not goes_on(node):
                    yield from self._chain(source, *chain(source, node))

    def _said(self, source: SourceFile, node: Node, name: str, said: Any) -> Iterator[Mark]:
        """What a property lists: listeners, subscribers, events of a model; or its command."""
        given = said if isinstance(said, dict) else {}
        if name == "listen":
            for event, by in given.items():
                for each in by if isinstance(by, list) else [by]:
                    yield self.mark(source, "listen", node, event=event, by=[each])
        elif name == "dispatchesEvents":
            for event in given.values():
                yield self.mark(source, "dispatch", node, what=class_named(event))
        elif name == "subscribe":
            for each in said if isinstance(said, list) else ():
                yield self.mark(source, "subscribe", node, by=each)
        elif name == "signature" and isinstance(said, str) and said.split():
            yield self.mark(source, "command", node, named=said.split()[0])

    def _class(self, source: SourceFile, node: Node) -> Iterator[Mark]:
        for note in source.captures("(attribute) @note", node).get("note", ()):
            name, _, said = source.text(note).partition("(")
            if name.rpartition("\\")[2] == "ObservedBy":
                for by in re.findall(r"(?<![\w\\])([\w\\]++)::class", said):
                    model = f"class {source.symbol(node)}"
                    yield self.mark(source, "observe", node, model=model, by=f"class {by}")
            elif name.rpartition("\\")[2] == "AsCommand":
                named = re.match(r"\s*(?:name:\s*)?['\"]([\w:.-]+)", said)
                if named:
                    symbol = source.symbol(node)
                    yield Mark(self.name, "command", symbol, line_of(node), {"named": named[1]})

    def _method(self, source: SourceFile, node: Node) -> Iterator[Mark]:
        """Where listeners are looked for; what a subscriber says that it hears."""
        name = source.text(node.child_by_field_name("name"))
        if name not in _FOLDERS | {"subscribe"}:
            return
        said = [value(source, one) for one in source.captures(_RETURNED, node).get("returned", ())]
        if name == "subscribe":
            for events in said:
                for event, by in events.items() if isinstance(events, dict) else ():
                    for each in by if isinstance(by, list) else [by]:
                        method = each if isinstance(each, str) else UNKNOWN
                        yield self.mark(source, "hears", node, event=event, method=method)
        elif len(said) == 1 and (said[0] is True or isinstance(said[0], list)):
            returned = source.captures(_RETURNED, node)["returned"][0]
            yield self.mark(source, "folders", node, folders=_listed(source, returned))

    def _chain(self, source: SourceFile, root: str, steps: list[PhpCall]) -> Iterator[Mark]:
        first, short = steps[0], root.rpartition("\\")[2]
        said = arguments(source, first.arguments).plain
        if short == "Application" and first.name == "configure":
            yield from self._configured(source, steps)
        elif short in _HEARS and first.name == "listen" and said:
            yield from self._listens(source, first, said)
        elif short == "Event" and first.name == "subscribe" and said:
            yield self.mark(source, "subscribe", first.node, by=said[0])
        elif first.name == "observe" and said and first.node.type == "scoped_call_expression":
            for one in said[0] if isinstance(said[0], list) else [said[0]]:
                yield self.mark(source, "observe", first.node, model=f"class {root}", by=one)
        elif said and (
            (short in _SCHEDULES and first.name in {"job", "command"})
            or (short in _CONSOLES and first.name in _RUNS)
        ):
            made = _made(source, first.arguments) or [class_named(said[0])]
            named = said[0].split()[:1] if isinstance(said[0], str) and not made[0] else []
            yield self.mark(source, "run", first.node, what=made[0], named=(named or [""])[0])
        elif first.name in _DISPATCHES:
            is_static = first.node.type == "scoped_call_expression" and short not in _BUSES
            if is_static and first.name.startswith(("dispatch", "broadcast", "withChain")):
                yield self.mark(source, "dispatch", first.node, what=root)
            if short in _BUSES or first.name == "withChain":
                yield from self._dispatched(source, first.node)

    def _listens(self, source: SourceFile, first: PhpCall, said: list[Any]) -> Iterator[Mark]:
        by = said[1] if len(said) > 1 else UNKNOWN
        by = by if isinstance(by, list) else [by]
        if len(by) > 1 and re.search(r"\[\s*(?:\$this|(?:self|static)::class)\s*,",
                                     source.text(first.arguments)):  # fmt: skip
            owner = source.owner(first.node).rpartition(".")[0]
            by = [f"class {owner}", *by[1:]]
        for event in said[0] if isinstance(said[0], list) else [said[0]]:
            yield self.mark(source, "listen", first.node, event=event, by=by)

    def _configured(self, source: SourceFile, steps: list[PhpCall]) -> Iterator[Mark]:
        """An application that finds listeners by itself, unless it is told not to."""
        folders: list[str] = []
        for one in steps:
            if one.name == "withEvents":
                given = arguments(source, one.arguments)
                if False in [*given.plain[:1], given.named.get("discover")]:
                    return
                folders += _listed(source, one.arguments)
        yield self.mark(source, "folders", steps[0].node, folders=folders)

    def _dispatched(self, source: SourceFile, node: Node) -> Iterator[Mark]:
        for made in _made(source, node.child_by_field_name("arguments")):
            yield self.mark(source, "dispatch", node, what=made)

    def assemble(self, project: CodeProject) -> Iterable[Edge | Unresolved]:
        """From where something is dispatched, scheduled or observed to what hears and handles."""
        if any(True for _ in project.marks(self.name)) and _is_laravel(project):
            yield from _Events(project, self.name).edges()


def _is_laravel(project: CodeProject) -> bool:
    """Whether nothing says that it is of Symfony, which dispatches in the same words."""
    is_symfony = any(path.endswith(SYMFONY) for path in project.files)
    return not is_symfony or any(
        one.target.lstrip("\\").startswith("Illuminate\\")
        for facts in project.files.values()
        for one in facts.imports
    )


def _listed(source: SourceFile, node: Node | None) -> list[str]:
    """Folders of a list: from the root, or from the file after `UNKNOWN`, for `__DIR__`."""
    query = "(array_element_initializer (_) @folder)"
    found = []
    for one in source.captures(query, node).get("folder", ()) if node is not None else ():
        called = _PATHS.match(source.text(one))
        said = value(source, one)
        if called:
            found.append(called[2] if called[1] == "base_path" else f"app/{called[2]}")
        elif isinstance(said, str) and said.startswith(f"{UNKNOWN}/"):
            found.append(said)
    return found


def _made(source: SourceFile, given: Node | None) -> list[str]:
    """The classes of what a call is given first: `new Placed($order)`, or a list of such."""
    first = next((one for one in given.named_children if one.type == "argument"), None) if given \
        else None  # fmt: skip
    made = first.named_children[-1] if first is not None and first.named_children else None
    several = [made] if made is not None else []
    if made is not None and made.type == "array_creation_expression":
        several = [one.named_children[-1] for one in made.named_children if one.named_children]
    found = [
        one.named_children[0]
        for one in several
        if one.type == "object_creation_expression" and one.named_children
    ]
    return [source.text(one) for one in found if one.type in _NAMES]


class _Events:
    """What a project hears."""

    def __init__(self, project: CodeProject, reader: str) -> None:
        self._project, self._reader = project, reader
        self._kinds = Kinds(project, "php")
        self._heard: dict[CodePlace, dict[CodePlace, None]] = {}  # by event or interface: methods
        for path, mark in project.marks(reader, "listen"):
            by, *method = mark.data["by"] or [UNKNOWN]
            handler = self._class(path, by)
            self._hear(path, mark.data["event"], handler, method or _HANDLES)
        subscribed = {
            self._class(path, mark.data["by"]) for path, mark in project.marks(reader, "subscribe")
        }
        for path, mark in project.marks(reader, "hears"):
            owner = CodePlace(path, mark.name.rpartition(".")[0])
            if owner in subscribed:
                self._hear(path, mark.data["event"], owner, [mark.data["method"]])
        self._find()

    def _hear(
        self, path: str, event: Any, handler: CodePlace | None, methods: Iterable[str]
    ) -> None:
        heard = self._class(path, event)
        if heard is not None and handler is not None and not is_test(path):
            self._heard.setdefault(heard, {})[self._method(handler, *methods)] = None

    def _find(self) -> None:
        """Listeners in the folders where the application looks for them."""
        folders = {
            one
            for path, mark in self._project.marks(self._reader, "folders")
            for one in _folders(path, mark.data["folders"])
        }
        for path, method, parameters in asked_by_methods(self._project) if folders else ():
            if _LISTENER.search(method) and _is_below(path, folders):
                for event in parameters[0].types:
                    heard = self._class(path, f"class {event}")
                    if heard is not None:
                        self._heard.setdefault(heard, {})[CodePlace(path, method)] = None

    def _class(self, path: str, said: Any) -> CodePlace | None:
        found = self._project.locate(path, class_named(said))
        return found if found in self._kinds.types else None

    def edges(self) -> Iterator[Edge | Unresolved]:
        """Observers, then what is dispatched, then what is run by its name."""
        for path, mark in self._project.marks(self._reader, "observe"):
            model, by = (self._class(path, mark.data[one]) for one in ("model", "by"))
            if model is not None and by is not None and not is_test(path):
                need = Need(model, self._kinds.types[model].line, by.symbol)
                yield from connected(need, [by], None)
        hears: dict[
            CodePlace, dict[CodePlace, None]
        ] = {}  # as `_heard`, by each class that it is told of
        for event, heard in self._heard.items():
            is_shared = self._kinds.types[event].kind == "interface"  # bases are not told
            for each in self._kinds.of(event) if is_shared else [event]:
                hears.setdefault(each, {}).update(heard)
        for path, mark in self._project.marks(self._reader, "dispatch"):
            what = self._project.locate(path, mark.data["what"])
            if what is None or what not in self._kinds.types or is_test(path):
                continue
            need = Need(CodePlace(path, mark.name), mark.line, what.symbol)
            own = self._method(what, *_HANDLES)
            targets = [*hears.get(what, ()), *([own] if own != what else [])]
            yield from connected(need, targets, None)
            if not targets:
                yield undecided(need, "nothing that hears or handles it is stated")
        yield from self._run()

    def _run(self) -> Iterator[Edge]:
        named: dict[str, dict[CodePlace, None]] = {}
        for path, mark in self._project.marks(self._reader, "command"):
            if not is_test(path):
                named.setdefault(mark.data["named"], {})[CodePlace(path, mark.name)] = None
        for path, mark in self._project.marks(self._reader, "run"):
            what = self._project.locate(path, mark.data["what"])
            found = [what] if what in self._kinds.types else list(named.get(mark.data["named"], ()))
            for one in found if len(found) == 1 and not is_test(path) else ():
                need = Need(CodePlace(path, mark.name), mark.line, mark.data["named"])
                yield from connected(need, [self._method(one, *_HANDLES)], None)

    def _method(self, owner: CodePlace, *names: str) -> CodePlace:
        for name in names:
            found = isinstance(name, str) and self._project.locate(
                owner.path, f"{owner.symbol}.{name}"
            )
            if found and found != owner:
                return found
        return owner


def _folders(path: str, said: list[str]) -> Iterator[str]:
    """Folders as paths from the root, from what `path` says of them; `app/Listeners` if nothing."""
    above, app, _ = f"/{path}".partition("/app/")
    root = above.strip("/") if app else posixpath.dirname(posixpath.dirname(path))
    for one in said or ["app/Listeners"]:
        start = posixpath.dirname(path) if one.startswith(UNKNOWN) else root
        if below := one.removeprefix(UNKNOWN).lstrip("/"):
            yield posixpath.normpath(posixpath.join(start, below))


def _is_below(path: str, folders: set[str]) -> bool:
    return any(fnmatch.fnmatchcase(path, f"{one}/*") for one in folders)
