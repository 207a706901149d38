"""Search quality on labelled questions over real decision records.

    python benchmarks/quality.py FOLDER [--split dev] [--json] [--work DIR]

FOLDER holds `corpus/PROJECT/FILE` and question sets `SPLIT_known_item.jsonl`,
`SPLIT_temporal.jsonl`, `SPLIT_related.jsonl`; `pool_core.json`, if it is there, lists the documents
of the cross-project pool, which otherwise are all. Everything runs through the public API: each
project is indexed as a user's would be, and each question is one `search` or `related` call.
Embeddings are kept in `--work` between runs;
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

from indexer.project import open_project
from memory.api import ArchMem
from memory.config import load_settings
from memory.ledger.sqlite.connection import open_ledger
from memory.models.answer import Answer
from memory.retrieval.embedding import model_state

DEPTH = 100  # hits asked for; MRR counts a record further down as not found
Metrics = dict[str, float]


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


def measure(folder: Path, split: str, work: Path) -> dict[str, Metrics]:
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
    own: list[tuple[dict[str, Any], list[str]]] = []
    stores = []
    for name in projects:
        members = [one for one in documents if one.startswith(f"{name}/")]
        with index(folder, members, work / name) as project:
            stores.append(project.folder)
            if name in asked:
                own += [
                    (question, ids(project.search(question["query"], limit=DEPTH)))
                    for question in known
                    if question["relevant"][0].startswith(f"{name}/")
                ]
    with index(folder, pool, work / "pool", cached_in=stores) as project:
        uids = {document_of(one.memory.path): one.memory.uid for one in project.list()}
        found = {
            question["id"]: ids(project.search(question["query"], limit=DEPTH))
            for question in known + temporal
        }
        near = [
            (question, ids(project.related(uids[question["query_doc"]], limit=DEPTH)))
            for question in related
            if question["query_doc"] in uids
        ]
    return {
        "known_item_own": score(own),
        "known_item_pool": score([(one, found[one["id"]]) for one in known]),
        "related_pool": score(near),
        "temporal_pool": score([(one, found[one["id"]]) for one in temporal])
        | {"current_above_outdated": current_above([(one, found[one["id"]]) for one in temporal])},
    }


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


def score(answers: list[tuple[dict[str, Any], list[str]]]) -> Metrics:
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


def current_above(answers: list[tuple[dict[str, Any], list[str]]]) -> float:
    """The share of questions whose current record stands above each one it replaced."""
    good = 0
    for question, found in answers:
        place = {one: rank for rank, one in reversed(list(enumerate(found)))}
        current = min((place.get(one, DEPTH) for one in question["relevant"]), default=DEPTH)
        good += current < min(
            (place.get(one, DEPTH) for one in question["outdated"]), default=DEPTH
        )
    return good / (len(answers) or 1)


def print_table(results: dict[str, Metrics]) -> None:
    print(f"{'':18}{'nDCG@10':>9}{'R@1':>8}{'R@5':>8}{'R@10':>8}{'MRR':>8}{'n':>6}")
    for name, row in results.items():
        cells = "".join(f"{row[key]:8.3f}" for key in ("r1", "r5", "r10", "mrr"))
        print(f"{name:18}{row['ndcg10']:9.3f}{cells}{row['n']:6.0f}")
    if "current_above_outdated" in results["temporal_pool"]:
        share = results["temporal_pool"]["current_above_outdated"]
        print(f"current record above the ones it replaced: {share:.3f} of questions")


if __name__ == "__main__":
    main()
