"""The phases of a change to something that is named: steps that facts of the code call for."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from memory.code.testing import is_run
from memory.coordination.untested import untested_files
from memory.coordination.worked_out.models import both_written
from memory.coordination.worked_out.telling import cited
from memory.models.coordination import Phase, PlanStep
from memory.texts.formatting import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from memory.code.codebase import CodeBase, CodePlace
    from memory.coordination.reached import Users
    from memory.coordination.subject import RequestSubject

_SHOWN = 5
_RUN = frozenset({"class", "function", "method"})  # what a test can reach
CYCLES = "no new major findings in architecture"


def step(
    text: str, module: str, agent_of: Callable[[str], str], citations: Iterable[str]
) -> PlanStep:
    """A step of a module, for whoever knows it best."""
    return PlanStep(
        text=text,
        modules=(module,) if module else (),
        agent=agent_of(module) if module else "",
        citations=tuple(citations),
    )


def change_phases(
    code: CodeBase, about: RequestSubject, users: Users | None, agent_of: Callable[[str], str]
) -> tuple[Phase, ...]:
    """Tests, then old and new beside each other, then module by module, then the old goes.

    A phase without a step is left out.
    """
    tests = [path for path in users.tests if is_run(path)] if users else []
    gates = (CYCLES, *(f"{path} passes" for path in tests[:_SHOWN]))
    direct = list(users.direct) if users else []
    own = sorted({place.path for place in users.own} if users else set())
    name = ", ".join(about.names)
    phases = (
        Phase(
            name="preparation",
            steps=tuple(_preparation(code, direct, users, agent_of)),
            way_back="nothing to take back: only tests are added",
            gates=gates,
        ),
        Phase(
            name="parallel run",
            steps=tuple(both_written(code, about, agent_of)),
            way_back="read and write the old only: it is still there",
            gates=gates,
        ),
        Phase(
            name="migration",
            steps=tuple(_migration(code, direct, users, name, agent_of)),
            way_back="go back module by module in the opposite order; the old is still there",
            gates=gates,
        ),
    )
    found = tuple(one for one in phases if one.steps)
    if not found:
        return ()
    module = code.files[own[0]].module if own and own[0] in code.files else ""
    last = step(
        f"take out what was replaced of {name}, once nothing uses it",
        module,
        agent_of,
        ["formula: edges to a definition"],
    )
    return (
        *found,
        Phase(
            name="cleanup",
            steps=(last,),
            way_back="revert the commits that take the old out",
            gates=gates,
        ),
    )


def _migration(
    code: CodeBase,
    direct: Sequence[CodePlace],
    users: Users | None,
    name: str,
    agent_of: Callable[[str], str],
) -> Iterable[PlanStep]:
    """Module by module what uses it directly, where most do first."""
    counts = Counter(code.files[place.path].module for place in direct)
    for module, count in counts.most_common():
        places = [
            (edge.source.path, edge.line)
            for place in direct
            if users and code.files[place.path].module == module
            for edge in users.direct[place]
        ]
        said = f"change what uses {name} in {module}: {counted(count, 'definition')}"
        yield step(said, module, agent_of, cited(places))


def _preparation(
    code: CodeBase,
    direct: Sequence[CodePlace],
    users: Users | None,
    agent_of: Callable[[str], str],
) -> Iterable[PlanStep]:
    """Tests of what uses it, by module; what is annotated a framework may call."""
    known = untested_files(code)
    untested: dict[str, list[CodePlace]] = defaultdict(list)
    for place in direct:
        one = code.symbols.get(place)
        if place.path in known and one and one.kind in _RUN and not one.annotations:
            untested[code.files[place.path].module].append(place)
    for module, places in untested.items():
        names = ", ".join(code.called(place) for place in places[:_SHOWN])
        more = f" and {len(places) - _SHOWN} more" if len(places) > _SHOWN else ""
        where = [
            (place.path, edge.line)
            for place in places
            for edge in (users.direct[place][:1] if users else ())
        ]
        yield step(
            f"write tests that reach {names}{more}: none is known to lead to their files",
            module,
            agent_of,
            cited(where),
        )
