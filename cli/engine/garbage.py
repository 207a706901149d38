"""Keeps the collection of garbage out of the way of those who wait for an answer.

To collect all of it Python looks at every object, for half a second where the code of a large
project is known, and nobody gets an answer meanwhile (`python benchmarks/neighbours.py`). So what
is young is collected as always, of which 200,000 objects at once took a busy machine 95 ms, and the
rest in a quiet moment.
"""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cli.engine.lifetime import Lifetime

_YOUNG, _YOUNG_AT_ONCE = 10_000, 5  # objects, and how often those before the next are looked at
_NEVER = 1_000_000_000
QUIET = 5.0  # seconds without a call
MUCH = 400  # times 50,000 objects: then it is not waited any longer


def put_off() -> None:
    """Afterwards only young garbage is collected without being asked to."""
    gc.set_threshold(_YOUNG, _YOUNG_AT_ONCE, _NEVER)


def collect_when_quiet(lifetime: Lifetime) -> None:
    """Collect all garbage if some may have come together and nobody waits."""
    waiting = gc.get_count()[2]
    if waiting > MUCH or (waiting and lifetime.quiet_seconds > QUIET):
        gc.collect()
