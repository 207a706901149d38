"""What `archmem harvest` proposes, held against what a person thinks of it, beside a plain pattern.

    python benchmarks/harvest.py CLONES
    python benchmarks/harvest.py --labels

CLONES is a folder with clones of the repositories of `harvest_labels.jsonl`, each under its name.
A label is of one reader who saw the proposal with its evidence: `good` where a
coordinator would want it kept and its title, reason and evidence are right; what is one line of
code or the mending of a bug is not. A dependency that took another's place is good without a
reason, as none is claimed. The labels without `strict` are of a lenient reader, of whose verdicts
on 121 proposals a strict one upheld 69. Those with it are strict: what is taken away because it
was deprecated, what failed once, and a sentence that is not the reason are not good. Twelve
repositories were read so, in an order by chance: four before the reader knew a rule, five after, of
which the proposals of the rules of that day, and three last, marked `apart`, when the rules
had been made stricter by the others. Fourteen more, `apart` too, have labels of what is proposed
without `--all` only. Repositories are read as they are today, so of a newer clone
some proposals have no label, which are counted by themselves.

All that can be had is counted, with `--all` too. Below are those of the strict reader again, by
what they are and the chance that is told of them: `apart` in repositories read last.

`--labels` needs no clone: of the strict reader's labels of what was proposed in each repository
read last, how many are good, in the order of their looks; proposed as it was on the day.

The pattern is what one writes at first, on the messages of the same commits; a sample of its
matches, taken by hashes, was labelled likewise.
"""

from __future__ import annotations

import hashlib
import re
import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.common import print_table, read_lines
from indexer.git.log import CommitLog
from indexer.git.repository import Repository
from indexer.harvest.commit_decisions import ENDED
from indexer.project import open_project
from memory.models.harvest import SURE

LABELS = Path(__file__).with_name("harvest_labels.jsonl")
PLAIN = re.compile(
    r"\b(?:because|instead of|in favou?r of|decided to|due to|so that|switch(?:ed)? to|replaced?)\b",  # noqa: E501
    re.IGNORECASE,
)
SAMPLE = 60  # of all matches of the pattern


def proposals(root):
    """What is proposed for a repository, by where its evidence is."""
    with tempfile.TemporaryDirectory() as folder, open_project(root, store=Path(folder)) as memory:
        found = memory.harvest(less_sure=True).proposals
    return {_place(one.evidence): one for one in found}


def _place(evidence):
    return evidence.commit or f"{evidence.path}:{evidence.line}"


def plain_matches(root):
    """The commits that the plain pattern takes for decisions."""
    log = CommitLog(Repository(root), ["--max-count=20000", "HEAD"], with_changes=False)
    return {one.hash for one in log if PLAIN.search(f"{one.subject}\n{one.body}")}


def sampled(repositories):
    """So many matches of the pattern in some repositories, the same ones every time."""
    found = [(name, commit) for name, root in repositories for commit in plain_matches(root)]
    found.sort(key=lambda one: hashlib.blake2b("".join(one).encode()).hexdigest())
    return found[:SAMPLE]


def main(clones):
    """A row for each repository, for those apart, for all, and for the pattern."""
    labels = read_lines(LABELS)
    by = {(one["repository"], one["of"], one["place"]): one["good"] for one in labels}
    strict = {one["repository"] for one in labels if one.get("strict")}
    apart = {one["repository"] for one in labels if one["apart"] and one["of"] == "harvest"}
    roots = {one["repository"]: Path(clones) / one["repository"].split("/")[1] for one in labels}
    there = {name: root for name, root in sorted(roots.items()) if root.exists()}
    found = {name: proposals(root) for name, root in there.items()}
    counts = {name: _count(by, "harvest", name, places) for name, places in found.items()}
    rows = [_row(name, count) for name, count in counts.items()]
    groups = {
        "strict, read last": strict & apart,
        "strict": strict,
        "lenient, read last": apart - strict,
        "lenient": counts.keys() - strict,
    }
    for name, within in groups.items():
        some = (counts[one] for one in within & counts.keys())
        rows.append(_row(name, sum(some, Counter())))
    matched = {one["repository"] for one in labels if one["of"] == "pattern"}
    sample = sampled([(name, root) for name, root in there.items() if name in matched])
    plain = sum((_count(by, "pattern", name, [commit]) for name, commit in sample), Counter())
    print_table([*rows, _row("plain pattern", plain)])
    print_table(_by_kind(by, {name: found[name] for name in strict & found.keys()}, apart))
    for name in sorted(roots.keys() - there.keys()):
        print(f"{name} is not there")


def labelled():
    """A row for each repository read last: what was right of the proposals of its day."""
    counts = {}
    for one in read_lines(LABELS):
        if one.get("strict") and one["apart"] and one["of"] == "harvest":
            count = counts.setdefault(one["repository"], Counter())
            count += Counter(proposed=1, good=int(one["good"]))
    print_table([_row(name, count) for name, count in counts.items()])


def _by_kind(labels, found, apart):
    """Of each kind of proposal, how many a strict reader kept."""
    kinds = {}
    for name, places in found.items():
        for place, one in places.items():
            for group in ("strict", "apart") if name in apart else ("strict",):
                count = kinds.setdefault((_kind(one), group), Counter())
                count += _count(labels, "harvest", name, [place])
    return [_row(" ".join(key), count) for key, count in sorted(kinds.items())]


def _kind(one):
    if one.origin != "commit":
        return f"{one.origin} {one.chance:.2f}"
    if one.chance == ENDED:
        return "end of support"
    return f"commit from {SURE}" if one.chance >= SURE else "commit, less sure"


def _count(labels, of, name, places):
    said = [labels.get((name, of, place)) for place in places]
    return Counter(proposed=len(said), good=said.count(True), unlabelled=said.count(None))


def _row(name, count):
    labelled = count["proposed"] - count["unlabelled"]
    share = count["good"] / labelled if labelled else float("nan")
    whole = {key: count[key] for key in ("proposed", "good", "unlabelled")}
    return {"repository": name, **whole, "precision": share}


if __name__ == "__main__":
    labelled() if sys.argv[1:] == ["--labels"] else main(*sys.argv[1:])
