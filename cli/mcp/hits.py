"""Turns an answer of the library into one page of hits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.fencing import QUOTED
from cli.mcp.budget import next_after, offset_of, room_for, shortened, weight, within
from cli.mcp.items import citation, fence, item_fields, line, page
from cli.mcp.tool import answered
from cli.mcp.values import HitItem, SearchResult
from memory.models.answer import Attempt
from memory.models.request import MOST_HITS
from memory.texts.quoting import harmless
from memory.views.memory_view import again_words, reverted_words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mcp_types import CallToolResult

    from memory.models import answer as library

_HEADING, _WHY, _OUTCOME = 80, 120, 240  # bytes


def found(
    ask: Callable[[int], library.Answer],
    *,
    about: tuple[object, ...],
    limit: int,
    max_tokens: int,
    cursor: str,
) -> CallToolResult:
    """A page of hits.

    Args:
        ask: Gives an answer with at most so many hits.
        about: What was asked, to which a cursor belongs.
        limit: At most so many hits on a page.
        max_tokens: At most so many tokens, as `budget` reckons them.
        cursor: Where the page begins, from the page before.
    """
    start = offset_of(cursor, *about)
    answer = ask(min(start + limit + 1, MOST_HITS))  # a cursor may have been made up
    room = room_for(max_tokens)
    ahead = [_hit(each, answer.titles, room) for each in answer.hits[start : start + limit]]
    hits = within(ahead, room, lambda hit: weight(hit, _block(hit)))
    end = start + len(hits)
    following = next_after(end, *about) if end < len(answer.hits) else ""
    result = SearchResult(
        hits=hits,
        known=answer.known,
        complete=answer.complete,
        reason=line(answer.reason),
        next=following,
    )
    notes = [QUOTED] if hits else ["Nothing more." if start else "Nothing is recorded about that."]
    if hits and not result.known:
        notes.insert(0, "Nothing here is known to answer this; what comes nearest:")
    if not result.complete:
        notes.append(f"Not complete: {result.reason}")
    return answered(result, page(map(_block, hits), *notes, next_page=following))


def _hit(hit: library.Hit, titles: Mapping[str, str], room: int) -> HitItem:
    """A hit whose passage is cut, if need be, so that it fits into an empty result."""
    fields = item_fields(hit, titles) | {
        "citation": citation(hit.memory, hit.lines),
        "score": round(hit.score, 3),
        "heading": line(hit.heading, _HEADING),
        "why": line(hit.because, _WHY),
        "outcome": line(_outcome(hit), _OUTCOME) if isinstance(hit, Attempt) else "",
    }
    empty = HitItem(**fields, passage="")
    left = room - weight(empty, _block(empty))
    passage = hit.passage.removeprefix(f"{hit.memory.title}\n")
    return HitItem(**fields, passage=shortened(harmless(passage), max(left, 0)))


def _outcome(attempt: Attempt) -> str:
    """What came of it: that it was undone, and why, or what it did."""
    if not attempt.is_reverted:
        again = again_words(attempt.done_again_by) if attempt.done_again_by else ""
        return "; ".join(filter(None, (again, attempt.effect)))
    return reverted_words(attempt.reverted_by, attempt.reverted_on, attempt.revert_reason)


def _block(hit: HitItem) -> str:
    notes = [
        f"[{hit.heading}]" if hit.heading else "",
        f"(here: {hit.why})" if hit.why else "",
        f"(outcome: {hit.outcome})" if hit.outcome else "",
    ]
    return fence(hit, "\n".join(part for part in (*notes, hit.passage) if part))
