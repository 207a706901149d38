"""Interceptors of libraries for Spring that refuse who shows nothing, as their documentation says.

XXL-SSO's refuse every handler but those of the paths that they are made with and those annotated
`@XxlSso(login = false)`; Sa-Token's run what they are given, but for `@SaIgnore`.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from indexer.code.java_values import annotated, value
from indexer.code.syntax import line_of
from memory.code.facts import Mark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.code.syntax import Node, SourceFile

FREE = "free"  # the kind of the marks of handlers that an annotation exempts
_XXL = "com.xxl.sso.core.auth.interceptor"
_PACKAGES = {
    "XxlSsoWebInterceptor": _XXL,
    "XxlSsoNativeInterceptor": _XXL,
    "SaInterceptor": "cn.dev33.satoken.interceptor",
}
_CHECKS_LOGIN = re.compile(
    r"\(?\w{1,99}\)?\s*->\s*(?:StpUtil\.checkLogin\(\)|\{\s*StpUtil\.checkLogin\(\);\s*\})"
)
_DECLARED = "[(method_declaration) (class_declaration)] @declared"


def library_marks(source: SourceFile, reader: str) -> Iterator[Mark]:
    """A mark for each class or method that an annotation exempts from such an interceptor.

    `whole` is false where it exempts only some of the methods that are called so.
    """
    if b"XxlSso" not in source.content and b"SaIgnore" not in source.content:
        return
    declared = source.captures(_DECLARED).get("declared", ())
    overloads = Counter(map(source.symbol, declared))
    free: dict[tuple[str, str], list[int]] = {}
    for node in declared:
        for name, _, said in annotated(source, node):
            text = re.sub(r"\s|\"[^\"]*\"", "", source.text(said))
            if name == "SaIgnore" or (name == "XxlSso" and re.search("[(,]login=false[,)]", text)):
                free.setdefault((source.symbol(node), name), []).append(line_of(node))
    for (symbol, name), lines in free.items():
        data = {"by": name, "whole": len(lines) == overloads[symbol]}
        yield Mark(reader, FREE, symbol, lines[0], data)


def understood(source: SourceFile, added: Node, method: Node) -> dict[str, Any] | None:
    """What an interceptor of a library that is added lets pass; None for any other.

    `but` is the annotation that exempts; `excludes` are patterns of paths; `key` is the setting
    that has further ones, "" for none.
    """
    made = _made(source, added, method)
    kind = source.text(made.child_by_field_name("type")) if made is not None else ""
    package = _PACKAGES.get(kind)
    if made is None or package is None:
        return None
    if f"import {package}.{kind};".encode() not in source.content:
        return None
    given = made.child_by_field_name("arguments")
    args = [one for one in (given.named_children if given else ()) if "comment" not in one.type]
    if kind == "SaInterceptor":
        is_login = len(args) == 1 and _CHECKS_LOGIN.fullmatch(source.text(args[0]))
        return {"but": "SaIgnore", "excludes": [], "key": ""} if is_login else None
    if len(args) == 1:
        return {"but": "XxlSso", "excludes": [], "key": ""}
    return _excluding(source, args[0]) if args else None


def _made(source: SourceFile, added: Node, method: Node) -> Node | None:
    """Where what is added is made: there, or as a variable that is only added."""
    if added.type == "object_creation_expression":
        return added if not any(one.type == "class_body" for one in added.children) else None
    if added.type != "identifier":
        return None
    name = source.text(added)
    named = source.captures("(identifier) @name", method).get("name", ())
    used = [one for one in named if source.text(one) == name]
    declared = [one.parent for one in used if one.parent and one.parent.type.endswith("declarator")]
    if len(used) != len(("declared", "added")) or len(declared) != 1:
        return None
    made = declared[0].child_by_field_name("value")
    return _made(source, made, method) if made and made.type.startswith("object") else None


def _excluding(source: SourceFile, given: Node) -> dict[str, Any] | None:
    """The paths of a text with commas, or the setting that a field has them of."""
    if given.type == "null_literal":
        return {"but": "XxlSso", "excludes": [], "key": ""}
    if given.type == "string_literal":
        listed = [one.strip() for one in str(value(source, given)).split(",")]
        return {"but": "XxlSso", "excludes": [one for one in listed if one], "key": ""}
    for field in source.captures("(field_declaration) @field").get("field", ()):
        names = [
            source.text(one.child_by_field_name("name"))
            for one in field.children_by_field_name("declarator")
        ]
        if names != [source.text(given)]:
            continue
        for name, said, _ in annotated(source, field):
            setting = re.fullmatch(r"\$\{([\w.-]+):?\}", str(said.get("value", "")))
            if name == "Value" and setting:
                return {"but": "XxlSso", "excludes": [], "key": setting[1]}
    return None
