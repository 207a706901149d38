"""From a project's files to its ledger: scan, read, parse, reconcile, keep."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from indexer.changes import plan_changes
from indexer.commits import read_head
from indexer.keeping import keep_plan, keep_removals
from indexer.linking import link_references
from indexer.modules import label_modules
from indexer.problems import standing_problems
from indexer.reading import FileState, Unread, read_document
from indexer.reconcile import Found, plan_reconciliation
from indexer.recording import write_pending
from indexer.scanner import scan
from indexer.sources.document import Origin
from memory.ledger.facts import PARSED_BY, UNLINKED, find_fact, save_fact
from memory.ledger.files import known_files
from memory.ledger.memories import (
    count_live,
    memories_in_files,
    memories_with_uids,
    removed_memories_saying,
)
from memory.models.file import KnownFile
from memory.models.report import IndexReport, Progress, no_progress
from memory.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from pathlib import Path

    from indexer.commits import Head
    from indexer.reconcile import Plan
    from indexer.scanner import SeenFile
    from indexer.sources.document import Format, Parsed
    from memory.ledger.connection import Database, Ledger
    from memory.models.revision import Memory

PATIENCE = 2.0  # seconds: whoever writes a record to its file is done by then
REMOVAL_LIMIT = 1 / 3  # the share of a project's memories that may go without being asked

_STALE = "stale"  # of a file that has to be read again though it did not change


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
    elsewhere: Sequence[Path] = (),
    only: Collection[str] | None = None,
    accept_removals: bool = False,
    on_progress: Progress = no_progress,
) -> IndexReport:
    """Bring the ledger up to date with the project's files; vectors are not its business.

    Only changed files are read. A run that is killed loses nothing: what it had kept stays,
    and the next one finishes the rest. What could not be read leaves what is known as it was
    and is named in the report. When more than a third of all memories would be removed, none
    is, unless `accept_removals` says that this is right.

    Where `only` says so, known files elsewhere are neither read nor gone. After an upgrade,
    and where links have to be followed, everything is looked at all the same.

    Args:
        ledger: Where to keep it.
        root: The worktree to read.
        formats: What to look for; the first that accepts a path has it.
        ignore: Patterns of what not to look at, as in `.gitignore`.
        elsewhere: Other worktrees of the project: a file that one of them has is not gone.
        only: Paths to look at, with what is below them, relative to `root`; None for all.
        accept_removals: Believe it when much is gone.
        on_progress: Told about the stages `read` and `keep`, in files.

    Raises:
        StoreBusy: Another process is indexing.
        ProjectUnreadable: The root itself cannot be listed.
    """
    started = time.monotonic()
    find_format = _finder(formats)
    with ledger.indexing(wait=PATIENCE):
        written, unwritten = write_pending(ledger, root)
        upgraded = find_fact(ledger.db, PARSED_BY) != VERSION
        seen = scan(
            root,
            lambda path: find_format(path) is not None,
            ignore=ignore,
            only=None if upgraded else only,
        )
        known = known_files(ledger.db, seen.only)
        if upgraded:  # another version of archmem may read the same bytes another way
            known = {
                path: row._replace(state=_STALE, content_hash=None) for path, row in known.items()
            }
        changes = plan_changes(seen, known)
        intake = _read(root, changes.to_read, known, find_format, on_progress)

        found = [Found(path, draft) for path, one in intake.parsed.items() for draft in one.drafts]
        candidates = _candidates(ledger.db, found, [*intake.parsed, *changes.gone])
        plan = plan_reconciliation(found, candidates)
        stay = {path for path in changes.gone if any((one / path).exists() for one in elsewhere)}
        plan = replace(plan, removed=tuple(m for m in plan.removed if m.path not in stay))
        gone = [path for path in changes.gone if path not in stay]
        withheld = len(plan.removed)
        if accept_removals or withheld <= REMOVAL_LIMIT * count_live(ledger.db):
            withheld = 0
        at = datetime.now(UTC)
        left = _hold_open(intake, plan)
        counts = keep_plan(ledger, plan, intake.origins, intake.rows, at, on_progress)
        if withheld:  # the files they vanished from stay open until somebody says that it is right
            still_open = {memory.path for memory in plan.removed}
            left = [row for row in left if row.path not in still_open]
            removed = keep_removals(ledger, (), (), left, at)
        else:
            removed = keep_removals(ledger, plan.removed, gone, left, at)
        _look_up(ledger, upgraded=upgraded)
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


def _finder(formats: Sequence[Format]) -> Callable[[PurePosixPath], Format | None]:
    return lambda path: next((one for one in formats if one.accepts(path)), None)


def _read(
    root: Path,
    files: Sequence[SeenFile],
    known: Mapping[str, KnownFile],
    find_format: Callable[[PurePosixPath], Format | None],
    on_progress: Progress,
) -> _Intake:
    intake = _Intake()
    head = read_head(root, [seen.path for seen in files]) if files else None
    for number, seen in enumerate(files, start=1):
        format_ = find_format(PurePosixPath(seen.path))
        if format_ is not None and head is not None:
            _read_one(root, seen, known.get(seen.path), format_, head, intake)
        on_progress("read", number, len(files))
    return intake


def _read_one(
    root: Path,
    seen: SeenFile,
    known: KnownFile | None,
    format_: Format,
    head: Head,
    intake: _Intake,
) -> None:
    reading = read_document(root, seen)
    if isinstance(reading, Unread):
        if reading.state is not FileState.GONE:
            intake.problems.append(str(reading.problem))
            intake.rows[seen.path] = _row(seen, reading.state, problem=str(reading.problem))
        return
    row = _row(reading.seen, FileState.READ, reading.content_hash, reading.read_at_ns)
    if known and known.state == FileState.READ and known.content_hash == reading.content_hash:
        intake.rows[seen.path] = row._replace(problem=known.problem)
        intake.problems += (known.problem or "").splitlines()
        return
    parsed = format_.parse(reading.document)
    said = [str(problem) for problem in (*reading.problems, *parsed.problems)]
    intake.problems += said
    if parsed.failed:
        row = row._replace(state=FileState.NOT_PARSEABLE)
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


def _hold_open(intake: _Intake, plan: Plan) -> list[KnownFile]:
    """Files that a memory leaves are to be read again, until it is kept elsewhere or removed.

    Otherwise a run that is killed before that would leave it where it no longer stands.

    Returns:
        What to note of these files in the end.
    """
    leaving = {memory.path for memory in plan.removed}
    leaving |= {
        match.memory.path for match in plan.matched if match.memory.path != match.found.path
    }
    left = [row for path, row in intake.rows.items() if path in leaving]
    for row in left:
        intake.rows[row.path] = row._replace(state=_STALE)
    return left


def _look_up(ledger: Ledger, *, upgraded: bool) -> None:
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
