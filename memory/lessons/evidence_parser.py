"""Turns what runs, measurements and a lesson's own lines say into evidence for and against it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, NamedTuple

from memory.kinds.vocabulary import Status
from memory.ledger.interface.kind_rows import metric_key
from memory.lessons.runs import finished_at
from memory.metrics.comparison import Reading, compare
from memory.metrics.units import convert
from memory.models.assessment import AnchorVerdict, Evidence
from memory.models.details import Lesson, Moved, Run
from memory.models.memory import UID
from memory.models.series import Movement

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from memory.ledger.interface.kind_rows import Undone
    from memory.metrics.measurement_series import Track
    from memory.models.assessment import Freshness
    from memory.models.details import Measured
    from memory.models.memory import Memory

#: What it weighs that a run which succeeded made a metric measurably worse, or one which failed
#: made it better: half of what it says itself. The measurement is a fact; that this metric was
#: what the lesson is about is not.
BY_METRIC = 0.5

#: Likewise, that findings of an audit began in a run which succeeded, or went in one which failed.
BY_FINDINGS = 0.5

#: How much of what speaks for a lesson is lost by a place that it names: half where the code has
#: changed, all where it is gone, in the mean over all places.
LOST = {AnchorVerdict.CHANGED: 0.5, AnchorVerdict.GONE: 1.0}

_MOST_NAMED = 3  # findings

_LINE = re.compile(
    rf"(?P<origin>{UID}|[0-9a-f]{{7,40}})\b[\s,]*"
    r"(?P<day>\d{4}-\d{2}-\d{2})?[\s:,—-]*(?P<words>.*)",
    re.DOTALL,
)


class ContraryFact(NamedTuple):
    """Something that says of a run the opposite of what the run itself says."""

    kind: Literal["baseline", "finding", "revert"]
    weight: float
    words: str


class EvidenceStatement(NamedTuple):
    """That something speaks for a lesson or against it, before it is looked at more closely."""

    origin: str  # uid or commit; the whole line where it begins with neither
    speaks_for: bool
    words: str = ""
    at: datetime | None = None


def statements_in(lesson: Memory) -> Iterator[EvidenceStatement]:
    """The lines of evidence that a lesson carries itself."""
    details = lesson.revision.draft.details
    if isinstance(details, Lesson):
        yield from (_statement(line, speaks_for=True) for line in details.evidence_for)
        yield from (_statement(line, speaks_for=False) for line in details.evidence_against)


def comparable(run: Run) -> list[Measured]:
    """The metrics of a run that it tells before and after."""
    return [one for one in run.metrics if one.metric and None not in (one.before, one.after)]


def contrary_facts(
    run: Run, undone: Mapping[str, Undone], series: Mapping[str, Track]
) -> Iterator[ContraryFact]:
    """What speaks against the outcome that a finished run tells.

    Of one that succeeded that a commit of it was reverted, that a metric became measurably worse,
    or that findings of an audit began in it and none went; of one that failed that a metric became
    better, or that findings went and none began.

    Args:
        run: What it says.
        undone: Commits that were reverted.
        series: Of each metric, by its compared name, the series that tells its noise.
    """
    worked = run.status is Status.DONE
    for commit in run.commits if worked else ():
        if commit in undone:
            by = undone[commit].by
            words = f"its commit {commit[:12]} was reverted"
            words += f" by {by[:12] if len(by) == 40 else by}" if by else ""
            yield ContraryFact("revert", 1.0, words)
    for measured in comparable(run):
        contrary = Movement.WORSE if worked else Movement.BETTER
        if words := _moved(measured, series.get(metric_key(measured.metric)), contrary):
            yield ContraryFact("baseline", BY_METRIC, words)
    began, fixed = run.findings.began, run.findings.fixed
    contrary_ones, others = (began, fixed) if worked else (fixed, began)
    if contrary_ones and not others:
        what = "began in it" if worked else "was fixed in it"
        more = f" and {len(contrary_ones) - 1} more" if len(contrary_ones) > 1 else ""
        yield ContraryFact("finding", BY_FINDINGS, f"{contrary_ones[0]}{more} {what}")


def evidence_from(
    statements: Iterable[EvidenceStatement],
    runs: Mapping[str, Memory],
    contrary: Mapping[str, tuple[ContraryFact, ...]],
) -> Iterator[Evidence]:
    """The evidence that statements come to, once it is known what became of their runs.

    A run that took the lesson's advice and succeeded speaks for it, and so does one that went
    against an antipattern and failed. Either way, what makes of its success a failure makes it
    speak for the other side: being reverted altogether, a worse metric by half.

    Args:
        statements: Of one lesson.
        runs: Those that are known here, by uid; others are taken at their word.
        contrary: What speaks against their outcome, by uid.
    """
    for said in statements:
        run, facts = runs.get(said.origin), contrary.get(said.origin, ())
        at, words = said.at, said.words
        if run is not None:
            at = finished_at(run)
            words = words or f"{run.title} ({run.revision.draft.status})"
            words += _beside(run, speaks_for=said.speaks_for)
        if not any(fact.kind == "revert" for fact in facts):
            yield Evidence(
                origin=said.origin, kind="run", speaks_for=said.speaks_for, words=words, at=at
            )
        for fact in facts:
            yield Evidence(
                origin=said.origin,
                kind=fact.kind,
                speaks_for=not said.speaks_for,
                weight=fact.weight,
                words=fact.words,
                at=at,
            )


def _beside(run: Memory, *, speaks_for: bool) -> str:
    """What an audit says to the same end as a run: findings that went, or that began."""
    details = run.revision.draft.details
    moved = details.findings if isinstance(details, Run) else Moved()
    findings, what = (moved.fixed, "fixed") if speaks_for else (moved.began, "began")
    ids = ", ".join(one.partition(":")[0] for one in findings[:_MOST_NAMED])
    more = f" and {len(findings) - _MOST_NAMED} more" if len(findings) > _MOST_NAMED else ""
    return f"; {what}: {ids}{more}" if findings else ""


def weakened(evidence: Iterable[Evidence], freshness: Freshness | None) -> tuple[Evidence, ...]:
    """The same evidence, what speaks for the lesson lessened where its code is another now.

    What speaks against it keeps its weight: that code has changed makes no failure undone, and
    a lesson is never to gain by it. A place that merely moved is still as it was. The lesson's
    next revision is compared with the code as it is then.
    """
    evidence = tuple(evidence)
    anchors = freshness.anchors if freshness else ()
    looked_at = [one for one in anchors if one.verdict is not AnchorVerdict.UNKNOWN]
    stale = [one for one in looked_at if one.verdict in LOST]
    if not stale:
        return evidence
    kept = 1 - sum(LOST[one.verdict] for one in stale) / len(looked_at)
    words = "; ".join(f"{one.name} {one.reason or one.verdict}" for one in stale)
    note = Evidence(
        origin=", ".join(sorted({one.name for one in stale})),
        kind="anchor",
        speaks_for=False,
        weight=0.0,
        words=f"{words}: what speaks for it counts {kept:.0%}",
    )
    lessened = (
        one.model_copy(update={"weight": one.weight * kept}) if one.speaks_for else one
        for one in evidence
    )
    return (*lessened, note)


def _statement(line: str, *, speaks_for: bool) -> EvidenceStatement:
    said = _LINE.fullmatch(line.strip())
    if said is None:
        return EvidenceStatement(line.strip(), speaks_for, line.strip())
    return EvidenceStatement(said["origin"], speaks_for, said["words"].strip(), _day(said["day"]))


def _day(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC) if text else None
    except ValueError:  # 2026-02-30: a person wrote it
        return None


def _moved(measured: Measured, series: Track | None, contrary: Movement) -> str:
    """How a run moved a metric, if it is that way and beyond its noise; else nothing."""
    if series is None or measured.before is None or measured.after is None:
        return ""
    unit, newest = series.newest.unit, series.newest
    before, after = (
        value if measured.unit in ("", unit) else convert(value, measured.unit, unit)
        for value in (measured.before, measured.after)
    )
    if before is None or after is None:
        return ""
    compared = compare(
        Reading("", None, after, newest.spread, newest.threshold),
        Reading("", None, before, newest.spread),
        better=series.direction[0],
        earlier=[one.value for one in series.measured],
        unit=unit,
    )
    words = compared.words.replace("than the one before", "than before")
    return f"{newest.metric} {words}" if compared.movement is contrary else ""
