"""A ledger as lines of JSON, without loss, and as Markdown for people."""

from __future__ import annotations

import base64
import json
import os
import tempfile
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from memory.credentials.gate import kept_gate
from memory.errors import InvalidRequest
from memory.keeping.forgetting import finish
from memory.keeping.screening import screen
from memory.ledger.sqlite.schema import SCHEMA_VERSION
from memory.ledger.times import to_text
from memory.models.keeping import Exported
from memory.models.selection import EVERYTHING
from memory.retrieval.passages import derived, weighed
from memory.texts.plain_file import read_beginning
from memory.texts.safe_text import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import TextIO

    from memory.ledger.interface.database import Database
    from memory.models.memory import Memory
    from memory.session import Session

FORMAT = "archmem-export"
VERSION = 1  # of the form of the lines


def export_lines(db: Database) -> Iterator[str]:
    """Every row of the ledger, a JSON object a line.

    The first line says what the others are, the last one how many, so that a part is none.
    """
    yield json.dumps({"format": FORMAT, "version": VERSION, "schema": SCHEMA_VERSION})
    count = 0
    for table, row in db.rows.all():
        count += 1
        said = {name: _said(value) for name, value in row.items()}
        yield json.dumps({"table": table, "row": said}, ensure_ascii=False)
    yield json.dumps({"rows": count})


def is_export(file: Path) -> bool:
    """Whether a file begins as the lines of an export do."""
    begin = b'{"format": "%s"' % FORMAT.encode()
    try:
        return read_beginning(file, len(begin)) == begin
    except OSError:
        return False


def export(session: Session, to: Path, *, markdown: bool) -> Exported:
    """See `ArchMem.export`."""
    if to.resolve().is_relative_to(session.folder.resolve()):
        raise InvalidRequest("export", f"{to} is a place of the memory itself")
    with session.ledger.reading() as db:
        try:
            if markdown:
                return _as_markdown(db.memories.select(EVERYTHING), to)
            return _as_lines(export_lines(db), to)
        except OSError as error:
            what = f"{to} cannot be written: {error.strerror or error}"
            raise InvalidRequest("export", what) from error


def _as_lines(lines: Iterable[str], to: Path) -> Exported:
    """All of them, or the file is as it was; only its user may read it."""
    if to.is_dir():
        raise InvalidRequest("export", f"{to} is a folder")
    to.parent.mkdir(parents=True, exist_ok=True)
    with _written(to) as file:
        count = 0
        for line in lines:
            file.write(f"{line}\n")
            count += 1
        file.flush()
        os.fsync(file.fileno())
    return Exported(to=str(to), rows=count - 2)


@contextmanager
def _written(to: Path) -> Iterator[TextIO]:
    """A file that is there when the block ends well, in the place of what was, a link too."""
    handle, name = tempfile.mkstemp(prefix=f".{to.name}.", dir=to.parent)
    draft = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="surrogatepass") as file:
            yield file
        draft.replace(to)
    finally:
        draft.unlink(missing_ok=True)


def import_lines(session: Session, lines: Iterable[str]) -> Exported:
    """Fill an empty memory with what another one exported; all of it or nothing.

    Raises:
        InvalidRequest: the memory is not empty, or a line is not what an export has.
    """
    count = 0
    with session.ledger.writing() as db:
        if db.changes.latest():
            raise InvalidRequest("import", "the memory here is not empty")
        rows = _rows(lines)
        with db.rows.filling(derived, weighed) as put:
            for count, (table, row) in enumerate(rows, 1):
                if not put(table, row):
                    raise InvalidRequest("import", f"line {count + 1}: no row of this schema")
        withheld = screen(db, kept_gate(db))
        if withheld:  # no byte of them stays in the file, either
            db.erasing.mark("imported", {"at": to_text(datetime.now(UTC)), "by": "import"})
    finish(session)
    return Exported(to=str(session.folder), rows=count, withheld=withheld)


def _rows(lines: Iterable[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    head: dict[str, Any] | None = None
    is_whole = False
    for number, line in enumerate(lines, 1):
        try:
            said = json.loads(line)
            is_whole = head is not None and said.get("rows") == number - 2
            if is_whole:
                continue
            if head is None:
                head = said
                if said["format"] != FORMAT or said["version"] > VERSION:
                    what = f"it is no export that is understood: {line.strip()[:80]}"
                    raise InvalidRequest("import", what)
                if said["schema"] != SCHEMA_VERSION:
                    what = f"it is of schema {said['schema']}, this archmem has {SCHEMA_VERSION}"
                    raise InvalidRequest("import", what)
                continue
            yield said["table"], {name: _meant(value) for name, value in said["row"].items()}
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise InvalidRequest("import", f"line {number} is no line of an export") from error
    if head is None:
        raise InvalidRequest("import", "there is nothing in it")
    if not is_whole:
        raise InvalidRequest("import", "its end is missing")


def _said(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode("ascii")}
    return value


def _meant(value: Any) -> Any:
    return base64.b64decode(value["base64"]) if isinstance(value, dict) else value


def _as_markdown(memories: Iterable[Memory], to: Path) -> Exported:
    count = 0
    for memory in memories:
        draft = memory.revision.draft
        folder = to / str(memory.kind)
        folder.mkdir(parents=True, exist_ok=True)
        source = memory.revision.source
        head = (
            ("Status", draft.status),
            ("Date", draft.date),
            ("Modules", ", ".join(draft.modules)),
            ("Said by", source.author),
            ("Trust", memory.revision.trust),
            ("Stands in", memory.citation),
            ("Revisions", memory.revisions),
        )
        lines = [f"- {name}: {visible(str(value))}" for name, value in head if value]
        text = f"# {visible(draft.title)}\n\n" + "\n".join(lines) + f"\n\n{visible(draft.body)}\n"
        with _written(folder / f"{memory.uid}.md") as file:
            file.write(text)
        count += 1
    return Exported(to=str(to), rows=count)
