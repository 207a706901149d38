"""Inventory, map and impact of code as they are printed."""

from __future__ import annotations

import posixpath
from collections import Counter
from typing import TYPE_CHECKING, Any

from cli.forms.screen import line
from memory.texts.formatting import counted
from memory.texts.safe_text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from cli.forms.screen import Screen
    from memory.models.code import (
        CodeMap,
        CouplingRow,
        Doubts,
        Impact,
        Inventory,
        ModuleRow,
        Reached,
    )

NO_CODE = "There is no code that could be read here."
LEAST_CHANCE = 0.01  # that a file changes too; less is as much as none
MOST_SHOWN = 15  # of one list; the JSON has all
_COLOURS = {"HIGH": "red", "MED": "yellow", "LOW": "bright_black"}
_FAR = {0: "itself", 1: "directly"}
_HEADS = "files lines tests routes tables in out inst. commits covered".split()
_NAMES = frozenset({"symbol", "table"})  # what several places may define under one name
_NAMED = 4  # of these places
_LEAST_WIDTH = 20  # columns in which words are broken; what is narrower breaks them itself
MOST_NOT_READ = 4  # frameworks that are named
_ANSWERS = ("auth", "authorisation", "validation", "rate_limit")


def doubts_words(doubts: Doubts) -> str:
    """What an answer does not know, in one sentence."""
    reasons = [one.reason for one in doubts.unresolved if one.what.startswith("unread ")]
    others = "" if len(reasons) <= MOST_NOT_READ else f"; {len(reasons) - MOST_NOT_READ} more"
    counts = ", ".join(
        counted(count, what)
        for what, count in sorted(doubts.counts.items())
        if not what.startswith("unread ")
    )
    named = [f"{path} ({why})" for path, why in list(doubts.unread.items())[:3]]
    more = f" and {len(doubts.unread) - 3} more" if len(doubts.unread) > 3 else ""
    unread = f"not read: {', '.join(named)}{more}" if named else ""
    missed = f"not resolved: {counts}" if counts else ""
    were = "was" if doubts.opaque_calls == 1 else "were"
    calls = f"{counted(doubts.opaque_calls, 'call')} of methods of values {were} not followed"
    foreign = "; ".join(reasons[:MOST_NOT_READ]) + others
    parts = (missed, foreign, unread, calls if doubts.opaque_calls else "")
    said = "; ".join(part for part in parts if part)
    return f"{said}." if said else "all that was seen was resolved."


def answers_words(routes: Sequence[Mapping[str, Any]]) -> str:
    """How many routes have which answer to what is asked of each: "auth: yes 12, unknown 3"."""
    return "; ".join(
        f"{name}: {', '.join(f'{answer} {count}' for answer, count in counts.most_common())}"
        for name in _ANSWERS
        if (counts := Counter(sorted(one[name]["answer"] for one in routes)))
    )


def doubts_line(doubts: Doubts) -> dict[str, Any]:
    """The same for programs."""
    return {
        "unresolved": [one.model_dump() for one in doubts.unresolved],
        "unresolved_counts": doubts.counts,
        "unread": doubts.unread,
        "opaque_calls": doubts.opaque_calls,
    }


def print_inventory(screen: Screen, found: Inventory) -> None:
    """Print rows, a line each where it has room."""
    if found.what == "modules":
        for said in _module_lines(found.rows):
            screen.line(said)
        return
    for row in found.rows:
        _placed(screen, f"{row['file']}:{row.get('line', 1)}", _ROWS[found.what](row))
    missed = found.doubts.unresolved if found.what == "tables" else ()
    for one in missed[:MOST_SHOWN]:
        _placed(screen, f"{one.file}:{one.line}", f"{one.name}: {one.reason}")


def _placed(screen: Screen, where: str, said: str) -> None:
    """A place and what is there, on one line; a terminal that lacks the columns has it below."""
    place, words = one_line(where), line(said)
    styled = screen.styled(place, fg="cyan")
    if not screen.terminal.is_tty or len(place) + 2 + words.cell_len <= screen.row_width:
        screen.line(f"{styled}  {words.plain}")
        return
    screen.line(styled)
    for part in words.wrap(screen.console, max(_LEAST_WIDTH, screen.row_width - 2)):
        screen.line(f"  {part.plain.rstrip()}")


def _edge(row: dict[str, Any]) -> str:
    typed = ", type checking" if row["type_checking"] else ""
    return f"{row['source']} -> {row['target']} ({row['grade']}{typed})"


def _route(row: dict[str, Any]) -> str:
    answers = ", ".join(f"{name} {row[name]['answer']}" for name in _ANSWERS)
    return f"{row['method']} {row['path']} -> {row['handler']} ({answers})"


def _table(row: dict[str, Any]) -> str:
    columns = ", ".join(column["name"] for column in row["columns"])
    keys = ", ".join(
        f"{', '.join(key['columns'])} -> {key['references']}" for key in row["foreign_keys"]
    )
    return f"{row['table']} ({columns})" + (f"; {keys}" if keys else "")


def _test(row: dict[str, Any]) -> str:
    name = "" if row["test"] == row["file"] else f"{row['test']} "
    return f"{name}reaches {', '.join(row['reaches']) or 'nothing that was resolved'}"


def _module_lines(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """A module a line: its size, and the folder that all its files are in."""
    files: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        files.setdefault(row["module"], []).append(row)
    width = max((len(one_line(name)) for name in files), default=0)
    for name, own in sorted(files.items()):
        folder = posixpath.commonpath([posixpath.dirname(row["file"]) or "." for row in own])
        tests = sum(row["is_test"] for row in own)
        size = counted(len(own) - tests, "file"), counted(tests, "test")
        lines = sum(row["lines"] for row in own if not row["is_test"])
        said = one_line(f"{', '.join(size)}, {lines:,} lines; {folder or '.'}")
        yield f"{one_line(name):{width}}  {said}"


def _clone(row: dict[str, Any]) -> str:
    alike = f"{row['renamed']:.0%} renamed" if row["renamed"] else "to the letter"
    return f"{row['clone']} to line {row['last_line']} {row['symbol']} ({alike})"


_ROWS: dict[str, Callable[[dict[str, Any]], str]] = {
    "edges": _edge,
    "routes": _route,
    "tables": _table,
    "symbols": lambda row: f"{row['kind']} {row['symbol']} ({row['visibility']})",
    "tests": _test,
    "clones": _clone,
}


def print_map(screen: Screen, found: CodeMap) -> None:
    """Print modules in numbers, couplings with their reasons, and cycles."""
    if found.modules:
        _module_table(screen, found.modules)
    _couplings(screen, found)
    _cycles(screen, found)


def _module_table(screen: Screen, modules: Sequence[ModuleRow]) -> None:
    """A module a row; columns are as wide as need be, one that nobody can fill is left out."""
    table = [[*_HEADS]]
    for row in modules:
        counts = (row.files, row.lines, row.tests, row.routes, row.tables, row.fan_in, row.fan_out)
        instability = "-" if row.instability is None else f"{row.instability:.2f}"
        commits = "-" if row.commits is None else str(row.commits)
        covered = "-" if row.coverage is None else f"{row.coverage:.0%}"
        table.append([*map(str, counts), instability, commits, covered])
    columns = [one for one in zip(*table, strict=True) if set(one[1:]) != {"-"}]
    widths = [max(map(len, one)) + 2 for one in columns]
    names = ["module", *(one_line(row.module) for row in modules)]
    first = max(map(len, names))
    for at, name in enumerate(names):
        cells = (one[at].rjust(width) for one, width in zip(columns, widths, strict=True))
        said = name.ljust(first) + "".join(cells)
        screen.line(said if at else screen.styled(said, bold=True))


def _couplings(screen: Screen, found: CodeMap) -> None:
    shown = [one for one in found.couplings if one.level != "LOW"][: 2 * MOST_SHOWN]
    if shown:
        screen.line("")
    for one in shown:
        level = screen.styled(one.level.ljust(5), fg=_COLOURS[one.level])
        screen.line(
            f"{level}{one_line(one.first)} - {one_line(one.second)}: {_why(one)}"
            f"{counted(one.imports, 'import')}, {counted(one.calls, 'call')}, "
            f"{counted(one.tables, 'table')}"
            + ("" if one.cochange is None else f", co-change {one.cochange:.2f}")
        )
    left = len(found.couplings) - len(shown)
    if left:
        screen.line(f"     and {left} weaker ones")


def _why(one: CouplingRow) -> str:
    """What made the level, where that is not the number that is told anyway."""
    return "" if one.reason.endswith(("import", "imports")) else f"{one.reason}; "


def _cycles(screen: Screen, found: CodeMap) -> None:
    widest = sorted(found.cycles, key=lambda one: ("module", "folder", "file").index(one.level))
    for one in widest[:MOST_SHOWN]:
        named = ", ".join(one.members[:8]) + (" ..." if len(one.members) > 8 else "")
        screen.line("")
        screen.line(f"cycle of {counted(len(one.members), one.level)}: {one_line(named)}")
        for edge in one.edges[:4]:
            screen.line(f"  {one_line(_once(edge))}")
    if (left := len(widest) - MOST_SHOWN) > 0:
        screen.line("")
        screen.line(f"and {counted(left, 'cycle')} more; --format json has all")


def _once(edge: str) -> str:
    """An edge of a cycle without its source where that is the file of its place: told already."""
    place, _, said = edge.partition(" ")
    return f"{place} {said.removeprefix(place.rpartition(':')[0] + ' ')}"


def print_impact(screen: Screen, found: Impact) -> None:
    """Print what a change reaches, the nearest first, and how much hangs on it."""
    level = screen.styled(found.risk.level, fg=_COLOURS[found.risk.level])
    screen.line(f"{found.kind} {one_line(found.target)}: risk {level} {found.risk.score:.2f}")
    if found.kind in _NAMES and len(found.files) > 1:
        some = ", ".join(found.files[:_NAMED]) + (" ..." if len(found.files) > _NAMED else "")
        screen.line(
            f"  taken together are {len(found.files)} files that define one: {one_line(some)}"
        )
        if found.kind == "symbol":
            screen.line("  `archmem impact FILE:NAME` asks about one of them")
    for part in found.risk.parts:
        screen.line(f"  {part.name}: {part.value:.2f} x {part.weight:.2f}, {part.reason}")
    for title, rows in (
        ("direct", found.direct),
        ("cascade", found.cascade),
        ("routes", found.routes),
        ("tables", found.tables),
        ("tests", found.tests),
        ("changed together, without an import", found.cochange),
    ):
        _reached(screen, title, rows)
    if found.modules:
        screen.line("")
        named = ", ".join(f"{name} {count}" for name, count in found.modules.items())
        screen.line(f"modules: {one_line(named)}")
    if found.governs:
        screen.line("")
        screen.line("governed by:")
    for record in found.governs[:MOST_SHOWN]:
        about = f"{record['kind']}, {record['status']}, {record['why']}"
        place = screen.styled(one_line(record["citation"]), fg="cyan")
        screen.line(f"  {place}  {one_line(record['title'])} ({one_line(about)}) {record['uid']}")
    likely = [one for one in found.ranked[:10] if one.score >= LEAST_CHANCE]
    if likely:
        screen.line("")
        screen.line("likely to change too:")
        for one in likely:
            screen.line(f"  {one.score:.2f}  {one_line(one.file)}")


def _reached(screen: Screen, title: str, rows: Sequence[Reached]) -> None:
    if not rows:
        return
    screen.line("")
    screen.line(f"{title} ({len(rows)}{_by_distance(rows)}):")
    for one in rows[:MOST_SHOWN]:
        place = screen.styled(one_line(f"{one.file}:{one.line}"), fg="cyan")
        ways = " <- ".join(one.path if one.grade == "cochange" else one.path[1:])
        by = f" by {one_line(ways)}" if ways else ""
        how = f" ({one.grade}{by})" if one.grade or by else ""
        name = "" if one.name == one.file else one.name.removeprefix(f"{one.file}:")
        screen.line(f"  {place}  {one_line(f'{name}{how}'.strip())}")
    if len(rows) > MOST_SHOWN:
        screen.line(f"  and {len(rows) - MOST_SHOWN} more as far or farther; --json has all")


def _by_distance(rows: Sequence[Reached]) -> str:
    """How many stand how far away, where that differs: what is far is rarely touched."""
    counts = Counter(one.distance for one in rows if one.grade != "coverage")
    if len(counts) < 2 or len(rows) <= MOST_SHOWN:
        return ""
    steps = [f"{counts[far]} {_FAR.get(far, f'by {far} steps')}" for far in sorted(counts)]
    return f": {', '.join(steps)}"
