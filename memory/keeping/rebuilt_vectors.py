"""Embeds every text anew and holds what is kept against that, row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory.errors import ArchMemError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from memory.session import Session

BATCH = 64  # texts
#: Cosine with what the same text gives anew; what else is in a batch moves the last digits.
SAME = 0.999


def unlike_texts(session: Session) -> list[str]:
    """What embeddings in the ledger and vectors in the index say otherwise than the texts.

    Nothing is changed. What is not embedded yet is not missed; what could not be compared is told.
    """
    db, meaning = session.ledger.db, session.meaning
    if (model_id := meaning.model_id) is None:
        return [f"vectors were not compared: {meaning.reason or 'there is no model'}"]
    hashes = sorted(db.passages.hashes())
    kept, indexed = [0, 0], [0, 0]  # compared, unlike
    with meaning.index() as index:
        untold = "another process has it, or it waits to be made anew" if index is None else ""
        for start in range(0, len(hashes), BATCH):
            said = db.embeddings.texts(hashes[start : start + BATCH])
            texts, anew = list(said), meaning.encode(list(said.values()))
            if anew is None:
                return [f"vectors were not compared: {meaning.reason}"]
            should = dict(zip(texts, anew, strict=True))
            cached = dict(zip(*db.embeddings.fetch(model_id, texts), strict=True))
            try:
                found = index.vectors(texts) if index is not None and not untold else {}
            except (ArchMemError, OSError) as error:
                found, untold = {}, str(error)
            for counts, there in (kept, cached), (indexed, found):
                counts[0] += len(there)
                counts[1] += sum(1 for _ in _unlike(should, there))
    unlike_there = [
        f"{unlike:,} of {compared:,} vectors {where} are not what their texts give"
        for where, (compared, unlike) in (("kept with the memory", kept), ("in the index", indexed))
        if unlike
    ]
    return [
        *unlike_there,
        *([f"vectors in the index were not compared: {untold}"] if untold else []),
    ]


def _unlike(
    should: Mapping[str, NDArray[np.float32]], found: Mapping[str, NDArray[np.float32]]
) -> Iterator[str]:
    for key, vector in found.items():
        if len(vector) != len(should[key]) or float(should[key] @ vector) < SAME:
            yield key
