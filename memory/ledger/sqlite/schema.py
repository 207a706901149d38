"""The ledger's schema, as the steps that led to it; a shipped step is never changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlite_utils import Migrations

from memory.ledger.sqlite.seals import WORDS, seal_tables, words_digest

if TYPE_CHECKING:
    from sqlite_utils import Database

migrations = Migrations("archmem")

SCHEMA_VERSION = 6  # the number of steps below; stored in the file as PRAGMA user_version


def _run(db: Database, script: str) -> None:
    for statement in script.split(";\n"):
        if statement.strip():
            db.execute(statement)


@migrations()
def m001_memories(db: Database) -> None:
    """Memories and their revisions, links, passages, embeddings, and the files they are from."""
    _run(
        db,
        """
CREATE TABLE memories (
    id INTEGER PRIMARY KEY,
    uid TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    newest INTEGER REFERENCES revisions (id) DEFERRABLE INITIALLY DEFERRED,
    path TEXT,
    first_line INTEGER,
    last_line INTEGER,
    entry TEXT NOT NULL DEFAULT '',
    pending_file INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX memories_by_path ON memories (path);
CREATE INDEX memories_by_newest ON memories (newest);

CREATE TABLE revisions (
    id INTEGER PRIMARY KEY,
    memory_id INTEGER NOT NULL REFERENCES memories (id),
    number INTEGER NOT NULL,
    digest TEXT NOT NULL,
    removed INTEGER NOT NULL DEFAULT 0,
    title TEXT NOT NULL,
    status TEXT NOT NULL,
    agent TEXT,
    valid_from TEXT,
    valid_to TEXT,
    recorded_at TEXT NOT NULL,
    draft TEXT NOT NULL,
    source TEXT NOT NULL,
    UNIQUE (memory_id, number)
) STRICT;
CREATE INDEX revisions_by_digest ON revisions (digest);
CREATE INDEX revisions_by_number ON revisions (json_extract(draft, '$.details.number'));

CREATE TABLE labels (
    revision_id INTEGER NOT NULL REFERENCES revisions (id),
    name TEXT NOT NULL CHECK (name IN ('module', 'mention', 'tag')),
    value TEXT NOT NULL COLLATE NOCASE,
    PRIMARY KEY (revision_id, name, value)
) STRICT, WITHOUT ROWID;
CREATE INDEX labels_by_value ON labels (name, value);

CREATE TABLE links (
    id INTEGER PRIMARY KEY,
    revision_id INTEGER NOT NULL REFERENCES revisions (id),
    type TEXT NOT NULL,
    inverse INTEGER NOT NULL,
    partial INTEGER NOT NULL,
    target TEXT NOT NULL,
    target_id INTEGER REFERENCES memories (id),
    evidence TEXT NOT NULL
) STRICT;
CREATE INDEX links_by_revision ON links (revision_id);
CREATE INDEX links_by_target ON links (target_id);

CREATE TABLE passages (
    id INTEGER PRIMARY KEY,
    revision_id INTEGER NOT NULL REFERENCES revisions (id),
    position INTEGER NOT NULL,
    title TEXT NOT NULL,
    heading TEXT NOT NULL,
    text TEXT NOT NULL,
    first_line INTEGER,
    last_line INTEGER,
    text_hash TEXT NOT NULL,
    UNIQUE (revision_id, position)
) STRICT;
CREATE INDEX passages_by_hash ON passages (text_hash);

CREATE VIRTUAL TABLE revisions_text USING fts5 (
    title, body,
    content = '',
    tokenize = 'porter unicode61 remove_diacritics 2'
);
CREATE VIRTUAL TABLE revisions_words USING fts5vocab (revisions_text, row);

CREATE TABLE embeddings (
    model TEXT NOT NULL,
    text_hash TEXT NOT NULL,
    vector BLOB NOT NULL,
    PRIMARY KEY (model, text_hash)
) STRICT, WITHOUT ROWID;
CREATE TABLE embedding_queue (
    text_hash TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

CREATE TABLE files (
    path TEXT NOT NULL,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    content_hash TEXT,
    state TEXT NOT NULL,
    problem TEXT,
    read_at_ns INTEGER NOT NULL,
    worktree TEXT NOT NULL,
    said TEXT NOT NULL,
    PRIMARY KEY (path, worktree)
) STRICT, WITHOUT ROWID;

CREATE TABLE facts (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID
""",
    )


@migrations()
def m002_coordination(db: Database) -> None:
    """What became of the places that memories name, and what consolidation changed."""
    _run(
        db,
        """
CREATE TABLE anchors (
    memory_id INTEGER NOT NULL REFERENCES memories (id),
    type TEXT NOT NULL,
    name TEXT NOT NULL,
    verdict TEXT NOT NULL,
    reason TEXT NOT NULL,
    target TEXT NOT NULL,
    place TEXT NOT NULL,
    position INTEGER NOT NULL,
    revision_id INTEGER NOT NULL REFERENCES revisions (id),
    since TEXT NOT NULL,
    commit_hash TEXT NOT NULL,
    PRIMARY KEY (memory_id, type, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE consolidations (
    id INTEGER PRIMARY KEY,
    proposal TEXT NOT NULL UNIQUE,
    said TEXT NOT NULL,
    applied_at TEXT NOT NULL,
    undone_at TEXT
) STRICT;

CREATE INDEX revisions_by_metric ON revisions (
    replace(replace(lower(json_extract(draft, '$.details.metric')), ' ', '_'), '-', '_')
) WHERE json_extract(draft, '$.details.metric') IS NOT NULL;

CREATE INDEX memories_that_are_runs ON memories (id) WHERE kind = 'run';
CREATE INDEX revisions_that_were_reverted ON revisions (memory_id) WHERE status = 'reverted';
CREATE INDEX links_that_revert ON links (target_id) WHERE type = 'reverts'
""",
    )


@migrations()
def m003_changes(db: Database) -> None:
    """The log of changes, and the names that references look memories up by."""
    _run(
        db,
        """
CREATE TABLE changes (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    what TEXT NOT NULL CHECK (what IN ('said', 'moved', 'embedded')),
    memory_id INTEGER REFERENCES memories (id),
    revision_id INTEGER
) STRICT;
CREATE INDEX changes_by_memory ON changes (memory_id, seq);
INSERT INTO changes (seq, what, memory_id, revision_id)
SELECT id, 'said', memory_id, id FROM revisions ORDER BY id;
CREATE TRIGGER memories_say AFTER UPDATE OF newest ON memories WHEN NEW.newest IS NOT OLD.newest
BEGIN INSERT INTO changes (what, memory_id, revision_id) VALUES ('said', NEW.id, NEW.newest); END;
CREATE TRIGGER memories_move AFTER UPDATE OF path ON memories
WHEN NEW.path IS NOT OLD.path AND OLD.newest IS NOT NULL
BEGIN INSERT INTO changes (what, memory_id) VALUES ('moved', NEW.id); END;

CREATE TABLE names (
    name TEXT NOT NULL,
    memory_id INTEGER NOT NULL REFERENCES memories (id),
    PRIMARY KEY (name, memory_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX names_by_memory ON names (memory_id);
CREATE TABLE link_names (
    name TEXT NOT NULL,
    link_id INTEGER NOT NULL,
    PRIMARY KEY (name, link_id)
) STRICT, WITHOUT ROWID;

DELETE FROM facts WHERE name = 'linked'
""",
    )


@migrations()
def m004_code(db: Database) -> None:
    """Facts of code by the content of files, and which content each file had."""
    _run(
        db,
        """
CREATE TABLE code_facts (
    extractor TEXT NOT NULL,
    blob TEXT NOT NULL,
    facts BLOB NOT NULL,
    PRIMARY KEY (extractor, blob)
) STRICT;

CREATE TABLE code_files (
    worktree TEXT NOT NULL,
    path TEXT NOT NULL,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    blob TEXT NOT NULL,
    read_at_ns INTEGER NOT NULL,
    PRIMARY KEY (worktree, path)
) STRICT, WITHOUT ROWID
""",
    )


@migrations()
def m005_calendar(db: Database) -> None:
    """When git came to know of files and of what they said."""
    _run(
        db,
        """
ALTER TABLE memories ADD COLUMN added_at TEXT;
ALTER TABLE memories ADD COLUMN added_in TEXT;
ALTER TABLE revisions ADD COLUMN since TEXT;
ALTER TABLE revisions ADD COLUMN committed_in TEXT;
ALTER TABLE revisions ADD COLUMN place REAL
""",
    )


@migrations()
def m006_seals(db: Database) -> None:
    """Checksums of all rows."""
    seal_tables(db)
    db.execute(
        "INSERT OR REPLACE INTO facts (name, value) VALUES (?, ?)", [WORDS, words_digest(db)]
    )
