"""The code of a project with what else is known of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from memory.code.checks.check import Check
    from memory.code.clone_tokens import FileTokens
    from memory.code.cochange import CoChange
    from memory.code.codebase import CodeBase
    from memory.code.coverage import CoverageReport
    from memory.code.tool_reports import Reports


class KnownCode(NamedTuple):
    """What questions about code are answered from."""

    base: CodeBase
    together: CoChange | None  # None without git, and of an earlier commit
    coverage: CoverageReport | None  # None without a report, and of an earlier commit
    reported: Reports | None = None  # by other tools; None for an earlier commit
    checks: Sequence[Check] = ()  # where they are asked for
    tokens: Callable[[], Mapping[str, FileTokens]] | None = None  # of files by path, when asked
