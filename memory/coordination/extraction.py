"""Which services code could be parted into: cuts first, then in an order, each with its phases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory.code.apart import is_seed
from memory.code.contexts import find_contexts
from memory.code.cuts import in_order
from memory.code.file_kinds import schema_files
from memory.code.partitions import FORMULAS, quality
from memory.code.testing import is_run
from memory.coordination.services import crossing, cut_statement, service
from memory.coordination.subject import SHAPES
from memory.coordination.untested import untested_files
from memory.models.coordination import Extraction, Partition, Phase, PlanStep
from memory.texts.formatting import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from memory.code.codebase import CodeBase
    from memory.code.known import KnownCode
    from memory.coordination.services import Crossing
    from memory.models.coordination import Effort, Service, Statement, TaskOwner

REST = "the rest"
_SHOWN = 5
_CYCLES = "no new major findings in architecture"


def extract(
    known: KnownCode,
    modules: Sequence[str],
    files: Sequence[str],
    named: Mapping[str, Sequence[str]],
    owner_of: Callable[[str], TaskOwner | None],
) -> Extraction:
    """The services, each after those that it needs, once the cheapest cuts are made.

    Args:
        known: The code.
        modules: That are to be services; where none is named, what holds `files`.
        files: Whose bounded contexts are to be services; without any, all contexts.
        named: Files that are to be a service by themselves, by what that is called.
        owner_of: Who knows a module best.
    """
    code = known.base
    by_module = parted_modules(code)
    contexts = find_contexts(code, by_module, known.together)
    own = {path: name for name, paths in named.items() for path in paths if path in by_module}
    parts = by_module | own if modules or own else contexts
    of_files = [contexts[one] for one in files if one in contexts]
    wanted = list(dict.fromkeys([*modules, *own.values()] or of_files))
    between = crossing(code, parts)
    found = {
        one: service(code, parts, one, between, contexts)
        for one in wanted or sorted({*parts.values()})
    }
    # With some only, whatever is left stays together and is one more part that needs an order.
    joined = {path: part if part in wanted or not wanted else REST for path, part in parts.items()}
    around = crossing(code, joined) if wanted else between
    costs = {pair: len(edges) for pair, edges in around.imports.items()}
    untested = untested_files(code)
    alone = [name for name, one in found.items() if wanted or one.kind == "service"]
    order, (chosen, is_exact) = in_order([*alone, REST] if wanted else alone, costs)
    cheapest = "cheapest" if is_exact else "cheapest found"
    how = f"formula: the {cheapest} imports at run time without which an order exists"
    cuts = {pair: cut_statement(around, pair, how) for pair in chosen}
    services = [
        found[name].model_copy(
            update={
                "phases": tuple(
                    _phases(code, parts, found[name], between, cuts, untested, owner_of)
                )
            }
        )
        for name in order
        if name in found
    ]
    libraries = [one for name, one in found.items() if name not in order]
    libraries.sort(key=lambda one: (-sum(one.needed_by.values()), one.name))
    return Extraction(
        services=(*services, *libraries),
        cuts=tuple(cuts.values()),
        exact=is_exact,
        partitions=(
            _measured(code, "bounded contexts", contexts),
            _measured(code, "modules", by_module),
        ),
        formulas=FORMULAS,
    )


def with_effort(found: Extraction, effort: Effort) -> Extraction:
    """The same with what extractions before took."""
    services = (
        one.model_copy(update={"effort": effort}) if one.phases else one for one in found.services
    )
    return found.model_copy(update={"services": tuple(services)})


def _size(one: Service) -> str:
    """What is known of a service; what is not found is left out, as it may not have been read."""
    counts = {"route": one.routes, "table": one.tables, "definition": one.published}
    said = [counted(len(each), noun) for noun, each in counts.items() if each]
    if one.published:
        said[-1] += " that others use"
    return ", ".join(said) or counted(one.files, "file")


def extraction_phases(found: Extraction) -> tuple[Phase, ...]:
    """The phases of the one service, or of all: the cuts, then service by service."""
    services = [one for one in found.services if one.phases]
    if len(services) <= 1:
        return services[0].phases if services else ()
    formula = "formula: each after those that it needs, once the cuts are made"
    cuts = [PlanStep(text=one.text, citations=one.citations) for one in found.cuts]
    steps = [
        PlanStep(
            text=f"extract {one.name}: {_size(one)}",
            modules=tuple(one.modules)[:1],
            agent=one.phases[0].steps[0].agent if one.phases[0].steps else "",
            citations=(
                formula,
                *(place for each in one.routes[:_SHOWN] for place in each.citations),
                *(f"{each.file}:{each.line}" for each in one.tables[:_SHOWN]),
            ),
        )
        for one in services
    ]
    return (
        Phase(
            name="preparation",
            steps=tuple(cuts),
            way_back="revert the commits of the cut; each stands by itself",
            gates=(_CYCLES,),
        ),
        Phase(
            name="migration",
            steps=tuple(steps),
            way_back="that of the service: all before it stay as they are",
            gates=(_CYCLES,),
        ),
    )


def parted_modules(code: CodeBase) -> dict[str, str]:
    """The module of each file that goes into some service: no test, seed or step of a schema."""
    history = set(schema_files(code.files))
    return {
        path: file.module
        for path, file in sorted(code.files.items())
        if not (file.is_test or path in history or is_seed(path) or file.language == "sql")
    }


def _measured(code: CodeBase, name: str, parts: Mapping[str, str]) -> Partition:
    count, structural, across, interfaces, not_extreme = quality(code, parts)
    return Partition(
        name=name,
        parts=count,
        structural_modularity=structural,
        calls_across=across,
        interfaces=interfaces,
        not_extreme=not_extreme,
    )


def _phases(
    code: CodeBase,
    parts: Mapping[str, str],
    one: Service,
    between: Crossing,
    cuts: Mapping[tuple[str, str], Statement],
    untested: Collection[str],
    owner_of: Callable[[str], TaskOwner | None],
) -> Iterator[Phase]:
    """Preparation, parallel run, migration and cleanup of one service, each with its way back."""
    main = next(iter(one.modules), "")
    owner = owner_of(main) if main else None

    def step(text: str, *citations: str) -> PlanStep:
        agent = owner.agent if owner else ""
        return PlanStep(text=text, modules=(main,), agent=agent, citations=citations)

    tests = [path for path in _tests(code, parts, one.name) if is_run(path)]
    gates = (_CYCLES, *(f"{path} passes" for path in tests[:_SHOWN]))
    yield Phase(
        name="preparation",
        steps=(
            *(step(cut.text, *cut.citations) for pair, cut in cuts.items() if one.name in pair),
            *_interface(one, untested, step),
        ),
        way_back="revert the commits of this phase",
        gates=gates,
    )
    yield Phase(
        name="parallel run",
        steps=tuple(_parallel(one, step)),
        way_back=f"send requests and calls to {one.name} in the old place: its code is still there",
        gates=gates,
    )
    yield Phase(
        name="migration",
        steps=tuple(_migration(one, between, step)),
        way_back="read the old tables again, which are kept and written until the cleanup"
        if one.tables
        else "call the old code again, which is kept until the cleanup",
        gates=gates,
    )
    rest = f"take out the old code of {one.name}"
    if one.tables:
        rest += f" and its {counted(len(one.tables), 'table')}, of which a copy is kept"
    yield Phase(
        name="cleanup",
        steps=(step(rest, "formula: edges to its definitions: none is left"),),
        way_back="revert the commits of this phase"
        + (", and restore the tables from the copy" if one.tables else ""),
        gates=(*([f"nothing uses {main}"] if main == one.name else ()), _CYCLES),
    )


def _tests(code: CodeBase, parts: Mapping[str, str], name: str) -> list[str]:
    """The tests that need a file of a part, those that need the most first."""
    needs: dict[str, int] = {}
    for path, part in parts.items():
        for user in code.needed_by.get(path, ()) if part == name else ():
            if code.files[user].is_test:
                needs[user] = needs.get(user, 0) + 1
    return sorted(needs, key=lambda path: (-needs[path], path))


def _interface(
    one: Service, untested: Collection[str], step: Callable[..., PlanStep]
) -> Iterator[PlanStep]:
    used = [each for each in one.published if each.kind not in SHAPES]
    if used:
        names = ", ".join(each.name for each in used[:_SHOWN])
        more = len(used) - _SHOWN
        yield step(
            f"put an interface before {counted(len(used), 'definition')} that others use: "
            f"{names}{f' and {more} more' if more > 0 else ''}",
            *(f"{each.file}:{each.line}" for each in used[:_SHOWN]),
        )
    unreached = [each for each in used if each.file in untested]
    for each in unreached[:_SHOWN]:
        yield step(
            f"write a test of what {each.name} promises: none is known to lead to its file",
            f"{each.file}:{each.line}",
        )


def _parallel(one: Service, step: Callable[..., PlanStep]) -> Iterator[PlanStep]:
    if one.routes:
        cited = (citation for each in one.routes[:_SHOWN] for citation in each.citations)
        yield step(f"serve its {counted(len(one.routes), 'route')} by both", *cited)
    for table in one.tables:
        for other in table.others:
            yield step(f"{other.text}: by a call of {one.name} instead", *other.citations)
        for key in table.keys:
            yield step(f"{key.text}: keep the value, and take out the key", *key.citations)
    for each in one.foreign_tables:
        yield step(f"{each.text} here: by a call of its owner instead", *each.citations)


def _migration(
    one: Service, between: Crossing, step: Callable[..., PlanStep]
) -> Iterator[PlanStep]:
    yield step(
        f"move {counted(one.files, 'file')}, {one.lines:,} lines",
        f"formula: files of {one.name}, tests apart",
    )
    if one.tables:
        names = ", ".join(each.table for each in one.tables)
        yield step(
            f"move its tables: {names}", *(f"{each.file}:{each.line}" for each in one.tables)
        )
    for part, count in sorted(one.needed_by.items(), key=lambda pair: (pair[1], pair[0])):
        places = (f"{each.source.path}:{each.line}" for each in between.imports[part, one.name])
        yield step(
            f"let {part} call the service: it uses it by {counted(count, 'import')} now",
            *tuple(places)[:_SHOWN],
        )
