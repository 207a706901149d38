"""What bears on a memory today, a calm line each: what it names, rests on, is borne out by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from cli.printing.console import line
from memory.models.confidence import Rank
from memory.models.freshness import Verdict
from memory.texts.numbers import number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from memory.models.answer import Listed
    from memory.models.confidence import Confidence
    from memory.models.freshness import Checked
    from memory.models.series import Premise

STALE = (Verdict.GONE, Verdict.CHANGED, Verdict.MOVED)  # the worst first
_STYLES = {
    Verdict.GONE: "red",
    Verdict.CHANGED: "yellow",
    Verdict.MOVED: "yellow",
    Verdict.UNKNOWN: "dim",
    Verdict.FRESH: "green",
}
_RANKS = {Rank.PRACTICE: "green", Rank.CANDIDATE: "", Rank.RETIRED: "red"}


def bearing(listed: Listed) -> Iterator[Text]:
    """A line each for what is to be said; nothing of what is as it was, or cannot be told."""
    anchors = listed.freshness.anchors if listed.freshness else ()
    stale = [one for one in anchors if one.verdict in STALE]
    if stale:
        more = f", and {len(stale) - 1} more" if len(stale) > 1 else ""
        yield Text.assemble(anchor_words(stale[0]), more)
    yield from (premise_words(premise) for premise in listed.premises)
    if listed.confidence:
        yield confidence_words(listed.confidence)


def freshness_word(listed: Listed) -> Text:
    """One word for a memory that names only what is as it was; else nothing."""
    is_fresh = listed.freshness is not None and listed.freshness.verdict is Verdict.FRESH
    return Text("fresh" if is_fresh else "", _STYLES[Verdict.FRESH])


def short_bearing(listed: Listed) -> Text:
    """The worst of it in a word or two, as a table has room for."""
    if listed.freshness and listed.freshness.verdict in STALE:
        verdict = listed.freshness.verdict
        return Text(str(verdict).removesuffix(" to"), _STYLES[verdict])
    if listed.premises:
        return Text(f"premise {listed.premises[0].movement}", _STYLES[Verdict.CHANGED])
    if listed.confidence:
        return Text(str(listed.confidence.rank), _RANKS[listed.confidence.rank])
    return freshness_word(listed)


def anchor_words(checked: Checked) -> Text:
    """What became of one place."""
    where = f" → {checked.target}" if checked.target else ""
    verdict = str(checked.verdict).removesuffix(" to")
    return Text.assemble(
        (f"{verdict}: ", _STYLES[checked.verdict]),
        line(f"{checked.name}{where}"),
        ": " if checked.verdict is not Verdict.UNKNOWN else " ",
        line(checked.reason, "dim"),
    )


def premise_words(premise: Premise) -> Text:
    """A baseline that moved."""
    was, now = number(premise.was), number(premise.now)
    moved = f"{premise.metric} {was} → {now} {premise.unit}".rstrip()
    return Text.assemble(
        ("premise changed: ", _STYLES[Verdict.CHANGED]), line(f"{moved}, {premise.movement}")
    )


def confidence_words(confidence: Confidence) -> Text:
    """Where a lesson stands by its evidence."""
    if not confidence.count:
        return Text.assemble((str(confidence.rank), _RANKS[confidence.rank]), ": no evidence yet")
    words = (
        f": holds at least {confidence.lower:.0%} of the time, on evidence of {confidence.count:g}"
    )
    return Text.assemble((str(confidence.rank), _RANKS[confidence.rank]), words)
