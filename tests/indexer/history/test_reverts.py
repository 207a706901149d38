import pytest

from indexer.history.commit_messages import UndoneCommits, is_revert, read_revert
from tests.indexer.history.conftest import a_commit

HASH = "0123456789abcdef02468ace13579bdf01234567"


def test_a_hash_is_surer_than_the_title():
    said = read_revert(a_commit('Revert "Split x"', body=f"This reverts commit {HASH}."))

    assert said.hashes == (HASH,)
    assert said.titles == ()
    assert not said.again


@pytest.mark.parametrize(
    ("body", "hashes"),
    [
        (f"This reverts commit {HASH[:8]}.", (HASH[:8],)),
        (
            f"This reverts commits {HASH[:8]}, {HASH[8:16]} and {HASH[16:24]}.",
            (HASH[:8], HASH[8:16], HASH[16:24]),
        ),
        (
            f"This reverts commit {HASH[:8]}.\nThis reverts commit {HASH[8:16]}.",
            (HASH[:8], HASH[8:16]),
        ),
        (f"Reverts https://github.com/shop/shop/commit/{HASH}", (HASH,)),
        (f"This reverts https://gitlab.com/shop/api/-/commit/{HASH[:12]}.", (HASH[:12],)),
        (f"Revert commit https://bitbucket.org/shop/shop/commits/{HASH}", (HASH,)),
        (f"See https://github.com/shop/shop/commit/{HASH}", ()),
        (f"This partially reverts commit {HASH}.", ()),
        (f"Reverts parts of {HASH}.", ()),
    ],
)
def test_hashes_stand_in_the_message(body, hashes):
    assert read_revert(a_commit("Undo it", body=body)).hashes == hashes


@pytest.mark.parametrize(
    ("subject", "title", "again"),
    [
        ('Revert "Split x (#12)" (#13)', "split x", False),
        ("Revert “Split x”", "split x", False),
        ('revert: "feat: split x" (#13)', "feat: split x", False),
        ("revert(api): split x", "split x", False),
        ('Roll back "split x"', "split x", False),
        ('Revert "Revert "Split x""', "split x", True),
        ('Reapply "Split x"', "split x", True),
        ('Revert "Reapply "Split x""', "split x", False),
    ],
)
def test_titles_are_quoted_or_follow_a_type(subject, title, again):
    said = read_revert(a_commit(subject))

    assert (said.titles, said.again) == ((title,), again)
    assert is_revert(a_commit(subject))


def test_numbers_of_pull_requests_are_read_from_title_and_text():
    said = read_revert(a_commit('Revert "Split x (#12)"', body="Reverts shop/shop#12"))

    assert said.numbers == ("12",)


def test_a_footer_names_commits_only_for_reverts():
    assert read_revert(a_commit("revert: x", body="Refs: 676104e, a215868")).hashes == (
        "676104e",
        "a215868",
    )
    assert not read_revert(a_commit("fix: x", body="Refs: 676104e, a215868"))


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (f"This reverts commit {HASH}.\n\nIt broke exports.\n", "It broke exports."),
        (f"This reverts commit {HASH}, because it broke exports.", "because it broke exports."),
        (f"This reverts commit {HASH}.\n\nSigned-off-by: Dana <d@example.org>", ""),
        (f"This reverts commit {HASH}, reversing\nchanges made to {HASH[::-1]}.", ""),
    ],
)
def test_the_reason_is_what_else_is_said(body, reason):
    assert read_revert(a_commit('Revert "Split x"', body=body)).reason == reason


def test_a_partial_revert_undoes_nothing():
    assert not read_revert(a_commit("Partially revert refactor", body=f"Reverts {HASH}"))


def test_a_merge_is_told_by_its_words():
    said = read_revert(
        a_commit(
            "Revert \"Merge branch 'x'\"",
            body=f"This reverts commit {HASH}, reversing\nchanges made to y.",
        )
    )

    assert said.merges == (HASH,)


@pytest.mark.parametrize(
    "subject", ["feat: revert an order", "Fix rollback of orders", "Add revert button"]
)
def test_others_that_speak_of_reverting_are_none(subject):
    assert not is_revert(a_commit(subject))
    assert not read_revert(a_commit(subject))


def test_many_commits_are_held_against_what_reverts_undo():
    undone = UndoneCommits()
    undone.add(read_revert(a_commit('Revert "Split x (#12)"')))
    undone.add(read_revert(a_commit("Undo", body=f"This reverts commit {HASH[:8]}.")))

    assert a_commit("split x (#12)") in undone
    assert a_commit("other", hash=HASH) in undone
    assert a_commit("other") not in undone
    assert a_commit("other") not in UndoneCommits()


@pytest.mark.slow
def test_hostile_messages_are_read_quickly():
    for text in ("revert " * 30_000, "0123456 " * 20_000, 'Revert "' * 20_000):
        read_revert(a_commit(text[:500], body=text))
