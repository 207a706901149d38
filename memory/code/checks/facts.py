"""Demands on what code has beside imports: what routes have, who touches a table, numbers."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from memory.code.checks.check import CannotTell, Verdict, Violation
from memory.code.checks.edges import all_nodes, distinct
from memory.code.checks.web import AT_RUN_TIME
from memory.code.codebase import Grade
from memory.code.map import draw_map
from memory.models.findings import Spot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from memory.code.checks.parts import Part
    from memory.code.checks.web import Webs
    from memory.code.codebase import CodeBase, Route, Table
    from memory.models.code import CodeMap

_TOUCHES = frozenset({Grade.CALL, Grade.USE, Grade.INHERIT, Grade.TABLE})


@dataclass(frozen=True)
class EveryRoute:
    """Every route, of some methods and below a path, has something."""

    what: str  # the field of `Route`: auth, authorisation, validation, rate_limit
    called: str  # as people call it
    methods: tuple[str, ...] = ()  # none for all
    under: str = ""  # a path
    excepted: tuple[str, ...] = ()  # paths, with all below them

    def judge(self, webs: Webs) -> Verdict:
        """Every route that certainly has it not; doubt about one is doubt about all."""
        code = webs.code
        routes = [one for one in code.routes if self._is_meant(one)]
        if not routes:
            where = f" under {self.under}" if self.under else ""
            raise CannotTell(f"no route{where} is known")
        found, doubts = [], []
        for one in routes:
            answered = getattr(one, self.what)
            said = f"{one.method} {one.path}"
            if answered.answer == "no":
                spot = Spot(file=one.file, line=one.line, said=answered.evidence)
                file = code.files.get(one.file)
                found.append(
                    Violation(
                        (one.method, one.path),
                        f"{said} has no {self.called}",
                        (spot,),
                        (file.module,) if file else (),
                    )
                )
            elif answered.answer != "yes":
                doubts.append(f"{said} ({one.file}:{one.line})")
        return Verdict(distinct(found), untold=self._untold(code, doubts))

    def _is_meant(self, route: Route) -> bool:
        if self.methods and route.method not in {*self.methods, "ANY"}:
            return False
        if self.under and not _is_under(route.path, self.under):
            return False
        return not any(_is_under(route.path, one) for one in self.excepted)

    def _untold(self, code: CodeBase, doubts: Sequence[str]) -> str:
        if doubts:
            more = f" and {len(doubts) - 1} more" if len(doubts) > 1 else ""
            return f"whether {doubts[0]}{more} has {self.called} is not known"
        unread = next((one for one in code.unresolved if one.what == "unread routes"), None)
        return f"{unread.path}:{unread.line}: {unread.reason}" if unread else ""


def _is_under(path: str, folder: str) -> bool:
    path, folder = "/" + path.strip("/"), "/" + folder.strip("/*")
    return folder in {"/", path} or path.startswith(f"{folder}/")


@dataclass(frozen=True)
class Owned:
    """Only one part touches a table; whether others write it is told where that is known."""

    tables: tuple[str, ...]
    owners: tuple[Part, ...]

    def judge(self, webs: Webs) -> Verdict:
        """Every write of it by somebody else."""
        code = webs.code
        web = webs.of(AT_RUN_TIME)
        owners = all_nodes(web, self.owners)
        doubts: list[str] = []
        for name in self.tables:
            tables = [one for one in code.tables if _is_called(one, name)]
            if not tables:
                raise CannotTell(f'no table "{name}" is known')
            for table in tables:
                doubts += [
                    f"{spot.file}:{spot.line} reads or writes {name}"
                    for spot in _touched(code, table)
                    if spot.file in web.files and spot.file not in owners
                ]
        more = f", and {len(doubts) - 1} more" if len(doubts) > 1 else ""
        return Verdict(untold=f"{doubts[0]}{more}: which is not known" if doubts else "")


def _is_called(table: Table, name: str) -> bool:
    wanted = name.casefold()
    return wanted in {table.table.casefold(), table.table.rpartition(".")[2].casefold()} or (
        wanted in {table.model.casefold(), table.symbol.casefold()} - {""}
    )


def _touched(code: CodeBase, table: Table) -> Iterator[Spot]:
    """Where code beside the model and keys of other tables has to do with a table."""
    models = {(one.file, one.symbol) for one in code.tables}
    for edge in code.edges_of.get(table.file, ()):
        inside = edge.target.symbol == table.symbol or edge.target.symbol.startswith(
            f"{table.symbol}."
        )
        if edge.target.path != table.file or edge.grade not in _TOUCHES or not inside:
            continue
        is_key = edge.grade is Grade.TABLE and tuple(edge.source) in models
        if not is_key and not code.files[edge.source.path].is_test:
            yield Spot(file=edge.source.path, line=edge.line)


COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "at most": operator.le,
    "at least": operator.ge,
    "below": operator.lt,
    "above": operator.gt,
}


@dataclass(frozen=True)
class Measured:
    """A number of the code, or of its modules, has a limit."""

    metric: str  # of METRICS
    comparison: str  # of COMPARISONS
    limit: float
    parts: tuple[str, ...] = ()  # modules; none for all, or for the code as a whole

    def judge(self, webs: Webs) -> Verdict:
        """Every number past the limit."""
        drawn = draw_map(webs.code, None)
        values = METRICS[self.metric](drawn)
        wanted = {one.casefold() for one in self.parts}
        known = {name.casefold() for name in values}
        for one in self.parts:
            if one.casefold() not in known:
                raise CannotTell(f'there is no module "{one}"')
        chosen = {
            name: value for name, value in values.items() if not wanted or name.casefold() in wanted
        }
        found = [
            Violation(
                (self.metric, name),
                f"{self.metric}{f' of {name}' if name else ''} is {value:g}, "
                f"not {self.comparison} {self.limit:g}",
                (),
                (name,) if name else (),
            )
            for name, value in chosen.items()
            if value is not None and not COMPARISONS[self.comparison](value, self.limit)
        ]
        unknown = [name for name, value in chosen.items() if value is None]
        untold = f"{self.metric} of {unknown[0] or 'the code'} is not known" if unknown else ""
        if unknown and len(unknown) < len(chosen) and not wanted:
            untold = ""  # a module without imports has no instability
        return Verdict(found, untold=untold)


def _cycles(level: str) -> Callable[[CodeMap], dict[str, float | None]]:
    return lambda drawn: {"": float(sum(one.level == level for one in drawn.cycles))}


def _of_modules(field: str) -> Callable[[CodeMap], dict[str, float | None]]:
    return lambda drawn: {row.module: getattr(row, field) for row in drawn.modules if row.files}


#: By name: the value of the code as a whole under "", or that of each module.
METRICS: dict[str, Callable[[CodeMap], dict[str, float | None]]] = {
    "module cycles": _cycles("module"),
    "file cycles": _cycles("file"),
    "folder cycles": _cycles("folder"),
    "fan-in": _of_modules("fan_in"),
    "fan-out": _of_modules("fan_out"),
    "instability": _of_modules("instability"),
    "files": _of_modules("files"),
    "lines": _of_modules("lines"),
    "symbols": _of_modules("symbols"),
    "routes": _of_modules("routes"),
    "tables": _of_modules("tables"),
    "imports of others": _of_modules("edges_out"),
    "imports by others": _of_modules("edges_in"),
}
