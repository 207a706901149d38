"""Tables of Prisma: the models of a schema, its parts together, and the join tables between."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from indexer.code.readers import Reader
from indexer.code.tables.prisma_blocks import blocks
from memory.code.codebase import Column, ForeignKey, Table, Unresolved
from memory.code.facts import Mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indexer.code.project_code import CodeProject
    from indexer.code.syntax import SourceFile

_FIELD = re.compile(r"(\w++)\s++(Unsupported\(\"[^\"]*\"\)|\w++)(\[\])?(\?)?(.*)")
_ATTRIBUTE = re.compile(r"@{1,2}([\w.]+)(?:\((.{0,499}?)\)(?=\s{0,9}(?:@|$)))?")
_LISTED = re.compile(r"\b(\w++):\s*\[([^\[\]]*)\]")
_BRACKETS = re.compile(r"\([^()]*\)")
_STRING = re.compile(r'(?:\b(\w++):\s*)?"([^"]*)"')
_WORDS = re.compile(r"[A-Z][a-z]+")  # of an action: SetNull


class PrismaSchema(Reader):
    """Models with their fields and attributes."""

    name = "prisma"
    languages = frozenset({"prisma"})
    hint = re.compile(rb"\b(?:model|datasource)\b")

    def read(self, source: SourceFile) -> Iterable[Mark]:
        """`model`: its fields and attributes; `datasource`: that the file begins a schema."""
        for block in blocks(source.content.decode("utf-8", "replace")):
            if block.kind == "datasource":
                yield Mark(self.name, block.kind, block.name, block.line, {})
            elif block.kind == "model":
                fields, own = [], []
                for line, said in block.lines:
                    if said.startswith("@@"):
                        own.append(_attributes(said))
                    elif found := _FIELD.fullmatch(said):
                        name, type_, is_list, is_optional, rest = found.groups()
                        attributes = _attributes(rest)
                        fields.append(
                            [name, type_, bool(is_list), bool(is_optional), attributes, line]
                        )
                    else:
                        fields.append(["", said, False, False, {}, line])
                data = {"fields": fields, "own": own}
                yield Mark(self.name, "model", block.name, block.line, data)

    def assemble(self, project: CodeProject) -> Iterable[Table | Unresolved]:
        """The tables of each schema: of the files at and below the folder of its datasource."""
        folders = {path.rpartition("/")[0] for path, _ in project.marks(self.name, "datasource")}
        schemas: dict[str, list[tuple[str, Mark]]] = {}
        for path, mark in project.marks(self.name, "model"):
            own = path.rpartition("/")[0]
            above = [one for one in folders if not one or f"{own}/".startswith(f"{one}/")]
            schemas.setdefault(max(above, key=len, default=own), []).append((path, mark))
        for models in schemas.values():
            yield from _Schema(models).tables()


def _attributes(said: str) -> dict[str, str]:
    return {found[1]: found[2] or "" for found in _ATTRIBUTE.finditer(said.strip())}


class _Schema:
    def __init__(self, models: list[tuple[str, Mark]]) -> None:
        self._models = models
        self._by_name = {mark.name: mark for _, mark in models}

    def tables(self) -> Iterator[Table | Unresolved]:
        for path, mark in self._models:
            yield from self._table(path, mark)
        yield from self._join_tables()

    def _table(self, path: str, model: Mark) -> Iterator[Table | Unresolved]:
        columns: list[Column] = []
        primary: tuple[str, ...] = ()
        keys: list[ForeignKey] = []
        indexes: list[tuple[str, ...]] = []
        unique: list[tuple[str, ...]] = []
        is_whole = True
        for name, type_, is_list, is_optional, said, line in model.data["fields"]:
            if not name:
                is_whole = False
                reason = "the line is not understood"
                yield Unresolved(path, line, "table", _named(model), reason)
            elif type_ in self._by_name:
                if key := self._key(model, type_, said, line):
                    keys.append(key)
            else:
                column = _mapped(name, said.get("map"))
                # a list is made without NOT NULL, and no null is ever put into it
                columns.append(Column(column, type_ + "[]" * is_list, is_optional or is_list))
                primary = (column,) if "id" in said else primary
                if "unique" in said:
                    unique.append((column,))
        for attributes in model.data["own"]:
            for kind, text in attributes.items():
                found = self._columns(model, text) if kind in {"id", "unique", "index"} else ()
                primary = found if kind == "id" else primary
                unique += [found] if kind == "unique" else []
                indexes += [found] if kind == "index" else []
        yield Table(
            _named(model),
            tuple(columns),
            primary,
            tuple(keys),
            tuple(dict.fromkeys(indexes)),
            tuple(dict.fromkeys(unique)),
            model.name,
            path,
            model.line,
            model.name,
            is_whole,
        )

    def _key(self, model: Mark, to: str, said: dict[str, str], line: int) -> ForeignKey | None:
        """The key of a relation, on the side that has it."""
        relation = said.get("relation", "")
        listed = dict(_LISTED.findall(relation))
        if "fields" not in listed:
            return None
        other = self._by_name[to]
        action = re.search(r"onDelete:\s*(\w+)", relation)
        return ForeignKey(
            self._names(model, listed["fields"]),
            _named(other),
            self._names(other, listed.get("references", "")),
            " ".join(_WORDS.findall(action[1])).upper() if action else "",
            line,
        )

    def _columns(self, model: Mark, text: str) -> tuple[str, ...]:
        """The columns that `[a, b(sort: Desc)]` names, with or without `fields:`."""
        inner = ""
        while inner != text:  # brackets in brackets
            inner, text = text, _BRACKETS.sub("", text)
        found = re.search(r"\[([^\[\]]*)\]", text)
        return self._names(model, found[1]) if found else ()

    def _names(self, model: Mark, listed: str) -> tuple[str, ...]:
        mapped = {one[0]: _mapped(one[0], one[4].get("map")) for one in model.data["fields"]}
        said = (one.strip() for one in listed.split(","))
        return tuple(mapped.get(one, one) for one in said if one)

    def _join_tables(self) -> Iterator[Table]:
        """Of two models that have lists of each other, which no model stands between."""
        seen: dict[str, list[tuple[str, Mark, int]]] = {}
        for path, mark in self._models:
            for _, type_, is_list, _, said, line in mark.data["fields"]:
                if is_list and type_ in self._by_name:
                    relation = said.get("relation", "")
                    named = _STRING.search(relation)
                    pair = "To".join(sorted([mark.name, type_]))
                    name = named[2] if named and named[1] in {None, "name"} else pair
                    seen.setdefault(f"{name} {pair}", []).append((path, mark, line))
        for name, sides in seen.items():
            if len(sides) != 2:
                continue
            (path, one, line), (_, other, _) = sorted(sides, key=lambda side: side[1].name)
            keys = (
                ForeignKey((column,), _named(model), self._primary(model), "CASCADE", at)
                for column, model, at in (("A", one, line), ("B", other, 0))
            )
            columns = (Column("A", "", nullable=False), Column("B", "", nullable=False))
            table = f"_{name.partition(' ')[0]}"
            yield Table(table, columns, (), tuple(keys), (("B",),), (("A", "B"),), "", path, line)

    def _primary(self, model: Mark) -> tuple[str, ...]:
        return tuple(
            _mapped(name, said.get("map"))
            for name, _, _, _, said, _ in model.data["fields"]
            if "id" in said
        )


def _mapped(name: str, said: str | None) -> str:
    found = _STRING.search(said or "")
    return found[2] if found else name


def _named(model: Mark) -> str:
    """The table of a model, with its schema where it names one."""
    said: dict[str, Any] = {name: text for one in model.data["own"] for name, text in one.items()}
    schema = _mapped("", said.get("schema"))
    own = _mapped(model.name, said.get("map"))
    return f"{schema}.{own}" if schema and schema != "public" else own
