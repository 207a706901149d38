from datetime import UTC, datetime

import pytest

from memory.ledger.interface.upkeep import AnchorFinding, judged
from memory.models.assessment import AnchorVerdict, CheckedAnchor
from memory.models.selection import NOW, Lens
from tests.builders import a_draft, a_source

AT = datetime(2026, 6, 1, tzinfo=UTC)
UID = "not-aaaaaaaa"


def checked(name="src/a.py", verdict=AnchorVerdict.FRESH, **more):
    return CheckedAnchor(type="path", name=name, verdict=verdict, reason="why", **more)


@pytest.fixture
def known(db):
    db.memories.add(UID, a_draft(), a_source(), AT)
    findings = [
        AnchorFinding(checked("src/b.py"), "src/b.py"),
        AnchorFinding(checked("src/a.py", AnchorVerdict.MOVED, target="src/c.py"), "src/a.py"),
    ]
    db.anchors.save(UID, 1, findings, since="1" * 40, commit="2" * 40)
    return db


def test_a_memory_is_as_fresh_as_the_worst_of_what_it_names(known):
    found = known.anchors.freshness(NOW, [UID, "not-bbbbbbbb"])

    assert set(found) == {UID}
    assert found[UID].verdict is AnchorVerdict.MOVED
    assert [one.name for one in found[UID].anchors] == ["src/a.py", "src/b.py"]
    assert found[UID].commit == "2" * 40


def test_gone_is_worse_than_changed_and_that_than_moved():
    order = [
        AnchorVerdict.GONE,
        AnchorVerdict.CHANGED,
        AnchorVerdict.MOVED,
        AnchorVerdict.UNKNOWN,
        AnchorVerdict.FRESH,
    ]

    found = judged(checked(f"{place}.py", one) for place, one in enumerate(reversed(order)))

    assert [one.verdict for one in found.anchors] == order


def test_findings_come_back_in_the_order_of_the_text(known):
    assert [one.finding.checked.name for one in known.anchors.findings()] == [
        "src/b.py",
        "src/a.py",
    ]
    assert {one.since for one in known.anchors.findings()} == {"1" * 40}


def test_what_was_found_of_an_older_revision_says_nothing_of_a_newer_one(known):
    known.memories.revise(UID, a_draft(body="Another"), a_source(), AT)

    assert known.anchors.freshness(NOW, [UID]) == {}
    known.anchors.save(UID, 1, [AnchorFinding(checked())], since="", commit="")  # came too late
    assert known.anchors.findings() == []


def test_the_present_says_nothing_of_the_past(known):
    assert known.anchors.freshness(Lens(as_of=AT), [UID]) == {}


def test_a_removed_memory_names_nothing(known):
    known.memories.remove(UID, a_source(), AT)

    assert known.anchors.findings() == []
    assert known.changes.revised(0) == []


def test_only_newer_revisions_are_new(known):
    assert known.changes.revised(0) == [UID]
    assert known.changes.revised(1) == []
