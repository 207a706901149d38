"""What says of a run the opposite of what the run says itself: reverts, and measurements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory.evidence.testimony import BY_METRIC, Doubt
from memory.ledger.measurements import metric_key
from memory.ledger.reverts import undone_commits
from memory.metrics.comparison import Reading, compare
from memory.metrics.measurement_series import read_tracks
from memory.metrics.units import convert
from memory.models.details import Run
from memory.models.kinds import Status
from memory.models.series import Movement

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from memory.ledger.connection import Database
    from memory.ledger.reverts import Undone
    from memory.metrics.measurement_series import Track
    from memory.models.details import Measured
    from memory.models.revision import Memory
    from memory.models.selection import Lens


def fetch_doubts(
    db: Database, lens: Lens, runs: Mapping[str, Memory]
) -> dict[str, tuple[Doubt, ...]]:
    """What speaks against the outcome that these runs tell, by uid.

    Of a run that succeeded that a commit of it was reverted, or that a metric became measurably
    worse; of one that failed that a metric became better.
    """
    details = {uid: _details(run) for uid, run in runs.items()}
    commits = {commit for one in details.values() for commit in one.commits}
    undone = undone_commits(db, lens, commits) if commits else {}
    metrics = {measured.metric for one in details.values() for measured in _comparable(one)}
    series = _newest_series(read_tracks(db, lens, metrics)) if metrics else {}
    return {uid: (*_reverts(one, undone), *_movements(one, series)) for uid, one in details.items()}


def _reverts(run: Run, undone: Mapping[str, Undone]) -> Iterator[Doubt]:
    if run.status is Status.DONE:
        for commit in run.commits:
            if commit in undone:
                yield Doubt("revert", 1.0, _told_revert(commit, undone[commit].by))


def _movements(run: Run, series: Mapping[str, Track]) -> Iterator[Doubt]:
    contrary = Movement.WORSE if run.status is Status.DONE else Movement.BETTER
    for measured in _comparable(run):
        if words := _moved(measured, series.get(metric_key(measured.metric)), contrary):
            yield Doubt("baseline", BY_METRIC, words)


def _comparable(run: Run) -> list[Measured]:
    return [one for one in run.metrics if one.metric and None not in (one.before, one.after)]


def _newest_series(series: Iterable[Track]) -> dict[str, Track]:
    """Of each metric the series that was measured last; a run names no environment."""
    by_metric: dict[str, Track] = {}
    for one in series:
        key = metric_key(one.newest.metric)
        known = by_metric.get(key)
        if known is None or _age(one) > _age(known):
            by_metric[key] = one
    return by_metric


def _age(series: Track) -> tuple[str, str]:
    newest = series.newest
    return newest.at.isoformat() if newest.at else "", newest.uid


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


def _told_revert(commit: str, by: str) -> str:
    undone = f"its commit {commit[:12]} was reverted"
    return f"{undone} by {by[:12] if len(by) == 40 else by}" if by else undone


def _details(run: Memory) -> Run:
    details = run.revision.draft.details
    return details if isinstance(details, Run) else Run()
