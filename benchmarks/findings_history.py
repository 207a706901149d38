"""Whether findings keep their identity along a real history: the latest commits, one after another.

    python benchmarks/findings_history.py CLONE ... [--commits 200]

What the rules say of each commit is held against the one before, with the files that git says were
renamed. A finding that is told as new is doubted where all that it points at stood there before,
but for white space and the names of files: then it may be the same one that only moved. So is one
that is told as fixed, where all of it still stands. The doubted ones are named, each to be judged
by reading; what is new because something elsewhere changed (an import that closes a cycle, an index
that was dropped, others that now do it another way) is rightly new.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.common import print_table
from indexer.git.repository import Repository
from indexer.project import open_project
from memory.code.findings.comparing import compare
from memory.code.findings.snapshots import Snapshot, renames

if TYPE_CHECKING:
    from collections.abc import Mapping

    from memory.models.findings import Finding


class Texts:
    """The files of a commit without their white space, read when they are asked for."""

    def __init__(self, repository: Repository, commit: str) -> None:
        self._repository = repository
        self._blobs = {one.path: one.blob for one in repository.tree(commit)}
        self._read: dict[str, list[str]] = {}

    def lines(self, path: str) -> list[str]:
        """The lines of a file; none where it is not there."""
        if path not in self._read:
            blob = self._blobs.get(path, "")
            said = self._repository.blobs([blob]).get(blob, b"") if blob else b""
            lines = said.decode("utf-8", "replace").split("\n")
            self._read[path] = ["".join(one.split()) for one in lines]
        return self._read[path]


def stands_in(one: Finding, here: Texts, there: Texts, paths: Mapping[str, list[str]]) -> bool:
    """Whether all that a finding points at stands in another commit too, as often."""
    wanted: Counter[str] = Counter()
    where: set[str] = set()
    for spot in one.spots:
        lines = here.lines(spot.file)[spot.line - 1 : max(spot.last_line, spot.line)]
        wanted["".join(lines)] += 1
        where.update(paths.get(spot.file, [spot.file]))
    whole = {path: "".join(there.lines(path)) for path in where}
    return all(
        sum(text.count(said) for text in whole.values()) >= times
        for said, times in wanted.items()
        if said
    )


def changed_paths(root: Path, before: str, after: str) -> tuple[dict[str, str], list[str]]:
    """What git says was renamed, and every path that changed."""
    command = ["git", "-C", str(root), "diff", "-M", "--name-status", "-z", before, after]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split("\0")
    moved, changed = {}, []
    at = 0
    while at + 1 < len(said):
        if said[at][:1] == "R":
            moved[said[at + 1]] = said[at + 2]
        step = 3 if said[at][:1] in {"R", "C"} else 2
        changed += said[at + 1 : at + step]
        at += step
    return moved, changed


def walk(clone: Path, commits: int) -> dict[str, Any]:
    """The row of one project; the doubted are named."""
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / clone.name
        subprocess.run(["git", "clone", "-q", str(clone.resolve()), str(root)], check=True)
        with open_project(root, create=True) as memory:
            repository = Repository(root)
            history = memory.session.project.code_history(memory.ledger)
            line = history.main_line(history.head.hash)[-commits - 1 :]
            before: Snapshot | None = None
            for earlier, commit in zip([None, *line], line, strict=False):
                code = history.code_at(commit.hash)
                tokens = history.tokens(code)
                now = Snapshot.of(code, tokens=lambda tokens=tokens: tokens)
                if before is not None and earlier is not None:
                    moved, changed = changed_paths(root, earlier.hash, commit.hash)
                    found = compare(
                        before.findings, now.findings, renames(before.modules, now.modules, moved)
                    )
                    old, new = Texts(repository, earlier.hash), Texts(repository, commit.hash)
                    counts["kept"] += len(found.kept)
                    for what, some, here, there in (
                        ("new", found.new, new, old),
                        ("fixed", found.fixed, old, new),
                    ):
                        counts[f"told as {what}"] += len(some)
                        for one in some:
                            paths = {spot.file: [spot.file, *changed] for spot in one.spots}
                            if stands_in(one, here, there, paths):
                                counts[f"{what}, doubted"] += 1
                                place = f"{one.spots[0].file}:{one.spots[0].line}"
                                said = f"{commit.hash[:10]} {what} {one.id} {place} {one.message}"
                                print(f"  {clone.name} {said[:230]}", file=sys.stderr)
                before = now
    names = ("kept", "told as new", "new, doubted", "told as fixed", "fixed, doubted")
    return {"project": clone.name, "commits": len(line) - 1} | {one: counts[one] for one in names}


def main() -> None:
    """Print a row for each project."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("clones", nargs="+", type=Path)
    parser.add_argument("--commits", type=int, default=200)
    options = parser.parse_args()
    print_table([walk(clone, options.commits) for clone in options.clones])


if __name__ == "__main__":
    main()
