"""Fits how likely a memory answers a prompt, and from where on it is shown unasked.

    python benchmarks/fit_prompts.py FOLDER --work DIR [--write]

FOLDER and DIR are those of `quality.py`, which has to have run before; the sample project, whose
memories are not only decisions, is indexed there beside its stores. In every project are asked

* its own labelled questions, of both kinds, whose record should be shown,
* the questions of all other projects, to which it has no answer,
* the prompts of `everyday_prompts.txt`, as people type them in any project: nothing to be shown.

A logistic regression on the evidence in `memory/retrieval/calibration.py` is fitted to the first
hits. Precision depends on how many prompts need no memory at all, so it is told, and fitted, for
a mix: for one question of the project's own, four everyday prompts and one question that belongs
elsewhere. Everything printed is held out: a project is judged by a fit that saw neither it, nor
its questions, nor the fifth of the everyday prompts that is asked. A shown record counts as right
if it is the labelled one; many others are a second fair answer, so true precision is higher.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).parent.parent))
sys.path.insert(0, str(Path(__file__).parent))

import numpy as np
from common import print_table, read_lines
from numpy.typing import NDArray
from quality import document_of, read_questions

from cli.hooks.prompt import HITS, JOINS, is_worth_asking
from indexer.project import open_project
from memory.api import ArchMem
from memory.config import data_folder
from memory.models.details import Baseline
from memory.models.memory import Memory
from memory.models.selection import EVERYTHING
from memory.retrieval.calibration import evidence_of, model_name
from memory.retrieval.rank import load_weights
from memory.retrieval.search import gather_pool

OWN, EVERYDAY, FOREIGN = "own", "everyday", "foreign"
MIX = {OWN: 1.0, EVERYDAY: 4.0, FOREIGN: 1.0}
PRECISION = 0.92  # to have 0.9 in projects that had no say in the threshold; see the last table
FOLDS = 5  # of the everyday prompts
Threshold = float | dict[str, float]  # for all, or by project
SAMPLE = Path(__file__).parent.parent / "data" / "sample"


class Prompt(NamedTuple):
    """Something to be asked, and what answers it."""

    project: str  # where it is at home; nowhere in particular for everyday prompts
    text: str
    answers: frozenset[str]  # labels of records that are about it
    current: frozenset[str]  # of these, those that should be shown


class Seen(NamedTuple):
    """The first hits of a prompt in one project, best first."""

    project: str
    prompt: Prompt
    sort: str
    fold: int
    evidence: NDArray[np.float64]  # a row for each hit: 1, meaning, words
    is_about: list[bool]
    is_current: list[bool]


class Judged(NamedTuple):
    """How relevant the first hits of a prompt are found."""

    seen: Seen
    relevance: NDArray[np.float64]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--split", default="dev")
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--write", action="store_true", help="keep the fit in data/")
    options = parser.parse_args()
    seen, model = gather(options.folder, options.split, options.work)
    judged = held_out(seen)
    counts = {sort: sum(one.sort == sort for one in seen) for sort in MIX}
    print("prompts:", ", ".join(f"{count:,} {sort}" for sort, count in counts.items()))
    threshold = choose(judged)
    around = [at for at in (0.5, 0.8, 0.9, 0.95) if at < threshold]
    print_table({"from": f"{at:.2f}"} | figures(judged, at) for at in [*around, threshold])
    print("\nby project, at the threshold")
    projects = sorted({one.project for one in seen})
    print_table({"project": name} | rates(judged, threshold, name) for name in projects)
    blind = {name: choose([one for one in judged if one.seen.project != name]) for name in projects}
    print("\nwith the threshold of each project chosen by the others")
    print_table(
        [{"from": f"{min(blind.values())}..{max(blind.values())}"} | figures(judged, blind)]
    )
    fitted = fit(seen)
    bias, meaning, words = (round(float(value), 3) for value in fitted)
    print(f"\nbias {bias}, meaning {meaning}, words {words}, threshold {threshold}, {model}")
    if options.write:
        write(
            {
                "fitted_by": "benchmarks/fit_prompts.py",
                "model": model,
                "bias": bias,
                "meaning": meaning,
                "words": words,
                "threshold": threshold,
            }
        )


def gather(folder: Path, split: str, work: Path) -> tuple[list[Seen], str]:
    """Every prompt asked in every project, and the model that understood it."""
    prompts = [*labelled(folder, split), *sample_questions(), *everyday()]
    seen: list[Seen] = []
    model = ""
    for name, memory in stores(work):
        with memory:
            model = model_name(memory.status().model or "")
            for number, prompt in enumerate(prompts):
                if is_worth_asking(prompt.text):
                    seen.append(ask(name, memory, prompt, number % FOLDS))
    return seen, model


def labelled(folder: Path, split: str) -> Iterator[Prompt]:
    for kind in ("known_item", "temporal"):
        for question in read_questions(folder, split, kind):
            current = frozenset(question["relevant"])
            project = question["relevant"][0].partition("/")[0]
            about = current | frozenset(question.get("outdated", ()))
            yield Prompt(project, question["query"], about, current)


def sample_questions() -> Iterator[Prompt]:
    for question in read_lines(SAMPLE / "questions.jsonl"):
        current = frozenset(question["relevant"])
        about = current | frozenset(question.get("outdated", ()))
        yield Prompt(SAMPLE.name, question["query"], about, current)


def everyday() -> Iterator[Prompt]:
    lines = (Path(__file__).parent / "everyday_prompts.txt").read_text("utf-8").splitlines()
    return (Prompt("", line, frozenset(), frozenset()) for line in lines if line)


def stores(work: Path) -> Iterator[tuple[str, ArchMem]]:
    """The projects that `quality.py` left, and the sample, indexed beside them."""
    files = work / SAMPLE.name / "files"
    shutil.rmtree(files, ignore_errors=True)
    shutil.copytree(SAMPLE, files)
    with open_project(files, store=work / SAMPLE.name / "store") as sample:
        sample.index(accept_removals=True)
    for store in sorted(work.glob("*/store")):
        if store.parent.name != "pool":
            yield store.parent.name, open_project(store.parent / "files", store=store, create=False)


def ask(project: str, memory: ArchMem, prompt: Prompt, fold: int) -> Seen:
    """The evidence for the hits that a search would show first."""
    pool = gather_pool(memory.ledger.db, prompt.text, EVERYTHING, memory.session.meaning)
    ranked = pool.ranked(load_weights())[:HITS]
    labels = [labels_of(hit.memory, project) for hit in pool.hits(ranked)]
    evidence = [evidence_of(pool.candidate(one.uid)) for one in ranked]
    if None in evidence:
        raise SystemExit(f"{project} is not embedded: run quality.py first")
    sort = OWN if prompt.project == project else FOREIGN if prompt.project else EVERYDAY
    return Seen(
        project,
        prompt,
        sort,
        fold,
        np.array([(1.0, *one) for one in evidence if one]).reshape(-1, 3),
        [sort == OWN and not prompt.answers.isdisjoint(one) for one in labels],
        [sort == OWN and not prompt.current.isdisjoint(one) for one in labels],
    )


def labels_of(memory: Memory, project: str) -> set[str]:
    """What questions may call a record: its document, or in the sample its place in a file."""
    if project != SAMPLE.name:
        return {document_of(memory.path)}
    details = memory.revision.draft.details
    metric = details.metric if isinstance(details, Baseline) else memory.entry
    return {f"{memory.path}#{name}" for name in (memory.title, memory.entry.upper(), metric)}


def fit(seen: Sequence[Seen]) -> NDArray[np.float64]:
    """The coefficients, by Newton's method.

    Unlabelled hits of own questions are left out: many are a second fair answer.
    """
    rows: list[NDArray[np.float64]] = []
    targets: list[float] = []
    sorts: list[str] = []
    for one in seen:
        kept = [at for at, about in enumerate(one.is_about) if about or one.sort != OWN]
        rows += [one.evidence[at] for at in kept]
        targets += [float(one.is_about[at]) for at in kept]
        sorts += [one.sort] * len(kept)
    share = {sort: MIX[sort] / max(1, sorts.count(sort)) for sort in MIX}
    weights = np.array([share[sort] for sort in sorts])
    values, wanted = np.array(rows), np.array(targets)
    weights *= len(wanted) / weights.sum()
    found = np.zeros(values.shape[1])
    ridge = np.diag([0.0, 0.01, 0.01])  # so that a set that can be separated has an optimum too
    for _ in range(50):
        likely = 1 / (1 + np.exp(-values @ found))
        slope = values.T @ (weights * (wanted - likely)) - ridge @ found
        bend = (values * (weights * likely * (1 - likely))[:, None]).T @ values + ridge
        found += np.linalg.solve(bend, slope)
    return found


def held_out(seen: Sequence[Seen]) -> list[Judged]:
    """Every prompt, judged by a fit that saw neither its project nor its kind of words."""
    judged = []
    for project in sorted({one.project for one in seen}):
        for fold in range(FOLDS):
            others = [one for one in seen if is_apart(one, project, fold)]
            fitted = fit(others)
            judged += [
                Judged(one, 1 / (1 + np.exp(-one.evidence @ fitted)))
                for one in seen
                if one.project == project and one.fold == fold
            ]
    return judged


def is_apart(one: Seen, project: str, fold: int) -> bool:
    if project in (one.project, one.prompt.project):
        return False
    return one.sort != EVERYDAY or one.fold != fold


def choose(judged: Sequence[Judged]) -> float:
    """The least threshold with the precision that is wanted there and from there on."""
    good = 1.0
    for step in range(99, 0, -1):
        if figures(judged, step / 100)["precision"] < PRECISION:
            break
        good = step / 100
    return good


def figures(judged: Sequence[Judged], threshold: Threshold) -> dict[str, Any]:
    """How a threshold, or one for each project, does over all projects.

    `precision` and `recall` count prompts that are shown the record that answers them, `to the
    point` those that are shown anything where there is an answer; then the share of each sort
    that is shown anything, and how many hits an own question is shown.
    """
    own = [one for one in judged if one.seen.sort == OWN]
    shown = {sort: share_of(judged, sort, lambda one: speaks(one, threshold)) for sort in MIX}
    right = sum(is_right(one, threshold) for one in own) / len(own)
    total = sum(MIX[sort] * shown[sort] for sort in MIX)
    hits = [sum(shows(one, threshold)) for one in own if speaks(one, threshold)]
    return {
        "precision": right / total if total else 1.0,
        "to the point": MIX[OWN] * shown[OWN] / total if total else 1.0,
        "recall": right,
        **shown,
        "hits": float(np.mean(hits)) if hits else 0.0,
    }


def rates(judged: Sequence[Judged], threshold: float, project: str) -> dict[str, Any]:
    """How a threshold does in one project."""
    inside = [one for one in judged if one.seen.project == project]
    own = [one for one in inside if one.seen.sort == OWN]
    shown = {sort: share_of(inside, sort, lambda one: speaks(one, threshold)) for sort in MIX}
    right = sum(is_right(one, threshold) for one in own) / max(1, len(own))
    return {"questions": len(own), "recall": right, **shown}


def share_of(judged: Sequence[Judged], sort: str, holds: Callable[[Judged], bool]) -> float:
    of_sort = [one for one in judged if one.seen.sort == sort]
    return sum(map(holds, of_sort)) / max(1, len(of_sort))


def speaks(one: Judged, threshold: Threshold) -> bool:
    least = threshold[one.seen.project] if isinstance(threshold, dict) else threshold
    return len(one.relevance) > 0 and bool(one.relevance.max() >= least)


def shows(one: Judged, threshold: Threshold) -> list[bool]:
    """Which of the first hits are shown: `prompt.py` does the same."""
    return [speaks(one, threshold) and value >= JOINS for value in one.relevance]


def is_right(one: Judged, threshold: Threshold) -> bool:
    pairs = zip(shows(one, threshold), one.seen.is_current, strict=True)
    return any(is_shown and is_current for is_shown, is_current in pairs)


def write(relevance: dict[str, Any]) -> None:
    path = data_folder() / "ranking.json"
    said = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(said | {"relevance": relevance}, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
