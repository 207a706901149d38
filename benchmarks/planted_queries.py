"""Missing indexes and answers that could be kept, planted into made projects of four frameworks.

    python benchmarks/planted_queries.py [--seeds 3] [--wrong]

Each project is made by a seed: names of tables and columns, the way a query is written, and whether
a handler asks itself or through a service are drawn. Every case has a table and a route of its own.

no index, lacks: a column that nothing leads to, two of them, the second of an index of two.
Look-alikes that must not be told: an indexed, a unique and a primary column, a foreign key, the
first of an index of two, an index that is declared apart, one column of two with an index, a flag,
a search by a part of a text, a query that is run by hand.

cache, keeps: what nothing writes, what only they write who have a right. Look-alikes: what anybody
writes or who is signed in does, rows of who asks, what is kept already, a handler that writes too,
users, what needs a right to be seen.

told: of a missing index what may be *major*, against which nothing speaks; of an answer that could
be kept all. all: what is told with `--all`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.common import print_table
from benchmarks.planted_cases import KEEPS, LACKS, drawn, is_of_caches
from benchmarks.planted_elsewhere import laravel, spring
from benchmarks.planted_in_python import django, sqlalchemy
from benchmarks.queries import row
from indexer.code.code_reader import forget, rebuild
from memory.code.findings.auditing import look
from memory.code.findings.rule import AuditSubject

MAKERS = {"django": django, "sqlalchemy": sqlalchemy, "laravel": laravel, "spring": spring}


def outcomes(framework: str, seed: int, *, names_wrong: bool) -> list[tuple[str, bool, bool, bool]]:
    """Of each case: its sort, whether it is so, whether it is told, and whether with `--all`."""
    cases = drawn(seed)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for path, text in MAKERS[framework](cases).items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text, encoding="utf-8")
        forget()
        code = rebuild(root)
    subject = AuditSubject(code)
    missing = look(subject, "performance.missing-index").findings
    tables = {one.parts[0]: one.severity == "major" for one in missing}
    kept = {one.parts[0] for one in look(subject, "performance.cacheable").findings}
    found = []
    for case in cases:
        if is_of_caches(case):
            told = any(one.endswith(f" /{case.noun}") for one in kept)
            found.append(("cache", case.kind in KEEPS, told, told))
        else:
            of_it = [major for name, major in tables.items() if case.noun in name]
            found.append(("no index", case.kind in LACKS, any(of_it), bool(of_it)))
        if names_wrong and found[-1][1] != found[-1][2]:
            print(framework, seed, case, found[-1])
    return found


def main() -> None:
    """Print a row for each framework and sort."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--wrong", action="store_true", help="names each case that is not met")
    options = parser.parse_args()
    every: dict[str, list[tuple[bool, bool, bool]]] = {}
    for framework in MAKERS:
        for seed in range(options.first, options.first + options.seeds):
            for sort, *outcome in outcomes(framework, seed, names_wrong=options.wrong):
                for name in (f"{sort}, {framework}", f"{sort}, ~all"):
                    every.setdefault(name, []).append(tuple(outcome))
    print_table([row(name.replace("~", ""), own) for name, own in sorted(every.items())])


if __name__ == "__main__":
    main()
