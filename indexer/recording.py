"""Keeps records and amendments: in the ledger first, so that they are safe, then in their file."""

from __future__ import annotations

import contextlib
import re
from functools import lru_cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from indexer.formats.registry import format_for
from indexer.linking import link_references
from indexer.reconcile import FoundDraft, plan_reconciliation
from indexer.record_files import next_of, unnoted
from indexer.worktrees import worktree_name
from indexer.writers.amend import EntryContent, amend_text
from indexer.writers.atomic_file import read_file, refusal, write_file
from indexer.writers.place import Amended, insert, target_for
from memory.credentials.gate import gate_of
from memory.errors import (
    ArchMemError,
    FileNotWritable,
    InvalidRecord,
    StoreBusy,
)
from memory.kinds import SPECS
from memory.kinds.vocabulary import Kind, Trust
from memory.ledger.store_facts import UNLINKED
from memory.ledger.times import to_text
from memory.models.answer import Recorded
from memory.models.memory import Draft, Source, says_trust, trust_in, trust_of, uid_for
from memory.retrieval.passages import keep_memory, keep_revision

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path

    from indexer.formats.document import Format
    from memory.credentials.gate import Withheld
    from memory.ledger.interface.database import Database, Ledger
    from memory.models.memory import Memory

    FindFormat = Callable[[PurePosixPath], Format | None]

OTHER_LOG = ".claude/memory/decisions.md"  # where people without a `context` folder keep it
_NO_NAME = re.compile(r"[^\w.@/+-]+")  # what the name of an agent may not have in a file
PATIENCE = 10.0  # seconds that an index run may keep a record from its file


def record(
    ledger: Ledger,
    root: Path,
    draft: Draft,
    author: str,
    find_format: FindFormat = format_for,
) -> Recorded:
    """Keep a draft in the ledger, then write it to the file where its kind belongs.

    Where decisions are files of their own, a decision becomes the next one.

    What is kept is what an index run will read back from the file, so that the next one
    finds nothing new. The same draft has the same uid: recording it again changes nothing.

    Args:
        ledger: Where to keep it.
        root: The worktree whose file is written.
        draft: What to record; with the uid of a memory that was recorded, a revision of it.
        author: Who says so: "human:dana", "agent:payments".
        find_format: Which format a file has.

    Raises:
        InvalidRecord: the draft says what its file could not hold, or revises a memory whose
            text is in a file of its own.
    """
    if not SPECS[draft.kind].in_files:
        raise InvalidRecord(f"A {draft.kind} cannot be recorded: it has no file.")
    draft, withheld = gate_of(ledger).redact_all(draft)
    uid = draft.uid or uid_for(draft.kind, "recorded", draft.digest)
    draft = draft.model_copy(update={"said_by": _said_by(ledger, draft, uid, author)})
    change = _change(ledger, root, draft, uid, find_format)
    if change is None:
        return Recorded(uid=uid, is_new=False, path=ledger.db.memories.fetch(uid).path)
    said = _readable(root, change)
    source = Source(author=author, trust=trust_of(said, trust_in(author)))

    def keep(db: Database, at: datetime) -> bool:
        if not db.memories.contains(uid):
            keep_memory(db, uid, said, source, at)
            return True
        stands_in = db.memories.fetch(uid).path
        if stands_in not in (None, change.path):
            raise InvalidRecord(f"{uid} stands in {stands_in}: edit it there.")
        return keep_revision(db, uid, said, source, at)

    return _with(withheld, _keep(ledger, root, uid, change, said, keep))


def amend(
    ledger: Ledger,
    root: Path,
    uid: str,
    draft: Draft,
    author: str,
    after: int | None = None,
    find_format: FindFormat = format_for,
) -> Recorded:
    """Keep a revision of a memory and write it where its text stands.

    As with `record`, it is kept first, as the next index run will read it from the file, and
    waits there if the file cannot be written now. It has the trust of the text that it changes,
    as whoever clones the project will have it.

    Args:
        ledger: Where to keep it.
        root: The worktree whose file is written.
        uid: Of the memory.
        draft: What it is to say: its newest revision with some fields changed.
        author: Who says so.
        after: The number of the revision that the draft was made from; None for the newest.
        find_format: Which format a file has.

    Raises:
        UnknownMemory: there is none.
        ChangedMeanwhile: that is not its newest revision; nothing was kept.
        FileNotWritable: its file cannot say this; nothing was kept.
        InvalidRecord: it has no file, and is nothing that lives in the ledger alone.
    """
    memory = ledger.db.memories.fetch(uid)
    number = memory.revision.number if after is None else after
    memory.ensure_read(number)
    draft, withheld = gate_of(ledger).redact_all(draft)
    change, said = None, draft
    if memory.path is None:
        _ensure_ledger_alone(memory)
        trust = Trust.AGENT if author.startswith("agent:") else Trust.TEAM
        source = Source(author=author, trust=trust)
    else:
        wanted = _content(ledger, uid, draft, waits=memory.pending_file)
        change = _amendment(ledger, memory.path, wanted, find_format)
        said = change.new(read_file(root, memory.path)).said
        trust = memory.revision.source.trust
        source = Source(author=author, trust=trust, path=memory.path, lines=said.lines)

    def keep(db: Database, at: datetime) -> bool:
        db.memories.fetch(uid).ensure_read(number)
        return keep_revision(db, uid, said, source, at)

    return _with(withheld, _keep(ledger, root, uid, change, said, keep))


def write_pending(
    ledger: Ledger, root: Path, find_format: FindFormat = format_for
) -> tuple[int, list[str]]:
    """Write the records and amendments whose file could not be written before.

    Where somebody changed the same words as an amendment meanwhile, theirs count, and the index
    run that reads them makes a revision of them.

    Returns:
        How many are in their file now, and a line for each that still is not.
    """
    problems = []
    waiting = ledger.db.memories.pending()
    for memory in waiting:
        draft = memory.revision.draft
        path = _target(root, draft)
        if memory.path is not None and (draft.uid is None or memory.path != path):
            if reason := _write_amendment(ledger, root, memory.path, memory, find_format):
                problems.append(f"{memory.path}: {memory.uid} is not amended in it: {reason}")
            continue
        change = _change(ledger, root, draft, memory.uid, find_format)
        if change and (reason := _write(ledger, root, change, draft)):
            problems.append(f"{change.path}: {memory.uid} is not in it yet: {reason}")
    return len(waiting) - len(problems), problems


class _Change(NamedTuple):
    """How a memory comes into its file."""

    uid: str
    path: str
    new: Callable[[str | None], Amended]  # from what the file holds; None where there is none
    anew: Callable[[], _Change | None] | None = None  # once nobody else can take its number


def _change(
    ledger: Ledger, root: Path, draft: Draft, uid: str, find_format: FindFormat
) -> _Change | None:
    """How a draft comes into the file where it belongs; None where a record says it already."""
    path = _target(root, draft)
    if draft.kind is not Kind.DECISION:
        return _insertion(path, draft, uid)
    known = next(iter(ledger.db.memories.with_uids([uid])), None)
    if known and known.pending_file and known.path is None:
        said = known.revision.draft
        if there := unnoted(ledger, root, said, find_format):
            return _Change(uid, there, lambda text: _as_it_is(there, text, said))
    if draft.uid is not None or (root / path).exists():
        return _insertion(path, draft, uid)
    if known and known.path and not known.revision.removed:
        return None
    return _record_file(ledger, root, draft, uid, find_format) or _insertion(path, draft, uid)


def _record_file(
    ledger: Ledger, root: Path, draft: Draft, uid: str, find_format: FindFormat
) -> _Change | None:
    """A decision as the next file of a folder of records; None where there is no such folder."""
    new = next_of(ledger, root, draft, find_format)
    if new is None:
        return None
    path, text, said = new

    def written(found: str | None) -> Amended:
        if found not in (None, text):
            raise FileNotWritable(path, "somebody else has made it meanwhile")
        return Amended(text, said)

    def anew() -> _Change | None:
        return _record_file(ledger, root, draft, uid, find_format)

    return _Change(uid, path, written, anew)


def _as_it_is(path: str, text: str | None, said: Draft) -> Amended:
    if text is None:
        raise FileNotWritable(path, "it is not there")
    return Amended(text, said)


def _insertion(path: str, draft: Draft, uid: str) -> _Change:
    """A draft that becomes an entry of archmem's own."""

    @lru_cache(maxsize=1)  # as a rule the file is written as it was found when that was tried
    def new(text: str | None) -> Amended:
        return insert(text, draft, uid, path)

    return _Change(uid, path, new)


def _amendment(ledger: Ledger, path: str, wanted: EntryContent, find_format: FindFormat) -> _Change:
    """An entry that says something else, whoever wrote it."""
    gate = gate_of(ledger)

    def new(text: str | None) -> Amended:
        format_ = find_format(PurePosixPath(path))
        if text is None or format_ is None:
            raise FileNotWritable(path, "it is not there")
        known = ledger.db.memories.in_files([path])
        changed = amend_text(
            path,
            format_,
            text,
            wanted,
            find=lambda drafts: _find(drafts, known),
            as_kept=lambda text: gate.redact(text)[0],
        )
        before, after = (
            {one.hash for one in gate.redact(each)[1]} for each in (text, changed.text)
        )
        if before != after:
            raise FileNotWritable(path, "a credential stands in the entry: take it out there first")
        return changed

    def _find(drafts: Sequence[Draft], known: Sequence[Memory]) -> int | None:
        """Which of a file's drafts an index run would take the memory to be."""
        plan = plan_reconciliation([FoundDraft(path, draft) for draft in drafts], known)
        found = (one.found.draft for one in plan.matched if one.memory.uid == wanted.uid)
        match = next(found, None)
        return next((n for n, draft in enumerate(drafts) if draft is match), None)

    return _Change(wanted.uid, path, new)


def _keep(
    ledger: Ledger,
    root: Path,
    uid: str,
    change: _Change | None,
    said: Draft,
    keep: Callable[[Database, datetime], bool],
) -> Recorded:
    """Keep a revision, and then write it to its file, if it has one, when no index run is at work.

    Whoever is indexing writes it otherwise, and looks up what it refers to.
    """
    pending = elsewhere = ""
    with ledger.writing() as db:
        at = db.memories.moment()
        is_new = keep(db, at)
        if change:
            db.memories.mark_pending(uid, is_pending=True)
        db.facts.save(UNLINKED, to_text(at))
    try:
        with ledger.indexing(wait=PATIENCE):
            if change and not (elsewhere := _written_elsewhere(ledger, change)):
                change = (change.anew and change.anew()) or change
                pending = _write(ledger, root, change, said)
            link_references(ledger)
    except StoreBusy as error:
        pending = f"{error} The next index run writes it." if change else ""
    path = (elsewhere or change.path) if change and not pending else None
    return Recorded(uid=uid, is_new=is_new, path=path, pending=pending)


def _written_elsewhere(ledger: Ledger, change: _Change) -> str:
    """Where an index run has written a memory meanwhile, if not where it was meant to go."""
    memory = ledger.db.memories.fetch(change.uid)
    is_elsewhere = memory.path not in (None, change.path) and not memory.pending_file
    return memory.path or "" if is_elsewhere else ""


def _write(ledger: Ledger, root: Path, change: _Change, kept: Draft) -> str:
    """Write a change to its file; why that was not possible, or nothing.

    The memory goes on waiting where the ledger has got a newer revision than `kept`, the one
    that is written.
    """
    said = [kept]

    def new(text: str | None) -> str:
        changed = change.new(text)
        said[0] = changed.said
        return changed.text

    try:
        write_file(root, change.path, new)
    except (ArchMemError, OSError) as error:
        return refusal(error)
    worktree = worktree_name(root)
    with ledger.writing() as db:
        newest = db.memories.fetch(change.uid).revision
        is_newer = newest.draft.digest != kept.digest
        if change.anew and not is_newer:  # it may have got another number meanwhile
            keep_revision(db, change.uid, said[0], newest.source, db.memories.moment())
        db.memories.place(change.uid, change.path, said[0])
        db.files.reopen(change.path, said[0].digest, worktree=worktree)
        db.memories.mark_pending(change.uid, is_pending=is_newer)
    return ""


def _write_amendment(
    ledger: Ledger, root: Path, path: str, memory: Memory, find_format: FindFormat
) -> str:
    """Write the newest revision of a memory where its text stands; why not, or nothing."""
    draft = memory.revision.draft
    wanted = _content(ledger, memory.uid, draft, waits=True)
    change = _amendment(ledger, path, wanted, find_format)
    try:
        change.new(read_file(root, path))
    except (FileNotWritable, OSError) as error:
        with ledger.writing() as db:
            db.memories.mark_pending(memory.uid, is_pending=False)
        return f"{error} What the file says counts."
    return _write(ledger, root, change, draft)


def _readable(root: Path, change: _Change) -> Draft:
    """What a record will be read back as from its file.

    Raises:
        InvalidRecord: no file can hold it; nothing was kept.
    """
    with contextlib.suppress(FileNotWritable, OSError):  # it may be put right before it is written
        text, said = change.new(read_file(root, change.path))
        if "\0" not in text:
            return said
    try:
        text, said = change.new(None)
    except FileNotWritable as error:
        raise InvalidRecord(f"{change.path} cannot hold it: {error.reason}.") from error
    if "\0" in text:  # with it in the file, nothing in there would be read any more
        raise InvalidRecord(f"{change.path} cannot hold it: there is a NUL character in it.")
    return said


def _target(root: Path, draft: Draft) -> str:
    """The file that takes a draft: for a decision the log that the project already keeps."""
    usual = target_for(draft)
    if draft.kind is Kind.DECISION and not (root / usual).exists() and (root / OTHER_LOG).exists():
        return OTHER_LOG
    return usual


def _ensure_ledger_alone(memory: Memory) -> None:
    """Refuse to revise what has no file yet, or never gets one."""
    if memory.pending_file:
        raise InvalidRecord(f"{memory.uid} waits to be written to its file; run `archmem index`.")
    if SPECS[memory.kind].in_files:
        raise InvalidRecord(
            f"{memory.uid} is worked out from git's history, which says what it is."
        )


def _said_by(ledger: Ledger, draft: Draft, uid: str, author: str) -> str:
    """What its file will say of who recorded it: the agent, or nothing where it is a person.

    What was recorded in the same words before is whose it was. A lesson that says how far it is
    trusted says enough.
    """
    if says_trust(draft):
        return ""
    known = [] if draft.uid else ledger.db.memories.with_uids([uid])
    if known:
        return known[0].revision.draft.said_by
    kind, _, name = author.partition(":")
    return f"{kind}:{_NO_NAME.sub('-', name)[:80] or 'unnamed'}" if kind == "agent" else ""


def _with(withheld: Sequence[Withheld], recorded: Recorded) -> Recorded:
    told = tuple(map(str, withheld))
    return recorded.model_copy(update={"withheld": told})


def _content(ledger: Ledger, uid: str, draft: Draft, *, waits: bool) -> EntryContent:
    history = ledger.db.memories.history(uid)
    is_recorded = all(one.source.content_hash is None for one in history if one.number > 0)
    return EntryContent(uid, draft, [one.draft for one in history], waits, is_recorded)
