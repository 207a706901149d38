"""The verbs of archmem: one class, a method each, over the functions that do the work.

The signature of a verb is the request that others send for it, and its return annotation the
response; so they are evaluated here, while what does the work is imported when it is called.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import partial
from operator import itemgetter
from typing import TYPE_CHECKING, Self

from pydantic import AwareDatetime

from memory.as_of import session_at, through_lens
from memory.keep_verbs import KeepVerbs
from memory.kinds.vocabulary import Kind
from memory.models.answer import (
    Answer,
    Event,
    Explained,
    Listed,
    Recorded,
    RevisionHistory,
    Shown,
    StoreStatus,
    Tried,
    Verified,
)
from memory.models.assessment import Fired, Unwatched
from memory.models.brief import Brief, BriefForm
from memory.models.coordination import Coordination, Request
from memory.models.details import Moved
from memory.models.flags import FlagAction, Flags
from memory.models.harvest import Harvested
from memory.models.health import Health
from memory.models.memory import Draft
from memory.models.plan import CheckedPlan
from memory.models.report import IndexReport, Progress, no_progress
from memory.models.request import (
    AnyPlan,
    AnyResult,
    Budget,
    Count,
    Document,
    Hits,
    MostListed,
    Question,
    RunOrResult,
)
from memory.models.runs import Begun, Consolidated, Finished, Learned, Result, Runs
from memory.models.selection import EVERYTHING, NOW, Lens, Name, Names, Selection
from memory.models.series import Series
from memory.plan_verbs import PlanVerbs
from memory.review.lint import Fault

if TYPE_CHECKING:
    from pathlib import Path

    from memory.code.loading import FactSection
    from memory.config import Settings
    from memory.project_files import ProjectFiles
    from memory.retrieval.embedding import OnStage
    from memory.retrieval.model import Model, SharedModels
    from memory.session import Session


class ArchMem(PlanVerbs, KeepVerbs):
    """The memory of one project; `indexer.open_project` gives one.

    Close it, or use it in a `with` statement. One thread at a time uses it; for another thread
    there are twins.

    An author is "human:dana" or "agent:payments"; where none is given, it is whom a result is
    from, or else whom git names in the project. Wherever a uid is asked for, its beginning will do
    if it fits one memory only, else `UnknownMemory` or `AmbiguousUid` is raised.
    """

    def __init__(self, session: "Session") -> None:
        from memory.upkeep import Upkeep

        self.session = session
        self.root = session.root  # the project's worktree
        self.folder = session.folder  # where the memory lies
        self.ledger = session.ledger  # for those who have to know more than the verbs tell
        self.upkeep = Upkeep(session)  # for whoever keeps it in step: the engine

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of all files; a second time does nothing."""
        self.session.close()

    def twin(
        self,
        *,
        root: "Path | None" = None,
        files: "ProjectFiles | None" = None,
        settings: "Settings | None" = None,
        models: "SharedModels | None" = None,
    ) -> Self:
        """The same memory for another thread, or for another worktree with its files and settings.

        It has a connection of its own to the ledger and shares vectors and model; any thread may
        ask for one. Each is closed by itself, in any order; the last lets go of what they share.
        """
        return type(self)(self.session.twin(root, files, settings, models))

    @contextmanager
    def at(self, commit: str) -> Iterator[Self]:
        """This memory as of a commit, in a `with` statement.

        That is what the project's files said in the commit's tree, and of what no file says
        (refactorings told by git, runs) whatever was recorded at a commit that leads to it.
        Nothing can be recorded there, and this memory stays as it is. The second time it is
        opened from a copy, as long as nothing else has been recorded. The commit may have any
        name that git knows it by: a branch, a tag, a hash, `HEAD~3`.

        Raises:
            UnknownCommit: git knows none, has not all of its files, or is not there.
        """
        with session_at(self.session, commit) as then:
            yield type(self)(then)

    @property
    def model(self) -> "Model":
        """The embedding model, which may not be loaded yet."""
        return self.session.model

    def index(
        self,
        *,
        accept_removals: bool = False,  # believe it when more than a third of all memories are gone
        history: bool = False,  # read git's history too; once done, each later run goes on with it
        since: AwareDatetime | None = None,  # of it, commits from then on; else as far as before
        most: Count | None = None,  # of it, so many commits; None for as many as before, or 20,000
        allow_secrets: Names = (),  # hashes of credentials that are let in from now on
        on_progress: Progress = no_progress,  # told of `read`, `keep`, `history`, `embed`
        on_stage: "OnStage | None" = None,  # of compiling the model, the first time
        should_stop: Callable[[], bool] | None = None,  # asked while it embeds; what is left waits
    ) -> IndexReport:
        """Bring the memory up to date with the project's files, vectors included.

        While another process has the vectors open, the report says so and what is pending.

        Raises:
            StoreBusy: another process is indexing; it will see what changed.
            ModelNotFound, ModelNotUsable: the files are taken in, but nothing is embedded.
        """
        if allow_secrets:
            from memory.credentials.gate import allow

            allow(self.ledger, allow_secrets)
        report = self.upkeep.index(
            accept_removals=accept_removals,
            history=history,
            since=since,
            most=most,
            on_progress=on_progress,
            on_stage=on_stage,
            should_stop=should_stop,
        )
        gates = tuple(line for plan in self.follow_plans() for line in plan.news)
        return report.model_copy(update={"gates": gates}) if gates else report

    def status(self) -> StoreStatus:
        """The state of this memory; opens neither model nor vectors."""
        return self.upkeep.status()

    @through_lens
    def search(
        self, question: Question, *, selection: Selection = EVERYTHING, limit: Hits = 10
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
        meaning = self.session.meaning
        with self.ledger.reading() as db, db.steadily():
            answer = search(
                db, question, selection, meaning=meaning, limit=limit, earned=earned_among
            )
            hits = with_bearing(db, selection.lens, answer.hits)
        return answer.model_copy(update={"hits": hits})

    def related(self, uid: Name, *, limit: Hits = 10) -> Answer:
        """The memories that have to do with one: linked to it, or about the same."""
        from memory.lessons.evidence import with_bearing
        from memory.retrieval.search import related

        with self.ledger.reading() as db:
            answer = related(
                db, db.memories.find_uid(uid), meaning=self.session.meaning, limit=limit
            )
            hits = with_bearing(db, NOW, answer.hits)
        return answer.model_copy(update={"hits": hits})

    @through_lens
    def tried(
        self, question: Question, *, modules: Names = (), limit: Hits = 5, lens: Lens = NOW
    ) -> Tried:
        """The refactorings that come nearest to a plan: what was tried, and what came of it.

        Raises:
            InvalidRequest: the question has no word.
        """
        from memory.lessons.evidence import with_bearing
        from memory.retrieval.search import tried

        _refuse_wordless("tried", question)
        meaning = self.session.meaning
        with self.ledger.reading() as db:
            found = tried(db, question, modules, meaning=meaning, limit=limit, lens=lens)
            attempts = with_bearing(db, lens, found.attempts)
        return found.model_copy(update={"attempts": attempts})

    @through_lens
    def show(self, uid: Name, *, lens: Lens = NOW) -> Shown:
        """All that is known of one memory, as the lens shows it."""
        from memory.lessons.evidence import with_bearing
        from memory.norms.read import norms_of
        from memory.standings import fetch_standings, named_in

        with self.ledger.reading() as db:
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

    def history(self, uid: Name) -> RevisionHistory:
        """Every revision of a memory, the first one first."""
        with self.ledger.reading() as db:
            uid = db.memories.find_uid(uid)
            return RevisionHistory(uid=uid, revisions=tuple(db.memories.history(uid)))

    @through_lens
    def list(
        self, selection: Selection = EVERYTHING, *, limit: MostListed | None = None
    ) -> tuple[Listed, ...]:
        """The memories of a selection, the one that began to hold last first."""
        from memory.lessons.evidence import with_bearing
        from memory.standings import list_selected

        with self.ledger.reading() as db:
            return with_bearing(db, selection.lens, list_selected(db, selection, limit))

    @through_lens
    def timeline(self, module: Name, *, lens: Lens = NOW) -> tuple[Event, ...]:
        """How a module evolved: everything that is known of it, oldest first, undated first.

        Raises:
            InvalidRequest: no module is named.
        """
        from memory.errors import InvalidRequest
        from memory.models.answer import tell_timeline
        from memory.standings import list_selected

        if not module.strip():
            raise InvalidRequest("timeline", "no module is named; `archmem status` lists them")
        with self.ledger.reading() as db:
            return tell_timeline(list_selected(db, Selection(modules=(module,), lens=lens)))

    @through_lens
    def baselines(
        self,
        metric: Name = "",  # or a part of its name; "" for all
        *,
        modules: Names = (),  # only what was measured of one of these
        environment: Name = "",  # or a part of its name
        lens: Lens = NOW,
    ) -> tuple[Series, ...]:
        """The measurements of a metric, or of all, as series: by metric and environment."""
        from memory.metrics.measurement_series import chosen, read_series

        with self.ledger.reading() as db:
            return chosen(read_series(db, lens), metric, modules, environment)

    @through_lens
    def brief(
        self,
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

        commit = self.session.commit
        code = () if everything or commit or not lens.is_now else self._in_reach(task, modules)
        facts = self._facts_of_code() if everything and not commit and lens.is_now else ()
        asked = BriefRequest(
            budget=budget,
            form=form,
            commit=commit,
            everything=everything,
            code=tuple(code),
            facts=tuple(facts),
        )
        with self.ledger.reading() as db:
            return brief(db, task, modules, agents, lens, asked, meaning=self.session.meaning)

    @through_lens
    def explain(self, uid: Name, *, lens: Lens = NOW) -> Explained:
        """Why a memory stands as it does, as the lens shows it; of a lesson, the arithmetic."""
        from memory.lessons.evidence import with_bearing
        from memory.lessons.explanation import explain, reasoned

        with self.ledger.reading() as db:
            explained = explain(db, db.memories.find_uid(uid), lens)
            return reasoned(with_bearing(db, lens, [explained])[0])

    @through_lens
    def check(self, plan: AnyPlan, *, lens: Lens = NOW) -> CheckedPlan:
        """What is known of each step of a plan, and whether it speaks against it.

        A step conflicts when it evidently proposes what was superseded, rejected, given up,
        reverted or learned not to work, or what a decision in force forbids or decided otherwise.

        Raises:
            InvalidRequest: there is no step, there are too many, or one is too long.
        """
        from memory.code.checks.decisions import checks_of_decisions
        from memory.plans.check import check
        from memory.plans.plan_parser import plan_of

        with self.ledger.reading() as db, db.steadily():
            is_now = lens.is_now and not self.session.commit
            checks = checks_of_decisions(db, lens) if is_now else []
            code = self.session.project.code_soon(self.ledger) if checks else None
            meaning = self.session.meaning
            return check(db, plan_of(plan), lens, meaning=meaning, code=code, checks=checks)

    def coordinate(self, request: Request) -> Coordination:
        """What is known for a systemic change: state, impact, risks, phases, and what is unknown.

        Every statement cites a file and line, a memory, a commit or its formula.
        """
        from memory.code.findings.auditing import look
        from memory.code.findings.rule import AuditSubject
        from memory.code.metrics import measure
        from memory.coordination.coordinate import CoordinationInputs, coordinate
        from memory.coordination.owners import find_owner
        from memory.flags import open_flags_of

        code = self._code_with_checks()
        found = look(AuditSubject.of(code))
        hits, tried = self.search(request.query).hits, self.tried(request.query).attempts
        with self.ledger.reading() as db:
            known = CoordinationInputs(
                code=code,
                metrics=measure(code.base, found.findings),
                findings=found.findings,
                rules=found.rules,
                series=self.baselines(),
                past=self.session.project.merged(self.ledger),
                hits=hits,
                attempts=tried,
                flags=lambda modules: open_flags_of(db, modules),
                owner_of=lambda module: find_owner(db, module),
            )
            return coordinate(request, known)

    def health(self, *, now: AwareDatetime | None = None) -> Health:
        """How the code is, on a page: its numbers and since when, what burdens it, and where.

        The trend is that of the commits that `drift` has looked at, and of this question asked
        before; the answer is kept for the next time.
        """
        from memory.code.findings.auditing import look
        from memory.code.findings.rule import AuditSubject
        from memory.code.health import health
        from memory.code.health_runs import keep_run, runs_before
        from memory.code.metrics import measure
        from memory.drifts import kept_points

        code = self._code_with_checks()
        findings = look(AuditSubject.of(code)).findings
        now = now or datetime.now(UTC)
        with self.ledger.reading():
            points = kept_points(self.session, code, now)
            runs = runs_before(self.ledger)
        past = sorted([*((point.day, point.metrics) for point in points), *runs], key=itemgetter(0))
        if not self.session.commit:
            keep_run(self.ledger, now, measure(code.base, findings))
        violated = [one for one in self.baselines() if one.latest.is_violated]
        return health(code, findings, past, violated)

    def record(self, draft: Draft, *, author: Name | None = None) -> Recorded:
        """Keep a draft, in the ledger first and then in the project's file.

        When this returns the memory is safe. Recording the same again changes nothing. Where
        its file cannot be written, the result says why, and the next index run writes it.

        Raises:
            InvalidRecord: a check of a decision says nothing, or nothing that could be told.
        """
        from memory.metrics.measurement_series import with_comparison

        self._ensure_checks_can_be_told(draft)
        with self.ledger.reading():
            recorded = self.session.project.record(self.ledger, draft, self._by(author))
        if draft.kind is Kind.BASELINE:
            with self.ledger.reading() as db:
                recorded = with_comparison(db, recorded)
        return recorded.model_copy(update={"not_embedded": self.upkeep.embed_what_came()})

    def amend(
        self, uid: Name, draft: Draft, *, author: Name | None = None, after: int | None = None
    ) -> Recorded:
        """Keep a revision of a memory, and change the file in which its text stands accordingly.

        As for `record`. Of what somebody wrote by hand, its status, its relations and the
        evidence of a lesson can be changed; the file changes as little as it can.

        Raises:
            ChangedMeanwhile: another revision is the newest by now; nothing was kept.
            FileNotWritable, InvalidRecord: it cannot be said where it stands; nothing was kept.
        """
        self._ensure_checks_can_be_told(draft)
        with self.ledger.reading() as db:
            whole = db.memories.find_uid(uid)
            author = self._by(author)
            recorded = self.session.project.amend(self.ledger, whole, draft, author, after)
        return recorded.model_copy(update={"not_embedded": self.upkeep.embed_what_came()})

    def flag(
        self,
        action: FlagAction = "list",
        uid: Name = "",  # not to list
        *,
        evidence: Question = "",  # that it is resolved: words, a uid or a commit
        reason: Question = "",  # why it expires
        by: Name = "",  # who does it, if not the author
        expected: int | None = None,  # the revision that was read; refused if it is another by now
        domain: Name = "",  # to list, whose: sender, receiver, owner or module
        everything: bool = False,  # to list, closed ones too
        author: Name | None = None,
    ) -> Flags:
        """List flags, the most urgent first, or acknowledge, resolve or expire one.

        What a flag's file says of it changes in place. Doing it again changes nothing.

        Raises:
            ChangedMeanwhile: another revision than the expected one is the newest.
            UnknownCommit: the evidence names a commit that is not there.
            InvalidRequest: it is no flag, or there is no evidence.
            FileNotWritable: its file cannot say it; nothing was kept.
        """
        from memory.flags import Settling, list_flags, settle

        at = datetime.now(UTC).replace(microsecond=0)
        with self.ledger.reading() as db:
            if action == "list":
                return list_flags(db, domain, everything=everything, at=at)
            author = self._by(author)
            return settle(
                db,
                Settling(action, uid, by or author.rpartition(":")[2], evidence, reason, expected),
                at,
                amend=partial(self.amend, author=author),
                commit_of=self.session.project.commit_of,
            )

    def run_start(
        self,
        task: Question = "",  # "" for what the step of a plan says
        *,
        modules: Names = (),  # that it is about
        agents: Names = (),  # that will do it; each gets a slice of the brief
        budget: Budget | None = None,  # tokens, of the brief
        with_brief: bool = True,
        plan: Name = "",  # of which it does a step
        step: Count | None = None,  # its number
        author: Name | None = None,
    ) -> Begun:
        """Open a run, and keep with it which revisions its brief showed.

        A run of a step begins its phase, if those before are done. What speaks against doing it
        now, such as another step in flight on the same module, is told and hinders nothing.

        Raises:
            InvalidRecord: there is no task.
            InvalidRequest: there is no such plan or step.
        """
        from memory.lessons.runs import start_run

        beside: tuple[str, ...] = ()
        if plan or step is not None:
            begun = self._begin_step(plan, step, author)
            plan, beside = begun.uid, begun.beside
            task = task or begun.step.text
            modules = modules or begun.step.modules
            agents = agents or ((begun.step.agent,) if begun.step.agent else ())
        task, withheld = self._admitted_text(task)
        brief = None
        if with_brief and task.strip():
            brief = self.brief(task, modules=modules, agents=agents, budget=budget)
        run = start_run(
            self.ledger,
            task,
            modules=modules,
            agents=agents,
            brief=brief,
            commit=self.session.commit_of("HEAD", otherwise=""),
            author=self._by(author),
            plan=plan,
            step=step,
        )
        self.upkeep.embed_what_came()
        said = {"plan": plan, "step": step, "beside": beside, "withheld": withheld}
        return run.model_copy(update=said)

    def run_finish(
        self, uid: Name, result: AnyResult, *, learning: bool = True, author: Name | None = None
    ) -> Finished:
        """Keep what came of a run, and learn from it.

        When this returns the result is safe; what is learned from it can be asked for again.
        The same result a second time changes nothing, another one is refused.

        Raises:
            InvalidRecord: it is no run, or names what is not one memory.
            InvalidResult: the result cannot be read, or the run was finished with another one.
        """
        from memory.lessons.result_parser import result_of
        from memory.lessons.runs import finish_run

        told, withheld = self._admitted(self._with_whole_commits(result_of(result)))
        author = self._by(author, told)
        commit = self.session.commit_of("HEAD", otherwise="")
        findings = self._findings_of_run(uid)
        finished = finish_run(
            self.ledger, uid, told, commit=commit, author=author, findings=findings
        )
        finished = finished.model_copy(update={"withheld": withheld})
        if learning:
            learned = self.learn(finished.uid, author=author)
            return finished.model_copy(update={"learned": learned})
        self.upkeep.embed_what_came()
        return finished

    def _findings_of_run(self, uid: str) -> Moved:
        """What an audit finds since a run began, where the code is known soon."""
        from memory.lessons.run_findings import findings_since
        from memory.lessons.runs import details_of, fetch_run, is_finished

        with self.ledger.reading() as db:
            run = fetch_run(db, uid)
            is_asked = not is_finished(run) and not self.session.commit
            if not is_asked or self.session.project.code_soon(self.ledger) is None:
                return Moved()
        return findings_since(self.session, self._code_with_checks(), details_of(run).commit)

    @through_lens
    def run_list(self, *, lens: Lens = NOW) -> Runs:
        """All runs, those that were never finished first, the latest first."""
        from memory.lessons.runs import list_runs

        with self.ledger.reading() as db:
            return Runs(runs=list_runs(db, lens))

    def learn(self, learned_from: RunOrResult, *, author: Name | None = None) -> Learned:
        """Turn what came of a run into lessons, or into evidence for and against known ones.

        Doing it twice changes nothing; where it was interrupted, it is completed.

        Raises:
            InvalidRecord: it is no run, or names what is not one memory.
            InvalidResult: the run was not finished, or the result cannot be read.
        """
        from memory.lessons.learn import learn
        from memory.lessons.result_parser import result_of
        from memory.lessons.runs import keep_result
        from memory.lessons.similarity import TextSimilarity

        kept: tuple[str, ...] = ()
        withheld: tuple[str, ...] = ()
        if isinstance(learned_from, str):
            uid, author = learned_from, self._by(author)
        else:
            told, withheld = self._admitted(self._with_whole_commits(result_of(learned_from)))
            kept, author = tuple(told.extra), self._by(author, told)
            commit = self.session.commit_of("HEAD", otherwise="")
            uid = keep_result(self.ledger, told, commit=commit, author=author)
        near = TextSimilarity(self.session.meaning)
        learned = learn(self.ledger, self, uid, near=near, author=author)
        self.upkeep.embed_what_came()
        said = {
            "kept": kept,
            "withheld": withheld,
            "complete": not near.reason,
            "reason": near.reason,
        }
        return learned.model_copy(update=said)

    def review(self, today: date | None = None) -> tuple[Fired, ...]:
        """The review triggers that have come true; afterwards there is a flag for each.

        A firing gets one flag ever: one that was resolved, or taken away, is not raised again.
        """
        from memory.maintenance import review

        self.follow_plans()
        return review(self.session, today, self.record).fired

    def unwatched(self) -> tuple[Unwatched, ...]:
        """The review triggers that no machine can watch, or not all of, and why."""
        from memory.review.triggers import review_triggers

        with self.ledger.reading() as db:
            return review_triggers(db, NOW, datetime.now(UTC).date()).unwatched

    def verify(
        self,
        selection: Selection = EVERYTHING,
        *,
        everything: bool = False,  # what is as it was, is over or comes from git, too
        rebuild: bool = False,  # read all code and files anew, and compare with what was kept
        today: date | None = None,
    ) -> Verified:
        """What no longer holds, or waits for somebody, after a look at all that memories name."""
        from memory.maintenance import verify

        how = {"everything": everything, "rebuild": rebuild}
        found = verify(self.session, selection, today, self.record, **how)
        if not rebuild:
            return found
        from memory.keeping.doctor import unlike_files

        unlike = (f"{one.uids[0]}: {one.what}" for one in unlike_files(self.session, again=False))
        return found.model_copy(update={"problems": (*found.problems, *unlike)})

    def lint(self) -> tuple[Fault, ...]:
        """The faults of the records themselves, by file and line; nothing is changed."""
        from memory.review.lint import find_faults

        with self.ledger.reading() as db:
            return find_faults(db, self.root)

    def consolidate(
        self,
        *,
        apply: Names = (),  # ids of proposals, or "all"; what was half applied is finished
        undo: Names = (),  # ids of what was applied
        listing: bool = False,  # tell what was applied
        author: Name | None = None,
    ) -> Consolidated:
        """Propose what could be merged, what contradicts, and what has had its day.

        Nothing is done unless it is named. Nothing is deleted either: what goes is superseded
        by what stays, and every application can be undone as long as nobody has changed the
        memories since.
        """
        from memory.maintenance import consolidate

        amend = partial(self.amend, author=author)
        return consolidate(self.session, amend, apply=apply, undo=undo, listing=listing)

    def harvest(
        self,
        *,
        accept: Names = (),  # ids of proposals
        edited: Document = "",  # proposals as a file; those that stand in it are accepted so
        refuse: Names = (),  # ids of proposals, or "all"; they are not proposed again
        since: AwareDatetime | None = None,  # commits from then on
        most: Count | None = None,  # so many commits, the latest ones; None for 20,000
        sessions: bool = False,  # what people answered to coding agents, in place of git
        author: Name | None = None,
    ) -> Harvested:
        """Propose decisions that git and documents tell of and that nobody recorded.

        None is a memory before it is accepted. What was accepted or refused, or is recorded
        anyway, is not proposed. The same commit gives the same proposals, the surest first.

        Raises:
            InvalidRequest: git knows no history here, or a file holds no proposal.
        """
        with self.ledger.reading():
            harvested = self.session.project.harvest(
                self.ledger,
                accept=accept,
                edited=edited,
                refuse=refuse,
                since=since,
                most=most,
                sessions=sessions,
                author=self._by(author),
            )
        if accept or edited:
            self.upkeep.embed_what_came()
        return harvested

    def _in_reach(self, task: str, modules: Names) -> Sequence[str]:
        """What of the code a task is about, in lines."""
        from memory.code.checks.decisions import checks_of_decisions
        from memory.code.checks.judging import judge_all
        from memory.code.in_reach import in_reach

        project = self.session.project
        with self.ledger.reading():
            code = project.code_soon(self.ledger)
            if code is None:
                return ("not read yet: `archmem map` reads it",)
            if not code.files:
                return ()
            together = project.changed_together(self.ledger)
            judged = judge_all(code, checks_of_decisions(self.ledger.db, NOW))
            return in_reach(code, together, task, modules, judged)

    def _facts_of_code(self) -> Sequence["FactSection"]:
        """All that the code says, in lines by section."""
        from memory.code.known import KnownCode
        from memory.code.loading import UNREAD, load_facts

        project = self.session.project
        with self.ledger.reading():
            code = project.code_soon(self.ledger)
            if code is None:
                return [UNREAD]
            together = project.changed_together(self.ledger)
            known = KnownCode(code, together, project.coverage(code))
            return load_facts(known)

    def _by(self, author: str | None, result: Result | None = None) -> str:
        """Who says something: whom the caller names, else the result, else git."""
        if author:
            return author
        if result and result.sender:
            return f"agent:{result.sender.removeprefix('agent:')}"
        return self.session.project.author()

    def _admitted_text(self, text: str) -> tuple[str, tuple[str, ...]]:
        """A text without credentials, and a line for each that was left out."""
        from memory.credentials.gate import gate_of

        admitted, withheld = gate_of(self.ledger).redact(text)
        return admitted, tuple(map(str, withheld))

    def _admitted(self, result: Result) -> tuple[Result, tuple[str, ...]]:
        """The same of a result."""
        from memory.credentials.gate import gate_of

        admitted, withheld = gate_of(self.ledger).redact_all(result)
        return admitted, tuple(map(str, withheld))

    def _with_whole_commits(self, result: Result) -> Result:
        """The result with its commits' full hashes, as far as git knows them."""
        whole = tuple(self.session.commit_of(name, otherwise=name) for name in result.commits)
        return result.model_copy(update={"commits": whole})


def _refuse_wordless(verb: str, question: str) -> None:
    """Raises `InvalidRequest` for a question that has no word to search for."""
    from memory.errors import InvalidRequest
    from memory.texts.words import split_words

    if not split_words(question):
        raise InvalidRequest(verb, "the question has no word")
