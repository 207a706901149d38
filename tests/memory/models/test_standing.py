import itertools
from datetime import timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory.kinds.vocabulary import NO_LONGER_IN_FORCE, LinkType, Status
from memory.models.memory import Link
from memory.models.standing import DeclaredState, Standing, stand
from tests.builders import DAY, NOW, YEAR

NEVER_CAME = [Status.PROPOSED, Status.REJECTED, Status.WITHDRAWN]


def a_state(status=Status.ACCEPTED, since=None, until=None) -> DeclaredState:
    return DeclaredState(status, since, until)


def link(source, target, type_=LinkType.SUPERSEDES, **changes) -> Link:
    return Link(type=type_, source=source, target=target, **changes)


def standings(*links, as_of=NOW, **states) -> dict[str, Standing]:
    """Of memories a, b, c …, where "ab" among the links means that a supersedes b."""
    made = [link(*one) if isinstance(one, str) else one for one in links]
    return stand(states, made, as_of)


def test_a_memory_that_nothing_speaks_of_stands_by_its_own_words():
    stood = standings(a=a_state(), b=a_state(Status.UNSTATED), c=a_state(Status.OPEN))

    assert stood["a"] == Standing(in_force=True, status=Status.ACCEPTED)
    assert all(one.in_force for one in stood.values())


@pytest.mark.parametrize(
    "status",
    [Status.PROPOSED, Status.REJECTED, Status.DEPRECATED, Status.SUPERSEDED, Status.RESOLVED,
     Status.EXPIRED, Status.PLANNED, Status.REVERTED, Status.WITHDRAWN],
)  # fmt: skip
def test_what_says_that_it_does_not_hold_does_not(status):
    assert standings(a=a_state(status))["a"] == Standing(in_force=False, status=status)


def test_what_is_superseded_says_by_what_and_since_when():
    stood = standings("ba", a=a_state(since=NOW - YEAR), b=a_state(since=NOW - DAY))

    assert stood["a"] == Standing(
        in_force=False,
        status=Status.SUPERSEDED,
        valid_to=NOW - DAY,
        replaced_by=("b",),
        current=("b",),
    )
    assert stood["b"] == Standing(in_force=True, status=Status.ACCEPTED, replaces=("a",))


def test_supersession_begins_on_the_day_of_what_supersedes():
    states = {"a": a_state(), "b": a_state(since=NOW)}

    before, on_the_day = (standings("ba", as_of=at, **states) for at in (NOW - DAY, NOW))

    assert (before["a"].in_force, before["a"].replaced_by) == (True, ())
    assert (before["b"].in_force, before["b"].replaces) == (False, ())  # it has yet to begin
    assert (on_the_day["a"].in_force, on_the_day["b"].in_force) == (False, True)


def test_without_a_date_supersession_always_held():
    assert standings("ba", as_of=NOW - 50 * YEAR, a=a_state(), b=a_state())["a"].in_force is False


@pytest.mark.parametrize("status", NEVER_CAME)
def test_what_never_came_into_force_supersedes_nothing(status):
    stood = standings("ba", a=a_state(), b=a_state(status))

    proposed = ("b",) if status is Status.PROPOSED else ()
    assert stood["a"] == Standing(in_force=True, status=Status.ACCEPTED, proposed=proposed)


@pytest.mark.parametrize("status", [Status.DEPRECATED, Status.REJECTED, Status.WITHDRAWN])
def test_what_was_over_anyway_keeps_its_status_and_knows_what_came_instead(status):
    stood = standings("ba", a=a_state(status), b=a_state())["a"]

    assert (stood.status, stood.in_force, stood.replaced_by) == (status, False, ("b",))


def test_a_record_superseded_by_a_proposed_one_names_it():
    stood = standings("ba", a=a_state(Status.SUPERSEDED), b=a_state(Status.PROPOSED))["a"]

    assert (stood.status, stood.in_force, stood.proposed) == (Status.SUPERSEDED, False, ("b",))


def test_an_accepted_record_that_calls_itself_superseded_held_until_its_heir_did():
    states = {"a": a_state(Status.SUPERSEDED, NOW - 2 * YEAR), "b": a_state(since=NOW - YEAR)}

    earlier = standings("ba", as_of=NOW - YEAR - DAY, **states)["a"]
    today = standings("ba", **states)["a"]

    assert (earlier.in_force, earlier.status) == (True, Status.ACCEPTED)
    assert (today.in_force, today.valid_to) == (False, NOW - YEAR)


def test_a_record_superseded_by_nothing_we_know_holds_until_the_day_it_names():
    state = a_state(Status.SUPERSEDED, NOW - YEAR, NOW)

    assert standings(a=state, as_of=NOW - DAY)["a"].in_force is True
    assert standings(a=state, as_of=NOW)["a"].in_force is False


def test_what_ended_on_a_day_held_until_then():
    ended = {"a": a_state(Status.REVERTED, until=NOW), "b": a_state(Status.DEPRECATED, until=NOW)}

    assert all(one.in_force for one in standings(**ended, as_of=NOW - DAY).values())
    assert not any(one.in_force for one in standings(**ended, as_of=NOW + DAY).values())


def test_a_record_superseded_by_a_proposed_one_held_until_that_was_proposed():
    states = {"a": a_state(Status.PROPOSED, since=NOW), "b": a_state(Status.SUPERSEDED)}

    assert standings("ab", **states, as_of=NOW - DAY)["b"].in_force
    assert not standings("ab", **states, as_of=NOW + DAY)["b"].in_force


def test_what_ended_of_itself_did_not_end_again_when_it_was_superseded():
    stood = standings("ba", a=a_state(until=NOW - 2 * YEAR), b=a_state(since=NOW - YEAR))

    assert stood["a"].valid_to == NOW - 2 * YEAR


@pytest.mark.parametrize("partial", [link("b", "a", partial=True), link("b", "a", LinkType.AMENDS)])
def test_superseding_a_part_amends(partial):
    stood = standings(partial, a=a_state(), b=a_state())

    assert stood["a"] == Standing(in_force=True, status=Status.ACCEPTED, amended_by=("b",))
    assert stood["b"].replaces == ()


def test_an_amendment_counts_from_the_day_on_which_it_began():
    amended = link("b", "a", LinkType.AMENDS)

    assert standings(amended, a=a_state(), b=a_state(since=NOW + DAY))["a"].amended_by == ()


def test_a_chain_leads_to_what_is_in_force():
    states = {name: a_state(since=NOW - (9 - n) * DAY) for n, name in enumerate("abc")}

    today = standings("ba", "cb", **states)
    earlier = standings("ba", "cb", as_of=NOW - 8 * DAY, **states)

    assert [today[name].current for name in "abc"] == [("c",), ("c",), ()]
    assert (today["a"].replaced_by, today["c"].replaces) == (("b",), ("b",))
    assert [earlier[name].current for name in "abc"] == [("b",), (), ()]


def test_a_decision_may_be_split_into_several():
    stood = standings("ba", "ca", "dc", a=a_state(), b=a_state(), c=a_state(), d=a_state())

    assert (stood["a"].replaced_by, stood["a"].current) == (("b", "c"), ("b", "d"))


@pytest.mark.parametrize("end", [a_state(Status.DEPRECATED), a_state(until=NOW - DAY)])
def test_an_heir_that_was_given_up_is_not_in_force_in_anyones_place(end):
    stood = standings("ba", a=a_state(), b=end)

    assert (stood["a"].in_force, stood["a"].replaced_by, stood["a"].current) == (False, ("b",), ())


def test_of_two_that_supersede_each_other_the_later_is_believed():
    stood = standings("ab", "ba", a=a_state(since=NOW - YEAR), b=a_state(since=NOW - 2 * YEAR))

    assert (stood["a"].in_force, stood["b"].in_force) == (True, False)


def test_the_later_is_found_across_time_zones():
    later = (NOW - DAY).astimezone(timezone(timedelta(hours=-12)))  # its date reads as earlier
    stood = standings("ab", "ba", a=a_state(since=later), b=a_state(since=NOW - DAY - DAY / 4))

    assert (stood["a"].in_force, stood["b"].in_force) == (True, False)


def test_a_longer_circle_leaves_none_in_force_and_ends():
    stood = standings("ab", "bc", "ca", a=a_state(), b=a_state(), c=a_state())

    assert [(one.in_force, one.current) for one in stood.values()] == [(False, ())] * 3


def test_what_points_at_nothing_or_at_itself_is_passed_over():
    stood = standings("aa", "xa", "ax", a=a_state())

    assert stood == {"a": Standing(in_force=True, status=Status.ACCEPTED)}


NAMES = "abcdef"
MOMENTS = st.none() | st.integers(-5, 5).map(lambda days: NOW + days * DAY)
STATES = st.dictionaries(
    st.sampled_from(NAMES), st.builds(DeclaredState, st.sampled_from(Status), MOMENTS, MOMENTS)
)
LINKS = st.lists(
    st.builds(
        Link,
        type=st.sampled_from([LinkType.SUPERSEDES, LinkType.AMENDS, LinkType.RELATES_TO]),
        source=st.sampled_from(NAMES),
        target=st.sampled_from(NAMES),
        partial=st.booleans(),
    ),
    max_size=12,
)


@pytest.mark.slow
@given(STATES, LINKS, st.integers(-6, 6).map(lambda days: NOW + days * DAY))
def test_whatever_is_linked_how_a_standing_makes_sense(states, links, as_of):
    stood = stand(states, links, as_of)

    assert stood.keys() == states.keys()
    assert stood == stand(states, reversed(links), as_of)  # the order of links says nothing
    for uid, one in stood.items():
        named = {*one.replaced_by, *one.current, *one.replaces, *one.amended_by}
        assert named <= states.keys() - {uid}
        assert not (one.in_force and (one.replaced_by or one.current))
        assert bool(one.replaced_by) <= (one.status in NO_LONGER_IN_FORCE)
        assert all(stood[end].in_force and not stood[end].replaced_by for end in one.current)
        assert all(uid in stood[new].replaces for new in one.replaced_by)
        assert all(uid in stood[old].replaced_by for old in one.replaces)


def test_standings_of_a_long_chain_take_no_time():
    names = [f"m{number:05}" for number in range(500)]
    links = [link(new, old) for old, new in itertools.pairwise(names)]

    stood = stand({name: a_state() for name in names}, links, NOW)

    assert {stood[name].current for name in names[:-1]} == {(names[-1],)}


@pytest.mark.parametrize(("until", "status"), [(NOW, Status.EXPIRED), (NOW + DAY, Status.OPEN)])
def test_what_is_open_expires_at_the_moment_at_which_its_time_is_over(until, status):
    stood = standings(a=a_state(Status.OPEN, since=NOW - DAY, until=until))

    assert stood["a"].status is status
    assert stood["a"].in_force is (status is Status.OPEN)
