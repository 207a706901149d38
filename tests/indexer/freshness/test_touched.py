import pytest

from indexer.freshness.look import ChangedPaths, is_touched
from memory.ledger.interface.upkeep import AnchorFinding
from memory.models.assessment import AnchorVerdict, CheckedAnchor


def finding(kind, name, verdict=AnchorVerdict.FRESH, place="", target=""):
    checked = CheckedAnchor(type=kind, name=name, verdict=verdict, reason="why", target=target)
    return AnchorFinding(checked, place)


@pytest.mark.parametrize(
    ("one", "touched", "expected"),
    [
        (
            finding("path", "src/a.py", place="src/a.py"),
            ChangedPaths(frozenset({"src/a.py"})),
            True,
        ),
        (
            finding("path", "src/a.py", place="src/a.py"),
            ChangedPaths(frozenset({"src/b.py"})),
            False,
        ),
        (finding("path", "src", place="src"), ChangedPaths(frozenset({"src/b.py"})), True),
        (
            finding("path", "b.py", AnchorVerdict.UNKNOWN),
            ChangedPaths(frozenset({"src/b.py"})),
            True,
        ),
        (
            finding("path", "src/a.py", AnchorVerdict.MOVED, "src/a.py", "lib/a.py"),
            ChangedPaths(frozenset({"lib/a.py"})),
            True,
        ),
        (finding("symbol", "run", place="a.py"), ChangedPaths(frozenset({"a.py"})), True),
        (
            finding("symbol", "run", place="a.py"),
            ChangedPaths(frozenset({"b.py"}), frozenset({"run"})),
            False,
        ),
        (
            finding("symbol", "Job.run", AnchorVerdict.GONE),
            ChangedPaths(frozenset({"b.py"}), frozenset({"run"})),
            True,
        ),
        (finding("version", "Redis 7"), ChangedPaths(frozenset({"compose.yml"})), True),
        (finding("version", "Redis 7"), ChangedPaths(frozenset({"a.py"})), False),
        (finding("commit", "1a2b3c4"), ChangedPaths(frozenset(), has_moved=True), False),
        (
            finding("commit", "1a2b3c4", AnchorVerdict.GONE),
            ChangedPaths(frozenset(), has_moved=True),
            True,
        ),
    ],
)
def test_only_what_may_be_another_is_looked_at_again(one, touched, expected):
    assert is_touched(one, touched) is expected
