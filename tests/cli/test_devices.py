"""What stands where a project keeps its settings may be no file: a link to a device has no end."""

import os

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
        if make is a_fifo and name.startswith(".git"):
            continue  # for which git itself waits
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
