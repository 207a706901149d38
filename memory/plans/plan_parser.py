"""A plan from plain texts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pydantic import ValidationError

from memory.errors import InvalidRequest
from memory.models.plan import LONGEST_STEP, MOST_STEPS, Plan, Step

if TYPE_CHECKING:
    from collections.abc import Iterable

_BULLET = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s+(?:\[[ xX]\]\s+)?")


def plan_of(said: Plan | str | Iterable[str | Step]) -> Plan:
    """The plan that is meant.

    Args:
        said: A plan; the texts of its steps; or one text with a step on each line, as a list
            item or bare.

    Raises:
        InvalidRequest: there is no step, there are too many, or one is none.
    """
    if isinstance(said, Plan):
        return said
    texts = said.splitlines() if isinstance(said, str) else list(said)
    steps = []
    for one in texts:
        if not isinstance(one, str | Step):
            raise InvalidRequest("check", f"a step should be a text, and is {type(one).__name__}")
        if isinstance(one, Step):
            steps.append(one)
        elif text := _BULLET.sub("", one).strip():
            steps.append(_step(text))
    if not steps:
        raise InvalidRequest("check", "the plan has no steps")
    if len(steps) > MOST_STEPS:
        raise InvalidRequest("check", f"{len(steps):,} steps are more than {MOST_STEPS}")
    return Plan(steps=tuple(steps))


def _step(text: str) -> Step:
    try:
        return Step(text=text)
    except ValidationError as error:
        words = f"a step is longer than {LONGEST_STEP:,} characters"
        raise InvalidRequest("check", words) from error
