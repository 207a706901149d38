"""How true, how cited and how honest the answers of `coordinate` are, and how fast.

    python benchmarks/coordination.py FOLDER [--show] [--time AM]

FOLDER holds clones of projects of `coordination_requests.jsonl`, all or some, in which nothing is
indexed but code. Of each answer some statements are drawn by a seed, of every part of it in turn;
`coordination_labels.jsonl` says of each whether it is true, judged by reading the code it cites
(`note` says why not). `first look` is the share of what was drawn that was true before anything
was mended for that project (`look` in its labels); of the first four projects nobody wrote it down.
`cited` is the share of all statements that cite something which is there:
a file with that line, a commit, a finding, or a formula. `unknown` is the share of what the
requests' authors wrote down before as not to be told by code that the answer names as unknown.
`--show` prints what was drawn with the code, for labelling; `--time` runs the
command AM as a whole process, warm, instead.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.common import print_table, quantile, read_lines
from indexer.project import open_project
from memory.models.coordination import Request

HERE = Path(__file__).parent
REQUESTS = read_lines(HERE / "coordination_requests.jsonl")
DRAWN = 14  # statements of a request
AROUND = 4  # lines of code around a place that are shown
RUNS = 3  # of each request, when it is timed
LISTS = "current_state breaks_immediately degrades routes tables tests governed_by".split()
_PLACE = re.compile(r"(.+):(\d+)")


def statements(said):
    """What an answer states, as (part, text, citations)."""
    lists = {name: said[name] for name in LISTS}
    lists |= {part["title"]: part["statements"] for part in said["worked_out"]}
    lists |= {f"plan: {phase['name']}": phase["steps"] for phase in said["migration_plan"]}
    extraction = said["extraction"] or {"services": [], "cuts": []}
    lists["cuts"] = extraction["cuts"]
    lists["risks"] = [one | {"text": one["risk"]} for one in said["risks"]]
    for part, own in lists.items():
        for one in own:
            yield part, one["text"], one["citations"]
    for service in extraction["services"]:
        yield from of_service(service)
    if effort := said["effort"]:
        numbers = {name: effort[name] for name in ("changes", "basis", "files", "commits", "days")}
        yield "effort", json.dumps(numbers), effort["citations"]


def of_service(service):
    """What an answer states of one service."""
    name = service["name"]
    for one in service["routes"]:
        yield "service: routes", f"{name} serves {one['text']}", one["citations"]
    for table in service["tables"]:
        place = f"{table['file']}:{table['line']}"
        yield "service: tables", f"{name} owns {table['table']}", [place]
        for one in (*table["others"], *table["keys"]):
            yield "service: shared tables", one["text"], one["citations"]
    for one in service["foreign_tables"]:
        yield "service: foreign tables", f"{name}: {one['text']}", one["citations"]
    for one in service["published"]:
        users = ", ".join(f"{part} {count}" for part, count in one["users"].items())
        where = [f"{one['file']}:{one['line']}", *one["places"]]
        yield "service: contract", f"{one['name']} of {name} is used by {users}", where


def drawn(told):
    """Some statements, of every part in turn."""
    chance = random.Random(7)
    parts = {}
    for one in told:
        parts.setdefault(one[0], []).append(one)
    for own in parts.values():
        chance.shuffle(own)
    found = []
    while len(found) < DRAWN and any(parts.values()):
        for own in parts.values():
            if own and len(found) < DRAWN:
                found.append(own.pop())
    return found


def key_of(request, one):
    """What a label is found by: it is of another statement once that says something else."""
    said = json.dumps([request["project"], request["query"], *one])
    return hashlib.blake2b(said.encode(), digest_size=6).hexdigest()


def is_cited(clone, citations, ids):
    """Whether a citation is there, and says where something stands that is there."""
    return any(_is_there(clone, one, ids) for one in citations)


def _is_there(clone, citation, ids):
    if citation.startswith("formula: ") or citation in ids:
        return True
    if found := _PLACE.fullmatch(citation):
        path = clone / found[1]
        return path.is_file() and int(found[2]) <= len(path.read_bytes().splitlines()) + 1
    shown = subprocess.run(
        ["git", "-C", clone, "cat-file", "-e", f"{citation}^{{commit}}"],
        capture_output=True,
        check=False,
    )
    return shown.returncode == 0 or (clone / citation).exists()


def show(clone, request, told):
    """Print what was drawn with the code that it cites."""
    for one in drawn(told):
        part, text, citations = one
        print(f"\n### {key_of(request, one)} [{part}] {text}")
        for citation in citations[:4]:
            print(f"   = {citation}")
            if (found := _PLACE.fullmatch(citation)) and (clone / found[1]).is_file():
                lines = (clone / found[1]).read_text("utf-8", "replace").splitlines()
                line = int(found[2])
                for number in range(max(1, line - 2), min(len(lines), line + AROUND) + 1):
                    print(f"   {number:5} {lines[number - 1][:150]}")


def projects_in(folder):
    """The projects that are asked about and of which there is a clone."""
    names = dict.fromkeys(one["project"] for one in REQUESTS)
    return [name for name in names if (folder / name).is_dir()]


def answers(folder):
    """Each request with its clone, its answer and the ids of findings."""
    with tempfile.TemporaryDirectory() as scratch:
        for name in projects_in(folder):
            clone = folder / name
            with open_project(clone, store=Path(scratch) / name) as project:
                ids = {one.id for one in project.audit(everything=True).findings}
                for request in REQUESTS:
                    if request["project"] == name:
                        asked = Request(query=request["query"], context=request.get("context", {}))
                        said = project.coordinate(asked).model_dump(mode="json", by_alias=True)
                        yield clone, request, said, ids


def judge(folder):
    judged = read_lines(HERE / "coordination_labels.jsonl")
    labels = {one["key"]: one["true"] for one in judged if "look" not in one}
    first = {}
    for one in judged:
        if "look" in one:
            for name in (one["project"], "all"):
                first.setdefault(name, []).append(one["true"])
    rows = {}
    for clone, request, said, ids in answers(folder):
        told = list(statements(said))
        row = rows.setdefault(
            request["project"],
            dict.fromkeys(
                (
                    "requests",
                    "statements",
                    "cited",
                    "drawn",
                    "labelled",
                    "true",
                    "asked",
                    "unknown",
                ),
                0,
            ),
        )
        row["requests"] += 1
        row["statements"] += len(told)
        row["cited"] += sum(is_cited(clone, one[2], ids) for one in told)
        some = [labels.get(key_of(request, one)) for one in drawn(told)]
        row["drawn"] += len(some)
        row["labelled"] += sum(one is not None for one in some)
        row["true"] += sum(one is True for one in some)
        row["asked"] += len(request["unknown"])
        row["unknown"] += sum(
            any(wanted in one for one in said["unknown"]) for wanted in request["unknown"]
        )
    rows["all"] = {
        name: sum(row[name] for row in rows.values()) for name in next(iter(rows.values()))
    }
    for name, row in rows.items():
        yield {
            "project": name,
            "requests": row["requests"],
            "statements": row["statements"],
            "cited": row["cited"] / row["statements"],
            "first look": sum(first[name]) / len(first[name]) if name in first else "-",
            "drawn": row["drawn"],
            "labelled": row["labelled"],
            "true": row["true"] / row["labelled"] if row["labelled"] else float("nan"),
            "unknown": row["unknown"] / row["asked"],
        }


def timed_processes(folder, command):
    """Whole processes, warm: seconds of the clock."""
    for name in projects_in(folder):
        taken = []
        for request in REQUESTS:
            if request["project"] == name:
                line = [*command.split(), "coordinate", "--query", request["query"], "--json"]
                subprocess.run(line, cwd=folder / name, check=True, capture_output=True)
                for _ in range(RUNS):
                    began = time.perf_counter()
                    subprocess.run(line, cwd=folder / name, check=True, capture_output=True)
                    taken.append(time.perf_counter() - began)
        yield {
            "project": name,
            "runs": len(taken),
            "p50_s": quantile(taken, 0.5),
            "p95_s": quantile(taken, 0.95),
        }


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--time", metavar="AM")
    asked = parser.parse_args()
    if asked.show:
        for clone, request, said, _ in answers(asked.folder):
            print(f"\n\n######## {request['project']}: {request['query']}")
            print("unknown:", *said["unknown"], sep="\n  ")
            show(clone, request, list(statements(said)))
    elif asked.time:
        print_table(timed_processes(asked.folder, asked.time))
    else:
        print_table(judge(asked.folder))


if __name__ == "__main__":
    main()
