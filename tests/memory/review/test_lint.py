"""What does not add up in the records is named with its line, and nothing else is."""

from __future__ import annotations

import pytest

from archmem import open_project

pytestmark = pytest.mark.slow


def record(number: int, status: str = "Accepted", *, text: str = "We do.") -> str:
    return f"# {number}. Choice {number}\n\n## Status\n\n{status}\n\n## Decision\n\n{text}\n"


@pytest.fixture
def write(tmp_path):
    def write_file(path: str, text: str) -> None:
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    return write_file


@pytest.fixture
def faults(tmp_path, write):
    def found(**records: str) -> list[tuple[str, int, str]]:
        for name, text in records.items():
            write(f"docs/adr/{name.lstrip('n')}.md", text)
        with open_project(tmp_path, create=True) as project:
            project.upkeep.take_in()
            return [(one.path[len("docs/adr/") :], one.line, one.rule) for one in project.lint()]

    return found


def test_records_that_add_up_have_no_faults(faults):
    found = faults(
        n0001=record(1, "Superseded by [2](0002.md)"),
        n0002=record(2, text="It replaces [1](0001.md)."),
    )

    assert found == []


def test_two_records_of_one_number_are_one_fault(faults):
    assert faults(**{"n0003-a": record(3), "n0003-b": record(3)}) == [
        ("0003-a.md", 1, "duplicate-number"),
    ]


def test_a_successor_that_is_not_there_is_named_at_its_line(faults):
    assert faults(n0001=record(1, "Superseded by [ADR 9](0009-not-there.md)")) == [
        ("0001.md", 5, "unknown-successor")
    ]


def test_a_record_that_does_not_say_what_superseded_it_is_named(faults):
    assert faults(n0001=record(1, "Superseded")) == [("0001.md", 5, "unnamed-successor")]


@pytest.mark.parametrize("status", ["Proposed", "Rejected"])
def test_a_successor_that_nobody_accepted_is_named(faults, status):
    found = faults(n0001=record(1, "Superseded by [2](0002.md)"), n0002=record(2, status))

    assert ("0001.md", 5, "successor-not-accepted") in found


def test_a_dead_link_is_named_and_one_to_a_file_or_to_the_web_is_not(faults, write):
    write("docs/guide.md", "A guide.\n")
    text = (
        "See [the guide](../guide.md).\n\nSee [the plan](../plan.md).\n\n"
        "See [theirs](https://example.org/docs/0077-theirs.md), such as `../0088-shown.md`.\n\n"
        "```\n[shown](../0099-shown.md)\n```\n"
    )

    assert faults(n0001=record(1, text=text)) == [("0001.md", 11, "dead-link")]


def test_a_link_of_cursor_is_to_a_file_from_the_root_or_to_the_web(faults, write):
    write("docs/guide.md", "A guide.\n")
    text = (
        "See [the guide](mdc:docs/guide.md), [it](mdc:./docs/guide.md#top).\n\n"
        "See [theirs](mdc:https:/example.org/docs/0077-theirs.md) and\n"
        "[more](mdc:https://example.org/docs/more.md).\n\n"
        "See [the plan](mdc:docs/plan.md).\n"
    )

    assert faults(n0001=record(1, text=text)) == [("0001.md", 14, "dead-link")]


def test_a_circle_is_told_once(faults):
    found = faults(
        n0001=record(1, "Superseded by [2](0002.md)"),
        n0002=record(2, "Superseded by [3](0003.md)"),
        n0003=record(3, "Superseded by [1](0001.md)"),
    )

    assert [rule for _, _, rule in found].count("circle") == 1
