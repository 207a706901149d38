"""The verbs of archmem, one method each: those of the coordinator's loop here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory.as_of import through_lens
from memory.evidence.bearing import with_bearing
from memory.keeping import Keeping
from memory.ledger.memories import find_uid
from memory.models.outcome import Runs
from memory.models.selection import NOW, Lens

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from memory.models.brief import Brief, BriefForm
    from memory.models.explanation import Explained
    from memory.models.outcome import Begun, Finished, Learned, Result
    from memory.models.plan import CheckedPlan, Plan, Step


class ArchMem(Keeping):
    """The memory of one project; `indexer.open_project` gives one.

    Close it, or use it in a `with` statement. One thread at a time uses it; for another thread
    there are twins.
    """

    @through_lens
    def brief(
        self,
        task: str,
        *,
        modules: tuple[str, ...] = (),
        agents: tuple[str, ...] = (),
        budget: int | None = None,
        lens: Lens = NOW,
        everything: bool = False,
        form: BriefForm = "md",
    ) -> Brief:
        """What is known for a task, as much as its budget has room for.

        The same memory, task and budget give the same text. It says that it is not complete when
        the model could not be asked.

        Args:
            task: What is to be done, in plain words.
            modules: That it concerns; none for those that it names.
            agents: Each gets a slice of what concerns it alone.
            budget: Tokens; 4,000 if not given, of everything 100,000.
            lens: From when to look.
            everything: Tell the whole memory, not what is to the point.
            form: Markdown, or the JSON of a coordinator's response.

        Raises:
            BudgetTooSmall: nothing of use has room.
        """
        from memory.briefs.brief import Asked, brief

        asked = Asked(budget=budget, form=form, commit=self.commit, everything=everything)
        with self._ledger.reading() as db:
            return brief(db, task, modules, agents, lens, asked, meaning=self._meaning)

    @through_lens
    def explain(self, uid: str, *, lens: Lens = NOW) -> Explained:
        """Why a memory stands as it does, as the lens shows it; of a lesson, the arithmetic.

        Raises:
            UnknownMemory, AmbiguousUid: `uid`, or what begins like it, is not one memory.
        """
        from memory.evidence.explaining import explain, reasoned

        with self._ledger.reading() as db:
            explained = explain(db, find_uid(db, uid), lens)
            return reasoned(with_bearing(db, lens, [explained])[0])

    @through_lens
    def check(self, plan: Plan | str | Iterable[str | Step], *, lens: Lens = NOW) -> CheckedPlan:
        """What is known of each step of a plan, and whether it speaks against it.

        A step conflicts when it evidently proposes what was superseded, rejected, given up,
        reverted, not chosen or learned not to work; what takes such a thing away does not.

        Args:
            plan: What is to be done: a plan, the texts of its steps, or one text with a step on
                each line.
            lens: From when to look.

        Raises:
            InvalidRequest: there is no step, there are too many, or one is too long.
        """
        from memory.plans.check import check
        from memory.plans.stated import plan_of

        with self._ledger.reading() as db:
            return check(db, plan_of(plan), lens, meaning=self._meaning)

    def run_start(
        self,
        task: str,
        *,
        modules: tuple[str, ...] = (),
        agents: tuple[str, ...] = (),
        budget: int | None = None,
        with_brief: bool = True,
        author: str,
    ) -> Begun:
        """Open a run, and keep with it which revisions its brief showed.

        Args:
            task: What is to be done.
            modules: That it is about.
            agents: That will do it; each gets a slice of the brief.
            budget: Tokens that the brief may take; None for as many as `brief` takes.
            with_brief: Whether there is to be one.
            author: Who begins it.

        Raises:
            InvalidRecord: there is no task.
        """
        from memory.runs.runs import begin

        brief = None
        if with_brief and task.strip():
            brief = self.brief(task, modules=modules, agents=agents, budget=budget)
        begun = begin(
            self._ledger,
            task,
            modules=modules,
            agents=agents,
            brief=brief,
            commit=self._commit("HEAD", otherwise=""),
            author=author,
        )
        self._embed_what_came()
        return begun

    def run_finish(
        self, uid: str, result: Result | Mapping[str, Any], *, learning: bool = True, author: str
    ) -> Finished:
        """Keep what came of a run, and learn from it.

        When this returns the result is safe; what is learned from it can be asked for again.
        The same result a second time changes nothing, another one is refused.

        Args:
            uid: Of the run, or what it begins with.
            result: What came of it; as a mapping, in any shape that `archmem run finish` takes.
            learning: Whether to learn from it at once.
            author: Who says so.

        Raises:
            UnknownMemory, AmbiguousUid, InvalidRecord: it is not one run, or names what is not
                one memory.
            InvalidResult: the result cannot be read, or the run was finished with another one.
        """
        from memory.runs.results import result_of
        from memory.runs.runs import finish_run

        finished = finish_run(
            self._ledger,
            uid,
            self._with_whole_commits(result_of(result)),
            commit=self._commit("HEAD", otherwise=""),
            author=author,
        )
        if learning:
            learned = self.learn(finished.uid, author=author)
            return finished.model_copy(update={"learned": learned})
        self._embed_what_came()
        return finished

    @through_lens
    def run_list(self, *, lens: Lens = NOW) -> Runs:
        """All runs, those that were never finished first, the latest first."""
        from memory.runs.runs import list_runs

        with self._ledger.reading() as db:
            return Runs(runs=list_runs(db, lens))

    def learn(self, learned_from: str | Result | Mapping[str, Any], *, author: str) -> Learned:
        """Turn what came of a run into lessons, or into evidence for and against known ones.

        Doing it twice changes nothing; where it was interrupted, it is completed.

        Args:
            learned_from: A finished run, by its uid or what that begins with; or a result that
                no run was opened for, which is kept as a run of its own; as a mapping, in any
                shape that `archmem learn` takes.
            author: Who learns.

        Raises:
            UnknownMemory, AmbiguousUid, InvalidRecord: it is not one run, or names what is not
                one memory.
            InvalidResult: the run was not finished, or the result cannot be read.
        """
        from memory.learning.lessons import learn
        from memory.learning.nearness import Nearness
        from memory.runs.results import result_of
        from memory.runs.runs import keep_result

        kept: tuple[str, ...] = ()
        if not isinstance(learned_from, str):
            result = result_of(learned_from)
            kept = tuple(result.extra)
            learned_from = keep_result(
                self._ledger,
                self._with_whole_commits(result),
                commit=self._commit("HEAD", otherwise=""),
                author=author,
            )
        near = Nearness(self._meaning)
        learned = learn(self._ledger, self, learned_from, near=near, author=author)
        self._embed_what_came()
        return learned.model_copy(
            update={"kept": kept, "complete": not near.reason, "reason": near.reason}
        )

    def _with_whole_commits(self, result: Result) -> Result:
        """The result with its commits' full hashes, as far as git knows them."""
        whole = tuple(self._commit(name, otherwise=name) for name in result.commits)
        return result.model_copy(update={"commits": whole})
