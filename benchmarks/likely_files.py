"""How often a task's likely files are those that its change touched, replayed on real history.

    python benchmarks/likely_files.py CLONE... [--changes 400]

The code, and what was merged before, are those of so many changes ago. A task is the first line of
a change that came to the main line since, without its number and a prefix such as "fix:"; the files
sought are those of code, tests and migrations apart, that it changed and that were there; of
changes with more than 20 nothing is asked. Told is the share of tasks that have a list at all;
holds one, that a list of six has one of the files; recall, how many of the files, or of six, are in
it; precision, how much of a list they are. Beside it by the same rules: what `coordinate` takes a
task to name, the most-changed files, names alone.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.common import print_table
from indexer.code.code_at_commit import code_at
from indexer.code.merged import changes_to
from indexer.git.repository import Repository
from memory.code.likely_files import likely_files
from memory.code.past_changes import PastChanges
from memory.coordination.scoping import about_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from memory.code.codebase import CodeBase

MOST = 6  # files of a list
MOST_CHANGED = 20  # files of a change that is asked of
_NUMBER = re.compile(r"\s*\(#\d+\)$")
_PREFIX = re.compile(r"^\w+(?:\([\w./ -]+\))?!?:\s*")


def tasks(changes: PastChanges, code: CodeBase) -> Iterator[tuple[str, set[str]]]:
    """First lines with the files of code that were changed for them."""
    for one in changes.changes:
        own = {path for path in one.paths if path in code.names_of}
        if 0 < len(own) <= MOST_CHANGED:
            yield _PREFIX.sub("", _NUMBER.sub("", one.subject)), own


def lists(code: CodeBase, past: PastChanges, task: str, churn: list[str]) -> dict[str, list[str]]:
    """By method the files that are told."""
    about = about_of(code, task, "")
    named = [place.path for _, place in about.places]
    named += [*about.files, *(one.file for one in (*about.tables, *about.routes))]
    found = {
        "likely files": likely_files(code, past, task, MOST),
        "names alone": likely_files(code, None, task, MOST),
    }
    told = {name: [one.path for one in files] for name, files in found.items()}
    return told | {
        "what it names": [one for one in dict.fromkeys(named) if one in code.names_of],
        "most changed": churn,
    }


def replay(clone: Path, since: int) -> tuple[int, dict[str, Counter[str]]]:
    """How many tasks there were, and by method the sums of what is told of them."""
    repository = Repository(clone)
    tip = repository.commit_of("HEAD")
    then = repository.ask(
        "rev-list", "--first-parent", "--max-count=1", f"--skip={since}", tip
    ).strip()
    code = code_at(repository, then, {}, {})
    past = changes_to(repository, then)
    known = {one.commit for one in past.changes}
    later = [one for one in changes_to(repository, tip).changes if one.commit not in known]
    counts = Counter(path for one in past.changes for path in one.paths if path in code.names_of)
    churn = [path for path, _ in counts.most_common(MOST)]
    sums: dict[str, Counter[str]] = {}
    asked = list(tasks(PastChanges(later), code))
    for task, own in asked:
        for name, files in lists(code, past, task, churn).items():
            hits = len(own & {*files[:MOST]})
            counted = sums.setdefault(name, Counter())
            counted["told"] += bool(files)
            counted["holds one"] += hits > 0
            counted["recall"] += hits / min(len(own), MOST)
            counted["precision"] += hits / len(files[:MOST]) if files else 0
            counted["first"] += bool(files) and files[0] in own
    return len(asked), sums


def main() -> int:
    reader = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    reader.add_argument("clones", nargs="+", type=Path, metavar="CLONE")
    reader.add_argument("--changes", type=int, default=400)
    options = reader.parse_args()
    for clone in options.clones:
        count, sums = replay(clone, options.changes)
        print(f"\n{clone.name}: {count} tasks")
        print_table(
            {
                "method": name,
                **{one: of[one] / count for one in ("told", "holds one", "recall")},
                **{one: of[one] / max(of["told"], 1) for one in ("precision", "first")},
            }
            for name, of in sums.items()
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
