"""The plugin, its market, the hooks and the registry's file have the forms that are published.

The schemas are other people's and not kept here: `ARCHMEM_SCHEMAS` names a folder that has them, by
the names that they are published under, as CI fetches them; `ARCHMEM_CLAUDE` is Claude Code itself.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from cli.agents import codex
from cli.agents.agent import InstallRequest

jsonschema = pytest.importorskip("jsonschema")
CHECKOUT = Path(__file__).parent.parent.parent
FORMS = {
    "claude-code-plugin-manifest.json": "plugin/.claude-plugin/plugin.json",
    "claude-code-marketplace.json": ".claude-plugin/marketplace.json",
    "claude-code-settings.json": "plugin/hooks/hooks.json",
    "codex-hooks.json": "hooks.json",
    "server.schema.json": "server.json",
}


@pytest.mark.parametrize(("schema", "path"), FORMS.items())
def test_it_is_of_the_form_that_is_published(schema, path):
    folder = os.environ.get("ARCHMEM_SCHEMAS")
    if folder is None or not (file := Path(folder, schema)).exists():
        pytest.skip(f"ARCHMEM_SCHEMAS names no folder with the published {schema}")
    installed = codex.parts(InstallRequest("archmem", True, Path()))
    said = installed[path].put(None) if path in installed else (CHECKOUT / path).read_text("utf-8")
    form = json.loads(file.read_text("utf-8"))

    jsonschema.validators.validator_for(form)(form).validate(json.loads(said))


@pytest.mark.parametrize("path", ["plugin", "."])
def test_claude_code_finds_nothing_to_say_about_it(path, tmp_path):
    claude = os.environ.get("ARCHMEM_CLAUDE") or ""
    if shutil.which(claude) is None:
        pytest.skip("ARCHMEM_CLAUDE names no program of Claude Code")
    alone = os.environ | {"HOME": str(tmp_path), "DISABLE_AUTOUPDATER": "1"}

    done = subprocess.run(
        [claude, "plugin", "validate", "--strict", CHECKOUT / path],
        env=alone,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
