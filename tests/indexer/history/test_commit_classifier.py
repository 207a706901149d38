import pytest

from indexer.git.log import FileChange
from indexer.history.commit_classifier import MANY, CommitClass, SubjectClaim, claim_of, classify
from indexer.history.commit_messages import read_subject
from tests.indexer.history.conftest import a_commit

DOCS = [FileChange("M", "docs/guide.md")]
TESTS = [FileChange("M", "tests/test_refunds.py"), FileChange("M", "src/refunds.test.ts")]
THREE = [FileChange("M", f"src/{name}.py") for name in "abc"]
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
    assert classify(commit) is CommitClass.SAID


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
    assert classify(commit) is CommitClass.NO


def test_many_files_in_another_folder_are_one_whatever_is_said():
    assert classify(a_commit("fix: a test", renamed=MOVES)) is CommitClass.SEEN


def test_a_few_moved_files_among_many_changed_ones_are_not():
    changed = [FileChange("M", f"src/{n}.py") for n in range(100)]

    assert classify(a_commit("fix: a test", changes=changed, renamed=MOVES)) is CommitClass.NO


def test_what_was_undone_needs_no_more_than_its_verb():
    commit = a_commit("feat: split up the embedders")

    assert classify(commit) is CommitClass.NO
    assert classify(commit, is_undone=True) is CommitClass.SAID


def test_without_its_changes_only_what_says_so_counts():
    assert classify(a_commit(changes=[], knows_changes=False)) is CommitClass.SAID
    assert classify(a_commit("Move x to y", changes=[], knows_changes=False)) is CommitClass.NO


def claim(line: str) -> SubjectClaim:
    return claim_of(read_subject(line))


@pytest.mark.parametrize(
    "line",
    [
        "refactor: one way to pay",
        "refactor(api)!: one way to pay (#12)",
        "Refactor the payment gateway",
        "Refactored hierarchy of parameters",
        "chore: refactor go schema extraction",
        "chore(refactor): add utils for timelines",
        "Decouple payments from orders",
        "Consolidate the three clients",
        "Factor common plugin code out into a package",
        "Restructure navigation",
        "JS Client Refactor (full stack)",
        "Some refactoring to make the id nullable",
    ],
)
def test_a_refactoring_may_say_so(line):
    assert claim(line) is SubjectClaim.PLAIN


@pytest.mark.parametrize(
    "line",
    [
        "Extract a gateway",
        "move timeline API to internal",
        "fix: move key package to common",
        "Rename Codec to Transcode",
        "split DAL into two packages",
        "Inline the retry helper",
        "Merge orders into sales",
        "Replace the poller with a queue",
        "Minor refactor to gather metrics",
        "Change interface from Resolver to Router",
    ],
)
def test_some_verbs_may_mean_one(line):
    assert claim(line) is SubjectClaim.MAYBE


@pytest.mark.parametrize(
    "line",
    [
        "refactor: fix typos",
        "refactor: rename tests",
        "move docs to the wiki",
        "rename a variable to total",
        "replace testnet-4 with testnet-5",
        "split the CI workflow into two",
    ],
)
def test_what_has_no_structure_is_a_trifle(line):
    assert claim(line) is SubjectClaim.TRIFLE


@pytest.mark.parametrize(
    "line",
    [
        "docs: refactor the guide",
        "test: extract a helper",
        "chore(deps): replace left-pad with right-pad",
        "refactor(test): use one fixture",
        "refactor",
        "chore: refactoring (#12)",
        "cleanup",
    ],
)
def test_others_are_none_or_say_nothing(line):
    assert claim(line) is SubjectClaim.OTHER


@pytest.mark.parametrize(
    "line",
    [
        "Fix tests after the refactoring",
        "Make it public so that we can refactor later",
        "feat: scrollable sidebar and refactor",
        "feat: add a ruler. refactor calculations",
        "feat: pay by card",
        "Extraction of texts is slow",
        "move",
    ],
)
def test_a_word_in_passing_claims_nothing(line):
    assert claim(line) in (SubjectClaim.SILENT, SubjectClaim.OTHER)


@pytest.mark.parametrize(
    "line", ["Merge main to feature-x", "Merge branch 'x' into y", "merged in master"]
)
def test_bringing_branches_together_is_none(line):
    assert claim(line) is SubjectClaim.BRANCH


def test_bringing_a_fork_back_is_none_but_joining_two_folders_may_be_one():
    assert claim("merge dana/java-v1-api into java-v1") is SubjectClaim.BRANCH
    assert claim("merge src/orders into src/sales") is SubjectClaim.MAYBE
