"""Puts what git says of a file in one order with the revisions that the ledger has of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory.ledger.interface.calendar import Placed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from memory.ledger.interface.calendar import RecordedRevision, Version


def collapsed(versions: Iterable[Version]) -> list[Version]:
    """The versions that say something else than those before them, but for white space."""
    kept: list[Version] = []
    for one in versions:
        if not kept or _said(kept[-1]) != _said(one):
            kept.append(one)
    return kept


def in_order(told: Sequence[RecordedRevision], versions: Sequence[Version]) -> list[Placed]:
    """The ledger's revisions, each with the version that it is, and the other versions between.

    The newest revision stays the last: it is what the file says today, committed or not.

    Args:
        told: The ledger's revisions, the first one first; at least one.
        versions: As git has them, the first one first, no two neighbours saying the same.
    """
    said = [_said(one.version) for one in told]
    last = len(told) - 1
    is_committed = bool(versions) and _said(versions[-1]) == said[last]
    earlier = versions[:-1] if is_committed else versions
    placed: list[Placed] = []
    next_ = 0
    for version in earlier:
        same = next((at for at in range(next_, last) if said[at] == _said(version)), None)
        if same is None:
            placed.append(Placed(None, version))
            continue
        placed += [Placed(told[at].number, None) for at in range(next_, same)]
        placed.append(Placed(told[same].number, version))
        next_ = same + 1
    placed += [Placed(told[at].number, None) for at in range(next_, last)]
    return [*placed, Placed(told[last].number, versions[-1] if is_committed else None)]


def _said(version: Version) -> tuple[bool, str]:
    draft = version.draft
    plain = draft.model_copy(update={"body": " ".join(draft.body.split())})
    return version.removed, plain.digest
