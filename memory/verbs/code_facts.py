"""The code of a project, as verbs need it."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from memory.models.selection import NOW, Names

if TYPE_CHECKING:
    from memory.api import ArchMem
    from memory.code.known import KnownCode
    from memory.code.loading import FactSection
    from memory.models.memory import Draft


def known_code(archmem: "ArchMem") -> "KnownCode":
    """The code as of today, with what git and reports say; or as of this memory's commit."""
    from memory.code.known import KnownCode

    project = archmem.session.project
    with archmem.ledger.reading():
        commit = archmem.session.commit
        base = project.code_at(commit) if commit else project.code(archmem.ledger)
        tokens = partial(project.tokens, archmem.ledger, base)
        if commit:
            return KnownCode(base, None, None, tokens=tokens)
        together = project.changed_together(archmem.ledger)
        return KnownCode(base, together, project.coverage(base), tokens=tokens)


def code_with_checks(archmem: "ArchMem") -> "KnownCode":
    """The same with what decisions and contracts demand of it."""
    from memory.code.checks.decisions import checks_of_decisions

    with archmem.ledger.reading() as db:
        checks = [*checks_of_decisions(db, NOW), *archmem.session.project.contracts()]
    return known_code(archmem)._replace(checks=checks)


def ensure_checks_can_be_told(archmem: "ArchMem", draft: "Draft") -> None:
    """Raises `InvalidRecord` for a check that cannot be evaluated on the code as it is."""
    from memory.code.checks.check_sentences import LONGEST
    from memory.code.checks.judging import why_not
    from memory.errors import InvalidRecord
    from memory.texts.shortening import shortened

    for said in getattr(draft.details, "checks", ()):
        known = known_code(archmem)
        if reason := why_not(said, known.base, known.tokens):
            raise InvalidRecord(f'checks: "{shortened(said, LONGEST)}": {reason}.')


def lines_in_reach(archmem: "ArchMem", task: str, modules: Names) -> Sequence[str]:
    """What of the code a task is about, in lines."""
    from memory.code.checks.decisions import checks_of_decisions
    from memory.code.checks.judging import judge_all
    from memory.code.in_reach import in_reach

    project = archmem.session.project
    with archmem.ledger.reading():
        code = project.code_soon(archmem.ledger)
        if code is None:
            return ("not read yet: `archmem map` reads it, as an engine does for the next brief",)
        together = project.changed_together(archmem.ledger)
        judged = judge_all(code, checks_of_decisions(archmem.ledger.db, NOW))
        return in_reach(code, together, task, modules, judged, project.merged(archmem.ledger))


def facts_of_code(archmem: "ArchMem") -> Sequence["FactSection"]:
    """All that the code says, in lines by section."""
    from memory.code.known import KnownCode
    from memory.code.loading import UNREAD, load_facts

    project = archmem.session.project
    with archmem.ledger.reading():
        code = project.code_soon(archmem.ledger)
        if code is None:
            return [UNREAD]
        together = project.changed_together(archmem.ledger)
        known = KnownCode(code, together, project.coverage(code))
        return load_facts(known)
