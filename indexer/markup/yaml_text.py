"""YAML as strangers write it: read within bounds, whatever aliases make of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import yaml

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
MOST = 500_000  # nodes, with each alias written out: ten levels of ten are ten billion


class BoundedLoader(yaml.SafeLoader):
    """Refuses a text that is longer with its aliases written out than anybody writes."""

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self._made = 0
        self._sizes: dict[yaml.Node, int] = {}  # of each node that is complete

    def compose_node(self, parent: Any, index: Any) -> yaml.Node | None:
        """As the base class does; an alias of what it stands in is without bound."""
        here = self.peek_event()  # type: ignore[no-untyped-call]
        before = self._made
        node: yaml.Node | None = super().compose_node(parent, index)
        if node is not None:
            is_alias = isinstance(here, yaml.AliasEvent)
            self._made += self._sizes.get(node, MOST) if is_alias else 1
            self._sizes.setdefault(node, self._made - before)
        if self._made > MOST:
            raise yaml.MarkedYAMLError(problem="it grows too large", problem_mark=here.start_mark)
        return node


def compose(text: str, loader: type[BoundedLoader] = BoundedLoader) -> yaml.Node | None:
    """The nodes of a text; None of an empty one.

    Raises:
        yaml.YAMLError: it is not understood, nests too deep, or grows too large.
    """
    return _within(loader(text).get_single_node)


def load(text: str) -> Any:
    """What a text says.

    Raises:
        yaml.YAMLError, ValueError: as of `compose`.
    """
    return _within(BoundedLoader(text).get_single_data)


def _within(read: Callable[[], T]) -> T:
    try:
        return read()
    except RecursionError:
        raise yaml.YAMLError("it nests too deep") from None
