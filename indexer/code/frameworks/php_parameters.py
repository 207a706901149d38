"""PHP: the classes that methods ask for by their parameters, where a framework may call them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from indexer.code.readers import Reader
from indexer.code.syntax import line_of
from memory.code.facts import Mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indexer.code.project_code import CodeProject
    from indexer.code.syntax import Node, SourceFile

_METHODS = "(method_declaration) @method"
_CALLED = re.compile(r"^(?:__construct|__invoke|handle\w*|boot|on[A-Z]\w*)$")  # by its name
_THEIR_OWN = frozenset({"self", "static", "parent"})


class ClassParameter(NamedTuple):
    """A parameter whose type is a class, or several."""

    name: str  # "$mailer"
    types: tuple[str, ...]  # as they are written
    line: int
    notes: tuple[str, ...]  # its attributes


class PhpParameters(Reader):
    """Parameters of constructors, handlers, actions of controllers and what has attributes."""

    name = "php-parameters"
    languages = frozenset({"php"})
    hint = re.compile(rb"function\s+(?:__construct|__invoke|handle|boot|on[A-Z])|Controller\b|#\[")

    def read(self, source: SourceFile) -> Iterable[Mark]:
        """A mark for each method, with its parameters in order; none for those that have none."""
        for node in source.captures(_METHODS).get("method", ()):
            own = source.text(node.child_by_field_name("name"))
            is_noted = node.child_by_field_name("attributes") is not None
            if not (is_noted or _CALLED.match(own) or _is_of_controller(source, node)):
                continue
            symbol = source.symbol(node)
            asked = list(_parameters(source, node)) if symbol else []
            if any(one.types for one in asked):
                data = {"asked": [list(one) for one in asked]}
                yield Mark(self.name, "method", symbol, line_of(node), data)


def asked_by_methods(project: CodeProject) -> Iterator[tuple[str, str, list[ClassParameter]]]:
    """Path, method and parameters, of all methods that a framework may call."""
    for path, mark in project.marks(PhpParameters.name):
        yield path, mark.name, [_asked(one) for one in mark.data["asked"]]


def _asked(said: list[Any]) -> ClassParameter:
    name, types, line, notes = said
    return ClassParameter(name, tuple(types), line, tuple(notes))


def _is_of_controller(source: SourceFile, node: Node) -> bool:
    outer = node.parent.parent if node.parent is not None else None
    name = outer.child_by_field_name("name") if outer is not None else None
    is_public = not any(
        one.type == "visibility_modifier" and source.text(one) != "public" for one in node.children
    )
    return is_public and source.text(name).endswith("Controller")


def _parameters(source: SourceFile, node: Node) -> Iterator[ClassParameter]:
    given = node.child_by_field_name("parameters")
    for one in given.named_children if given is not None else ():
        if one.type not in {"simple_parameter", "property_promotion_parameter"}:
            continue
        types = source.captures("(named_type [(name) (qualified_name)] @type)", one).get("type", [])
        said = [source.text(each) for each in types]
        notes = source.captures("(attribute) @note", one).get("note", [])
        yield ClassParameter(
            source.text(one.child_by_field_name("name")),
            tuple(each for each in said if each not in _THEIR_OWN),
            line_of(one),
            tuple(source.text(each) for each in notes),
        )
