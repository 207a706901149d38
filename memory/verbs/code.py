"""The verbs that ask the code itself."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from operator import itemgetter
from typing import TYPE_CHECKING

from pydantic import AwareDatetime

from memory.models.code import CodeMap, Impact, Inventory, InventoryOf, MapLevel
from memory.models.coordination import Coordination, Request, Triage
from memory.models.decoupling import Decoupling
from memory.models.findings import Area, Audit, Drift
from memory.models.health import Health
from memory.models.report import Progress, no_progress
from memory.models.request import Question
from memory.models.selection import Name, Names
from memory.models.tracing import Traces
from memory.verbs.code_facts import code_with_checks, known_code

if TYPE_CHECKING:
    from memory.api import ArchMem


def inventory(
    archmem: "ArchMem",
    what: InventoryOf,
    *,
    modules: Names = (),  # only of files of one of these
    path: Name = "",  # only of this file, or of files in this folder
) -> Inventory:
    """The facts of the code themselves, of one sort."""
    from memory.code.inventory import inventory

    known = known_code(archmem)
    return inventory(known.base, what, modules, path, known.tokens)


def map_code(
    archmem: "ArchMem",
    *,
    modules: Names = (),  # only these, and what they are coupled to
    level: MapLevel = "module",  # what its parts are
) -> CodeMap:
    """The parts of the code in numbers, what couples them, and what goes in circles."""
    from memory.code.map import draw_map

    code = known_code(archmem)
    return draw_map(code.base, code.together, modules, level, code.coverage)


def impact(
    archmem: "ArchMem",
    target: Question = "",  # a file, folder, symbol, table, route or module
    *,
    diff: Name = "",  # instead of a target, whatever changed since a commit
) -> Impact:
    """What a change to a part of the code would reach, and how much hangs on it.

    Raises:
        InvalidRequest: there is no such part; it says which come near.
        UnknownCommit: git knows none by that name.
    """
    from memory.code.governing import governing_target
    from memory.code.impact import find_impact
    from memory.code.targets import find_target, of_lines

    code = known_code(archmem)
    if diff:
        found = of_lines(code.base, diff, archmem.session.project.changed_lines(diff))
    else:
        found = find_target(code.base, target)
    said = find_impact(code.base, found, code.together, code.coverage)
    with archmem.ledger.reading() as db:
        return said.model_copy(update={"governs": governing_target(db, code.base, found)})


def trace(archmem: "ArchMem", route: Question) -> Traces:  # method and path, a path, or a handler
    """Where the requests of a route go, down to tables and other services.

    Raises:
        InvalidRequest: there is no such route; it says which come near.
    """
    from memory.code.measured import with_measured, with_times
    from memory.code.tracing import trace

    code = known_code(archmem).base
    found = trace(code, route)
    if not archmem.session.commit:
        timings = archmem.session.project.timings()
        found = with_measured(found, code, timings, archmem.session.root)
    with archmem.ledger.reading() as db:
        return with_times(db, found)


def audit(
    archmem: "ArchMem",
    area: Area | None = None,  # only this part
    *,
    since: Name = "",  # a commit: what is new, and what was fixed since then
    new: bool = False,  # only what is new; without `since`, since this branch left the main one
    everything: bool = False,  # what is less sure, too
) -> Audit:
    """What is wrong in the code, the gravest first, and what could not be told.

    Raises:
        UnknownCommit: git knows none by that name.
        InvalidRequest: there is no commit to compare with.
    """
    from memory.audits import audit

    reported = None if archmem.session.commit else archmem.session.project.reported()
    known = code_with_checks(archmem)._replace(reported=reported)
    return audit(archmem.session, known, area, since=since, new=new, everything=everything)


def decouple(archmem: "ArchMem", first: Name = "", second: Name = "") -> Decoupling:
    """The cheapest cuts that part two modules or resolve a cycle, and what each would change.

    With two modules, the cheaper direction of no dependency between them; with one, the cycle
    that it is in; with none, the largest cycle.

    Raises:
        InvalidRequest: there is no such module; it says which come near.
    """
    from memory.code.decoupling import decouple

    return decouple(known_code(archmem).base, first, second)


def drift(
    archmem: "ArchMem",
    about: Name = "",  # a finding, by its id or the beginning of that, or a metric
    *,
    on_progress: Progress = no_progress,
    should_stop: Callable[[], bool] = lambda: False,
) -> Drift:
    """How the code came to be as it is: its numbers over time, or when a finding began.

    The first time this looks at commits of the last two years, the latest first; what is known
    of one is kept, also where it is interrupted.

    Raises:
        InvalidRequest: there is no such finding or metric.
        UnknownCommit: there is no git.
    """
    from memory.drifts import drift

    known = code_with_checks(archmem)
    return drift(archmem.session, known, about, on_progress=on_progress, should_stop=should_stop)


def triage(
    archmem: "ArchMem",
    task: Question = "",  # in plain words
    *,
    diff: Name = "",  # or what changed since a commit
) -> Triage:
    """Whether a task or a change is systemic or of one module, and who is to do it.

    Raises:
        InvalidRequest: neither is given.
        UnknownCommit: git knows none by that name.
    """
    from memory.code.targets import of_lines
    from memory.coordination.owners import find_owner
    from memory.coordination.triage import triage
    from memory.errors import InvalidRequest

    if not task.strip() and not diff:
        raise InvalidRequest("triage", "name a task, or a commit with --diff")
    code = known_code(archmem).base
    project = archmem.session.project
    changed = of_lines(code, diff, project.changed_lines(diff)) if diff else None
    paths = project.changed_paths(diff) if diff else ()
    with archmem.ledger.reading() as db:
        past = project.merged(archmem.ledger)
        return triage(code, task, changed, paths, past, lambda module: find_owner(db, module))


def coordinate(archmem: "ArchMem", request: Request) -> Coordination:
    """What is known for a systemic change: state, impact, risks, phases, and what is unknown.

    Every statement cites a file and line, a memory, a commit or its formula.
    """
    from memory.code.findings.auditing import look
    from memory.code.findings.rule import AuditSubject
    from memory.code.governing import governing_target
    from memory.code.metrics import measure
    from memory.coordination.coordinate import CoordinationInputs, coordinate
    from memory.coordination.owners import find_owner
    from memory.flags import open_flags_of
    from memory.retrieval.calibration import are_likely

    code = code_with_checks(archmem)
    found = look(AuditSubject.of(code))
    hits = are_likely(archmem.search(request.query).hits)
    attempts = are_likely(archmem.tried(request.query).attempts)
    with archmem.ledger.reading() as db:
        known = CoordinationInputs(
            code=code,
            metrics=measure(code.base, found.findings),
            findings=found.findings,
            rules=found.rules,
            series=archmem.baselines(),
            past=archmem.session.project.merged(archmem.ledger),
            hits=hits,
            attempts=attempts,
            governing=partial(governing_target, db, code.base),
            flags=lambda modules: open_flags_of(db, modules),
            owner_of=lambda module: find_owner(db, module),
        )
        return coordinate(request, known)


def health(archmem: "ArchMem", *, now: AwareDatetime | None = None) -> Health:
    """How the code is, on a page: its numbers and since when, what burdens it, and where.

    The trend is that of the commits that `drift` has looked at, and of this question asked
    before; the answer is kept for the next time.
    """
    from memory.code.findings.auditing import look
    from memory.code.findings.rule import AuditSubject
    from memory.code.health import health
    from memory.code.health_runs import keep_run, runs_before
    from memory.code.metrics import measure
    from memory.drifts import kept_points

    code = code_with_checks(archmem)
    findings = look(AuditSubject.of(code)).findings
    now = now or datetime.now(UTC)
    with archmem.ledger.reading():
        points = kept_points(archmem.session, code, now)
        runs = runs_before(archmem.ledger)
    past = sorted([*((point.day, point.metrics) for point in points), *runs], key=itemgetter(0))
    if not archmem.session.commit:
        keep_run(archmem.ledger, now, measure(code.base, findings))
    violated = [one for one in archmem.baselines() if one.latest.is_violated]
    return health(code, findings, past, violated)
