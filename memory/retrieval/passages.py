"""Cuts memories into the passages that are embedded and shown, and keeps the two together.

A passage keeps to its section where it can, so that it is about one thing, and is short enough
to fit a model's window of 256 tokens together with its title and headings.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from memory.metrics.spelling import spell_metric
from memory.models.details import Baseline
from memory.models.memory import Passage
from memory.texts.orders import orders_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from memory.ledger.interface.database import Database
    from memory.models.memory import Draft, Source

LONGEST = 900  # characters, about 200 tokens of English prose
SHORTEST = 300  # characters; shorter neighbours are joined
LONGEST_HEADING = 300  # characters, as of a title
CODE_LINES = 12  # of one code block; the rest says little about why
MAX_PASSAGES = 400  # of one memory; a longer text is a book, and its end is found by its words

#: Sections that say who and when, or only point elsewhere.
_BOILERPLATE = re.compile(
    r"^[\W\d]*(?:change ?log|references?|(?:table of )?contents|toc|licen[cs]e|copyright|"
    r"acknowledge?ments?|authors?|(?:revision )?history|reviewers?|links|footnotes|metadata)\W*$",
    re.IGNORECASE,
)
_METADATA = re.compile(
    r"^[-*>:]?\s*\**(?:date|start date|status|deciders|decision-makers|consulted|informed|"
    r"contact|rfc pr|rust issue|feature name|authors?|owners?|tracking issue)\**\s*:"
    r"|^[-*>]?\s*\*\*(?:modules?|agents?|tags?|learned|supersedes|superseded by|replaces|"
    r"replaced by|amends|amended by|rests on|relates to|related)\s*:?\*\*",
    re.IGNORECASE,
)
_HEADING = re.compile(r"^ {0,3}(#{1,6})\s+(.*)")
_UNDERLINE = re.compile(r"^(=+|-+|~+|\^+|\"+|\++|\*+)\s*$")
_UNDERLINES = '=-~^"+*'  # of reStructuredText, from the outermost level as it is mostly used
_FENCE = re.compile(r"^\s*(`{3,}|~{3,})")
_LINK_DEFINITION = re.compile(r"^\s{0,3}\[[^\]]+\]:\s*\S+")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_SENTENCE_END = re.compile(r"(?<=[.!?;:。！？])\s+")


#: Bounded, since on a long line of brackets each one would be followed to the end.
_MARKUP = [
    (re.compile(r"!\[[^\[\]]{0,500}\]\([^()]{0,2000}\)"), ""),
    (re.compile(r"\[([^\[\]]{0,500})\]\([^()]{0,2000}\)"), r"\1"),
    (re.compile(r"\[([^\[\]]{1,500})\]\[[^\[\]]{0,500}\]"), r"\1"),
    (re.compile(r"https?://\S+|</?\w[^>]{0,200}>"), " "),
    (re.compile(r"[*`]{1,3}"), ""),
]


class _Block(NamedTuple):
    """A paragraph or code block, with the headings above it."""

    headings: tuple[str, ...]
    text: str
    first: int  # 0-based line of the body
    last: int


def cut_passages(draft: Draft) -> list[Passage]:
    """The passages of a memory, in the order of its text; at least one.

    What its source says it is about stands before them all, in a passage without lines.

    Tables of contents, change logs, lists of authors, link definitions, comments and lines
    of metadata are in none. Only where the body stands in its file as it is do they have lines.
    """
    pieces = _join_short(_fill(_blocks(draft.body.split("\n"))))[:MAX_PASSAGES]
    whole = [_Block((), draft.title, 0, max(0, draft.body.count("\n")))]
    about = _about(draft)
    title = "" if _is_spelled(draft) else draft.title
    return [
        *([Passage(title, "", about[:LONGEST], None)] if about else ()),
        *(
            Passage(draft.title, _path(draft, piece), piece.text, _lines(draft, piece))
            for piece in pieces or whole
        ),
    ]


def _about(draft: Draft) -> str:
    """What a memory is about, where its text does not say that in words."""
    if isinstance(draft.details, Baseline) and _is_spelled(draft):
        return spell_metric(draft.details.metric, draft.details.unit, draft.modules)
    return draft.description


def _is_spelled(draft: Draft) -> bool:
    """Whether words stand for its title, which is a metric as programs write it, and a value."""
    return isinstance(draft.details, Baseline) and not draft.description


def _path(draft: Draft, piece: _Block) -> str:
    """The headings of a piece, without the one that is the memory's title over again."""
    titles = piece.headings
    if titles and draft.title.casefold() in titles[0].casefold():
        titles = titles[1:]
    return " > ".join(titles)


def _lines(draft: Draft, piece: _Block) -> tuple[int, int] | None:
    if draft.lines is None or draft.body.count("\n") != draft.lines[1] - draft.lines[0]:
        return None
    return piece.first, piece.last


def _blocks(lines: list[str]) -> Iterator[_Block]:
    """Paragraphs and code blocks, what is boilerplate left out."""
    reader = _Reader()
    for number, line in _after_front_matter(_without_comments(lines)):
        yield from reader.read(number, line)
    yield from reader.flush()


class _Reader:
    """Goes through a text line by line, knowing the headings and the code block it is in."""

    def __init__(self) -> None:
        self._headings: list[tuple[int, str]] = []  # level and title, outermost first
        self._gathered: list[tuple[int, str]] = []
        self._fence = ""
        self._code_lines = 0

    def read(self, number: int, line: str) -> Iterator[_Block]:
        """Take one line; yields what it completes."""
        fence = _FENCE.match(line)
        if self._fence:
            yield from self._read_code(number, line, closes=bool(fence and self._closes(fence[1])))
        elif fence:
            yield from self.flush()
            self._fence, self._code_lines = fence[1], 0
        elif heading := _HEADING.match(line):
            yield from self.flush()
            self._enter(len(heading[1]), heading[2])
        elif _UNDERLINE.match(line) and len(line) >= 3 and len(self._gathered) == 1:
            self._enter(_UNDERLINES.index(line[0]) + 1, self._gathered.pop()[1].strip())
        elif not line.strip():
            yield from self.flush()
        elif not _METADATA.match(line.lstrip()) and not _LINK_DEFINITION.match(line):
            self._gathered.append((number, plain_text(line)))

    def flush(self) -> Iterator[_Block]:
        """Complete what has been gathered, if it is worth keeping."""
        titles = tuple(title for _, title in self._headings)
        text = "\n".join(line for _, line in self._gathered).strip()
        if text and not any(_BOILERPLATE.match(title) for title in titles):
            yield from _split(_Block(titles, text, self._gathered[0][0], self._gathered[-1][0]))
        self._gathered.clear()

    def _read_code(self, number: int, line: str, *, closes: bool) -> Iterator[_Block]:
        if closes:
            yield from self.flush()
            self._fence = ""
        elif self._code_lines < CODE_LINES:
            self._gathered.append((number, line))
            self._code_lines += 1

    def _closes(self, fence: str) -> bool:
        return fence[0] == self._fence[0] and len(fence) >= len(self._fence)

    def _enter(self, level: int, title: str) -> None:
        self._headings = [one for one in self._headings if one[0] < level]
        self._headings.append((level, plain_text(title).strip()[:LONGEST_HEADING]))


def plain_text(line: str) -> str:
    """A line of Markdown as a reader would say it: links by their words, without emphasis."""
    for pattern, said in _MARKUP:
        line = pattern.sub(said, line)
    return line


def _after_front_matter(lines: list[str]) -> Iterator[tuple[int, str]]:
    start = 0
    if lines and lines[0].lstrip("\ufeff").rstrip() == "---":
        for number, line in enumerate(lines[1:400], start=1):
            if line.rstrip() in ("---", "..."):
                start = number + 1
                break
    return ((number, lines[number]) for number in range(start, len(lines)))


def _without_comments(lines: list[str]) -> list[str]:
    """The same lines, with what HTML comments cover made blank."""
    return _COMMENT.sub(lambda found: "\n" * found[0].count("\n"), "\n".join(lines)).split("\n")


def _split(block: _Block) -> Iterator[_Block]:
    """A block, cut at sentence ends into parts of at most `LONGEST` characters."""
    if len(block.text) <= LONGEST:
        yield block
        return
    part = ""
    for sentence in _SENTENCE_END.split(block.text):
        for start in range(0, len(sentence), LONGEST):
            piece = sentence[start : start + LONGEST]
            if part and len(part) + len(piece) + 1 > LONGEST:
                yield block._replace(text=part)
                part = ""
            part = f"{part} {piece}" if part else piece
    if part:
        yield block._replace(text=part)


def _fill(blocks: Iterable[_Block]) -> list[_Block]:
    """Neighbouring blocks of one section, joined as far as they fit."""
    pieces: list[_Block] = []
    for block in blocks:
        last = pieces[-1] if pieces else None
        if last and last.headings == block.headings and len(last.text) + len(block.text) < LONGEST:
            pieces[-1] = last._replace(text=f"{last.text}\n{block.text}", last=block.last)
        else:
            pieces.append(block)
    return pieces


def _join_short(pieces: Iterable[_Block]) -> list[_Block]:
    """Short sections joined to the one before, under its heading, with their own in the text."""
    joined: list[_Block] = []
    for piece in pieces:
        last = joined[-1] if joined else None
        if last and min(len(last.text), len(piece.text)) < SHORTEST:
            is_new = piece.headings and piece.headings != last.headings
            said = f"{piece.headings[-1]}: {piece.text}" if is_new else piece.text
            text = f"{last.text}\n{said}"
            if len(text) <= LONGEST:
                joined[-1] = last._replace(text=text, last=piece.last)
                continue
        joined.append(piece)
    return joined


_AS_WORDS = str.maketrans("-_/.", "  \n\n")  # what stands between the words of names and paths


def keep_memory(db: Database, uid: str, draft: Draft, source: Source, at: datetime) -> None:
    """Add a memory, its references and its passages; the caller holds the transaction."""
    revision_id = db.memories.add(uid, draft, weighed(draft, source), at)
    _derive(db, revision_id, draft)


def keep_revision(db: Database, uid: str, draft: Draft, source: Source, at: datetime) -> bool:
    """Add a revision with its references and passages; the caller holds the transaction.

    Returns:
        False when the newest revision says the same already; then only its place is updated.

    Raises:
        UnknownMemory: there is no such memory.
    """
    revision_id = db.memories.revise(uid, draft, weighed(draft, source), at)
    if revision_id is None:
        return False
    _derive(db, revision_id, draft)
    return True


def weighed(draft: Draft, source: Source) -> Source:
    """The source of a draft, with the orders that its text, or a name, gives to who reads it."""
    names = (source.path or "", *draft.tags, *draft.modules, draft.agent or "")
    texts = (draft.title, draft.body, *map(str, draft.extra.values()))
    said = "\n".join((*texts, *(name.translate(_AS_WORDS) for name in names)))
    return source.model_copy(update={"orders": orders_in(said)})


def derived(draft: Draft) -> tuple[str, list[Passage]]:
    """What is kept of a memory beside its draft: words to be searched, and passages."""
    about = _about(draft)
    return f"{about}\n{draft.body}" if about else draft.body, cut_passages(draft)


def _derive(db: Database, revision_id: int, draft: Draft) -> None:
    words, passages = derived(draft)
    db.passages.add_words(revision_id, draft.title, words)
    db.links.add(revision_id, draft.references)
    db.passages.add(revision_id, passages)
