from __future__ import annotations

import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path

import pytest

from cli.client.runtime import ensure_runtime
from tests.cli.client.fake_engine import FakeEngine


@pytest.fixture
def folder(monkeypatch):
    """A folder with a short name, for sockets; what the environment names is out of the way."""
    for name in ("ARCHMEM_RUNTIME", "XDG_RUNTIME_DIR", "TMPDIR", "TEMP", "TMP"):
        monkeypatch.delenv(name, raising=False)
    folder = Path(tempfile.mkdtemp(prefix="am-", dir="/tmp"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def runtime(folder, monkeypatch):
    """An empty runtime folder."""
    monkeypatch.setenv("ARCHMEM_RUNTIME", str(folder / "run"))
    return ensure_runtime()


@pytest.fixture
def engine_that(runtime):
    """Starts an engine that answers so: `engine_that(lambda asked: reply({}))`."""
    with ExitStack() as engines:

        def start(*answers, **settings) -> FakeEngine:
            return engines.enter_context(FakeEngine(runtime, list(answers), **settings))

        yield start
