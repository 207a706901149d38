"""What can go wrong, as one tree of errors that each say what to do next.

ArchMemError
├── ProjectNotFound         no project here
├── TooWide                 all of somebody's projects are no project
├── ProjectUnreadable       the project's root cannot be looked through
├── StoreNotFound           the project has no memory yet
├── StoreTooNew             written by a newer archmem; nothing was touched
├── StoreDamaged            SQLite says that the ledger is not sound
├── StoreNotWritable        the disk or its permissions refuse the ledger
├── DiskRefused             the disk refuses a file, whichever it is
├── StoreBusy               another process owns the writes
│   └── StoreOwned          another process owns the whole store
├── StoreNotAdopted         the store is not known to be made here
├── StoreHasLink            something of the store would be written elsewhere
├── StoreHasPipe            something of the store is no file
├── StoreOfAnotherProject   the store holds what another project knows
├── UnknownMemory           no memory has this uid
├── AmbiguousUid            several memories begin like this
├── UnknownCommit           git knows no commit by this name
├── ChangedMeanwhile        a memory says something else than what was to be revised
├── InvalidRecord           what was to be recorded lacks something
├── InvalidResult           what is said to have come of a run cannot be read
├── InvalidRequest          what was asked is not what the verb takes
├── PlanUnreadable          a file holds no plan that could be checked
├── RemovalsWithheld        an index run would remove too much
├── FileChangedMeanwhile    the file to be written is not the one that was read
├── FileNotWritable         a file cannot take a record without harm
├── ModelNotFound           no such embedding model on this machine
├── ModelNotUsable          the model is there but cannot serve
│   ├── ModelMovesDamaged   what comes with archmem beside it is not whole
│   └── ModelNeedsMore      for want of a library
├── VectorIndexDamaged      derived data is unreadable; it can be rebuilt
└── ConfigInvalid           a setting has no meaning
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


class ArchMemError(Exception):
    """Anything archmem refuses or cannot do; `hint` says what to do about it."""

    hint: str = ""


class ProjectNotFound(ArchMemError):
    """There is no project at a path."""

    hint = "Name a folder that exists with --project."

    def __init__(self, path: Path) -> None:
        super().__init__(f"No project at {path}: it is not a folder.")
        self.path = path


class TooWide(ArchMemError):
    """A folder in which all of somebody's projects lie is no project."""

    hint = "Name a project with --project."

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is no project of its own.")
        self.path = path


class ProjectUnreadable(ArchMemError):
    """The project's root cannot be looked through, so nothing is known of what it holds."""

    hint = "Nothing was changed; try again when the folder can be read."

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path} cannot be looked through: {reason}.")
        self.path, self.reason = path, reason


class StoreNotFound(ArchMemError):
    """A project has not been indexed yet."""

    hint = "Run `archmem index` there first."

    def __init__(self, folder: Path) -> None:
        super().__init__(f"No memory at {folder}.")
        self.folder = folder


class StoreTooNew(ArchMemError):
    """The ledger was written by a newer archmem than this one."""

    hint = "Upgrade archmem; nothing was changed."

    def __init__(self, path: Path, found: int, known: int) -> None:
        super().__init__(
            f"{path} has schema version {found}, this archmem knows versions up to {known}."
        )
        self.path, self.found, self.known = path, found, known


class StoreDamaged(ArchMemError):
    """SQLite cannot read the ledger."""

    hint = (
        "Nothing was written. Restore it from a backup, "
        "or move it away and run `archmem index` to start anew from the project's files."
    )

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path} is damaged: {reason}.")
        self.path, self.reason = path, reason


class StoreNotWritable(ArchMemError):
    """The disk or its permissions do not let the ledger be written."""

    hint = "Make room or give access, or name another place with --store or ARCHMEM_STORE."

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(f"{folder} cannot be written: {reason}.")
        self.folder, self.reason = folder, reason


class DiskRefused(ArchMemError):
    """The system refuses a file that was to be read or written: no room, no right, a fault."""

    hint = "Make room or give access, then try again; what was acknowledged before is kept."

    def __init__(self, error: OSError) -> None:
        where = f"{error.filename}: " if error.filename else ""
        super().__init__(f"{where}{error.strerror or error}.")


class StoreBusy(ArchMemError):
    """Another process owns the writes of this store."""

    hint = "Wait until it has finished, then try again."

    def __init__(self, folder: Path, owner: str) -> None:
        super().__init__(f"{folder} is in use by {owner}.")
        self.folder, self.owner = folder, owner


class StoreOwned(StoreBusy):
    """Another process owns this store for as long as it has it open."""

    hint = "Leave out --no-engine, or run `archmem stop` first."


class StoreNotAdopted(ArchMemError):
    """A ledger may be from elsewhere: what it says, somebody else may have written."""

    hint = (
        "`archmem adopt` shows what is in it that no file says, and `archmem adopt --yes` opens "
        "it from then on; without it, move it away and run `archmem index`."
    )

    def __init__(self, folder: Path) -> None:
        what = "it may have come with a repository, an archive or a copy"
        super().__init__(
            f"The memory at {folder} is not known to be made here: {what}. It is not opened."
        )
        self.folder = folder


class StoreHasLink(ArchMemError):
    """Something of a store is a link, so that what is written to it would be written elsewhere."""

    hint = "Remove it: nothing that archmem keeps is a link. What it leads to was left alone."

    def __init__(self, link: Path) -> None:
        super().__init__(f"{link} is a link.")
        self.link = link


class StoreHasPipe(ArchMemError):
    """Something of a store is a FIFO, a socket or a device."""

    hint = "Remove it: archmem keeps files and folders, and no more."

    def __init__(self, pipe: Path) -> None:
        super().__init__(f"{pipe} is not a file.")
        self.pipe = pipe


class StoreOfAnotherProject(ArchMemError):
    """A store was named that belongs to another project, whose files it would be written to."""

    hint = "Name another place with --store or ARCHMEM_STORE; each project needs its own."

    def __init__(self, folder: Path, project: Path) -> None:
        super().__init__(f"{folder} is the memory of another project, {project}.")
        self.folder, self.project = folder, project


class UnknownMemory(ArchMemError):
    """No memory has this uid, or none had at the moment that is looked at."""

    hint = "`archmem list` and `archmem search` print uids."

    def __init__(
        self, uid: str, *, then: bool = False, erased: Mapping[str, str] | None = None
    ) -> None:
        said = f"No memory {uid!r}{' was known as of then' if then else ''}."
        if erased:
            said = f"Memory {uid!r} was erased on {erased['at'][:10]} by {erased['by']}."
            self.hint = "Nothing of it is kept."
        super().__init__(said)
        self.uid, self.then, self.erased = uid, then, erased


class AmbiguousUid(ArchMemError):
    """The beginning of a uid fits several memories."""

    hint = "Give more of it."

    def __init__(self, beginning: str, uids: Sequence[str]) -> None:
        super().__init__(f"{beginning!r} could be any of {', '.join(uids)}.")
        self.beginning, self.uids = beginning, tuple(uids)


class UnknownCommit(ArchMemError):
    """Git knows no commit by a name."""

    hint = "Name a commit, a branch or a tag of this repository, or a date."

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name!r} is no commit: {reason}.")
        self.name, self.reason = name, reason


class ChangedMeanwhile(ArchMemError):
    """A memory was revised between being read and being revised by whoever read it."""

    hint = "Nothing was kept; look at what it says now, then try again."

    def __init__(self, uid: str) -> None:
        super().__init__(f"{uid} was changed meanwhile.")
        self.uid = uid


class InvalidRecord(ArchMemError):
    """What was to be recorded lacks something or contradicts itself."""

    hint = "`archmem record --help` lists what each kind takes."

    def __init__(self, reason: str) -> None:
        super().__init__(reason)


class InvalidResult(ArchMemError):
    """What is said to have come of a run cannot be read, or not be told of that run."""

    hint = "Nothing was kept; `archmem run finish --help` lists what a result says."

    def __init__(self, reason: str) -> None:
        super().__init__(reason)


class InvalidRequest(ArchMemError):
    """A request has not the fields that its verb takes."""

    hint = "Nothing was done."

    def __init__(self, verb: str, reason: str) -> None:
        super().__init__(f"{verb}: {reason}.")
        self.verb, self.reason = verb, reason


class PlanUnreadable(ArchMemError):
    """A file holds no plan that could be checked."""

    hint = "`archmem check --help` says what a plan may look like."

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(f"{place}: {reason}.")
        self.place, self.reason = place, reason


class BudgetTooSmall(ArchMemError):
    """A brief was wanted in so few tokens that it could say nothing."""

    hint = "Give it more room."

    def __init__(self, budget: int, least: int) -> None:
        super().__init__(f"A brief needs at least {least:,} tokens here, not {budget:,}.")
        self.budget, self.least = budget, least


class RemovalsWithheld(ArchMemError):
    """An index run found so much gone that it asks before it believes it."""

    hint = "If that is right, run `archmem index --accept-removals`; nothing was removed."

    def __init__(self, going: int, known: int) -> None:
        super().__init__(f"{going} of {known} memories are no longer in the project's files.")
        self.going, self.known = going, known


class FileChangedMeanwhile(ArchMemError):
    """A file changed between being read and being written."""

    hint = "The record is kept in the ledger and is written at the next `archmem index`."

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} changed while it was being written; it was left alone.")
        self.path = path


class FileNotWritable(ArchMemError):
    """A file cannot take a record without harm to what it holds."""

    hint = "Nothing was changed."

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path} was left alone: {reason}.")
        self.path, self.reason = path, reason


class NotInItsFile(FileNotWritable):
    """A file no longer holds a memory that was read from it, or nobody has written it there yet."""

    hint = "Nothing was changed. `archmem index` reads what the file says now."


class ModelNotFound(ArchMemError):
    """No embedding model of this name is on this machine."""

    hint = "Give a folder, or a model that the Hugging Face cache holds."

    def __init__(self, name: str, looked_in: Sequence[Path]) -> None:
        places = ", ".join(str(place) for place in looked_in) or "nowhere"
        super().__init__(f"No embedding model {name!r}; looked in {places}.")
        self.name, self.looked_in = name, tuple(looked_in)


class ModelNotUsable(ArchMemError):
    """An embedding model is there but cannot serve."""

    hint = "Run `archmem model compile --force`, or choose another model."

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"The embedding model {name!r} cannot be used: {reason}.")
        self.name, self.reason = name, reason


class ModelMovesDamaged(ModelNotUsable):
    """What comes with archmem to read two texts together is not there or not whole."""

    hint = "Install archmem again: the file comes with it."


class ModelNeedsMore(ModelNotUsable):
    """A model needs libraries that are not installed."""

    hint = "`pip install archmem` brings what any model needs."

    def __init__(
        self, name: str, library: str, why: str = "only the built-in model does without it"
    ) -> None:
        super().__init__(name, f"{library} is not installed, and {why}")
        self.library = library


class VectorIndexDamaged(ArchMemError):
    """The vector index cannot be read; every vector in it can be had again."""

    hint = "It is rebuilt from the ledger; delete the folder if this comes back."

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(f"The vector index at {folder} cannot be read: {reason}.")
        self.folder, self.reason = folder, reason


class ConfigInvalid(ArchMemError):
    """A setting has no meaning."""

    hint = "Correct it there."

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(f"{where}: {reason}.")
        self.where, self.reason = where, reason
