"""Full text search over revisions, by SQLite's FTS5."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlite_utils import Database

from memory.ledger.selecting import selected

if TYPE_CHECKING:
    from collections.abc import Sequence

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


def count_holders(db: Database, words: Sequence[str]) -> dict[str, int]:
    """In how many revisions, old ones among them, each word stands in some form of it."""
    stems = _stems(words)
    counts = dict(
        db.execute(
            f"SELECT term, doc FROM revisions_words WHERE term IN ({', '.join('?' * len(stems))})",
            list(stems.values()),
        ).fetchall()
    )
    return {word: int(counts.get(stem, 0)) for word, stem in stems.items()}


def match_text(
    db: Database, words: Sequence[str], selection: Selection, *, limit: int
) -> list[TextMatch]:
    """The selected revisions that have any of these words, best first, ties by age.

    Args:
        db: An open ledger.
        words: Single words, without any syntax.
        selection: Which revisions may be found.
        limit: At most so many.
    """
    if not words:
        return []
    ids, values = selected(selection)
    sql = f"""
        SELECT rowid, -bm25(revisions_text, {TITLE_WEIGHT}, 1.0) AS score FROM revisions_text
        WHERE revisions_text MATCH ? AND rowid IN ({ids})
        ORDER BY score DESC, rowid LIMIT ?
    """
    return [TextMatch(*row) for row in db.execute(sql, [any_of(words), *values, limit])]


def any_of(words: Sequence[str]) -> str:
    """The FTS5 query for texts that have any of these words, whatever characters they hold."""
    """An FTS5 query; its parser stops at a NUL, in quotes or not."""
    return " OR ".join('"{}"'.format(word.replace('"', '""').replace("\0", " ")) for word in words)


def _stems(words: Sequence[str]) -> dict[str, str]:
    """What the index's own tokenizer makes of each word; a word that it splits is left out."""
    scratch = Database(memory=True)
    scratch.execute(
        "CREATE VIRTUAL TABLE words USING fts5 "
        "(word, tokenize = 'porter unicode61 remove_diacritics 2')"
    )
    scratch.execute("CREATE VIRTUAL TABLE tokens USING fts5vocab (words, instance)")
    scratch.conn.executemany(
        "INSERT INTO words (rowid, word) VALUES (?, ?)", list(enumerate(words))
    )
    stems: dict[int, list[str]] = {}
    for number, term in scratch.execute("SELECT doc, term FROM tokens"):
        stems.setdefault(number, []).append(term)
    scratch.close()
    return {words[number]: terms[0] for number, terms in stems.items() if len(terms) == 1}
