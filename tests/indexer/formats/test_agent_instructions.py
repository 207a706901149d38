from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from indexer.formats.document import Document
from indexer.formats.registry import format_for
from memory.kinds.vocabulary import Kind, Status
from memory.retrieval.passages import cut_passages

PAGE = """\
# Working on the shop

## Payments

Amounts are integers of the smallest unit; never use floats for money.

## Database

Every migration has a way back.
"""


@pytest.mark.parametrize(
    "path",
    [
        "AGENTS.md",
        "packages/payments/AGENTS.md",
        "CLAUDE.md",
        ".cursor/rules/money.mdc",
        ".github/copilot-instructions.md",
        ".github/instructions/python.instructions.md",
        ".agents/skills/review.md",
        "docs/adr/AGENTS.md",
        "GEMINI.md",
        ".windsurfrules",
        ".clinerules",
        ".clinerules/money.md",
        ".claude/rules/money.md",
        ".kiro/steering/tech.md",
        ".junie/guidelines.md",
        "packages/payments/.cursor/rules/money.mdc",
    ],
)
def test_what_agents_are_told_to_read_is_read(path):
    assert format_for(PurePosixPath(path)).name == "agent instructions"


@pytest.mark.parametrize(
    "path",
    [
        "docs/AGENTS.txt",
        "src/agents.py",
        ".github/PULL_REQUEST_TEMPLATE.md",
        ".cursor/x.md",
        "vendor/example.org/libc/CLAUDE.md",
        "web/third_party/.cursor/rules/x.mdc",
    ],
)
def test_other_files_are_not(path):
    assert format_for(PurePosixPath(path)) is None


def parse(text: str, path: str = "AGENTS.md"):
    return format_for(PurePosixPath(path)).parse(Document(path, text)).drafts


def test_each_section_is_a_note_that_states_no_status():
    drafts = parse(PAGE + "\n## Style\n\n" + "Write plainly. " * 120)

    assert [draft.title for draft in drafts] == ["Payments", "Database", "Style"]
    assert {draft.kind for draft in drafts} == {Kind.NOTE}
    assert {draft.details.status for draft in drafts} == {Status.UNSTATED}


def test_a_small_page_is_one_note():
    [draft] = parse(PAGE)

    assert "never use floats for money" in draft.body


@pytest.mark.parametrize("text", ["@AGENTS.md\n", "@AGENTS.md\n\n@docs/style.md\n", ""])
def test_a_page_that_only_includes_others_says_nothing(text):
    assert parse(text, "CLAUDE.md") == ()


def test_a_rule_is_about_what_its_description_says_and_searched_by_it():
    said = "---\ndescription: how amounts are kept\nglobs: **/*.ts\nalwaysApply: false\n---\nCents."
    [draft] = parse(said, ".cursor/rules/money.mdc")

    assert draft.description == "how amounts are kept"
    assert cut_passages(draft)[0].text == "how amounts are kept"


def test_only_the_first_note_of_a_page_has_its_description():
    page = f"---\ndescription: how amounts are kept\n---\n{PAGE}\n## Style\n\n{'Plain. ' * 250}"
    drafts = parse(page, ".agents/money.md")

    assert [draft.description for draft in drafts] == ["how amounts are kept", "", ""]


@pytest.mark.parametrize(
    ("path", "front", "modules"),
    [
        ("packages/payments/AGENTS.md", "", ("payments",)),
        ("AGENTS.md", "", ()),
        ("src/AGENTS.md", "", ()),
        ("docs/AGENTS.md", "", ()),
        (".cursor/rules/x.mdc", "globs: src/payments/**/*.ts", ("payments",)),
        (".cursor/rules/x.mdc", "globs: src/payments/**, src/tax/*.ts", ("payments", "tax")),
        (".cursor/rules/x.mdc", 'globs: ["**/*.ts"]', ()),
        (".cursor/rules/x.mdc", "globs: *.ts", ()),
        (".github/instructions/x.instructions.md", 'applyTo: "packages/tax/**"', ("tax",)),
        (".claude/rules/x.md", "paths:\n  - src/payments/**", ("payments",)),
    ],
)
def test_instructions_are_of_the_module_whose_files_they_are_for(path, front, modules):
    text = f"---\n{front}\n---\nAmounts are integers." if front else "Amounts are integers."
    [draft] = parse(text, path)

    assert draft.modules == modules
