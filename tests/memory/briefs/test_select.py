"""What a brief chooses: worth per token, with diversity, within its room."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory.briefs.select import Option, select, select_in_order


def chosen(options, room, *, costs=None, alike=None, floor=0.0, heading=0):
    costs = costs or {}
    alike = alike or {}
    return select(
        options,
        room,
        cost=lambda one, form: costs.get(one.uid, (10, 30, 60))[form],
        heading=lambda group: heading,
        likeness=lambda one, other: alike.get(frozenset((one, other)), 0.0),
        floor=floor,
    )


def an_option(uid, worth=1.0, **changes):
    return Option(**({"uid": uid, "worth": worth, "group": "a", "forms": 2} | changes))


def test_the_more_worthy_of_two_as_long_is_told():
    assert chosen([an_option("a", 0.5), an_option("b", 0.9)], 10).forms == {"b": 0}


def test_of_two_as_worthy_the_shorter_is_told():
    costs = {"a": (20, 30), "b": (10, 30)}

    assert chosen([an_option("a"), an_option("b")], 20, costs=costs).forms == {"b": 0}


def test_a_small_room_gives_many_in_short_and_a_large_one_more_of_each():
    options = [an_option(uid) for uid in "abc"]

    assert chosen(options, 30).forms == {"a": 0, "b": 0, "c": 0}
    assert chosen(options, 90).forms == {"a": 1, "b": 1, "c": 1}


def test_what_was_said_already_is_not_said_again():
    alike = {frozenset(("a", "b")): 0.99}

    assert chosen([an_option("a"), an_option("b", 0.9)], 90, alike=alike, floor=0.1).forms == {
        "a": 1
    }


def test_another_subject_comes_before_more_of_the_same():
    options = [an_option("a"), an_option("b", 0.9), an_option("c", 0.7)]
    alike = {frozenset(("a", "b")): 0.9}

    assert chosen(options, 20, alike=alike).forms == {"a": 0, "c": 0}


def test_a_tenth_of_one_section_gives_way_to_the_first_of_another():
    options = [an_option(f"a{n}", 0.9) for n in range(10)] + [an_option("b", 0.7, group="b")]

    assert "b" in chosen(options, 100).forms


def test_nothing_is_told_just_to_fill_the_room():
    assert chosen([an_option("a", 0.05)], 1_000, floor=0.1).forms == {}


def test_what_must_be_told_comes_before_what_is_worth_more():
    options = [an_option("a", 0.0, must=True), an_option("b", 5.0)]

    assert chosen(options, 10).forms == {"a": 0}


def test_the_first_of_a_section_pays_for_its_heading():
    options = [an_option("a"), an_option("b", 0.9), an_option("c", 0.95, group="c")]

    assert chosen(options, 25, heading=5).forms == {"a": 0, "b": 0}


def test_ties_are_broken_by_uid_whatever_the_order():
    options = [an_option(uid) for uid in "cab"]

    assert chosen(options, 20).forms == chosen(options[::-1], 20).forms == {"a": 0, "b": 0}


def test_what_was_worth_telling_and_had_no_room_is_named():
    missed = chosen([an_option("a"), an_option("b", 0.5)], 12).missed

    assert ("b", 0) in missed
    assert ("a", 1) in missed


@pytest.mark.slow
@given(
    st.lists(
        st.tuples(st.floats(0, 2), st.sampled_from("xyz"), st.integers(1, 50), st.integers(0, 80)),
        max_size=12,
    ),
    st.integers(0, 300),
    st.integers(0, 20),
    st.randoms(use_true_random=False),
)
def test_no_choice_costs_more_than_its_room_and_none_depends_on_the_order(
    made, room, heading, chance
):
    options = [
        an_option(f"u{place}", worth, group=group) for place, (worth, group, *_) in enumerate(made)
    ]
    costs = {f"u{n}": (first, first + more) for n, (_, _, first, more) in enumerate(made)}
    shuffled = options.copy()
    chance.shuffle(shuffled)

    result = chosen(options, room, costs=costs, heading=heading, floor=0.1)

    groups = {one.group for one in options if one.uid in result.forms}
    spent = sum(costs[uid][form] for uid, form in result.forms.items()) + heading * len(groups)
    assert spent == result.spent <= room
    assert chosen(shuffled, room, costs=costs, heading=heading, floor=0.1).forms == result.forms


def test_of_everything_as_many_as_have_room_are_told_in_short_before_any_is_told_at_length():
    options = [an_option(uid, forms=3) for uid in "abcd"]

    def told(room):
        one = select_in_order(
            options, room, cost=lambda _, form: (10, 30, 60)[form], heading=lambda _: 0
        )
        return one.forms, [uid for uid, _ in one.missed]

    assert told(30) == ({"a": 0, "b": 0, "c": 0}, ["d", "a", "b", "c"])
    assert told(60) == ({"a": 1, "b": 0, "c": 0, "d": 0}, ["b", "c", "d", "a"])
