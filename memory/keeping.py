"""The verbs that change what is known, and keep it true."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from memory.errors import ArchMemError, UnknownCommit
from memory.flags import Settling, list_flags, settle
from memory.ledger.agents import known_agents
from memory.ledger.consolidations import list_applications
from memory.ledger.facts import REVIEWED, find_fact, save_fact
from memory.ledger.memories import find_uid
from memory.metrics.measurement_series import with_comparison
from memory.models.consolidation import Consolidated
from memory.models.kinds import Kind, Status
from memory.models.selection import EVERYTHING, NOW, Selection
from memory.questions import Questions
from memory.review.triggers import REVIEWER, Reviewed, review_flag, review_triggers
from memory.review.verification import verified

if TYPE_CHECKING:
    from datetime import date

    from memory.models.answer import Recorded
    from memory.models.flagged import FlagAction, Flags
    from memory.models.revision import Draft
    from memory.models.trigger import Fired, Unwatched
    from memory.models.verified import Verified

EMBED_AT_ONCE = 64  # texts: with what a killed index run left, recording waits for two seconds


class Keeping(Questions):
    """What is recorded, amended, settled and reviewed."""

    def review(self, today: date | None = None) -> tuple[Fired, ...]:
        """The review triggers that have come true; afterwards there is a flag for each.

        A firing gets one flag ever: one that was resolved, or taken away, is not raised again.

        Args:
            today: The day to go by; None for today, in UTC.
        """
        return self._review(today or datetime.now(UTC).date()).fired

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
            problems = self._files.check_anchors(self._ledger, None)
        reviewed = self._review(today)
        with self._ledger.reading() as db:
            found = verified(db, selection, reviewed, today, everything=everything)
        return found.model_copy(update={"problems": tuple(problems)})

    def was_reviewed(self, today: date) -> bool:
        """Whether `review` was done on this day or later."""
        with self._ledger.reading() as db:
            return (find_fact(db, REVIEWED) or "") >= today.isoformat()

    def unwatched(self) -> tuple[Unwatched, ...]:
        """The review triggers that no machine can watch, or not all of, and why."""
        with self._ledger.reading() as db:
            return review_triggers(db, NOW, datetime.now(UTC).date()).unwatched

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

    def amend(self, uid: str, draft: Draft, *, author: str, after: int | None = None) -> Recorded:
        """Keep a revision of a memory, and change the file in which its text stands accordingly.

        As for `record`. Of what somebody wrote by hand, its status, its relations, its dates
        and its lists can be changed; the file changes as little as it can.

        Args:
            uid: Of the memory, or what it begins with.
            draft: Its newest revision with what is to be changed.
            author: Who says so.
            after: The number of that revision; None where the draft owes it nothing.

        Raises:
            UnknownMemory, AmbiguousUid: `uid`, or what begins like it, is not one memory.
            ChangedMeanwhile: another revision is the newest by now; nothing was kept.
            FileNotWritable, InvalidRecord: it cannot be said where it stands; nothing was kept.
        """
        with self._ledger.reading() as db:
            recorded = self._files.amend(self._ledger, find_uid(db, uid), draft, author, after)
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
                amend=partial(self.amend, author=author),
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
            apply: Ids of proposals, or "all"; what was half applied is finished.
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
            wants_proposals = apply or not undo
            known, note = fetch_known(db, self._meaning, at) if wants_proposals else (None, "")
            proposals = propose(known) if known else ()
        if not apply and not undo:
            return Consolidated(proposals=proposals, note=note)
        doing = Consolidator(self._ledger, partial(self.amend, author=author), at)
        by_id = {one.id: one for one in proposals}
        wanted = tuple(dict.fromkeys(apply))
        if "all" in apply:
            with self._ledger.reading() as db:
                applied = list_applications(db)
            begun = (one.proposal.id for one in applied if one.state == "half applied")
            wanted = tuple(dict.fromkeys((*begun, *by_id)))
        outcomes = [doing.undo(one) for one in dict.fromkeys(undo)]
        outcomes += [doing.apply(one, by_id) for one in wanted]
        return Consolidated(outcomes=tuple(outcomes), note=note)

    def _review(self, today: date) -> Reviewed:
        with self._ledger.reading() as db:
            found = review_triggers(db, NOW, today, self._files.departed)
            agents = known_agents(db)
        for one in found.fired:
            if not one.flag_status:
                self.record(review_flag(one, agents), author=REVIEWER)
        with self._ledger.writing() as db:
            save_fact(db, REVIEWED, today.isoformat())
        fired = (
            one.model_copy(update={"flag_status": one.flag_status or str(Status.OPEN)})
            for one in found.fired
        )
        return found._replace(fired=tuple(fired))

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
