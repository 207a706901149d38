"""One memory with all that is known of it, its text page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cli.fencing import QUOTED
from cli.mcp.budget import next_after, offset_of, room_for, shortened, weight, within
from cli.mcp.items import fence, item_fields, line, names, page, with_rest
from cli.mcp.values import Whole
from memory.texts.formatting import day
from memory.texts.quoting import harmless, harmless_value
from memory.texts.shortening import json_bytes
from memory.views.field_changes import changes_between
from memory.views.memory_view import SHORT_HASH

if TYPE_CHECKING:
    from pydantic import JsonValue

    from memory.models.answer import RevisionHistory, Shown
    from memory.models.memory import Link, Revision

_TITLE, _NAME = 80, 60  # bytes of others' titles, of names
_SHORT, _SHORT_LIST = 60, 120  # bytes of a field among the details; the text has longer ones
_NORM = 200  # bytes of what is demanded
_SHARES = 5  # of the room: for details, norms, links, history and text
_WORDS = "kind", "status"  # of the details, which are said elsewhere


def whole(
    shown: Shown,
    told: RevisionHistory | None,
    *,
    asked: tuple[str, ...],
    cursor: str,
    max_tokens: int,
) -> Whole:
    """A page of a memory; all but its text comes with the first page.

    Args:
        shown: The memory.
        told: Its revisions, if they are wanted.
        asked: What was asked, to which a cursor belongs.
        cursor: Where in the text the page begins, from the page before.
        max_tokens: At most so many tokens, as `budget` reckons them.
    """
    draft = shown.memory.revision.draft
    about = (*asked, draft.digest)
    start = offset_of(cursor, *about)
    room = room_for(max_tokens)
    fields = item_fields(shown, shown.titles) | {
        "revision": shown.memory.revision.number,
        "revisions": shown.memory.revisions,
    }
    if not start:
        fields |= _first_page(shown, told, _left(fields, room) // _SHARES)
    text = harmless(draft.body)
    body, end = _slice(text, start, _left(fields, room))
    following = next_after(end, *about) if end < len(text) else ""
    return Whole(**fields, body=body, next=following)


def block(result: Whole) -> str:
    """Its text form."""
    details = [f"{name}: {said}" for name, said in result.details.items()]
    head = "\n".join([*details, *result.norms, *result.links, *result.history])
    quoted = fence(result, f"{head}\n\n{result.body}" if head else result.body)
    return page([quoted], QUOTED, next_page=result.next)


def _left(fields: dict[str, Any], room: int) -> int:
    """Bytes that are left for the text."""
    empty = Whole(**fields, body="")
    return room - weight(empty, block(empty))


def _first_page(shown: Shown, told: RevisionHistory | None, share: int) -> dict[str, Any]:
    revision = shown.memory.revision
    norms = [line(f"{norm.demand}: {norm.sentence}", _NORM) for norm in shown.norms]
    links = [_link(link, shown) for link in shown.links]
    versions = _versions(told) if told else []
    demands = within(norms, share, json_bytes, at_least=0)
    near = within(links, share, json_bytes, at_least=0)
    latest = within(versions, share, json_bytes, at_least=0)
    return {
        "author": line(revision.source.author, _NAME),
        "recorded_at": day(revision.recorded_at),
        "agent": line(revision.draft.agent or "", _NAME),
        "tags": names(revision.draft.tags),
        "pending_file": shown.memory.pending_file,
        "details": _details(revision, share),
        "norms": with_rest(demands, len(norms)),
        "links": with_rest(near, len(links)),
        "history": with_rest(latest, len(versions)),
    }


def _details(revision: Revision, room: int) -> dict[str, JsonValue]:
    """The short fields of the kind; the text has the long ones."""
    said = revision.draft.details.model_dump(mode="json", exclude_defaults=True)
    short = {
        name: harmless_value(value)
        for name, value in said.items()
        if name not in _WORDS and _is_short(value)
    }
    return dict(within(short.items(), room, json_bytes, at_least=0))


def _is_short(value: JsonValue) -> bool:
    if isinstance(value, list):
        return all(isinstance(each, str) for each in value) and json_bytes(value) <= _SHORT_LIST
    return json_bytes(value) <= _SHORT


def _link(link: Link, shown: Shown) -> str:
    outward = link.source == shown.memory.uid
    other = link.target if outward else link.source
    named = f"{other} {line(shown.titles.get(other, ''), _TITLE)}".rstrip()
    verb = link.type.replace("_", " ")
    part = " in part" if link.partial else ""
    return f"{verb} {named}{part}" if outward else f"{named} {verb} it{part}"


def _versions(told: RevisionHistory) -> list[str]:
    """A line for each revision, the latest first."""
    befores = (told.revisions[0], *told.revisions)
    return [
        _version(before, revision)
        for before, revision in zip(befores, told.revisions, strict=False)
    ][::-1]


def _version(before: Revision, revision: Revision) -> str:
    changes = ", ".join(each.field for each in changes_between(before.draft, revision.draft))
    what = "removed" if revision.removed else f"changed {changes}" if changes else "recorded"
    commit = f" at {revision.source.commit[:12]}" if revision.source.commit else ""
    author = line(revision.source.author, _NAME)
    if revision.committed_in and revision.since:  # when it was said counts more than when read
        said = f"{what} {day(revision.since)} at {revision.committed_in[:SHORT_HASH]}"
        return line(f"{revision.number}: {said}" if revision.number else said)
    return line(f"{revision.number}: {what} {day(revision.recorded_at)} by {author}{commit}")


def _slice(text: str, start: int, size: int) -> tuple[str, int]:
    """What of a text is shown from an offset on, and where to go on.

    A page ends between two words where that is possible.
    """
    ahead = text[start:]
    if json_bytes(ahead) <= size:
        return ahead, len(text)
    shown = shortened(ahead, size)[:-1]
    end = start + max(len(shown), 1)
    while end < len(text) and text[end].isspace():
        end += 1
    return text[start : start + max(len(shown), 1)], end
