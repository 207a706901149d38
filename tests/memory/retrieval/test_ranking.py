"""How scores are made, and what stands before what when they are known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory.ledger.memories import Head
from memory.models.kinds import Status
from memory.models.standing import Standing
from memory.retrieval.candidates import Candidate
from memory.retrieval.precedence import lift_amendments, lift_successors, prefer_later
from memory.retrieval.questions import asks_about_now, content_words
from memory.retrieval.ranking import Ranked, Weights, load_weights, rank

WEIGHTS = Weights(words=0.2, passage=0.4, whole=0.4, force=0.0)


def ranked(*uids):
    return [Ranked(uid, 1.0 - place / 10) for place, uid in enumerate(uids)]


def standing(**changes):
    return Standing(**({"in_force": True, "status": Status.ACCEPTED} | changes))


def a_candidate(uid, title, *, path="docs/adr/0001-x.md", since=None, towards=1.0):
    centroid = np.array([towards, np.sqrt(1 - towards**2)], dtype=np.float32)
    return Candidate(Head(1, uid, title, path, since, "accepted"), centroid=centroid)


def signals(words, passage, whole):
    return {"words": words, "passage": passage, "whole": whole, "force": 1.0}


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


def test_what_stands_right_already_is_left_alone():
    standings = {"old": standing(current=("new",)), "new": standing()}

    order = lift_successors(ranked("new", "old"), standings)

    assert [(one.uid, one.because) for one in order] == [("new", ""), ("old", "")]


def test_successors_that_name_one_another_end():
    standings = {"a": standing(current=("b",)), "b": standing(current=("a",))}

    assert len(lift_successors(ranked("a", "b"), standings)) == 2


def test_an_amendment_stands_before_what_it_amends():
    standings = {"law": standing(amended_by=("change",)), "change": standing()}

    order = lift_amendments(ranked("law", "change"), standings)

    assert [one.uid for one in order] == ["change", "law"]


@pytest.mark.parametrize(
    ("later", "is_preferred"),
    [
        ({"since": "2025"}, True),
        ({"since": "2023"}, False),
        ({"since": "2025", "title": "Index the log"}, False),
        ({"since": "2025", "towards": 0.1}, False),
        ({"since": "2025", "path": "other/0009-x.md"}, False),
        ({"path": "docs/adr/0009-x.md"}, True),  # without dates by number
    ],
)
def test_of_two_records_on_one_subject_the_later_is_preferred(later, is_preferred):
    said = {"title": "Store sessions in Postgres"} | later
    candidates = {
        "old": a_candidate("old", "Store sessions in Redis", since="2024"),
        "new": a_candidate("new", **said),
    }

    order = prefer_later(ranked("old", "new"), candidates, lambda *_: False)

    assert (order[0].uid == "new") is is_preferred


def test_a_link_makes_up_for_titles_that_differ():
    candidates = {
        "old": a_candidate("old", "Sessions in Redis", since="2024"),
        "new": a_candidate("new", "Cookies instead of stored sessions", since="2025"),
    }

    def order(*, linked):
        return [
            one.uid for one in prefer_later(ranked("old", "new"), candidates, lambda *_: linked)
        ]

    assert order(linked=True) == ["new", "old"]
    assert order(linked=False) == ["old", "new"]


@pytest.mark.parametrize("question", ["what holds now?", "the current rule", "is it still so"])
def test_a_question_about_the_present_is_known_by_its_words(question):
    assert asks_about_now(question)
    assert not asks_about_now("why did we leave JWT?")


def test_a_question_of_nothing_but_small_words_keeps_them():
    assert content_words("who are we") == ["who", "are", "we"]
    assert content_words("Why did we leave the queue, the Queue?") == ["leave", "queue"]


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
