"""Signals of Django and blinker: who hears what is sent, and what happens when a model is saved."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from indexer.code.readers import Reader
from indexer.code.syntax import line_of
from indexer.code.tables.django_columns import NAME
from indexer.code.wiring import Kinds, Need, connected, undecided
from memory.code.codebase import CodePlace, Edge, Unresolved
from memory.code.facts import Mark
from memory.code.testing import is_test

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indexer.code.project_code import CodeProject
    from indexer.code.syntax import Node, SourceFile

_CALLS = """
(call function: [(identifier) (attribute)] @called arguments: (argument_list) @given) @call
"""
_MADE = "(assignment left: (identifier) @name right: (call function: (_) @class)) @made"
_SENT = frozenset({"send", "send_robust", "asend", "asend_robust", "send_chained"})
_CONNECTED = frozenset({"connect", "connect_via"})
#: Those that Django sends when something is done with a model.
_OF_MODELS = re.compile(r"(?:^|\.)(?:(?:pre|post)_(?:init|save|delete)|m2m_changed)$")
_OWN_CLASS = re.compile(r"^(?:self\.__class__|type\(self\)|cls)$")
_MODEL = re.compile(r"""(?:^|get_model\()\s*['"](?:(\w+)['"]?\s*[.,]\s*['"]?)?(\w+)['"]\)?$""")
_CHAIN = re.compile(r"[A-Za-z_][\w.]*")
_USER = re.compile(r"^(?:settings\.AUTH_USER_MODEL|get_user_model\(\))$")
_OF_APP = re.compile(r"(?:^|[/_])models(?:/|\.py$)")
EVERY_MODEL = "it hears every model"


class _Heard(NamedTuple):
    """Who hears a signal."""

    by: CodePlace
    sender: str  # as it is written; "" for any
    path: str  # where that is written


class DjangoSignals(Reader):
    """Receivers by decorator and by `connect`; edges go from where a signal is sent.

    What Django sends itself when a model is saved or deleted goes from the model.
    """

    name = "django-signals"
    languages = frozenset({"python"})
    hint = re.compile(rb"\breceiver\b|\.connect\b|\.a?send(?:_robust|_chained)?\(|Signal\(")

    def read(self, source: SourceFile) -> Iterable[Mark]:
        """`made` signals, the `user` model, who `hears` and from where it `sends`."""
        text = source.text
        for found in source.matches(_MADE):
            if text(found["class"][0]).endswith(("Signal", ".signal")):
                name = text(found["name"][0])
                yield Mark(self.name, "made", name, line_of(found["made"][0]), {})
            elif text(found["class"][0]).endswith("get_user_model"):
                name = text(found["name"][0])
                yield Mark(self.name, "user", name, line_of(found["made"][0]), {})
        for node in source.captures("(decorator) @one").get("one", ()):
            yield from self._decorated(source, node)
        for found in source.matches(_CALLS):
            signal, _, called = text(found["called"][0]).rpartition(".")
            call = found["call"][0]
            is_asked = called == "connect" or called in _SENT
            if not is_asked or not _CHAIN.fullmatch(signal) or _is_decorator(call):
                continue
            given = _given(source, found["given"][0])
            line, owner = line_of(found["called"][0]), source.owner(call)
            if called in _SENT:
                data = {"signal": signal, "sender": given.get("sender", given.get("0", ""))}
                yield Mark(self.name, "sends", owner, line, data)
            elif by := given.get("receiver", given.get("0", "")):
                heard = {"signal": signal, "sender": given.get("sender", given.get("1", ""))}
                yield Mark(self.name, "hears", by, line, heard | {"in": owner})

    def _decorated(self, source: SourceFile, node: Node) -> Iterator[Mark]:
        """`@receiver([paid, sent], sender=Order)`, `@paid.connect`, `@paid.connect_via(app)`."""
        definition = node.parent.child_by_field_name("definition") if node.parent else None
        said = node.named_children[0] if node.named_children else None
        if definition is None or said is None:
            return
        called = said.child_by_field_name("function") if said.type == "call" else said
        arguments = said.child_by_field_name("arguments") if said.type == "call" else None
        given = _given(source, arguments) if arguments is not None else {}
        signal, _, last = source.text(called).rpartition(".")
        if last == "receiver":
            signals, sender = given.get("signal", given.get("0", "")), given.get("sender", "")
        elif last in _CONNECTED and signal:
            signals, sender = signal, given.get("sender", "")
        else:
            return
        symbol = next(
            (
                one.name
                for one in source.facts.definitions
                if one.line <= line_of(definition) <= one.last_line
                and one.name.rpartition(".")[2]
                == source.text(definition.child_by_field_name("name"))
            ),
            "",
        )
        for one in _CHAIN.findall(signals):
            data = {"signal": one, "sender": sender, "in": None}
            yield Mark(self.name, "hears", symbol, line_of(node), data)

    def assemble(self, project: CodeProject) -> Iterable[Edge | Unresolved]:
        """From models and from where signals are sent, to who hears them."""
        if any(True for _ in project.marks(self.name, "hears")):
            yield from _Signals(project, self.name).edges()


def _is_decorator(call: Node) -> bool:
    return call.parent is not None and call.parent.type == "decorator"


def _given(source: SourceFile, arguments: Node) -> dict[str, str]:
    """The arguments of a call as they are written, by name or by position."""
    found: dict[str, str] = {}
    for one in arguments.named_children:
        if one.type == "keyword_argument":
            name = source.text(one.child_by_field_name("name"))
            found[name] = source.text(one.child_by_field_name("value"))
        elif one.type != "comment":
            found[str(len(found))] = source.text(one)
    return found


class _Signals:
    """The signals of a project, and who hears them."""

    def __init__(self, project: CodeProject, reader: str) -> None:
        self._project, self._reader = project, reader
        self._made = {CodePlace(path, mark.name) for path, mark in project.marks(reader, "made")}
        self._kinds = Kinds(project, "python")
        self._named: dict[str, list[CodePlace]] = {}
        for place in self._kinds.types:
            if not is_test(place.path):
                self._named.setdefault(place.symbol, []).append(place)
        self._user = {mark.name for path, mark in project.marks(NAME, "user") if not is_test(path)}
        self._users = {CodePlace(path, mark.name) for path, mark in project.marks(reader, "user")}
        self._heard: dict[CodePlace, list[_Heard]] = {}

    def edges(self) -> Iterator[Edge | Unresolved]:
        """What models lead to, then what is sent."""
        for path, mark in self._project.marks(self._reader, "hears"):
            by = self._receiver(path, mark)
            if by is None or is_test(path):
                continue
            signal, sender = mark.data["signal"], mark.data["sender"]
            own = self._project.locate(path, signal)
            if own in self._made:
                self._heard.setdefault(own, []).append(_Heard(by, sender, path))
            elif _OF_MODELS.search(self._project.origin(path, signal) or signal):
                yield from self._of_model(path, mark, by)
        for path, mark in self._project.marks(self._reader, "sends"):
            own = self._project.locate(path, mark.data["signal"])
            if own in self._made and not is_test(path):
                yield from self._sent(path, mark, self._heard.get(own, ()))

    def _receiver(self, path: str, mark: Mark) -> CodePlace | None:
        """A function: a decorated one, or what `connect` is given where it stands."""
        if mark.data["in"] is None:
            return CodePlace(path, mark.name) if mark.name else None
        name = mark.name.removeprefix("self.")
        owner = mark.data["in"]
        while owner:
            inner = CodePlace(path, f"{owner}.{name}")
            if self._project.definition(inner):
                return inner
            owner = owner.rpartition(".")[0]
        found = self._project.locate(path, name) if _CHAIN.fullmatch(name) else None
        return found if found and found.symbol else None

    def _of_model(self, path: str, mark: Mark, by: CodePlace) -> Iterator[Edge | Unresolved]:
        signal, sender = mark.data["signal"], mark.data["sender"]
        need = Need(by, mark.line, signal)
        if not sender or sender == "None":
            yield undecided(need, EVERY_MODEL)
            return
        model = self._class(path, sender)
        if model is None:
            if self._project.origin(path, sender) == "":
                yield undecided(need, f"which model {sender[:60]} is, is not stated")
            return
        yield from connected(Need(model, self._kinds.types[model].line, signal), [by], None)

    def _class(self, path: str, said: str) -> CodePlace | None:
        """The class that is meant: `Order`, `Order.tags.through`, "shop.Order"."""
        place = self._project.locate(path, said) if _CHAIN.fullmatch(said) else None
        if _USER.search(said) or (place in self._users):
            said = f"'{next(iter(self._user))}'" if len(self._user) == 1 else ""
        named = _MODEL.search(said)
        if named:
            found = self._named.get(named[2], [])
            if named[1]:  # an app, which may be of a package that has no class here
                found = [one for one in found if f"/{named[1]}/" in f"/{one.path}"]
            if len(found) > 1:
                found = [one for one in found if _OF_APP.search(one.path)]
            return found[0] if len(found) == 1 else None
        while place and place.symbol and place not in self._kinds.types:
            place = CodePlace(place.path, place.symbol.rpartition(".")[0])
        return place if place in self._kinds.types else None

    def _sent(self, path: str, mark: Mark, heard: Iterable[_Heard]) -> Iterator[Edge | Unresolved]:
        source = CodePlace(path, mark.name)
        need = Need(source, mark.line, mark.data["signal"])
        sender = self._sender(source, mark.data["sender"])
        for one in heard:
            wanted = self._class(one.path, one.sender) if one.sender not in {"", "None"} else None
            if one.sender in {"", "None"} or (wanted is not None and wanted == sender):
                yield from connected(need, [one.by], None)
            elif wanted is None or sender is None:
                yield undecided(need, "whether it hears this sender is not stated")

    def _sender(self, source: CodePlace, said: str) -> CodePlace | None:
        if _OWN_CLASS.match(said):
            owner = CodePlace(source.path, source.symbol.rpartition(".")[0])
            return owner if owner in self._kinds.types else None
        return self._class(source.path, said)
