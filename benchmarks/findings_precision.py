"""How right the findings are that an audit shows, a rule each, beside verdicts of a reader.

    python benchmarks/findings_precision.py CLONES [REPO ...] [--new 10]

CLONES is a folder with a clone of each labelled repository under its own name ("monica" for
"monicahq/monica"), read at the commit of the labels. `finding_labels.jsonl` has a line a finding:
repo, commit, rule, id, the first place, and whether a maintainer would agree that it is true and
worth being told, judged by reading the code; `why` says why not. Up to ten of each rule that were
shown without --all were drawn by a seed. `look` says when: on the first of these projects before
anything was mended (and some after), on others as they were first seen when rules had been mended
on those of the looks before.

labels: judged findings; look 1 to 16: the share of them that is true. Of those that are shown today
(shown), right is the share that is true; lost are true ones that --all alone shows now, or nobody.
`--new` names so many findings of each rule that are shown and not judged, with their places.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.common import print_table, read_lines
from indexer.project import open_project
from memory.code.findings.auditing import look
from memory.code.findings.rule import AuditSubject
from memory.verbs.code_facts import code_with_checks

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from memory.models.findings import Finding

LABELS = Path(__file__).with_name("finding_labels.jsonl")
SEED = 7
LOOKS = tuple(range(1, 17))


def findings_of(clone: Path, commit: str) -> dict[str, Finding]:
    """What the rules find at a commit, by id."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / clone.name
        git = ["git", "-c", "advice.detachedHead=false"]
        subprocess.run([*git, "clone", "-qn", str(clone.resolve()), str(root)], check=True)
        subprocess.run([*git, "-C", str(root), "checkout", "-q", commit], check=False)
        with open_project(root, create=True) as memory:
            found = look(AuditSubject.of(code_with_checks(memory))).findings
    return {one.id: one for one in found}


def name_new(found: Iterable[Finding], judged: set[str], most: int) -> None:
    """Print findings that are shown and not judged, drawn by a seed."""
    by_rule: dict[str, list[Finding]] = defaultdict(list)
    for one in found:
        if one.sure and one.id not in judged:
            by_rule[one.rule].append(one)
    for own in by_rule.values():
        random.Random(SEED).shuffle(own)
        for one in own[:most]:
            print(f"{one.rule} {one.id} {one.message}")
            print(*(f"    {spot.file}:{spot.line} {spot.said}" for spot in one.spots[:4]), sep="\n")


def row(name: str, outcomes: Sequence[tuple[bool, bool, int]]) -> dict[str, Any]:
    """Numbers of outcomes, each (true, shown, look)."""
    return {
        "rule": name,
        "labels": len(outcomes),
        **{f"look {look}": share([one[0] for one in outcomes if one[2] == look]) for look in LOOKS},
        "shown": sum(one[1] for one in outcomes),
        "right": share([one[0] for one in outcomes if one[1]]),
        "lost": sum(one[0] and not one[1] for one in outcomes),
    }


def share(some: Sequence[bool]) -> float | str:
    """Of how many it holds; "-" of none."""
    return sum(some) / len(some) if some else "-"


def main() -> None:
    """Print a row for each rule."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("clones", type=Path)
    parser.add_argument("repos", nargs="*")
    parser.add_argument("--new", type=int, default=0, metavar="N")
    options = parser.parse_args()
    by_project: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for label in read_lines(LABELS):
        by_project[label["repo"], label["commit"]].append(label)
    outcomes: dict[str, list[tuple[bool, bool, int]]] = defaultdict(list)
    for (repo, commit), labels in sorted(by_project.items()):
        name = repo.rpartition("/")[2]
        clone = options.clones / name
        if (options.repos and name not in options.repos) or not clone.exists():
            print(f"{repo} is left out", file=sys.stderr)
            continue
        found = findings_of(clone, commit)
        for label in labels:
            now = found.get(label["id"])
            outcome = label["true"], now is not None and now.sure, label["look"]
            for key in (label["rule"], "~all"):
                outcomes[key].append(outcome)
        if options.new:
            print(f"\n## {repo}")
            name_new(found.values(), {one["id"] for one in labels}, options.new)
    print_table(row(name.removeprefix("~"), own) for name, own in sorted(outcomes.items()))


if __name__ == "__main__":
    main()
