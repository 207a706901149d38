"""What frameworks give and what needs no import, in public projects, beside hand labels.

    python benchmarks/wiring.py CLONES [REPO ...]

CLONES is a folder with a clone of each labelled repository under its own name ("koel" for
"koel/koel"); it is read at the commit of the labels. Labels are `wiring_labels.jsonl`, a line an
edge: repo, commit, source, target, kind. For each file that is a source, they are all that it has:
injection (the class that a constructor or field is given), facade (the class behind it), binding
(what the container gives for what is asked by a call), observer, and namespace (a class of the
same folder that no import names), signal and event (who hears what a file sends, or what its models
are saved), queue (who works it off) and task (what is called or scheduled by its name). A file that
has none stands with an empty target.

Labels of the kind `other` were judged after the first run, one by one: events, commands and actions
of controllers, which are true and none of these kinds. They count neither way.

recall: labels for which there is an edge of any grade between the files; precision: of the edges of
grade `framework`, and of those to the same folder that no import or comment makes, the labelled.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path, PurePosixPath

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.common import print_table, read_lines
from indexer.code.code_at_commit import code_at
from indexer.git.repository import Repository

LABELS = Path(__file__).with_name("wiring_labels.jsonl")
WITHOUT_IMPORT = frozenset({".java", ".php", ".go"})  # what names others of its folder so
NAMED = frozenset({"call", "use", "inherit", "inherited"})


def told(code, source):
    """All files that a file needs; and those that wiring or its own folder connects it with."""
    edges = [one for one in code.edges_of.get(source, ()) if one.source.path == source]
    imported = {one.target.path for one in edges if one.grade == "import"}
    wired = {one.target.path for one in edges if one.grade == "framework"} - {source}
    beside = {
        one.target.path
        for one in edges
        if PurePosixPath(source).suffix in WITHOUT_IMPORT
        and one.grade in NAMED
        and one.target.path not in imported
        and PurePosixPath(one.target.path).parent == PurePosixPath(source).parent
    }
    return {one.target.path for one in edges}, wired | beside


def row(name, outcomes):
    found, asked, right, given = (sum(one[at] for one in outcomes) for at in range(4))
    return {
        "project": name,
        "labels": asked,
        "recall": found / max(1, asked),
        "told": given,
        "precision": right / max(1, given),
    }


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("clones", type=Path)
    parser.add_argument("repos", nargs="*")
    parser.add_argument("--wrong", action="store_true", help="names each edge that differs")
    options = parser.parse_args()
    by_repo = {}
    for label in read_lines(LABELS):
        if not options.repos or label["repo"] in options.repos:
            by_repo.setdefault((label["repo"], label["commit"]), []).append(label)
    rows, everything, missed = [], [], Counter()
    for (repo, commit), labels in by_repo.items():
        code = code_at(Repository(options.clones / repo.rpartition("/")[2]), commit, {}, {})
        outcomes = []
        for source in dict.fromkeys(label["source"] for label in labels):
            wanted = {one["target"]: one["kind"] for one in labels if one["source"] == source}
            wanted.pop("", None)
            known, special = told(code, source)
            others = {target for target, kind in wanted.items() if kind == "other"}
            wanted = {target: kind for target, kind in wanted.items() if kind != "other"}
            special -= others
            outcomes.append(
                (
                    len(wanted.keys() & known),
                    len(wanted),
                    len(special & wanted.keys()),
                    len(special),
                )
            )
            missed.update(wanted[target] for target in wanted.keys() - known)
            for target in sorted((wanted.keys() - known) | (special - wanted.keys())):
                if options.wrong:
                    kind = wanted.get(target, "told, not labelled")
                    print(f"{kind}: {source} -> {target}", file=sys.stderr)
        rows.append(row(repo, outcomes))
        everything += outcomes
    print_table([*rows, row("all", everything)])
    print("missed:", dict(missed))


if __name__ == "__main__":
    main()
