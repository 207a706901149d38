"""A section of AGENTS.md, kept by archmem: how to ask, what is in force, which flags block.

https://agents.md: read by Codex, Copilot, Cursor, Gemini CLI, OpenCode and others; the file that is
nearest to what is edited counts. What the section says is indexed nowhere: it comes from there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cli.agents.plan import AgentFile
from indexer.formats.agent_instructions import KEPT_BEGINS, KEPT_ENDS
from memory.texts.quoting import harmless_line
from memory.texts.shortening import cut

if TYPE_CHECKING:
    from collections.abc import Sequence

FILE = "AGENTS.md"
MOST = 20  # decisions, and as many flags
_TITLE = 120  # characters
_ASKING = """\
## The memory of this project

archmem knows what was decided here and why, what was tried, measured and learned. Ask it before a
change of structure, and tell it afterwards what came of it; by MCP the tools are called
`memory_brief`, `memory_plan`, `memory_search` and `memory_record`.

- `archmem brief "what you are about to change"`: what governs it, was tried, must not get worse
- `archmem check PLAN.md`: whether a plan breaks what holds
- `archmem search "a question"`: what is known, with its source
- `archmem record decision --help`: how what was decided or learned is kept"""


def part(
    decisions: Sequence[dict[str, Any]], flags: Sequence[dict[str, Any]], folder: str
) -> AgentFile:
    """What archmem has in the file.

    Args:
        decisions: In force for the folder, the latest first, as `archmem list --json` has them.
        flags: That block and are not closed.
        folder: Below the project's root; "" is the root itself.
    """
    section = _section(decisions, flags, folder)
    return AgentFile("the section", lambda text: with_section(text, section), without_section)


def _section(
    decisions: Sequence[dict[str, Any]], flags: Sequence[dict[str, Any]], folder: str
) -> str:
    parts = [_ASKING]
    where = f" for `{folder}`" if folder else ""
    if decisions:
        parts.append(_listing(f"In force{where}, the latest first", decisions, "decision"))
    if flags:
        parts.append(_listing("Flags that block", flags, "flag"))
    lines = [KEPT_BEGINS, "\n\n".join(parts), KEPT_ENDS]
    return "\n".join(lines)


def _listing(heading: str, rows: Sequence[dict[str, Any]], kind: str) -> str:
    lines = [
        f"- {_said(row['title'])} (`{_said(row['path'] or row['uid']).replace('`', '’')}`)"
        for row in rows[:MOST]
    ]
    if len(rows) > MOST:
        lines.append(f"- … and {len(rows) - MOST} more: `archmem list --kind {kind}`")
    return "\n".join([f"{heading}:", "", *lines])


def _said(text: str) -> str:
    """A title or a path on its line: it can end neither that nor the section."""
    return cut(harmless_line(text).replace("<!--", "‹!--").replace("-->", "--›"), _TITLE, len)


def with_section(text: str | None, section: str) -> str:
    """The text with this section, in the place of the one that it has, else last.

    A text that does not end its last line does not end it with the section either, so that taking
    it out gives the text that was there.
    """
    if found := _find_section(text or ""):
        before, kept, behind = found
        return before + section.replace("\n", _line_end(kept)) + behind
    end = _line_end(text or "")
    section = section.replace("\n", end)
    if text is None:
        return section + end
    if not text or text.endswith("\n"):
        return text + end + section + end
    return text + end * 2 + section


def without_section(text: str | None) -> str | None:
    """The text as it was without a section; None if there was nothing else."""
    found = _find_section(text or "")
    if found is None:
        return text
    before, kept, behind = found
    end = _line_end(kept)
    is_ended = behind.startswith(end)
    behind = behind.removeprefix(end)
    if not before and not behind:
        return None
    return before.removesuffix(end if is_ended else end * 2) + behind


def _find_section(text: str) -> tuple[str, str, str] | None:
    """What stands before a section, itself, and what stands behind it; None if there is none."""
    before, begins, rest = text.partition(KEPT_BEGINS)
    kept, ends, behind = rest.partition(KEPT_ENDS)
    return (before, begins + kept + ends, behind) if ends else None


def _line_end(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"
