"""A small shop with decisions, baselines and flags, and a way to run commands on it."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from cli.main import archmem
from memory.retrieval import meaning
from tests.builders import WordEmbedder

DECISIONS = """\
# Architectural decisions

## 2024-02-05 — Use Redis lists as the job queue

**Status:** Superseded by "Move background jobs to RabbitMQ"
**Modules:** queue, notifications

**Context:** Cron could not keep up with receipts.

**Decision:** LPUSH and BRPOP on one Redis list.

## 2026-01-12 — Move background jobs to RabbitMQ

**Status:** Accepted
**Modules:** queue
**Supersedes:** Use Redis lists as the job queue

**Context:** A deploy loses jobs that BRPOP has taken but nobody has handled.

**Decision:** Quorum queues, acknowledged after the job is done.

**Alternatives:**

- A jobs table in Postgres
- Streams in Redis

## 2026-02-16 — Limit request rates with token buckets

**Status:** Accepted
**Modules:** api

**Context:** One merchant's nightly export slowed checkout for everybody.

**Decision:** A token bucket per merchant.
"""
BASELINES = {
    "baselines": [
        {
            "metric": "queue_throughput",
            "value": 740,
            "unit": "jobs/s",
            "better": "higher",
            "date": "2024-10-07",
            "module": "queue",
        }
    ]
}
FLAGS = {
    "flags": [
        {
            "id": "F-1",
            "type": "security",
            "from": "payments-agent",
            "to": "auth-agent",
            "description": "A revoked token keeps working for thirty seconds.",
            "severity": "high",
            "status": "open",
            "timestamp": "2026-03-01T09:00:00Z",
        }
    ]
}
MEMORY = ".claude/memory"
LONG_AGO = 1_700_000_000


@pytest.fixture(autouse=True)
def plain_surroundings(monkeypatch, tmp_path):
    """Nothing of the person who runs the tests shows in them."""
    for name in ("COLUMNS", "FORCE_COLOR", "NO_COLOR", "TTY_COMPATIBLE", "EDITOR", "VISUAL"):
        monkeypatch.delenv(name, raising=False)
    for name in ("ARCHMEM_STORE", "ARCHMEM_MODEL", "ARCHMEM_PRECISION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


def use_word_model(monkeypatch) -> None:
    state = SimpleNamespace(manifest=True, model_id=WordEmbedder.model_id)
    monkeypatch.setattr(meaning, "load_embedder", lambda *_, **__: WordEmbedder())
    monkeypatch.setattr(meaning, "model_state", lambda *_, **__: state)


@pytest.fixture
def word_model(monkeypatch):
    """A model that compares words, for tests that are not about the model."""
    use_word_model(monkeypatch)


@pytest.fixture
def no_model(monkeypatch):
    """A model that nobody has compiled yet."""
    state = SimpleNamespace(manifest=None, refusal=None, model_id=WordEmbedder.model_id)
    monkeypatch.setattr(meaning, "model_state", lambda *_, **__: state)


def write_shop(root: Path) -> None:
    for path, text in (
        ("context/decisions.md", DECISIONS),
        ("performance/baselines.json", json.dumps(BASELINES, indent=2)),
        ("flags/pending.json", json.dumps(FLAGS, indent=2)),
    ):
        file = root / MEMORY / path
        file.parent.mkdir(parents=True)
        file.write_text(text, encoding="utf-8")
        os.utime(file, (LONG_AGO, LONG_AGO))  # a young file is read twice


@pytest.fixture(scope="session")
def indexed_shop(tmp_path_factory):
    root = tmp_path_factory.mktemp("indexed") / "shop"
    write_shop(root)
    with pytest.MonkeyPatch.context() as monkeypatch:
        use_word_model(monkeypatch)
        result = CliRunner().invoke(archmem, ["--project", str(root), "index"])
    assert result.exit_code == 0, result.output
    return root


@pytest.fixture
def shop(indexed_shop, tmp_path, word_model):
    """The shop, indexed; every test has its own."""
    return Path(shutil.copytree(indexed_shop, tmp_path / "shop"))


@pytest.fixture
def new_shop(tmp_path, word_model):
    """The shop, without a memory."""
    write_shop(tmp_path / "shop")
    return tmp_path / "shop"


@pytest.fixture
def run(tmp_path):
    """Run a command on the shop: `run("search", "queue")`."""

    def run_command(*arguments: str, stdin: str | None = None):
        command = ["--project", str(tmp_path / "shop"), *arguments]
        return CliRunner().invoke(archmem, command, input=stdin, prog_name="archmem")

    return run_command


@pytest.fixture
def answer(run):
    """What a command that succeeds prints on stdout."""

    def answer_of(*arguments: str, stdin: str | None = None) -> str:
        result = run(*arguments, stdin=stdin)
        assert result.exit_code == 0, (result.output, result.exception)
        return result.stdout

    return answer_of


@pytest.fixture
def objects(answer):
    """The objects that a command prints with `--json`."""

    def objects_of(*arguments: str, stdin: str | None = None) -> list[dict]:
        lines = answer(*arguments, "--json", stdin=stdin).splitlines()
        return [json.loads(line) for line in lines]

    return objects_of


@pytest.fixture
def uid_of(objects):
    """The uid of a memory whose title contains some words."""

    def find(words: str) -> str:
        return next(one["uid"] for one in objects("list") if words in one["title"])

    return find
