"""The verbs that ask what is known."""

from typing import TYPE_CHECKING

from memory.as_of import through_lens
from memory.models.answer import Answer, Event, Explained, Listed, RevisionHistory, Shown, Tried
from memory.models.brief import Brief, BriefForm
from memory.models.plan import CheckedPlan
from memory.models.request import AnyPlan, Budget, Hits, MostListed, Question
from memory.models.selection import EVERYTHING, NOW, Lens, Name, Names, Selection
from memory.models.series import Series
from memory.verbs.code_facts import facts_of_code, lines_in_reach

if TYPE_CHECKING:
    from memory.api import ArchMem


@through_lens
def search(
    archmem: "ArchMem", question: Question, *, selection: Selection = EVERYTHING, limit: Hits = 10
) -> Answer:
    """The memories that answer a question best; what is in force before what it replaced.

    The answer says that it is not complete when the model could not be asked.

    Raises:
        InvalidRequest: the question has no word.
    """
    from memory.lessons.evidence import with_bearing
    from memory.lessons.outcome_scores import earned_among
    from memory.retrieval.search import search

    _refuse_wordless("search", question)
    meaning = archmem.session.meaning
    with archmem.ledger.reading() as db, db.steadily():
        answer = search(db, question, selection, meaning=meaning, limit=limit, earned=earned_among)
        hits = with_bearing(db, selection.lens, answer.hits)
    return answer.model_copy(update={"hits": hits})


def related(archmem: "ArchMem", uid: Name, *, limit: Hits = 10) -> Answer:
    """The memories that have to do with one: linked to it, or about the same."""
    from memory.lessons.evidence import with_bearing
    from memory.retrieval.search import related

    with archmem.ledger.reading() as db:
        answer = related(
            db, db.memories.find_uid(uid), meaning=archmem.session.meaning, limit=limit
        )
        hits = with_bearing(db, NOW, answer.hits)
    return answer.model_copy(update={"hits": hits})


@through_lens
def tried(
    archmem: "ArchMem",
    question: Question,
    *,
    modules: Names = (),
    limit: Hits = 5,
    lens: Lens = NOW,
) -> Tried:
    """The refactorings that come nearest to a plan: what was tried, and what came of it.

    Raises:
        InvalidRequest: the question has no word.
    """
    from memory.lessons.evidence import with_bearing
    from memory.retrieval.search import tried

    _refuse_wordless("tried", question)
    meaning = archmem.session.meaning
    with archmem.ledger.reading() as db:
        found = tried(db, question, modules, meaning=meaning, limit=limit, lens=lens)
        attempts = with_bearing(db, lens, found.attempts)
    return found.model_copy(update={"attempts": attempts})


@through_lens
def show(archmem: "ArchMem", uid: Name, *, lens: Lens = NOW) -> Shown:
    """All that is known of one memory, as the lens shows it."""
    from memory.lessons.evidence import with_bearing
    from memory.norms.read import norms_of
    from memory.standings import fetch_standings, named_in

    with archmem.ledger.reading() as db:
        memory = db.memories.fetch(db.memories.find_uid(uid), lens)
        links = db.links.fetch(lens, [memory.uid])
        standing = fetch_standings(db, lens, [memory.uid])[memory.uid]
        ends = {end for link in links for end in (link.source, link.target)} - {memory.uid}
        titles = db.memories.titles(ends | named_in([standing]))
        shown = Shown(
            memory=memory,
            standing=standing,
            links=tuple(links),
            norms=norms_of(memory),
            titles=titles,
        )
        return with_bearing(db, lens, [shown])[0]


def history(archmem: "ArchMem", uid: Name) -> RevisionHistory:
    """Every revision of a memory, the first one first."""
    with archmem.ledger.reading() as db:
        uid = db.memories.find_uid(uid)
        return RevisionHistory(uid=uid, revisions=tuple(db.memories.history(uid)))


@through_lens
def list_memories(
    archmem: "ArchMem", selection: Selection = EVERYTHING, *, limit: MostListed | None = None
) -> tuple[Listed, ...]:
    """The memories of a selection, the one that began to hold last first."""
    from memory.lessons.evidence import with_bearing
    from memory.standings import list_selected

    with archmem.ledger.reading() as db:
        return with_bearing(db, selection.lens, list_selected(db, selection, limit))


@through_lens
def timeline(archmem: "ArchMem", module: Name, *, lens: Lens = NOW) -> tuple[Event, ...]:
    """How a module evolved: everything that is known of it, oldest first, undated first.

    Raises:
        InvalidRequest: no module is named.
    """
    from memory.errors import InvalidRequest
    from memory.models.answer import tell_timeline
    from memory.standings import list_selected

    if not module.strip():
        raise InvalidRequest("timeline", "no module is named; `archmem status` lists them")
    with archmem.ledger.reading() as db:
        return tell_timeline(list_selected(db, Selection(modules=(module,), lens=lens)))


@through_lens
def baselines(
    archmem: "ArchMem",
    metric: Name = "",  # or a part of its name; "" for all
    *,
    modules: Names = (),  # only what was measured of one of these
    environment: Name = "",  # or a part of its name
    lens: Lens = NOW,
) -> tuple[Series, ...]:
    """The measurements of a metric, or of all, as series: by metric and environment."""
    from memory.metrics.measurement_series import chosen, read_series

    with archmem.ledger.reading() as db:
        return chosen(read_series(db, lens), metric, modules, environment)


@through_lens
def brief(
    archmem: "ArchMem",
    task: Question = "",
    *,
    modules: Names = (),  # none for those that the task names
    agents: Names = (),  # each gets a slice of what concerns it alone
    budget: Budget | None = None,  # tokens; None for 4,000, or 100,000 of everything
    lens: Lens = NOW,
    everything: bool = False,  # the whole memory and the code, not what is to the point
    form: BriefForm = "md",  # Markdown, or the JSON of a coordinator's response
) -> Brief:
    """What is known for a task, as much as its budget has room for.

    The same memory, task and budget give the same text. It says that it is not complete when
    the model could not be asked.

    Raises:
        BudgetTooSmall: nothing of use has room.
    """
    from memory.briefs.brief_builder import BriefRequest, brief

    commit = archmem.session.commit
    code = () if everything or commit or not lens.is_now else lines_in_reach(archmem, task, modules)
    facts = facts_of_code(archmem) if everything and not commit and lens.is_now else ()
    asked = BriefRequest(
        budget=budget,
        form=form,
        commit=commit,
        everything=everything,
        code=tuple(code),
        facts=tuple(facts),
    )
    with archmem.ledger.reading() as db:
        return brief(db, task, modules, agents, lens, asked, meaning=archmem.session.meaning)


@through_lens
def explain(archmem: "ArchMem", uid: Name, *, lens: Lens = NOW) -> Explained:
    """Why a memory stands as it does, as the lens shows it; of a lesson, the arithmetic."""
    from memory.lessons.evidence import with_bearing
    from memory.lessons.explanation import explain, reasoned

    with archmem.ledger.reading() as db:
        explained = explain(db, db.memories.find_uid(uid), lens)
        memory, written = explained.memory, None
        if lens.is_now and not archmem.session.commit and memory.path and memory.lines:
            written = archmem.session.project.last_written(memory.path, memory.lines)
        return reasoned(with_bearing(db, lens, [explained])[0], written)


@through_lens
def check(archmem: "ArchMem", plan: AnyPlan, *, lens: Lens = NOW) -> CheckedPlan:
    """What is known of each step of a plan, and whether it speaks against it.

    A step conflicts when it evidently proposes what was superseded, rejected, given up,
    reverted or learned not to work, or what a decision in force forbids or decided otherwise.

    Raises:
        InvalidRequest: there is no step, there are too many, or one is too long.
    """
    from memory.code.checks.decisions import checks_of_decisions
    from memory.plans.check import check
    from memory.plans.plan_parser import plan_of

    with archmem.ledger.reading() as db, db.steadily():
        is_now = lens.is_now and not archmem.session.commit
        checks = checks_of_decisions(db, lens) if is_now else []
        code = archmem.session.project.code_soon(archmem.ledger) if checks else None
        meaning = archmem.session.meaning
        return check(db, plan_of(plan), lens, meaning=meaning, code=code, checks=checks)


def _refuse_wordless(verb: str, question: str) -> None:
    """Raises `InvalidRequest` for a question that has no word to search for."""
    from memory.errors import InvalidRequest
    from memory.texts.words import split_words

    if not split_words(question):
        raise InvalidRequest(verb, "the question has no word")
