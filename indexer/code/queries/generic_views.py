"""Views of Django that read a model by what their class says: `model = Order` in a ListView."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from memory.code.facts import Mark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.code.syntax import SourceFile

_READS = re.compile(r"(?:^|\.)(?:DetailView|ListView|(?:Base)?(?:Detail|List)View)$")
_MODEL = """
(class_definition superclasses: (argument_list) @bases body: (block (expression_statement
    (assignment left: (identifier) @field right: [(identifier) (attribute)] @model)))) @class
"""
_OWN = frozenset({"get_queryset", "get_object"})  # it says by itself what it reads


def read_by_views(source: SourceFile, reader: str) -> Iterator[Mark]:
    """A query for each class that only shows one or all of a model."""
    if b"View" not in source.content or b"model" not in source.content:
        return
    named = {one.name for one in source.facts.definitions}
    shown: dict[str, str] = {}  # the model of each class
    for found in source.matches(_MODEL):
        bases = [source.text(one) for one in found["bases"][0].named_children]
        if source.text(found["field"][0]) == "model" and any(map(_READS.search, bases)):
            shown[source.owner(found["class"][0])] = source.text(found["model"][0])
    for one in source.facts.definitions:
        above = next((shown[base] for base in one.bases if base in shown), "")
        model = shown.setdefault(one.name, above) if one.kind == "class" else ""
        if model and not any(f"{one.name}.{own}" in named for own in _OWN):
            data: dict[str, Any] = {"in": one.name, "kind": "model", "does": "read", "columns": []}
            data |= {"orders": [], "eager": [], "many": True, "own": False}
            yield Mark(reader, "query", model, one.line, data)
