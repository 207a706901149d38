"""What stands where a project keeps its settings may be no file: a link to a device has no end."""

import os
import time

import pytest

from tests.cli.test_adopt import git

NAMES = (
    *(
        "archmem.toml",
        "tach.toml",
        "deptrac.yaml",
        "pyproject.toml",
        "package.json",
        ".importlinter",
    ),
    *("coverage.xml", "junit.xml", "report.sarif", "src/api.py", "docs/adr/0002-x.md", "AGENTS.md"),
    *(".gitignore", ".archmemignore", ".gitattributes", ".log4brains.yml", ".adr-dir", "go.mod"),
)


def a_link(file):
    file.symlink_to("/dev/zero")


def a_fifo(file):
    os.mkfifo(file)


@pytest.mark.parametrize("make", [a_link, a_fifo])
def test_no_command_reads_without_end_or_waits(run, new_shop, make):
    resource = pytest.importorskip("resource")
    git(new_shop, "init", "-q")
    git(new_shop, "add", ".")
    git(new_shop, "commit", "-qm", "All of it")
    for name in NAMES[1:]:
        (new_shop / name).parent.mkdir(parents=True, exist_ok=True)
        (new_shop / name).unlink(missing_ok=True)
        make(new_shop / name)
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    for command in (("index",), ("audit",), ("verify",), ("lint",), ("harvest",), ("health",)):
        assert run(*command).exit_code in (0, 1, 3)
    make(new_shop / NAMES[0])
    refused = run("index")

    assert "is not a file" in refused.stderr
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < used + 1_000_000  # kilobytes


GITS_OWN = (
    *("config", "config.worktree", "HEAD", "index", "packed-refs", "info/exclude"),
    *("info/attributes", "shallow"),
)


@pytest.mark.posix
@pytest.mark.parametrize("name", [*(f".git/{one}" for one in GITS_OWN), ".gitignore", ".git"])
def test_git_is_not_run_where_it_would_wait(run, new_shop, name):
    git(new_shop, "init", "-q")
    git(new_shop, "add", ".")
    git(new_shop, "commit", "-qm", "All of it")
    if name == ".git":
        (new_shop / name).rename(new_shop / "away")
    (new_shop / name).unlink(missing_ok=True)
    os.mkfifo(new_shop / name)
    began = time.monotonic()

    for command in (("index",), ("map",), ("verify",)):
        assert run(*command).exit_code in (0, 1, 3)

    assert time.monotonic() - began < 60  # which is how long git is waited for


@pytest.mark.posix
def test_a_memory_that_is_no_file_is_told_as_such(run, new_shop):
    (new_shop / ".archmem").mkdir(mode=0o700)
    os.mkfifo(new_shop / ".archmem/memory.db")

    for command in (("index",), ("list",), ("doctor",), ("adopt",), ("backup",), ("undo",)):
        assert "is not a file" in run(*command).stderr


@pytest.mark.posix
def test_neither_is_a_backup_or_an_export_waited_for(run, new_shop, tmp_path):
    run("init")
    run("backup", "--to", str(tmp_path))
    (backup,) = tmp_path.glob("*.db")
    (new_shop / ".archmem").rename(tmp_path / "away")
    os.mkfifo(tmp_path / "lines.jsonl")
    os.mkfifo(f"{backup}-wal")

    assert "is not a file" in run("restore", str(backup)).stderr.lower()
    assert "is no export" in run("import", f"{tmp_path}/lines.jsonl").stderr
