"""Answers what is known for a task: gathers, chooses, and writes it down under a budget."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from memory.briefs.everything import gather_all
from memory.briefs.gathering import gather_for_task
from memory.briefs.making import make_brief
from memory.briefs.page import Form
from memory.models.brief import DEFAULT_BUDGET, EVERYTHING_BUDGET, Brief, BriefForm
from memory.models.request import LONGEST_QUESTION

if TYPE_CHECKING:
    from memory.ledger.connection import Database
    from memory.models.selection import Lens
    from memory.retrieval.meaning import Meaning


@dataclass(frozen=True)
class Asked:
    """How a brief is wanted."""

    budget: int | None = None  # tokens
    form: BriefForm = "md"
    commit: str = ""  # as of which the memory is, if it is not that of today
    everything: bool = False


def brief(
    db: Database,
    task: str,
    modules: tuple[str, ...],
    agents: tuple[str, ...],
    lens: Lens,
    asked: Asked,
    *,
    meaning: Meaning,
) -> Brief:
    """What is known for a task, in no more tokens than its budget.

    Args:
        db: An open ledger.
        task: In plain words; what is longer than a question can be is not looked at.
        modules: That it is about; none for those that it names.
        agents: That get a slice; of everything, none for all.
        lens: From when to look.
        asked: How it is wanted.
        meaning: Encodes the task and finds what is near it.

    Raises:
        BudgetTooSmall: nothing of use has room.
    """
    task = task[:LONGEST_QUESTION]
    if asked.everything:
        gathered = gather_all(db, task, modules, agents, lens)
    else:
        gathered = gather_for_task(db, task, modules, agents, lens, meaning)
    default = EVERYTHING_BUDGET if asked.everything else DEFAULT_BUDGET
    form = Form(
        budget=default if asked.budget is None else asked.budget,
        form=asked.form,
        seen_from=_seen_from(lens, asked.commit),
        agents=agents,
        options=_options(lens, asked),
        everything=asked.everything,
    )
    return make_brief(gathered, form)


def _seen_from(lens: Lens, commit: str) -> str:
    """The lens in words; nothing for today."""
    if commit:
        return f"commit {commit[:12]}"
    held = f"{lens.as_of:%Y-%m-%d %H:%M} UTC" if lens.as_of else ""
    held = held or ("today" if lens.known_at else "")
    known = f"as known at {lens.known_at:%Y-%m-%d %H:%M} UTC" if lens.known_at else ""
    return ", ".join(words for words in (held, known) if words)


def _options(lens: Lens, asked: Asked) -> tuple[str, ...]:
    """The options of the command that looks from there."""
    options = ["--everything"] if asked.everything else []
    options += ["--format", asked.form] if asked.form != "md" else []
    if asked.commit:
        options += ["--as-of", asked.commit[:12]]
    for name, moment in (("--as-of", lens.as_of), ("--known-at", lens.known_at)):
        if moment:
            options += [name, moment.isoformat()]
    return tuple(options)
