"""How far a memory can be trusted that rests on others."""

import pytest

from memory.kinds.vocabulary import Trust
from memory.models.details import Lesson, Note
from memory.models.memory import least, trust_in, trust_of
from tests.builders import a_draft


def test_an_agent_is_trusted_less_than_the_team():
    assert trust_in("agent:payments") is Trust.AGENT
    assert trust_in("human:dana") is Trust.TEAM


def test_of_several_sources_the_least_trusted_counts():
    assert least(Trust.TEAM, ()) is Trust.TEAM
    assert least(Trust.TEAM, [Trust.REVIEWED]) is Trust.TEAM
    assert least(Trust.REVIEWED, [Trust.DERIVED, Trust.AGENT]) is Trust.DERIVED


@pytest.mark.parametrize(
    ("said", "trust"),
    [
        ({}, Trust.TEAM),
        ({"Trust": "agent"}, Trust.AGENT),
        ({"trust": " Derived "}, Trust.DERIVED),
        ({"Trust": "reviewed"}, Trust.TEAM),  # nobody makes himself more trusted
        ({"Trust": "a lot"}, Trust.TEAM),
        ({"Trust": 3}, Trust.TEAM),
    ],
)
def test_a_lesson_may_say_that_it_deserves_less(said, trust):
    lesson = a_draft(details=Lesson(), extra=said)

    assert trust_of(lesson, Trust.TEAM) is trust


def test_other_memories_are_trusted_like_their_source():
    assert trust_of(a_draft(details=Note(), extra={"Trust": "agent"}), Trust.TEAM) is Trust.TEAM
