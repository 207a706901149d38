"""How well a task is told to be systemic, held against what the change for it really touched.

Tasks are the subjects of merged changes, picked at random by a fixed seed; the rule that labels
them looks at what the change touched: three modules and more, files of the schema, a description
of an interface. Only what was merged before a change is known when it is asked about; the code is
that of the commit that is checked out. "cannot tell" counts as wrong in the accuracy of all.

    python benchmarks/triage.py CLONE ...
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from indexer.code import merged
from indexer.code.code_at_commit import code_at
from indexer.git.repository import Repository
from memory.code.file_kinds import interface_files, schema_files
from memory.code.past_changes import PastChange, PastChanges
from memory.code.targets import of_files
from memory.coordination.triage import QUESTIONS, triage
from memory.models.coordination import SYSTEMIC, Triage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from memory.code.codebase import CodeBase

TASKS = 200  # of each project
SEED = 20261129
EVEN = 0.5  # chance from which on a forced answer is systemic
LARGEST = 100  # files; larger changes are moves and formatting
EARLIER = 200  # changes that are known before the first one that is asked about


def is_systemic(code: CodeBase, paths: Sequence[str]) -> bool:
    """The label, by the rule."""
    files = [code.files[path] for path in paths if path in code.files]
    modules = {one.module for one in files if not one.is_test}
    return len(modules) >= SYSTEMIC or bool(schema_files(paths)) or bool(interface_files(paths))


def picked(code: CodeBase, changes: Sequence[PastChange]) -> list[int]:
    """Places in the list, the newest first, of changes whose files are mostly still there."""
    fitting = [
        at
        for at, one in enumerate(changes[:-EARLIER])
        if 1 <= len(one.paths) <= LARGEST
        and sum(path in code.files for path in one.paths) * 2 >= len(one.paths)
    ]
    return sorted(random.Random(SEED).sample(fitting, min(TASKS, len(fitting))))


def measure(root: Path) -> Counter[str]:
    """How often each verdict was told of what is systemic and of what is local."""
    repository = Repository(root)
    head = repository.head()
    code = code_at(repository, head, {}, {})
    changes = merged._parsed(json.dumps(list(merged._rows(repository, head)))).changes
    counts: Counter[str] = Counter()
    for at in picked(code, changes):
        change = changes[at]
        label = "systemic" if is_systemic(code, change.paths) else "local"
        before = PastChanges(changes[at + 1 :])
        said = triage(code, change.subject, None, (), before, lambda _: None)
        counts[f"{label}, told {said.verdict}"] += 1
        counts[f"{label}, forced {forced(said)}"] += 1
        for one in said.indicators:
            if one.answer == "yes":
                counts[f"by {one.name}: {label}"] += 1
        made = of_files(code, "", "diff", change.paths)
        by_diff = triage(code, "", made, change.paths, None, lambda _: None)
        counts["by its files: right"] += by_diff.verdict == label
    return counts


def forced(said: Triage) -> str:
    """The likelier verdict where none is told: as it is more often than not, local."""
    if said.verdict != "cannot tell":
        return said.verdict
    return "systemic" if (said.chance or 0.0) >= EVEN else "local"


def report(counts: Counter[str]) -> dict[str, Any]:
    """The figures of one project or of all."""
    right = counts["systemic, told systemic"] + counts["local, told local"]
    asked = sum(count for name, count in counts.items() if "told" in name)
    systemic = sum(count for name, count in counts.items() if name.startswith("systemic, told"))
    untold = sum(count for name, count in counts.items() if name.endswith("cannot tell"))
    return {
        "tasks": asked,
        "systemic": systemic,
        "accuracy": round(right / asked, 3),
        "always local": round(1 - systemic / asked, 3),
        "accuracy where told": round(right / (asked - untold), 3) if asked > untold else None,
        "recall of systemic": round(counts["systemic, told systemic"] / max(systemic, 1), 3),
        "cannot tell": untold,
        "forced: accuracy": round(
            (counts["systemic, forced systemic"] + counts["local, forced local"]) / asked, 3
        ),
        "forced: recall": round(counts["systemic, forced systemic"] / max(systemic, 1), 3),
        "told systemic": f"{counts['systemic, told systemic']} of "
        f"{counts['systemic, told systemic'] + counts['local, told systemic']} right",
        "right by": dict(_right_by(counts)),
        "by its files": round(counts["by its files: right"] / asked, 3),
    }


def _right_by(counts: Counter[str]) -> Iterator[tuple[str, str]]:
    """Of each question how often a yes to it was right."""
    for name in QUESTIONS:
        right, wrong = counts[f"by {name}: systemic"], counts[f"by {name}: local"]
        if right or wrong:
            yield name, f"{right} of {right + wrong}"


def main() -> None:
    """Print a line for each project, and one for all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clones", nargs="+", type=Path)
    total: Counter[str] = Counter()
    for clone in parser.parse_args().clones:
        counts = measure(clone)
        total += counts
        print(json.dumps({"project": clone.name, **report(counts)}), flush=True)
    print(json.dumps({"project": "all", **report(total)}))


if __name__ == "__main__":
    main()
