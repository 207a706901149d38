"""How long it takes to know the code of a project, and to know it again.

    python benchmarks/code_speed.py PROJECT...

first: from nothing, all of it kept; kept: by a new process from what was kept; unchanged: asked
again; inside: one file changed within; offers: one file offers a name more, so that all edges are
drawn anew; impact p95: of 200 symbols and files. Projects are copied before a file is changed.
"""

from __future__ import annotations

import argparse
import gc
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
gc.set_threshold(100_000)  # as `main` does, before anything is imported

from benchmarks.common import megabytes, print_table, quantile, resident_mb, timed
from indexer.code.code_reader import forget
from indexer.project import open_project

ASKED = 200
SETTLED = 2.1  # seconds after which a file that is as it was is not read again


def measure(source):
    """A row for one project."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / source.name
        shutil.copytree(source, root, symlinks=True, ignore=shutil.ignore_patterns(".archmem"))
        with open_project(root) as memory:
            read = lambda: memory.session.project.code(memory.ledger)  # noqa: E731
            code, first = timed(read)
            forget()
            _, kept = timed(read)
            time.sleep(SETTLED)
            read()
            _, unchanged = timed(read)
            inside, offers = _edits(root, code, read)
            times = [timed(lambda name=name: memory.impact(name))[1] for name in _names(code)]
            size = megabytes(memory.folder)
    lines = sum(file.lines for file in code.files.values())
    return {
        "project": source.name,
        "files": len(code.files),
        "lines": lines,
        "first": first,
        "a 100k lines": first / lines * 100_000,
        "kept": kept,
        "unchanged": unchanged,
        "inside": inside,
        "offers": offers,
        "impact p95": quantile(times, 0.95),
        "MB": resident_mb(),
        "MB kept": size,
    }


def _edits(root, code, read):
    """Medians of five edits within a file, and of five that add a definition."""
    paths = random.Random(1).sample([p for p, f in code.files.items() if f.lines > 100], 5)
    seconds = {"pass\n": [], "class Added{}: ...\n": []}
    for text, taken in seconds.items():
        for number, path in enumerate(paths):
            with (root / path).open("a", encoding="utf-8") as file:
                file.write("\n" + text.format(number))
            taken.append(timed(read)[1])
    return [quantile(taken, 0.5) for taken in seconds.values()]


def _names(code):
    chosen = random.Random(1)
    tops = [place for place in code.symbols if "." not in place.symbol]
    places = chosen.sample(tops, min(ASKED * 3 // 4, len(tops)))
    return [code.called(one) for one in places] + chosen.sample(sorted(code.files), ASKED // 4)


def main():
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("projects", nargs="+", type=Path)
    print_table(measure(one) for one in parser.parse_args().projects)


if __name__ == "__main__":
    main()
