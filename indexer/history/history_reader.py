"""Reads git's history into the ledger: refactorings, and what became of them."""

from __future__ import annotations

import contextlib
import hashlib
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from indexer.git.log import Commit, CommitLog
from indexer.git.process import GitFailed
from indexer.git.repository import Repository
from indexer.history.commit_classifier import CommitClass, classify
from indexer.history.commit_messages import (
    Revert,
    UndoneCommits,
    folded,
    is_revert,
    read_revert,
)
from indexer.history.refactoring_drafts import (
    KnownRefactorings,
    commits_of,
    draft_of,
    source_of,
    uids_of,
    undoers_of,
)
from indexer.pipeline import PATIENCE, look_up
from memory.credentials.gate import gate_of
from memory.kinds.vocabulary import Status
from memory.ledger.project_modules import module_names
from memory.ledger.store_facts import HISTORY, UNLINKED
from memory.ledger.times import to_text
from memory.models.report import HistoryReport, Progress, no_progress
from memory.retrieval.passages import keep_memory, keep_revision
from memory.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from memory.ledger.interface.database import Database, Ledger
    from memory.models.memory import Draft, Memory

MOST = 20_000  # commits that a first run reads: years of most projects, in seconds
KEPT = 1_000  # refactorings that a first run keeps, the latest ones
BATCH = 200  # memories in one transaction, so that others can write in between
TIPS = 64  # commits that are remembered as read to, the last ones
STEP = 100  # commits between two words on the progress
BROUGHT = 500  # commits that a merge brought and whose undoing is followed


class HistoryBounds(BaseModel):
    """How far back the first run looks."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    since: AwareDatetime | None = None  # None for the beginning
    most: int = MOST  # commits, the latest ones

    def widened(self, since: datetime | None, most: int | None) -> HistoryBounds:
        """These, further back where that is asked for; None asks for nothing."""
        return HistoryBounds(
            since=since and self.since and min(since, self.since),
            most=max(most or 0, self.most),
        )


class HistoryMark(BaseModel):
    """How far git's history has been read, and under which conditions."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    by: str = ""  # the version of archmem, as another may judge otherwise
    tips: tuple[str, ...] = ()  # commits: they and everything before them are read
    bounds: HistoryBounds | None = None
    grafts: str = ""  # where a shallow clone ended
    recorded: str = ""  # which commits people had recorded, as a hash


def find_history_mark(db: Database) -> HistoryMark:
    """How far it has been read; not at all where that cannot be told."""
    try:
        return HistoryMark.model_validate_json(db.facts.find(HISTORY) or "{}")
    except ValidationError:
        return HistoryMark()


def save_history_mark(db: Database, mark: HistoryMark) -> None:
    """Note how far it has been read."""
    db.facts.save(HISTORY, mark.model_dump_json())


@dataclass
class _LogContents:
    refactorings: list[Draft] = field(default_factory=list)
    reverts: list[tuple[Commit, Revert]] = field(default_factory=list)
    attempts: set[str] = field(default_factory=set)  # those of them kept only if they were undone
    called: dict[str, list[tuple[float, Commit]]] = field(default_factory=dict)  # by title
    order: dict[str, float] = field(default_factory=dict)  # of both, by hash: 0 is the latest
    seen: set[str] = field(default_factory=set)  # those read that were known before
    commits: int = 0

    def take(
        self, commit: Commit, place: float, modules: Sequence[str], *, is_undone: bool
    ) -> None:
        """Keep what a commit did if it is a refactoring, or was undone, whatever it is."""
        kind = classify(commit, is_undone=is_undone)
        if kind is CommitClass.NO and is_undone and not is_revert(commit):
            kind = CommitClass.UNDONE
            self.attempts.add(commit.hash)
        if kind is not CommitClass.NO:
            self.order[commit.hash] = place
            self.refactorings.append(draft_of(commit, kind, modules))

    def follow_returns(self, known: Iterable[Memory]) -> None:
        """What has the title of something that was reverted, and came later, does it again."""
        drafts = [*self.refactorings, *(one.revision.draft for one in known)]
        for title in {folded(str(one.extra.get("subject", one.title))) for one in drafts}:
            for place, commit in self.called.get(title, ()):
                self.order.setdefault(commit.hash, place)
                self.reverts.append((commit, Revert(titles=(title,), again=True)))


def _named(commit: Commit) -> Commit:
    """A commit without what it says and changed: there may be very many."""
    return Commit(commit.hash, commit.parents, commit.at, commit.subject, "")


def read_history(
    ledger: Ledger,
    root: Path,
    *,
    since: datetime | None = None,
    most: int | None = None,
    kept: int = KEPT,
    on_progress: Progress = no_progress,
    git: Repository | None = None,
    at: datetime | None = None,
) -> HistoryReport:
    """Bring the ledger up to date with what was refactored and reverted in git.

    Each refactoring is a memory whose uid its commit gives, so that reading again adds nothing.
    Only commits that came since the last run are read; all are read anew when people recorded
    other commits meanwhile, a shallow clone got deeper, or another version of archmem did it.
    What a rebase or an amendment left behind gets a tombstone: its successor says the same in a
    commit of its own. A run that is killed loses nothing, the next one reads the same again.

    `since` and `most` (commits, the latest) take it further back than before; of refactorings that
    are new, the latest `kept` are kept when all are read. `git` is the repository where it is to be
    seen from another commit than is checked out, `at` the moment of recording.

    Raises:
        StoreBusy: another process is indexing.
    """
    started = time.monotonic()
    with ledger.indexing(wait=PATIENCE):
        try:
            reader = _Reader(ledger, git or Repository(root), kept, at or datetime.now(UTC))
            report = reader.read(since, most, on_progress)
        except GitFailed as error:
            report = HistoryReport(problems=(f"There is no history to read: {error}",))
        if report.added or report.revised or report.removed:
            look_up(ledger)
    return report.model_copy(update={"seconds": time.monotonic() - started})


class _Reader:
    def __init__(self, ledger: Ledger, git: Repository, kept: int, at: datetime) -> None:
        self._ledger = ledger
        self._git = git
        self._kept = kept
        self._at = at
        self._recorded = ledger.db.refactorings.recorded()
        self._known = {one.revision.draft.key: one for one in ledger.db.refactorings.derived()}
        self._before = find_history_mark(ledger.db)
        self._withheld: list[str] = []

    def read(
        self, since: datetime | None, most: int | None, on_progress: Progress
    ) -> HistoryReport:
        """Everything that is new, kept.

        Raises:
            GitFailed: there is nothing to read.
        """
        head = self._git.head()
        before = self._before.bounds
        bounds = (
            before.widened(since, most) if before else HistoryBounds(since=since, most=most or MOST)
        )
        now = _conditions(self._recorded, self._git.grafts(), bounds)
        is_anew = now != self._before.model_copy(update={"tips": ()})
        lost = self._lost(head, is_whole=not now.grafts)
        led_to = tuple(tip for tip in self._before.tips if tip not in lost)
        tips = () if is_anew else led_to
        wanted = _log_arguments(head, tips, bounds)
        log = CommitLog(self._git, wanted)
        found = _LogContents() if head in tips else self._gather(log, wanted, on_progress)
        known = self._fill(found, lost, is_anew=is_anew)
        counts = self._keep(known)
        if log.is_whole:
            with self._ledger.writing() as db:
                others = [tip for tip in led_to if tip != head and not self._precedes(tip, head)]
                save_history_mark(db, now.model_copy(update={"tips": (*others[-TIPS:], head)}))
        return HistoryReport(
            commits=found.commits,
            found=len(found.refactorings),
            left_out=sum(
                one.key not in known.drafts and one.key not in found.attempts
                for one in found.refactorings
            ),
            reverted=sum(one.status is Status.REVERTED for one in known.drafts.values()),
            total=len(known.drafts),
            is_bounded=not tips and found.commits >= bounds.most,
            is_shallow=bool(now.grafts),
            problems=(*log.problems, *self._withheld),
            **counts,
        )

    def _lost(self, head: str, *, is_whole: bool) -> set[str]:
        """The commits, tips and those with a memory, that nothing leads to any more.

        A clone that has only a part of the history says nothing of what it has not.
        """
        tips = self._before.tips
        if all(self._precedes(tip, head) for tip in tips):
            return set()
        names = {*tips, *(one for one, memory in self._known.items() if _is_live(memory))}
        present = self._git.present(names)
        missing = names - present if is_whole and not self._git.is_partial() else set()
        return self._git.astray(present) | missing

    def _precedes(self, tip: str, head: str) -> bool:
        return tip == head or self._git.is_ancestor(tip, head)

    def _gather(self, log: CommitLog, wanted: Sequence[str], on_progress: Progress) -> _LogContents:
        """The refactorings and reverts of a log; of other commits nothing stays in memory."""
        found = _LogContents()
        modules = module_names(self._ledger.db)
        undone = UndoneCommits()
        total = self._count(wanted)
        for commit in log:
            found.commits += 1
            if found.commits % STEP == 0:
                on_progress("history", found.commits, max(total, found.commits))
            if commit.hash in self._known and commit.knows_changes:
                found.seen.add(commit.hash)
            found.take(commit, found.commits, modules, is_undone=commit in undone)
            if revert := read_revert(commit):
                found.order[commit.hash] = found.commits
                found.reverts.append((_named(commit), revert))
                undone.add(revert)
            else:
                title = folded(commit.subject)
                found.called.setdefault(title, []).append((found.commits, _named(commit)))
        self._follow_reverts(found, modules)
        found.follow_returns(self._known.values())
        if found.commits:
            on_progress("history", found.commits, found.commits)
        return found

    def _follow_reverts(self, found: _LogContents, modules: Sequence[str]) -> None:
        """Look at commits that reverts name and that the log did not tell of, merges among them."""
        try:
            order = self._reverted_elsewhere(found) | self._reverted_merges(found)
        except GitFailed:
            return
        names = sorted(order.keys() - found.order.keys())
        if not names:
            return
        for commit in CommitLog(self._git, ["--no-walk=unsorted", "--first-parent", "-m", *names]):
            found.take(commit, order[commit.hash] + 0.5, modules, is_undone=True)  # before it

    def _reverted_elsewhere(self, found: _LogContents) -> dict[str, float]:
        """The commits that reverts name by hash, with the places of the reverts in the log."""
        named = {
            name: found.order[by.hash] for by, revert in found.reverts for name in revert.hashes
        }
        known = self._git.resolved(named) if named else {}
        elsewhere = self._git.beyond(known.values(), self._git.head())  # squashed, or abandoned
        return {commit: named[name] for name, commit in known.items() if commit not in elsewhere}

    def _reverted_merges(self, found: _LogContents) -> dict[str, float]:
        """Likewise the merges that reverts name by title or number, where nothing else does."""
        titles = {folded(str(one.extra["subject"])) for one in found.refactorings}
        numbers = {str(one.extra.get("pull_request", "")) for one in found.refactorings}
        wanted = {
            at: UndoneCommits.of(revert)
            for at, (_, revert) in enumerate(found.reverts)
            if not revert.hashes
            and titles.isdisjoint((*revert.titles, *revert.otherwise))
            and numbers.isdisjoint(revert.numbers)
        }
        order: dict[str, float] = {}
        arguments = ["--merges", f"--max-count={MOST}", self._git.head()]
        for merge in CommitLog(self._git, arguments) if wanted else ():
            for at in [at for at, undone in wanted.items() if merge in undone]:
                by, revert = found.reverts[at]
                merges = (merge.hash,)
                found.reverts[at] = (by, revert._replace(hashes=merges, merges=merges))
                order[merge.hash] = found.order[by.hash]
                del wanted[at]  # the last so called
        return order

    def _count(self, wanted: Sequence[str]) -> int:
        try:
            return self._git.count(*wanted)
        except GitFailed:
            return 0

    def _fill(self, found: _LogContents, lost: set[str], *, is_anew: bool) -> KnownRefactorings:
        """What is known of every refactoring once all that was found has happened, in its order.

        What is to have no memory is not among them: what nothing leads to, what people
        recorded themselves, and what is judged otherwise now that it was read anew.
        """
        known = KnownRefactorings(self._recorded)
        for commit, memory in self._known.items():
            stays = _is_live(memory) and commit not in lost and not known.is_recorded(commit)
            if stays and not (is_anew and commit in found.seen):
                known.put(memory.revision.draft)
        wanted = [
            one
            for one in found.refactorings
            if one.key not in known.drafts and not known.is_recorded(one.key)
        ]
        new = [one.key for one in wanted if one.key not in {*self._known, *found.attempts}]
        left_out = set(new[self._kept :]) if is_anew else set()
        events: list[tuple[float, Draft | tuple[Commit, Revert]]] = [
            (found.order[one.key], one) for one in wanted if one.key not in left_out
        ]
        events += [(found.order[one[0].hash], one) for one in found.reverts]
        told_by_others: set[str] = set()  # merges
        for _, event in sorted(events, key=lambda event: -event[0]):
            if isinstance(event, tuple):
                brought = self._brought(event[1])
                known.undo(*event, also=brought)
                if not known.drafts.keys().isdisjoint(brought):
                    told_by_others.update(event[1].merges)
            else:
                known.put(event)
        for commit in found.attempts & known.drafts.keys():
            # What was reverted was another of that name, or a merge of which its parts tell more.
            draft = known.drafts[commit]
            is_nameless = commit in told_by_others and draft.title.startswith("Merge ")
            if is_nameless or not undoers_of(draft):
                known.forget(commit)
        return known

    def _brought(self, revert: Revert) -> list[str]:
        brought: list[str] = []
        for name in revert.merges:
            with contextlib.suppress(GitFailed):  # it is no merge, or not there
                brought += self._git.between(f"{name}^1", name, limit=BROUGHT)
        return brought

    def _keep(self, known: KnownRefactorings) -> dict[str, int]:
        at = self._at
        gate = gate_of(self._ledger)
        for commit, draft in known.drafts.items():
            known.drafts[commit], withheld = gate.redact_all(draft)
            self._withheld += [f"commit {commit[:12]}: {one}" for one in withheld]
        changed = [one for one in known.drafts.values() if not self._is_kept(one)]
        gone = [
            memory
            for commit, memory in self._known.items()
            if _is_live(memory) and commit not in known.drafts
        ]
        done = Counter[str]()
        for start in range(0, len(changed), BATCH):
            with self._ledger.writing() as db:
                some = changed[start : start + BATCH]
                done.update(self._keep_one(db, draft, at) for draft in some)
                db.facts.save(UNLINKED, to_text(at))
        if gone:
            with self._ledger.writing() as db:
                done["removed"] += sum(
                    db.memories.remove(one.uid, one.revision.source, at) for one in gone
                )
                db.facts.save(UNLINKED, to_text(at))
        return dict(done)

    def _is_kept(self, draft: Draft) -> bool:
        memory = self._known.get(draft.key)
        return (
            memory is not None and _is_live(memory) and memory.revision.draft.digest == draft.digest
        )

    def _keep_one(self, db: Database, draft: Draft, at: datetime) -> str:
        source = source_of(draft.key)
        if known := self._known.get(draft.key):
            keep_revision(db, known.uid, draft, source, at)
            return "revised"
        uid = next(uid for uid in uids_of(draft.key) if not db.memories.contains(uid))
        keep_memory(db, uid, draft, source, at)
        return "added"


def _is_live(memory: Memory) -> bool:
    return not memory.revision.removed


def _log_arguments(head: str, tips: Sequence[str], bounds: HistoryBounds) -> list[str]:
    if tips:
        return ["--no-merges", head, *(f"^{tip}" for tip in tips)]
    since = [f"--since={bounds.since.isoformat()}"] if bounds.since else []
    return ["--no-merges", f"--max-count={bounds.most}", *since, head]


def _conditions(recorded: Iterable[Memory], grafts: str, bounds: HistoryBounds) -> HistoryMark:
    """What reading depends on now; where it was something else, all is read anew."""
    names = sorted({name for memory in recorded for name in commits_of(memory.revision.draft)})
    said = hashlib.blake2b("\n".join(names).encode(), digest_size=16).hexdigest()
    return HistoryMark(by=VERSION, bounds=bounds, grafts=grafts, recorded=said)
