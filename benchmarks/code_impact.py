"""How well `impact` foresees which files a commit changes, replayed on the history of projects.

    python benchmarks/code_impact.py CLONE... [--commits 50] [--fit]

For each of the latest commits that changed two to thirty files of code, tests apart, the code and
the history of its parent are read, and from the changed file with most dependents the others are
predicted. Beside it, by the same rules: direct importers, the closure of imports by distance,
co-change alone, the most-changed files. `--fit` prints the weights that the commits of these
clones give; those in `memory.code.prediction` are of other projects than the figures are.
"""

from __future__ import annotations

import argparse
import sys
from collections import deque
from itertools import pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.common import print_table
from indexer.code.cochange_reader import MOST_COMMITS
from indexer.code.code_at_commit import code_at
from indexer.git.repository import Repository
from memory.code.cochange import MOST_FILES, CoChange
from memory.code.codebase import Grade
from memory.code.prediction import predict, signs_for
from memory.code.testing import is_test

READ = 2_500  # commits of history before each one that is replayed
AT_MOST = 10  # files that are predicted
BINS = (0.0, 0.05, 0.1, 0.2, 0.35, 0.5, 1.01)  # of chances, for calibration


def history(repository, most):
    """The commits with their files, the newest first."""
    said = repository.stream(
        "log", "-z", "--no-merges", "--no-renames", "--name-only", f"--max-count={most}",
        "--format=%x1e%H %P", "HEAD", "--",
    )  # fmt: skip
    commits = []
    for raw in said:
        text = raw.strip("\n")
        if text.startswith("\x1e"):
            commit, _, parent = text[1:].partition(" ")
            commits.append((commit, parent, []))
        elif text and commits:
            commits[-1][2].append(text)
    return commits


def replay(clone, wanted, seen=lambda *_: None):
    """By method recall and precision at ten of each commit, and the chances that came true."""
    repository = Repository(clone)
    commits = history(repository, MOST_COMMITS + READ)
    known = {}
    scores = {}
    chances = []
    done = 0
    for number, (_, parent, files) in enumerate(commits):
        source = [path for path in files if path.endswith(".py") and not is_test(path)]
        if done == wanted or not parent or not 2 <= len(source) <= MOST_FILES:
            continue
        code = code_at(repository, parent, known, {})
        changed = [path for path in source if path in code.files]
        if len(changed) < 2:
            continue
        done += 1
        cochange = CoChange([files for _, _, files in commits[number + 1 :][:MOST_COMMITS]])
        importers = importers_of(code)
        start = min(changed, key=lambda path: (-len(importers.get(path, ())), path))
        others = {path for path in changed if path != start}
        ranked = predict(code, [start], cochange)
        chances += [(value, path in others) for path, value in ranked if not is_test(path)]
        found = {
            "impact": [path for path, _ in ranked],
            "co-change alone": by_cochange(cochange, start),
            "import closure": closure(importers, start),
            "direct importers": sorted(importers.get(start, ())),
            "most changed": [path for path, _ in cochange.changes.most_common()],
        }
        for method, paths in found.items():
            usable = [p for p in paths if p in code.files and not is_test(p) and p != start]
            first = usable[:AT_MOST]
            hits = len(others & set(first))
            row = scores.setdefault(method, [])
            row.append((hits / len(others), hits / AT_MOST, hits / min(AT_MOST, len(others))))
        seen(signs_for(code, start, cochange), others)
        print(f"\r{clone.name}: {done}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return scores, chances


def importers_of(code):
    """By file those that import it."""
    found = {}
    for edge in code.edges:
        if edge.grade is Grade.IMPORT and edge.source.path != edge.target.path:
            found.setdefault(edge.target.path, set()).add(edge.source.path)
    return found


def closure(importers, start):
    """What reaches a file by imports, the nearest first."""
    found, waiting = {start: 0}, deque([start])
    while waiting:
        path = waiting.popleft()
        for above in sorted(importers.get(path, ())):
            if above not in found:
                found[above] = found[path] + 1
                waiting.append(above)
    return [path for path in found if path != start]


def by_cochange(cochange, start):
    """Partners by commits with both."""
    partners = cochange.partners(start)
    return sorted(partners, key=lambda path: (-partners[path].commits, path))


def fit(groups):
    """Weights by which what changed comes before what did not; and the bias of the chances.

    A softmax over the files of each commit, as recall counts an order; the chance of a file is
    then fitted to the same sums.
    """
    import numpy as np
    from scipy.optimize import minimize

    groups = [(np.array(rows), np.array(truths)) for rows, truths in groups if any(truths)]

    def order(weights):
        total, gradient = 0.5 * (weights**2).sum(), weights.copy()
        for x, y in groups:
            z, count = x @ weights, y.sum()
            log_all = z.max() + np.log(np.exp(z - z.max()).sum())
            share = 1 / np.sqrt(count)
            total += share * (count * log_all - z[y].sum())
            gradient += share * (count * (x.T @ np.exp(z - log_all)) - x[y].sum(0))
        return total, gradient

    size = groups[0][0].shape[1]
    weights = minimize(order, np.zeros(size), jac=True, method="L-BFGS-B").x
    z = np.concatenate([x @ weights for x, _ in groups])
    y = np.concatenate([y for _, y in groups]).astype(float)

    def chance(bias):
        loss = (np.logaddexp(0, z + bias) - y * (z + bias)).sum()
        return loss, (1 / (1 + np.exp(-z - bias)) - y).sum(keepdims=True)

    bias = minimize(chance, np.full(1, -8.0), jac=True, method="L-BFGS-B").x
    return [*bias, *weights]


def main():
    """Print the table, the calibration, and the weights if they are wanted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clones", nargs="+", type=Path)
    parser.add_argument("--commits", type=int, default=50)
    parser.add_argument("--fit", action="store_true")
    options = parser.parse_args()
    groups = []

    def seen(signs, others):
        usable = [path for path in signs if not is_test(path)]
        groups.append(
            ([tuple(signs[path]) for path in usable], [path in others for path in usable])
        )

    table, chances, totals = [], [], {}
    for clone in options.clones:
        scores, came = replay(clone, options.commits, seen if options.fit else lambda *_: None)
        chances += came
        for method, values in scores.items():
            totals.setdefault(method, []).extend(values)
            table.append(_row(clone.name, method, values))
    table += [_row("all", method, values) for method, values in totals.items()]
    print_table(table)
    print()
    print_table(_calibration(chances))
    if options.fit:
        print([round(float(one), 2) for one in fit(groups)])


def _row(project, method, values):
    recall, precision, possible = (sum(one) / len(one) for one in zip(*values, strict=True))
    return {
        "project": f"{project} {method}",
        "commits": len(values),
        "recall@10": recall,
        "precision@10": precision,
        "of possible": possible,
    }


def _calibration(chances):
    for low, high in pairwise(BINS):
        inside = [(value, true) for value, true in chances if low <= value < high]
        if inside:
            yield {
                "chance": f"{low:.2f} to {min(high, 1.0):.2f}",
                "files": len(inside),
                "said": sum(value for value, _ in inside) / len(inside),
                "came true": sum(true for _, true in inside) / len(inside),
            }


if __name__ == "__main__":
    main()
