"""What the gates of a plan are measured from; each part is gathered when a gate asks for it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from memory.audits import audit
from memory.code.checks.judging import judge_all
from memory.code.checks.web import Webs
from memory.code.findings.auditing import look
from memory.code.findings.rule import AuditSubject

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from memory.code.checks.judging import JudgedCheck
    from memory.code.findings.auditing import RuleResults
    from memory.code.known import KnownCode
    from memory.code.ran_tests import ReportedTests
    from memory.models.findings import Finding, RuleRow
    from memory.models.series import Series
    from memory.session import Session


class PlanFacts:
    """Code, findings and baselines as they are now."""

    def __init__(
        self, session: Session, known: KnownCode, series: Callable[[], Sequence[Series]]
    ) -> None:
        """Gather nothing yet.

        Args:
            session: Of the memory.
            known: The code, with the checks of decisions and contracts.
            series: Tells all baselines.
        """
        self._session = session
        self._series = series
        self.known = known
        self._new: dict[str, tuple[Finding, ...]] = {}  # by the commit since when

    @cached_property
    def webs(self) -> Webs:
        """The imports of the code."""
        return Webs(self.known.base, self.known.tokens)

    @cached_property
    def judged(self) -> list[JudgedCheck]:
        """What comes of each check of decisions and contracts."""
        return judge_all(self.known.base, self.known.checks, self.known.tokens)

    @cached_property
    def _looked(self) -> RuleResults:
        return look(AuditSubject.of(self.known))

    @property
    def rules(self) -> Sequence[RuleRow]:
        """What each rule looked at."""
        return self._looked.rules

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """All findings of which the rules are sure."""
        return tuple(one for one in self._looked.findings if one.sure)

    @cached_property
    def series(self) -> Sequence[Series]:
        """All baselines."""
        return self._series()

    @cached_property
    def results(self) -> ReportedTests | None:
        """What came of tests by the project's reports."""
        return self._session.project.test_results(self.known.base)

    def new_since(self, commit: str) -> tuple[Finding, ...]:
        """The findings that were not there at a commit.

        Raises:
            UnknownCommit: git knows none by that name.
        """
        if commit not in self._new:
            said = audit(self._session, self.known, None, since=commit, new=True, everything=False)
            self._new[commit] = said.findings
        return self._new[commit]
