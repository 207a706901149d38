"""What engineers are told of a plan: as a coordinator's JSON message, and as Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from memory.texts.quoting import harmless_line
from memory.texts.safe_text import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from memory.models.planning import Directive, Directives


def directive_json(said: Directives) -> dict[str, Any]:
    """The message of a coordinator to its engineers, as JSON has it."""
    return {
        "from": "coordinator-backend",
        "to": [one.agent for one in said.directives],
        "directive": {
            "plan": said.uid,
            "task": said.task,
            "context": said.context,
            "specific_instructions": {one.agent: _instruction(one) for one in said.directives},
            "coordination_points": list(said.coordination_points),
            "engineers": {
                one.agent: one.model_dump(mode="json", exclude={"agent"}) for one in said.directives
            },
            "unassigned": list(said.unassigned),
        },
    }


def directive_page(said: Directives) -> str:
    """The same as Markdown: what all have to know, then a part for each engineer."""
    return visible("\n".join(_lines(said))).rstrip("\n")


def _instruction(one: Directive) -> str:
    return "; ".join(f"step {todo.step}: {todo.text}" for todo in one.todo)


def _lines(said: Directives) -> Iterator[str]:
    yield f"# {harmless_line(said.task)} ({said.uid})"
    if said.coordination_points:
        yield from ("", "## To agree upon")
        yield from (f"- {harmless_line(one)}" for one in said.coordination_points)
    if said.unassigned:
        yield from ("", "## Nobody is known for")
        yield from (f"- {harmless_line(one)}" for one in said.unassigned)
    if said.served:
        yield from ("", "## For all", "", _deeper(said.context))
    for one in said.directives:
        yield from (
            "",
            f"## {harmless_line(one.agent)}",
            "",
            f"Chosen: {harmless_line(one.because)}.",
        )
        yield from ("", "### To do")
        for todo in one.todo:
            after = f", after step {', '.join(map(str, todo.after))}" if todo.after else ""
            yield f"- Step {todo.step} (phase {todo.phase}{after}): {harmless_line(todo.text)}"
        ways = dict.fromkeys((todo.phase, todo.way_back) for todo in one.todo if todo.way_back)
        yield from (f"- Way back of phase {at}: {harmless_line(way)}" for at, way in ways)
        if one.gates:
            yield from ("", "### Gates")
            yield from (f"- {harmless_line(gate)}" for gate in one.gates)
        yield from (
            "",
            f"### To know ({one.tokens:,} of {one.budget:,} tokens)",
            "",
            _deeper(one.knows),
        )


def _deeper(brief: str) -> str:
    """A brief below a heading: its own headings two deeper."""
    lines = (f"###{line}" if line.startswith("#") else line for line in brief.split("\n"))
    return "\n".join(lines)
