"""Turns what came of a run into lessons, or into evidence for and against those there are."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

from memory.errors import ArchMemError, ChangedMeanwhile, InvalidResult
from memory.kinds.vocabulary import Kind, LinkType, Status, Trust
from memory.lessons.metric_parser import metrics_words
from memory.lessons.runs import (
    TAUGHT,
    details_of,
    fetch_run,
    finished_at,
    keep_run,
)
from memory.lessons.similarity import SHARED, Approach, same_approach, same_rule, shared
from memory.models.details import Lesson
from memory.models.memory import SAID_AS, Draft, Reference, least, uid_for
from memory.models.runs import Learned, Taught
from memory.models.selection import Selection
from memory.standings import list_selected
from memory.texts.shortening import shortened

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from memory.ledger.interface.database import Database, Ledger
    from memory.lessons.similarity import Near
    from memory.models.answer import Recorded
    from memory.models.details import Run
    from memory.models.memory import Memory

LONGEST_TITLE = 200  # characters
LONGEST_LINE = 300  # characters of evidence; the run has the rest
_TRIES = 5  # where others change the same lesson at the same time
_SENTENCE_END = re.compile(r"(?<=[.!?])\s")
_OPPOSITE = {"pattern": ("antipattern",), "antipattern": ("pattern", "best_practice")}
_SAME = {
    "pattern": ("pattern", "best_practice"),
    "antipattern": ("antipattern",),
    "best_practice": ("best_practice", "pattern"),
}
_EVIDENCE = {
    "added": "evidence_for",
    "supported": "evidence_for",
    "contradicted": "evidence_against",
}


class Keeper(Protocol):
    """Keeps lessons in the ledger and in the project's files."""

    def record(self, draft: Draft, *, author: str) -> Recorded:
        """Keep a new one."""
        ...

    def amend(self, uid: str, draft: Draft, *, author: str, after: int) -> Recorded:
        """Keep a revision of one that was made from its revision `after`, wherever it stands."""
        ...


class Claim(NamedTuple):
    """What a run says that works, does not work, or is best done."""

    form: Literal["pattern", "antipattern", "best_practice"]
    text: str
    words: str  # what bears it out

    @property
    def title(self) -> str:
        """Its first sentence."""
        first = _SENTENCE_END.split(" ".join(self.text.split()), maxsplit=1)[0]
        return _even(first) if len(first) <= LONGEST_TITLE else shortened(first, LONGEST_TITLE)


class _Match(NamedTuple):
    """A lesson that is about the same as a claim, and why."""

    lesson: Memory
    because: str


def claims_of(run: Run) -> tuple[Claim, ...]:
    """What a finished run has to teach.

    An approach that succeeded is a pattern, and keeps the issues that came with it: to the one
    who reads it they are its price, whereas an antipattern of the same name beside it would say
    of one and the same run that its approach is to be followed and to be avoided. An approach
    that failed is an antipattern even if nobody says why, as that it failed is known. Each
    lesson of either is a best practice.
    """
    claims = []
    if run.approach:
        measured = metrics_words(run.metrics)
        if run.status is Status.DONE:
            claims.append(Claim("pattern", run.approach, measured or "it worked"))
        else:
            why = "; ".join(run.issues) or measured
            claims.append(Claim("antipattern", run.approach, why or "it failed"))
    task = " ".join(run.task.split()) or "learned"
    claims += [Claim("best_practice", lesson, task) for lesson in run.lessons]
    return tuple(claims)


def learn(ledger: Ledger, keeper: Keeper, uid: str, *, near: Near, author: str) -> Learned:
    """Learn from a finished run: new lessons, or evidence for and against known ones.

    Each step is kept by itself and is found done when it comes again, so that whoever is killed
    in between may simply ask once more. Asked again after the last of them, nothing changes.

    Args:
        ledger: Where the run is kept.
        keeper: Keeps what is learned.
        uid: Of the run, or what it begins with.
        near: Compares texts by meaning.
        author: Who learns; a lesson is trusted no more than the least trusted of its sources.

    Raises:
        UnknownMemory, AmbiguousUid, InvalidRecord: it is not one run.
        InvalidResult: the run was not finished.
    """
    with ledger.reading() as db:
        run = fetch_run(db, uid)
        details = details_of(run)
        if details.status is Status.OPEN:
            raise InvalidResult(f"{run.uid} was never finished, so there is nothing to learn yet.")
        if details.learned:
            return Learned(run=run.uid, is_new=False, lessons=tuple(_taught_before(db, run)))
        teacher = _Teacher(
            ledger, keeper, run, _lessons_in_force(db), _trust(db, run), near, author
        )
    for claim in claims_of(details):
        teacher.teach(claim)
    if not any(one.problem and not one.uid for one in teacher.taught):
        with ledger.writing() as db:
            _keep_learned(db, run.uid, teacher.taught)
    return Learned(run=run.uid, is_new=True, lessons=tuple(teacher.taught))


@dataclass
class _Teacher:
    """Takes the claims of one run one by one, each beside the lessons that there are by then."""

    ledger: Ledger
    keeper: Keeper
    run: Memory
    lessons: dict[str, Memory]  # in force, by uid
    trust: Trust
    near: Near
    author: str
    taught: list[Taught] = field(default_factory=list)

    def teach(self, claim: Claim) -> None:
        """Add a claim, or count it for what says the same and against what says the opposite."""
        if any(same_rule(claim.title, one.title, self.near) for one in self.taught):
            return  # the lesson says once more what the approach was
        against = self.about_the_same(claim, _OPPOSITE.get(claim.form, ()))
        same = self.about_the_same(claim, _SAME[claim.form])
        refuted = [Reference(type=LinkType.CONTRADICTS, target=one.lesson.uid) for one in against]
        if not same:
            self._add(claim, refuted)
        elif all(one.uid != same[0].lesson.uid for one in self.taught):  # not spoken for already
            is_own = same[0].lesson.uid == self._uid(claim)
            match = same[0]._replace(because="") if is_own else same[0]
            self._count(claim, match, "added" if is_own else "supported", refuted)
        for match in against:
            self._count(claim, match, "contradicted", ())

    def about_the_same(self, claim: Claim, forms: Sequence[str]) -> list[_Match]:
        """The lessons of these forms that tell of the same, this run's own first, then by uid."""
        ours = Approach(claim.title, details_of(self.run).situation)
        found = []
        for lesson in self.lessons.values():
            details = _details(lesson)
            if details.form not in forms or shared(claim.title, lesson.title) < SHARED:
                continue
            if claim.form == "best_practice":
                because = same_rule(claim.title, lesson.title, self.near)
            else:
                theirs = Approach(lesson.title, details.context)
                because = same_approach(ours, theirs, self.near)
            if because:
                found.append(_Match(lesson, because))
        own = self._uid(claim)
        return sorted(found, key=lambda one: (one.lesson.uid != own, one.lesson.uid))

    def _count(
        self,
        claim: Claim,
        match: _Match,
        what: Literal["added", "supported", "contradicted"],
        refuted: Sequence[Reference],
    ) -> None:
        """Count a claim for a lesson, or against it."""
        lesson = match.lesson
        self.taught.append(
            Taught(
                uid=lesson.uid,
                title=lesson.title,
                form=_details(lesson).form,
                what=what,
                because=match.because,
                path=lesson.path,
                problem=self._amend(lesson, _EVIDENCE[what], claim.words, refuted),
            )
        )

    def _add(self, claim: Claim, refuted: Sequence[Reference]) -> None:
        told = Taught(uid="", title=claim.title, form=claim.form, what="added")
        try:
            recorded = self.keeper.record(self._draft(claim, refuted), author=self.author)
        except ArchMemError as error:
            said: dict[str, Any] = {"problem": str(error)}
        else:
            self._look_again(recorded.uid)
            said = {"uid": recorded.uid, "path": recorded.path, "problem": recorded.pending}
        self.taught.append(told.model_copy(update=said))

    def _draft(self, claim: Claim, refuted: Sequence[Reference]) -> Draft:
        run = details_of(self.run)
        details = Lesson(
            form=claim.form, context=run.situation, evidence_for=self._with_line((), claim.words)
        )
        if claim.form != "best_practice":
            said = {"issues": run.issues, "alternative": run.alternative}
            details = details.model_copy(update={"outcome": metrics_words(run.metrics), **said})
        taught_in = Reference(type=LinkType.LEARNED_IN, target=self.run.uid)
        return Draft(
            title=claim.title,
            body=claim.title if _even(claim.text) == claim.title else claim.text,
            details=details,
            modules=self.run.revision.draft.modules,
            references=(taught_in, *refuted),
            valid_from=self._day,
            extra={} if self.trust in (Trust.REVIEWED, Trust.TEAM) else {SAID_AS: self.trust},
            uid=self._uid(claim),
        )

    def _amend(
        self, lesson: Memory, evidence: str, words: str, refuted: Sequence[Reference]
    ) -> str:
        """Keep a revision of a lesson if it says something new; why that failed, or nothing.

        Where somebody revised it meanwhile, it is what they made of it that is changed. What
        could not be written is not lost: the run itself refers to the lesson.
        """
        problem = ""
        for _ in range(_TRIES):
            draft = self._with_evidence(lesson.revision.draft, evidence, words, refuted)
            if draft == lesson.revision.draft:
                return ""
            after = lesson.revision.number
            try:
                kept = self.keeper.amend(lesson.uid, draft, author=self.author, after=after)
            except ChangedMeanwhile as error:
                problem, lesson = str(error), self._look_again(lesson.uid)
            except ArchMemError as error:
                return str(error)
            else:
                self._look_again(lesson.uid)
                return kept.pending
        return problem

    def _with_evidence(
        self, draft: Draft, evidence: str, words: str, refuted: Sequence[Reference]
    ) -> Draft:
        """A lesson with a line of evidence, and with what the claim refutes."""
        known = {(one.type, one.target) for one in draft.references}
        new = tuple(one for one in refuted if (one.type, one.target) not in known)
        details = draft.details
        if isinstance(details, Lesson):
            lines = self._with_line(getattr(details, evidence), words)
            details = details.model_copy(update={evidence: lines})
        references = (*draft.references, *new)
        return draft.model_copy(update={"details": details, "references": references})

    def _look_again(self, uid: str) -> Memory:
        """A lesson as it is now; later claims are compared with that."""
        lesson = self.ledger.db.memories.fetch(uid)
        if not lesson.revision.removed and isinstance(lesson.revision.draft.details, Lesson):
            self.lessons[uid] = lesson
        else:
            self.lessons.pop(uid, None)
        return lesson

    def _with_line(self, lines: tuple[str, ...], words: str) -> tuple[str, ...]:
        """Lines of evidence with one of this run, which has one at most."""
        if any(line.startswith(self.run.uid) for line in lines):
            return lines
        line = f"{self.run.uid} {self._day:%Y-%m-%d}: {' '.join(words.split())}"
        return (*lines, shortened(line, LONGEST_LINE))

    def _uid(self, claim: Claim) -> str:
        """What the claim's own lesson is called, however often it is learned."""
        return uid_for(Kind.LESSON, self.run.uid, claim.form, claim.text)

    @property
    def _day(self) -> datetime:
        """On which the run was finished."""
        at = finished_at(self.run).astimezone(UTC)
        return at.replace(hour=0, minute=0, second=0, microsecond=0)


def _lessons_in_force(db: Database) -> dict[str, Memory]:
    """The lessons that hold, by uid; what was merged into another gets no evidence any more."""
    lessons = list_selected(db, Selection(kinds=(Kind.LESSON,)))
    return {one.memory.uid: one.memory for one in lessons if one.standing.in_force}


def _trust(db: Database, run: Memory) -> Trust:
    """The least trust of a run and of what it was helped by."""
    helped = [one.target for one in run.revision.draft.references if one.type is LinkType.HELPED_BY]
    sources = [one.revision.trust for one in db.memories.with_uids(helped)]
    return least(run.revision.trust, sources)


def _keep_learned(db: Database, uid: str, taught: Sequence[Taught]) -> None:
    """Note in the run which lessons it bears out and which it speaks against."""
    run = fetch_run(db, uid)
    draft = run.revision.draft
    relation = {"contradicted": LinkType.CONTRADICTS}
    evidence = tuple(
        Reference(type=relation.get(one.what, LinkType.SUPPORTS), target=one.uid) for one in taught
    )
    others = tuple(one for one in draft.references if one.type not in TAUGHT)
    details = draft.details.model_copy(update={"learned": True})
    changed = draft.model_copy(update={"details": details, "references": others + evidence})
    keep_run(db, run.uid, changed, run.revision.source, datetime.now(UTC))


def _taught_before(db: Database, run: Memory) -> Iterator[Taught]:
    """What a run is known to have taught, in the order in which it did, in force or not."""
    taught = [one for one in run.revision.draft.references if one.type in TAUGHT]
    lessons = {one.uid: one for one in db.memories.with_uids([one.target for one in taught])}
    for reference in taught:
        if (lesson := lessons.get(reference.target)) is None:
            continue
        is_own = (LinkType.LEARNED_IN, run.uid) in {
            (one.type, one.target) for one in lesson.revision.draft.references
        }
        is_against = reference.type is LinkType.CONTRADICTS
        yield Taught(
            uid=lesson.uid,
            title=lesson.title,
            form=_details(lesson).form,
            what="contradicted" if is_against else "added" if is_own else "supported",
            path=lesson.path,
        )


def _details(memory: Memory) -> Lesson:
    details = memory.revision.draft.details
    if not isinstance(details, Lesson):
        raise TypeError(f"{memory.uid} is no lesson")
    return details


def _even(text: str) -> str:
    """A text on one line, without the full stop at its end."""
    said = " ".join(text.split())
    return said.removesuffix(".") or said
