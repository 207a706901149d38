"""Fits how likely a commit is a decision worth keeping, and says how far that can be trusted.

    python benchmarks/fit_harvest.py CLONES [--kept FILE] [--write]

CLONES is a folder as for `harvest.py`. The labels are those of `harvest_candidates.jsonl`: of
commits whose message gives a reason, each read whole, `good` are those of which a coordinator would
want the choice kept with that reason; code that only moves, the mending of a bug and what prepares
another commit are not. They were taken by what an earlier fit found likely, half and unlikely, so
that the share that is right of all says nothing of all commits.

Two regressions are fitted: to words alone, and to words beside the built-in model's embedding of
title and reason, in the directions in which these differ most. Printed is what is right of those
above a chance, each project judged by a fit on others, for which the strength of the ridge on the
embedding was chosen on those others alone; and of the second what is left where only those are
encoded that have some chance by words. With --write, fits on all are written to
`data/harvest.json`. What was read of the clones and encoded is kept in FILE and taken from there if
it exists, as that takes minutes.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np

from benchmarks.common import print_table, read_lines
from indexer.git.log import CommitLog
from indexer.git.repository import Repository
from indexer.harvest.commit_decisions import read_message, signs_of
from indexer.harvest.judging import WORTH_ENCODING
from indexer.harvest.worth import meant_by, measured
from memory.config import data_folder
from memory.retrieval.calibration import model_name
from memory.retrieval.embedding import load_embedder

LABELS = Path(__file__).with_name("harvest_candidates.jsonl")
HASH = 12  # letters of a hash in it
RIDGE = 20.0  # on what is measured, which has a spread of 1
RIDGES = (1.0, 2.0, 4.0, 8.0, 16.0)  # on embeddings, of length 1
DIRECTIONS = 64  # of embeddings, those in which they differ most: as good as all, and soon fitted
GROUPS = 12  # of projects
CHANCES = (0.6, 0.7, 0.75, 0.8, 0.85)


class Labelled(NamedTuple):
    """Labelled commits, a row each."""

    projects: np.ndarray
    good: np.ndarray  # 0 or 1
    names: np.ndarray  # of what is measured
    measures: np.ndarray
    vectors: np.ndarray
    model: np.ndarray  # its name


def read_labelled(clones):
    """What is labelled and at hand, measured and encoded."""
    rows, texts = [], []
    for one in read_lines(LABELS):
        name = one["repository"]
        labels = dict.fromkeys(one["good"], True) | dict.fromkeys(one["not"], False)
        root = clones / name.split("/")[1]
        if not root.exists():
            print(f"{name} is not there")
            continue
        for commit in CommitLog(Repository(root), ["--no-walk=unsorted", *labels]):
            if said := read_message(commit):
                signs = signs_of(said, commit.changes)
                rows.append((name, float(labels[commit.hash[:HASH]]), measured(signs)))
                texts.append(meant_by(signs))
    projects, good, measures = zip(*rows, strict=True)
    names = list(measures[0])
    values = [[one[name] for name in names] for one in measures]
    embedder = load_embedder()
    vectors, model = embedder.encode(texts), model_name(embedder.model_id)
    return Labelled(*map(np.array, (projects, good, names, values, vectors, model)))


def kept_or_read(file, clones):
    """The same, from a file if it is there; else it is then."""
    if file and file.exists():
        with np.load(file) as kept:
            return Labelled(**kept)
    labelled = read_labelled(clones)
    if file:
        np.savez(file, **labelled._asdict())
    return labelled


def fit(values, good, ridge):
    """The weights of a logistic regression, the first of what all have."""
    weights = np.zeros(values.shape[1])
    for _ in range(50):
        chance = chances(values, weights)
        slope = values.T @ (chance - good) + ridge * weights
        bend = (values.T * (chance * (1 - chance))) @ values + np.diag(ridge)
        step = np.linalg.solve(bend, slope)
        weights -= step
        if abs(step).max() < 1e-4:
            break
    return weights


def chances(values, weights):
    """The chance of each row."""
    return 1 / (1 + np.exp(-values @ weights))


def held_out(values, good, groups, ridge):
    """The chance of each row by a fit on those of other groups."""
    chance = np.zeros(len(good))
    for group in set(groups):
        held = groups == group
        chance[held] = chances(values[held], fit(values[~held], good[~held], ridge))
    return chance


def least_surprising(values, good, groups, ridges):
    """The ridge, of some, with which rows held out are the least surprising."""

    def surprise(ridge):
        chance = held_out(values, good, groups, ridge)
        return -np.log(np.where(good > 0, chance, 1 - chance)).mean()

    return min(ridges, key=surprise)


def shares_right(name, chance, good):
    """What is right of the rows above each chance."""
    for least in CHANCES:
        above = chance > least
        right = good[above].mean() if above.any() else float("nan")
        yield {"fit": name, "chance above": least, "commits": int(above.sum()), "right": right}


def area(chance, good):
    """How often a good one has a higher chance than one that is not."""
    place = chance.argsort().argsort() + 1
    count = good.sum()
    return (place[good > 0].sum() - count * (count + 1) / 2) / (count * (len(good) - count))


def in_words(weights, names, middle, spread, turned):
    """Weights as `data/harvest.json` has them, of what is measured as it is.

    Args:
        weights: Of 1, of what is measured and of each direction of an embedding.
        names: Of what is measured.
        middle: Of what is measured, which was taken from it.
        spread: What it was divided by then.
        turned: The directions, a column each.
    """
    base, told, meant = weights[0], weights[1 : len(names) + 1] / spread, weights[len(names) + 1 :]
    said = {
        "base": round(float(base - (told * middle).sum()), 4),
        "signs": dict(zip(names.tolist(), told.round(4).tolist(), strict=True)),
    }
    return said | ({"meaning": (turned @ meant).round(3).tolist()} if len(meant) else {})


def main():
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("clones", type=Path)
    parser.add_argument("--kept", type=Path)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    labelled = kept_or_read(options.kept, options.clones)
    good, measures, vectors = labelled.good, labelled.measures, labelled.vectors
    middle, spread = measures.mean(axis=0), measures.std(axis=0) + 1e-9
    words = np.column_stack([np.ones(len(good)), (measures - middle) / spread])
    turned = np.linalg.eigh(np.cov(vectors.T))[1][:, -DIRECTIONS:]
    both = np.column_stack([words, vectors @ turned])
    by_words = np.array([0.0, *[RIDGE] * measures.shape[1]])
    ridges = [np.array([*by_words, *[one] * DIRECTIONS]) for one in RIDGES]
    projects = sorted(set(labelled.projects.tolist()))
    np.random.default_rng(0).shuffle(projects)
    groups = np.array([projects.index(one) % GROUPS for one in labelled.projects])

    told = held_out(words, good, groups, by_words)
    meant, chosen = np.zeros(len(good)), []
    for group in range(GROUPS):
        held = groups == group
        ridge = least_surprising(both[~held], good[~held], groups[~held] // 3, ridges)
        meant[held] = chances(both[held], fit(both[~held], good[~held], ridge))
        chosen.append(float(ridge[-1]))
    likely = told >= WORTH_ENCODING
    print(f"{len(good)} commits of {len(projects)} repositories, {good.mean():.3f} right")
    print(f"above {WORTH_ENCODING} by words, which are encoded: {likely.sum()}")
    print(f"ridges chosen: {chosen}")
    print(f"area by words {area(told, good):.3f}, by meaning {area(meant, good):.3f}")
    print_table(
        [
            *shares_right("words", told, good),
            *shares_right("meaning", meant, good),
            *shares_right("meaning of those encoded", np.where(likely, meant, 0), good),
        ]
    )
    if options.write:
        ridge = least_surprising(both, good, groups // 3, ridges)
        facts = (labelled.names, middle, spread, turned)
        plain = in_words(fit(words, good, by_words), *facts)
        full = in_words(fit(both, good, ridge), *facts)
        vector, full["meaning"] = json.dumps(full["meaning"]), []
        said = {"by_words": plain, "model": str(labelled.model), "by_meaning": full}
        text = json.dumps(said, indent=2).replace('"meaning": []', f'"meaning": {vector}')
        (data_folder() / "harvest.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
