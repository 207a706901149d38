"""Takes a text apart into sentences, each with the line on which it begins."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SHORTEST, LONGEST = 25, 400  # characters of a sentence that can be quoted

_ITEM = re.compile(r"\s*(?:[-*+•]|\d{1,2}[.)])\s+")
_END = re.compile(
    r"(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\betc\.)(?<!\bvs\.)(?<=[.!?])[\"')\]]?\s+(?=[\"'(\[`*]*[A-Z0-9])"
)
_BARE = re.compile(
    r"[0-9a-f]{40}\b|(?:\d{1,2}[:.)]\s*)?https?://\S+$|\[\d+\]:?\s*\S+$|>|\||```|~~~"
)
_LINK = re.compile(r"(?P<see>see:?\s+)?(?:https?://\S+|[\w./-]*+#\d+)$", re.IGNORECASE)


class LineSentence(NamedTuple):
    """A sentence on one line, its first line in the text, and what it is part of."""

    text: str
    line: int  # 1-based
    paragraph: int  # which of the text it stands in
    is_item: bool = False  # in a list


def sentences(lines: Sequence[str], first: int = 1) -> Iterator[LineSentence]:
    """The sentences of lines of which the first has a number; code and quotations are left out."""
    for number, (is_item, part) in enumerate(_parts(lines, first)):
        text, places = "", []
        for line, said in part:
            places.append((len(text), line))
            text += said + " "
        start = 0
        for end in [*(match.end() for match in _END.finditer(text)), len(text)]:
            said = " ".join(text[start:end].split())
            line = next(line for place, line in reversed(places) if place <= start)
            if said:
                yield LineSentence(said, line, number, is_item)
            start = end


def is_link_within(above: str, line: str, below: str) -> bool:
    """Whether a line that is but a link stands in a sentence, as "see https://…" / "for more" does.

    Otherwise the line is left out, and what stands below it begins a sentence.
    """
    link = _LINK.match(line.strip())
    below = below.lstrip()
    if not link or not below[:1].islower() or _LINK.match(below):
        return False
    return bool(link["see"]) or above.rstrip()[-1:] not in ("", ".", ":", "!", "?")


def _parts(lines: Sequence[str], first: int) -> Iterator[tuple[bool, list[tuple[int, str]]]]:
    """Paragraphs and items of lists as numbered lines."""
    part: list[tuple[int, str]] = []
    is_item = in_code = False
    around = zip(["", *lines], [*lines, ""], [*lines[1:], "", ""], strict=True)
    for number, (above, line, below) in enumerate(around, start=first):
        said = line.strip()
        if said.startswith(("```", "~~~")):
            in_code, said = not in_code, ""
        item = _ITEM.match(line)
        is_bare = bool(_BARE.match(said)) and not is_link_within(above, line, below)
        is_gone = in_code or not said or is_bare
        is_gone = is_gone or (not item and not part and line.startswith(("    ", "\t")))
        if part and (is_gone or item):
            yield is_item, part
            part = []
        if not is_gone:
            is_item = bool(item) if not part else is_item
            part.append(
                (number, said[item.end() - (len(line) - len(line.lstrip())) :] if item else said)
            )
    return
