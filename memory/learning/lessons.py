"""Turns what came of a run into lessons, or into evidence for and against those there are."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

from memory.errors import ArchMemError, ChangedMeanwhile, InvalidResult
from memory.learning.claims import Claim, claims_of, even
from memory.learning.likeness import SHARED, Said, likeness, same_rule, shared
from memory.ledger.memories import fetch_memory, list_memories, memories_with_uids
from memory.models.details import Lesson
from memory.models.identity import uid_for
from memory.models.kinds import Kind, LinkType, Status, Trust
from memory.models.outcome import Learned, Taught
from memory.models.revision import Draft, Reference
from memory.models.selection import NOW, Selection
from memory.models.trust import SAID_AS, least
from memory.retrieval.standings import fetch_standings
from memory.runs.metrics import metrics_words
from memory.runs.runs import TAUGHT, details_of, fetch_run, keep_run
from memory.texts.shortening import shortened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from memory.learning.likeness import Near
    from memory.ledger.connection import Database, Ledger
    from memory.models.answer import Recorded
    from memory.models.revision import Memory

_TRIES = 5  # where others change the same lesson at the same time
LONGEST_LINE = 300  # characters of evidence; the run has the rest
_OPPOSITE = {"pattern": ("antipattern",), "antipattern": ("pattern", "best_practice")}
_SAME = {
    "pattern": ("pattern", "best_practice"),
    "antipattern": ("antipattern",),
    "best_practice": ("best_practice", "pattern"),
}


class Keeper(Protocol):
    """Keeps lessons in the ledger and in the project's files."""

    def record(self, draft: Draft, *, author: str) -> Recorded:
        """Keep a new one."""
        ...

    def amend(self, uid: str, draft: Draft, *, author: str, after: int) -> Recorded:
        """Keep a revision of one that was made from its revision `after`, wherever it stands."""
        ...


class Match(NamedTuple):
    """A lesson that is about the same as a claim."""

    lesson: Memory
    because: str


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
        known = _lessons_in_force(db)
        trust = _trust(db, run)
    details = details_of(run)
    if details.status is Status.OPEN:
        raise InvalidResult(f"{run.uid} was never finished, so there is nothing to learn yet.")
    if details.learned:
        return Learned(run=run.uid, is_new=False, lessons=_taught_before(ledger, run))
    teacher = _Teacher(ledger, keeper, run, known, trust, near, author)
    for claim in claims_of(details):
        teacher.teach(claim)
    if not any(one.problem and not one.uid for one in teacher.taught):
        with ledger.writing() as db:
            _keep_learned(db, run.uid, teacher.taught)
    return Learned(run=run.uid, is_new=True, lessons=tuple(teacher.taught))


class _Teacher:
    """Takes the claims of one run one by one, each beside the lessons that there are by then."""

    def __init__(
        self,
        ledger: Ledger,
        keeper: Keeper,
        run: Memory,
        known: Sequence[Memory],
        trust: Trust,
        near: Near,
        author: str,
    ) -> None:
        self._ledger = ledger
        self._keeper = keeper
        self._run = run
        self._details = details_of(run)
        self._lessons = {one.uid: one for one in sorted(known, key=lambda one: one.uid)}
        self._trust = trust
        self._near = near
        self._author = author
        self.taught: list[Taught] = []

    def teach(self, claim: Claim) -> None:
        """Add a claim, or count it for what says the same and against what says the opposite."""
        if any(same_rule(claim.title, one.title, self._near) for one in self.taught):
            return  # the lesson says once more what the approach was
        against = self._about_the_same(claim, _OPPOSITE.get(claim.form, ()))
        same = self._about_the_same(claim, _SAME[claim.form])
        refuted = [Reference(type=LinkType.CONTRADICTS, target=one.lesson.uid) for one in against]
        if same:
            self._support(claim, same[0], refuted)
        else:
            self._add(claim, refuted)
        for match in against:
            self._contradict(claim, match)

    def _about_the_same(self, claim: Claim, forms: Sequence[str]) -> list[Match]:
        """The lessons of these forms that tell of the same, this run's own first, then by uid."""
        found = []
        for lesson in self._lessons.values():
            details = _lesson(lesson)
            if details.form not in forms or shared(claim.title, lesson.title) < SHARED:
                continue
            if claim.form == "best_practice":
                because = same_rule(claim.title, lesson.title, self._near)
            else:
                ours = Said(claim.title, self._details.situation)
                because = likeness(ours, Said(lesson.title, details.context), self._near)
            if because:
                found.append(Match(lesson, because))
        return sorted(found, key=lambda match: match.lesson.uid != self._uid(claim))

    def _support(self, claim: Claim, match: Match, refuted: Sequence[Reference]) -> None:
        lesson = match.lesson
        if any(one.uid == lesson.uid for one in self.taught):
            return  # this run has spoken for it already
        own = lesson.uid == self._uid(claim)

        def supported(details: Lesson) -> Lesson:
            lines = self._with_line(details.evidence_for, claim.words)
            return details.model_copy(update={"evidence_for": lines})

        problem = self._amend(lesson, supported, refuted)
        self._note(lesson, "added" if own else "supported", "" if own else match.because, problem)

    def _contradict(self, claim: Claim, match: Match) -> None:
        def contradicted(details: Lesson) -> Lesson:
            lines = self._with_line(details.evidence_against, claim.words)
            return details.model_copy(update={"evidence_against": lines})

        problem = self._amend(match.lesson, contradicted, ())
        self._note(match.lesson, "contradicted", match.because, problem)

    def _add(self, claim: Claim, refuted: Sequence[Reference]) -> None:
        draft = self._draft(claim, refuted)
        try:
            recorded = self._keeper.record(draft, author=self._author)
        except ArchMemError as error:
            said = Taught(
                uid="", title=claim.title, form=claim.form, what="added", problem=str(error)
            )
            self.taught.append(said)
            return
        self._look_again(recorded.uid)
        self.taught.append(
            Taught(
                uid=recorded.uid,
                title=claim.title,
                form=claim.form,
                what="added",
                path=recorded.path,
                problem=recorded.pending,
            )
        )

    def _draft(self, claim: Claim, refuted: Sequence[Reference]) -> Draft:
        run = self._details
        whole = (
            {}
            if claim.form == "best_practice"
            else {
                "outcome": metrics_words(run.metrics),
                "issues": run.issues,
                "alternative": run.alternative,
            }
        )
        details = Lesson(
            form=claim.form,
            context=run.situation,
            evidence_for=self._with_line((), claim.words),
            **whole,
        )
        taught_in = Reference(type=LinkType.LEARNED_IN, target=self._run.uid)
        return Draft(
            title=claim.title,
            body=claim.title if even(claim.text) == claim.title else claim.text,
            details=details,
            modules=self._run.revision.draft.modules,
            references=(taught_in, *refuted),
            valid_from=self._day,
            extra={} if self._trust in (Trust.REVIEWED, Trust.TEAM) else {SAID_AS: self._trust},
            uid=self._uid(claim),
        )

    def _amend(
        self, lesson: Memory, changed: Callable[[Lesson], Lesson], refuted: Sequence[Reference]
    ) -> str:
        """Keep a revision of a lesson if it says something new; why that failed, or nothing.

        Where somebody revised it meanwhile, it is what they made of it that is changed. What
        could not be written is not lost: the run itself refers to the lesson.
        """
        problem = ""
        for _ in range(_TRIES):
            draft = _with_claim(lesson.revision.draft, changed, refuted)
            if draft == lesson.revision.draft:
                return ""
            after = lesson.revision.number
            try:
                kept = self._keeper.amend(lesson.uid, draft, author=self._author, after=after)
            except ChangedMeanwhile as error:
                problem, lesson = str(error), self._look_again(lesson.uid)
            except ArchMemError as error:
                return str(error)
            else:
                self._look_again(lesson.uid)
                return kept.pending
        return problem

    def _look_again(self, uid: str) -> Memory:
        """A lesson as it is now; later claims are compared with that."""
        lesson = fetch_memory(self._ledger.db, uid)
        if not lesson.revision.removed and isinstance(lesson.revision.draft.details, Lesson):
            self._lessons[uid] = lesson
        else:
            self._lessons.pop(uid, None)
        return lesson

    def _note(
        self,
        lesson: Memory,
        what: Literal["added", "supported", "contradicted"],
        because: str,
        problem: str,
    ) -> None:
        form = _lesson(lesson).form
        self.taught.append(
            Taught(
                uid=lesson.uid,
                title=lesson.title,
                form=form,
                what=what,
                because=because,
                path=lesson.path,
                problem=problem,
            )
        )

    def _with_line(self, lines: tuple[str, ...], words: str) -> tuple[str, ...]:
        """Lines of evidence with one of this run, which has one at most."""
        if any(line.startswith(self._run.uid) for line in lines):
            return lines
        said = " ".join(words.split())
        line = f"{self._run.uid} {self._day:%Y-%m-%d}: {said}"
        return (*lines, shortened(line, LONGEST_LINE))

    def _uid(self, claim: Claim) -> str:
        """What the claim's own lesson is called, however often it is learned."""
        return uid_for(Kind.LESSON, self._run.uid, claim.form, claim.text)

    @property
    def _day(self) -> datetime:
        """On which the run was finished."""
        revision = self._run.revision
        at = (revision.draft.valid_from or revision.recorded_at).astimezone(UTC)
        return at.replace(hour=0, minute=0, second=0, microsecond=0)


def _with_claim(
    draft: Draft, changed: Callable[[Lesson], Lesson], refuted: Sequence[Reference]
) -> Draft:
    """A lesson with a claim's evidence, and with what the claim refutes."""
    known = {(one.type, one.target) for one in draft.references}
    new = tuple(one for one in refuted if (one.type, one.target) not in known)
    details = draft.details
    details = changed(details) if isinstance(details, Lesson) else details
    return draft.model_copy(update={"details": details, "references": (*draft.references, *new)})


def _lessons_in_force(db: Database) -> list[Memory]:
    """The lessons that hold; what was merged into another gets no evidence any more."""
    lessons = list_memories(db, Selection(kinds=(Kind.LESSON,)))
    standings = fetch_standings(db, NOW, [one.uid for one in lessons])
    return [one for one in lessons if standings[one.uid].in_force]


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


def _taught_before(ledger: Ledger, run: Memory) -> tuple[Taught, ...]:
    """What a run is known to have taught, in the order in which it did, in force or not."""
    uids = [one.target for one in run.revision.draft.references if one.type in TAUGHT]
    with ledger.reading() as db:
        lessons = memories_with_uids(db, uids)
    return tuple(_retold(run, {one.uid: one for one in lessons}))


def _retold(run: Memory, by_uid: Mapping[str, Memory]) -> Iterator[Taught]:
    for reference in run.revision.draft.references:
        lesson = by_uid.get(reference.target)
        if lesson is None or reference.type not in TAUGHT:
            continue
        own = any(
            one.type is LinkType.LEARNED_IN and one.target == run.uid
            for one in lesson.revision.draft.references
        )
        supported: Literal["added", "supported"] = "added" if own else "supported"
        yield Taught(
            uid=lesson.uid,
            title=lesson.title,
            form=_lesson(lesson).form,
            what="contradicted" if reference.type is LinkType.CONTRADICTS else supported,
            path=lesson.path,
        )


def _trust(db: Database, run: Memory) -> Trust:
    """The least trust of a run and of what it was helped by."""
    helped = [one.target for one in run.revision.draft.references if one.type is LinkType.HELPED_BY]
    sources = [one.revision.source.trust for one in memories_with_uids(db, helped)]
    return least(run.revision.source.trust, sources)


def _lesson(memory: Memory) -> Lesson:
    details = memory.revision.draft.details
    if not isinstance(details, Lesson):
        raise TypeError(f"{memory.uid} is no lesson")
    return details
