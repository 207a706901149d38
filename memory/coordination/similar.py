"""Changes of the past that read like a task, with what they touched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory.code.file_kinds import interface_files, schema_files
from memory.code.file_modules import assign
from memory.code.past_changes import Likened
from memory.code.testing import is_test
from memory.models.coordination import SimilarChange

if TYPE_CHECKING:
    from collections.abc import Mapping

    from memory.code.codebase import CodeBase
    from memory.code.past_changes import PastChanges

MOST = 12
RECENT = 300  # changes that the share of all is taken from
LIKE = 0.25  # likeness from which on a change says something of a task


def similar_changes(
    past: PastChanges | None, code: CodeBase, task: str
) -> tuple[SimilarChange, ...]:
    """The likest ones, each with what it touched.

    Args:
        past: What was merged; None without git.
        code: As it is now: for the modules of its files. Those that are gone are assigned by path.
        task: In plain words.
    """
    found = [one for one in (past.like(task, MOST) if past else ()) if one.likeness >= LIKE]
    endings = {path.rpartition(".")[2] for path in code.files}
    gone = {
        path
        for one in found
        for path in one.change.paths
        if path not in code.files and path.rpartition(".")[2] in endings
    }
    modules = {path: file.module for path, file in code.files.items()}
    if gone:
        assigned = assign([*code.files, *gone], {})
        modules |= {path: assigned[path] for path in gone}
    return tuple(_told(one, modules) for one in found)


def systemic_share(past: PastChanges, code: CodeBase) -> float:
    """The share of all recent changes that were systemic."""
    recent = past.changes[:RECENT]
    modules = {path: file.module for path, file in code.files.items()}
    return sum(_told(Likened(one, 0.0), modules).is_systemic for one in recent) / len(recent)


def _told(one: Likened, modules: Mapping[str, str]) -> SimilarChange:
    paths = one.change.paths
    touched = {modules[path] for path in paths if path in modules and not is_test(path)}
    return SimilarChange(
        commit=one.change.commit,
        day=one.change.moment.date().isoformat(),
        subject=one.change.subject,
        likeness=round(one.likeness, 2),
        modules=len(touched),
        files=len(paths),
        changes_schema=bool(schema_files(paths)),
        changes_interface=bool(interface_files(paths)),
    )
