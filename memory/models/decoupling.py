"""What could be cut so that modules hang together less, and what each cut would change."""

from __future__ import annotations

from memory.models.code import Doubts
from memory.models.findings import Spot
from memory.models.value import Value


class CouplingShape(Value):
    """How much modules hang together."""

    modules_in_cycles: int
    largest_cycle: int  # modules; 0 without one
    reached: float  # modules that depend on one, directly or not: the mean over all


class Side(Value):
    """One of the two modules of a cut."""

    module: str
    instability: float | None  # imports of others / imports either way; None without any
    dependents: int  # modules that depend on it, directly or not


class InterfaceName(Value):
    """A name that is used across a cut: it would be part of the interface, or move."""

    name: str
    file: str
    line: int
    uses: int  # from the module that is cut off
    kind: str  # class, function, ... ; "file" where the file as such is imported


class Cut(Value):
    """A dependency of one module on another that would have to go."""

    source: str
    target: str
    imports: int  # what it costs: statements to be taken out or turned round
    spots: tuple[Spot, ...]  # all of them
    names: tuple[InterfaceName, ...]  # the most used first
    before: tuple[Side, Side]
    after: tuple[Side, Side]  # once this cut and those before it are made
    shape: CouplingShape  # likewise


class Decoupling(Value):
    """The cheapest cuts, in the order in which they would be made."""

    modules: tuple[str, ...]  # what is looked at: two that were named, or a cycle
    about: str  # what the cuts achieve
    cuts: tuple[Cut, ...]
    cost: int  # imports in all
    exact: bool  # whether none is cheaper; else the best that was found
    before: CouplingShape
    after: CouplingShape
    formulas: dict[str, str]
    doubts: Doubts
