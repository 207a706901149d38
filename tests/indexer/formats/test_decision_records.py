from datetime import UTC, datetime
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.formats.decision_records import DecisionRecords
from indexer.formats.document import Document
from memory.kinds.vocabulary import LinkType, Status

RECORDS = DecisionRecords()


def read(text, path="docs/adr/0012-use-sqlite.md"):
    (draft,) = RECORDS.parse(Document(path, text)).drafts
    return draft


def day(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "path",
    [
        "docs/adr/0001-a.md",
        "doc/adr/backend/0001-a.rst",
        "services/pay/adr/use-x.md",
        "docs/decisions/use-x.md",
        "docs/architecture/decisions/1-a.markdown",
        "docs/architecture/adr-002-b.md",
        "docs/references/rfc/tendermint-core/rfc-012-c.md",
        "text/0000-my-feature.md",
        "text/metrics/0072-observer.md",
        "docs/adr/0009-template-functions.md",
        "adr/20240514-dated.md",
        "decisions/0001-a.adoc",
        "keps/sig-x/0001-queue/README.md",
    ],
)
def test_files_that_lie_and_are_called_like_records_are(path):
    assert RECORDS.accepts(PurePosixPath(path))


@pytest.mark.parametrize(
    "path",
    [
        "README.md",
        "docs/adr/README.md",
        "docs/adr/index.md",
        "docs/adr/template.md",
        "docs/adr/0000-template.md",
        "docs/adr/0000-technical-design-template.md",
        "docs/adr/adr-template.md",
        "docs/adr/adr-template-minimal.md",
        "docs/adr/image.png",
        "docs/adr/AGENTS.override.md",
        "docs/adr/CLAUDE.local.md",
        "docs/adr/SKILL.md",
        "docs/architecture/overview.md",
        "text/chapter.md",
        "src/decisions/tree.md",
        ".claude/memory/decisions/0001-a.md",
    ],
)
def test_other_files_are_not(path):
    assert not RECORDS.accepts(PurePosixPath(path))


def test_every_page_of_a_configured_folder_is_a_record():
    records = DecisionRecords(["handbook/choices"])

    assert records.accepts(PurePosixPath("handbook/choices/databases.md"))
    assert not records.accepts(PurePosixPath("handbook/other/databases.md"))


def test_nygard():
    draft = read(
        "# 12. Use SQLite\n\nDate: 2018-09-26\n\n## Status\n\nAccepted\n\n"
        "Amends [3. X](0003-x.md)\n\n"
        "## Context\n\nWhy.\n\n## Decision\n\nWhat.\n\n## Consequences\n\nSo.\n"
    )

    assert draft.title == "Use SQLite"
    assert draft.status is Status.ACCEPTED
    assert draft.valid_from == day("2018-09-26")
    details = draft.details
    assert (details.number, details.context, details.decision, details.consequences) == (
        12,
        "Why.",
        "What.",
        "So.",
    )
    assert [(each.type, each.target) for each in draft.references] == [
        (LinkType.AMENDS, "docs/adr/0003-x.md")
    ]
    assert draft.lines == (1, 21)
    assert draft.key == ""


def test_madr_with_a_comment_in_its_front_matter():
    draft = read(
        "---\n# These are optional elements.\nstatus: superseded by [ADR-0042](0042-s.md)\n"
        "date: 2023-01-02\ndecision-makers: [Ann, Bob]\nconsulted: Cy\n---\n"
        "# Keep\\(ing\\) it\n\n## Context and Problem Statement\n\nC\n\n"
        "## Considered Options\n\n* One\n* Two\n\n## Decision Outcome\n\n"
        'Chosen option: "One".\n\n### Consequences\n\n* Good\n\n### Confirmation\n\nBy test.\n'
    )

    assert draft.title == "Keep(ing) it"
    assert draft.status is Status.SUPERSEDED
    assert draft.details.deciders == ("Ann", "Bob")
    assert draft.details.alternatives == ("One", "Two")
    assert draft.details.decision == 'Chosen option: "One".'
    assert draft.details.consequences == "* Good"
    assert draft.extra["consulted"] == "Cy"
    assert draft.extra["confirmation"] == "By test."
    assert [(each.inverse, each.target) for each in draft.references] == [
        (True, "docs/adr/0042-s.md")
    ]


def test_a_rust_rfc_has_no_title_of_its_own():
    draft = read(
        "- Feature Name: `edition_2024`\n- Start Date: 2023-09-25\n\n## Summary\n\nThis RFC is an "
        "amendment to [RFC 3085].\n\n"
        "[RFC 3085]: https://rust-lang.github.io/rfcs/3085-edition-2021.html\n\n"
        "## Motivation\n\nM\n",
        "text/3501-edition-2024.md",
    )

    assert draft.title == "Edition 2024"
    assert draft.details.number == 3501
    assert draft.valid_from == day("2023-09-25")
    assert draft.details.context == "M"
    assert draft.details.decision.startswith("This RFC is an amendment")
    assert [(each.type, each.target) for each in draft.references] == [
        (LinkType.AMENDS, "3085-edition-2021")
    ]


@pytest.mark.parametrize(
    ("feature", "title"),
    [("N/A", "Fused iterator"), ("fused", "Fused iterator"), ("zip", "Fused iterator (zip)")],
)
def test_a_feature_name_of_one_word_needs_the_file_name(feature, title):
    draft = read(f"- Feature Name: {feature}\n\n## Summary\n\nS\n", "text/1581-fused-iterator.md")

    assert draft.title == title


def test_metadata_in_a_pipe_table():
    draft = read(
        "# ADR-4: Queue\n\n| Status | Accepted |\n|---|---|\n| Date | 2024-05-14 |\n"
        "| Supersedes | N/A |\n| Superseded by: | ADR-9 |\n\n## What\n\nW\n"
    )

    assert draft.title == "Queue"
    assert draft.status is Status.ACCEPTED
    assert draft.valid_from == day("2024-05-14")
    assert [(each.inverse, each.target) for each in draft.references] == [(True, "ADR-9")]


def test_headers_over_restructuredtext():
    draft = read(
        "PEP: 45\nTitle: Style\nStatus: Superseded\nSuperseded-By: 123\nCreated: 05-Jul-2001\n\n"
        "Abstract\n========\n\nSee :pep:`7` and `this <0008-x.rst>`_.\n\nDetails\n-------\n\nD\n",
        "peps/pep-0045.rst",
    )

    assert draft.title == "Style"
    assert draft.details.number == 45
    assert draft.status is Status.SUPERSEDED
    assert draft.valid_from == day("2001-07-05")
    assert [each.target for each in draft.references] == ["123", "PEP-7", "peps/0008-x.rst"]


def test_asciidoc():
    draft = read("= Use X\n:status: accepted\n\n== Decision\n\nX.\n", "docs/adr/0001-use-x.adoc")

    assert (draft.title, draft.status, draft.details.decision) == ("Use X", Status.ACCEPTED, "X.")


def test_the_date_of_a_change_log_is_that_of_the_entry_that_accepts_or_the_first():
    log = (
        "# T\n\n## Changelog\n\n- 2020-03-01: Accepted\n- 2020-02-01: Update\n- 2020-01-01: Draft\n"
    )

    assert read(log).valid_from == day("2020-03-01")
    assert read(log.replace("Accepted", "Update")).valid_from == day("2020-01-01")


def test_the_number_of_the_file_name_wins_and_a_differing_one_is_kept():
    draft = read("# ADR 003: Networking\n\nText.\n", "docs/adr/0033-ip-ranges.md")

    assert draft.details.number == 33
    assert draft.extra["number in title"] == 3
    assert draft.title == "Networking"


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        (":memo: ADR 002 — Use X", "Use X"),
        ("Architecture Decision Record: Use ADRs", "Use ADRs"),
        ("ADR 012 - Peers", "Peers"),
        ("RFC-7: Logs", "Logs"),
        ("12. 3D engine", "3D engine"),
        ("2019 roadmap", "2019 roadmap"),
        ("`Option<T>` everywhere", "Option<T> everywhere"),
        ("TEP-0012: Logs", "Logs"),
        ("ODH-ADR-DR-0012: Logs", "Logs"),
        ("MSC0012: Logs", "Logs"),
        ("EDR-12 - Logs", "Logs"),
        ("SIP-12 Logs", "Logs"),
        ("Entscheidung 12: Logs", "Logs"),
        ("ADR Nº 12: Logs", "Logs"),
        ("ADR-payments-0012: Logs", "Logs"),
        ("#12 Logs", "Logs"),
        ("12 Logs", "Logs"),
        ("12.Logs", "Logs"),
        ("13 Logs", "13 Logs"),
        ("Open Data Hub - ODH-ADR-0012 - Logs", "Logs"),
        ("Shop \u2013 RFC-0012 \u2013 Logs", "Logs"),
        ("Shop ADR 0012: Logs", "Logs"),
        ("[TEP-0012] Logs", "Logs"),
        ("(ADR-12) Logs", "Logs"),
        ("[12]: Logs", "Logs"),
        ("Architecture Decision Record (ADR) 12: Logs", "Logs"),
        ("ADR\u201312: Logs", "Logs"),
        ("2024-05-15 ADR 12: Logs", "Logs"),
        ("12. ADR: Logs", "Logs"),
        ("Logs (ADR-12)", "Logs"),
        ("Logs - ADR 12", "Logs"),
        ("Replace the queues - ADR 3", "Replace the queues - ADR 3"),
        ("Deprecate API 12 - plan", "Deprecate API 12 - plan"),
        ("UTF-8: everywhere", "UTF-8: everywhere"),
        ("LADR 012 | Logs", "Logs"),
        ("ADR 0012 (2024-05-15): Logs", "Logs"),
        ("2024-05-15: Logs", "Logs"),
        ('ADR-0012: "Logs"', "Logs"),
        ("ADR 12: Logs (Rejected)", "Logs"),
        ("Remove the old API (deprecated)", "Remove the old API (deprecated)"),
        ("Title: Logs", "Logs"),
        ("ADR 12\n\n## Title\n\nLogs", "Logs"),
        ("ADR-0012\n\n## Logs", "Logs"),
        ("ADR-0012\n\n## Decision", "Use sqlite"),
        ("Status: Rejected\n\n# Logs", "Logs"),
        ("Summary", "Use sqlite"),
        ("UPDATE", "Use sqlite"),
        ("This RFC was previously approved, but later withdrawn", "Use sqlite"),
        ("**Queues **", "Queues"),
        ("** or not, and **", "or not, and"),
        ("2**8 or **", "2**8 or **"),
    ],
)
def test_titles_lose_their_numbers_and_names_of_parts_are_no_titles(heading, title):
    assert read(f"# {heading}\n\nText.\n").title == title


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("ODH-ADR-0012-logs", 12),
        ("ODH-ADR-Operator-0012-logs", 12),
        ("Shop_RFC_0012_logs", 12),
        ("adr-use-python-3-only", None),
    ],
)
def test_the_number_of_a_file_stands_behind_what_the_project_calls_it(name, number):
    assert read("# Logs\n\nText.\n", f"docs/adr/{name}.md").details.number == number


def test_options_that_were_not_chosen_assert_nothing():
    draft = read("# T\n\n## Alternatives\n\nFully undo ADR 109.\n")

    assert [each.type for each in draft.references] == [LinkType.RELATES_TO]


TEMPLATES = [
    "# [short title of solved problem and solution]\n\n* Status: [proposed | rejected]\n\n"
    "## Context and Problem Statement\n\n[Describe the context and problem statement, e.g., x]\n",
    "# {title}\n\n## Context\n\n{Describe the context and problem statement}\n",
    "# ADR {ADR-NUMBER}: {TITLE}\n\n## Context\n\n> This section describes the forces at play\n",
    "# Title\n\n## Status\n\nWhat is the status, such as proposed, accepted?\n\n## Context\n\n"
    "What is the issue that we're seeing that is motivating this decision or change?\n",
    "# Title\nHow to write one (remove this)\n\n## Context\n## Decision\n## Status\n",
    "",
    "\n\n",
]


@pytest.mark.parametrize("text", TEMPLATES)
def test_templates_and_blank_files_yield_nothing(text):
    assert RECORDS.parse(Document("docs/adr/0003-x.md", text)).drafts == ()


@pytest.mark.parametrize(
    ("field", "heading", "title"),
    [
        ("DEP: 18", "DEP 0018: Logs", "Logs"),
        ('SEP: "0018"', "SEP-18 Logs", "Logs"),
        ("DEP: 19", "DEP 0018: Logs", "DEP 0018: Logs"),
        ("UTF: none", "UTF-8: everywhere", "UTF-8: everywhere"),
    ],
)
def test_a_number_that_title_and_field_call_alike_is_none_of_the_title(field, heading, title):
    text = f"---\n{field}\nstatus: draft\n---\n# {heading}\n\nText.\n"

    assert read(text, "docs/adr/logs-of-all.md").title == title


def test_a_stub_with_a_title_is_a_record():
    assert read("# Use X\n").title == "Use X"


@pytest.mark.parametrize(
    "kept", ["Decision Record Title (what was decided)", "Title of the Record"]
)
def test_a_filled_record_that_kept_a_templates_title_is_named_by_its_file(kept):
    assert read(f"# ADR012: {kept}\n\n## Status\n\nAccepted\n\nText.\n").title == "Use sqlite"


def test_a_record_that_kept_the_title_of_the_template_is_named_by_its_file():
    draft = read("# {short title of solved problem and solution}\n\n## Context\n\nReal words.\n")

    assert draft.title == "Use sqlite"


def test_a_broken_front_matter_is_reported_and_the_record_is_read():
    parsed = RECORDS.parse(
        Document("docs/adr/0001-x.md", "---\nstatus: accepted\ntitle: a: b\n---\n# T\n\nX\n")
    )

    assert [problem.line for problem in parsed.problems] == [3]
    assert parsed.drafts[0].status is Status.ACCEPTED
    assert not parsed.failed


def test_the_body_is_the_file_verbatim_to_its_last_line():
    text = "---\na: 1\n---\n\n# T\n\n  Indented\ttext\n\n\n"

    draft = read(text)

    assert draft.lines == (1, 7)
    assert draft.body == "\n".join(text.split("\n")[:7])


@pytest.mark.parametrize(
    "text",
    ["[" * 10_000, "- " * 10_000, "> " * 10_000, "<!--" * 5_000, "`" * 10_000, "*a " * 5_000],
)
def test_deep_nesting_is_read_like_any_text(text):
    RECORDS.parse(Document("docs/adr/0001-x.md", "# T\n\n" + text))


FRAGMENTS = [
    "# ",
    "## Status\n",
    "Accepted",
    "\n",
    "\n\n",
    "---\n",
    "- ",
    "> ",
    "| a | b |\n",
    "```\n",
]
FRAGMENTS += [
    "ADR-3 ",
    "[a](b.md)",
    "[x]: y\n",
    "supersedes ",
    "Date: ",
    "2024-13-45",
    "2024-05-14",
]
FRAGMENTS += [
    "{title}",
    "status: ",
    "[",
    "]",
    "<!--",
    "-->",
    "*",
    "\x00",
    "é",
    "\ufeff",
    "\u2028",
    "====\n",
]
FRAGMENTS += [
    "## Considered Options\n",
    "* One\n",
    ":a: b\n",
    "= T\n",
    "`",
    "1. ",
    "\t",
    "&a ",
    "*a ",
]


@pytest.mark.slow
@given(
    st.lists(st.sampled_from(FRAGMENTS), max_size=50).map("".join),
    st.sampled_from(["md", "rst", "adoc", "txt"]),
)
def test_parsing_never_raises_and_lines_cite_the_file(text, ending):
    document = Document(f"docs/adr/0001-x.{ending}", text)

    parsed = RECORDS.parse(document)

    for draft in parsed.drafts:
        first, last = draft.lines
        assert draft.body == "\n".join(text.split("\n")[first - 1 : last])
        assert draft.title.strip()


def test_a_status_in_brackets_is_not_part_of_the_title():
    draft = read("# [Superseded by ADR-0017] Do not persist Dex\n\n## Context\n\nC\n")

    assert draft.title == "Do not persist Dex"
    assert draft.status is Status.SUPERSEDED
    assert [(each.inverse, each.target) for each in draft.references] == [(True, "ADR-0017")]


STATED = """\
# 1. Use Kafka as the broker

{}

## Decision

Use Kafka.
"""


@pytest.mark.parametrize(
    "metadata",
    [
        "| Date | Status |\n|---|---|\n| 2024-05-15 | Rejected |",
        "| Version | Date | Status | By |\n|---|---|---|---|\n| 1 | 2024-05-15 | Rejected | D |",
        "| Status | Rejected |\n|---|---|\n| Date | 2024-05-15 |",
        "| Field | Value |\n|---|---|\n| **Status:** | Rejected |\n| **Date:** | 2024-05-15 |",
        "## Metadata\n\n| Field | Value |\n|---|---|\n| Status | Rejected |\n| Date | 2024-05-15 |",
        "## Metadata\n\n- Status: Rejected\n- Date: 2024-05-15",
        "**Date:** 2024-05-15 | **Owner:** Dana | **Status:** Rejected",
        "Date: 2024-05-15 · Status: Rejected",
        "## Status: Rejected\n\n## Date: 2024-05-15",
        "## Status: Rejected (2024-05-15)",
        "**Status: Rejected**\\\n**Date:** 2024-05-15\\",
        "## Use Kafka\n\n* **Status:** Rejected\n* **Date:** 2024-05-15",
        "### Status – Rejected\n\n2024-05-15\n\n### Decided: 2024-05-15",
        "## Status (Rejected)\n\n## Date\n\n2024-05-15",
        "## 📌 Status\n\nRejected\n\n## 📅 Date\n\n2024-05-15",
        "## Status\n\n| Date | Status |\n|---|---|\n| 2024-05-15 | Rejected |",
        "Status | Date\n---|---\nRejected | 2024-05-15",
        "Field | Value\n--- | ---\nStatus | Rejected\nDate | 2024-05-15",
        "| A | B | Note |\n|---|---|---|\n| Status | Rejected | ours |\n| Date | 2024-05-15 | |",
        "| Status | Rejected | Date | 2024-05-15 |\n|---|---|---|---|",
        "| Date | Status |\n|---|---|\n| 2024-01-02 | Proposed |\n| 2024-05-15 | Rejected |",
        "<table><tr><td>Status</td><td>Rejected</td></tr>\n"
        "<tr><td>Date</td><td>2024-05-15</td></tr></table>",
        "<table>\n<thead>\n<tr><th>Date</th><th>Status</th></tr>\n</thead>\n<tbody>\n"
        "<tr><td>2024-05-15</td><td>Rejected</td></tr>\n</tbody>\n</table>",
        "<dl>\n<dt>Status</dt><dd>Rejected</dd>\n<dt>Date</dt><dd>2024-05-15</dd>\n</dl>",
        "<b>Status</b>: Rejected<br>\n<b>Date</b>: 2024-05-15<br>",
        "```yaml\nstatus: rejected\ndate: 2024-05-15\n```",
        "Status\n: Rejected\n\nDate\n: 2024-05-15",
        "Status :: Rejected\nDate :: 2024-05-15",
        "Status = Rejected\nDate = 2024-05-15",
        "Status - Rejected\nDate - 2024-05-15",
        "**Status** Rejected\n\n**Date** 2024-05-15",
        "**Status:**\n\nRejected\n\n**Date:**\n\n2024-05-15",
        "`Status`: Rejected\n`Date`: 2024-05-15",
        "[Status](x.md): Rejected\nDate: 2024-05-15",
        "Status:\n- [ ] Accepted\n- [x] Rejected\n\nDate: 2024-05-15",
        "> [!NOTE]\n> **Status:** Rejected\n> **Date:** 2024-05-15",
        "Date 15/05/2024\n\n## Status\n\nRejected",
        "**Date 15/05/2024**\n\n**Status rejected**",
        "- Status Rejected\n- Date of decision 15 May 2024",
        "## Status Rejected\n\n## Date 2024-05-15",
        "| Date 15/05/2024 | Status Rejected |\n|---|---|",
        "| **Date:** 15/05/2024 | **Status:** Rejected |\n|---|---|\n| Owner | Dana |",
        "Status: Rejected\nLast updated: 2024-06-07\nCreated: 2024-05-15",
        "Status: Rejected\nDate: May 2024\n\n## Changelog\n\n- 2024-05-15: accepted",
        "Current status: Rejected\nDate of decision: 2024-05-15",
        "**Statut :** Rejeté\n**Date :** 15 mai 2024",
        "- Status: Abgelehnt\n- Datum: 15.05.2024",
        "## Estado\n\nRechazado\n\n## Fecha\n\n15 de mayo de 2024",
        "* Estado: Rejeitado\n* Data: 15/05/2024",
        "## Stato\n\nRespinta\n\n## Data\n\n15 maggio 2024",
        "![Status](https://img.shields.io/badge/status-rejected-red.svg)\n\nDate: <2024-05-15>",
        "[![x](https://img.shields.io/badge/Status-Rejected-red)](#s) Date: 2024-05-15",
    ],
)
def test_metadata_is_read_in_tables_on_one_line_in_a_section_and_in_headings(metadata):
    draft = read(STATED.format(metadata))

    assert draft.title == "Use Kafka as the broker"
    assert draft.details.status is Status.REJECTED
    assert draft.valid_from == day("2024-05-15")


def test_a_field_without_a_status_gives_way_to_one_that_has_it():
    text = "---\nstate: draft\n---\n# Use Kafka\n\n## Status (2019-02-14)\n\nSee below.\n"

    assert read(text).details.status is Status.PROPOSED


@pytest.mark.parametrize(
    ("name", "said", "number", "date"),
    [
        ("2019-core-options/README", "Start Date: 2019-05-12", None, "2019-05-12"),
        ("2020-core-options", "Start Date: 2019-12-30", None, "2019-12-30"),
        ("2005-match", "Start Date: 2016-08-12", 2005, "2016-08-12"),
        ("2017-match", "Start Date: 2017-08-12\n- RFC PR: rust-lang/rfcs#2017", 2017, "2017-08-12"),
        ("201905-core-options", "Owner: Dana", None, "2019-05"),
        ("2019-05-core-options", "Owner: Dana", None, "2019-05"),
    ],
)
def test_a_year_or_a_month_before_a_name_is_no_number(name, said, number, date):
    draft = read(f"# Core options\n\n- {said}\n\n## Summary\n\nC\n", f"designs/{name}.md")

    assert (draft.details.number, draft.date) == (number, date)


@pytest.mark.parametrize("line", ["Date ranges are inclusive.", "Status codes are kept", "Date"])
def test_a_sentence_that_begins_like_a_label_states_nothing(line):
    draft = read(STATED.format(line))

    assert (draft.details.status, draft.date) == (Status.UNSTATED, "")


def test_a_successor_named_in_a_heading_is_the_one_that_its_link_leads_to():
    draft = read(
        "# 12. Ship two\n\n## Status: Superseded by [ADR-030](./030-one.md)\n\n## Context\n\nX.\n"
    )

    assert draft.details.status is Status.SUPERSEDED
    assert [(one.target, one.inverse) for one in draft.references] == [
        ("docs/adr/030-one.md", True)
    ]


@pytest.mark.parametrize(
    "front",
    [
        '+++\nstatus = "rejected"\ndate = 2024-05-15\n+++\n',
        "+++\ndate = 2024-05-15T10:00:00Z\n[extra]\nstatus = 'Rejected'\n+++\n",
        "<!-- SPDX -->\n---\nstatus: rejected\ndate: 2024-05-15\n---\n",
        "<!--\nCopyright\n\nAll of us\n-->\n\n---\nstatus: rejected\ndate: 2024-05-15\n---\n",
        "---\nadr:\n  status: rejected\n  date: 2024-05-15\n---\n",
        "---\nmetadata:\n  status: [rejected]\ndate: 2024-05-15\n---\n",
    ],
)
def test_front_matter_is_read_in_toml_behind_a_comment_and_with_its_fields_in_a_group(front):
    draft = read(f"{front}# 12. Use Kafka\n\n## Decision\n\nNo.\n")

    assert (draft.title, draft.details.status) == ("Use Kafka", Status.REJECTED)
    assert f"{draft.valid_from:%Y-%m-%d}" == "2024-05-15"


@pytest.mark.parametrize(
    ("ending", "text"),
    [
        ("rst", ".. list-table::\n\n * - Status\n   - Rejected\n * - Date\n   - 2024-05-15"),
        ("rst", "+--------+----------+\n| Status | Rejected |\n+--------+----------+\n"
                "| Date | 2024-05-15 |\n+--------+----------+"),
        ("rst", "+--------+-------------+\n| Status | Rejected by |\n|        | the team    |\n"
                "+========+=============+\n| Date   | 2024-05-15  |\n+--------+-------------+"),
        ("rst", "======  ==========\nStatus  Rejected\nDate    2024-05-15\n======  =========="),
        ("rst", "==========  ==========\nDate        Status\n==========  ==========\n"
                "2024-05-15  Rejected\n==========  =========="),
        ("adoc", "Status:: Rejected\nDate:: 2024-05-15"),
        ("adoc", '[cols="1,1"]\n|===\n|Status\n|Rejected\n|Date\n|2024-05-15\n|==='),
        ("adoc", "|===\n| Status | Rejected\n| Date | 2024-05-15\n|==="),
    ],
)  # fmt: skip
def test_tables_are_read_in_the_markup_of_the_file(ending, text):
    title = "= Use Kafka" if ending == "adoc" else "Use Kafka\n========="
    draft = read(f"{title}\n\n{text}\n\nText.\n", f"docs/adr/0012-use-kafka.{ending}")

    assert draft.details.status is Status.REJECTED
    assert draft.valid_from == day("2024-05-15")


def test_a_role_of_several_words_names_a_title():
    text = "Use X\n=====\n\nStatus\n------\n\nSuperseded by :ref:`Use a queue <Use a queue>`.\n"
    draft = read(text, "docs/adr/0012-use-x.rst")

    assert [(one.inverse, one.target) for one in draft.references] == [(True, "Use a queue")]


def test_a_label_of_another_project_is_only_words_and_one_of_this_no_file():
    said = "See :ref:`ADR <events:ADR-4>` and :ref:`some-label`."
    text = f"Use X\n=====\n\nContext\n-------\n\n{said}\n"

    assert read(text, "docs/adr/0012-use-x.rst").references == ()


def test_a_section_of_data_states_no_date():
    assert read("# 12. Keep it\n\n## Data\n\nKept since 2019-01-01 in S3.\n").valid_from is None


@pytest.mark.parametrize("heading", ["State: the Redux way", "Status codes", "Date handling"])
def test_a_heading_that_only_begins_like_a_field_states_nothing(heading):
    draft = read(f"# 1. Use Redux\n\n## Status\n\nAccepted\n\n## {heading}\n\nText.\n")

    assert draft.details.status is Status.ACCEPTED


def test_metadata_below_a_heading_of_nothing_but_the_number_is_read():
    draft = read("# ADR-0012\n\n- Status: Rejected\n- Date: 2026-01-02\n\n## Decision\n\nNo.\n")

    assert (draft.title, draft.details.number) == ("Use sqlite", 12)
    assert draft.details.status is Status.REJECTED
    assert draft.valid_from == day("2026-01-02")


@pytest.mark.parametrize(
    "text",
    [
        "---\ntitle: Name the unused\n---\n\n# Rejection Notice\n\nNo.\n",
        "PEP: 640\nTitle: Name the unused\nStatus: Rejected\n\nClosing Note\n============\n\nNo.\n",
        "Title: Name the unused\n\n# Specification\n\nSo.\n",
    ],
)
def test_a_title_field_is_the_title_whatever_heading_comes_first(text):
    assert read(text).title == "Name the unused"


@pytest.mark.parametrize("name", ["README.md", "index.md", "Readme.markdown"])
def test_a_record_may_have_a_folder_to_itself(name):
    path = f"docs/adr/0003-shard-the-database/{name}"

    draft = read("# ADR-0003\n\nStatus: Rejected\n\n## Context\n\nSee ADR-0003, ADR-0004.\n", path)

    assert RECORDS.accepts(PurePosixPath(path))
    assert (draft.title, draft.details.number) == ("Shard the database", 3)
    assert [one.target for one in draft.references] == ["ADR-0004"]


@pytest.mark.parametrize(
    "path",
    [
        "docs/adr/README.md",
        "docs/adr/requirements.txt",
        "docs/adr/images/README.md",
        "docs/adr/AGENTS.md",
        "docs/adr/CLAUDE.md",
        "docs/adr/tags.md",
        "docs/adr/0003-x.png",
    ],
)
def test_the_index_of_a_folder_is_no_record(path):
    assert not RECORDS.accepts(PurePosixPath(path))


@pytest.mark.parametrize(
    ("label", "inverse"), [("Supersedes", False), ("Superseded by", True), ("**Replaces**", False)]
)
def test_a_list_below_the_name_of_a_relation_belongs_to_it(label, inverse):
    draft = read(f"# 42. X\n\n## Status\n\nAccepted\n\n{label}:\n\n- [ADR 8](0008-y.md)\n- ADR 9\n")

    assert [(one.target, one.type, one.inverse) for one in draft.references] == [
        ("docs/adr/0008-y.md", LinkType.SUPERSEDES, inverse),
        ("ADR-9", LinkType.SUPERSEDES, inverse),
    ]


def test_a_bar_in_a_cell_of_a_table_is_part_of_it():
    draft = read(STATED.format("| Status | Accepted |\n| Owner | a \\| b |\n| Date | 2024-05-15 |"))

    assert draft.extra["owner"] == "a | b"


def test_the_chosen_option_is_no_alternative():
    said = (
        "# 8. Language\n\n## Considered Options\n\n* Go\n* Rust\n\n"
        '## Decision Outcome\n\nChosen option: "Go", because it is known.\n'
    )
    assert read(said).details.alternatives == ("Rust",)


@pytest.mark.parametrize(
    ("status", "began", "ended"),
    [
        ("Reverted on 2025-03-01", None, day("2025-03-01")),
        (
            "Accepted on 2023-01-01\n\nDeprecated on 2025-03-01",
            day("2023-01-01"),
            day("2025-03-01"),
        ),
        ("Rejected on 2025-03-01", day("2025-03-01"), None),
        ("Accepted on 2025-03-01", day("2025-03-01"), None),
    ],
)
def test_the_day_of_what_ended_a_decision_is_not_that_on_which_it_began(status, began, ended):
    draft = read(f"# 8. Sign commits\n\n## Status\n\n{status}\n\n## Decision\n\nWe sign.\n")

    assert (draft.valid_from, draft.valid_to) == (began, ended)


BY_34 = ("supersedes", True, "docs/adr/0034-x.md")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("## Supersedes\n\n- [ADR 3](0003-x.md)", [("supersedes", False, "docs/adr/0003-x.md")]),
        ("### Replaces:\n\n1. ADR-3", [("supersedes", False, "ADR-3")]),
        ("## Superseded by\n\n* [0034](0034)", [("supersedes", True, "docs/adr/0034")]),
        ("## Superseded by\n\n0034", [("supersedes", True, "0034")]),
        ("## Superseded by\n\n- Use NATS", [("supersedes", True, "Use NATS")]),
        ("## Superseded by\n\nNobody thought of it, for it was never in use at all, it seems.", []),
        ("## Superseded by\n\n| ADR | Title |\n|---|---|\n| [34](0034-x.md) | NATS |", [BY_34]),
        ("## Superseded by [34](0034-x.md)", [BY_34]),
        ("## Ersetzt durch\n\n- [34](0034-x.md)", [BY_34]),
        ("## Amended by\n\n- 0034", [("amends", True, "0034")]),
        ("## Related\n\n### Amends\n\n- ADR-3", [("amends", False, "ADR-3")]),
        ("## Supersedes\n\nN/A", []),
        ("## Updates\n\n- 2024-05-01: as in ADR-3", []),
        ("## Options\n\n### Supersedes\n\n- ADR-3", []),
        ("Superseded by [#34](gone.html)", [("supersedes", True, "34")]),
        ("Superseded by [ADR 34](gone.md)", [("supersedes", True, "docs/adr/gone.md (ADR-34)")]),
        ("Superseded by [ADR 12](0034-x.md)", [BY_34]),
    ],
)
def test_a_heading_or_a_link_says_what_replaced_a_record(said, expected):
    text = f"# Use Kafka\n\n## Status\n\nAccepted\n\n{said}\n\n## Context\n\nC\n"
    found = read(text).references

    typed = [(str(one.type), one.inverse, one.target) for one in found]
    assert [one for one in typed if one[0] != "relates_to"] == expected


@pytest.mark.parametrize(
    "name",
    [
        "superseded-by",
        "supersededBy",
        "merged-into",
        "mergedInto",
        "consolidated_into",
        "absorbed-by",
    ],
)
def test_front_matter_names_a_successor_in_any_spelling(name):
    found = read(f"---\nstatus: accepted\n{name}: 34\n---\n# Use Kafka\n\n## Context\n\nC\n")

    assert [(str(one.type), one.inverse, one.target) for one in found.references] == [
        ("supersedes", True, "34")
    ]


def test_items_below_the_names_of_fields_are_their_values():
    draft = read("# Use X\n\n- Status\n  - Rejected\n- Date\n  - 2024-05-06\n\n## Context\n\nSo.\n")

    assert draft.status is Status.REJECTED
    assert f"{draft.valid_from:%Y-%m-%d}" == "2024-05-06"


ORG = """#+TITLE: ADR 12: Use SQLite
# Status: rejected
:PROPERTIES:
:STATUS: Superseded by [[file:0013-use-duckdb.org][ADR 13]]
:DATE: <2023-07-04 Tue>
:END:

* TODO Context :storage:

#+begin_src org
* Status
Accepted
#+end_src

* Decision

SQLite, as =sqlite3= is there.
"""


def test_keywords_properties_and_headings_of_org_are_those_of_a_record():
    draft = read(ORG, "docs/adr/0012-use-sqlite.org")

    assert (draft.title, draft.date) == ("Use SQLite", "2023-07-04")
    assert draft.details.status is Status.SUPERSEDED
    assert draft.details.decision == "SQLite, as `sqlite3` is there."
    assert [one.target for one in draft.references] == ["docs/adr/0013-use-duckdb.org"]


@pytest.mark.parametrize(
    "front",
    [
        '---json\n{"title": "Use SQLite", "status": "rejected", "date": "2023-07-04"}\n---',
        '{\n  "title": "Use SQLite",\n  "status": "rejected",\n  "date": "2023-07-04"\n}',
        '---toml\ntitle = "Use SQLite"\nstatus = "rejected"\ndate = 2023-07-04\n---',
    ],
)
def test_front_matter_may_be_json_or_say_what_it_is(front):
    draft = read(f"{front}\n\n## Decision\n\nSQLite.\n")

    assert (draft.title, draft.date) == ("Use SQLite", "2023-07-04")
    assert draft.details.status is Status.REJECTED


def test_a_badge_whose_address_stands_elsewhere_says_the_status():
    text = "# Use SQLite\n\n![state][b]\n\n[b]: https://img.shields.io/badge/status-rejected-red\n"

    assert read(text).details.status is Status.REJECTED


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("# 📝 ADR-012 — Use SQLite\n", "Use SQLite"),
        ('<h1 align="center">12. Use SQLite</h1>\n\n## Status\n\nAccepted\n', "Use SQLite"),
        ("12. Use SQLite\n==============\n\nAccepted\n", "Use SQLite"),
    ],
)
def test_titles_behind_pictures_in_html_and_underlined_with_a_number_are_titles(text, title):
    assert read(text).title == title


def test_small_letters_behind_a_title_are_its_status_where_they_say_by_what():
    draft = read("# ~~12. Use SQLite~~ (superseded by ADR-13)\n")

    assert draft.details.status is Status.SUPERSEDED
    assert read("# Drop what is unused (deprecated)\n").details.status is Status.UNSTATED
    assert read("# Use Valkey (replaced by Redis 7)\n").details.status is Status.UNSTATED


@pytest.mark.parametrize(
    "text",
    [
        "# 12. Use SQLite\n\n## Status\n\nRejected\n",
        "12. Use SQLite\n==============\n\nStatus\n------\n\nRejected\n",
        "= 12. Use SQLite\n\n----\n== Status\nAccepted\n----\n\n== Status\n\nRejected\n",
    ],
)
def test_asciidoc_has_headings_of_three_kinds_and_none_in_its_listings(text):
    draft = read(text, "docs/adr/0012-use-sqlite.adoc")

    assert (draft.title, draft.details.status) == ("Use SQLite", Status.REJECTED)


@pytest.mark.parametrize(
    "path",
    [
        "docs/adr/how-to-write-adrs.md",
        "docs/adr/about-our-adrs.md",
        "docs/adr/_template/0000-x.md",
        "docs/adr/_templates/0001-long.md",
    ],
)
def test_pages_about_records_and_folders_of_templates_are_none(path):
    assert not RECORDS.accepts(PurePosixPath(path))


def test_a_title_of_a_template_with_a_status_of_proposed_is_a_template():
    text = "# Title\n\n## Status\n\nproposed\n\n## Decision\n"

    assert RECORDS.parse(Document("docs/adr/0012-x.md", text)).drafts == ()


@pytest.mark.parametrize("day", ["2023-04-26_", "2023-04-26-", "20230426-", "20230426_"])
def test_a_name_with_a_day_and_a_number_has_both(day):
    draft = read("# Keep state\n\n## Status\n\nAccepted\n", f"docs/adr/{day}023-keep-state.md")

    assert (draft.date, draft.details.number) == ("2023-04-26", 23)


def test_a_day_alone_before_a_quantity_is_no_number():
    draft = read("# X\n", "docs/adr/2023-04-26-15-minutes-are-enough.md")

    assert draft.details.number is None


@pytest.mark.parametrize(
    ("status", "expected"), [("Draft", "2024-05-15"), ("Accepted", "2024-06-09")]
)
def test_what_is_no_more_than_proposed_was_accepted_by_no_entry_of_its_log(status, expected):
    one = read(
        f"# 7. Mail\n\nStatus: {status}\nCreated: 2024-05-15\n\n"
        "## Changelog\n\n- 2024-06-09: the ticket was opened and approved\n"
    )

    assert one.date == expected


def test_introduced_is_when_a_record_was_created():
    assert read("# 6. Use UEI\n\nIntroduced: 2022-04-11\n").date == "2022-04-11"


def test_the_number_that_a_template_leaves_open_is_no_part_of_a_title():
    assert read("# n. Login.gov\n").title == "Login.gov"


@pytest.mark.parametrize(
    ("path", "is_one"),
    [
        (".github/ISSUE_TEMPLATE/adr-0001.md", False),
        ("docs/adr/adr-issue-template.md", False),
        ("docs/adr/0007-use-an-issue-template.md", True),
    ],
)
def test_templates_of_issues_are_no_records(path, is_one):
    assert RECORDS.accepts(PurePosixPath(path)) is is_one


@pytest.mark.parametrize(
    "line",
    [
        "Date: 2026-01-02 / Status: Rejected / Owner: Ann",
        "Status: Rejected — Date: 2026-01-02 — Author: Ann",
        "**Status:** Rejected **Date:** 2026-01-02",
        "**Status**: Rejected, **Date**: 2026-01-02",
        "*Status*: Rejected • *Date*: 2026-01-02",
    ],
)
def test_labels_beside_each_other_are_fields_whatever_stands_between_them(line):
    draft = read(f"# Use opaque identifiers\n\n{line}\n\n## Context\n\nx\n")

    assert (draft.status, draft.valid_from) == (Status.REJECTED, day("2026-01-02"))


def test_a_dash_before_other_words_parts_no_fields():
    draft = read("# Use it\n\nStatus: Accepted - see the notes\n\n## Context\n\nx\n")

    assert draft.status is Status.ACCEPTED


def test_a_table_of_contents_states_no_field():
    draft = read(
        "# Use it\n\n- [Status](#status)\n- [Proposed Design](#proposed-design)\n\n"
        "## Status\n\nApproved\n\n## Proposed Design\n\nx\n"
    )

    assert draft.status is Status.ACCEPTED


@pytest.mark.parametrize(
    ("log", "status"),
    [
        ("- [approved](https://x.example/795) (2022-07-12)", Status.ACCEPTED),
        (
            "- [proposed](https://x.example/9) (2021-12-28)\n- approved (2023-02-18)",
            Status.ACCEPTED,
        ),
        ("- approved (2023-02-18)\n- proposed (2021-12-28)", Status.ACCEPTED),
        ("- [original](https://x.example/9) - approved (2023-01-03)", Status.ACCEPTED),
        ("- approved (2023-02-18)\n- deprecated (2024-02-18)", Status.DEPRECATED),
        (
            "| Date | Change |\n|---|---|\n| 2022-01-02 | Draft |\n| 2022-02-03 | Accepted |",
            Status.ACCEPTED,
        ),
        ("- 2020-01-01: approved wording of the glossary by Ann", Status.UNSTATED),
        ("- [approved](URL of PR)", Status.UNSTATED),
    ],
)
def test_a_change_log_of_statuses_tells_the_latest_where_nothing_else_does(log, status):
    draft = read(f"# Use it\n\n## Change Log\n\n{log}\n\n## Context\n\nx\n")

    assert draft.status is status


def test_a_record_began_to_hold_when_its_change_log_first_accepts_it():
    log = "- original - approved (2023-01-03)\n- revised - approved (2023-04-17)"
    draft = read(f"# Use it\n\n## Change Log\n\n{log}\n\n## Context\n\nx\n")

    assert (draft.status, draft.valid_from) == (Status.ACCEPTED, day("2023-01-03"))


def test_a_numbered_heading_may_state_the_status():
    draft = read("# Use it\n\n## 1. Status: Rejected\n\n## 2. Context\n\nx\n")

    assert (draft.title, draft.status) == ("Use it", Status.REJECTED)


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ("stage: discontinued", Status.DEPRECATED),
        ("stage: accepted # it may be a further one", Status.ACCEPTED),
        ("status: provisional\nstage: stable", Status.PROPOSED),
        ("stage: alpha", Status.UNSTATED),
    ],
)
def test_a_stage_is_a_status_where_no_other_is_stated(fields, status):
    assert (
        read(f"---\n{fields}\n---\n# Use queues\n\n## Motivation\n\nSo.\n").details.status is status
    )


@pytest.mark.parametrize(
    ("heading", "status"),
    [
        ("Use GraphQL (Status: Deprecated)", Status.DEPRECATED),
        ("Use GraphQL (status: rejected)", Status.REJECTED),
        ("[Status: Superseded by ADR-9] Use GraphQL", Status.SUPERSEDED),
    ],
)
def test_a_status_in_the_brackets_of_a_title_may_be_called_so(heading, status):
    draft = read(f"# ADR 12: {heading}\n\n## Decision\n\nYes.\n")

    assert (draft.title, draft.details.status) == ("Use GraphQL", status)
