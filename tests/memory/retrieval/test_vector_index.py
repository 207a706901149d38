from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from memory.errors import VectorIndexDamaged
from memory.retrieval import vector_index
from memory.retrieval.vector_index import HNSW, VectorIndex, wipe

ROOT = Path(__file__).resolve().parents[3]
DIMENSION = 16
FLUSH_OFTEN = {**HNSW, "sync_threshold": 50}


def some_vectors(count, *, seed=0):
    vectors = np.random.default_rng(seed).normal(size=(count, DIMENSION))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def some_keys(count, *, start=0):
    return [f"{number:032x}" for number in range(start, start + count)]


def open_index(folder, *, model_id="a-model", dimension=DIMENSION, hnsw=FLUSH_OFTEN):
    return VectorIndex.open(folder, model_id=model_id, dimension=dimension, hnsw=hnsw)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "vectors"


@pytest.fixture
def index(folder):
    index = open_index(folder)
    yield index
    index.close()


@pytest.fixture
def closed(folder):
    """A folder with 130 vectors, of which 100 are flushed and 30 wait in SQLite."""
    index = open_index(folder)
    index.add(some_keys(130), some_vectors(130))
    index.close()
    return folder


def test_nearest_gives_cosines_best_first(index):
    vectors = some_vectors(60)
    index.add(some_keys(60), vectors)

    hits = index.nearest(vectors[7], 5)

    cosines = vectors @ vectors[7]
    best = np.argsort(-cosines)[:5]
    assert [key for key, _ in hits] == [some_keys(60)[number] for number in best]
    assert [cosine for _, cosine in hits] == pytest.approx(cosines[best], abs=1e-5)


def test_equally_near_keys_come_in_their_own_order(index):
    same = np.repeat(some_vectors(1), 4, axis=0)
    index.add([letter * 32 for letter in "cadb"], same)

    assert [key[0] for key, _ in index.nearest(same[0], 4)] == ["a", "b", "c", "d"]


@pytest.mark.parametrize(("limit", "found"), [(-1, 0), (0, 0), (1, 1), (3, 3), (1000, 3)])
def test_a_limit_is_cut_to_what_there_is(index, limit, found):
    index.add(some_keys(3), some_vectors(3))

    assert len(index.nearest(some_vectors(1)[0], limit)) == found


def test_an_empty_index_finds_nothing(index):
    assert index.nearest(some_vectors(1)[0], 10) == []
    assert index.keys() == set()
    assert len(index) == 0


def test_adding_again_changes_nothing(index):
    index.add(some_keys(20), some_vectors(20))
    index.add(some_keys(30), some_vectors(30))

    assert index.keys() == set(some_keys(30))
    assert len(index) == 30


def test_removed_keys_are_never_found_and_unknown_ones_are_no_error(index):
    index.add(some_keys(40), some_vectors(40))
    index.remove([*some_keys(10), "f" * 32])

    assert index.keys() == set(some_keys(30, start=10))
    assert not {key for key, _ in index.nearest(some_vectors(1)[0], 40)} & set(some_keys(10))


@pytest.mark.parametrize("shape", [(3, DIMENSION + 1), (2, DIMENSION)])
def test_vectors_of_a_wrong_shape_are_refused(index, shape):
    with pytest.raises(ValueError, match="vectors of shape"):
        index.add(some_keys(3), np.ones(shape, dtype=np.float32))
    with pytest.raises(ValueError, match="a vector of shape"):
        index.nearest(np.ones(DIMENSION + 1, dtype=np.float32), 1)
    assert len(index) == 0


def test_a_closed_index_opens_with_everything_in_it(closed):
    index = open_index(closed)

    assert index.keys() == set(some_keys(130))
    assert index.nearest(some_vectors(130)[129], 1)[0][0] == some_keys(130)[129]
    index.close()
    index.close()


@pytest.mark.slow
@pytest.mark.parametrize("other", [{"model_id": "b-model"}, {"dimension": 8}, {"hnsw": HNSW}])
def test_another_model_or_setting_never_sees_these_vectors(closed, other):
    index = open_index(closed, **other)
    assert len(index) == 0
    index.close()

    index = open_index(closed)
    assert len(index) == 130
    index.close()


@pytest.mark.slow
def test_the_random_story_of_an_index_agrees_with_a_dictionary(folder):
    random = np.random.default_rng(3)
    vectors, keys, kept = some_vectors(400), some_keys(400), {}
    index = open_index(folder)
    for _ in range(40):
        chosen = random.choice(400, size=30, replace=False)
        match random.integers(4):
            case 0 | 1:
                index.add([keys[number] for number in chosen], vectors[chosen])
                kept |= {keys[number]: vectors[number] for number in chosen}
            case 2:
                index.remove(keys[number] for number in chosen)
                kept = {key: kept[key] for key in kept.keys() - {keys[n] for n in chosen}}
            case 3:
                index.close()
                index = open_index(folder)
        assert index.keys() == kept.keys()
        for key in sorted(kept)[::20]:
            assert index.nearest(kept[key], 1)[0][0] == key
    index.close()


@pytest.mark.slow
def test_wiping_makes_room_for_a_new_index_in_the_same_process(closed):
    index = open_index(closed)
    index.close()
    wipe(closed)
    wipe(closed)

    index = open_index(closed)
    index.add(some_keys(5), some_vectors(5))
    assert len(index) == 5
    index.close()


def delete(path):
    path.unlink()


def cut(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def empty(path):
    path.write_bytes(b"")


def garble(path):
    path.write_bytes(np.random.default_rng(2).bytes(path.stat().st_size))


# Without the seal, Chroma 1.5.9 dies of `header.bin` cut and `data_level0.bin` garbled, and finds
# less, in silence, with `data_level0.bin` cut or empty and `index_metadata.pickle` deleted.
@pytest.mark.slow
@pytest.mark.parametrize("harm", [delete, cut, empty, garble])
@pytest.mark.parametrize(
    "name",
    [
        "chroma.sqlite3",
        "seal.json",
        "*/header.bin",
        "*/length.bin",
        "*/data_level0.bin",
        "*/link_lists.bin",
        "*/index_metadata.pickle",
    ],
)
def test_a_harmed_file_is_noticed_and_the_index_can_be_rebuilt(closed, name, harm):
    harm(next(closed.glob(name)))

    with pytest.raises(VectorIndexDamaged) as caught:
        open_index(closed)
    assert caught.value.folder == closed

    wipe(closed)
    index = open_index(closed)
    index.add(some_keys(130), some_vectors(130))
    assert index.nearest(some_vectors(130)[99], 1)[0][0] == some_keys(130)[99]
    index.close()


@pytest.mark.parametrize("name", ["*/data_level0.bin", "*/header.bin", "chroma.sqlite3"])
def test_bytes_that_flip_while_size_and_time_stay_are_noticed(closed, name):
    file = next(
        one for one in closed.glob(name) if one.stat().st_size or name != "*/link_lists.bin"
    )
    before = file.stat()
    file.write_bytes(bytes(255 - byte for byte in file.read_bytes()))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))

    with pytest.raises(VectorIndexDamaged):
        open_index(closed)


@pytest.mark.posix
@pytest.mark.slow
def test_an_index_whose_owner_was_killed_is_opened_by_another_process_first(closed, monkeypatch):
    seal = json.loads((closed / "seal.json").read_text())
    (closed / "seal.json").write_text(json.dumps({**seal, "database": ""}))
    open_index(closed).close()
    (closed / "seal.json").write_text(json.dumps({**seal, "database": ""}))
    crash = "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"
    monkeypatch.setattr(vector_index, "_CHILD", crash)

    with pytest.raises(VectorIndexDamaged, match="ended by signal 11"):
        open_index(closed)


@pytest.mark.slow
def test_an_opening_that_failed_half_way_costs_no_rebuild(closed, monkeypatch):
    """Chroma changes its database as it opens."""

    def fail(folder):
        with closing(sqlite3.connect(folder / "chroma.sqlite3")) as db:
            db.execute("PRAGMA user_version = 7")
        raise OSError("disk I/O error")

    with monkeypatch.context() as patch:
        patch.setattr(vector_index, "_connect", fail)
        with pytest.raises(OSError, match="disk I/O error"):
            open_index(closed)

    assert VectorIndex.find_fault(closed) == ""
    open_index(closed).close()


def test_a_missing_graph_folder_is_noticed(closed):
    shutil.rmtree(next(path for path in closed.iterdir() if path.is_dir()))

    with pytest.raises(VectorIndexDamaged, match="not as it was last written"):
        open_index(closed)


def test_a_database_that_goes_bad_while_open_is_noticed(index, folder):
    index.add(some_keys(300), some_vectors(300))
    garble(folder / "chroma.sqlite3")

    with pytest.raises(VectorIndexDamaged):
        index.add(some_keys(300, start=300), some_vectors(300, seed=1))


@pytest.mark.parametrize("raised", ["panic", "chroma"])
def test_panics_and_errors_of_chroma_become_damage(index, monkeypatch, raised):
    module = {"panic": "pyo3_runtime", "chroma": "chromadb.errors"}[raised]
    failure = type("Failure", (BaseException,), {"__module__": module})

    def fail(**_):
        raise failure("it broke")

    monkeypatch.setattr(index, "_collection", type("Broken", (), {"query": staticmethod(fail)}))

    with pytest.raises(VectorIndexDamaged, match="it broke"):
        index.nearest(some_vectors(1)[0], 1)


def test_a_full_disk_is_not_taken_for_damage(index, monkeypatch):
    failure = type("InternalError", (Exception,), {"__module__": "chromadb.errors"})

    def fail(**_):
        raise failure("error returned from database: (code: 13) database or disk is full")

    monkeypatch.setattr(index, "_collection", type("Full", (), {"add": staticmethod(fail)}))

    with pytest.raises(OSError, match="disk is full"):
        index.add(some_keys(1), some_vectors(1))


@pytest.mark.slow
def test_a_write_that_failed_half_way_is_followed_by_none(index, folder, monkeypatch):
    """Chroma's connection keeps its lock then, for which the next write waits 1,000 seconds."""
    failure = type("InternalError", (Exception,), {"__module__": "chromadb.errors"})

    def fail(**_):
        raise failure("error returned from database: (code: 10) disk I/O error")

    with monkeypatch.context() as patch:
        patch.setattr(index, "_collection", type("Faulty", (), {"add": staticmethod(fail)}))
        with pytest.raises(OSError, match="disk I/O error"):
            index.add(some_keys(1), some_vectors(1))

    with pytest.raises(VectorIndexDamaged, match="failed half way"):
        index.add(some_keys(1), some_vectors(1))

    index.close()
    assert json.loads((folder / "seal.json").read_text())["database"] == ""


@pytest.mark.slow
def test_threads_may_ask_while_one_adds(index):
    vectors, wrong = some_vectors(600), []
    index.add(some_keys(100), vectors[:100])

    def ask():
        for key, vector in zip(some_keys(100), vectors, strict=False):
            wrong.extend({key} - {found for found, _ in index.nearest(vector, 1)})

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for start in range(100, 600, 50):
        index.add(some_keys(50, start=start), vectors[start : start + 50])
    for thread in threads:
        thread.join()

    assert wrong == []
    assert len(index) == 600


def run_python(code, *, cwd=ROOT, **environment):
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


OPEN_AND_ADD = """
import sys, numpy, pathlib
from memory.retrieval.vector_index import VectorIndex
index = VectorIndex.open(pathlib.Path(sys.argv[1]), model_id="m", dimension=4)
index.add(["a" * 32], numpy.eye(4, dtype=numpy.float32)[:1])
assert index.nearest(numpy.eye(4, dtype=numpy.float32)[0], 1)[0][0] == "a" * 32
index.close()
"""


def test_importing_the_module_does_not_import_chroma():
    done = run_python(
        "import sys, memory.retrieval.vector_index; assert 'chromadb' not in sys.modules"
    )

    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_neither_network_nor_embedding_model_is_touched(folder):
    guard = """
import sys
def refuse(event, args):
    if event.startswith(("socket.", "urllib.", "http.")):
        raise RuntimeError(f"network: {event} {args}")
sys.addaudithook(refuse)
"""
    code = guard + OPEN_AND_ADD.replace("sys.argv[1]", repr(str(folder)))
    code += "\nassert not {'onnxruntime', 'posthog', 'tokenizers', 'torch'} & sys.modules.keys()"

    done = run_python(code, HOME=str(folder.parent))

    assert done.returncode == 0, done.stderr
    assert [path.name for path in folder.parent.iterdir()] == ["vectors"]


@pytest.mark.slow
def test_a_projects_env_file_that_chroma_rejects_is_named(tmp_path, folder):
    (tmp_path / ".env").write_text("MIGRATIONS=sometimes\n")

    done = run_python(OPEN_AND_ADD.replace("sys.argv[1]", repr(str(folder))), cwd=tmp_path)

    assert f"ConfigInvalid: environment or {tmp_path / '.env'}" in done.stderr


@pytest.mark.posix
@pytest.mark.slow
def test_killed_while_adding_it_keeps_what_was_acknowledged_or_says_so(folder):
    story = f"""
import itertools, pathlib
import numpy as np
from memory.retrieval.vector_index import VectorIndex
index = VectorIndex.open(
    pathlib.Path({str(folder)!r}), model_id="a-model", dimension={DIMENSION},
    hnsw={FLUSH_OFTEN!r},
)
for start in itertools.count(len(index), 20):
    vectors = np.random.default_rng(start).normal(size=(20, {DIMENSION}))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    index.add([f"{{n:032x}}" for n in range(start, start + 20)], vectors.astype(np.float32))
    print(start + 20, flush=True)
"""
    opened = 0
    for acknowledgements in (1, 2, 3, 5, 8, 13, 21, 34):
        child = subprocess.Popen(
            [sys.executable, "-c", story], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        with child:
            lines = [child.stdout.readline() for _ in range(acknowledgements)]
            os.kill(child.pid, signal.SIGKILL)
            lines += child.stdout.readlines()
        kept = int(lines[-1])

        try:
            index = open_index(folder)
        except VectorIndexDamaged:
            wipe(folder)
            continue
        opened += 1
        assert set(some_keys(kept)) <= index.keys()
        index.close()
    assert opened > 0
