"""What a new kind of memory takes: a spec in a file of its own, its name, and its details."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

SPEC = """
from memory.kinds.spec import BriefSection, Field, FieldForm, KindSpec, in_section
from memory.kinds.vocabulary import Kind

SPEC = KindSpec(
    kind=Kind.INCIDENT,
    prefix="inc",
    section=in_section(BriefSection.TRIED),
    happened="broke",
    about="Keep what broke.",
    example='incident --title "Redis ran full" --cause "No eviction."',
    fields=(
        Field("cause", "Why it broke.", FieldForm.TEXT),
        Field("steps", "What was done.", FieldForm.TEXTS),
        Field("level", "How bad it was.", FieldForm.CHOICE, ("small", "big")),
        Field("minutes", "How long it took.", FieldForm.INTEGER),
        Field("began", "When it broke.", FieldForm.MOMENT),
    ),
    file="incidents/FILE",
    heading="# Incidents",
    collections=("incidents",),
    is_plain=True,
)
"""

DETAILS = '''
class Incident(_Details):
    """Something that broke."""

    kind: Literal[Kind.INCIDENT] = Kind.INCIDENT
    status: Status = Status.UNSTATED
    cause: str = ""
    steps: tuple[str, ...] = ()
    level: Literal["small", "big", ""] = ""
    minutes: int | None = None
    began: AwareDatetime | None = None


Details = Annotated['''

COMMANDS = """
import json, sys
from types import SimpleNamespace
from click.testing import CliRunner
from cli.main import archmem
from memory.retrieval import model
from tests.builders import WordEmbedder

model.load_embedder = lambda *_, **__: WordEmbedder()
model.model_state = lambda *_, **__: SimpleNamespace(manifest=True, model_id=WordEmbedder.model_id)

def run(*words):
    done = CliRunner().invoke(archmem, ["--project", sys.argv[1], *words])
    if done.exit_code:
        raise SystemExit(f"{words}: {done.output} {done.exception!r}")
    return done.stdout

said = ("--title", "Redis ran full", "--body", "Nobody saw it.", "--cause", "No eviction.",
        "--step", "Deleted keys", "--step", "Set a limit: 2 GB", "--level", "big",
        "--minutes", "40", "--began", "2026-03-01", "--module", "queue")
run("init")
kept = json.loads(run("record", "incident", *said, "--json"))
run("index")
told = {
    "kept": kept,
    "again": json.loads(run("record", "incident", *said, "--json")),
    "help": run("record", "incident", "--help"),
    "found": run("search", "eviction of keys", "--kind", "incident", "--json"),
    "listed": run("list", "--kind", "incident", "--json"),
    "shown": json.loads(run("show", kept["uid"], "--json")),
    "page": run("show", kept["uid"]),
    "brief": run("brief", "Redis ran full, no eviction", "--modules", "queue"),
}
print(json.dumps(told))
"""


def put(path: Path, old: str, new: str) -> Path:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    return path


@pytest.mark.slow
@pytest.mark.parametrize("name", ["all.json", "all.md"])
def test_a_new_kind_takes_three_files_and_is_recorded_read_found_and_told(tmp_path, name):
    code, project = tmp_path / "code", tmp_path / "project"
    for folder in ("memory", "indexer", "cli", "data", "tests"):
        ignored = shutil.ignore_patterns("__pycache__", "test_*", "sample")
        shutil.copytree(ROOT / folder, code / folder, ignore=ignored)
    spec = code / "memory/kinds/incident.py"
    spec.write_text(SPEC.replace("FILE", name))
    kinds, details = code / "memory/kinds/vocabulary.py", code / "memory/models/details.py"
    touched = {
        spec,
        put(kinds, '    RUN = "run"\n', '    RUN = "run"\n    INCIDENT = "incident"\n'),
        put(details, "\nDetails = Annotated[", DETAILS),
        put(details, "Run | PhasedPlan,", "Run | PhasedPlan | Incident,"),
    }
    project.mkdir()
    subprocess.run(["git", "init", "-q", project], check=True)
    (project / "queue").mkdir()
    surroundings = {
        "PYTHONPATH": str(code),
        "PYTHONDONTWRITEBYTECODE": "1",
        "ARCHMEM_ENGINE": "0",
        "ARCHMEM_RUNTIME": str(tmp_path / "runtime"),
        "ARCHMEM_STATE": str(tmp_path / "state"),
    }

    done = subprocess.run(
        [sys.executable, "-P", "-c", COMMANDS, str(project)],
        env={**os.environ, **surroundings},
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )

    assert not done.returncode, done.stderr
    told = json.loads(done.stdout)
    uid = told["kept"]["uid"]
    assert len(touched) <= 3
    assert uid.startswith("inc-")
    assert told["again"]["uid"] == uid
    assert "Keep what broke." in told["help"]
    assert "No eviction." in (project / ".claude/memory/incidents" / name).read_text()
    assert uid in told["found"]
    assert uid in told["listed"]
    assert "No eviction." in told["page"]
    assert "Redis ran full" in told["brief"]
    assert told["shown"]["details"] == {
        "kind": "incident",
        "status": "unstated",
        "cause": "No eviction.",
        "steps": ["Deleted keys", "Set a limit: 2 GB"],
        "level": "big",
        "minutes": 40,
        "began": "2026-03-01T00:00:00Z",
    }
