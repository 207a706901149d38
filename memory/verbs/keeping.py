"""The verbs that keep a memory whole, and take things out of it."""

from typing import TYPE_CHECKING, Any

from memory.models.answer import Recorded
from memory.models.keeping import BackedUp, Diagnosis, Exported, Forgotten
from memory.models.report import Progress, no_progress
from memory.models.request import Question
from memory.models.selection import Name
from memory.verbs.recording import author_of

if TYPE_CHECKING:
    from memory.api import ArchMem


def doctor(
    archmem: "ArchMem",
    *,
    mend: bool = False,  # rebuild what is damaged, from files, git and what is sound
    on_progress: Progress = no_progress,  # told of an index run, to mend
) -> Diagnosis:
    """What is not as it was written in the ledger, its words and vectors, or against files.

    Mended, the damaged ledger is kept beside the new one. What only the ledger knew and was
    damaged is lost, and named.

    Raises:
        StoreDamaged: nothing of the ledger can be read.
    """
    from memory.keeping.doctor import diagnose

    return diagnose(archmem.session, mend=mend, on_progress=on_progress)


def backup(
    archmem: "ArchMem",
    *,
    to: Name = "",  # the folder; that of the store for none
    keep: int = 7,  # so many, the latest; 0 for all
    every: int | None = None,  # hours after which the engine makes the next; 0 for no more
) -> BackedUp:
    """Copy the ledger as of one moment while it is used, and read the copy back.

    Raises:
        StoreDamaged: the copy is not sound, as the ledger is not.
    """
    from memory.keeping.backups import back_up, keep_rhythm

    made = back_up(archmem.session, to=to, keep=keep)
    if every is not None:
        keep_rhythm(archmem.session, every=every, to=to, keep=keep)
    return made


def export(archmem: "ArchMem", to: Name, *, markdown: bool = False) -> Exported:
    """Write every row as lines of JSON, or the memories as Markdown that a person can read."""
    from pathlib import Path

    from memory.keeping.exporting import export

    return export(archmem.session, Path(to), markdown=markdown)


def import_(archmem: "ArchMem", source: Name) -> Exported:
    """Fill this memory, which is empty, with what another one exported.

    What another tool remembers of the project becomes notes in a file instead, beside all that
    is there; those that it became before are left as they are.

    Raises:
        InvalidRequest: it is not empty, or that is neither; nothing was taken in.
    """
    from io import TextIOWrapper
    from pathlib import Path

    from memory.errors import InvalidRequest
    from memory.keeping.exporting import import_lines, is_export
    from memory.texts.plain_file import open_plain

    file = Path(source)
    if not is_export(file):
        path, count = archmem.session.project.import_notes(archmem.ledger, file)
        if count:
            archmem.index()
        return Exported(to=path, rows=count, of_another=True)
    try:
        with (
            open_plain(file) as content,
            TextIOWrapper(content, encoding="utf-8", errors="surrogatepass") as lines,
        ):
            return import_lines(archmem.session, lines)
    except (OSError, UnicodeDecodeError) as error:
        what = f"{source} cannot be read as an export: {error}"
        raise InvalidRequest("import", what) from error


def correct(
    archmem: "ArchMem",
    uid: Name,
    fields: dict[str, Any],  # of its draft or its details, by name
    *,
    expected: int | None = None,  # the revision that it is made from
    author: Name | None = None,
) -> Recorded:
    """Let a memory say something else, as a new revision, in its file too.

    Raises:
        ChangedMeanwhile: another revision than the expected one is the newest.
        InvalidRecord: a field is unknown, or cannot be so.
        FileNotWritable: it cannot be said where it stands; nothing was kept.
    """
    from memory.keeping.correcting import corrected

    with archmem.ledger.reading() as db:
        memory = db.memories.fetch(db.memories.find_uid(uid))
        draft = corrected(memory.revision.draft, fields)
    after = memory.revision.number if expected is None else expected
    return archmem.amend(memory.uid, draft, author=author, after=after)


def remove(
    archmem: "ArchMem", uid: Name, *, expected: int | None = None, author: Name | None = None
) -> Recorded:
    """Take a memory away, its entry in the project's files too; its history stays.

    Raises:
        ChangedMeanwhile: another revision than the expected one is the newest.
        FileNotWritable: its entry cannot be taken out; nothing was changed.
    """
    with archmem.ledger.reading() as db:
        whole = db.memories.find_uid(uid)
        return archmem.session.project.remove(
            archmem.ledger, whole, author_of(archmem, author), expected
        )


def undo(archmem: "ArchMem", *, author: Name | None = None) -> Recorded:
    """Take back what was recorded last, in the project's files too.

    What was new is removed, what was revised says again what it said before. Of a record that
    superseded others, all: those say what else was changed in them since.

    Raises:
        InvalidRequest: nothing was recorded that could be taken back, or somebody has edited it
            since.
        FileNotWritable: a file does not allow it; nothing was taken back.
    """
    from memory.errors import ArchMemError
    from memory.keeping.correcting import as_before, last_recorded, note_undone

    with archmem.ledger.reading() as db:
        last = last_recorded(db)
        path = db.memories.fetch(last.uid).path or ""
        restored = [(one, as_before(db, one, path)) for one in last.superseded]
    with archmem.ledger.writing() as db:  # first: what is taken back is not refused afterwards
        if last.before is not None:
            note_undone(db, last.uid, last.number + 1)
        for old, _ in restored:
            note_undone(db, old.uid, old.revision.number + 1)
    if last.before is not None:
        return archmem.amend(last.uid, last.before, author=author, after=last.number)
    done = []
    try:
        for old, before in restored:
            archmem.amend(old.uid, before, author=author, after=old.revision.number)
            done.append(old)
        return archmem.remove(last.uid, expected=last.number, author=author)
    except ArchMemError:
        for old in done:
            archmem.amend(old.uid, old.revision.draft, author=author)
        raise


def forget(
    archmem: "ArchMem",
    uid: Name = "",
    *,
    text: Question = "",  # a regular expression, instead of a uid
    secrets: bool = False,  # what looks like a credential, instead of a uid
    yes: bool = False,  # erase it; else only the places are told
    author: Name | None = None,
) -> Forgotten:
    """Erase a memory, or words wherever they stand, from every file of the store.

    The project's files and git's history are named, and stay as they are. What was erased is
    not kept, only that it was, when and by whom.

    Raises:
        InvalidRequest: not one of them is named, or it is no regular expression.
    """
    from memory.keeping.forgetting import forget

    by = author_of(archmem, author)
    return forget(archmem.session, uid, text, credentials=secrets, yes=yes, by=by)
