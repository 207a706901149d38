"""The metadata of a decision record, whichever of the five ways it is written in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indexer.markup.inline import plain, without_code, without_comments
from indexer.markup.outline import labels, list_items, table_rows
from indexer.sources.records.titles import title_section

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pydantic import JsonValue

    from indexer.markup.markdown import Page

_PLACEHOLDER = re.compile(
    r"\{[^{}]*\}|<[^<>]*>|\(?fill me in.*|yyyy-mm-dd.*|n/?a\.?|none\.?|-+"
    r"|\[[^\[\]]*\.\.[^\[\]]*\]"
    r"|\[(?:list|date|name|names|status|tbd|your)\b[^\[\]]*\]",
    re.IGNORECASE | re.DOTALL,
)
_CHOSEN = re.compile(r"\{\s*([\w-]+(?:\s[\w-]+)?)\s*\}$")  # `{ accepted }`: braces left in
_MAX_NAME_WORDS = 4
_MAX_VALUE = 2_000  # characters; a longer value is a paragraph, not a field
_SEPARATORS = re.compile(r"\s*[,;\n]\s*|\s+(?:and|&)\s+")


def read_fields(page: Page) -> dict[str, JsonValue]:
    """Name to value of everything stated above the record's text, in the file's order.

    Names are in lower case with blanks between words; the first statement of a name is kept.
    Values are as written: strings, or the lists and mappings of YAML. Front matter comes first,
    then `name: value` lines, bullets and pipe tables above the first section and below the title.
    """
    found: dict[str, JsonValue] = {}
    for name, value in _stated(page):
        key = field_name(name)
        if key and (key not in found or is_empty(found[key])):
            found[key] = value
    return found


def field_name(name: str) -> str:
    """A field's name in the form that `read_fields` uses."""
    return " ".join(re.split(r"[-_\s]+", plain(name))).strip(" :").casefold()


def is_empty(value: object) -> bool:
    """Whether a value says nothing: blank, `N/A`, or a template's placeholder."""
    if isinstance(value, str):
        said = value.strip().strip("*_`\"'")
        return not said or (_PLACEHOLDER.fullmatch(said) is not None and not _CHOSEN.match(said))
    return not value


def first_text(fields: Mapping[str, JsonValue], names: Sequence[str]) -> str:
    """The first of these fields that says something, as text; "" when none does."""
    for name in names:
        value = fields.get(name)
        if not is_empty(value):
            return value if isinstance(value, str) else "\n".join(_strings(value))
    return ""


def names_in(value: JsonValue) -> tuple[str, ...]:
    """The names of a list, a bullet list or a run separated by commas, in order, each once."""
    parts = (
        plain(part).strip(" *-[]'\"")
        for text in _strings(value)
        for part in _SEPARATORS.split(text)
    )
    return tuple(dict.fromkeys(part for part in parts if part and not is_empty(part)))


def _stated(page: Page) -> Iterator[tuple[str, JsonValue]]:
    yield from page.front.data.items()
    titled = title_section(page)
    heads = [page.preamble.text, titled.text if titled else ""]
    for head in (without_code(without_comments(text)) for text in heads):
        for label in labels(head):
            if len(label.name.split()) <= _MAX_NAME_WORDS and len(label.value) <= _MAX_VALUE:
                yield label.name, label.value
        for row in table_rows(head):
            if len(row) == 2 and len(row[0].split()) <= _MAX_NAME_WORDS:
                yield row[0], row[1]


def _strings(value: JsonValue) -> Iterator[str]:
    if isinstance(value, str):
        items = list_items(value)
        yield from (item.text for item in items) if items else (value,)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from (f"{key}: {text}" if text else key for text in _strings(each))
