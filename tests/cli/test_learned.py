"""What a live view tells of a batch."""

from __future__ import annotations

import json

import pytest

from cli.form import OutputForm, Terminal
from cli.printing.learned import LiveView
from memory.models.answer import Change
from memory.models.report import IndexReport
from tests.builders import a_memory

PLACE = ".claude/memory/context/decisions.md"


def changes(count: int = 1, title: str = "Keep webhooks in the outbox for seven days"):
    memory = a_memory(title=title).model_copy(update={"path": PLACE, "lines": (36, 40)})
    return tuple(Change(what="added", memory=memory) for _ in range(count))


def told(*batches, terminal: Terminal | None = None, form: OutputForm | None = None) -> list[str]:
    """The lines of these batches, without the time that each begins with."""
    lines: list[str] = []
    live = LiveView(form or OutputForm(), terminal or Terminal(), lines.append)
    for report, found in batches:
        live.learned(report, found)
    return lines if form else [line[10:] for line in lines]


def test_a_change_is_a_line_with_its_place():
    [line] = told((IndexReport(), changes()))

    assert line == f"added    note        Keep webhooks in the outbox for seven days  {PLACE}:36"


@pytest.mark.parametrize("width", [80, 90, 100])
def test_a_line_fits_the_terminal(width):
    terminal = Terminal(width=width, is_tty=True)

    [line] = told((IndexReport(), changes(title="word " * 30)), terminal=terminal)

    assert len(line) + 10 <= width
    assert line.endswith("decisions.md:36")


def test_of_many_changes_a_few_are_told_and_how_many_more():
    lines = told((IndexReport(), changes(500)))

    assert len(lines) == 11
    assert lines[-1] == "and 490 more"


def test_a_problem_is_told_once_and_its_end_too():
    broken = IndexReport(problems=("a.json: not readable",))

    assert told((broken, ()), (broken, ()), (IndexReport(), ())) == [
        "Problem: a.json: not readable",
        "No file has a problem any more.",
    ]


def test_what_moved_and_what_was_not_believed_is_told():
    moved, withheld = told((IndexReport(moved=38), ()), (IndexReport(withheld=38), ()))

    assert moved == "moved: 38 memories, which say what they said"
    assert "archmem index --accept-removals" in withheld


def test_programs_get_every_change_as_an_object():
    lines = told((IndexReport(moved=1), changes(30)), form=OutputForm(json=True))

    objects = [json.loads(line) for line in lines]
    assert [one["what"] for one in objects[:-1]] == ["added"] * 30
    assert objects[-1] == {"said": "moved: 1 memories, which say what they said"}
