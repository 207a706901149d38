"""With every pattern of the product, time grows as the text does.

Each is fed texts made from itself, see `worst_cases`; what is counted is time of the processor.
"""

from __future__ import annotations

import re
from functools import cache

import pytest

from tests.safety.patterns_in_use import InUse, patterns_in_use
from tests.safety.worst_cases import LIMIT, Case, cases_of, growth, seconds

pytestmark = pytest.mark.slow

PARTS = 16  # of all patterns, so that workers share them
#: Those whose time is a square, by the longest text that they meet, and what that is.
BOUNDED = {
    "indexer/code/languages/liquibase.py:": (4_096, "a path"),
    "indexer/code/timings.py:_NAMES": (2_000, "a path"),
    "indexer/formats/agent_instructions.py:_RULES": (4_096, "a path"),
    "indexer/formats/decision_records.py:": (500, "a heading"),
    "indexer/freshness/manifest_versions.py:_VERSION": (300, "a name of an anchor"),
    "indexer/harvest/documents.py:_NUMBER": (400, "a sentence"),
    "indexer/harvest/swaps.py:": (500, "a line"),
    "indexer/harvest/titles.py:": (400, "a sentence"),
    "indexer/history/commit_classifier.py:": (500, "a subject"),
    "indexer/source_paths.py:_GENERATED": (255, "a name of a file"),
    "indexer/writers/record_text.py:_FRONT": (300, "a field of a page in the house's form"),
    "indexer/wording/statuses.py:_KIND_AND_NUMBER": (120, "a title"),
    "indexer/writers/markdown_entry.py:_title": (200, "a title"),
    "memory/code/apart.py:": (4_096, "a path"),
    "memory/code/checks/check_sentences.py:": (500, "a sentence"),
    "memory/norms/cues.py:read_cues": (4_000, "a step"),
    "memory/norms/considered_options.py:_CHOSEN": (400, "the beginning of a decision"),
    "memory/norms/": (500, "a sentence, a clause"),
    "memory/plans/slots.py:": (500, "a proposal"),
    "memory/review/lint.py:_CREDENTIAL": (500, "a line that archmem wrote"),
}
#: Their time is a square only where they are asked otherwise than they are.
ASKED_OTHERWISE = (
    "indexer/formats/decision_log.py:_LEADING_DATE",  # at one place
    "indexer/freshness/definitions.py:_BY_KEYWORD",  # at the beginning of a line of 500 characters
    "indexer/freshness/definitions.py:_CONSTANT",
    "indexer/freshness/definitions.py:_METHOD",
    "indexer/freshness/definitions.py:_OPENED",
    "indexer/harvest/session_lessons.py:_limit",  # at one place
    "indexer/markup/fields.py:_line_of",  # at the beginning of a line only
    "indexer/markup/fields.py:_ROW",  # up to the last tag that closes one
    "indexer/markup/fields.py:_TABLE",
    "indexer/wording/statuses.py:_SUCCEEDED",  # at one place, of 2,000 characters at most
    "memory/code/findings/route_names.py:",  # for all of a text
    "memory/norms/cues.py:read_cues",  # of texts whose blanks are single, like all of these
    "memory/norms/forms.py:",
    "memory/norms/read.py:_TITLE_CHOICE",
    "memory/review/trigger_parser.py:",
)
BOUND_SECONDS = 0.02  # for the longest text


@pytest.mark.parametrize("part", range(PARTS))
def test_no_pattern_can_be_made_to_take_long(part):
    found = in_use()[part::PARTS]
    assert len(found) > 50

    slow = [f"{one.where} {one.methods} {case}" for one in found for case in worst(one)]

    assert not slow


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


in_use = cache(patterns_in_use)


def worst(one: InUse) -> list[Case]:
    """The first text that takes longer than it may, if there is one."""
    if one.where.startswith(ASKED_OTHERWISE):
        return []
    compiled = re.compile(one.pattern.encode("latin-1") if one.is_bytes else one.pattern, one.flags)
    longest = next((most for begin, (most, _) in BOUNDED.items() if one.where.startswith(begin)), 0)
    for method in one.methods:
        for case in cases_of(one.pattern, one.flags):
            if longest and seconds(compiled, method, case, longest) < BOUND_SECONDS:
                continue
            if growth(compiled, method, case) > LIMIT:
                return [case]
    return []
