"""The code of a project with what else is known of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from memory.code.checks.check import Check
    from memory.code.cochange import CoChange
    from memory.code.codebase import CodeBase
    from memory.code.coverage import Coverage


class KnownCode(NamedTuple):
    """What questions about code are answered from."""

    base: CodeBase
    together: CoChange | None  # None without git, and of an earlier commit
    coverage: Coverage | None  # None without a report, and of an earlier commit
    checks: Sequence[Check] = ()  # where they are asked for
