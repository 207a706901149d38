"""Who reads or writes tables without a model: SQL in strings, query builders, Prisma's client."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indexer.code.readers import Reader
from indexer.code.syntax import line_of
from memory.code.codebase import CodePlace, Edge, Grade, Unresolved
from memory.code.facts import Mark
from memory.code.testing import is_test

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from indexer.code.project_code import CodeProject
    from indexer.code.syntax import SourceFile
    from memory.code.codebase import Table
    from memory.code.facts import FileFacts

_STRINGS = {
    "python": "(string) @string",
    "typescript": "[(string) (template_string)] @string",
    "php": "[(string) (encapsed_string) (heredoc) (nowdoc)] @string",
    "java": "(string_literal) @string",
    "go": "[(interpreted_string_literal) (raw_string_literal)] @string",
}
_STATEMENT = re.compile(
    r"^\W{0,20}(?:(?:WITH|SELECT)\b.*?\bFROM|INSERT\s+(?:IGNORE\s+)?INTO|REPLACE\s+INTO|DELETE\s+FROM"
    r"|UPDATE\s+[\w.`\"\[\]]+(?:\s+(?:AS\s+)?\w+)?\s+SET)\b",
    re.IGNORECASE | re.DOTALL,
)
#: Stands in every file with a statement; that of a query and its table are this far apart at most.
_HAS = re.compile(
    rb"\bSELECT\b(?:(?!\bSELECT\b).){0,3000}?\bFROM\s|\b(?:INSERT|REPLACE)\s+(?:IGNORE\s+)?INTO\s|\bDELETE\s+FROM\s"
    rb"|\bUPDATE\s+\S+\s+(?:\w+\s+){0,2}SET\s",
    re.IGNORECASE | re.DOTALL,
)
_NAMED = re.compile(
    r"\b(?:FROM|JOIN|INTO|UPDATE)\s+(?:ONLY\s+)?[`\"\[]?(?P<name>\w+(?:[`\"\]]?\.[`\"\[]?\w+)?)",
    re.IGNORECASE,
)
_CREATES = re.compile(
    rb"\bCREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?[`\"\[]?(?P<name>[\w.]+)", re.IGNORECASE
)
_READ_ELSEWHERE = frozenset({"alembic", "laravel migrations"})  # whose readers take statements too
_CATALOG = re.compile(r"pg_|information_schema\b|sys\b")
_COMMENTS = re.compile(r"--[^\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL)
_BUILDER = re.compile(
    r"(?:\bDB::table|->(?:from|join|leftJoin|rightJoin|crossJoin))\(\s*(['\"])(?P<name>\w+)(?:\s+as\s+\w+)?\1"
)
_PRISMA = re.compile(
    r"(?<!\w)(?>\w*?prisma|_*+(?:tx|trx|db|client))\w*+\s*+\.\s*+(?P<name>[a-z]\w*)\s*\.\s*(?:find(?:Many|Unique|First)"
    r"(?:OrThrow)?|create(?:Many(?:AndReturn)?)?|update(?:Many(?:AndReturn)?)?|upsert|delete(?:Many)?"
    r"|count|aggregate|groupBy)\s*\(",
    re.IGNORECASE,
)


class Queries(Reader):
    """Statements in strings, and calls that name a table; `edges_to` says whose it is."""

    name = "queries"
    version = 3
    languages = frozenset({*_STRINGS, "sql"})
    hint = re.compile(
        _HAS.pattern + rb"|CREATE\s+TABLE\s|DB::table|->(?:\w*join|from)\(|prisma", _HAS.flags
    )

    def read(self, source: SourceFile) -> Iterable[Mark]:
        """`table`: the name of one that is read or written; `prisma`: that of a model.

        `create`: that of the first one which a statement in a string makes.
        """
        language = source.facts.language
        if language == "sql":
            text = source.content.decode("utf-8", "replace")
            yield from self._named(_COMMENTS.sub(lambda one: "\n" * one[0].count("\n"), text), 1)
            return
        has_some = _HAS.search(source.content)
        creates = _CREATES.search(source.content)
        strings = source.captures(_STRINGS[language]) if has_some or creates else {}
        for node in strings.get("string", ()):
            text = source.text(node)
            if _STATEMENT.match(text):
                yield from self._named(text, line_of(node))
            elif creates and node.start_byte < creates.start() < node.end_byte:
                name = creates["name"].decode("utf-8", "replace")
                yield self._mark("create", name, line_of(node))
        pattern = {"php": _BUILDER, "typescript": _PRISMA}.get(language)
        text = source.content.decode("utf-8", "replace") if pattern else ""
        for each in pattern.finditer(text) if pattern else ():
            kind = "table" if language == "php" else "prisma"
            yield self._mark(kind, each["name"], text.count("\n", 0, each.start()) + 1)

    def _named(self, text: str, first_line: int) -> Iterator[Mark]:
        for each in _NAMED.finditer(text):
            name = re.sub(r"[`\"\[\]]|^public\.", "", each["name"])
            yield self._mark("table", name, first_line + text.count("\n", 0, each.start()))

    def _mark(self, kind: str, name: str, line: int) -> Mark:
        return Mark(self.name, kind, name, line, {})

    def assemble(self, project: CodeProject) -> Iterable[Unresolved]:
        """Tables that statements in strings make, one a file; edges are drawn by `edges_to`."""
        for path, mark in project.marks(self.name, "create"):
            readers = {one.reader for one in project.files[path].marks}
            if not is_test(path) and readers.isdisjoint(_READ_ELSEWHERE):
                reason = "a statement in a string makes it, which is not read"
                yield Unresolved(path, mark.line, "table", mark.name, reason)


def edges_to(tables: Sequence[Table], project: CodeProject) -> Iterator[Edge]:
    """An edge from each definition to the model or file of each table that it names."""
    by_name: dict[str, list[Table]] = {}
    by_model: dict[str, list[Table]] = {}
    for one in tables:
        by_name.setdefault(one.table.lower(), []).append(one)
        if "." in one.table:
            by_name.setdefault(one.table.rpartition(".")[2].lower(), []).append(one)
        if one.file.endswith(".prisma") and one.symbol:
            by_model.setdefault(one.symbol[:1].lower() + one.symbol[1:], []).append(one)
    for path, mark in project.marks(Queries.name):
        is_model = mark.kind == "prisma"
        said = mark.name.lower()
        named = by_model.get(mark.name, []) if is_model else by_name.get(said, [])
        schema, _, last = said.rpartition(".")
        if schema and not named and not _CATALOG.match(schema):
            # A schema that is set before, as by `SET search_path`, stands in no statement.
            own = by_name.get(last, [])
            named = [] if any("." in one.table for one in own) else own
        table = _nearest(path, named)
        if table is not None and table.file != path:
            source = CodePlace(path, _within(project.files[path], mark.line))
            yield Edge(source, CodePlace(table.file, table.symbol), Grade.TABLE, mark.line)


def _nearest(path: str, tables: list[Table]) -> Table | None:
    """The one whose file is in the same part of the project; None where several are."""
    if len(tables) < 2:
        return tables[0] if tables else None
    shared = [_shared(path, one.file) for one in tables]
    return tables[shared.index(max(shared))] if shared.count(max(shared)) == 1 else None


def _shared(path: str, other: str) -> int:
    pairs = zip(path.split("/"), other.split("/"), strict=False)
    same = [one == another for one, another in pairs]
    return same.index(False) if False in same else len(same)


def _within(facts: FileFacts, line: int) -> str:
    """The innermost definition around a line; "" for none."""
    around = [
        one
        for one in facts.definitions
        if one.kind != "constant" and one.line <= line <= one.last_line
    ]
    return around[-1].name if around else ""
