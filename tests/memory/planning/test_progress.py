"""How far a phase is told to be."""

from __future__ import annotations

import pytest

from memory.kinds.vocabulary import Status
from memory.models.planning import GateReading, PhaseProgress


def gate(answer="open", **more):
    return GateReading(gate="g", answer=answer, words="", **more)


@pytest.mark.parametrize(
    ("steps_done", "gates", "share"),
    [
        (0, [gate("met", at_start=1.0)], 0.0),  # it holds, and nothing was done
        (1, [gate("met", at_start=1.0)], 0.5),
        (0, [gate("met", value=0, goal=0, at_start=0.0)], 0.0),
        (0, [gate("met", value=0, goal=0, at_start=2.0)], 0.5),
        (0, [gate("met", value=86, goal=80, at_start=85.0)], 0.0),  # though it measures another
        (0, [gate("met", value=4, goal=10, at_start=5.0)], 0.0),
        (0, [gate("met", value=86, goal=80, at_start=75.0)], 0.5),
        (2, [gate("met")], 1.0),
        (1, [gate(value=1, goal=0, at_start=2.0), gate("cannot tell")], 1 / 3),
        (2, [], 1.0),
    ],
)
def test_a_phase_is_as_far_as_its_steps_and_what_its_gates_have_gone(steps_done, gates, share):
    phase = {"number": 1, "name": "", "steps": 2, "steps_done": steps_done, "steps_open": 0}
    phase |= {"gates": tuple(gates)}
    assert PhaseProgress(status=Status.OPEN, **phase).share == pytest.approx(share)


def test_a_phase_that_is_done_is_whole_unless_a_gate_of_it_is_lost():
    phase = {"number": 1, "name": "", "steps": 1, "steps_done": 1, "steps_open": 0}
    whole = PhaseProgress(status=Status.DONE, gates=(gate("cannot tell"),), **phase)
    lost = PhaseProgress(status=Status.DONE, gates=(gate(lost=True),), **phase)
    assert (whole.share, lost.share) == (1.0, 0.5)
