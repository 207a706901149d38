"""The verbs that record what is new, and change what is known."""

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from pydantic import AwareDatetime

from memory.kinds.vocabulary import Kind
from memory.models.answer import Recorded
from memory.models.flags import FlagAction, Flags
from memory.models.harvest import Harvested
from memory.models.memory import Draft
from memory.models.request import Count, Document, Question
from memory.models.runs import Consolidated, Result
from memory.models.selection import Name, Names
from memory.verbs.code_facts import ensure_checks_can_be_told

if TYPE_CHECKING:
    from memory.api import ArchMem


def record(archmem: "ArchMem", draft: Draft, *, author: Name | None = None) -> Recorded:
    """Keep a draft, in the ledger first and then in the project's file.

    When this returns the memory is safe. Recording the same again changes nothing. Where
    its file cannot be written, the result says why, and the next index run writes it.

    Raises:
        InvalidRecord: a check of a decision says nothing, or nothing that could be told.
    """
    from memory.metrics.measurement_series import with_comparison

    ensure_checks_can_be_told(archmem, draft)
    with archmem.ledger.reading():
        recorded = archmem.session.project.record(archmem.ledger, draft, author_of(archmem, author))
    if draft.kind is Kind.BASELINE:
        with archmem.ledger.reading() as db:
            recorded = with_comparison(db, recorded)
    return recorded.model_copy(update={"not_embedded": archmem.upkeep.embed_what_came()})


def amend(
    archmem: "ArchMem",
    uid: Name,
    draft: Draft,
    *,
    author: Name | None = None,
    after: int | None = None,
) -> Recorded:
    """Keep a revision of a memory, and change the file in which its text stands accordingly.

    As for `record`. Of what somebody wrote by hand, its status, its relations and the
    evidence of a lesson can be changed; the file changes as little as it can.

    Raises:
        ChangedMeanwhile: another revision is the newest by now; nothing was kept.
        FileNotWritable, InvalidRecord: it cannot be said where it stands; nothing was kept.
    """
    ensure_checks_can_be_told(archmem, draft)
    with archmem.ledger.reading() as db:
        whole = db.memories.find_uid(uid)
        author = author_of(archmem, author)
        recorded = archmem.session.project.amend(archmem.ledger, whole, draft, author, after)
    return recorded.model_copy(update={"not_embedded": archmem.upkeep.embed_what_came()})


def flag(
    archmem: "ArchMem",
    action: FlagAction = "list",
    uid: Name = "",  # not to list
    *,
    evidence: Question = "",  # that it is resolved: words, a uid or a commit
    reason: Question = "",  # why it expires
    by: Name = "",  # who does it, if not the author
    expected: int | None = None,  # the revision that was read; refused if it is another by now
    domain: Name = "",  # to list, whose: sender, receiver, owner or module
    everything: bool = False,  # to list, closed ones too
    author: Name | None = None,
) -> Flags:
    """List flags, the most urgent first, or acknowledge, resolve or expire one.

    What a flag's file says of it changes in place. Doing it again changes nothing.

    Raises:
        ChangedMeanwhile: another revision than the expected one is the newest.
        UnknownCommit: the evidence names a commit that is not there.
        InvalidRequest: it is no flag, or there is no evidence.
        FileNotWritable: its file cannot say it; nothing was kept.
    """
    from memory.flags import Settling, list_flags, settle

    at = datetime.now(UTC).replace(microsecond=0)
    with archmem.ledger.reading() as db:
        if action == "list":
            return list_flags(db, domain, everything=everything, at=at)
        author = author_of(archmem, author)
        return settle(
            db,
            Settling(action, uid, by or author.rpartition(":")[2], evidence, reason, expected),
            at,
            amend=partial(archmem.amend, author=author),
            commit_of=archmem.session.project.commit_of,
        )


def harvest(
    archmem: "ArchMem",
    *,
    accept: Names = (),  # ids of proposals
    edited: Document = "",  # proposals as a file; those that stand in it are accepted so
    refuse: Names = (),  # ids of proposals, or "all"; they are not proposed again
    since: AwareDatetime | None = None,  # commits from then on
    most: Count | None = None,  # so many commits, the latest ones; None for 20,000
    less_sure: bool = False,  # propose also what is less likely one than a reader would want
    sessions: bool = False,  # what people answered to coding agents, in place of git
    author: Name | None = None,
) -> Harvested:
    """Propose decisions that git and documents tell of and that nobody recorded.

    None is a memory before it is accepted. What was accepted or refused, or is recorded
    anyway, is not proposed. The same commit gives the same proposals, the surest first; fewer
    where the model cannot be asked.

    Raises:
        InvalidRequest: git knows no history here, or a file holds no proposal.
    """
    with archmem.ledger.reading():
        harvested = archmem.session.project.harvest(
            archmem.ledger,
            accept=accept,
            edited=edited,
            refuse=refuse,
            since=since,
            most=most,
            sessions=sessions,
            author=author_of(archmem, author),
            model=archmem.session.model,
        )
    if accept or edited:
        archmem.upkeep.embed_what_came()
    return harvested if less_sure else harvested.only_sure()


def consolidate(
    archmem: "ArchMem",
    *,
    apply: Names = (),  # ids of proposals, or "all"; what was half applied is finished
    undo: Names = (),  # ids of what was applied
    listing: bool = False,  # tell what was applied
    author: Name | None = None,
) -> Consolidated:
    """Propose what could be merged, what contradicts, and what has had its day.

    Nothing is done unless it is named. Nothing is deleted either: what goes is superseded
    by what stays, and every application can be undone as long as nobody has changed the
    memories since.
    """
    from memory.maintenance import consolidate

    amend = partial(archmem.amend, author=author)
    return consolidate(archmem.session, amend, apply=apply, undo=undo, listing=listing)


def author_of(archmem: "ArchMem", author: str | None, result: Result | None = None) -> str:
    """Who says something: whom the caller names, else the result, else git."""
    if author:
        return author
    if result and result.sender:
        return f"agent:{result.sender.removeprefix('agent:')}"
    return archmem.session.project.author()
