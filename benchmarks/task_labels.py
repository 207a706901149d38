"""Tasks of a coordinator, with the records that bear on them, as `task_labels_*.jsonl` hold them.

A line is a task, as JSON: `project` (a folder with its records), `repository` and `commit` (where
that comes from), `task`, the `essential` records, which one has to know for it, and the `useful`
ones, which one is glad to know. All others of the project are noise; without `useful`, nobody said
what is. A record is told by its path, the beginning of its file's name or of its title. They were
labelled from the records, before archmem was asked. `fit_usefulness.py` fitted on those of
`task_labels_fit.jsonl`; nothing is fitted on the other files, which are of other projects:
`_apart`, `_close` (more of them bear on a task, by eight other readers) and `_exam`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from memory.models.memory import Memory


class TaskLabel(NamedTuple):
    """A task, and what bears on it."""

    project: str
    task: str
    essential: tuple[str, ...]
    useful: tuple[str, ...] | None  # None where everything else may be useful


def read_tasks(path: Path) -> list[TaskLabel]:
    """The tasks of a file."""
    lines = path.read_text(encoding="utf-8").splitlines()
    said = (json.loads(line) for line in lines if line.strip())
    return [
        TaskLabel(
            one["project"],
            one["task"],
            tuple(one["essential"]),
            tuple(one["useful"]) if "useful" in one else None,
        )
        for one in said
    ]


def is_one_of(memory: Memory, records: tuple[str, ...]) -> bool:
    """Whether a memory is one of some records."""
    return any(is_record(memory, one) for one in records)


def is_record(memory: Memory, record: str) -> bool:
    """Whether a memory is the record that a label tells."""
    path = memory.path or ""
    return (
        path == record
        or path.endswith(f"/{record}")
        or Path(path).name.startswith(record)
        or memory.title.startswith(record)
    )
