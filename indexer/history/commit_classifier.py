"""Says which commits are refactorings; in doubt none, as a memory full of chatter helps nobody."""

from __future__ import annotations

import posixpath
import re
from enum import Enum
from typing import TYPE_CHECKING

from indexer.history.commit_messages import is_revert, pattern_of, read_subject
from indexer.source_paths import is_code
from memory.texts.lexicon import words_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from indexer.git.log import Commit, FileChange
    from indexer.history.commit_messages import CommitSubject

MANY = 5  # files of code that went to other folders: a new structure, whatever the subject says
SHARE = 0.2  # of the code that such a commit changed
SEVERAL = 3  # files of code: a verb that may mean anything is then about structure

_REFACTOR = words_of("commits", "refactor_types")
_OTHER = words_of("commits", "other_types")
_OTHER_SCOPES = _OTHER | words_of("commits", "other_scopes")
_CHATTER = words_of("commits", "chatter")
_TRIFLES = _CHATTER | words_of("commits", "trifles")
_EMPTY = _REFACTOR | words_of("commits", "empty")

_BEFORE = rf"(?:{pattern_of('before_verb')} ){{0,2}}"
_PLAIN = re.compile(rf"{_BEFORE}{pattern_of('plain_verbs')}\b", re.IGNORECASE)
_MAYBE = re.compile(rf"{_BEFORE}{pattern_of('maybe_phrases')}", re.IGNORECASE)
_ELSEWHERE = re.compile(r"\bre-?factor(?:ed|ing|s)?\b", re.IGNORECASE)
_ABOUT_ANOTHER = re.compile(
    rf"\b{pattern_of('about_another')}\s(?:\S+\s){{0,1}}$|\b(?:post|pre)-$", re.IGNORECASE
)
_HANGING = re.compile(r"\band\s$", re.IGNORECASE)  # "… and refactor"
#: "Merge main to feature-x", squashed, is everything that others did meanwhile.
_OF_BRANCHES = re.compile(
    r"""merg(?:e|ed|es|ing)\s+(?:(?:in|from|latest|changes|up|with|the)\s+){0,3}
    (?:(?:branch(?:es)?|main|master|develop|dev|trunk|release|upstream|remote|origin|pull|pr|tag)\b
    |\S+/\S+\s+(?:in)?to\s+[^\s/]+$)""",
    re.IGNORECASE | re.VERBOSE,
)
_WORD = re.compile(r"[^\W\d_]{2,}")
_ENDS = re.compile(r"\b(?:to|for|so|by|with|in order|and|from|into)\b|[,;(.]")
_ENDS_OF_CHANGE = re.compile(r"(\S+) (?:with|by|to) (\S+)")
_DIGITS = re.compile(r"\d+(?:\.\d+)*")


class CommitClass(Enum):
    """Why a commit is taken for a refactoring."""

    NO = "it is none"
    SAID = "its message says so"
    SEEN = "it moved much of the code, whatever its message says"
    UNDONE = "whatever it is, it was reverted"


class SubjectClaim(Enum):
    """How plainly a subject says that its commit is a refactoring."""

    PLAIN = "it says so"
    MAYBE = "a verb that often means one"
    TRIFLE = "such a verb, about something that has no structure"
    SILENT = "nothing of the kind"
    OTHER = "it says that it is something else"
    BRANCH = "it brings one branch's work to another"


def classify(commit: Commit, *, is_undone: bool = False) -> CommitClass:
    """Whether a commit changed the structure of the program, by what it says and what it did.

    One that says so plainly counts if it changed any code, or several files where its type
    promises something new. One whose verb may mean anything ("move", "rename", "split") counts
    if what it did fits, and one that says nothing of the kind if it took many files of code
    elsewhere. Merges and reverts are none.

    Of what was reverted (`is_undone`) its verb is enough: what failed is what a plan that sounds
    alike should know of.
    """
    if commit.is_merge or is_revert(commit):
        return CommitClass.NO
    subject = read_subject(commit.subject)
    claim = claim_of(subject)
    if claim is SubjectClaim.BRANCH:
        return CommitClass.NO
    if not commit.knows_changes:
        return CommitClass.SAID if claim is SubjectClaim.PLAIN else CommitClass.NO
    code = [change for change in commit.changes if is_code(change.path)]
    renamed = moved_code(code)
    moved = [one for one in renamed if posixpath.dirname(one.origin) != posixpath.dirname(one.path)]
    is_new = _is_new_behaviour(subject) and not is_undone
    several = len(code) >= SEVERAL or (is_undone and bool(code))
    if (
        (claim is SubjectClaim.PLAIN and (several if is_new else code))
        or (claim is SubjectClaim.MAYBE and (renamed or (several and not is_new)))
        or (claim is SubjectClaim.TRIFLE and len(moved) > 1)
    ):
        return CommitClass.SAID
    much = len(moved) >= MANY and len(moved) >= SHARE * len(code)
    return CommitClass.SEEN if much else CommitClass.NO


def moved_code(changes: Iterable[FileChange]) -> list[FileChange]:
    """The renames of code, those of files that kept their folder among them."""
    return [
        one for one in changes if one.letter == "R" and is_code(one.origin) and is_code(one.path)
    ]


def claim_of(subject: CommitSubject) -> SubjectClaim:
    """What a subject claims; only what it says plainly counts."""
    kind, text = subject.type, subject.text
    scopes = {word.lower() for word in re.split(r"[/,\s]+", subject.scope)}
    if _OF_BRANCHES.match(text):
        return SubjectClaim.BRANCH
    if kind in _OTHER or scopes & _OTHER_SCOPES or not _words(text) - _EMPTY:
        return SubjectClaim.OTHER
    named = _named_later(subject)
    if named or kind in _REFACTOR or scopes & _REFACTOR or _PLAIN.match(text):
        about = _ENDS.split(named or text, maxsplit=1)[0]
        return SubjectClaim.TRIFLE if _words(about) & _CHATTER else SubjectClaim.PLAIN
    if _MAYBE.match(text):
        return (
            SubjectClaim.TRIFLE if _words(text) & _TRIFLES or _is_bump(text) else SubjectClaim.MAYBE
        )
    return SubjectClaim.SILENT


def _is_new_behaviour(subject: CommitSubject) -> bool:
    return subject.type in words_of("commits", "new_behaviour_types")


def _named_later(subject: CommitSubject) -> str:
    """What a subject says from where it names a refactoring further on; "" if it names none.

    Beside something new ("add a ruler. refactor calculations") that is a side effect.
    """
    named = _ELSEWHERE.search(subject.text)
    if named is None or named.start() == 0:
        return ""
    before, after = subject.text[: named.start()], subject.text[named.end() :]
    is_last = not re.search(r"\w", after)
    is_aside = _HANGING.search(before) if is_last else _is_new_behaviour(subject)
    return "" if is_aside or _ABOUT_ANOTHER.search(before) else subject.text[named.start() :]


def _is_bump(text: str) -> bool:
    """Whether one thing is replaced with the same of another number: `mocha-4` with `mocha-5`."""
    ends = _ENDS_OF_CHANGE.search(text)
    if ends is None or ends[1] == ends[2]:
        return False
    return _DIGITS.sub("", ends[1]) == _DIGITS.sub("", ends[2])


def _words(text: str) -> set[str]:
    return {word.lower() for word in _WORD.findall(text)}
