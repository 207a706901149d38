"""What needs itself: cycles among files, folders and modules, tests and type checking left out."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Literal

from memory.code.apart import is_migration
from memory.code.file_modules import OUTSIDE
from memory.code.graph import Graph
from memory.models.code import CycleRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from memory.code.codebase import CodeBase, Edge

MOST_EDGES = 12  # told of one cycle
_REPOSITORY = "Repository.php"  # of Doctrine, which an entity names in its mapping
_LINE = re.compile(r":(\d++) ")  # behind a path, which may have spaces
Level = Literal["file", "folder", "module"]


def binding_imports(code: CodeBase) -> Sequence[Edge]:
    """The imports at run time of which a cycle of modules may be made.

    What a migration imports counts for none: it was written once and stays as it is. So does the
    repository that an entity of Doctrine names, as it has to.
    """
    entities = {one.file for one in code.tables if one.symbol and one.file.endswith(".php")}
    return [
        one
        for one in code.imports_at_run_time
        if not is_migration(one.source.path)
        and not (one.source.path in entities and one.target.path.endswith(_REPOSITORY))
    ]


def imports_between(
    code: CodeBase, edges: Sequence[Edge] | None = None
) -> dict[tuple[str, str], list[Edge]]:
    """The imports of one module by another, by both, a statement once; as above.

    Those of `edges`, or else all at run time.
    """
    found: dict[tuple[str, str], dict[tuple[str, int], Edge]] = {}
    for edge in code.imports_at_run_time if edges is None else edges:
        pair = (code.files[edge.source.path].module, code.files[edge.target.path].module)
        if pair[0] != pair[1]:
            found.setdefault(pair, {}).setdefault((edge.source.path, edge.line), edge)
    return {
        pair: sorted(statements.values(), key=lambda one: (one.source.path, one.line))
        for pair, statements in sorted(found.items())
    }


def find_cycles(
    code: CodeBase, level: Level, edges: Sequence[Edge] | None = None
) -> list[CycleRow]:
    """The strongly connected parts at a level, the largest first.

    Folders are read flat: a file belongs to the nearest one, and a folder and the one in it are
    two. The edges of each begin with those of a shortest ring, in its order.

    Args:
        code: Whose files they are.
        level: Of what there are cycles.
        edges: That count; where they are not given the imports at run time, of modules those that
            bind them.
    """
    if edges is None:
        edges = binding_imports(code) if level == "module" else code.imports_at_run_time
    part = _parts(code, level)
    between = [(part[one.source.path], part[one.target.path]) for one in edges]
    graph = Graph((each for pair in between for each in pair), between)
    rows = []
    for members in graph.cycles():
        inside, ring = set(members), graph.shortest_ring(members)
        told = [
            (pair, f"{edge.source.path}:{edge.line} {pair[0]} -> {pair[1]}")
            for edge, pair in zip(edges, between, strict=True)
            if pair[0] != pair[1] and inside.issuperset(pair)
        ]
        first = dict(reversed(told))
        round_ = [first[pair] for pair in zip(ring, [*ring[1:], *ring[:1]], strict=True)]
        shown = [*round_, *(said for _, said in told if said not in round_)]
        rows.append(CycleRow(level=level, members=tuple(members), edges=tuple(shown[:MOST_EDGES])))
    return rows


def parted(edge: str) -> tuple[str, int, str]:
    """The file, the line and the rest of an edge that a cycle tells."""
    file, line, said = _LINE.split(edge, maxsplit=1)
    return file, int(line), said


def file_names(code: CodeBase) -> dict[str, str]:
    """What each file is called: its name, or its path where another has that name as well."""
    times = Counter(file.name for file in code.files.values())
    return {path: one.name if times[one.name] == 1 else path for path, one in code.files.items()}


def _parts(code: CodeBase, level: Level) -> dict[str, str]:
    """The part that each file belongs to."""
    if level == "file":
        return file_names(code)
    if level == "folder":
        return {path: path.rpartition("/")[0] or OUTSIDE for path in code.files}
    return {path: file.module for path, file in code.files.items()}
