"""Whose ledger it is: the project is noted in it, so that no other one writes to its files."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from memory.errors import StoreBusy, StoreNotWritable, StoreOfAnotherProject
from memory.ledger.facts import PROJECT, find_fact, save_fact

if TYPE_CHECKING:
    from memory.ledger.connection import Ledger


def ensure_belongs(ledger: Ledger, project: Path) -> None:
    """Afterwards the ledger is that of a project, which it was before or which takes it over.

    A project and its store may have been moved or copied together, so two folders count as the
    project: the one that was noted, and the one that now lies where it lay, seen from the store.
    When neither is there any more, whoever asks is the project under a new name.

    Args:
        ledger: An open one.
        project: The root of the main worktree, absolute and without links.

    Raises:
        StoreOfAnotherProject: it is the ledger of another project, which is there.
    """
    store = ledger.path.parent.resolve()
    with ledger.reading() as db:
        noted = find_fact(db, PROJECT)
    mine = json.dumps([str(project), _as_seen_from(store, project)])
    if noted == mine:
        return
    if noted is not None:
        root, seen = json.loads(noted)
        there = [one for one in (Path(root), store / seen) if _is_there(one)]
        if there and not any(_are_same(one, project) for one in there):
            raise StoreOfAnotherProject(store, there[0].resolve())
    # Where it cannot be noted now, the next one who opens it does.
    with suppress(StoreBusy, StoreNotWritable), ledger.writing() as db:
        save_fact(db, PROJECT, mine)


def _as_seen_from(store: Path, project: Path) -> str:
    """The way from the store to the project, where there is one."""
    try:
        return Path(os.path.relpath(project, store)).as_posix()
    except ValueError:  # another drive of Windows
        return str(project)


def _is_there(folder: Path) -> bool:
    """Whether it exists; what we may not look at does."""
    try:
        return folder.is_dir()
    except OSError:
        return True


def _are_same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)  # upper and lower case may not matter, or a mount be another's
    except OSError:
        return False
