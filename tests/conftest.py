import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import settings

from memory.ledger.sqlite.connection import open_ledger
from tests.builders import CHAOS, Project, WordEmbedder

# Where memory can be had as a folder, nobody waits for a disk, which is two thirds of the time.
MEMORY, ROOM = Path("/dev/shm"), 4_000_000_000  # bytes
if (
    os.access(MEMORY, os.W_OK)
    and shutil.disk_usage(MEMORY).free > ROOM
    and not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC  # tests run programs that they write
):
    os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)

# How long an example takes says more of the machine than of the code.
settings.register_profile("archmem", deadline=None)
settings.load_profile("archmem")

# Programs that tests start run this checkout too, whatever is installed.
if "ARCHMEM_STATE" not in os.environ:  # else it is that of the process that started this one
    os.environ["ARCHMEM_STATE"] = tempfile.mkdtemp(prefix="archmem-state-")
    atexit.register(shutil.rmtree, os.environ["ARCHMEM_STATE"], ignore_errors=True)
os.environ["PYTHONPATH"] = str(Path(__file__).parent.parent)


def pytest_collection_modifyitems(items):
    """On Windows, what is marked `posix` is left out, and says why."""
    lacks = "Windows has no forks, killing signals, modes of files, pipes and sockets in folders"
    for item in items if sys.platform == "win32" else ():
        if item.get_closest_marker("posix"):
            item.add_marker(pytest.mark.skip(reason=lacks))


@pytest.fixture
def tell(request, capsys):
    """Called with what a test has counted; prints it where many kills were asked for."""

    def print_counts(**counts):
        if CHAOS:
            told = (f"{count:,} {what.replace('_', ' ')}" for what, count in counts.items())
            with capsys.disabled():
                print(f"\n{request.node.name}: {', '.join(told)}")

    return print_counts


@pytest.fixture
def ledger(tmp_path):
    ledger = open_ledger(tmp_path / "memory.db", create=True)
    yield ledger
    ledger.close()


@pytest.fixture
def db(ledger):
    return ledger.db


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A folder of entries that is no git repository, with its ledger."""
    from indexer import pipeline
    from indexer.git.head import NO_HEAD

    monkeypatch.setattr(pipeline, "read_head", lambda root, paths: NO_HEAD)
    project = Project(tmp_path)
    yield project
    project.close()


@pytest.fixture
def word_model(monkeypatch):
    """Let every store that is opened use a model that compares words."""
    model = WordEmbedder()
    state = SimpleNamespace(manifest=True, model_id=model.model_id)
    monkeypatch.setattr("memory.retrieval.model.load_embedder", lambda *_, **__: model)
    monkeypatch.setattr("memory.retrieval.model.model_state", lambda *_, **__: state)
    return model
