"""The verbs that keep a memory whole; `memory.api.ArchMem` has them with its own."""

from typing import TYPE_CHECKING, Any

from memory.models.answer import Recorded
from memory.models.keeping import BackedUp, Diagnosis, Exported, Forgotten
from memory.models.report import Progress, no_progress
from memory.models.request import Question
from memory.models.selection import Name

if TYPE_CHECKING:
    from memory.ledger.interface.database import Ledger
    from memory.models.memory import Draft
    from memory.models.report import IndexReport
    from memory.session import Session
    from memory.upkeep import Upkeep


class KeepVerbs:
    """What keeps a memory whole, and takes things out of it."""

    session: "Session"
    ledger: "Ledger"
    upkeep: "Upkeep"

    def doctor(
        self,
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

        return diagnose(self.session, mend=mend, on_progress=on_progress)

    def backup(
        self,
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

        made = back_up(self.session, to=to, keep=keep)
        if every is not None:
            keep_rhythm(self.session, every=every, to=to, keep=keep)
        return made

    def export(self, to: Name, *, markdown: bool = False) -> Exported:
        """Write every row as lines of JSON, or the memories as Markdown that a person can read."""
        from pathlib import Path

        from memory.keeping.exporting import export

        return export(self.session, Path(to), markdown=markdown)

    def import_(self, source: Name) -> Exported:
        """Fill this memory, which is empty, with what another one exported.

        What another tool remembers of the project becomes notes in a file instead, beside all that
        is there; those that it became before are left as they are.

        Raises:
            InvalidRequest: it is not empty, or that is neither; nothing was taken in.
        """
        from pathlib import Path

        from memory.errors import InvalidRequest
        from memory.keeping.exporting import import_lines, is_export

        file = Path(source)
        if not is_export(file):
            path, count = self.session.project.import_notes(self.ledger, file)
            if count:
                self.index()
            return Exported(to=path, rows=count, of_another=True)
        try:
            with file.open(encoding="utf-8", errors="surrogatepass") as lines:
                return import_lines(self.session, lines)
        except (OSError, UnicodeDecodeError) as error:
            what = f"{source} cannot be read as an export: {error}"
            raise InvalidRequest("import", what) from error

    def correct(
        self,
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

        with self.ledger.reading() as db:
            memory = db.memories.fetch(db.memories.find_uid(uid))
            draft = corrected(memory.revision.draft, fields)
        after = memory.revision.number if expected is None else expected
        return self.amend(memory.uid, draft, author=author, after=after)

    def remove(
        self, uid: Name, *, expected: int | None = None, author: Name | None = None
    ) -> Recorded:
        """Take a memory away, its entry in the project's files too; its history stays.

        Raises:
            ChangedMeanwhile: another revision than the expected one is the newest.
            FileNotWritable: its entry cannot be taken out; nothing was changed.
        """
        with self.ledger.reading() as db:
            whole = db.memories.find_uid(uid)
            return self.session.project.remove(self.ledger, whole, self._by(author), expected)

    def undo(self, *, author: Name | None = None) -> Recorded:
        """Take back what was recorded last, in the project's files too.

        What was new is removed, what was revised says again what it said before. Of a record that
        superseded another one, both.

        Raises:
            InvalidRequest: nothing was recorded that could be taken back.
        """
        from memory.keeping.correcting import last_recorded

        with self.ledger.reading() as db:
            last = last_recorded(db)
        if last.before is None:
            return self.remove(last.uid, expected=last.number, author=author)
        undone = self.amend(last.uid, last.before, author=author, after=last.number)
        return self.remove(last.successor, author=author) if last.successor else undone

    def forget(
        self,
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

        by = self._by(author)
        return forget(self.session, uid, text, credentials=secrets, yes=yes, by=by)

    def amend(
        self, uid: Name, draft: "Draft", *, author: Name | None = None, after: int | None = None
    ) -> Recorded:
        """See `ArchMem.amend`."""
        raise NotImplementedError

    def index(self) -> "IndexReport":
        """See `ArchMem.index`."""
        raise NotImplementedError

    def _by(self, author: str | None) -> str:
        raise NotImplementedError
