"""What is told of code: an inventory, a map, what a change would reach."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

from pydantic import Field

from memory.models.value import Value

InventoryOf: TypeAlias = Literal[
    "edges", "routes", "tables", "symbols", "tests", "modules", "clones"
]
What: TypeAlias = Literal["file", "route", "table", "test"]
MapLevel: TypeAlias = Literal["file", "module"]


class Missed(Value):
    """Something that was seen and could not be told."""

    what: str  # import, route, table, reference ...
    name: str
    file: str
    line: int
    reason: str


class Doubts(Value):
    """What an answer about code does not know."""

    unresolved: tuple[Missed, ...] = ()  # by file and line
    unread: dict[str, str] = Field(default_factory=dict)  # files, and why
    opaque_calls: int = 0  # of methods of values whose class nobody says: not followed

    @property
    def counts(self) -> dict[str, int]:
        """How much of each sort was not resolved."""
        found: dict[str, int] = {}
        for one in self.unresolved:
            found[one.what] = found.get(one.what, 0) + 1
        return found


class Inventory(Value):
    """Facts of one sort, as they are."""

    what: InventoryOf
    rows: tuple[dict[str, Any], ...]
    doubts: Doubts


class ModuleRow(Value):
    """One module in numbers; None is what nothing tells."""

    module: str
    files: int  # tests apart
    lines: int  # likewise
    tests: int  # files of tests
    symbols: int
    routes: int
    tables: int
    fan_in: int  # modules that import it
    fan_out: int  # modules that it imports
    edges_in: int  # imports by other modules
    edges_out: int  # imports of other modules
    instability: float | None  # edges_out / (edges_in + edges_out); None without any
    commits: int | None  # that changed it, of those that were read
    coverage: float | None = None  # share of lines, by the project's own report


class CouplingRow(Value):
    """How two modules hang together; both directions are in it."""

    first: str
    second: str
    level: Literal["HIGH", "MED", "LOW"]
    imports: int  # first of second, and second of first
    calls: int
    tables: int  # that both touch
    cochange: float | None  # commits with both / with either, of those that were read
    commits: int | None  # with both
    reason: str  # what made the level


class CycleRow(Value):
    """Parts that need each other, by imports at run time and without tests."""

    level: Literal["file", "folder", "module"]  # folders: a parent and its child are two
    members: tuple[str, ...]
    edges: tuple[str, ...]  # that close it, "file:line source -> target"; at most so many


class CodeMap(Value):
    """The parts of a project's code, and how they hang together."""

    level: MapLevel
    modules: tuple[ModuleRow, ...]
    couplings: tuple[CouplingRow, ...]  # the strongest first
    cycles: tuple[CycleRow, ...]
    formulas: dict[str, str]  # what each number is
    doubts: Doubts


class Reached(Value):
    """Something that a change would reach."""

    what: What
    name: str
    file: str
    line: int
    module: str
    distance: int  # steps from the target; 0 is the target itself
    grade: str  # of the first step: how it is known
    path: tuple[str, ...]  # from it to the target, "file:line" of each step
    score: float = 0.0  # 0 to 1: how likely it changes too


class RiskPart(Value):
    """One number that a risk is made of."""

    name: str
    value: float
    weight: float
    reason: str


class Risk(Value):
    """How much depends on it, from 0 to 1; the parts add up to the score."""

    score: float
    level: Literal["HIGH", "MED", "LOW"]
    parts: tuple[RiskPart, ...]


class Impact(Value):
    """What a change would reach."""

    target: str
    kind: str  # file, symbol, module, table, route, diff
    files: tuple[str, ...]  # that it starts at
    direct: tuple[Reached, ...]
    cascade: tuple[Reached, ...]
    routes: tuple[Reached, ...]
    tables: tuple[Reached, ...]
    tests: tuple[Reached, ...]
    modules: dict[str, int]  # by name: how many of their files are reached
    cochange: tuple[Reached, ...] = ()  # partners by git, without an import either way
    ranked: tuple[Reached, ...] = ()  # the files that most likely change too, the first first
    governs: tuple[dict[str, str], ...] = ()  # decisions, flags, baselines, lessons
    risk: Risk
    doubts: Doubts
