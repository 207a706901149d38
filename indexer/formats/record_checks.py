"""The checks that a decision states: labelled lines, a list below a heading, front matter."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indexer.formats.record_metadata import field_name, is_empty
from indexer.markup.elements import labels, list_items, plain, without_code, without_comments
from memory.texts.lexicon import read_lexicon

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pydantic import JsonValue

_NAMES = frozenset(read_lexicon("records")["fields"]["checks"])
_LABELLED = re.compile(rf"(?:{'|'.join(sorted(_NAMES, reverse=True))})\s*:\s*", re.IGNORECASE)


def read_checks(text: str, headed: str, fields: Mapping[str, JsonValue]) -> tuple[str, ...]:
    """The checks of a record, in their order, each once.

    Args:
        text: Of the record below its front matter, with lines such as `**Check:** a must not
            import b`.
        headed: What stands below a heading for them, whose list items they are.
        fields: The record's metadata.
    """
    found = [one for name in _NAMES for one in _stated(fields.get(name))]
    for label in labels(without_code(without_comments(text))):
        if field_name(label.name) in _NAMES and label.value:
            found += check_sentences(label.value)
    found += [item.text for item in list_items(headed)]
    return _distinct(found)


def check_sentences(said: str) -> tuple[str, ...]:
    """The checks below or beside a label: the items of a list, and paragraphs."""
    return _distinct(
        one
        for part in said.split("\n\n")
        for one in ([item.text for item in list_items(part)] or [part])
    )


def _stated(value: JsonValue | None) -> list[str]:
    if isinstance(value, str):
        return [one for line in value.splitlines() for one in check_sentences(line)]
    if isinstance(value, dict):  # YAML takes `layers: a > b` for a mapping
        return [f"{name}: {said}" for name, said in value.items()]
    return [said for one in value for said in _stated(one)] if isinstance(value, list) else []


def _distinct(said: Iterable[str]) -> tuple[str, ...]:
    sentences = (_LABELLED.sub("", plain(one).strip(), count=1) for one in said)
    return tuple(dict.fromkeys(" ".join(one.split()) for one in sentences if not is_empty(one)))
