"""Why a memory stands as it does: a line for each step, as people read and programs take it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cli.forms.screen import facts_grid, indented, line
from cli.forms.terminal import print_head
from cli.json_lines import memory_line

if TYPE_CHECKING:
    from rich.console import Console

    from memory.models.explanation import Explained

EXPLAINED_FIELDS = {
    "reasons": "why it stands as it does, a line for each step",
    "rank": "of a lesson: candidate, practice or retired; null for other memories",
    "prior": "of a lesson: alpha and beta before any evidence; null likewise",
    "alpha": "of the Beta posterior; null likewise",
    "beta": "likewise",
    "mean": "of the posterior, 0 to 1; null likewise",
    "lower": "its 5 % quantile, 0 to 1; null likewise",
    "count": "weight of all evidence; null likewise",
    "least_trust": "the least trust of a lesson's sources; null likewise",
    "evidence": "of a lesson, oldest first: origin, kind, speaks_for, weight, words, at",
    "ancestors": "what a lesson was learned from: uid, title, kind, trust, how, of",
    "premises": "baselines it rests on that have moved",
    "freshness": "what became of the places it names; null where nobody has looked",
}
_INDENT = 2
_STYLES = {"for": "green", "against": "red", "rank": "bold"}


def print_explained(console: Console, explained: Explained) -> None:
    """Print why a memory stands as it does."""
    print_head(console, explained)
    console.print()
    rows = (reason.partition(": ") for reason in explained.reasons)
    grid = facts_grid((what, line(words, _STYLES.get(what, ""))) for what, _, words in rows)
    console.print(indented(grid, _INDENT))


def explained_line(explained: Explained) -> dict[str, Any]:
    """The same for programs: the fields of a memory, and EXPLAINED_FIELDS."""
    from memory.lessons.confidence import PRIOR

    known = explained.confidence
    said = known.model_dump(mode="json") if known else {}
    numbers = {name: said.get(name) for name in ("rank", "alpha", "beta", "mean", "lower", "count")}
    return memory_line(explained) | {
        "reasons": explained.reasons,
        **numbers,
        "prior": {"alpha": PRIOR.alpha, "beta": PRIOR.beta} if known else None,
        "least_trust": said.get("trust"),
        "evidence": said.get("evidence", []),
        "ancestors": [one.model_dump(mode="json") for one in explained.ancestors],
        "premises": [one.model_dump(mode="json") for one in explained.premises],
        "freshness": explained.freshness.model_dump(mode="json") if explained.freshness else None,
    }
