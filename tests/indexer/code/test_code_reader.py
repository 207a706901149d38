"""The code base follows its files: whatever happened to them, it is what a fresh run gives."""

from __future__ import annotations

import errno
import os
import subprocess
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.code import code_reader
from indexer.code.code_at_commit import code_at
from indexer.code.code_reader import forget, read_code, rebuild
from indexer.git.repository import Repository
from memory.ledger.sqlite.connection import open_ledger
from tests.builders import make_fifo
from tests.indexer.code.conftest import write

NAMES = ("a", "b", "p/__init__", "p/c", "p/d", "q/c")
TEXTS = (
    "",
    "import a\n",
    "from p import c\nc.f()\n",
    "from .c import f\nclass K:\n    def g(self): f()\n",
    "def f(): ...\n",
    "from p.c import *\nf()\nx = 'p.c.f'\n",
    "from p import *\nfrom a import f as g\nclass K:\n    def f(self): g()\n",
    "from p import d\nfrom q.c import K\nclass L(K):\n    def h(self): self.g()\nd.f()\n",
    "import p.c\np.c.K.g()\np.d.f()\ny = 'p.d.L.h'\n",
    "from .c import *\nfrom .d import f, L\n",
)
PATHS = st.sampled_from([f"{name}.py" for name in NAMES])
CHANGES = st.one_of(
    st.tuples(st.just("write"), PATHS, st.sampled_from(TEXTS)),
    st.tuples(st.just("move"), PATHS, PATHS),
    st.tuples(st.just("remove"), PATHS, st.just("")),
    st.tuples(st.just("restart"), st.just(""), st.just("")),
)


def change(root: Path, what: str, path: str, more: str) -> None:
    if what == "write":
        write(root, {path: more})
    elif what == "move" and (root / path).exists():
        (root / more).parent.mkdir(exist_ok=True)
        (root / path).replace(root / more)
    elif what == "remove":
        (root / path).unlink(missing_ok=True)
    elif what == "restart":
        forget()


@pytest.mark.slow
@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(CHANGES, max_size=4), min_size=1, max_size=5))
def test_after_any_changes_it_is_what_a_fresh_run_gives(rounds):
    with TemporaryDirectory() as folder:
        root = Path(folder) / "project"
        root.mkdir()
        ledger = open_ledger(Path(folder) / "memory.db", create=True)
        try:
            for changes in rounds:
                for one in changes:
                    change(root, *one)
                assert read_code(ledger, root).says_as(rebuild(root))
        finally:
            ledger.close()
            forget()


def test_another_file_of_the_same_size_and_time_is_read(ledger, tmp_path):
    root = tmp_path / "project"
    for said in ("one", "two"):
        write(root, {"new.py": f"def {said}(): ...\n"})
        os.utime(root / "new.py", (1_700_000_000, 1_700_000_000))
        (root / "new.py").replace(root / "a.py")
        assert {place.symbol for place in read_code(ledger, root).symbols} == {said}
    forget()


@pytest.fixture
def repository(tmp_path):
    def git(*arguments):
        subprocess.run(["git", "-C", str(tmp_path), *arguments], check=True, capture_output=True)

    git("init", "-q")
    return git


def test_what_a_file_says_is_not_kept_for_what_it_said_when_it_was_looked_at(
    ledger, tmp_path, monkeypatch
):
    """Between the two somebody may write it; whoever has the old text asks for the old facts."""
    write(tmp_path, {"a.py": "def old(): ...\n", "b.py": "def stays(): ...\n"})
    read_code(ledger, tmp_path)
    with ledger.writing() as db:
        db.execute("DELETE FROM code_facts")  # as after an upgrade, which reads files otherwise
    forget()
    look = code_reader._look

    def written_meanwhile(*asked):
        found = look(*asked)
        write(tmp_path, {"a.py": "def new(): ...\n"})
        (tmp_path / "b.py").unlink()
        return found

    with monkeypatch.context() as patch:
        patch.setattr(code_reader, "_look", written_meanwhile)
        assert read_code(ledger, tmp_path).unread == {"b.py": os.strerror(errno.ENOENT)}
    forget()
    write(tmp_path, {"a.py": "def old(): ...\n", "b.py": "def stays(): ...\n"})

    code = read_code(ledger, tmp_path)

    assert {place.symbol for place in code.symbols} == {"old", "stays"}


@pytest.mark.posix
@pytest.mark.parametrize("make", [make_fifo, lambda file: file.symlink_to("/dev/zero")])
def test_what_becomes_another_thing_before_it_is_opened_is_no_code(
    ledger, tmp_path, monkeypatch, make
):
    write(tmp_path, {"a.py": "def f(): ...\n"})

    def slipped_in(path):
        found = os.lstat(path)
        (tmp_path / "a.py").unlink()
        make(tmp_path / "a.py")
        return found

    monkeypatch.setattr(code_reader, "os", SimpleNamespace(lstat=slipped_in))

    assert read_code(ledger, tmp_path).unread == {
        "a.py": "It is not a file" if make is make_fifo else os.strerror(errno.ELOOP)
    }


def test_a_file_that_cannot_be_looked_at_is_named_and_not_taken_to_be_gone(
    ledger, tmp_path, repository, monkeypatch
):
    write(tmp_path, {"a.py": "def f(): ...\n"})

    def fail(path):
        raise OSError(errno.EIO, os.strerror(errno.EIO), path)

    monkeypatch.setattr(code_reader, "os", SimpleNamespace(lstat=fail))

    assert read_code(ledger, tmp_path).unread == {"a.py": os.strerror(errno.EIO)}


def test_generated_ignored_and_installed_files_are_no_code_and_large_ones_are_named(
    tmp_path, repository
):
    write(
        tmp_path,
        {
            ".gitignore": "build/\n",
            ".gitattributes": "made/** linguist-generated\n",
            "a.py": "",
            "build/b.py": "",
            "made/c.py": "",
            "node_modules/x/d.py": "",
            "large.py": "#" * 1_000_001,
            "not_tracked.py": "",
        },
    )
    repository("add", "a.py")

    code = rebuild(tmp_path)

    assert list(code.files) == ["a.py", "not_tracked.py"]
    assert list(code.unread) == ["large.py"]


def test_a_migration_is_read_though_it_was_generated(tmp_path, repository):
    step = "from django.db import migrations\nclass Migration(migrations.Migration): ...\n"
    write(
        tmp_path,
        {
            ".gitattributes": "*_auto_* linguist-generated\nvendor/** linguist-vendored\n",
            "shop/migrations/0001_auto_2020.py": step,
            "shop/made_auto_2020.py": "",
            "vendor/migrations/0001_initial.py": step,
        },
    )

    assert list(rebuild(tmp_path).files) == ["shop/migrations/0001_auto_2020.py"]


def test_of_a_commit_the_same_files_are_read_as_of_the_worktree(tmp_path, repository):
    texts = {
        ".gitattributes": "made/** linguist-generated\n",
        "a.py": "",
        "made/b.py": "",
        "old/c.py": "",
        "old/d.rb": "",
        "e.rb": "",
        "vendor/autoload.php": "<?php",
        "vendor/theirs/f.php": "<?php",
        "api/vendor/modules.txt": "# a v1",
        "api/vendor/a/g.go": "package a",
        "ours/vendor/h.py": "",
        "autoload.php": "<?php",
    }
    write(tmp_path, texts)
    repository("add", "-A")
    repository("-c", "user.name=d", "-c", "user.email=d@example.com", "commit", "-qm", "one")

    now = rebuild(tmp_path, ignore=["old/"])
    then = code_at(Repository(tmp_path), "HEAD", {}, {}, ignore=["old/"])

    assert list(now.files) == list(then.files) == ["a.py", "autoload.php", "ours/vendor/h.py"]
    assert now.unread == then.unread == {"*.rb": "1 file of Ruby"}


def test_without_git_gitignore_holds_too(tmp_path):
    write(tmp_path, {".gitignore": "build/\n", "a.py": "", "build/b.py": ""})

    assert list(rebuild(tmp_path).files) == ["a.py"]


def test_who_should_stop_reads_no_further_and_what_was_read_is_not_read_again(
    tmp_path, monkeypatch
):
    write(tmp_path / "p", {f"{name}.py": f"def {name}(): ...\n" for name in "abc"})
    monkeypatch.setattr(code_reader, "_SAVED_AT_ONCE", 1)
    answers = iter([False, True])
    with closing(open_ledger(tmp_path / "memory.db", create=True)) as ledger:
        assert read_code(ledger, tmp_path / "p", should_stop=lambda: next(answers)) is None

        forget()
        read = []
        real = code_reader.read_files
        monkeypatch.setattr(
            code_reader, "read_files", lambda *given: read.extend(given[1]) or real(*given)
        )
        code = read_code(ledger, tmp_path / "p")

    assert len(read) == 2
    assert code is not None
    assert code.says_as(rebuild(tmp_path / "p"))


def test_how_far_reading_has_come_is_told_where_several_lots_are_to_be_read(tmp_path, monkeypatch):
    write(tmp_path / "p", {f"{name}.py": f"def {name}(): ...\n" for name in "abcde"})
    monkeypatch.setattr(code_reader, "_SAVED_AT_ONCE", 2)
    told = []
    with closing(open_ledger(tmp_path / "memory.db", create=True)) as ledger:
        for _ in range(2):  # the second time all is known
            read_code(ledger, tmp_path / "p", on_progress=lambda *news: told.append(news))

    assert told == [("code", 0, 5), ("code", 2, 5), ("code", 4, 5), ("look", 0, 0)]
