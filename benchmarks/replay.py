"""Says whether learning from runs makes briefs better, by replaying the sample project's runs.

    python benchmarks/replay.py [--budgets 700,1000,2000,4000] [--json]

`data/sample/runs.jsonl` holds 36 runs of the sample project in the order of their days: the
task, its modules, the result as a coordinator tells it, and which memories helped and which
misled. They were written from the sample's documents, as one of its developers would judge
afterwards, before any brief for them had been looked at, and were not changed since. Like tasks
come back as they do in life, but never in the same words; a dozen of the runs need something
that their task does not name.

Before each run its brief is made in two stores: in one the runs before it are finished and
learned from, in the other nothing is known but the documents. A brief is scored by the share of
what later helped that is in it, and of what misled. The difference is paired by run; its
interval holds the middle 95 % of 10,000 bootstrap samples of the runs. Early runs have little
to learn from, so the second half is shown by itself too. What helped is told as documents of
the sample only: a lesson drawn from an earlier run counts for nothing, however well it fits,
and takes room, so that the gain is rather understated.

What is fitted on these very runs, so that the gain over them is no proof for others: the weight
of `earned` in data/ranking.json (of 0.3, 0.6 and 1.0), the bounds of
`memory.lessons.outcome_scores` (of three pairs) and its half for modules, and what learned runs
and lessons that nothing has borne out yet count for in briefs.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).parent.parent))
sys.path.insert(0, str(Path(__file__).parent))

from common import print_table, quantile, read_lines

from indexer.project import open_project
from memory.api import ArchMem
from memory.ledger.adoption import adopt
from memory.lessons.result_parser import read_result
from memory.models.memory import Memory

SAMPLE = Path(__file__).parent.parent / "data" / "sample"
BUDGETS = (700, 1000, 2000, 4000)  # tokens
FOUND = (3, 5, 10)  # hits of a search for the task
RESAMPLES = 10_000
AUTHOR = "agent:coordinator"

Way = str  # in which memories reach a coordinator: a brief of so many tokens, so many hits


class Outcome(NamedTuple):
    """What was in reach of one run by one way, as shares."""

    helped: float
    misled: float | None  # None where nothing misled


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--budgets", default=",".join(map(str, BUDGETS)))
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    budgets = tuple(int(one) for one in options.budgets.split(","))
    runs = read_lines(SAMPLE / "runs.jsonl")
    with tempfile.TemporaryDirectory() as scratch:
        prepare(Path(scratch) / "without")
        shutil.copytree(Path(scratch) / "without", Path(scratch) / "with")
        adopt(Path(scratch) / "with/.archmem/memory.db")
        without = replay(Path(scratch) / "without", runs, budgets, learning=False)
        learned = replay(Path(scratch) / "with", runs, budgets, learning=True)
    rows = [
        compare(way, learned[way], without[way], name, part)
        for name, part in (("all", slice(None)), ("second half", slice(len(runs) // 2, None)))
        for way in without
    ]
    if options.json:
        print(json.dumps(rows))
    else:
        print_table(rows)


def prepare(folder: Path) -> None:
    """The sample project, indexed."""
    shutil.copytree(SAMPLE, folder / "project")
    with open_project(folder / "project", store=folder / "store") as project:
        project.index()


def replay(
    folder: Path, runs: Sequence[Mapping[str, Any]], budgets: Sequence[int], *, learning: bool
) -> dict[Way, list[Outcome]]:
    """What was in reach of each run by each way, in the order of the runs."""
    outcomes: dict[Way, list[Outcome]] = {}
    with open_project(folder / "project", store=folder / "store") as project:
        memories = [listed.memory for listed in project.list()]
        for run in runs:
            sides = [[meant(memories, one) for one in run[side]] for side in ("helped", "misled")]
            for way, served in offers(project, run, budgets).items():
                shares = [share_in(served, references) for references in sides]
                outcomes.setdefault(way, []).append(Outcome(shares[0] or 0.0, shares[1]))
            if learning:
                finish(project, run, *sides)
    return outcomes


def offers(
    project: ArchMem, run: Mapping[str, Any], budgets: Sequence[int]
) -> dict[Way, frozenset[str]]:
    """The uids of the memories that a coordinator is handed for a run, by each way."""
    task, modules = run["task"], tuple(run["modules"])
    briefs = {
        f"brief {budget}": project.brief(task, modules=modules, budget=budget).served
        for budget in budgets
    }
    offered = {way: frozenset(one.uid for one in served) for way, served in briefs.items()}
    hits = project.search(task, limit=max(FOUND)).hits
    return offered | {
        f"search {count}": frozenset(hit.memory.uid for hit in hits[:count]) for count in FOUND
    }


def finish(
    project: ArchMem,
    run: Mapping[str, Any],
    helped: Iterable[Sequence[str]],
    misled: Iterable[Sequence[str]],
) -> None:
    """Tell the memory what came of a run; of a series the newest measurement is what helped."""
    told = run["result"] | {
        "helped": [uids[0] for uids in helped],
        "misled": [uids[0] for uids in misled],
    }
    begun = project.run_start(
        run["task"], modules=tuple(run["modules"]), with_brief=False, author=AUTHOR
    )
    project.run_finish(begun.uid, read_result(told), author=AUTHOR)


def meant(memories: Sequence[Memory], reference: str) -> list[str]:
    """The uids of the memories that a reference names, the newest first."""
    path, _, name = reference.partition("#")
    found = [
        memory
        for memory in memories
        if memory.path == path
        and (
            name.casefold() in (memory.title.casefold(), memory.entry.casefold())
            or memory.title.startswith(f"{name}:")
        )
    ]
    if not found:
        raise SystemExit(f"runs.jsonl names {reference!r}, which the sample does not have")
    return [memory.uid for memory in found]


def share_in(served: frozenset[str], references: Sequence[Sequence[str]]) -> float | None:
    """The share of the references one of whose memories was served; None of none."""
    if not references:
        return None
    return sum(not served.isdisjoint(uids) for uids in references) / len(references)


def compare(
    way: Way, learned: Sequence[Outcome], without: Sequence[Outcome], name: str, part: slice
) -> dict[str, Any]:
    """One row of the table: means with and without learning, and how sure the difference is."""
    pairs = list(zip(learned, without, strict=True))[part]
    gains = [one.helped - other.helped for one, other in pairs]
    low, high = interval(gains)
    misled = [
        (one.misled, other.misled)
        for one, other in pairs
        if one.misled is not None and other.misled is not None
    ]
    least, most = interval([one - other for one, other in misled] or [0.0])
    return {
        "way": f"{way}, {name}",
        "runs": len(pairs),
        "helped": statistics.mean(one.helped for one, _ in pairs),
        "without": statistics.mean(other.helped for _, other in pairs),
        "gain": statistics.mean(gains),
        "low": low,
        "high": high,
        "misled": statistics.mean([one for one, _ in misled] or [float("nan")]),
        "without it": statistics.mean([other for _, other in misled] or [float("nan")]),
        "from": least,
        "to": most,
    }


def interval(gains: Sequence[float]) -> tuple[float, float]:
    """Where 95 % of the means of bootstrap samples lie."""
    chance = random.Random(1)
    means = [statistics.mean(chance.choices(gains, k=len(gains))) for _ in range(RESAMPLES)]
    return quantile(means, 0.025), quantile(means, 0.975)


if __name__ == "__main__":
    main()
