"""A memory as of a commit: what the project's files said there, and what else led to it."""

from __future__ import annotations

import hashlib
import json
from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, NoReturn, ParamSpec, TypeVar, cast

from memory.errors import InvalidRequest, StoreDamaged, StoreNotFound
from memory.ledger import facts
from memory.ledger.changes import latest_change
from memory.ledger.copies import discard_copy, kept_copy
from memory.ledger.embeddings import count_queued
from memory.ledger.rewinding import queue_what_shows
from memory.models.selection import Lens, Selection
from memory.opening import Opened
from memory.retrieval.shared import Shared
from memory.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from pathlib import Path
    from typing import Any, Self

    from memory.ledger.connection import Ledger

P = ParamSpec("P")
R = TypeVar("R")
M = TypeVar("M", bound="AsOf")

TRIES = 3  # another process may tidy a copy away between its making and its opening


class AsOf(Opened):
    """A memory that can be seen from any commit."""

    @contextmanager
    def at(self, commit: str) -> Iterator[Self]:
        """This memory as of a commit, in a `with` statement.

        That is what the project's files said in the commit's tree, and of what no file says
        (refactorings told by git, runs) whatever was recorded at a commit that leads to it.
        Nothing can be recorded there, and this memory stays as it is. The second time it is
        opened from a copy, as long as nothing else has been recorded.

        Args:
            commit: Any name that git knows it by: a branch, a tag, a hash, `HEAD~3`.

        Raises:
            UnknownCommit: git knows none, has not all of its files, or is not there.
        """
        with self._copy_of(self._files.commit_of(commit)) as then:
            yield then

    @contextmanager
    def _copy_of(self, commit: str) -> Iterator[Self]:
        name = f"{commit}-{self._signature()}"

        def rewind(copy: Ledger) -> None:
            self._files.rewind(copy, commit)
            with copy.writing() as db:
                queue_what_shows(db, facts.find_fact(db, facts.MODEL) or "")

        for attempt in range(TRIES):
            with kept_copy(self._ledger, name, rewind) as folder:
                try:
                    then = self._opened_at(folder, commit)
                except (StoreNotFound, StoreDamaged):
                    discard_copy(self._ledger, name)
                    if attempt + 1 < TRIES:
                        continue
                    raise
                with then:
                    yield then
                    return

    def _opened_at(self, folder: Path, commit: str) -> Self:
        return type(self)(
            self.root,
            folder,
            _Past(commit),
            self._settings,
            models=self._models,
            shared=Shared(folder, models_of=self._shared),
            commit=commit,
        )

    def _signature(self) -> str:
        """Stands for all of this memory that it depends on how a commit is seen."""
        with self._ledger.reading() as db:
            said = [
                VERSION,
                latest_change(db),
                facts.find_fact(db, facts.MODEL),
                count_queued(db),
                facts.find_fact(db, facts.HISTORY),
                self._settings.record_folders,
                self._settings.ignore,
                self._settings.history_limit,
            ]
        return hashlib.blake2b(json.dumps(said).encode(), digest_size=6).hexdigest()


def through_lens(verb: Callable[Concatenate[M, P], R]) -> Callable[Concatenate[M, P], R]:
    """The verb, asked of the memory as of a commit where its lens or selection names one."""

    @wraps(verb)
    def at_its_commit(memory: M, *args: P.args, **kwargs: P.kwargs) -> R:
        commit = next(filter(None, map(_commit_of, (*args, *kwargs.values()))), None)
        if commit is None:
            return verb(memory, *args, **kwargs)
        with memory.at(commit) as then:
            plain: Any = tuple(map(_without_commit, args))
            named: Any = {name: _without_commit(value) for name, value in kwargs.items()}
            return verb(then, *plain, **named)

    return cast("Callable[Concatenate[M, P], R]", at_its_commit)


def _commit_of(value: object) -> str | None:
    lens = value.lens if isinstance(value, Selection) else value
    return lens.commit if isinstance(lens, Lens) else None


def _without_commit(value: object) -> object:
    if isinstance(value, Selection):
        return value.model_copy(update={"lens": _without_commit(value.lens)})
    return value.model_copy(update={"commit": None}) if isinstance(value, Lens) else value


class _Past:
    """The files of a commit, which nobody changes any more."""

    def __init__(self, commit: str) -> None:
        self._commit = commit

    def commit_of(self, name: str) -> str:  # noqa: ARG002
        """The commit itself."""
        return self._commit

    def departed(self, paths: Collection[str], modules: Collection[str]) -> Collection[str]:  # noqa: ARG002
        """Nothing: what was there when is not looked up."""
        return ()

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise InvalidRequest(f"As of {self._commit[:12]}", "nothing can be changed there")

    take_in = read_history = record = amend = check_anchors = look_again = rewind = _refuse
