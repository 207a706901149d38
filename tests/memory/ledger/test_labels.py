from memory.ledger.labels import known_module, known_modules
from memory.ledger.memories import remove_memory, save_memory, save_revision
from memory.models.details import Lesson
from memory.models.kinds import Trust
from tests.builders import NOW, a_draft, a_source


def keep(db, uid, *modules, trust=Trust.TEAM, **changes):
    save_memory(db, uid, a_draft(modules=modules, **changes), a_source(trust=trust), NOW)


def test_modules_are_known_by_the_first_spelling_in_alphabetical_order(db):
    keep(db, "one", "payments", "Auth")
    keep(db, "two", "PAYMENTS", "api/core")

    assert known_modules(db) == ["api/core", "Auth", "payments"]
    assert known_module(db, "Payments") == "payments"


def test_a_module_that_only_removed_memories_name_is_not_known(db):
    keep(db, "one", "payments")
    keep(db, "two", "PAYMENTS", "auth")
    remove_memory(db, "one", a_source(), NOW)
    assert known_modules(db) == ["auth", "PAYMENTS"]

    save_revision(db, "two", a_draft(modules=("auth",)), a_source(), NOW)

    assert known_modules(db) == ["auth"]
    assert known_module(db, "payments") is None


def test_folders_that_archmem_took_for_modules_are_none_but_those_of_lessons_are(db):
    keep(db, "one", "src", trust=Trust.DERIVED)
    keep(db, "two", "auth", trust=Trust.DERIVED, details=Lesson())

    assert known_modules(db) == ["auth"]


def test_an_empty_ledger_knows_no_module(db):
    assert known_modules(db) == []
