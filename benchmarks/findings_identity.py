"""Whether findings keep their identity when code only moves: lines, formatting, names of files.

Each clone is copied, changed in ways after which nothing is better or worse than before, and
audited against the commit before. Nothing may be new, nothing fixed; what is, is counted and named.

    python benchmarks/findings_identity.py CLONE ...
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.common import print_table
from indexer.project import open_project
from memory.verbs.code_facts import known_code

if TYPE_CHECKING:
    from collections.abc import Callable

    from memory.api import ArchMem

_ENDINGS = (".py", ".php", ".ts", ".js", ".java", ".go")
_EVERY = 5  # of the files that nobody imports, every fifth gets another name


def git(root: Path, *words: str) -> None:
    """Run git in a clone, as nobody in particular."""
    who = ("-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false")
    subprocess.run(["git", "-C", str(root), *who, *words], check=True, capture_output=True)


def each_file(root: Path, memory: ArchMem, change: Callable[[str, str], str]) -> None:
    """Give every file of code that was read the text that `change(path, text)` is."""
    for path in known_code(memory).base.files:
        if path.endswith(_ENDINGS):
            text = (root / path).read_bytes().decode("utf-8", "surrogateescape")
            changed = change(path, text)
            (root / path).write_bytes(changed.encode("utf-8", "surrogateescape"))


def moved_down(root: Path, memory: ArchMem) -> None:
    """Five empty lines above everything; in PHP below its first line."""

    def change(path: str, text: str) -> str:
        first, mark, rest = text.partition("\n")
        return f"{first}{mark}\n\n\n\n\n{rest}" if path.endswith(".php") else f"\n\n\n\n\n{text}"

    each_file(root, memory, change)


def indented_twice(root: Path, memory: ArchMem) -> None:
    """Every indentation doubled, strings of several lines included."""
    each_file(root, memory, lambda _, text: re.sub(r"(?m)^([ \t]+)(?=\S)", r"\1\1", text))


def renamed(root: Path, memory: ArchMem) -> None:
    """Another name for some of the files that nothing imports, where no class goes by its file."""
    code = known_code(memory).base
    alone = [
        path
        for path, file in sorted(code.files.items())
        if path.endswith((".py", ".ts", ".js"))
        and not code.needed_by.get(path)
        and not file.is_test
    ]
    for path in alone[::_EVERY]:
        stem, dot, ending = path.rpartition(".")
        if not stem.rpartition("/")[2].startswith("__"):
            git(root, "mv", path, f"{stem}_moved{dot}{ending}")


CHANGES = {"lines moved": moved_down, "indented twice": indented_twice, "files renamed": renamed}


def main() -> None:
    """Print a row for each project and change."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clones", nargs="+", type=Path)
    rows = []
    for clone in parser.parse_args().clones:
        for name, change in CHANGES.items():
            with tempfile.TemporaryDirectory() as folder:
                root = Path(folder) / "clone"
                git(Path(folder), "clone", "-q", str(clone.resolve()), str(root))
                with open_project(root, create=True) as memory:
                    before = memory.audit(everything=True)
                    change(root, memory)
                    git(root, "add", "-A")
                    git(root, "commit", "-qm", name)
                    after = memory.audit(since="HEAD~1", everything=True)
            new, fixed = len(after.new), len(after.fixed)
            row = {"project, change": f"{clone.name}, {name}", "findings": len(before.findings)}
            rows.append(row | {"told as new": new, "told as fixed": fixed})
            for one in (*after.fixed, *(one for one in after.findings if one.id in after.new)):
                print(f"  {clone.name}, {name}: {one.id} {one.message[:90]}", file=sys.stderr)
    print_table(rows)


if __name__ == "__main__":
    main()
