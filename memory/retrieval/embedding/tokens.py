"""Counts the tokens of a text, never fewer than a language model's own tokenizer does.

Nobody's tokenizer is to be had without the network, so the one that ships with the built-in
embedding model counts, whichever model is set. Where WordPiece has fewer tokens than the byte
pair encodings of language models, more are added: it takes letters that it does not know for one
token, a number for one, capitals for small letters, and white space for nothing.
"""

from __future__ import annotations

import re
from functools import cache
from hashlib import blake2b
from typing import TYPE_CHECKING

from memory.retrieval.embedding.catalog import find_model
from memory.retrieval.embedding.compiled import TOKENIZER

if TYPE_CHECKING:
    from tokenizers import Tokenizer

#: What every count is multiplied by, per cent. Without it no written text has fewer tokens by our
#: count than by any of five public tokenizers, and of made ones (hashes, base64, numbers) some are
#: short by up to 8 per cent (benchmarks/tokens.py).
MARGIN = 110
_UNKNOWN = "[UNK]"
_LONGEST = 2_000  # characters read at once, so that no line is slow
_MOST_KEPT = 10_000  # counts of lines; each line of a brief is counted many times
_counted: dict[bytes, int] = {}  # by a hash of the line, which may be long
_DIGITS = re.compile(r"\d{2,}")
_CAPITALS = re.compile(r"[A-Z]{4,}")
_SPACES = re.compile(r"[ \t\f\v\r]{2,}|\A\s|\t")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")


def count_tokens(text: str) -> int:
    """How many tokens a text has at most; the lines of a text have as many as the text."""
    return sum(_count_line(line) for line in text.split("\n"))


def within_margin(tokens: int) -> int:
    """How many tokens by `count_tokens` a text may have to be within a budget."""
    return tokens * 100 // MARGIN


def with_margin(counted: int) -> int:
    """The budget that as many tokens by `count_tokens` take."""
    return -(-counted * MARGIN // 100)


def _count_line(line: str) -> int:
    """The tokens of a line with its end."""
    key = blake2b(line.encode("utf-8", "surrogatepass"), digest_size=16).digest()
    counted = _counted.get(key)
    if counted is None:
        pieces = [line[at : at + _LONGEST] for at in range(0, len(line), _LONGEST)]
        counted = 1 + sum(map(_count_piece, pieces))
        if len(_counted) >= _MOST_KEPT:
            _counted.clear()
        _counted[key] = counted
    return counted


def _count_piece(text: str) -> int:
    if not text.isascii():
        beyond = "".join(_BEYOND_ASCII.findall(text))
        rest = _BEYOND_ASCII.sub(" ", text)
        return len(beyond.encode("utf-8", "surrogatepass")) + _count_piece(rest)
    blank = sum(1 + len(run) // 16 for run in _SPACES.findall(text))
    runs = _DIGITS.findall(text)
    text = _DIGITS.sub(" ", text)
    encoding = _tokenizer().encode(text, add_special_tokens=False)
    counted = len(encoding.tokens) + sum(map(len, runs))
    if _UNKNOWN in encoding.tokens:
        counted += sum(
            end - start - 1
            for token, (start, end) in zip(encoding.tokens, encoding.offsets, strict=True)
            if token == _UNKNOWN
        )
    counted += sum((len(run) - 1) // 3 for run in _CAPITALS.findall(text))
    return counted + blank


@cache
def _tokenizer() -> Tokenizer:
    """The vocabulary of the built-in model; reading it takes a few hundredths of a second.

    Raises:
        ModelNotFound: it is not installed.
    """
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(find_model().folder / TOKENIZER))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer
