"""The plugin and the registry's file say what the program says."""

import importlib.util
import json
from pathlib import Path

import yaml

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
