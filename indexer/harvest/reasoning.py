"""Says whether a text tells of a decision and its reason; in doubt it does not."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from indexer.harvest.sentences import LONGEST, SHORTEST, sentences
from memory.texts.lexicon import read_lexicon, words_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indexer.harvest.sentences import Sentence
    from indexer.history.commit_messages import Subject

_WORD = re.compile(r"[a-z][\w-]*")


class Choice(NamedTuple):
    """How plainly a line says that something was chosen."""

    weight: int  # 2: over something else; 1: something was done; 0: neither


NO_CHOICE, DOING, CHOSEN = 0, 1, 2


@cache
def pattern(table: str, *, begins: bool = False) -> re.Pattern[str]:
    """The patterns of a list in `harvest.toml` as one, at the beginning of a line or anywhere."""
    said = "|".join(f"(?:{one})" for one in read_lexicon("harvest")[table])
    return re.compile(f"(?:{said})" if begins else said, re.IGNORECASE)


def choice_in(text: str) -> int:
    """How plainly a subject or a clause begins with a choice: 2 plainly, 1 perhaps, 0 not."""
    said = f"{text.strip()} "
    if pattern("choices", begins=True).match(said) or _INSTEAD.search(said):
        return CHOSEN
    return DOING if pattern("doings", begins=True).match(said) else NO_CHOICE


_INSTEAD = re.compile(r"\b(?:instead of|in favou?r of|rather than)\b", re.IGNORECASE)


def is_passing(subject: Subject) -> bool:
    """Whether a commit's subject is about what decides nothing of how the program is built."""
    types = words_of("harvest", "passing_types")
    scopes = set(_WORD.findall(subject.scope.lower()))
    if subject.type in types or scopes & types:
        return True
    if pattern("mending", begins=True).match(subject.text):
        return True
    return not words_of("harvest", "trifles").isdisjoint(_WORD.findall(subject.text.lower()))


def gives_reason(text: str) -> bool:
    """Whether a sentence gives a reason, and can be quoted for it."""
    if not SHORTEST <= len(text) <= LONGEST:
        return False
    return bool(pattern("reasons").search(text)) and not pattern("no_reasons").search(text)


def reasons_of(lines: Sequence[str], first: int = 1) -> list[Sentence]:
    """The sentences of a text, outside its lists, that give reasons."""
    return [one for one in sentences(lines, first) if not one.is_item and gives_reason(one.text)]
