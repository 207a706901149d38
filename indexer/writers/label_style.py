"""How the entries of a Markdown file label what they say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from indexer.formats.entries.markdown_fields import Form, fold, label_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indexer.formats.entries.markdown_fields import EntryPage, Labels

_BULLET = re.compile(r"[ \t]*[-*+][ \t]+\*\*")


class Style(NamedTuple):
    """The label of the date, and whether a text of one line is an item as the others are."""

    date: str = "Date"
    bulleted: bool = False


USUAL = Style()


def style_of(page: EntryPage, labels: Labels, uid: str) -> Style:
    """The style of the entry with this uid, or else of those that people wrote, if they have one.

    What archmem wrote beside it does not count.
    """
    marks = {line: mark.uid for line, mark in page.marks.items()}
    sections = page.page.sections[1:]
    own = [each.lines for each in sections if marks.get(each.lines[0]) == uid]
    others = [each.lines for each in sections if each.lines[0] not in marks]
    return _style(page, labels, own) or _style(page, labels, others) or USUAL


def _style(page: EntryPage, labels: Labels, spans: Iterable[tuple[int, int]]) -> Style | None:
    found = [one for span in spans for one in _labels(page, labels, span)]
    dates = {name for name, field, _, _ in found if field == "date"}
    bulleted = {is_item for _, _, form, is_item in found if form is Form.TEXT}
    if not found:
        return None
    return Style(dates.pop() if len(dates) == 1 else USUAL.date, bulleted == {True})


def _labels(
    page: EntryPage, labels: Labels, span: tuple[int, int]
) -> Iterator[tuple[str, str, Form, bool]]:
    for line in page.shown[span[0] : span[1]]:
        match = label_of(line)
        known = labels.get(fold(match["name"])) if match else None
        if match and known and match["value"]:
            yield match["name"], known.name, known.form, bool(_BULLET.match(line))
