"""Changelogs of Liquibase, in XML, YAML or JSON, as one tree; and the SQL of their changes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from xml.parsers import expat

import yaml

from indexer.markup.yaml_text import compose

if TYPE_CHECKING:
    from collections.abc import Iterator

_FORMS = {
    "dropTable": "DROP TABLE {table}",
    "renameTable": "ALTER TABLE {old_table} RENAME TO {new_table}",
    "dropColumn": "ALTER TABLE {table} DROP COLUMN {columns}",
    "renameColumn": "ALTER TABLE {table} RENAME COLUMN {old} TO {new}",
    "modifyDataType": "ALTER TABLE {table} ALTER COLUMN {columns} TYPE {type}",
    "addNotNullConstraint": "ALTER TABLE {table} ALTER COLUMN {columns} SET NOT NULL",
    "dropNotNullConstraint": "ALTER TABLE {table} ALTER COLUMN {columns} DROP NOT NULL",
    "addPrimaryKey": "ALTER TABLE {table} ADD{named} PRIMARY KEY ({columns})",
    "addUniqueConstraint": "ALTER TABLE {table} ADD{named} UNIQUE ({columns})",
    "addForeignKeyConstraint": "ALTER TABLE {base} ADD{named} FOREIGN KEY ({own})"
    " REFERENCES {to} ({others}){then}",
    "createIndex": "CREATE {unique}INDEX {name} ON {table} ({columns})",
    "dropIndex": "DROP INDEX {name}",
    "dropUniqueConstraint": "ALTER TABLE {table} DROP{named}",
    "dropPrimaryKey": "ALTER TABLE {table} DROP PRIMARY KEY",
    "dropForeignKeyConstraint": "ALTER TABLE {base} DROP{named}",
}
#: Changes of nothing that is told of a table.
QUIET = frozenset(
    """sql insert update delete loadData loadUpdateData tagDatabase output stop empty createView
    dropView renameView createProcedure dropProcedure createFunction dropFunction
    createTrigger dropTrigger enableTrigger disableTrigger renameTrigger createPackage
    createPackageBody dropPackage dropPackageBody createSequence alterSequence dropSequence
    renameSequence createSynonym dropSynonym setTableRemarks setColumnRemarks
    addDefaultValue dropDefaultValue addAutoIncrement addCheckConstraint dropCheckConstraint
    enableCheckConstraint disableCheckConstraint modifySql validCheckSum""".split()
)
_TYPE = re.compile(r"^(?:java\.sql\.Types\.)?\$?\{?([\w ]+)\}?")


class ChangelogPart(NamedTuple):
    """An element: a change, a column, its constraints."""

    tag: str
    line: int
    said: dict[str, str]
    inside: list[ChangelogPart]
    text: list[str]

    def all(self, tag: str) -> list[ChangelogPart]:
        """Those of a tag in it."""
        return [one for one in self.inside if one.tag == tag]


def read_changelog(content: bytes) -> list[ChangelogPart]:
    """Changesets and includes of a changelog, in order; nothing of what is none."""
    try:
        if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
            return _of_xml(content)
        text = content.decode("utf-8", "replace")
        if text.lstrip("\ufeff \t\r\n").startswith("{"):
            text = text.replace("\t", " ")  # which stand in JSON between its values only
        node = compose(text)
        root = _of_yaml("", node).all("databaseChangeLog") if node is not None else []
    except (expat.ExpatError, yaml.YAMLError, ValueError, RecursionError):
        return []
    return root[0].inside if root else []


def _of_xml(content: bytes) -> list[ChangelogPart]:
    parser = expat.ParserCreate()
    open_ = [ChangelogPart("", 0, {}, [], [])]

    def start(tag: str, said: dict[str, str]) -> None:
        one = ChangelogPart(tag.rpartition(":")[2], parser.CurrentLineNumber, said, [], [])
        open_[-1].inside.append(one)
        open_.append(one)

    parser.StartElementHandler = start

    def end(_: str) -> None:
        open_.pop()

    def data(said: str) -> None:
        open_[-1].text.append(said)

    parser.EndElementHandler, parser.CharacterDataHandler = end, data
    parser.Parse(content, True)
    root = open_[0].all("databaseChangeLog")
    return root[0].inside if root else []


def _of_yaml(tag: str, node: yaml.Node) -> ChangelogPart:
    """An element for each key that has more than a text; lists add up."""
    one = ChangelogPart(tag, node.start_mark.line + 1, {}, [], [])
    if isinstance(node, yaml.ScalarNode):
        one.text.append(node.value)
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    if isinstance(node, yaml.SequenceNode):
        pairs = [
            each
            for inner in node.value
            if isinstance(inner, yaml.MappingNode)
            for each in inner.value
        ]
    for key, value in pairs:
        if isinstance(value, yaml.ScalarNode):
            one.said[str(key.value)] = value.value
            one.inside.append(_of_yaml(str(key.value), value))
        elif key.value in {"changes", "columns"}:
            one.inside.extend(_of_yaml("", value).inside)
        else:
            part = _of_yaml(str(key.value), value)
            one.inside.append(part._replace(line=key.start_mark.line + 1))
    return one


def statement(one: ChangelogPart) -> str:
    """The SQL of a change of tables; "" for one that changes none."""
    if one.tag == "createTable":
        return _create(one, _table(one.said, "tableName"))
    if one.tag == "sql":
        return one.said.get("sql", "") or "".join(one.text)
    if one.tag in {"addColumn", "dropColumn"} and one.all("column"):
        alter = f"ALTER TABLE {_table(one.said, 'tableName')}"
        does = "ADD COLUMN" if one.tag == "addColumn" else "DROP COLUMN"
        said = _column if one.tag == "addColumn" else _named
        return "; ".join(f"{alter} {does} {said(each)}" for each in one.all("column"))
    form = _FORMS.get(one.tag, "")
    return form.format_map(_fields(one)) if form else ""


def _fields(one: ChangelogPart) -> dict[str, str]:
    """What the statements of `_FORMS` are filled with."""
    said = one.said
    name = said.get("constraintName", said.get("indexName", ""))
    then = said.get("onDelete", "")
    inside = ", ".join(map(_named, one.all("column")))
    return {
        "table": _table(said, "tableName"),
        "old_table": _table(said, "oldTableName"),
        "new_table": _quoted(said.get("newTableName", "")),
        "base": _table(said, "baseTableName"),
        "to": _table(said, "referencedTableName"),
        "columns": _listed(said.get("columnNames", said.get("columnName", ""))) or inside,
        "own": _listed(said.get("baseColumnNames", "")),
        "others": _listed(said.get("referencedColumnNames", "")),
        "old": _quoted(said.get("oldColumnName", "")),
        "new": _quoted(said.get("newColumnName", "")),
        "type": _type(said.get("newDataType", "")),
        "name": _quoted(name),
        "named": f" CONSTRAINT {_quoted(name)}" if name else "",
        "unique": "UNIQUE " if said.get("unique") == "true" else "",
        "then": f" ON DELETE {then}" if then else "",
    }


def _create(one: ChangelogPart, table: str) -> str:
    columns = one.all("column")
    keys = [
        _named(each)
        for each in columns
        for limit in each.all("constraints")
        if limit.said.get("primaryKey") == "true"
    ]
    parts = [_column(each, has_key=len(keys) > 1) for each in columns]
    parts += [f"PRIMARY KEY ({', '.join(keys)})"] if len(keys) > 1 else []
    return f"CREATE TABLE {table} ({', '.join(parts)})"


def _column(one: ChangelogPart, *, has_key: bool = False) -> str:
    said = f"{_quoted(one.said.get('name', ''))} {_type(one.said.get('type', ''))}"
    for limit in (each.said for each in one.all("constraints")):
        said += " NOT NULL" if limit.get("nullable") == "false" else ""
        said += " PRIMARY KEY" if limit.get("primaryKey") == "true" and not has_key else ""
        said += " UNIQUE" if limit.get("unique") == "true" else ""
        to = limit.get("references", "")
        if not to and (table := limit.get("referencedTableName")):
            to = f"{table}({limit.get('referencedColumnNames', 'id')})"
        said += f" REFERENCES {to}" if to else ""
    return said


def _table(said: dict[str, str], name: str) -> str:
    by_name = name.removesuffix("Name") + "SchemaName"  # baseTableSchemaName
    schema, own = said.get(by_name, said.get("schemaName", "")), _quoted(said.get(name, ""))
    return f"{_quoted(schema)}.{own}" if schema and "$" not in schema else own


def _named(one: ChangelogPart) -> str:
    return _quoted(one.said.get("name", ""))


def _listed(said: str) -> str:
    return ", ".join(_quoted(one.strip()) for one in said.split(",") if one.strip())


def _quoted(name: str) -> str:
    plain = name.strip('`"[]')
    return f'"{plain}"'


def _type(said: str) -> str:
    """A type as SQL has it; of one that a property says, the name of the property."""
    found = _TYPE.match(said.strip())
    rest = said.strip()[found.end() :] if found else ""
    return f"{found[1]}{rest}" if found else "text"


def changes_in(parts: list[ChangelogPart]) -> Iterator[tuple[ChangelogPart, ChangelogPart]]:
    """Each change with its changeset; what takes one back is none."""
    for one in parts:
        if one.tag == "changeSet":
            for each in one.inside:
                if each.tag not in {"rollback", "preConditions", "comment"}:
                    yield one, each
