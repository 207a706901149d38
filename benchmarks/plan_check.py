"""How well a plan check tells what was given up from what holds, and what its numbers rest on.

    python benchmarks/plan_check.py [FOLDER --work DIR] [--write] [--json]

Two measurements:

* The 40 labelled steps of `data/sample/plan_steps.jsonl` over the sample project. Nothing is
  fitted to them.
* Steps made by rule over the real decision records of FOLDER. FOLDER and DIR are those of
  `quality.py`, which has to have run before. Of every record that its project's store knows to be
  superseded, rejected or deprecated, up to three sentences are made steps, each once by itself and
  once behind the words of the record's title; each is taken out of the record first, so that it
  stands nowhere in the store. The same is done with what replaced it, and with other decisions in
  force: carrying those out must not conflict, and neither must dropping or replacing what is
  outdated, nor a step of another project.

On the latter a logistic regression on the evidence of `calibration.py` is fitted, and
from where on it counts: the threshold with the best F0.5, precision weighing twice as much as
recall. What is reported is held out: each project is judged by a fit on all others. Beside it stand
saying always ok, and saying conflict whenever the record found first is not in force.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))
sys.path.insert(0, str(Path(__file__).parent))

from plan_steps import (
    FOREIGN,
    HEIR,
    HOLDS,
    OTHERS,
    OUTDATED,
    Case,
    cases_of,
    is_store,
    shuffled,
    without_sentences,
)
from quality import show_progress

from indexer.project import open_project
from memory.config import data_folder
from memory.ledger.facts import MODEL
from memory.models.plan import Plan, Step, Verdict
from memory.models.selection import NOW
from memory.plans.conflict_scoring import Surroundings, Weighed, suspects, texts_of, weigh
from memory.plans.findings import conflict
from memory.plans.gather_context import look_around, rarity_of
from memory.retrieval.calibration import Likeness, load_likeness, model_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from memory.api import ArchMem

SAMPLE = data_folder() / "sample"
ALWAYS = Likeness(model="", bias=0, near=0, ahead=0, words=0, conflict=0, known=0)


class Seen(NamedTuple):
    """A case, with what the checker compares."""

    case: Case
    weighed: list[Weighed]
    known: float  # relevance of the most relevant memory
    first_is_over: bool  # whether the memory found first is not in force


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--work", type=Path, help="where quality.py keeps its stores")
    parser.add_argument("--write", action="store_true", help="keep the fit in data/")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    said: dict[str, Any] = {}
    if options.folder and options.folder.is_dir() and options.work and options.work.is_dir():
        seen, model = gather(options.work)
        said["records"] = report(seen)
        if options.write:
            write(seen, model, said["records"])
    else:
        said["records"] = "not measured: name the folder of the evaluation set, and --work"
    said["sample"] = judge_sample()
    print(json.dumps(said) if options.json else json.dumps(said, indent=2))


def gather(work: Path) -> tuple[list[Seen], str]:
    """Every case, and the model that embedded the stores."""
    seen: list[Seen] = []
    stores = sorted(path for path in work.iterdir() if path.name != "pool" and is_store(path))
    cases = {store.name: list(cases_of(store)) for store in stores}
    outdated = [case for some in cases.values() for case in some if case.sort == OUTDATED]
    model = ""
    for store in stores:
        foreign = [case for case in outdated if case.project != store.name]
        foreign.sort(key=lambda case: shuffled(store.name, case.text))
        own = [*cases[store.name]]
        own += [Case(store.name, OTHERS, case.text) for case in foreign[:FOREIGN]]
        with without_sentences(store, own) as memory:
            model = model_name(memory.ledger.db.facts.find(MODEL) or "")
            seen += [look(memory, case) for case in own]
    return seen, model


def look(memory: ArchMem, case: Case) -> Seen:
    """What the checker compares for a case."""
    with memory.ledger.reading() as db:
        around = look_around(db, [Step(text=case.text)], NOW, memory.session.meaning)[0]
        found = suspects(around)
        texts = list(dict.fromkeys(texts_of(around, found)))
        rows = memory.session.meaning.encode(texts) if found else None
        vectors = dict(zip(texts, rows, strict=True)) if rows is not None else {}
        rarity = rarity_of(db, [around.intent.proposes])
        weighed = weigh(around.intent, found, vectors, rarity)
    first = memory.search(case.text, limit=1).hits
    over = bool(first) and not first[0].standing.in_force
    return Seen(case, weighed, known_best(around), over)


def known_best(around: Surroundings) -> float:
    return max((hit.relevance or 0.0 for hit in around.hits), default=0.0)


def fit(seen: Sequence[Seen], model: str = "") -> Likeness:
    """The regression, by Newton's method, and the thresholds.

    It is fitted to the ways that are hard to tell: of an outdated record's step that record's, of
    any other step the one that comes nearest.
    """
    rows, targets = [], []
    for one in seen:
        is_over = one.case.sort == OUTDATED
        about = [each for each in one.weighed if each.suspect.hit.memory.path == one.case.about]
        for each in hardest(about if is_over else one.weighed)[:1]:
            rows.append([1.0, *each.evidence])
            targets.append(float(is_over))
    values, wanted = np.array(rows), np.array(targets)
    found = np.zeros(values.shape[1])
    ridge = np.diag([0.0, 1.0, 1.0, 1.0])
    for _ in range(100):
        likely = 1 / (1 + np.exp(-values @ found))
        slope = values.T @ (wanted - likely) - ridge @ found
        bend = (values * (likely * (1 - likely))[:, None]).T @ values + ridge
        found += np.linalg.solve(bend, slope)
    bias, near, ahead, words = (round(float(one), 3) for one in found)
    likeness = Likeness(
        model=model, bias=bias, near=near, ahead=ahead, words=words, conflict=0.5, known=0.5
    )
    grid = [round(0.20 + 0.02 * at, 2) for at in range(40)]
    best = max(grid, key=lambda at: f_half(seen, likeness.model_copy(update={"conflict": at})))
    known = max((round(0.02 * at, 2) for at in range(1, 50)), key=lambda at: split(seen, at))
    return likeness.model_copy(update={"conflict": best, "known": known})


def hardest(weighed: Sequence[Weighed]) -> list[Weighed]:
    """The ways that a step comes nearest to, of those that it may conflict with."""
    may = [each for each in weighed if conflict(each, ALWAYS) is not None]
    return sorted(may, key=lambda each: -(each.evidence.near + 2 * each.evidence.ahead))


def says_conflict(one: Seen, likeness: Likeness) -> bool:
    return any(conflict(each, likeness) is not None for each in one.weighed)


def f_half(seen: Sequence[Seen], likeness: Likeness) -> float:
    said = [says_conflict(one, likeness) for one in seen]
    return figures([one.case.sort for one in seen], said)["f0.5"]


def split(seen: Sequence[Seen], threshold: float) -> float:
    """How well a threshold tells steps of the project from steps of others."""
    own = [one.known >= threshold for one in seen if one.case.sort in (OUTDATED, HEIR, HOLDS)]
    foreign = [one.known < threshold for one in seen if one.case.sort == OTHERS]
    return float(np.mean(own) + np.mean(foreign))


def figures(sorts: Sequence[str], said: Sequence[bool]) -> dict[str, float]:
    """Precision, recall and F0.5 of saying conflict; precision is 1 where nothing is said."""
    right = sum(yes for sort, yes in zip(sorts, said, strict=True) if sort == OUTDATED)
    total, spoken = sum(sort == OUTDATED for sort in sorts), sum(said)
    precision, recall = right / spoken if spoken else 1.0, right / (total or 1)
    f_half = 1.25 * precision * recall / (0.25 * precision + recall) if right else 0.0
    return {
        "precision": round(precision, 3),
        "recall": round(recall, 3),
        "f0.5": round(f_half, 3),
        "said": spoken,
    }


def report(seen: Sequence[Seen]) -> dict[str, Any]:
    """Held-out figures, each project judged by a fit on the others, beside two trivial rules."""
    sorts = [one.case.sort for one in seen]
    held: list[bool] = []
    unknown: list[bool] = []
    fits = {}
    for project in dict.fromkeys(one.case.project for one in seen):
        fits[project] = fit([one for one in seen if one.case.project != project])
    for one in seen:
        held.append(says_conflict(one, fits[one.case.project]))
        unknown.append(one.known < fits[one.case.project].known)
    kept = load_likeness()
    return {
        "cases": {sort: sorts.count(sort) for sort in dict.fromkeys(sorts)},
        "records": len({one.case.about for one in seen if one.case.sort == OUTDATED}),
        "held out": figures(sorts, held),
        "records told, held out": told(seen, held),
        "in data/plan_check.json": figures(sorts, [says_conflict(one, kept) for one in seen]),
        "wrongly told": {
            sort: sum(yes for one, yes in zip(seen, held, strict=True) if one.case.sort == sort)
            for sort in dict.fromkeys(sorts)
            if sort != OUTDATED
        },
        "unknown where it is another project's": rate(sorts, unknown, OTHERS),
        "unknown where it is its own": rate(sorts, unknown, HOLDS),
        "always ok": figures(sorts, [False] * len(seen)),
        "found first is not in force": figures(sorts, [one.first_is_over for one in seen]),
    }


def told(seen: Sequence[Seen], said: Sequence[bool]) -> str:
    """Of the outdated records, those that at least one of their steps was told of."""
    every = {one.case.about for one in seen if one.case.sort == OUTDATED}
    some = {
        one.case.about
        for one, yes in zip(seen, said, strict=True)
        if yes and one.case.sort == OUTDATED
    }
    return f"{len(some)} of {len(every)}"


def rate(sorts: Sequence[str], said: Sequence[bool], wanted: str) -> float:
    chosen = [yes for sort, yes in zip(sorts, said, strict=True) if sort == wanted]
    return round(float(np.mean(chosen)), 3) if chosen else 0.0


def judge_sample() -> dict[str, Any]:
    """The labelled steps over the sample project, checked as one plan."""
    lines = (SAMPLE / "plan_steps.jsonl").read_text(encoding="utf-8").splitlines()
    labelled = [json.loads(line) for line in lines if line.strip()]
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch) / "sample"
        shutil.copytree(SAMPLE, root)
        with open_project(root, store=Path(scratch) / "store") as memory:
            memory.index(accept_removals=True, on_progress=show_progress("sample"))
            steps = tuple(Step(text=one["step"], modules=one["modules"]) for one in labelled)
            checked = memory.check(Plan(steps=steps))
            first = [memory.search(step.text, limit=1).hits for step in steps]
    wanted = [one["verdict"] for one in labelled]
    got = [str(step.verdict) for step in checked.steps]
    sorts = [OUTDATED if verdict == Verdict.CONFLICT else HOLDS for verdict in wanted]
    over = [bool(hits) and not hits[0].standing.in_force for hits in first]
    cited = [
        {f"{finding.cited.citation.partition(':')[0]}#{finding.cited.title}" for finding in one}
        for one in ([f for f in step.findings if f.conflicts] for step in checked.steps)
    ]
    told = [(one, uids) for one, uids, verdict in zip(labelled, cited, got, strict=True)
            if one["verdict"] == verdict == "conflict"]  # fmt: skip
    return {
        "steps": len(labelled),
        "verdicts right": sum(one == other for one, other in zip(wanted, got, strict=True)),
        "conflict": figures(sorts, [verdict == Verdict.CONFLICT for verdict in got]),
        "of which cite a record that was meant": sum(
            bool(uids & set(one["cites"])) for one, uids in told
        ),
        "wrong": {
            one["id"]: f"{one['verdict']}, told {verdict}"
            for one, verdict in zip(labelled, got, strict=True)
            if one["verdict"] != verdict
        },
        "always ok": figures(sorts, [False] * len(sorts)),
        "found first is not in force": figures(sorts, over),
    }


def write(seen: Sequence[Seen], model: str, held: dict[str, Any]) -> None:
    """Keep the fit on all projects, with what it was worth held out."""
    found = fit(seen, model)
    said = {
        "fitted_by": "benchmarks/plan_check.py",
        "on": f"{len(seen)} steps made by rule of real decision records, "
        f"{held['cases'][OUTDATED]} of them of {held['records']} outdated ones; threshold by F0.5",
        "held_out": held["held out"],
        **found.model_dump(),
    }
    path = data_folder() / "plan_check.json"
    path.write_text(json.dumps(said, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
