import pytest

from memory.kinds.vocabulary import Status
from memory.ledger.sqlite import relations
from memory.models.selection import NOW as TODAY
from memory.models.selection import Lens
from memory.retrieval.passages import keep_memory
from memory.standings import fetch_standings
from tests.builders import DAY, NOW, YEAR, a_decision, a_source, supersedes


def keep(db, uid, *targets, since=None, at=NOW, **changes):
    references = tuple(map(supersedes, targets))
    draft = a_decision(**{"title": uid, "references": references, "valid_from": since} | changes)
    keep_memory(db, uid, draft, a_source(), at)
    db.links.point([(one.link_id, one.target) for one in db.links.newest()])


@pytest.fixture
def chain(db):
    """a was decided three years ago, b replaced it two years ago, c replaced that a year ago."""
    keep(db, "a", since=NOW - 3 * YEAR, at=NOW - 3 * YEAR)
    keep(db, "b", "a", since=NOW - 2 * YEAR, at=NOW - 2 * YEAR)
    keep(db, "c", "b", since=NOW - YEAR, at=NOW - DAY)
    return db


def in_force(db, lens=TODAY) -> list[str]:
    return [uid for uid, one in fetch_standings(db, lens, "abc").items() if one.in_force]


def test_the_end_of_a_chain_is_found_from_its_beginning(chain):
    standings = fetch_standings(chain, TODAY, ["a"])

    assert (standings["a"].replaced_by, standings["a"].current) == (("b",), ("c",))
    assert standings.keys() == {"a", "b", "c"}


def test_what_was_in_force_on_a_day(chain):
    assert in_force(chain) == ["c"]
    assert in_force(chain, Lens(as_of=NOW - YEAR - DAY)) == ["b"]
    assert in_force(chain, Lens(as_of=NOW - 2 * YEAR - DAY)) == ["a"]
    assert in_force(chain, Lens(as_of=NOW - 4 * YEAR)) == []


def test_what_was_believed_on_a_day(chain):
    """c had held for most of a year, but nobody had written it down."""
    assert in_force(chain, Lens(known_at=NOW - 2 * DAY)) == ["b"]
    assert in_force(chain, Lens(as_of=NOW, known_at=NOW - 3 * YEAR)) == ["a"]


def test_what_was_removed_replaces_nothing_from_then_on(chain):
    chain.memories.remove("c", a_source(), NOW)

    assert in_force(chain) == ["b"]
    assert in_force(chain, Lens(as_of=NOW - DAY)) == ["c"]


def test_a_removed_memory_stands_for_nothing_and_says_since_when(chain):
    chain.memories.remove("c", a_source(), NOW)

    standing = fetch_standings(chain, TODAY, ["c"])["c"]

    assert (standing.in_force, standing.valid_to) == (False, NOW)


@pytest.mark.parametrize("who_says", ["old", "new"])
def test_a_record_that_calls_itself_superseded_held_until_its_heir_did(db, who_says):
    said = {"old": {"status": Status.SUPERSEDED}, "new": {}}
    said[who_says]["references"] = (
        supersedes("old") if who_says == "new" else supersedes("new", inverse=True),
    )
    for uid, since in (("old", NOW - 2 * YEAR), ("new", NOW - YEAR)):
        keep(db, uid, since=since, **said[uid])
    point = [(one.link_id, one.target) for one in db.links.newest()]
    db.links.point(point)

    earlier = fetch_standings(db, Lens(as_of=NOW - YEAR - DAY), ["old", "new"])

    assert {uid: one.in_force for uid, one in earlier.items()} == {"old": True}
    assert fetch_standings(db, TODAY, ["old"])["old"].replaced_by == ("new",)


def test_nothing_is_said_of_what_the_lens_does_not_show(chain):
    assert fetch_standings(chain, Lens(known_at=NOW - 4 * YEAR), "abc") == {}


def test_a_chain_of_many_is_followed_to_its_end(db):
    names = [f"m{number:02}" for number in range(15)]
    for number, name in enumerate(names):
        keep(db, name, *names[max(0, number - 1) : number])

    assert fetch_standings(db, TODAY, ["m00"])["m00"].current == ("m14",)


@pytest.mark.parametrize("uids", ["a", "c", "abc"])
def test_of_many_memories_the_same_is_known_as_of_few(chain, monkeypatch, uids):
    few = fetch_standings(chain, TODAY, uids)
    monkeypatch.setattr(relations, "MANY", 0)
    assert fetch_standings(chain, TODAY, uids) == few
