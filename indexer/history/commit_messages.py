"""Takes a commit's message apart: its subject, what it tells people, what it undoes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from memory.texts.lexicon import read_lexicon

if TYPE_CHECKING:
    from indexer.git.log import Commit

LONGEST_SUBJECT = 500  # characters; a subject without an end is a pasted text
LONGEST = 1_500  # characters of a message that are kept: what is longer goes into detail


def pattern_of(table: str) -> str:
    """The words or patterns of a list in `commits.toml`, as one pattern."""
    return "(?:" + "|".join(read_lexicon("commits")[table]) + ")"


#: "refactor(auth)!: …", "[ENH](blockstore): …", "shares: …" is plain text
_TYPE = re.compile(
    r"""
    (?: \[(?P<tag>[\w/ -]{2,20})\] | (?P<type>[A-Za-z]{2,12})(?=\s?(?:\([^()]{0,80}\))?!?:) )
    \s? (?:\((?P<scope>[^()]{0,80})\))? \s? !? \s? [:-]? \s* (?P<text>.*)
    """,
    re.VERBOSE,
)
#: "lib/db: …" and "cmd/serve, api: …", as projects write that name the place first.
_PLACES = re.compile(
    r"(?P<scope>(?:[\w.*-]{1,40}/[\w.*/-]{1,80}|[\w.*-]{1,40}(?=,))(?:, ?[\w.*/-]{1,80}){0,6}): "
    r"(?P<text>\S.*)"
)
#: "INTERLOK-3776 - …", "#123: …", ":recycle: …", and time tracking as "#time 10m"
_TICKET = re.compile(
    r"""
    (?: \[?\#?[A-Z][A-Z0-9]{1,9}-\d{1,7}\]? | \#?\d{2,6}(?=[\s:]) | :[a-z_]{2,30}: | \#comment\b
      | [^\w\s"'`(\[]{1,3} )
    [\s:,.|-]{0,4}
    """,
    re.VERBOSE,
)
_TAIL = re.compile(r"\s(?:[A-Z][A-Z0-9]{1,9}-\d{1,7}\s)?#(?:time|comment)\b.*$")
_NUMBER = re.compile(r"(?<!\s)\s*+\((?:#|[\w./-]{1,100}#|GH-)(?P<number>\d{1,7})\)\s*$")
_ASIDE = re.compile(
    r"(?<!\s)\s*+\((?:(?:backport|cherry-pick)[^()]{0,60}"
    r"|(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?|refs?|see|part of):? [^()#]{0,60}#\d[^()]{0,60})\)"
    r"\s*$",
    re.IGNORECASE,
)

_TRAILER = re.compile(rf"{pattern_of('trailers')}\s?:", re.IGNORECASE)
#: Rulers, boxes to tick, bare links, and what tools leave.
_NOISE = re.compile(
    r"""[-*_=]{3,}$ | [-*]\s*\[[ xX]?\] | https?://\S+$ | <[^>]{0,200}>$ | _[^_]{1,200}_$ | n/a$
    | 🤖 | generated\ with\  | \(cherry\ picked\ from\ commit | conflicts:
    | (?:close[sd]?|fix(?:e[sd])?|resolve[sd]?|refs?|part\ of|see|towards|addresses|issue)
      \s*+:?\s*+(?:[\w./-]*\#\d+|https?://\S+)[\s,.]*$""",
    re.IGNORECASE | re.VERBOSE,
)
_IMAGE = re.compile(r"!\[[^\[\]]{0,300}\]\([^()]{0,2000}\)")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_DETAILS = re.compile(r"<details>.*?(?:</details>|\Z)", re.DOTALL | re.IGNORECASE)
_HEADING = re.compile(r"#{1,6}\s*\W{0,4}(.{0,100})")
_FORM = re.compile(pattern_of("form_headings"), re.IGNORECASE)
_LABEL = re.compile(rf"{pattern_of('plain_headings')}\W*$", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_MEASURE = re.compile(rf"\d\s?{pattern_of('units')}", re.IGNORECASE)
_EFFECT = re.compile(rf"\b{pattern_of('effects')}", re.IGNORECASE)


class CommitSubject(NamedTuple):
    """A subject taken apart."""

    type: str  # "refactor", "fix", "enh"; lower case, "" where none is given
    scope: str  # as written
    text: str  # what is left, without ticket and number
    number: str = ""  # of the pull request


def read_subject(line: str) -> CommitSubject:
    """A commit's subject, taken apart."""
    text, number = without_numbers(line[:LONGEST_SUBJECT])
    text = _without_tickets(_TAIL.sub("", text))
    if places := _PLACES.fullmatch(text):
        return CommitSubject("", places["scope"], _without_tickets(places["text"]), number)
    match = _TYPE.fullmatch(text)
    if match is None:
        return CommitSubject("", "", text, number)
    kind = (match["tag"] or match["type"]).lower()
    return CommitSubject(kind, match["scope"] or "", _without_tickets(match["text"]), number)


def without_numbers(line: str) -> tuple[str, str]:
    """A subject without what hosts and people append, and the last number of a pull request.

    "(fixes #12)" is of an issue.
    """
    number = ""
    while match := _NUMBER.search(line) or _ASIDE.search(line):
        number = number or match.groupdict().get("number", "")
        line = line[: match.start()]
    return line.strip(), number


_PULLED = re.compile(r"merge pull request [#!](\d{1,7})\b|merge branch '|merged in ", re.I)


def merged(commit: Commit) -> tuple[str, str]:
    """What a commit is called and the number of its pull request, of a host's merge its own."""
    found = _PULLED.match(commit.subject) if commit.is_merge else None
    first = commit.body.strip().partition("\n")[0].strip()
    if found is None or not first:
        subject, number = without_numbers(commit.subject)
        return subject, number or (found[1] or "" if found else "")
    subject, number = without_numbers(first)
    return subject, found[1] or number


def folded(title: str) -> str:
    """A title as it is compared with others."""
    return " ".join(without_numbers(title)[0].casefold().split())


def _without_tickets(text: str) -> str:
    while match := _TICKET.match(text):
        text = text[match.end() :]
    return text.strip()


def paragraphs(body: str) -> list[str]:
    """The paragraphs of a message that say something, without trailers and forms."""
    text = _IMAGE.sub("", _DETAILS.sub("", _COMMENT.sub("", body.replace("\r\n", "\n"))))
    kept: list[str] = []
    gathered: list[str] = []
    in_form = False
    for line in [*text.split("\n"), ""]:
        said = line.strip()
        if heading := _HEADING.fullmatch(said):
            in_form = bool(_FORM.match(heading[1]))
            said = "" if in_form or _LABEL.match(heading[1]) else heading[1].strip()
        elif said and (in_form or _TRAILER.match(said) or _NOISE.match(said)):
            continue
        if (heading or not said) and gathered:
            kept.append("\n".join(gathered))
            gathered = []
        if said:
            gathered.append(said if heading else line.rstrip())
    if gathered:
        kept.append("\n".join(gathered))
    return kept


def is_squash(body: str) -> bool:
    """Whether a message is those of several commits, as git and hosts of git put them together."""
    items = (one.startswith("* ") and "\n" not in one for one in paragraphs(body))
    return bool(_SQUASHED.search(body)) or sum(items) > 1


def short_message(body: str) -> str:
    """What is worth keeping of a message's body, cut between paragraphs."""
    kept: list[str] = []
    room = LONGEST
    for text in paragraphs(body):
        if len(text) > room:
            if not kept:
                kept.append(text[: room - 1].rsplit(None, 1)[0] + "…")
            break
        kept.append(text)
        room -= len(text) + 2
    return "\n\n".join(kept)


def said_effect(body: str) -> str:
    """The sentences of a message that give a measured effect, at most two; "" if there is none."""
    found = [
        " ".join(sentence.split())
        for text in paragraphs(body)
        for sentence in _SENTENCE.split(text)
        if len(sentence) <= 300 and _MEASURE.search(sentence) and _EFFECT.search(sentence)
    ]
    return " ".join(found[:2])


_HASH = r"[0-9a-f]{7,64}"
_UNDO = (
    r"(?:revert(?:s|ed|ing)?|back(?:s|ed|ing)?\s?-?out|roll(?:s|ed|ing)?\s?-?back|undo(?:es|ing)?)"
)
#: `Revert "title"`, `revert: title`, `Roll back "title"`, and nested `Revert "Revert "title""`
_TITLE = re.compile(
    r"\s*(?:reverts?|back(?:s|ed)? ?out|roll(?:s|ed)? ?back)(?:\s*+\([^()]{0,60}\))?!?"
    r"(?:\s*+:\s*+(?P<plain>.+)|\s++(?:commit\s++)?[\"“'`](?P<quoted>.+)[\"”'`](?P<rest>[^\"”'`]*))$",
    re.IGNORECASE,
)
_AGAIN = re.compile(
    r"\s*(?:re-?apply|re-?land)\s*+:?\s*+[\"“'`](?P<quoted>.+)[\"”'`]", re.IGNORECASE
)
#: `Revert signed cookies`, which may be a commit's title or mean anything
_BARE = re.compile(
    r"\s*(?:reverts?|roll(?:s|ed)? ?back|back(?:s|ed)? ?out)\s+(?P<bare>[^\"“'`].{5,})$", re.I
)
_SQUASHED = re.compile(r"^commit [0-9a-f]{40}$", re.MULTILINE)  # `git merge --squash`
#: What a squash lists of itself: `* Revert "title"`, and what it says of that.
_ITEM = r"^[ \t]*+[*-]\s++"
_LISTED = re.compile(rf"{_ITEM}revert\s+[\"“](?P<quoted>.+)[\"”]\s*$", re.I | re.MULTILINE)
_LISTED_REASON = re.compile(
    rf"{_ITEM}revert\s+[\"“].+[\"”]\s*$((?:\n(?!\s{{0,9}}[*-]\s).*)*)", re.I | re.MULTILINE
)
_DONE_HERE = re.compile(rf"{_ITEM}(.+)$", re.MULTILINE)
_BEGINS = re.compile(r"\s*revert(?:s|ed|ing)?\b", re.IGNORECASE)
_SAID = re.compile(
    rf"\b(?P<part>partial(?:ly)?\s+|parts?\s+of\s+)?{_UNDO}(?:-(?:commits?|of))?:?\s+"
    rf"(?P<less>partial(?:ly)?\s+|parts?\s+of\s+|some\s+of\s+)?(?:the\s+)?"
    rf"(?:commits?:?\s+|changesets?:?\s+|changes?\s+(?:in|from|of)\s+)?"
    r"(?:https?://\S{1,200}/commits?/)?"
    rf"(?P<hashes>`?{_HASH}\b`?(?:(?:\s*+,\s*+|\s++and\s++|\s++){_HASH}\b)*+)",
    re.IGNORECASE,
)
_REQUEST = re.compile(
    r"^[ \t]*+(?:this\s+)?reverts?:?\s+(?:(?:pull|merge)\s+request\s+|PR\s+)?"
    r"(?:[\w.-]{1,60}/[\w.-]{1,60})?[#!](\d{1,7})\b",
    re.IGNORECASE | re.MULTILINE,
)
_REFS = re.compile(rf"^refs?:?\s+((?:{_HASH}(?:\s*,\s*|\s+|$))+)", re.IGNORECASE | re.MULTILINE)
_MERGE = re.compile(r"\breversing\s+changes\s+made\s+to\b", re.IGNORECASE)
_PARTLY = re.compile(r"\bpartial(?:ly)?\b|\bparts? of\b", re.IGNORECASE)


#: The sentence that names what is undone, without what is said beside it.
_SAID_ONLY = re.compile(
    rf"(?:\bthis\s+)?{_SAID.pattern}(?:\s*+,?\s*+and\s++commit\s++{_HASH})?"
    r"(?:,?\s*+reversing\s+changes\s+made\s+to\s+\S+)?[\s.,;:)]*"
    rf"|{_REQUEST.pattern}[\s.,;:]*|{_REFS.pattern}",
    re.IGNORECASE | re.MULTILINE,
)
_HOSTS = re.compile(r"merge pull request \S+$|\(cherry", re.IGNORECASE)
_TELLING = 3  # characters; a reason has more


class Revert(NamedTuple):
    """What one commit says that it undoes."""

    hashes: tuple[str, ...] = ()  # as written; a beginning of one has seven digits or more
    titles: tuple[str, ...] = ()  # of commits, as `folded` gives them
    numbers: tuple[str, ...] = ()  # of pull requests
    otherwise: tuple[str, ...] = ()  # titles, as those, where no such hash is known
    merges: tuple[str, ...] = ()  # those of `hashes` that seem to have brought other commits
    again: bool = False  # it does once more what was undone
    reason: str = ""  # why, in the words of the message

    def __bool__(self) -> bool:
        return bool(self.hashes or self.titles or self.numbers or self.otherwise)


class UndoneCommits:
    """Everything that some reverts undo, so that many commits can be held against it."""

    def __init__(self) -> None:
        self._hashes: tuple[str, ...] = ()
        self._titles: set[str] = set()
        self._numbers: set[str] = set()

    def add(self, revert: Revert) -> None:
        """Afterwards what it undoes is among it."""
        self._hashes += revert.hashes
        self._titles.update(revert.titles, revert.otherwise)
        self._numbers.update(revert.numbers)

    def __contains__(self, commit: Commit) -> bool:
        if commit.hash.startswith(self._hashes):
            return True
        subject, number = merged(commit)
        return number in self._numbers or folded(subject) in self._titles

    @classmethod
    def of(cls, revert: Revert) -> UndoneCommits:
        """What one revert undoes."""
        undone = cls()
        undone.add(revert)
        return undone


def is_revert(commit: Commit) -> bool:
    """Whether a commit does nothing but undo others, or do again what was undone."""
    return bool(_title(commit.subject)) or bool(_BEGINS.match(commit.subject))


def read_revert(commit: Commit) -> Revert:
    """What a commit undoes; nothing when it only takes back a part.

    A hash is surer than a title, so titles and numbers count only where no hash is given.
    """
    title, again = _title(commit.subject) or ("", False)
    hashes = [one.lower() for one in _said_hashes(commit.body)]
    here = {folded(one) for one in _DONE_HERE.findall(commit.body)}
    listed = [one for one in map(folded, _LISTED.findall(commit.body)) if one not in here]
    bare = _BARE.match(commit.subject)
    if is_revert(commit):
        hashes += [one.lower() for one in _said_hashes(commit.subject)]
        for match in _REFS.finditer(commit.body):
            hashes += re.findall(_HASH, match[1])
    if _PARTLY.search(commit.subject) or not (hashes or title or listed or bare):
        return Revert()
    quoted, number = without_numbers(title)
    numbers = [*([number] if number else []), *_REQUEST.findall(commit.body)]
    words = [] if title or not bare else [bare["bare"]]
    is_merge = title.lower().startswith("merge ") or _MERGE.search(commit.body) is not None
    return Revert(
        hashes=tuple(dict.fromkeys(hashes)),
        merges=tuple(dict.fromkeys(hashes)) if is_merge else (),
        titles=(folded(quoted),) if quoted and not hashes else (),
        numbers=() if hashes else tuple(dict.fromkeys(numbers)),
        otherwise=tuple(map(folded, [quoted] if quoted and hashes else [*listed, *words])),
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
    """Why something is undone; the subject's words where the text has none and tells of it."""
    text = commit.body
    if not is_revert(commit) and (listed := _LISTED_REASON.findall(text)):
        text = "\n\n".join(listed)  # a squash tells of other things as well
    told = (_SAID_ONLY.sub("", one) for one in paragraphs(_LISTED.sub("", text)))
    said = [" ".join(one.split()) for one in told]
    if words := " ".join(one for one in said if len(one) > _TELLING and not _HOSTS.match(one)):
        return words
    return "" if has_title else without_numbers(read_subject(commit.subject).text)[0]
