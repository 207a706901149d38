"""What a commit undoes, by its message."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from indexer.history.commit_messages import folded, paragraphs, read_subject, without_numbers

if TYPE_CHECKING:
    from indexer.git.log import Commit

_HASH = r"[0-9a-f]{7,64}"
#: `Revert "title"`, `revert: title`, `Roll back "title"`, and nested `Revert "Revert "title""`
_TITLE = re.compile(
    r"\s*(?:reverts?|back(?:s|ed)? ?out|roll(?:s|ed)? ?back)\s*(?:\([^()]{0,60}\))?!?"
    r"(?::\s*(?P<plain>.+)|\s+(?:commit\s+)?[\"“'`](?P<quoted>.+)[\"”'`](?P<rest>[^\"”'`]*))$",
    re.IGNORECASE,
)
_AGAIN = re.compile(r"\s*(?:re-?apply|re-?land)\s*:?\s*[\"“'`](?P<quoted>.+)[\"”'`]", re.IGNORECASE)
_BEGINS = re.compile(r"\s*revert(?:s|ed|ing)?\b", re.IGNORECASE)
_SAID = re.compile(
    rf"\b(?P<part>partial(?:ly)?\s+|parts?\s+of\s+)?revert(?:s|ed|ing)?\s+"
    rf"(?P<less>partial(?:ly)?\s+|parts?\s+of\s+|some\s+of\s+)?(?:the\s+)?"
    rf"(?:commits?:?\s+|changes?\s+(?:in|from|of)\s+)?"
    rf"(?P<hashes>`?{_HASH}\b`?(?:(?:\s*,\s*|\s+and\s+|\s+){_HASH}\b)*)",
    re.IGNORECASE,
)
_REQUEST = re.compile(
    r"^\s*(?:this\s+)?reverts?\s+(?:[\w.-]{1,60}/[\w.-]{1,60})?#(\d{1,7})\b",
    re.IGNORECASE | re.MULTILINE,
)
_REFS = re.compile(rf"^refs?:?\s+((?:{_HASH}(?:\s*,\s*|\s+|$))+)", re.IGNORECASE | re.MULTILINE)
_MERGE = re.compile(r"\breversing\s+changes\s+made\s+to\b", re.IGNORECASE)
_PARTLY = re.compile(r"\bpartial(?:ly)?\b|\bparts? of\b", re.IGNORECASE)


class Revert(NamedTuple):
    """What one commit says that it undoes."""

    hashes: tuple[str, ...] = ()  # as written; a beginning of one has seven digits or more
    titles: tuple[str, ...] = ()  # of commits, as `folded` gives them
    numbers: tuple[str, ...] = ()  # of pull requests
    merges: tuple[str, ...] = ()  # those of `hashes` that seem to have brought other commits
    again: bool = False  # it does once more what was undone
    reason: str = ""  # why, in the words of the message

    def __bool__(self) -> bool:
        return bool(self.hashes or self.titles or self.numbers)


class UndoneCommits:
    """Everything that some reverts undo, so that many commits can be held against it."""

    def __init__(self) -> None:
        self._hashes: tuple[str, ...] = ()
        self._titles: set[str] = set()
        self._numbers: set[str] = set()

    def add(self, revert: Revert) -> None:
        """Afterwards what it undoes is among it."""
        self._hashes += revert.hashes
        self._titles.update(revert.titles)
        self._numbers.update(revert.numbers)

    def __contains__(self, commit: Commit) -> bool:
        if commit.hash.startswith(self._hashes):
            return True
        subject, number = without_numbers(commit.subject)
        return number in self._numbers or folded(subject) in self._titles


def is_revert(commit: Commit) -> bool:
    """Whether a commit does nothing but undo others, or do again what was undone."""
    return bool(_title(commit.subject)) or bool(_BEGINS.match(commit.subject))


def read_revert(commit: Commit) -> Revert:
    """What a commit undoes; nothing when it only takes back a part.

    A hash is surer than a title, so titles and numbers count only where no hash is given.
    """
    title, again = _title(commit.subject) or ("", False)
    hashes = [one.lower() for one in _said_hashes(commit.body)]
    if is_revert(commit):
        for match in _REFS.finditer(commit.body):
            hashes += re.findall(_HASH, match[1])
    if _PARTLY.search(commit.subject) or not (hashes or title):
        return Revert()
    quoted, number = without_numbers(title)
    numbers = [*([number] if number else []), *_REQUEST.findall(commit.body)]
    is_merge = title.lower().startswith("merge ") or _MERGE.search(commit.body) is not None
    return Revert(
        hashes=tuple(dict.fromkeys(hashes)),
        merges=tuple(dict.fromkeys(hashes)) if is_merge else (),
        titles=(folded(quoted),) if quoted and not hashes else (),
        numbers=() if hashes else tuple(dict.fromkeys(numbers)),
        again=again,
        reason=_reason(commit, has_title=bool(title)),
    )


def _title(subject: str) -> tuple[str, bool] | None:
    """What the subject says that is undone, and whether it is done again instead."""
    if again := _AGAIN.match(subject):
        return again["quoted"].strip(), True
    match = _TITLE.match(subject)
    if match is None:
        return None
    said = (match["quoted"] or match["plain"] or "").strip()
    if wrapped := re.fullmatch(r"[\"“'`](.+)[\"”'`](?:\s*\([^()]*\))*", said):
        said = wrapped[1]
    if again := _AGAIN.match(said):  # undoing what was done again undoes the first
        return again["quoted"].strip(), False
    inner = _TITLE.match(said)
    return (inner["quoted"].strip(), True) if inner and inner["quoted"] else (said, False)


def _said_hashes(body: str) -> list[str]:
    return [
        one
        for match in _SAID.finditer(body)
        if not match["part"] and not match["less"]
        for one in re.findall(_HASH, match["hashes"])
    ]


def _reason(commit: Commit, *, has_title: bool) -> str:
    """What the message says besides what is undone."""
    said = [
        " ".join(text.split())
        for text in paragraphs(commit.body)
        if not _SAID.search(text) and not _REQUEST.search(text) and not _REFS.search(text)
    ]
    extra = [
        after
        for text in paragraphs(commit.body)
        if (found := _SAID.search(text)) and len(after := _after(text[found.end() :])) > 12
    ]
    words = " ".join([*extra, *said])
    if words or has_title:
        return words
    return without_numbers(read_subject(commit.subject).text)[0]


def _after(text: str) -> str:
    """What follows a hash in its own paragraph."""
    text = re.sub(r"^[\s.,;:)]*(?:reversing\s+changes\s+made\s+to\s+\S+)?[\s.,;:]*", "", text)
    return " ".join(text.split())
