"""Reads git as a calendar: when each record's file was added, and what it said before.

A record without a date of its own has that of the commit that added its file, as a bound: it was
there at the latest then. What its file said from one commit to the next are revisions, which the
ledger's own are put in order with.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from pydantic import BaseModel, ConfigDict, ValidationError

from indexer.date_order import EITHER
from indexer.discovery.telling import knowing_folders
from indexer.formats.registry import finder
from indexer.git.lineages import MOST, first_parents, trace, written
from indexer.git.process import GitFailed
from indexer.git.repository import Repository
from indexer.history.versions import collapsed, in_order
from indexer.linking import meanings
from indexer.pipeline import PATIENCE
from indexer.reading import content_hash, document_of
from indexer.resolution import former_name
from memory.credentials.gate import gate_of
from memory.kinds.vocabulary import Kind
from memory.ledger.interface.calendar import Version
from memory.ledger.interface.relations import Referral
from memory.ledger.store_facts import CALENDAR
from memory.models.memory import Source, began
from memory.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from indexer.formats.document import Format
    from indexer.git.lineages import Blob, Lineage, LineageStep
    from memory.credentials.gate import Gate
    from memory.ledger.interface.calendar import DatedFile
    from memory.ledger.interface.database import Database, Ledger
    from memory.models.memory import Draft

VERSIONS = 50  # of one file that are read: the first, and the latest
AT_ONCE = 200  # blobs in memory


class CalendarMark(BaseModel):
    """How far git was asked about files."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    by: str = ""  # the version of archmem, as another may read the same otherwise
    head: str = ""  # the commit, in full
    grafts: str = ""  # where a shallow clone ended
    problems: tuple[str, ...] = ()  # what was left out


class CalendarReport(NamedTuple):
    """What is to be told of a reading, in lines."""

    problems: tuple[str, ...] = ()
    settled: tuple[str, ...] = ()  # problems that are none any more


def find_calendar_mark(db: Database) -> CalendarMark:
    """How far it was asked; not at all where that cannot be told."""
    try:
        return CalendarMark.model_validate_json(db.facts.find(CALENDAR) or "{}")
    except ValidationError:
        return CalendarMark()


def read_calendar(ledger: Ledger, root: Path, formats: Sequence[Format]) -> CalendarReport:
    """Bring what is known of files' commits up to date; without git nothing is known.

    Only commits that came since the last time are read, along the main line of history; all are
    read anew after a rebase, for files that are new here, and by another version of archmem.

    Raises:
        StoreBusy: another process is indexing.
    """
    with ledger.indexing(wait=PATIENCE):
        files = ledger.db.calendar.files()
        if not files:
            return CalendarReport()
        try:
            return _Reader(ledger, Repository(root), formats).read(files)
        except GitFailed:
            return CalendarReport()


class _Reader:
    def __init__(self, ledger: Ledger, git: Repository, formats: Sequence[Format]) -> None:
        self._ledger = ledger
        self._gate = gate_of(ledger)
        self._git = git
        self._find = finder(knowing_folders(ledger.db, formats))
        self._at = datetime.now(UTC)
        self._settled: list[str] = []
        self._ends = frozenset[str]()  # commits at which a shallow clone ends
        self._left_out = 0  # versions

    def read(self, files: Sequence[DatedFile]) -> CalendarReport:
        """Everything that is new.

        Raises:
            GitFailed: there is no commit.
        """
        head = self._git.head()
        before = find_calendar_mark(self._ledger.db)
        new = [one for one in files if not one.was_looked_at]
        if before.head == head and before.by == VERSION and not before.grafts and not new:
            return CalendarReport(before.problems)
        now = CalendarMark(by=VERSION, head=head, grafts=self._git.grafts())
        self._ends = frozenset(now.grafts.split())
        kept = before.model_copy(update={"head": head, "problems": ()}) == now
        forward = bool(before.head) and kept and self._leads_on(before.head, head)
        is_whole = self._read(new if forward else files, head, after="")
        if forward and before.head != head:
            known = [one for one in files if one.was_looked_at]
            is_whole &= self._read(known, head, after=before.head)
        problems = [*(before.problems if forward else ()), *self._bounds(is_whole=is_whole)]
        now = now.model_copy(update={"problems": tuple(dict.fromkeys(problems))})
        with self._ledger.writing() as db:
            db.facts.save(CALENDAR, now.model_dump_json())
        return CalendarReport(now.problems, tuple(self._settled))

    def _leads_on(self, before: str, head: str) -> bool:
        try:
            return first_parents(self._git, head, before)
        except GitFailed:  # it is no longer there
            return False

    def _read(self, files: Sequence[DatedFile], head: str, *, after: str) -> bool:
        """Read the lineages of some files, and keep what they bring; whether all was read."""
        if not files:
            return True
        found, is_whole = trace(self._git, head, [one.path for one in files], after=after)
        touched = [one for one in files if found[one.path].blobs or not after]
        blobs = [self._chosen(found[one.path]) for one in touched]
        writers = written(self._git, head, (one for some in blobs for one in some))
        for start in range(0, len(touched), AT_ONCE):
            some = list(zip(touched, blobs, strict=True))[start : start + AT_ONCE]
            held = self._git.blobs({one.blob for _, of in some for one in of if one.blob})
            with self._ledger.writing() as db:
                for file, of in some:
                    lineage = found[file.path]
                    is_new = lineage.is_whole or not after
                    if is_new:
                        self._date(db, file, lineage, writers)
                    self._keep(db, file, of, held, writers, is_new=is_new)
        return is_whole

    def _chosen(self, lineage: Lineage) -> list[Blob]:
        """The blobs of a file that are read, the first one first."""
        blobs = lineage.blobs[::-1]
        self._left_out += max(0, len(blobs) - VERSIONS)
        return blobs if len(blobs) <= VERSIONS else [blobs[0], *blobs[1 - VERSIONS :]]

    def _keep(
        self,
        db: Database,
        file: DatedFile,
        blobs: Sequence[Blob],
        held: Mapping[str, bytes],
        writers: Mapping[tuple[str, str], LineageStep],
        *,
        is_new: bool,
    ) -> None:
        told = db.calendar.revisions(file.uid)
        newest = max(told, key=lambda one: one.number)
        trust = newest.version.source.trust
        versions = [] if is_new else [one.version for one in told if one.is_committed]
        format_ = self._find(PurePosixPath(file.path))
        for blob in blobs:
            raw = held.get(blob.blob, b"")
            draft = None
            if blob.blob and content_hash(raw) == file.content_hash:
                draft = newest.version.draft
            elif blob.blob and format_ is not None:
                draft = _decision(format_, blob.path, raw, self._gate)
            if draft is None and (blob.blob or not versions):
                continue  # it could not be read then: what it said before still stands
            commit = writers.get((blob.path, blob.blob), blob.step).commit
            source = Source(author="indexer", trust=trust, path=blob.path, commit=commit)
            said = draft or versions[-1].draft
            source = source.model_copy(update={"lines": said.lines})
            versions.append(Version(said, source, blob.step.at, removed=not blob.blob))
        placed = in_order([one for one in told if one.number > 0], collapsed(versions))
        self._name(db, file, blobs)
        links = db.calendar.links(db.calendar.arrange(file.uid, placed, self._at))
        asked = (Referral(id_, target, file.uid, file.path) for id_, target in links)
        db.links.point(meanings(db, asked).items())

    def _name(self, db: Database, file: DatedFile, blobs: Sequence[Blob]) -> None:
        """Note what the file was called before, and point at it what names it so."""
        former = {former_name(one.path) for one in blobs} - {former_name(file.path)}
        if not former:
            return
        db.links.add_former(file.uid, former)
        asked = db.links.referrals_to(former, ())
        meant = meanings(db, asked)
        changed = [one for one in asked if meant[one.link_id] not in (None, one.found)]
        db.links.point((one.link_id, meant[one.link_id]) for one in changed)

    def _date(
        self,
        db: Database,
        file: DatedFile,
        lineage: Lineage,
        writers: Mapping[tuple[str, str], LineageStep],
    ) -> None:
        """Note when a file was added; the first commit of a shallow clone only has it too."""
        first = lineage.blobs[-1] if lineage.is_whole else None
        step = first and (writers.get((first.path, "")) if first.step.is_merge else first.step)
        if step is None or step.commit in self._ends:
            db.calendar.date(file.uid, None, "")
            return
        db.calendar.date(file.uid, step.written_at, step.commit)
        draft = db.memories.fetch(file.uid).revision.draft
        if draft.figures and not draft.valid_from and began(draft, step.written_at):
            self._settled += db.calendar.withdraw_problem(file.path, EITHER)

    def _bounds(self, *, is_whole: bool) -> list[str]:
        """What was left out, in lines."""
        told = []
        if not is_whole:
            told.append(f"git log: of records only the latest {MOST:,} commits were read")
        if self._left_out:
            told.append(
                f"git log: {self._left_out:,} revisions of records were left out, as of one file "
                f"the first and the latest {VERSIONS - 1} are read"
            )
        return told


def _decision(format_: Format, path: str, raw: bytes, gate: Gate) -> Draft | None:
    """The decision that a file held, if it held one and nothing else."""
    document = document_of(path, raw)
    parsed = document and format_.parse(replace(document, text=gate.redact(document.text)[0]))
    if not parsed or parsed.failed or len(parsed.drafts) != 1:
        return None
    (draft,) = parsed.drafts
    return draft if draft.kind is Kind.DECISION else None
