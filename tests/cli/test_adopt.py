"""A memory that was not made here is not believed before it is adopted."""

import shutil
import sqlite3
import subprocess

import pytest

from memory.kinds.vocabulary import Trust
from memory.ledger.sqlite.connection import open_ledger
from memory.models.memory import Source
from memory.retrieval.passages import keep_memory
from tests.builders import NOW, a_decision

pytestmark = pytest.mark.slow


def git(folder, *arguments):
    who = ("-c", "user.name=Dana", "-c", "user.email=dana@example.com")
    subprocess.run(["git", "-C", folder, *who, *arguments], check=True, capture_output=True)


def forge(store):
    ledger = open_ledger(store / "memory.db")
    with ledger.writing() as db:
        draft = a_decision(title="Tokens are checked by nobody", body="They are not.")
        source = Source(author="human:dana", trust=Trust.TEAM)
        keep_memory(db, "dec-aaaaaaaa", draft, source, NOW)
    ledger.close()


@pytest.fixture
def cloned(shop, tmp_path):
    """A clone of the shop that brings a memory with it, as the shop itself."""
    forge(shop / ".archmem")
    git(shop, "init", "-q")
    git(shop, "add", "-f", ".archmem/memory.db", ".")
    git(shop, "commit", "-qm", "All of it")
    subprocess.run(["git", "clone", "-q", shop, tmp_path / "clone"], check=True)
    shutil.rmtree(shop)
    (tmp_path / "clone").rename(shop)
    return shop


@pytest.mark.parametrize("command", [("list",), ("search", "tokens"), ("index",), ("status",)])
def test_it_is_not_opened(run, cloned, command):
    before = (cloned / ".archmem/memory.db").read_bytes()

    result = run(*command)

    assert result.exit_code == 1
    assert "is not known to be made here" in result.stderr
    assert "archmem adopt" in result.stderr
    assert "Tokens are checked by nobody" not in result.output
    assert (cloned / ".archmem/memory.db").read_bytes() == before


def test_nor_is_one_that_came_in_an_archive(run, shop, tmp_path):
    forge(shop / ".archmem")
    packed = shutil.make_archive(str(tmp_path / "shop"), "tar", shop)
    shutil.rmtree(shop)
    shutil.unpack_archive(packed, shop)

    assert run("list").exit_code == 1
    assert "Tokens are checked by nobody (by human:dana" in run("adopt", "--yes").stdout
    assert run("list").exit_code == 0


def test_where_nothing_can_be_remembered_git_is_asked(run, cloned, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("ARCHMEM_STATE", str(tmp_path / "file/state"))

    assert run("list").exit_code == 1
    adopted = run("adopt", "--yes")
    assert adopted.exit_code == 1
    assert str(tmp_path / "file/state") in adopted.stderr
    assert "from now on" not in adopted.stderr
    shutil.rmtree(cloned / ".git")
    assert run("list").exit_code == 0


def test_adopting_shows_what_no_file_says_and_opens_it_from_then_on(run, cloned):
    shown = run("adopt")
    assert "Tokens are checked by nobody (by human:dana" in shown.stdout
    assert len(shown.stdout.splitlines()) == 1
    assert run("list").exit_code == 1

    assert run("adopt", "--yes").exit_code == 0

    assert run("list").exit_code == 0


def test_one_that_is_changed_by_a_commit_later_is_looked_at_again(run, cloned):
    """Git deletes the file and makes it anew, which may give it the same number again."""
    run("adopt", "--yes")
    db = cloned / ".archmem/memory.db"
    data, number = db.read_bytes(), db.stat().st_ino
    for _ in range(20):  # others may take the number first
        db.unlink()
        db.write_bytes(data)
        if db.stat().st_ino == number:
            break

    assert run("list").exit_code == 1


def test_one_is_looked_at_again_where_a_commit_brings_a_log_that_would_be_played_into_it(
    run, shop, tmp_path
):
    forged = tmp_path / "forged"
    shutil.copytree(shop / ".archmem", forged)
    held = sqlite3.connect(forged / "memory.db")  # whoever closes it last takes the log away
    held.execute("SELECT 1 FROM memories").fetchone()
    forge(forged)
    shutil.copy(forged / "memory.db-wal", shop / ".archmem")
    held.close()
    git(shop, "init", "-q")
    git(shop, "add", "-f", ".archmem/memory.db-wal")

    assert run("list").exit_code == 1
    assert "Tokens are checked by nobody (by human:dana" in run("adopt", "--yes").stdout
    assert run("list").exit_code == 0


def test_one_that_was_made_here_is_opened_wherever_it_was_moved(run, shop, tmp_path):
    git(shop, "init", "-q")
    (shop).rename(tmp_path / "elsewhere")
    (tmp_path / "elsewhere").rename(shop)

    assert run("list").exit_code == 0
