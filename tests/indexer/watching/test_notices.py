import errno
import os
import queue
import threading
from pathlib import Path

import pytest

from indexer.watching import Cause, Mode, notices
from indexer.watching.notices import CannotNotify, TreeNotifier, open_notifier
from tests.indexer.watching.conftest import LIMIT

pytestmark = pytest.mark.skipif(os.name != "posix", reason="inotify is Linux's")


@pytest.fixture
def heard():
    return queue.Queue()


@pytest.fixture
def notifier(tmp_path, heard):
    before = set(threading.enumerate())
    notifier = open_notifier(tmp_path, heard.put)
    yield notifier
    notifier.close()
    assert set(threading.enumerate()) == before


@pytest.fixture
def limit(monkeypatch):
    """Let the system refuse to watch folders of a name, and to watch anything at all."""

    def arrange(patch, error, folder=None):
        real = notices.InotifyFD.add_callback

        def add_callback(self, path, *rest):
            if Path(os.fsdecode(path)).name == folder:
                raise OSError(error, os.strerror(error))
            return real(self, path, *rest)

        def create(self):
            raise OSError(error, os.strerror(error))

        if folder is None:
            patch.setattr(notices.InotifyFD, "_create_inotify_fd", create)
        else:
            patch.setattr(notices.InotifyFD, "add_callback", add_callback)

    return arrange


def names(heard, last) -> list[str]:
    """Of the files that were told of until one."""
    found = []
    while not found or found[-1] != last:
        notice = heard.get(timeout=LIMIT)
        found.append(f"{notice.folder}/{notice.name}")
    return found


def test_only_watched_folders_are_told_of(tmp_path, notifier, heard):
    for folder in ("a", "b", "a/c"):
        (tmp_path / folder).mkdir()
    notifier.watch("a")
    notifier.watch("b")
    notifier.forget("a")

    (tmp_path / "x").touch()
    (tmp_path / "a/x").touch()
    (tmp_path / "a/c/x").touch()
    (tmp_path / "b/x").touch()

    assert set(names(heard, "b/x")) == {"b/x"}


def test_watching_again_leaves_no_gap_and_follows_what_was_moved(tmp_path, notifier, heard):
    (tmp_path / "a").mkdir()
    notifier.watch("a")
    (tmp_path / "a/1").touch()
    notifier.watch("a")
    (tmp_path / "a/2").touch()
    before = names(heard, "a/2")
    (tmp_path / "a").rename(tmp_path / "b")
    notifier.watch("b")
    notifier.forget("a")
    (tmp_path / "b/3").touch()
    (tmp_path / "a").mkdir()
    notifier.watch("a")
    (tmp_path / "a/4").touch()
    (tmp_path / "b/5").touch()

    after = names(heard, "b/5")
    # That the second file was closed may be told of only after the folder has its new name.
    assert (set(before), set(after) - {"a/2", "b/2"}) == ({"a/1", "a/2"}, {"b/3", "a/4", "b/5"})
    assert len(notifier._inotify._watch_for_wd) == 2


def test_what_is_gone_or_no_folder_is_passed_over(tmp_path, notifier, heard):
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to(tmp_path)

    for folder in ("gone", "file", "link", "gone/below"):
        notifier.watch(folder)
    notifier.watch("")
    (tmp_path / "x").touch()

    assert set(names(heard, "/x")) == {"/x"}


def test_a_folder_that_may_not_be_read_is_passed_over(tmp_path, notifier, heard, monkeypatch):
    (tmp_path / "a").mkdir()
    with monkeypatch.context() as patch:  # as InotifyFD does for people who are not root
        patch.setattr(notices.InotifyFD, "_get_or_create_watch", _unreadable)
        notifier.watch("a")
        notifier.watch("a")
    notifier.watch("a")
    (tmp_path / "a/x").touch()

    assert set(names(heard, "a/x")) == {"a/x"}


def _unreadable(self, path, mask):
    from watchdog.observers.inotify_c import Watch

    return self._watch_for_wd.setdefault(-1, Watch(-1, mask, path))


@pytest.mark.slow
@pytest.mark.parametrize("folder", [None, "deep"])
@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (errno.ENOSPC, "sudo sysctl fs.inotify.max_user_watches="),
        (errno.EMFILE, "sudo sysctl fs.inotify.max_user_instances="),
        (errno.ENOMEM, "The system cannot tell of changes (Cannot allocate memory)"),
    ],
)
def test_where_a_limit_is_reached_files_are_looked_at_instead(
    watched, monkeypatch, limit, folder, error, advice
):
    watched.write("docs/deep/1.md")
    watched.write("docs/2.md")
    with monkeypatch.context() as patch:
        limit(patch, error, folder)

        watched.start()

        state = watched.wait_for(Mode.POLLING)
        assert advice in state.said
        assert state.folders == 0
        watched.write("docs/deep/1.md", "longer than before\n")
        (watched.root / "docs/2.md").rename(watched.root / "3.md")
        watched.until("docs/deep/1.md", "docs/2.md", "3.md")

    watched.write("archmem.toml")  # as everything is looked at, it is tried again
    assert watched.wait_for(Mode.WATCHING).said == ""


@pytest.mark.slow
def test_a_limit_that_is_reached_later_is_noticed(watched, monkeypatch, limit):
    watched.start()
    limit(monkeypatch, errno.ENOSPC, "deep")

    watched.write("docs/deep/1.md")

    assert watched.next().cause is Cause.OVERFLOW
    watched.wait_for(Mode.POLLING)
    watched.write("docs/deep/2.md")
    assert watched.until("docs/deep/2.md") == {"docs/deep/2.md"}


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Callback with id")  # watchdog's, of new folders on Linux only
def test_other_systems_are_told_of_the_whole_tree(watched, monkeypatch):
    # By what watchdog has for this system, which is told in much the same words.
    monkeypatch.setattr("indexer.watching.watcher.open_notifier", TreeNotifier)
    watched.write(".gitignore", "/build\n")
    watched.write("docs/1.md")
    watched.write("docs/2.md")
    watched.start()

    watched.write("build/1.md")
    watched.write("new/deep/3.md")
    watched.replace("docs/1.md")
    (watched.root / "docs/2.md").rename(watched.root / "4.md")

    expected = {"new/deep/3.md", "docs/1.md", "docs/2.md", "4.md"}
    assert not any(path.startswith("build") for path in watched.until(*expected))
    (watched.root / "docs").rename(watched.root / "moved")
    watched.until("docs", "moved/1.md")
    watched.write("archmem.toml")
    assert watched.until_cause(Cause.SETTINGS)


@pytest.mark.slow
def test_where_nothing_tells_of_changes_files_are_looked_at(watched, monkeypatch):
    monkeypatch.setattr(notices.sys, "platform", "plan9")
    watched.start()

    assert watched.wait_for(Mode.POLLING).said.startswith("The system cannot tell of changes")
    watched.write("docs/1.md")
    assert watched.until("docs/1.md") == {"docs/1.md"}
    watched.write("archmem.toml")
    assert watched.until_cause(Cause.SETTINGS)


def test_the_message_does_without_what_the_system_does_not_say(monkeypatch):
    monkeypatch.setattr(notices, "_value_of", lambda name: "")

    said = str(CannotNotify(OSError(errno.ENOSPC, "full")))

    assert "limit fs.inotify.max_user_watches is reached" in said
