import pytest

from memory.kinds.vocabulary import Status
from memory.models.answer import Listed
from memory.models.details import Decision, Lesson, Move, Note, Refactoring
from memory.models.plan import Ground
from memory.models.standing import Standing
from memory.plans.rejected_options import chosen_texts, instead_texts, outdated_ways, sentences_of
from tests.builders import a_memory


def listed(details, title="Use Redis lists", *, in_force=False, status=Status.ACCEPTED):
    standing = Standing(in_force=in_force, status=status)
    return Listed(memory=a_memory(title=title, details=details), standing=standing)


@pytest.mark.parametrize(
    ("status", "ground"),
    [
        (Status.SUPERSEDED, Ground.SUPERSEDED),
        (Status.REJECTED, Ground.REJECTED),
        (Status.DEPRECATED, Ground.DEPRECATED),
        (Status.WITHDRAWN, Ground.DEPRECATED),
    ],
)
def test_a_decision_that_is_over_tells_of_a_way_not_to_be_gone(status, ground):
    (way,) = outdated_ways(
        listed(Decision(decision="We will push jobs onto a list."), status=status)
    )

    assert way.ground is ground
    assert way.texts == ("Use Redis lists", "push jobs onto a list")


@pytest.mark.parametrize("status", [Status.PROPOSED, Status.UNSTATED])
def test_what_is_not_decided_yet_tells_of_none(status):
    assert outdated_ways(listed(Decision(decision="Push jobs."), status=status)) == []


def test_a_decision_in_force_tells_of_what_was_not_chosen():
    details = Decision(
        decision="RabbitMQ.", alternatives=("Kafka: no use for it.", "Redis Streams")
    )
    ways = outdated_ways(listed(details, "Move jobs to RabbitMQ", in_force=True))

    assert [(way.ground, way.name) for way in ways] == [
        (Ground.NOT_CHOSEN, "Kafka"),
        (Ground.NOT_CHOSEN, "Redis Streams"),
    ]
    assert ways[0].texts[0] == "Kafka: Move jobs to RabbitMQ"


def test_the_option_that_was_chosen_is_no_alternative():
    details = Decision(
        decision='Chosen option: "Opaque tokens", because they can be taken back.',
        alternatives=("Opaque tokens, introspected on each request", "JWTs of two minutes"),
    )
    ways = outdated_ways(listed(details, "Issue opaque tokens", in_force=True))

    assert [way.name for way in ways] == ["JWTs of two minutes"]


def test_a_refusal_is_told_by_its_title_alone():
    details = Decision(decision="We will not do this. Orders remain rows.")
    (way,) = outdated_ways(listed(details, "Event-source orders", status=Status.REJECTED))

    assert way.texts == ("Event-source orders",)


def test_what_a_decision_leaves_behind_is_no_way_of_it():
    texts = chosen_texts(listed(Decision(decision=""), "Replace session cookies with signed JWTs"))

    assert texts == ("signed JWTs",)


def test_an_antipattern_is_a_way_and_says_what_works():
    lesson = listed(
        Lesson(
            form="antipattern", context="Retries every 30 s.", alternative="Full jitter always."
        ),
        "Retrying at a fixed interval",
        in_force=True,
    )
    (way,) = outdated_ways(lesson)

    assert way.ground is Ground.ANTIPATTERN
    assert way.texts == ("Retrying at a fixed interval", "Retries every 30 s")
    assert instead_texts(lesson) == ("Full jitter always",)


def test_a_pattern_and_a_note_are_none():
    assert outdated_ways(listed(Lesson(form="pattern"), in_force=True)) == []
    assert outdated_ways(listed(Note(), in_force=True)) == []


def test_a_refactoring_is_told_by_its_title_and_by_what_it_moved():
    details = Refactoring(moved=(Move(what="pools", origin="a", destination="one pool"),))
    (way,) = outdated_ways(listed(details, "Merge the workers"))

    assert way.texts == ("Merge the workers", "pools to one pool")


def test_sentences_stand_by_themselves():
    said = "We will write events. Therefore we shall poll.\n\n- One list each.\n- No."

    assert list(sentences_of(said)) == ["write events.", "One list each."]
