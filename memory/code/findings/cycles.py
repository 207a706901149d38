"""Modules and files that need each other in a circle."""

from __future__ import annotations

import shlex
from collections import Counter
from typing import TYPE_CHECKING

from memory.code.apart import is_copied, is_migration, is_seed, is_story
from memory.code.codebase import Grade
from memory.code.cuts import break_cycles
from memory.code.cycles import file_names, find_cycles, parted
from memory.code.file_modules import assign
from memory.code.findings.rule import AuditSubject, Rule, Seen, finding
from memory.code.graph import Graph
from memory.models.findings import Spot
from memory.texts.formatting import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from memory.code.codebase import CodeBase, Edge
    from memory.models.code import CycleRow
    from memory.models.findings import Finding

_MOST_NAMED = 6
_MOST_CUT = 8  # files of a cycle of which the cheapest cut is told: at once, on every save
#: Languages whose classes name each other freely: nothing is run by it.
_BY_NAME = frozenset({"java", "php"})
_TYPES = frozenset({"type", "interface"})  # that are gone when it runs
#: By what a class relates tables, where these are not read: Objection.
_RELATING = ".relationMappings"


def _modules(subject: AuditSubject) -> Seen:
    """Surely one where folders in them need each other too, or the project declares the modules."""
    code = subject.code
    parts = {file.module for file in code.files.values() if not file.is_test}
    found = find_cycles(code, "module")
    by_folder = assign(code.files, {}) if found else {}
    return Seen(
        len(parts),
        [
            _told(
                code,
                one,
                one.members,
                sure=_is_close(code, one, by_folder),
                do=f"`archmem decouple {shlex.quote(one.members[0])}` tells the cheapest cut",
            )
            for one in found
        ],
    )


def _is_close(code: CodeBase, cycle: CycleRow, by_folder: Mapping[str, str]) -> bool:
    """Whether a cycle of modules is one of the folders in them as well.

    Else they only need each other by parts that do not, as packages of Go never can. Files beside
    the folder of another of these modules count one by one: what wires them all, what all rest on.
    Factories of rows for tests, which models name, and what shows components count for none.
    """
    members = set(cycle.members)
    own = {
        path: file.module
        for path, file in code.files.items()
        if file.module in members and not (is_seed(path) or is_story(path) or is_migration(path))
    }
    if any(by_folder[path] != module for path, module in own.items()):
        return True
    folders: dict[str, set[str]] = {}
    for path, module in own.items():
        folder = path
        while folder:
            folder = folder.rpartition("/")[0]
            folders.setdefault(folder, set()).add(module)

    def part(path: str) -> str:
        folder = path.rpartition("/")[0]
        return folder if len(folders.get(folder, ())) == 1 else path

    between = {
        (part(edge.source.path), part(edge.target.path)): None
        for edge in code.imports_at_run_time
        if edge.source.path in own and edge.target.path in own
    }
    module_of = {part(path): module for path, module in own.items()}
    graph = Graph((each for pair in between for each in pair), between)
    return any(len({module_of[one] for one in ring}) > 1 for ring in graph.cycles())


def _files(subject: AuditSubject) -> Seen:
    """Cycles within one module: those across modules are told as such.

    One that imports of types hold together is told by the parts that go in a circle without them.
    Entities name each other where a relation is known from both its sides.
    """
    code = subject.code
    files = [file for file in code.files.values() if not file.is_test]
    paths = {name: path for path, name in file_names(code).items()}
    within = [
        one
        for one in find_cycles(code, "file")
        if len({code.files[paths[name]].module for name in one.members}) == 1
    ]
    entities = {one.file for one in code.tables if one.symbol}
    entities |= {one.path for one in code.symbols if one.symbol.endswith(_RELATING)}
    needs = list(_needs(code)) if within else []
    at_run_time = find_cycles(code, "file", needs) if within else []
    seen = Seen(len(files))
    for one in within:
        parts = [each for each in at_run_time if {*each.members} <= {*one.members}]
        for each in parts or [one]:
            own = [paths[name] for name in each.members]
            told = _told(
                code,
                each,
                own,
                sure=bool(parts)
                and code.files[own[0]].language not in _BY_NAME
                and not entities.issuperset(own)
                and not _recurs(code, own)
                and not all(map(is_copied, own)),
                do="; ".join(_opened(needs if parts else code.imports_at_run_time, own)),
            )
            seen.findings.append(told)
    return seen


def _opened(imports: Sequence[Edge], paths: Sequence[str]) -> Iterator[str]:
    """What opens a cycle of files: the fewest imports to cut, the file that all of it goes over."""
    statements = {
        (edge.source.path, edge.target.path, edge.line)
        for edge in imports
        if {edge.source.path, edge.target.path} <= {*paths} and edge.source.path != edge.target.path
    }
    costs = Counter((source, target) for source, target, _ in statements)
    if len(paths) <= _MOST_CUT:
        cut = break_cycles(costs).edges
        least = sum(costs[one] for one in cut)
        named = ", ".join(f"{source} -> {target}" for source, target in cut)
        yield f"cut {counted(least, 'import')}, fewer are not enough: {named}"
    ends = Counter(path for pair in costs for path in pair)
    most = max(ends, key=lambda path: (ends[path], path))
    if len(paths) > 2 and not Graph(paths, [pair for pair in costs if most not in pair]).cycles():
        yield f"all of it goes over {most}"


def _needs(code: CodeBase) -> Iterator[Edge]:
    """The imports at run time without those of which only types are used.

    What is used of a file that defines nothing is what it hands on of others.
    """
    used: dict[str, dict[str, set[bool]]] = {}  # whether it is a type, by both files
    for edge in code.edges:
        if edge.grade is not Grade.IMPORT and edge.target.symbol:
            is_type = edge.target in code.symbols and code.symbols[edge.target].kind in _TYPES
            used.setdefault(edge.source.path, {}).setdefault(edge.target.path, set()).add(is_type)
    handed: dict[str, set[str]] = {}  # the files that each hands on
    for edge in code.imports_at_run_time:
        if not code.symbols_of.get(edge.source.path):
            handed.setdefault(edge.source.path, set()).add(edge.target.path)
    behind = {path: _behind(path, handed) for path in handed}
    for edge in code.imports_at_run_time:
        own, target = used.get(edge.source.path, {}), edge.target.path
        are_types = set[bool]().union(*(own.get(one, ()) for one in behind.get(target, {target})))
        if are_types != {True}:
            yield edge


def _behind(path: str, handed: Mapping[str, set[str]]) -> set[str]:
    """A file with those that it hands on."""
    found, left = {path}, [path]
    while left:
        new = handed.get(left.pop(), set()) - found
        found |= new
        left += new
    return found


def _recurs(code: CodeBase, paths: Sequence[str]) -> bool:
    """Whether two files are a function each that asks for the other: what a tree is made of."""
    ends = {
        (edge.source.top, edge.target.top)
        for edge in code.edges
        if edge.source.path != edge.target.path
        and {edge.source.path, edge.target.path} == {*paths}
        and edge.source.symbol
        and edge.target.symbol
        and (edge.target not in code.symbols or code.symbols[edge.target].kind not in _TYPES)
    }
    return len(ends) == len({(second, first) for first, second in ends} & ends) == 2 and all(
        one in code.symbols and code.symbols[one].kind == "function"
        for pair in ends
        for one in pair
    )


def _told(code: CodeBase, cycle: CycleRow, parts: Sequence[str], *, sure: bool, do: str) -> Finding:
    named = ", ".join(cycle.members[:_MOST_NAMED])
    more = len(cycle.members) - _MOST_NAMED
    spots = [_spot(edge) for edge in cycle.edges]
    return finding(
        f"architecture.{cycle.level}-cycle",
        parts,
        f"{named}{f' and {more} more' if more > 0 else ''} need each other",
        spots,
        severity="major" if cycle.level == "module" else "minor",
        modules=sorted({code.files[spot.file].module for spot in spots}),
        sure=sure,
        do=do,
    )


def _spot(edge: str) -> Spot:
    file, line, said = parted(edge)
    return Spot(file=file, line=line, said=said)


RULES = (
    Rule("architecture.module-cycle", "modules that need each other at run time", _modules, 6),
    Rule("architecture.file-cycle", "files of one module that import each other", _files, 7),
)
