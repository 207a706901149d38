"""No parser raises, for whatever a file may hold; what it makes of it can be kept."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.parsers import LANGUAGES, PARSERS
from tests.fuzz.pieces import CODE, PIECES, RECORDS

#: Inputs that a parser once raised on, a line each: its name, and the bytes in base 64.
FOUND = Path(__file__).with_name("found.jsonl")


def texts_like(*samples: Path) -> st.SearchStrategy[str]:
    """Pieces, lines of real files and anything else, one after the other."""
    lines = [line for one in samples for line in one.read_text("utf-8").splitlines(keepends=True)]
    piece = st.one_of(
        st.sampled_from([*PIECES, *lines]), st.text(max_size=8), st.sampled_from(PIECES)
    )
    return st.lists(piece, max_size=40).map("".join)


TEXTS = {True: texts_like(*CODE), False: texts_like(*RECORDS)}


@pytest.mark.slow
@pytest.mark.parametrize("name", PARSERS)
def test_a_parser_takes_any_text(name, fuzzed):
    @given(TEXTS[name in LANGUAGES])
    def takes(text):
        raw = text.encode("utf-8", "surrogatepass")
        fuzzed(raw)
        PARSERS[name](raw)

    takes()


@pytest.mark.slow
@pytest.mark.parametrize("line", FOUND.read_text("ascii").splitlines())
def test_what_a_parser_once_raised_on_is_read_now(line):
    name, raw = json.loads(line)

    PARSERS[name](base64.b64decode(raw))
