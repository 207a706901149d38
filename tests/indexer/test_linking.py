import pytest

from indexer import linking
from indexer.linking import link_references
from indexer.resolution import Directory
from memory.ledger.memories import remove_memory
from memory.retrieval.intake import keep_memory, keep_revision
from tests.builders import NOW, a_decision, a_source, supersedes


@pytest.fixture
def resolved(monkeypatch):
    """The references that were looked up."""
    asked = []

    class Noting(Directory):
        def resolve(self, target, near=None):
            asked.append(target)
            return super().resolve(target, near)

    monkeypatch.setattr(linking, "Directory", Noting)
    return asked


@pytest.fixture
def keep(ledger):
    def keep(uid, *references, **changes):
        with ledger.writing() as db:
            draft = a_decision(title=uid, references=references, **changes)
            keep_memory(db, uid, draft, a_source(path=f"{uid}.md"), NOW)

    keep("one")
    keep("two", supersedes("one"), supersedes("three"))
    assert link_references(ledger) == 1
    return keep


def test_nothing_is_looked_up_again_when_nothing_happened(ledger, keep, resolved):
    assert link_references(ledger) == 0

    assert resolved == []


def test_when_only_words_change_the_references_of_the_new_revision_are_looked_up(
    ledger, keep, resolved
):
    with ledger.writing() as db:
        draft = a_decision(title="one", body="Other words.", references=(supersedes("two"),))
        keep_revision(db, "one", draft, a_source(path="one.md"), NOW)

    assert link_references(ledger) == 1

    assert resolved == ["two"]


def test_when_a_memory_comes_all_references_are_looked_up(ledger, keep, resolved):
    keep("three")

    assert link_references(ledger) == 1

    assert resolved == ["one", "three"]


@pytest.mark.parametrize("change", ["removed", "moved", "renamed"])
def test_when_a_name_changes_all_references_are_looked_up(ledger, keep, resolved, change):
    with ledger.writing() as db:
        if change == "removed":
            remove_memory(db, "one", a_source(), NOW)
        else:
            title = "other" if change == "renamed" else "one"
            path = "other.md" if change == "moved" else "one.md"
            keep_revision(db, "one", a_decision(title=title), a_source(path=path), NOW)

    link_references(ledger)

    assert resolved == ["one", "three"]


def test_all_are_looked_up_when_that_is_asked_for(ledger, keep, resolved):
    link_references(ledger, anew=True)

    assert resolved == ["one", "three"]
