"""What was tried, and how what git told stands beside what people wrote."""

from __future__ import annotations

import pytest

from memory.kinds.vocabulary import Kind, LinkType, Status, Trust
from memory.ledger.sqlite.connection import open_ledger
from memory.ledger.store_facts import HISTORY
from memory.models.details import Refactoring
from memory.models.memory import Reference
from memory.models.plan import Step
from memory.models.selection import EVERYTHING, Lens, Selection
from memory.plans.gather_context import look_around
from memory.retrieval.passages import keep_memory
from memory.retrieval.rank import STAND_BACK
from memory.retrieval.search import search, tried
from tests.builders import DAY, NOW, a_decision, a_draft, a_source, day


class NoMeaning:
    """A memory without a model: found by words alone."""

    neighbours, reason, gap = None, "", ""

    def encode_query(self, question):
        return None


@pytest.fixture
def db(tmp_path):
    ledger = open_ledger(tmp_path / "memory.db", create=True)
    with ledger.writing() as db:
        db.facts.save(HISTORY, "{}")
    yield ledger.db
    ledger.close()


def keep(db, uid, title, *, derived=False, body="Payments and orders.", **changes):
    details = changes.pop("details", Refactoring(status=Status.DONE))
    source = (
        a_source(trust=Trust.DERIVED, path=None, lines=None, commit="a" * 40)
        if derived
        else a_source(path=f"{uid}.md")
    )
    draft = a_draft(title=title, body=body, details=details, **changes)
    with db.atomic():
        keep_memory(db, uid, draft, source, NOW)


def ask(db, question, modules=(), limit=5):
    return tried(db, question, modules, meaning=NoMeaning(), limit=limit).attempts


def test_small_refactorings_do_not_crowd_what_was_large_or_reverted(db):
    for number in range(6):
        keep(db, f"ref-s{number}", "Split payments", derived=True, extra={"files": 1})
    keep(db, "ref-t1", "Split payments out of the api", derived=True, extra={"files": 40})
    undone = Refactoring(status=Status.REVERTED, reverted_by="b" * 40)
    keep(db, "ref-t2", "Split payments by day", derived=True, extra={"files": 1}, details=undone)

    uids = [one.memory.uid for one in ask(db, "split payments", limit=4)]

    assert {"ref-t1", "ref-t2"} < set(uids)
    assert ask(db, "split payments", limit=5)[-1].memory.uid.startswith("ref-s")
    assert len(uids) == 4, "the places that nothing larger takes are theirs"
    assert len(ask(db, "split payments", limit=7)) == 7


def test_what_git_tells_is_asked_for_only_where_it_was_never_read(db):
    assert tried(db, "x", (), meaning=NoMeaning(), limit=5).knows_history
    with db.atomic():
        db.facts.remove([HISTORY])
    assert not tried(db, "x", (), meaning=NoMeaning(), limit=5).knows_history


def test_only_refactorings_answer(db):
    keep(db, "ref-a", "Split payments")
    with db.atomic():
        keep_memory(db, "dec-a", a_decision(title="Split payments"), a_source(), NOW)

    assert [one.memory.uid for one in ask(db, "split payments")] == ["ref-a"]


def test_what_was_recorded_is_not_put_before_what_git_tells(db):
    keep(db, "ref-recorded", "Gather checks", body="Payments.")
    keep(db, "ref-git", "Split payments out of api", derived=True)

    assert ask(db, "split payments out of api")[0].memory.uid == "ref-git"


def test_modules_narrow_the_answer(db):
    keep(db, "ref-a", "Split payments", modules=("payments",))
    keep(db, "ref-b", "Split payments", modules=("orders",))

    assert [one.memory.uid for one in ask(db, "split", ("orders",))] == ["ref-b"]


def test_a_revert_is_told_with_its_commit_day_and_reason(db):
    details = Refactoring(
        status=Status.REVERTED,
        commits=("a" * 40,),
        reverted_by="b" * 40,
        revert_reason="Exports broke.",
        measured_effect="2 s less",
    )
    keep(db, "ref-a", "Split payments", details=details, valid_to=day("2024-03-01"))

    (attempt,) = ask(db, "split payments")

    assert attempt.is_reverted
    assert (attempt.reverted_by, attempt.revert_reason) == ("b" * 40, "Exports broke.")
    assert attempt.reverted_on == day("2024-03-01")
    assert (attempt.commits, attempt.effect) == (("a" * 40,), "2 s less")


def test_what_was_not_reverted_has_no_day_of_it(db):
    keep(db, "ref-a", "Split payments", valid_to=day("2024-03-01"))

    (attempt,) = ask(db, "split payments")

    assert not attempt.is_reverted
    assert attempt.reverted_on is None


def test_a_commit_that_reverted_a_record_is_told_with_that_record(db):
    keep(db, "ref-a", "Split payments")
    keep(
        db,
        "ref-undoing",
        'Revert "Split payments"',
        derived=True,
        details=Refactoring(status=Status.DONE, why="Exports broke."),
        references=(Reference(type=LinkType.REVERTS, target="ref-a"),),
        valid_from=NOW - DAY,
    )
    db.links.point([(one.link_id, one.target) for one in db.links.newest()])

    (attempt,) = ask(db, "split payments")

    assert attempt.memory.uid == "ref-a"
    assert attempt.is_reverted
    assert (attempt.reverted_by, attempt.revert_reason) == ("a" * 40, "Exports broke.")
    assert attempt.reverted_on == NOW - DAY


def test_in_a_plain_search_commits_stand_back_behind_what_people_wrote(db):
    keep(db, "ref-git", "Split payments out of api", derived=True)
    with db.atomic():
        keep_memory(db, "dec-a", a_decision(title="Split payments"), a_source(), NOW)

    hits = search(db, "split payments", EVERYTHING, meaning=NoMeaning(), limit=5).hits

    assert [hit.memory.uid for hit in hits] == ["dec-a", "ref-git"]
    assert hits[1].signals["aside"] == -STAND_BACK
    assert all(0 <= hit.score <= 1 for hit in hits)


def test_whoever_asks_for_refactorings_gets_commits_like_any_other(db):
    keep(db, "ref-git", "Split payments out of api", derived=True)

    selection = Selection(kinds=(Kind.REFACTORING,))
    (hit,) = search(db, "split payments", selection, meaning=NoMeaning(), limit=5).hits

    assert "aside" not in hit.signals


@pytest.mark.slow
def test_many_commits_leave_every_record_its_place(db):
    for number in range(200):
        keep(db, f"ref-{number}", "Split payments payments payments", derived=True)
    with db.atomic():
        draft = a_decision(title="Books", body="word " * 500 + "payments")
        keep_memory(db, "dec-a", draft, a_source(), NOW)

    hits = search(db, "split payments", EVERYTHING, meaning=NoMeaning(), limit=5).hits

    assert hits[0].memory.uid == "dec-a"


def test_a_selection_can_be_of_what_was_worked_out_or_of_the_rest(db):
    keep(db, "ref-git", "Split payments", derived=True)
    keep(db, "ref-a", "Split payments")

    found = {
        derived: [
            hit.memory.uid
            for hit in search(
                db, "split", Selection(derived=derived), meaning=NoMeaning(), limit=5
            ).hits
        ]
        for derived in (True, False)
    }

    assert found == {True: ["ref-git"], False: ["ref-a"]}


def test_as_of_a_day_nothing_is_known_of_what_came_after_it(db):
    keep(db, "ref-a", "Split payments", valid_from=day("2024-03-01"))
    before = Lens(as_of=day("2024-02-01"))

    assert _uids(db, before) == []
    assert _uids(db, Lens(as_of=day("2024-04-01"))) == ["ref-a"]


def test_nor_of_a_later_revert(db):
    keep(db, "ref-a", "Split payments", valid_from=day("2024-03-01"))
    keep(
        db,
        "ref-undoing",
        'Revert "Split payments"',
        derived=True,
        valid_from=day("2024-05-01"),
        references=(Reference(type=LinkType.REVERTS, target="ref-a"),),
    )
    db.links.point([(one.link_id, one.target) for one in db.links.newest()])

    (now,) = tried(db, "split payments", (), meaning=NoMeaning(), limit=5).attempts
    (then,) = tried(
        db, "split payments", (), meaning=NoMeaning(), limit=5, lens=Lens(as_of=day("2024-04-01"))
    ).attempts

    assert now.reverted_by
    assert not then.reverted_by


def _uids(db, lens):
    answer = tried(db, "split payments", (), meaning=NoMeaning(), limit=5, lens=lens)
    return [one.memory.uid for one in answer.attempts]


def test_a_step_of_a_plan_as_of_a_day_is_told_nothing_of_what_came_after_it(db):
    keep(db, "ref-a", "Split payments", valid_from=day("2024-03-01"))
    step = Step(text="Split payments")

    [then] = look_around(db, [step], Lens(as_of=day("2024-02-01")), NoMeaning(), [])
    [now] = look_around(db, [step], Lens(), NoMeaning(), [])

    assert then.attempts == ()
    assert [one.memory.uid for one in now.attempts] == ["ref-a"]
