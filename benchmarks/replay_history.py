"""Says whether learning makes briefs better on the histories of real projects.

    python benchmarks/replay_history.py --draw CLONE...     writes history_runs.jsonl, by rule
    python benchmarks/replay_history.py CLONE...            replays what was drawn

A run is a change that was merged, its task the first line that says what it is. The records are
those that stood in the tree before the first run, so nothing of a later day is known. What helped
is, by rule, a record that names a file which the change touches: by its path, or by a name that
two files of the tree have at most. Such a record that says today that it is over misled. Runs
that more than five records helped are left out: they touch what everything names. Only hashes
and paths are kept; the words are read from the clone.

The replay is that of `replay.py`: in the order of the runs, with and without what the runs before
taught; the interval of the difference is over runs.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))

from common import print_table, read_lines
from replay import Outcome, compare, finish, offers, share_in

from indexer.project import open_project
from memory.kinds.vocabulary import NO_LONGER_IN_FORCE, Kind

RUNS = Path(__file__).with_name("history_runs.jsonl")
BUDGETS = (1000, 2000)  # tokens
WANTED = 40  # runs of a project
READ = 1500  # commits of the main line, at most
MOST_HELPED, MOST_FILES = 5, 40
SHARED_BY = 2  # files of one name, for the name to mean one of them
NOT_CODE = (".md", ".adoc", ".rst", ".txt", ".json", ".yml", ".yaml", ".toml", ".lock")
_TOKEN = re.compile(r"\w[\w/.-]*\w")
_TELLING = re.compile(r"[a-z][A-Z]|_|-")  # a name that is no word


def git(clone: Path, *arguments: str) -> str:
    """What git says."""
    command = ["git", "-C", str(clone), *arguments]
    return subprocess.run(command, capture_output=True, check=True).stdout.decode(errors="replace")


def main_line(clone: Path) -> list[tuple[str, str, list[str]]]:
    """Commits of the main line, newest first: hash, what it says it does, files."""
    said = git(
        clone, "log", "--first-parent", "-m", "--no-renames", "--name-only",
        "--format=%x1e%H%x1f%s%x1f%b%x1f", "-n", str(READ), "HEAD", "--",
    )  # fmt: skip
    commits = []
    for raw in said.split("\x1e")[1:]:
        commit, subject, body, files = raw.split("\x1f")
        first = next((line.strip() for line in body.splitlines() if line.strip()), "")
        task = first if subject.startswith("Merge ") and first else subject
        commits.append((commit, task, [path for path in files.split("\n") if path]))
    return commits


def at(clone: Path, commit: str, folder: Path) -> Path:
    """A clone of a clone with the files of a commit."""
    git(clone, "clone", "-q", "--no-checkout", str(clone), str(folder))
    git(folder, "checkout", "-q", "-B", "replayed", commit)
    return folder


def decisions(folder: Path, store: Path) -> dict[str, tuple[str, bool]]:
    """The words of each record by its path, and whether it is over."""
    with open_project(folder, store=store) as project:
        project.index(accept_removals=True, should_stop=lambda: True)  # nothing is embedded
        return {
            path: (one.memory.revision.draft.body, one.standing.status in NO_LONGER_IN_FORCE)
            for one in project.list()
            if one.memory.kind is Kind.DECISION and (path := one.memory.path)
        }


def draw(clone: Path, scratch: Path) -> list[dict[str, Any]]:
    """The runs of a project, oldest first."""
    commits = main_line(clone)
    now = decisions(at(clone, "HEAD", scratch / "now"), scratch / "now-store")
    for back in range(300, len(commits) + 300, 300):
        base = commits[min(back, len(commits)) - 1][0]
        shutil.rmtree(scratch / "base", ignore_errors=True)
        shutil.rmtree(scratch / "base-store", ignore_errors=True)
        then = decisions(at(clone, base, scratch / "base"), scratch / "base-store")
        tree = git(clone, "ls-tree", "-r", "--name-only", base).split("\n")
        runs = drawn(commits[: back - 1], then, now, tree)
        if len(runs) >= WANTED:
            break
    return [{"project": clone.name, "base": base, **run} for run in runs[:WANTED][::-1]]


def drawn(commits, then, now, tree) -> list[dict[str, Any]]:
    """The runs among some commits, newest first."""
    named = {path: set(_TOKEN.findall(body)) for path, (body, _) in then.items()}
    stems = Counter(stem(path) for path in tree)
    runs = []
    for commit, _, files in commits:
        code = [path for path in files if not path.endswith(NOT_CODE)]
        if not 1 <= len(code) <= MOST_FILES:
            continue
        about = sorted(
            record
            for record, tokens in named.items()
            if any(names(tokens, path, stems) for path in code)
        )
        misled = [record for record in about if now.get(record, ("", False))[1]]
        helped = [record for record in about if record not in misled]
        if 1 <= len(helped) <= MOST_HELPED:
            runs.append({"commit": commit, "helped": helped, "misled": misled})
    return runs


def names(tokens: set[str], path: str, stems: Counter[str]) -> bool:
    """Whether a record with these tokens names a file."""
    own = stem(path)
    if own in tokens and len(own) >= 6 and _TELLING.search(own) and stems[own] <= SHARED_BY:
        return True
    parts = path.split("/")
    return any("/".join(parts[first:]) in tokens for first in range(len(parts) - 1))


def stem(path: str) -> str:
    """The name of a file without its ending."""
    return path.rpartition("/")[2].partition(".")[0]


def replay_project(
    clone: Path, runs: list[dict[str, Any]], scratch: Path, *, learning: bool
) -> dict[str, list[Outcome]]:
    """What was in reach of each run, in their order."""
    folder = at(clone, runs[0]["base"], scratch / "project")
    tasks = {commit: task for commit, task, _ in main_line(clone)}
    outcomes: dict[str, list[Outcome]] = {}
    with open_project(folder, store=scratch / "store") as project:
        project.index(accept_removals=True)
        uids: dict[str, list[str]] = {}
        for listed in project.list():
            uids.setdefault(listed.memory.path or "", []).append(listed.memory.uid)
        for number, run in enumerate(runs):
            asked = {"task": tasks[run["commit"]], "modules": ()}
            sides = [[uids[path] for path in run[side]] for side in ("helped", "misled")]
            for way, served in offers(project, asked, BUDGETS).items():
                shares = [share_in(served, references) for references in sides]
                outcomes.setdefault(way, []).append(Outcome(shares[0] or 0.0, shares[1]))
            if learning:
                result = {"success": True, "approach": asked["task"]}
                finish(project, {**asked, "result": result}, *sides)
            print(f"\r{clone.name}: {number + 1}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return outcomes


def main() -> None:
    """Draw runs, or replay those that were drawn."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("clones", nargs="+", type=Path)
    parser.add_argument("--draw", action="store_true")
    options = parser.parse_args()
    if options.draw:
        with RUNS.open("w", encoding="utf-8") as out:
            for clone in options.clones:
                with tempfile.TemporaryDirectory() as scratch:
                    runs = draw(clone, Path(scratch))
                out.writelines(json.dumps(run) + "\n" for run in runs)
                print(clone.name, len(runs), sum(bool(run["misled"]) for run in runs))
        return
    sums: tuple[dict[str, list[Outcome]], ...] = ({}, {})
    rows = []
    for clone in options.clones:
        runs = [run for run in read_lines(RUNS) if run["project"] == clone.name]
        ways = []
        for learning in (True, False):
            with tempfile.TemporaryDirectory() as scratch:
                ways.append(replay_project(clone, runs, Path(scratch), learning=learning))
        for total, own in zip(sums, ways, strict=True):
            for way, found in own.items():
                total.setdefault(way, []).extend(found)
        rows += [
            compare(way, ways[0][way], ways[1][way], clone.name, slice(None)) for way in ways[0]
        ]
    rows += [compare(way, sums[0][way], sums[1][way], "all", slice(None)) for way in sums[0]]
    print_table(rows)


if __name__ == "__main__":
    main()
