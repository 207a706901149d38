"""How modules could be decoupled: the cheapest cuts, each simulated on the graph of modules."""

from __future__ import annotations

import difflib
from collections import Counter
from typing import TYPE_CHECKING

from memory.code.codebase import CodePlace, Grade
from memory.code.cuts import break_cycles, reached, separate
from memory.code.cycles import binding_imports, imports_between
from memory.code.graph import Graph
from memory.code.inventory import doubts
from memory.errors import InvalidRequest
from memory.models.decoupling import CouplingShape, Cut, Decoupling, InterfaceName, Side
from memory.models.findings import Spot

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from memory.code.codebase import CodeBase, Edge

Pair = tuple[str, str]

FORMULAS = {
    "cost": "imports at run time that would have to go, tests apart",
    "instability": "imports of others / imports either way, by Martin; none without any",
    "dependents": "modules from which imports lead to it, directly or over others",
    "reached": "the mean of that over all modules: what a change to one can reach",
}
_USED = frozenset({Grade.CALL, Grade.INHERIT, Grade.USE, Grade.INHERITED})


def decouple(code: CodeBase, first: str = "", second: str = "") -> Decoupling:
    """The cheapest cuts that part two modules, one from itself, or the largest cycle.

    Of two modules the dependency of either on the other is cut, whichever is cheaper, so that no
    imports lead from the one to the other, over other modules either. Of one module that is in a
    cycle, and of none, a cycle is resolved.

    Args:
        code: All of it.
        first: A module; "" for those of the largest cycle.
        second: Another one; "" for all that are in a cycle with the first.

    Raises:
        InvalidRequest: there is no such module.
    """
    names = {file.module for file in code.files.values() if not file.is_test}
    named = [_module(names, one) for one in (first, second) if one]
    edges = imports_between(code, None if len(named) == 2 else binding_imports(code))
    costs = {pair: len(found) for pair, found in edges.items()}
    if len(named) == 2:
        modules, about, chosen, exact = _apart(costs, *named)
    else:
        modules, about, chosen, exact = _out_of_cycle(names, costs, named)
    left = dict(costs)
    cuts = []
    for pair in _in_order(names, costs, chosen):
        before = _sides(left, pair)
        del left[pair]
        found = edges[pair]
        cuts.append(
            Cut(
                source=pair[0],
                target=pair[1],
                imports=costs[pair],
                spots=tuple(
                    Spot(file=one.source.path, line=one.line, said=_imported(code, one))
                    for one in found
                ),
                names=tuple(_interface(code, pair)),
                before=before,
                after=_sides(left, pair),
                shape=_shape(names, left),
            )
        )
    return Decoupling(
        modules=tuple(modules),
        about=about,
        cuts=tuple(cuts),
        cost=sum(costs[pair] for pair in chosen),
        exact=exact,
        before=_shape(names, costs),
        after=_shape(names, left),
        formulas=FORMULAS,
        doubts=doubts(code),
    )


def module_costs(code: CodeBase) -> dict[Pair, int]:
    """How many statements of one module import another, by run time and tests apart."""
    return {pair: len(found) for pair, found in imports_between(code).items()}


def _module(names: Collection[str], said: str) -> str:
    by_letters = {name.casefold(): name for name in sorted(names)}
    if said in names or said.casefold() in by_letters:
        return said if said in names else by_letters[said.casefold()]
    near = difflib.get_close_matches(said, sorted(names), n=3, cutoff=0.6)
    hint = f"; near: {', '.join(near)}" if near else ""
    raise InvalidRequest("decouple", f"the code has no module {said!r}{hint}")


def _apart(
    costs: Mapping[Pair, int], first: str, second: str
) -> tuple[Sequence[str], str, Sequence[Pair], bool]:
    """The cheaper way of two: the one module without the other, or the other way round."""
    if first == second:
        raise InvalidRequest("decouple", "the two modules are one; name another")
    ways = []
    for one, other in ((first, second), (second, first)):
        if other in reached(costs, one):
            cuts = separate(costs, one, other)
            ways.append((sum(costs[edge] for edge in cuts.edges), one, other, cuts.edges))
    if not ways:
        return (first, second), "neither depends on the other", (), True
    _, one, other, edges = min(ways)
    both = " (each depends on the other; this is the cheaper direction)" if len(ways) > 1 else ""
    return (first, second), f"{one} no longer depends on {other}{both}", edges, True


def _out_of_cycle(
    names: Collection[str], costs: Mapping[Pair, int], named: Sequence[str]
) -> tuple[Sequence[str], str, Sequence[Pair], bool]:
    """The cuts that resolve the cycle of a module, or else the largest one."""
    cycles = Graph(names, costs).cycles()
    if named:
        cycles = [cycle for cycle in cycles if named[0] in cycle]
    if not cycles:
        who = f"{named[0]} is" if named else "the modules are"
        return named, f"{who} in no cycle" if names else "there is no code to read", (), True
    inside = set(cycles[0])
    cuts = break_cycles({pair: cost for pair, cost in costs.items() if inside.issuperset(pair)})
    return cycles[0], f"no cycle is left among these {len(inside)} modules", cuts.edges, cuts.exact


def _in_order(
    names: Collection[str], costs: Mapping[Pair, int], chosen: Sequence[Pair]
) -> Iterable[Pair]:
    """Next always what takes the most modules out of cycles for each import; then the cheapest."""
    left, rest = dict(costs), list(chosen)
    while rest:
        before = _in_cycles(names, left)
        gains = {}
        for pair in rest:
            cost = left.pop(pair)
            gains[pair] = (before - _in_cycles(names, left)) / cost
            left[pair] = cost
        best = min(rest, key=lambda pair: (-gains[pair], costs[pair], pair))
        rest.remove(best)
        del left[best]
        yield best


def _in_cycles(names: Collection[str], costs: Mapping[Pair, int]) -> int:
    return sum(map(len, Graph(names, costs).cycles()))


def _sides(costs: Mapping[Pair, int], pair: Pair) -> tuple[Side, Side]:
    return _side(costs, pair[0]), _side(costs, pair[1])


def _side(costs: Mapping[Pair, int], module: str) -> Side:
    out = sum(cost for (source, _), cost in costs.items() if source == module)
    into = sum(cost for (_, target), cost in costs.items() if target == module)
    turned = [(target, source) for source, target in costs]
    return Side(
        module=module,
        instability=round(out / (out + into), 2) if out + into else None,
        dependents=len(reached(turned, module) - {module}),
    )


def _shape(names: Collection[str], costs: Mapping[Pair, int]) -> CouplingShape:
    cycles = Graph(names, costs).cycles()
    turned = [(target, source) for source, target in costs]
    dependents = sum(len(reached(turned, name) - {name}) for name in names)
    return CouplingShape(
        modules_in_cycles=sum(map(len, cycles)),
        largest_cycle=max(map(len, cycles), default=0),
        reached=round(dependents / len(names), 1) if names else 0.0,
    )


def _imported(code: CodeBase, edge: Edge) -> str:
    return f"imports {code.called(edge.target)}"


def _interface(code: CodeBase, pair: Pair) -> Iterable[InterfaceName]:
    """What of the second module the first one uses, the most used first."""
    uses: Counter[CodePlace] = Counter()
    for edge in code.edges:
        source, target = code.files[edge.source.path], code.files[edge.target.path]
        if edge.grade not in _USED or source.is_test or not edge.target.symbol:
            continue
        if (source.module, target.module) == pair:
            uses[edge.target.top] += 1
    for place, count in sorted(uses.items(), key=lambda one: (-one[1], one[0])):
        symbol = code.symbols.get(place)
        yield InterfaceName(
            name=code.called(place),
            file=place.path,
            line=symbol.line if symbol else 1,
            uses=count,
            kind=symbol.kind if symbol else "name",
        )
