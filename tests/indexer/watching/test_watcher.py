import itertools
import logging
import os
import shutil
import threading
import time
from dataclasses import replace

import pytest

from indexer.project_root import find_project
from indexer.watching import Cause, Mode, WatcherState, watch
from memory.config import Settings
from memory.errors import StoreBusy
from tests.indexer.watching.conftest import LIMIT, QUICK

pytestmark = pytest.mark.slow


def test_the_first_batch_asks_for_everything(watched):
    watched.write("docs/1.md")
    watched.make().start()

    batch = watched.next()

    assert (batch.paths, batch.cause) == (None, Cause.START)
    assert watched.wait_for(Mode.WATCHING) == WatcherState(Mode.WATCHING, folders=2)


def test_a_saved_file_comes_as_its_path_and_when_it_happened(watched):
    watched.start()
    before = time.monotonic()

    watched.write("docs/1.md")

    batch = watched.next()
    assert (batch.paths, batch.cause) == ({"docs/1.md"}, Cause.EVENTS)
    assert before <= batch.first_at <= time.monotonic()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda one: one.write("docs/1.md", "more\n"), {"docs/1.md"}),
        (lambda one: one.replace("docs/1.md"), {"docs/1.md"}),
        (lambda one: (one.root / "docs/1.md").unlink(), {"docs/1.md"}),
        (
            lambda one: (one.root / "docs/1.md").rename(one.root / "2.md"),
            {"docs/1.md", "2.md"},
        ),
        (lambda one: (one.root / "docs/1.md").rename(one.root.parent / "2.md"), {"docs/1.md"}),
        (lambda one: (one.root / "docs/1.md").rename(one.root / "docs/1.txt"), {"docs/1.md"}),
        (lambda one: os.link(one.root / "docs/1.md", one.root / "docs/2.md"), {"docs/2.md"}),
        (lambda one: (one.root / "docs").rename(one.root / "new"), {"docs", "new/1.md"}),
        (lambda one: (one.root / "docs").rename(one.root.parent / "new"), {"docs"}),
    ],
    ids=["edit", "atomic", "delete", "rename", "out", "suffix", "link", "folder", "folder out"],
)
def test_every_way_to_change_a_file_comes(watched, change, expected):
    watched.write("docs/1.md")
    watched.start()

    change(watched)

    assert watched.all_that_comes() == expected


def test_a_folder_that_is_removed_comes_with_its_files(watched):
    watched.write("docs/a/1.md")
    watched.start()

    shutil.rmtree(watched.root / "docs")

    assert "docs/a/1.md" in watched.all_that_comes()


def test_files_in_new_folders_come_whenever_they_were_made(watched):
    watched.start()

    for number in range(20):
        watched.write(f"new{number}/deep/er/1.md")
    (watched.root.parent / "made/far").mkdir(parents=True)
    (watched.root.parent / "made/far/2.md").write_text("x")
    (watched.root.parent / "made").rename(watched.root / "made")

    expected = {f"new{number}/deep/er/1.md" for number in range(20)} | {"made/far/2.md"}
    assert watched.all_that_comes() == expected
    watched.write("new7/deep/er/2.md")
    watched.write("made/far/3.md")
    assert watched.all_that_comes() == {"new7/deep/er/2.md", "made/far/3.md"}


def test_a_folder_is_watched_under_its_new_name(watched):
    watched.write("docs/a/1.md")
    watched.start()
    (watched.root / "docs").rename(watched.root / "moved")
    watched.until("moved/a/1.md")

    watched.write("moved/a/1.md", "edited\n")
    watched.write("docs/b/2.md")

    assert watched.all_that_comes() == {"moved/a/1.md", "docs/b/2.md"}


def test_a_folder_put_in_the_place_of_another_is_watched(watched):
    watched.write("docs/1.md")
    watched.start()
    shutil.rmtree(watched.root / "docs")
    watched.write("docs/2.md")
    assert watched.all_that_comes() >= {"docs/1.md", "docs/2.md"}

    watched.write("docs/2.md", "edited\n")

    assert watched.all_that_comes() == {"docs/2.md"}


def test_what_nobody_wants_wakes_nobody(watched):
    watched.write(".gitignore", "/build\n*.draft.md\n")
    watched.write("docs/1.md")
    watched.write("src/code.py")
    watched.start(ignore=["/vendor"])

    watched.write("src/code.py", "edited")
    watched.write("src/new/code.py")
    watched.write("build/1.md")
    watched.write("vendor/1.md")
    watched.write("node_modules/lib/1.md")
    watched.write(".archmem/1.md")
    watched.write(".git/1.md")
    watched.write("docs/1.draft.md")
    (watched.root / "docs/1.md").read_text()
    os.utime(watched.root / "docs/1.md")
    shutil.rmtree(watched.root / "src")

    assert watched.all_that_comes() == set()
    assert watched.watcher.state.folders == 3  # the root, docs and src, as it began


@pytest.mark.parametrize(
    ("path", "cause"),
    [
        (".gitignore", Cause.IGNORE_FILE),
        ("docs/.gitignore", Cause.IGNORE_FILE),
        ("docs/.archmemignore", Cause.IGNORE_FILE),
        ("archmem.toml", Cause.SETTINGS),
        ("docs/.git", Cause.LAYOUT),
    ],
)
def test_files_that_say_what_is_wanted_ask_for_everything(watched, path, cause):
    watched.start()

    watched.write(path, "# nothing\n")

    batch = watched.next()
    assert (batch.paths, batch.cause) == (None, cause)


def test_what_is_no_longer_ignored_is_watched_from_then_on(watched):
    watched.write(".gitignore", "/build\n")
    watched.write("build/1.md")
    watched.start()
    (watched.root / ".gitignore").unlink()
    watched.until_cause(Cause.IGNORE_FILE)

    watched.write("build/1.md", "edited\n")
    assert watched.all_that_comes() == {"build/1.md"}

    watched.write(".gitignore", "/build\n")
    watched.until_cause(Cause.IGNORE_FILE)
    watched.write("build/1.md", "again\n")
    assert watched.all_that_comes() == set()


class TestLinks:
    def test_a_change_where_a_link_leads_asks_for_everything(self, watched):
        watched.write(".gitignore", "/hidden\n")
        watched.write("hidden/records/1.md")
        (watched.root / "docs/adr").symlink_to("../hidden/records")
        watched.start()

        watched.write("hidden/records/1.md", "edited\n")
        assert watched.next().cause is Cause.LAYOUT
        watched.write("hidden/records/more/2.md")
        assert watched.next().cause is Cause.LAYOUT
        shutil.rmtree(watched.root / "hidden/records")
        assert watched.next().cause is Cause.LAYOUT

    def test_so_does_a_linked_file(self, watched):
        watched.write("notes.txt")
        (watched.root / "docs/1.md").symlink_to("../notes.txt")
        watched.start()

        watched.write("notes.txt", "edited\n")

        assert watched.next().cause is Cause.LAYOUT

    def test_and_a_link_that_comes_or_goes(self, watched):
        watched.write("records/1.txt")
        watched.start()

        (watched.root / "adr").symlink_to("records")
        assert watched.next().cause is Cause.LAYOUT
        (watched.root / "adr").unlink()
        assert watched.next().cause is Cause.LAYOUT

    def test_a_file_under_its_own_name_comes_alone_all_the_same(self, watched):
        (watched.root / "also").symlink_to("docs")
        watched.start()

        watched.write("docs/1.md")

        assert watched.all_that_comes() == {"docs/1.md"}


def test_a_checkout_is_one_batch(watched):
    for number in range(40):
        watched.write(f"docs/{number}.md")
    watched.start()

    (watched.git_dir / "index.lock").touch()
    for number in range(40):
        (watched.root / f"docs/{number}.md").unlink()
        watched.write(f"docs/{number}.md", "of the other branch\n")
        time.sleep(0.015)
    time.sleep(0.3)
    assert watched.batches.empty()
    (watched.git_dir / "index.lock").unlink()

    assert watched.next().paths == {f"docs/{number}.md" for number in range(40)}


def test_a_burst_asks_for_everything(watched):
    watched.start(tuning=replace(QUICK, burst=10))

    for number in range(50):
        watched.write(f"docs/{number}.md")

    batch = watched.next()
    assert (batch.paths, batch.cause) == (None, Cause.BURST)


def test_lost_events_ask_for_everything(watched):
    watched.start()

    watched.watcher._notifier._inotify.handle_event(an_overflow())

    batch = watched.next()
    assert (batch.paths, batch.cause) == (None, Cause.OVERFLOW)
    watched.write("docs/1.md")
    assert watched.until("docs/1.md")


def an_overflow():
    from watchdog.observers.inotify_c import InotifyConstants, InotifyEvent

    return InotifyEvent(-1, InotifyConstants.IN_Q_OVERFLOW, 0, b"")


def test_too_many_events_that_wait_ask_for_everything(watched, monkeypatch):
    monkeypatch.setattr("indexer.watching.watcher.HEARD_AT_MOST", 5)
    watched.start()

    for number in range(50):
        watched.write(f"docs/{number}.md")

    assert watched.until_cause(Cause.OVERFLOW).paths is None


def test_everything_is_asked_for_now_and_then(watched):
    watched.start(tuning=replace(QUICK, rescan_every=0.3))

    for _ in range(2):
        batch = watched.next()
        assert (batch.paths, batch.cause) == (None, Cause.RESCAN)


class TestFailing:
    def test_what_a_batch_raises_is_said_and_it_is_tried_again(self, watched, caplog):
        watched.start()
        failures = iter([StoreBusy(watched.root, "another process"), ZeroDivisionError("two")])

        def fail(batch):
            for error in failures:
                raise error

        watched.on_batch = fail
        watched.write("docs/1.md")

        assert watched.next().paths == {"docs/1.md"}
        for _ in range(2):
            batch = watched.next()
            assert (batch.paths, batch.cause) == (None, Cause.RETRY)
        watched.write("docs/2.md")
        assert watched.until("docs/2.md") == {"docs/2.md"}
        said = [state.said for state in watched.states]
        assert "another process" in said[1]
        assert said[2] == "What changed was not taken in: two It is tried again."
        assert said[3:] == [""]
        assert [one.levelno for one in caplog.records] == [logging.WARNING] * 2

    def test_waiting_is_doubled_and_bounded(self, watched):
        watched.make(tuning=replace(QUICK, rescan_every=0.4))
        watched.on_batch = lambda batch: 1 / 0

        watched.watcher.start()
        moments = [watched.next().first_at for _ in range(4)]

        waits = [after - before for before, after in itertools.pairwise(moments)]
        assert all(wait >= least for wait, least in zip(waits, (0.1, 0.2, 0.4), strict=True))

    def test_settings_that_could_not_be_taken_up_are_not_forgotten(self, watched):
        watched.start()
        watched.on_batch = lambda batch: 1 / 0
        watched.write("archmem.toml")
        assert watched.next().cause is Cause.SETTINGS
        watched.on_batch = lambda batch: None

        assert watched.next().cause is Cause.SETTINGS

    def test_a_listener_that_fails_ends_nothing(self, watched):
        watched.make()
        watched.watcher._on_state = lambda state: 1 / 0

        watched.watcher.start()

        assert watched.next().cause is Cause.START
        watched.write("docs/1.md")
        assert watched.until("docs/1.md")

    def test_our_own_mistakes_end_nothing(self, watched, monkeypatch):
        watched.start()
        with monkeypatch.context() as patch:
            patch.setattr(watched.watcher._folders, "heed", lambda *_: 1 / 0)
            watched.write("docs/1.md")
            batch = watched.next()
        assert (batch.paths, batch.cause) == (None, Cause.RETRY)


class TestStopping:
    def test_a_second_time_does_nothing(self, watched):
        watched.start()
        watched.watcher.stop()
        watched.watcher.stop()

        watched.write("docs/1.md")

        assert watched.batches.empty()

    def test_before_it_was_started(self, watched):
        watched.make().stop()
        watched.watcher = None

    def test_waits_for_the_batch_that_is_taken_in(self, watched):
        watched.start()
        begun, done = threading.Event(), []
        watched.on_batch = lambda batch: (begun.set(), time.sleep(0.3), done.append(batch))
        watched.write("docs/1.md")
        assert begun.wait(LIMIT)

        watched.watcher.stop()

        assert len(done) == 1

    def test_from_within_a_batch_that_is_the_last(self, watched):
        watched.start()
        stopped = threading.Event()
        watched.on_batch = lambda batch: (watched.watcher.stop(), stopped.set())
        watched.write("docs/1.md")
        assert stopped.wait(LIMIT)

        watched.wait_for(Mode.STOPPED)

        assert watched.batches.qsize() == 1

    def test_at_the_end_of_a_with_statement(self, watched):
        with watched.make() as watcher:
            watched.next()
        assert watcher.state.mode is Mode.STOPPED


class TestRoot:
    def test_one_that_vanishes_is_waited_for(self, watched):
        watched.write("docs/1.md")
        watched.start()
        away = watched.root.rename(watched.root.parent / "away")
        said = watched.wait_for(Mode.AWAY).said
        assert said.startswith(f"No project at {watched.root}: it is not a folder.")

        away.rename(watched.root)

        batch = watched.next()
        assert (batch.paths, batch.cause) == (None, Cause.ROOT)
        watched.write("docs/1.md")
        assert watched.until("docs/1.md")

    def test_one_that_is_replaced_is_looked_at_anew(self, watched):
        watched.start()
        watched.root.rename(watched.root.parent / "away")
        watched.write("docs/2.md")

        assert watched.until_cause(Cause.ROOT).paths is None
        watched.write("docs/2.md", "edited\n")
        assert watched.until("docs/2.md")

    def test_one_that_is_not_there_yet_is_waited_for(self, watched):
        shutil.rmtree(watched.root)
        watched.make().start()
        watched.wait_for(Mode.AWAY)

        watched.write("docs/1.md")

        assert watched.next().paths is None


def test_it_watches_what_an_index_run_would_read(tmp_path):
    (tmp_path / "handbook").mkdir()
    batches = []
    settings = Settings(record_folders=("handbook",), ignore=("docs",))
    has_come = threading.Event()

    def on_batch(batch):
        batches.append(batch.paths)
        if batch.paths is None or "handbook/0002-b.md" in batch.paths:
            has_come.set()

    with watch(find_project(tmp_path), settings, on_batch=on_batch, tuning=QUICK):
        assert has_come.wait(LIMIT)
        has_come.clear()
        for path in ("docs/adr/0001-a.md", "other/page.md", "handbook/0002-b.md"):
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text("# A title\n")
        assert has_come.wait(LIMIT)

    assert batches == [None, {"handbook/0002-b.md"}]
