"""What archmem adds to Claude Code's files: put in, known again, and taken out.

A text is None where there is no file. What another program or a person wrote stays as it is, byte
for byte; what they added to an entry of ours stays too, as long as the entry does.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from cli.claude.json_places import (
    LeftAlone,
    find_member,
    place_of,
    put_item,
    put_member,
    read_strictly,
    take_out,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pydantic import JsonValue

    from indexer.markup.json_text import JsonText, Member

    Way = tuple[Member, ...]


SERVER = "archmem"

#: The events at which archmem has something to say, and the seconds it may take each time.
EVENTS = {
    "SessionStart": 15,  # may have to start the engine
    "UserPromptSubmit": 5,  # every prompt waits for it
    "SubagentStart": 10,
    "PreCompact": 10,
    "Stop": 10,
}

_READING = (
    "brief", "check_plan", "code", "search", "get", "timeline", "related", "tried", "baselines",
    "explain", "status",
)  # fmt: skip
#: What may be allowed without asking: the tools that only read.
READING_TOOLS = tuple(f"mcp__{SERVER}__memory_{name}" for name in _READING)

# A command line that begins with our program, as older hooks without `args` have it.
_SHELL_HOOK = re.compile(
    r"""\s*(?:"[^"]*[\\/]archmem(?:\.exe)?"|'[^']*[\\/]archmem(?:\.exe)?'|(?:\S*[\\/])?archmem(?:\.exe)?)"""
    r"\s+hook\s+\w+\s*"
)


def server_entry(program: str) -> dict[str, JsonValue]:
    """The MCP server, as `.mcp.json` names it under `mcpServers`."""
    return {"type": "stdio", "command": program, "args": ["mcp"]}


def hook_entry(program: str, event: str) -> dict[str, JsonValue]:
    """The handler of one event: run as it stands, without a shell."""
    return {
        "type": "command",
        "command": program,
        "args": ["hook", event],
        "timeout": EVENTS[event],
    }


def is_our_server(entry: Any) -> bool:
    """Whether a server is started by a line that archmem may have written."""
    return _is_ours(entry, "mcp")


def is_our_hook(entry: Any) -> bool:
    """Whether a handler of an event is one that archmem may have written."""
    if _is_ours(entry, "hook"):
        return True
    if not isinstance(entry, dict) or "args" in entry:
        return False
    command = entry.get("command")
    return isinstance(command, str) and _SHELL_HOOK.fullmatch(command) is not None


def _is_ours(entry: Any, verb: str) -> bool:
    if not isinstance(entry, dict):
        return False
    command, arguments = entry.get("command"), entry.get("args")
    named = isinstance(command, str) and re.split(r"[\\/]", command)[-1].lower()
    called = isinstance(arguments, list) and arguments[:1] == [verb]
    return named in {"archmem", "archmem.exe"} and called


def with_server(text: str | None, program: str) -> str:
    """The text of `.mcp.json` with our server in it.

    Raises:
        LeftAlone: The text cannot be edited, or the server's name is taken.
    """
    entry = server_entry(program)
    document = None if text is None else read_strictly(text)
    way = None if document is None else _follow(document, "mcpServers", SERVER)
    if document is None or way is None:
        return put_member(text, ("mcpServers",), SERVER, entry)
    if not is_our_server(way[-1].value):
        place = place_of(document, way[-1])
        raise LeftAlone(f"it has a server {SERVER!r} that archmem did not write ({place})")
    return _bring_up_to_date(document, way[-1], entry)


def without_server(text: str | None) -> str | None:
    """The text of `.mcp.json` without our server; None if there was nothing else.

    Raises:
        LeftAlone: The text cannot be edited.
    """
    return _without(text, _our_server)


def with_hooks(text: str | None, program: str) -> str | None:
    """The text of `settings.json` in which our handler stands once in each of our events.

    Raises:
        LeftAlone: The text cannot be edited, or something else stands where hooks should.
    """
    text = _without(text, _surplus_hook)
    for event in EVENTS:
        entry = hook_entry(program, event)
        document = None if text is None else read_strictly(text)
        ours = {} if document is None else {one.event: one for one in _our_hooks(document)}
        if document is None or event not in ours:
            text = put_item(text, ("hooks", event), {"hooks": [entry]})
        else:
            text = _bring_up_to_date(document, ours[event].handler, entry)
    return text


def without_hooks(text: str | None) -> str | None:
    """The text of `settings.json` without any handler of ours; None if there was nothing else.

    Raises:
        LeftAlone: The text cannot be edited.
    """
    return _without(text, lambda document: next((one.way for one in _our_hooks(document)), None))


def with_permissions(text: str | None) -> str | None:
    """The text of `settings.json` in which our tools that only read need not be asked for.

    Raises:
        LeftAlone: The text cannot be edited, or something else stands where rules should.
    """
    for rule in READING_TOOLS:
        way = None if text is None else _follow(read_strictly(text), "permissions", "allow")
        rules = way[-1].value if way else []
        if not isinstance(rules, list) or rule not in rules:
            text = put_item(text, ("permissions", "allow"), rule)
    return text


def without_permissions(text: str | None) -> str | None:
    """The text of `settings.json` without rules for our tools; None if there was nothing else.

    Raises:
        LeftAlone: The text cannot be edited.
    """
    return _without(text, _our_permission)


class _Hook(NamedTuple):
    event: str
    handler: Member
    way: Way  # to what goes when the handler goes: its whole group where it is alone in it


def _our_hooks(document: JsonText) -> Iterator[_Hook]:
    hooks = _follow(document, "hooks")
    if hooks is None:
        return
    for event in document.members(hooks[-1]):
        groups = document.members(event) if isinstance(event.value, list) else []
        for group in groups:
            handlers = find_member(document, group, "hooks")
            listed = document.members(handlers) if handlers else []
            for handler in listed:
                if is_our_hook(handler.value):
                    way = (*hooks, event, group)
                    rest = (handlers, handler) if handlers and len(listed) > 1 else ()
                    yield _Hook(event.name or "", handler, (*way, *rest))


def _surplus_hook(document: JsonText) -> Way | None:
    """The way to a handler of ours at an event that is none of ours or has one already."""
    seen: set[str] = set()
    for hook in _our_hooks(document):
        if hook.event not in EVENTS or hook.event in seen:
            return hook.way
        seen.add(hook.event)
    return None


def _our_server(document: JsonText) -> Way | None:
    way = _follow(document, "mcpServers", SERVER)
    return way if way and is_our_server(way[-1].value) else None


def _our_permission(document: JsonText) -> Way | None:
    way = _follow(document, "permissions", "allow")
    if way is None or not isinstance(way[-1].value, list):
        return None
    rules = document.members(way[-1])
    return next(((*way, rule) for rule in rules if rule.value in READING_TOOLS), None)


def _follow(document: JsonText, *names: str) -> Way | None:
    """The way to the member that a path of names leads to, if there is one."""
    way: Way = (document.whole,)
    for name in names:
        member = find_member(document, way[-1], name)
        if member is None:
            return None
        way = (*way, member)
    return way


def _without(text: str | None, find: Callable[[JsonText], Way | None]) -> str | None:
    while text is not None:
        document = read_strictly(text)
        way = find(document)
        if way is None:
            break
        text = take_out(document, way)
    return text


def _bring_up_to_date(document: JsonText, member: Member, entry: dict[str, JsonValue]) -> str:
    """The text in which a member says what the entry does, and what else it said before."""
    said = member.value if isinstance(member.value, dict) else {}
    return document.replace_value(member, said | entry) if said | entry != said else document.text
