"""Checks that decisions state, wherever they stand in them."""

import pytest

from indexer.formats.decision_log import DecisionLog
from indexer.formats.decision_records import DecisionRecords
from indexer.formats.document import Document

HEAD = "# 12. Payments stand alone\n\nStatus: accepted\n\n## Decision\n\nThey do.\n\n"


def record(text):
    (draft,) = DecisionRecords().parse(Document("docs/adr/0012-pay.md", text)).drafts
    return draft.details.checks


@pytest.mark.parametrize(
    "said",
    [
        "**Check:** a must not import b\n\nSo it is.\n\n**Check:** layers: a > b\n",
        "**Check**: `a` must not import `b`\n**Check**: layers: a > b\n",
        "- Check: a must not import b\n- Check: layers: a > b\n",
        "## Checks\n\nThese are looked at:\n\n- a must not import b\n- layers: a > b\n",
        "### Checks\n\n* Check: a must not import b\n* **Check:** layers: a > b\n\n## Links\n- c\n",
        "**Checks:**\n- a must not import b\n- layers: a > b\n\nThey are kept.\n",
        "Checks:\n\n1. a must not import b\n2. layers:\n   a > b\n\nSee also:\n\n- c\n",
        "## Checks\n\na must not import b\n\nlayers: a > b\n",
        "## Checks\n\n- [ ] a must not import b\n- [x] layers: a > b\n",
        "## Checks\n\n| No | Check | Why |\n|---|---|---|\n| 1 | a must not import b | c |\n"
        "| 2 | `layers: a > b` | d |\n",
    ],
)
def test_a_record_states_checks(said):
    assert record(HEAD + said) == ("a must not import b", "layers: a > b")


@pytest.mark.parametrize(
    "said",
    [
        "checks:\n  - a must not import b\n  - 'layers: a > b'\n",
        "checks:\n  - a must not import b\n  - layers: a > b\n",
        "checks: |\n  a must not import b\n  layers: a > b\n",
    ],
)
def test_front_matter_states_checks(said):
    assert record(f"---\n{said}---\n\n{HEAD}") == ("a must not import b", "layers: a > b")


@pytest.mark.parametrize(
    "said",
    [
        "```\n**Check:** a must not import b\n```\n",
        "## Checks\n\n```\n- a must not import b\n```\n",
        "## Checks\n\nNone.\n",
        "* Check:\n* Deciders: Dana\n",
        "**Checks:**\n\nWhoever breaks it:\n\n- talks to Dana\n",
    ],
)
def test_checks_in_examples_of_code_and_nothing_are_none(said):
    assert record(HEAD + said) == ()


def test_an_entry_of_a_log_states_checks():
    text = """# Decisions

## 2026-01-05 Payments stand alone

Because they must.

**Check:** a must not import b
**Check:** layers: a > b

Whoever breaks it talks to Dana.
"""
    (draft,) = DecisionLog().parse(Document(".claude/memory/context/decisions.md", text)).drafts

    assert draft.details.checks == ("a must not import b", "layers: a > b")
