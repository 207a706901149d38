"""Anchors of memories and what became of them."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from memory.models.freshness import Checked, Freshness, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from memory.ledger.connection import Database
    from memory.models.selection import Lens

_ORDER = tuple(Verdict)
_SAID = ("type", "name", "verdict", "reason", "target")  # of a finding, as the table has them


class Finding(NamedTuple):
    """What became of one anchor, and what has to change for that to be another."""

    checked: Checked
    place: str = ""  # the file that was looked at, from the project's root; "" if none was


class KeptFinding(NamedTuple):
    """A finding of the newest revision of a memory."""

    uid: str
    finding: Finding
    since: str  # the commit at which the memory last said something new; "" without one


def fetch_freshness(db: Database, lens: Lens, uids: Iterable[str]) -> dict[str, Freshness]:
    """How fresh these memories are, by uid; none where nothing was looked at.

    What became of an anchor is known of the present only: through another lens there is none.
    """
    if not lens.is_now:
        return {}
    found: dict[str, list[Checked]] = defaultdict(list)
    commits: dict[str, str] = {}
    sql = f"""{_FINDINGS} WHERE m.uid IN (SELECT value FROM json_each(?))"""
    for uid, _, commit, _, *said in db.execute(sql, [json.dumps(list(uids))]):
        found[uid].append(_checked(said))
        commits[uid] = commit
    return {uid: judged(anchors, commits[uid]) for uid, anchors in found.items()}


def judged(anchors: Iterable[Checked], commit: str = "") -> Freshness:
    """What becomes of a memory by its anchors, of which there is one at least."""
    worst = sorted(anchors, key=lambda one: (-_ORDER.index(one.verdict), one.name, one.type))
    return Freshness(verdict=worst[0].verdict, anchors=tuple(worst), commit=commit)


def kept_findings(db: Database) -> list[KeptFinding]:
    """What is known of all anchors, in the order of uids and then of texts."""
    rows = db.execute(f"{_FINDINGS} ORDER BY m.uid, a.position")
    return [
        KeptFinding(uid, Finding(_checked(said), place), since)
        for uid, since, _, place, *said in rows
    ]


def save_findings(
    db: Database, uid: str, revision: int, findings: Sequence[Finding], *, since: str, commit: str
) -> None:
    """Keep what became of a memory's anchors, in place of what was known of them.

    Nothing is kept if it says something else by now: the next look is at that.

    Args:
        db: The ledger.
        uid: Of the memory.
        revision: Number of the revision that names them.
        findings: In the order of its text.
        since: As for `KeptFinding`.
        commit: The commit at which they were looked at; "" without git.
    """
    row = db.execute(
        """
        SELECT m.id, r.id FROM memories AS m JOIN revisions AS r ON r.id = m.newest
        WHERE m.uid = ? AND r.number = ?
        """,
        [uid, revision],
    ).fetchone()
    if row is None:
        return
    db.execute("DELETE FROM anchors WHERE memory_id = ?", [row[0]])
    db.conn.executemany(
        """
        INSERT OR IGNORE INTO anchors (
            memory_id, revision_id, position, type, name, verdict, reason, target, place,
            since, commit_hash
        ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        [
            (*row, position, *(getattr(one, name) for name in _SAID), place, since, commit)
            for position, (one, place) in enumerate(findings)
        ],
    )


_FINDINGS = """
SELECT m.uid, a.since, a.commit_hash, a.place, a.type, a.name, a.verdict, a.reason, a.target
FROM anchors AS a JOIN memories AS m ON m.id = a.memory_id AND m.newest = a.revision_id
JOIN revisions AS r ON r.id = m.newest AND NOT r.removed
"""


def _checked(said: Sequence[str]) -> Checked:
    return Checked.model_validate(dict(zip(_SAID, said, strict=True)))
