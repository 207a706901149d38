"""Patterns that are compiled when they are first asked."""

import re

import pytest

from memory.texts.patterns import lazy

WAYS = ("search", "match", "fullmatch", "findall", "split")


@pytest.mark.parametrize("way", WAYS)
def test_a_lazy_pattern_answers_as_a_compiled_one(way):
    said, flags, text = r"(?P<word>a)b?", re.IGNORECASE, "xAB aB"

    late, plain = lazy(said, flags), re.compile(said, flags)

    for _ in range(2):  # compiled by the first question
        assert str(getattr(late, way)(text)) == str(getattr(plain, way)(text))
    assert late.sub("-", text) == plain.sub("-", text)
    assert [one.span("word") for one in late.finditer(text)] == [(1, 2), (4, 5)]


def test_what_is_asked_of_a_lazy_pattern_before_it_is_compiled_is_what_it_says():
    late = lazy("(a", 0)

    assert late.pattern == "(a"
    with pytest.raises(re.error):
        late.search("a")


def test_a_lazy_pattern_has_the_flags_and_groups_of_the_compiled_one():
    assert lazy("(?P<n>a)", re.MULTILINE).flags == re.compile("a", re.MULTILINE).flags
    assert lazy("(?P<n>a)").groupindex == {"n": 1}
