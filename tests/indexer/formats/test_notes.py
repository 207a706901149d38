"""Notes of modules, agents, memory pages and definitions."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.formats.agent_definitions import marked
from indexer.formats.document import Document
from indexer.formats.registry import format_for
from memory.kinds.vocabulary import Kind, LinkType, Trust

if TYPE_CHECKING:
    from memory.models.memory import Draft

AGENT = ".claude/memory/agents/dream_agent/"
MODULE = ".claude/memory/modules/auth/"


def read(path: str, text: object) -> tuple[Draft, ...]:
    format_ = format_for(PurePosixPath(path))
    assert format_ is not None
    said = text if isinstance(text, str) else json.dumps(text, indent=1)
    parsed = format_.parse(Document(path, said))
    assert len({draft.key for draft in parsed.drafts}) == len(parsed.drafts)
    return parsed.drafts


def test_a_small_page_is_one_note_of_its_owner():
    text = (
        "---\nmodule: billing\ndate: 2026-03-09\npaths: [a.py]\n---\n"
        "# Refunds\n\nA.\n\n## Why\n\nB.\n"
    )

    [draft] = read(MODULE + "refunds.md", text)

    assert draft.title == "Refunds"
    assert draft.details.topic == "refunds"
    assert draft.modules == ("billing",)
    assert draft.valid_from == datetime(2026, 3, 9, tzinfo=UTC)
    assert draft.extra == {"paths": ["a.py"]}
    assert draft.lines == (6, 12)
    assert draft.body.startswith("# Refunds\n")


def test_a_large_page_is_a_note_for_each_section():
    text = (
        "# Auth\n\nAbout.\n\n## Tokens\n\n" + "a " * 500 + "\n\n## Overview\n\n" + "b " * 500 + "\n"
    )

    drafts = read(MODULE + "knowledge.md", text)

    assert [(draft.title, draft.lines) for draft in drafts] == [
        ("Auth", (1, 3)),
        ("Tokens", (5, 7)),
        ("Auth: Overview", (9, 11)),
    ]
    assert {draft.modules for draft in drafts} == {("auth",)}


def test_an_unfilled_template_says_nothing():
    text = (
        "# System Patterns\n\nThis file records recurring patterns.\n\n*\n\n"
        "## Coding Patterns\n\n*   \n\n## Tests\n\n*\n"
    )

    assert read("memory-bank/systemPatterns.md", text + " \n" * 1000) == ()
    assert read("memory-bank/systemPatterns.md", "# System Patterns\n") == ()


@pytest.mark.parametrize("path", [AGENT + "knowledge.md", ".claude/memory/agents/dream_agent.md"])
def test_an_agent_has_one_name_however_its_folder_is_written(path):
    [draft] = read(path, "# T\n\nText.\n")

    assert draft.agent == "dream-agent"
    assert format_for(PurePosixPath(path)).trust is Trust.AGENT


def test_entries_of_a_json_list_are_notes():
    document = {
        "agent": "dream_agent",
        "last_updated": "2026-01-01",
        "entries": [
            {"title": "A", "content": "B", "date": "2026-01-02", "confidence": 0.9},
            "Plain words. More.",
        ],
    }

    first, second = read(AGENT + "knowledge.json", document)

    assert (first.title, first.key, first.lines) == ("A", "entries/a", (5, 10))
    assert first.valid_from == datetime(2026, 1, 2, tzinfo=UTC)
    assert first.extra == {"content": "B", "confidence": 0.9}
    assert first.body == "A\nB\nDate: 2026-01-02\nConfidence: 0.9"
    assert (second.title, second.body) == ("Plain words", "Plain words\nPlain words. More.")
    assert {first.agent, second.agent} == {"dream-agent"}


def test_members_that_are_no_lists_are_a_note_each():
    document = {
        "module": "auth",
        "stack": ["a", "b"],
        "tables": {"users": {"rows": 3}, "tokens": {"rows": 4}},
        "owner": "Dana",
    }

    drafts = read(MODULE + "index.json", document)

    assert [draft.title for draft in drafts] == [
        "Stack",
        "Tables: Users",
        "Tables: Tokens",
        "Owner",
    ]
    assert drafts[0].body == "Stack\na, b"


def test_patterns_become_lessons_only_where_that_is_said():
    document = {
        "patterns": [{"pattern": "repository", "where": "db.py"}],
        "antipatterns": [{"pattern": "Global cache", "issues": ["stale"], "alternative": "TTL"}],
        "best_practices": ["Write tests"],
    }

    note, bad, best = read(AGENT + "patterns.json", document)

    assert (note.kind, note.title) == (Kind.NOTE, "repository")
    assert (bad.kind, bad.details.form, bad.title) == (Kind.LESSON, "antipattern", "Global cache")
    assert (bad.details.issues, bad.details.alternative) == (("stale",), "TTL")
    assert (best.details.form, best.title, best.agent) == (
        "best_practice",
        "Write tests",
        "dream-agent",
    )


def test_broken_json_of_a_module_fails_with_its_line():
    format_ = format_for(PurePosixPath(MODULE + "x.json"))

    parsed = format_.parse(Document(MODULE + "x.json", '{\n"a": '))

    assert parsed.failed
    assert parsed.problems[0].line == 2


def test_an_index_line_is_a_note_only_if_it_says_more_than_where_to_look():
    text = (
        "# Memory\n\n"
        "- [Queue](modules/queue.md) — MERGED, replaced the poller; see [[backoff]]\n"
        "- [Tokens](modules/tokens.md)\n"
        "- [A](a.md), [B](b.md)\n"
        "- **[Long](long.md)** — " + "very " * 2000 + "long\n\n"
        "Always ask before you change the schema of a table that two modules read from, please.\n"
    )

    drafts = read(".claude/memory/MEMORY.md", text)

    assert [draft.title for draft in drafts] == ["Queue", "Long", "Memory"]
    assert drafts[0].body == text.split("\n")[2]
    assert [(each.type, each.target) for each in drafts[0].references] == [
        (LinkType.RELATES_TO, ".claude/memory/modules/queue.md"),
        (LinkType.RELATES_TO, "backoff"),
    ]
    assert drafts[2].lines == (8, 8)


def test_a_memory_without_an_index_is_read_as_notes():
    [draft] = read(".claude/memory/MEMORY.md", "# Project\n\nUses SQLite.\n")

    assert (draft.title, draft.details.topic) == ("Project", "")


def test_a_definition_is_one_note_even_when_its_front_matter_is_no_yaml():
    text = (
        "---\nname: payments_agent\ndescription: Owns `src/payments`. Call it for refunds.\n"
        "model: opus\n\n  - Read\n  - Write\nactivation: manual\n---\n# Payments\n\nText.\n"
    )

    [draft] = read(".claude/agents/payments-agent.md", text)

    assert draft.agent == "payments-agent"
    assert draft.title == "payments-agent: Owns `src/payments`"
    assert draft.modules == ("payments",)
    assert draft.details.topic == "definition"
    assert draft.extra["activation"] == "manual"


def test_the_definition_that_archmem_ships_is_read_only_once_it_was_edited():
    shipped = marked("---\nname: coordinator\ndescription: Coordinates.\n---\nAs shipped.\n")

    assert read(".claude/agents/coordinator.md", shipped) == ()
    assert read(".claude/agents/coordinator.md", shipped.replace("\n", "\r\n")) == ()
    [draft] = read(".claude/agents/coordinator.md", shipped + "Our own rule.\n")
    assert "Our own rule." in draft.body


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["---", "name: x", "# T", "## U", "- [a](b.md) — c d e", "[[w]]", "```", "<!--", "-->",
             "text", "", "<!-- archmem: not-1 -->", "**Modules:** a", "\ufeff", "{", "[1, 2"]
        ),
        max_size=12,
    ).map("\n".join),
    st.sampled_from(
        [MODULE + "a.md", MODULE + "a.json", AGENT + "a.md", ".claude/memory/MEMORY.md",
         ".claude/agents/a.md", "memory-bank/progress.md", ".claude/memory/learned/patterns.md"]
    ),
)  # fmt: skip
def test_no_text_makes_a_format_fail(text, path):
    read(path, text)
