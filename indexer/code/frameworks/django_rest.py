"""REST framework of Django: what classes of views and permissions say of themselves."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from indexer.code.frameworks.python_refusals import asked_of
from indexer.code.frameworks.rest_permissions import (
    REST,
    asked_by,
    closed_by_action,
    permissions_by,
    verdict,
)
from indexer.code.readers import Reader
from indexer.code.syntax import line_of
from memory.code.facts import Mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indexer.code.syntax import Node, SourceFile

_ATTRIBUTES = """
(class_definition body: (block (expression_statement
    (assignment left: (identifier) @name right: (_) @value))))
"""
_METHODS = """
(class_definition body: (block [(function_definition) @method
    (decorated_definition definition: (function_definition) @method)]))
"""
_SETTINGS = """
[(assignment left: (identifier) @name right: (dictionary) @value)
 (assignment left: (subscript value: (identifier) @name) @part right: (_) @value)]
"""
_MAPS = "(assignment left: (identifier) @name right: (_) @value)"
_ROUTERS = """
(assignment left: (identifier) @name
    right: (call function: (_) @called arguments: (argument_list) @arguments))
"""
_WANTED = frozenset(
    {"permission_classes", "throttle_classes", "authentication_classes", "http_method_names"}
    | {"serializer_class", "lookup_field", "lookup_url_kwarg"}
)
#: What an attribute may be that a permission asks for: true, false, or nobody knows what.
_ONE = frozenset({"true", "false", "identifier", "attribute", "call", "conditional_expression"})
#: What may keep classes of permissions by action, however it is made.
_KEPT = re.compile(rb"permission\w{0,40}+(?<!permission_classes)(?:: [^=\n]{0,99})? = ")
_NEEDED = {  # by each query what stands in a file that it is asked of
    _ATTRIBUTES: re.compile(f"{'|'.join(sorted(_WANTED))}|is_private|ViewSet|APIView".encode()),
    _METHODS: re.compile(
        rb"has_permission|mapping\.update|def (?:dispatch|initial|authenticate|(?:check|get)_perm)"
    ),
    _MAPS: _KEPT,
    _SETTINGS: re.compile(rb"REST_FRAMEWORK"),
    _ROUTERS: re.compile(rb"Router\("),
}
_ADDED = re.compile(r"routes\[0\]\.mapping\.update\(\s*\{([^{}]*)\}")
_HANDS_ON = frozenset({"dispatch", "initial", "check_permissions", "get_permissions"})
_DEFAULTS = frozenset(
    {f"DEFAULT_{one}_CLASSES" for one in ("PERMISSION", "THROTTLE", "AUTHENTICATION")}
)
#: How who shows nothing is let pass by what authenticates.
_PASSES = re.compile(r"\breturn\b(?:[ \t]+None)?[ \t]*$", re.MULTILINE)


class RestFramework(Reader):
    """What classes of views and permissions say of themselves; the routes are of `django`."""

    name = REST
    version = 10
    languages = frozenset({"python"})
    hint = re.compile(
        _KEPT.pattern + rb"|rest_framework|permission_classes|has_permission"
        rb"|get_permissions|REST_FRAMEWORK|Router\(|_view\b|ViewSet|APIView"
    )

    def read(self, source: SourceFile) -> Iterable[Mark]:
        """Attributes of classes, permissions, settings, routers."""
        text = source.text
        for found in self._matches(source, _ATTRIBUTES):
            name, value = text(found["name"][0]), found["value"][0]
            if name in _WANTED or value.type in _ONE:
                is_one = name == "serializer_class"
                elements = [text(value)] if is_one else _elements(source, value)
                data = {"attribute": name, "is": elements}
                yield Mark(self.name, "attribute", source.owner(value), line_of(value), data)
        for found in self._matches(source, _MAPS):
            name, value = text(found["name"][0]), found["value"][0]
            owner = source.owner(value)
            if "permission" in name and name not in _WANTED:
                name = f"{owner}.{name}" if owner and owner != name else name
                yield Mark(self.name, "map", name, line_of(value), {"is": _pairs(source, value)})
        for found in self._matches(source, _METHODS):
            yield from self._method(source, found["method"][0])
        for found in self._matches(source, _SETTINGS):
            if text(found["name"][0]) == "REST_FRAMEWORK":
                yield from self._settings(source, found)
        for found in self._matches(source, _ROUTERS):
            called, said = text(found["called"][0]), text(found["arguments"][0])[1:-1]
            if called.endswith("Router"):
                kind = {"class": called, "said": said}
                name = text(found["name"][0])
                yield Mark(self.name, "router", name, line_of(found["name"][0]), kind)

    def _matches(self, source: SourceFile, query: str) -> list[dict[str, list[Node]]]:
        """The matches of a query, where a file has what it looks for."""
        return source.matches(query) if _NEEDED[query].search(source.content) else []

    def _method(self, source: SourceFile, node: Node) -> Iterator[Mark]:
        name = source.text(node.child_by_field_name("name"))
        owner, line = source.owner(node).rpartition(".")[0], line_of(node)
        data: dict[str, Any] = {"method": name}
        if name == "has_permission":
            data["safe"] = verdict(source, node, is_safe=True)
            data["unsafe"] = verdict(source, node, is_safe=False)
            data["by"] = asked_by(source, node)
            data["asks"] = asked_of(source, node)
            data["actions"] = closed_by_action(source, node)
            yield Mark(self.name, "permission", owner, line, data)
        elif name == "__init__" and (added := _ADDED.search(source.text(node))):
            pairs = re.findall(r"['\"](\w+)['\"]\s*:\s*['\"](\w+)['\"]", added[1])
            data["methods"] = {method.upper(): action for method, action in pairs}
            yield Mark(self.name, "adds", owner, line, data)
        elif name == "authenticate":
            data["passes"] = bool(_PASSES.search(source.text(node)))
            yield Mark(self.name, "authenticates", owner, line, data)
        elif name in _HANDS_ON:
            data["super"] = f"super().{name}(" in _plain(source.text(node))
            data["by"] = permissions_by(source, node) if name == "get_permissions" else None
            yield Mark(self.name, "hands", owner, line, data)

    def _settings(self, source: SourceFile, found: dict[str, list[Node]]) -> Iterator[Mark]:
        value = found["value"][0]
        pairs = [
            (one.child_by_field_name("key"), one.child_by_field_name("value"))
            for one in value.named_children
            if one.type == "pair"
        ]
        if "part" in found:
            pairs = [(found["part"][0].child_by_field_name("subscript"), value)]
        for key, said in pairs:
            name = source.text(key).strip("'\"")
            if name in _DEFAULTS and said is not None:
                yield Mark(
                    self.name, "setting", name, line_of(said), {"is": _elements(source, said)}
                )
        if "part" not in found:
            yield Mark(self.name, "setting", "", line_of(value), {})


def _pairs(source: SourceFile, value: Node) -> dict[str, list[str]] | None:
    """The lists of a dictionary by its keys; None where a part of it is anything else."""
    found: dict[str, list[str]] = {}
    for one in value.named_children if value.type == "dictionary" else ():
        key, said = one.child_by_field_name("key"), one.child_by_field_name("value")
        listed = _elements(source, said) if said is not None else None
        if key is not None and key.type == "string" and listed is not None:
            found[source.text(key).strip("'\"")] = listed
        elif one.type != "comment":
            return None
    return found or None


def _elements(source: SourceFile, value: Node) -> list[str] | None:
    """The elements of a list or tuple, or one text; None for what is none."""
    if value.type in {"list", "tuple", "set"}:
        return [source.text(one) for one in value.named_children if one.type != "comment"]
    is_told = value.type in {"string", "none", "true", "false"}
    return [source.text(value)] if is_told else None


def _plain(said: str) -> str:
    """A text with `super(Some, self)` as `super()`."""
    return re.sub(r"super\([^)]{0,999}\)", "super()", said)
