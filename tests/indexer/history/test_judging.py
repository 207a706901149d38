import pytest

from indexer.history.judging import MANY, Verdict, judge
from indexer.history.log import Change
from tests.indexer.history.conftest import a_commit

DOCS = [Change("M", "docs/guide.md")]
TESTS = [Change("M", "tests/test_refunds.py"), Change("M", "src/refunds.test.ts")]
THREE = [Change("M", f"src/{name}.py") for name in "abc"]
MOVES = [(f"src/api/{n}.py", f"src/payments/{n}.py") for n in range(MANY)]


@pytest.mark.parametrize(
    "commit",
    [
        a_commit("refactor: split payments"),
        a_commit("Extract a gateway", changes=THREE),
        a_commit("fix: move refunds to payments", renamed=MOVES[:1]),
        a_commit("feat: refactor the console", changes=THREE),
        a_commit("move docs and code to payments", renamed=MOVES[:2]),
    ],
)
def test_what_is_said_and_done_is_a_refactoring(commit):
    assert judge(commit) is Verdict.SAID


@pytest.mark.parametrize(
    "commit",
    [
        a_commit("refactor: the guide", changes=DOCS),
        a_commit("refactor: helpers of tests", changes=TESTS),
        a_commit("refactor: fix typo"),
        a_commit("Extract a gateway"),  # one file: it may be about anything
        a_commit("fix: replace an insecure key with a safe one", changes=THREE),
        a_commit("feat: refactor the console"),
        a_commit("feat: pay by card", renamed=MOVES[1:]),
        a_commit("refactor: split payments", parents=("b" * 40, "c" * 40)),
        a_commit('Revert "refactor: split payments"'),
        a_commit("Merge main to feature-x", renamed=MOVES),
        a_commit("Vendor a library", renamed=[(f"a/{n}.go", f"vendor/{n}.go") for n in range(20)]),
    ],
)
def test_in_doubt_it_is_none(commit):
    assert judge(commit) is Verdict.NO


def test_many_files_in_another_folder_are_one_whatever_is_said():
    assert judge(a_commit("fix: a test", renamed=MOVES)) is Verdict.SEEN


def test_a_few_moved_files_among_many_changed_ones_are_not():
    changed = [Change("M", f"src/{n}.py") for n in range(100)]

    assert judge(a_commit("fix: a test", changes=changed, renamed=MOVES)) is Verdict.NO


def test_what_was_undone_needs_no_more_than_its_verb():
    commit = a_commit("feat: split up the embedders")

    assert judge(commit) is Verdict.NO
    assert judge(commit, is_undone=True) is Verdict.SAID


def test_without_its_changes_only_what_says_so_counts():
    assert judge(a_commit(changes=[], knows_changes=False)) is Verdict.SAID
    assert judge(a_commit("Move x to y", changes=[], knows_changes=False)) is Verdict.NO
