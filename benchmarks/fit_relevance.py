"""Fits how likely a memory has to do with a question, and says how far that can be trusted.

    python benchmarks/fit_relevance.py FOLDER WORK [FOLDER WORK ...] [--kept PROJECT] [--write]

FOLDER and WORK are those of `quality.py`, which has to have run before; the sample project, whose
memories are not only decisions, is indexed beside the first. In every project are asked

* its own labelled questions, of both kinds,
* the questions of all other projects, to which it has no answer,
* the questions of `unanswerable.jsonl`: plausible in the project, and answered by no record of it,
* the prompts of `everyday_prompts.txt`, as people type them in any project: nothing to be shown.

A logistic regression on the evidence in `memory/retrieval/calibration.py` tells questions of the
project's own from the rest by the likeliest of the hits that stand first, as a search does. The
chance that a hit is the answer is that one's times the hit's share, a softmax of what the hits are
ranked by; its sharpness is that which makes the labelled records likeliest. Everything printed is
held out: a project is judged by a fit that saw neither it nor its questions, and a project that is
kept was in none at all. A second fair answer counts as wrong, so the truth is a little better.
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

from cli.hooks.prompt import is_worth_asking
from indexer.project import open_project
from memory.api import ArchMem
from memory.config import data_folder
from memory.models.details import Baseline
from memory.models.memory import Memory
from memory.models.selection import EVERYTHING
from memory.retrieval.calibration import MatchEvidence, evidence_of, model_name
from memory.retrieval.pool import LEADERS
from memory.retrieval.rank import load_weights
from memory.retrieval.search import gather_pool

OWN, FOREIGN, UNANSWERABLE, EVERYDAY = "own", "foreign", "unanswerable", "everyday"
#: What each sort weighs: half of all questions can be answered.
MIX = {OWN: 1.0, FOREIGN: 0.4, UNANSWERABLE: 0.4, EVERYDAY: 0.2}
#: Of prompts, for what is shown unasked: most need no memory at all.
PROMPTS = {OWN: 1.0, FOREIGN: 1.0, UNANSWERABLE: 0.0, EVERYDAY: 4.0}
HITS = 10
LOST = 0.05  # of the answerable questions may be told that nothing is known
ROUNDS = 4  # of fitting, each on the leaders by the fit before
PRECISION = 0.92  # of prompts that are shown something, those that the project can answer
RIDGE = 1.0
SHARPNESS = np.arange(1.0, 30.0, 0.5)
BINS = 10
SAMPLE = Path(__file__).parent.parent / "data" / "sample"
HERE = Path(__file__).parent


class Prompt(NamedTuple):
    """Something to be asked, and what answers it."""

    project: str  # where it is at home, or where it is asked though nothing answers it
    text: str
    sort: str  # OWN for what its project answers
    answers: frozenset[str]  # labels of the records that do


class Seen(NamedTuple):
    """The first hits of a prompt in one project, best first."""

    project: str
    prompt: Prompt
    sort: str
    evidence: NDArray[np.float64]  # a row for each hit
    scores: NDArray[np.float64]  # what they are ranked by
    is_right: list[bool]


class Fit(NamedTuple):
    """What was fitted: the bias before the coefficients, and the sharpness."""

    found: NDArray[np.float64]
    sharpness: float


class Judged(NamedTuple):
    """What a fit says of a prompt."""

    seen: Seen
    known: float  # how likely the first hit is to the point
    chances: NDArray[np.float64]  # of each hit, to be the answer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER WORK")
    parser.add_argument("--split", default="dev")
    parser.add_argument("--kept", action="append", default=[], help="a project to fit nothing to")
    parser.add_argument("--write", action="store_true", help="keep the fit in data/")
    options = parser.parse_args()
    pairs = list(zip(options.folders[::2], options.folders[1::2], strict=True))
    seen, model = gather(pairs, options.split)
    fitted_on = [one for one in seen if not {one.project, one.prompt.project} & {*options.kept}]
    judged = held_out(fitted_on, fitted_on)
    kept = [judge(one, fit(fitted_on)) for one in seen if one.project in options.kept]
    answers, unasked = choose_answers(judged), choose_unasked(judged)
    for name, some in (("held out by project", judged), ("kept apart", kept)):
        if some:
            print(f"\n{name}")
            report(some, answers)
    fitted = fit(fitted_on)
    bias, *rest = (round(float(value), 3) for value in fitted.found)
    said = {
        "fitted_by": "benchmarks/fit_relevance.py",
        "model": model,
        "bias": bias,
        **dict(zip(MatchEvidence._fields, rest, strict=True)),
        "sharpness": fitted.sharpness,
        "answers": answers,
        "unasked": unasked,
    }
    print(f"\n{json.dumps(said)}")
    if options.write:
        write(said)


def gather(pairs: Sequence[tuple[Path, Path]], split: str) -> tuple[list[Seen], str]:
    """Every prompt asked in every project that it is for, and the model that understood it."""
    prompts = [one for folder, _ in pairs for one in labelled(folder, split)]
    prompts += [*sample_questions(), *unanswerable(), *everyday()]
    seen: list[Seen] = []
    model = ""
    for name, memory in stores([work for _, work in pairs]):
        with memory:
            model = model_name(memory.status().model or "")
            for prompt in prompts:
                elsewhere = prompt.sort == UNANSWERABLE and prompt.project != name
                if not elsewhere and is_worth_asking(prompt.text):
                    seen.append(ask(name, memory, prompt))
    return seen, model


def labelled(folder: Path, split: str) -> Iterator[Prompt]:
    for kind in ("known_item", "temporal"):
        for question in read_questions(folder, split, kind):
            right = frozenset(question["relevant"])
            project = question["relevant"][0].partition("/")[0]
            yield Prompt(project, question["query"], OWN, right)


def sample_questions() -> Iterator[Prompt]:
    for question in read_lines(SAMPLE / "questions.jsonl"):
        yield Prompt(SAMPLE.name, question["query"], OWN, frozenset(question["relevant"]))


def unanswerable() -> Iterator[Prompt]:
    for question in read_lines(HERE / "unanswerable.jsonl"):
        yield Prompt(question["project"], question["query"], UNANSWERABLE, frozenset())


def everyday() -> Iterator[Prompt]:
    lines = (HERE / "everyday_prompts.txt").read_text("utf-8").splitlines()
    return (Prompt("", line, EVERYDAY, frozenset()) for line in lines if line)


def stores(works: Sequence[Path]) -> Iterator[tuple[str, ArchMem]]:
    """The projects that `quality.py` left, and the sample, indexed beside them."""
    home = works[0] / SAMPLE.name
    shutil.rmtree(home / "files", ignore_errors=True)
    shutil.copytree(SAMPLE, home / "files")
    with open_project(home / "files", store=home / "store") as sample:
        sample.index(accept_removals=True)
    for store in sorted(store for work in works for store in work.glob("*/store")):
        if store.parent.name != "pool":
            yield store.parent.name, open_project(store.parent / "files", store=store, create=False)


def ask(project: str, memory: ArchMem, prompt: Prompt) -> Seen:
    """The evidence for the hits that a search would show first."""
    pool = gather_pool(memory.ledger.db, prompt.text, EVERYTHING, memory.session.meaning)
    ranked = pool.ranked(load_weights())
    shown = ranked[:HITS]
    labels = [labels_of(hit.memory, project) for hit in pool.hits(shown)]
    evidence = [evidence_of(pool.candidate(one.uid)) for one in shown]
    if None in evidence:
        raise SystemExit(f"{project} is not embedded: run quality.py first")
    sort = prompt.sort if prompt.project == project or prompt.sort != OWN else FOREIGN
    return Seen(
        project,
        prompt,
        sort,
        np.array(evidence, dtype=np.float64).reshape(-1, len(MatchEvidence._fields)),
        np.array([one.score for one in ranked]),
        [sort == OWN and not prompt.answers.isdisjoint(one) for one in labels],
    )


def labels_of(memory: Memory, project: str) -> set[str]:
    """What questions may call a record: its document, or in the sample its place in a file."""
    if project != SAMPLE.name:
        return {document_of(memory.path)}
    details = memory.revision.draft.details
    metric = details.metric if isinstance(details, Baseline) else memory.entry
    return {f"{memory.path}#{name}" for name in (memory.title, memory.entry.upper(), metric)}


def fit(seen: Sequence[Seen]) -> Fit:
    """The coefficients on the likeliest of the first hits, and the sharpness."""
    asked = [one for one in seen if len(one.evidence)]
    counts = {sort: sum(one.sort == sort for one in asked) for sort in MIX}
    weights = np.array([MIX[one.sort] / counts[one.sort] for one in asked])
    weights *= len(asked) / weights.sum()
    wanted = np.array([float(one.sort == OWN) for one in asked])
    leaders = [one.evidence[0] for one in asked]
    for _ in range(ROUNDS):
        found = regress(np.c_[np.ones(len(leaders)), leaders], wanted, weights)
        leaders = [
            max(one.evidence[:LEADERS], key=lambda row: float(found[1:] @ row)) for one in asked
        ]
    right = [one for one in asked if any(one.is_right)]
    return Fit(
        found, float(max(SHARPNESS, key=lambda at: sum(log_share(one, at) for one in right)))
    )


def regress(
    values: NDArray[np.float64], wanted: NDArray[np.float64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """A logistic regression by Newton's method."""
    found = np.zeros(values.shape[1])
    spread = np.array([0.0, *values[:, 1:].std(axis=0)])
    ridge = RIDGE * np.diag(spread**2)
    for _ in range(50):
        likely = 1 / (1 + np.exp(-values @ found))
        slope = values.T @ (weights * (wanted - likely)) - ridge @ found
        bend = (values * (weights * likely * (1 - likely))[:, None]).T @ values + ridge
        found += np.linalg.solve(bend, slope)
    return found


def log_share(one: Seen, sharpness: float) -> float:
    return float(np.log(shares(one, sharpness)[one.is_right.index(True)]))


def shares(one: Seen, sharpness: float) -> NDArray[np.float64]:
    odds = np.exp(sharpness * (one.scores - one.scores.max()))
    return (odds / odds.sum())[:HITS]


def judge(one: Seen, fitted: Fit) -> Judged:
    if not len(one.evidence):
        return Judged(one, 0.0, np.zeros(0))
    likely = 1 / (1 + np.exp(-np.c_[np.ones(len(one.evidence)), one.evidence] @ fitted.found))
    known = float(likely[:LEADERS].max())
    return Judged(one, known, known * shares(one, fitted.sharpness))


def held_out(fitted_on: Sequence[Seen], judged: Sequence[Seen]) -> list[Judged]:
    """Every prompt, judged by a fit that saw neither its project nor where it is asked."""
    found = []
    for project in sorted({one.project for one in judged}):
        fitted = fit([one for one in fitted_on if project not in (one.project, one.prompt.project)])
        found += [judge(one, fitted) for one in judged if one.project == project]
    return found


def choose_answers(judged: Sequence[Judged]) -> float:
    """The highest threshold at which few answerable questions are told that nothing is known."""
    own = sorted(one.known for one in judged if one.seen.sort == OWN)
    return round(own[int(LOST * len(own))], 3)


def choose_unasked(judged: Sequence[Judged]) -> float:
    """The least threshold with the precision that is wanted there and from there on."""
    good = 1.0
    for step in range(999, 0, -1):
        told = {sort: share_told(judged, sort, step / 1000) for sort in PROMPTS}
        total = sum(PROMPTS[sort] * told[sort] for sort in PROMPTS)
        if total and told[OWN] / total < PRECISION:
            break
        good = step / 1000
    return good


def share_told(judged: Sequence[Judged], sort: str, threshold: float) -> float:
    of_sort = [one.known >= threshold for one in judged if one.seen.sort == sort]
    return sum(of_sort) / max(1, len(of_sort))


def report(judged: Sequence[Judged], threshold: float) -> None:
    """How far the chances are right, and who is told that nothing is known."""
    counts = {sort: sum(one.seen.sort == sort for one in judged) for sort in MIX}
    print(", ".join(f"{count:,} {sort}" for sort, count in counts.items()))
    weights = {sort: MIX[sort] / max(1, count) for sort, count in counts.items()}
    first = [(float(one.chances[0]), one.seen.is_right[0], weights[one.seen.sort])
             for one in judged if len(one.chances)]  # fmt: skip
    every = [(float(chance), right, weights[one.seen.sort])
             for one in judged
             for chance, right in zip(one.chances, one.seen.is_right, strict=True)]  # fmt: skip
    own = [row for row, one in zip(first, judged, strict=False) if one.seen.sort == OWN]
    print_table(reliability(first))
    print(f"ECE of first hits {ece(first):.3f}, of all {ece(every):.3f}, "
          f"of first hits of answerable questions {ece(own):.3f}")  # fmt: skip
    print(f"AUC, answerable or not: {auc(judged):.3f}")
    rows: list[dict[str, Any]] = []
    for name in ("all", *sorted({one.seen.project for one in judged})):
        of = [one for one in judged if name in ("all", one.seen.project)]
        told = {sort: 1 - share_told(of, sort, threshold)
                for sort in MIX if any(one.seen.sort == sort for one in of)}  # fmt: skip
        rows.append(
            {f"nothing known, < {threshold}": name} | {sort: told.get(sort, "") for sort in MIX}
        )
    print_table(rows, width=14)


def reliability(rows: Sequence[tuple[float, bool, float]]) -> Iterator[dict[str, Any]]:
    for low in range(BINS):
        some = [row for row in rows if in_bin(row[0]) == low]
        if some:
            weight = sum(row[2] for row in some)
            yield {
                "chance": f"{low / BINS:.1f}",
                "said": sum(row[0] * row[2] for row in some) / weight,
                "right": sum(row[1] * row[2] for row in some) / weight,
                "hits": len(some),
            }


def ece(rows: Sequence[tuple[float, bool, float]]) -> float:
    """The expected calibration error: how far chance and truth are apart, by tenths of it."""
    total = sum(row[2] for row in rows) or 1.0
    apart = 0.0
    for low in range(BINS):
        apart += abs(sum((row[0] - row[1]) * row[2] for row in rows if in_bin(row[0]) == low))
    return apart / total


def in_bin(chance: float) -> int:
    return min(BINS - 1, int(chance * BINS))


def auc(judged: Sequence[Judged]) -> float:
    own = [one.known for one in judged if one.seen.sort == OWN]
    others = np.array([one.known for one in judged if one.seen.sort in (FOREIGN, UNANSWERABLE)])
    above: Callable[[float], float] = lambda value: float(np.mean(value > others))  # noqa: E731
    return float(np.mean([above(value) for value in own]))


def write(relevance: dict[str, Any]) -> None:
    path = data_folder() / "ranking.json"
    said = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(said | {"relevance": relevance}, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
