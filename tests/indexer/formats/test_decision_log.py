"""Decision logs in all the ways in which projects keep them (FORMATS.md, sections 1 and 2)."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.formats.decision_log import DecisionLog
from indexer.formats.document import Document
from memory.kinds.vocabulary import LinkType, Status

if TYPE_CHECKING:
    from memory.models.memory import Draft

PATH = ".claude/memory/context/decisions.md"


def read(text: str, path: str = PATH) -> tuple[Draft, ...]:
    parsed = DecisionLog().parse(Document(path, text))
    for draft in parsed.drafts:
        first, last = draft.lines or (0, 0)
        assert draft.body == "\n".join(text.split("\n")[first - 1 : last])
    assert len({draft.key for draft in parsed.drafts}) == len(parsed.drafts)
    assert not parsed.failed
    return parsed.drafts


def titles(text: str) -> list[str]:
    return [draft.title for draft in read(text)]


@pytest.mark.parametrize(
    ("path", "accepted"),
    [
        (".claude/memory/context/decisions.md", True),
        (".claude/memory/decisions.md", True),
        (".claude/memory/architecture-decisions.md", True),
        (".claude/memory/modules/auth/decisions.md", True),
        ("memory-bank/decisionLog.md", True),
        ("backend/memory-bank/decisionLog.md", True),
        (".claude/memory/decisions.json", False),
        ("docs/decisions.md", False),
    ],
)
def test_logs_are_known_by_their_place(path, accepted):
    assert DecisionLog().accepts(PurePosixPath(path)) is accepted


def test_undated_topics_are_decisions():
    assert titles("# Decisions\n\nIntro.\n\n## Storage\nSQLite.\n\n## Search\nBM25.\n") == [
        "Storage",
        "Search",
    ]


@pytest.mark.parametrize("between", [" · ", " | ", " ", "  ", " — "])
@pytest.mark.parametrize("label", ["**{}:**", "**{}**:"])
def test_labels_beside_each_other_below_a_heading_are_each_a_field(between, label):
    fields = between.join(
        (label.format("Date") + " 2024-02-01", label.format("Status") + " Rejected")
    )

    [draft] = read(f"# Decision log\n\n## Use Go\n\n{fields}\n\nIt is known.\n")

    assert (draft.title, draft.details.status) == ("Use Go", Status.REJECTED)
    assert draft.valid_from == datetime(2024, 2, 1, tzinfo=UTC)


def test_a_sentence_with_a_label_in_it_stays_a_sentence():
    said = "**Context**: what is bold, as **Status**: Rejected is, may be quoted."

    [draft] = read(f"# Decision log\n\n## Use Go\n\n{said}\n")

    assert draft.details.status is Status.UNSTATED
    assert draft.details.context == "what is bold, as **Status**: Rejected is, may be quoted."


def test_tickets_with_a_date_behind_need_no_title_above():
    [draft] = read("\n## bd-12: Use one queue (2026-02-27)\n\nBecause.\n")

    assert draft.title == "bd-12: Use one queue"
    assert draft.valid_from == datetime(2026, 2, 27, tzinfo=UTC)
    assert draft.key == "bd-12-use-one-queue"
    assert draft.lines == (2, 4)


def test_a_dated_heading_over_plain_bullets_is_one_decision():
    text = (
        "# Décisions\n\n## 2026-06-15 — Base de données\n\n- PostgreSQL\n- pas de MySQL\n\nNote.\n"
    )

    [draft] = read(text)

    assert draft.title == "Base de données"
    assert draft.body.endswith("Note.")


def test_bold_bullets_under_a_dated_task_are_a_decision_each():
    text = (
        "## 2026-10-07 Task 1 (foundation)\n\n"
        "- **Use pnpm workspaces.** Because npm\n  hoists.\n"
        "- **Framework:** Next.js 15\n"
    )

    first, second = read(text)

    assert (first.title, first.lines) == ("Use pnpm workspaces", (3, 4))
    assert (second.title, second.lines) == ("Framework: Next.js 15", (5, 5))
    assert first.valid_from == datetime(2026, 10, 7, tzinfo=UTC)
    assert first.extra == {"section": "2026-10-07 Task 1 (foundation)"}


def test_subheadings_in_japanese_are_fields():
    text = (
        "# 決定\n\n### 2026-01 認証方式\n\n#### 背景\nA\n\n"
        "#### 決定\nB\n\n#### 理由\nC\n\n#### 影響\nD\n"
    )

    [draft] = read(text)

    assert draft.title == "認証方式"
    assert (draft.valid_from, draft.date) == (None, "2026-01")
    assert draft.details.context == "A"
    assert draft.details.decision == "B\n\nC"
    assert draft.details.consequences == "D"


def test_a_plain_list_is_a_decision_each():
    text = "- Use SQLite. It is enough.\n- **No ORM**: too slow\n- 2026-01-02: Chose BM25\n"

    assert titles(text) == ["Use SQLite", "No ORM", "Chose BM25"]
    assert read(text)[2].valid_from == datetime(2026, 1, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# Decisions\n",
        "# Decisions\n\n<!--\n## 2026-01-02 Title\n**Context:** x\n-->\n",
        "# Decisions\n\n```markdown\n## 2026-01-02 Title\n\n**Context:** x\n```\n",
        "# Decisions\n\n## Template\n\n### 2026-01-02 Title\n\n**Context:** why\n",
        "# Log\n\n## [DATE] Decision: [TITLE]\n\n**Context:** [why]\n**Options:** [what]\n",
        "# ADRs\n\n## YYYY-MM-DD: Title\n\nText.\n",
        "# Decisions\n\n## Topic\n\n**Context:**\n\n**Decision:** TBD\n",
        "# Decision Log\n\nThis file records architectural and implementation decisions using a"
        " list format.\n2025-01-01 10:00:00 - Log of updates made.\n\n*\n\n## Decision\n\n*\n\n"
        "## Rationale\n\n*\n\n## Implementation Details\n\n*\n",
    ],
)
def test_templates_yield_nothing(text):
    assert read(text) == ()


def test_labels_in_bold_are_fields():
    text = """# Log

## [2026-03-01] Decision: Use one queue

**Status:** Superseded by "Use two queues" (2026-05-01)
**Modules:** api, queue
**Deciders:** Dana, Okafor
**Ticket:** Q-1
**Supersedes:** ADR-4, [the old one](0003-old.md)

**Context**: Two drift.

**Options:**
- Two queues
- None at all

**Decision:** One.
**Rationale:** Cheaper.
**Consequences:** It may fill.
**Review when:** It fills.
"""
    [draft] = read(text)

    assert draft.title == "Use one queue"
    assert draft.status is Status.SUPERSEDED
    assert draft.modules == ("api", "queue")
    assert draft.extra == {"Ticket": "Q-1"}
    assert draft.details.context == "Two drift."
    assert draft.details.alternatives == ("Two queues", "None at all")
    assert draft.details.decision == "One.\n\nCheaper."
    assert draft.details.consequences == "It may fill."
    assert draft.details.review_triggers == ("It fills.",)
    assert draft.details.deciders == ("Dana", "Okafor")
    found = {(each.type, each.target, each.inverse) for each in draft.references}
    assert (LinkType.SUPERSEDES, "Use two queues", True) in found
    assert (LinkType.SUPERSEDES, "ADR-4", False) in found
    assert (LinkType.SUPERSEDES, ".claude/memory/context/0003-old.md", False) in found


def test_an_example_in_a_fence_is_part_of_its_field():
    text = "## 2026-01-02 A\n\n**Context:** see\n\n```md\n## B\n**Status:** rejected\n```\n"

    [draft] = read(text)

    assert draft.status is Status.UNSTATED
    assert "## B" in draft.details.context


def test_headings_of_fields_do_not_end_an_entry_with_a_time():
    text = """# Decision Log

This file records decisions.

## Decision

*

## Rationale

*

[2025-08-16 20:26:15] - **Cache in Redis**

## Decision

Redis.

## Rationale

Fast.

[2025-08-10 09:00:00] - Use Vue
**Decision:** Vue 3.
**Rationale:** Known.
"""
    first, second = read(text, "memory-bank/decisionLog.md")

    assert (first.title, first.lines) == ("Cache in Redis", (13, 21))
    assert first.details.decision == "Redis.\n\nFast."
    assert first.valid_from == datetime(2025, 8, 16, 20, 26, 15, tzinfo=UTC)
    assert first.key == "2025-08-16-20-26-15-cache-in-redis"
    assert (second.title, second.details.decision) == ("Use Vue", "Vue 3.\n\nKnown.")


def test_a_heading_that_says_decision_belongs_to_the_time_below_it():
    text = (
        "### Decision (Code)\n[2025-05-01 10:00:00] - Split\n\n**Rationale:** a\n\n"
        "### Decision\n[2025-05-02 10:00:00] - Join\n"
    )

    assert [(draft.title, draft.lines) for draft in read(text)] == [
        ("Split", (1, 4)),
        ("Join", (6, 7)),
    ]


def test_a_filled_template_without_any_title_is_still_a_decision():
    [draft] = read(
        "# Decision Log\n\n## Decision\n\n* Use Rust. It is fast.\n\n## Rationale\n\n* Speed\n"
    )

    assert draft.title == "Use Rust"
    assert "Speed" in draft.details.decision


def test_american_dates_and_a_table_of_contents():
    text = "# Decisions\n\n## Table of Contents\n\n- [A](#a)\n\n## 2/27/2025 - Use Rust\n\nB.\n"

    [draft] = read(text)

    assert draft.title == "Use Rust"
    assert draft.valid_from == datetime(2025, 2, 27, tzinfo=UTC)


def test_rows_of_a_table_without_a_head():
    text = (
        "# Log\n\n| 2025-03-27 08:19:31 | Usar Zod | Valida | Menos erros |\n"
        "| 2025-03-28 | B | c | d |\n"
    )

    first, second = read(text)

    assert (first.title, first.lines) == ("Usar Zod", (3, 3))
    assert first.details.decision == "Usar Zod\n\nValida"
    assert first.details.consequences == "Menos erros"
    assert second.title == "B"


def test_a_key_does_not_change_with_other_entries():
    one = "## 2026-01-02 Use Rust\n\nA.\n"

    alone, *_ = read(one)
    first, second, third = read(f"## 2026-03-01 Other\n\nB.\n\n{one}\n## 2026-05-01 Go\n\nC.\n")

    assert alone.key == second.key == "use-rust"
    assert alone.digest == second.digest
    assert (first.key, third.key) == ("other", "go")


def test_entries_of_one_name_are_told_apart_by_date():
    keys = [each.key for each in read("## 2026-01-02 A\n\nx\n\n## 2026-02-02 A\n\ny\n")]

    assert keys == ["a@2026-01-02", "a@2026-02-02"]


def test_groups_give_their_title_and_date():
    text = "# Log\n\n## Backend\n\n### Use Rust\n\nx\n\n## 2026-04-01\n\n### Use Go\n\ny\n"

    first, second = read(text)

    assert (first.title, first.extra) == ("Use Rust", {"section": "Backend"})
    assert (second.title, second.valid_from) == ("Use Go", datetime(2026, 4, 1, tzinfo=UTC))


def test_an_owner_is_taken_from_the_folder():
    [draft] = read("## Use Rust\n\nx\n", ".claude/memory/modules/auth/decisions.md")

    assert draft.modules == ("auth",)


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["# L", "## 2026-01-02 A", "### B", "[2026-01-02 10:00:00] - c", "| 2026-01-02 | d |",
             "## Decision", "**Status:** x", "- **e**", "- f", "```", "<!--", "-->", "", "g", "---",
             "<!-- archmem: dec-1 -->", "## Template", "\ufeff", "    h", "> i", "[j]: k"]
        ),
        max_size=14,
    ).map("\n".join)
)  # fmt: skip
def test_no_text_makes_it_fail(text):
    read(text)


def test_a_title_over_an_unfilled_template_does_not_swallow_the_stamped_entries_below():
    log = (
        "# Decision Log\n\nThis file records decisions.\n"
        "YYYY-MM-DD HH:MM:SS - Log of updates made.\n"
        "\n*\n\n## Decision\n\n*\n\n## Rationale\n\n*\n\n---\n\n"
        "[2025-08-16 20:26:15] - **Several providers**\n\n## Decision\nUse them all.\n\n"
        "## Rationale\nChoice.\n\n## Models Supported\n- one\n\n### 1. Sizes\n- big\n\n"
        "[2025-08-17 00:44:00] - **Route by model**\n**Decision:** Decouple them.\n"
    )

    first, second = read(log, "memory-bank/decisionLog.md")

    assert [first.title, second.title] == ["Several providers", "Route by model"]
    assert first.details.decision == "Use them all.\n\nChoice."
    assert "Models Supported" in first.body
    assert "- big" in first.body


def test_a_dated_heading_ends_a_stamped_entry_with_headings_of_its_own():
    log = (
        "# Decision Log\n\n[2025-08-16 20:26:15] - First\n\n## Decision\nD\n\n"
        "## 2025-08-17 Second\n\nText.\n\n## Part two\n\n[2025-08-18 10:00:00] - Third\n"
    )

    assert titles(log) == ["First", "Second", "Third"]


def test_a_label_in_a_comment_does_not_make_the_logs_own_title_an_entry():
    log = (
        "# Registro\n\n<!-- TEMPLATE\n### [Titolo]\n**Data:** YYYY-MM-DD\n-->\n\n"
        "## Backend\n\n### Uso di MediatR\n**Data:** 2025-01-15\n**Perch\u00e9:** Isola i casi.\n"
    )

    (draft,) = read(log)

    assert draft.title == "Uso di MediatR"
    assert draft.valid_from == datetime(2025, 1, 15, tzinfo=UTC)
    assert draft.details.decision == "Isola i casi."


def test_labels_in_a_language_we_do_not_know_still_say_something():
    thai = "# (Decision Log)\n\n## 1. \u0e43\u0e0a\u0e49 Sheets\n- **\u0e01\u0e32\u0e23**: Sheets\n"

    assert titles(thai) == ["\u0e43\u0e0a\u0e49 Sheets"]
    assert titles("# Decisions\n\n## Topic\n**Foo:** YYYY-MM-DD\n**Bar:** [name]\n") == []


def test_boilerplate_and_headings_in_portuguese_are_no_decisions():
    log = (
        "# Log de Decis\u00f5es\n\n2025-03-27 08:17:39 - Log de atualiza\u00e7\u00f5es.\n\n*\n\n"
        "## Decis\u00e3o\n\n*\n\n## Raz\u00e3o\n\n*\n\n## Detalhes de Implementa\u00e7\u00e3o\n\n"
        "| 2025-03-27 08:19:31 | Usar Vite | R\u00e1pido | Feito |\n"
    )

    assert titles(log) == ["Usar Vite"]


def test_a_number_in_brackets_is_not_part_of_the_title():
    log = (
        "# Decisions\n\n## Foundational (2026-07-02)\n\n"
        "- **[D-001] Name it Tonary.** Not WAV.\n- **[D-002] A new product.** Mandate.\n"
    )

    assert [(each.details.number, each.title) for each in read(log)] == [
        (1, "Name it Tonary"),
        (2, "A new product"),
    ]


def test_a_month_behind_a_title_is_its_date():
    (draft,) = read("# Key Decisions\n\n## Event-driven state (Dec 2025)\n\nNo decay.\n")

    assert draft.title == "Event-driven state"
    assert (draft.valid_from, draft.date) == (None, "2025-12")


@pytest.mark.parametrize("heading", ["Example", "Esempio (da rimuovere)", "Beispiel"])
def test_an_example_is_no_decision(heading):
    assert (
        titles(f"# Decisions\n\n## {heading}\n\n### Use MediatR\n**Date:** 2025-01-15\nX\n") == []
    )


@pytest.mark.parametrize(
    "line",
    [
        "Format: date, decision, reason. Newest first.",
        "**Last updated:** 2026-01-01",
        "Status values: accepted, rejected",
        "- Owner: Dana",
    ],
)
@pytest.mark.parametrize("title", ["# Decision log", "# Decisions", "# Architectural decisions"])
def test_a_label_under_the_title_of_a_log_is_of_the_log(title, line):
    log = f"{title}\n\n{line}\n\n"
    log += "## Use one queue\n\nSmall team.\n\n## Shard\n\n- **Status:** rejected\n"

    first, second = read(log)

    assert [first.title, second.title] == ["Use one queue", "Shard"]
    assert [first.details.status, second.details.status] == [Status.UNSTATED, Status.REJECTED]


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("When | What | Why | Outcome", "2026-01-01 | Use Kafka | speed | Rejected"),
        (
            "Date | Decision/Change | Reason | Status",
            "1 Jan 2026 | **Use Kafka** | speed | Rejected",
        ),
        ("Date | Décision | Raison | Statut", "01/01/2026 | Use Kafka | speed | Rejeté"),
        ("Date | Title | Decision | Status", "2026-01-01 | Use Kafka | speed \\| cost | Rejected"),
        ("Date | Decision | Rationale | Status", "2026-01-01 | Use Kafka | speed | Rejected"),
        (
            "**Decision** | **Date** | **Reasoning** | State",
            "Use Kafka | 1-Jan-2026 | speed | Rejected",
        ),
        ("# | Title | Why | Status | Date", "7 | Use Kafka | speed | ❌ rejected | 2026/01/01"),
        (
            "Status | Datum | Entscheidung | Begründung",
            "abgelehnt | 2026-01-01 | Use Kafka | speed",
        ),
    ],
)
def test_the_columns_of_a_table_are_what_its_header_says(header, row):
    ruling = "|".join(":-:" for _ in header.split("|"))

    (draft,) = read(f"# Decision Log\n\n| {header} |\n|{ruling}|\n| {row} |\n")

    assert draft.title == "Use Kafka"
    assert draft.details.status is Status.REJECTED
    assert "speed" in draft.details.decision
    assert draft.valid_from == datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "table",
    [
        "| Decision | Status |\n|---|---|\n| Use Kafka | Rejected |\n| Use Go | Accepted |",
        "Decision | Status\n--- | ---\nUse Kafka | Rejected\nUse Go | Accepted",
        "| Date | Decision | Status |\n|-|-|-|\n| TBD | Use Kafka | Rejected |\n"
        "| soon | Use Go | Accepted |",
    ],
)
def test_a_table_of_decisions_needs_neither_dates_nor_bars_at_its_ends(table):
    first, second = read(f"# Decision Log\n\n{table}\n")

    assert [first.title, second.title] == ["Use Kafka", "Use Go"]
    assert [first.details.status, second.details.status] == [Status.REJECTED, Status.ACCEPTED]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("| Date | Version |\n|---|---|\n| soon | 1 |", 3),
        ("<table><tr><td>Use Kafka</td></tr></table>", 3),
        ("We use Kafka for everything.", 3),
    ],
)
def test_a_table_or_text_that_gives_no_decision_is_told(text, line):
    parsed = DecisionLog().parse(Document(PATH, f"# Decision Log\n\n{text}\n"))

    assert parsed.drafts == ()
    assert [problem.line for problem in parsed.problems] == [line]


@pytest.mark.parametrize("label", ["Last updated: 2026-01-01", "**Status:** Active", "Owner: Dana"])
def test_dated_headings_below_the_title_of_a_file_are_entries_whatever_it_is_called(label):
    log = f"# Project X\n\n{label}\n\n"
    log += "## 2026-01-01: Use one queue\n\nx\n\n## 2026-01-02: Shard\n\nx\n"

    assert titles(log) == ["Use one queue", "Shard"]


@pytest.mark.parametrize(
    "log",
    [
        "# Decisions Registry\n\nSchema:\n- Date: YYYY-MM-DD\n- Status: active | superseded\n\n"
        "## Index\n\n| ID | Date | Décision |\n|---|---|---|\n| B-1 | 2026-05-11 | Auth |\n\n"
        "## Entries\n\n### Auth\n- **Date**: 2026-05-11\n- **Status**: active\n\n### Neon\n\nx\n",
        "# Decisioni Architetturali\nRegistro.\n\n## Template\n### [Titolo breve]\n"
        "- **Data:** [YYYY-MM-DD]\n- **Decisione:** [scelta]\n\n---\n\n"
        "### Auth\n- **Data:** 2026-05-11\n\n### Neon\n- **Decisione:** sì\n",
        "# 技術的意思決定記録\n\n記録します。\n\n## フォーマット\n\n```\n## [日付]\n```\n\n---\n\n"
        "## 決定記録\n\n### 2026-01 Auth\n\n#### 決定\nは\n\n### 2026-01 Neon\n\n#### 決定\nは\n",
        "# Decision Log\n\n| Date | Decision | Where |\n|---|---|---|\n| 2026-07-18 | Auth | a |\n"
        "| 2026-07-18 | Neon | b.md |\n\n## Open questions (to be asked)\n- On or off?\n",
        "# Decision Log\n\n## Modelo ADR\n\n```\nx\n```\n\n## Decisões Registradas\n"
        "1. [Auth](./1.md) - 2025-06-20\n2. [Neon](./2.md) - 2025-06-22\n",
        "# Décisions d'Architecture\n\n[2025-12-30] Auth\n[2025-12-30] Neon\n",
    ],
)
def test_logs_as_they_are_kept_in_other_languages_with_schemas_templates_and_indexes(log):
    assert titles(log) == ["Auth", "Neon"]


@pytest.mark.parametrize(
    "stamp",
    [
        "Initial creation of Memory Bank.",
        "File created",
        "Memory Bank initialized",
        "Log of updates made.",
        "Création initiale",
    ],
)
def test_when_a_file_was_made_is_no_decision_and_what_is_listed_below_is_one_each(stamp):
    log = (
        f"# Decision Log\n\nThis file records decisions.\n2025-04-25 21:14:22 - {stamp}\n\n"
        "## Decision\n\n* Keep one schema\n* Deploy from main\n\n## Rationale\n\n* Simple\n"
    )

    assert titles(log) == ["Keep one schema", "Deploy from main"]


@pytest.mark.parametrize(
    "entry",
    [
        "- **2026-04-07**: Use Kafka",
        "**2026-04-07** - Use Kafka",
        "2026-04-07 — **Decision**: Use Kafka — **Reason**: fast",
        "**Date** : 2026-04-07 | **Décision** : Use Kafka | **Raison** : rapide",
        "### [2026-04-07] Décision : Use Kafka\n\nRaison : rapide",
        "## Entscheidung 1: Use Kafka\n\n**Datum:** 7. April 2026\n\nFast.",
        "## Decisión: Use Kafka\n\n**Fecha:** 7 de abril de 2026\n\nFast.",
        "## 7 avril 2026 : Use Kafka\n\nRapide.",
        "## 20260407 Use Kafka\n\nFast.",
    ],
)
def test_an_entry_is_known_by_its_date_however_both_are_written(entry):
    around = "" if entry.startswith("#") else "## Entries\n\n"

    (draft,) = read(f"# Decisions\n\n{around}{entry}\n")

    assert draft.title == "Use Kafka"
    assert draft.valid_from == datetime(2026, 4, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    "line",
    [
        "**Décision** : Rendre au serveur | **Raison** : rapide | **Alternative** : tout au client",
        "**Decision:** Rendre au serveur | **Reason:** rapide | **Alternative:** tout au client",
        "Entscheidung: Rendre au serveur | Begründung: rapide | Alternativen: tout au client",
    ],
)
def test_labels_on_the_line_of_a_date_are_its_fields(line):
    (draft,) = read(f"# Decisions\n\n## Entries\n\n[2026-04-07] {line}\n")

    assert draft.title == "Rendre au serveur"
    assert draft.details.alternatives == ("tout au client",)
    assert "rapide" in draft.details.decision


@pytest.mark.parametrize(
    "log",
    [
        "# Entscheidungen\n\n## Kafka\n\n**Datum:** 3. März 2026\n**Status:** Angenommen\n"
        "**Entscheider:** Dana\n**Betrifft:** billing\n**Kosten:** 5\n\n**Hintergrund:** c\n\n"
        "**Beschluss:** d\n\n**Gründe:** r\n\n**Verworfene Alternativen:**\n- a\n",
        "# Décisions\n\n## Kafka\n\n**Date :** 3 mars 2026\n**Statut :** Acceptée\n"
        "**Décidé par :** Dana\n**Périmètre :** billing\n**Coût :** 5\n\n**Contexte :** c\n\n"
        "**Choix :** d\n\n**Raisons :** r\n\n**Alternatives écartées :**\n- a\n",
        "# Decisiones\n\n## Kafka\n\n**Fecha**: 3 de marzo de 2026\n**Estado**: Aceptada\n"
        "**Responsables**: Dana\n**Ámbito**: billing\n**Coste**: 5\n\n**Contexto**: c\n\n"
        "**Decisión**: d\n\n**Razones**: r\n\n**Alternativas consideradas**:\n- a\n",
        "# Decisões\n\n## Kafka\n\n**Data:** 3 de março de 2026\n**Situação:** Aceita\n"
        "**Responsáveis:** Dana\n**Escopo:** billing\n**Custo:** 5\n\n**Motivação:** c\n\n"
        "**Escolha:** d\n\n**Motivos:** r\n\n**Alternativas consideradas:**\n- a\n",
    ],
)
def test_labels_are_known_in_other_languages_and_others_are_kept(log):
    (draft,) = read(log)

    assert (draft.title, draft.details.status) == ("Kafka", Status.ACCEPTED)
    assert draft.valid_from == datetime(2026, 3, 3, tzinfo=UTC)
    assert (draft.modules, draft.details.deciders) == (("billing",), ("Dana",))
    assert (draft.details.context, draft.details.decision) == ("c", "d\n\nr")
    assert draft.details.alternatives == ("a",)
    assert list(draft.extra.values()) == ["5"]


def test_what_was_measured_beside_a_baseline_and_the_day_behind_a_title_are_no_records():
    text = (
        '## A\n\n**Status:** Superseded by "Use it" (2025-02-17)\n'
        "**Rests on:** baseline `peak` of 2025-02-10 (497 of 500)\n\nWords.\n"
    )

    (draft,) = read(text)

    assert {one.target for one in draft.references} == {
        "Use it",
        "baseline peak of 2025-02-10 (497 of 500)",
    }


@pytest.mark.parametrize("between", ["", "\n  "])
def test_a_table_of_html_is_a_table(between):
    def row(tag, *cells):
        inside = between.join(f"<{tag}>{cell}</{tag}>" for cell in cells)
        return f"<tr>{between}{inside}{between}</tr>\n"

    text = (
        "# Decisions\n\n<table>\n"
        + row("th", "Date", "Decision", "Status")
        + row("td", "2024-01-02", "Use <b>Kafka</b>", "Rejected")
        + row("td", "2024-01-03", "Use Go", "Accepted")
        + "</table>\n\n## 2024-01-04: Use C\n\nFast.\n"
    )
    drafts = read(text)

    assert [(one.title, str(one.status), one.date) for one in drafts] == [
        ("Use Kafka", "rejected", "2024-01-02"),
        ("Use Go", "accepted", "2024-01-03"),
        ("Use C", "unstated", "2024-01-04"),
    ]
    assert drafts[0].body.startswith("<tr>")
    assert drafts[0].body.endswith("</tr>")


def test_what_a_log_calls_its_entries_before_their_numbers_names_them():
    log = (
        "# Decisions\n\n### AD-1: Use one queue\n\nStatus: superseded by AD-2\n\n"
        "### AD-2: Use two queues\n\nFast.\n\n### UTF-8: everywhere\n\nOne encoding.\n"
    )

    one, two, third = read(log)

    assert [one.title, two.title, third.title] == [
        "Use one queue",
        "Use two queues",
        "UTF-8: everywhere",
    ]
    assert (one.references[0].target, two.details.number) == ("AD-2", 2)


def test_a_label_in_a_quotation_is_one():
    (draft,) = read("# Decisions\n\n## Use one queue\n\n> **Status:** withdrawn\n\nSmall.\n")

    assert draft.details.status is Status.WITHDRAWN


def test_a_numbered_chapter_over_numbered_decisions_is_no_decision():
    text = """# 9. Architecture Decisions

## ADR-1: Use Valkey

**Status:** accepted

### Decision

Valkey.

## ADR-2: Use Kafka

**Status:** rejected
"""

    drafts = DecisionLog().parse(Document("docs/arc42/09_architecture_decisions.md", text)).drafts

    assert [(one.title, str(one.details.status)) for one in drafts] == [
        ("Use Valkey", "accepted"),
        ("Use Kafka", "rejected"),
    ]


def test_a_column_of_numbers_gives_entries_the_numbers_that_others_name_them_by():
    text = (
        "| # | Decision | Status |\n|---|---|---|\n"
        "| 1 | Use Go | Accepted |\n| 2 | Use C | Superseded by #1 |\n"
    )

    first, second = DecisionLog().parse(Document("memory-bank/decisionLog.md", text)).drafts

    assert (first.details.number, second.details.number) == (1, 2)
    assert [(one.target, one.inverse) for one in second.references] == [("1", True)]
