"""All formats, in the order in which they are asked."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from indexer.formats.agent_definitions import AgentDefinitions
from indexer.formats.baselines import Baselines
from indexer.formats.decision_log import DecisionLog
from indexer.formats.decision_records import DecisionRecords
from indexer.formats.flags import Flags
from indexer.formats.lessons import Lessons
from indexer.formats.notes import MemoryPages, agent_notes, module_notes
from indexer.formats.refactorings import Refactorings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import PurePosixPath

    from indexer.formats.document import Format


def formats(extra_record_folders: Sequence[str] = ()) -> tuple[Format, ...]:
    """Every format; a file belongs to the first that accepts its path.

    Those for one file or folder come first, those that take whatever is left of a folder last.

    Args:
        extra_record_folders: Folders of decision records beyond the usual ones.
    """
    return (
        Baselines(),
        Refactorings(),
        Flags(),
        DecisionLog(),
        Lessons(),
        agent_notes(),
        module_notes(),
        AgentDefinitions(),
        MemoryPages(),
        DecisionRecords(extra_record_folders),
    )


def finder(formats: Sequence[Format]) -> Callable[[PurePosixPath], Format | None]:
    """What tells the first of these formats that accepts a path."""
    return lambda path: next((each for each in formats if each.accepts(path)), None)


def format_for(path: PurePosixPath) -> Format | None:
    """The format of a file at this path, relative to the project root; None for any other file."""
    return finder(_usual())(path)


@cache
def _usual() -> tuple[Format, ...]:
    return formats()
