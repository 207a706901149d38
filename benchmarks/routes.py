"""Routes that are found in public projects, and what is said of their access, beside hand labels.

    python benchmarks/routes.py CLONES [REPO ...] [--facts FOLDER]

CLONES is a folder with a clone of each labelled repository under its own name ("microblog" for
"miguelgrinberg/microblog"); it is read at the commit of the labels, whatever is checked out. Labels
are `route_labels.jsonl`, a line a route: repo, commit, framework, file and line where it is
registered or where its handler is, method, path with `{name}` for parameters, auth. auth is what a
reader of the source answers to: is who shows nothing refused? `unknown` where settings decide that
no file of the project declares. Some say authorisation too: is one refused who is known, but has
not the right or does not own it?

found: the share of labels that a route of the same place or of the same method and path stands for;
right: of those, the same method and path; auth: the same answer; has: the same answer to "has it
authentication", unknown counted as none; rights: as auth, of authorisation; false, false rights:
"yes" where the label says otherwise, false no: "no" where it does; the columns with a question
mark: the share of all routes of the project, tests apart, of which it is not told. `--why` counts
the reasons for these, of each project and their kinds in all; `--shares` prints the columns for
clones without labels, at what is checked out. Files in other languages than those of the labels are
left out. `--total` prints only what all of them are together. FOLDER keeps the facts of files, so
that a second run takes minutes.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.common import make_folder, print_table, read_lines, timed
from benchmarks.kept_facts import SPOKEN, routes_of
from indexer.code.registry import language_of
from indexer.git.repository import Repository
from memory.code.testing import is_test

ASPECTS = ("auth", "authorisation", "validation", "rate_limit")
MUCH = 0.1  # of the routes of a project, if they are untold
LABELS = Path(__file__).with_name("route_labels.jsonl")


def places(route):
    """Where a route may be labelled."""
    return {f"{route.file}:{route.line}", route.registered}


def plain(path):
    """A path without the name of a setting that all paths begin with, which labels leave out."""
    return re.sub(r"^/\{\w+\}(?=/)", "", path)


def compare(labels, routes):
    """The outcome of each label: the label, whether found, right, and the answer given."""
    by_place, by_path = {}, {}
    for one in routes:
        by_path.setdefault((one.method, one.path), []).append(one)
        by_path.setdefault((one.method, plain(one.path)), []).append(one)
        for place in places(one):
            by_place.setdefault(place, []).append(one)
    for label in labels:
        here = by_place.get(f"{label['file']}:{label['line']}", [])
        wanted = label["method"], label["path"]
        same = [one for one in here if (one.method, one.path) == wanted]
        same = same or [one for one in here if (one.method, plain(one.path)) == wanted]
        same = same or by_path.get(wanted, [])
        route = next(iter(same or here), None)
        told = (route.auth.answer, route.authorisation.answer) if route else ("", "")
        yield label, route is not None, bool(same), *told


def row(name, outcomes, routes=(), seconds=0.0):
    found = [one for one in outcomes if one[1]]
    right = [one for one in found if one[2]]
    same = [one for one in right if one[3] == one[0]["auth"]]
    has = [one for one in right if (one[3] == "yes") == (one[0]["auth"] == "yes")]
    by_right = [one for one in right if "authorisation" in one[0]]
    rights = [one for one in by_right if one[4] == one[0]["authorisation"]]
    return {
        "project": name,
        "labels": len(outcomes),
        "found": len(found) / len(outcomes),
        "right": len(right) / max(1, len(found)),
        "auth": len(same) / max(1, len(right)),
        "has": len(has) / max(1, len(right)),
        "false": sum(one[3] == "yes" and one[0]["auth"] != "yes" for one in found),
        "false no": sum(one[3] == "no" and one[0]["auth"] != "no" for one in found),
        "rights": len(rights) / max(1, len(by_right)),
        "false rights": sum(
            one[4] == "yes" and one[0].get("authorisation", "yes") != "yes" for one in found
        ),
        "routes": len(routes),
        **untold(routes),
        "seconds": seconds,
    }


def untold(routes):
    """By aspect the share of routes of which it is not told."""
    return {
        f"{aspect}?": sum(getattr(one, aspect).answer == "unknown" for one in routes)
        / max(1, len(routes))
        for aspect in ASPECTS
    }


def served(code):
    return [one for one in code.routes if not is_test(one.file)]


def reasons_of(code):
    """Why it is not told, by aspect and in words without places, how often; and what is lost."""
    reasons = Counter(
        (aspect, re.sub(r"\([^()]*:\d+\)|[^\s()]*:\d+", "...", ": ".join(told[:0:-1])))
        for one in served(code)
        for aspect in ASPECTS
        if (told := getattr(one, aspect)).answer == "unknown"
    )
    return reasons + Counter(("lost", one.reason) for one in code.unresolved if one.what == "route")


def print_reasons(name, reasons):
    """The most frequent reasons of each aspect."""
    for aspect in (*ASPECTS, "lost"):
        of_it = Counter({said: count for (each, said), count in reasons.items() if each == aspect})
        for reason, count in of_it.most_common(6):
            print(f"{name} {aspect} {count}: {reason or 'WITHOUT A REASON'}")


def print_kinds(by_project):
    """What each kind of reason, without what it is about, costs in all projects."""
    routes, projects = Counter(), {}
    for name, reasons in by_project.items():
        for (aspect, reason), count in reasons.items():
            kind = aspect, reason.partition(": ")[0]
            routes[kind] += count
            projects.setdefault(kind, Counter())[name.rpartition("/")[2]] += count
    for (aspect, reason), count in routes.most_common():
        most = ", ".join(f"{name} {many}" for name, many in projects[aspect, reason].most_common(5))
        print(f"all {aspect} {count} in {len(projects[aspect, reason])}: {reason} ({most})")


def print_total(rows, every):
    """Where has or has not is wrong, and how much of it is untold; where much of a project is."""
    wrong = [one for one in every if one[2] and (one[3] == "yes") != (one[0]["auth"] == "yes")]
    unknown = sum(one[3] == "unknown" for one in wrong)
    of = Counter(one[0]["repo"] for one in wrong).most_common()
    print(f"has or has not wrong: {len(wrong)}, of which untold {unknown}")
    print("  ", ", ".join(f"{name} {count}" for name, count in of))
    much = sorted((-one["auth?"], one["project"]) for one in rows if one["auth?"] > MUCH)
    print(f"more than a tenth of the routes untold: {len(much)} of {len(rows)}")
    print("  ", ", ".join(f"{name} {-share:.2f}" for share, name in much))


def print_wrong(label, is_right, auth, rights):
    """What is not met of a label."""
    place = f"{label['file']}:{label['line']} {label['method']} {label['path']}"
    if not is_right or auth != label["auth"]:
        print(f"{place} auth {label['auth']}: {auth if is_right else 'not found so'}")
    if is_right and rights != label.get("authorisation", rights):
        print(f"{place} authorisation {label['authorisation']}: {rights}")


def code_of(options, clone, commit, labels=()):
    """The code base of a clone at a commit, of files in the languages of the labels or in all."""
    spoken = SPOKEN & {language_of(one["file"]) for one in labels} or SPOKEN
    path = make_folder(options.facts) / f"{clone.name}.pickle" if options.facts else None
    return routes_of(Repository(clone), commit, path, spoken)


def shares(options, clone):
    code, seconds = timed(lambda: code_of(options, clone, Repository(clone).head()))
    if options.why:
        print_reasons(clone.name, reasons_of(code))
    routes = served(code)
    return {"project": clone.name, "routes": len(routes), **untold(routes), "seconds": seconds}


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("clones", type=Path)
    parser.add_argument("repos", nargs="*")
    parser.add_argument("--wrong", action="store_true", help="names each label that is not met")
    parser.add_argument("--why", action="store_true", help="names the reasons of what is not told")
    parser.add_argument("--shares", action="store_true", help="of REPO, clones without labels")
    parser.add_argument("--total", action="store_true", help="prints what all are together")
    parser.add_argument("--facts", type=Path, metavar="FOLDER", help="keeps facts of files")
    options = parser.parse_args()
    if options.shares:
        print_table([shares(options, options.clones / name) for name in options.repos])
        return
    by_repo = {}
    for label in read_lines(LABELS):
        if not options.repos or label["repo"] in options.repos:
            by_repo.setdefault((label["framework"], label["repo"], label["commit"]), []).append(
                label
            )
    rows, every, routes, reasons = [], [], [], {}
    for (framework, repo, commit), labels in sorted(by_repo.items()):
        clone = options.clones / repo.rpartition("/")[2]
        if not clone.exists():
            print(f"{repo} is not in {options.clones}", file=sys.stderr)
            continue
        code, seconds = timed(lambda: code_of(options, clone, commit, labels))  # noqa: B023
        outcomes = list(compare(labels, code.routes))
        every += outcomes
        routes += served(code)
        rows.append(row(f"{framework} {repo}", outcomes, served(code), seconds))
        if options.why:
            reasons[repo] = reasons_of(code)
            print_reasons(repo, reasons[repo])
        for label, _, *outcome in outcomes if options.wrong else ():
            print_wrong(label, *outcome)
    print_kinds(reasons)
    total = [row(f"all {len(rows)}", every, routes)] if every else [{"project": "none"}]
    print_table(total if options.total else [*rows, *total])
    print_total(rows, every)


if __name__ == "__main__":
    main()
