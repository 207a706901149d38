import random

import pytest

from indexer import linking
from indexer.linking import link_references
from indexer.modules import label_modules
from indexer.resolution import Directory
from memory.kinds.vocabulary import LinkType, Trust
from memory.ledger.sqlite.connection import open_ledger
from memory.models.details import Baseline, Decision
from memory.models.memory import Reference
from memory.retrieval.passages import keep_memory, keep_revision
from tests.builders import NOW, a_decision, a_draft, a_source, day, supersedes


@pytest.fixture
def resolved(monkeypatch):
    """The references that were looked up."""
    asked = []

    class Noting(Directory):
        def resolve(self, target, near=None):
            asked.append(target)
            return super().resolve(target, near)

    monkeypatch.setattr(linking, "Directory", Noting)
    return asked


@pytest.fixture
def keep(ledger):
    def keep(uid, *references, **changes):
        with ledger.writing() as db:
            draft = a_decision(title=uid, references=references, **changes)
            keep_memory(db, uid, draft, a_source(path=f"{uid}.md"), NOW)

    keep("one")
    keep("two", supersedes("one"), supersedes("three"))
    assert link_references(ledger) == 1
    return keep


def test_nothing_is_looked_up_again_when_nothing_happened(ledger, keep, resolved):
    assert link_references(ledger) == 0

    assert resolved == []


def test_when_a_memory_comes_only_references_that_may_mean_it_are_looked_up(ledger, keep, resolved):
    keep("three", supersedes("four"))

    assert link_references(ledger) == 1

    assert resolved == ["three", "four"]


@pytest.mark.parametrize("change", ["removed", "moved", "renamed"])
def test_when_a_name_changes_the_references_that_hold_it_are_looked_up(
    ledger, keep, resolved, change
):
    with ledger.writing() as db:
        if change == "removed":
            db.memories.remove("one", a_source(), NOW)
        else:
            title = "other" if change == "renamed" else "one"
            path = "other.md" if change == "moved" else "one.md"
            keep_revision(db, "one", a_decision(title=title), a_source(path=path), NOW)

    link_references(ledger)

    assert resolved == ["one"]


def test_all_are_looked_up_when_that_is_asked_for(ledger, keep, resolved):
    link_references(ledger, anew=True)

    assert resolved == ["one", "three"]


@pytest.mark.parametrize(
    ("back", "meant"),
    [
        ("adr/0001-first.md", "meant"),
        ("ADR-1", "meant"),
        ("0001", "meant"),
        ("adr/0002-other.md", None),
    ],
)
def test_of_two_records_of_one_number_the_one_that_refers_back_is_meant(ledger, back, meant):
    def record(uid, path, number, *references):
        with ledger.writing() as db:
            draft = a_draft(title=uid, details=Decision(number=number), references=references)
            keep_memory(db, uid, draft, a_source(path=path), NOW)

    record("first", "adr/0001-first.md", 1, supersedes("ADR-7", inverse=True))
    record("namesake", "adr/0007-a.md", 7)
    record("meant", "adr/0007-b.md", 7, supersedes(back))
    link_references(ledger)

    found = {one.target: one.found for one in ledger.db.links.newest()}
    assert found["ADR-7"] == meant

    record("third", "adr/0007-c.md", 7, supersedes("adr/0001-first.md"))
    link_references(ledger)

    found = {one.target: one.found for one in ledger.db.links.newest()}
    assert found["ADR-7"] == (None if meant else "third"), "two refer back, or one"


TITLES = ["Use queues", "ADR-7: Use queues", "Payments", "Cache sessions", "Billing core"]
PATHS = ["adr/0007-queues.md", "pay/adr/0007-queues.md", "adr/0003-cache.md", "rfc/0007-x.md", None]
TARGETS = [
    *("ADR-7", "RFC 7", "3", "adr/0007-queues.md", "0007-queues", "use queues", "Payments", "m2"),
    *("baseline p95 latency of 2025-03-17", "p95_latency", "queue depth", "x/adr/0003-cache.md"),
]
METRICS = ["p95 latency", "p95", "queue_depth"]
MODULES = ["payments", "Payments", "billing core", "a/b", "cache"]
BODIES = [
    "cache, cache and Cache",
    "src/payments/x.py",
    "a/b/c and x/a/b.py",
    "billing core",
    "none",
]


def anything(pick):
    """The draft of some memory, and where it stands."""
    details = pick.choice(
        [
            Decision(number=pick.choice([None, 3, 7])),
            Baseline(metric=pick.choice(METRICS), value=pick.choice([90, 430])),
        ]
    )
    draft = a_draft(
        title=pick.choice(TITLES),
        body=pick.choice(BODIES),
        details=details,
        modules=tuple(pick.sample(MODULES, pick.choice([0, 0, 1]))),
        references=tuple(
            Reference(type=LinkType.RELATES_TO, target=target)
            for target in pick.sample(TARGETS, pick.randint(0, 3))
        ),
        valid_from=pick.choice([None, day("2025-03-17"), day("2025-11-10")]),
    )
    trust = pick.choice([Trust.TEAM, Trust.TEAM, Trust.DERIVED])
    return draft, a_source(path=pick.choice(PATHS), trust=trust)


def change(ledgers, pick, uids):
    """The same change of one memory in all ledgers."""
    uid = pick.choice([*uids, f"m{len(uids)}"])
    is_removal = pick.random() < 0.25
    said = anything(pick)
    for ledger in ledgers:
        with ledger.writing() as db:
            if uid not in uids:
                keep_memory(db, uid, *said, NOW)
            elif is_removal:
                db.memories.remove(uid, a_source(), NOW)
            else:
                keep_revision(db, uid, *said, NOW)
    return uid


def found(ledger):
    links = "SELECT revision_id, target, target_id FROM links ORDER BY id"
    labels = "SELECT * FROM labels ORDER BY revision_id, name, value"
    return ledger.db.execute(links).fetchall(), ledger.db.execute(labels).fetchall()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
def test_what_is_found_step_by_step_is_what_is_found_anew(tmp_path, seed):
    pick = random.Random(seed)
    one, all_ = (open_ledger(tmp_path / f"{name}.db", create=True) for name in ("one", "all"))
    for ledger in (one, all_):
        ledger.db.execute("PRAGMA synchronous = OFF")
    uids = set()

    for _ in range(40):
        for _ in range(pick.choice([1, 1, 1, 4])):
            uids.add(change((one, all_), pick, sorted(uids)))
        assert link_references(one) == link_references(all_, anew=True)
        label_modules(one)
        label_modules(all_, anew=True)
        assert found(one) == found(all_)

    one.close()
    all_.close()
