"""What settings of Django put before all views, in lists that may be put together of others."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indexer.code.syntax import line_of
from memory.code.codebase import CodePlace
from memory.code.facts import Mark
from memory.code.testing import is_test

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.code.project_code import CodeProject
    from indexer.code.syntax import Node, SourceFile

MENTIONED = rb"[mM]iddleware|MIDDLEWARE"
_MENTIONED = re.compile(MENTIONED)
SETTINGS = frozenset({"MIDDLEWARE", "MIDDLEWARE_CLASSES"})
_LISTS = """
[(assignment left: [(identifier) @name (subscript value: (identifier) @name)]
    right: (_) @value) @whole
 (augmented_assignment left: (identifier) @name right: (_) @value) @whole
 (call function: (attribute
        object: [(identifier) @name (attribute attribute: (identifier) @name)]
        attribute: (identifier) @how)
    arguments: (argument_list) @value
    (#any-of? @how "append" "insert" "extend" "remove")) @whole]
"""
_SURE = frozenset({"module", "expression_statement", "class_definition"})
_DOTTED = re.compile(r"[rRbBuU]{0,2}(['\"]{1,3})\w+(?:\.\w+)*\1")
_PARTS = frozenset({
    "list", "tuple", "set", "parenthesized_expression", "binary_operator", "list_splat",
    "argument_list",
})  # fmt: skip
_FILTERS = frozenset({"list_comprehension", "generator_expression"})
_SOME = {"conditional_expression": (0, -1), "subscript": (0,)}  # the children that may be in it
_IDLE = frozenset({"comment", "integer", "none", "true", "false"})
_DEEPEST = 8  # lists of lists


def middleware_marks(source: SourceFile, reader: str) -> Iterator[Mark]:
    """A `middleware` for each string or name of a list of settings, or of one it may be made of.

    `list` is what the list is called, `at` the line of its statement, `is` what stands in it: a
    "string" or a "removed" one, a "list" that has a name, or "computed"; `sure` whether it is
    there in any case.
    """
    if not _MENTIONED.search(source.content):
        return
    for found in source.matches(_LISTS):
        name, value = source.text(found["name"][0]), found["value"][0]
        if not name.isupper() and not _MENTIONED.search(name.encode()):
            continue
        how = source.text(found["how"][0]) if "how" in found else ""
        if how == "insert" and value.named_children:
            value = value.named_children[-1]  # behind where it is put
        whole = found["whole"][0]
        listed = [*_listed(source, value, is_sure=_runs_always(whole))]
        if whole.type != "assignment":  # it is added to
            listed.insert(0, (found["name"][0], "list", True))
        for node, kind, sure in listed:
            said = source.text(node)
            said = said.strip("rbuf'\"") if kind == "string" else said
            does = "removed" if how == "remove" and kind == "string" else kind
            data = {"list": name, "is": does, "sure": sure, "at": line_of(whole)}
            yield Mark(reader, "middleware", said[:200], line_of(node), data)
        if not listed:  # an empty one is known, too
            data = {"list": name, "is": "nothing", "sure": True, "at": line_of(whole)}
            yield Mark(reader, "middleware", "", line_of(value), data)


def _runs_always(node: Node) -> bool:
    """Whether a statement runs whenever its file is read, in a class of settings too."""
    while node.parent is not None:
        node = node.parent
        if node.type not in _SURE and not (
            node.type == "block" and node.parent is not None and node.parent.type in _SURE
        ):
            return False
    return True


def _listed(source: SourceFile, node: Node, *, is_sure: bool) -> Iterator[tuple[Node, str, bool]]:
    """What stands in an expression: its node, its kind and whether it is there for certain."""
    inner = [one for one in node.named_children if one.type != "comment"]
    parts: list[Node] = []
    if node.type == "string" and _DOTTED.fullmatch(source.text(node)):
        yield node, "string", is_sure
    elif node.type in {"identifier", "attribute"}:
        yield node, "list", is_sure
    elif node.type in _PARTS and "%" not in {one.type for one in node.children}:
        parts = inner
    elif node.type == "call" and source.text(inner[0]) in {"list", "tuple"}:
        parts = inner[1:]
    elif node.type in _SOME:
        parts, is_sure = [inner[at] for at in _SOME[node.type]], False
    elif (filtered := _filtered(source, node)) is not None:
        parts, is_sure = [filtered], False
    elif node.type not in _IDLE:
        yield node, "computed", False
    for one in parts:
        yield from _listed(source, one, is_sure=is_sure)


def _filtered(source: SourceFile, node: Node) -> Node | None:
    """The list of which a comprehension, `[one for one in LIST if ...]`, gives back a part."""
    clauses = [one for one in node.named_children if one.type == "for_in_clause"]
    if node.type not in _FILTERS or len(clauses) != 1:
        return None
    taken = source.text(clauses[0].child_by_field_name("left"))
    is_as_it_was = taken == source.text(node.child_by_field_name("body"))
    return clauses[0].child_by_field_name("right") if is_as_it_was else None


class Middleware:
    """The middleware of a project: `(path, mark, sure)` each, those of lists it takes in too."""

    def __init__(self, project: CodeProject) -> None:
        self._project = project
        self._lists: dict[CodePlace, list[Mark]] = {}
        for path, mark in project.marks("django", "middleware"):
            self._lists.setdefault(CodePlace(path, mark.data["list"]), []).append(mark)

    def all(self) -> Iterator[tuple[str, Mark, bool]]:
        """Strings, and what of a list is not known: anything but a "string"."""
        marks = [one for own in self._lists.values() for one in own]
        removed = {one.name for one in marks if one.data["is"] == "removed"}
        for place in self._lists:
            if place.symbol in SETTINGS and not is_test(place.path):
                for path, mark, sure in self._of(place, (place,), is_sure=True):
                    yield path, mark, sure and mark.name not in removed

    def _of(
        self, place: CodePlace, within: tuple[CodePlace, ...], *, is_sure: bool
    ) -> Iterator[tuple[str, Mark, bool]]:
        for mark in self._lists[place]:
            sure = is_sure and mark.data["sure"]
            if mark.data["is"] != "list":
                if mark.data["is"] not in {"nothing", "removed"}:
                    yield place.path, mark, sure
                continue
            taken = self._project.locate(place.path, mark.name)
            if mark.name.rpartition(".")[2] in SETTINGS and self._is_read_already(place, mark):
                continue
            is_known = taken in self._lists and taken not in within
            if taken is None or not is_known or len(within) > _DEEPEST:
                yield place.path, mark, False
            else:
                yield from self._of(taken, (*within, taken), is_sure=sure)

    def _is_read_already(self, place: CodePlace, mark: Mark) -> bool:
        """Whether `MIDDLEWARE` in another list is what was set above, or in another file."""
        if any(one.data["at"] < mark.data["at"] for one in self._lists[place]):
            return True
        is_other = (one.symbol in SETTINGS and one.path != place.path for one in self._lists)
        return any(is_other)
