import shutil
import time
from dataclasses import replace
from pathlib import PurePosixPath

import pytest

from indexer.watching import Cause, Mode, Tuning, notices
from indexer.watching.folders import Poller
from memory.errors import ProjectNotFound
from tests.indexer.watching.conftest import QUICK


@pytest.fixture
def polling(tmp_path):
    (tmp_path / "a.md").write_text("one\n")
    (tmp_path / "b.md").write_text("two\n")
    (tmp_path / "c.py").write_text("three\n")
    polling = Poller(tmp_path, lambda path: PurePosixPath(path).suffix == ".md", (), Tuning())
    assert polling.look() == {"a.md", "b.md"}
    return polling


def test_only_what_changed_is_told(tmp_path, polling):
    assert polling.look() == set()

    (tmp_path / "a.md").write_text("longer than before\n")
    (tmp_path / "b.md").rename(tmp_path / "d.md")
    (tmp_path / "c.py").write_text("edited\n")

    assert polling.look() == {"a.md", "b.md", "d.md"}


def test_what_becomes_ignored_is_told_as_gone(tmp_path, polling):
    (tmp_path / ".gitignore").write_text("a.md\n")

    assert polling.look() == {"a.md"}


def test_settings_ask_for_everything(tmp_path, polling):
    (tmp_path / "archmem.toml").write_text("")
    assert polling.look() is Cause.SETTINGS
    assert polling.look() == set()

    (tmp_path / "archmem.toml").unlink()
    assert polling.look() is Cause.SETTINGS


def test_a_root_that_is_gone_is_an_error_and_no_change(tmp_path, polling):
    shutil.rmtree(tmp_path)

    with pytest.raises(ProjectNotFound):
        polling.look()


def test_one_looks_as_often_as_the_share_of_a_core_allows(tmp_path, polling, monkeypatch):
    assert 0 < polling.next_at - time.monotonic() <= 2.0

    ticks = iter([5.0, 5.5])
    monkeypatch.setattr(time, "thread_time", lambda: next(ticks))
    polling.look()

    assert 49.0 < polling.next_at - time.monotonic() <= 50.0


@pytest.mark.slow
def test_a_root_that_vanishes_while_it_is_polled_is_waited_for(watched, monkeypatch):
    monkeypatch.setattr(notices.sys, "platform", "plan9")
    watched.start(tuning=replace(QUICK, rescan_every=60.0))
    away = watched.root.rename(watched.root.parent / "away")
    watched.wait_for(Mode.AWAY)

    away.rename(watched.root)

    assert watched.until_cause(Cause.ROOT).paths is None
    watched.write("docs/1.md")
    assert watched.until("docs/1.md")
