import contextlib
import errno
import hashlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer import reading
from indexer.reading import MAX_BYTES, FileState, FileText, Unread, read_document
from indexer.scanner import SeenFile
from tests.builders import IS_ROOT

FAR_AHEAD = 4_000_000_000 * 10**9  # in the year 2096
LONG_AGO = 1_700_000_000_000_000_000


def write(root: Path, content: bytes, *, name: str = "a.md", mtime_ns: int = LONG_AGO) -> SeenFile:
    path = root / name
    path.write_bytes(content)
    os.utime(path, ns=(mtime_ns, mtime_ns))
    return SeenFile(name, len(content), mtime_ns)


def read(root: Path, content: bytes) -> FileText:
    outcome = read_document(root, write(root, content))
    assert isinstance(outcome, FileText), outcome
    return outcome


def fail(root: Path, seen: SeenFile) -> tuple[FileState, str]:
    outcome = read_document(root, seen)
    assert isinstance(outcome, Unread), outcome
    return outcome.state, str(outcome.problem)


def test_a_reading_has_the_text_the_bytes_and_their_hash(tmp_path):
    content = "# Größe\r\n".encode()

    outcome = read(tmp_path, content)

    assert outcome.document.path == "a.md"
    assert outcome.document.text == "# Größe\n"
    assert outcome.problems == ()
    assert outcome.raw == content
    assert outcome.content_hash == hashlib.blake2b(content, digest_size=16).hexdigest()


def test_a_reading_says_what_was_read_even_if_the_file_changed_since_the_walk(tmp_path):
    write(tmp_path, b"four")
    stale = SeenFile("a.md", 999, 1)
    before = time.time_ns()

    outcome = read_document(tmp_path, stale)

    assert isinstance(outcome, FileText)
    assert outcome.seen == SeenFile("a.md", 4, LONG_AGO)
    assert before <= outcome.read_at_ns <= time.time_ns()


def test_a_link_that_the_walk_followed_is_read_by_its_target(tmp_path):
    write(tmp_path, b"text", name="real.txt")
    (tmp_path / "a.md").symlink_to("real.txt")

    outcome = read_document(tmp_path, SeenFile("a.md", 4, LONG_AGO, target="real.txt"))

    assert isinstance(outcome, FileText)
    assert (outcome.document.path, outcome.document.text) == ("a.md", "text")


def test_all_newlines_become_plain_ones_and_lines_keep_their_numbers(tmp_path):
    text = read(tmp_path, b"1\r\n2\r3\n4\x0c\n\n6").document.text

    assert text.split("\n") == ["1", "2", "3", "4\x0c", "", "6"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_unicode_with_or_without_a_byte_order_mark_is_read(tmp_path, encoding):
    outcome = read(tmp_path, "决定 é\r\nzwei\r".encode(encoding))

    assert outcome.document.text == "决定 é\nzwei\n"
    assert outcome.problems == ()


def test_big_endian_utf16_is_read(tmp_path):
    outcome = read(tmp_path, b"\xfe\xff" + "Größe".encode("utf-16-be"))

    assert outcome.document.text == "Größe"


def test_a_gbk_block_in_a_utf8_file_is_read_and_its_first_line_named(tmp_path):
    # As in a real decisionLog.md: FORMATS.md, memory-bank of 89780012/opencode.
    content = (
        "# Журнал\r\n".encode()
        + "决定。使用队列\r\n\r\n原因 is 吞吐量\r\n".encode("gbk")
        + "后来\n".encode()
    )

    outcome = read(tmp_path, content)

    assert outcome.document.text == "# Журнал\n决定。使用队列\n\n原因 is 吞吐量\n后来\n"
    assert [str(problem) for problem in outcome.problems] == [
        "a.md:2: not UTF-8 (lines like this: 2), read as GB18030"
    ]


def test_four_byte_gb18030_is_read(tmp_path):
    assert read(tmp_path, "决定 é 😀".encode("gb18030")).document.text == "决定 é 😀"


@pytest.mark.parametrize(
    "text",
    [
        "Müller fügt größere Übergrößen zu",
        "# Größe",
        "«Décision»: l'été déjà passé €",
        "naïve café €5",
    ],
)
def test_western_text_is_not_taken_for_chinese(tmp_path, text):
    outcome = read(tmp_path, b"ok\n" + text.encode("cp1252"))

    assert outcome.document.text == f"ok\n{text}"
    assert str(outcome.problems[0]) == "a.md:2: not UTF-8 (lines like this: 1), read as CP1252"


def test_bytes_that_no_code_page_has_are_still_read(tmp_path):
    outcome = read(tmp_path, b"a\x81 b\n\xef\xbb\xbf")

    assert outcome.document.text == "a\x81 b\n\ufeff"
    assert outcome.problems[0].what.endswith("read as LATIN-1")


def test_two_encodings_in_one_file_have_a_line_each(tmp_path):
    content = "ü\n".encode("cp1252") + b"ok\n" + "决定\n".encode("gbk") + b"ok\n\xfc\n"

    problems = [str(problem) for problem in read(tmp_path, content).problems]

    assert problems == [
        "a.md:1: not UTF-8 (lines like this: 2), read as CP1252",
        "a.md:3: not UTF-8 (lines like this: 1), read as GB18030",
    ]


@pytest.mark.parametrize(
    "content", [b"", b" \n\t\r\n", b"\xef\xbb\xbf", b"\xff\xfe", b"\xef\xbb\xbf \n"]
)
def test_nothing_but_white_space_is_empty(tmp_path, content):
    assert fail(tmp_path, write(tmp_path, content)) == (FileState.EMPTY, "a.md: empty")


@pytest.mark.parametrize(
    "content",
    [
        b"text with a \0 in it",
        b"\x89PNG\r\n\x1a\n rest",
        b"\x1f\x8b\x08\xff\xfe\x80",
        "utf-16 without a mark".encode("utf-16-le"),
        b"\xff\xfea",
        b"\xff\xfe\x00\xd8",
        "utf-32".encode("utf-32"),
    ],
)
def test_what_is_not_text_is_said_to_be_none(tmp_path, content):
    state, problem = fail(tmp_path, write(tmp_path, content))

    assert (state, problem) == (FileState.NOT_TEXT, "a.md: not text in UTF-8 or UTF-16")


def test_a_file_that_is_too_large_is_not_read(tmp_path, monkeypatch):
    seen = write(tmp_path, b"")
    os.truncate(tmp_path / "a.md", 50 * 1024 * 1024)
    monkeypatch.setattr(reading, "_decoded", None)

    assert fail(tmp_path, seen) == (
        FileState.TOO_LARGE,
        "a.md: too large to be read: 52,428,800 bytes, the limit is 2,097,152",
    )


def test_a_file_of_just_the_limit_is_read(tmp_path):
    assert len(read(tmp_path, b"x" * MAX_BYTES).raw) == MAX_BYTES


@pytest.mark.parametrize("path", ["missing.md", "a.md/below.md", "folder/missing.md"])
def test_a_file_that_vanished_since_the_walk_is_gone(tmp_path, path):
    write(tmp_path, b"x")

    assert fail(tmp_path, SeenFile(path, 1, LONG_AGO))[0] is FileState.GONE


@pytest.mark.posix
def test_a_pipe_in_place_of_the_file_does_not_make_us_wait(tmp_path):
    os.mkfifo(tmp_path / "a.md")

    assert fail(tmp_path, SeenFile("a.md", 1, LONG_AGO)) == (
        FileState.UNREADABLE,
        "a.md: not a regular file, so it was not read",
    )


def test_a_link_in_place_of_the_file_is_not_followed(tmp_path):
    write(tmp_path, b"secret", name="real.md")
    (tmp_path / "a.md").symlink_to("real.md")

    assert fail(tmp_path, SeenFile("a.md", 1, LONG_AGO))[0] is FileState.UNREADABLE


def test_a_folder_in_place_of_the_file_is_unreadable(tmp_path):
    (tmp_path / "a.md").mkdir()

    assert fail(tmp_path, SeenFile("a.md", 1, LONG_AGO))[0] is FileState.UNREADABLE


@pytest.mark.parametrize("error", [errno.EACCES, errno.EIO, errno.ESTALE])
def test_an_error_on_opening_is_unreadable_and_not_gone(tmp_path, monkeypatch, error):
    seen = write(tmp_path, b"x")

    def broken_open(*_):
        raise OSError(error, os.strerror(error))

    monkeypatch.setattr(os, "open", broken_open)

    assert fail(tmp_path, seen) == (
        FileState.UNREADABLE,
        f"a.md: cannot be read: {os.strerror(error)}",
    )


@pytest.mark.posix
@pytest.mark.skipif(IS_ROOT, reason="root may read every file")
def test_a_file_without_permission_is_unreadable(tmp_path):
    seen = write(tmp_path, b"x")
    (tmp_path / "a.md").chmod(0)

    assert fail(tmp_path, seen)[0] is FileState.UNREADABLE


@pytest.mark.parametrize("edit", [b"x", b"a longer text than before", b""])
def test_a_file_that_changes_while_it_is_read_is_half_written(tmp_path, monkeypatch, edit):
    seen = write(tmp_path, b"before")
    real_fstat, calls = os.fstat, []

    def fstat_after_an_edit(descriptor):
        calls.append(descriptor)
        if len(calls) == 3:  # once to see whether to wait, once before reading, once after
            (tmp_path / "a.md").write_bytes(edit)
        return real_fstat(descriptor)

    monkeypatch.setattr(os, "fstat", fstat_after_an_edit)

    assert fail(tmp_path, seen) == (
        FileState.HALF_WRITTEN,
        "a.md: was being written while it was read",
    )


def test_a_file_truncated_to_be_written_again_is_left_to_settle(tmp_path, monkeypatch):
    seen = write(tmp_path, b"", mtime_ns=time.time_ns())

    def finish_writing(seconds):
        assert 0 < seconds <= reading.SETTLE_NS / 1e9
        (tmp_path / "a.md").write_bytes(b"all of it")

    monkeypatch.setattr(time, "sleep", finish_writing)
    outcome = read_document(tmp_path, seen)

    assert isinstance(outcome, FileText)
    assert outcome.document.text == "all of it"


@pytest.mark.parametrize("mtime_ns", [LONG_AGO, FAR_AHEAD])
def test_nobody_waits_for_an_old_file_nor_for_one_dated_in_the_future(
    tmp_path, monkeypatch, mtime_ns
):
    monkeypatch.setattr(time, "sleep", None)

    outcome = read_document(tmp_path, write(tmp_path, b"x", mtime_ns=mtime_ns))

    assert isinstance(outcome, FileText)


@pytest.mark.posix
@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="looks at descriptors by /proc")
def test_no_descriptor_is_left_open(tmp_path):
    os.mkfifo(tmp_path / "pipe.md")
    (tmp_path / "folder.md").mkdir()

    for name in ("pipe.md", "folder.md", "missing.md"):
        read_document(tmp_path, SeenFile(name, 1, LONG_AGO))
    read(tmp_path, b"x")

    assert not [one for one in _open_files() if one.is_relative_to(tmp_path)]


def _open_files() -> Iterator[Path]:
    """What is open; not how many, as what earlier tests left may be closed at any moment."""
    for one in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):  # the listing's own
            yield one.readlink()


CONFLICT = b"# A\n\n<<<<<<< HEAD\nAccepted\n=======\nRejected\n>>>>>>> feature\n"


@pytest.mark.parametrize(
    "content",
    [
        CONFLICT,
        b"# A\n\n<<<<<<<\nAccepted\n=======\nRejected\n>>>>>>>\n",
        b"<<<<<<< ours\nx\n||||||| base\nz\n=======\ny\n>>>>>>> theirs",
        b"<<<<<<< Conflict 1\n%%%%%%% Changes\n-x\n+++++++ B\ny\n>>>>>>> Conflict 1 ends\n",
        b"<<<<<<< HEAD\n```\nx\n=======\n```\ny\n>>>>>>> b\n",
        b"Accepted\n=======\nRejected\n>>>>>>> feature\n",
    ],
)
def test_a_file_with_an_unsolved_merge_conflict_is_named_and_not_read(tmp_path, content):
    state, problem = fail(tmp_path, write(tmp_path, content))

    assert state is FileState.NOT_PARSEABLE
    assert problem.startswith("a.md: holds a merge conflict")


@pytest.mark.parametrize(
    "content",
    [
        b"# On git\n\n```\n" + CONFLICT + b"```\n",  # shown, not meant
        b"Title\n=======\n\ntext >>>>>>> more\n",
        b"Title\n=======\n\n<<<<<<< quoted\n",
    ],
)
def test_signs_of_a_conflict_may_be_what_a_page_is_about(tmp_path, content):
    assert read(tmp_path, content).document.text == content.decode()
