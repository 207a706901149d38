"""Refactorings from git: which are found, which of them are some, how fast, and who is crowded out.

    python benchmarks/history.py recall LIST=REPOSITORY ...
    python benchmarks/history.py sample REPOSITORY ... [-n 50] [--seed 1]
    python benchmarks/history.py speed REPOSITORY ...
    python benchmarks/history.py crowding FOLDER PROJECT=REPOSITORY ... [--work DIR]

LIST is a JSON lines file of commits that should be found, each with its `commit` and `subject`;
REPOSITORY a git directory or a worktree. FOLDER holds `corpus/PROJECT/FILE` and
`dev_known_item.jsonl`, as for quality.py: each project's questions are asked over its records
alone, and again with the refactorings of its repository beside them.
"""

from __future__ import annotations

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.common import print_table, read_lines, timed
from benchmarks.quality import document_of, score
from indexer.git.log import Commit, CommitLog
from indexer.git.repository import Repository
from indexer.history.commit_classifier import CommitClass, classify
from indexer.history.history_reader import read_history
from indexer.history.refactoring_drafts import draft_of
from indexer.project import open_project
from indexer.source_paths import is_code
from memory.api import ArchMem
from memory.ledger.sqlite.connection import open_ledger
from memory.models.answer import Answer

TOP = 5  # of an answer, which is what people read


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    modes = parser.add_subparsers(required=True)
    recall = modes.add_parser("recall")
    recall.add_argument("pairs", nargs="+", type=pair)
    recall.set_defaults(run=lambda options: measure_recall(options.pairs))
    sample = modes.add_parser("sample")
    sample.add_argument("repositories", nargs="+", type=Path)
    sample.add_argument("-n", type=int, default=50)
    sample.add_argument("--seed", type=int, default=1)
    sample.set_defaults(run=lambda options: print_sample(**vars(options)))
    speed = modes.add_parser("speed")
    speed.add_argument("repositories", nargs="+", type=Path)
    speed.set_defaults(run=lambda options: measure_speed(options.repositories))
    crowding = modes.add_parser("crowding")
    crowding.add_argument("folder", type=Path)
    crowding.add_argument("pairs", nargs="+", type=pair)
    crowding.add_argument("--work", type=Path, help="where stores are kept between runs")
    crowding.set_defaults(run=measure_crowding)
    options = parser.parse_args()
    options.run(options)


def pair(text: str) -> tuple[str, Path]:
    name, _, path = text.partition("=")
    return name, Path(path)


def measure_recall(pairs: list[tuple[str, Path]]) -> None:
    """How many commits of each list are found, of all and of those that changed code."""
    rows = []
    for name, repository in pairs:
        wanted = {one["commit"] for one in read_lines(Path(name))}
        commits = [one for one in history(repository) if one.hash in wanted]
        code = [one for one in commits if any(is_code(change.path) for change in one.changes)]
        rows.append(
            {
                "list": Path(name).stem,
                "listed": len(wanted),
                "in the history": len(commits),
                "found": sum(map(is_found, commits)),
                "recall": sum(map(is_found, commits)) / len(commits),
                "with code": len(code),
                "recall of these": sum(map(is_found, code)) / len(code),
            }
        )
        for commit in code:
            if not is_found(commit):
                print(f"missed {commit.hash[:12]} {commit.subject}")
    print_table(rows)


def print_sample(repositories: list[Path], n: int, seed: int, **_: object) -> None:
    """Some that were found, as they are kept, to be read."""
    found = [
        (repository, commit, verdict)
        for repository in repositories
        for commit in history(repository)
        if (verdict := classify(commit)) is not CommitClass.NO
    ]
    chosen = random.Random(seed).sample(found, min(n, len(found)))
    for number, (repository, commit, verdict) in enumerate(chosen, start=1):
        draft = draft_of(commit, verdict, ())
        body = "\n    ".join(draft.body.splitlines()[:12])
        print(
            f"{number}. {repository.parent.name} {commit.hash[:12]} {verdict.name}: {draft.title}"
        )
        print(f"    {', '.join(draft.modules)}\n    {body}\n")
    print(f"{len(chosen)} of {len(found)}")


def measure_speed(repositories: list[Path]) -> None:
    """Seconds to read a whole history into an empty ledger, and to find nothing new in it."""
    rows = []
    for repository in repositories:
        with tempfile.TemporaryDirectory() as folder:
            ledger = open_ledger(Path(folder) / "memory.db", create=True)
            read = partial(read_history, ledger, repository)
            first, seconds = timed(read)
            _, again = timed(read)
            ledger.close()
        rows.append(
            {
                "repository": repository.parent.name,
                "commits": first.commits,
                "refactorings": first.total,
                "reverted": first.reverted,
                "seconds": seconds,
                "s/10,000": seconds * 10_000 / first.commits,
                "again": again,
            }
        )
    print_table(rows)


def measure_crowding(options: argparse.Namespace) -> None:
    """What search finds of a project's records alone, and with its refactorings beside them."""
    rows = []
    questions = read_lines(options.folder / "dev_known_item.jsonl")
    with tempfile.TemporaryDirectory() as scratch:
        for name, repository in options.pairs:
            asked = [one for one in questions if one["relevant"][0].startswith(f"{name}/")]
            work = (options.work or Path(scratch)) / name
            with prepared(options.folder, name, repository, work) as memory:
                memory.index()
                before = [memory.search(one["query"], limit=100) for one in asked]
                memory.index(history=True)
                after = [memory.search(one["query"], limit=100) for one in asked]
                records = len(memory.list()) - derived(memory)
                rows.append(row(name, records, derived(memory), asked, before, after))
                for question, old, new in zip(asked, before, after, strict=True):
                    tell_change(question["query"], old, new)
    print_table(rows)


def row(
    name: str,
    records: int,
    refactorings: int,
    asked: list[dict],
    before: list[Answer],
    after: list[Answer],
) -> dict:
    old = score([(one, ids(answer)) for one, answer in zip(asked, before, strict=True)])
    new = score([(one, ids(answer)) for one, answer in zip(asked, after, strict=True)])
    pushed = sum(len(top(one) - top(other)) for one, other in zip(before, after, strict=True))
    return {
        "project": name,
        "records": records,
        "refactorings": refactorings,
        "questions": len(asked),
        "nDCG before": old["ndcg10"],
        "after": new["ndcg10"],
        "R@5 before": old["r5"],
        "R@5 after": new["r5"],
        "pushed out": pushed / len(asked),
    }


def prepared(folder: Path, name: str, repository: Path, work: Path) -> ArchMem:
    """A worktree of a repository with nothing in it but the project's records."""
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    bare = work / "bare.git"
    subprocess.run(["git", "clone", "-q", "--shared", "--bare", repository, bare], check=True)
    files = work / name
    command = ["git", "-C", bare, "worktree", "add", "-q", "--no-checkout", files, "HEAD"]
    subprocess.run(command, check=True)
    records = files / name / "docs" / "adr"
    shutil.copytree(folder / "corpus" / name, records)
    return open_project(files, store=work / "store")


def ids(answer: Answer) -> list[str]:
    """What was found: records by their file, refactorings by their uid."""
    return [
        document_of(hit.memory.path) if hit.memory.path else hit.memory.uid for hit in answer.hits
    ]


def derived(memory: ArchMem) -> int:
    return sum(one.memory.revision.source.trust == "derived" for one in memory.list())


def top(answer: Answer) -> set[str]:
    """The records among the first few hits."""
    return {document_of(hit.memory.path) for hit in answer.hits[:TOP] if hit.memory.path}


def tell_change(question: str, before: Answer, after: Answer) -> None:
    print(f"\n{question}")
    for old, new in zip(before.hits[:TOP], after.hits[:TOP], strict=False):
        mark = "+" if new.memory.path is None else " "
        print(f"  {old.memory.title[:56]:<58}{mark} {new.memory.title[:70]}")


def history(repository: Path) -> list[Commit]:
    return list(CommitLog(Repository(repository), ["--no-merges", "HEAD"]))


def is_found(commit: Commit) -> bool:
    return classify(commit) is not CommitClass.NO


if __name__ == "__main__":
    main()
