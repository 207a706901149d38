"""Says what is in briefs: what one has to know, how much noise, and what comes first.

    python benchmarks/briefs.py LABELS... --projects DIR [--work DIR] [--beside CHECKOUT] [--show]

LABELS are files of tasks (`task_labels.py`), DIR has a folder with the records of each of their
projects; `task_labels_sample.jsonl` are of archmem's own sample, in its folder `data`. With
`--beside` another checkout answers the same tasks in the same run.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import mean
from typing import Any

HERE = Path(__file__).resolve().parent
BUDGETS = (600, 800, 2_000)
NAMED = "\n## May bear on it too\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("labels", type=Path, nargs="+")
    parser.add_argument("--projects", type=Path, required=True, help="a folder of each project")
    parser.add_argument("--work", type=Path, help="where the stores are kept")
    parser.add_argument("--beside", type=Path, help="another checkout")
    parser.add_argument("--show", action="store_true", help="what each brief told, task by task")
    parser.add_argument("--json", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--checkout", type=Path, default=HERE.parent, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    sys.path.insert(0, str(asked.checkout.resolve()))
    sys.path.insert(1, str(HERE))
    if asked.json:
        print(json.dumps(list(_outcomes(asked.labels, asked.projects, asked.work))))
        return
    from common import print_table

    rows = []
    for checkout in [asked.checkout, *([asked.beside] if asked.beside else [])]:
        with tempfile.TemporaryDirectory() as passing:
            work = asked.work or Path(passing)
            outcomes = _asked_in(checkout, [*asked.labels, "--projects", asked.projects], work)
        rows += [
            _row(checkout, at, [one for one in outcomes if one["budget"] == at]) for at in BUDGETS
        ]
        for one in outcomes if asked.show else ():
            print(one["budget"], one["task"], *one["told"], "MISSED", *one["missed"], sep="\n   ")
    print_table(rows)


def _asked_in(checkout: Path, wanted: list[Any], work: Path) -> list[dict[str, Any]]:
    command = [sys.executable, __file__, "--json", *map(str, wanted), "--work", str(work)]
    done = subprocess.run(
        [*command, "--checkout", str(checkout)], stdout=subprocess.PIPE, text=True, check=True
    )
    outcomes: list[dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    return outcomes


def _row(checkout: Path, budget: int, outcomes: list[dict[str, Any]]) -> dict[str, Any]:
    """Counted over all tasks; noise is a share of all items told, `first` one of the tasks."""
    essential = sum(one["essential"] for one in outcomes)
    told = sum(len(one["told"]) for one in outcomes)
    return {
        "checkout": f"{checkout.resolve().name} at {budget:,}",
        "tasks": len(outcomes),
        "essential": 1 - sum(len(one["missed"]) for one in outcomes) / essential,
        "items": told / len(outcomes),
        "noise": sum(one["noise"] for one in outcomes) / max(1, told),
        "or named": 1 - sum(len(one["unnamed"]) for one in outcomes) / essential,
        "named": sum(len(one["named"]) for one in outcomes) / len(outcomes),
        "first": mean(one["first"] for one in outcomes),
        "search's": mean(one["searched"] for one in outcomes),
    }


def _outcomes(labels: list[Path], projects: Path, work: Path) -> Iterator[dict[str, Any]]:
    """What the briefs of each task tell; where nobody said what is useful nothing is noise.

    `first` is of tasks for which something is of use.
    """
    from task_labels import is_one_of, is_record, read_tasks

    from indexer.project import open_project

    tasks = [one for path in labels for one in read_tasks(path)]
    for name in dict.fromkeys(one.project for one in tasks):
        with open_project(projects / name, store=work / name) as project:
            project.index(accept_removals=True)
            for label in (one for one in tasks if one.project == name):
                hits = project.search(label.task, limit=1).hits
                for budget in BUDGETS:
                    brief = project.brief(label.task, budget=budget)
                    served = [one.uid for one in brief.served]
                    memories = [project.show(uid).memory for uid in served]
                    _, _, below = brief.text.partition(NAMED)
                    named = [
                        project.show(line.split()[1]).memory
                        for line in below.partition("\n\n")[0].splitlines()
                        if line.startswith("- ")
                    ]
                    good = (*label.essential, *(label.useful or ()))
                    missed = [
                        one
                        for one in label.essential
                        if not any(is_record(memory, one) for memory in memories)
                    ]
                    is_good = [label.useful is None or is_one_of(one, good) for one in memories]
                    yield {
                        "task": label.task,
                        "budget": budget,
                        "essential": len(label.essential),
                        "missed": missed,
                        "unnamed": [
                            one
                            for one in missed
                            if not any(is_record(memory, one) for memory in named)
                        ],
                        "told": [one.path or one.title for one in memories],
                        "named": [one.path or one.title for one in named],
                        "noise": is_good.count(False),
                        "first": not good or any(is_good[:1]),
                        "searched": not hits or hits[0].memory.uid in served,
                    }


if __name__ == "__main__":
    main()
