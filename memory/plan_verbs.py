"""The verbs that keep and follow plans; `memory.api.ArchMem` has them with its own."""

from functools import partial
from typing import TYPE_CHECKING, Any

from memory.code_verbs import CodeVerbs
from memory.models.planning import NewPlan, Plans, ShownPlan
from memory.models.request import AnyPhases
from memory.models.selection import Name

if TYPE_CHECKING:
    from memory.planning.facts import Facts


class PlanVerbs(CodeVerbs):
    """What can be done with plans."""

    if TYPE_CHECKING:
        record: Any
        amend: Any
        baselines: Any

    def plan_new(self, plan: AnyPhases, *, title: Name = "", author: Name | None = None) -> NewPlan:
        """Keep a plan, with what its gates measure now.

        The same plan a second time changes nothing, however far it has got.

        Raises:
            InvalidRequest: it has no steps or no title, or something in it is no phase or step.
        """
        from memory.errors import InvalidRequest
        from memory.models.answer import Recorded
        from memory.planning.keeping import draft_of, find_kept, plan_of, uid_of, untold_gates
        from memory.planning.reading import read_phases

        read = read_phases(plan)
        read = read._replace(title=title or read.title)
        if not read.title:
            raise InvalidRequest("plan", "it has no title: give it one with `title`")
        facts, uid = self._facts(), uid_of(read)
        with self.ledger.reading() as db:
            known = find_kept(db, uid)
        if known is None:
            draft = draft_of(read, facts, self.session.commit_of("HEAD", otherwise=""))
            recorded = self.record(draft.model_copy(update={"uid": uid}), author=author)
            with self.ledger.reading() as db:
                known = db.memories.fetch(recorded.uid)
        else:
            recorded = Recorded(uid=uid, is_new=False, path=known.path)
        plan = plan_of(known)
        return NewPlan(recorded=recorded, plan=plan, untold=tuple(untold_gates(plan, facts)))

    def plan_show(self, uid: Name = "") -> ShownPlan:
        """A plan as it is kept, with the runs of its steps; where none is named, the open one.

        Raises:
            InvalidRequest: it is no plan; or none is named, and not just one is open.
        """
        from memory.lessons.runs import details_of
        from memory.planning.keeping import fetch_plan, runs_of

        with self.ledger.reading() as db:
            memory, plan = fetch_plan(db, uid)
            runs = {
                step: tuple(f"{run.uid} {details_of(run).status}" for run in some)
                for step, some in runs_of(db, memory.uid).items()
            }
        return ShownPlan(
            uid=memory.uid, title=memory.title, citation=memory.citation, plan=plan, runs=runs
        )

    def plan_status(self, uid: Name = "") -> Plans:
        """How far a plan is, or all that are open: steps by their runs, gates as they measure now.

        Raises:
            InvalidRequest: it is no plan.
        """
        from memory.planning.keeping import fetch_plan, open_plans, runs_of, step_statuses
        from memory.planning.progress import progress

        with self.ledger.reading() as db:
            found = [fetch_plan(db, uid)] if uid else open_plans(db)
            if not found:
                return Plans()
            facts = self._facts()
            return Plans(
                plans=tuple(
                    progress(memory, plan, facts, step_statuses(plan, runs_of(db, memory.uid)))
                    for memory, plan in found
                )
            )

    def _facts(self) -> "Facts":
        """What gates are measured from."""
        from memory.planning.facts import Facts

        return Facts(self.session, self._code_with_checks(), partial(self.baselines))
