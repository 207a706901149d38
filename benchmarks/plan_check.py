"""How well a plan check tells what breaks a decision from what keeps to it.

    python benchmarks/plan_check.py --labels FILE... --projects DIR [--write] [--ablation]

A FILE has a record a line, as JSON: `project` (a folder of DIR with its records), `repository` and
`commit` (where that comes from), `record` (its path, or the end of one; "" for steps that are about
none) and `steps` by their kind. Kinds: *breaks* a decision in force; *repeats* what ended; *does*
what was decided; has *nothing* to do with any; *beside*: about the same as a decision, which it
neither does nor breaks. Steps are labelled before the check is asked.

What is told stands beside three references: always unknown; the standing of the record that a
search for the step finds first; a rule of keywords (a step that only removes is ok, another is in
conflict where a sentence of that record with "not", "instead" or "replace" has half of its words).

`--write` fits the regression of `memory/plans/breaking.py` on the labels and keeps it in
`data/plan_check.json`, with what it is worth when each project is judged by a fit on the others;
that is printed as *held out*, too.
`--ablation` says what each list of words is worth: what changes when it is empty.

On which of the labels in `benchmarks/` the check was fitted, `docs/measured.md` says; what it is
worth is to be measured on others.
"""

from __future__ import annotations

import argparse
import json
import math
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
from memory.models.plan import MOST_STEPS, Plan, Step, Verdict
from memory.norms import read as norms_read
from memory.norms.cues import read_cues
from memory.norms.sides import read_step
from memory.plans import check
from memory.plans.breaking import BreakWeights, load_weights
from memory.plans.evidence import BreakEvidence, evidence_of, position_of, read
from memory.plans.excerpt import excerpt_of
from memory.texts.lexicon import read_lexicon
from memory.texts.words import stems

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from memory.api import ArchMem
    from memory.models.plan import CheckedStep
    from memory.plans.weigh import Rarity

BREAKS, REPEATS, DOES, NOTHING, BESIDE = "breaks", "repeats", "does", "nothing", "beside"
LABELS = Path(__file__).parent / "plan_steps.jsonl"
KINDS = (BREAKS, REPEATS, DOES, NOTHING, BESIDE)
RIDGE = 8.0  # of the regression
SURE = 0.9  # of the conflicts that it tells have to be right, held out
THRESHOLDS = [round(0.40 + 0.01 * at, 2) for at in range(50)]  # that are tried
LOOKED = 3  # memories nearest to a step, whose evidence is kept
AGAINST = 2  # of them, that count against a conflict where there is none


class Labelled(NamedTuple):
    """A step with what is true of it."""

    project: str
    step: str
    kind: str
    record: str


class Near(NamedTuple):
    """A memory near to a labelled step."""

    evidence: BreakEvidence
    excerpt: str
    is_its: bool  # whether it is the record of the label


class Told(NamedTuple):
    """A labelled step with what the check says, and what the references do."""

    label: Labelled
    verdict: str
    why: str  # ground and sentence of what is cited first
    cited: bool  # whether the record of the label is cited for the conflict
    near: tuple[Near, ...]  # the nearest first
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
        if len({one.label.project for one in told}) > 1:
            at = load_weights().conflict
            print("held out", json.dumps(at_threshold(held_out(told), at), indent=2))
        if options.write:
            write(told)
        if options.ablation:
            print_table(worth(told))
            for name, other in ablated(labels, options.projects, work):
                print(f"{name:28}", json.dumps(changes(told, other)))


def read_labels(path: Path) -> list[Labelled]:
    """The labels of a file."""
    lines = path.read_text(encoding="utf-8").splitlines()
    said = (json.loads(line) for line in lines if line.strip())
    return [
        Labelled(one["project"], step, kind_of(kind), one["record"])
        for one in said
        for kind, steps in one["steps"].items()
        for step in steps
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
    told: list[Told] = []
    for project in dict.fromkeys(label.project for label in labels):
        own = [label for label in labels if label.project == project]
        with open_project(projects / project, store=work / project) as memory:
            memory.index(accept_removals=True)
            told += tell_project(memory, own)
    return told


def tell_project(memory: ArchMem, labels: Sequence[Labelled]) -> Iterator[Told]:
    wanted = [Step(text=one.step) for one in labels]
    with kept_evidence() as seen:
        checked = [
            step
            for at in range(0, len(wanted), MOST_STEPS)
            for step in memory.check(Plan(steps=wanted[at : at + MOST_STEPS])).steps
        ]
    for label, step in zip(labels, checked, strict=True):
        cites = [one.cited.citation for one in step.findings if one.conflicts]
        cited = bool(label.record) and any(label.record in citation for citation in cites)
        near = tuple(
            one._replace(is_its=bool(label.record) and label.record in path)
            for path, one in seen[label.step]
        )
        first = step.findings[0] if step.findings else None
        why = f"{first.ground}: {first.sentence or first.cited.title}" if first else ""
        said = references(memory, label, step)
        yield Told(label, str(step.verdict), why, cited, near, said)


@contextmanager
def kept_evidence() -> Iterator[dict[str, list[tuple[str, Near]]]]:
    """What the check weighs meanwhile: of each step the nearest, each with its path."""
    seen, judge = {}, check.judge_step

    def watched(one: check.RuledStep, rare: Rarity) -> Any:
        text, intent = one.step.text, one.around.intent
        positions = [
            position
            for hit in one.around.hits[:LOOKED]
            if hit.relevance is not None and (position := position_of(hit)) is not None
        ]
        seen[text] = [
            (
                position.hit.memory.path or "",
                Near(
                    evidence_of(text, intent, position, rare, read(text, position, rare)),
                    excerpt_of(text, position, rare),
                    is_its=False,
                ),
            )
            for position in positions
        ]
        return judge(one, rare)

    check.judge_step = watched
    try:
        yield seen
    finally:
        check.judge_step = judge


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


def fit(told: Sequence[Told], conflict: float = 0.5) -> BreakWeights:
    """The regression, each field by its spread.

    Of a step that breaks or repeats the evidence of its record counts for conflict, of any other
    that of the two nearest memories against it.
    """
    rows, wanted = [], []
    for one in told:
        is_one = one.label.kind in (BREAKS, REPEATS)
        mine = [near.evidence for near in one.near if near.is_its or not is_one]
        for evidence in mine[:AGAINST]:
            rows.append(evidence)
            wanted.append(float(is_one))
    values = np.array(rows, dtype=float)
    mean, spread = values.mean(axis=0), np.maximum(values.std(axis=0), 1e-9)
    scaled = np.c_[np.ones(len(values)), (values - mean) / spread]
    bias, *found = regress(scaled, np.array(wanted), RIDGE)
    by_field = np.array(found) / spread
    return BreakWeights(
        bias=round(float(bias - by_field @ mean), 3),
        weights={
            name: round(float(one), 3)
            for name, one in zip(BreakEvidence._fields, by_field, strict=True)
        },
        conflict=conflict,
    )


def likely(one: Told, weights: BreakWeights) -> float:
    """How likely a step breaks what is nearest to it; 0 where that is nothing to be broken."""
    return weights.likely(one.near[0].evidence) if one.near else 0.0


def held_out(told: Sequence[Told]) -> list[tuple[Told, float]]:
    """Each step with how likely a fit on the other projects says that it breaks something."""
    found = []
    for project in dict.fromkeys(one.label.project for one in told):
        weights = fit([one for one in told if one.label.project != project])
        found += [(one, likely(one, weights)) for one in told if one.label.project == project]
    return found


def at_threshold(held: Sequence[tuple[Told, float]], conflict: float) -> dict[str, Any]:
    """What a threshold is worth on steps that were judged by a fit on other projects."""
    said = [Verdict.CONFLICT if one >= conflict else Verdict.UNKNOWN for _, one in held]
    return figures([one for one, _ in held], said)


def write(told: Sequence[Told]) -> None:
    """Keep the fit on all projects, with the lowest threshold that is sure on those held out."""
    held = held_out(told)
    precise = [
        at for at in THRESHOLDS if (at_threshold(held, at)["conflict precision"] or 1.0) >= SURE
    ]
    conflict = min(precise, default=max(THRESHOLDS))
    said = {
        "fitted_by": "benchmarks/plan_check.py --write",
        "on": f"{len(told)} steps over {len({one.label.project for one in told})} projects",
        "held_out": at_threshold(held, conflict),
        **fit(told, conflict).model_dump(),
    }
    path = data_folder() / "plan_check.json"
    path.write_text(json.dumps(said, indent=2) + "\n", encoding="utf-8")


def worth(told: Sequence[Told]) -> Iterator[dict[str, Any]]:
    """What each field of the evidence is worth: the recall without it, at the same precision."""
    for name in ("", *BreakEvidence._fields):
        less = [
            one._replace(
                near=tuple(
                    each._replace(
                        evidence=each.evidence._replace(**{name: 0.0}) if name else each.evidence
                    )
                    for each in one.near
                )
            )
            for one in told
        ]
        held = sorted(held_out(less), key=lambda each: -each[1])
        right = np.cumsum([one.label.kind in (BREAKS, REPEATS) for one, _ in held])
        sure = [at for at, count in enumerate(right) if count >= SURE * (at + 1)]
        loss = -np.mean(
            [
                math.log(max(likely if one.label.kind in (BREAKS, REPEATS) else 1 - likely, 0.01))
                for one, likely in held
            ]
        )
        yield {
            "without": name or "(nothing)",
            "told rightly": int(right[max(sure, default=0)]),
            "log loss": round(float(loss), 4),
        }


def ablated(
    labels: Sequence[Labelled], projects: Path, work: Path
) -> Iterator[tuple[str, list[Told]]]:
    """What the check says with one list of words of `data/lexicon/cues.toml` empty, for each."""
    said = read_lexicon("cues")
    for name, words in list(said.items()):
        said[name] = type(words)()  # type: ignore[index]
        read_cues.cache_clear()
        norms_read._KNOWN.clear()
        try:
            yield f"cues.{name}", tell(labels, projects, work)
        finally:
            said[name] = words  # type: ignore[index]
            read_cues.cache_clear()
            norms_read._KNOWN.clear()


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
