"""Embeds every text anew and holds what is kept against that, row by row.

An index made anew beside the one that is there would hold these vectors, each of which is nearest
to itself: so each is asked for, too, which a graph with torn edges fails (chroma#7758).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from memory.errors import ArchMemError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from memory.retrieval.vector_index import VectorIndex
    from memory.session import Session

    Vectors = Mapping[str, NDArray[np.float32]]  # by the hash of the text

BATCH = 64  # texts
#: Cosine with what the same text gives anew; what else is in a batch moves the last digits.
SAME = 0.999


@dataclass
class VectorTally:
    """How many vectors of a place were held against their texts, and how many are wrong."""

    place: str
    vectors: int = 0
    unlike: int = 0

    def hold(self, found: Vectors, should: Vectors) -> None:
        """Compare some more."""
        self.vectors += len(found)
        self.unlike += sum(1 for _ in _unlike(should, found))

    def told(self) -> list[str]:
        """What was wrong, in a line."""
        where = f"of {self.vectors:,} vectors {self.place}"
        return [f"{self.unlike:,} {where} are not what their texts give"] if self.unlike else []


def unlike_texts(session: Session) -> list[str]:
    """What embeddings in the ledger and vectors in the index say otherwise than the texts.

    Nothing is changed. What waits to be embedded is not missed; what could not be compared is told.
    """
    db, meaning = session.ledger.db, session.meaning
    if (model_id := meaning.model_id) is None:
        return [f"vectors were not compared: {meaning.reason or 'there is no model'}"]
    hashes = sorted(db.passages.hashes())
    kept, indexed = VectorTally("kept with the memory"), VectorTally("in the index")
    unfound: set[str] = set()  # texts whose own vector does not lead to them
    with meaning.index() as index:
        untold = "another process has it, or it waits to be made anew" if index is None else ""
        for start in range(0, len(hashes), BATCH):
            texts = db.embeddings.texts(hashes[start : start + BATCH])
            anew = meaning.encode(list(texts.values()))
            if anew is None:
                return [f"vectors were not compared: {meaning.reason}"]
            should = dict(zip(texts, anew, strict=True))
            kept.hold(dict(zip(*db.embeddings.fetch(model_id, list(texts)), strict=True)), should)
            if index is None or untold:
                continue
            try:
                indexed.hold(index.vectors(list(texts)), should)
                unfound |= {key for key, vector in should.items() if not _finds(index, vector)}
            except (ArchMemError, OSError) as error:
                untold = str(error)
    unfound -= set(db.embeddings.queued())
    lost = f"{len(unfound):,} of {len(hashes):,} texts are not found by their own vectors"
    return [
        *kept.told(),
        *indexed.told(),
        *([lost] if unfound else []),
        *([f"vectors in the index were not compared: {untold}"] if untold else []),
    ]


def _finds(index: VectorIndex, vector: NDArray[np.float32]) -> bool:
    """Whether something as near as the text itself is found; several texts may be as near."""
    return any(near >= SAME for _, near in index.nearest(vector, 1))


def _unlike(should: Vectors, found: Vectors) -> Iterator[str]:
    for key, vector in found.items():
        if len(vector) != len(should[key]) or float(should[key] @ vector) < SAME:
            yield key
