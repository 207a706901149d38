"""Follows gates from look to look: which were met, and flags for those that are no longer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from memory.kinds.vocabulary import Kind, LinkType
from memory.ledger.store_facts import GATES
from memory.models.details import Flag
from memory.models.flags import STILL_OPEN
from memory.models.memory import Draft, Reference
from memory.models.selection import NOW, Selection
from memory.texts.shortening import shortened

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from memory.ledger.interface.database import Database
    from memory.models.planning import GateReading, PhaseProgress, PlanProgress

SENDER = "archmem"
_TYPE = "lost_gate"
_LONGEST = 120  # characters of what is a part of a flag's title


class Followed(NamedTuple):
    """What became of a plan's gates since the last look."""

    lost: tuple[Draft, ...]  # flags to raise
    regained: tuple[tuple[str, str], ...]  # uid of a flag, and what shows that it is settled
    news: tuple[str, ...]  # of both, a line each
    open: frozenset[str]  # gates of which a flag says that they are lost
    met: tuple[str, ...]  # gates that are met now, or were and cannot be told now


def follow(db: Database, plan: PlanProgress, receivers: Sequence[Sequence[str]]) -> Followed:
    """What became of the gates of a plan.

    A gate that was met at an earlier look and is open now is lost: it has one flag until it is
    met again. What cannot be told now stays as it was.

    Args:
        db: An open ledger.
        plan: As it is measured now.
        receivers: Who is to know, for each phase.
    """
    met = set(_known(db).get(plan.uid, ()))
    flags = {gate: uid for uid, gate in _open_flags(db, plan.uid)}
    lost, regained, news = [], [], []
    for phase, who in zip(plan.phases, receivers, strict=True):
        for gate in phase.gates:
            if gate.answer == "met":
                met.add(gate.gate)
                if gate.gate in flags:
                    regained.append((flags.pop(gate.gate), f"{gate.gate}: {gate.words}"))
                    news.append(f"met again: {gate.gate}")
            elif gate.answer == "open" and gate.gate in met:
                met.discard(gate.gate)
                if gate.gate not in flags:
                    lost.append(_flag(plan, phase, gate, who))
                    news.append(f"lost: {gate.gate} ({gate.words})")
    named = {one.extra["gate"] for one in lost}
    return Followed(
        tuple(lost),
        tuple(regained),
        tuple(f"{plan.uid} {plan.title}: gate {one}" for one in news),
        frozenset({*flags, *map(str, named)}),
        tuple(sorted(met)),
    )


def keep_met(db: Database, uid: str, met: Sequence[str]) -> None:
    """Note which gates of a plan are met, for the next look."""
    known = _known(db) | {uid: list(met)}
    db.facts.save(GATES, json.dumps(known, sort_keys=True))


def open_flags(db: Database, uid: str) -> list[str]:
    """The flags that are still open for gates of a plan."""
    return [flag for flag, _ in _open_flags(db, uid)]


def with_lost(plan: PlanProgress, lost: frozenset[str]) -> PlanProgress:
    """The same, its lost gates marked."""
    phases = (
        phase.model_copy(
            update={
                "gates": tuple(
                    gate.model_copy(update={"lost": gate.gate in lost}) for gate in phase.gates
                )
            }
        )
        for phase in plan.phases
    )
    return plan.model_copy(update={"phases": tuple(phases)})


def _known(db: Database) -> dict[str, list[str]]:
    """The gates that were met at the last look, by the uid of their plan."""
    said: dict[str, list[str]] = json.loads(db.facts.find(GATES) or "{}")
    return said


def _open_flags(db: Database, uid: str) -> Iterator[tuple[str, str]]:
    wanted = Selection(kinds=(Kind.FLAG,), statuses=STILL_OPEN, lens=NOW)
    for memory in db.memories.select(wanted):
        draft = memory.revision.draft
        is_ours = isinstance(draft.details, Flag) and draft.details.flag_type == _TYPE
        if is_ours and draft.extra.get("plan") == uid:
            yield memory.uid, str(draft.extra.get("gate", ""))


def _flag(
    plan: PlanProgress, phase: PhaseProgress, gate: GateReading, receivers: Sequence[str]
) -> Draft:
    title, said = (shortened(text, _LONGEST) for text in (plan.title, gate.gate))
    way = f"\nThe way back of this phase: {phase.way_back}" if phase.way_back else ""
    return Draft(
        title=f"A gate of “{title}” is lost: {said}",
        body=f"It was met, and is not any more: {gate.words}.\n"
        f"It is a gate of phase {phase.number}, {phase.name}, of {plan.uid}.{way}",
        details=Flag(
            flag_type=_TYPE,
            sender=SENDER,
            receivers=tuple(receivers),
            severity="high",
            suggested_action="Bring it back, or take the phase back: see `archmem plan show "
            f"{plan.uid}`. It is resolved at the next look at which the gate is met.",
        ),
        references=(Reference(type=LinkType.RELATES_TO, target=plan.uid),),
        extra={"plan": plan.uid, "gate": gate.gate},
    )
