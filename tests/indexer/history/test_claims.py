import pytest

from indexer.history.claims import Claim, claim_of
from indexer.history.subjects import read_subject


def claim(line: str) -> Claim:
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
    assert claim(line) is Claim.PLAIN


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
    assert claim(line) is Claim.MAYBE


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
    assert claim(line) is Claim.TRIFLE


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
    assert claim(line) is Claim.OTHER


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
    assert claim(line) in (Claim.SILENT, Claim.OTHER)


@pytest.mark.parametrize(
    "line", ["Merge main to feature-x", "Merge branch 'x' into y", "merged in master"]
)
def test_bringing_branches_together_is_none(line):
    assert claim(line) is Claim.BRANCH


def test_bringing_a_fork_back_is_none_but_joining_two_folders_may_be_one():
    assert claim("merge dana/java-v1-api into java-v1") is Claim.BRANCH
    assert claim("merge src/orders into src/sales") is Claim.MAYBE
