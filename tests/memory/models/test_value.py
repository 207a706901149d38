"""What checks a value is built with the first one, from what its own module says."""

from __future__ import annotations

from memory.models.value import Value


class Road(Value):
    leads_to: Place | None = None


class Place(Value):
    name: str


def test_a_caller_s_variables_are_nobody_s_types():
    def make() -> Road:
        Place = int  # noqa: F841, N806 - as a function of a stranger may call what it has
        return Road(leads_to={"name": "docs/adr"})

    assert make().leads_to == Place(name="docs/adr")
