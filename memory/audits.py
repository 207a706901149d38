"""An audit of a project: what is found, what is new since a commit, and what is exempted."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from memory.checks import told as told_checks
from memory.code.findings.auditing import look
from memory.code.findings.comparing import compare
from memory.code.findings.exempting import exempt
from memory.code.findings.reported import NAME as REPORTED
from memory.code.findings.rule import AuditSubject
from memory.code.findings.security import endpoints
from memory.code.findings.snapshots import Snapshots, modules_of, renames
from memory.code.inventory import doubts
from memory.config import SETTINGS_FILE
from memory.errors import InvalidRequest
from memory.models.findings import Audit
from memory.texts.plain_file import read_plain_text
from memory.texts.toml_text import LONGEST

if TYPE_CHECKING:
    from pathlib import Path

    from memory.code.history import CodeHistory, NamedCommit
    from memory.code.known import KnownCode
    from memory.models.findings import Area, Finding
    from memory.session import Session


def audit(
    session: Session,
    known: KnownCode,
    area: Area | None,
    *,
    since: str,
    new: bool,
    everything: bool,
    today: date | None = None,
) -> Audit:
    """See `ArchMem.audit`."""
    settings = session.settings
    subject = AuditSubject.of(known)
    looked = look(subject)
    today = today or datetime.now(UTC).date()
    declared = _settings(session.root) if settings.exemptions else ""
    findings, exempted, row = exempt(looked.findings, settings.exemptions, today, declared)
    rules = [*looked.rules, *([row] if settings.exemptions else [])]
    come: set[str] = set()
    fixed: tuple[Finding, ...] = ()
    commit = None
    if since or new:
        with session.ledger.reading():
            history = session.project.code_history(session.ledger)
            commit = _since(history, since)
            before = Snapshots(session.ledger, history, known.checks).at(commit.hash)
            moved = renames(before.modules, modules_of(known.base), history.renamed(commit.hash))
        dated = [one for one in looked.findings if one.rule != REPORTED]  # nobody knows since when
        compared = compare(before.findings, dated, moved)
        come, fixed = {one.id for one in compared.new}, compared.fixed
    asked = [one for one in findings if one.id in come or not new]
    ours = [one for one in asked if not area or one.area == area]
    told = tuple(one for one in ours if everything or one.sure)
    return Audit(
        findings=told,
        less_sure=len(ours) - len(told),
        exempted=tuple(exempted),
        since=commit.hash if commit else "",
        new=tuple(one.id for one in told if one.id in come),
        fixed=tuple(
            one for one in fixed if (not area or one.area == area) and (everything or one.sure)
        ),
        rules=tuple(one for one in rules if not area or one.rule.startswith(f"{area}.")),
        checks=told_checks(session, subject.judged) if area in {None, "architecture"} else (),
        endpoints=endpoints(known.base) if area == "security" else (),
        doubts=doubts(known.base),
    )


def _since(history: CodeHistory, name: str) -> NamedCommit:
    """The commit to compare with: the one that is named, or where this branch began.

    Raises:
        UnknownCommit: git knows none by that name.
        InvalidRequest: there is none to compare with.
    """
    if name:
        return history.commit(name)
    if (base := history.base()) is None:
        raise InvalidRequest("audit", "there is no commit to compare with; name one with --since")
    return base


def _settings(root: Path) -> str:
    """The text of the file that names the exemptions, for their lines; "" where it went away."""
    try:
        return read_plain_text(root / SETTINGS_FILE, LONGEST)
    except (OSError, ValueError):
        return ""
