"""From the library's values to those that are sent: flat, and each field of bounded size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mcp.server.mcpserver.exceptions import ToolError

from cli.mcp.budget import shortened
from memory.models.freshness import Verdict
from memory.texts.numbers import number
from memory.texts.quoting import harmless_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from memory.models.answer import Listed
    from memory.models.confidence import Confidence
    from memory.models.freshness import Freshness
    from memory.models.revision import Memory
    from memory.models.selection import Lens
    from memory.models.series import Premise

# Bytes of a field at most, so that one memory fits into the smallest result.
TITLE = 160
_SMALL_TITLE = 60
_NAME = 40
_PATH = 200
_NAMES = 6
_OTHERS = 3  # memories that a standing names
_COMMIT = 12  # digits
_BEARING = 120
_STALE = (Verdict.MOVED, Verdict.CHANGED, Verdict.GONE)


def line(text: str, size: int = TITLE) -> str:
    """The text on one harmless line of bounded size."""
    return shortened(harmless_line(text), size)


def names(said: Iterable[str]) -> list[str]:
    """The first names of several."""
    return [line(each, _NAME) for each in list(said)[:_NAMES]]


def item_fields(listed: Listed, titles: Mapping[str, str]) -> dict[str, Any]:
    """The fields of an `Item`.

    Args:
        listed: A memory and how it stands.
        titles: Of the memories that its standing names, by uid; some may lack.
    """
    memory, standing = listed.memory, listed.standing
    draft = memory.revision.draft
    return {
        "uid": memory.uid,
        "kind": memory.kind,
        "title": line(memory.title),
        "status": standing.status,
        "in_force": standing.in_force,
        "trust": memory.revision.source.trust,
        "citation": citation(memory),
        "date": day(draft.valid_from),
        "modules": names(draft.modules),
        "replaced_by": _others(standing.current or standing.replaced_by, titles),
        "amended_by": _others(standing.amended_by, titles),
        "freshness": line(stale_words(listed.freshness), _BEARING),
        "premises": [line(moved_words(one), _BEARING) for one in listed.premises[:_OTHERS]],
        "confidence": confidence_words(listed.confidence),
    }


def stale_words(freshness: Freshness | None) -> str:
    """What became of the worst of a memory's anchors; nothing when all are as they were."""
    if freshness is None or freshness.verdict not in _STALE:
        return ""
    worst, *rest = freshness.anchors or (None,)
    if worst is None:
        return str(freshness.verdict)
    target = f" {worst.target}" if worst.target else ""
    others = sum(one.verdict in _STALE for one in rest if one is not None)
    return f"{worst.verdict}{target}: {worst.name}" + (f", and {others} more" if others else "")


def moved_words(premise: Premise) -> str:
    """How a baseline that something rests on has moved."""
    unit = f" {premise.unit}" if premise.unit else ""
    was, now = number(premise.was), number(premise.now)
    return f"{premise.metric} {premise.movement}: {was}, now {now}{unit}"


def confidence_words(confidence: Confidence | None) -> str:
    """Where a lesson stands by its evidence."""
    if confidence is None:
        return ""
    return (
        f"{confidence.rank}: holds at least {confidence.lower:.0%}, evidence {confidence.count:g}"
    )


def citation(memory: Memory, lines: tuple[int, int] | None = None) -> str:
    """`path:first-last@commit`, or who recorded it where no file holds it.

    Args:
        memory: What is cited.
        lines: Of a part of it; all its lines if not given.
    """
    if memory.path is None:
        return line(memory.citation, _PATH)
    place = memory.path
    if lines := lines or memory.lines:
        first, last = lines
        place += f":{first}" if first == last else f":{first}-{last}"
    commit = memory.revision.source.commit
    return line(place, _PATH) + (f"@{commit[:_COMMIT]}" if commit else "")


def with_rest(shown: list[str], total: int) -> list[str]:
    """The lines that are shown, and how many more there are."""
    return [*shown, f"… {total - len(shown)} more"] if len(shown) < total else shown


def day(moment: datetime | None) -> str:
    """A moment as its day, `2024-05-14`."""
    return moment.date().isoformat() if moment else ""


def lens_of(as_of: str) -> Lens:
    """The lens that looks at what held at the end of a day, at a moment or in a commit; else now.

    Raises:
        ToolError: it is none of these.
    """
    from cli.moments import ACCEPTED, read_as_of
    from memory.models.selection import NOW, Lens

    if not as_of:
        return NOW
    try:
        return Lens.model_validate(read_as_of(as_of))
    except ValueError as error:
        said = harmless_line(as_of[:40])
        raise ToolError(
            f"as_of: {said!r} is no date and no commit; give {ACCEPTED}, or a revision."
        ) from error


def _others(uids: Iterable[str], titles: Mapping[str, str]) -> list[str]:
    return [
        f"{uid} {line(titles.get(uid, ''), _SMALL_TITLE)}".rstrip() for uid in list(uids)[:_OTHERS]
    ]
