"""The options that a decision considered, and which of them it chose."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from memory.norms.considered_options import is_argument, name_of
from memory.texts.words import stems

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from memory.norms.sentences import NormSentence

SAME_SHORTER, SAME_LONGER = 0.75, 0.5  # of the words of two names, with which they name one option
NAMED = 0.6  # of an option's words, that the decision has, with which it is the chosen one …
BEHIND = 0.35  # … and by so much no other has more
AHEAD = 1.3  # times as many words of the decision as any other, where it names none
LEAST = 0.3  # … and so much of it
DECIDING = 320  # characters of a decision that say which option it is
MOST_SAID = 5  # sentences of one option
_ITEM = re.compile(r"\s*(?:[-*+•]|(?P<number>\d{1,2}[.)]))\s+")
_INNER = 2  # columns from where on a list item belongs to the one before
_NUMBER = re.compile(
    r"^\W*(?:(?:option|alternative|solution|approach|proposal)\b\W{0,3}#?(?P<called>[A-Z]?\d{1,2}|[A-Z])\b"
    r"|#?(?P<number>\d{1,2}(?=[.):\s\]])|[A-Z]\d?(?=[.):\]]|\s[-–])))",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"(?:\b(?i:options?|alternatives?|solutions?|approach)\W{0,5}|\(|#)([A-D]?\d|[A-D])\b"
    r"|^\W*([A-D]?\d|[A-D](?=[.):\]]|\s[-–]))",
)
_REFUSES = re.compile(
    r"\b(?:reject\w*|not chosen|ruled out|discard\w*|dismiss\w*|instead of|rather than|against)\b",
    re.IGNORECASE,
)
_NAME_END = re.compile(r": |\. | because |\s\(")
#: A sentence that chooses, up to where it speaks of what it does not choose.
_OVER = re.compile(
    r"(?P<chosen>.*\b(?:cho(?:ose|se|sen)|select\w*|prefer\w*|pick\w*|favou?r\w*)\b.*?)\sover\s",
    re.IGNORECASE | re.DOTALL,
)


class Sentence(NamedTuple):
    """A sentence of a memory."""

    text: str
    lines: tuple[int, int] | None = None  # of the body, 0-based; None where it has none


@dataclass(eq=False)
class ConsideredOption:
    """One way that was considered."""

    name: str
    sentences: list[Sentence] = field(default_factory=list)

    @cached_property
    def words(self) -> frozenset[str]:
        """The stems of its name."""
        number = _NUMBER.match(self.name)
        own = self.name[number.end() :].lstrip(" :.)]-–—") if number else self.name
        return stems(_NAME_END.split(own or self.name)[0][:160])


def read_options(
    considered: Iterable[tuple[tuple[str, ...], NormSentence]],
    body: str,
    alternatives: Iterable[str],
) -> list[ConsideredOption]:
    """The options of a text, each once wherever it is spoken of.

    Args:
        considered: The sentences under a heading of options, each with that and those below it.
        body: The text that they are of.
        alternatives: What the record's own field of them says.
    """
    options: list[ConsideredOption] = []
    lines = body.split("\n")
    above, last = "", None
    for headings, sentence in considered:
        line = lines[sentence.first]
        item = _ITEM.match(line)
        is_outer = item is not None and len(line) - len(line.lstrip()) < _INNER
        if len(headings) > 1:
            last = _named(options, headings[1])
        elif _NUMBER.match(headings[0]):
            last = _named(options, headings[0])
        elif last is None or above != headings[0] or is_outer:
            last = _named(options, _name_in(line, item, sentence.text))
        above = headings[0]
        last.sentences.append(Sentence(sentence.text, (sentence.first, sentence.last)))
    for alternative in alternatives:
        if name := name_of(alternative):
            _named(options, name)
    return options


def _name_in(line: str, item: re.Match[str] | None, said: str) -> str:
    """What a list calls an option, with its number; a sentence may end behind "Option 2:"."""
    own = line[item.end() :].strip() if item else line.strip()
    if _NUMBER.match(own):
        return own
    return f"{item['number']} {said}" if item and item["number"] else said


def _named(options: list[ConsideredOption], name: str) -> ConsideredOption:
    """The option of that name, which is one of them afterwards."""
    found = ConsideredOption(name)
    for one in options:
        shared = len(found.words & one.words)
        fewer, more = sorted((len(found.words), len(one.words)))
        if fewer and shared >= SAME_SHORTER * fewer and shared >= SAME_LONGER * more:
            return one
    options.append(found)
    return found


def settle(
    options: Sequence[ConsideredOption], decision: str, title: str
) -> tuple[tuple[ConsideredOption, ...], tuple[ConsideredOption, ...]]:
    """Which options a decision chose, and which it did not; of what nobody can tell neither.

    What argues for one names none, and is refused by nobody.
    """
    sentences = re.split(r"(?<=[.!?])\s|\n\s*\n", decision[:500])
    said = " ".join(
        over["chosen"] if (over := _OVER.match(one)) else one
        for one in sentences
        if not _REFUSES.search(one)
    )[:DECIDING]
    shares = {one: _share_named(one, said, title) for one in options}
    most = max(shares.values(), default=0.0)
    if most >= SAME_LONGER:
        chosen = [one for one in options if shares[one] >= max(NAMED, most - BEHIND)]
        refused = [one for one in options if shares[one] < NAMED]
    else:
        chosen, refused = _by_words(options, stems(said))
    return tuple(chosen), tuple(one for one in refused if not is_argument(one.name))


def _share_named(option: ConsideredOption, said: str, title: str) -> float:
    """Share of an option's name that a decision has; above 1 where it calls it by its number."""
    words, titled = option.words, stems(title)
    if not words:
        return 0.0
    number = _NUMBER.match(option.name)
    called = {found.lower() for pair in _NUMBERED.findall(said) for found in pair if found}
    is_numbered = number is not None and (number["called"] or number["number"]).lower() in called
    return len(words & (stems(said) | titled)) / len(words) + is_numbered


def _by_words(
    options: Sequence[ConsideredOption], said: frozenset[str]
) -> tuple[list[ConsideredOption], list[ConsideredOption]]:
    """The option with most words of a decision that names none, if it is well ahead, and others."""
    shares = {
        one: len(said & one.words.union(*(stems(each.text) for each in one.sentences)))
        / max(len(said), 1)
        for one in options
    }
    order = sorted(options, key=lambda one: -shares[one])
    if not order or (len(order) > 1 and shares[order[0]] < AHEAD * shares[order[1]]):
        return [], []
    is_clear = shares[order[0]] > LEAST
    return order[:1] * is_clear, order[1:] if is_clear else order
