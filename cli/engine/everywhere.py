"""One question to the memories of all projects that this user's engine has ever opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from memory.errors import ArchMemError, ProjectNotFound, StoreNotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from cli.engine.calls import Address
    from memory.models.answer import Answer


class Everywhere(NamedTuple):
    """What the projects answered."""

    answers: dict[Path, Answer]  # by project, the one with the best hit first
    not_asked: dict[Path, str]  # why, by project


def ask_everywhere(
    projects: Iterable[Address], ask: Callable[[Address], Answer], *, limit: int
) -> Everywhere:
    """Ask each project by itself; of all hits the best are kept, each with its project.

    Scores are made of the same signals everywhere, but are relative to what else a project
    knows, so that the order between projects says less than the order within one.

    Args:
        projects: Whom to ask; one that is no more is passed over.
        ask: Asks one.
        limit: At most so many hits in all.
    """
    answers: dict[Path, Answer] = {}
    not_asked: dict[Path, str] = {}
    for address in projects:
        try:
            answers[address.project] = ask(address)
        except (ProjectNotFound, StoreNotFound):
            continue
        except ArchMemError as error:
            not_asked[address.project] = f"{error} {error.hint}"
    scores = sorted((hit.score for one in answers.values() for hit in one.hits), reverse=True)
    least = scores[limit - 1] if len(scores) > limit else 0.0
    kept = {project: _of_score(answer, least) for project, answer in answers.items()}
    found = {project: answer for project, answer in kept.items() if answer.hits}
    by_best = sorted(found.items(), key=lambda item: (-item[1].hits[0].score, item[0]))
    return Everywhere(dict(by_best), not_asked)


def _of_score(answer: Answer, least: float) -> Answer:
    hits = tuple(hit for hit in answer.hits if hit.score >= least)
    return answer.model_copy(update={"hits": hits})
