import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory.norms.sides import read_step


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
    intent = read_step(text)
    assert (intent.proposes or intent.unclear, intent.leaves) == (proposes, leaves)


def test_a_word_inside_another_turns_nothing_round():
    assert read_step("Dropbox folders are kept").leaves == ""
    assert read_step("Endpoints return a cursor").leaves == ""
    assert read_step("Stoplight documents the API").leaves == ""


def test_never_to_be_taken_for_a_removal():
    assert read_step("Moving on to the next release").leaves == ""


GATEWAY = "the GraphQL gateway"


@pytest.mark.parametrize(
    "step",
    [
        "Remove {}", "Dismantle {}", "Kill {}", "Plan to remove {}", "Finish dropping {}",
        "Take {} out of service", "Start to phase out {}", "Turn {} off", "Removal of {}",
        "Schedule the retirement of {}", "We will no longer use {}", "Do not use {}",
        "{} is removed", "{} will be decommissioned", "{} has been retired",
        "{} should no longer be used", "The team will retire {}", "REST replaces {}",
        "{} gives way to REST", "{} is superseded by REST", "Replace {} with REST",
        "Retire {} in favour of REST", "Route clients from {} to REST",
    ],
)  # fmt: skip
def test_what_is_taken_away_is_left_whatever_the_form_of_the_sentence(step):
    intent = read_step(step.format(GATEWAY))

    assert GATEWAY in intent.leaves
    assert (GATEWAY in intent.proposes, intent.unclear) == (False, "")


@pytest.mark.parametrize(
    "step",
    [
        "Use {}", "Introduce {} for the mobile team", "Plan to use {}", "Start using {}",
        "Adoption of {}", "Bring {} back", "Go back to {}", "We will use {}", "Each client uses {}",
        "{} will be used by the mobile team", "{} replaces REST", "Switch the clients to {}",
        "Have the clients use {}", "Deploy {} so that clients save calls",
    ],
)  # fmt: skip
def test_what_is_added_or_used_is_proposed_whatever_the_form_of_the_sentence(step):
    intent = read_step(step.format(GATEWAY))

    assert GATEWAY in intent.proposes
    assert (GATEWAY in intent.leaves, intent.unclear) == (False, "")


@pytest.mark.parametrize(
    "step",
    [
        "Obliterate {}", "Mothball {}", "Wean clients off {}", "Pull the plug on {}",
        "Say goodbye to {}", "Let {} die", "{} must go", "{} is to be mothballed", "{}",
        "{} lists for the mobile team",
        "Stop removing {}", "Do not remove {}", "Lift the ban on {}", "Remove the ban on {}",
        "Add a deprecation notice to {}", "Order the demolition of {}", "Wrap up {}",
        "Scale {} down", "Move {} to the graveyard", "Nothing should use {}", "No team uses {}",
        "Extract the resolvers from {}", "Get clients to abandon {}", "Finish {}",
    ],
)  # fmt: skip
def test_where_no_cue_is_understood_a_sentence_neither_proposes_nor_leaves(step):
    assert read_step(step.format(GATEWAY)) == ("", "", step.format(GATEWAY))


def test_a_topic_before_a_colon_is_left_with_what_is_left_and_proposed_by_nobody():
    assert read_step("Gateway: use GraphQL") == ("use GraphQL", "", "")
    assert read_step("Gateway: remove it") == ("", "Gateway: it", "")


@pytest.mark.parametrize(
    ("step", "proposes", "unclear"),
    [
        ("Write a job that deletes {}", "Write a job", "that deletes {}"),
        ("Use REST and obliterate {}", "Use REST", "and obliterate {}"),
        ("Use one pool, so that no process is idle", "Use one pool", "so that no process is idle"),
    ],
)
def test_a_part_that_turns_a_sentence_round_is_not_proposed(step, proposes, unclear):
    intent = read_step(step.format(GATEWAY))

    assert (intent.proposes, intent.unclear) == (proposes, unclear.format(GATEWAY))


@pytest.mark.slow
@given(st.text(max_size=300))
def test_any_text_has_two_sides_and_the_same_ones_each_time(text):
    intent = read_step(text)
    assert intent == read_step(text)
    assert sum(map(len, intent)) <= 2 * len(text) + 4


def test_a_long_text_takes_no_time():
    assert any(read_step("move it from here " * 3_000))


@pytest.mark.parametrize(
    "text",
    [
        "Document the GraphQL lesson in the guide",
        "Measure the gateway",
        "Then alert on Redis lists",
    ],
)
def test_to_talk_of_a_thing_is_to_propose_nothing_of_it(text):
    assert read_step(text) == ("", "", "")


def test_what_is_done_beside_the_talk_is_proposed():
    assert read_step("Document the queue, and add a cache").proposes == "add a cache"


def test_a_final_stop_says_nothing():
    assert read_step("Use Redis lists.") == read_step("Use Redis lists")
