"""Applies proposals and undoes them, a step at a time, each kept before the next."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from memory.errors import ArchMemError, ChangedMeanwhile
from memory.flags import expired
from memory.kinds.vocabulary import Kind, LinkType, Status
from memory.models.details import Lesson
from memory.models.memory import Reference
from memory.models.runs import Application, AppliedStep, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from memory.flags import Amend
    from memory.ledger.interface.database import Database, Ledger
    from memory.models.memory import Draft, Memory, Revision
    from memory.models.runs import Proposal


class Consolidator(NamedTuple):
    """What applying needs."""

    ledger: Ledger
    amend: Amend
    at: datetime

    def apply(self, proposal: str, proposals: Mapping[str, Proposal]) -> Outcome:
        """Apply a proposal, or finish what was begun of it."""
        begun = self.ledger.db.consolidations.find(proposal)
        if begun is None:
            wanted = proposals.get(proposal)
            if wanted is None:
                return _failed(proposal, "no such proposal; nothing was done")
            begun = Application(
                proposal=wanted, steps=_steps(self.ledger.db, wanted, self.at), applied_at=self.at
            )
        elif begun.state != "half applied":
            return _failed(proposal, f"it is {begun.state} already")
        if why := self._changed(begun, undoing=False):
            return _failed(proposal, why)
        self._keep(begun)
        try:
            for number, step in enumerate(begun.steps):
                if step.after is None:
                    done = step.model_copy(update={"after": self._done(step)})
                    begun = self._keep(_with(begun, number, done))
        except ChangedMeanwhile as error:
            return self._given_up(begun, f"{error} Look at the proposals again.")
        except (ArchMemError, OSError) as error:
            return self._given_up(begun, str(error))
        return Outcome(id=proposal, done=True, said=f"applied: {begun.proposal.consequence}")

    def undo(self, proposal: str) -> Outcome:
        """Bring the former words back, as a new revision, in files too."""
        begun = self.ledger.db.consolidations.find(proposal)
        if begun is None:
            return _failed(proposal, "it was never applied")
        if begun.state == "undone":
            return _failed(proposal, "it is undone already")
        if why := self._changed(begun, undoing=True):
            return _failed(proposal, why)
        try:
            self._undo_steps(begun)
        except (ArchMemError, OSError) as error:
            return _failed(proposal, str(error))
        return Outcome(id=proposal, done=True, said="undone: everything says again what it said")

    def _done(self, step: AppliedStep) -> int:
        """The number of the revision that a step made, now or before it was killed."""
        memory = self.ledger.db.memories.fetch(step.uid)
        after = memory.revision.number if _is_made(memory, step) else step.before
        self.amend(step.uid, step.wanted, after=after)
        return self._number(step.uid)

    def _undo_steps(self, begun: Application) -> None:
        """Bring the former words back; of an application that changed nothing nothing is kept."""
        for number, step in reversed(list(enumerate(begun.steps))):
            memory = self.ledger.db.memories.fetch(step.uid)
            if step.undone is None and _is_made(memory, step):
                former = self._revision(step.uid, step.before).draft
                self.amend(step.uid, former, after=memory.revision.number)
                done = step.model_copy(update={"undone": self._number(step.uid)})
                begun = self._keep(_with(begun, number, done))
        if any(step.after or step.undone for step in begun.steps):
            self._keep(begun.model_copy(update={"undone_at": self.at}))
        else:
            with self.ledger.writing() as db:
                db.consolidations.forget(begun.proposal.id)

    def _given_up(self, begun: Application, why: str) -> Outcome:
        """What is told of an application that failed, after what was done of it was undone."""
        named, rest = begun.proposal.id, "Nothing was changed."
        if _progress(self.ledger.db.consolidations.find(begun.proposal.id)) != _progress(begun):
            rest = "Somebody else applies it too: `consolidate --list` tells how far it is."
            return _failed(named, f"{why} {rest}")
        is_undone = False
        with suppress(ArchMemError, OSError):
            if not self._changed(begun, undoing=True):
                self._undo_steps(begun)
                is_undone = True
        if not is_undone:
            rest = "`consolidate --undo` takes back what was done of it."
        return _failed(named, f"{why} {rest}")

    def _changed(self, begun: Application, *, undoing: bool) -> str:
        """Who was changed by somebody else since then, in words; "" where nobody was."""
        for step in begun.steps:
            memory = self.ledger.db.memories.fetch(step.uid)
            if undoing and not _is_made(memory, step):
                continue  # whatever is said there, it is not this step's doing
            if not _is_as_left(memory, step, self._revision, undoing=undoing):
                return f"{step.uid} was changed meanwhile; nothing was done"
        return ""

    def _keep(self, application: Application) -> Application:
        with self.ledger.writing() as db:
            db.consolidations.save(application)
        return application

    def _number(self, uid: str) -> int:
        return self.ledger.db.memories.fetch(uid).revision.number

    def _revision(self, uid: str, number: int) -> Revision:
        return self.ledger.db.memories.history(uid)[number - 1]


def _failed(proposal: str, said: str) -> Outcome:
    return Outcome(id=proposal, done=False, said=said)


def _is_as_left(
    memory: Memory, step: AppliedStep, revision: Callable[[str, int], Revision], *, undoing: bool
) -> bool:
    """Whether a memory is as its step left it, or found it.

    A process may have been killed between a change and the note of it: then the memory is one
    revision further, and says what was wanted.
    """
    if memory.revision.removed:
        return False
    number, draft = memory.revision.number, memory.revision.draft
    if undoing and step.undone is not None:
        return number == step.undone
    if step.after is None:
        return number == step.before or _is_made(memory, step)
    if number == step.after:
        return True
    former = revision(step.uid, step.before).draft
    return undoing and number == step.after + 1 and _says(draft, former)


def _is_made(memory: Memory, step: AppliedStep) -> bool:
    """Whether a step's revision was made, even if it was killed before it was noted."""
    if step.after is not None:
        return True
    revision = memory.revision
    return revision.number == step.before + 1 and _says(revision.draft, step.wanted)


def _progress(application: Application | None) -> list[tuple[int | None, int | None]]:
    return [(step.after, step.undone) for step in application.steps] if application else []


def _says(draft: Draft, wanted: Draft) -> bool:
    stated = {(each.type, each.target, each.inverse) for each in draft.references}
    asked = {(each.type, each.target, each.inverse) for each in wanted.references}
    related = {each for each in stated ^ asked if each[0] is not LinkType.RELATES_TO}
    return draft.details == wanted.details and not related


def _with(application: Application, number: int, step: AppliedStep) -> Application:
    steps = list(application.steps)
    steps[number] = step
    return application.model_copy(update={"steps": tuple(steps)})


def _steps(db: Database, proposal: Proposal, at: datetime) -> tuple[AppliedStep, ...]:
    """What applying a proposal does, memory by memory."""
    memories = [db.memories.fetch(uid) for uid in proposal.uids]
    if proposal.type == "merge":
        return _merge(*memories)
    if proposal.type == "contradiction":
        later, earlier = memories
        link = Reference(type=LinkType.CONTRADICTS, target=earlier.uid)
        return (_step(later, later.revision.draft, link),)
    return tuple(_retire(memory, at) for memory in memories)


def _merge(stays: Memory, goes: Memory) -> tuple[AppliedStep, ...]:
    draft, other = stays.revision.draft, goes.revision.draft
    details = draft.details
    if isinstance(details, Lesson) and isinstance(other.details, Lesson):
        details = details.model_copy(
            update={
                name: tuple(dict.fromkeys([*getattr(details, name), *getattr(other.details, name)]))
                for name in ("evidence_for", "evidence_against")
            }
        )
    merges = Reference(type=LinkType.MERGES, target=goes.uid)
    heir = Reference(type=LinkType.SUPERSEDES, target=stays.uid, inverse=True)
    return (
        _step(stays, draft.model_copy(update={"details": details}), merges),
        _step(goes, _as(other, Status.SUPERSEDED), heir),
    )


def _retire(memory: Memory, at: datetime) -> AppliedStep:
    draft = memory.revision.draft
    if memory.kind is Kind.FLAG:
        return _step(memory, expired(draft, at, "long past due"))
    return _step(memory, _as(draft, Status.DEPRECATED))


def _step(memory: Memory, draft: Draft, *links: Reference) -> AppliedStep:
    wanted = draft.model_copy(update={"references": draft.references + links})
    return AppliedStep(uid=memory.uid, before=memory.revision.number, wanted=wanted)


def _as(draft: Draft, status: Status) -> Draft:
    return draft.model_copy(update={"details": draft.details.model_copy(update={"status": status})})
