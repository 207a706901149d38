"""With the patterns that meet the texts of records, time grows as the text does.

Each is fed texts made from itself, see `worst_cases`; what is counted is time of the processor.
"""

from __future__ import annotations

import re

import pytest

from tests.safety.patterns_in_use import InUse, patterns_in_use
from tests.safety.worst_cases import LIMIT, Case, cases_of, growth

pytestmark = pytest.mark.slow

MEETING_RECORDS = (
    "indexer/formats/",
    "indexer/markup/",
    "indexer/wording/",
    "memory/texts/",
    "memory/credentials/",
)
#: Those whose time is a square, and why they meet no long text.
BOUNDED = {
    "indexer/formats/agent_instructions.py:_RULES": "a path",
    "indexer/formats/decision_records.py:": "a heading, of 500 characters at most",
    "indexer/markup/fields.py:_line_of": "asked at the beginning of a line only",
    "indexer/markup/fields.py:_ROW": "searched up to the last tag that closes one",
    "indexer/markup/fields.py:_TABLE": "searched up to the last tag that closes one",
    "indexer/wording/statuses.py:_KIND_AND_NUMBER": "a title, of 120 characters at most",
    "indexer/wording/statuses.py:_SUCCEEDED": "asked at one place of 2,000 characters at most",
}


def test_no_pattern_that_meets_a_record_can_be_made_to_take_long():
    found = patterns_in_use()
    meeting = [one for one in found if one.where.startswith(MEETING_RECORDS)]
    assert len(meeting) > 200

    slow = [f"{one.where} {one.methods} {case}" for one in meeting for case in worst(one)]

    assert not [one for one in slow if not one.startswith(tuple(BOUNDED))]


@pytest.mark.parametrize(
    ("pattern", "method", "is_slow"),
    [
        (r"\s+x", "search", True),
        (r"\s+x", "match", False),
        (r"(?<!\s)\s++x", "search", False),
        (r"<!--.*?-->", "search", True),
        (r"#+ (.*?)\s*#*$", "match", True),
        (r"(?:a|a\n)+$", "match", False),
        (r"(?:\w+ ?)*$", "match", True),
    ],
)
def test_the_generator_finds_what_is_slow(pattern, method, is_slow):
    assert bool(worst(InUse("", pattern, False, 0, (method,)))) is is_slow


def worst(one: InUse) -> list[Case]:
    """The first text on which time grows by more than it may, if there is one."""
    compiled = re.compile(one.pattern.encode("latin-1") if one.is_bytes else one.pattern, one.flags)
    for method in one.methods:
        for case in cases_of(one.pattern, one.flags):
            if growth(compiled, method, case) > LIMIT:
                return [case]
    return []
