"""A project, a machine on which archmem is on PATH, and the two commands."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from cli.commands.install import install, uninstall
from cli.workspace import Workspace


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """archmem is on PATH, in no virtual environment."""
    program = tmp_path / "bin" / ("archmem.exe" if sys.platform == "win32" else "archmem")
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent))
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    return SimpleNamespace(bin=program.parent)


@pytest.fixture
def project(tmp_path, machine):
    root = tmp_path / "shop"
    root.mkdir()
    return root


@pytest.fixture
def run(project):
    """Run a command on the project: `run("install", "--yes")`."""

    def run_command(verb: str, *arguments: str, stdin: str | None = None):
        command = {"install": install, "uninstall": uninstall}[verb]
        workspace = Workspace(project, None)
        return CliRunner().invoke(command, ["claude", *arguments], obj=workspace, input=stdin)

    return run_command


@pytest.fixture
def do(run):
    """Run a command that succeeds, and return what it says."""

    def succeed(verb: str, *arguments: str) -> str:
        result = run(verb, "--yes", *arguments)
        assert result.exit_code == 0, (result.output, result.exception)
        return result.output

    return succeed


@pytest.fixture
def files(project):
    """Every file of the project with its bytes."""

    def read() -> dict[str, bytes]:
        return {
            path.relative_to(project).as_posix(): path.read_bytes()
            for path in sorted(project.rglob("*"))
            if path.is_file()
        }

    return read
