"""NestJS: who hears an event, handles a command or a message, and works off a queue."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indexer.code.readers import Reader
from indexer.code.syntax import line_of
from indexer.code.wiring import Need, connected, undecided
from memory.code.codebase import CodePlace, Edge, Unresolved
from memory.code.facts import Mark
from memory.code.testing import is_test
from memory.texts.linear import tamed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from indexer.code.project_code import CodeProject
    from indexer.code.syntax import Node, SourceFile

#: Decorators of who hears, and what they hear; and calls and decorators of who says it.
_LONGEST = 999  # characters of a name with wildcards
_HEARD = {
    "OnEvent": "event",
    "EventPattern": "message",
    "MessagePattern": "message",
    "Processor": "queue",
    "CommandHandler": "command",
    "QueryHandler": "query",
    "EventsHandler": "domain event",
}
_SAID = {
    "emit": {"event", "message"},
    "emitAsync": {"event"},
    "send": {"message"},
    "execute": {"command", "query"},
    "publish": {"domain event"},
    "publishAll": {"domain event"},
    "apply": {"domain event"},
    "InjectQueue": {"queue"},
}
_BY_CLASS = frozenset({"execute", "publish", "publishAll", "apply"})
#: What is called so, or is of such a type, speaks to who hears; a socket or a response does not.
_SPEAKS = re.compile(r"event|emitter|client|bus|message|broker|kafka|amqp|nats|rmq", re.IGNORECASE)
_HANDLES = ("execute", "handle", "process")  # what a class of its own does with what it hears
_LIBRARIES = re.compile(
    rb"@nestjs/(?:event-emitter|microservices|bull|bullmq|cqrs)['\"]|['\"]eventemitter2['\"]"
)
_DECORATORS = """
(decorator (call_expression function: (identifier) @name arguments: (arguments) @given)) @node
"""
_CALLS = """
(call_expression function: (member_expression object: (_) @of property: (property_identifier) @name)
    arguments: (arguments . (_) @first)) @node
"""
_NAME = re.compile(r"name:\s*(['\"][^'\"]+['\"]|[\w.]+)")
_CLASS = re.compile(r"new\s+([\w.]+)")
_STRING = re.compile(r"(['\"`])([^'\"`$]*)\1")
_CHAIN = re.compile(r"[\w.]+(?:\(\))?")


class NestMessages(Reader):
    """From where something is said to who hears it, by the name or class that both give."""

    name = "nestjs-messages"
    version = 2
    languages = frozenset({"typescript"})
    hint = _LIBRARIES

    def read(self, source: SourceFile) -> Iterable[Mark]:
        """`hears` and `says`, with what is said as it is written."""
        text = source.text
        for found in source.matches(_DECORATORS):
            name, node = text(found["name"][0]), found["node"][0]
            given = found["given"][0].named_children
            if name in _HEARD:
                for each in given if name == "EventsHandler" else given[:1]:
                    yield self._mark(source, "hears", _HEARD[name], node, _named(source, each))
            elif name == "InjectQueue" and given:
                yield self._mark(source, "says", name, node, _named(source, given[0]))
        for found in source.matches(_CALLS):
            name, first = text(found["name"][0]), found["first"][0]
            is_class = name in _BY_CLASS
            if name not in _SAID or not (is_class or _may_be_heard(source, found["of"][0])):
                continue
            made = _CLASS.findall(text(first)) if is_class else [_named(source, first)]
            for one in made[:1] if name == "execute" else made:
                yield self._mark(source, "says", name, found["node"][0], one)

    def _mark(self, source: SourceFile, kind: str, how: str, node: Node, said: str) -> Mark:
        symbol = _decorated(source, node) if kind == "hears" else source.owner(node)
        symbol = symbol.removesuffix(".constructor")
        return Mark(self.name, kind, symbol, line_of(node), {"how": how, "said": said})

    def assemble(self, project: CodeProject) -> Iterable[Edge | Unresolved]:
        """By file and line."""
        heard: dict[tuple[str, str], dict[CodePlace, None]] = {}
        for path, mark in project.marks(self.name, "hears"):
            key = mark.data["how"], _key(project, path, mark.data["said"])
            if not is_test(path):
                methods = (CodePlace(path, f"{mark.name}.{one}") for one in _HANDLES)
                by = next(filter(project.definition, methods), CodePlace(path, mark.name))
                heard.setdefault(key, {})[by] = None
        for path, mark in project.marks(self.name, "says") if heard else ():
            said = _key(project, path, mark.data["said"])
            if is_test(path):
                continue
            need = Need(CodePlace(path, mark.name), mark.line, mark.data["said"][:80])
            kinds = _SAID[mark.data["how"]]
            targets = [
                by
                for (kind, name), places in heard.items()
                if kind in kinds and (name == said or _covers(kind, name, said))
                for by in places
            ]
            yield from connected(need, list(dict.fromkeys(targets)), None)
            if not targets and mark.data["how"] in {"execute", "InjectQueue"}:
                yield undecided(need, "nothing that hears or handles it is stated")


def _named(source: SourceFile, node: Node) -> str:
    """What is said: a name as it is written; of an object of options the name in it."""
    said = source.text(node)
    named = _NAME.search(said) if node.type == "object" else None
    return named[1] if named else " ".join(said.split())


def _may_be_heard(source: SourceFile, node: Node) -> bool:
    """Whether what sends by a name is of a type that does so, or is called like one."""
    name = (re.findall(r"\w+", source.text(node)) or [""])[-1]
    typed = rf"\b{re.escape(name)}\s*[?!]?:\s*(\w+)".encode()
    types = {one.decode() for one in re.findall(typed, source.content)} - {"any", "unknown"}
    return any(map(_SPEAKS.search, types or {name}))


def _decorated(source: SourceFile, node: Node) -> str:
    """The class or method that a decorator stands before."""
    line = line_of(node)
    after = node.next_named_sibling
    while after is not None and after.type == "decorator":
        after = after.next_named_sibling
    if after is not None and after.type == "method_definition":
        return source.symbol(after) or source.owner(after)
    inside = (one for one in source.facts.definitions if one.line <= line <= one.last_line)
    return next((one.name for one in inside if one.kind == "class"), "")


def _key(project: CodeProject, path: str, said: str) -> str:
    """A name that is equal wherever the same is meant."""
    text = _STRING.fullmatch(said)
    if text:
        return text[2]
    if not _CHAIN.fullmatch(said):
        return re.sub(r"[\s'\"]", "", said)  # `{ cmd: 'sum' }`
    chain = said.removesuffix("()")
    place = project.locate(path, chain)
    if place is None:
        return f"{path} {said}"
    last = chain.rpartition(".")[2]
    rest = f".{last}" if "." in chain and place.symbol.rpartition(".")[2] != last else ""
    return f"{place.path}:{place.symbol}{rest}"


def _covers(kind: str, name: str, said: str) -> bool:
    """Whether a name with wildcards, "order.*" or "order.**", is for what is said."""
    if kind != "event" or "*" not in name or " " in said or ":" in said or len(name) > _LONGEST:
        return False
    parts = (r"[^.]+" if one == "*" else r".+" if one == "**" else re.escape(one)
             for one in name.split("."))  # fmt: skip
    return bool(tamed(r"\.".join(parts)).fullmatch(said))
