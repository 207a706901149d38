from memory.kinds.vocabulary import Trust
from memory.models.details import Lesson
from tests.builders import NOW, a_draft, a_source


def keep(db, uid, *modules, trust=Trust.TEAM, **changes):
    db.memories.add(uid, a_draft(modules=modules, **changes), a_source(trust=trust), NOW)


def test_modules_are_known_by_the_first_spelling_in_alphabetical_order(db):
    keep(db, "one", "payments", "Auth")
    keep(db, "two", "PAYMENTS", "api/core")

    assert db.labels.modules() == ["api/core", "Auth", "payments"]
    assert db.labels.spelling("Payments") == "payments"


def test_a_module_that_only_removed_memories_name_is_not_known(db):
    keep(db, "one", "payments")
    keep(db, "two", "PAYMENTS", "auth")
    db.memories.remove("one", a_source(), NOW)
    assert db.labels.modules() == ["auth", "PAYMENTS"]

    db.memories.revise("two", a_draft(modules=("auth",)), a_source(), NOW)

    assert db.labels.modules() == ["auth"]
    assert db.labels.spelling("payments") is None


def test_folders_that_archmem_took_for_modules_are_none_but_those_of_lessons_are(db):
    keep(db, "one", "src", trust=Trust.DERIVED)
    keep(db, "two", "auth", trust=Trust.DERIVED, details=Lesson())

    assert db.labels.modules() == ["auth"]


def test_an_empty_ledger_knows_no_module(db):
    assert db.labels.modules() == []
