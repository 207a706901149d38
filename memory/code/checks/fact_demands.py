"""Demands on what code has beside imports: what routes have, who touches a table, numbers."""

from __future__ import annotations

import operator
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from memory.code.apart import is_apart
from memory.code.checks.check import CannotTell, CheckVerdict, Violation
from memory.code.checks.edges import all_nodes, distinct, unread_among
from memory.code.checks.web import AT_RUN_TIME
from memory.code.codebase import Grade
from memory.code.duplication import duplication_of
from memory.models.findings import Spot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from memory.code.checks.parts import CodePart
    from memory.code.checks.web import Webs
    from memory.code.codebase import CodeBase, Query, Route, Table
    from memory.code.duplication import Duplication

_CALLS = frozenset({Grade.CALL, Grade.TABLE})


@dataclass(frozen=True)
class EveryRoute:
    """Every route, of some methods and below a path, has something."""

    what: str  # the field of `Route`: auth, authorisation, validation, rate_limit
    called: str  # as people call it
    methods: tuple[str, ...] = ()  # none for all
    under: str = ""  # a path
    excepted: tuple[str, ...] = ()  # paths, with all below them

    def judge(self, webs: Webs) -> CheckVerdict:
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
        return CheckVerdict(distinct(found), untold=self._untold(code, doubts))

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
        said = f"{unread.path}:{unread.line}: {unread.reason}" if unread else ""
        return said or unread_among(code)


def _is_under(path: str, folder: str) -> bool:
    path, folder = "/" + path.strip("/"), "/" + folder.strip("/*")
    return folder in {"/", path} or path.startswith(f"{folder}/")


@dataclass(frozen=True)
class Owned:
    """Only some parts write a table; migrations may, wherever they are."""

    tables: tuple[str, ...]
    owners: tuple[CodePart, ...]

    def judge(self, webs: Webs) -> CheckVerdict:
        """Every write by somebody else; what may be one leaves it open."""
        code = webs.code
        web = webs.of(AT_RUN_TIME)
        owners = all_nodes(web, self.owners)
        others = {path for path in web.files if path not in owners and not is_apart(path)}
        found: list[Violation] = []
        doubts: list[str] = []
        for name in self.tables:
            tables = [one for one in code.tables if _is_called(one, name)]
            if not tables:
                raise CannotTell(f'no table "{name}" is known')
            known = {one.table for one in tables}
            found += [
                _write(code, one, name)
                for one in code.queries
                if one.table in known and one.does == "write" and one.place.path in others
            ]
            doubts += [
                f"{spot.file}:{spot.line} may write {name}"
                for table in tables
                for spot in _unknown(code, table)
                if spot.file in others
            ]
        more = f", and {len(doubts) - 1} more" if len(doubts) > 1 else ""
        unread = unread_among(code, lambda path: not is_apart(path))
        return CheckVerdict(distinct(found), untold=f"{doubts[0]}{more}" if doubts else unread)


def _write(code: CodeBase, one: Query, name: str) -> Violation:
    spot = Spot(file=one.place.path, line=one.line, said=f"writes {name}")
    called = code.called(one.place)
    module = code.files[one.place.path].module
    return Violation((one.place.path, name), f"{called} writes {name}", (spot,), (module,))


def _is_called(table: Table, name: str) -> bool:
    wanted = name.casefold()
    return wanted in {table.table.casefold(), table.table.rpartition(".")[2].casefold()} or (
        wanted in {table.model.casefold(), table.symbol.casefold()} - {""}
    )


def _unknown(code: CodeBase, table: Table) -> Iterator[Spot]:
    """Where code calls a model, or names its table, and nobody knows whether it writes."""
    told = {(one.place.path, one.line) for one in code.queries if one.table}
    models = {(one.file, one.symbol) for one in code.tables}
    for edge in code.edges_of.get(table.file, ()):
        symbol = edge.target.symbol
        is_model = symbol == table.symbol or symbol.startswith(f"{table.symbol}.")
        is_key = edge.grade is Grade.TABLE and tuple(edge.source) in models
        if edge.target.path != table.file or edge.grade not in _CALLS or not is_model or is_key:
            continue
        if (edge.source.path, edge.line) not in told:
            yield Spot(file=edge.source.path, line=edge.line)


COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "at most": operator.le,
    "at least": operator.ge,
    "below": operator.lt,
    "above": operator.gt,
}


@dataclass(frozen=True)
class MetricLimit:
    """A number of the code, or of its modules, has a limit."""

    metric: str  # of METRICS
    comparison: str  # of COMPARISONS
    limit: float
    parts: tuple[str, ...] = ()  # modules; none for all, or for the code as a whole

    def judge(self, webs: Webs) -> CheckVerdict:
        """Every number past the limit."""
        values = METRICS[self.metric](webs)
        if not self.parts and "" in values:
            values = {"": values[""]}  # that of all, unless modules are named
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
        return CheckVerdict(found, untold=untold or unread_among(webs.code))


Values = dict[str, float | None]  # by module; "" is the code as a whole


def _cycles(level: str) -> Callable[[Webs], Values]:
    return lambda webs: {"": float(sum(one.level == level for one in webs.drawn.cycles))}


def _of_modules(field: str) -> Callable[[Webs], Values]:
    return lambda webs: {row.module: getattr(row, field) for row in webs.drawn.modules if row.files}


def _doubled(webs: Webs) -> Values:
    """Lines that stand elsewhere too, each once."""
    found = _duplication(webs)
    values: Counter[str] = Counter()
    for path, count in found.doubled.items():
        values[webs.code.files[path].module] += count
    modules = {file.module: 0 for file in webs.code.files.values() if not file.is_test}
    return {"": float(values.total()), **modules, **values}


def _doubled_share(webs: Webs) -> Values:
    """Their share of all lines, in percent."""
    found = _duplication(webs)
    shares = {"": found.share(found.doubled)} | found.shares()
    return {name: round(100 * one, 2) for name, one in shares.items()}


def _duplication(webs: Webs) -> Duplication:
    if webs.tokens is None:
        raise CannotTell("duplicated lines are not looked for here")
    return duplication_of(webs.code, webs.tokens())


#: By name: the value of the code as a whole under "", or that of each module.
METRICS: dict[str, Callable[[Webs], Values]] = {
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
    "duplicated lines": _doubled,
    "duplicated percentage": _doubled_share,
}
