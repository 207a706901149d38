"""From a project's files to its ledger: scan, read, parse, reconcile, keep."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from indexer.changes import plan_changes
from indexer.formats.document import Origin
from indexer.formats.registry import finder
from indexer.git.repository import read_head
from indexer.keeping import keep_plan, keep_removals
from indexer.linking import link_references
from indexer.modules import label_modules
from indexer.problems import standing_problems
from indexer.reading import FileState, Unread, read_document
from indexer.reconcile import Found, plan_reconciliation
from indexer.recording import write_pending
from indexer.scanner import scan
from indexer.worktrees import (
    forget_gone,
    had_elsewhere,
    held_by_main,
    known_here,
    name_worktrees,
    read_others_anew,
    removable,
    wake_for_lost,
)
from memory.ledger.facts import PARSED_BY, UNLINKED, find_fact, save_fact
from memory.ledger.memories import (
    count_live,
    memories_in_files,
    memories_with_uids,
    removed_memories_saying,
)
from memory.models.file import NOTED, READ, STALE, KnownFile
from memory.models.report import IndexReport, Progress, no_progress
from memory.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from pathlib import Path

    from indexer.formats.document import Format, Parsed
    from indexer.git.repository import HeadCommit
    from indexer.reconcile import Plan
    from indexer.scanner import SeenFile
    from memory.ledger.connection import Database, Ledger
    from memory.models.revision import Memory

PATIENCE = 2.0  # seconds: whoever writes a record to its file is done by then
REMOVAL_LIMIT = 1 / 3  # the share of a project's memories that may go without being asked

#: Of a file that may be as it was: nothing new is known of it.
_UNCERTAIN = (FileState.UNREADABLE, FileState.HALF_WRITTEN)


@dataclass
class _Intake:
    """What reading the changed files of one run brought, by path."""

    rows: dict[str, KnownFile] = field(default_factory=dict)  # of every file looked at
    parsed: dict[str, Parsed] = field(default_factory=dict)  # of those with something new
    origins: dict[str, Origin] = field(default_factory=dict)  # of the same
    problems: list[str] = field(default_factory=list)


def take_in(
    ledger: Ledger,
    root: Path,
    formats: Sequence[Format],
    *,
    ignore: Sequence[str] = (),
    main: Path | None = None,
    elsewhere: Sequence[Path] = (),
    only: Collection[str] | None = None,
    accept_removals: bool = False,
    on_progress: Progress = no_progress,
    head: HeadCommit | None = None,
    at: datetime | None = None,
) -> IndexReport:
    """Bring the ledger up to date with the project's files; vectors are not its business.

    Only changed files are read. A run that is killed loses nothing: what it had kept stays,
    and the next one finishes the rest. What could not be read leaves what is known as it was
    and is named in the report. When more than a third of all memories would be removed, none
    is, unless `accept_removals` says that this is right.

    Each worktree contributes what changes in it, see `worktrees`. What vanishes from one is
    gone when no other has it.

    Where `only` says so, known files elsewhere are neither read nor gone. After an upgrade,
    and where links have to be followed, everything is looked at all the same.

    Args:
        ledger: Where to keep it.
        root: The worktree to read.
        formats: What to look for; the first that accepts a path has it.
        ignore: Patterns of what not to look at, as in `.gitignore`.
        main: The main worktree of the project; None if it is `root`.
        elsewhere: Other worktrees of the project that are there.
        only: Paths to look at, with what is below them, relative to `root`; None for all.
        accept_removals: Believe it when much is gone.
        on_progress: Told about the stages `read` and `keep`, in files.
        head: The commit that the files are from; None to ask git.
        at: The moment of recording; None for now.

    Raises:
        StoreBusy: Another process is indexing.
        ProjectUnreadable: The root itself cannot be listed.
    """
    started = time.monotonic()
    find_format = finder(formats)
    trees = name_worktrees(root, main, elsewhere)
    with ledger.indexing(wait=PATIENCE):
        written, unwritten = write_pending(ledger, root, find_format)
        upgraded = find_fact(ledger.db, PARSED_BY) != VERSION
        seen = scan(
            root,
            lambda path: find_format(path) is not None,
            ignore=ignore,
            only=None if upgraded else only,
        )
        if upgraded:  # another version of archmem may read the same bytes another way
            read_others_anew(ledger, trees)
        lost = wake_for_lost(ledger, trees) if seen.only is None else []
        known = known_here(ledger.db, trees, seen.only, anew=upgraded)
        changes = plan_changes(seen, known)
        new = [one.path for one in changes.to_read if one.path not in known]
        held = held_by_main(ledger.db, trees, new)
        intake = _read(root, changes.to_read, known, held, find_format, on_progress, head)
        for path, row in intake.rows.items():
            intake.rows[path] = row._replace(worktree=trees.here)

        found = [Found(path, draft) for path, one in intake.parsed.items() for draft in one.drafts]
        there = {one.path for one in seen.files}
        lost_too = {row.path for row in lost if seen.sees(row.path)} - there
        gone = sorted({*changes.gone, *lost_too})
        candidates = _candidates(ledger.db, found, [*intake.parsed, *gone])
        plan = plan_reconciliation(found, candidates)
        stay = had_elsewhere(trees, gone)
        removed_here = [memory for memory in plan.removed if memory.path not in stay]
        plan = replace(plan, removed=removable(ledger.db, trees, removed_here, known, gone))
        withheld = len(plan.removed)
        if accept_removals or withheld <= REMOVAL_LIMIT * count_live(ledger.db, derived=False):
            withheld = 0
        at = at or datetime.now(UTC)
        left = _hold_open(intake, plan, known)
        counts = keep_plan(ledger, plan, intake.origins, intake.rows, at, on_progress)
        if withheld:  # the files they vanished from stay open until somebody says that it is right
            still_open = {memory.path for memory in plan.removed}
            left = [row for row in left if row.path not in still_open]
            removed = keep_removals(ledger, (), left, at)
        else:
            removed = keep_removals(ledger, plan.removed, left, at)
            forget_gone(ledger, trees, changes.gone, stay, lost)
        look_up(ledger, upgraded=upgraded)
        standing = standing_problems(ledger, seen, changes.unchanged, known)
    return IndexReport(
        added=counts["added"],
        revised=counts["revised"],
        moved=counts["moved"],
        unchanged=count_live(ledger.db) - counts["added"] - counts["revised"] - counts["moved"],
        removed=removed,
        withheld=withheld,
        written=written,
        files_read=len(changes.to_read),
        files_unchanged=len(changes.unchanged),
        problems=(*unwritten, *sorted({*intake.problems, *standing})),
        seconds=time.monotonic() - started,
    )


def _read(
    root: Path,
    files: Sequence[SeenFile],
    known: Mapping[str, KnownFile],
    held: Mapping[str, KnownFile],
    find_format: Callable[[PurePosixPath], Format | None],
    on_progress: Progress,
    head: HeadCommit | None,
) -> _Intake:
    intake = _Intake()
    if files and head is None:
        head = read_head(root, [seen.path for seen in files])
    for number, seen in enumerate(files, start=1):
        format_ = find_format(PurePosixPath(seen.path))
        if format_ is not None and head is not None:
            _read_one(root, seen, known.get(seen.path), held.get(seen.path), format_, head, intake)
        on_progress("read", number, len(files))
    return intake


def _read_one(
    root: Path,
    seen: SeenFile,
    known: KnownFile | None,
    held: KnownFile | None,
    format_: Format,
    head: HeadCommit,
    intake: _Intake,
) -> None:
    is_noted = held is not None or (known is not None and known.state == NOTED)
    said_before = known.said if known else ""
    reading = read_document(root, seen)
    if isinstance(reading, Unread):
        if reading.state is not FileState.GONE:
            intake.problems.append(str(reading.problem))
            if not (is_noted and reading.state in _UNCERTAIN):
                row = _row(seen, reading.state, problem=str(reading.problem))
                intake.rows[seen.path] = row._replace(said=said_before)
        return
    row = _row(reading.seen, FileState.READ, reading.content_hash, reading.read_at_ns)
    if known and known.state in (READ, NOTED) and known.content_hash == reading.content_hash:
        intake.rows[seen.path] = row._replace(
            state=known.state, problem=known.problem, said=known.said
        )
        intake.problems += (known.problem or "").splitlines()
        return
    if held and held.content_hash == reading.content_hash:
        intake.rows[seen.path] = row._replace(state=NOTED, said=held.said)
        return
    parsed = format_.parse(reading.document)
    row = row._replace(said=" ".join(sorted({draft.digest for draft in parsed.drafts})))
    if held:
        intake.rows[seen.path] = row._replace(state=NOTED)
        return
    said = [str(problem) for problem in (*reading.problems, *parsed.problems)]
    intake.problems += said
    if parsed.failed:
        row = row._replace(state=FileState.NOT_PARSEABLE, said=said_before)
    else:
        commit = head.commit_of(seen.path, reading.raw)
        intake.parsed[seen.path] = parsed
        intake.origins[seen.path] = Origin(format_.trust, reading.content_hash, commit)
    intake.rows[seen.path] = row._replace(problem="\n".join(said) or None)


def _row(
    seen: SeenFile,
    state: str,
    content_hash: str | None = None,
    read_at_ns: int | None = None,
    problem: str | None = None,
) -> KnownFile:
    read_at_ns = time.time_ns() if read_at_ns is None else read_at_ns
    return KnownFile(seen.path, seen.size, seen.mtime_ns, content_hash, state, problem, read_at_ns)


def _candidates(db: Database, found: Sequence[Found], paths: Sequence[str]) -> list[Memory]:
    """The memories that drafts may turn out to be, each once.

    A draft that carries the uid of a memory in a file which was not read is a copy of it,
    not the memory itself.
    """
    looked_at = set(paths)
    by_uid = memories_with_uids(db, [one.draft.uid for one in found if one.draft.uid])
    candidates = [
        *memories_in_files(db, paths),
        *(m for m in by_uid if m.revision.removed or m.path is None or m.path in looked_at),
        *removed_memories_saying(db, [one.draft.digest for one in found]),
    ]
    return list({memory.uid: memory for memory in candidates}.values())


def _hold_open(intake: _Intake, plan: Plan, known: Mapping[str, KnownFile]) -> list[KnownFile]:
    """Files that a memory leaves are to be read again, until it is kept elsewhere or removed.

    Otherwise a run that is killed before that would leave it where it no longer stands. What
    they said before is theirs to remove until then.

    Returns:
        What to note of these files in the end.
    """
    leaving = {memory.path for memory in plan.removed}
    leaving |= {
        match.memory.path for match in plan.matched if match.memory.path != match.found.path
    }
    left = [row for path, row in intake.rows.items() if path in leaving]
    for row in left:
        before = known[row.path].said if row.path in known else ""
        intake.rows[row.path] = row._replace(state=STALE, said=f"{row.said} {before}".strip())
    return left


def look_up(ledger: Ledger, *, upgraded: bool = False) -> None:
    """Find what memories refer to and which modules they are about, if that has to be done."""
    unlinked = find_fact(ledger.db, UNLINKED)
    if not unlinked and not upgraded:
        return
    label_modules(ledger, anew=upgraded)
    link_references(ledger, anew=upgraded)
    with ledger.writing() as db:
        save_fact(db, PARSED_BY, VERSION)
        if find_fact(db, UNLINKED) == unlinked:  # else something was recorded meanwhile
            save_fact(db, UNLINKED, "")
