"""Values and stand-ins that tests are made of; a test changes only what it is about."""

import itertools
import os
import re
import shutil
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath

import numpy as np

from indexer.formats.document import Document, Parsed, Problem
from indexer.pipeline import take_in
from memory.kinds.vocabulary import LinkType, Status, Trust
from memory.ledger.adoption import adopt
from memory.ledger.interface.database import Ledger
from memory.ledger.sqlite.connection import open_ledger
from memory.models.details import Decision, Note
from memory.models.memory import Draft, Memory, Reference, Revision, Source
from memory.models.report import IndexReport

NOW = datetime(2026, 6, 1, tzinfo=UTC)
DAY = timedelta(days=1)
YEAR = timedelta(days=365)
make_fifo = getattr(os, "mkfifo", None)  # Windows has none


def copy_project(source: Path, to: Path, **how) -> Path:
    """A copy of a project with its memory, which may be opened."""
    shutil.copytree(source, to, **how)
    for ledger in to.rglob("memory.db"):
        adopt(ledger)
    return to


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def a_draft(**changes) -> Draft:
    said = {"title": "Use a queue", "body": "Orders are put in a queue.", "details": Note()}
    return Draft(**(said | changes))


def a_decision(**changes) -> Draft:
    """A decision; `status` and `number` go into its details."""
    details = {name: changes.pop(name) for name in ("status", "number") if name in changes}
    return a_draft(details=Decision(**({"status": Status.ACCEPTED} | details)), **changes)


def a_source(**changes) -> Source:
    said = {"author": "indexer", "trust": Trust.TEAM, "path": "notes.txt", "lines": (1, 2)}
    return Source(**(said | changes))


def a_memory(uid: str = "dec-aaaaaaaa", **changes) -> Memory:
    """A memory as it was first recorded; changes are those of its draft."""
    revision = Revision(number=1, draft=a_draft(**changes), source=a_source(), recorded_at=NOW)
    return Memory(uid=uid, revision=revision, revisions=1)


def supersedes(target: str, **changes) -> Reference:
    return Reference(type=LinkType.SUPERSEDES, target=target, **changes)


#: How many kills and flipped bits `make chaos` asks for; 0 where nobody asks for many.
IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
CHAOS = int(os.environ.get("ARCHMEM_CHAOS", "0"))


class WordEmbedder:
    """A model without a model: texts that share words are near to one another."""

    model_id = "words@1/fp32"
    dimension = 32
    max_tokens = 256

    def __init__(self):
        self.encoded = []  # every text that was ever encoded

    def encode(self, texts, *, on_progress=None):
        self.encoded += texts
        for _ in texts if on_progress else ():
            on_progress(1)
        return np.stack([self.encode_query(text) for text in texts])

    def encode_query(self, text):
        vector = np.zeros(self.dimension, dtype=np.float32)
        for word in re.findall(r"\w+", text.lower()) or [""]:
            vector[zlib.crc32(word.encode("utf-8", "replace")) % self.dimension] += 1
        return vector / np.linalg.norm(vector)

    def count_tokens(self, text):
        return len(text.split()) + 2


class EntryFormat:
    """Entries in `*.txt`, each below a line `# title`; a `*.one.txt` is a single entry.

    Below the title may stand `uid: …`, `status: …`, `number: …`, `from: DATE`, `module: …` and
    `supersedes: …`, the rest is the body. A file that begins with `!` is not of this format.
    """

    name = "entries"
    trust = Trust.TEAM
    endings = frozenset[str]()  # any
    record_folders = ()

    def knowing(self, found):
        return self

    def accepts(self, path: PurePosixPath) -> bool:
        return path.suffix == ".txt"

    def parse(self, document: Document) -> Parsed:
        if document.text.startswith("!"):
            problems = [Problem(document.path, f"broken {n}", line=n) for n in (1, 2)]
            return Parsed((), tuple(problems), failed=True)
        lines = document.text.rstrip("\n").split("\n")
        starts = [number for number, line in enumerate(lines) if line.startswith("# ")]
        drafts = [
            self._draft(document, lines[start:end], start + 1)
            for start, end in itertools.pairwise([*starts, len(lines)])
        ]
        doubts = [Problem(document.path, line[2:]) for line in lines if line.startswith("? ")]
        return Parsed(tuple(drafts), tuple(doubts))

    def _draft(self, document: Document, lines: list[str], first: int) -> Draft:
        title = lines[0][2:]
        said = dict(line.split(": ", 1) for line in lines[1:] if re.match(r"[a-z]+: ", line))
        return a_decision(
            title=title,
            body="\n".join(lines),
            status=Status(said.get("status", "accepted")),
            number=int(said["number"]) if "number" in said else None,
            valid_from=day(said["from"]) if "from" in said else None,
            references=(supersedes(said["supersedes"]),) if "supersedes" in said else (),
            key="" if document.path.endswith(".one.txt") else title.lower().replace(" ", "-"),
            lines=(first, first + len(lines) - 1),
            uid=said.get("uid"),
            modules=(said["module"],) if "module" in said else (),
        )


class Project:
    """A folder of entries and its ledger.

    Files are dated in the past, each write a second later than the one before, so that no test
    waits for a file to settle and none is read again because it is young.
    """

    def __init__(self, folder: Path) -> None:
        self.root = folder / "project"
        self.store = folder / "store"
        self.root.mkdir()
        self.store.mkdir()
        self.ledger: Ledger = open_ledger(self.store / "memory.db", create=True)
        self._clock = itertools.count(1_700_000_000)

    @property
    def db(self):
        return self.ledger.db

    def write(self, path: str, text: str) -> Path:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        self.touch(path)
        return file

    def touch(self, path: str) -> None:
        moment = next(self._clock)
        os.utime(self.root / path, (moment, moment))

    def move(self, old: str, new: str) -> None:
        (self.root / new).parent.mkdir(parents=True, exist_ok=True)
        (self.root / old).rename(self.root / new)

    def delete(self, path: str) -> None:
        (self.root / path).unlink()

    def index(self, *, only=None, accept_removals: bool = True) -> IndexReport:
        return take_in(
            self.ledger, self.root, [EntryFormat()], only=only, accept_removals=accept_removals
        )

    def memories(self) -> list[Memory]:
        from memory.models.selection import EVERYTHING

        return self.db.memories.select(EVERYTHING)

    def uids(self) -> dict[str, str]:
        """Of the memories that are there, by title."""
        return {memory.title: memory.uid for memory in self.memories()}

    def rows(self) -> dict[str, list[tuple]]:
        return rows(self.db)

    def close(self) -> None:
        self.ledger.close()


def rows(db) -> dict[str, list[tuple]]:
    """All that a ledger holds, by table."""
    return {
        name: db.execute(f"SELECT * FROM [{name}]").fetchall()
        for name in sorted(db.table_names())
        if name not in ("revisions_text", "facts") and not name.startswith("_sqlite")
    }


class FailingConnection:
    """A SQLite connection whose k-th change fails as on a full disk; it counts what it is asked."""

    def __init__(self, connection, fail_at: int | None = None) -> None:
        self._connection = connection
        self.fail_at = fail_at
        self.changes = 0

    def __getattr__(self, name):
        return getattr(self._connection, name)

    def execute(self, sql, *values):
        self._count(sql)
        return self._connection.execute(sql, *values)

    def executemany(self, sql, values):
        self._count(sql)
        return self._connection.executemany(sql, values)

    def _count(self, sql):
        if not re.match(r"\s*(?:INSERT|UPDATE|DELETE|COMMIT|BEGIN)", sql):
            return
        self.changes += 1
        if self.changes == self.fail_at:
            raise OSError("disk full")


def failing(ledger: Ledger, fail_at: int | None = None) -> FailingConnection:
    """Afterwards the ledger's connection fails at its k-th change."""
    ledger.db.conn = FailingConnection(ledger.db.conn, fail_at)
    return ledger.db.conn


def mended(ledger: Ledger) -> None:
    """Afterwards it works again."""
    ledger.db.conn = ledger.db.conn._connection
