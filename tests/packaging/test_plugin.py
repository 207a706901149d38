"""The plugin and the registry's file say what the program says."""

import base64
import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

from cli.agents import cursor, vscode
from cli.agents.agent import InstallRequest

CHECKOUT = Path(__file__).parent.parent.parent


def script(name):
    path = CHECKOUT / "packaging" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def written():
    return script("write_plugin").files()


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


AT_HOME = {
    "authors": [{"name": "Dana"}],
    "urls": {"Repository": "https://github.com/Dana-X/archmem"},
}


def test_the_registrys_name_is_below_the_account_that_has_the_source():
    home = script("project_home")

    assert home.registry_name(AT_HOME) == "io.github.Dana-X/archmem"
    assert home.registry_name({}) == "invalid.archmem/archmem"  # an account of nobody's
    elsewhere = {"urls": {"Repository": "https://example.com/Dana-X/archmem"}}
    assert home.registry_name(elsewhere) == "invalid.archmem/archmem"


def test_nothing_is_released_that_does_not_say_by_whom():
    home = script("project_home")

    assert home.missing(AT_HOME) == []
    for gone in AT_HOME:
        assert len(home.missing({key: AT_HOME[key] for key in AT_HOME if key != gone})) == 1
    done = subprocess.run([sys.executable, home.__file__], check=False, capture_output=True)
    assert (done.returncode == 0) is (home.missing(home.project()) == [])


def test_the_registry_finds_its_name_in_the_readme_of_the_wheels():
    home = script("project_home")

    name = json.loads((CHECKOUT / "server.json").read_text())["name"]
    assert f"mcp-name: {name}" in home.readme(home.project())


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
