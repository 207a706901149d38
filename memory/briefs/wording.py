"""Makes one harmless line of recalled text, as long as it may be."""

from __future__ import annotations

import re

from memory.retrieval.embedding.tokens import count_tokens
from memory.retrieval.passages import plain_text
from memory.texts.quoting import harmless_line

ELLIPSIS = "..."
_SENTENCE_END = re.compile(r"(?<!\b\d)[.!?](?=\s)")  # "1." begins an item
_ENOUGH = 0.4  # of the length: so much makes an end between two sentences good enough
_HEADING = re.compile(r"^#{1,6}\s.*$", re.MULTILINE)
_RULES = re.compile(r"^[\s|:=-]{3,}$", re.MULTILINE)  # of tables, and between sections


def say(text: str, length: int) -> str:
    """The beginning of a text on one line, without markup, ending with a sentence if it can.

    Args:
        text: As it was recalled.
        length: Characters, at most.
    """
    plain = harmless_line(plain_text(_RULES.sub("", text)))
    if len(plain) <= length:
        return plain
    ends = [end.end() for end in _SENTENCE_END.finditer(plain, 0, length)]
    if ends and ends[-1] >= length * _ENOUGH:
        return harmless_line(plain[: ends[-1]])
    space = plain.rfind(" ", 0, length - len(ELLIPSIS))
    end = space if space > length // 2 else length - len(ELLIPSIS)
    return harmless_line(plain[:end].rstrip(" ,;:") + ELLIPSIS)


def fit(text: str, tokens: int) -> str:
    """The same in so many tokens, at most."""
    said = say(text, max(len(ELLIPSIS) + 1, 6 * tokens))
    while said and count_tokens(said) > tokens:
        said = say(said, len(said) * 3 // 4) if len(said) > 2 * len(ELLIPSIS) else ""
    return said


def without_headings(text: str) -> str:
    """The text without lines that are headings, if there is more."""
    return _HEADING.sub("", text).strip() or text


def bracketed(words: str) -> str:
    """Words that end no bracket that they stand in."""
    return words.replace("[", "(").replace("]", ")")
