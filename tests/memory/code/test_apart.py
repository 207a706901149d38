"""Which files nobody would mend as they stand."""

from __future__ import annotations

import pytest

from memory.code.apart import is_apart, is_copied


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("docs/javascripts/site-c8d66733.js", True),
        ("web/app.0a1b2c3d4e5f.mjs", True),
        ("web/site.min.js", True),
        ("web/feedback-20240131.js", False),
        ("web/deep-feedface.js", False),
        ("web/site-c8d6.js", False),
        ("web/c8d66733.ts", False),
    ],
)
def test_what_is_built_under_the_hash_of_its_bytes_is_nobodys_code(path, expected):
    assert is_copied(path) == is_apart(path) == expected
