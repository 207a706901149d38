"""How the code of a project came to be as it is: its trend, and when a finding began."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from memory.code.findings.auditing import look
from memory.code.findings.beginnings import find_beginning
from memory.code.findings.comparing import compare
from memory.code.findings.rule import AuditSubject
from memory.code.findings.snapshots import Snapshot, Snapshots, modules_of, renames
from memory.code.inventory import doubts
from memory.code.metrics import METRICS, measure
from memory.errors import InvalidRequest, UnknownCommit
from memory.models.findings import Drift, DriftPoint
from memory.models.report import no_progress
from memory.texts.formatting import spoken

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from memory.code.history import NamedCommit
    from memory.code.known import KnownCode
    from memory.models.findings import Finding
    from memory.models.report import Progress
    from memory.session import Session

POINTS = 12  # of a trend, that of today apart
YEARS = 2  # that it looks back


def drift(
    session: Session,
    known: KnownCode,
    about: str,
    *,
    on_progress: Progress = no_progress,
    should_stop: Callable[[], bool] = lambda: False,
    now: datetime | None = None,
) -> Drift:
    """See `ArchMem.drift`."""
    now = now or datetime.now(UTC)
    looked = look(AuditSubject.of(known))
    with session.ledger.reading():
        history = session.project.code_history(session.ledger)
        snapshots = Snapshots(session.ledger, history, known.checks)
        commits = sample(history.main_line(history.head.hash), now - timedelta(days=365 * YEARS))
        held = {one.hash: snapshots.kept(one.hash) for one in commits}
        missing = [one for one in commits if held[one.hash] is None]
        for done, commit in enumerate(reversed(missing)):
            if should_stop():
                break
            on_progress("past", done, len(missing))
            held[commit.hash] = snapshots.at(commit.hash)
        seen = [(one, found) for one in commits if (found := held[one.hash]) is not None]
        present = Snapshot(
            looked.findings,
            measure(known.base, looked.findings),
            modules_of(known.base),
        )
        answer = Drift(
            points=tuple(_point(commit, found.metrics) for commit, found in seen),
            now=present.metrics,
            formulas=METRICS,
            left=len(commits) - len(seen),
            doubts=doubts(known.base),
        )
        about = key if (key := about.lower().replace(" ", "_")) in METRICS else about
        if about and about not in METRICS:
            target = find_finding(looked.findings, about)
            return answer.model_copy(
                update={
                    "finding": target,
                    "began": find_beginning(history, seen, present, target, known.checks),
                }
            )
    if not seen:
        return answer.model_copy(update={"metric": about})
    first, before = seen[0]
    moved = renames(before.modules, present.modules, history.renamed(first.hash))
    compared = compare(before.findings, present.findings, moved)
    return answer.model_copy(
        update={
            "metric": about,
            "since": first.hash,
            "new": tuple(one for one in compared.new if one.sure),
            "fixed": tuple(one for one in compared.fixed if one.sure),
        }
    )


def kept_points(session: Session, known: KnownCode, now: datetime) -> list[DriftPoint]:
    """The points of the trend that were looked at before, the oldest first; none without git."""
    history = session.project.code_history(session.ledger)
    snapshots = Snapshots(session.ledger, history, known.checks)
    try:
        line = history.main_line(history.head.hash)
    except UnknownCommit:
        return []
    commits = sample(line, now - timedelta(days=365 * YEARS))
    seen = ((one, snapshots.kept_metrics(one.hash)) for one in commits)
    return [_point(commit, found) for commit, found in seen if found is not None]


def sample(line: Sequence[NamedCommit], since: datetime) -> list[NamedCommit]:
    """Of a line of commits the last ones before evenly spaced moments, the oldest first.

    The first is the one that was there when the time begins; where the line is younger, its first.
    The last of the line is always there.
    """
    if not line:
        return []
    older = [at for at, one in enumerate(line) if one.moment <= since]
    line = line[older[-1] if older else 0 :]
    if len(line) <= POINTS:
        return list(line)
    begin, end = max(line[0].moment, since), line[-1].moment
    found = {0: line[0]}
    for step in range(1, POINTS):
        moment = begin + (end - begin) * step / (POINTS - 1)
        at = max((at for at, one in enumerate(line) if one.moment <= moment), default=0)
        found[at] = line[at]
    found[len(line) - 1] = line[-1]
    return [found[at] for at in sorted(found)]


def _point(commit: NamedCommit, metrics: Mapping[str, float]) -> DriftPoint:
    day = commit.moment.date().isoformat()
    return DriftPoint(commit=commit.hash, day=day, metrics=dict(metrics))


def find_finding(findings: Sequence[Finding], name: str) -> Finding:
    """The finding of an id, or of the beginning of one.

    Raises:
        InvalidRequest: none or several fit.
    """
    fitting = [one for one in findings if one.id.startswith(name)]
    exact = [one for one in fitting if one.id == name]
    if len(exact or fitting) == 1:
        return (exact or fitting)[0]
    if fitting:
        some = ", ".join(one.id for one in fitting[:5])
        raise InvalidRequest(name, f"{len(fitting)} findings begin so: {some}")
    metrics = ", ".join(map(spoken, METRICS))
    raise InvalidRequest(
        name, f"there is no such finding now, and no such metric; metrics are {metrics}"
    )
