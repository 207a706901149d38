"""Says whether a text tells of a decision and its reason; in doubt it does not."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from indexer.harvest.line_sentences import LONGEST, SHORTEST, LineSentence, sentences
from memory.texts.lexicon import read_lexicon, words_of
from memory.texts.words import stems

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indexer.history.commit_messages import CommitSubject

NO_CHOICE, DOING, CHOSEN = 0, 1, 2  # how plainly a subject says that something was chosen
SHARED = 2  # stems that a subject and a sentence about it have in common
EARLY = 3  # sentences of a message; what is said later is about details

_WORD = re.compile(r"[a-z][\w-]*")
_INSTEAD = re.compile(r"\b(?:instead of|in favou?r of|rather than)\b", re.IGNORECASE)
_GOES_ON = re.compile(r"(?:this|it|we|since|because|as|so|doing so|these)\b", re.IGNORECASE)


class Reasons(NamedTuple):
    """What a message gives for reasons."""

    sentences: tuple[LineSentence, ...]  # the first ones, at most two
    is_plain: bool  # one of them says that it is one
    is_sure: bool = False  # the first tells the state of what is taken away


NO_REASONS = Reasons((), is_plain=False)


@cache
def pattern(table: str, *, begins: bool = False, exact: bool = False) -> re.Pattern[str]:
    """The patterns of a list in `harvest.toml` as one, at the beginning of a line or anywhere."""
    said = "|".join(f"(?:{one})" for one in read_lexicon("harvest")[table])
    flags = 0 if exact else re.IGNORECASE
    return re.compile(f"(?:{said})" if begins else said, flags)


def choice_in(text: str) -> int:
    """How plainly a subject begins with a choice: `CHOSEN`, `DOING` or `NO_CHOICE`."""
    said = f"{text.strip()} "
    if pattern("choices", begins=True).match(said) or _INSTEAD.search(said):
        return CHOSEN
    return DOING if pattern("doings", begins=True).match(said) else NO_CHOICE


def is_passing(subject: CommitSubject) -> bool:
    """Whether a commit's subject is about what decides nothing of how the program is built."""
    if is_trifling(subject) or subject.type in words_of("harvest", "mending_types"):
        return True
    mending = pattern("mending", begins=True).match(subject.text)
    return bool(mending) and not _INSTEAD.search(subject.text)


def is_trifling(subject: CommitSubject) -> bool:
    """Whether a commit's subject is about no part of the program."""
    types = words_of("harvest", "passing_types")
    scopes = set(_WORD.findall(subject.scope.lower()))
    if subject.type in types or scopes & types or pattern("bumping").search(subject.text):
        return True
    return has_word(subject.text, "trifles")


def is_of_code(title: str) -> bool:
    """Whether a title speaks of a line of code rather than of the program."""
    said = pattern("products", exact=True).sub("", title)
    return bool(pattern("code", exact=True).search(f"{said} ")) or has_word(said, "code_words")


def has_word(text: str, table: str) -> bool:
    """Whether one of the words of a text stands in a list of `harvest.toml`."""
    return not words_of("harvest", table).isdisjoint(_WORD.findall(text.lower()))


def gives_reason(text: str) -> bool:
    """Whether a sentence says plainly that it gives a reason, and can be quoted for it."""
    return _can_be_quoted(text) and bool(pattern("reasons").search(text))


def tells_harm(text: str) -> bool:
    """Whether a sentence says why something is not to be, and can be quoted for it."""
    if not _can_be_quoted(text) or pattern("no_harm").search(text):
        return False
    return bool(pattern("lasting").search(text))


def reasons_of(title: str, lines: Sequence[str]) -> Reasons:
    """The reasons that a message gives, by its title and its lines.

    What stands in lists is not looked at, nor what stands far below.
    """
    said = [one for one in sentences(lines) if not one.is_item][:EARLY]
    own = stems(title)
    found = [one for one in said if _tells_why(one.text) and _is_about(own, one, said[0])]
    if gives_reason(title):
        found.insert(0, LineSentence(title, 1, 0))
    if not found:
        return NO_REASONS
    first, *more = (one.text for one in found[:2])
    is_sure = first != title and bool(pattern("states").search(first))
    return Reasons(tuple(found[:2]), not all(map(_is_soft, (first, *more))), is_sure)


def is_left_over(title: str, reasons: Reasons) -> bool:
    """Whether something went because nobody used it any more."""
    texts = (title, *(one.text for one in reasons.sentences))
    return any(pattern("left_over").search(one) for one in texts)


def mends(text: str) -> bool:
    """Whether a message tells of something broken."""
    return bool(pattern("broken").search(text))


def _is_about(own: frozenset[str], sentence: LineSentence, first: LineSentence) -> bool:
    """Whether a sentence speaks of what the subject does, and adds something to that."""
    said = stems(sentence.text)
    if own <= said:
        return False
    if pattern("other_work", begins=True).match(sentence.text):
        return sentence == first and bool(_GOES_ON.match(sentence.text))
    return sentence == first or len(own & said) >= SHARED or bool(_GOES_ON.match(sentence.text))


def _tells_why(text: str) -> bool:
    """Whether a sentence below a subject gives a reason for it."""
    return _can_be_quoted(text) and not (
        _is_soft(text) and not pattern("soft_reasons").search(text)
    )


def _is_soft(text: str) -> bool:
    """Whether nothing in a sentence says plainly that it gives a reason."""
    return not any(pattern(one).search(text) for one in ("reasons", "purposes", "states"))


def _can_be_quoted(text: str) -> bool:
    is_whole = not pattern("cut_off").search(text.rstrip(" :"))
    return SHORTEST <= len(text) <= LONGEST and is_whole and not pattern("no_reasons").search(text)
