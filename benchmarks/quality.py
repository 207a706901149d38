"""Search quality on labelled questions over real decision records, beside a plain weighted sum.

    python benchmarks/quality.py FOLDER [--split dev] [--json] [--work DIR]

FOLDER holds `corpus/PROJECT/FILE` and question sets `SPLIT_known_item.jsonl`,
`SPLIT_temporal.jsonl`, `SPLIT_related.jsonl`; `pool_core.json`, if it is there, lists the documents
of the cross-project pool, which otherwise are all. Everything runs through the public API: each
project is indexed as a user's would be, and each question is one `search` or `related` call.
The plain sum is 0.3 of the BM25 of the whole text and 0.7 of the cosine of the nearest passage,
both scaled to 0 to 1 over all records; it is told by project beside archmem's, since archmem
should be below it in none. A record that is not in the pool is not counted there. Embeddings are
kept in `--work` between runs;
`ARCHMEM_MODEL` and `ARCHMEM_PRECISION` choose another model.
"""

from __future__ import annotations

import argparse
import json
import math
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

import numpy as np
from numpy.typing import NDArray

from indexer.project import open_project
from memory.api import ArchMem
from memory.config import load_settings
from memory.ledger.sqlite.connection import open_ledger
from memory.models.answer import Answer
from memory.models.selection import EVERYTHING
from memory.retrieval.embedding import model_state
from memory.retrieval.query_parser import search_words

DEPTH = 100  # hits asked for; MRR counts a record further down as not found
WORDS, NEAREST = 0.3, 0.7  # shares of the plain sum
Metrics = dict[str, float]
Answers = list[tuple[dict[str, Any], list[str]]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--split", default="dev", help="prefix of the question files")
    parser.add_argument("--work", type=Path, help="where stores are kept between runs")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        results = measure(options.folder, options.split, options.work or Path(scratch))
    if options.json:
        print(json.dumps(results))
    else:
        print_table(results)


def measure(folder: Path, split: str, work: Path) -> dict[str, Any]:
    """Every question set of a split, over its own project's records and over the pool."""
    documents = sorted(
        f"{path.parent.name}/{path.name}" for path in (folder / "corpus").glob("*/*")
    )
    pool_file = folder / "pool_core.json"
    pool = json.loads(pool_file.read_text()) if pool_file.exists() else documents
    projects = sorted({document.partition("/")[0] for document in documents})
    known, temporal, related = (
        read_questions(folder, split, kind) for kind in ("known_item", "temporal", "related")
    )
    asked = {question["relevant"][0].partition("/")[0] for question in known}
    own: Answers = []
    plain: Answers = []
    stores = []
    for name in projects:
        members = [one for one in documents if one.startswith(f"{name}/")]
        with index(folder, members, work / name) as project:
            stores.append(project.folder)
            if name in asked:
                its = [one for one in known if one["relevant"][0].startswith(f"{name}/")]
                own += [(one, ids(project.search(one["query"], limit=DEPTH))) for one in its]
                plain += [(one, plain_order(project, one["query"])) for one in its]
    with index(folder, pool, work / "pool", cached_in=stores) as project:
        uids = {document_of(one.memory.path): one.memory.uid for one in project.list()}
        known, temporal = ([q for q in some if has_its(q, pool)] for some in (known, temporal))
        found = {
            question["id"]: ids(project.search(question["query"], limit=DEPTH))
            for question in known + temporal
        }
        plain_pool = [(one, plain_order(project, one["query"])) for one in known]
        near = [
            (question, ids(project.related(uids[question["query_doc"]], limit=DEPTH)))
            for question in related
            if question["query_doc"] in uids
        ]
    return {
        "known_item_own": score(own),
        "plain_sum_own": score(plain),
        "known_item_pool": score([(one, found[one["id"]]) for one in known]),
        "plain_sum_pool": score(plain_pool),
        "related_pool": score(near),
        "temporal_pool": score([(one, found[one["id"]]) for one in temporal])
        | {"current_above_outdated": current_above([(one, found[one["id"]]) for one in temporal])},
        "by_project": {
            name: {
                "archmem": score(of_project(own, name))["ndcg10"],
                "plain sum": score(of_project(plain, name))["ndcg10"],
                "n": len(of_project(own, name)),
            }
            for name in sorted(asked)
        },
    }


def has_its(question: dict[str, Any], pool: list[str]) -> bool:
    return not set(question["relevant"] + question.get("outdated", [])).isdisjoint(pool)


def of_project(answers: Answers, name: str) -> Answers:
    return [one for one in answers if one[0]["relevant"][0].startswith(f"{name}/")]


def plain_order(project: ArchMem, question: str) -> list[str]:
    """All records by the plain sum, best first."""
    db, meaning = project.ledger.db, project.session.meaning
    ids_of = db.memories.listed_ids(EVERYTHING.as_searched)
    hashes = db.passages.hashes_of(ids_of.values())
    vector, neighbours = meaning.encode_query(question), meaning.neighbours
    if vector is None or neighbours is None:
        raise SystemExit(meaning.reason)
    vectors = neighbours.vectors([key for keys in hashes.values() for key in keys])
    matched = db.passages.match_each(search_words(question), [EVERYTHING], limit=1).scores
    near = [max(float(vectors[key] @ vector) for key in hashes[one]) for one in ids_of.values()]
    words = [matched.get(one, 0.0) for one in ids_of.values()]
    total = WORDS * scaled(words) + NEAREST * scaled(near)
    documents = {one.memory.uid: document_of(one.memory.path) for one in project.list()}
    uids = list(ids_of)
    return [documents[uids[at]] for at in np.argsort(-total, kind="stable")][:DEPTH]


def scaled(values: list[float]) -> NDArray[np.float64]:
    found = np.array(values)
    return (found - found.min()) / (np.ptp(found) or 1.0)


def read_questions(folder: Path, split: str, kind: str) -> list[dict[str, Any]]:
    path = folder / f"{split}_{kind}.jsonl"
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text().splitlines() if line.strip()]


def index(
    folder: Path, documents: list[str], work: Path, cached_in: list[Path] | None = None
) -> ArchMem:
    """A project made of these documents, each in its own project's ADR folder, indexed."""
    shutil.rmtree(work / "files", ignore_errors=True)
    for document in documents:
        project, _, name = document.partition("/")
        target = work / "files" / project / "docs" / "adr" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(folder / "corpus" / document, target)
    memory = open_project(work / "files", store=work / "store")
    if cached_in:
        copy_embeddings(cached_in, work / "store")
    memory.index(accept_removals=True, on_progress=show_progress(work.name))
    return memory


def copy_embeddings(stores: list[Path], store: Path) -> None:
    """Spare the encoder what other stores have already."""
    settings = load_settings(store)
    model = model_state(settings.model, precision=settings.precision).model_id
    target = open_ledger(store / "memory.db")
    for folder in stores:
        other = open_ledger(folder / "memory.db")
        keys, vectors = other.db.embeddings.fetch_all(model)
        other.close()
        with target.writing() as db:
            db.embeddings.add(model, keys, vectors)
    target.close()


def show_progress(name: str) -> Any:
    def show(stage: str, done: int, total: int) -> None:
        if stage == "embed" and sys.stderr.isatty():
            print(f"\r{name}: {done}/{total} ", end="", file=sys.stderr)

    return show


def ids(answer: Answer) -> list[str]:
    return [document_of(hit.memory.path) for hit in answer.hits]


def document_of(path: str | None) -> str:
    parts = (path or "").split("/")
    return f"{parts[0]}/{parts[-1]}"


def score(answers: Answers) -> Metrics:
    """Means over the questions; a record found twice counts where it stands first."""
    rows = [_score_one(list(dict.fromkeys(found)), set(q["relevant"])) for q, found in answers]
    names = ("ndcg10", "r1", "r5", "r10", "mrr")
    means = {name: sum(row[i] for row in rows) / (len(rows) or 1) for i, name in enumerate(names)}
    return {**means, "n": len(rows)}


def _score_one(found: list[str], relevant: set[str]) -> tuple[float, float, float, float, float]:
    gains = [1 / math.log2(rank + 2) for rank, one in enumerate(found[:10]) if one in relevant]
    best = sum(1 / math.log2(rank + 2) for rank in range(min(10, len(relevant))))
    recalls = [len(relevant & set(found[:k])) / len(relevant) for k in (1, 5, 10)]
    first = next((rank for rank, one in enumerate(found, start=1) if one in relevant), None)
    return sum(gains) / best, recalls[0], recalls[1], recalls[2], 1 / first if first else 0.0


def current_above(answers: Answers) -> float:
    """The share of questions whose current record stands above each one it replaced."""
    good = 0
    for question, found in answers:
        place = {one: rank for rank, one in reversed(list(enumerate(found)))}
        current = min((place.get(one, DEPTH) for one in question["relevant"]), default=DEPTH)
        good += current < min(
            (place.get(one, DEPTH) for one in question["outdated"]), default=DEPTH
        )
    return good / (len(answers) or 1)


def print_table(results: dict[str, Any]) -> None:
    print(f"{'':18}{'nDCG@10':>9}{'R@1':>8}{'R@5':>8}{'R@10':>8}{'MRR':>8}{'n':>6}")
    by_project = results.pop("by_project")
    for name, row in results.items():
        cells = "".join(f"{row[key]:8.3f}" for key in ("r1", "r5", "r10", "mrr"))
        print(f"{name:18}{row['ndcg10']:9.3f}{cells}{row['n']:6.0f}")
    if "current_above_outdated" in results["temporal_pool"]:
        share = results["temporal_pool"]["current_above_outdated"]
        print(f"current record above the ones it replaced: {share:.3f} of questions")
    print(f"\n{'nDCG@10, own':24}{'archmem':>9}{'plain sum':>11}{'n':>6}")
    for name, row in by_project.items():
        below = "  below" if row["archmem"] < row["plain sum"] - 0.0005 else ""
        print(f"{name:24}{row['archmem']:9.3f}{row['plain sum']:11.3f}{row['n']:6.0f}{below}")


if __name__ == "__main__":
    main()
