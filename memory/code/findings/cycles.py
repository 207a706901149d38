"""Modules and files that need each other in a circle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory.code.cycles import find_cycles
from memory.code.findings.rule import AuditSubject, Rule, Seen, finding
from memory.models.findings import Spot

if TYPE_CHECKING:
    from memory.code.cycles import Level
    from memory.models.code import CycleRow
    from memory.models.findings import Finding

_MOST_NAMED = 6


def _modules(subject: AuditSubject) -> Seen:
    parts = {file.module for file in subject.code.files.values() if not file.is_test}
    return Seen(len(parts), [_told(subject, one) for one in find_cycles(subject.code, "module")])


def _files(subject: AuditSubject) -> Seen:
    """Cycles within one module: those across modules are told as such."""
    files = [file for file in subject.code.files.values() if not file.is_test]
    modules = {file.name: file.module for file in files}
    within = [
        one
        for one in find_cycles(subject.code, "file")
        if len({modules[name] for name in one.members}) == 1
    ]
    return Seen(len(files), [_told(subject, one) for one in within])


def _told(subject: AuditSubject, cycle: CycleRow) -> Finding:
    code = subject.code
    level: Level = cycle.level
    named = ", ".join(cycle.members[:_MOST_NAMED])
    more = len(cycle.members) - _MOST_NAMED
    spots = [_spot(edge) for edge in cycle.edges]
    paths = {file.name: path for path, file in code.files.items()} if level == "file" else {}
    return finding(
        f"architecture.{level}-cycle",
        [paths.get(name, name) for name in cycle.members],
        f"{named}{f' and {more} more' if more > 0 else ''} need each other",
        spots,
        severity="major" if level == "module" else "minor",
        modules=sorted({code.files[spot.file].module for spot in spots}),
        do="`archmem decouple` tells the cheapest cut",
    )


def _spot(edge: str) -> Spot:
    place, _, said = edge.partition(" ")
    file, _, line = place.rpartition(":")
    return Spot(file=file, line=int(line), said=said)


RULES = (
    Rule("architecture.module-cycle", "modules that need each other at run time", _modules),
    Rule("architecture.file-cycle", "files of one module that import each other", _files),
)
