import pytest

from indexer.freshness.look import Touched, is_touched
from memory.ledger.interface.upkeep import Finding
from memory.models.assessment import AnchorVerdict, Checked


def finding(kind, name, verdict=AnchorVerdict.FRESH, place="", target=""):
    checked = Checked(type=kind, name=name, verdict=verdict, reason="why", target=target)
    return Finding(checked, place)


@pytest.mark.parametrize(
    ("one", "touched", "expected"),
    [
        (finding("path", "src/a.py", place="src/a.py"), Touched(frozenset({"src/a.py"})), True),
        (finding("path", "src/a.py", place="src/a.py"), Touched(frozenset({"src/b.py"})), False),
        (finding("path", "src", place="src"), Touched(frozenset({"src/b.py"})), True),
        (finding("path", "b.py", AnchorVerdict.UNKNOWN), Touched(frozenset({"src/b.py"})), True),
        (
            finding("path", "src/a.py", AnchorVerdict.MOVED, "src/a.py", "lib/a.py"),
            Touched(frozenset({"lib/a.py"})),
            True,
        ),
        (finding("symbol", "run", place="a.py"), Touched(frozenset({"a.py"})), True),
        (
            finding("symbol", "run", place="a.py"),
            Touched(frozenset({"b.py"}), frozenset({"run"})),
            False,
        ),
        (
            finding("symbol", "Job.run", AnchorVerdict.GONE),
            Touched(frozenset({"b.py"}), frozenset({"run"})),
            True,
        ),
        (finding("version", "Redis 7"), Touched(frozenset({"compose.yml"})), True),
        (finding("version", "Redis 7"), Touched(frozenset({"a.py"})), False),
        (finding("commit", "1a2b3c4"), Touched(frozenset(), has_moved=True), False),
        (
            finding("commit", "1a2b3c4", AnchorVerdict.GONE),
            Touched(frozenset(), has_moved=True),
            True,
        ),
    ],
)
def test_only_what_may_be_another_is_looked_at_again(one, touched, expected):
    assert is_touched(one, touched) is expected
