"""A small shop with decisions, baselines and flags, and a way to run commands on it."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from cli.main import archmem
from memory.retrieval import model
from tests.builders import WordEmbedder, copy_project
from tests.machine import Machine
from tests.shop import write_shop


@pytest.fixture(autouse=True)
def plain_surroundings(monkeypatch, tmp_path):
    """Nothing of the person who runs the tests shows in them."""
    for name in ("COLUMNS", "FORCE_COLOR", "NO_COLOR", "TTY_COMPATIBLE", "EDITOR", "VISUAL"):
        monkeypatch.delenv(name, raising=False)
    for name in ("ARCHMEM_STORE", "ARCHMEM_MODEL", "ARCHMEM_PRECISION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ARCHMEM_ENGINE", "0")  # tests of the engine start one of their own
    monkeypatch.setenv("ARCHMEM_RUNTIME", str(tmp_path / "runtime"))
    monkeypatch.setenv("ARCHMEM_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


def use_word_model(monkeypatch) -> None:
    state = SimpleNamespace(manifest=True, model_id=WordEmbedder.model_id)
    monkeypatch.setattr(model, "load_embedder", lambda *_, **__: WordEmbedder())
    monkeypatch.setattr(model, "model_state", lambda *_, **__: state)


@pytest.fixture
def word_model(monkeypatch):
    """A model that compares words, for tests that are not about the model."""
    use_word_model(monkeypatch)


@pytest.fixture
def no_model(monkeypatch):
    """A model that nobody has compiled yet."""
    state = SimpleNamespace(manifest=None, refusal=None, model_id=WordEmbedder.model_id)
    monkeypatch.setattr(model, "model_state", lambda *_, **__: state)


@pytest.fixture(scope="session")
def indexed_shop(tmp_path_factory):
    root = tmp_path_factory.mktemp("indexed") / "shop"
    write_shop(root)
    with pytest.MonkeyPatch.context() as monkeypatch:
        use_word_model(monkeypatch)
        monkeypatch.setenv("ARCHMEM_ENGINE", "0")
        result = CliRunner().invoke(archmem, ["--project", str(root), "index"])
    assert result.exit_code == 0, result.output
    return root


@pytest.fixture
def shop(indexed_shop, tmp_path, word_model):
    """The shop, indexed; every test has its own."""
    return copy_project(indexed_shop, tmp_path / "shop")


@pytest.fixture
def new_shop(tmp_path, word_model):
    """The shop, without a memory."""
    write_shop(tmp_path / "shop")
    return tmp_path / "shop"


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A user's machine: no engine yet, and none when the test is over."""
    monkeypatch.delenv("ARCHMEM_ENGINE")
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    (tmp_path / "runtime").mkdir(mode=0o700)
    machine = Machine(tmp_path)
    yield machine
    machine.end()


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
