"""Full text search over revisions, by SQLite's FTS5."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from memory.ledger.selecting import is_selected

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from memory.ledger.connection import Database
    from memory.models.selection import Selection

TITLE_WEIGHT = 3.0  # of a word in the title against one in the body


class TextMatch(NamedTuple):
    """A revision that has some of the words."""

    revision_id: int
    score: float  # BM25, above 0, higher is better


def save_text(db: Database, revision_id: int, title: str, body: str) -> None:
    """Make a revision's words searchable; revisions are never changed, nor their words."""
    db.execute(
        "INSERT INTO revisions_text (rowid, title, body) VALUES (?, ?, ?)",
        [revision_id, title, body],
    )


def count_words(db: Database, stems: Iterable[str]) -> tuple[dict[str, int], int]:
    """In how many revisions, old ones among them, each stem stands, and how many there are.

    Stems are those of `memory.texts.words`, which are the index's own; those that no revision has
    are left out.
    """
    sql = """
        SELECT term, doc FROM revisions_words WHERE term IN (SELECT value FROM json_each(?))
        UNION ALL SELECT NULL, count(*) FROM revisions
    """
    counts = dict(db.execute(sql, [json.dumps(list(stems))]).fetchall())
    return counts, counts.pop(None)


def match_text(
    db: Database, words: Sequence[str], selection: Selection, *, limit: int
) -> list[TextMatch]:
    """The selected revisions that have any of these words, best first, ties by age."""
    return match_each(db, words, [selection], limit=limit)[0]


def match_each(
    db: Database, words: Sequence[str], selections: Sequence[Selection], *, limit: int
) -> list[list[TextMatch]]:
    """Of each selection the revisions that have any of these words, best first, ties by age.

    Args:
        db: An open ledger.
        words: Single words, without any syntax.
        selections: Which revisions may be found.
        limit: At most so many of each.
    """
    found: list[list[TextMatch]] = [[] for _ in selections]
    if not words:
        return found
    sql = f"""
        SELECT rowid, -bm25(revisions_text, {TITLE_WEIGHT}, 1.0) AS score FROM revisions_text
        WHERE revisions_text MATCH ? ORDER BY score DESC, rowid
    """
    # Selected afterwards, from the best down: told to look at given rows only, FTS5 would
    # answer the whole question again for each of them.
    cursor = db.execute(sql, [any_of(words)])
    rows = 2 * limit
    while any(len(one) < limit for one in found) and (some := cursor.fetchmany(rows)):
        chosen = _selected_among(db, [row[0] for row in some], selections)
        for matches, ids in zip(found, chosen, strict=True):
            fresh = [TextMatch(*row) for row in some if row[0] in ids]
            matches.extend(fresh[: limit - len(matches)])
        rows *= 4  # where one selection has few of them, the rest is looked through soon
    cursor.close()
    return found


def _selected_among(
    db: Database, revision_ids: Sequence[int], selections: Sequence[Selection]
) -> list[set[int]]:
    tests = [is_selected(selection, "given.value") for selection in selections]
    sql = f"SELECT given.value, {', '.join(test for test, _ in tests)} FROM json_each(?) AS given"
    values = [value for _, some in tests for value in some]
    rows = db.execute(sql, [*values, json.dumps(revision_ids)]).fetchall()
    return [{row[0] for row in rows if row[at]} for at in range(1, len(selections) + 1)]


def any_of(words: Sequence[str]) -> str:
    """The FTS5 query for texts that have any of these words, whatever characters they hold.

    Its parser stops at a NUL, in quotes or not.
    """
    return " OR ".join('"{}"'.format(word.replace('"', '""').replace("\0", " ")) for word in words)
