"""A shell completes what the program takes."""

import click
import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner

from cli.main import archmem
from cli.manual import manual_pages


@pytest.mark.parametrize(
    ("shell", "file"),
    [
        ("bash", "data/bash-completion/completions/archmem"),
        ("zsh", "data/zsh/site-functions/_archmem"),
        ("fish", "config/fish/completions/archmem.fish"),
    ],
)
def test_the_script_goes_where_the_shell_looks(monkeypatch, tmp_path, shell, file):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("SHELL", f"/usr/bin/{shell}")

    result = CliRunner().invoke(archmem, ["completion"])
    printed = CliRunner().invoke(archmem, ["completion", shell, "--print"])

    assert result.exit_code == 0, result.output
    assert (tmp_path / file).read_text() == printed.stdout.removesuffix("\n")
    assert "_ARCHMEM_COMPLETE" in printed.stdout


def test_an_unknown_shell_is_asked_for(monkeypatch):
    monkeypatch.setenv("SHELL", "/bin/csh")

    result = CliRunner().invoke(archmem, ["completion"])

    assert result.exit_code == 2
    assert "Name a shell: bash, zsh, fish." in result.stderr


def test_commands_and_their_options_are_completed():
    shell = ShellComplete(archmem, {}, "archmem", "_ARCHMEM_COMPLETE")

    assert {"search", "show"} <= {one.value for one in shell.get_completions([], "s")}
    assert "--as-of" in {one.value for one in shell.get_completions(["list"], "--a")}


def test_every_command_has_a_page_of_the_manual_where_man_looks(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))

    CliRunner().invoke(archmem, ["completion", "bash"])

    pages = tmp_path / "man" / "man1"
    assert {"archmem.1", "archmem-search.1", "archmem-run-start.1"} <= {
        file.name for file in pages.iterdir()
    }
    page = (pages / "archmem-search.1").read_text()
    assert "archmem\\-search \\- Find what answers a question\n" in page
    assert ".TP\n\\fB\\-\\-limit" in page


def test_a_page_says_the_help_and_nothing_of_it_is_a_request_to_man():
    @click.command()
    def told():
        """Tell.

        .hidden\\files are told.

        \b
        Example:
            archmem told
        """

    group = click.Group("archmem", {"told": told}, help="All.")

    page = dict(manual_pages(group, "archmem"))["archmem-told"]

    assert ".PP\n\\&.hidden\\efiles are told.\n" in page
    assert ".nf\nExample:\n    archmem told\n.fi\n" in page
