from datetime import date

import pytest

from indexer.linking import link_references
from memory.kinds.vocabulary import Kind, LinkType, Status
from memory.models.details import Decision, Lesson, Run
from memory.models.memory import Reference
from memory.models.selection import NOW
from memory.review.triggers import review_flag, review_triggers
from tests.builders import a_draft, day, supersedes
from tests.memory.metrics.measuring import keep, measure

TODAY = date(2026, 6, 1)


@pytest.fixture
def decide(ledger):
    def decide(*triggers, uid="dec-aaaaaaaa", rests=(), status=Status.ACCEPTED, **changes):
        references = [Reference(type=LinkType.RESTS_ON, target=one) for one in rests]
        said = {"valid_from": day("2025-01-01"), "modules": ("payments",)} | changes
        others = said.pop("references", ())
        details = Decision(status=status, review_triggers=triggers)
        draft = a_draft(details=details, references=(*references, *others), **said)
        keep(ledger, uid, draft)
        link_references(ledger)
        return uid

    return decide


def fired(db, lens=NOW, today=TODAY, departed=None):
    return review_triggers(db, lens, today, departed).fired


def unwatched(db):
    return review_triggers(db, NOW, TODAY).unwatched


def reasons(db, today=TODAY, departed=None):
    return [one.reason for one in fired(db, NOW, today, departed)]


def a_run(ledger, uid, target, type_=LinkType.CONTRADICTS, status=Status.FAILED):
    details = Run(status=status, task="try")
    references = (Reference(type=type_, target=target),)
    draft = a_draft(title=uid, details=details, references=references)
    keep(ledger, uid, draft, path=None, lines=None)
    link_references(ledger)


def test_a_date_fires_from_its_day_on(db, decide):
    decide("2026-06-01")

    assert reasons(db, date(2026, 5, 31)) == []
    assert reasons(db, date(2026, 6, 1)) == ["2026-06-01 has come"]
    assert reasons(db, date(2030, 1, 1)) == ["2026-06-01 has come"]


def test_a_span_counts_from_the_day_of_the_decision(db, decide):
    decide("in 6 months", valid_from=day("2025-08-31"))

    assert reasons(db, date(2026, 2, 27)) == []
    assert reasons(db, date(2026, 2, 28)) == ["2026-02-28 has come"]


def test_a_bound_fires_by_the_newest_measurement_since_the_decision(ledger, db, decide):
    decide("latency exceeds 0.8 s")
    measure(ledger, 2140, "2024-05-27")
    assert reasons(db) == []  # whoever decided knew that

    newest = measure(ledger, 905, "2025-03-17")

    (found,) = fired(db, NOW, TODAY)
    assert found.reason == "latency was 905 ms on 2025-03-17, and that is > 800 ms"
    assert (found.evidence, found.at) == ((newest,), day("2025-03-17"))


def test_what_was_measured_when_the_decision_began_to_hold_counts(ledger, db, decide):
    decide("latency > 800 ms", valid_from=day("2025-01-01"))
    measure(ledger, 905, "2025-01-01")

    assert len(reasons(db)) == 1


def test_a_firing_is_the_same_until_a_measurement_is_within_bounds_again(ledger, db, decide):
    decide("latency > 800 ms")
    flags = []
    for month, value in enumerate((905, 950, 430, 990), start=1):
        measure(ledger, value, f"2025-0{month}-10")
        flags.append([one.flag for one in fired(db, NOW, TODAY)])

    first, same, none, another = flags
    assert first == same
    assert none == []
    assert another != first


def test_a_part_of_a_name_will_do_only_for_what_the_decision_rests_on(ledger, db, decide):
    rested = measure(ledger, 250, "2025-01-01", metric="db_connections_peak", unit="connections")
    decide("peak passes 300", rests=[rested])
    decide("peak passes 300", uid="dec-bbbbbbbb")

    measure(ledger, 310, "2025-03-03", metric="db_connections_peak", unit="connections")

    assert [one.uid for one in fired(db, NOW, TODAY)] == ["dec-aaaaaaaa"]
    assert [(one.uid, one.reason) for one in unwatched(db)] == [
        ("dec-bbbbbbbb", "no measurement is called “peak”")
    ]


def test_of_several_environments_one_has_to_be_named(ledger, db, decide):
    decide("latency > 800", uid="dec-aaaaaaaa")
    decide("latency > 800 ms in staging", uid="dec-bbbbbbbb")
    for environment in ("production", "staging"):
        measure(ledger, 905, "2025-03-17", environment=environment)

    assert [one.uid for one in fired(db, NOW, TODAY)] == ["dec-bbbbbbbb"]
    assert [one.reason for one in unwatched(db)] == [
        "several series are called so: production; staging"
    ]


def test_what_is_gone_is_asked_once_for_all(db, decide):
    asked = []

    def departed(paths, modules):
        asked.append((paths, modules))
        return {"src/queue", "ledger"}

    decide("src/queue is gone", "src/api is gone", "module ledger is removed")

    assert reasons(db, departed=departed) == [
        "src/queue was there once and is gone",
        "module ledger was there once and is gone",
    ]
    assert asked == [(["src/api", "src/queue"], ["ledger"])]


def test_contrary_outcomes_are_counted_once_for_each_run(ledger, db, decide):
    uid = decide("after 2 contrary outcomes")
    a_run(ledger, "run-aaaaaaaa", uid)
    a_run(ledger, "run-bbbbbbbb", uid, LinkType.HELPED_BY)
    a_run(ledger, "run-cccccccc", uid, status=Status.OPEN)
    assert reasons(db) == []

    a_run(ledger, "run-dddddddd", uid, LinkType.MISLED_BY, Status.DONE)

    (found,) = fired(db, NOW, TODAY)
    assert found.evidence == ("run-aaaaaaaa", "run-dddddddd")


def test_only_what_is_in_force_is_reviewed(db, decide):
    decide("2026-01-01", uid="dec-old")
    decide(uid="dec-heir", title="Heir", references=(supersedes("dec-old"),))
    decide("2026-01-01", uid="dec-proposed", status=Status.PROPOSED)

    assert reasons(db) == []


def test_lessons_have_triggers_too(ledger, db):
    details = Lesson(form="pattern", review_triggers=("2026-01-01",))
    keep(ledger, "les-aaaaaaaa", a_draft(details=details))

    assert [one.uid for one in fired(db, NOW, TODAY)] == ["les-aaaaaaaa"]


def test_a_flag_says_whose_trigger_it_is_why_and_to_whom(ledger, db, decide):
    uid = decide("the moon is full, or latency > 800 ms", title="Split the service")
    measured = measure(ledger, 905, "2025-03-17")
    (found,) = fired(db, NOW, TODAY)

    draft = review_flag(found, ["payments-agent", "auth-agent"])

    assert draft.uid == found.flag
    assert draft.kind is Kind.FLAG
    assert draft.details.receivers == ("payments-agent",)
    assert draft.title.startswith("Review “Split the service”: latency was 905 ms")
    assert {(one.type, one.target) for one in draft.references} == {
        (LinkType.RELATES_TO, uid),
        (LinkType.CAUSED_BY, measured),
    }
    assert draft.valid_from == day("2025-03-17")


def test_what_cannot_be_watched_is_told_with_its_reason(db, decide):
    decide("2026-01-01, or the moon is full", "Ask Dana", "latency > 5 %")

    assert [one.reason for one in unwatched(db)] == [
        "only “2026-01-01” of it is watched",
        "it says nothing that a machine could look up",
        "no measurement is called “latency”",
    ]


def test_a_unit_that_does_not_convert_is_not_guessed(ledger, db, decide):
    decide("latency > 5 %")
    measure(ledger, 905, "2025-03-17")

    assert reasons(db) == []
    assert [one.reason for one in unwatched(db)] == ["latency is measured in ms, not in %"]
