"""The verbs that keep a memory in step, and look at how it stands."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from pydantic import AwareDatetime

from memory.models.answer import StoreStatus, Verified
from memory.models.assessment import Fired, Unwatched
from memory.models.report import IndexReport, Progress, no_progress
from memory.models.request import Count
from memory.models.selection import EVERYTHING, NOW, Names, Selection
from memory.review.lint import Fault

if TYPE_CHECKING:
    from memory.api import ArchMem
    from memory.retrieval.embedding import OnStage


def index(
    archmem: "ArchMem",
    *,
    accept_removals: bool = False,  # believe it when more than a third of all memories are gone
    history: bool = False,  # read git's history too; once done, each later run goes on with it
    since: AwareDatetime | None = None,  # of it, commits from then on; else as far as before
    most: Count | None = None,  # of it, so many commits; None for as many as before, or 20,000
    allow_secrets: Names = (),  # hashes of credentials that are let in from now on
    on_progress: Progress = no_progress,  # told of `read`, `keep`, `history`, `embed`
    on_stage: "OnStage | None" = None,  # of compiling the model, the first time
    should_stop: Callable[[], bool] | None = None,  # asked while it embeds; what is left waits
) -> IndexReport:
    """Bring the memory up to date with the project's files, vectors included.

    While another process has the vectors open, the report says so and what is pending.

    Raises:
        StoreBusy: another process is indexing; it will see what changed.
        ModelNotFound, ModelNotUsable: the files are taken in, but nothing is embedded.
    """
    if allow_secrets:
        from memory.credentials.gate import allow

        allow(archmem.ledger, allow_secrets)
    report = archmem.upkeep.index(
        accept_removals=accept_removals,
        history=history,
        since=since,
        most=most,
        on_progress=on_progress,
        on_stage=on_stage,
        should_stop=should_stop,
    )
    gates = tuple(line for plan in archmem.follow_plans() for line in plan.news)
    return report.model_copy(update={"gates": gates}) if gates else report


def status(archmem: "ArchMem") -> StoreStatus:
    """The state of this memory; opens neither model nor vectors."""
    return archmem.upkeep.status()


def review(archmem: "ArchMem", today: date | None = None) -> tuple[Fired, ...]:
    """The review triggers that have come true; afterwards there is a flag for each.

    A firing gets one flag ever: one that was resolved, or taken away, is not raised again.
    """
    from memory.maintenance import review

    archmem.follow_plans()
    return review(archmem.session, today, archmem.record).fired


def unwatched(archmem: "ArchMem") -> tuple[Unwatched, ...]:
    """The review triggers that no machine can watch, or not all of, and why."""
    from memory.review.triggers import review_triggers

    with archmem.ledger.reading() as db:
        return review_triggers(db, NOW, datetime.now(UTC).date()).unwatched


def verify(
    archmem: "ArchMem",
    selection: Selection = EVERYTHING,
    *,
    everything: bool = False,  # what is as it was, is over or comes from git, too
    rebuild: bool = False,  # read all files anew, embed all texts, and compare with what was kept
    today: date | None = None,
) -> Verified:
    """What no longer holds, or waits for somebody, after a look at all that memories name."""
    from memory.maintenance import verify

    how = {"everything": everything, "rebuild": rebuild}
    found = verify(archmem.session, selection, today, archmem.record, **how)
    if not rebuild:
        return found
    from memory.keeping.doctor import unlike_files
    from memory.keeping.rebuilt_vectors import unlike_texts

    unlike = [f"{one.uids[0]}: {one.what}" for one in unlike_files(archmem.session, again=False)]
    unlike += unlike_texts(archmem.session)
    return found.model_copy(update={"problems": (*found.problems, *unlike)})


def lint(archmem: "ArchMem") -> tuple[Fault, ...]:
    """The faults of the records themselves, by file and line; nothing is changed."""
    from memory.review.lint import find_faults

    with archmem.ledger.reading() as db:
        return find_faults(db, archmem.root)
