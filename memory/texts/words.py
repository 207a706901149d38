"""What a word is: the one place that splits texts, folds words and takes off their endings.

Words are those of the full text index (FTS5: `porter unicode61 remove_diacritics 2`), so that
what is counted there and what is compared here are the same; tests hold the two together.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from memory.texts.lexicon import read_lexicon

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_WORD = re.compile(r"[^\W_]+")
_ACCENTED = re.compile("(?<=[a-z])[\u0300-\u0331]+")
_LONGEST = 64  # bytes: FTS5 leaves longer words as they are, and those of one or two bytes
_MEASURE = re.compile(r"[aeiouy][^aeiouy]")


def split_words(text: str) -> list[str]:
    """The words of a text in their order, in lower case, Latin letters without their accents."""
    if not text.isascii():
        folded = unicodedata.normalize("NFD", text.lower())
        text = unicodedata.normalize("NFC", _ACCENTED.sub("", folded))
    return _WORD.findall(text.lower())


def stem_places(text: str) -> Iterator[tuple[int, int, str]]:
    """Where each word of a text begins and ends, and its stem."""
    for match in _WORD.finditer(text):
        yield match.start(), match.end(), stem("".join(split_words(match[0])))


def content_words(text: str) -> list[str]:
    """The words that carry meaning, each once, in their order; all of them where none does."""
    words = dict.fromkeys(split_words(text))
    ignored = _stop_words()
    kept = [word for word in words if word not in ignored and (len(word) > 1 or word > "\x7f")]
    return kept or list(words)


def is_stop_word(word: str) -> bool:
    """Whether a word, in whatever case, carries no meaning by itself."""
    return word.lower() in _stop_words()


@lru_cache(maxsize=4_096)  # the same texts are compared with many
def stems(text: str) -> frozenset[str]:
    """The stems of a text's words that carry meaning."""
    return frozenset(map(stem, content_words(text)))


@lru_cache(maxsize=65_536)  # some 40 µs each
def stem(word: str) -> str:
    """A word, as `split_words` gives it, without its endings: `merging` and `merged` are `merg`.

    By Porter's algorithm, of which FTS5 has the later form that its author published: `-bly` is
    as `-ble`, and `-logy` as `-log`.
    """
    if not 3 <= len(word.encode(errors="replace")) <= _LONGEST:
        return word
    found = _porter()(word)
    if found.endswith("bli") and _MEASURE.search(found[:-3]):
        return _porter()(f"{found[:-1]}e")
    if found.endswith("logi") and _MEASURE.search(found[:-4]):
        return found[:-1]
    return found


@cache
def _stop_words() -> frozenset[str]:
    return frozenset(read_lexicon("stop_words")["english"].split())


@cache
def _porter() -> Callable[[str], str]:
    """The stemmer, imported by whoever needs it first: the import takes 13 ms."""
    import snowballstemmer

    stemmer: Callable[[str], str] = snowballstemmer.stemmer("porter").stemWord
    return stemmer
