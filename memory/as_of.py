"""A memory as of a commit: what the project's files said there, and what else led to it."""

from __future__ import annotations

import hashlib
import json
from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, NoReturn, ParamSpec, Protocol, TypeVar, cast

from memory.errors import InvalidRequest, StoreDamaged, StoreNotFound
from memory.models.selection import Lens, Selection
from memory.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from contextlib import AbstractContextManager
    from typing import Self

    from memory.code.clone_tokens import FileTokens
    from memory.code.codebase import CodeBase
    from memory.ledger.interface.database import Ledger
    from memory.project_files import ProjectFiles
    from memory.session import Session

    class _SeenFromCommits(Protocol):
        def at(self, commit: str) -> AbstractContextManager[Self]: ...


P = ParamSpec("P")
R = TypeVar("R")
M = TypeVar("M", bound="_SeenFromCommits")

TRIES = 3  # another process may tidy a copy away between its making and its opening


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


@contextmanager
def session_at(session: Session, commit: str) -> Iterator[Session]:
    """A memory as of a commit, open as long as the block lasts; see `ArchMem.at`."""
    from memory.ledger.copies import discard_copy, kept_copy
    from memory.ledger.store_facts import MODEL

    commit = session.project.commit_of(commit)
    name = f"{commit}-{_signature(session)}"

    def rewind(copy: Ledger) -> None:
        session.project.rewind(copy, commit)
        with copy.writing() as db:
            db.rewinding.queue_what_shows(db.facts.find(MODEL) or "")

    for attempt in range(TRIES):
        with kept_copy(session.ledger, name, rewind) as folder:
            try:
                then = session.of_copy(folder, commit, cast("Any", _Past(commit, session.project)))
                _ensure_sound(then)
            except (StoreNotFound, StoreDamaged):
                discard_copy(session.ledger, name)
                if attempt + 1 < TRIES:
                    continue
                raise
            try:
                yield then
            finally:
                then.close()
            return


def _ensure_sound(then: Session) -> None:
    if damage := then.ledger.damage:
        then.close()
        raise StoreDamaged(then.folder, damage.what)


def _signature(session: Session) -> str:
    """Stands for all of a memory that it depends on how a commit is seen.

    And for which ledger it is: a copy that came with a repository is of another one.
    """
    from memory.ledger import store_facts
    from memory.ledger.adoption import name_of

    with session.ledger.reading() as db:
        said = [
            VERSION,
            name_of(session.ledger.path),
            db.changes.latest(),
            db.facts.find(store_facts.MODEL),
            db.embeddings.count_queued(),
            db.facts.find(store_facts.HISTORY),
            db.facts.find(store_facts.CALENDAR),
            session.settings.record_folders,
            session.settings.ignore,
            session.settings.history_limit,
        ]
    return hashlib.blake2b(json.dumps(said).encode(), digest_size=6).hexdigest()


def _commit_of(value: object) -> str | None:
    lens = value.lens if isinstance(value, Selection) else value
    return lens.commit if isinstance(lens, Lens) else None


def _without_commit(value: object) -> object:
    if isinstance(value, Selection):
        return value.model_copy(update={"lens": _without_commit(value.lens)})
    return value.model_copy(update={"commit": None}) if isinstance(value, Lens) else value


class _Past:
    """The project at a commit: nobody changes it any more, and what was there is not looked up."""

    def __init__(self, commit: str, present: ProjectFiles) -> None:
        self._commit = commit
        self._present = present

    def code_at(self, commit: str) -> CodeBase:
        return self._present.code_at(commit)

    def tokens(self, ledger: Ledger, code: CodeBase) -> Mapping[str, FileTokens]:
        return self._present.tokens(ledger, code)

    def commit_of(self, _name: str) -> str:
        return self._commit

    def departed(self, _paths: Collection[str], _modules: Collection[str]) -> Collection[str]:
        return ()

    def __getattr__(self, _name: str) -> Callable[..., NoReturn]:
        def refuse(*_: object, **__: object) -> NoReturn:
            raise InvalidRequest(f"As of {self._commit[:12]}", "nothing can be changed there")

        return refuse
