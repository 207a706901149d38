from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from cli import main as main_module
from cli.lazy import LazyCommand
from cli.main import COMMANDS, archmem
from memory.errors import StoreBusy
from memory.version import VERSION

if TYPE_CHECKING:
    import click

ROOT = Path(__file__).parents[2]
HEAVY = {"torch", "sentence_transformers", "chromadb", "onnxruntime", "tokenizers"}
LATER = HEAVY | {"yaml", "markdown_it", "pygments"}


def python(code: str, *arguments: object, **settings) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        **settings,
    )


def imported_by(*arguments: object) -> set[str]:
    """The modules that have been imported when a command has run."""
    code = """if True:
        import sys
        from cli.main import archmem
        archmem(sys.argv[1:], standalone_mode=False)
        print("imported:", *sys.modules)
    """
    done = python(code, *arguments)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.rpartition("imported:")[2].split())


@pytest.mark.parametrize("command", COMMANDS.values(), ids=lambda command: command.name)
def test_each_line_of_the_help_is_the_first_one_of_its_command(command):
    real = command.load()

    assert real.name == command.name
    assert real.get_short_help_str(limit=200) == command.short_help
    assert len(command.short_help) < 60


@pytest.mark.slow
def test_the_help_imports_nothing_but_click_and_the_standard_library():
    ours = {
        "cli", "cli.main", "cli.lazy",
        "cli.verbs", "cli.endings", "memory.texts.safe_text", "cli.workspace",
        "cli.form", "cli.progress",
        "memory", "memory.errors", "memory.texts", "memory.version",
    }  # fmt: skip
    tops = {"click", "cli", "memory", "__main__", "__future__"}

    modules = {name for name in imported_by("--help") if not name.startswith("click")}

    foreign = {name for name in modules if name.split(".")[0] not in sys.stdlib_module_names}
    assert {name for name in foreign if name.split(".")[0] not in tops} <= site_modules()
    assert {name for name in modules if name.split(".")[0] in {"cli", "memory"}} <= ours


def site_modules() -> set[str]:
    """What Python itself imports when it starts, such as the finder of an editable install."""
    done = python("import sys; print(*sys.modules)")
    return set(done.stdout.split())


@pytest.mark.slow
@pytest.mark.parametrize(
    "command", [["status"], ["list"], ["timeline", "queue"]], ids=lambda command: command[0]
)
def test_commands_without_an_engine_import_neither_models_nor_parsers(shop, command):
    assert not imported_by("--project", shop, *command) & LATER


@pytest.mark.slow
def test_a_search_does_not_import_torch(shop):
    modules = imported_by("--project", shop, "search", "queue")

    assert not modules & {"torch", "sentence_transformers"}


def test_every_command_has_help_with_an_example():
    for command in every_command(archmem):
        assert command.help
        assert "Example" in command.help, command.name


def every_command(command: click.Command):
    real = command.load() if isinstance(command, LazyCommand) else command
    yield real
    for inner in getattr(real, "commands", {}).values():
        yield from every_command(inner)


def test_help_and_version_need_no_project():
    runner = CliRunner()

    assert VERSION in runner.invoke(archmem, ["--version"]).stdout
    help_text = runner.invoke(archmem, ["--project", "/nowhere", "search", "--help"])
    assert help_text.exit_code == 0


def test_a_wrong_command_is_wrong_usage_and_the_right_one_is_suggested():
    result = CliRunner().invoke(archmem, ["searhc", "x"])

    assert result.exit_code == 2
    assert "Did you mean 'search'?" in result.stderr


@pytest.mark.slow
def test_an_error_of_ours_is_one_line_with_a_hint(run, shop, monkeypatch):
    def busy(*_):
        raise StoreBusy(Path("/shop/\x1b[31m.archmem"), "another\nprocess")

    monkeypatch.setattr("memory.api.ArchMem.status", busy)

    result = run("status")

    assert result.exit_code == 1
    assert result.stderr == (
        "Error: /shop/␛[31m.archmem is in use by another process. "
        "Wait until it has finished, then try again.\n"
    )
    assert result.stdout == ""


def test_what_nobody_expected_is_not_swallowed(run, shop, monkeypatch):
    def fail(*_):
        raise ZeroDivisionError

    monkeypatch.setattr("memory.api.ArchMem.status", fail)

    assert isinstance(run("status").exception, ZeroDivisionError)


def test_an_interrupt_ends_quietly_with_130(run, shop, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("memory.api.ArchMem.status", interrupt)

    result = run("status")

    assert (result.exit_code, result.output) == (130, "")


@pytest.mark.slow
def test_a_reader_that_goes_away_ends_it_quietly_with_141(shop):
    reading, writing = os.pipe()
    os.close(reading)

    done = subprocess.run(
        [sys.executable, "-m", "cli.main", "--project", str(shop), "list"],
        cwd=ROOT,
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
    )

    os.close(writing)
    assert (done.returncode, done.stderr) == (128 + signal.SIGPIPE, b"")


@pytest.mark.slow
def test_letters_that_stdout_does_not_know_are_escaped(shop):
    environment = os.environ | {"PYTHONIOENCODING": "ascii"}
    code = "from cli.main import main; main()"

    done = python(code, "--project", shop, "history", "dec-", env=environment)
    listed = python(code, "--project", shop, "timeline", "café", env=environment)

    assert done.returncode == 1
    assert listed.returncode == 0, listed.stderr


@pytest.mark.parametrize(
    ("store", "line"),
    [
        (None, "No memory at {folder}. Run `archmem index` there first."),
        (b"no database", "{folder}/memory.db is damaged: file is not a database."),
    ],
)
def test_a_store_that_cannot_be_opened_is_named(run, new_shop, tmp_path, store, line):
    folder = tmp_path / "elsewhere"
    if store:
        folder.mkdir()
        (folder / "memory.db").write_bytes(store * 200)

    result = run("--store", str(folder), "status")

    assert result.exit_code == 1
    assert result.stderr.startswith(f"Error: {line.format(folder=folder)}")


def test_a_store_of_a_newer_archmem_is_left_alone(run, shop):
    import sqlite3

    file = shop / ".archmem" / "memory.db"
    with sqlite3.connect(file) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    before = file.read_bytes()

    result = run("index")

    assert result.exit_code == 1
    assert "has schema version 99" in result.stderr
    assert "Upgrade archmem; nothing was changed." in result.stderr
    assert file.read_bytes() == before


def test_a_folder_that_is_none_is_named():
    result = CliRunner().invoke(archmem, ["--project", "/nowhere/at/all", "status"])

    assert result.exit_code == 1
    assert "No project at /nowhere/at/all" in result.stderr


def test_the_program_is_called_archmem(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["/somewhere/__main__.py", "--version"])
    monkeypatch.setattr("gc.set_threshold", lambda _: None)  # it would last beyond this test

    with pytest.raises(SystemExit):
        main_module.main()

    assert capsys.readouterr().out == f"archmem {VERSION}\n"


def test_what_the_disk_refuses_is_one_line(run, shop, monkeypatch):
    def refused(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device", "memory.db")

    monkeypatch.setattr("memory.session.open_ledger", refused)
    result = run("list")

    assert result.exit_code == 1
    assert "Error: memory.db: No space left on device. Make room" in result.stderr
    assert isinstance(result.exception, SystemExit)
