import pytest

from indexer.linking import link_references
from memory.kinds.vocabulary import LinkType, Status
from memory.metrics.measurement_series import fetch_premises, unsettled_by
from memory.models.memory import Reference
from memory.models.selection import NOW as TODAY
from memory.models.selection import Lens
from memory.models.series import Movement
from tests.builders import a_decision, day, supersedes
from tests.memory.metrics.measuring import keep, measure


@pytest.fixture
def decide(ledger):
    """Keep a decision that rests on measurements."""

    def decide(uid, *rests, others=(), **changes):
        references = [Reference(type=LinkType.RESTS_ON, target=one) for one in rests]
        keep(ledger, uid, a_decision(title=uid, references=(*references, *others), **changes))
        link_references(ledger)
        return uid

    return decide


def test_a_premise_that_moved_is_told_with_its_arithmetic(ledger, db, decide):
    old = measure(ledger, 905, "2025-03-17", spread=120)
    uid = decide("dec-aaaaaaaa", old)
    new = measure(ledger, 430, "2025-11-10", spread=38)

    (premise,) = fetch_premises(db, TODAY, [uid])[uid]

    assert (premise.rested_on, premise.was, premise.latest, premise.now) == (old, 905, new, 430)
    assert premise.movement is Movement.BETTER
    assert "1.96·√(120² + 38²)" in premise.reason


@pytest.mark.parametrize(
    "later", [{"value": 950, "spread": 100}, {"value": 430, "environment": "staging"}]
)
def test_noise_and_other_series_change_no_premise(ledger, db, decide, later):
    uid = decide("dec-aaaaaaaa", measure(ledger, 905, "2025-03-17", spread=120))
    measure(ledger, on="2025-11-10", **later)

    assert fetch_premises(db, TODAY, [uid]) == {}


def test_a_premise_stands_again_when_the_metric_comes_back(ledger, db, decide):
    uid = decide("dec-aaaaaaaa", measure(ledger, 905, "2025-03-17", spread=20))
    measure(ledger, 430, "2025-11-10", spread=20)
    assert fetch_premises(db, TODAY, [uid])

    measure(ledger, 910, "2026-01-10", spread=20)

    assert fetch_premises(db, TODAY, [uid]) == {}


def test_a_premise_moves_even_if_nobody_says_which_way_is_better(ledger, db, decide):
    uid = decide("dec-aaaaaaaa", measure(ledger, 905, "2025-03-17", spread=20, better=""))
    measure(ledger, 430, "2025-11-10", spread=20, better="")

    assert fetch_premises(db, TODAY, [uid])[uid][0].movement is Movement.UNKNOWN


def test_as_of_an_earlier_day_nothing_had_moved(ledger, db, decide):
    uid = decide("dec-aaaaaaaa", measure(ledger, 905, "2025-03-17", spread=20))
    measure(ledger, 430, "2025-11-10", spread=20)

    assert fetch_premises(db, Lens(as_of=day("2025-06-01")), [uid]) == {}


def test_what_rests_on_nothing_costs_one_question(ledger, db, decide, monkeypatch):
    decide("dec-aaaaaaaa")
    measure(ledger, 905)
    monkeypatch.setattr("memory.metrics.measurement_series.read_tracks_with", None)

    assert fetch_premises(db, TODAY, ["dec-aaaaaaaa"]) == {}


def test_a_measurement_unsettles_only_what_is_in_force(ledger, db, decide):
    old = measure(ledger, 905, "2025-03-17", spread=20)
    decide("dec-holds", old)
    decide("dec-old", old)
    decide("dec-heir", others=[supersedes("dec-old")])
    decide("dec-never", old, status=Status.REJECTED)
    new = measure(ledger, 430, "2025-11-10", spread=20)

    assert [one.uid for one in unsettled_by(db, TODAY, new)] == ["dec-holds"]
