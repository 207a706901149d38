"""SubagentStart: what an agent knew before, and what binds the modules that are its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from cli.fencing import QUOTED
from cli.hooks.quotes import context, joined, length, line, listing, quote, shortened
from memory.kinds.vocabulary import Kind
from memory.ledger.project_modules import module_names
from memory.models.details import Decision, Note
from memory.models.flags import STILL_OPEN, by_urgency, flag_of, parties
from memory.models.selection import Selection
from memory.standings import named_in
from memory.texts.agent_names import alike, bare

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cli.hooks import Payload
    from memory.api import ArchMem
    from memory.models.answer import Listed

LIMIT = 4_000  # characters
EACH = 450  # of a record's text, so that several have room
EVERYBODY = frozenset({"general-purpose", "explore", "plan"})  # nobody's own memory
_MORE = "by the tool memory_search of the MCP server archmem."


class AgentSection(NamedTuple):
    """Records that are told together."""

    heading: str
    share: float  # of the room that is left when its turn comes
    records: list[Listed]


def answer_subagent(payload: Payload, memory: ArchMem) -> dict[str, Any]:
    """What is known for an agent of this type, as much as has room."""
    name = payload.agent_type.rpartition(":")[2].strip()  # "plugin:name"
    if name.casefold() in EVERYBODY or not bare(name):
        return {}
    sections = _sections(memory, name)
    head = f"archmem, the project's memory, for this agent. {QUOTED}"
    blocks: list[str] = []
    room = LIMIT - length(head) - 1
    for section in sections:
        told = _told(memory, section, int(room * section.share))
        room -= length(told) + 1
        blocks.append(told)
    return context("SubagentStart", joined([head, *blocks]) if any(blocks) else "")


def _sections(memory: ArchMem, name: str) -> list[AgentSection]:
    """What concerns an agent: flags, what it learned and knew, what was decided on its modules."""
    with memory.ledger.reading() as db:
        agents = alike(name, db.memories.agents())
        modules = alike(name, module_names(db))
    flags = memory.list(Selection(kinds=(Kind.FLAG,), statuses=STILL_OPEN))
    own = memory.list(Selection(agents=agents)) if agents else ()
    owned = {module for one in own if _is_definition(one) for module in _modules(one)}
    modules = tuple(sorted({*modules, *owned}))
    about = memory.list(Selection(modules=modules)) if modules else ()
    lessons = [one for one in _each_once(own, about) if one.memory.kind is Kind.LESSON]
    notes = [one for one in own if not _is_definition(one)]  # which it is given anyway
    return [
        AgentSection("Open flags that it raised or is to know:", 0.22, _flags_of(name, flags)),
        AgentSection("What was learned:", 0.35, _in_force(lessons, Kind.LESSON)),
        AgentSection("What it knows:", 0.4, _in_force(notes, Kind.NOTE)),
        AgentSection("Decisions on its modules:", 1.0, _in_force(about, Kind.DECISION)),
    ]  # the last ones as a list: all that bind an agent matter more to it than one at length


def _modules(listed: Listed) -> tuple[str, ...]:
    return listed.memory.revision.draft.modules


def _is_definition(listed: Listed) -> bool:
    """Whether it is what the agent is started with."""
    details = listed.memory.revision.draft.details
    return isinstance(details, Note) and details.topic == "definition"


def _each_once(*several: Iterable[Listed]) -> list[Listed]:
    by_uid = {one.memory.uid: one for some in several for one in some}
    return list(by_uid.values())


def _in_force(listed: Iterable[Listed], kind: Kind) -> list[Listed]:
    """Those of a kind that are in force, in the order given: the latest first."""
    return [one for one in listed if one.memory.kind is kind and one.standing.in_force]


def _flags_of(name: str, flags: Iterable[Listed]) -> list[Listed]:
    return by_urgency(one for one in flags if alike(name, parties(flag_of(one))))


def _told(memory: ArchMem, section: AgentSection, room: int) -> str:
    """The first records of a section as quotes, and how many there was no room for."""
    if not section.records:
        return ""
    with memory.ledger.reading() as db:
        titles = db.memories.titles(named_in(one.standing for one in section.records))
    if section.records[0].memory.kind is Kind.DECISION:
        lines = [line("decision", one, titles) for one in section.records]
        return listing(section.heading, lines, room, _MORE)
    note = f"{len(section.records):,} more {_MORE}"
    left = room - length(section.heading) - length(note) - 2
    kept: list[str] = []
    for one in section.records:
        block = quote(one, shortened(_gist(one), EACH), titles, left - 1)
        if not block:
            break
        kept.append(block)
        left -= length(block) + 1
    more = len(section.records) - len(kept)
    said = f"{more:,} more {_MORE}" if more else ""
    return joined([section.heading, *kept, said]) if kept else ""


def _gist(listed: Listed) -> str:
    """What of a record is to be read first."""
    draft = listed.memory.revision.draft
    if isinstance(draft.details, Decision):
        return draft.details.decision or draft.body
    return draft.body
