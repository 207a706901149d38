"""Fits how likely a record is of use for a task, and says what each threshold tells.

    python benchmarks/fit_usefulness.py LABELS... --projects DIR [--work DIR] [--write]

LABELS are files of tasks (`task_labels.py`), DIR has a folder with the records of each of their
projects. A logistic regression on what a search says of a record tells those that one has to know
or is glad to know from the rest. The table is held out: a project's records are judged by a fit
that saw none of its tasks. It shows for each threshold what a brief without a budget would tell:
what is as likely as that, and what a search finds first.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parent.parent))
sys.path.insert(0, str(Path(__file__).parent))

import numpy as np
from common import print_table
from numpy.typing import NDArray
from task_labels import TaskLabel, is_one_of, read_tasks

from indexer.project import open_project
from memory.api import ArchMem
from memory.briefs.nearness import kinship
from memory.config import data_folder
from memory.models.selection import EVERYTHING
from memory.retrieval.calibration import load_relevance, log_odds
from memory.retrieval.rank import load_weights
from memory.retrieval.search import gather_pool

THRESHOLDS = (0.7, 0.6, 0.5, 0.45, 0.4, 0.35, 0.3, 0.25, 0.2, 0.15, 0.1)
RIDGE = 1.0
NAMES = ("bias", "behind", "kinship", "relevance")


class Judged(NamedTuple):
    """The records that a search finds for one task, the best first, a row each."""

    project: str
    evidence: NDArray[np.float64]  # as `NAMES`
    essential: int  # records, found or not
    is_essential: NDArray[np.bool_]
    is_noise: NDArray[np.bool_]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("labels", type=Path, nargs="+")
    parser.add_argument("--projects", type=Path, required=True, help="a folder of each project")
    parser.add_argument("--work", type=Path, help="where the stores are kept")
    parser.add_argument("--write", action="store_true", help="keep the fit in data/")
    asked = parser.parse_args()
    tasks = [one for path in asked.labels for one in read_tasks(path)]
    with tempfile.TemporaryDirectory() as passing:
        judged = list(judge(tasks, asked.projects, asked.work or Path(passing)))
    names = dict.fromkeys(one.project for one in judged)
    fits = {name: fit([one for one in judged if one.project != name]) for name in names}
    print(f"{len(judged)} tasks over {len(names)} projects, held out by project")
    chances = [likely(one.evidence, fits[one.project]) for one in judged]
    print_table(list(curve(judged, chances)))
    found = fit(judged)
    said = {name: round(float(value), 3) for name, value in zip(NAMES, found, strict=True)}
    print(json.dumps(said))
    if asked.write:
        path = data_folder() / "ranking.json"
        kept = json.loads(path.read_text("utf-8"))
        kept["usefulness"] = {"fitted_by": "benchmarks/fit_usefulness.py", **said}
        path.write_text(json.dumps(kept, indent=2) + "\n", "utf-8")


def judge(tasks: Sequence[TaskLabel], projects: Path, work: Path) -> Iterator[Judged]:
    for name in dict.fromkeys(one.project for one in tasks):
        with open_project(projects / name, store=work / name) as project:
            project.index(accept_removals=True)
            for label in (one for one in tasks if one.project == name):
                uids, evidence = evidence_of(project, label.task)
                memories = [project.show(uid).memory for uid in uids]
                good = (*label.essential, *(label.useful or ()))
                yield Judged(
                    name,
                    evidence,
                    len(label.essential),
                    np.array([is_one_of(one, label.essential) for one in memories]),
                    np.array([not is_one_of(one, good) for one in memories]),
                )


def evidence_of(project: ArchMem, task: str) -> tuple[list[str], NDArray[np.float64]]:
    """What a search for a task finds, and what it says of each; records of one kind only."""
    pool = gather_pool(project.ledger.db, task, EVERYTHING, project.session.meaning)
    ranked, fitted = pool.ranked(load_weights()), load_relevance()
    found = {one.uid: pool.candidate(one.uid) for one in ranked}
    kin = kinship(found, ranked, fitted)
    rows = [
        (1.0, ranked[0].score - one.score, kin[one.uid], log_odds(fitted.of(found[one.uid]) or 0.0))
        for one in ranked
    ]
    return [one.uid for one in ranked], np.array(rows)


def fit(judged: Sequence[Judged]) -> NDArray[np.float64]:
    """The coefficients, by Newton's method."""
    values = np.concatenate([one.evidence for one in judged])
    wanted = np.concatenate([~one.is_noise for one in judged]).astype(float)
    found = np.zeros(values.shape[1])
    ridge = RIDGE * np.diag(values.std(axis=0) ** 2)
    for _ in range(50):
        chance = likely(values, found)
        slope = values.T @ (wanted - chance) - ridge @ found
        bend = (values * (chance * (1 - chance))[:, None]).T @ values + ridge
        found += np.linalg.solve(bend, slope)
    return found


def likely(evidence: NDArray[np.float64], found: NDArray[np.float64]) -> NDArray[np.float64]:
    return 1 / (1 + np.exp(-evidence @ found))


def curve(
    judged: Sequence[Judged], chances: Sequence[NDArray[np.float64]]
) -> Iterator[dict[str, float]]:
    essential = sum(one.essential for one in judged)
    for threshold in THRESHOLDS:
        told = [(one >= threshold) | (np.arange(len(one)) == 0) for one in chances]
        pairs = list(zip(judged, told, strict=True))
        items = sum(int(one.sum()) for one in told)
        yield {
            "chance": threshold,
            "essential": sum(int((one.is_essential & some).sum()) for one, some in pairs)
            / essential,
            "noise": sum(int((one.is_noise & some).sum()) for one, some in pairs) / items,
            "items": items / len(judged),
        }


if __name__ == "__main__":
    main()
