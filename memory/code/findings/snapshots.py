"""What the rules and the metrics say of commits: looked at once, and kept.

A snapshot depends on the files of its commit, on how they are read and on the rules, and on
nothing else; where one of these changes, all are made anew.
"""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from memory.code.checks.check import digest
from memory.code.findings.auditing import look
from memory.code.findings.registry import RULES
from memory.code.findings.rule import AuditSubject
from memory.code.metrics import measure
from memory.ledger.keeping import keep_derived
from memory.models.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from memory.code.checks.check import Check
    from memory.code.codebase import CodeBase
    from memory.code.findings.rule import Tokens
    from memory.code.history import CodeHistory
    from memory.ledger.interface.database import Database, Ledger

KEPT_AS = "snapshots:1"  # among the facts of code, by commit
_MADE_BY = "made by"  # beside them: what they depend on


class Snapshot(NamedTuple):
    """What holds for a code base."""

    findings: tuple[Finding, ...]  # the less sure ones too
    metrics: Mapping[str, float]
    modules: Mapping[str, str]  # of files, by path

    @classmethod
    def of(
        cls, code: CodeBase, checks: Sequence[Check] = (), tokens: Tokens | None = None
    ) -> Snapshot:
        """The snapshot of a code base as such: without git and reports."""
        found = look(AuditSubject(code, checks=checks, tokens=tokens)).findings
        return cls(found, measure(code, found), modules_of(code))


class Snapshots:
    """The snapshots of commits, kept in the ledger: how they keep to the checks of today too."""

    def __init__(self, ledger: Ledger, history: CodeHistory, checks: Sequence[Check] = ()) -> None:
        self._ledger = ledger
        self._history = history
        self._checks = checks
        rules = " ".join(f"{rule.name}:{rule.version}" for rule in RULES)
        self._made_by = f"{history.version()} {rules} {digest(checks)}"

    def at(self, commit: str) -> Snapshot:
        """The snapshot of a commit, by its full hash."""
        if (kept := self.kept(commit)) is not None:
            return kept
        code = self._history.code_at(commit)
        found = Snapshot.of(code, self._checks, partial(self._history.tokens, code))
        self._keep(commit, found)
        return found

    def kept(self, commit: str) -> Snapshot | None:
        """The same if it is known without looking."""
        if (said := self._said(commit)) is None:
            return None
        findings, metrics, modules = said
        return Snapshot(tuple(map(Finding.model_validate, findings)), metrics, modules)

    def kept_metrics(self, commit: str) -> dict[str, float] | None:
        """Only its numbers, which cost less."""
        said = self._said(commit)
        return said[1] if said else None

    def _said(self, commit: str) -> list[Any] | None:
        said = self._ledger.db.code.facts(KEPT_AS, [commit, _MADE_BY])
        if said.get(_MADE_BY) != self._made_by or commit not in said:
            return None
        found: list[Any] = json.loads(said[commit])
        return found

    def _keep(self, commit: str, found: Snapshot) -> None:
        findings = [one.model_dump(mode="json") for one in found.findings]
        said = json.dumps([findings, found.metrics, found.modules], separators=(",", ":"))

        def write(db: Database) -> None:
            if db.code.facts(KEPT_AS, [_MADE_BY]).get(_MADE_BY) != self._made_by:
                db.code.forget(KEPT_AS)
            db.code.save_facts(KEPT_AS, {commit: said, _MADE_BY: self._made_by})

        keep_derived(self._ledger, write)


def modules_of(code: CodeBase) -> dict[str, str]:
    """The module of each file, by path."""
    return {path: file.module for path, file in code.files.items()}


def renames(
    before: Mapping[str, str], after: Mapping[str, str], files: Mapping[str, str]
) -> dict[str, str]:
    """What files and modules are called now, by what they were called.

    A module has another name where most of its files have moved to it.

    Args:
        before: The modules of files, by path, at the earlier commit.
        after: At the later one.
        files: Their new paths by their old ones.
    """
    moved: dict[str, dict[str, int]] = {}
    for old, new in files.items():
        if (first := before.get(old)) and (second := after.get(new)):
            counts = moved.setdefault(first, {})
            counts[second] = counts.get(second, 0) + 1
    there, sizes = set(after.values()), list(before.values())
    found = dict(files)
    for name, counts in moved.items():
        best = max(sorted(counts), key=lambda one: counts[one])
        if name not in there and counts[best] * 2 > sizes.count(name):
            found[name] = best
    return found
