"""Turns what runs and a lesson's own lines say into evidence for it and against it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, NamedTuple

from memory.models.confidence import Evidence
from memory.models.details import Lesson, Run
from memory.models.freshness import Verdict
from memory.models.identity import UID
from memory.models.kinds import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from memory.models.freshness import Freshness
    from memory.models.revision import Memory

#: What it weighs that a run which succeeded made a metric measurably worse, or one which failed
#: made it better: half of what it says itself. The measurement is a fact; that this metric was
#: what the lesson is about is not.
BY_METRIC = 0.5

#: How much of what speaks for a lesson is lost by a place that it names: half where the code has
#: changed, all where it is gone, in the mean over all places.
LOST = {Verdict.CHANGED: 0.5, Verdict.GONE: 1.0}

_FINISHED = frozenset({Status.DONE, Status.FAILED})
_LINE = re.compile(
    rf"(?P<origin>{UID}|[0-9a-f]{{7,40}})\b[\s,]*"
    r"(?P<day>\d{4}-\d{2}-\d{2})?[\s:,—-]*(?P<words>.*)",
    re.DOTALL,
)


class Doubt(NamedTuple):
    """Something that says of a run the opposite of what the run itself says."""

    kind: Literal["baseline", "revert"]
    weight: float
    words: str


class Statement(NamedTuple):
    """That something speaks for a lesson or against it, before it is looked at more closely."""

    origin: str  # uid or commit; the whole line where it begins with neither
    speaks_for: bool
    words: str = ""
    at: datetime | None = None


def is_finished(memory: Memory) -> bool:
    """Whether it is a run that has come to its end."""
    details = memory.revision.draft.details
    return isinstance(details, Run) and details.status in _FINISHED


def moment_of(run: Memory) -> datetime:
    """When a run came to its end, as far as that is known."""
    return run.revision.draft.valid_from or run.revision.recorded_at


def statements_in(lesson: Memory) -> Iterator[Statement]:
    """The lines of evidence that a lesson carries itself."""
    details = lesson.revision.draft.details
    if isinstance(details, Lesson):
        yield from (_statement(line, speaks_for=True) for line in details.evidence_for)
        yield from (_statement(line, speaks_for=False) for line in details.evidence_against)


def evidence_from(
    statements: Iterable[Statement],
    runs: Mapping[str, Memory],
    doubts: Mapping[str, tuple[Doubt, ...]],
) -> Iterator[Evidence]:
    """The evidence that statements come to, once it is known what became of their runs.

    A run that took the lesson's advice and succeeded speaks for it, and so does one that went
    against an antipattern and failed. Either way, what makes of its success a failure makes it
    speak for the other side: being reverted altogether, a worse metric by half.

    Args:
        statements: Of one lesson.
        runs: Those that are known here, by uid; others are taken at their word.
        doubts: Of those runs, by uid.
    """
    for said in statements:
        run = runs.get(said.origin)
        doubted = doubts.get(said.origin, ()) if run is not None else ()
        at = moment_of(run) if run is not None else said.at
        if not any(doubt.kind == "revert" for doubt in doubted):
            yield Evidence(
                origin=said.origin,
                kind="run",
                speaks_for=said.speaks_for,
                words=said.words or (_words(run) if run is not None else ""),
                at=at,
            )
        for doubt in doubted:
            yield Evidence(
                origin=said.origin,
                kind=doubt.kind,
                speaks_for=not said.speaks_for,
                weight=doubt.weight,
                words=doubt.words,
                at=at,
            )


def weakened(evidence: Iterable[Evidence], freshness: Freshness | None) -> tuple[Evidence, ...]:
    """The same evidence, what speaks for the lesson lessened where its code is another now.

    What speaks against it keeps its weight: that code has changed makes no failure undone, and
    a lesson is never to gain by it. A place that merely moved is still as it was. The lesson's
    next revision is compared with the code as it is then.
    """
    evidence = tuple(evidence)
    looked_at = [
        one
        for one in (freshness.anchors if freshness else ())
        if one.verdict is not Verdict.UNKNOWN
    ]
    lost = {one.name: LOST[one.verdict] for one in looked_at if one.verdict in LOST}
    if not lost:
        return evidence
    kept = 1 - sum(LOST.get(one.verdict, 0.0) for one in looked_at) / len(looked_at)
    stale = "; ".join(
        f"{one.name} {one.reason or one.verdict}" for one in looked_at if one.verdict in LOST
    )
    note = Evidence(
        origin=", ".join(sorted(lost)),
        kind="anchor",
        speaks_for=False,
        weight=0.0,
        words=f"{stale}: what speaks for it counts {kept:.0%}",
    )
    return (
        *(
            one.model_copy(update={"weight": one.weight * kept}) if one.speaks_for else one
            for one in evidence
        ),
        note,
    )


def _statement(line: str, *, speaks_for: bool) -> Statement:
    said = _LINE.fullmatch(line.strip())
    if said is None:
        return Statement(line.strip(), speaks_for, line.strip())
    return Statement(said["origin"], speaks_for, said["words"].strip(), _day(said["day"]))


def _day(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC) if text else None
    except ValueError:  # 2026-02-30: a person wrote it
        return None


def _words(run: Memory) -> str:
    return f"{run.title} ({run.revision.draft.status})"
