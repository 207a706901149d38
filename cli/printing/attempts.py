"""What was tried as calm blocks: when, what it moved, its effect, what became of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rich.text import Text

from cli.forms.screen import indented, line
from cli.forms.terminal import bearing, print_citation, summary
from memory.kinds.vocabulary import Trust
from memory.models.details import Refactoring
from memory.texts.shortening import excerpt
from memory.views.memory_view import again_words, reverted_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from memory.models.answer import Attempt

_INDENT = 4
_MOVES = 3  # that are shown of one attempt
_LONGEST = 300  # characters of a reason or an effect
_MADE_UP = re.compile(r"(?:Moved:\n|It changed |Commit [0-9a-f])")  # not from the message
_TELLING = 60  # characters from which on a line that only announces others tells something
_HASH = re.compile(r"[0-9a-f]{12,64}")
_SHORT = 12  # digits of a hash


def print_attempt(console: Console, rank: int, attempt: Attempt) -> None:
    """Print one attempt.

    Args:
        console: Where to.
        rank: 1 for the nearest.
        attempt: What was tried.
    """
    console.print(Text.assemble(f"{rank:>2}. ", line(attempt.memory.title, "bold")))
    console.print(indented(summary(attempt), _INDENT))
    print_citation(console, _place(attempt), _INDENT)
    if said := _message(attempt):
        console.print(indented(line(_cut(said)), _INDENT))
    for words, style in _told(attempt):
        console.print(indented(line(words, style), _INDENT))
    for bears in bearing(attempt):
        console.print(indented(bears, _INDENT))


def _place(attempt: Attempt) -> str:
    """Where it is said, and which commits did it, each once."""
    said = attempt.memory.citation
    commits = [_short(commit) for commit in attempt.commits]
    beside = [commit for commit in commits if commit not in said]
    named = f"commit{'s' if len(beside) > 1 else ''} {', '.join(beside)}"
    return f"{said} · {named}" if beside else said


def _told(attempt: Attempt) -> Iterator[tuple[str, str]]:
    details = attempt.memory.revision.draft.details
    if attempt.memory.revision.draft.modules:
        yield f"touched: {', '.join(attempt.memory.revision.draft.modules)}", "dim"
    if isinstance(details, Refactoring):
        for move in details.moved[:_MOVES]:
            what = f"{move.what}: " if move.what else ""
            where = f"{move.origin} → {move.destination}" if move.destination else move.origin
            yield f"moved {what}{where}".removesuffix(": "), ""
        if len(details.moved) > _MOVES:
            yield f"and {len(details.moved) - _MOVES} more moves", "dim"
        if details.why and not attempt.is_reverted:
            yield f"why: {_cut(details.why)}", ""
    if attempt.effect:
        yield f"effect: {_cut(attempt.effect)}", "green"
    if attempt.is_reverted:
        why = _cut(attempt.revert_reason)
        yield reverted_words(attempt.reverted_by, attempt.reverted_on, why), "red"
    elif attempt.done_again_by:
        yield again_words(attempt.done_again_by), "yellow"


def _message(attempt: Attempt) -> str:
    """What a commit's message says first; what people record has fields for it."""
    memory = attempt.memory
    first = memory.revision.draft.body.partition("\n\n")[0]
    if first.endswith(":") and len(first) < _TELLING:
        return ""
    is_words = memory.revision.source.trust is Trust.DERIVED and not _MADE_UP.match(first)
    return first if is_words else ""


def _short(commit: str) -> str:
    return commit[:_SHORT] if _HASH.fullmatch(commit) else commit


def _cut(text: str) -> str:
    return excerpt(text, (), length=_LONGEST)
