"""Lessons and dead ends of a session: single sentences that say that they are one."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Literal, TypeAlias

from indexer.harvest.found_decision import FoundDecision
from indexer.harvest.line_sentences import LONGEST, sentences
from indexer.harvest.reasoning import pattern
from indexer.harvest.titles import unmarked
from memory.models.details import Lesson
from memory.models.harvest import HarvestEvidence
from memory.texts.words import stems

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indexer.harvest.transcripts import SaidWords

LessonForm: TypeAlias = Literal["pattern", "antipattern", "best_practice"]

_FEWEST = 6  # words
_ALIKE = 0.5  # share of the stems: the same, told again
#: Chances that a reader would keep it, by projects that nobody had looked at: of what an agent
#: found out 2 of 4 and, before, 12 of 25; of dead ends and what a person always wants 7 of 7.
_FOUND_OUT, _SAID_PLAINLY = 0.48, 0.89


def lessons_of(said: Iterable[SaidWords]) -> Iterator[FoundDecision]:
    """What the words of one session teach; what is told again in other words is left out."""
    kept = list[frozenset[str]]()
    for words in said:
        for one in sentences(words.text.split("\n")):
            found = lesson_of(one.text, words)
            own = stems(found.title) if found else frozenset()
            if found and not any(len(own & other) >= _ALIKE * len(own) for other in kept):
                kept.append(own)
                yield found


def lesson_of(sentence: str, words: SaidWords) -> FoundDecision | None:
    """The lesson that a sentence is; None where it is about the session, or says too little."""
    said = unmarked(sentence).strip(" -*•")
    is_cut = said.endswith(("?", ":", "…")) or len(said) > LONGEST
    if is_cut or pattern("session_passing").search(said):
        return None
    title, form = _taught(said, by_person=words.by_person)
    if form is None or len(title.split()) < _FEWEST or _hangs(title):
        return None
    return FoundDecision(
        origin="session",
        title=title,
        reason=said,
        lesson=Lesson(form=form, context=said if said != title else ""),
        evidence=HarvestEvidence(quote=said, path=words.session, line=words.line),
        at=words.at,
        chance=_FOUND_OUT if form == "pattern" else _SAID_PLAINLY,
    )


def _taught(said: str, *, by_person: bool) -> tuple[str, LessonForm | None]:
    """What a sentence says, without the words that lead to it, and as which lesson."""
    if pattern("session_ends").search(said):
        return said, "antipattern"
    if by_person:
        return said, "best_practice" if pattern("session_norms").search(said) else None
    if pattern("session_mended").search(said):
        return said, None
    if match := pattern("session_causes").search(said):
        told = said[match.end() :]  # mostly a fault that was then mended; what never is so stays
        lasts = pattern("session_limits").search(told) or ", not " in told
        return told, "pattern" if lasts and not _is_nobodys(told) else None
    if match := pattern("session_insights").search(said):
        told = said[match.end() :]
        is_kept = pattern("session_contrasts").search(told) and not _is_nobodys(told)
        return told, "pattern" if is_kept else None
    return said, "pattern" if _limit().match(said) and not _is_nobodys(said) else None


def _is_nobodys(said: str) -> bool:
    """Whether a sentence begins with what is no name."""
    return bool(pattern("session_no_names", begins=True).match(said))


def _hangs(title: str) -> bool:
    """Whether a title speaks of what stands elsewhere."""
    is_led = pattern("session_hanging", begins=True).match(title)
    return bool(is_led or pattern("session_pointing").search(title.rstrip(".")))


@cache
def _limit() -> re.Pattern[str]:
    """A sentence that says what something of others does not do, beginning with its name."""
    return re.compile(rf"{_NAME} (?:{pattern('session_limits').pattern})")


#: "Cobra", "go-git", "GitHub Actions", "The staticcheck linter".
_NAME = (
    r"(?:The )?(?:[A-Z][\w.+/-]*(?: [A-Z][\w.+-]*)?|[a-z]+-[\w-]+|git|npm|pip|docker|pytest"
    r"|[a-z]\w+(?= (?:linter|compiler|driver)))(?: linter| CLI| compiler| driver| API| tools)?"
)
