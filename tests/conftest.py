import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from filelock import FileLock
from hypothesis import settings

from memory.ledger.sqlite import connection
from memory.ledger.sqlite.connection import open_ledger
from memory.retrieval import vector_index
from tests.beginnings import copied_ledger, copied_vectors
from tests.builders import CHAOS, Project, WordEmbedder, copy_project

# Where memory can be had as a folder, nobody waits for a disk, which is two thirds of the time.
MEMORY, ROOM = Path("/dev/shm"), 4_000_000_000  # bytes
if (
    os.access(MEMORY, os.W_OK)
    and shutil.disk_usage(MEMORY).free > ROOM
    and not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC  # tests run programs that they write
):
    os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)

SAMPLE = Path(__file__).parents[1] / "data" / "sample"

# How long an example takes says more of the machine than of the code.
settings.register_profile("archmem", deadline=None)
settings.load_profile("archmem")

# Programs that tests start run this checkout too, whatever is installed.
if "ARCHMEM_STATE" not in os.environ:  # else it is that of the process that started this one
    os.environ["ARCHMEM_STATE"] = tempfile.mkdtemp(prefix="archmem-state-")
    atexit.register(shutil.rmtree, os.environ["ARCHMEM_STATE"], ignore_errors=True)
os.environ["PYTHONPATH"] = str(Path(__file__).parent.parent)

# Else each commit starts a second program that finds nothing to tidy.
os.environ |= {
    "GIT_CONFIG_COUNT": "1",
    "GIT_CONFIG_KEY_0": "maintenance.auto",
    "GIT_CONFIG_VALUE_0": "false",
}


def pytest_collection_modifyitems(items):
    """On Windows, what is marked `posix` is left out, and says why."""
    lacks = "Windows has no forks, killing signals, modes of files, pipes and sockets in folders"
    for item in items if sys.platform == "win32" else ():
        if item.get_closest_marker("posix"):
            item.add_marker(pytest.mark.skip(reason=lacks))


@pytest.fixture(scope="session", autouse=True)
def copied_beginnings():
    """A store that begins takes a tenth of a second less, of which there are thousands."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connection, "_migrate", copied_ledger(connection._migrate))
        patch.setattr(vector_index, "_connect", copied_vectors(vector_index._connect))
        yield


@pytest.fixture
def made_anew(monkeypatch):
    """For tests of how a store begins: what happens is what happens to its user."""
    monkeypatch.setattr(connection, "_migrate", connection._migrate.__wrapped__)
    monkeypatch.setattr(vector_index, "_connect", vector_index._connect.__wrapped__)


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


@pytest.fixture(scope="session")
def indexed_sample(tmp_path_factory):
    """The sample project, indexed with the real model, once for all workers: for copies."""
    from indexer.project import open_project

    base = tmp_path_factory.getbasetemp()
    root = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "sample"
    with FileLock(root.with_suffix(".lock")):
        if not root.exists():
            making = root.with_suffix(".making")
            shutil.copytree(SAMPLE, making)
            with open_project(making) as project:
                assert project.index().problems == ()
            making.rename(root)
    return root


@pytest.fixture(scope="module")
def sample(indexed_sample, tmp_path_factory):
    """The sample project and its memory, those of one file of tests."""
    from indexer.project import open_project

    root = copy_project(indexed_sample, tmp_path_factory.mktemp("sample") / "project")
    with open_project(root) as project:
        yield project


@pytest.fixture
def word_model(monkeypatch):
    """Let every store that is opened use a model that compares words."""
    model = WordEmbedder()
    state = SimpleNamespace(manifest=True, model_id=model.model_id)
    monkeypatch.setattr("memory.retrieval.model.load_embedder", lambda *_, **__: model)
    monkeypatch.setattr("memory.retrieval.model.model_state", lambda *_, **__: state)
    return model
