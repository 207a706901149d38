"""A draft that was left beside a file is taken away once its writer is gone, and nobody else's."""

from __future__ import annotations

import os
import signal
import sys

import pytest

from indexer.project import open_project
from indexer.writers import atomic_file
from indexer.writers.atomic_file import write_file
from indexer.writers.drafts import make_draft, sweep
from memory.texts import process_names
from tests.shop import MEMORY, write_shop

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="forks")


def killed_while_writing(monkeypatch, root, path, text, *, step):
    """A process that ends by a signal at a step of writing a file."""
    if (pid := os.fork()) == 0:
        monkeypatch.setattr(atomic_file, step, lambda *_: os.kill(os.getpid(), signal.SIGKILL))
        write_file(root, path, lambda _: text)
        os._exit(0)
    assert os.waitpid(pid, 0)[1] == signal.SIGKILL


def left_in(folder):
    return [one for one in folder.iterdir() if one.suffix == ".tmp"]


@pytest.mark.slow
@pytest.mark.parametrize("step", ["_set_mode", "_ensure_unchanged", "_put"])
def test_the_next_index_takes_away_the_draft_of_one_who_was_killed(tmp_path, monkeypatch, step):
    write_shop(tmp_path)
    log = f"{MEMORY}/context/decisions.md"
    before = (tmp_path / log).read_text()
    killed_while_writing(monkeypatch, tmp_path, log, f"{before}\n", step=step)
    assert len(left_in((tmp_path / log).parent)) == 1

    with open_project(tmp_path, environment={}) as memory:
        memory.index()

    assert not left_in((tmp_path / log).parent)
    assert (tmp_path / log).read_text() == before


def test_whoever_writes_the_file_next_takes_it_away_too(tmp_path, monkeypatch):
    killed_while_writing(monkeypatch, tmp_path, "docs/a.md", "one", step="_put")

    write_file(tmp_path, "docs/a.md", lambda _: "two")

    assert [one.name for one in (tmp_path / "docs").iterdir()] == ["a.md"]


def test_what_somebody_else_had_written_stays(tmp_path, monkeypatch):
    killed_while_writing(monkeypatch, tmp_path, "a.md", "ours", step="_put")
    (draft,) = left_in(tmp_path)
    draft.write_text("theirs, which changed places with ours")

    sweep([tmp_path])

    assert draft.read_text() == "theirs, which changed places with ours"


def test_a_draft_of_one_who_is_at_work_or_elsewhere_and_a_strangers_file_stay(
    tmp_path, monkeypatch
):
    os.close(make_draft(tmp_path / "a.md", b"", b"at work")[0])
    (tmp_path / ".a.md.k3j_x9zz.tmp").write_text("")
    with monkeypatch.context() as patch:
        patch.setattr(process_names, "_machine", lambda: "0badcafe")
        killed_while_writing(patch, tmp_path, "b.md", "elsewhere", step="_put")

    sweep([tmp_path])

    assert len(left_in(tmp_path)) == 3
