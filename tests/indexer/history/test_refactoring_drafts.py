from hypothesis import given
from hypothesis import strategies as st

from indexer.git.log import FileChange
from indexer.history.refactoring_drafts import (
    FolderMove,
    Undoing,
    folder_moves,
    redone,
    undoers_of,
    undone,
)
from memory.kinds.vocabulary import Status
from memory.models.details import Refactoring
from memory.models.memory import Draft
from tests.indexer.history.conftest import START

BY, AGAIN, LAST = ("b" * 40, "c" * 40, "d" * 40)
SAID = (
    "Reverted for a while, and done again by commit --help-me-no",
    "Reverted by commit abc in the old tree, so we do it again.",
    "It changed 2 files in api.",
    "Why not",
)


def a_draft(*said: str) -> Draft:
    details = Refactoring(status=Status.DONE, commits=("a" * 40,))
    return Draft(title="Split api", body="\n\n".join(said), details=details, key="a" * 40)


@given(st.lists(st.sampled_from(SAID), min_size=1))
def test_a_message_names_no_undoer_and_loses_nothing(said):
    draft = a_draft(*said)
    assert undoers_of(draft) == set()

    off = undone(draft, Undoing(BY, START, "it was slow"))
    assert undoers_of(off) == {BY}
    assert off.body == f"{draft.body}\n\nReverted by commit {BY[:12]} on 2024-01-01: it was slow"

    on = redone(off, Undoing(AGAIN, START))
    assert undoers_of(on) == {AGAIN}
    assert on.body.startswith(f"{draft.body}\n\nReverted for a while, and done again by commit c")

    again = undone(on, Undoing(LAST, None))
    assert undoers_of(again) == {AGAIN, LAST}
    assert again.body == f"{on.body}\n\nReverted by commit {LAST[:12]}."


def test_an_undoing_is_known_after_it_was_kept():
    kept = undone(a_draft(*SAID), Undoing(BY, START, "it was slow"))
    kept = redone(kept, Undoing(AGAIN, START))
    kept = Draft.model_validate_json(kept.model_dump_json())

    assert undoers_of(kept) == {AGAIN}
    assert kept.body.count("Reverted by commit b") == 0


def renamed(*pairs):
    return [FileChange("R", new, old) for old, new in pairs]


def test_files_are_told_by_the_folders_that_differ():
    changes = renamed(("api/a/x.py", "web/a/x.py"), ("api/b/y.py", "web/b/y.py"), ("q.py", "r.py"))

    assert folder_moves(changes) == [FolderMove("api", "web", 2), FolderMove("q.py", "r.py", 1)]


def test_a_thousand_renamed_files_are_one_move():
    changes = renamed(*((f"old/{n}/x.py", f"new/{n}/x.py") for n in range(1_000)))

    assert folder_moves(changes) == [FolderMove("old", "new", 1_000)]


def test_files_that_got_another_name_in_their_folder_are_told_singly():
    changes = renamed(("api/a.py", "api/b.py"), ("api/c.py", "api/d.py"))

    assert folder_moves(changes) == [
        FolderMove("api/a.py", "api/b.py", 1),
        FolderMove("api/c.py", "api/d.py", 1),
    ]
