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
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.common import print_table, quantile, timed
from benchmarks.contenders import Contender, chroma, exact, full_text, peer, read_texts
from benchmarks.quality import DEPTH, current_above, ids, index, read_questions, score
from memory.retrieval.embedding import load_embedder


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
