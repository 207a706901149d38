"""How well a plan check tells what breaks a decision from what keeps to it.

    python benchmarks/plan_check.py --labels FILE... --projects DIR [--write] [--ablation]

A FILE has a labelled step a line, as JSON: `project` (a folder of DIR with its records),
`repository` and `commit` (where that comes from), `step`, `kind` and `record` (the path of the
record, or the end of one). Kinds: *breaks* a decision in force; *repeats* what ended; *does* what
was decided; has *nothing* to do with any; *beside*: about the same as a decision, which it neither
does nor breaks. Steps are labelled before the check is asked.

What is told stands beside three references: always unknown; the standing of the record that a
search for the step finds first; a rule of keywords (a step that only removes is ok, another is in
conflict where a sentence of that record with "not", "instead" or "replace" has half of its words).

`--write` fits the regressions of `memory/plans/likeness.py` and `memory/plans/nearest.py` on the
labels and keeps them in `data/plan_check.json`, with what they are worth when each project is
judged by a fit on the others; that is printed as *held out*, too.
`--ablation` says what each list of words is worth: what changes when it is empty.

`benchmarks/plan_steps.jsonl` are the steps that the check was made with; what it is worth is to be
measured on others.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.common import print_table
from indexer.project import open_project
from memory.config import data_folder
from memory.models.plan import Plan, Step, Verdict
from memory.norms import read
from memory.norms.cues import read_cues
from memory.norms.sides import read_step
from memory.plans import check
from memory.plans.likeness import Likeness, load_likeness
from memory.plans.nearest import NearestWeights, SharedWithDecision, shared_both_ways
from memory.plans.weigh import RuleOverlap
from memory.texts.lexicon import read_lexicon
from memory.texts.words import stems

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from memory.api import ArchMem
    from memory.models.plan import CheckedStep
    from memory.plans.weigh import RuleReader

BREAKS, REPEATS, DOES, NOTHING, BESIDE = "breaks", "repeats", "does", "nothing", "beside"
LABELS = Path(__file__).parent / "plan_steps.jsonl"
KINDS = (BREAKS, REPEATS, DOES, NOTHING, BESIDE)
RIDGE = 10.0  # of the regression on the nearest decision
SURE = 0.95  # of the conflicts that it tells have to be right, held out
PRECISIONS = [round(0.30 + 0.05 * at, 2) for at in range(14)]  # thresholds that are tried


class Labelled(NamedTuple):
    """A step with what is true of it."""

    project: str
    step: str
    kind: str
    record: str


class Told(NamedTuple):
    """A labelled step with what the check says, and what the references do."""

    label: Labelled
    verdict: str
    why: str  # ground and sentence of what is cited first
    cited: bool  # whether the record of the label is cited for the conflict
    evidence: tuple[tuple[RuleOverlap, bool], ...]  # … and whether it is of that record
    shared: SharedWithDecision | None  # with the nearest decision; None where none is judged
    opposite: SharedWithDecision | None  # … what a step that does the opposite would share
    references: dict[str, str]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--labels", type=Path, nargs="+", default=[LABELS])
    parser.add_argument("--projects", type=Path, required=True, help="a folder of each project")
    parser.add_argument(
        "--work", type=Path, help="where the stores are kept; a passing place if not"
    )
    parser.add_argument("--write", action="store_true", help="keep the fit in data/")
    parser.add_argument("--ablation", action="store_true", help="what each list of words is worth")
    parser.add_argument("--wrong", action="store_true", help="print the steps told otherwise")
    options = parser.parse_args()
    labels = [label for path in options.labels for label in read_labels(path)]
    with tempfile.TemporaryDirectory() as passing:
        work = options.work or Path(passing)
        told = tell(labels, options.projects, work)
        print(json.dumps(report(told), indent=2))
        print_table(by_project(told))
        if options.wrong:
            print_wrong(told)
        if options.write:
            write(told)
        if options.ablation:
            for name, other in ablated(labels, options.projects, work):
                print(f"{name:28}", json.dumps(changes(told, other)))


def read_labels(path: Path) -> list[Labelled]:
    """The labels of a file."""
    lines = path.read_text(encoding="utf-8").splitlines()
    said = (json.loads(line) for line in lines if line.strip())
    return [
        Labelled(one["project"], one["step"], kind_of(one["kind"]), one.get("record") or "")
        for one in said
    ]


def kind_of(said: str | int) -> str:
    """A kind by its name, the beginning of it, or its number from 1."""
    text = str(said).strip().lower()
    if text.isdigit():
        return KINDS[int(text) - 1]
    text = {"innocent": NOTHING, "unrelated": NOTHING}.get(text, text)
    return next(kind for kind in KINDS if text.startswith(kind[:4]))


def tell(labels: Sequence[Labelled], projects: Path, work: Path) -> list[Told]:
    """What the check says of each step."""
    told = []
    for project in dict.fromkeys(label.project for label in labels):
        own = [label for label in labels if label.project == project]
        with open_project(projects / project, store=work / project) as memory:
            memory.index(accept_removals=True)
            told += tell_project(memory, own)
    return told


def tell_project(memory: ArchMem, labels: Sequence[Labelled]) -> Iterator[Told]:
    with kept_evidence() as seen:
        checked = memory.check(Plan(steps=tuple(Step(text=one.step) for one in labels)))
    for label, step in zip(labels, checked.steps, strict=True):
        shared, opposite = seen.shared.get(label.step, (None, None))
        cites = [one.cited.citation for one in step.findings if one.conflicts]
        cited = bool(label.record) and any(label.record in citation for citation in cites)
        evidence = tuple(
            (one, bool(label.record) and label.record in path)
            for text, path, one in seen.evidence
            if text == label.step
        )
        first = step.findings[0] if step.findings else None
        why = f"{first.ground}: {first.sentence or first.cited.title}" if first else ""
        said = references(memory, label, step)
        yield Told(label, str(step.verdict), why, cited, evidence, shared, opposite, said)


class Seen(NamedTuple):
    """What a check weighs."""

    evidence: list[tuple[str, str, RuleOverlap]]  # the step, the path of a record, and the evidence
    shared: dict[
        str, tuple[SharedWithDecision, SharedWithDecision | None]
    ]  # by step; its opposite's where it may conflict


@contextmanager
def kept_evidence() -> Iterator[Seen]:
    """What the check weighs meanwhile."""
    seen, weigh = Seen([], {}), check.weigh_step

    def watched(one: check.RuledStep, reader: RuleReader, likeness: Likeness) -> Any:
        found = weigh(one, reader, likeness)
        text, around = one.step.text, one.around
        both = shared_both_ways(text, around.intent, around.hits, one.rules, reader)
        if both:
            seen.shared[text] = both
        if not reader.missing:
            seen.evidence.extend(
                (text, rule.hit.memory.path or "", evidence)
                for rule in one.rules
                if (evidence := reader.against(around.intent, rule)) is not None
            )
        return found

    check.weigh_step = watched  # type: ignore[assignment]
    try:
        yield seen
    finally:
        check.weigh_step = weigh


def references(memory: ArchMem, label: Labelled, step: CheckedStep) -> dict[str, str]:
    """What three simple rules say."""
    hits = memory.search(label.step, limit=1).hits
    if not hits:
        return dict.fromkeys(("always unknown", "found first", "keywords"), "unknown")
    first, said = hits[0], stems(label.step)
    removed = bool(step.leaves) and not step.proposes
    sentences = [one for one in first.memory.revision.draft.body.split(". ") if _refuses(one)]
    refused = any(2 * len(said & stems(one)) >= len(said) for one in sentences)
    return {
        "always unknown": "unknown",
        "found first": "governed" if first.standing.in_force else "conflict",
        "keywords": "ok" if removed else "conflict" if refused else "unknown",
    }


def _refuses(sentence: str) -> bool:
    return not {"not", "instead", "replace", "replaced", "no"}.isdisjoint(sentence.lower().split())


def report(told: Sequence[Told]) -> dict[str, Any]:
    """The figures of the check and of the references."""
    said = {"check": [one.verdict for one in told]}
    for name in told[0].references:
        said[name] = [one.references[name] for one in told]
    kinds = Counter(one.label.kind for one in told)
    conflicts = [one for one in told if one.verdict == Verdict.CONFLICT]
    meant = [one for one in conflicts if one.label.kind in (BREAKS, REPEATS)]
    return {
        "steps": dict(kinds),
        **{name: figures(told, verdicts) for name, verdicts in said.items()},
        "conflicts that cite the record": f"{sum(one.cited for one in meant)} of {len(meant)}",
        "verdicts": {
            kind: dict(Counter(one.verdict for one in told if one.label.kind == kind))
            for kind in kinds
        },
    }


def by_project(told: Sequence[Told]) -> Iterator[dict[str, Any]]:
    """How many steps of each kind of each project are called a conflict."""
    for project in [*dict.fromkeys(one.label.project for one in told), "all"]:
        own = [one for one in told if project in (one.label.project, "all")]
        said = [one for one in own if one.verdict == Verdict.CONFLICT]
        right = sum(one.label.kind in (BREAKS, REPEATS) for one in said)
        row = {"conflicts": project, "right": f"{right} of {len(said)}"}
        for kind in KINDS:
            of = [one.verdict for one in own if one.label.kind == kind]
            row[kind] = f"{of.count(Verdict.CONFLICT)} of {len(of)}" if of else ""
        yield row


def figures(told: Sequence[Told], verdicts: Sequence[str]) -> dict[str, Any]:
    pairs = [(one.label.kind, verdict) for one, verdict in zip(told, verdicts, strict=True)]
    said = [kind for kind, verdict in pairs if verdict == Verdict.CONFLICT]
    right = sum(kind in (BREAKS, REPEATS) for kind in said)

    def rate(kinds: Sequence[str], verdict: str) -> float | None:
        of = [one for kind, one in pairs if kind in kinds]
        return round(of.count(verdict) / len(of), 3) if of else None

    return {
        "conflict precision": round(right / len(said), 3) if said else None,
        "recall on breaks": rate([BREAKS], "conflict"),
        "recall on repeats": rate([REPEATS], "conflict"),
        "breaks and repeats called ok": rate([BREAKS, REPEATS], "ok"),
        "does called conflict": rate([DOES], "conflict"),
        "does called ok": rate([DOES], "ok"),
        "innocents called conflict": rate([NOTHING, BESIDE], "conflict"),
    }


def print_wrong(told: Sequence[Told]) -> None:
    fine = {BREAKS: "conflict", REPEATS: "conflict", DOES: "ok"}
    for one in told:
        wanted = fine.get(one.label.kind)
        is_fine = one.verdict == wanted if wanted else one.verdict in ("unknown", "governed")
        if not is_fine:
            intent = read_step(one.label.step)
            print(f"    {one.why[:150]}")
            print(
                f"{one.label.kind:8} {one.verdict:9} {one.label.project}: {one.label.step}", intent
            )


def fit(told: Sequence[Told], model: str) -> Likeness:
    """The regression, by Newton's method with a ridge of 1, and its threshold.

    Of a step that breaks or repeats the strongest evidence of its record counts for conflict, of
    any other the two strongest of all against it. The threshold is the lowest with which 0.97 of
    the conflicts are right.
    """
    rows, targets = [], []
    for one in told:
        is_one = one.label.kind in (BREAKS, REPEATS)
        mine = [evidence for evidence, is_its in one.evidence if is_its or not is_one]
        mine.sort(key=lambda evidence: -(evidence.near + evidence.says))
        for evidence in mine[: 1 if is_one else 2]:
            if not is_one or evidence.near > 0.45 or evidence.says > 0.5:
                rows.append([1.0, *evidence])
                targets.append(float(is_one))
    found = regress(np.array(rows), np.array(targets), ridge=1.0)
    bias, near, ahead, says, says_ahead, within = (round(float(one), 3) for one in found)
    likeness = Likeness(model=model, bias=bias, near=near, ahead=ahead, says=says,
                        says_ahead=says_ahead, within=within, conflict=0.5)  # fmt: skip
    good = [at for at in PRECISIONS if precision(told, likeness, at) >= 0.97]
    return likeness.model_copy(update={"conflict": min(good, default=max(PRECISIONS))})


def regress(values: NDArray[Any], wanted: NDArray[Any], ridge: float) -> NDArray[Any]:
    """The weights of a logistic regression by Newton's method, the first column's without ridge."""
    found = np.zeros(values.shape[1])
    hold = np.diag([0.0] + [ridge] * (values.shape[1] - 1))
    for _ in range(60):
        likely = 1 / (1 + np.exp(-values @ found))
        slope = values.T @ (wanted - likely) - hold @ found
        bend = (values * (likely * (1 - likely))[:, None]).T @ values + hold
        found += np.linalg.solve(bend, slope)
    return found


def fit_nearest(told: Sequence[Told], conflict: float) -> NearestWeights:
    """The regression on what a step shares with the nearest decision, each field by its spread."""
    known = [one for one in told if one.shared]
    values = np.array([one.shared for one in known], dtype=float)
    wanted = np.array([one.label.kind in (BREAKS, REPEATS) for one in known], dtype=float)
    mean, spread = values.mean(axis=0), np.maximum(values.std(axis=0), 1e-9)
    bias, *found = regress(np.c_[np.ones(len(values)), (values - mean) / spread], wanted, RIDGE)
    by_field = np.array(found) / spread
    return NearestWeights(
        bias=round(float(bias - by_field @ mean), 3),
        weights=dict(
            zip(SharedWithDecision._fields, (round(float(one), 3) for one in by_field), strict=True)
        ),
        conflict=conflict,
    )


def held_out_nearest(told: Sequence[Told]) -> dict[float, list[str]]:
    """The kinds of the steps that a fit on the other projects calls conflicts, by threshold."""
    found: dict[float, list[str]] = {at: [] for at in PRECISIONS}
    for project in dict.fromkeys(one.label.project for one in told):
        fitted = fit_nearest([one for one in told if one.label.project != project], 0.0)
        for one in told:
            if one.label.project == project and one.shared and one.opposite:
                high, other = fitted.likely(one.shared), fitted.likely(one.opposite)
                for at in PRECISIONS:
                    if high >= at > other:
                        found[at].append(one.label.kind)
    return found


def precision(told: Sequence[Told], likeness: Likeness, threshold: float) -> float:
    said = [
        one.label.kind in (BREAKS, REPEATS) for one in told if likely(one, likeness) >= threshold
    ]
    return sum(said) / len(said) if said else 1.0


def likely(one: Told, likeness: Likeness) -> float:
    return max((likeness.of(evidence) for evidence, _ in one.evidence), default=0.0)


def write(told: Sequence[Told]) -> None:
    """Keep the fit on all projects, with what it was worth where each was left out."""
    kept = load_likeness()
    held = []
    for project in dict.fromkeys(one.label.project for one in told):
        fitted = fit([one for one in told if one.label.project != project], kept.model)
        held += [
            one.label.kind
            for one in told
            if one.label.project == project and likely(one, fitted) >= fitted.conflict
        ]
    right = sum(kind in (BREAKS, REPEATS) for kind in held)
    said = {
        "fitted_by": "benchmarks/plan_check.py --write",
        "on": f"{len(told)} steps over {len({one.label.project for one in told})} projects",
        "held_out": {"said": len(held), "precision": round(right / len(held), 3) if held else None},
        **fit(told, kept.model).model_dump(),
    }
    by_threshold = {
        at: (sum(kind in (BREAKS, REPEATS) for kind in kinds), len(kinds))
        for at, kinds in held_out_nearest(told).items()
    }
    good = [at for at, (right, all_) in by_threshold.items() if right >= SURE * all_]
    at = min(good, default=max(PRECISIONS))
    right, all_ = by_threshold[at]
    said["nearest"] = {
        "held_out": {"said": all_, "precision": round(right / max(all_, 1), 3)},
        **fit_nearest(told, at).model_dump(),
    }
    path = data_folder() / "plan_check.json"
    path.write_text(json.dumps(said, indent=2) + "\n", encoding="utf-8")


def ablated(
    labels: Sequence[Labelled], projects: Path, work: Path
) -> Iterator[tuple[str, list[Told]]]:
    """What the check says with one list of words of `data/lexicon/cues.toml` empty, for each."""
    said = read_lexicon("cues")
    for name, words in list(said.items()):
        said[name] = type(words)()  # type: ignore[index]
        read_cues.cache_clear()
        read._KNOWN.clear()
        try:
            yield f"cues.{name}", tell(labels, projects, work)
        finally:
            said[name] = words  # type: ignore[index]
            read_cues.cache_clear()
            read._KNOWN.clear()


def changes(told: Sequence[Told], other: Sequence[Told]) -> dict[str, Any]:
    """The figures that differ without a list, as what it is worth."""
    with_it, without = (figures(some, [one.verdict for one in some]) for some in (told, other))
    return {
        name: f"{value} with, {without[name]} without"
        for name, value in with_it.items()
        if value != without[name]
    } or {"nothing": "no figure changes"}


if __name__ == "__main__":
    main()
