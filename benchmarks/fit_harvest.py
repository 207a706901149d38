"""Fits how likely a person keeps what a commit's message tells of, and says what that is worth.

    python benchmarks/fit_harvest.py CLONES [--write]

CLONES is a folder as `harvest.py` takes it. A logistic regression on the signs of
`indexer/harvest/worth.py` tells what was labelled good from the rest; everything printed is held
out: each repository is judged by a fit to the others. The regression is pulled towards no opinion
(a ridge on standardized signs), as there are few labels.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np

from benchmarks.common import print_table, read_lines
from benchmarks.harvest import LABELS
from indexer.git.log import CommitLog
from indexer.git.repository import Repository
from indexer.harvest.commits import harvest_commits
from indexer.harvest.harvester import MOST
from indexer.harvest.worth import Signs, signs_of
from memory.config import data_folder

RIDGE = 3.0
KEPT = 0.7  # of what the labels are about; the rest is not proposed


def gather(clones):
    """The signs, whether it is good, and the repository, of everything that was labelled."""
    labels = [one for one in read_lines(LABELS) if one["of"] == "harvest"]
    by = {(one["repository"], one["place"]): one["good"] for one in labels}
    rows = []
    for name in sorted({one["repository"] for one in labels}):
        root = clones / name.split("/")[1]
        if not root.exists():
            print(f"{name} is not there")
            continue
        git = Repository(root)
        commits = list(CommitLog(git, [f"--max-count={MOST}", "HEAD"], with_changes=False))
        for one in harvest_commits(git, commits)[0]:
            good = by.get((name, one.evidence.commit))
            if one.origin == "commit" and good is not None:
                rows.append((signs_of(one), good, name))
    return rows


def fit(signs, good):
    """The bias and the coefficients, by Newton's method."""
    values = np.c_[np.ones(len(signs)), signs]
    ridge = RIDGE * np.diag([0.0, *np.var(signs, axis=0)])
    found = np.zeros(values.shape[1])
    for _ in range(50):
        likely = 1 / (1 + np.exp(-values @ found))
        slope = values.T @ (good - likely) - ridge @ found
        bend = (values * (likely * (1 - likely))[:, None]).T @ values + ridge
        found += np.linalg.solve(bend, slope)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("clones", type=Path)
    parser.add_argument("--write", action="store_true", help="keep the fit in data/")
    options = parser.parse_args()
    rows = gather(options.clones)
    signs = np.array([one for one, _, _ in rows])
    good = np.array([float(one) for _, one, _ in rows])
    names = np.array([one for _, _, one in rows])
    chances = np.zeros(len(rows))
    for name in set(names):
        found = fit(signs[names != name], good[names != name])
        chances[names == name] = chance(signs[names == name], found)
    surest = good[np.argsort(-chances, kind="stable")]
    shares = [round(share, 1) for share in np.arange(1.0, 0.3, -0.1)]
    print_table(
        {"kept": share, "proposals": (count := int(len(rows) * share)), "precision": surest[:count].mean()}
        for share in shares
    )
    found = fit(signs, good)
    bias, *coefficients = (round(float(value), 3) for value in found)
    said = {
        "fitted_by": "benchmarks/fit_harvest.py",
        "bias": bias,
        "signs": dict(zip(Signs._fields, coefficients, strict=True)),
        "least": round(float(np.quantile(chance(signs, found), 1 - KEPT)), 3),
    }
    print(json.dumps(said))
    if options.write:
        path = data_folder() / "harvest.json"
        path.write_text(json.dumps(said, indent=2) + "\n", encoding="utf-8")


def chance(signs, found):
    return 1 / (1 + np.exp(-np.c_[np.ones(len(signs)), signs] @ found))


if __name__ == "__main__":
    main()
