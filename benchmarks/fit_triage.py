"""What makes a task likely to be systemic: fitted on some projects, shown on others.

    python benchmarks/fit_triage.py CLONE... --apart CLONE...

Tasks are picked and labelled as in `triage.py`, but modules are told by paths alone, so that no
code is read. Printed are the weights of `memory.coordination.chances`, and for the projects that
are kept apart what each threshold would give: of the systemic ones how many are not told local,
how many tasks that leaves untold, and how many of those that are told local are.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.common import print_table
from benchmarks.triage import is_systemic, picked
from indexer.code import merged
from indexer.code.registry import language_of
from indexer.git.repository import Repository
from memory.code.codebase import CodeBase, CodeFile
from memory.code.file_modules import assign
from memory.code.past_changes import PastChange, PastChanges
from memory.code.testing import is_test
from memory.coordination.chances import features
from memory.coordination.similar import RECENT, similar_changes

NEVER = datetime(2000, 1, 1, tzinfo=UTC)  # when a change was made tells nothing here
THRESHOLDS = (0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.5)


def paths_only(root):
    """A code base of which only files and their modules are known."""
    listed = subprocess.run(
        ["git", "-C", root, "ls-tree", "-r", "--name-only", "HEAD"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    modules = assign([one for one in listed if language_of(one)], {})
    files = {
        path: CodeFile(path, path, language_of(path), 1, is_test(path), module)
        for path, module in modules.items()
    }
    return CodeBase(files, (), {}, (), (), (), {})


def tasks_of(root):
    """Features and labels of tasks of a project."""
    code, repository = paths_only(root), Repository(root)
    rows = merged._rows(repository, repository.head())
    changes = [PastChange(row[0], row[1], NEVER, NEVER, 1, tuple(row[5])) for row in rows]
    words = PastChanges(changes)._words
    labels = [is_systemic(code, one.paths) for one in changes]
    for at in picked(code, changes):
        before = PastChanges(changes[at + 1 :])
        before.__dict__["_words"] = words[at + 1 :]  # as it would be, without stemming them again
        task = changes[at].subject
        similar = similar_changes(before, code, task)
        yield features(task, similar, fmean(labels[at + 1 :][:RECENT])), labels[at]


def frontier(chances, labels):
    """What each threshold gives."""
    for least in THRESHOLDS:
        local = chances < least
        yield {
            "local below": least,
            "systemic not told local": 1 - local[labels].mean(),
            "not told": 1 - local.mean(),
            "told local right": 1 - labels[local].mean() if local.any() else float("nan"),
            "accuracy if systemic": (local != labels).mean(),
        }


def main():
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("clones", nargs="+", type=Path)
    parser.add_argument("--apart", nargs="+", type=Path, required=True)
    asked = parser.parse_args()
    known = {path: list(tasks_of(path)) for path in [*asked.clones, *asked.apart]}
    rows = {path: np.array([one for one, _ in own]) for path, own in known.items()}
    labels = {path: np.array([label for _, label in own]) for path, own in known.items()}

    def joined(of, paths):
        return np.concatenate([of[path] for path in paths])

    def fitted(paths):
        return LogisticRegression(max_iter=2_000).fit(joined(rows, paths), joined(labels, paths))

    for path in asked.clones:  # each by the others
        model = fitted([one for one in asked.clones if one != path])
        area = roc_auc_score(labels[path], model.predict_proba(rows[path])[:, 1])
        print(f"{path.name}: {labels[path].sum()} of {len(labels[path])}, AUC {area:.3f}")
    model = fitted(asked.clones)
    print("weights", np.round(model.coef_[0], 2), "always", np.round(model.intercept_[0], 2))
    for path in asked.apart:
        area = roc_auc_score(labels[path], model.predict_proba(rows[path])[:, 1])
        print(f"{path.name}, apart: {labels[path].sum()} of {len(labels[path])}, AUC {area:.3f}")
    chances = model.predict_proba(joined(rows, asked.apart))[:, 1]
    print(f"all apart: AUC {roc_auc_score(joined(labels, asked.apart), chances):.3f}")
    print_table(frontier(chances, joined(labels, asked.apart)))


if __name__ == "__main__":
    main()
