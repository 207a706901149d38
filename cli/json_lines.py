"""What `--json` prints: one flat object a line, every field of which is explained here."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeAlias

from cli.changes import changes_between
from memory.texts.safe_text import escape_unsafe

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from memory.models.answer import (
        Attempt,
        Change,
        Event,
        Hit,
        Listed,
        Recorded,
        Shown,
        StoreStatus,
        Told,
    )
    from memory.models.memory import Link, Memory, Revision
    from memory.models.report import IndexReport
    from memory.models.standing import Standing
    from memory.retrieval.embedding import ModelState

Line: TypeAlias = dict[str, Any]

MEMORY_FIELDS = {
    "uid": "names the memory for good",
    "kind": "decision, refactoring, baseline, note, flag, lesson or run",
    "title": "its title",
    "valid_from": "when it began to hold, ISO 8601 in UTC; null if no source says",
    "path": "file that holds it, from the project's root; null if none does yet",
    "lines": "first and last line in that file, 1-based, both included",
    "commit": "full hash of the commit that brought this text; null if not committed",
    "author": 'who said so: "human:dana", "agent:payments", "indexer"',
    "trust": "reviewed, team, agent or derived, from most to least trusted",
    "modules": "modules that it concerns",
    "agent": "agent whose memory it is",
    "tags": "its tags",
    "revision": "number of the revision that is shown",
    "revisions": "how many there are",
    "recorded_at": "when archmem learned it",
    "pending_file": "whether it waits to be written to the project's file",
    "removed": "whether its source no longer says it",
}
STANDING_FIELDS = {
    "status": "where it stands, other memories considered",
    "in_force": "whether one may act on it",
    "valid_to": "when it ceased to hold; null if it holds, or nobody says",
    "replaced_by": "uids of what supersedes it",
    "proposed": "uids of what is only proposed in its place",
    "current": "uids of what is in force in its place",
    "replaces": "uids of what it supersedes",
    "amended_by": "uids of what changed a part of it",
    "freshness": "what became of the places it names: verdict, anchors, commit; null if unknown",
    "premises": "baselines it rests on that have moved: metric, was, now, movement ...",
    "confidence": "of a lesson: rank, lower bound, weight of its evidence; null for others",
}
HIT_FIELDS = {
    "rank": "1 for the best",
    "score": "0 to 1, higher is better; comparable within one answer only",
    "heading": "what stands above the passage",
    "passage": "the text that answers best",
    "passage_lines": "its first and last line in `path`",
    "signals": "each signal's share of the score",
    "because": "why it stands here, where its score alone would not have put it",
}
ATTEMPT_FIELDS = {
    "commits": "that did it, as its source names them",
    "effect": "what was measured, in the words of its source",
    "reverted": "whether it was undone",
    "reverted_by": "commit or words; empty if it was not undone, or nobody says by what",
    "reverted_on": "when; null likewise",
    "revert_reason": "why",
}
SHOWN_FIELDS = {
    "body": "its whole text",
    "details": "the fields of its kind, as `archmem record` takes them",
    "extra": "what else its source says",
    "links": "relations: type, direction (out: from this memory), uid, title, partial, evidence",
}
RECORDED_FIELDS = {
    "is_new": "false if the same was recorded before",
    "pending": "why no file of the project holds it yet",
}
REVISION_FIELDS = {
    **{name: MEMORY_FIELDS[name] for name in ("uid", "title", "valid_from", "path", "lines")},
    **{name: MEMORY_FIELDS[name] for name in ("commit", "author", "trust", "recorded_at")},
    **{name: MEMORY_FIELDS[name] for name in ("modules", "agent", "tags", "removed")},
    "number": "1 for the first",
    "changed": "fields that say something else than in the revision before",
    "status": "where it stood by its own words",
    "valid_to": STANDING_FIELDS["valid_to"],
    **{name: SHOWN_FIELDS[name] for name in ("body", "details", "extra")},
}
EVENT_FIELDS = {
    **MEMORY_FIELDS,
    "at": "when it happened; null if no source says",
    "event": "what happened: decided, superseded, measured, flagged, resolved ...",
}


def json_text(line: Line) -> str:
    """One object on one line; letters stay as they are, unsafe characters are escaped."""
    return escape_unsafe(json.dumps(line, ensure_ascii=False))


def memory_line(listed: Listed) -> Line:
    """A memory and its standing: MEMORY_FIELDS and STANDING_FIELDS."""
    return _memory(listed.memory) | _standing(listed.standing) | _bearing(listed)


def hit_line(rank: int, hit: Hit) -> Line:
    """A hit: those of a memory, and HIT_FIELDS."""
    return memory_line(hit) | {
        "rank": rank,
        "score": round(hit.score, 4),
        "heading": hit.heading,
        "passage": hit.passage,
        "passage_lines": hit.lines,
        "signals": hit.signals,
        "because": hit.because,
    }


def attempt_line(rank: int, attempt: Attempt) -> Line:
    """Something that was tried: those of a hit, and ATTEMPT_FIELDS."""
    return hit_line(rank, attempt) | {
        "commits": attempt.commits,
        "effect": attempt.effect,
        "reverted": attempt.is_reverted,
        "reverted_by": attempt.reverted_by,
        "reverted_on": _text(attempt.reverted_on),
        "revert_reason": attempt.revert_reason,
    }


def shown_line(shown: Shown) -> Line:
    """A memory with all that is known of it: those of a memory, and SHOWN_FIELDS."""
    draft = shown.memory.revision.draft
    return memory_line(shown) | {
        "body": draft.body,
        "details": draft.details.model_dump(mode="json"),
        "extra": draft.extra,
        "links": [_link(link, shown) for link in shown.links],
    }


def revision_lines(told: Told) -> Iterator[Line]:
    """A memory's revisions, the first one first: REVISION_FIELDS."""
    before = told.revisions[0].draft
    for revision in told.revisions:
        changes = changes_between(before, revision.draft)
        yield _revision(told.uid, revision) | {"changed": [change.field for change in changes]}
        before = revision.draft


def event_line(event: Event) -> Line:
    """Something that happened to a module: EVENT_FIELDS."""
    return {"at": _text(event.at), "event": event.what} | _memory(event.memory)


def change_line(change: Change) -> Line:
    """What became of a memory: those of a memory, and `what`: added, revised or removed."""
    return {"what": change.what} | _memory(change.memory)


def status_line(status: StoreStatus) -> Line:
    """The state of a store, by the names of `StoreStatus`."""
    return status.model_dump(mode="json")


def report_line(report: IndexReport) -> Line:
    """What an index run did, by the names of `IndexReport`."""
    return report.model_dump(mode="json")


def recorded_line(recorded: Recorded, shown: Shown) -> Line:
    """What became of a record: those of a memory, and RECORDED_FIELDS."""
    return memory_line(shown) | {"is_new": recorded.is_new, "pending": recorded.pending}


def model_line(state: ModelState) -> Line:
    """What is known of the embedding model, `compiled` and `refused` being null if it is not."""
    return {
        "model": state.source.name,
        "model_id": state.model_id,
        "precision": state.precision,
        "source": str(state.source.folder),
        "folder": str(state.folder),
        "compiled": state.manifest.model_dump(mode="json") if state.manifest else None,
        "refused": state.refusal.model_dump(mode="json") if state.refusal else None,
    }


def _memory(memory: Memory) -> Line:
    revision = memory.revision
    draft, source = revision.draft, revision.source
    return {
        "uid": memory.uid,
        "kind": memory.kind,
        "title": memory.title,
        "valid_from": _text(draft.valid_from),
        "path": memory.path,
        "lines": memory.lines,
        "commit": source.commit,
        "author": source.author,
        "trust": source.trust,
        "modules": draft.modules,
        "agent": draft.agent,
        "tags": draft.tags,
        "revision": revision.number,
        "revisions": memory.revisions,
        "recorded_at": _text(revision.recorded_at),
        "pending_file": memory.pending_file,
        "removed": revision.removed,
    }


def _revision(uid: str, revision: Revision) -> Line:
    draft, source = revision.draft, revision.source
    return {
        "uid": uid,
        "number": revision.number,
        "recorded_at": _text(revision.recorded_at),
        "removed": revision.removed,
        "title": draft.title,
        "status": draft.status,
        "valid_from": _text(draft.valid_from),
        "valid_to": _text(draft.valid_to),
        "path": source.path,
        "lines": source.lines,
        "commit": source.commit,
        "author": source.author,
        "trust": source.trust,
        "modules": draft.modules,
        "agent": draft.agent,
        "tags": draft.tags,
        "body": draft.body,
        "details": draft.details.model_dump(mode="json"),
        "extra": draft.extra,
    }


def _standing(standing: Standing) -> Line:
    return {
        "status": standing.status,
        "in_force": standing.in_force,
        "valid_to": _text(standing.valid_to),
        "replaced_by": standing.replaced_by,
        "proposed": standing.proposed,
        "current": standing.current,
        "replaces": standing.replaces,
        "amended_by": standing.amended_by,
    }


def _bearing(listed: Listed) -> Line:
    known = listed.confidence
    return {
        "freshness": listed.freshness.model_dump(mode="json") if listed.freshness else None,
        "premises": [premise.model_dump(mode="json") for premise in listed.premises],
        "confidence": known.model_dump(mode="json", include={"rank", "lower", "count"})
        if known
        else None,
    }


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


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None
