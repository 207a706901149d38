"""YAML with the line of each of its keys at the top."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import yaml

from indexer.markup.yaml_text import BoundedLoader, compose

if TYPE_CHECKING:
    from collections.abc import Iterator


#: A dash by itself in braces, which Symfony takes for a text and YAML for a mistake.
_DASH = re.compile(r"(?<=:\s)-(?=\s*[,}])")
#: A pattern of paths in braces, which Symfony takes for a text whatever signs are in it.
_PATTERN = re.compile(r"(\b(?:path|pattern):[ \t]+)(\^[^\s'\"{},]+)(?=[ \t]*[,}])")


class _Loader(BoundedLoader):
    """Tags of others, as `!php/const`, are what stands behind them."""


def _tagged(loader: _Loader, _suffix: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node)
    return loader.construct_mapping(node) if isinstance(node, yaml.MappingNode) else None


_Loader.add_multi_constructor("!", _tagged)


@lru_cache(maxsize=256)  # it takes longest of a code base, and hardly ever changes
def read_yaml(text: str) -> dict[str, tuple[Any, int]] | None:
    """What a text says at its top: each key's value and line; None if it is not understood.

    It is one for all who ask, and nobody's to change.
    """
    text = _PATTERN.sub(r"\1'\2'", _DASH.sub('"-"', text))
    try:
        node = compose(text, _Loader)
        loader = _Loader("")
        if not isinstance(node, yaml.MappingNode):
            return None if node is not None else {}
        return {
            str(key.value): (loader.construct_object(value, deep=True), key.start_mark.line + 1)
            for key, value in node.value
        }
    except (yaml.YAMLError, ValueError, TypeError, RecursionError):
        return None


def mapping(said: dict[str, tuple[Any, int]] | None) -> Iterator[tuple[str, Any, int]]:
    """The keys of `read_yaml`: name, value, line."""
    for name, (value, line) in (said or {}).items():
        yield name, value, line
