import pytest

from indexer.history.subjects import Subject, folded, read_subject


@pytest.mark.parametrize(
    ("line", "subject"),
    [
        (
            "refactor(auth)!: gather checks (#12)",
            Subject("refactor", "auth", "gather checks", "12"),
        ),
        ("fix: x (#1) (backport #2) (#3)", Subject("fix", "", "x", "3")),
        (
            "[ENH](blockstore): split reads (#7444)",
            Subject("enh", "blockstore", "split reads", "7444"),
        ),
        ("[CLN] Rename x", Subject("cln", "", "Rename x")),
        ("SHOP-17: Move x to y", Subject("", "", "Move x to y")),
        ("SHOP-17 - Move x to y SHOP-17 #time 10m", Subject("", "", "Move x to y")),
        (":recycle: Move x to y", Subject("", "", "Move x to y")),
        ("Move x to y", Subject("", "", "Move x to y")),
        ("", Subject("", "", "")),
    ],
)
def test_a_subject_is_taken_apart(line, subject):
    assert read_subject(line) == subject


def test_titles_are_compared_without_numbers_and_case():
    assert folded("Split  Payments (#12)") == folded("split payments (#9) (#12)")


def test_a_subject_without_an_end_is_read_quickly():
    assert read_subject("refactor: " + "x (" * 50_000).type == "refactor"
