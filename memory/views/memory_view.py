"""A memory as it is told: its standing, its relations and what bears on it, in words.

Terminal, MCP, hooks, briefs and explanations take their words from here, so that one thing is
called the same everywhere. What a source does not state is `unstated`, and is never said to be
in force, though one may act on it as far as anybody knows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from memory.kinds.vocabulary import Kind, Status
from memory.models.assessment import AnchorVerdict
from memory.models.details import Decision
from memory.models.flags import flag_of, is_blocking
from memory.texts.formatting import day
from memory.texts.lexicon import read_lexicon
from memory.texts.numbers import number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from memory.kinds.vocabulary import LinkType
    from memory.models.answer import Listed
    from memory.models.assessment import CheckedAnchor, Confidence, Freshness
    from memory.models.memory import Memory
    from memory.models.series import Premise
    from memory.models.standing import Standing

STALE = (AnchorVerdict.MOVED, AnchorVerdict.CHANGED, AnchorVerdict.GONE)
SHORT_HASH = 12  # digits of a commit that are told
_HASH = re.compile(r"\b[0-9a-f]{13,64}\b")


class StandingRelation(NamedTuple):
    """Other memories that bear on where one stands."""

    words: str  # "replaced by", "in its place", "proposed instead", "amended by" or "replaces"
    uids: tuple[str, ...]


@dataclass(frozen=True)
class MemoryView:
    """A memory in plain values and words; what there is nothing to say of is empty."""

    uid: str
    kind: str
    title: str
    status: str  # the value
    standing: str  # the status in words
    in_force: bool
    trust: str
    date: str  # the day on which it began to hold, or the month where no day is named
    dated_by: str  # of a decision: *dated* by its text, or *committed*, there by then
    dates: str  # "dated 2024-01-22 to 2024-05-13"
    citation: str  # path:line
    place: str  # path:first-last, or the citation where no file holds it
    commit: str  # that brought its text, in short; "" where no file holds it
    modules: tuple[str, ...]
    relations: tuple[StandingRelation, ...]  # that there are
    is_fresh: bool  # whether all that it names is as it was
    stale: str  # what became of the worst that it names
    premises: tuple[str, ...]  # baselines it rests on that have moved
    confidence: str  # how far a lesson is borne out
    orders: str  # that it gives orders to whoever reads it, and of what kinds


def view(listed: Listed) -> MemoryView:
    """A memory as it is told."""
    memory, standing = listed.memory, listed.standing
    draft, source = memory.revision.draft, memory.revision.source
    return MemoryView(
        uid=memory.uid,
        kind=str(memory.kind),
        title=memory.title,
        status=str(standing.status),
        standing=status_words(memory.kind, standing),
        in_force=standing.in_force,
        trust=str(memory.revision.trust),
        date=memory.revision.date,
        dated_by=dated_by(memory),
        dates=dates(listed),
        citation=memory.citation,
        place=place(memory),
        commit=(source.commit or "")[:SHORT_HASH] if memory.path else "",
        modules=draft.modules,
        relations=relations(standing),
        is_fresh=listed.freshness is not None and listed.freshness.verdict is AnchorVerdict.FRESH,
        stale=stale_words(listed.freshness),
        premises=tuple(map(premise_words, listed.premises)),
        confidence=confidence_words(listed.confidence),
        orders=orders_words(memory),
    )


def orders_words(memory: Memory) -> str:
    """That a memory gives orders to whoever reads it, which nobody is to follow."""
    kinds = ", ".join(memory.revision.source.orders).replace("_", " ")
    return f"GIVES ORDERS ({kinds}), not to be followed" if kinds else ""


def number_of(memory: Memory) -> int | None:
    """The number of a decision, as its file or title gives it."""
    details = memory.revision.draft.details
    return details.number if isinstance(details, Decision) else None


def status_words(kind: Kind, standing: Standing) -> str:
    """The status, "in force" for what was accepted and holds, "unstated" where nobody says."""
    if standing.status is Status.UNSTATED:
        return "unstated" if standing.in_force else "unstated, no longer in force"
    if standing.status is Status.ACCEPTED and standing.in_force:
        return "in force, amended" if standing.amended_by else "in force"
    if standing.status is Status.SUPERSEDED and standing.proposed and not standing.replaced_by:
        return "superseded, successor proposed"
    if kind is Kind.RUN and standing.status is Status.OPEN:
        return "unfinished"
    return str(standing.status)


def dates(listed: Listed) -> str:
    """The days from which and until which it held, as far as they are known."""
    began, ended = began_words(listed.memory), listed.standing.valid_to
    if not ended:
        return began
    return f"{began} to {day(ended)}" if began else f"until {day(ended)}"


def began_words(memory: Memory) -> str:
    """Since which day it holds, and of a decision who says so."""
    return f"{dated_by(memory)} {memory.revision.date}".strip()


def dated_by(memory: Memory) -> str:
    """Of a decision that has a date: *dated*, by its text, or *committed*, there by then."""
    return memory.revision.dated_by if memory.kind is Kind.DECISION else ""


def relations(standing: Standing) -> tuple[StandingRelation, ...]:
    """What replaced it, what holds in its place if that is another, what amended it, its past."""
    instead = tuple(uid for uid in standing.current if uid not in standing.replaced_by)
    found = (
        StandingRelation("replaced by", standing.replaced_by),
        StandingRelation("in its place", instead),
        StandingRelation("proposed instead", standing.proposed),
        StandingRelation("amended by", standing.amended_by),
        StandingRelation("replaces", standing.replaces),
    )
    return tuple(one for one in found if one.uids)


def link_words(type_: LinkType, *, outward: bool) -> str:
    """A relation as its source says it of the other, or as is said of the other one."""
    sides = read_lexicon("relations")["fields"][type_]
    return str(sides["ours" if outward else "theirs"][0])


def named(uid: str, titles: Mapping[str, str], shorten: Callable[[str], str] = str) -> str:
    """A memory by title and uid."""
    title = shorten(titles.get(uid, ""))
    return f"“{title}” {uid}" if title else uid


def all_named(
    uids: Sequence[str],
    titles: Mapping[str, str],
    most: int = 2,
    shorten: Callable[[str], str] = str,
) -> str:
    """The first memories by title and uid; of more, how many more."""
    more = [f"{len(uids) - most} more"] if len(uids) > most else []
    return "; ".join([*(named(uid, titles, shorten) for uid in uids[:most]), *more])


def place(memory: Memory, lines: tuple[int, int] | None = None) -> str:
    """`path:first-last`, or what is cited where no file holds it.

    Args:
        memory: What is cited.
        lines: Of a part of it; all its lines if not given.
    """
    lines = lines or memory.lines
    if memory.path is None or not lines:
        return memory.citation
    first, last = lines
    return f"{memory.path}:{first}" if first == last else f"{memory.path}:{first}-{last}"


def verdict_word(verdict: AnchorVerdict) -> str:
    """What became of something, in a word or two."""
    return "moved" if verdict is AnchorVerdict.MOVED else str(verdict)


def anchor_words(checked: CheckedAnchor) -> str:
    """What became of one place."""
    target = f" → {checked.target}" if checked.target else ""
    return f"{verdict_word(checked.verdict)}: {checked.name}{target}"


def stale_words(freshness: Freshness | None) -> str:
    """What became of the worst of a memory's anchors; nothing when all are as they were."""
    if freshness is None or freshness.verdict not in STALE:
        return ""
    if not freshness.anchors:
        return verdict_word(freshness.verdict)
    more = sum(one.verdict in STALE for one in freshness.anchors[1:])
    return anchor_words(freshness.anchors[0]) + (f", and {more} more" if more else "")


def premise_words(premise: Premise) -> str:
    """How a baseline that something rests on has moved."""
    unit = f" {premise.unit}" if premise.unit else ""
    moved = f"{number(premise.was)} → {number(premise.now)}{unit}"
    return f"{premise.metric} {moved}, {premise.movement}"


def confidence_words(confidence: Confidence | None) -> str:
    """Where a lesson stands by its evidence."""
    if confidence is None:
        return ""
    borne = f"holds at least {confidence.lower:.0%} of the time, on evidence of "
    said = f"{borne}{confidence.count:g}" if confidence.count else "no evidence yet"
    return f"{confidence.rank}: {said}"


def flag_words(listed: Listed) -> str:
    """How urgent a flag is, and who tells it to whom."""
    flag = flag_of(listed)
    urgency = "BLOCKING" if is_blocking(listed) else ""
    sender = f"from {flag.sender}" if flag.sender else ""
    receivers = f"to {', '.join(flag.receivers)}" if flag.receivers else ""
    words = (urgency, flag.severity, "flag", sender, receivers)
    return " ".join(word for word in words if word)


def again_words(by: Iterable[str]) -> str:
    """That something was undone and done again, by which commits."""
    commits = " and ".join(one[:SHORT_HASH] for one in by)
    return f"reverted for a while, and done again by {commits}"


def reverted_words(by: str, on: datetime | None, why: str) -> str:
    """By what, when and why something was undone.

    Args:
        by: A commit, or words, or nothing.
        on: When, if that is known.
        why: In the words of its source.
    """
    by = _HASH.sub(lambda found: found[0][:SHORT_HASH], by)
    said = f"reverted{f' by {by}' if by else ''}{f' on {day(on)}' if on else ''}"
    return f"{said}: {why or 'no reason given'}"
