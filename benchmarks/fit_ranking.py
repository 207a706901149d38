"""Fits the weights of the ranking's signals and says what fitting them is worth.

    python benchmarks/fit_ranking.py FOLDER [--work DIR] [--write]

FOLDER and DIR are those of `quality.py`, which has to have run before. Every combination of a
coarse grid is scored by nDCG@10 on the known-item questions, over their own projects' records
and over the pool. With few questions the best combination is mostly luck, so the weights in
`data/ranking.json` are replaced only when the best beats them by more than the standard error
of the difference, question by question (the one-standard-error rule of Breiman et al.,
Classification and Regression Trees, 1984). What always following the grid would be worth is
shown by fitting without each project in turn and scoring on it.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).parent.parent))
sys.path.insert(0, str(Path(__file__).parent))

from quality import document_of, read_questions, score

from memory.config import data_folder
from memory.ledger.sqlite.connection import open_ledger
from memory.models.selection import EVERYTHING
from memory.retrieval.meaning import Meaning
from memory.retrieval.model import Model
from memory.retrieval.pool import Pool
from memory.retrieval.rank import RankWeights, load_weights
from memory.retrieval.search import gather_pool
from memory.retrieval.vectors import Vectors

GRID = (0.0, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.45, 0.55, 0.65, 0.75)
DEPTH = 10


class Asked(NamedTuple):
    """A question in one store, its candidates gathered once for all weights."""

    project: str
    question: dict[str, Any]
    pool: Pool
    documents: dict[str, str]  # by uid


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--split", default="dev")
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--write", action="store_true", help="keep the weights in data/")
    options = parser.parse_args()
    asked = gather(options.folder, options.split, options.work)
    table = [(weights, gains(asked, weights)) for weights in grid()]
    best, values = max(table, key=lambda row: statistics.mean(row[1]))
    kept = gains(asked, load_weights())
    print(f"{len(table)} combinations, {len(asked)} questions in two scopes, mean nDCG@10")
    report("best of the grid", best, values)
    report("in data/ranking.json", load_weights(), kept)
    print(f"{'best of the others, held out':30}{held_out(asked, table):9.3f}")
    gain = [new - old for new, old in zip(values, kept, strict=True)]
    error = statistics.stdev(gain) / len(gain) ** 0.5
    is_better = statistics.mean(gain) > error
    print(f"gain {statistics.mean(gain):.3f}, standard error {error:.3f}")
    print("the grid's best is better" if is_better else "no combination is evidently better")
    if options.write and is_better:
        write(best, options.split, len(asked))


def gather(folder: Path, split: str, work: Path) -> list[Asked]:
    """Every known-item question in its own project's store and in the pool's."""
    questions = read_questions(folder, split, "known_item")
    asked, model = [], Model()
    for store in sorted(path for path in work.iterdir() if (path / "store").is_dir()):
        ledger = open_ledger(store / "store" / "memory.db")
        meaning = Meaning(ledger, model, Vectors(store / "store"))
        sql = "SELECT uid, path FROM memories"
        documents = {uid: document_of(path) for uid, path in ledger.db.execute(sql)}
        for question in questions:
            project = question["relevant"][0].partition("/")[0]
            if store.name in (project, "pool"):
                pool = gather_pool(ledger.db, question["query"], EVERYTHING, meaning)
                asked.append(Asked(project, question, pool, documents))
    return asked


def grid() -> list[RankWeights]:
    """All combinations of the signals of relevance that add up to 1."""
    return [
        load_weights().model_copy(update={"words": words, "passage": passage, "opening": opening})
        for words, passage, opening in product(GRID, repeat=3)
        if abs(words + passage + opening - 1) < 1e-9
    ]


def gains(asked: list[Asked], weights: RankWeights) -> list[float]:
    """nDCG@10 of each question under some weights."""
    values = []
    for one in asked:
        ranked = one.pool.ranked(weights)[:DEPTH]
        found = [one.documents[each.uid] for each in ranked]
        values.append(score([(one.question, found)])["ndcg10"])
    return values


def held_out(asked: list[Asked], table: list[tuple[RankWeights, list[float]]]) -> float:
    """nDCG@10 over all projects, each under the weights that are best for all others."""
    values = []
    for project in sorted({one.project for one in asked}):
        inside = [i for i, one in enumerate(asked) if one.project == project]
        outside = [i for i, one in enumerate(asked) if one.project != project]
        row = max(table, key=lambda row: sum(row[1][i] for i in outside))[1]
        values += [row[i] for i in inside]
    return statistics.mean(values)


def report(name: str, weights: RankWeights, values: list[float]) -> None:
    said = " ".join(f"{key} {value:.2f}" for key, value in weights.model_dump().items())
    print(f"{name:30}{statistics.mean(values):9.3f}   {said}")


def write(weights: RankWeights, split: str, asked: int) -> None:
    said = {
        "fitted_by": "benchmarks/fit_ranking.py",
        "questions": f"{asked // 2} of split {split}, in two scopes",
        "weights": weights.model_dump(),
    }
    path = data_folder() / "ranking.json"
    path.write_text(json.dumps(said, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
