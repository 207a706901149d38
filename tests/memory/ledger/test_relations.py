import pytest

from memory.kinds.vocabulary import LinkType, Trust
from memory.models.details import Lesson
from memory.models.memory import Reference
from memory.models.selection import NOW as TODAY
from memory.models.selection import Lens
from memory.retrieval.passages import keep_memory, keep_revision
from tests.builders import DAY, NOW, a_decision, a_draft, a_source, supersedes


def keep(db, uid, *references):
    keep_memory(db, uid, a_decision(title=uid, references=references), a_source(), NOW)


def point(db, **targets):
    """Resolve every reference as told."""
    db.links.point([(one.link_id, targets.get(one.target)) for one in db.links.newest()])


def arrows(db, lens=TODAY, uids=None, **options) -> list[str]:
    return [
        f"{link.source} {link.type} {link.target}" + (" in part" if link.partial else "")
        for link in db.links.fetch(lens, uids, **options)
    ]


def test_a_link_said_from_either_end_is_one_link(db):
    keep(db, "new", supersedes("ADR 1"))
    keep(db, "old", supersedes("ADR 2", inverse=True))

    point(db, **{"ADR 1": "old", "ADR 2": "new"})

    assert arrows(db) == ["new supersedes old"]


def test_of_two_ends_the_one_that_says_in_part_is_believed(db):
    keep(db, "new", supersedes("ADR 1"))
    keep(db, "old", supersedes("ADR 2", inverse=True, partial=True))

    point(db, **{"ADR 1": "old", "ADR 2": "new"})

    assert arrows(db) == ["new supersedes old in part"]


def test_a_reference_to_what_is_not_there_is_kept_and_waits(db):
    keep(db, "new", supersedes("ADR 1"))
    assert arrows(db) == []

    keep(db, "old")
    point(db, **{"ADR 1": "old"})

    assert arrows(db) == ["new supersedes old"]


def test_a_memory_that_names_itself_is_not_linked(db):
    keep(db, "one", supersedes("ADR 1"))

    point(db, **{"ADR 1": "one"})

    assert arrows(db) == []


@pytest.mark.slow
def test_links_are_chosen_by_end_and_by_type(db):
    keep(db, "a", supersedes("b"), Reference(type=LinkType.RELATES_TO, target="c"))
    keep(db, "b")
    keep(db, "c", Reference(type=LinkType.AMENDS, target="b"))
    point(db, b="b", c="c")

    assert arrows(db) == ["a relates_to c", "a supersedes b", "c amends b"]
    assert arrows(db, uids=["b"]) == ["a supersedes b", "c amends b"]
    assert arrows(db, uids=[]) == []
    assert arrows(db, types=[LinkType.AMENDS]) == ["c amends b"]
    assert arrows(db, uids=[f"x{number}" for number in range(40_000)]) == []


def test_links_belong_to_the_revision_that_says_them(db):
    keep(db, "old")
    keep(db, "new", supersedes("old"))
    point(db, old="old")
    keep_revision(db, "new", a_decision(title="new", body="alone"), a_source(), NOW + 2 * DAY)

    assert arrows(db) == []
    assert arrows(db, Lens(known_at=NOW + DAY)) == ["new supersedes old"]


def test_a_removed_memory_asserts_nothing_any_more(db):
    keep(db, "old")
    keep(db, "new", supersedes("old"))
    point(db, old="old")
    db.memories.remove("new", a_source(), NOW + 2 * DAY)

    assert arrows(db) == []
    assert arrows(db, Lens(as_of=NOW + DAY)) == ["new supersedes old"]


def test_a_link_to_what_was_removed_is_told(db):
    keep(db, "old")
    keep(db, "new", supersedes("old"))
    point(db, old="old")
    db.memories.remove("old", a_source(), NOW + 2 * DAY)

    assert arrows(db) == ["new supersedes old"]


def test_only_the_newest_revisions_references_are_looked_up_again(db):
    db.memories.add("one", a_decision(), a_source(), NOW)
    keep_revision(db, "one", a_decision(references=(supersedes("x"),)), a_source(), NOW)
    assert [one.target for one in db.links.newest()] == ["x"]

    db.memories.revise("one", a_decision(body="no more"), a_source(), NOW)

    assert db.links.newest() == []


@pytest.mark.parametrize("target", ["ADR 1", "x'; --", "ünï", "a" * 5000])
def test_a_target_is_kept_as_it_is_written(db, target):
    keep(db, "one", supersedes(target, evidence="it says so"))

    assert [one.target for one in db.links.newest()] == [target]


def keep_in_modules(db, uid, *modules, trust=Trust.TEAM, **changes):
    db.memories.add(uid, a_draft(modules=modules, **changes), a_source(trust=trust), NOW)


def test_modules_are_known_by_the_first_spelling_in_alphabetical_order(db):
    keep_in_modules(db, "one", "payments", "Auth")
    keep_in_modules(db, "two", "PAYMENTS", "api/core")

    assert db.labels.modules() == ["api/core", "Auth", "payments"]
    assert db.labels.spelling("Payments") == "payments"


def test_a_module_that_only_removed_memories_name_is_not_known(db):
    keep_in_modules(db, "one", "payments")
    keep_in_modules(db, "two", "PAYMENTS", "auth")
    db.memories.remove("one", a_source(), NOW)
    assert db.labels.modules() == ["auth", "PAYMENTS"]

    db.memories.revise("two", a_draft(modules=("auth",)), a_source(), NOW)

    assert db.labels.modules() == ["auth"]
    assert db.labels.spelling("payments") is None


def test_folders_that_archmem_took_for_modules_are_none_but_those_of_lessons_are(db):
    keep_in_modules(db, "one", "src", trust=Trust.DERIVED)
    keep_in_modules(db, "two", "auth", trust=Trust.DERIVED, details=Lesson())

    assert db.labels.modules() == ["auth"]


def test_an_empty_ledger_knows_no_module(db):
    assert db.labels.modules() == []
