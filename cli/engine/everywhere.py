"""One question to the memories of all projects that this user's engine has ever opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from memory.errors import ArchMemError, ProjectNotFound, StoreNotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from cli.engine.calls import Address
    from memory.models.answer import Answer, Hit


class Everywhere(NamedTuple):
    """What the projects answered."""

    hits: list[tuple[Path, Hit]]  # with the project of each, the best one first
    answers: dict[Path, Answer]  # of each project that was asked
    not_asked: dict[Path, str]  # why, by project
    gone: tuple[Path, ...]  # projects that are no more, or have no memory any more


def ask_everywhere(
    projects: Iterable[Address], ask: Callable[[Address], Answer], *, limit: int
) -> Everywhere:
    """Ask each project by itself, and put their hits in one order.

    A score says which hit of one project is better than another of the same; across projects
    it is the relevance that can be compared. Within a project hits keep their order, whatever
    their relevance: what is in force stays before what it replaced. What clones of one
    repository have in common is told once.

    Args:
        projects: Whom to ask.
        ask: Asks one.
        limit: At most so many hits; of equal ones those of the project named first.
    """
    answers: dict[Path, Answer] = {}
    not_asked: dict[Path, str] = {}
    gone: list[Path] = []
    for address in projects:
        try:
            answers[address.project] = ask(address)
        except (ProjectNotFound, StoreNotFound):
            gone.append(address.project)
        except ArchMemError as error:
            not_asked[address.project] = f"{error} {error.hint}"
        except OSError as error:
            not_asked[address.project] = str(error)
    return Everywhere(_merged(answers)[:limit], answers, not_asked, tuple(gone))


def _merged(answers: Mapping[Path, Answer]) -> list[tuple[Path, Hit]]:
    ranked: list[tuple[float, float, Path, Hit]] = []
    seen: set[str] = set()
    for project, answer in answers.items():
        highest = [hit.relevance or 0.0 for hit in answer.hits]
        for place, hit in enumerate(answer.hits):
            if hit.memory.uid not in seen:
                seen.add(hit.memory.uid)
                # As relevant as the best of what stands behind it, so as to stay before that.
                ranked.append((max(highest[place:]), hit.score, project, hit))
    ranked.sort(key=lambda found: (-found[0], -found[1]))
    return [(project, hit) for _, _, project, hit in ranked]
