import errno
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path, PurePosixPath

import pytest

from indexer import scanner
from indexer.scanner import Scan, scan
from memory.errors import ProjectNotFound, ProjectUnreadable
from tests.builders import IS_ROOT

DENIED = PermissionError(errno.EACCES, "Permission denied")
BROKEN = OSError(errno.EIO, "Input/output error")


def is_markdown(path: PurePosixPath) -> bool:
    return path.suffix == ".md"


def write(root: Path, *paths: str, text: str = "x\n") -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)


def found(root: Path, **options) -> list[str]:
    return [file.path for file in scan(root, is_markdown, **options).files]


def problems(result: Scan) -> list[str]:
    return [str(problem) for problem in result.problems]


@pytest.fixture
def fail_listing(monkeypatch):
    """Let the listing of one folder fail, as it does for people who are not root."""

    def arrange(folder: Path, error: OSError) -> None:
        real_scandir = os.scandir

        def scandir(path):
            if Path(path) == folder:
                raise error
            return real_scandir(path)

        monkeypatch.setattr(os, "scandir", scandir)

    return arrange


def test_accepted_files_come_sorted_with_size_and_mtime(tmp_path):
    write(tmp_path, "b.md", "a/z.md", "a/code.py", "a.md")
    os.utime(tmp_path / "a.md", ns=(5, 1_700_000_000_123_456_789))

    result = scan(tmp_path, is_markdown)

    assert [file.path for file in result.files] == ["a.md", "a/z.md", "b.md"]
    assert (result.files[0].size, result.files[0].mtime_ns) == (2, 1_700_000_000_123_456_789)
    assert (result.problems, result.blind) == ((), ())


def test_the_root_must_be_a_folder(tmp_path):
    write(tmp_path, "a.md")

    for root in (tmp_path / "missing", tmp_path / "a.md", tmp_path / "a.md" / "below"):
        with pytest.raises(ProjectNotFound):
            scan(root, is_markdown)


@pytest.mark.parametrize("error", [DENIED, BROKEN])
def test_a_root_that_cannot_be_listed_is_an_error_and_no_empty_scan(tmp_path, fail_listing, error):
    fail_listing(tmp_path, error)

    with pytest.raises(ProjectUnreadable, match=error.strerror):
        scan(tmp_path, is_markdown)


def test_a_root_that_vanishes_or_is_replaced_during_the_walk_is_an_error(tmp_path):
    root = tmp_path / "project"
    write(root, "a.md")

    def unmount(path):
        root.rename(tmp_path / "elsewhere")
        return True

    def remount(path):
        unmount(path)
        root.mkdir()
        return True

    with pytest.raises(ProjectNotFound):
        scan(root, unmount)
    shutil.move(tmp_path / "elsewhere", root)
    with pytest.raises(ProjectUnreadable):
        scan(root, remount)


@pytest.mark.parametrize("error", [DENIED, BROKEN])
def test_a_folder_that_cannot_be_listed_is_blind_and_the_rest_is_found(
    tmp_path, fail_listing, error
):
    write(tmp_path, "docs/adr/1.md", "docs/adr/deep/2.md", "docs/adr2/3.md")
    fail_listing(tmp_path / "docs/adr", error)

    result = scan(tmp_path, is_markdown)

    assert [file.path for file in result.files] == ["docs/adr2/3.md"]
    assert problems(result) == [f"docs/adr: cannot be listed: {error.strerror}"]
    assert not result.sees("docs/adr/1.md")
    assert not result.sees("docs/adr/deep/2.md")
    assert not result.sees("docs/adr")
    assert result.sees("docs/adr2/4.md")
    assert result.sees("docs/other.md")


@pytest.mark.posix
@pytest.mark.skipif(IS_ROOT, reason="root may list every folder")
def test_a_folder_without_permission_is_blind(tmp_path):
    write(tmp_path, "docs/1.md", "2.md")
    (tmp_path / "docs").chmod(0)

    result = scan(tmp_path, is_markdown)

    (tmp_path / "docs").chmod(0o700)
    assert [file.path for file in result.files] == ["2.md"]
    assert result.blind == ("docs",)


class _FailingEntry:
    """A directory entry whose file cannot be looked at."""

    def __init__(self, entry, error):
        self.name, self.path, self.error = entry.name, entry.path, error

    def is_dir(self, *, follow_symlinks):
        return False

    def is_symlink(self):
        return False

    def stat(self, *, follow_symlinks):
        raise self.error


@pytest.mark.parametrize(
    ("error", "blind"), [(BROKEN, ("a.md",)), (FileNotFoundError(errno.ENOENT, "gone"), ())]
)
def test_a_file_without_stat_is_blind_and_one_that_vanished_is_not(
    tmp_path, monkeypatch, error, blind
):
    write(tmp_path, "a.md", "b.md")
    entries = list(os.scandir(tmp_path))

    class Listing:
        def __enter__(self):
            return [_FailingEntry(e, error) if e.name == "a.md" else e for e in entries]

        def __exit__(self, *_):
            return None

    monkeypatch.setattr(os, "scandir", lambda path: Listing())

    result = scan(tmp_path, is_markdown)

    assert [file.path for file in result.files] == ["b.md"]
    assert result.blind == blind
    assert len(result.problems) == len(blind)


def test_a_folder_that_vanishes_during_the_walk_is_not_blind(tmp_path, fail_listing):
    write(tmp_path, "docs/1.md", "2.md")
    fail_listing(tmp_path / "docs", FileNotFoundError(errno.ENOENT, "gone"))

    result = scan(tmp_path, is_markdown)

    assert [file.path for file in result.files] == ["2.md"]
    assert result.sees("docs/1.md")
    assert result.problems == ()


def test_tools_own_folders_are_never_entered(tmp_path):
    names = (".git", ".archmem", "node_modules", ".venv", "__pycache__")
    write(tmp_path, "kept/1.md", *(f"{name}/1.md" for name in names))
    write(tmp_path, *(f"kept/{name}/1.md" for name in names if name != ".git"))

    assert found(tmp_path) == ["kept/1.md"]


def test_a_module_may_be_named_target_or_build(tmp_path):
    write(tmp_path, ".claude/memory/modules/target/1.md", "build/1.md")

    assert found(tmp_path) == [".claude/memory/modules/target/1.md", "build/1.md"]


def test_other_repositories_and_worktrees_inside_are_left_to_themselves(tmp_path):
    write(tmp_path, "adr/1.md", "vendor/lib/adr/1.md", ".claude/worktrees/fix/adr/1.md")
    write(tmp_path, ".git/HEAD", "vendor/lib/.git/HEAD", ".claude/worktrees/fix/.git")

    assert found(tmp_path) == ["adr/1.md"]


def test_root_and_nested_gitignore_files_are_respected(tmp_path):
    write(tmp_path, ".gitignore", text="/build/\n*.tmp.md\n[z-a]\n[[:x:]]\n!\n\\\n")
    write(tmp_path, "docs/.gitignore", text="\ufeffdraft-*\r\n!keep.tmp.md\r\n")
    write(tmp_path, "build/1.md", "docs/build/1.md", "docs/1.tmp.md", "docs/keep.tmp.md")
    write(tmp_path, "docs/draft-1.md", "docs/sub/draft-2.md", "draft-3.md")

    assert found(tmp_path) == ["docs/build/1.md", "docs/keep.tmp.md", "draft-3.md"]


@pytest.mark.parametrize("pattern", ["*a" * 30 + "b", "**/a/" * 30 + "b", "?*" * 40 + "/b"])
def test_a_pattern_of_many_stars_takes_no_name_long(tmp_path, pattern):
    write(tmp_path, f"{'a' * 200}.md", "a/" * 60 + "x.md", "keep/x.txt", "a/b/c.min.x.md")
    write(tmp_path, ".gitignore", text=f"{pattern}\n**/b/*.min.*\n")
    began = time.process_time()

    assert len(found(tmp_path)) == 2

    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    ("pattern", "ignored"),
    [
        ("**/bin/**/*.md", ["bin/x.md", "src/bin/a/x.md", "src/bin/y.md"]),
        ("*.*.*\r", []),
        ("**/[Bb]in/**/[a-x].md", ["bin/x.md", "src/bin/a/x.md"]),
        ("*/**/\\bi*/*.m?", ["src/bin/y.md"]),
        ("s*/b*/*.md", ["src/bin/y.md"]),
        ("*.m*d*  ", ["bin/x.md", "src/#a.md", "src/bin/a/x.md", "src/bin/y.md"]),
        ("**/\\#*.m*", ["src/#a.md"]),
    ],
)
def test_a_pattern_of_many_stars_says_what_it_says_to_git(tmp_path, pattern, ignored):
    files = ["bin/x.md", "src/#a.md", "src/bin/a/x.md", "src/bin/y.md"]
    write(tmp_path, *files)
    write(tmp_path, ".gitignore", text=f"{pattern}\n")

    assert sorted(set(files) - set(found(tmp_path))) == ignored


@pytest.mark.parametrize("pattern", ["[[:alpha:]]a*/**", "[[:digit:]]*.*.*"])
def test_a_class_by_its_name_of_posix_is_passed_over(tmp_path, pattern):
    write(tmp_path, "docs/1.md")
    write(tmp_path, ".gitignore", text=f"{pattern}\n")

    assert found(tmp_path) == ["docs/1.md"]


def test_names_without_what_such_a_pattern_says_cost_no_more_than_a_look(tmp_path, monkeypatch):
    write(tmp_path, "docs/1.md")
    write(tmp_path, ".gitignore", text="**/obj/**/*.md\n")
    monkeypatch.setattr(scanner, "tamed", None)

    assert found(tmp_path) == ["docs/1.md"]


def test_memory_folders_are_scanned_though_git_ignores_them(tmp_path):
    write(tmp_path, ".gitignore", text=".claude\n.claude/memory/\nmemory-bank/\n*.log.md\n")
    memory = [".claude/agents/a-agent.md", ".claude/memory/x/a.log.md", "memory-bank/b.md"]
    write(tmp_path, *memory, ".claude/logs/1.md", ".claude/notes.md", "c.log.md")

    assert found(tmp_path) == memory


def test_archmemignore_outranks_gitignore_both_ways(tmp_path):
    write(tmp_path, ".gitignore", text="generated/\n")
    write(tmp_path, ".archmemignore", text="!generated/\n.claude/memory/agents/private/\nold.md\n")
    write(tmp_path, ".claude/memory/.archmemignore", text="!old.md\n")
    write(tmp_path, "generated/1.md", ".claude/memory/agents/private/1.md", "docs/old.md")
    write(tmp_path, ".claude/memory/old.md", ".claude/memory/new.md")

    assert found(tmp_path) == [
        ".claude/memory/new.md",
        ".claude/memory/old.md",
        "generated/1.md",
    ]


def test_ignore_patterns_close_folders_and_archmemignore_can_open_them(tmp_path):
    write(tmp_path, ".archmemignore", text="!memory-bank/keep.md\n")
    write(tmp_path, "memory-bank/1.md", "memory-bank/keep.md", "docs/1.md", "docs/2.md")

    assert found(tmp_path, ignore=["/memory-bank/*", "2.md"]) == [
        "docs/1.md",
        "memory-bank/keep.md",
    ]


def test_an_ignore_file_that_cannot_be_read_is_named(tmp_path, monkeypatch):
    write(tmp_path, "docs/.gitignore", "docs/1.md")

    def read_plain(path, most):
        raise DENIED

    monkeypatch.setattr(scanner, "read_plain", read_plain)
    result = scan(tmp_path, is_markdown)

    assert [file.path for file in result.files] == ["docs/1.md"]
    assert problems(result) == [
        "docs/.gitignore: not heeded, as it is unreadable: Permission denied"
    ]
    assert result.blind == ()


@pytest.mark.skipif(shutil.which("git") is None, reason="git is the authority on its patterns")
def test_what_is_ignored_agrees_with_git(tmp_path):
    write(
        tmp_path,
        ".gitignore",
        text="a/*\n!a/keep/\n*.skip.md\nx/**/deep\n/top.md\n\\#h.md\nq?.md\n",
    )
    write(tmp_path, "b/.gitignore", text="*\n!*.md\n!.gitignore\nsecret*\n")
    write(tmp_path, "x/.gitignore", text="!1.skip.md\n[ab].md\nz/\n")
    names = ("1.md", "1.skip.md", "top.md", "a.md", "#h.md", "q1.md", "secret.md", "deep/1.md")
    folders = ("", "a/", "a/keep/", "a/other/", "b/", "b/c/", "x/", "x/y/", "x/y/deep/", "x/z/")
    write(tmp_path, *(folder + name for folder in folders for name in names))
    subprocess.run(["git", "init", "-q", tmp_path], check=True)

    listed = subprocess.run(
        ["git", "-C", tmp_path, "ls-files", "-o", "--exclude-standard", "*.md"],
        check=True,
        capture_output=True,
        text=True,
    )

    assert found(tmp_path) == sorted(listed.stdout.splitlines())


def test_a_link_and_its_file_are_one_file_under_its_own_name(tmp_path):
    write(tmp_path, "z/real.md")
    (tmp_path / "a.md").symlink_to("z/real.md")
    (tmp_path / "docs").symlink_to("z")

    result = scan(tmp_path, is_markdown)

    assert [(file.path, file.target) for file in result.files] == [("z/real.md", None)]
    assert result.problems == ()


def test_a_file_that_is_only_wanted_under_its_link_is_found_once(tmp_path):
    write(tmp_path, "records.txt", text="four")
    (tmp_path / "b.md").symlink_to("records.txt")
    (tmp_path / "a.md").symlink_to("b.md")

    [file] = scan(tmp_path, is_markdown).files

    assert (file.path, file.target, file.size) == ("a.md", "records.txt", 4)


def test_a_memory_folder_may_be_a_link_inside_the_project(tmp_path):
    write(tmp_path, ".gitignore", text=".claude\n")
    write(tmp_path, ".agents/memory/x.md", ".agents/other/y.md")
    (tmp_path / ".claude").symlink_to(".agents")

    def in_memory(path: PurePosixPath) -> bool:
        return path.parts[:2] == (".claude", "memory")

    result = scan(tmp_path, in_memory)

    assert [(file.path, file.target) for file in result.files] == [
        (".claude/memory/x.md", ".agents/memory/x.md")
    ]


def test_links_out_of_the_project_are_named_and_not_followed(tmp_path):
    root, outside = tmp_path / "project", tmp_path / "project-two"
    write(outside, "secret.md", "other.py")
    write(root, "docs/1.md")
    (root / "docs/2.md").symlink_to(outside / "secret.md")
    (root / "docs/code.py").symlink_to(outside / "other.py")
    (root / "adr").symlink_to(outside)

    result = scan(root, is_markdown)

    assert [file.path for file in result.files] == ["docs/1.md"]
    assert problems(result) == [
        "adr: a link out of the project, which is not followed",
        "docs/2.md: a link out of the project, which is not followed",
    ]
    assert not result.sees("adr/1.md")


def test_a_link_to_nowhere_is_told_where_what_it_led_to_could_be_ours(tmp_path):
    write(tmp_path, "1.md")
    (tmp_path / "adr").symlink_to("nothing")
    (tmp_path / "genesis").symlink_to("nothing")

    result = scan(tmp_path, lambda path: path.name == "1.md" or path.parts[0] == "adr")

    assert result.blind == ("adr", "genesis")
    assert problems(result) == ["adr: a link that cannot be followed: No such file or directory"]


def test_links_that_go_in_circles_or_nowhere_end(tmp_path):
    write(tmp_path, "a/b/1.md")
    (tmp_path / "a/b/up").symlink_to("..")
    (tmp_path / "a/root").symlink_to(tmp_path)
    (tmp_path / "one.md").symlink_to("two.md")
    (tmp_path / "two.md").symlink_to("one.md")
    (tmp_path / "gone.md").symlink_to("nothing")
    (tmp_path / ".#1.md").symlink_to("dana@host.1234:5678")

    result = scan(tmp_path, is_markdown)

    assert [file.path for file in result.files] == ["a/b/1.md"]
    assert result.blind == ("gone.md", "one.md", "two.md")
    assert "gone.md: a link that cannot be followed: No such file or directory" in problems(result)


def test_folders_linked_to_each_other_are_walked_a_bounded_number_of_times(tmp_path):
    names = [f"d{number}" for number in range(12)]
    write(tmp_path, *(f"{name}/1.md" for name in names))
    for name in names:
        for other in names:
            (tmp_path / name / f"to-{other}").symlink_to(f"../{other}")

    assert found(tmp_path) == sorted(f"{name}/1.md" for name in names)


def test_a_link_does_not_open_a_folder_that_is_never_entered(tmp_path):
    write(tmp_path, "node_modules/lib/1.md")
    (tmp_path / "lib").symlink_to("node_modules/lib")

    assert scan(tmp_path, is_markdown) == Scan((), (), ())


@pytest.mark.posix
def test_pipes_sockets_and_devices_are_named_and_never_opened(tmp_path, monkeypatch):
    os.mkfifo(tmp_path / "pipe.md")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link.md").symlink_to("pipe")
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket.md")

        result = scan(tmp_path, is_markdown)

    assert problems(result) == [
        f"{name}: not a regular file, so it was not opened"
        for name in ("link.md", "pipe.md", "socket.md")
    ]
    assert not result.sees("pipe.md")


def test_names_that_cannot_be_cited_have_one_clear_line(tmp_path):
    write(tmp_path, "ok.md", "two\nlines.md", "two\nlines.py", "a\tb/1.md")
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.md")).write_text("x")

    result = scan(tmp_path, is_markdown)

    what = "left out, as its name is not UTF-8 or holds a control character"
    assert [file.path for file in result.files] == ["ok.md"]
    assert problems(result) == [
        f"a\\tb: {what}",
        f"caf\\udce9.md: {what}",
        f"two\\nlines.md: {what}",
    ]


def test_long_composed_and_unusual_names_are_kept_as_they_are(tmp_path):
    names = ["e\u0301.md", "\u00e9.md", "\u3000\U0001f600.md", "n" * 252 + ".md", "a b#[c]*?\\.md"]
    write(tmp_path, *names)

    assert found(tmp_path) == sorted(names)


def test_a_tree_deeper_than_a_path_may_be_long_is_blind_at_its_end(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for _ in range(20):
        Path("d" * 250).mkdir()
        os.chdir("d" * 250)

    result = scan(tmp_path, is_markdown)

    os.chdir(tmp_path)
    assert len(result.blind) == 1
    assert "File name too long" in problems(result)[0]


class TestOnly:
    """A walk that is told to look at some paths only."""

    @pytest.mark.parametrize(
        ("only", "expected"),
        [
            (["a/1.md"], ["a/1.md"]),
            (["a"], ["a/1.md", "a/b/2.md"]),
            (["a/b/", "c.md"], ["a/b/2.md", "c.md"]),
            (["a/b/2.md", "a/never.md", "../a/1.md", "/a/1.md"], ["a/b/2.md"]),
            (["a/b/2.md/x", "aa", "c"], []),
            ([], []),
            ([""], ["a/1.md", "a/b/2.md", "c.md"]),
            (["."], ["a/1.md", "a/b/2.md", "c.md"]),
        ],
    )
    def test_nothing_else_is_found(self, tmp_path, only, expected):
        write(tmp_path, "a/1.md", "a/b/2.md", "c.md")

        assert found(tmp_path, only=only) == expected

    def test_the_same_is_ignored_as_by_a_whole_walk(self, tmp_path):
        write(tmp_path, "a/1.md", "a/2.md", "b/3.md", "sub/.git/HEAD", "sub/4.md")
        write(tmp_path, "a/.gitignore", text="2.md\n")
        every = ["a/1.md", "a/2.md", "b/3.md", "sub/4.md", ".git/5.md"]

        assert found(tmp_path, only=every, ignore=["b"]) == found(tmp_path, ignore=["b"])

    def test_only_what_leads_there_is_listed(self, tmp_path, fail_listing):
        write(tmp_path, "a/b/1.md", "a/far/2.md", "far/3.md")
        fail_listing(tmp_path / "far", BROKEN)
        fail_listing(tmp_path / "a/far", BROKEN)

        result = scan(tmp_path, is_markdown, only=["a/b"])

        assert [file.path for file in result.files] == ["a/b/1.md"]
        assert (result.problems, result.blind) == ((), ())

    def test_it_sees_only_where_it_was_to_look_and_could(self, tmp_path, fail_listing):
        write(tmp_path, "a/1.md", "b/2.md")
        fail_listing(tmp_path / "b", DENIED)

        result = scan(tmp_path, is_markdown, only=["a", "b", "c/gone.md"])

        assert [result.sees(path) for path in ("a/gone.md", "c/gone.md")] == [True, True]
        assert [result.sees(path) for path in ("b/2.md", "c/other.md", "d.md")] == [False] * 3

    @pytest.mark.parametrize("only", ["docs/adr/1.md", "docs/adr", "docs"])
    def test_where_a_link_leads_there_everything_is_looked_at(self, tmp_path, only):
        write(tmp_path, "records/1.md", "other.md", ".gitignore", "docs/x")
        (tmp_path / "docs/adr").symlink_to("../records")

        assert scan(tmp_path, is_markdown, only=[only]) == scan(tmp_path, is_markdown)
        assert scan(tmp_path, is_markdown, only=["records"]).only == {"records"}

    def test_a_root_that_vanished_is_an_error_here_too(self, tmp_path):
        with pytest.raises(ProjectNotFound):
            scan(tmp_path / "gone", is_markdown, only=["a.md"])


def test_every_folder_is_told_before_it_is_listed_under_each_of_its_names(tmp_path):
    write(tmp_path, "a/b/x", "node_modules/y", "sub/.git/HEAD", ".gitignore", "hidden/z")
    write(tmp_path, ".gitignore", text="hidden\n")
    (tmp_path / "link").symlink_to("hidden")
    (tmp_path / "other").symlink_to("a/b")
    told = []

    def on_folder(path, real):
        told.append((path, real))
        if path == "a":
            write(tmp_path, "a/late.md")

    result = scan(tmp_path, is_markdown, on_folder=on_folder)

    assert [file.path for file in result.files] == ["a/late.md"]
    assert sorted(told) == [
        ("", ""), ("a", "a"), ("a/b", "a/b"), ("link", "hidden"), ("other", "a/b"), ("sub", "sub"),
    ]  # fmt: skip


@pytest.mark.slow
def test_finding_a_thousand_files_among_twenty_thousand_costs_a_few_bare_walks(tmp_path):
    for number in range(400):
        folder = tmp_path / f"src/{number % 20}/{number}"
        folder.mkdir(parents=True)
        for file in range(50):
            (folder / f"{file}.{'md' if number < 20 else 'py'}").touch()

    bare = min(seconds_of(lambda: list(os.walk(tmp_path))) for _ in range(3))
    ours = min(seconds_of(lambda: scan(tmp_path, is_markdown)) for _ in range(3))

    assert len(found(tmp_path)) == 1000
    assert ours < 15 * bare  # measured: 5 to 7


def seconds_of(work) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started
