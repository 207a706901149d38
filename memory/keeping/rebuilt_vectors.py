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

    Nothing is changed. What is not embedded yet is not missed.
    """
    db, meaning = session.ledger.db, session.meaning
    hashes = sorted(db.passages.hashes())
    kept, indexed = [0, 0], [0, 0]  # compared, unlike
    for start in range(0, len(hashes), BATCH):
        texts = db.embeddings.texts(hashes[start : start + BATCH])
        anew = meaning.encode(list(texts.values()))
        if anew is None or meaning.model_id is None:
            return [f"vectors were not compared: {meaning.reason or 'there is no model'}"]
        should = dict(zip(texts, anew, strict=True))
        cached = dict(zip(*db.embeddings.fetch(meaning.model_id, list(texts)), strict=True))
        for counts, found in (kept, cached), (indexed, _indexed(session, list(texts))):
            counts[0] += len(found)
            counts[1] += sum(1 for _ in _unlike(should, found))
    of = {"kept with the memory": kept, "in the index": indexed}
    return [
        f"{unlike:,} of {compared:,} vectors {where} are not what their texts give"
        for where, (compared, unlike) in of.items()
        if unlike
    ]


def _indexed(session: Session, keys: list[str]) -> Mapping[str, NDArray[np.float32]]:
    try:
        with session.meaning.index() as index:
            return {} if index is None else index.vectors(keys)
    except (ArchMemError, OSError):  # damaged, or another process has it: the doctor tells
        return {}


def _unlike(
    should: Mapping[str, NDArray[np.float32]], found: Mapping[str, NDArray[np.float32]]
) -> Iterator[str]:
    for key, vector in found.items():
        if len(vector) != len(should[key]) or float(should[key] @ vector) < SAME:
            yield key
