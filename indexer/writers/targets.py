"""Which file of the memory folder takes a draft."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from memory.models.details import Lesson
from memory.models.kinds import Kind

if TYPE_CHECKING:
    from memory.models.revision import Draft

MEMORY = ".claude/memory"

_FILES = {
    Kind.DECISION: "context/decisions.md",
    Kind.REFACTORING: "refactorings/history.json",
    Kind.BASELINE: "performance/baselines.json",
    Kind.FLAG: "flags/pending.json",
}
_LESSONS = {
    "pattern": "learned/patterns.md",
    "antipattern": "learned/antipatterns.md",
    "best_practice": "learned/best_practices.md",
}


def target_for(draft: Draft) -> str:
    """The path of the file that takes a draft, relative to the project root.

    A note goes to its agent's folder, or its first module's, or else beside `MEMORY.md`.

    Raises:
        ValueError: Runs have no file; they are kept in the ledger.
    """
    if isinstance(draft.details, Lesson):
        return f"{MEMORY}/{_LESSONS[draft.details.form]}"
    if draft.kind is Kind.NOTE:
        return f"{MEMORY}/{_notes(draft)}"
    if draft.kind not in _FILES:
        raise ValueError(f"a {draft.kind.value} has no file")
    return f"{MEMORY}/{_FILES[draft.kind]}"


def folder_name(name: str) -> str:
    """A name that is one folder and nothing else on any system; "" if nothing is left of it."""
    return re.sub(r"[^\w.-]+", "-", name).strip(".-")[:100].lower()


def _notes(draft: Draft) -> str:
    agent = folder_name((draft.agent or "").replace("_", "-"))
    module = next((name for each in draft.modules if (name := folder_name(each))), "")
    if agent:
        return f"agents/{agent}/notes.md"
    return f"modules/{module}/notes.md" if module else "notes.md"
