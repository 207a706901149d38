"""`archmem install claude` and `archmem uninstall claude`, as people and scripts run them."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from cli.agents import plan as install_plan
from cli.agents.agent import InstallRequest
from cli.agents.claude import AGENT, EVENTS, READING_TOOLS, SERVERS, SETTINGS, parts, with_agent
from cli.agents.json_places import LeftAlone
from cli.agents.plan import carry_out

OURS = {SERVERS, SETTINGS, AGENT}
THEIR_SETTINGS = """\
{
    "env": {"DEBUG": "0"},
    "hooks": {
        "Stop": [
            { "hooks": [ { "type": "command", "command": "./lint.sh" } ] }
        ]
    }
}"""


def entry_in(project) -> dict:
    return json.loads((project / SERVERS).read_text())["mcpServers"]["archmem"]


def write(project, path: str, data: bytes | str):
    file = project / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data if isinstance(data, bytes) else data.encode())
    return file


def test_a_new_project_gets_server_hooks_and_agent(project, do, files):
    said = do("install")

    assert files().keys() == OURS
    assert entry_in(project) == {"type": "stdio", "command": "archmem", "args": ["mcp"]}
    settings = json.loads(files()[SETTINGS])
    assert list(settings) == ["hooks"]
    assert list(settings["hooks"]) == list(EVENTS)
    for event, (group,) in settings["hooks"].items():
        (handler,) = group["hooks"]
        assert group.keys() == {"hooks"}
        assert handler["args"] == ["hook", event]
        assert handler["timeout"] > 0
    assert files()[AGENT].decode() == with_agent(None)
    assert "archmem watch --on" in said


def test_nothing_of_this_machine_is_written(project, do, files):
    do("install")

    for data in files().values():
        assert str(project).encode() not in data
        assert str(Path.home()).encode() not in data


def test_a_second_run_does_nothing(do, files):
    do("install")
    before = files()

    said = do("install")

    assert files() == before
    assert said == "Nothing to do: archmem is installed already.\n"


def test_uninstalling_leaves_nothing_of_a_new_project(project, do):
    do("install")

    do("uninstall")

    assert list(project.iterdir()) == []
    assert do("uninstall") == "Nothing to do: archmem is not installed.\n"


def test_uninstalling_restores_what_was_there(project, do, files):
    write(project, SETTINGS, THEIR_SETTINGS)
    write(project, SERVERS, '{"mcpServers":{}}\r\n')
    write(project, ".claude/agents/payments-agent.md", "---\nname: payments\n---\n")
    before = files()

    do("install", "--allow-reading")
    assert files() != before
    do("uninstall")

    assert files() == before


def test_the_tools_that_read_are_allowed_only_if_asked_for(do, files):
    do("install")
    assert "permissions" not in json.loads(files()[SETTINGS])

    do("install", "--allow-reading")

    assert json.loads(files()[SETTINGS])["permissions"] == {"allow": list(READING_TOOLS)}


def test_a_dry_run_only_shows(run, files):
    result = run("install", "--dry-run", "--yes")

    assert result.exit_code == 0
    assert files() == {}
    assert "--- /dev/null\n+++ .mcp.json\n@@" in result.stdout
    assert '+    "archmem": {\n' in result.stdout
    assert result.stderr == "Nothing was written: this was a dry run.\n"


def test_the_difference_is_that_of_diff(project, run):
    write(project, SETTINGS, '{\n  "a": 1\n}')

    shown = run("install", "--dry-run", "--allow-reading").stdout

    assert "--- .claude/settings.json\n+++ .claude/settings.json\n@@ -1,3 +1," in shown
    assert '-  "a": 1\n+  "a": 1,\n+  "hooks": {\n' in shown
    assert shown.count(" }\n\\ No newline at end of file\n") == 1


def test_the_difference_drives_no_terminal(project, run):
    write(project, SETTINGS, '{\r\n  "a": "\u202e\u009b31m"\r\n}\r\n')

    shown = run("install", "--dry-run").stdout

    assert '-  "a": "\ufffd\ufffd31m"\n' in shown
    assert "\r" not in shown


def test_without_a_terminal_nothing_is_written_unless_told_to(run, files):
    result = run("install")

    assert result.exit_code == 1
    assert "+++ .mcp.json" in result.stdout
    assert result.stderr == (
        "Error: Nothing was written: there is no terminal to ask on. Give --yes to write this.\n"
    )
    assert files() == {}


@pytest.fixture
def terminal(monkeypatch):
    """There is somebody to ask."""
    monkeypatch.setattr("cli.agents.dialogue._has_terminal", lambda: True)


@pytest.mark.parametrize("answer", ["y\n", "\n"])
def test_on_a_terminal_it_asks(run, files, terminal, answer):
    result = run("install", stdin=answer)

    assert result.exit_code == 0
    assert files().keys() == OURS
    assert result.stderr.startswith(
        "Write .claude/agents/coordinator-backend.md, .mcp.json and .claude/settings.json? [Y/n]: "
    )


@pytest.mark.parametrize("answer", ["n\n", "", "what?\n"])  # without an answer stdin ends
def test_who_does_not_say_yes_is_told_that_nothing_was_written(run, files, terminal, answer):
    result = run("install", stdin=answer)

    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1] == "Nothing was written."
    assert "Aborted" not in result.output
    assert files() == {}


def test_the_question_names_the_files_that_change_and_no_others(project, run, terminal):
    write(project, AGENT, "mine")
    write(project, SETTINGS, '{"a": 1}')

    installed = run("install", stdin="y\n").stderr
    removed = run("uninstall", stdin="y\n").stderr

    assert "Write .mcp.json and .claude/settings.json? [Y/n]: " in installed
    assert "Write .claude/settings.json, and delete .mcp.json? [Y/n]: " in removed


def test_the_agent_comes_first_and_only_its_front_matter_is_shown(run, terminal):
    shown = run("install", stdin="n\n").stdout
    files_shown = [line for line in shown.splitlines() if line.startswith("+++ ")]
    agent, rest = shown.split("--- /dev/null\n+++ .mcp.json")
    everything = run("install", "--dry-run").stdout

    assert files_shown == [f"+++ {path}" for path in (AGENT, SERVERS, SETTINGS)]
    head = len(agent.splitlines()) - 1
    missing = len(everything.split("--- /dev/null\n+++ .mcp.json")[0].splitlines()) - head
    assert agent.endswith(f"+---\n… {missing} more lines; --dry-run shows them all\n")
    assert everything.startswith(agent[: agent.index("…")])
    assert everything.endswith(rest)
    assert head < 12


def test_an_agent_that_goes_is_shown_as_short_and_one_that_changes_in_full(
    project, do, monkeypatch
):
    with monkeypatch.context() as earlier:
        earlier.setattr("cli.agents.claude._template", lambda: "---\nname: old\n---\nOld.\n")
        do("install")

    brought_up_to_date = do("install")
    taken_out = do("uninstall")

    assert "-Old.\n" in brought_up_to_date
    assert "more lines" not in brought_up_to_date
    assert "\n----\n… " in taken_out


@pytest.mark.parametrize("command", ["install", "uninstall"])
@pytest.mark.parametrize("broken", ['{"a" "archmem"}', '{"archmem": 1, "archmem": 2}'])
def test_a_file_that_is_no_json_is_left_alone_and_the_rest_is_done(
    project, run, files, command, broken
):
    if command == "uninstall":
        run("install", "--yes")
    write(project, SETTINGS, broken)

    result = run(command, "--yes")

    assert result.exit_code == 1
    lines = [line for line in result.stderr.splitlines() if "left alone" in line]
    assert len(lines) == 1
    assert lines[0].startswith(".claude/settings.json was left alone: ")
    assert "line " in lines[0]
    last = result.stderr.splitlines()[-1]
    assert last.startswith("Error: archmem could not be ")
    reason = lines[0].removeprefix(".claude/settings.json was left alone: ").removesuffix(".")
    assert f": the hooks (.claude/settings.json: {reason}). Mend that" in last
    assert "Start Claude Code" not in result.stderr
    assert files()[SETTINGS].decode() == broken
    assert (SERVERS in files()) is (command == "install")


def test_what_cannot_be_read_and_does_not_name_archmem_keeps_nobody_from_removing_it(
    project, run, files
):
    write(project, SETTINGS, "null")
    run("install", "--yes")

    result = run("uninstall", "--yes")

    assert result.exit_code == 0
    assert files() == {SETTINGS: b"null"}


def test_a_file_that_is_not_utf8_is_left_alone(project, run, files):
    write(project, SETTINGS, b'{"a": "\xff"}')

    result = run("install", "--yes")

    assert result.exit_code == 1
    assert ".claude/settings.json was left alone: byte 7 is not UTF-8." in result.stderr
    assert files()[SETTINGS] == b'{"a": "\xff"}'


def test_a_file_that_is_longer_than_any_that_people_edit_is_left_alone(project, run, files):
    said = b'{"a": "%s"}' % (b"x" * install_plan.MOST_BYTES)
    write(project, SETTINGS, said)

    result = run("install", "--yes")

    assert result.exit_code == 1
    assert ".claude/settings.json was left alone: it has 4,000,009 bytes" in result.stderr
    assert files()[SETTINGS] == said


def test_an_agent_of_that_name_that_archmem_did_not_write_stays(project, run, files):
    write(project, AGENT, "mine")

    installed = run("install", "--yes")
    assert installed.exit_code == 0
    assert f"{AGENT} was left alone: archmem did not write it" in installed.stderr
    again = run("install", "--yes")
    assert again.stderr.splitlines()[-1] == "Nothing to do: archmem is installed already."
    removed = run("uninstall", "--yes")

    assert removed.exit_code == 0
    assert "left alone" not in removed.stderr
    assert files() == {AGENT: b"mine"}


def test_an_edited_agent_stays(project, do, files):
    do("install")
    edited = files()[AGENT] + b"Also: speak French.\n"
    write(project, AGENT, edited)

    assert "was left alone: it was edited" in do("install")
    assert "was left alone: it was edited" in do("uninstall")

    assert files() == {AGENT: edited}


def test_what_changed_on_the_machine_is_brought_up_to_date(project, do, machine, monkeypatch):
    do("install")
    scripts = machine.bin.parent / "venv"
    machine.bin.rename(scripts)
    monkeypatch.setattr("sysconfig.get_path", lambda _: str(scripts))

    said = do("install")
    assert entry_in(project)["command"] == str(scripts / "archmem")
    assert "archmem is not on PATH, so its path on this machine was taken" in said
    scripts.rename(machine.bin)
    do("install")

    assert entry_in(project)["command"] == "archmem"
    hooks = json.loads((project / SETTINGS).read_text())["hooks"]
    assert [len(groups) for groups in hooks.values()] == [1] * len(EVENTS)


def test_it_is_said_when_only_an_environment_has_archmem_on_path(do, machine, monkeypatch):
    monkeypatch.setenv("VIRTUAL_ENV", str(machine.bin.parent))

    assert f"in the environment {machine.bin.parent} only" in do("install", "--dry-run")


def test_a_machine_without_the_program_is_told_so(project, do, machine, monkeypatch):
    monkeypatch.setattr("sysconfig.get_path", lambda _: str(machine.bin.parent))
    (machine.bin / "archmem").unlink()

    assert "archmem is not on PATH: the agent will not find it" in do("install")
    assert entry_in(project)["command"] == "archmem"


def test_the_root_of_the_project_is_meant_wherever_one_stands(project, run, files, monkeypatch):
    from click.testing import CliRunner

    from cli.commands.install import install
    from cli.workspace import Workspace

    (project / "src" / "api").mkdir(parents=True)
    subprocess.run(["/usr/bin/git", "init", "-q", project], check=True)

    command = ["claude", "--yes"]
    CliRunner().invoke(install, command, obj=Workspace(project / "src" / "api", None))

    assert files().keys() >= OURS


def test_the_home_folder_is_no_project(project, run, files, monkeypatch):
    monkeypatch.setenv("HOME", str(project))

    result = run("install", "--yes")

    assert result.exit_code == 1
    assert "is your home folder" in result.stderr
    assert files() == {}


@pytest.mark.posix
def test_mode_and_links_are_kept(project, do, files):
    file = write(project, "config/mcp.json", "{}\n")
    file.chmod(0o600)
    (project / SERVERS).symlink_to("config/mcp.json")

    do("install")
    assert (project / SERVERS).is_symlink()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert entry_in(project)["command"] == "archmem"
    do("uninstall")

    assert (project / SERVERS).is_symlink()
    assert files() == {SERVERS: b"{}\n", "config/mcp.json": b"{}\n"}


def test_a_link_out_of_the_project_is_not_followed(project, tmp_path, run):
    outside = tmp_path / "settings.json"
    outside.write_text("{}")
    (project / ".claude").mkdir()
    (project / SETTINGS).symlink_to(outside)

    result = run("install", "--yes")

    assert result.exit_code == 1
    assert "was left alone: it is a link to something outside of it" in result.stderr
    assert outside.read_text() == "{}"


def test_a_link_is_not_deleted(project, run, files):
    run("install", "--yes")
    (project / SERVERS).rename(project / "mcp.json")
    (project / SERVERS).symlink_to("mcp.json")

    result = run("uninstall", "--yes")

    assert result.exit_code == 1
    assert ".mcp.json was left alone: it is a link" in result.stderr
    assert files().keys() == {SERVERS, "mcp.json"}


@pytest.mark.parametrize("path", [SERVERS, SETTINGS, AGENT])
def test_what_stands_where_a_file_should_be_is_left_alone(project, run, path):
    (project / path).mkdir(parents=True)

    result = run("install", "--yes")

    assert f"{path} was left alone: it is not a file." in result.stderr
    assert (project / path).is_dir()


def test_a_file_where_the_folder_should_be_is_left_alone(project, run, files):
    write(project, ".claude", b"mine")

    result = run("install", "--yes")

    assert result.exit_code == 1
    assert result.stderr.count(" was left alone: a file stands where its folder should be.") == 2
    assert files().keys() == {SERVERS, ".claude"}


def test_folders_that_hold_something_else_stay(project, do, files):
    do("install")
    write(project, ".claude/agents/mine.md", b"mine")

    do("uninstall")

    assert files() == {".claude/agents/mine.md": b"mine"}


@pytest.mark.parametrize("verb", ["install", "uninstall"])
def test_nothing_is_written_that_was_not_shown(project, do, verb):
    if verb == "uninstall":
        do("install")
    make = {"install": install_plan.plan_install, "uninstall": install_plan.plan_uninstall}[verb]
    plan = make(project, parts(InstallRequest("archmem", for_user=False, root=project)))
    for change in plan.changes:
        write(project, change.path, b"changed meanwhile")

        with pytest.raises(LeftAlone, match="changed meanwhile"):
            carry_out(project, change)

        assert (project / change.path).read_bytes() == b"changed meanwhile"


def test_one_file_that_cannot_be_written_does_not_keep_the_others(project, run, files, monkeypatch):
    whole = install_plan.write_file

    def fail(root, path, change):
        if path == SETTINGS:
            raise OSError(28, "No space left on device")
        return whole(root, path, change)

    monkeypatch.setattr(install_plan, "write_file", fail)
    result = run("install", "--yes")

    assert result.exit_code == 1
    assert (
        ".claude/settings.json was left alone: it cannot be written: No space left on device."
    ) in result.stderr
    assert "Missing: the hooks (.claude/settings.json: it cannot be written" in result.stderr
    assert "Start Claude Code" not in result.stderr
    assert files().keys() == {SERVERS, AGENT}


@pytest.mark.slow
def test_help_imports_nothing_heavy():
    code = (
        "import sys; from cli.commands.install import install\n"
        "try: install(['claude', '--help'])\n"
        "except SystemExit: pass\n"
        "print(sorted({name.partition('.')[0] for name in sys.modules}"
        " & {'pydantic', 'indexer', 'sqlite_utils', 'rich', 'yaml', 'difflib'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[-1] == "[]"
