"""What becomes of answers when bytes of the ledger are no longer those that were written."""

import os
import random
import shutil
import sqlite3
from collections import Counter
from contextlib import closing

import pytest

from indexer.project import open_project
from memory.errors import StoreDamaged
from memory.ledger.sqlite.seals import SEALED, register
from tests.builders import CHAOS, copy_project
from tests.shop import write_shop

QUESTION = "why do payments wait in a queue"
PAGE = 4096


@pytest.fixture
def root(tmp_path, word_model):
    folder = tmp_path / "shop"
    write_shop(folder)
    with open_project(folder, environment={}) as memory:
        memory.index()
    return folder


@pytest.fixture
def ledger(root):
    return root / ".archmem/memory.db"


def told(root) -> dict[str, object]:
    """What is answered, and what is said to be left out."""
    with open_project(root, environment={}) as memory:
        listed = {one.memory.uid: one.model_dump_json() for one in memory.list()}
        found = [hit.memory.uid for hit in memory.search(QUESTION).hits]
        shown = {uid: memory.show(uid).model_dump_json() for uid in list(listed)[:3]}
        brief = memory.brief(QUESTION).text
        damage = memory.ledger.damage
    said = {"listed": listed, "found": found, "shown": shown, "brief": brief}
    return {**said, "damage": damage}


def check(root, sound) -> str:
    """How a damaged ledger answers; fails where it answers something else and does not say so."""
    try:
        answers = told(root)
    except StoreDamaged:
        return "refused"
    if answers["damage"] is None:
        assert answers == sound
        return "as it was"
    for uid, said in answers["listed"].items():
        words = sound["listed"][uid]
        body = words[words.index('"draft"') : words.index('"source"')]
        assert body in said, uid
    return "left out"


@pytest.mark.slow
def test_no_page_that_is_inverted_gives_other_words_or_a_bare_exception(root, ledger, tell):
    sound, whole = told(root), ledger.read_bytes()
    outcomes = []

    for start in range(0, len(whole), PAGE):
        page = bytes(255 - byte for byte in whole[start : start + PAGE])
        ledger.write_bytes(whole[:start] + page + whole[start + PAGE :])
        outcomes.append(check(root, sound))

    tell(pages=len(outcomes), **Counter(one.replace(" ", "_") for one in outcomes))
    assert set(outcomes) <= {"refused", "left out"}
    assert outcomes.count("left out") > 0.8 * len(outcomes)  # all but those that define the tables


@pytest.mark.slow
def test_no_flipped_bit_gives_other_words_or_a_bare_exception(root, ledger, tell):
    sound, whole = told(root), ledger.read_bytes()
    dice = random.Random(7)

    outcomes = []
    for _ in range(max(60, CHAOS)):
        changed = bytearray(whole)
        changed[dice.randrange(len(whole))] ^= 1 << dice.randrange(8)
        ledger.write_bytes(changed)
        outcomes.append(check(root, sound))
    tell(bits=len(outcomes), **Counter(one.replace(" ", "_") for one in outcomes))


@pytest.mark.slow
@pytest.mark.parametrize("table", [one.name for one in SEALED if one.name != "consolidations"])
def test_a_changed_value_of_any_table_is_noticed_and_said(root, ledger, table):
    with closing(sqlite3.connect(ledger)) as db, db:
        if not db.execute(f"UPDATE {table} SET seal = seal + 1").rowcount:
            pytest.skip("the shop has none")

    with open_project(root, environment={}) as memory:
        assert memory.ledger.damage is not None
        assert table in memory.ledger.damage.words


@pytest.mark.slow
def test_a_damaged_ledger_takes_no_writes_and_says_what_mends_it(root, ledger):
    whole = ledger.read_bytes()
    at = whole.index(b"RabbitMQ") if b"RabbitMQ" in whole else whole.rindex(b"queue")
    ledger.write_bytes(whole[:at] + b"r" + whole[at + 1 :])

    with open_project(root, environment={}) as memory:
        left = memory.ledger.damage.words
        with pytest.raises(StoreDamaged) as refused:
            memory.index()

    assert "left out" in left
    assert "archmem doctor --mend" in refused.value.hint


@pytest.mark.slow
def test_a_row_that_changes_while_the_ledger_is_open_is_never_told(root, ledger):
    with open_project(root, environment={}) as memory:
        uid = memory.list()[0].memory.uid
        with closing(sqlite3.connect(ledger)) as db, db:
            register(db)
            db.execute("DROP TRIGGER revisions_seal_update")
            db.execute("UPDATE revisions SET draft = replace(draft, 'a', 'e')")

        with pytest.raises(StoreDamaged, match="is not as it was written"):
            memory.show(uid)


@pytest.mark.slow
def test_a_large_ledger_is_not_looked_through_when_it_is_opened_but_where_it_is_read(
    root, ledger, monkeypatch
):
    monkeypatch.setattr("memory.session.EXAMINED_UP_TO", 0)
    with open_project(root, environment={}) as memory:
        first, second = (one.memory.uid for one in memory.list()[:2])
    with closing(sqlite3.connect(ledger)) as db, db:
        change = "UPDATE revisions SET seal = seal + 1 WHERE memory_id ="
        db.execute(f"{change} (SELECT id FROM memories WHERE uid = ?)", [first])

    with open_project(root, environment={}) as memory:
        assert memory.ledger.damage is None
        assert memory.show(second)
        with pytest.raises(StoreDamaged, match="is not as it was written"):
            memory.show(first)


@pytest.mark.slow
def test_a_memory_whose_newest_revision_is_damaged_is_told_as_before_and_named(root, ledger):
    with open_project(root, environment={}) as memory:
        run = memory.run_start("Try a second queue", with_brief=False, author="human:dana").uid
        memory.correct(run, {"title": "Try a third queue"}, author="human:dana")
    with closing(sqlite3.connect(ledger)) as db, db:
        sql = """
            UPDATE revisions SET seal = seal + 1 WHERE id =
            (SELECT newest FROM memories WHERE uid = ?)
        """
        assert db.execute(sql, [run]).rowcount == 1

    with open_project(root, environment={}) as memory:
        shown = memory.show(run).memory.revision
        damage = memory.ledger.damage

    assert shown.draft.title == "Try a second queue"
    assert shown.number == 1
    assert damage
    assert f"of {run}, of which what is told is older" in damage.words


@pytest.mark.slow
def test_of_a_log_that_is_cut_all_is_told_up_to_some_moment_and_nothing_else(root, tmp_path, tell):
    log, sizes, titles = root / ".archmem/memory.db-wal", [0], []
    with open_project(root, environment={}) as memory:
        memory.ledger.db.execute("PRAGMA wal_autocheckpoint = 0")
        for number in range(4):
            memory.run_start(f"Task {number}", with_brief=False, author="human:dana")
            titles.append(f"Task {number}")
            sizes.append(log.stat().st_size)
        whole = copy_project(root, tmp_path / "whole")
    dice = random.Random(5)

    cuts = sorted({*sizes, *(dice.randrange(sizes[-1]) for _ in range(max(8, min(CHAOS, 400))))})
    for size in cuts:
        shutil.rmtree(root)
        copy_project(whole, root)
        os.truncate(log, size)
        with open_project(root, environment={}) as memory:
            told = {one.memory.title for one in memory.list() if one.memory.title in titles}
            assert memory.ledger.damage is None
        kept = sum(end <= size for end in sizes[1:])
        assert told in (set(titles[:kept]), set(titles[: kept + 1])), size
    tell(cuts=len(cuts), other_answers=0)
