"""What a brief says of one memory: where it stands, the sentence that matters, the rest of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from memory.briefs.sections import is_blocking
from memory.briefs.wording import say, without_headings
from memory.models.details import Baseline, Decision, Flag, Lesson, Note, Refactoring, Run
from memory.models.freshness import Verdict
from memory.models.kinds import Status
from memory.models.series import Movement
from memory.texts.numbers import number
from memory.texts.quoting import harmless_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from memory.models.answer import Listed
    from memory.models.series import Series

TITLE, SENTENCE, FIELD, NAME = 140, 220, 420, 90  # characters
VIOLATED = "(VIOLATED)"  # stands in the sentence of a measurement that is past its threshold
_SHORT_HASH = 12
_HASH = re.compile(r"\b[0-9a-f]{13,64}\b")


class Telling(NamedTuple):
    """A memory in words; every text is one harmless line but the body."""

    uid: str
    kind: str
    title: str
    standing: str  # "in force", "reverted", "BLOCKING, high"
    date: str  # a day; "" where nobody says
    citation: str  # path:line
    bearing: tuple[str, ...]  # what moved since: premises, freshness
    relation: str  # what it replaced, or what is in force in its place
    sentence: str  # that decides
    fields: tuple[tuple[str, str], ...]  # what else there is to it, by name
    body: str  # all of it, as it was recalled
    is_live: bool  # in force, or still open


def tell(
    listed: Listed,
    titles: Mapping[str, str],
    *,
    passage: str = "",
    series: Series | None = None,
) -> Telling:
    """A memory in words.

    Args:
        listed: The memory, with what bears on it.
        titles: Of the memories that its standing names, by uid.
        passage: What of it comes nearest to the task; "" where that is not known.
        series: That it is the latest measurement of, of a baseline.
    """
    draft = listed.memory.revision.draft
    said = [("Stands", _measured(series))] if series else []
    said += _fields(listed, passage)
    fields = tuple((name, say(text, FIELD)) for name, text in said if text)
    return Telling(
        uid=listed.memory.uid,
        kind=str(draft.kind),
        title=say(draft.title, TITLE),
        standing=harmless_line(_standing(listed)),
        date=_day(draft.valid_from),
        citation=harmless_line(listed.memory.citation),
        bearing=tuple(_bearing(listed)),
        relation=_relation(listed, titles),
        sentence=say(_measured(series) if series else _sentence(listed, passage), SENTENCE),
        fields=fields,
        body=draft.body,
        is_live=listed.standing.in_force,
    )


def _standing(listed: Listed) -> str:
    draft, standing = listed.memory.revision.draft, listed.standing
    words = "" if standing.status is Status.UNSTATED else str(standing.status)
    match draft.details:
        case Decision():
            words = "in force" if standing.in_force else words or "status not stated"
        case Flag() as flag:
            blocks = "BLOCKING" if is_blocking(listed) else ""
            words = ", ".join(filter(None, (blocks, flag.severity, words)))
        case Lesson() as lesson:
            words = ", ".join(filter(None, (lesson.form.replace("_", " "), words)))
        case Run():
            words = "unfinished" if standing.status is Status.OPEN else words
        case Note():
            of = draft.agent or ", ".join(draft.modules)
            words = say(f"of {of}", NAME) if of else words
    return words


def _relation(listed: Listed, titles: Mapping[str, str]) -> str:
    standing = listed.standing
    told = []
    if standing.current:
        told.append(f"in force instead: {_named(standing.current, titles)}")
    elif standing.replaced_by:
        told.append(f"replaced by {_named(standing.replaced_by, titles)}")
    if standing.replaces and standing.in_force:
        told.append(f"replaced {_named(standing.replaces, titles)}")
    if standing.amended_by:
        told.append(f"amended by {_named(standing.amended_by, titles)}")
    return "; ".join(told)


def _named(uids: tuple[str, ...], titles: Mapping[str, str]) -> str:
    first = say(titles.get(uids[0], ""), NAME)
    named = f'"{first}" ({uids[0]})' if first else uids[0]
    return f"{named} and {len(uids) - 1} more" if len(uids) > 1 else named


def _bearing(listed: Listed) -> Iterator[str]:
    sure = listed.confidence
    if sure is not None:
        borne = f"holds at least {sure.lower:.0%} of the time, on evidence of {sure.count:g}"
        yield f"{sure.rank}, {borne if sure.count else 'no evidence yet'}"
    for premise in listed.premises[:1]:
        unit = f" {premise.unit}" if premise.unit else ""
        yield say(
            f"premise changed: {premise.metric} {number(premise.was)} -> "
            f"{number(premise.now)}{unit}, {premise.movement}",
            NAME * 2,
        )
    fresh = listed.freshness
    if fresh is None:
        return
    if fresh.verdict in (Verdict.FRESH, Verdict.UNKNOWN) or not fresh.anchors:
        yield str(fresh.verdict)
        return
    worst = fresh.anchors[0]
    target = f" {worst.target}" if worst.target else ""
    yield say(f"{fresh.verdict}{target}: {worst.name}", NAME * 2)


def _sentence(listed: Listed, passage: str) -> str:
    match listed.memory.revision.draft.details:
        case Decision() as decision:
            said = decision.decision
        case Refactoring() as tried:
            said = _came_of(listed, tried) or tried.why
        case Lesson(form="antipattern", alternative=alternative) if alternative:
            said = f"instead: {alternative}"
        case Lesson() as lesson:
            said = lesson.outcome
        case Flag(suggested_action=action) if action:
            said = f"do: {action}"
        case Run() as run:
            said = run.approach or run.task
        case _:
            said = ""
    return said or _text(listed, passage)


def _text(listed: Listed, passage: str) -> str:
    """What comes nearest to the task, or all of it, without the title over again."""
    draft = listed.memory.revision.draft
    text = without_headings(passage or draft.body).strip()
    return text.removeprefix(draft.title).strip() or text


def _measured(series: Series) -> str:
    """How its latest measurement stands: its bound, its spread, how it moved, where it was."""
    latest = series.latest
    bound = "" if latest.threshold is None else f"threshold {number(latest.threshold)}"
    past = f" {VIOLATED}" if latest.is_violated else ""
    words = [
        f"{series.better} is better" if series.better else "",
        bound + past,
        f"spread {number(latest.spread)}" if latest.spread is not None else "",
        "" if latest.compared.movement is Movement.FIRST else latest.compared.words,
        series.environment,
    ]
    return "; ".join(word for word in words if word)


def _came_of(listed: Listed, tried: Refactoring) -> str:
    if listed.standing.status is not Status.REVERTED:
        return tried.measured_effect
    by = _HASH.sub(lambda found: found[0][:_SHORT_HASH], tried.reverted_by)
    on = _day(listed.standing.valid_to)
    when = "".join((f" by {by}" if by else "", f" on {on}" if on else ""))
    why = tried.revert_reason or tried.measured_effect or "no reason given"
    return f"reverted{when}: {why}"


def _fields(listed: Listed, passage: str) -> Iterator[tuple[str, str]]:
    """The fields of its kind by name, the most important first; else what it says."""
    draft = listed.memory.revision.draft
    match draft.details:
        case Decision() as one if one.decision:
            yield "Decision", one.decision
            yield "Context", one.context
            yield "Consequences", one.consequences
            yield "Alternatives", "; ".join(one.alternatives)
            yield "Look again when", "; ".join(one.review_triggers)
        case Refactoring() as one:
            yield "Came of it", _came_of(listed, one)
            yield "Why", one.why
            yield (
                "Moved",
                "; ".join(_move(move.what, move.origin, move.destination) for move in one.moved),
            )
            yield "Measured", one.measured_effect if _is_reverted(listed) else ""
            yield "Commits", ", ".join(commit[:_SHORT_HASH] for commit in one.commits)
        case Lesson() as one if one.outcome or one.context or one.alternative:
            yield _alternative_of(one), one.alternative
            yield "Outcome", one.outcome
            yield "Situation", one.context
            yield "Issues", "; ".join(one.issues)
            yield "Evidence for", "; ".join(one.evidence_for)
            yield "Evidence against", "; ".join(one.evidence_against)
        case Flag() as one:
            yield "Says", without_headings(str(draft.extra.get("description", "") or draft.body))
            yield "Do", one.suggested_action
            yield "From", _parties(one)
            yield "Due", _day(one.due)
            yield "Resolution", one.resolution
        case Baseline():
            yield "Note", str(draft.extra.get("note", ""))
        case Run() as one:
            yield "Task", one.task
            yield "Approach", one.approach
            yield "Issues", "; ".join(one.issues)
            yield "Instead", one.alternative
        case _:
            yield "Says", _text(listed, passage)


def _alternative_of(lesson: Lesson) -> str:
    return "Instead" if lesson.form == "antipattern" else "Alternative"


def _is_reverted(listed: Listed) -> bool:
    return listed.standing.status is Status.REVERTED


def _move(what: str, origin: str, destination: str) -> str:
    where = f"{origin} -> {destination}" if destination else origin
    return f"{what}: {where}" if what and where else what or where


def _parties(flag: Flag) -> str:
    to = f" to {', '.join(flag.receivers)}" if flag.receivers else ""
    owner = f", owner {flag.owner}" if flag.owner else ""
    return f"{flag.sender}{to}{owner}".strip(" ,")


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment else ""
