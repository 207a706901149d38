"""A shell completes what the program takes."""

import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner

from cli.main import archmem


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
