"""What is answered when bytes of the vectors are no longer those that were written."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from indexer.project import open_project
from memory.retrieval.vector_index import VectorIndex, VectorIndexDamaged
from tests.builders import WordEmbedder
from tests.shop import write_shop

if TYPE_CHECKING:
    from collections.abc import Iterator

QUESTION = "why do payments wait in a queue"
PAGE = 4096
MODEL = {"model_id": WordEmbedder.model_id, "dimension": WordEmbedder.dimension}


def make(root: str) -> None:
    write_shop(Path(root))
    with open_project(Path(root), environment={}) as memory:
        memory.index()


def as_killed(root: str) -> None:
    """The seal as it is while somebody has the vectors open, who is killed."""
    seal = Path(root, ".archmem/vectors/seal.json")
    seal.write_text(json.dumps(json.loads(seal.read_text()) | {"database": ""}))


def told(root: str) -> dict[str, Any]:
    """What is found, and what is said to be left out; then what the vectors themselves say."""
    with open_project(Path(root), environment={}) as memory:
        answer = memory.search(QUESTION)
        found = [[hit.memory.uid, round(hit.score, 6)] for hit in answer.hits]
    folder = Path(root, ".archmem/vectors")
    if not folder.exists():  # so damaged that it was thrown away, to be made anew
        return {"found": found, "nearest": None}
    try:
        index = VectorIndex.open(folder, **MODEL)
        near = index.nearest(WordEmbedder().encode_query(QUESTION), 5)
        index.close()
    except VectorIndexDamaged:
        return {"found": found, "nearest": None}
    return {"found": found, "nearest": [[key, round(cosine, 5)] for key, cosine in near]}


def flips(folder: Path) -> Iterator[tuple[str, int]]:
    """Every page of every file, by the file's path and where the page begins."""
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            name = file.relative_to(folder).as_posix()
            yield from ((name, start) for start in range(0, file.stat().st_size, PAGE))


def flip(file: Path, start: int) -> None:
    """Invert a page; size and time stay."""
    before, whole = file.stat(), file.read_bytes()
    page = bytes(255 - byte for byte in whole[start : start + PAGE])
    file.write_bytes(whole[:start] + page + whole[start + PAGE :])
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
