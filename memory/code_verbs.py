"""The verbs that ask the code itself; `memory.api.ArchMem` has them with its own."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from memory.models.code import CodeMap, Impact, Inventory, InventoryOf, MapLevel
from memory.models.coordination import Triage
from memory.models.decoupling import Decoupling
from memory.models.findings import Area, Audit, Drift
from memory.models.report import Progress, no_progress
from memory.models.request import Question
from memory.models.selection import NOW, Name, Names
from memory.models.tracing import Traces

if TYPE_CHECKING:
    from memory.code.known import KnownCode
    from memory.ledger.interface.database import Ledger
    from memory.models.memory import Draft
    from memory.session import Session


class CodeVerbs:
    """What can be asked of the code of a project, as it is or as it was at a commit."""

    session: "Session"
    ledger: "Ledger"

    def inventory(
        self,
        what: InventoryOf,
        *,
        modules: Names = (),  # only of files of one of these
        path: Name = "",  # only of this file, or of files in this folder
    ) -> Inventory:
        """The facts of the code themselves, of one sort."""
        from memory.code.inventory import inventory

        known = self._code()
        return inventory(known.base, what, modules, path, known.tokens)

    def map(
        self,
        *,
        modules: Names = (),  # only these, and what they are coupled to
        level: MapLevel = "module",  # what its parts are
    ) -> CodeMap:
        """The parts of the code in numbers, what couples them, and what goes in circles."""
        from memory.code.map import draw_map

        code = self._code()
        return draw_map(code.base, code.together, modules, level, code.coverage)

    def impact(
        self,
        target: Question = "",  # a file, folder, symbol, table, route or module
        *,
        diff: Name = "",  # instead of a target, whatever changed since a commit
    ) -> Impact:
        """What a change to a part of the code would reach, and how much hangs on it.

        Raises:
            InvalidRequest: there is no such part; it says which come near.
            UnknownCommit: git knows none by that name.
        """
        from memory.code.governing import governing_target
        from memory.code.impact import find_impact
        from memory.code.targets import find_target, of_lines

        code = self._code()
        if diff:
            found = of_lines(code.base, diff, self.session.project.changed_lines(diff))
        else:
            found = find_target(code.base, target)
        said = find_impact(code.base, found, code.together, code.coverage)
        with self.ledger.reading() as db:
            return said.model_copy(update={"governs": governing_target(db, code.base, found)})

    def trace(self, route: Question) -> Traces:  # method and path, a path, or a handler
        """Where the requests of a route go, down to tables and other services.

        Raises:
            InvalidRequest: there is no such route; it says which come near.
        """
        from memory.code.measured import with_measured
        from memory.code.route_times import with_times
        from memory.code.tracing import trace

        code = self._code().base
        found = trace(code, route)
        if not self.session.commit:
            timings = self.session.project.timings()
            found = with_measured(found, code, timings, self.session.root)
        with self.ledger.reading() as db:
            return with_times(db, found)

    def audit(
        self,
        area: Area | None = None,  # only this part
        *,
        since: Name = "",  # a commit: what is new, and what was fixed since then
        new: bool = False,  # only what is new; without `since`, since this branch left the main one
        everything: bool = False,  # what is less sure, too
    ) -> Audit:
        """What is wrong in the code, the gravest first, and what could not be told.

        Raises:
            UnknownCommit: git knows none by that name.
            InvalidRequest: there is no commit to compare with.
        """
        from memory.audits import audit

        reported = None if self.session.commit else self.session.project.reported()
        known = self._code_with_checks()._replace(reported=reported)
        return audit(self.session, known, area, since=since, new=new, everything=everything)

    def decouple(self, first: Name = "", second: Name = "") -> Decoupling:
        """The cheapest cuts that part two modules or resolve a cycle, and what each would change.

        With two modules, the cheaper direction of no dependency between them; with one, the cycle
        that it is in; with none, the largest cycle.

        Raises:
            InvalidRequest: there is no such module; it says which come near.
        """
        from memory.code.decoupling import decouple

        return decouple(self._code().base, first, second)

    def drift(
        self,
        about: Name = "",  # a finding, by its id or the beginning of that, or a metric
        *,
        on_progress: Progress = no_progress,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> Drift:
        """How the code came to be as it is: its numbers over time, or when a finding began.

        The first time this looks at commits of the last two years, the latest first; what is known
        of one is kept, also where it is interrupted.

        Raises:
            InvalidRequest: there is no such finding or metric.
            UnknownCommit: there is no git.
        """
        from memory.drifts import drift

        known = self._code_with_checks()
        return drift(self.session, known, about, on_progress=on_progress, should_stop=should_stop)

    def _ensure_checks_can_be_told(self, draft: "Draft") -> None:
        """Raises `InvalidRecord` for a check that cannot be evaluated on the code as it is."""
        from memory.code.checks.check_sentences import LONGEST
        from memory.code.checks.judging import why_not
        from memory.errors import InvalidRecord
        from memory.texts.shortening import shortened

        for said in getattr(draft.details, "checks", ()):
            known = self._code()
            if reason := why_not(said, known.base, known.tokens):
                raise InvalidRecord(f'checks: "{shortened(said, LONGEST)}": {reason}.')

    def triage(
        self,
        task: Question = "",  # in plain words
        *,
        diff: Name = "",  # or what changed since a commit
    ) -> Triage:
        """Whether a task or a change is systemic or of one module, and who is to do it.

        Raises:
            InvalidRequest: neither is given.
            UnknownCommit: git knows none by that name.
        """
        from memory.code.targets import of_lines
        from memory.coordination.owners import find_owner
        from memory.coordination.triage import triage
        from memory.errors import InvalidRequest

        if not task.strip() and not diff:
            raise InvalidRequest("triage", "name a task, or a commit with --diff")
        code = self._code().base
        project = self.session.project
        changed = of_lines(code, diff, project.changed_lines(diff)) if diff else None
        paths = project.changed_paths(diff) if diff else ()
        with self.ledger.reading() as db:
            past = project.merged(self.ledger)
            return triage(code, task, changed, paths, past, lambda module: find_owner(db, module))

    def _code(self) -> "KnownCode":
        """The code as of today, with what git and reports say; or as of this memory's commit."""
        from memory.code.known import KnownCode

        project = self.session.project
        with self.ledger.reading():
            commit = self.session.commit
            base = project.code_at(commit) if commit else project.code(self.ledger)
            tokens = partial(project.tokens, self.ledger, base)
            if commit:
                return KnownCode(base, None, None, tokens=tokens)
            together = project.changed_together(self.ledger)
            return KnownCode(base, together, project.coverage(base), tokens=tokens)

    def _code_with_checks(self) -> "KnownCode":
        """The same with what decisions and contracts demand of it."""
        from memory.code.checks.decisions import checks_of_decisions

        with self.ledger.reading() as db:
            checks = [*checks_of_decisions(db, NOW), *self.session.project.contracts()]
        return self._code()._replace(checks=checks)
