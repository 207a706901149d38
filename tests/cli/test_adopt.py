"""A memory that was not made here is not believed before it is adopted."""

import shutil
import sqlite3
import subprocess
from contextlib import ExitStack

import pytest

from memory.kinds.vocabulary import Trust
from memory.ledger.ownership import claim
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


def test_adopting_shows_which_folder_elsewhere_the_settings_have_read_and_agrees_to_it(
    run, shop, tmp_path
):
    (tmp_path / "private").mkdir()
    (tmp_path / "private/plans.md").write_text("# Plans\n\nNobody is to know.\n")
    (shop / "archmem.toml").write_text('claude_auto_memory = "../private"\n')

    assert "../private lies outside of the project" in run("index").stderr
    assert "../private, which lies outside of the project" in run("adopt").stderr
    assert "Nobody is to know" not in run("list", "--full").output
    run("adopt", "--yes")
    run("index")

    assert "plans.md" in run("list").stdout


def test_one_agrees_to_a_folder_while_the_engine_has_the_memory_open(run, shop, tmp_path):
    (tmp_path / "private").mkdir()
    (tmp_path / "private/plans.md").write_text("# Plans\n\nNever mock it.\n")
    (shop / "archmem.toml").write_text('claude_auto_memory = "../private"\n')

    with ExitStack() as stack:
        stack.callback(claim(shop / ".archmem", "the engine").release)
        assert "has that folder read" in run("adopt").stderr
        assert run("adopt", "--yes").exit_code == 0
        refused = run("adopt").stderr
        assert "in use by the engine" in refused
        assert "archmem stop" in refused
        assert "--no-engine" not in refused
    run("index")

    assert "plans.md" in run("list").stdout


@pytest.fixture
def cloned_with(new_shop, tmp_path):
    """Make of the shop a clone of one that had these links and files in it."""

    def clone(links=(), files=()):
        for path, target in dict(links).items():
            (new_shop / path).parent.mkdir(exist_ok=True, mode=0o700)
            (new_shop / path).symlink_to(target)
        for path, content in dict(files).items():
            (new_shop / path).parent.mkdir(exist_ok=True, mode=0o700)
            (new_shop / path).write_bytes(content)
        git(new_shop, "init", "-q")
        git(new_shop, "add", "-f", ".")
        git(new_shop, "commit", "-qm", "All of it")
        subprocess.run(["git", "clone", "-q", new_shop, tmp_path / "clone"], check=True)
        shutil.rmtree(new_shop)
        (tmp_path / "clone").rename(new_shop)
        return new_shop

    return clone


@pytest.mark.parametrize(
    "link", ["owner.txt", "owner.lock", "lock", ".gitignore", "memory.db", "vectors/seal.json"]
)
def test_nothing_is_written_through_a_link_that_came_with_a_repository(
    run, cloned_with, tmp_path, link
):
    victim, absent = tmp_path / "victim", tmp_path / "absent"
    victim.write_text("mine")
    (tmp_path / "shop/.archmem/vectors").mkdir(parents=True)
    cloned_with({f".archmem/{link}": "../" * (1 + link.count("/")) + "../victim"})

    assert f"{link} is a link" in run("index").stderr
    assert [run(command).exit_code for command in ("init", "list", "adopt")] == [1, 1, 1]
    (tmp_path / "shop/.archmem" / link).unlink()
    (tmp_path / "shop/.archmem" / link).symlink_to(absent)
    assert run("index").exit_code == 1

    assert victim.read_text() == "mine"
    assert not absent.exists()


def test_nor_is_a_memory_made_where_a_link_of_a_repository_leads(run, cloned_with, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o755)
    cloned_with({".archmem": "../elsewhere"})

    assert ".archmem is a link" in run("index").stderr

    assert not any(elsewhere.iterdir())
    assert elsewhere.stat().st_mode & 0o777 == 0o755


def a_rollback_journal(store, of):
    """What SQLite plays into a ledger so that it says what another one does."""
    shutil.copy(of / "memory.db", store / "theirs.db")
    theirs = sqlite3.connect(store / "theirs.db", isolation_level=None)
    for order in ("PRAGMA journal_mode = DELETE", "PRAGMA synchronous = OFF", "BEGIN"):
        theirs.execute(order).fetchall()
    theirs.execute("PRAGMA user_version = 0")
    for table in ("memories", "revisions", "passages"):
        theirs.execute(f"UPDATE {table} SET rowid = rowid + 100000")
    journal = (store / "theirs.db-journal").read_bytes()
    theirs.close()
    (store / "theirs.db").unlink()
    return journal


def test_no_rollback_of_somebody_elses_is_played_into_a_new_memory(run, cloned_with, tmp_path):
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    open_ledger(theirs / "memory.db", create=True).close()
    forge(theirs)
    journal = a_rollback_journal(theirs, theirs)
    shop = cloned_with(files={".archmem/memory.db-journal": journal})

    assert run("index").exit_code == 0

    assert "Tokens are checked by nobody" not in run("list").stdout
    assert (shop / ".archmem/memory.db-journal.left").read_bytes() == journal


def test_nor_into_one_that_is_there(run, shop):
    (shop / ".archmem/memory.db-journal").write_bytes(b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7")
    git(shop, "init", "-q")
    git(shop, "add", "-f", ".archmem/memory.db-journal")
    for name, content in {
        "HEAD": "ref: refs/heads/main\n",
        "config": "[core]\nbare = true\n",
    }.items():
        (shop / ".archmem" / name).write_text(content)
    for name in ("objects", "refs"):  # as a bare repository, in which nothing is tracked
        (shop / ".archmem" / name).mkdir()

    assert "is not known to be made here" in run("list").stderr


def test_as_of_a_commit_no_copy_is_opened_that_is_not_of_this_very_ledger(run, shop):
    git(shop, "init", "-q")
    git(shop, "add", ".")
    git(shop, "commit", "-qm", "All of it")
    assert run("list", "--as-of", "HEAD").exit_code == 0
    (copy,) = (shop / ".archmem/at").iterdir()
    forge(copy)  # as it would come with a repository, if others could know its name
    db = shop / ".archmem/memory.db"
    for suffix in ("", "-wal"):
        if (one := db.with_name(f"{db.name}{suffix}")).exists():
            shutil.copy(one, one.with_name(f"moved{suffix}"))
            one.unlink()
            one.with_name(f"moved{suffix}").rename(one)
    run("adopt", "--yes")

    told = run("list", "--as-of", "HEAD")

    assert told.exit_code == 0
    assert "Tokens are checked by nobody" not in told.stdout
