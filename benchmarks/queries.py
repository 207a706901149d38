"""Loops that repeat a query for each, and queries without an index, beside hand labels.

    python benchmarks/queries.py CLONES [--wrong]

CLONES is a folder with a clone of each labelled repository under its own name ("redash" for
"getredash/redash"), read at the commit of the labels. Labels are `query_labels.jsonl`, a line a
loop: repo, commit, framework, file, line of the loop, and whether it reads the database once for
each: by a query, a relation that was not loaded, or a function that does. What is told of other
loops of these files is named by --wrong. `query_plants.jsonl` has small functions over the two
models of `query_shop`, each with one loop or none.

`index_labels.jsonl` has a line a query: where it stands, and whether it goes by columns that no
index leads to and that have many values, so that one would be worth it as the table grows. Labelled
by reading queries, models and migrations before the rule was run on these projects: a foreign key
counts as indexed, as MySQL and Django have it, what is run by hand as not worth it.

`cache_labels.jsonl` has a line a GET route: whether its answer could be kept, as nothing is
written below it, all may ask for it, and only administrators or nobody changes what it reads.

told: loops and queries against which nothing speaks, as they may be major; of routes all.
precision: of those told, those labelled so; recall: of those labelled so, those told; all: the same
with what is less sure. All of these need `--all`. The last rows are of all three sorts together.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from functools import cache
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.common import print_table, read_lines
from indexer.code.code_at_commit import code_at
from indexer.code.code_reader import rebuild
from indexer.git.repository import Repository
from memory.code.findings.auditing import look
from memory.code.findings.performance import is_sure, repeated
from memory.code.findings.rule import AuditSubject
from memory.code.flow import Flow

HERE = Path(__file__).parent
SHOP = HERE / "query_shop"  # the models of the planted functions, a folder a framework
PLACES = {
    "django": (
        "shop/plant.py",
        "from shop.models import Customer, Invoice\n\n\ndef plant(given):\n",
    ),
    "sqlalchemy": (
        "shop/plant.py",
        "from sqlalchemy import select\nfrom sqlalchemy.orm import joinedload, selectinload\n"
        "from shop.models import Customer, Invoice\n\n\ndef plant(session, given):\n",
    ),
    "laravel": (
        "app/Plant.php",
        "<?php\nnamespace App;\nuse App\\Models\\Customer;\nuse App\\Models\\Invoice;\n"
        "class Plant { public function plant($given) {\n",
    ),
    "prisma": (
        "src/plant.ts",
        "import { PrismaService } from './prisma';\nexport class Plant {\n"
        "  constructor(private readonly prisma: PrismaService) {}\n  async plant(given: any[]) {\n",
    ),
}
ENDS = {"laravel": "\n}}\n", "prisma": "\n  }\n}\n"}


def told_loops(code):
    """The loops that read once for each, by file and line: whether it is sure."""
    found = {}
    for one in repeated(Flow(code)):
        if one.query.does == "read":
            key = (one.place.path, one.loop)
            found[key] = found.get(key, False) or is_sure(one)
    return found


def told_queries(code):
    """The queries that lack an index, by file and line: whether it may be major."""
    found = {}
    for one in look(AuditSubject(code), "performance.missing-index").findings:
        for spot in one.spots:
            if spot.said.startswith("asks by"):
                key = (spot.file, spot.line)
                found[key] = found.get(key, False) or one.severity == "major"
    return found


def told_routes(code):
    """The routes whose answers could be kept, by file and line, each as told."""
    found = look(AuditSubject(code), "performance.cacheable").findings
    return {(one.spots[0].file, one.spots[0].line): True for one in found}


SORTS = {"loops": ("query_labels.jsonl", "repeats", told_loops),
         "no index": ("index_labels.jsonl", "lacks", told_queries),
         "cache": ("cache_labels.jsonl", "keeps", told_routes)}  # fmt: skip
NEAR = 4  # lines that a label and what is told of one statement may be apart


def planted(plant):
    """Whether a planted function is said to repeat a query, and whether surely."""
    path, head = PLACES[plant["framework"]]
    body = plant["body"]
    if plant["framework"] in {"django", "sqlalchemy"}:
        body = "\n".join(f"    {line}" for line in body.splitlines())
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for file in (SHOP / plant["framework"]).rglob("*.*"):
            to = root / file.relative_to(SHOP / plant["framework"])
            to.parent.mkdir(parents=True, exist_ok=True)
            to.write_bytes(file.read_bytes())
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(head + body + ENDS.get(plant["framework"], "\n"), encoding="utf-8")
        found = told_loops(rebuild(root))
    of_place = [sure for (file, _), sure in found.items() if file == path]
    return any(of_place), bool(of_place)


def row(name, outcomes):
    """Numbers of outcomes, each (labelled, surely told, told)."""

    def share(part, whole):
        return sum(part) / whole if whole else float("nan")

    wanted = sum(one[0] for one in outcomes)
    return {
        "project": name,
        "labels": len(outcomes),
        "so": wanted,
        "told": sum(one[1] for one in outcomes),
        "precision": share(
            [one[0] and one[1] for one in outcomes], sum(one[1] for one in outcomes)
        ),
        "recall": share([one[0] and one[1] for one in outcomes], wanted),
        "all prec.": share(
            [one[0] and one[2] for one in outcomes], sum(one[2] for one in outcomes)
        ),
        "all recall": share([one[0] and one[2] for one in outcomes], wanted),
    }


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("clones", type=Path)
    parser.add_argument("repos", nargs="*")
    parser.add_argument("--wrong", action="store_true", help="names each label that is not met")
    options = parser.parse_args()
    rows, planted_ones = planted_rows(options.wrong)
    by_hand = []
    for sort in SORTS:
        every = []
        rows += labelled_rows(options, sort, every)
        rows += [row(f"{sort}, by hand", every)] if every else []
        by_hand += every
    rows += [row("all by hand", by_hand), row("planted and by hand", planted_ones + by_hand)]
    print_table(rows)


def planted_rows(names_wrong):
    """The numbers of planted functions, by framework and of all; and the outcome of each."""
    by_framework = {}
    for plant in read_lines(HERE / "query_plants.jsonl"):
        outcome = (plant["repeats"], *planted(plant))
        by_framework.setdefault(plant["framework"], []).append(outcome)
        if names_wrong and outcome[0] != outcome[1]:
            print(plant["framework"], repr(plant["body"]), outcome)
    rows = [row(f"planted, {name}", found) for name, found in sorted(by_framework.items())]
    every = [one for found in by_framework.values() for one in found]
    return [*rows, row("planted", every)], every


def labelled_rows(options, sort, every):
    """The numbers of each labelled project; their outcomes are added to `every`."""
    name, wanted, tell = SORTS[sort]
    labels = {}
    for label in read_lines(HERE / name):
        if not options.repos or label["repo"].rpartition("/")[2] in options.repos:
            key = (label["framework"], label["repo"], label["commit"])
            labels.setdefault(key, []).append(label)
    for (framework, repo, commit), own in sorted(labels.items()):
        clone = options.clones / repo.rpartition("/")[2]
        if not clone.exists():
            print(f"{repo} is not in {options.clones}", file=sys.stderr)
            continue
        told = tell(read_once(clone, commit))
        files = {one["file"] for one in own}
        known = {(one["file"], one["line"]) for one in own}
        outcomes = []
        for one in own:
            key = (one["file"], one["line"])
            if sort == "no index":
                apart = {each: abs(each[1] - key[1]) for each in told if each[0] == key[0]}
                near = [each for each, lines in apart.items() if lines <= NEAR]
                key = min(near, key=apart.get, default=key)
            outcomes.append((one[wanted], told.get(key, False), key in told))
            if options.wrong and one[wanted] != told.get(key, False):
                print(f"{one['file']}:{one['line']} {outcomes[-1]}")
        for key, sure in sorted(told.items()) if options.wrong else ():
            if key[0] in files and key not in known:
                print(f"not labelled: {key[0]}:{key[1]}{'' if sure else ' (less sure)'}")
        every += outcomes
        print(f"{sort}: {repo} is done", file=sys.stderr, flush=True)
        yield row(f"{sort}: {framework} {repo}", outcomes)


@cache
def read_once(clone, commit):
    """A project at a commit, for all sorts of labels."""
    return code_at(Repository(clone), commit, {}, {})


if __name__ == "__main__":
    main()
