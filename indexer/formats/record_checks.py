"""The checks that a decision states: labelled lines, a list below a heading, front matter."""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING

from indexer.formats.record_metadata import field_name, is_empty
from indexer.markup.elements import (
    labels,
    list_items,
    plain,
    tables,
    without_code,
    without_comments,
)
from memory.texts.lexicon import read_lexicon

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pydantic import JsonValue

_NAMES = frozenset(read_lexicon("records")["fields"]["checks"])
_LABELLED = re.compile(rf"(?:{'|'.join(sorted(_NAMES, reverse=True))})\s*:\s*", re.IGNORECASE)

_LISTED = re.compile(r"\s+\S|[-*+]\s|\d+[.)]\s")  # an item of a list, or how one goes on
_TICKED = re.compile(r"^\[[ xX]\]\s+")


def read_checks(text: str, headed: str, fields: Mapping[str, JsonValue]) -> tuple[str, ...]:
    """The checks of a record, in their order, each once.

    Args:
        text: Of the record below its front matter, with lines such as `**Check:** a must not
            import b`.
        headed: What stands below a heading for them: a list, a table with a column for them, or
            else paragraphs.
        fields: The record's metadata.
    """
    found = [one for name in _NAMES for one in _stated(fields.get(name))]
    read = without_code(without_comments(text))
    lines = read.split("\n")
    for label in labels(read):
        if field_name(label.name) in _NAMES:
            is_item = _LISTED.match(lines[label.lines[0] - 1])  # what follows are others
            below = "" if is_item else _list_below(lines[label.lines[1] :])
            found += check_sentences(label.value or below)
    return _distinct([*found, *_headed(without_code(without_comments(headed)))])


def _list_below(lines: Iterable[str]) -> str:
    """The list that lines begin with, after blank ones."""
    return "\n".join(takewhile(lambda line: not line.strip() or _LISTED.match(line), lines))


def _headed(text: str) -> list[str]:
    found = [item.text for item in list_items(text)]
    rows = tables(text)
    for head, *others in rows:
        for column in (at for at, name in enumerate(head) if field_name(name) in _NAMES):
            found += [row[column] for row in others if column < len(row)]
    if found or rows or any(field_name(one.name) in _NAMES for one in labels(text)):
        return found
    return [one for one in text.split("\n\n") if not one.lstrip().startswith("#")]


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
    texts = (_TICKED.sub("", one.strip()) for one in said)
    sentences = (_LABELLED.sub("", plain(one).strip(), count=1) for one in texts)
    return tuple(dict.fromkeys(" ".join(one.split()) for one in sentences if not is_empty(one)))
