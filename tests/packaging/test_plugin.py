"""The plugin and the registry's file say what the program says."""

import base64
import importlib.util
import json
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

from cli.agents import cursor, vscode
from cli.agents.agent import InstallRequest

CHECKOUT = Path(__file__).parent.parent.parent


def written():
    path = CHECKOUT / "packaging" / "write_plugin.py"
    spec = importlib.util.spec_from_file_location("write_plugin", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.files()


def test_they_are_as_they_would_be_written_now():
    for path, text in written().items():
        assert (CHECKOUT / path).read_text(encoding="utf-8") == text, (
            f"{path}: run `python packaging/write_plugin.py`"
        )


def test_their_texts_can_be_read_as_what_they_are():
    for path, text in written().items():
        if path.endswith(".json"):
            json.loads(text)
        else:
            front = yaml.safe_load(text.split("---\n")[1])
            assert front["name"] == Path(path).stem or front["name"] == Path(path).parent.name
            assert 0 < len(front["description"]) <= 1024


def test_the_registry_takes_the_name_from_the_readme():
    name = json.loads((CHECKOUT / "server.json").read_text())["name"]

    assert f"mcp-name: {name}" in (CHECKOUT / "README.md").read_text()


def linked(host):
    """What the README's link has added to an editor."""
    readme = (CHECKOUT / "README.md").read_text(encoding="utf-8")
    [link] = re.findall(rf"\((https://{re.escape(host)}/[^)]+)\)", readme)
    said = parse_qs(urlsplit(link).query)
    assert said["name"] == ["archmem"]
    return said["config"][0]


@pytest.mark.parametrize(
    ("host", "agent", "file", "servers", "decoded"),
    [
        ("cursor.com", cursor, ".cursor/mcp.json", "mcpServers", base64.b64decode),
        ("insiders.vscode.dev", vscode, "mcp.json", "servers", str),
    ],
)
def test_a_link_adds_what_the_installer_adds(host, agent, file, servers, decoded):
    installed = agent.parts(InstallRequest("archmem", True, Path()))[file].put(None)

    assert json.loads(decoded(linked(host))) == json.loads(installed)[servers]["archmem"]
