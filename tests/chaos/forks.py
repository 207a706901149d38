"""A process that has all of archmem loaded and forks another for each thing that it is asked.

Started as a program it takes a JSON object a line, `{"function": "module:name", "given": {}}`, and
answers with one: what the function returned, the lines that it said, and how its process ended.
`Forks` is the other end. A fork costs a hundredth of what a start does, and what it does is real:
whoever is killed is a process with files of its own.
"""

from __future__ import annotations

import ctypes
import json
import os
import pkgutil
import re
import shutil
import subprocess
import sys
import tempfile
import traceback
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

HERE = Path(__file__).parent
_ANSWER = "answer "  # before what a function returned
#: Descriptor on which the process of a function says lines.
_SAYING = [1]
_NUMBER = re.compile(r"\d+[TZ]?")
#: What a call does to the disk, of which `arm` counts this and more (disk.c).
READS, CHANGES, GROWS = range(3)

#: For tests that use `disk.c`.
preloaded = pytest.mark.skipif(
    sys.platform != "linux" or not shutil.which("cc"), reason="calls are preloaded in C"
)


class Ended(NamedTuple):
    """What came of a function in a process of its own."""

    lines: list[str]
    answer: Any  # None of one that did not return
    status: int  # as of `os.waitpid`
    seconds: float  # of a processor, of its children too


class Forks:
    """Asks functions, one at a time, each in a process of its own."""

    def __init__(self, folder: Path) -> None:
        """With a folder for what is compiled."""
        library = folder / "disk.so"
        source = str(HERE / "disk.c")
        if not library.exists():
            subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.forks"],
            cwd=HERE.parents[1],
            env={**os.environ, "LD_PRELOAD": str(library)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, function: str, **given: Any) -> Ended:
        self._process.stdin.write(json.dumps({"function": function, "given": given}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "the process that forks died"
        return Ended(**json.loads(line))

    def close(self) -> None:
        self._process.stdin.close()
        self._process.wait(timeout=20)
        self._process.stdout.close()


def say(*words: object) -> None:
    """A line, in one piece and not buffered."""
    os.write(_SAYING[0], (" ".join(map(str, words)) + "\n").encode())


def arm(below: str, call: int, errno: int, least: int = READS, is_lasting: int = 0) -> None:
    """Let a call to the disk fail, 0 for none, and with errno 0 be the end; see `disk.c`."""
    disk = ctypes.CDLL(None)
    disk.fault_arm(below.encode(), ctypes.c_long(call), errno, least, is_lasting, _SAYING[0])


def disarm() -> int:
    """How many calls there were since."""
    return ctypes.CDLL(None).fault_disarm()


def kill_after(seconds: float) -> None:
    """Afterwards this process is killed once it has used so much of a processor."""
    assert ctypes.CDLL(None).fault_kill_after(ctypes.c_long(int(seconds * 1e6))) == 0


def use_no_model() -> None:
    """As long as nobody has loaded one: what is written waits for its vectors."""
    from memory.retrieval import model
    from tests.builders import WordEmbedder

    state = SimpleNamespace(manifest=None, refusal=None, model_id=WordEmbedder.model_id)
    model.model_state = lambda *_, **__: state


def use_word_model() -> None:
    """One by which a moment in a text counts for nothing."""
    from memory.retrieval import model
    from tests.builders import WordEmbedder

    embedder = WordEmbedder()
    encode = embedder.encode
    embedder.encode = lambda texts, **how: encode([_NUMBER.sub("", one) for one in texts], **how)
    state = SimpleNamespace(manifest=True, model_id=embedder.model_id)
    model.load_embedder = lambda *_, **__: embedder
    model.model_state = lambda *_, **__: state


class _NoVectors:
    """In the place of a `VectorIndex`, for a process that is to ask nothing of Chroma."""

    def __init__(self, folder: Path, dimension: int) -> None:
        self.folder, self.dimension = folder, dimension
        self._keys = set[str]()

    @classmethod
    def open(cls, folder: Path, *, model_id: str, dimension: int, **_: object) -> _NoVectors:
        return cls(folder, dimension)

    def add(self, keys: Sequence[str], _vectors: object) -> None:
        self._keys |= {*keys}

    def remove(self, keys: Iterable[str]) -> None:
        self._keys -= {*keys}

    def nearest(self, *_: object) -> list[tuple[str, float]]:
        return []

    def keys(self) -> set[str]:
        return set(self._keys)

    def vectors(self, _keys: Sequence[str]) -> dict[str, object]:
        return {}

    def __len__(self) -> int:
        return len(self._keys)

    def close(self) -> None:
        pass

    @staticmethod
    def find_fault(_folder: Path) -> str:
        return ""


def use_no_chroma() -> None:
    """Afterwards what is written to the vectors is kept by nobody, and the next run adds it."""
    from memory.retrieval import vectors

    vectors.VectorIndex = _NoVectors


def load() -> None:
    """Import all there is, so that nothing that is asked has to."""
    import chromadb.api.rust  # noqa: F401 - which chromadb imports when it is asked

    for package in ("memory", "indexer", "cli"):
        root = import_module(package)
        for module in pkgutil.walk_packages(root.__path__, f"{package}."):
            if "embedding" not in module.name:  # models, which nothing here needs
                import_module(module.name)
    use_word_model()
    _open_vectors_in_forks()
    _rehearse()


def _rehearse() -> None:
    """Do once what is done later, so that patterns and tables of it are there; without vectors,
    whose threads no fork would have."""
    import gc

    from chromadb.config import Settings

    from memory.retrieval.vectors import Vectors
    from tests.chaos import killed

    Settings(_env_file=None, anonymized_telemetry=False)
    _SAYING[0] = os.open(os.devnull, os.O_WRONLY)
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        patch.setenv("ARCHMEM_STATE", f"{name}/state")
        patch.setattr(Vectors, "_open", _refuse)
        killed.rehearse(Path(name))
    gc.collect()
    gc.freeze()


def _refuse(*_: object) -> NoReturn:
    raise OSError("not here")


def _open_vectors_in_forks() -> None:
    """Who opens vectors in another's stead is a fork as well, where no thread would be left out."""
    from memory.retrieval import vector_index

    in_a_child = vector_index._fault_in_a_child

    def fault_in_a_fork(folder: Path) -> str:
        if len(os.listdir("/proc/self/task")) > 1:  # noqa: PTH208 - of Chroma, with its locks
            return in_a_child(folder)
        if (pid := os.fork()) == 0:
            try:
                vector_index.try_to_open(folder)
            except BaseException:  # noqa: BLE001 - as of any process that ends by it
                os._exit(1)
            os._exit(0)
        _, status = os.waitpid(pid, 0)
        return f"whoever opens it ends with {status}" if status else ""

    vector_index._fault_in_a_child = fault_in_a_fork


def fork(function: Callable[..., Any], **given: Any) -> Ended:
    """Let a process of its own do something, and wait for its end."""
    reading, writing = os.pipe()
    if (pid := os.fork()) == 0:
        _do(function, given, saying=writing)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        lines = pipe.read().splitlines()
    _, status, used = os.wait4(pid, 0)
    answers = [one for one in lines if one.startswith(_ANSWER)]
    return Ended(
        lines=[one for one in lines if not one.startswith(_ANSWER)],
        answer=json.loads(answers[-1].removeprefix(_ANSWER)) if answers else None,
        status=status,
        seconds=used.ru_utime + used.ru_stime,
    )


def _do(function: Callable[..., Any], given: dict[str, Any], saying: int) -> NoReturn:
    _SAYING[0] = saying
    try:
        line, status = f"{_ANSWER}{json.dumps(function(**given))}\n", 0
    except BaseException:  # noqa: BLE001 - whatever it is, the test is to show it
        line, status = traceback.format_exc(), 1
    with os.fdopen(saying, "w") as pipe:
        pipe.write(line)
    os._exit(status)


def main() -> None:
    load()
    for line in sys.stdin:
        asked = json.loads(line)
        module, _, name = asked["function"].partition(":")
        ended = fork(getattr(import_module(module), name), **asked["given"])
        print(json.dumps(ended._asdict()), flush=True)


if __name__ == "__main__":
    from tests.chaos import forks  # not as `__main__`, which functions do not know

    forks.main()
