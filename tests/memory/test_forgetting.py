"""What was erased is in no file of the store any more, whenever the erasing was interrupted."""

import contextlib
import sqlite3

import pytest

from indexer.project import open_project
from memory.errors import InvalidRequest, UnknownMemory
from memory.kinds.vocabulary import Kind, Status
from memory.ledger.sqlite import connection, erasing
from memory.ledger.store_facts import ERASING, FORGOTTEN
from memory.models.selection import Lens
from memory.retrieval.vectors import Vectors
from tests.builders import a_decision
from tests.shop import write_shop

pytestmark = pytest.mark.slow

SECRET = "zeitgeist-9f8e7d6c"
STATEMENT = f"The key of the gateway is {SECRET}, which everybody uses."


class Killed(BaseException):
    """Stands for kill -9: nothing handles it."""


@pytest.fixture
def root(tmp_path, word_model):
    folder = tmp_path / "shop"
    write_shop(folder)
    return folder


def opened(root):
    return open_project(root, environment={})


@pytest.fixture
def uid(root):
    """Of a record that says a secret, was corrected by hand, and is known everywhere."""
    with opened(root) as memory:
        memory.index()
        draft = a_decision(title="A key of the gateway", body=STATEMENT, status=Status.ACCEPTED)
        uid = memory.record(draft, author="human:dana").uid
        memory.index()
        path = root / memory.show(uid).memory.path
        path.write_text(path.read_text().replace(SECRET, "in the vault"))
        memory.index()
        assert memory.search("in the vault").hits
    return uid


def holding(root) -> list[str]:
    """The files of the store that hold the secret, or a part of it."""
    return [
        path.name
        for path in (root / ".archmem").rglob("*")
        if path.is_file() and b"zeitgeist" in path.read_bytes()
    ]


def test_the_places_are_told_first_and_nothing_is_changed(root, uid):
    with opened(root) as memory:
        found = memory.forget(text=SECRET)
        assert not found.erased
        assert {place.what for place in found.places if place.where.startswith("ledger")} == {uid}

    assert "memory.db" in holding(root)


def test_words_are_gone_from_every_file_and_the_memory_stays(root, uid):
    with opened(root) as memory:
        assert memory.forget(text=SECRET, yes=True, author="human:dana").erased

        assert "[erased]" in memory.history(uid).revisions[0].draft.body
        assert "in the vault" in memory.show(uid).memory.revision.draft.body
        memory.index()
        assert memory.search("in the vault").hits[0].memory.uid == uid
        assert memory.ledger.examine() is None
        assert memory.ledger.db.facts.beginning(FORGOTTEN)
    assert holding(root) == []


def test_a_memory_is_gone_with_all_its_revisions_and_that_it_was_is_kept(root, uid):
    with opened(root) as memory:
        found = memory.forget(uid, yes=True, author="human:dana")
        assert any(line.startswith(memory_path(found)) for line in found.left)
        with pytest.raises(UnknownMemory, match=rf"{uid}' was erased on \d{{4}}-\S+ by human:dana"):
            memory.show(uid)
        assert memory.ledger.examine() is None
        (marker,) = memory.ledger.db.facts.beginning(FORGOTTEN).items()
        assert marker[0].endswith(uid)
        assert "human:dana" in marker[1]
    assert holding(root) == []


def memory_path(found) -> str:
    return next(place.what for place in found.places if place.where == "file")


@pytest.mark.parametrize(
    ("of", "step"),
    [
        (erasing, "erase_words"),
        ("memory.retrieval.vectors.Vectors", "discard"),
        ("shutil", "rmtree"),
        ("memory.ledger.sqlite.erasing.SqliteErasing", "vacuum"),
    ],
)
def test_what_was_killed_half_way_is_completed_when_the_memory_is_opened(
    root, uid, monkeypatch, of, step
):
    (root / ".archmem/at/copy").mkdir(parents=True)
    (root / ".archmem/at/copy/memory.db").write_text(SECRET)

    def killed(*_, **__):
        raise Killed

    with monkeypatch.context() as patched, opened(root) as memory:
        name = f"{of}.{step}" if isinstance(of, str) else f"{of.__name__}.{step}"
        patched.setattr(name, killed)
        with pytest.raises(Killed):
            memory.forget(text=SECRET, yes=True)

    with opened(root) as memory:
        if step == "erase_words":  # then nothing had begun
            assert memory.forget(text=SECRET, yes=True).erased
        assert memory.ledger.db.facts.find(ERASING) is None
    assert holding(root) == []


def test_code_that_says_it_is_named_like_any_other_file(root):
    (root / "keys.py").write_text("def zeitgeist() -> str:\n    return ''\n")
    with opened(root) as memory:
        memory.index()
        memory.inventory("symbols")

        assert memory.forget(text="zeitgeist").left[0].startswith("keys.py:1 says it")
        memory.forget(text="zeitgeist", yes=True)
    assert holding(root) == []


def test_tokens_that_are_kept_of_code_are_looked_at_though_they_are_no_json(root):
    with opened(root) as memory:
        with memory.ledger.writing() as db:
            db.code.save_facts("tokens", {"a": "1 2\n3 zeitgeist"})

        assert [one.where for one in memory.forget(text="zeitgeist").places] == [
            "ledger, code_facts"
        ]
        assert not memory.doctor().findings


def test_words_that_stand_apart_in_code_are_not_taken_together(root):
    (root / "keys.py").write_text("def zeit(): ...\n\n\ndef geist(): ...\n")
    with opened(root) as memory:
        memory.index()
        memory.inventory("symbols")

        assert not memory.forget(text="zeit.{1,80}geist").places


def test_what_another_program_hinders_is_told_and_completed_later(root, uid, monkeypatch):
    monkeypatch.setattr(connection, "BUSY_TIMEOUT", 50)
    discard = Vectors.discard
    with contextlib.closing(sqlite3.connect(root / ".archmem/memory.db")) as other:

        def hindered(vectors):
            discard(vectors)
            other.execute("BEGIN IMMEDIATE")

        with monkeypatch.context() as patched, opened(root) as memory:
            patched.setattr(Vectors, "discard", hindered)
            found = memory.forget(text=SECRET, yes=True)
            assert "in use by another program" in found.left[0]

    with opened(root) as memory:
        assert memory.ledger.db.facts.find(ERASING) is None
    assert holding(root) == []


@pytest.mark.parametrize(
    "text", ["title", "decision", "accepted", "status", "[0-9a-f]{32}", r"\d+"]
)
def test_words_that_archmem_itself_writes_with_stay_where_it_does(root, uid, text):
    with opened(root) as memory:
        memory.forget(text=text, yes=True)
        assert memory.show(uid).memory.kind is Kind.DECISION
        assert memory.ledger.examine() is None
        memory.index()
        assert memory.ledger.examine() is None


def test_the_places_are_those_that_are_erased_also_where_json_writes_words_otherwise(root):
    with opened(root) as memory:
        told = {"title": "A key", "body": 'It says "hush", loudly.', "extra": {"pin": 4711}}
        uid = memory.record(a_decision(**told), author="human:dana").uid
        for text in ('says "hush"', "4711"):
            found = memory.forget(text=text).places
            assert ("ledger, revisions", uid) in {(one.where, one.what) for one in found}
            memory.forget(text=text, yes=True)
        draft = memory.show(uid).memory.revision.draft
        assert "hush" not in draft.body
        assert draft.extra == {"pin": "[erased]"}


@pytest.mark.parametrize("asked", [{}, {"text": "("}, {"text": ".*"}])
def test_what_means_nothing_or_everything_is_refused(root, asked):
    with opened(root) as memory, pytest.raises(InvalidRequest):
        memory.forget(**asked)


def test_it_was_never_known_as_of_any_day(root, uid):
    with opened(root) as memory:
        memory.forget(uid, yes=True)
        with pytest.raises(UnknownMemory):
            memory.show(uid, lens=Lens())


@pytest.mark.parametrize(
    "written",
    [r"a\_key\_9f8e7d6c", "a%5Fkey%5F9f8e7d6c", "a&#95;key&#95;9f8e7d6c", "a_key_9f8e7d6c"],
)
def test_words_go_however_they_are_written_and_from_names_that_were_made_of_them(root, written):
    path = root / "docs/adr/0077-keys.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"# 77. The key {written}\n\nStatus: Accepted\n\nIt is {written}.\n")
    log = root / ".claude/memory/context/decisions.md"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text(f"# Decisions\n\n## Use {written}\n\nIt is {written}.\n")
    with opened(root) as memory:
        memory.index()
        memory.forget(text=r"a_key_\w+", yes=True)
        assert memory.ledger.examine() is None
    names = [path.name for path in (root / ".archmem").rglob("*") if path.is_file()]
    assert names
    for store in (root / ".archmem").rglob("*"):
        if store.is_file():
            assert b"9f8e7d6c" not in store.read_bytes().lower(), store
