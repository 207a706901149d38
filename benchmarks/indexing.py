"""What indexing costs: real projects from nothing, and a tree in which little or nothing changed.

    python benchmarks/indexing.py FOLDER [--limit N] [--files 1000] [--json]

FOLDER holds `corpus/PROJECT/FILE`. First each project's files (`--limit` of each, for a quick
look) are put into a `docs/adr` folder and indexed into a new store, as a user's would be:
`seconds` are those of the whole run, opening the model and reading the files included, `encoder`
is the share of them that the model took.

Then a tree of --files short decision records, made of sentences of the corpus, is indexed once,
and again after each of these: nothing happened; one file was touched; one was edited. `open` opens
the project and indexes it in this process, `process` is a new one from its start to its end, and
`walk` the floor: nothing but os.walk and stat over the same tree.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.common import make_folder, print_table, quantile, timed
from indexer.project import open_project
from memory.models.report import IndexReport
from memory.retrieval.embedding import load_embedder

TIMES = 5  # each run on the tree is repeated, and its median given
INDEX = """
import sys
from indexer.project import open_project
with open_project(sys.argv[1]) as project:
    project.index()
"""


def main() -> None:
    options = read_options()
    load_embedder()  # a model that has yet to be compiled is not what is measured
    corpus = options.folder / "corpus"
    with tempfile.TemporaryDirectory() as scratch:
        projects = [
            index_project(folder, Path(scratch) / folder.name, options.limit)
            for folder in sorted(corpus.iterdir())
        ]
        tree = make_tree(corpus, Path(scratch) / "tree", options.files)
        runs = index_tree(tree)
    projects.append(in_all(projects))
    if options.json:
        print(json.dumps({"projects": projects, "tree": runs}))
        return
    print_table(projects)
    print(f"\nA tree of {options.files} files, seconds")
    print_table(runs)


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--limit", type=int, help="files of each project")
    parser.add_argument("--files", type=int, default=1000, help="in the tree that changes little")
    parser.add_argument("--json", action="store_true", help="print one object")
    return parser.parse_args()


def index_project(source: Path, target: Path, limit: int | None) -> dict[str, Any]:
    """A project made of these files, indexed from nothing."""
    files = sorted(source.iterdir())[:limit]
    records = make_folder(target / "docs" / "adr")
    for path in files:
        shutil.copy2(path, records)
    with open_project(target) as project:
        report = project.index()
        return row(source.name, len(files), project.status().passages, report)


def row(name: str, files: int, passages: int, report: IndexReport) -> dict[str, Any]:
    return {
        "project": name,
        "files": files,
        "passages": passages,
        "seconds": report.seconds,
        "encoder_s": report.encoder_seconds,
        "encoder": report.encoder_seconds / report.seconds,
        "passages/s": passages / report.seconds,
        "problems": len(report.problems),
    }


def in_all(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The sums of all projects, and the shares that follow from them."""
    summed = {name: sum(row[name] for row in rows) for name in rows[0] if name != "project"}
    return {
        "project": "all",
        **summed,
        "encoder": summed["encoder_s"] / summed["seconds"],
        "passages/s": summed["passages"] / summed["seconds"],
    }


def make_tree(corpus: Path, root: Path, count: int) -> Path:
    """A project of so many decision records, each with a sentence of its own."""
    sentences: dict[str, None] = {}
    for path in sorted(corpus.glob("*/*")):
        text = path.read_text("utf-8", "replace")
        sentences |= dict.fromkeys(re.findall(r"^[A-Z][\w ,'-]{60,120}\.", text, re.MULTILINE))
    folder = make_folder(root / "docs" / "adr")
    for number, sentence in zip(range(1, count + 1), cycle(list(sentences)), strict=False):
        title = " ".join(sentence.split()[:6])
        text = f"# {number}. {title}\n\n## Status\n\nAccepted\n\n## Decision\n\n{sentence}\n"
        (folder / f"{number:04}-made.md").write_text(text, "utf-8")
    return root


def cycle(values: Sequence[str]) -> Any:
    """The values, and then over again with a number that makes them others."""
    yield from values
    yield from (f"{value} Again, {turn}." for turn in range(1, 1000) for value in values)


def index_tree(root: Path) -> list[dict[str, Any]]:
    """Seconds of the first index of a tree, and of those after each small change."""
    last = sorted((root / "docs" / "adr").iterdir())[-1]
    changes: dict[str, Callable[[], Any]] = {
        "unchanged": lambda: None,
        "one touched": lambda: os.utime(last),
        "one edited": lambda: last.write_text(last.read_text("utf-8") + "More.\n", "utf-8"),
    }
    command = [sys.executable, "-c", INDEX, root]
    walk = quantile([timed(lambda: walk_and_stat(root))[1] for _ in range(TIMES)], 0.5)
    report, seconds = timed(lambda: index(root))
    rows = [tree_row("first", report, seconds, "", walk)]
    for name, change in changes.items():
        report, here = after(change, lambda: index(root))
        _, there = after(change, lambda: subprocess.run(command, cwd=ROOT, check=True))
        rows.append(tree_row(name, report, here, there, walk))
    return rows


def after(change: Callable[[], Any], run: Callable[[], Any]) -> tuple[Any, float]:
    """What the last of several runs returned, and their median seconds, each after the change."""
    seconds = []
    for _ in range(TIMES):
        change()
        result, took = timed(run)
        seconds.append(took)
    return result, quantile(seconds, 0.5)


def tree_row(name: str, report: IndexReport, here: float, there: Any, walk: float) -> Any:
    return {
        "run": name,
        "unread": report.files_unchanged,
        "read": report.files_read,
        "embedded": report.embedded,
        "open": here,
        "process": there,
        "walk": walk,
        "of walk": here / walk,
    }


def index(root: Path) -> IndexReport:
    with open_project(root) as project:
        return project.index()


def walk_and_stat(root: Path) -> int:
    """The bytes of all files: the least that anyone must look at to see that nothing changed."""
    return sum(
        (Path(folder) / name).stat().st_size for folder, _, names in os.walk(root) for name in names
    )


if __name__ == "__main__":
    main()
