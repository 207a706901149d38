import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory.plans.polarity import is_return, read_intent, read_step


@pytest.mark.parametrize(
    ("text", "proposes", "leaves"),
    [
        ("Add a cache to the list", "Add a cache to the list", ""),
        ("Replace Redis lists with RabbitMQ", "RabbitMQ", "Redis lists"),
        ("Replace Redis lists by RabbitMQ", "RabbitMQ", "Redis lists"),
        ("Substitute RabbitMQ for Redis lists", "RabbitMQ", "Redis lists"),
        ("Migrate from Redis to RabbitMQ", "Migrate to RabbitMQ", "Redis"),
        ("Move partners from JWTs to opaque tokens", "Move partners to opaque tokens", "JWTs"),
        ("Go back from RabbitMQ to Redis", "Go back to Redis", "RabbitMQ"),
        ("Use Kafka instead of RabbitMQ", "Use Kafka", "RabbitMQ"),
        ("Instead of RabbitMQ, use Kafka", "use Kafka", "RabbitMQ"),
        ("Use full jitter rather than a fixed delay", "Use full jitter", "a fixed delay"),
        ("Check tokens locally without asking auth", "Check tokens locally", "asking auth"),
        ("Remove the GraphQL gateway", "", "the GraphQL gateway"),
        ("Get rid of the jobs table", "", "the jobs table"),
        ("Stop calling shops and write an event", "write an event", "calling shops"),
        ("Write an event; drop the call", "Write an event", "the call"),
        ("Do not retry at a fixed interval", "", "retry at a fixed interval"),
        ("We will no longer use sessions", "", "use sessions"),
        ("Move away from sessions", "", "sessions"),
        ("Reintroduce the GraphQL gateway", "Reintroduce the GraphQL gateway", ""),
    ],
)
def test_what_is_proposed_is_told_from_what_is_left(text, proposes, leaves):
    assert read_intent(text) == (proposes, leaves)


def test_a_word_inside_another_turns_nothing_round():
    assert read_intent("Dropbox folders are kept").leaves == ""
    assert read_intent("Endpoints return a cursor").leaves == ""
    assert read_intent("Stoplight documents the API").leaves == ""


def test_never_to_be_taken_for_a_removal():
    assert read_intent("Hide nothing").proposes == ""
    assert read_intent("Moving on to the next release").leaves == ""


@given(st.text(max_size=300))
def test_any_text_has_two_sides_and_the_same_ones_each_time(text):
    intent = read_intent(text)
    assert intent == read_intent(text)
    assert len(intent.proposes) + len(intent.leaves) <= 2 * len(text) + 4


def test_a_long_text_takes_no_time():
    assert read_intent("move it from here " * 3_000).proposes


@pytest.mark.parametrize(
    "text",
    [
        "Document the GraphQL lesson in the guide",
        "Measure the gateway",
        "Then alert on Redis lists",
    ],
)
def test_to_talk_of_a_thing_is_to_propose_nothing_of_it(text):
    assert read_step(text) == ("", "")


def test_what_is_done_beside_the_talk_is_proposed():
    assert read_step("Document the queue, and add a cache").proposes == "add a cache"


def test_a_final_stop_says_nothing():
    assert read_step("Use Redis lists.") == read_step("Use Redis lists")


@pytest.mark.parametrize(
    ("text", "returns"),
    [
        ("Go back to signed JWTs", True),
        ("Return to sessions", True),
        ("Revert to Redis", True),
        ("Restore the gateway", True),
        ("Use Redis lists again", True),
        ("Return a cursor", False),
        ("Use Redis lists", False),
    ],
)
def test_what_goes_back_to_something_is_told_by_its_words(text, returns):
    assert is_return(read_step(text).proposes) is returns
