"""The verbs of archmem, one method each."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from memory.as_of import through_lens
from memory.errors import ArchMemError, UnknownCommit
from memory.evidence.bearing import with_bearing
from memory.flags.settling import Settling, list_flags, settle
from memory.ledger.agents import known_agents
from memory.ledger.consolidations import list_applications
from memory.ledger.facts import REVIEWED, find_fact, save_fact
from memory.ledger.links import fetch_links
from memory.ledger.memories import (
    fetch_by_revision,
    fetch_history,
    fetch_memory,
    find_uid,
    list_memories,
    titles_of,
)
from memory.ledger.news import differences_since, newest_revision
from memory.models.answer import (
    Answer,
    Change,
    Event,
    Listed,
    News,
    Recorded,
    Shown,
    Told,
    Tried,
)
from memory.models.consolidation import Consolidated
from memory.models.kinds import Kind, Status
from memory.models.outcome import Runs
from memory.models.selection import EVERYTHING, NOW, Lens, Selection
from memory.models.timeline import tell_timeline
from memory.retrieval.standings import fetch_standings, named_in
from memory.review.firing import fired, unwatched
from memory.review.raising import REVIEWER, review_flag
from memory.review.verifying import Reviewed, verified
from memory.series.premises import with_comparison
from memory.series.series import chosen, read_series
from memory.upkeep import Upkeep

if TYPE_CHECKING:
    from datetime import date

    from memory.models.brief import Brief, BriefForm
    from memory.models.explanation import Explained
    from memory.models.flagged import FlagAction, Flags
    from memory.models.outcome import Begun, Finished, Learned, Result
    from memory.models.plan import CheckedPlan, Plan
    from memory.models.revision import Draft
    from memory.models.series import Series
    from memory.models.trigger import Fired, Unwatched
    from memory.models.verified import Verified

EMBED_AT_ONCE = 64  # texts: with what a killed index run left, recording waits for two seconds


class ArchMem(Upkeep):
    """The memory of one project; `indexer.open_project` gives one.

    Close it, or use it in a `with` statement. One thread at a time uses it; for another thread
    there are twins.
    """

    @through_lens
    def search(
        self, question: str, *, selection: Selection = EVERYTHING, limit: int = 10
    ) -> Answer:
        """The memories that answer a question best; what is in force before what it replaced.

        The answer says that it is not complete when the model could not be asked.
        """
        from memory.learning.outcomes import earned
        from memory.retrieval.search import search

        with self._ledger.reading() as db:
            answer = search(
                db, question, selection, meaning=self._meaning, limit=limit, earned=earned
            )
            hits = with_bearing(db, selection.lens, answer.hits)
        return answer.model_copy(update={"hits": hits})

    def related(self, uid: str, *, limit: int = 10) -> Answer:
        """The memories that have to do with one: linked to it, or about the same.

        Raises:
            UnknownMemory, AmbiguousUid: `uid`, or what begins like it, is not one memory.
        """
        from memory.retrieval.related import related

        with self._ledger.reading() as db:
            answer = related(db, find_uid(db, uid), meaning=self._meaning, limit=limit)
            hits = with_bearing(db, NOW, answer.hits)
        return answer.model_copy(update={"hits": hits})

    def tried(self, question: str, *, modules: tuple[str, ...] = (), limit: int = 5) -> Tried:
        """The refactorings that come nearest to a plan: what was tried, and what came of it.

        Args:
            question: The plan, in plain words.
            modules: Only what touched one of these; none for all.
            limit: At most so many.
        """
        from memory.retrieval.tried import tried

        with self._ledger.reading() as db:
            found = tried(db, question, modules, meaning=self._meaning, limit=limit)
            attempts = with_bearing(db, NOW, found.attempts)
        return found.model_copy(update={"attempts": attempts})

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
    def show(self, uid: str, *, lens: Lens = NOW) -> Shown:
        """All that is known of one memory, as the lens shows it.

        Raises:
            UnknownMemory, AmbiguousUid: `uid`, or what begins like it, is not one memory.
        """
        with self._ledger.reading() as db:
            memory = fetch_memory(db, find_uid(db, uid), lens)
            links = fetch_links(db, lens, [memory.uid])
            standing = fetch_standings(db, lens, [memory.uid])[memory.uid]
            ends = {end for link in links for end in (link.source, link.target)} - {memory.uid}
            titles = titles_of(db, ends | named_in([standing]))
            shown = Shown(memory=memory, standing=standing, links=tuple(links), titles=titles)
            return with_bearing(db, lens, [shown])[0]

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

    def history(self, uid: str) -> Told:
        """Every revision of a memory.

        Raises:
            UnknownMemory, AmbiguousUid: `uid`, or what begins like it, is not one memory.
        """
        with self._ledger.reading() as db:
            uid = find_uid(db, uid)
            return Told(uid=uid, revisions=tuple(fetch_history(db, uid)))

    @through_lens
    def list(
        self, selection: Selection = EVERYTHING, *, limit: int | None = None
    ) -> tuple[Listed, ...]:
        """The memories of a selection, the one that began to hold last first."""
        with self._ledger.reading() as db:
            memories = list_memories(db, selection)
            standings = fetch_standings(db, selection.lens, [memory.uid for memory in memories])
            wanted = selection.statuses
            listed = (
                Listed(memory=memory, standing=standings[memory.uid])
                for memory in memories
                if not wanted or standings[memory.uid].status in wanted
            )
            return with_bearing(db, selection.lens, list(itertools.islice(listed, limit)))

    @through_lens
    def timeline(self, module: str, *, lens: Lens = NOW) -> tuple[Event, ...]:
        """How a module evolved: everything that is known of it, oldest first, undated first."""
        return tell_timeline(self.list(Selection(modules=(module,), lens=lens)))

    @through_lens
    def check(self, plan: Plan, *, lens: Lens = NOW) -> CheckedPlan:
        """What is known of each step of a plan, and whether it speaks against it.

        A step conflicts when it evidently proposes what was superseded, rejected, given up,
        reverted, not chosen or learned not to work; what takes such a thing away does not.
        """
        from memory.plans.check import check

        with self._ledger.reading() as db:
            return check(db, plan, lens, meaning=self._meaning)

    @through_lens
    def baselines(
        self,
        metric: str = "",
        *,
        modules: tuple[str, ...] = (),
        environment: str = "",
        lens: Lens = NOW,
    ) -> tuple[Series, ...]:
        """The measurements of a metric, or of all, as series: by metric and environment.

        Args:
            metric: Its name, or else a part of it; "" for all.
            modules: Only what was measured of one of these; none for all.
            environment: A part of its name; "" for all.
            lens: From when to look.
        """
        with self._ledger.reading() as db:
            return chosen(read_series(db, lens), metric, modules, environment)

    def review(self, today: date | None = None) -> tuple[Fired, ...]:
        """The review triggers that have come true; afterwards there is a flag for each.

        A firing gets one flag ever: one that was resolved, or taken away, is not raised again.

        Args:
            today: The day to go by; None for today, in UTC.
        """
        today = today or datetime.now(UTC).date()
        with self._ledger.reading() as db:
            found = fired(db, NOW, today, self._files.departed)
            agents = known_agents(db)
        for one in found:
            if not one.flag_status:
                self.record(review_flag(one, agents), author=REVIEWER)
        with self._ledger.writing() as db:
            save_fact(db, REVIEWED, today.isoformat())
        return tuple(
            one.model_copy(update={"flag_status": one.flag_status or str(Status.OPEN)})
            for one in found
        )

    def verify(
        self,
        selection: Selection = EVERYTHING,
        *,
        everything: bool = False,
        today: date | None = None,
    ) -> Verified:
        """What no longer holds, or waits for somebody, after a look at all that memories name.

        Args:
            selection: Of which memories; they are seen as of now.
            everything: Tell of what is as it was, is over, or comes from git as well.
            today: As for `review`, which is a part of it.
        """
        today = today or datetime.now(UTC).date()
        with self._ledger.reading():
            self._files.check_anchors(self._ledger, None)
        reviewed = Reviewed(self.review(today), self.unwatched())
        with self._ledger.reading() as db:
            return verified(db, selection, reviewed, today, everything=everything)

    def was_reviewed(self, today: date) -> bool:
        """Whether `review` was done on this day or later."""
        with self._ledger.reading() as db:
            return (find_fact(db, REVIEWED) or "") >= today.isoformat()

    def unwatched(self) -> tuple[Unwatched, ...]:
        """The review triggers that no machine can watch, or not all of, and why."""
        with self._ledger.reading() as db:
            return unwatched(db)

    def news(self, *, since: int | None = None) -> News:
        """What changed since a mark of an earlier call; without one, just where to read on from."""
        with self._ledger.reading() as db:
            mark = newest_revision(db)
            found = differences_since(db, since)[::-1] if since is not None else []
            memories = fetch_by_revision(db, [one.revision_id for one in found])
        changes = (Change(what=one.what, memory=memories[one.revision_id]) for one in found)
        return News(mark=mark, changes=tuple(changes))

    def record(self, draft: Draft, *, author: str) -> Recorded:
        """Keep a draft, in the ledger first and then in the project's file.

        When this returns the memory is safe. Recording the same again changes nothing. Where
        its file cannot be written, the result says why, and the next index run writes it.

        Args:
            draft: What to record.
            author: Who says so: "human:dana", "agent:payments".
        """
        with self._ledger.reading():
            recorded = self._files.record(self._ledger, draft, author)
        if draft.kind is Kind.BASELINE:
            with self._ledger.reading() as db:
                recorded = with_comparison(db, recorded)
        return self._embedded(recorded)

    def amend(self, uid: str, draft: Draft, *, author: str) -> Recorded:
        """Keep a revision of a memory, and change the file in which its text stands accordingly.

        As for `record`. Of what somebody wrote by hand, its status, its relations, its dates
        and its lists can be changed; the file changes as little as it can.

        Args:
            uid: Of the memory, or what it begins with.
            draft: Its newest revision with what is to be changed.
            author: Who says so.

        Raises:
            UnknownMemory, AmbiguousUid: `uid`, or what begins like it, is not one memory.
            FileNotWritable, InvalidRecord: it cannot be said where it stands; nothing was kept.
        """
        with self._ledger.reading() as db:
            recorded = self._files.amend(self._ledger, find_uid(db, uid), draft, author)
        return self._embedded(recorded)

    def flag(
        self,
        action: FlagAction,
        uid: str = "",
        *,
        author: str,
        evidence: str = "",
        reason: str = "",
        by: str = "",
        domain: str = "",
        everything: bool = False,
    ) -> Flags:
        """List flags, the most urgent first, or acknowledge, resolve or expire one.

        What a flag's file says of it changes in place. Doing it again changes nothing.

        Args:
            action: What to do; `record` raises one.
            uid: Of the flag, or what it begins with; not to list.
            author: Who says so.
            evidence: What shows that it is resolved: words, a uid or a commit.
            reason: Why it expires.
            by: Who acknowledges or resolves it, if not the author.
            domain: To list, whose: sender, receiver, owner or module; all if empty.
            everything: To list closed ones too.

        Raises:
            UnknownMemory, AmbiguousUid, UnknownCommit: something named is not there.
            InvalidRequest: it is no flag, or there is no evidence.
            FileNotWritable: its file cannot say it; nothing was kept.
        """
        at = datetime.now(UTC).replace(microsecond=0)
        with self._ledger.reading() as db:
            if action == "list":
                return list_flags(db, domain, everything=everything, at=at)
            return settle(
                db,
                Settling(action, uid, by or author.rpartition(":")[2], evidence, reason),
                at,
                amend=lambda uid, draft: self.amend(uid, draft, author=author),
                commit_of=self._files.commit_of,
            )

    def consolidate(
        self,
        *,
        apply: tuple[str, ...] = (),
        undo: tuple[str, ...] = (),
        listing: bool = False,
        author: str,
    ) -> Consolidated:
        """Propose what could be merged, what contradicts, and what has had its day.

        Nothing is done unless it is named. Nothing is deleted either: what goes is superseded
        by what stays, and every application can be undone as long as nobody has changed the
        memories since.

        Args:
            apply: Ids of proposals, or "all"; one that was half applied is finished.
            undo: Ids of what was applied.
            listing: Tell what was applied instead.
            author: Who says so.
        """
        from memory.consolidation.applying import Consolidator
        from memory.consolidation.gathering import fetch_known
        from memory.consolidation.proposing import propose

        at = datetime.now(UTC).replace(microsecond=0)
        with self._ledger.reading() as db:
            if listing:
                return Consolidated(applications=tuple(list_applications(db)))
            known, note = fetch_known(db, self._meaning, at) if not undo else (None, "")
            proposals = propose(known) if known else ()
        if not apply and not undo:
            return Consolidated(proposals=proposals, note=note)
        doing = Consolidator(
            self._ledger, lambda uid, draft: self.amend(uid, draft, author=author), at
        )
        by_id = {one.id: one for one in proposals}
        wanted = tuple(by_id) if "all" in apply else tuple(dict.fromkeys(apply))
        outcomes = [doing.undo(one) for one in dict.fromkeys(undo)]
        outcomes += [doing.apply(one, by_id) for one in wanted]
        return Consolidated(outcomes=tuple(outcomes), note=note)

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
        self, uid: str, result: Result, *, learning: bool = True, author: str
    ) -> Finished:
        """Keep what came of a run, and learn from it.

        When this returns the result is safe; what is learned from it can be asked for again.
        The same result a second time changes nothing, another one is refused.

        Args:
            uid: Of the run, or what it begins with.
            result: What came of it.
            learning: Whether to learn from it at once.
            author: Who says so.

        Raises:
            UnknownMemory, AmbiguousUid, InvalidRecord: it is not one run, or names what is not
                one memory.
            InvalidResult: the run was finished with another result.
        """
        from memory.runs.runs import finish_run

        finished = finish_run(
            self._ledger,
            uid,
            self._with_whole_commits(result),
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

    def learn(self, learned_from: str | Result, *, author: str) -> Learned:
        """Turn what came of a run into lessons, or into evidence for and against known ones.

        Doing it twice changes nothing; where it was interrupted, it is completed.

        Args:
            learned_from: A finished run, by its uid or what that begins with; or a result that
                no run was opened for, which is kept as a run of its own.
            author: Who learns.

        Raises:
            UnknownMemory, AmbiguousUid, InvalidRecord: it is not one run, or names what is not
                one memory.
            InvalidResult: the run was not finished.
        """
        from memory.learning.lessons import learn
        from memory.learning.nearness import Nearness
        from memory.runs.runs import keep_result

        if not isinstance(learned_from, str):
            learned_from = keep_result(
                self._ledger,
                self._with_whole_commits(learned_from),
                commit=self._commit("HEAD", otherwise=""),
                author=author,
            )
        near = Nearness(self._meaning)
        learned = learn(self._ledger, self, learned_from, near=near, author=author)
        self._embed_what_came()
        return learned.model_copy(update={"complete": not near.reason, "reason": near.reason})

    def _with_whole_commits(self, result: Result) -> Result:
        """The result with its commits' full hashes, as far as git knows them."""
        whole = tuple(self._commit(name, otherwise=name) for name in result.commits)
        return result.model_copy(update={"commits": whole})

    def _commit(self, name: str, *, otherwise: str) -> str:
        try:
            return self._files.commit_of(name)
        except UnknownCommit:  # of another clone, squashed since, or there is no git here
            return otherwise

    def _embedded(self, recorded: Recorded) -> Recorded:
        """What became of a record, its vectors made if that takes no time."""
        return recorded.model_copy(update={"not_embedded": self._embed_what_came()})

    def _embed_what_came(self) -> str:
        """Embed what was just kept if that takes no time; what went wrong, or nothing."""
        try:
            if self._meaning.is_ready and self.count_pending() <= EMBED_AT_ONCE:
                with self._ledger.reading():
                    self._meaning.catch_up_a_little()
        except (ArchMemError, OSError) as error:  # it is safe, and the next index run embeds it
            return str(error)
        return ""
