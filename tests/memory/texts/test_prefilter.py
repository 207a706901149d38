"""A first look finds all that a pattern finds, and is RE2's wherever that can be."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.code.registry import readers
from memory.texts.prefilter import prefilter

HARD = (
    rb"xa{,3}b",
    rb"(?<![a-z])[Rr]oles?(?![a-z])",
    rb"a(?=b(?:c|[)]))b[cd]",
    rb"a++[+*+]b*+c?+[]x+]+",
    rb"one(?P<two>\s+[^\s]+)(?:three|)$",
    rb"(?<!\()\?(?!\))x{2,3000}",
    rb"\$this->(?:a|b)\(\s*(?=\))",
    rb"\(\?<=not a look",
    rb"(?:x(?!=y|(?:z[)(]))){1,3}",
)
OTHERS = ((rb"a.c", re.DOTALL), (rb"^a[^b]c$", re.MULTILINE))


@pytest.mark.parametrize(
    "pattern",
    [re.compile(one) for one in HARD]
    + [re.compile(*one) for one in OTHERS]
    + [pytest.param(one.hint, marks=pytest.mark.slow) for one in readers()],
    ids=lambda pattern: pattern.pattern[:30].decode(),
)
def test_what_a_pattern_finds_the_first_look_finds_from_there(pattern):
    first_look = prefilter(pattern)
    assert not isinstance(first_look, re.Pattern)

    @settings(max_examples=20)
    @given(st.from_regex(pattern))
    def check(text: bytes) -> None:
        for found in pattern.finditer(text):
            assert first_look.match(text, found.start())

    check()


@pytest.mark.parametrize("pattern", [rb"(?x) a b # c", rb"(a)\1", rb"(?i:a)(?>b+)c", rb"\xe9\Zx"])
def test_what_re2_does_not_know_is_its_own_first_look(pattern):
    known = re.compile(pattern)
    first_look = prefilter(known)
    for text in (b"ab", b"aa", b"ABBc", b"\xe9x", b"nothing"):
        assert bool(first_look.search(text)) >= bool(known.search(text))
