"""What an audit finds in the code since a run began: what it fixed, and what began in it.

Whoever else changed the code meanwhile counts too, and what was not committed when it began: it is
what is so at its end, held against the commit that was checked out at its beginning.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory.code.findings.auditing import look
from memory.code.findings.comparing import compare
from memory.code.findings.reported import NAME as REPORTED
from memory.code.findings.rule import AuditSubject
from memory.code.findings.snapshots import Snapshots, modules_of, renames
from memory.errors import UnknownCommit
from memory.models.details import Moved

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from memory.code.known import KnownCode
    from memory.models.findings import Finding
    from memory.session import Session


def findings_since(session: Session, known: KnownCode, commit: str) -> Moved:
    """What came and went since a commit; nothing where git does not have it."""
    if not commit or not known.base.files:
        return Moved()
    history = session.project.code_history(session.ledger)
    try:
        before = Snapshots(session.ledger, history, known.checks).at(history.commit(commit).hash)
        files = history.renamed(commit)
    except UnknownCommit:
        return Moved()
    now = look(AuditSubject.of(known)).findings
    moved = renames(before.modules, modules_of(known.base), files)
    found = compare(before.findings, [one for one in now if one.rule != REPORTED], moved)
    return Moved(fixed=tuple(_said(found.fixed)), began=tuple(_said(found.new)))


def _said(findings: Iterable[Finding]) -> Iterator[str]:
    for one in findings:
        if one.sure and one.severity != "minor":
            yield f"{one.id}: {one.message}"
