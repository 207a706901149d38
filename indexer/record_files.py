"""Decisions as files of their own: the next one of a project, and what it supersedes."""

from __future__ import annotations

import contextlib
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from indexer.formats.decision_records import DecisionRecords
from indexer.formats.document import Document
from indexer.formats.record_names import is_called_like_record
from indexer.writers.atomic_file import read_file
from indexer.writers.record_file import next_record
from memory.errors import ArchMemError, FileNotWritable
from memory.kinds.vocabulary import Kind, LinkType, Status
from memory.models.memory import Reference

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from indexer.formats.document import Format
    from indexer.writers.record_file import NewRecord
    from memory.ledger.interface.database import Ledger
    from memory.models.answer import Recorded
    from memory.models.memory import Draft


def next_of(
    ledger: Ledger, root: Path, draft: Draft, find_format: Callable[[PurePosixPath], Format | None]
) -> NewRecord | None:
    """A decision as the next record of a project.

    None where the project keeps no records, or where a record would not say all of it, as when it
    supersedes what is no record.
    """
    paths = [
        path
        for path in ledger.db.memories.paths()
        if isinstance(find_format(PurePosixPath(path)), DecisionRecords)
    ]
    references = []
    for each in draft.references if paths else ():
        named = _by_path(ledger, each)
        if named is None and each.type is not LinkType.RELATES_TO:
            return None
        references.append(named or each)
    return next_record(root, paths, draft, references, ledger.db.memories.moment())


def unnoted(
    ledger: Ledger, root: Path, draft: Draft, find_format: Callable[[PurePosixPath], Format | None]
) -> str | None:
    """The record that says just this, and of which nobody knows yet.

    Whoever wrote it was killed before that was noted.
    """
    paths = [PurePosixPath(path) for path in ledger.db.memories.paths()]
    known = {path for path in paths if isinstance(find_format(path), DecisionRecords)}
    for folder in sorted({path.parent for path in known}):
        for file in sorted((root / folder).glob("*")):
            path, said = folder / file.name, None
            if path not in known and isinstance(find_format(path), DecisionRecords):
                with contextlib.suppress(FileNotWritable, OSError):
                    said = read_file(root, str(path))
            drafts = DecisionRecords().parse(Document(str(path), said)).drafts if said else ()
            if [one.digest for one in drafts] == [draft.digest]:
                return str(path)
    return None


def with_superseded(
    ledger: Ledger, recorded: Recorded, amend: Callable[[str, Draft], object]
) -> Recorded:
    """A decision that is a record now, once the records that it supersedes say so.

    Args:
        ledger: Where they are kept.
        recorded: What became of the decision.
        amend: Lets a memory say something else, in its file too.
    """
    path = recorded.path
    if not (recorded.is_new and path and is_called_like_record(PurePosixPath(path))):
        return recorded
    new = ledger.db.memories.fetch(recorded.uid)
    back = Reference(type=LinkType.SUPERSEDES, target=path, inverse=True, evidence=new.title)
    untold = []
    for each in new.revision.draft.references:
        if each.type is not LinkType.SUPERSEDES or each.inverse or each.partial:
            continue
        for old in ledger.db.memories.in_files([each.target]):
            said = old.revision.draft
            details = said.details.model_copy(update={"status": Status.SUPERSEDED})
            references = (*said.references, back)
            try:
                amend(
                    old.uid,
                    said.model_copy(update={"details": details, "references": references}),
                )
            except ArchMemError as error:
                untold.append(f"{each.target} does not say that it is superseded: {error}")
    return recorded.model_copy(update={"untold": tuple(untold)})


def _by_path(ledger: Ledger, reference: Reference) -> Reference | None:
    """A reference by the path of the record that it means, and its title; None if it means none."""
    with contextlib.suppress(ArchMemError):
        memory = ledger.db.memories.fetch(ledger.db.memories.find_uid(reference.target))
        path = memory.path if memory.kind is Kind.DECISION else None
        if path and is_called_like_record(PurePosixPath(path)):
            return reference.model_copy(update={"target": path, "evidence": memory.title})
    return None
