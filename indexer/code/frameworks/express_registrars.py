"""Functions of a project that register routes of Express: `route(GET, "/x", [guard], show)`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from indexer.code.frameworks.express_calls import METHODS, parameter
from indexer.code.frameworks.express_middleware import MiddlewareArgument, given
from indexer.code.frameworks.express_wrappers import FUNCTIONS
from indexer.code.syntax import line_of
from memory.code.codebase import CodePlace
from memory.code.facts import Mark
from memory.code.testing import is_test

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.code.project_code import CodeProject
    from indexer.code.syntax import Node, SourceFile

_DECLARED = "(function_declaration name: (identifier) @name) @function"
_CALLS = """
(call_expression function: (_) @callee arguments: (arguments) @given) @call
"""
_CONSTANTS = "(variable_declarator name: (identifier) @name value: (string) @value)"
_PATH = re.compile(r"(['\"`])/[^'\"`]*\1")
_DEEPEST = 4  # functions that call each other to register
_MOST = 8  # arguments of a function that registers


class Argument(NamedTuple):
    """What something is given, in a file."""

    path: str
    said: list[MiddlewareArgument]


def registrar_marks(source: SourceFile, reader: str) -> Iterator[Mark]:
    """Functions that register what they are given, calls with a path, and methods as constants."""
    functions = {}
    for found in source.matches(_DECLARED):
        node = found["function"][0]
        names = _parameters(source, node)
        if names:
            functions[node.start_byte] = (source.text(found["name"][0]), names, node)
    for found in source.matches(_CALLS):
        call, callee = found["call"][0], found["callee"][0]
        if not 2 <= found["given"][0].named_child_count <= _MOST:
            continue
        inside = [one for one in found["given"][0].named_children if one.type != "comment"]
        paths = [
            one for one in inside[:3] if "string" in one.type and _PATH.fullmatch(source.text(one))
        ]
        within = None if paths else _within(call, functions)
        if within is not None:
            name, names, _ = within
            data = _registers(source, callee, inside, names)
            if data is not None:
                yield Mark(reader, "registers", name, line_of(call), data)
                continue
        said = source.text(callee)
        is_own = re.fullmatch(r"[\w$.]+", said) and said.rpartition(".")[2] not in METHODS | {"use"}
        if paths and is_own:
            owners = {source.text(one) for one in inside if one.type == "identifier"}
            data = {
                "args": [given(source, one) for one in inside],
                "owners": {name: parameter(source, call, name) for name in sorted(owners)},
            }
            yield Mark(reader, "registered", said, line_of(call), data)
    for found in source.matches(_CONSTANTS):
        value = source.text(found["value"][0]).strip("'\"")
        if value.lower() in METHODS:
            yield Mark(
                reader,
                "method",
                source.text(found["name"][0]),
                line_of(found["value"][0]),
                {"is": value},
            )


def _parameters(source: SourceFile, function: Node) -> list[str]:
    """The names of what a function is given."""
    listed = function.child_by_field_name("parameters")
    found = [
        re.match(r"[\w$]*", source.text(one)) for one in (listed.named_children if listed else ())
    ]
    return [one[0] for one in found if one]


def _within(node: Node, functions: dict[int, Any]) -> Any:
    """The function that a call stands in, with no other between them."""
    outer = node.parent
    while outer is not None:
        if outer.type == "function_declaration":
            return functions.get(outer.start_byte)
        if outer.type in FUNCTIONS:
            return None
        outer = outer.parent
    return None


def _registers(
    source: SourceFile, callee: Node, inside: list[Node], names: list[str]
) -> dict[str, Any] | None:
    """What a function registers that it is given itself; None for a call of anything else.

    An argument is the index of a parameter, or what stands there.
    """
    args = [_argument(source, one, names) for one in inside]
    indexed = [one for one in args if isinstance(one, int)]
    if callee.type == "subscript_expression":  # router[method](path, ...)
        method = source.text(callee.child_by_field_name("index"))
        owner = source.text(callee.child_by_field_name("object"))
        known = names.index(method) if method in names else None
        if known is None or not isinstance(args[0], int):
            return None
        return {"owner": owner, "at": _index(names, owner), "method": known, "args": args, "to": ""}
    said = source.text(callee)
    owner, _, member = said.rpartition(".")
    if member in METHODS and owner and isinstance(args[0], int):
        return {
            "owner": owner,
            "at": _index(names, owner),
            "method": member,
            "args": args,
            "to": "",
        }
    if len(indexed) >= 2 and re.fullmatch(r"[\w$.]+", said) and member != "use":
        return {"owner": "", "at": -1, "method": "", "args": args, "to": said}
    return None


def _index(names: list[str], name: str) -> int:
    return names.index(name) if name in names else -1


def _argument(source: SourceFile, node: Node, names: list[str]) -> Any:
    """The index of the parameter that is handed on, or called within a function without a name."""
    said = source.text(node).removeprefix("...")
    if said in names:
        return names.index(said)
    if node.type in FUNCTIONS:
        called = [
            name
            for name in names
            if re.search(rf"\b{re.escape(name)}\(|[(,]\s*{re.escape(name)}\s*[,)]", said)
        ]
        handlers = [
            one for one in called if re.search(r"(?i)handler|controller|callback|action|fn$", one)
        ]
        return names.index(handlers[0]) if handlers else given(source, node)
    return given(source, node)


class Registrars:
    """The functions of a project that register routes, and what they are called with."""

    def __init__(self, project: CodeProject) -> None:
        self._project = project
        self._registers = {
            CodePlace(path, one.name): one.data
            for path, one in project.marks("express", "registers")
            if not is_test(path)
        }
        self.places = {(path, one.line) for path, one in project.marks("express", "registers")}
        self._methods = {
            (path, one.name): one.data["is"] for path, one in project.marks("express", "method")
        }

    def routes(self) -> Iterator[tuple[str, Mark, str, list[Argument]]]:
        """By each call the file of the router, a mark of a route, and its arguments by file.

        The mark is as one that the call itself had left in its own file.
        """
        for path, mark in self._project.marks("express", "registered"):
            if is_test(path):
                continue
            args = [
                Argument(path, [MiddlewareArgument(*each) for each in one])
                for one in mark.data["args"]
            ]
            place = self._place(path, mark.name)
            for where, route, given_ in (
                self._expanded(path, mark.line, place, args) if place else ()
            ):
                known = mark.data["owners"].get(route.name, {}) if where == path else {}
                yield where, route._replace(data=route.data | known), path, given_

    def _place(self, path: str, name: str) -> CodePlace | None:
        place = self._project.locate(path, name)
        if place is not None and not place.symbol:
            place = CodePlace(place.path, name.rpartition(".")[2])
        return place if place in self._registers else None

    def _expanded(
        self, path: str, line: int, place: CodePlace, args: list[Argument], depth: int = 0
    ) -> Iterator[tuple[str, Mark, list[Argument]]]:
        data = self._registers[place]

        def of(one: Any) -> Argument:
            if isinstance(one, int):
                return args[one] if one < len(args) else Argument(path, [])
            return Argument(place.path, [MiddlewareArgument(*each) for each in one])

        inner = [of(one) for one in data["args"]]
        if data["to"]:
            other = self._place(place.path, data["to"])
            if other is not None and other != place and depth < _DEEPEST:
                yield from self._expanded(path, line, other, inner, depth + 1)
            return
        method = (
            data["method"] if isinstance(data["method"], str) else self._method(of(data["method"]))
        )
        said = inner[0].said[0].text if inner[0].said else ""
        if not method or not said:
            return
        owner = (
            of(data["at"])
            if data["at"] >= 0
            else Argument(place.path, [MiddlewareArgument(data["owner"])])
        )
        name = owner.said[0].text if owner.said else ""
        route = {"path": said, "method": method}
        yield owner.path, Mark("express", "route", name, line, route), inner[1:]

    def _method(self, one: Argument) -> str:
        said = one.said[0].text if one.said else ""
        plain = said.strip("'\"`").lower()
        return plain if plain in METHODS else self._methods.get((one.path, said), "")
