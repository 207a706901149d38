"""Keeps unit vectors in Chroma and finds the nearest; the only home of chromadb.

Chroma writes its HNSW files in place, without a checksum, and crashes the whole process when it
loads a torn one (chroma#7238, #7069). So the index seals them: `seal.json` names every file with
its size and time of change, is rewritten whenever Chroma flushed, and is compared before Chroma
sees the folder again. A mismatch raises `VectorIndexDamaged`, which costs a rebuild and no crash.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from memory.errors import ConfigInvalid, VectorIndexDamaged

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

_DATABASE = "chroma.sqlite3"
_SEAL = "seal.json"
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
        _check_seal(folder)
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
                _write_seal(folder)
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
        with _chroma_failures(self.folder):
            for start in range(0, len(keys), BATCH):
                batch = slice(start, start + BATCH)
                self._collection.add(ids=list(keys[batch]), embeddings=vectors[batch])
                _write_seal(self.folder)

    def remove(self, keys: Iterable[str]) -> None:
        """Forget keys; those that are not there are no error."""
        going = list(keys)
        with _chroma_failures(self.folder):
            for start in range(0, len(going), BATCH):
                self._collection.delete(ids=going[start : start + BATCH])
                _write_seal(self.folder)

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

    def __len__(self) -> int:
        with _chroma_failures(self.folder):
            return int(self._collection.count())

    def close(self) -> None:
        """Let go of files and threads; a second time does nothing."""
        self._client.close()


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
    folder.mkdir(parents=True, exist_ok=True)
    # Without `_env_file=None` the `.env` of the user's project would configure Chroma.
    settings = Settings(_env_file=None, anonymized_telemetry=False)
    return chromadb.PersistentClient(folder, settings=settings)


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


def _check_seal(folder: Path) -> None:
    """Refuse a folder whose files are not the ones that were sealed."""
    if folder.exists() and not folder.is_dir():
        raise VectorIndexDamaged(folder, "it is not a folder")
    if not folder.exists() or not any(folder.iterdir()):
        return
    try:
        sealed = json.loads((folder / _SEAL).read_text("utf-8"))
        database_size, graphs = int(sealed["database_size"]), dict(sealed["graphs"])
    except FileNotFoundError:
        raise VectorIndexDamaged(folder, f"{_SEAL} is missing") from None
    except (ValueError, TypeError, KeyError) as error:
        raise VectorIndexDamaged(folder, f"{_SEAL} is unreadable") from error
    if not (folder / _DATABASE).is_file() or (folder / _DATABASE).stat().st_size < database_size:
        raise VectorIndexDamaged(folder, f"{_DATABASE} is missing or cut off")
    found = _graph_files(folder)
    for name in sorted(graphs.keys() | found.keys()):
        if graphs.get(name) != found.get(name):
            raise VectorIndexDamaged(folder, f"{name} is not as it was last written")


def _write_seal(folder: Path) -> None:
    """Seal the files as they are, unless they are sealed already."""
    seal = folder / _SEAL
    database_size = (folder / _DATABASE).stat().st_size
    text = json.dumps({"database_size": database_size, "graphs": _graph_files(folder)}, indent=1)
    with contextlib.suppress(FileNotFoundError):
        if seal.read_text("utf-8") == text:
            return
    draft = seal.with_suffix(".draft")
    draft.write_text(text, "utf-8")
    draft.replace(seal)


def _graph_files(folder: Path) -> dict[str, list[int]]:
    """Map each HNSW file, by its path in the folder, to [bytes, nanosecond of last change]."""
    files = (path for path in folder.glob("*/*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): [path.stat().st_size, path.stat().st_mtime_ns]
        for path in files
    }
