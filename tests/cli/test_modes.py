"""What archmem keeps is its user's alone, whatever the umask says and wherever it lies."""

import os

import pytest

from memory.config import state_folder
from tests.cli.test_adopt import git


@pytest.fixture
def open_to_all():
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.skipif(os.name == "nt", reason="modes say little there")
@pytest.mark.parametrize("store", [".archmem", "shared"])
def test_nobody_else_can_read_or_write_any_of_it(
    run, new_shop, monkeypatch, tmp_path, open_to_all, store
):
    monkeypatch.setenv("ARCHMEM_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("ARCHMEM_STORE", str(tmp_path / store))
    (tmp_path / store).mkdir(mode=0o777)
    git(new_shop, "init", "-q")
    git(new_shop, "add", ".")
    git(new_shop, "commit", "-qm", "All of it")

    for command in (("index", "--history"), ("list", "--as-of", "HEAD"), ("backup",), ("audit",)):
        assert run(*command).exit_code == 0, command
    run("export", str(tmp_path / store / "export.jsonl"))
    run("record", "note", "--title", "T", "--body", "B")

    def is_open(place):
        above = [one for one in (place, *place.parents) if one.is_relative_to(tmp_path)][:-1]
        return all(one.stat().st_mode & 0o077 for one in above)

    kept = [*(tmp_path / store).rglob("*"), *state_folder().rglob("*")]
    assert len(kept) > 10
    assert [one.name for one in kept if is_open(one)] in ([], [".gitignore"])
