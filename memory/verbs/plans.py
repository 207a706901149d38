"""The verbs that keep and follow plans."""

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from memory.kinds.vocabulary import Kind, LinkType, Status
from memory.models.planning import (
    ChangedPlan,
    ClosedPlan,
    Directives,
    HeldPlan,
    NewPlan,
    PhaseAction,
    PlanProgress,
    Plans,
    ShownPlan,
)
from memory.models.request import AnyPhases, AnyResult, Budget, Question
from memory.models.selection import Name
from memory.verbs.code_facts import code_with_checks, known_code, lines_in_reach

if TYPE_CHECKING:
    from memory.api import ArchMem
    from memory.models.brief import Brief
    from memory.models.details import PhasedPlan
    from memory.models.memory import Memory
    from memory.models.runs import Learned
    from memory.planning.directives import Task
    from memory.planning.kept_plans import BegunStep
    from memory.planning.plan_facts import PlanFacts

ARCHMEM = "agent:archmem"  # who says that a gate is lost


def plan_new(
    archmem: "ArchMem",
    plan: AnyPhases | None = None,
    *,
    query: Question = "",  # instead of a plan, what `coordinate` is asked to plan
    title: Name = "",
    author: Name | None = None,
) -> NewPlan:
    """Keep a plan, with what its gates measure now.

    The same plan a second time changes nothing, however far it has got.

    Raises:
        InvalidRequest: it has no steps or no title, or something in it is no phase or step.
    """
    from memory.errors import InvalidRequest
    from memory.models.answer import Recorded
    from memory.models.coordination import Request
    from memory.planning.kept_plans import draft_of, find_kept, plan_of, uid_of, untold_gates
    from memory.planning.plan_reader import read_phases

    if (plan is not None) == bool(query):
        raise InvalidRequest("plan", "give either a plan or a query")
    read = read_phases(archmem.coordinate(Request(query=query)) if query else plan)
    read = read._replace(title=title or read.title)
    if not read.title:
        raise InvalidRequest("plan", "it has no title: give it one with `title`")
    facts, uid = _facts(archmem), uid_of(read)
    with archmem.ledger.reading() as db:
        known = find_kept(db, uid)
    if known is None:
        now = datetime.now(UTC).replace(microsecond=0)
        draft = draft_of(read, facts, archmem.session.commit_of("HEAD", otherwise=""), now)
        recorded = archmem.record(draft.model_copy(update={"uid": uid}), author=author)
        with archmem.ledger.reading() as db:
            known = db.memories.fetch(recorded.uid)
    else:
        recorded = Recorded(uid=uid, is_new=False, path=known.path)
    plan = plan_of(known)
    _followed(archmem, known, facts)  # so that the next look knows which gates were met
    untold = tuple(dict.fromkeys(untold_gates(plan, facts)))
    return NewPlan(recorded=recorded, plan=plan, untold=untold)


def plan_show(archmem: "ArchMem", uid: Name = "") -> ShownPlan:
    """A plan as it is kept, with the runs of its steps; where none is named, the open one.

    Raises:
        InvalidRequest: it is no plan; or none is named, and not just one is open.
    """
    from memory.lessons.runs import details_of
    from memory.planning.kept_plans import fetch_plan, runs_of

    with archmem.ledger.reading() as db:
        memory, plan = fetch_plan(db, uid)
        runs = {
            step: tuple(f"{run.uid} {details_of(run).status}" for run in some)
            for step, some in runs_of(db, memory.uid).items()
        }
    return ShownPlan(
        uid=memory.uid,
        revision=memory.revision.number,
        title=memory.title,
        citation=memory.citation,
        plan=plan,
        runs=runs,
    )


def plan_status(archmem: "ArchMem", uid: Name = "") -> Plans:
    """How far a plan is, or all that are open: steps by their runs, gates as they measure now.

    A gate that was met at an earlier look and is open now is lost: afterwards there is a flag
    for it, which is resolved when the gate is met again.

    Raises:
        InvalidRequest: it is no plan.
    """
    from memory.planning.kept_plans import fetch_plan, open_plans

    with archmem.ledger.reading() as db:
        found = [fetch_plan(db, uid)] if uid else open_plans(db)
    facts = _facts(archmem) if found else None
    return Plans(plans=tuple(_followed(archmem, one, facts) for one, _ in found if facts))


def plan_check(archmem: "ArchMem", uid: Name = "") -> HeldPlan:
    """What speaks against a plan: its steps as `check` sees them, its order, code and people.

    Conflicts are steps that break what was decided, or a check of it once they moved what
    they name; an order that a dependency or another step forbids; two steps in flight on one
    file or module; a step without a way back. What nobody knows is named as a doubt.

    Raises:
        InvalidRequest: it is no plan; or none is named, and not just one is open.
    """
    from memory.ledger.project_modules import module_names
    from memory.models.plan import Plan, Step, Verdict
    from memory.planning.checking import PlanContext, doubts_of
    from memory.planning.kept_plans import fetch_plan, runs_of, step_statuses, steps_of

    with archmem.ledger.reading() as db:
        memory, plan = fetch_plan(db, uid)
        statuses = step_statuses(plan, runs_of(db, memory.uid))
        names, agents = module_names(db), db.memories.agents()
    steps = [Step(text=step.text, modules=step.modules) for _, step in steps_of(plan)]
    checked = archmem.check(Plan(steps=tuple(steps)))
    doubts = doubts_of(plan, PlanContext(_facts(archmem), names, agents, statuses))
    is_conflict = any(one.conflicts for one in doubts)
    return HeldPlan(
        uid=memory.uid,
        title=memory.title,
        verdict=Verdict.CONFLICT if is_conflict else checked.verdict,
        doubts=tuple(doubts),
        steps=checked,
    )


def plan_assign(
    archmem: "ArchMem",
    uid: Name = "",
    *,
    budget: Budget = 2_000,  # tokens for each engineer, and for what several have to know
    expected: int | None = None,  # the revision that was read; refused if it is another by now
    author: Name | None = None,
) -> Directives:
    """What each engineer of a plan is to do and must know; the steps say then who does them.

    A step is for whom the plan names; else for whose module it touches; else for whose
    definition speaks of such things.

    Raises:
        ChangedMeanwhile: another revision than the expected one is the newest.
        InvalidRequest: it is no plan; or none is named, and not just one is open.
        BudgetTooSmall: nothing of use has room.
    """
    from memory.briefs.brief_builder import BriefRequest, brief
    from memory.coordination.owners import find_owner
    from memory.ledger.project_modules import module_names
    from memory.models.selection import NOW
    from memory.planning.assigning import assign, expertise_of, with_agents
    from memory.planning.directives import directives
    from memory.planning.kept_plans import fetch_plan

    code = known_code(archmem).base
    with archmem.ledger.reading() as db:
        memory, plan = fetch_plan(db, uid, expected)
        names = module_names(db)
        assigned = assign(plan, code, names, lambda name: find_owner(db, name), expertise_of(db))
        reach = set[str]()

        def told(task: "Task") -> "Brief":
            lines = lines_in_reach(archmem, task.text, task.modules) if task.with_code else ()
            new = tuple(line for line in lines if line not in reach)
            reach.update(new)
            asked = BriefRequest(budget=budget, code=new, only=task.only, without=task.without)
            meaning = archmem.session.meaning
            return brief(db, task.text, task.modules, task.agents, NOW, asked, meaning=meaning)

        found = directives(memory, plan, assigned, code, names, told)
    new = with_agents(plan, assigned)
    if new != plan:
        _keep_plan(archmem, memory, new, author)
    return found


def plan_phase(
    archmem: "ArchMem",
    uid: Name,  # "" for the one that is open
    number: int,  # from 1
    action: PhaseAction,  # begin, done or back
    *,
    step: int | None = None,  # of the plan: only this one
    because: Question = "",  # why it is taken back, or meant anyway
    anyway: bool = False,  # though a gate is open, a step unfinished or a phase before not done
    expected: int | None = None,  # the revision that was read; refused if it is another by now
    author: Name | None = None,
) -> ChangedPlan:
    """Say that a phase, or one step of it, has begun, is done, or is taken back.

    A phase that begins has its gates measured. Saying it again changes nothing.

    Raises:
        ChangedMeanwhile: another revision than the expected one is the newest.
        InvalidRequest: there is no such phase or step; or something speaks against it.
    """
    from memory.planning.changing import Wanted, changed, ensure_phase
    from memory.planning.kept_plans import fetch_plan

    with archmem.ledger.reading() as db:
        memory, plan = fetch_plan(db, uid, expected)
    ensure_phase(plan, number)
    facts, commit = _facts(archmem), archmem.session.commit_of("HEAD", otherwise="")
    before = _followed(archmem, memory, facts)
    now = datetime.now(UTC).replace(microsecond=0)
    wanted = Wanted(action, number, step, because, anyway)
    new = changed(plan, wanted, before.phases[number - 1], facts, now, commit)
    if new == plan:
        return ChangedPlan(plan=before, changed=False)
    _keep_plan(archmem, memory, new, author)
    return ChangedPlan(plan=_followed(archmem, memory, facts), changed=True)


def plan_close(
    archmem: "ArchMem",
    uid: Name = "",
    result: AnyResult | None = None,  # success: all phases done, if it does not say
    *,
    expected: int | None = None,  # the revision that was read; refused if it is another by now
    author: Name | None = None,
) -> ClosedPlan:
    """Close a plan with what came of it, and learn from that.

    What its gates measured at their start and measure now is part of the result. Its flags
    expire. Closing it again changes nothing, but completes what was interrupted.

    Raises:
        ChangedMeanwhile: another revision than the expected one is the newest.
        InvalidRequest: it is no plan.
        InvalidResult: the result cannot be read.
    """
    from memory.lessons.result_parser import result_of
    from memory.models.runs import Result
    from memory.planning.closing import issues_of, result_said, with_facts
    from memory.planning.kept_plans import fetch_plan

    with archmem.ledger.reading() as db:
        memory, plan = fetch_plan(db, uid, expected)
    if plan.status is not Status.OPEN:
        learned = _learned_at_last(archmem, memory, author)
        _expire_flags(archmem, memory.uid)
        return ClosedPlan(uid=memory.uid, status=plan.status, changed=False, learned=learned)
    told = result if isinstance(result, Result) else result_of(result_said(plan, result))
    now = _followed(archmem, memory, _facts(archmem))
    learned = archmem.learn(with_facts(told, memory, plan, now), author=author)
    status = Status.DONE if told.success else Status.FAILED
    said = told.approach or "; ".join(told.issues)
    new = plan.model_copy(update={"status": status, "outcome": said})
    _keep_plan(archmem, memory, new, author, run=learned.run)
    _expire_flags(archmem, memory.uid)
    left = tuple(issues_of(plan, now))
    return ClosedPlan(uid=memory.uid, status=status, changed=True, left=left, learned=learned)


def _learned_at_last(archmem: "ArchMem", memory: "Memory", author: str | None) -> "Learned | None":
    """What the run of a closed plan had not taught yet, as something failed then."""
    from memory.lessons.runs import details_of, fetch_run

    tried = [
        one.target for one in memory.revision.draft.references if one.type == LinkType.TRIED_IN
    ]
    with archmem.ledger.reading() as db:
        runs = [fetch_run(db, one) for one in tried if db.memories.contains(one)]
    if not runs or details_of(runs[-1]).learned:
        return None
    return archmem.learn(runs[-1].uid, author=author)


def _expire_flags(archmem: "ArchMem", uid: str) -> None:
    """Of a plan that is over."""
    from memory.planning.following import open_flags

    with archmem.ledger.reading() as db:
        flags = open_flags(db, uid)
    for flag in flags:
        archmem.flag("expire", flag, reason=f"{uid} was closed.", author=ARCHMEM)


def follow_plans(archmem: "ArchMem") -> tuple[PlanProgress, ...]:
    """Look at the gates of all plans that are open, as whoever indexes does.

    Returns:
        The plans of which a flag was raised or resolved.
    """
    from memory.models.selection import Selection

    opened = Selection(kinds=(Kind.PLAN,), statuses=(Status.OPEN,))
    with archmem.ledger.reading() as db:  # before anything of plans is imported
        if archmem.session.commit or not db.memories.newest_ids(opened, limit=1):
            return ()
    return tuple(one for one in archmem.plan_status().plans if one.raised or one.resolved)


def begin_step(archmem: "ArchMem", uid: str, step: int | None, author: str | None) -> "BegunStep":
    """What a run of a step needs to know; its phase has begun afterwards if it can."""
    from memory.errors import InvalidRequest
    from memory.ledger.project_modules import module_names
    from memory.planning.changing import begun_with, phase_of
    from memory.planning.kept_plans import (
        BegunStep,
        against,
        fetch_plan,
        runs_of,
        step_statuses,
    )
    from memory.planning.touching import touched_by_all

    if step is None:
        raise InvalidRequest("run", "say which step of the plan it does")
    with archmem.ledger.reading() as db:
        memory, plan = fetch_plan(db, uid)
        statuses = step_statuses(plan, runs_of(db, memory.uid))
        names = module_names(db)
    number = phase_of(plan, step)
    facts = _facts(archmem)
    touched = touched_by_all(plan, facts.known.base, names)
    beside = tuple(against(plan, step, number, statuses, touched))
    now = datetime.now(UTC).replace(microsecond=0)
    commit = archmem.session.commit_of("HEAD", otherwise="")
    new = begun_with(plan, number, facts, now, commit)
    if new != plan:
        _keep_plan(archmem, memory, new, author)
    said = [one for phase in plan.phases for one in phase.steps][step - 1]
    return BegunStep(memory.uid, said, beside)


def _followed(archmem: "ArchMem", memory: "Memory", facts: "PlanFacts") -> PlanProgress:
    """How far a plan is, its flags raised and resolved."""
    from memory.planning.following import follow, keep_met, with_lost
    from memory.planning.kept_plans import plan_of, receivers_of, runs_of, step_statuses
    from memory.planning.plan_progress import progress

    with archmem.ledger.reading() as db:
        memory = db.memories.fetch(memory.uid)
        plan = plan_of(memory)
        steps = step_statuses(plan, runs_of(db, memory.uid))
        now = progress(memory, plan, facts, steps)
        found = follow(db, now, receivers_of(plan))
    if plan.status is not Status.OPEN or archmem.session.commit:
        return with_lost(now, found.open)
    raised = tuple(archmem.record(one, author=ARCHMEM).uid for one in found.lost)
    for flag, evidence in found.regained:
        archmem.flag("resolve", flag, evidence=evidence, author=ARCHMEM)
    with archmem.ledger.writing() as db:
        keep_met(db, memory.uid, found.met)
    resolved = tuple(flag for flag, _ in found.regained)
    said = {"raised": raised, "resolved": resolved, "news": found.news}
    return with_lost(now, found.open).model_copy(update=said)


def _keep_plan(
    archmem: "ArchMem", memory: "Memory", plan: "PhasedPlan", author: str | None, run: str = ""
) -> None:
    """Keep what a plan says now, on top of what it was when it was fetched."""
    from memory.models.memory import Reference

    draft = memory.revision.draft
    references = draft.references
    if run:
        references = (*references, Reference(type=LinkType.TRIED_IN, target=run))
    new = draft.model_copy(update={"details": plan, "references": references})
    archmem.amend(memory.uid, new, author=author, after=memory.revision.number)


def _facts(archmem: "ArchMem") -> "PlanFacts":
    """What gates are measured from."""
    from memory.planning.plan_facts import PlanFacts

    return PlanFacts(archmem.session, code_with_checks(archmem), partial(archmem.baselines))
