"""Says whether a text tells of a decision and its reason; in doubt it does not."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from indexer.harvest.line_sentences import LONGEST, SHORTEST, LineSentence, sentences
from memory.texts.lexicon import read_lexicon, words_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indexer.history.commit_messages import CommitSubject

EARLY = 12  # sentences of a message; what is said later is about details
ARGUED = 3  # sentences of a part that tells why
MOST_SAID = 600  # characters of an explanation

MOST_WORDS = 6  # of what is no longer supported

_WORD = re.compile(r"[a-z][\w-]*")
_HEADING = re.compile(r"\s{0,3}(?:#{1,6}\s+|\*\*)(.{1,80})")
_NAMED = re.compile(r"\b[A-Z]|\b[a-z][\w.-]{0,30} ?v?\d[\d.x]{0,20}(?!\w)")
_DOING = re.compile(r"\w+ing\s")  # a feature, and none that people know by its name
_IN_CODE = re.compile(r"[`'\"]|\w[_(]|::|[a-z][A-Z]|\w\.[a-z]|[<>{}$]|--")
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_INSTEAD = re.compile(r"\b(?:instead of|in favou?r of|rather than)\b", re.IGNORECASE)


@cache
def pattern(table: str, *, begins: bool = False, exact: bool = False) -> re.Pattern[str]:
    """The patterns of a list in `harvest.toml` as one, at the beginning of a line or anywhere."""
    said = "|".join(f"(?:{one})" for one in read_lexicon("harvest")[table])
    flags = 0 if exact else re.IGNORECASE
    return re.compile(f"(?:{said})" if begins else said, flags)


def is_choice(text: str) -> bool:
    """Whether a subject begins with a choice of one thing over another."""
    return bool(pattern("choices", begins=True).match(f"{text.strip()} ") or _INSTEAD.search(text))


def ended(text: str) -> str:
    """What a subject says is no longer supported, where it is called by a name; "" otherwise.

    It is called the same whichever versions of it are meant.
    """
    match = pattern("named_ends", begins=True).match(text)
    what = next(filter(None, match.groups()), "") if match else ""
    if _DOING.match(what) or _IN_CODE.search(what) or len(what.split()) > MOST_WORDS:
        return ""
    if not _NAMED.search(" ".join(one for one in what.split() if one not in _acronyms())):
        return ""
    passed = words_of("harvest", "of_versions")
    return " ".join(one for one in _LETTERS.findall(what.casefold()) if one not in passed)


def _acronyms() -> frozenset[str]:
    """Words in capitals that are no names."""
    return words_of("harvest", "acronyms")


def takes(text: str) -> bool:
    """Whether a subject begins with taking something away, or taking it up."""
    return any(pattern(one, begins=True).match(text) for one in ("taking", "taking_up"))


def is_mending(subject: CommitSubject) -> bool:
    """Whether a commit's subject says that it mends something, or is about a version."""
    is_typed = subject.type in words_of("harvest", "mending_types")
    return is_typed or bool(pattern("mending", begins=True).match(subject.text))


def is_trifling(subject: CommitSubject) -> bool:
    """Whether a commit's subject is about no part of the program."""
    types = words_of("harvest", "passing_types")
    scopes = set(_WORD.findall(subject.scope.lower()))
    if subject.type in types or scopes & types or pattern("bumping").search(subject.text):
        return True
    return not words_of("harvest", "trifles").isdisjoint(_WORD.findall(subject.text.lower()))


def gives_reason(text: str) -> bool:
    """Whether a sentence says plainly that it gives a reason, and can be quoted for it."""
    return _can_be_quoted(text) and bool(pattern("reasons").search(text))


def tells_harm(text: str) -> bool:
    """Whether a sentence says why something is not to be, and can be quoted for it."""
    if not _can_be_quoted(text) or pattern("no_harm").search(text):
        return False
    return bool(pattern("lasting").search(text))


def reasons_of(lines: Sequence[str]) -> tuple[LineSentence, ...]:
    """The sentences among the first of a message that give a reason, the plainest first."""
    said = list(sentences(lines))[:EARLY]
    plain = [one for one in said if _tells(one, "reasons", "purposes", "states")]
    softly = [one for one in said if _tells(one, "soft_reasons") and one not in plain]
    return tuple(sorted((*plain, *softly), key=lambda one: one.is_item))


def argued_in(body: Sequence[str], own: Sequence[str]) -> tuple[LineSentence, ...]:
    """The first sentences below a heading of a message that says that it tells why.

    Args:
        body: The lines of the message below its subject.
        own: The same below two more; those that are no words of its own are blank.
    """
    shift = len(own) - len(body) + 1
    within, said = False, set[int]()
    for number, line in enumerate(body, start=shift):
        if heading := _HEADING.match(line):
            within = bool(pattern("argues", begins=True).match(heading[1]))
        elif within:
            said.add(number)
    found = [one for one in sentences(own) if one.line in said and _is_whole(one.text)]
    return tuple(one for one in found if not pattern("argues_not").search(one.text))[:ARGUED]


def is_aside(text: str) -> bool:
    """Whether a sentence tells what else was done, or what its reader is to do."""
    return bool(pattern("asides").search(text))


def lines_of_work(body: Sequence[str]) -> set[int]:
    """The lines of a message, the third its body's first, below headings over what was done."""
    within, found = False, set[int]()
    for number, line in enumerate(body, start=3):
        if heading := _HEADING.match(line):
            within = bool(pattern("works", begins=True).match(heading[1]))
        elif within:
            found.add(number)
    return found


def explanation(lines: Sequence[str], reason: LineSentence) -> str:
    """How a message begins, where most say why, and the sentence that is a reason, in short."""
    said = [one for one in sentences(lines) if not one.is_item or one == reason]
    kept = [reason]
    for one in said:
        if one != reason and len(" ".join(each.text for each in (*kept, one))) > MOST_SAID:
            break
        kept += [one] if one != reason else []
    return " ".join(one.text for one in sorted(kept, key=lambda one: (one.line, said.index(one))))


def _tells(sentence: LineSentence, *tables: str) -> bool:
    text = sentence.text
    return _is_whole(text) and any(pattern(one).search(text) for one in tables)


def _can_be_quoted(text: str) -> bool:
    return _is_whole(text) and not pattern("no_reasons").search(text)


def _is_whole(text: str) -> bool:
    is_cut = pattern("cut_off").search(text.rstrip(" :"))
    return SHORTEST <= len(text) <= LONGEST and not is_cut
