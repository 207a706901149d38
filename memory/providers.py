"""Where what is known comes from: each source of it is a provider, asked about one subject.

A brief collects what its providers have; a later source of facts is a function more, in a file of
its own, in the list of whoever is to tell of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from memory.ledger.interface.database import Database
    from memory.models.selection import Lens
    from memory.retrieval.candidates import Question

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True)
class Subject:
    """What somebody wants to know about."""

    text: str  # a task, or a step of a plan, in plain words
    lens: Lens  # from when to look
    question: Question  # the text in the forms that a search needs
    modules: tuple[str, ...] = ()  # that it concerns
    agents: tuple[str, ...] = ()  # likewise


class Provider(Protocol[T_co]):
    """A source of what is known."""

    def __call__(self, db: Database, subject: Subject, /) -> Iterable[T_co]:
        """What it has on a subject, as far as the subject's lens shows it."""
        ...


def collect(
    providers: Iterable[Provider[T]], db: Database, subject: Subject, key: Callable[[T], str]
) -> dict[str, T]:
    """What the providers have by key; what several have is as the last of them has it."""
    return {key(one): one for provide in providers for one in provide(db, subject)}
