"""Routers of Go as functions have them, and the paths that they state."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from indexer.code.syntax import Node, SourceFile

UNKNOWN = "\0"  # a part of a path that is no literal
NAMED = "\1"  # around the name of a constant


@dataclass
class Router:
    """Something on which routes are registered."""

    kind: str
    base: str  # "new:12", "param:0", "field:router", "made:newRouter@95#0": what it begins as
    prefix: str = ""
    middleware: list[list[Any]] = field(default_factory=list)  # text, line, whether it is certain
    made: Router | None = None  # what a function gave for it, if that is a router of its own
    is_group: bool = False  # of another router, which does not see what this one uses
    since: int = 0  # the line at which a group was made of what no group is

    def below(self, prefix: str, more: list[list[Any]], line: int = 0) -> Router:
        """One whose paths begin with a prefix, and that sees requests after more middleware."""
        middleware = [*self.middleware, *more]
        own = joined(self.prefix, prefix)
        below = replace(self, prefix=own, middleware=middleware, made=None, is_group=True)
        return below if self.is_group else replace(below, since=line)

    def said(self) -> dict[str, Any]:
        """The same for a mark."""
        own = {"base": self.base, "prefix": self.prefix, "middleware": list(self.middleware)}
        return own | {"made": self.made.said()} if self.made else own


def joined(prefix: str, path: str) -> str:
    """A path below a prefix, with one slash between them."""
    return f"{prefix.rstrip('/')}/{path.lstrip('/')}" if path else prefix


class Made(NamedTuple):
    """What a router that a function gives begins as: "made:called@site#at"."""

    called: str
    site: int  # the byte at which the call ends
    at: int  # which of the values it gives

    @classmethod
    def of(cls, base: str) -> Made | None:
        """What `str` made text of; None for any other base."""
        found = re.fullmatch(r"made:(.*)@(\d+)#(\d+)", base, re.DOTALL)
        return cls(found[1], int(found[2]), int(found[3])) if found else None

    def __str__(self) -> str:
        return f"made:{self.called}@{self.site}#{self.at}"


def path_said(source: SourceFile, node: Node | None) -> str:  # noqa: PLR0911  (a form each)
    """A text; the name of a constant between `NAMED`; `UNKNOWN` for what is neither."""
    if node is None:
        return UNKNOWN
    if node.type in {"interpreted_string_literal", "raw_string_literal"}:
        said = source.text(node)[1:-1]
        return UNKNOWN if "\\" in said and node.type.startswith("interp") else said
    if node.type in {"identifier", "selector_expression"}:
        return f"{NAMED}{source.text(node)}{NAMED}"
    if node.type == "call_expression" and re.match(r"(?:path|url)\.Join\w*\(", source.text(node)):
        given = node.child_by_field_name("arguments")
        parts = (path_said(source, one) for one in (given.named_children if given else ()))
        return "/".join(part.rstrip("/") for part in parts if part)
    if node.type == "parenthesized_expression" and node.named_children:
        return path_said(source, node.named_children[0])
    if node.type == "binary_expression":
        return "".join(
            path_said(source, node.child_by_field_name(one)) for one in ("left", "right")
        )
    return UNKNOWN
