"""Routers of Express that classes have: in fields, of those that they extend too, and by a name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from indexer.code.frameworks.express_calls import METHODS
from indexer.code.frameworks.express_middleware import MiddlewareArgument, given
from indexer.code.syntax import line_of
from memory.code.codebase import CodePlace, Unresolved
from memory.code.facts import Mark
from memory.code.testing import is_test

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from indexer.code.project_code import CodeProject
    from indexer.code.syntax import Node, SourceFile

_OF_CLASS = """
(call_expression
    function: (member_expression object: (this) property: (property_identifier) @called)
    arguments: (arguments . (object) @said .)) @call
"""
_REGISTERS = """
(method_definition parameters: (formal_parameters . (_) @given .) body: (statement_block
    (expression_statement (call_expression function: [
        (subscript_expression object: (member_expression object: (this)
            property: (property_identifier) @field) index: (_) @index)
        (member_expression object: (member_expression object: (this)
            property: (property_identifier) @field) property: (property_identifier) @fixed)]
        arguments: (arguments) @arguments) @call))) @method
"""
_GIVES = """
(method_definition body: (statement_block . (return_statement
    (member_expression object: (this) property: (property_identifier) @field)) .)) @method
"""
_NAME = re.compile(r"[\w$]+")
_DEEPEST = 4  # classes, one extending another

Given = list[tuple[str, MiddlewareArgument]]  # what a route is given, each with its file
Key = tuple[str, str]  # an application or router: its file and name


def field_marks(source: SourceFile, reader: str) -> Iterator[Mark]:
    """What gives back a field, `get router() { return this.app }`, by the field.

    And what a class registers by a method: `this.route({ method, path, handler })`.
    """
    yield from _registered(source, reader)
    for found in source.matches(_REGISTERS):
        if data := _registers(source, found):
            name, line = source.symbol(found["method"][0]), line_of(found["call"][0])
            yield Mark(reader, "class registers", name, line, data)
    for found in source.matches(_GIVES):
        node = found["method"][0]
        data = {"is": source.text(found["field"][0])}
        yield Mark(reader, "field given", source.symbol(node), line_of(node), data)


def _registered(source: SourceFile, reader: str) -> Iterator[Mark]:
    """What an object says that a method of the same class is given, if it may be of a route."""
    for found in source.matches(_OF_CLASS):
        said = {
            source.text(one.child_by_field_name("key") or one): (
                given(source, one.child_by_field_name("value") or one)
            )
            for one in found["said"][0].named_children
            if one.type in {"pair", "shorthand_property_identifier"}
        }
        method, path = (said[one][0].text if said.get(one) else "" for one in ("method", "path"))
        if method.strip("'\"`").lower() in METHODS and path[:1] in {"'", '"', "`"}:
            call = found["call"][0]
            owner = source.owner(call).rpartition(".")[0]
            is_all = all(one.type != "spread_element" for one in found["said"][0].named_children)
            called = source.text(found["called"][0]) if is_all else ""  # else not all is seen
            data = {"of": owner, "called": called, "said": said}
            yield Mark(reader, "of class", path[:80], line_of(call), data)


def _registers(source: SourceFile, found: dict[str, list[Node]]) -> dict[str, Any] | None:
    """How a method registers what an object says; None for one that does something else.

    A part of it is the key of the object that says it, or what stands there.
    """
    one = found["given"][0]
    pattern = one.child_by_field_name("pattern") or one
    is_taken_apart = pattern.type == "object_pattern"
    root = "" if is_taken_apart else f"{source.text(pattern)}."
    names = [source.text(each) for each in pattern.named_children] if is_taken_apart else []

    def key(said: str) -> str:
        own = said.removeprefix(root).removesuffix(".bind(this)")
        is_own = own in names if is_taken_apart else said.startswith(root)
        return own if is_own and _NAME.fullmatch(own) else ""

    texts = [each for each in found["arguments"][0].named_children if each.type != "comment"]
    method = key(source.text(found["index"][0])) if "index" in found else ""
    fixed = source.text(found["fixed"][0]) if "fixed" in found else ""
    path = key(source.text(texts[0])) if texts else ""
    if not path or not (method or fixed in METHODS):
        return None
    args: list[Any] = [key(source.text(each)) or given(source, each) for each in texts[1:]]
    inner = re.findall(rf"(?<![\w.]){re.escape(root)}([\w$]+)", source.text(texts[-1]))
    last = [each for each in inner if each in names or not is_taken_apart]
    if args and not isinstance(args[-1], str) and len(set(last)) == 1:
        function = texts[-1].child_by_field_name("function")
        args[-1:] = [given(source, function or texts[-1]), last[0]]  # `this.catching(it.handler)`
    taken = "|".join(re.escape(root + one) for one in (method, path, *args) if isinstance(one, str))
    body = source.text(found["method"][0].child_by_field_name("body"))
    if re.search(rf"(?<![\w.$])(?:{taken})\s*+[-+|&?*]*+=(?![=>])", body):
        return None  # what is said is not what is registered
    field = source.text(found["field"][0])
    return {"field": field, "method": method, "fixed": fixed, "path": path, "args": args}


class RouterClasses:
    """Classes that have a router of their own in each of their instances.

    Args:
        project: The files.
        made: What is made, by file and name: `Base.router` for a field.
    """

    def __init__(self, project: CodeProject, made: Mapping[Key, Any]) -> None:
        self._project = project
        self._given = {
            CodePlace(path, mark.name): mark.data["is"]
            for path, mark in project.marks("express", "field given")
        }
        #: Where methods register what they are told, which is no route of its own.
        self.places = {
            (path, mark.line) for path, mark in project.marks("express", "class registers")
        }
        registers: dict[CodePlace, list[dict[str, Any]]] = {}
        for path, mark in project.marks("express", "class registers"):
            registers.setdefault(CodePlace(path, mark.name), []).append(mark.data)
        self._registers = {place: one[0] for place, one in registers.items() if len(one) == 1}
        #: What a class has of one that it extends, by that; and the other way round.
        self.inherited: dict[Key, Key] = {}
        self.heirs: dict[Key, list[Key]] = {}
        holders = {CodePlace(path, name.rpartition(".")[0]) for path, name in made if "." in name}
        for path, facts in project.files.items() if holders else ():
            for one in facts.definitions if facts.language == "typescript" else ():
                if one.kind == "class" and one.bases:
                    self._inherit(CodePlace(path, one.name), holders, made)

    def _inherit(self, own: CodePlace, holders: set[CodePlace], made: Mapping[Key, Any]) -> None:
        for above in self._above(own):
            for path, name in [*made] if above in holders else ():
                owner, _, field = name.rpartition(".")
                key = own.path, f"{own.symbol}.{field}"
                if (path, owner) == above and key not in made and key not in self.inherited:
                    self.inherited[key] = path, name
                    self.heirs.setdefault((path, name), []).append(key)

    def lineage(self, place: CodePlace) -> Iterator[CodePlace]:
        """A class and those that it extends, the nearest first."""
        yield place
        yield from self._above(place)

    def _above(self, place: CodePlace) -> Iterator[CodePlace]:
        """The classes that one extends, the nearest first."""
        for _ in range(_DEEPEST):
            one = self._project.definition(place)
            above = self._project.locate(place.path, one.bases[0]) if one and one.bases else None
            if above is None or above == place:
                return
            yield (place := above)

    def field(self, path: str, name: str) -> Key:
        """What a member of a class gives back, if that is a field: of `Orders.router` the field."""
        owner, _, member = name.removesuffix("()").rpartition(".")
        own = CodePlace(path, owner)
        for one in (own, *self._above(own)):
            if field := self._given.get(CodePlace(one.path, f"{one.symbol}.{member}")):
                return path, f"{owner}.{field}"
        return path, f"{owner}.{member}"

    def routes(self) -> Iterator[tuple[str, Mark, Given] | Unresolved]:
        """What methods of classes register that are told what: the file, a mark, and arguments."""
        for path, mark in self._project.marks("express", "of class"):
            if is_test(path):
                continue
            own = CodePlace(path, mark.data["of"])
            places = (
                CodePlace(one.path, f"{one.symbol}.{mark.data['called']}")
                for one in (own, *self._above(own))
            )
            place = next((one for one in places if one in self._registers), None)
            if place is None:
                reason = "a method of its class registers it"
                yield Unresolved(path, mark.line, "route", mark.name, reason)
                continue
            how, said = self._registers[place], mark.data["said"]
            texts = {key: one[0][0] for key, one in said.items() if one}
            method = how["fixed"] or texts.get(how["method"], "").strip("'\"`").lower()
            args: Given = []
            for one in how["args"]:
                is_key = isinstance(one, str)
                where = own if is_key else CodePlace(place.path, place.symbol.rpartition(".")[0])
                for each in said.get(one, []) if is_key else one:
                    args.append((where.path, self._of_class(MiddlewareArgument(*each), where)))
            data = {"path": texts.get(how["path"], ""), "method": method}
            yield path, Mark("express", "route", f"this.{how['field']}", mark.line, data), args

    def _of_class(self, one: MiddlewareArgument, own: CodePlace) -> MiddlewareArgument:
        """What stands somewhere; a method of the class by its name, one above too."""
        member = one.text.removeprefix("this.")
        if member == one.text or not _NAME.fullmatch(member):
            return one
        return one._replace(text=f"{own.symbol}.{member}")
