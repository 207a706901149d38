"""Keeps unit vectors in Chroma and finds the nearest; the only home of chromadb.

Chroma writes its HNSW files in place, without a checksum, and crashes the whole process when it
loads a torn one (chroma#7238, #7069). So the index is sealed (`vector_seal`): what is not as it was
written raises `VectorIndexDamaged`, which costs a rebuild; what nobody can vouch for, as whoever
had it open was killed, is opened by another process first, which may crash in our stead.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from memory.errors import ConfigInvalid, VectorIndexDamaged
from memory.retrieval.vector_seal import DATABASE, check_seal, write_seal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

# Measured by benchmarks/vectors.py at 100,000 vectors, all of them near-duplicates of 2,700: it is
# `ef_search` that finds them (recall@10 is 0.92 with Chroma's 100, 0.987 or more with 600, for
# 0.5 ms). With 600, 32 neighbours and a construction of 200 found no more (0.993 against 0.994).
HNSW: Mapping[str, str | int] = {
    "space": "ip",  # of unit vectors: the cosine, without normalising each one again
    "max_neighbors": 16,
    "ef_construction": 100,
    "ef_search": 600,
    "sync_threshold": 200,  # changes between two flushes; opening replays those after the last
}
BATCH = 1000  # keys in one call of Chroma, which takes 5,461 at most

_CHILD = (
    "import sys, pathlib; from memory.retrieval.vector_index import try_to_open; "
    "try_to_open(pathlib.Path(sys.argv[1]))"
)
CHILD_PATIENCE = 300  # seconds; importing Chroma takes one, and a million vectors a minute
# What SQLite and the system say when the files are sound but out of reach.
_PASSING = (
    "database is locked",
    "database or disk is full",
    "disk I/O error",
    "No space left",
    "Permission denied",
    "readonly database",
    "Too many open files",
    "unable to open database file",
)


class VectorIndex:
    """Nearest neighbours among unit vectors; derived, so it can be deleted at any time.

    One process opens it, which the caller guarantees by a lock; inside it, any number of threads
    may ask while one changes it. Every method may raise `VectorIndexDamaged`: then `close` and
    `wipe` it and add everything again. It raises `OSError` when the files are only out of reach.
    """

    def __init__(self, folder: Path, client: Any, collection: Any, dimension: int) -> None:
        self.folder = folder
        self.dimension = dimension
        self._client = client
        self._collection = collection
        self._is_closed = False
        self._is_torn = False  # a write failed half way

    @staticmethod
    def find_fault(folder: Path) -> str:
        """Why an index that nobody has open cannot be used, in words; "" where it can."""
        try:
            return "" if check_seal(folder) else _fault_in_a_child(folder)
        except VectorIndexDamaged as error:
            return error.reason

    @classmethod
    def open(
        cls,
        folder: Path,
        *,
        model_id: str,
        dimension: int,
        hnsw: Mapping[str, str | int] = HNSW,
    ) -> Self:
        """Open the vectors of one model, or begin an empty index of it.

        Args:
            folder: Where they lie; created when absent. Other models' vectors may lie there too.
            model_id: Names the model; with another one, nothing of this one's is found.
            dimension: Floats in each vector.
            hnsw: Settings of the graph; with others, the index begins empty as well.

        Raises:
            VectorIndexDamaged: A file is missing, torn or not what was last written.
            ConfigInvalid: Chroma rejects the environment or `.env` of the current folder.
        """
        is_sure = check_seal(folder)
        if not is_sure and (reason := _fault_in_a_child(folder)):
            raise VectorIndexDamaged(folder, reason)
        if (folder / DATABASE).exists():  # which Chroma changes as it opens, and may not get to end
            write_seal(folder)
        client = None
        try:
            with _chroma_failures(folder):
                client = _connect(folder)
                collection = client.get_or_create_collection(
                    _collection_name(model_id, dimension, hnsw),
                    configuration={"hnsw": dict(hnsw)},
                    metadata={"model": model_id, "dimension": dimension},
                    embedding_function=None,
                )
                collection.count()  # loads the graph and replays what was not flushed
                write_seal(folder)
        except BaseException:
            _abandon(client)
            raise
        return cls(folder, client, collection, dimension)

    def add(self, keys: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Keep vectors under their keys, all on disk when this returns.

        A key that is there keeps its vector: keys are hashes of texts, so it is the same one, and
        updating graph nodes makes others unreachable (chroma#7758). After a failure, a beginning
        of the keys may have been added; adding all of them again completes it.

        Args:
            keys: n different hashes.
            vectors: n rows of `dimension` floats, each of length 1.
        """
        if vectors.shape != (len(keys), self.dimension):
            raise ValueError(f"{len(keys)} keys, but vectors of shape {vectors.shape}")
        with self._writing():
            for start in range(0, len(keys), BATCH):
                batch = slice(start, start + BATCH)
                self._collection.add(ids=list(keys[batch]), embeddings=vectors[batch])
                write_seal(self.folder)

    def remove(self, keys: Iterable[str]) -> None:
        """Forget keys; those that are not there are no error."""
        going = list(keys)
        with self._writing():
            for start in range(0, len(going), BATCH):
                self._collection.delete(ids=going[start : start + BATCH])
                write_seal(self.folder)

    def nearest(self, vector: NDArray[np.float32], limit: int) -> list[tuple[str, float]]:
        """Find the keys whose vectors are most like this one.

        Args:
            vector: `dimension` floats, length 1.
            limit: Most keys to return; below 1 there are none.

        Returns:
            Keys with their cosine, -1 to 1, best first, equals by key.
        """
        if vector.shape != (self.dimension,):
            raise ValueError(f"a vector of shape {vector.shape}, not {self.dimension} floats")
        if limit < 1:
            return []
        with _chroma_failures(self.folder):
            found = self._collection.query(
                query_embeddings=[vector], n_results=limit, include=["distances"]
            )
        near = [1.0 - float(distance) for distance in found["distances"][0]]
        hits = zip(found["ids"][0], near, strict=True)
        return sorted(hits, key=lambda hit: (-hit[1], hit[0]))

    def keys(self) -> set[str]:
        """All keys whose vectors are kept."""
        with _chroma_failures(self.folder):
            return set(self._collection.get(include=[])["ids"])

    def vectors(self, keys: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """The vectors that are kept, by their keys; what is not there is left out."""
        found: dict[str, NDArray[np.float32]] = {}
        with _chroma_failures(self.folder):
            for start in range(0, len(keys), BATCH):
                batch = list(keys[start : start + BATCH])
                said = self._collection.get(ids=batch, include=["embeddings"])
                found.update(zip(said["ids"], said["embeddings"], strict=True))
        return found

    def __len__(self) -> int:
        with _chroma_failures(self.folder):
            return int(self._collection.count())

    def close(self) -> None:
        """Let go of files and threads; a second time does nothing."""
        self._client.close()
        if not self._is_closed:
            self._is_closed = True
            if self._is_torn:  # then nobody can vouch for it
                return
            with contextlib.suppress(OSError):  # then nobody can vouch for it, which is said
                write_seal(self.folder, is_closed=True)

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        """A block that writes; behind one that failed the next waited for its lock, for minutes."""
        if self._is_torn:
            raise VectorIndexDamaged(self.folder, "what was written to it last failed half way")
        try:
            with _chroma_failures(self.folder):
                yield
        except BaseException:
            self._is_torn = True
            raise


def wipe(folder: Path) -> None:
    """Discard every vector of every model; an index that is open there must be closed first."""
    if folder.is_dir():
        shutil.rmtree(folder)
    else:
        folder.unlink(missing_ok=True)


def _connect(folder: Path) -> Any:
    """Open Chroma's embedded client; importing it takes longer than all the rest."""
    try:
        import chromadb
        from chromadb.config import Settings
    except ValueError as error:  # pydantic's and UnicodeDecodeError are both ValueErrors
        raise ConfigInvalid(f"environment or {Path.cwd() / '.env'}", f"Chroma: {error}") from error
    # Without its parents: a memory that was taken away while its texts were embedded stays away.
    folder.mkdir(mode=0o700, exist_ok=True)
    # Without `_env_file=None` the `.env` of the user's project would configure Chroma.
    settings = Settings(_env_file=None, anonymized_telemetry=False)
    return chromadb.PersistentClient(folder, settings=settings)


def try_to_open(folder: Path) -> None:
    """Load every collection and ask it once, as `VectorIndex` does; a torn one ends the process."""
    client = _connect(folder)
    for collection in client.list_collections():
        if collection.count():
            dimension = int((collection.metadata or {})["dimension"])
            query = [[1.0] + [0.0] * (dimension - 1)]
            collection.query(query_embeddings=query, n_results=1, include=["distances"])
    client.close()


def _fault_in_a_child(folder: Path) -> str:
    """What happened to a process that opened the index; "" where nothing did."""
    path = os.pathsep.join(one for one in sys.path if one)
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-c", _CHILD, str(folder)],
            env={**os.environ, "PYTHONPATH": path},
            capture_output=True,
            timeout=CHILD_PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return "it does not open"
    if done.returncode < 0:
        return f"whoever opens it is ended by signal {-done.returncode}"
    said = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
    return f"it does not open: {said}" if done.returncode else ""


def _abandon(client: Any) -> None:
    """Make Chroma forget a client that did not open; it would be handed out again (chroma#6499)."""
    if client is not None:
        client.close()
        return
    with contextlib.suppress(ImportError, ValueError):
        from chromadb.api.shared_system_client import SharedSystemClient

        SharedSystemClient.clear_system_cache()


def _collection_name(model_id: str, dimension: int, hnsw: Mapping[str, str | int]) -> str:
    """Name a collection so that other models or settings have another; 32 hex digits."""
    identity = json.dumps([model_id, dimension, dict(hnsw)], sort_keys=True)
    return hashlib.blake2b(identity.encode(), digest_size=16).hexdigest()


@contextlib.contextmanager
def _chroma_failures(folder: Path) -> Iterator[None]:
    """Turn what Chroma raises into `VectorIndexDamaged`, or `OSError` when it may pass."""
    try:
        yield
    except BaseException as error:
        if not _comes_from_chroma(error):
            raise
        if any(words in str(error) for words in _PASSING):
            raise OSError(f"{folder}: {error}") from error
        raise VectorIndexDamaged(folder, str(error)) from error


def _comes_from_chroma(error: BaseException) -> bool:
    """Tell Chroma's errors, and the panics of its Rust half, which are no `Exception`s."""
    return any(kind.__module__.startswith(("chromadb", "pyo3")) for kind in type(error).__mro__)
