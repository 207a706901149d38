"""Says what is in briefs: what one has to know, how much noise, and what comes first.

    python benchmarks/briefs.py CORPUS [--part report] [--beside CHECKOUT] [--show]

`brief_tasks.json` holds tasks over the records of nine public projects, in folders of CORPUS, and
over the sample. `fit_usefulness.py` fits on its parts `development` and `report`; its part `apart`
was asked once, after that. With `--beside` another checkout answers the same tasks in the same run.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from memory.api import ArchMem
    from memory.models.memory import Memory

HERE = Path(__file__).resolve().parent
PARTS = ("development", "report", "apart", "sample")
BUDGETS = (600, 800, 2_000)
NAMED = "\n## May bear on it too\n"
TASKS = json.loads((HERE / "brief_tasks.json").read_text("utf-8"))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument(
        "--part", choices=["development", "report", "apart", "sample"], default="report"
    )
    parser.add_argument("--beside", type=Path, help="another checkout")
    parser.add_argument("--show", action="store_true", help="what each brief told, task by task")
    parser.add_argument("--json", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--checkout", type=Path, default=HERE.parent, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    sys.path.insert(0, str(asked.checkout.resolve()))
    if asked.json:
        print(json.dumps(list(_outcomes(asked.part, asked.corpus))))
        return
    sys.path.insert(1, str(HERE))
    from common import print_table

    rows = []
    for checkout in [asked.checkout, *([asked.beside] if asked.beside else [])]:
        command = [sys.executable, __file__, str(asked.corpus), "--json", "--part", asked.part]
        done = subprocess.run(
            [*command, "--checkout", str(checkout)],
            capture_output=True,
            text=True,
            check=True,
            cwd=checkout,
        )
        outcomes = json.loads(done.stdout.splitlines()[-1])
        by_budget = {at: [one for one in outcomes if one["budget"] == at] for at in BUDGETS}
        rows += [_row(checkout, at, some) for at, some in by_budget.items()]
        if asked.show:
            for one in outcomes:
                print(
                    one["budget"], one["task"], *one["told"], "MISSED", *one["missed"], sep="\n   "
                )
    print_table(rows)


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


def _outcomes(part: str, corpus: Path) -> Iterator[dict[str, Any]]:
    if part == "sample":
        sample = HERE.parent / "data" / "sample"
        yield from _project(sample, [(*one, None) for one in TASKS["sample"]], by_title=True)
        return
    for name in TASKS[part]:
        yield from _project(corpus / name, TASKS["projects"][name])


@contextmanager
def at_work(source: Path) -> Iterator[ArchMem]:
    """A copy of a project, or of a folder of records, indexed."""
    from indexer.project import open_project

    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "project"
        shutil.copytree(source, root if (source / "docs").is_dir() else root / "docs" / "adr")
        with open_project(root) as project:
            project.index()
            yield project


def _project(source: Path, tasks: list[Any], by_title: bool = False) -> Iterator[dict[str, Any]]:
    """What the briefs of a project tell; without a list of useful ones nothing is noise."""
    with at_work(source) as project:
        for task, essential, useful in tasks:
            found = project.search(task, limit=1).hits[0].memory.uid
            for budget in BUDGETS:
                brief = project.brief(task, budget=budget)
                served = [one.uid for one in brief.served]
                memories = [project.show(uid).memory for uid in served]
                names = [one.title if by_title else name_of(one) for one in memories]
                _, _, below = brief.text.partition(NAMED)
                named = [
                    name_of(project.show(line.split()[1]).memory)
                    for line in below.partition("\n\n")[0].splitlines()
                    if line.startswith("- ")
                ]
                good = None if useful is None else (*essential, *useful)
                missed = [one for one in essential if not _has(names, one)]
                yield {
                    "task": task,
                    "budget": budget,
                    "essential": len(essential),
                    "missed": missed,
                    "unnamed": [one for one in missed if not _has(named, one)],
                    "told": names,
                    "named": named,
                    "noise": sum(bool(good) and not name.startswith(good) for name in names),
                    "first": not good or (bool(names) and names[0].startswith(good)),
                    "searched": found in served,
                }


def name_of(memory: Memory) -> str:
    """A record by its file, as tasks name it."""
    return Path(memory.path or "").name


def _has(names: list[str], beginning: str) -> bool:
    return any(name.startswith(beginning) for name in names)


if __name__ == "__main__":
    main()
