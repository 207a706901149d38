"""What steps of a plan touch, and which of them are at it at once."""

from __future__ import annotations

import re
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from memory.code.codebase import CodePlace
from memory.code.targets import find_target
from memory.coordination.code_names import named_places
from memory.errors import InvalidRequest
from memory.kinds.vocabulary import Status
from memory.texts.module_names import modules_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from memory.code.codebase import CodeBase
    from memory.models.details import PhasedPlan, PlannedStep

_FILE = re.compile(r"(?<![\w/.@-])[\w.@-]+\.[A-Za-z]\w{0,4}(?![\w/-])")  # "jobs.py"


class TouchedCode(NamedTuple):
    """What a step touches."""

    files: frozenset[str]  # that it names
    modules: frozenset[str]  # that it names, or that these files are of

    def shared(self, other: TouchedCode) -> str:
        """What two steps both touch, in words; "" for nothing."""
        if files := sorted(self.files & other.files):
            return files[0]
        modules = sorted(self.modules & other.modules)
        return f"module {modules[0]}" if modules else ""


def touched(step: PlannedStep, code: CodeBase, modules: Sequence[str]) -> TouchedCode:
    """What a step says that it touches, and what its text names of the code."""
    files = {one for one in step.files if one in code.files} | set(_named_files(step.text, code))
    named = step.modules or modules_in(step.text, modules)
    of_files = {code.files[one].module for one in files}
    return TouchedCode(frozenset(files), frozenset({*named, *of_files}))


def touched_by_all(
    plan: PhasedPlan, code: CodeBase, modules: Sequence[str]
) -> dict[int, TouchedCode]:
    """The same of each step, by its number."""
    steps = (step for phase in plan.phases for step in phase.steps)
    return {at: touched(step, code, modules) for at, step in enumerate(steps, start=1)}


def in_flight(
    all_touched: Mapping[int, TouchedCode], statuses: Mapping[int, Status]
) -> Iterator[tuple[int, int, str]]:
    """Pairs of steps that are begun and not done, and what both touch."""
    begun = [number for number, status in statuses.items() if status is Status.OPEN]
    for first, second in combinations(begun, 2):
        if shared := all_touched[first].shared(all_touched[second]):
            yield first, second, shared


def at_once(
    plan: PhasedPlan, all_touched: Mapping[int, TouchedCode]
) -> Iterator[tuple[int, int, str]]:
    """Pairs of steps of one phase that different agents may do at once, and what both touch."""
    number = 0
    for phase in plan.phases:
        numbered = list(enumerate(phase.steps, start=number + 1))
        number += len(phase.steps)
        for (first, one), (second, other) in combinations(numbered, 2):
            is_in_turn = is_after(plan, second, first) or is_after(plan, first, second)
            if is_in_turn or one.agent == other.agent or not (one.agent and other.agent):
                continue
            if shared := all_touched[first].shared(all_touched[second]):
                yield first, second, shared


def is_after(plan: PhasedPlan, step: int, other: int) -> bool:
    """Whether a step says that it comes after another, by way of others too."""
    steps = [one for phase in plan.phases for one in phase.steps]
    front, seen = list(steps[step - 1].after), set[int]()
    while front:
        one = front.pop()
        if one == other:
            return True
        if one not in seen:
            seen.add(one)
            front += steps[one - 1].after
    return False


def _named_files(text: str, code: CodeBase) -> Iterator[str]:
    """Files by their paths or bare names, and those of definitions that a text names."""
    for said in _FILE.findall(text):
        try:
            starts = find_target(code, said).starts
        except InvalidRequest:
            continue
        yield from (place.path for place in starts[:1] if place == CodePlace(place.path))
    yield from (place.path for _, place in named_places(code, text) if place.path in code.files)
