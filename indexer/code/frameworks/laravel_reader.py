"""What readers of Laravel have in common: marks with what they stand in, and properties."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from indexer.code.php_values import value
from indexer.code.readers import Reader
from indexer.code.syntax import line_of
from memory.code.facts import Mark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.code.syntax import Node, SourceFile


class LaravelReader(Reader):
    """A reader of files of PHP."""

    languages: ClassVar = frozenset({"php"})

    def mark(self, source: SourceFile, kind: str, node: Node, **data: Any) -> Mark:
        """What a node says, with the definition that it stands in."""
        return Mark(self.name, kind, source.owner(node), line_of(node), data)


def properties(source: SourceFile, node: Node) -> Iterator[tuple[Node, str, Any]]:
    """What a declaration of properties says: where, the name of each, and its value."""
    for one in node.named_children:
        if one.type == "property_element":
            name = source.text(one.child_by_field_name("name")).lstrip("$")
            yield one, name, value(source, one.child_by_field_name("default_value"))
