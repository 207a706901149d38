"""What holds for each agent: its files as its makers document them, put in, and taken out whole."""

from __future__ import annotations

import json
import tomllib

import pytest
from click.testing import CliRunner

from cli.agents.agent import AGENTS
from cli.commands.install import install, uninstall
from cli.workspace import Workspace

#: The file of servers in a project, the way to ours, and what stands there.
SERVERS = {
    "claude": (
        ".mcp.json",
        ["mcpServers"],
        {"type": "stdio", "command": "archmem", "args": ["mcp"]},
    ),
    "codex": (".codex/config.toml", ["mcp_servers"], {"command": "archmem", "args": ["mcp"]}),
    "cursor": (
        ".cursor/mcp.json",
        ["mcpServers"],
        {
            "type": "stdio",
            "command": "archmem",
            "args": ["--project", "${workspaceFolder}", "mcp"],
        },
    ),
    "vscode": (
        ".vscode/mcp.json",
        ["servers"],
        {
            "type": "stdio",
            "command": "archmem",
            "args": ["--project", "${workspaceFolder}", "mcp"],
        },
    ),
    "gemini": (".gemini/settings.json", ["mcpServers"], {"command": "archmem", "args": ["mcp"]}),
    "opencode": (
        "opencode.json",
        ["mcp"],
        {"type": "local", "command": ["archmem", "mcp"], "enabled": True},
    ),
}
USER_FILES = {
    "claude": {".claude.json", ".claude/settings.json", ".claude/agents/coordinator-backend.md"},
    "codex": {".codex/config.toml", ".codex/hooks.json"},
    "cursor": {".cursor/mcp.json"},
    "vscode": {".config/Code/User/mcp.json"},
    "gemini": {".gemini/settings.json"},
    "opencode": {".config/opencode/opencode.json"},
}
EVERY = pytest.mark.parametrize("agent", AGENTS)


@pytest.fixture
def do(project):
    """Run a command that succeeds: `do("install", "codex")`."""

    def run(verb, agent, *arguments):
        command = {"install": install, "uninstall": uninstall}[verb]
        workspace = Workspace(project, None)
        result = CliRunner().invoke(command, [agent, "--yes", *arguments], obj=workspace)
        assert result.exit_code == 0, (result.output, result.exception)
        return result.output

    return run


@pytest.fixture
def home(tmp_path, monkeypatch):
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setattr("sys.platform", "linux")
    for name in ("XDG_CONFIG_HOME", "CODEX_HOME", "APPDATA"):
        monkeypatch.delenv(name, raising=False)
    return home


def read(path):
    text = path.read_text()
    return tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())


def all_files(root):
    return {
        file.relative_to(root).as_posix(): file.read_bytes()
        for file in root.rglob("*")
        if file.is_file()
    }


def test_every_agent_is_looked_at():
    assert SERVERS.keys() == USER_FILES.keys() == AGENTS.keys()


@EVERY
def test_the_server_is_where_the_agent_looks_for_it(project, do, agent):
    file, way, entry = SERVERS[agent]

    do("install", agent)

    servers = read(project / file)
    for name in way:
        servers = servers[name]
    assert servers == {"archmem": entry}


@EVERY
def test_a_second_run_changes_nothing_and_uninstalling_leaves_nothing(project, do, files, agent):
    do("install", agent)
    installed = files()

    assert "installed already" in do("install", agent)
    assert files() == installed
    do("uninstall", agent)
    assert files() == {}
    assert list(project.iterdir()) == []
    assert "not installed" in do("uninstall", agent)


@EVERY
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("last", ["", "{ends}"])
def test_what_others_wrote_stays_byte_for_byte(project, do, files, agent, ends, last):
    file, way, _ = SERVERS[agent]
    if file.endswith(".toml"):
        theirs = 'model = "o9"  # the best\n\n[mcp_servers.docs]\ncommand = "docs"'
    else:
        theirs = json.dumps(
            {"other": [1, {"a": "b"}], way[0]: {"docs": {"command": "docs"}}}, indent=4
        )
    theirs = theirs.replace("\n", ends) + last.format(ends=ends)
    write(project / file, theirs)
    before = files()

    do("install", agent)

    assert files()[file] != before[file]
    servers = read(project / file)[way[0]]
    assert servers["docs"] == {"command": "docs"}
    assert "archmem" in servers
    do("uninstall", agent)
    assert files() == before


@EVERY
def test_for_a_user_the_files_of_all_projects_are_written(project, home, do, files, agent):
    do("install", agent, "--user")

    assert files() == {}
    assert all_files(home).keys() == USER_FILES[agent]
    do("uninstall", agent, "--user")
    assert all_files(home) == {}


@EVERY
def test_another_server_of_this_name_is_left_alone(project, agent):
    file, way, _ = SERVERS[agent]
    if file.endswith(".toml"):
        theirs = '[mcp_servers.archmem]\ncommand = "other"\nargs = []\n'
    else:
        theirs = json.dumps({way[0]: {"archmem": {"command": "other"}}})
    write(project / file, theirs)

    done = CliRunner().invoke(install, [agent, "--yes"], obj=Workspace(project, None))

    assert done.exit_code == 1
    assert "archmem did not write" in done.stderr
    assert (project / file).read_text() == theirs


def test_opencode_2_has_its_servers_one_level_below(project, do):
    write(project / "opencode.jsonc", '{"mcp": {"servers": {}}}')

    do("install", "opencode")

    assert "archmem" in read(project / "opencode.jsonc")["mcp"]["servers"]
    do("uninstall", "opencode")
    assert (project / "opencode.jsonc").read_text() == '{"mcp": {"servers": {}}}'


def test_the_hooks_of_codex_are_lines_for_a_shell(project, do, machine, monkeypatch):
    do("install", "codex")
    hooks = read(project / ".codex/hooks.json")["hooks"]

    assert {event: groups[0]["hooks"][0]["command"] for event, groups in hooks.items()} == {
        event: f"archmem hook {event}"
        for event in ("SessionStart", "UserPromptSubmit", "SubagentStart", "PreCompact", "Stop")
    }
