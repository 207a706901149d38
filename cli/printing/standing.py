"""A memory's standing in words: its status, its dates, what replaced it and what it replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from cli.printing.bearing import freshness_word
from cli.printing.console import line
from cli.printing.words import day
from memory.models.kinds import Kind, Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from memory.models.answer import Listed
    from memory.models.standing import Standing

_HOLDS, _WAITS, _OVER = "green", "yellow", "red"
_STYLES = {
    Status.ACCEPTED: _HOLDS,
    Status.DONE: _HOLDS,
    Status.RESOLVED: _HOLDS,
    Status.PROPOSED: _WAITS,
    Status.PLANNED: _WAITS,
    Status.OPEN: _WAITS,
    Status.ACKNOWLEDGED: _WAITS,
    Status.SUPERSEDED: _OVER,
    Status.DEPRECATED: _OVER,
    Status.REJECTED: _OVER,
    Status.REVERTED: _OVER,
    Status.FAILED: _OVER,
    Status.WITHDRAWN: _OVER,
}
_SEPARATOR = " · "


def summary(listed: Listed) -> Text:
    """Kind, status, dates and uid on one line, and whether all that it names is as it was."""
    memory, standing = listed.memory, listed.standing
    parts = [
        Text(memory.kind),
        status_words(memory.kind, standing),
        Text(_dates(listed)),
        Text(memory.uid, "dim"),
        freshness_word(listed),
    ]
    return Text(_SEPARATOR).join(part for part in parts if part.plain)


def status_words(kind: Kind, standing: Standing) -> Text:
    """The status; of a decision that holds also that it does."""
    if standing.status is Status.UNSTATED:
        return Text("status not stated" if kind is Kind.DECISION else "")
    holds = kind is Kind.DECISION and standing.in_force
    words = "in force" if holds and standing.status is Status.ACCEPTED else str(standing.status)
    if kind is Kind.RUN and standing.status is Status.OPEN:
        words = "not finished"
    return Text(words, _STYLES.get(standing.status, ""))


def relations(standing: Standing, titles: Mapping[str, str]) -> Iterator[Text]:
    """A line for each memory that replaced or amended this one, or was replaced by it.

    Args:
        standing: Of the memory.
        titles: Of the others, by uid.
    """
    now_current = set(standing.current) - set(standing.replaced_by)
    for words, style, uids in (
        ("superseded by", _OVER, standing.replaced_by),
        ("in force now", _HOLDS, sorted(now_current)),
        ("amended by", _WAITS, standing.amended_by),
        ("replaces", "dim", standing.replaces),
    ):
        for uid in uids:
            yield Text.assemble(
                (words, style), " ", line(f"“{titles.get(uid, '')}”"), " ", (uid, "dim")
            )


def _dates(listed: Listed) -> str:
    began, ended = listed.memory.revision.draft.valid_from, listed.standing.valid_to
    if not ended:
        return day(began)
    return f"{day(began)} to {day(ended)}" if began else f"until {day(ended)}"
