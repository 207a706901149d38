"""Fits how likely a commit is a decision worth keeping, and says how far that can be trusted.

    python benchmarks/fit_harvest.py CLONES [--write]

CLONES is a folder as for `harvest.py`. The labels are those of `harvest_candidates.jsonl`: of
commits whose message gives a reason, each read whole, `good` are those of which a coordinator would
want the choice kept with that reason; code that only moves, the mending of a bug and what prepares
another commit are not. They were taken by what an earlier fit found likely, half and unlikely, so
that the share that is right of all says nothing of all commits.

Printed is what is right of those above a chance, each project judged by a fit on the others; with
--write, a fit on all is written to `data/harvest.json`.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np

from benchmarks.common import print_table, read_lines
from indexer.git.log import CommitLog
from indexer.git.repository import Repository
from indexer.harvest.commit_decisions import read_message, signs_of
from indexer.harvest.worth import measured
from memory.config import data_folder

LABELS = Path(__file__).with_name("harvest_candidates.jsonl")
HASH = 12  # letters of a hash in it
RIDGE = 20.0
CHANCES = (0.6, 0.7, 0.75, 0.8, 0.85)


def measured_labels(clones):
    """The project, the measures and the label of each labelled commit that is at hand."""
    for one in read_lines(LABELS):
        name = one["repository"]
        labels = dict.fromkeys(one["good"], True) | dict.fromkeys(one["not"], False)
        root = clones / name.split("/")[1]
        if not root.exists():
            print(f"{name} is not there")
            continue
        for commit in CommitLog(Repository(root), ["--no-walk=unsorted", *labels]):
            if said := read_message(commit):
                yield name, measured(signs_of(said, commit.changes)), labels[commit.hash[:HASH]]


def fit(values, labels):
    """The weights of a logistic regression; the first is of what all have."""
    weights = np.zeros(values.shape[1])
    ridge = np.diag([0.0, *[RIDGE] * (len(weights) - 1)])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-values @ weights))
        slope = values.T @ (chance - labels) + ridge @ weights
        bend = (values.T * (chance * (1 - chance))) @ values + ridge
        weights -= np.linalg.solve(bend, slope)
    return weights


def main():
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("clones", type=Path)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    projects, measures, good = zip(*measured_labels(options.clones), strict=True)
    names = list(measures[0])
    values = np.array([[one[name] for name in names] for one in measures])
    middle, spread = values.mean(axis=0), values.std(axis=0) + 1e-9
    values = np.column_stack([np.ones(len(values)), (values - middle) / spread])
    labels, projects = np.array(good, float), np.array(projects)
    chance = np.zeros(len(labels))
    for project in set(projects):
        held = projects == project
        weights = fit(values[~held], labels[~held])
        chance[held] = 1 / (1 + np.exp(-values[held] @ weights))
    rows = [
        {"chance above": least, "commits": int(above.sum()), "right": labels[above].mean()}
        for least in (0.0, *CHANCES)
        if (above := chance > least).any()
    ]
    print_table(rows)
    if options.write:
        base, *rest = fit(values, labels)
        told = dict(zip(names, (np.array(rest) / spread).round(4).tolist(), strict=True))
        base -= float((np.array(rest) * middle / spread).sum())
        text = json.dumps({"base": round(base, 4), **told}, indent=2)
        (data_folder() / "harvest.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
