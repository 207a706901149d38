"""What `--json` says of a memory: flat fields, what each means and where it is taken from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from pydantic import BaseModel

from memory.views.field_changes import changes_between
from memory.views.memory_view import number_of

if TYPE_CHECKING:
    from memory.models.answer import (
        Answer,
        Attempt,
        Change,
        Event,
        Hit,
        Listed,
        Recorded,
        RevisionHistory,
        Shown,
    )
    from memory.models.memory import Link, Memory

Line: TypeAlias = dict[str, Any]


class ViewField(NamedTuple):
    """A field of a line: what it means, and what is said in it."""

    means: str
    of: Callable[[Any], Any]


Fields: TypeAlias = Mapping[str, ViewField]

_DRAFT: Fields = {  # of a revision
    "modules": ViewField("modules that it concerns", lambda it: it.draft.modules),
    "agent": ViewField("agent whose memory it is", lambda it: it.draft.agent),
    "tags": ViewField("its tags", lambda it: it.draft.tags),
}
_TEXT: Fields = {  # of a revision
    "body": ViewField("its whole text", lambda it: it.draft.body),
    "details": ViewField(
        "the fields of its kind, as `archmem record` takes them", lambda it: it.draft.details
    ),
    "extra": ViewField("what else its source says", lambda it: it.draft.extra),
}
_SOURCE: Fields = {  # of a revision
    "commit": ViewField(
        "full hash of the commit that brought this text; null if not committed",
        lambda it: it.source.commit,
    ),
    "author": ViewField(
        'who said so: "human:dana", "agent:payments", "indexer"', lambda it: it.source.author
    ),
    "trust": ViewField(
        "reviewed, team, agent, derived or doubted, from most to least trusted",
        lambda it: it.trust,
    ),
    "orders": ViewField(
        "the kinds of orders that it gives to whoever reads it, which nobody is to follow",
        lambda it: it.source.orders,
    ),
    "recorded_at": ViewField("when archmem learned it", lambda it: it.recorded_at),
    "removed": ViewField("whether its source no longer says it", lambda it: it.removed),
}
MEMORY: Fields = {
    "uid": ViewField("names the memory for good", lambda it: it.uid),
    "kind": ViewField(
        "decision, refactoring, baseline, note, flag, lesson or run", lambda it: it.kind
    ),
    "title": ViewField("its title", lambda it: it.title),
    "number": ViewField(
        "of a decision, as its file or title gives it; null if it has none",
        number_of,
    ),
    "valid_from": ViewField(
        "when it began to hold, ISO 8601 in UTC, 2023-05 where no day is named; null if no source "
        "says",
        lambda it: it.revision.began or it.revision.date or None,
    ),
    "dated_by": ViewField(
        "who says so: dated, by its text, or committed, by the commit that added its file, which "
        "is a bound: it was there at the latest then; null if nobody does",
        lambda it: it.revision.dated_by or None,
    ),
    "path": ViewField(
        "file that holds it, from the project's root; null if none does yet", lambda it: it.path
    ),
    "lines": ViewField(
        "first and last line in that file, 1-based, both included", lambda it: it.lines
    ),
    "revision": ViewField(
        "number of the revision that is shown; null if only git tells of it",
        lambda it: it.revision.number or None,
    ),
    "revisions": ViewField("how many there are", lambda it: it.revisions),
    "pending_file": ViewField(
        "whether it waits to be written to the project's file", lambda it: it.pending_file
    ),
}
STANDING: Fields = {
    "status": ViewField("where it stands, other memories considered", lambda it: it.status),
    "in_force": ViewField("whether one may act on it", lambda it: it.in_force),
    "valid_to": ViewField(
        "when it ceased to hold; null if it holds, or nobody says", lambda it: it.valid_to
    ),
    "replaced_by": ViewField("uids of what supersedes it", lambda it: it.replaced_by),
    "proposed": ViewField("uids of what is only proposed in its place", lambda it: it.proposed),
    "current": ViewField("uids of what is in force in its place", lambda it: it.current),
    "replaces": ViewField("uids of what it supersedes", lambda it: it.replaces),
    "amended_by": ViewField("uids of what changed a part of it", lambda it: it.amended_by),
}
BEARING: Fields = {  # of a listed memory
    "freshness": ViewField(
        "what became of the places it names: verdict, anchors, commit; null if unknown",
        lambda it: it.freshness,
    ),
    "premises": ViewField(
        "baselines it rests on that have moved: metric, was, now, movement ...",
        lambda it: it.premises,
    ),
    "confidence": ViewField(
        "of a lesson: rank, lower bound, weight of its evidence; null for others",
        lambda it: (
            it.confidence
            and it.confidence.model_dump(mode="json", include={"rank", "lower", "count"})
        ),
    ),
}
HIT: Fields = {
    "score": ViewField(
        "how likely it is the answer, 0 to 1; where no fitted model serves, what it is ranked by",
        lambda it: round(it.score, 4),
    ),
    "heading": ViewField("what stands above the passage", lambda it: it.heading),
    "passage": ViewField("the text that answers best", lambda it: it.passage),
    "passage_lines": ViewField("its first and last line in `path`", lambda it: it.lines),
    "signals": ViewField("each signal's share of what it is ranked by", lambda it: it.signals),
    "because": ViewField(
        "why it stands here, where its score alone would not have put it", lambda it: it.because
    ),
}
ATTEMPT: Fields = {
    "commits": ViewField("that did it, as its source names them", lambda it: it.commits),
    "effect": ViewField("what was measured, in the words of its source", lambda it: it.effect),
    "reverted": ViewField("whether it was undone", lambda it: it.is_reverted),
    "reverted_by": ViewField(
        "commit or words; empty if it was not undone, or nobody says by what",
        lambda it: it.reverted_by,
    ),
    "reverted_on": ViewField("when; null likewise", lambda it: it.reverted_on),
    "revert_reason": ViewField("why", lambda it: it.revert_reason),
}


def explained(*tables: Fields) -> dict[str, str]:
    """What each field of some tables means."""
    return {name: field.means for table in tables for name, field in table.items()}


MEMORY_FIELDS = explained(MEMORY, _SOURCE, _DRAFT)
STANDING_FIELDS = explained(STANDING, BEARING)
HIT_FIELDS = {"rank": "1 for the best", **explained(HIT)}
ANSWER_FIELDS = {"known": "false where nothing is known to answer: the hits only come nearest"}
ATTEMPT_FIELDS = explained(ATTEMPT)
SHOWN_FIELDS = {
    **explained(_TEXT),
    "norms": "what it demands: demand, wanted, unwanted, sentence, lines",
    "links": "relations: type, direction (out: from this memory), uid, title, partial, evidence",
}
RECORDED_FIELDS = {
    "is_new": "false if the same was recorded before",
    "pending": "why no file of the project holds it yet",
}
REVISION_FIELDS = {
    **explained(_SOURCE, _DRAFT, _TEXT),
    **{name: MEMORY_FIELDS[name] for name in ("uid", "title", "valid_from", "path", "lines")},
    "number": "1 for the first; null for one that only git tells of",
    "dated_by": MEMORY_FIELDS["dated_by"],
    "since": "from when on its file said so in git; null if no commit is known that brought it",
    "committed_in": "that commit, in full",
    "changed": "fields that say something else than in the revision before",
    "status": "where it stood by its own words",
    "valid_to": STANDING_FIELDS["valid_to"],
}
EVENT_FIELDS = {
    **MEMORY_FIELDS,
    "at": "when it happened; null if no source says",
    "event": "what happened: decided, superseded, measured, flagged, resolved ...",
}


def memory_line(listed: Listed) -> Line:
    """A memory and its standing: MEMORY_FIELDS and STANDING_FIELDS."""
    return _memory(listed.memory) | _said(STANDING, listed.standing) | _said(BEARING, listed)


def hit_line(rank: int, hit: Hit) -> Line:
    """A hit: those of a memory, and HIT_FIELDS."""
    return memory_line(hit) | {"rank": rank} | _said(HIT, hit)


def answer_lines(answer: Answer) -> Iterator[Line]:
    """The hits of a search, each with ANSWER_FIELDS besides."""
    for rank, hit in enumerate(answer.hits, start=1):
        yield hit_line(rank, hit) | {"known": answer.known}


def attempt_line(rank: int, attempt: Attempt) -> Line:
    """Something that was tried: those of a hit, and ATTEMPT_FIELDS."""
    return hit_line(rank, attempt) | _said(ATTEMPT, attempt)


def shown_line(shown: Shown) -> Line:
    """A memory with all that is known of it: those of a memory, and SHOWN_FIELDS."""
    links = [_link(link, shown) for link in shown.links]
    more = {"norms": _plain(shown.norms), "links": links}
    return memory_line(shown) | _said(_TEXT, shown.memory.revision) | more


def revision_lines(told: RevisionHistory) -> Iterator[Line]:
    """A memory's revisions, the first one first: REVISION_FIELDS."""
    first = told.revisions[0]
    for before, revision in pairwise((first, *told.revisions)):
        draft, source = revision.draft, revision.source
        changes = changes_between(before.draft, draft)
        yield {
            "uid": told.uid,
            "number": revision.number or None,
            "title": draft.title,
            "status": draft.status,
            "valid_from": _plain(revision.began or revision.date or None),
            "dated_by": revision.dated_by or None,
            "since": _plain(revision.since),
            "committed_in": revision.committed_in,
            "valid_to": _plain(draft.valid_to),
            "path": source.path,
            "lines": source.lines,
            **_said(_SOURCE, revision),
            **_said(_DRAFT, revision),
            **_said(_TEXT, revision),
            "changed": [change.field for change in changes],
        }


def event_line(event: Event) -> Line:
    """Something that happened to a module: EVENT_FIELDS."""
    return {
        "at": _plain(event.at or event.date or None),
        "event": event.what,
    } | _memory(event.memory)


def change_line(change: Change) -> Line:
    """What became of a memory: those of a memory, and `what`: added, revised or removed."""
    return {"what": change.what} | _memory(change.memory)


def recorded_line(recorded: Recorded, shown: Shown) -> Line:
    """What became of a record: those of a memory, and RECORDED_FIELDS."""
    return memory_line(shown) | {"is_new": recorded.is_new, "pending": recorded.pending}


def _memory(memory: Memory) -> Line:
    revision = memory.revision
    return _said(MEMORY, memory) | _said(_SOURCE, revision) | _said(_DRAFT, revision)


def _link(link: Link, shown: Shown) -> Line:
    outward = link.source == shown.memory.uid
    other = link.target if outward else link.source
    return {
        "type": link.type,
        "direction": "out" if outward else "in",
        "uid": other,
        "title": shown.titles.get(other, ""),
        "partial": link.partial,
        "evidence": link.evidence,
    }


def _said(fields: Fields, of: object) -> Line:
    return {name: _plain(field.of(of)) for name, field in fields.items()}


def _plain(value: Any) -> Any:
    """A value as JSON has it; moments end in Z."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return value
