"""What is to be erased, in whatever way it is written."""

from __future__ import annotations

import html
import re
from functools import cached_property
from html.entities import codepoint2name
from typing import TYPE_CHECKING
from urllib.parse import unquote

from memory.errors import InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from memory.credentials.gate import Gate

ERASED = "[erased]"
_SHORTEST = 6  # characters: what is shorter is found as it stands, and not in other forms
_PIECE = 8  # characters in a row of it that a name made from a text may not have
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_NO_WORD = re.compile(r"[\W_]+")


class Words:
    """Takes words out of texts, and out of names that were made from texts."""

    def __init__(
        self, replace: Callable[[str], str], find: Callable[[str], Mapping[str, str]]
    ) -> None:
        """Know how they are replaced and found as they stand, each with what replaces it."""
        self._replace = replace
        self._find = find
        self._found: dict[str, str] = {}

    def learn(self, text: str) -> str:
        """The text as it is; what is found in it is known from then on in its other forms, too."""
        for said in {text, _ESCAPED.sub(r"\1", text), html.unescape(text), unquote(text)}:
            found = self._find(said).items()
            self._found.update((one, new) for one, new in found if len(one) >= _SHORTEST)
        self.__dict__.pop("_otherwise", None)
        return text

    def __call__(self, text: str, /) -> str:
        """The text without them."""
        text = self._replace(text)
        if self._otherwise is None:
            return text
        return self._otherwise.sub(lambda match: self._found.get(match[0], ERASED), text)

    def key(self, name: str) -> str:
        """A name without them: another one, where a piece of them can be read in it.

        Names are made from texts, in which they were found; what a name looks like by itself, its
        marks gone, tells nothing: a link to a commit looks like a token then.
        """
        said = _folded(name)
        pieces = (piece for one in self._found for piece in _pieces(_folded(one)))
        return "erased" if any(piece in said for piece in pieces) else name

    @cached_property
    def _otherwise(self) -> re.Pattern[str] | None:
        longest = sorted(self._found, key=len, reverse=True)
        return re.compile("|".join(map(_form, longest))) if longest else None


class Learning:
    """Looks at texts for words, and takes nothing out."""

    def __init__(self, words: Words) -> None:
        """Know who learns them."""
        self._words = words

    def __call__(self, text: str, /) -> str:
        """The text as it is."""
        return self._words.learn(text)

    def key(self, name: str) -> str:
        """The name as it is."""
        return name


def of_pattern(text: str) -> Words:
    """The words that a regular expression fits.

    Raises:
        InvalidRequest: it is none, or fits everything.
    """
    try:
        pattern = re.compile(text)
    except re.error as error:
        raise InvalidRequest("forget", f"{text!r} is no regular expression: {error}") from error
    if pattern.search(""):
        raise InvalidRequest("forget", f"{text!r} fits everything")
    return Words(
        lambda said: pattern.sub(ERASED, said),
        lambda said: {one[0]: ERASED for one in pattern.finditer(said)},
    )


def of_credentials(gate: Gate) -> Words:
    """What looks like a credential, and is not let in."""
    return Words(lambda said: gate.redact(said)[0], gate.find)


def _form(said: str) -> str:
    """A pattern of a text as any format writes it, each sign in one way or another."""
    return "".join(map(_sign, said))


def _sign(sign: str) -> str:
    if sign.isalnum():
        return re.escape(sign)
    code = ord(sign)
    coded = [f"%{code:02x}", f"&#0*{code};", f"&#x0*{code:x};", rf"\\u{code:04x}"]
    coded += [f"&{codepoint2name[code]};"] if code in codepoint2name else []
    return rf"(?:\\?{re.escape(sign)}|(?i:{'|'.join(coded)}))"


def _folded(name: str) -> str:
    return _NO_WORD.sub("", name.casefold())


def _pieces(said: str) -> Iterator[str]:
    """All of a word that is short, and all that stands together in a long one."""
    if len(said) >= _SHORTEST:
        yield from (said[at : at + _PIECE] for at in range(max(1, len(said) - _PIECE + 1)))
