"""Who does each step: whom the plan names, whose the module is, or who knows of such things."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from memory.kinds.vocabulary import Kind
from memory.models.selection import NOW, Selection
from memory.planning.touching import touched_by_all
from memory.texts.words import stems

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from memory.code.codebase import CodeBase
    from memory.ledger.interface.database import Database
    from memory.models.coordination import TaskOwner
    from memory.models.details import PhasedPlan

_MOST = 500  # definitions of agents
_LEAST = 2  # words that a definition shares with a step and few others have


class Assigned(NamedTuple):
    """Who does a step, and why."""

    agent: str  # "" where nobody is known
    reason: str


def assign(
    plan: PhasedPlan,
    code: CodeBase,
    modules: Sequence[str],
    owner_of: Callable[[str], TaskOwner | None],
    expertise: Mapping[str, frozenset[str]],
) -> dict[int, Assigned]:
    """Who does each step, by its number.

    Args:
        plan: What it says; the agent that a step names does it.
        code: All of it.
        modules: That are known.
        owner_of: Who knows a module best.
        expertise: The stems of what each agent's definition says.
    """
    found = {}
    touched = touched_by_all(plan, code, modules)
    steps = (step for phase in plan.phases for step in phase.steps)
    for number, step in enumerate(steps, start=1):
        if step.agent:
            found[number] = Assigned(step.agent, "the plan says so")
            continue
        # The modules that it names come before those of files that it names.
        names = [*step.modules, *sorted(touched[number].modules - {*step.modules})]
        owners = ((name, owner) for name in names if (owner := owner_of(name)))
        first = next((Assigned(one.agent, one.reason) for _, one in owners), None)
        found[number] = first or _by_expertise(step.text, expertise)
    return found


def expertise_of(db: Database) -> dict[str, frozenset[str]]:
    """The stems of what each agent's definition says, by the agent's name."""
    ids = db.memories.newest_ids(Selection(kinds=(Kind.NOTE,), lens=NOW), limit=_MOST)
    found: dict[str, frozenset[str]] = {}
    for memory in db.memories.at_revisions(ids).values():
        draft = memory.revision.draft
        if draft.agent and getattr(draft.details, "topic", "") == "definition":
            found[draft.agent] = stems(f"{draft.title} {draft.body}")
    return found


def with_agents(plan: PhasedPlan, assigned: Mapping[int, Assigned]) -> PhasedPlan:
    """The plan with whoever does each step."""
    phases, number = [], 0
    for phase in plan.phases:
        steps = []
        for step in phase.steps:
            number += 1
            steps.append(step.model_copy(update={"agent": assigned[number].agent}))
        phases.append(phase.model_copy(update={"steps": tuple(steps)}))
    return plan.model_copy(update={"phases": tuple(phases)})


def _by_expertise(text: str, expertise: Mapping[str, frozenset[str]]) -> Assigned:
    """The one whose definition speaks of what a step does, in words that few others have."""
    counts = Counter(word for words in expertise.values() for word in words)
    rare = {word for word in stems(text) if 0 < counts[word] <= max(1, len(expertise) // 3)}
    shared = {agent: sorted(rare & words) for agent, words in expertise.items()}
    ranked = sorted(shared, key=lambda agent: (-len(shared[agent]), agent))
    if not ranked:
        return Assigned(
            "", "nobody is known for it: no module has an owner, no agent's definition is indexed"
        )
    if len(shared[ranked[0]]) < _LEAST:
        return Assigned("", "nobody is known for it: no module has an owner, no definition fits")
    first = ranked[0]
    if len(ranked) > 1 and len(shared[ranked[1]]) == len(shared[first]):
        return Assigned("", f"{first} and {ranked[1]} may both be meant")
    return Assigned(first, f"its definition speaks of {', '.join(shared[first])}")
