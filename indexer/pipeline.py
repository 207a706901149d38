"""From a project's files to its ledger: scan, read, parse, reconcile, keep."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from indexer.apart import HEAVY, TooHeavy, apart
from indexer.apply_plan import apply_plan, apply_removals
from indexer.date_order import EITHER, settle_dates, unsettled
from indexer.discovery.survey import survey
from indexer.discovery.telling import find_discovery, keep_survey, knowing_folders
from indexer.formats.document import Origin, Parsed, Problem
from indexer.formats.registry import finder
from indexer.git.head import read_head
from indexer.linking import link_references
from indexer.modules import find_modules, index_mark, label_modules, missing_modules
from indexer.reading import FileState, Unread, read_document
from indexer.reconcile import FoundDraft, plan_reconciliation
from indexer.recording import write_pending
from indexer.scanner import SeenFile, is_outside, plan_changes
from indexer.worktrees import name_worktrees
from indexer.writers.drafts import sweep
from memory.credentials.gate import gate_of
from memory.ledger.project_modules import found_modules, modules_mark, save_found_modules
from memory.ledger.store_facts import BLIND, PARSED_BY, REMOTES, UNLINKED
from memory.ledger.times import to_text
from memory.models.report import NOTED, READ, STALE, IndexReport, KnownFile, Progress, no_progress
from memory.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from indexer.discovery.survey import Survey
    from indexer.formats.document import Document, Format
    from indexer.git.head import HeadCommit
    from indexer.reconcile import DraftMatch, Reconciliation
    from indexer.scanner import FileChanges, Scan
    from memory.credentials.gate import Gate
    from memory.ledger.interface.database import Database, Ledger
    from memory.models.memory import Draft, Memory
    from memory.models.report import Progress

PATIENCE = 2.0  # seconds: whoever writes a record to its file is done by then
#: Entries of one file that become memories. Of 11,000 pages of public projects that keep records
#: none has a tenth as many headings as this.
MOST_ENTRIES = 5_000
REMOVAL_LIMIT = 1 / 3  # the share of a project's memories that may go without being asked

#: Of a file that may be as it was: nothing new is known of it.
_UNCERTAIN = (FileState.UNREADABLE, FileState.HALF_WRITTEN)


@dataclass
class _Intake:
    """What reading the changed files of one run brought, by path."""

    root: Path
    worktree: str  # as `KnownFile.worktree`
    known: Mapping[str, KnownFile]  # here
    held: Mapping[str, KnownFile]  # of new files, what the main worktree has of them
    gate: Gate
    rows: dict[str, KnownFile] = field(default_factory=dict)  # of every file looked at
    parsed: dict[str, Parsed] = field(default_factory=dict)  # of those with something new
    origins: dict[str, Origin] = field(default_factory=dict)  # of the same
    problems: list[str] = field(default_factory=list)

    def read(self, seen: SeenFile, format_: Format, head: HeadCommit) -> None:
        """Read a file, and parse it if it is news."""
        known, held = self.known.get(seen.path), self.held.get(seen.path)
        said_before = known.said if known else ""
        reading = read_document(self.root, seen)
        if isinstance(reading, Unread):
            if reading.state is FileState.GONE:
                return
            self.problems.append(str(reading.problem))
            is_noted = held is not None or (known is not None and known.state == NOTED)
            if not (is_noted and reading.state in _UNCERTAIN):
                row = self._row(seen, reading.state, None, time.time_ns())
                problem = str(reading.problem)
                self.rows[seen.path] = row._replace(problem=problem, said=said_before)
            return
        row = self._row(reading.seen, READ, reading.content_hash, reading.read_at_ns)
        if known and known.state in (READ, NOTED) and known.content_hash == reading.content_hash:
            self.rows[seen.path] = row._replace(
                state=known.state, problem=known.problem, said=known.said
            )
            self.problems += (known.problem or "").splitlines()
            return
        if held and held.content_hash == reading.content_hash:
            self.rows[seen.path] = row._replace(state=NOTED, said=held.said)
            return
        withheld, said = _parsed(format_, reading.document, self.gate, len(reading.raw))
        parsed = _capped(said, seen.path)
        row = row._replace(said=_said(parsed.drafts))
        if held:
            self.rows[seen.path] = row._replace(state=NOTED)
            return
        told = [str(problem) for problem in (*reading.problems, *withheld, *parsed.problems)]
        self.problems += told
        if parsed.failed:
            row = row._replace(state=FileState.NOT_PARSEABLE, said=said_before)
        else:
            commit = head.commit_of(seen.path, reading.raw)
            self.parsed[seen.path] = parsed
            self.origins[seen.path] = Origin(format_.trust, reading.content_hash, commit)
        self.rows[seen.path] = row._replace(problem="\n".join(told) or None)

    def settle(self, db: Database, gone: Collection[str]) -> list[DraftMatch]:
        """Settle what the drafts of several files tell of each other.

        Returns:
            The memories of files that were not read which this changes, as they are then.
        """
        changed = settle_dates(db, self.parsed, gone)
        for path, parsed in self.parsed.items():
            told = [str(problem) for problem in unsettled(path, parsed.drafts)]
            self.problems += told
            row = self.rows[path]
            problem = "\n".join([*(row.problem or "").splitlines(), *told]) or None
            self.rows[path] = row._replace(said=_said(parsed.drafts), problem=problem)
        rows = db.files.known([found.path for _, found in changed], worktree=self.worktree)
        for memory, found in changed:
            if found.path in rows:
                row = rows[found.path]
                source = memory.revision.source
                lines = [one for one in (row.problem or "").splitlines() if EITHER not in one]
                said = row.said.replace(memory.revision.draft.digest, found.draft.digest)
                self.rows[found.path] = row._replace(said=said, problem="\n".join(lines) or None)
                self.origins[found.path] = Origin(
                    source.trust, source.content_hash or "", source.commit
                )
        return changed

    def hold_open(self, plan: Reconciliation) -> list[KnownFile]:
        """Files that a memory leaves are to be read again, until it is kept elsewhere or removed.

        Otherwise a run that is killed before that would leave it where it no longer stands. What
        they said before is theirs to remove until then.

        Returns:
            What to note of these files in the end.
        """
        leaving = {memory.path for memory in plan.removed}
        leaving |= {one.memory.path for one in plan.matched if one.memory.path != one.found.path}
        left = [row for path, row in self.rows.items() if path in leaving]
        for row in left:
            before = self.known[row.path].said if row.path in self.known else ""
            self.rows[row.path] = row._replace(state=STALE, said=f"{row.said} {before}".strip())
        return left

    def _row(self, seen: SeenFile, state: str, hash_: str | None, read_at_ns: int) -> KnownFile:
        stat = (seen.size, seen.mtime_ns)
        return KnownFile(seen.path, *stat, hash_, state, None, read_at_ns, self.worktree)


def _gated(document: Document, gate: Gate) -> tuple[Document, list[Problem]]:
    """What may be taken in of a file, and what may not."""
    text, withheld = gate.redact(document.text)
    beside, more = gate.redact(document.beside)
    problems = [
        Problem(document.path, one.what, one.line, f"take it out there, or {one.allowing}")
        for one in (*withheld, *more)
    ]
    return (replace(document, text=text, beside=beside), problems) if problems else (document, [])


def _parsed(
    format_: Format, document: Document, gate: Gate, size: int
) -> tuple[list[Problem], Parsed]:
    """What may not be taken in of a file of so many bytes, and what it says.

    That it takes too long, if it does.
    """
    try:
        is_heavy = size >= HEAVY
        given = format_, document, gate
        return apart(_read_out, *given) if is_heavy else _read_out(*given)
    except TooHeavy as error:
        return [], Parsed(problems=(Problem(document.path, str(error)),), failed=True)


def _read_out(format_: Format, document: Document, gate: Gate) -> tuple[list[Problem], Parsed]:
    gated, withheld = _gated(document, gate)
    return withheld, format_.parse(gated)


def _capped(parsed: Parsed, path: str) -> Parsed:
    """What was found in a file, as far as a file is believed to have entries."""
    found = len(parsed.drafts)
    if found <= MOST_ENTRIES:
        return parsed
    what = f"has {found:,} entries; the first {MOST_ENTRIES:,} of them are kept"
    problems = (*parsed.problems, Problem(path, what, advice="split it"))
    return replace(parsed, drafts=parsed.drafts[:MOST_ENTRIES], problems=problems)


def take_in(
    ledger: Ledger,
    root: Path,
    formats: Sequence[Format],
    *,
    ignore: Sequence[str] = (),
    modules: Mapping[str, Sequence[str]] | None = None,
    outside: Iterable[SeenFile | Problem] = (),
    main: Path | None = None,
    elsewhere: Sequence[Path] = (),
    remotes: Collection[str] | None = None,
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

    `modules` are those that the project declares, with their folders; without them nothing is
    found out of modules beyond what memories say. `outside` are files that belong to the project
    and lie elsewhere, with what is wrong with them. `root` is the worktree to read; `main` the main
    one, if that is another; `elsewhere` are further ones that are there; `remotes` is what the
    repository is called at its remotes, if that is to be noted; `head` is the commit that
    the files are from, if git is not to be asked.

    Raises:
        StoreBusy: Another process is indexing.
        ProjectUnreadable: The root itself cannot be listed.
    """
    started = time.monotonic()
    trees = name_worktrees(root, main, elsewhere)
    with ledger.indexing(wait=PATIENCE):
        find_format = finder(knowing_folders(ledger.db, formats))
        written, unwritten = write_pending(ledger, root, find_format)
        upgraded = ledger.db.facts.find(PARSED_BY) != VERSION
        looked = survey(
            root,
            formats,
            find_discovery(ledger.db),
            ignore=ignore,
            only=None if upgraded else only,
            outside=[one for one in outside if isinstance(one, SeenFile)],
        )
        seen, find_format = _swept(root, looked.scan), finder(looked.formats)
        if upgraded:  # another version of archmem may read the same bytes another way
            trees.read_others_anew(ledger)
        lost = trees.wake_for_lost(ledger) if seen.only is None else []
        known = trees.known_here(ledger.db, seen.only, anew=upgraded)
        changes = plan_changes(seen, known)
        new = [one.path for one in changes.to_read if one.path not in known]
        held = trees.held_by_main(ledger.db, new)
        intake = _Intake(root, trees.here, known, held, gate_of(ledger))
        if changes.to_read and head is None:
            head = read_head(root, [one.path for one in changes.to_read if not is_outside(one)])
        for number, one in enumerate(changes.to_read, start=1):
            format_ = find_format(PurePosixPath(one.path))
            if format_ is not None and head is not None:
                intake.read(one, format_, head)
            on_progress("read", number, len(changes.to_read))

        changed = intake.settle(ledger.db, changes.gone)
        found = [
            FoundDraft(path, draft) for path, one in intake.parsed.items() for draft in one.drafts
        ]
        gone = _gone(seen, changes, lost)
        candidates = _candidates(ledger.db, found, [*intake.parsed, *gone])
        plan = plan_reconciliation(found, candidates)
        plan = replace(plan, matched=(*plan.matched, *changed))
        stay = trees.had_elsewhere(gone)
        removed_here = [memory for memory in plan.removed if memory.path not in stay]
        plan = replace(plan, removed=trees.removable(ledger.db, removed_here, known, gone))
        withheld = len(plan.removed)
        if accept_removals or withheld <= REMOVAL_LIMIT * ledger.db.memories.count_live(
            derived=False
        ):
            withheld = 0
        at = at or ledger.db.memories.moment()
        left = intake.hold_open(plan)
        counts = apply_plan(ledger, plan, intake.origins, intake.rows, at, on_progress)
        if withheld:  # the files they vanished from stay open until somebody says that it is right
            still_open = {memory.path for memory in plan.removed}
            left = [row for row in left if row.path not in still_open]
            removed = apply_removals(ledger, (), left, at)
        else:
            removed = apply_removals(ledger, plan.removed, left, at)
            trees.forget_gone(ledger, changes.gone, stay, lost)
        wrong = [str(one) for one in outside if isinstance(one, Problem)]
        wrong += [] if modules is None else _find_modules(ledger, root, modules, looked, at)
        look_up(ledger, upgraded=_note_remotes(ledger, remotes) or upgraded)
        standing = _standing_problems(ledger, seen, changes.unchanged, known)
        folders, new_folders, missing = keep_survey(ledger, root, formats, looked)
    return IndexReport(
        added=counts["added"],
        revised=counts["revised"],
        moved=counts["moved"],
        unchanged=ledger.db.memories.count_live()
        - counts["added"]
        - counts["revised"]
        - counts["moved"],
        removed=removed,
        withheld=withheld,
        written=written,
        files_read=len(changes.to_read),
        files_unchanged=len(changes.unchanged),
        folders=folders,
        new_folders=new_folders,
        problems=(*missing, *wrong, *unwritten, *sorted({*intake.problems, *standing})),
        seconds=time.monotonic() - started,
    )


def _gone(seen: Scan, changes: FileChanges, lost: Iterable[KnownFile]) -> list[str]:
    """The paths of files that are no longer there, those that another worktree lost among them."""
    there = {one.path for one in seen.files}
    lost_too = {row.path for row in lost if seen.sees(row.path)} - there
    return sorted({*changes.gone, *lost_too})


def _said(drafts: Iterable[Draft]) -> str:
    return " ".join(sorted({draft.digest for draft in drafts}))


def _find_modules(
    ledger: Ledger,
    root: Path,
    declared: Mapping[str, Sequence[str]],
    looked: Survey,
    at: datetime,
) -> list[str]:
    """Keep which modules there are; what is wrong with those declared, in lines."""
    folders = looked.discovery.folders()
    apart = {*folders.records, *folders.declared}
    listed = index_mark(root)
    mark = json.dumps([VERSION, listed, declared, sorted(apart)]) if listed else ""
    if not mark or mark != modules_mark(ledger.db):
        found, before = find_modules(root, declared, apart), found_modules(ledger.db)
        is_news = any(found.get(source, []) != names for source, names in before.items())
        with ledger.writing() as db:
            save_found_modules(db, found, mark)
            if is_news:
                db.facts.save(UNLINKED, to_text(at))
    return [str(problem) for problem in missing_modules(root, declared)]


def _note_remotes(ledger: Ledger, remotes: Collection[str] | None) -> bool:
    """Keep what the repository is called elsewhere, if that is known; whether it is news."""
    said = json.dumps(sorted(remotes or ()))
    if remotes is None or said == (ledger.db.facts.find(REMOTES) or "[]"):
        return False
    with ledger.writing() as db:
        db.facts.save(REMOTES, said)
    return True


def _swept(root: Path, seen: Scan) -> Scan:
    """What was seen; beside it nobody's draft is left, where everything was looked at."""
    if seen.only is None:
        sweep({(root / one.path).parent for one in seen.files})
    return seen


def look_up(ledger: Ledger, *, upgraded: bool = False) -> None:
    """Find what memories refer to and which modules they are about, if that has to be done."""
    unlinked = ledger.db.facts.find(UNLINKED)
    if not unlinked and not upgraded:
        return
    label_modules(ledger, anew=upgraded)
    link_references(ledger, anew=upgraded)
    with ledger.writing() as db:
        db.facts.save(PARSED_BY, VERSION)
        if db.facts.find(UNLINKED) == unlinked:  # else something was recorded meanwhile
            db.facts.save(UNLINKED, "")


def _candidates(db: Database, found: Sequence[FoundDraft], paths: Sequence[str]) -> list[Memory]:
    """The memories that drafts may turn out to be, each once.

    A draft that carries the uid of a memory in a file which was not read is a copy of it,
    not the memory itself.
    """
    looked_at = set(paths)
    by_uid = db.memories.with_uids([one.draft.uid for one in found if one.draft.uid])
    candidates = [
        *db.memories.in_files(paths),
        *(m for m in by_uid if m.revision.removed or m.path is None or m.path in looked_at),
        *db.memories.removed_saying([one.draft.digest for one in found]),
    ]
    return list({memory.uid: memory for memory in candidates}.values())


def _standing_problems(
    ledger: Ledger, seen: Scan, unchanged: Iterable[SeenFile], known: Mapping[str, KnownFile]
) -> list[str]:
    """The lines about all that was not read in this run.

    After a walk through some paths only, what earlier runs said of all others still stands.
    """
    lines = [known[one.path].problem for one in unchanged]
    blind = [[problem.path, str(problem)] for problem in seen.problems]
    said = ledger.db.facts.find(BLIND) or "[]"
    if seen.only is not None:
        lines += [
            line for path, line in ledger.db.files.problems().items() if not seen.covers(path)
        ]
        blind += [[path, line] for path, line in json.loads(said) if not seen.covers(path)]
    if json.dumps(sorted(blind)) != said:
        with ledger.writing() as db:
            db.facts.save(BLIND, json.dumps(sorted(blind)))
    return [
        *(line for some in lines if some for line in some.splitlines()),
        *(line for _, line in blind),
    ]
