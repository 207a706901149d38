from datetime import UTC, datetime

import pytest

from memory.ledger.anchors import (
    Finding,
    fetch_freshness,
    judged,
    kept_findings,
    save_findings,
)
from memory.ledger.changes import revised_since
from memory.ledger.memories import remove_memory, save_memory, save_revision
from memory.models.freshness import Checked, Verdict
from memory.models.selection import NOW, Lens
from tests.builders import a_draft, a_source

AT = datetime(2026, 6, 1, tzinfo=UTC)
UID = "not-aaaaaaaa"


def checked(name="src/a.py", verdict=Verdict.FRESH, **more):
    return Checked(type="path", name=name, verdict=verdict, reason="why", **more)


@pytest.fixture
def known(db):
    save_memory(db, UID, a_draft(), a_source(), AT)
    findings = [
        Finding(checked("src/b.py"), "src/b.py"),
        Finding(checked("src/a.py", Verdict.MOVED, target="src/c.py"), "src/a.py"),
    ]
    save_findings(db, UID, 1, findings, since="1" * 40, commit="2" * 40)
    return db


def test_a_memory_is_as_fresh_as_the_worst_of_what_it_names(known):
    found = fetch_freshness(known, NOW, [UID, "not-bbbbbbbb"])

    assert set(found) == {UID}
    assert found[UID].verdict is Verdict.MOVED
    assert [one.name for one in found[UID].anchors] == ["src/a.py", "src/b.py"]
    assert found[UID].commit == "2" * 40


def test_gone_is_worse_than_changed_and_that_than_moved():
    order = [Verdict.GONE, Verdict.CHANGED, Verdict.MOVED, Verdict.UNKNOWN, Verdict.FRESH]

    found = judged(checked(f"{place}.py", one) for place, one in enumerate(reversed(order)))

    assert [one.verdict for one in found.anchors] == order


def test_findings_come_back_in_the_order_of_the_text(known):
    assert [one.finding.checked.name for one in kept_findings(known)] == ["src/b.py", "src/a.py"]
    assert {one.since for one in kept_findings(known)} == {"1" * 40}


def test_what_was_found_of_an_older_revision_says_nothing_of_a_newer_one(known):
    save_revision(known, UID, a_draft(body="Another"), a_source(), AT)

    assert fetch_freshness(known, NOW, [UID]) == {}
    save_findings(known, UID, 1, [Finding(checked())], since="", commit="")  # came too late
    assert kept_findings(known) == []


def test_the_present_says_nothing_of_the_past(known):
    assert fetch_freshness(known, Lens(as_of=AT), [UID]) == {}


def test_a_removed_memory_names_nothing(known):
    remove_memory(known, UID, a_source(), AT)

    assert kept_findings(known) == []
    assert revised_since(known, 0) == []


def test_only_newer_revisions_are_new(known):
    assert revised_since(known, 0) == [UID]
    assert revised_since(known, 1) == []
