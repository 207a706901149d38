"""Tables of TypeORM: its entities, by the names that its naming strategy gives."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from indexer.code.readers import Reader
from indexer.code.syntax import line_of
from indexer.code.tables.made_table import COMPUTED, Computed, MadeTable, MappedClasses, Member
from indexer.code.tables.table_names import of_typeorm
from indexer.code.typescript_decorators import UNKNOWN, decorators, meant
from memory.code.codebase import CodePlace, Column, ForeignKey, Table, Unresolved
from memory.code.facts import Mark
from memory.code.testing import is_test

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indexer.code.project_code import CodeProject
    from indexer.code.syntax import SourceFile

_CLASSES = "[(class_declaration) (abstract_class_declaration)] @class"
_DATES = {"CreateDateColumn": False, "UpdateDateColumn": False, "DeleteDateColumn": True}
_COLUMNS = {*_DATES, "Column", "PrimaryColumn", "PrimaryGeneratedColumn", "VersionColumn",
            "ObjectIdColumn", "Generated", "ViewColumn", "VirtualColumn"}  # fmt: skip
_TO_ONE = frozenset({"ManyToOne", "OneToOne"})
_STRATEGY = re.compile(r"typeorm-naming-strategies")
_OWN_STRATEGY = re.compile(r"\b(?:DefaultNamingStrategy|NamingStrategyInterface)$")
_OURS = "typeorm"


class TypeOrm(Reader):
    """Classes with `@Entity`, and those that these are made of."""

    name = "typeorm"
    languages = frozenset({"typescript"})
    hint = re.compile(rb"typeorm")

    def read(self, source: SourceFile) -> Iterable[Mark]:
        """`class`: its decorators and members, where one is of a table."""
        for node in source.captures(_CLASSES).get("class", ()):
            body = node.child_by_field_name("body")
            members = []
            for one in body.named_children if body is not None else ():
                said = (
                    dict(decorators(source, one)) if one.type == "public_field_definition" else {}
                )
                if said:
                    type_ = source.text(one.child_by_field_name("type")).lstrip(": ")
                    name = source.text(one.child_by_field_name("name"))
                    members.append([name, type_, said, line_of(one)])
            own = [list(one) for one in decorators(source, node)]
            if own or members:
                name = source.text(node.child_by_field_name("name"))
                data = {"decorators": own, "members": members}
                yield Mark(self.name, "class", name, line_of(node), data)

    def assemble(self, project: CodeProject) -> Iterable[Table | Unresolved]:
        """The tables of all entities, and those between them."""
        yield from _Entities(project).tables()


class _Entities(MappedClasses):
    def __init__(self, project: CodeProject) -> None:
        marks = {
            CodePlace(path, mark.name): mark
            for path, mark in project.marks(_OURS, "class")
            if not is_test(path)
        }
        super().__init__(project, marks)
        imports = [
            (path, one)
            for path, facts in project.files.items()
            if facts.language == "typescript" and not is_test(path)
            for one in facts.imports
        ]
        self._is_snake = any(_STRATEGY.match(one.target) for _, one in imports)
        self._own_strategy = next(
            (
                (path, one.line)
                for path, one in imports
                if one.target == "typeorm" and any(map(_OWN_STRATEGY.search, one.names))
            ),
            None,
        )
        self.whole = self._own_strategy is None or self._is_snake

    def tables(self) -> Iterator[Table | Unresolved]:
        """As of any mapper, and whether they are not whole."""
        if self._own_strategy and not self.whole and any(map(self._is_entity, self._marks)):
            path, line = self._own_strategy
            reason = "names that no decorator says are given by a strategy of the project's own"
            yield Unresolved(path, line, "table", "naming strategy", reason)
        yield from super().tables()

    def _is_entity(self, place: CodePlace) -> bool:
        return place in self._marks and bool(self._said(self._marks[place], "Entity"))

    def _above(self, place: CodePlace) -> CodePlace | None:
        one = self._project.definition(place)
        above = (self._project.locate(place.path, base) for base in (one.bases if one else ()))
        return next((each for each in above if each in self._marks), None)

    # -- names

    def _said(self, mark: Mark, name: str) -> list[list[Any]]:
        """What each decorator of this name is given."""
        return [given for each, given in mark.data["decorators"] if each == name]

    def _table_name(self, place: CodePlace) -> str:
        given = self._said(self._marks[place], "Entity")[0]
        options = next((one for one in given if isinstance(one, dict)), {})
        name = next((one for one in given if isinstance(one, str)), options.get("name", ""))
        schema = options.get("schema", "")
        for one in (name, schema):
            if one == UNKNOWN or meant(one):
                raise Computed
        own = name or of_typeorm(place.symbol)
        return f"{schema}.{own}" if schema and schema != "public" else own

    def _column(self, name: str) -> str:
        return of_typeorm(name) if self._is_snake else name

    def _joined(self, *parts: str) -> str:
        """A name made of several: `userId`, or `user_id`."""
        if self._is_snake:
            return "_".join(of_typeorm(one) for one in parts)
        words = [word for one in parts for word in one.split("_") if word]
        return words[0] + "".join(word[:1].upper() + word[1:] for word in words[1:])

    # -- members

    def _made(self, place: CodePlace, table: str) -> MadeTable:
        made = self._columns(place, table)
        for name, type_, said, line in self._marks[place].data["members"]:
            if "JoinTable" in said and "ManyToMany" in said:
                try:
                    made.between.append(self._between(place, table, (name, type_, said, line)))
                except Computed:
                    missed = f"{table}.{name}"
                    made.missed.append(Unresolved(place.path, line, "table", missed, COMPUTED))
        return made

    def _columns(self, place: CodePlace, table: str, prefix: str = "") -> MadeTable:
        made = MadeTable()
        for one in self._line(place):
            for name, type_, said, line in self._marks[one].data["members"]:
                try:
                    self._member(made, one, table, (name, type_, said, line), prefix)
                except Computed:
                    missed = f"{table}.{name}"
                    made.missed.append(Unresolved(one.path, line, "table", missed, COMPUTED))
        for one in self._line(place):
            mark = self._marks[one]
            for kind in ("Index", "Unique"):
                for given in self._said(mark, kind):
                    self._of_class(made, kind, given, (one, table, mark.line))
        return made

    def _member(
        self,
        made: MadeTable,
        place: CodePlace,
        table: str,
        member: Member,
        prefix: str,
    ) -> None:
        name, type_, said, _ = member
        kinds = _COLUMNS & set(said)
        if to_one := _TO_ONE & set(said):
            self._relation(made, place, member, said[next(iter(to_one))])
        elif kinds - {"Generated", "ViewColumn", "VirtualColumn"}:
            kind = sorted(kinds)[0]
            given = said[kind]
            options = next((one for one in given if isinstance(one, dict)), {})
            part = self._project.locate(place.path, meant(given[0])) if given else None
            if kind == "Column" and part in self._marks:
                own = options.get("prefix", name)
                inner = self._columns(part, table, prefix + ("" if own is False else f"{own}_"))
                made.columns |= inner.columns
                made.missed += inner.missed
                return
            column = self._named(options.get("name"), self._column(name), prefix)
            plain = next((one for one in given if isinstance(one, str) and not meant(one)), "")
            nullable = options.get("nullable", _DATES.get(kind, False))
            is_key = kind.startswith("Primary") or options.get("primary") is True
            told = (plain if kind == "Column" else "") or options.get("type", type_)
            told = type_ if not isinstance(told, str) or meant(told) or told == UNKNOWN else told
            is_null = nullable if isinstance(nullable, bool) and "..." not in options else None
            made.columns[column] = Column(column, told, False if is_key else is_null)
            made.by_property[name] = column
            made.primary += [column] if is_key else []
            made.unique += [(column,)] if options.get("unique") is True else []
        for kind in ("Index", "Unique"):
            if kind in said and name in made.by_property:
                self._of_property(made, kind, said[kind], made.by_property[name])

    def _named(self, said: Any, default: str, prefix: str) -> str:
        if said is not None and (not isinstance(said, str) or said == UNKNOWN or meant(said)):
            raise Computed
        return self._joined(prefix, said or default) if prefix else said or default

    def _relation(
        self,
        made: MadeTable,
        place: CodePlace,
        member: Member,
        given: list[Any],
    ) -> None:
        name, _, said, line = member
        is_owner = "ManyToOne" in said or "JoinColumn" in said
        if not is_owner:
            return
        other = self._project.locate(place.path, meant(given[0])) if given else None
        if other is None or not self._is_entity(other):
            raise Computed
        options = next((one for one in given if isinstance(one, dict)), {})
        primary = self._primary(other)
        joins = said.get("JoinColumn", [])
        listed = joins[0] if joins and isinstance(joins[0], list) else joins or [{}]
        columns, referenced = [], []
        for at, join in enumerate(listed if isinstance(listed[0], dict) else [{}]):
            to = join.get("referencedColumnName") or (primary[at] if at < len(primary) else "")
            if not to:
                raise Computed
            column = self._named(join.get("name"), self._joined(name, to), "")
            nullable = options.get("nullable", True)
            is_key = "PrimaryColumn" in said or options.get("primary") is True
            known = made.columns.get(column)
            made.columns[column] = Column(
                column,
                known.type if known else "",
                False if is_key else known.nullable if known else nullable is not False,
            )
            made.primary += [column] if is_key and column not in made.primary else []
            columns.append(column)
            referenced.append(to)
        on_delete = options.get("onDelete", "")
        on_delete = on_delete if isinstance(on_delete, str) and not meant(on_delete) else ""
        key = ForeignKey(
            tuple(columns), self._table_name(other), tuple(referenced), on_delete, line
        )
        made.keys.append(key)
        made.by_property[name] = columns[0]
        made.unique += [tuple(columns)] if "OneToOne" in said else []
        for kind in ("Index", "Unique"):
            if kind in said:
                self._of_property(made, kind, said[kind], columns[0])

    def _of_property(self, made: MadeTable, kind: str, given: list[Any], column: str) -> None:
        options = next((one for one in given if isinstance(one, dict)), {})
        is_unique = kind == "Unique" or options.get("unique") is True
        is_unique = is_unique and "where" not in options
        (made.unique if is_unique else made.indexes).append((column,))

    def _of_class(
        self, made: MadeTable, kind: str, given: list[Any], at: tuple[CodePlace, str, int]
    ) -> None:
        options = next((one for one in given if isinstance(one, dict)), {})
        listed = next((one for one in given if isinstance(one, list)), None)
        names = listed if listed is not None else []
        columns = tuple(made.by_property.get(one, one) for one in names if isinstance(one, str))
        if options.get("synchronize") is False:
            return
        if not columns or UNKNOWN in columns or any(map(meant, columns)):
            place, table, line = at
            missed = f"{table} {kind}"
            made.missed.append(
                Unresolved(place.path, line, "table", missed, "it is not understood")
            )
            return
        is_unique = (kind == "Unique" or options.get("unique") is True) and "where" not in options
        (made.unique if is_unique else made.indexes).append(columns)

    def _primary(self, place: CodePlace) -> list[str]:
        found = []
        for one in self._line(place):
            for name, _, said, _ in self._marks[one].data["members"]:
                kinds = [kind for kind in said if kind in _COLUMNS]
                given = said[kinds[0]] if kinds else []
                options = next((each for each in given if isinstance(each, dict)), {})
                if (
                    any(kind.startswith("Primary") for kind in kinds)
                    or options.get("primary") is True
                ):
                    found.append(self._named(options.get("name"), self._column(name), ""))
        return found

    def _between(self, place: CodePlace, table: str, member: Member) -> Table:
        name, _, said, line = member
        given = said["ManyToMany"]
        other = self._project.locate(place.path, meant(given[0])) if given else None
        if other is None or not self._is_entity(other):
            raise Computed
        target = self._table_name(other)
        join = next((one for one in said["JoinTable"] if isinstance(one, dict)), {})
        plain = next((one for one in said["JoinTable"] if isinstance(one, str)), None)
        title = self._named(join.get("name", plain), of_typeorm(f"{table}_{name}_{target}"), "")
        sides = []
        for key, end, owner in (("joinColumn", table, place), ("inverseJoinColumn", target, other)):
            primary = self._primary(owner)
            if len(primary) != 1:
                raise Computed
            options = join.get(key)
            column = self._named(
                options.get("name") if isinstance(options, dict) else None,
                self._joined(end.rpartition(".")[2], primary[0]),
                "",
            )
            sides.append((column, end, primary[0]))
        columns = tuple(Column(one, "", nullable=False) for one, _, _ in sides)
        names = tuple(one for one, _, _ in sides)
        keys = tuple(ForeignKey((one,), end, (to,), "CASCADE", line) for one, end, to in sides)
        indexes = tuple((one,) for one in names)
        return Table(title, columns, names, keys, indexes, (), "", place.path, line)
