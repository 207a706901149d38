"""Lessons from Markdown and from JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from indexer.formats.document import Document
from indexer.formats.lessons import LessonFormat

if TYPE_CHECKING:
    from memory.models.memory import Draft


def read(name: str, text: object) -> tuple[Draft, ...]:
    said = text if isinstance(text, str) else json.dumps(text, indent=1)
    return LessonFormat().parse(Document(f".claude/memory/learned/{name}", said)).drafts


def test_each_heading_is_a_lesson_of_its_files_form():
    text = """# Patterns that failed

## Retrying at a fixed interval

- **Modules:** notifications, payments
- **Learned:** 2024-10-21
- **Context:** Every thirty seconds.
- **Outcome:** All in step.
- **Issues:** Too soon.
- **Alternative:** Jitter.
"""
    [draft] = read("antipatterns.md", text)

    details = draft.details
    assert (details.form, draft.title) == ("antipattern", "Retrying at a fixed interval")
    assert draft.modules == ("notifications", "payments")
    assert draft.valid_from == datetime(2024, 10, 21, tzinfo=UTC)
    assert (details.context, details.outcome) == ("Every thirty seconds.", "All in step.")
    assert (details.issues, details.alternative) == (("Too soon.",), "Jitter.")
    assert draft.lines == (3, 10)


def test_a_heading_that_names_a_form_holds_lessons_of_it():
    text = (
        "# Learned\n\n## Best practices\n\n- Write tests. Always.\n- Read logs\n\n"
        "## Anti-patterns\n\n### Globals\n\nNo.\n"
    )

    assert [(each.title, each.details.form) for each in read("lessons.md", text)] == [
        ("Write tests", "best_practice"),
        ("Read logs", "best_practice"),
        ("Globals", "antipattern"),
    ]


def test_json_as_a_coordinator_stores_it():
    document = {
        "patterns": [{"pattern": "Outbox", "context": "payments", "outcome": {"lost": 0}}],
        "antipatterns": [{"pattern": "Poll", "issues": ["slow", "late"], "alternative": "Push"}],
        "bestPractices": {"naming": "Say what it is"},
    }

    pattern, bad, best = read("lessons.json", document)

    assert (pattern.details.form, pattern.title, pattern.details.outcome) == (
        "pattern",
        "Outbox",
        "lost: 0",
    )
    assert (bad.details.form, bad.details.issues, bad.details.alternative) == (
        "antipattern",
        ("slow", "late"),
        "Push",
    )
    assert (best.details.form, best.title) == ("best_practice", "Say what it is")


def test_a_file_without_lessons_yields_nothing():
    assert (
        read("patterns.md", "# Patterns\n\n## Name\n\n- **Context:**\n- **Outcome:** TBD\n") == ()
    )
    assert read("patterns.json", "[]") == ()
