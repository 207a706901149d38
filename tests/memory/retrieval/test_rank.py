"""How scores are made, and what stands before what when they are known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory.kinds.vocabulary import Status
from memory.models.standing import Standing
from memory.retrieval.rank import (
    LATER,
    Ranked,
    RankWeights,
    lift_later,
    lift_successors,
    load_weights,
    put_newest_first,
    rank,
)

WEIGHTS = RankWeights(words=0.2, passage=0.4, opening=0.4, force=0.0)


def ranked(*uids):
    return [Ranked(uid, 1.0 - place / 10) for place, uid in enumerate(uids)]


def standing(**changes):
    return Standing(**({"in_force": True, "status": Status.ACCEPTED} | changes))


def signals(words, passage, opening):
    return {"words": words, "passage": passage, "opening": opening, "force": 1.0}


def test_the_best_by_every_signal_scores_one_and_the_worst_nothing():
    best, worst = rank(["a", "b"], [signals(1, 0.1, 0.1), signals(9, 0.8, 0.7)], WEIGHTS)

    assert (best.uid, best.score) == ("b", pytest.approx(1.0))
    assert (worst.uid, worst.score) == ("a", 0.0)


def test_equals_are_in_the_order_of_their_uids():
    order = rank(["b", "a"], [signals(1, 0.5, 0.5)] * 2, WEIGHTS)

    assert [one.uid for one in order] == ["a", "b"]


def test_without_vectors_the_words_alone_decide():
    order = rank(["a", "b"], [signals(1, None, None), signals(2, None, None)], WEIGHTS)

    assert [one.uid for one in order] == ["b", "a"]
    assert order[0].signals.keys() == {"words", "force"}


@pytest.mark.slow
@given(
    st.lists(
        st.tuples(st.floats(0, 50), st.none() | st.floats(-1, 1), st.none() | st.floats(-1, 1)),
        max_size=8,
    )
)
def test_scores_are_between_nothing_and_one_and_the_sum_of_their_shares(rows):
    uids = [str(number) for number in range(len(rows))]

    order = rank(uids, [signals(*row) for row in rows], load_weights())

    assert sorted(one.uid for one in order) == uids
    for one in order:
        assert -1e-9 <= one.score <= 1 + 1e-9
        assert one.score == pytest.approx(sum(one.signals.values()))


def test_what_is_superseded_stands_right_behind_what_is_in_force():
    standings = {"old": standing(current=("new",)), "new": standing(), "other": standing()}

    order = lift_successors(ranked("old", "other", "new"), standings)

    assert [one.uid for one in order] == ["new", "old", "other"]
    assert order[0].because == "in force in place of old"
    assert order[0].score == order[1].score


def test_a_series_is_told_by_its_newest_measurement_with_the_score_of_the_best():
    order = put_newest_first(ranked("old", "other", "older", "new"), {"old": "new", "older": "new"})

    assert [one.uid for one in order][:2] == ["new", "other"]
    assert order[0].because == "measured later than old"
    assert order[0].score > order[1].score


def test_what_stands_right_already_is_left_alone():
    standings = {"old": standing(current=("new",)), "new": standing()}

    order = lift_successors(ranked("new", "old"), standings)

    assert [(one.uid, one.because) for one in order] == [("new", ""), ("old", "")]


def test_successors_that_name_one_another_end():
    standings = {"a": standing(current=("b",)), "b": standing(current=("a",))}

    assert len(lift_successors(ranked("a", "b"), standings)) == 2


@pytest.mark.parametrize(("behind", "order"), [(0.9, ["new", "old"]), (1.1, ["old", "new"])])
def test_of_near_equals_the_later_stands_before_what_it_takes_up(behind, order):
    both = [Ranked("old", 0.8), Ranked("new", 0.8 - behind * LATER), Ranked("other", 0.1)]

    found = lift_later(both, {"new": ["old"], "other": ["old"]})

    assert [one.uid for one in found] == [*order, "other"]
    assert (found[0].because == "later than old, which it takes up") is (order[0] == "new")


def test_the_latest_of_a_chain_stands_first_whatever_its_uid_and_stays_there():
    chain = [Ranked("a", 0.80), Ranked("b", 0.79), Ranked("c", 0.78), Ranked("other", 0.1)]

    found = put_newest_first(lift_later(chain, {"b": ["a"], "c": ["b"]}), {})

    assert [one.uid for one in found] == ["c", "b", "a", "other"]


def test_what_is_not_embedded_yet_is_judged_by_its_words():
    order = rank(["old", "new"], [signals(1, 0.5, 0.5), signals(9, None, None)], WEIGHTS)

    assert order[0].uid == "new"


EARNING = WEIGHTS.model_copy(update={"earned": 0.5})


@given(st.lists(st.tuples(*[st.floats(0, 1)] * 3), min_size=1, max_size=6))
def test_where_nothing_was_earned_no_answer_changes(values):
    uids = [f"dec-{place}" for place in range(len(values))]
    plain = [signals(*one) for one in values]
    aware = [one | {"earned": None} for one in plain]

    assert rank(uids, aware, EARNING) == rank(uids, plain, WEIGHTS)


def test_what_helped_before_gains_and_what_misled_loses():
    same = [signals(1, 0.5, 0.5)] * 3
    earned = [one | {"earned": value} for one, value in zip(same, (-0.4, None, 0.4), strict=True)]

    order = rank(["misled", "never used", "helped"], earned, EARNING)

    assert [one.uid for one in order] == ["helped", "never used", "misled"]
    assert order[0].signals["earned"] == pytest.approx(0.4 * 0.5 / 1.5)
    assert order[1].signals["earned"] == 0


@given(
    st.lists(
        st.tuples(*[st.floats(0, 1)] * 3, st.none() | st.floats(-1, 1)), min_size=1, max_size=6
    )
)
def test_scores_stay_between_nothing_and_one_and_are_the_sum_of_their_shares(values):
    uids = [f"dec-{place}" for place in range(len(values))]
    said = [signals(*rest) | {"earned": earned} for *rest, earned in values]

    for one in rank(uids, said, EARNING):
        assert -1e-9 <= one.score <= 1 + 1e-9
        assert one.score == pytest.approx(sum(one.signals.values()))


def test_what_stands_aside_sets_no_scale_and_loses_no_more_than_it_has():
    ours = [signals(1, 0.2, 0.2), signals(2, 0.4, 0.4)]

    alone = rank(["a", "b"], ours, WEIGHTS)
    order = rank(["a", "b", "c"], [*ours, signals(99, 0.9, 0.9)], WEIGHTS, aside={"c"})
    low = rank(["a", "b", "c"], [*ours, signals(1, 0.2, 0.2)], WEIGHTS, aside={"c"})

    assert {one.uid: one.score for one in alone}.items() <= {
        one.uid: one.score for one in order
    }.items()
    assert next(one.score for one in order if one.uid == "c") == pytest.approx(0.75)
    assert next(one.score for one in low if one.uid == "c") == 0.0
