"""What is wrong with a project's files, and stays so until they are looked at again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from memory.ledger.facts import BLIND, find_fact, save_fact
from memory.ledger.files import files_with_problems

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from indexer.scanner import Scan, SeenFile
    from memory.ledger.connection import Ledger
    from memory.models.file import KnownFile


def standing_problems(
    ledger: Ledger, seen: Scan, unchanged: Iterable[SeenFile], known: Mapping[str, KnownFile]
) -> list[str]:
    """The lines about all that was not read in this run.

    After a walk through some paths only, what earlier runs said of all others still stands.

    Args:
        ledger: Where the walk's own problems are kept for the next run.
        seen: What the walk found.
        unchanged: The files that did not have to be read.
        known: What is known of them.
    """
    lines = [known[one.path].problem for one in unchanged]
    blind = [[problem.path, str(problem)] for problem in seen.problems]
    said = find_fact(ledger.db, BLIND) or "[]"
    if seen.only is not None:
        lines += [
            line for path, line in files_with_problems(ledger.db).items() if not seen.covers(path)
        ]
        blind += [[path, line] for path, line in json.loads(said) if not seen.covers(path)]
    if json.dumps(sorted(blind)) != said:
        with ledger.writing() as db:
            save_fact(db, BLIND, json.dumps(sorted(blind)))
    return [
        *(line for some in lines if some for line in some.splitlines()),
        *(line for _, line in blind),
    ]
