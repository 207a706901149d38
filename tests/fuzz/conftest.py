"""How many inputs each test makes, and what it says of them.

`make fuzz` makes as many as `ARCHMEM_FUZZ` says, by chance; without it they are few, and the same.
"""

from __future__ import annotations

import os
import time

import pytest
from hypothesis import HealthCheck, settings

INPUTS = int(os.environ.get("ARCHMEM_FUZZ", "0"))
settings.register_profile(
    "fuzz",
    max_examples=INPUTS or 40,
    derandomize=not INPUTS,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def fuzzed(request, capsys):
    """Called with each input; afterwards says how many there were, where many were asked for."""
    settings.load_profile("fuzz")
    sizes: list[int] = []
    began = time.monotonic()
    yield lambda said: sizes.append(len(said))
    if INPUTS:
        with capsys.disabled():
            took = time.monotonic() - began
            print(
                f"\n{request.node.name}: {len(sizes):,} inputs, {sum(sizes):,} bytes, {took:.0f} s"
            )


def pytest_configure() -> None:
    settings.load_profile("fuzz")
