"""What rows say without some words: the words of people, not how archmem writes them down."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import BaseModel, ValidationError

from memory.errors import InvalidRequest
from memory.ledger.sqlite.examining import SCHEMA
from memory.ledger.sqlite.seals import SEALED, WORDS
from memory.ledger.store_facts import (
    ALLOWED,
    ANCHORS,
    CALENDAR,
    CODE_COMMITS,
    ERASING,
    GATE_KEY,
    HISTORY,
    LABELLED,
    LINKED,
    MODEL,
    PARSED_BY,
    REVIEWED,
)
from memory.models.memory import Draft, Source
from memory.models.rewriting import rewritten

if TYPE_CHECKING:
    from collections.abc import Iterator

    from memory.ledger.interface.upkeep import Redact
    from memory.ledger.sqlite.database import SqliteDatabase

#: Columns that hold text of people, by table; those of JSON hold it in strings.
_TEXTS = {
    "memories": ("entry",),
    "revisions": ("title", "agent"),
    "labels": ("value",),
    "links": ("target", "evidence"),
    "anchors": ("name", "reason", "target", "place"),
    "names": ("name",),
    "link_names": ("name",),
    "files": ("problem",),
}
#: Of these, names that were made from a text: no word of it stands in them as it was written.
_NAMES = {("memories", "entry"), ("names", "name"), ("link_names", "name")}
_JSON = {"revisions": ("draft", "source"), "consolidations": ("said",), "facts": ("value",)}
_MODELS: dict[str, type[BaseModel]] = {"draft": Draft, "source": Source}  # by column
#: Facts that hold digests, commits, versions and days, by which the ledger is read.
_BOOKS = (
    *(ANCHORS, CALENDAR, CODE_COMMITS, ERASING, HISTORY, LABELLED, LINKED, MODEL, PARSED_BY),
    *(REVIEWED, SCHEMA, WORDS, GATE_KEY, ALLOWED),
)


class RedactedText(NamedTuple):
    """A text of a row, and what it is without some words."""

    table: str
    column: str
    key: tuple[Any, ...]
    new: str


def redacted_rows(db: SqliteDatabase, redact: Redact) -> Iterator[RedactedText]:
    """Every text that some words stand in.

    Raises:
        InvalidRequest: without them a memory would be none.
    """
    for texts, is_json in ((_TEXTS, False), (_JSON, True)):
        for table, columns in texts.items():
            keys = next(one.key for one in SEALED if one.name == table)
            for column in columns:
                sql = f"SELECT {', '.join(keys)}, {column} FROM {table} WHERE {column} IS NOT NULL"
                for *key, value in db.execute(sql).fetchall():
                    if table == "facts" and key[0] in _BOOKS:
                        continue
                    plain = redact.key if (table, column) in _NAMES else redact
                    new = _of_json(column, value, redact) if is_json else plain(value)
                    if new != value:
                        yield RedactedText(table, column, tuple(key), new)


def _of_json(column: str, value: str, redact: Redact) -> str:
    if model := _MODELS.get(column):
        return _of_model(model, value, redact)
    try:
        said = json.loads(value)
    except ValueError:
        return redact(value)
    new = rewritten(said, redact)
    return value if new == said else json.dumps(new, ensure_ascii=False, separators=(",", ":"))


def _of_model(model: type[BaseModel], value: str, redact: Redact) -> str:
    said = model.model_validate_json(value)
    new = rewritten(said, redact)
    if isinstance(said, Draft):
        new = new.model_copy(update={"key": redact.key(said.key)})
    if new == said:
        return value
    text: str = new.model_dump_json(exclude_defaults=True)
    try:
        model.model_validate_json(text)
    except ValidationError as error:
        place = ".".join(map(str, error.errors()[0]["loc"]))
        raise InvalidRequest("forget", f"without these words there is no {place}") from error
    return text
