"""A file is changed whole or not at all, and never over somebody's change."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from indexer.writers import atomic_file, exchange
from indexer.writers.atomic_file import write_file
from memory.errors import FileChangedMeanwhile, FileNotWritable
from tests.builders import make_fifo


def test_folders_are_made_and_nothing_else_is_left(tmp_path):
    assert write_file(tmp_path, "a/b/c.md", lambda text: f"{text}") == "None"

    assert (tmp_path / "a/b/c.md").read_text() == "None"
    assert [each.name for each in (tmp_path / "a/b").iterdir()] == ["c.md"]


@pytest.mark.posix
def test_the_mode_and_the_line_ends_stay(tmp_path):
    file = tmp_path / "c.md"
    file.write_bytes(b"\xef\xbb\xbfa\r\n")
    file.chmod(0o640)

    write_file(tmp_path, "c.md", lambda text: f"{text}b\r\n")

    assert file.read_bytes() == b"\xef\xbb\xbfa\r\nb\r\n"
    assert file.stat().st_mode & 0o777 == 0o640


def test_a_text_that_stays_the_same_is_not_written(tmp_path):
    file = tmp_path / "c.md"
    file.write_text("a")
    before = file.stat().st_ino

    write_file(tmp_path, "c.md", lambda text: text or "")

    assert file.stat().st_ino == before


def test_a_change_by_somebody_else_wins(tmp_path):
    file = tmp_path / "c.md"
    file.write_text("a")

    def change(text: str | None) -> str:
        file.write_text("theirs")
        return "ours"

    with pytest.raises(FileChangedMeanwhile):
        write_file(tmp_path, "c.md", change)

    assert file.read_text() == "theirs"
    assert [each.name for each in tmp_path.iterdir()] == ["c.md"]


def test_a_file_that_appears_meanwhile_is_left_alone(tmp_path):
    def change(text: str | None) -> str:
        (tmp_path / "c.md").write_text("theirs")
        return "ours"

    with pytest.raises(FileChangedMeanwhile):
        write_file(tmp_path, "c.md", change)

    assert (tmp_path / "c.md").read_text() == "theirs"


class Killed(BaseException):
    """What no handler of errors catches."""


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), Killed()])
@pytest.mark.parametrize(
    ("of", "step"), [(os, "fdopen"), (os, "fchmod"), (os, "fsync"), (atomic_file, "put_in_place")]
)
def test_a_write_that_fails_leaves_the_old_text_and_no_other_file(
    tmp_path, monkeypatch, of, step, error
):
    (tmp_path / "c.md").write_text("a")

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(of, step, fail)
    with pytest.raises(type(error)):
        write_file(tmp_path, "c.md", lambda _: "b")

    assert (tmp_path / "c.md").read_text() == "a"
    assert [each.name for each in tmp_path.iterdir()] == ["c.md"]


def test_a_write_that_is_interrupted_behind_its_last_step_leaves_the_new_text(
    tmp_path, monkeypatch
):
    (tmp_path / "c.md").write_text("a")

    def killed(*_: object) -> None:
        raise Killed

    monkeypatch.setattr("indexer.writers.atomic_file._sync_folder", killed)
    with pytest.raises(Killed):
        write_file(tmp_path, "c.md", lambda _: "b")

    assert (tmp_path / "c.md").read_text() == "b"
    assert [each.name for each in tmp_path.iterdir()] == ["c.md"]


@pytest.mark.parametrize("path", ["../out.md", "link/out.md", "file-link.md"])
def test_links_out_of_the_project_are_not_followed(tmp_path, path):
    root, outside = tmp_path / "root", tmp_path / "outside"
    root.mkdir()
    outside.mkdir()
    (outside / "out.md").write_text("theirs")
    (root / "link").symlink_to(outside)
    (root / "file-link.md").symlink_to(outside / "out.md")

    with pytest.raises(FileNotWritable, match="outside"):
        write_file(root, path, lambda _: "ours")

    assert (outside / "out.md").read_text() == "theirs"
    assert not (tmp_path / "out.md").exists()


def test_a_link_to_itself_is_refused_by_the_system(tmp_path):
    (tmp_path / "loop.md").symlink_to("loop.md")

    with pytest.raises(OSError, match="symbolic links"):
        write_file(tmp_path, "loop.md", lambda _: "ours")


def test_a_link_inside_the_project_stays_a_link(tmp_path):
    (tmp_path / "real.md").write_text("a")
    (tmp_path / "link.md").symlink_to(tmp_path / "real.md")

    write_file(tmp_path, "link.md", lambda _: "b")

    assert (tmp_path / "link.md").is_symlink()
    assert (tmp_path / "real.md").read_text() == "b"


@pytest.mark.posix
@pytest.mark.parametrize("make", [Path.mkdir, make_fifo], ids=["folder", "fifo"])
def test_what_is_no_file_is_refused(tmp_path, make):
    make(tmp_path / "c.md")

    with pytest.raises(FileNotWritable, match="not a file"):
        write_file(tmp_path, "c.md", lambda _: "b")


def test_text_in_another_encoding_is_left_alone(tmp_path):
    (tmp_path / "c.md").write_bytes(b"a\xff")

    with pytest.raises(FileNotWritable, match="byte 1"):
        write_file(tmp_path, "c.md", lambda _: "b")


@pytest.mark.parametrize("can_exchange", [True, False])
@pytest.mark.parametrize("how", ["in place", "by a rename"])
def test_a_hand_edit_between_the_last_look_and_the_writing_wins(
    tmp_path, monkeypatch, can_exchange, how
):
    file = tmp_path / "log.md"
    file.write_text("as read\n")
    if not can_exchange:
        monkeypatch.setattr(exchange, "_renameat2", lambda: None)

    def edit(draft, *rest):
        if how == "in place":
            file.write_text("by hand\n")
        else:
            (tmp_path / "editor").write_text("by hand\n")
            (tmp_path / "editor").rename(file)
        return exchange.put_in_place(draft, *rest)

    monkeypatch.setattr(atomic_file, "put_in_place", edit)
    with pytest.raises(FileChangedMeanwhile):
        write_file(tmp_path, "log.md", lambda text: f"{text}ours\n")

    assert {one.name: one.read_text() for one in tmp_path.iterdir()} == {"log.md": "by hand\n"}


def no_links(*_):
    raise PermissionError(errno.EPERM, "Operation not permitted")


def test_a_file_system_without_links_takes_files_too(tmp_path, monkeypatch):
    monkeypatch.setattr(exchange, "_renameat2", lambda: None)
    monkeypatch.setattr(os, "link", no_links)

    for text in ("new\n", "changed\n"):
        write_file(tmp_path, "log.md", lambda _, text=text: text)
        assert {one.name: one.read_text() for one in tmp_path.iterdir()} == {"log.md": text}


@pytest.mark.posix
def test_what_cannot_be_looked_at_and_came_at_the_last_moment_stays(tmp_path, monkeypatch):
    file = tmp_path / "log.md"
    file.write_text("as read\n")

    def edit(draft, *rest):
        file.unlink()
        os.mkfifo(file)
        return exchange.put_in_place(draft, *rest)

    monkeypatch.setattr(atomic_file, "put_in_place", edit)
    with pytest.raises(FileNotWritable):
        write_file(tmp_path, "log.md", lambda text: f"{text}ours\n")

    assert [one.name for one in tmp_path.iterdir()] == ["log.md"]
    assert file.is_fifo()


def test_a_file_that_appears_at_the_last_moment_is_left_alone(tmp_path, monkeypatch):
    def appear(draft, file):
        file.write_text("theirs\n")
        return exchange.put_new(draft, file)

    monkeypatch.setattr(atomic_file, "put_new", appear)
    with pytest.raises(FileChangedMeanwhile):
        write_file(tmp_path, "log.md", lambda _: "ours\n")

    assert {one.name: one.read_text() for one in tmp_path.iterdir()} == {"log.md": "theirs\n"}


@pytest.mark.posix
@pytest.mark.parametrize(
    "inside", [".git/config", ".git/hooks/pre-commit", ".GIT/x", ".bare/hooks/x", ".archmem/x"]
)
def test_no_link_leads_into_a_repository_or_a_memory(tmp_path, inside):
    """A clone brings links; what is written to its settings or hooks, git would do."""
    for name in (".git", ".bare"):
        (tmp_path / name / "objects").mkdir(parents=True)
        (tmp_path / name / "HEAD").write_text("ref: refs/heads/main\n")
    (tmp_path / ".git/config").write_text("[core]\n")
    (tmp_path / "notes.md").symlink_to(inside)

    with pytest.raises(FileNotWritable):
        write_file(tmp_path, "notes.md", lambda _: "[core]\n\tfsmonitor = theirs\n")

    assert (tmp_path / ".git/config").read_text() == "[core]\n"
    assert not (tmp_path / inside).exists() or inside == ".git/config"
