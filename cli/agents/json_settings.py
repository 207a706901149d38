"""What archmem adds to agents' JSON files: put in, known again, and taken out.

A text is None where there is no file. What another program or a person wrote stays as it is, byte
for byte; what they added to an entry of ours stays too, as long as the entry does.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from cli.agents.json_places import LeftAlone, find_member, place_of
from cli.agents.jsonc import put_item, put_member, read, replace_value, take_out
from cli.agents.plan import AgentFile

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from pydantic import JsonValue

    from indexer.markup.json_text import JsonText, Member

    Way = tuple[Member, ...]  # to a member, from the whole of its document


SERVER = "archmem"

# A command line that begins with our program, as older hooks without `args` have it.
_SHELL_HOOK = re.compile(
    r"""\s*(?:"[^"]*[\\/]archmem(?:\.exe)?"|'[^']*[\\/]archmem(?:\.exe)?'|(?:\S*[\\/])?archmem(?:\.exe)?)"""
    r"\s+hook\s+\w+\s*"
)


def is_our_server(entry: Any) -> bool:
    """Whether a server is started by a line that archmem may have written."""
    if not isinstance(entry, dict):
        return False
    command, arguments = entry.get("command"), entry.get("args")
    if isinstance(command, list):  # with its arguments, as OpenCode has it
        command, *arguments = command or [""]
    return _is_our_program(command) and isinstance(arguments, list) and arguments[-1:] == ["mcp"]


def is_our_hook(entry: Any) -> bool:
    """Whether a handler of an event is one that archmem may have written."""
    if not isinstance(entry, dict):
        return False
    command, arguments = entry.get("command"), entry.get("args")
    if arguments is None:
        return isinstance(command, str) and _SHELL_HOOK.fullmatch(command) is not None
    called = isinstance(arguments, list) and arguments[:1] == ["hook"]
    return called and _is_our_program(command)


def _is_our_program(command: Any) -> bool:
    named = isinstance(command, str) and re.split(r"[\\/]", command)[-1].lower()
    return named in {"archmem", "archmem.exe"}


def server_part(path: Sequence[str], entry: dict[str, JsonValue]) -> AgentFile:
    """The MCP server, as a JSON file names it.

    Args:
        path: Of names, from the whole file to the object of servers.
        entry: What says how it is started.
    """
    return AgentFile(
        "the MCP server",
        lambda text: with_server(text, path, entry),
        lambda text: without_server(text, path),
    )


def with_server(text: str | None, path: Sequence[str], entry: dict[str, JsonValue]) -> str:
    """The text of a file with our server in it.

    Raises:
        LeftAlone: The text cannot be edited, or the server's name is taken.
    """
    document = read(text)
    way = None if document is None else follow(document, *path, SERVER)
    if text is None or document is None or way is None:
        return put_member(text, path, SERVER, entry)
    if not is_our_server(way[-1].value):
        place = place_of(document, way[-1])
        raise LeftAlone(f"it has a server {SERVER!r} that archmem did not write ({place})")
    return _bring_up_to_date(text, document, way[-1], entry)


def without_server(text: str | None, path: Sequence[str]) -> str | None:
    """The text of a file without our server; None if there was nothing else.

    Raises:
        LeftAlone: The text cannot be edited.
    """

    def ours(document: JsonText) -> Way | None:
        way = follow(document, *path, SERVER)
        return way if way and is_our_server(way[-1].value) else None

    return without(text, ours)


def with_hooks(text: str | None, entries: Mapping[str, dict[str, JsonValue]]) -> str | None:
    """The text of a file of hooks in which our handler stands once at each of our events.

    Args:
        text: As it is.
        entries: A handler by event.

    Raises:
        LeftAlone: The text cannot be edited, or something else stands where hooks should.
    """
    text = without(text, lambda document: _surplus_hook(document, entries))
    for event, entry in entries.items():
        document = read(text)
        ours = {} if document is None else {one.event: one for one in _our_hooks(document)}
        if text is None or document is None or event not in ours:
            text = put_item(text, ("hooks", event), {"hooks": [entry]})
        else:
            text = _bring_up_to_date(text, document, ours[event].handler, entry)
    return text


def without_hooks(text: str | None) -> str | None:
    """The text of a file without any handler of ours; None if there was nothing else.

    Raises:
        LeftAlone: The text cannot be edited.
    """
    return without(text, lambda document: next((one.way for one in _our_hooks(document)), None))


class _Hook(NamedTuple):
    event: str
    handler: Member
    way: Way  # to what goes when the handler goes: its whole group where it is alone in it


def _our_hooks(document: JsonText) -> Iterator[_Hook]:
    hooks = follow(document, "hooks")
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


def _surplus_hook(document: JsonText, events: Collection[str]) -> Way | None:
    """The way to a handler of ours at an event that is none of ours or has one already."""
    seen: set[str] = set()
    for hook in _our_hooks(document):
        if hook.event not in events or hook.event in seen:
            return hook.way
        seen.add(hook.event)
    return None


def follow(document: JsonText, *names: str) -> Way | None:
    """The way to the member that a path of names leads to, if there is one."""
    way: Way = (document.whole,)
    for name in names:
        member = find_member(document, way[-1], name)
        if member is None:
            return None
        way = (*way, member)
    return way


def without(text: str | None, find: Callable[[JsonText], Way | None]) -> str | None:
    """The text without anything that `find` finds; None if there was nothing else."""
    while text is not None and (document := read(text)) is not None:
        way = find(document)
        if way is None:
            break
        text = take_out(text, document, way)
    return text


def _bring_up_to_date(
    text: str, document: JsonText, member: Member, entry: dict[str, JsonValue]
) -> str:
    """The text in which a member says what the entry does, and what else it said before."""
    said = member.value if isinstance(member.value, dict) else {}
    wanted = said | entry
    return text if wanted == said else replace_value(text, document, member, wanted)
