"""Patterns that a project's own files have take no text long, whatever they are."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest

from memory.texts.linear import tamed

SLOW = (
    *("(a+)+b", "(a|a)*b", "(a|aa)+$b", "a*a*a*a*a*a*a*a*b", "(.*a){20}b"),
    *("(?!x)(a+)+b", "(?=a)(a|a)*b", "(?!x)a*a*a*b", r"(a+)\1b", "(?!x)" + "(?:a|a)" * 30 + "b"),
    *("(?!x)(?:a?){30}b", "(?!x)" + "a?" * 40 + "b", "(?!x)(?>a*)*a*a*b"),
)


@pytest.mark.parametrize("pattern", SLOW)
def test_no_pattern_takes_a_text_long(pattern):
    began = time.process_time()
    with suppress(ValueError):
        tamed(pattern).search("a" * 400 + "c")

    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        ("^src/(?!shared/)[^/]+/", "src/a/b", "src/shared/b"),
        (r"(?<!\.)test\.ts$", "a/test.ts", "a/.test.ts"),
        (r"^(?:app|lib)/[^/]+\.py$", "lib/a.py", "lib/a/b.py"),
        ("^src/(?!(?:a|b|c|d|e|f|g|h|i|j|k|l)/).+$", "src/z/a", "src/l/a"),
    ],
)
def test_what_people_write_is_understood(pattern, yes, no):
    assert tamed(pattern).search(yes)
    assert not tamed(pattern).search(no)


def test_what_could_take_any_time_is_told_as_that():
    for pattern in ("(?!x)(a+)+b", r"^([^/]+)/\1", "(?!x)" + "(a|b)" * 9):
        with pytest.raises(ValueError, match="could take any time"):
            tamed(pattern)


def test_what_is_no_pattern_is_refused():
    for pattern in ("(a", "[" * 100_000):
        with pytest.raises(ValueError, match="is not understood") as refused:
            tamed(pattern)
        assert len(str(refused.value)) < 500
