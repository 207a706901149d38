"""Routes that are found in public projects, and what is said of their access, beside hand labels.

    python benchmarks/routes.py CLONES [REPO ...]

CLONES is a folder with a clone of each labelled repository under its own name ("microblog" for
"miguelgrinberg/microblog"); it is read at the commit of the labels, whatever is checked out. Labels
are `route_labels.jsonl`, a line a route: repo, commit, framework, file and line where it is
registered or where its handler is, method, path with `{name}` for parameters, auth. auth is what a
reader of the source answers to: is who shows nothing refused? `unknown` where settings decide.

found: the share of labels that a route of the same place or of the same method and path stands for;
right: of those, the same method and path; auth: the same answer; has: the same answer to "has it
authentication", unknown counted as none; false: "yes" where the label says otherwise.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.common import print_table, read_lines, timed
from indexer.code.at_commit import code_at
from indexer.git.repository import Repository

LABELS = Path(__file__).with_name("route_labels.jsonl")


def places(route):
    """Where a route may be labelled."""
    return {f"{route.file}:{route.line}", route.registered}


def compare(labels, routes):
    """The outcome of each label: the label, whether found, right, and the answer given."""
    by_place, by_path = {}, {}
    for one in routes:
        by_path.setdefault((one.method, one.path), []).append(one)
        for place in places(one):
            by_place.setdefault(place, []).append(one)
    for label in labels:
        here = by_place.get(f"{label['file']}:{label['line']}", [])
        same = [one for one in here if (one.method, one.path) == (label["method"], label["path"])]
        same = same or by_path.get((label["method"], label["path"]), [])
        route = next(iter(same or here), None)
        yield label, route is not None, bool(same), route.auth.answer if route else ""


def row(name, outcomes, routes=0, seconds=0.0):
    found = [one for one in outcomes if one[1]]
    right = [one for one in found if one[2]]
    same = [one for one in right if one[3] == one[0]["auth"]]
    has = [one for one in right if (one[3] == "yes") == (one[0]["auth"] == "yes")]
    return {
        "project": name,
        "labels": len(outcomes),
        "found": len(found) / len(outcomes),
        "right": len(right) / max(1, len(found)),
        "auth": len(same) / max(1, len(right)),
        "has": len(has) / max(1, len(right)),
        "false": sum(one[3] == "yes" and one[0]["auth"] != "yes" for one in found),
        "routes": routes,
        "seconds": seconds,
    }


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("clones", type=Path)
    parser.add_argument("repos", nargs="*")
    parser.add_argument("--wrong", action="store_true", help="names each label that is not met")
    options = parser.parse_args()
    by_repo = {}
    for label in read_lines(LABELS):
        if not options.repos or label["repo"] in options.repos:
            by_repo.setdefault((label["framework"], label["repo"], label["commit"]), []).append(
                label
            )
    rows, every = [], []
    for (framework, repo, commit), labels in sorted(by_repo.items()):
        clone = options.clones / repo.rpartition("/")[2]
        if not clone.exists():
            print(f"{repo} is not in {options.clones}", file=sys.stderr)
            continue
        code, seconds = timed(lambda: code_at(Repository(clone), commit, {}, {}))  # noqa: B023
        outcomes = list(compare(labels, code.routes))
        every += outcomes
        rows.append(row(f"{framework} {repo}", outcomes, len(code.routes), seconds))
        for label, _, is_right, said in outcomes if options.wrong else ():
            if not is_right or said != label["auth"]:
                place = f"{label['file']}:{label['line']} {label['method']} {label['path']}"
                print(f"{place} auth {label['auth']}: {said if is_right else 'not found so'}")
    print_table([*rows, row("all", every)] if every else [{"project": "none"}])


if __name__ == "__main__":
    main()
