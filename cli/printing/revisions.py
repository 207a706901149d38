"""The revisions of a memory, each with what it changed."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from rich.text import Text

from cli.forms.screen import indented, line
from memory.texts.formatting import counted, minute
from memory.texts.safe_text import one_line, visible
from memory.texts.shortening import shortened
from memory.views.field_changes import FieldChange, changes_between, diff_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from memory.models.answer import RevisionHistory
    from memory.models.memory import Revision

_INDENT = 2
_DIFF_STYLES = {"+": "green", "-": "red", "@": "cyan"}
_LONGEST = 60  # characters of a value that is shown beside what it was


def print_revisions(console: Console, told: RevisionHistory) -> None:
    """Print a memory's revisions, the first one first."""
    console.print(line(told.revisions[-1].draft.title, "bold"))
    of_git = sum(not one.number for one in told.revisions)
    count = counted(len(told.revisions), "revision") + (f", {of_git} by git" if of_git else "")
    console.print(indented(Text(f"{told.uid} · {count}", "dim"), _INDENT))
    console.print()
    first = told.revisions[0]
    console.print(_headline(first))
    console.print(indented(_beginning(first, told.revisions[-1]), _INDENT))
    for before, after in pairwise(told.revisions):
        console.print()
        console.print(_headline(after))
        for words in _what_happened(before, after):
            console.print(indented(words, _INDENT))


def _headline(revision: Revision) -> Text:
    source = revision.source
    place = f"{source.path}:{source.lines[0]}" if source.path and source.lines else source.path
    when, commit = minute(revision.recorded_at), source.commit or ""
    if revision.committed_in and revision.since:
        when, commit = f"committed {minute(revision.since)}", revision.committed_in
    parts = [when, source.author, place or "", commit[:10]]
    said = " · ".join(part for part in parts if part)
    number = f"{revision.number}. " if revision.number else "git. "
    return Text.assemble((number, "bold"), line(said))


def _beginning(first: Revision, newest: Revision) -> Text:
    title = first.draft.title
    return line(
        f"first recorded, as “{title}”" if title != newest.draft.title else "first recorded"
    )


def _what_happened(before: Revision, after: Revision) -> Iterator[Text]:
    if after.removed:
        yield Text("removed: its source no longer says it", "red")
        return
    if before.removed:
        yield Text("back again", "green")
    changes = changes_between(before.draft, after.draft)
    for change in sorted(changes, key=lambda change: change.field == "body"):
        yield from _body(change) if change.field == "body" else [_field(change)]


def _field(change: FieldChange) -> Text:
    name = line(f"{change.field.replace('_', ' ')}:", "dim")
    if isinstance(change.before or change.after, list):
        said = _items(change.before or [], change.after or [])
    elif _is_long(change.before) and _is_long(change.after):
        said = Text("another text")
    else:
        before, after = _short(change.before), _short(change.after)
        said = Text.assemble((before, "red"), " → ", (after, "green"))
    return Text(" ").join([name, said])


def _items(before: list[Any], after: list[Any]) -> Text:
    gone = [Text(f"- {_short(item)}", "red") for item in before if item not in after]
    come = [Text(f"+ {_short(item)}", "green") for item in after if item not in before]
    return Text(", ").join(gone + come) if gone + come else Text("another order")


def _is_long(value: Any) -> bool:
    return isinstance(value, str) and len(value) > _LONGEST


def _short(value: Any) -> str:
    if value is None:
        return "(nothing)"
    if isinstance(value, dict):
        value = " ".join(str(part) for part in value.values())
    return shortened(one_line(str(value)), _LONGEST)


def _body(change: FieldChange) -> Iterator[Text]:
    yield Text("text:", "dim")
    for said in diff_lines(change.before, change.after):
        yield Text(f"  {visible(said)}", _DIFF_STYLES.get(said[:1], ""))
