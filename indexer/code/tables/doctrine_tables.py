"""Which tables the entities of Doctrine come to, by what its naming strategy calls them."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Any

from indexer.code.php_values import UNKNOWN, class_named
from indexer.code.tables.made_table import COMPUTED, Computed, MadeTable, MappedClasses, Member
from indexer.code.yaml_lines import read_yaml
from memory.code.codebase import CodePlace, Column, ForeignKey, Table, Unresolved
from memory.code.testing import is_test

if TYPE_CHECKING:
    from indexer.code.project_code import CodeProject

_MAPPED = frozenset({"Entity", "MappedSuperclass", "Embeddable"})
_OVERRIDES = frozenset({"AttributeOverrides", "AssociationOverrides"})
_TO_ONE = ("ManyToOne", "OneToOne")
_AWARE = re.compile(r"(?<=[a-z0-9])([A-Z])")
_PLAIN = re.compile(r"(?<=[a-z])([A-Z])")
_KEY = "id"  # what every strategy calls the column that is referred to


class Naming:
    """How names are made where nobody says them; `Computed` where nobody knows that either."""

    def __init__(self, strategies: set[str]) -> None:
        name = next(iter(strategies)) if len(strategies) == 1 else ""
        self._pattern = {"underscore": _PLAIN, "underscore_number_aware": _AWARE}.get(name)
        self._is_known = self._pattern is not None or name == "default"

    def word(self, said: str) -> str:
        """The name of a class or a property as that of a table or a column."""
        if not self._is_known:
            raise Computed
        return self._pattern.sub(r"_\1", said).lower() if self._pattern else said

    def of_key(self, symbol: str) -> str:
        """What a table between two has for the key of one."""
        return f"{self.word(symbol).lower()}_{_KEY}"

    def between(self, first: str, second: str) -> str:
        """The table between two."""
        return f"{self.word(first)}_{self.word(second)}".lower()


class EntityTables(MappedClasses):
    """All entities of a project, by attributes; those of XML and of comments are not read."""

    def __init__(self, project: CodeProject) -> None:
        marks = {
            CodePlace(path, mark.name): mark
            for path, mark in project.marks("doctrine", "class")
            if not is_test(path)
        }
        super().__init__(project, marks)
        is_renamed = any(True for _ in project.marks("doctrine", "renames"))
        self._naming = Naming(set() if is_renamed else self._strategies())
        self._is_renamed = is_renamed

    def _strategies(self) -> set[str]:
        """What is configured, "default" where the configuration of Doctrine names none."""
        found = {mark.name for _, mark in self._project.marks("doctrine", "naming")}
        is_there = any(posixpath.basename(path) == "doctrine.php" for path in self._project.files)
        for text in self._project.configs("php").values():
            for key, (said, _) in (read_yaml(text) or {}).items():
                orm = said.get("orm") if key == "doctrine" and isinstance(said, dict) else None
                if isinstance(orm, dict):
                    is_there = True
                    managers = orm.get("entity_managers") or {}
                    each = [orm, *(managers.values() if isinstance(managers, dict) else ())]
                    found |= {str(one["naming_strategy"]) for one in each
                              if isinstance(one, dict) and one.get("naming_strategy")}  # fmt: skip
        names = {one.removeprefix("doctrine.orm.naming_strategy.") for one in found}
        return names or ({"default"} if is_there else set())

    # -- which class is in which table

    def _found(self, place: CodePlace, names: list[str]) -> list[CodePlace | None]:
        """Classes that one names; None for each that is not the project's."""
        return [self._project.locate(place.path, one) for one in names]

    def _is_entity(self, place: CodePlace) -> bool:
        return "Entity" in self._attributes(place)

    def _above(self, place: CodePlace) -> CodePlace | None:
        mark = self._marks.get(place)
        above = self._found(place, mark.data["extends"]) if mark else []
        return above[0] if above else None

    def _attributes(self, place: CodePlace) -> dict[str, list[dict[str, Any]]]:
        return self._marks[place].data["attributes"] if place in self._marks else {}

    def _strategy(self, place: CodePlace) -> str:
        for one in self._line(place):
            for said in self._attributes(one).get("InheritanceType", ()):
                return str(said.get("value", said.get("0", "")))
        return ""

    # -- names

    def _text(self, said: Any) -> str:
        """A name that an attribute is given; "" for none."""
        if said is None:
            return ""
        if not isinstance(said, str) or UNKNOWN in said:
            raise Computed
        return said.strip('`"')

    def _table_name(self, place: CodePlace) -> str:
        if self._is_renamed:
            raise Computed
        said = (self._attributes(place).get("Table") or [{}])[0]
        name = self._text(said.get("name", said.get("0")))
        schema = self._text(said.get("schema"))
        name = name or self._naming.word(place.symbol)
        return f"{schema}.{name}" if schema and schema != "public" else name

    # -- members

    def _made(self, place: CodePlace, table: str) -> MadeTable:
        made, line = MadeTable(), self._line(place)
        entities = self._entities_above(place)
        if self._strategy(place) == "JOINED" and entities[0] != place:
            line = line[line.index(entities[-2]) + 1 :]
            above = self._table_name(entities[-2])
            for column in self._keys(entities[0]):
                made.columns[column] = Column(column, "", nullable=False)
                made.primary.append(column)
                made.keys.append(ForeignKey((column,), above, (column,), "CASCADE"))
        for one in line:
            self._add_class(made, one, table)
        if entities[0] == place and self._strategy(place) in {"SINGLE_TABLE", "JOINED"}:
            said = (self._attributes(place).get("DiscriminatorColumn") or [{}])[0]
            name = self._text(said.get("name", said.get("0"))) or "dtype"
            made.columns.setdefault(name, Column(name, "string", nullable=False))
        if self._strategy(place) == "SINGLE_TABLE":
            for one in self._marks:
                if one != place and place in (below := self._line(one)):
                    for each in below[below.index(place) + 1 :]:
                        self._add_class(made, each, table, all_nullable=True)
        made.indexes += [one.columns for one in made.keys]  # as Doctrine makes them
        self._add_indexes(made, place)
        return made

    def _add_class(
        self, made: MadeTable, place: CodePlace, table: str, *, all_nullable: bool = False
    ) -> None:
        """What a class says, and the traits that it uses."""
        mark = self._marks.get(place)
        if mark is None:
            return
        data, where = mark.data, Unresolved(place.path, mark.line, "table", table, "")
        if not _OVERRIDES.isdisjoint(data["attributes"]):
            made.missed.append(where._replace(reason="what it overrides is not looked at"))
        if None in self._found(place, data["extends"]):
            made.missed.append(where._replace(reason="what it extends is not in the project"))
        for trait in self._found(place, data["traits"]):
            if trait is None:
                made.missed.append(where._replace(reason="a trait of it is not in the project"))
            elif trait != place:
                self._add_class(made, trait, table, all_nullable=all_nullable)
        for member in data["members"]:
            try:
                self._add_member(made, place, table, tuple(member), all_nullable=all_nullable)
            except Computed:
                name = f"{table}.{member[0]}"
                missed = where._replace(line=member[3], name=name, reason=COMPUTED)
                made.missed.append(missed)

    def _add_member(
        self, made: MadeTable, place: CodePlace, table: str, member: Member, *, all_nullable: bool
    ) -> None:
        name, type_, said, _ = member
        relation = next((one for one in _TO_ONE if one in said), "")
        if "Embedded" in said:
            self._add_part(made, place, table, member)
        elif relation:
            if not said[relation][0].get("mappedBy"):
                self._add_to_one(made, place, member, relation, all_nullable=all_nullable)
        elif "ManyToMany" in said:
            if not said["ManyToMany"][0].get("mappedBy"):
                self._add_between(made, place, table, member)
        elif "Column" in said:
            given = said["Column"][0]
            own = self._text(given.get("name", given.get("0"))) or self._naming.word(name)
            kind = str(given.get("type", given.get("1", ""))).strip(UNKNOWN) or type_
            is_key = "Id" in said
            nullable = given.get("nullable") is True and not is_key
            made.columns[own] = Column(own, kind.rpartition("::")[2], nullable or all_nullable)
            made.by_property[name] = own
            made.primary += [own] if is_key else []
            made.unique += [(own,)] if given.get("unique") is True else []

    def _add_part(self, made: MadeTable, place: CodePlace, table: str, member: Member) -> None:
        name, type_, said, _ = member
        given = said["Embedded"][0]
        part = self._class(place, given.get("class", given.get("0")), type_)
        if part not in self._marks:
            raise Computed
        inner = MadeTable()
        self._add_class(inner, part, table)
        before = given.get("columnPrefix", f"{name}_")
        before = "" if before is False else self._text(before)
        for column in inner.columns.values():
            made.columns[before + column.name] = column._replace(name=before + column.name)
        made.missed += inner.missed

    def _class(self, place: CodePlace, said: Any, type_: str) -> CodePlace | None:
        """The class that an attribute names, or the type of what it stands at."""
        named = class_named(said) or (said if isinstance(said, str) and UNKNOWN not in said else "")
        return self._project.locate(place.path, named or type_)

    def _add_to_one(
        self,
        made: MadeTable,
        place: CodePlace,
        member: Member,
        relation: str,
        *,
        all_nullable: bool,
    ) -> None:
        name, type_, said, line = member
        given = said[relation][0]
        other = self._class(place, given.get("targetEntity", given.get("0")), type_)
        columns, referenced, on_delete = [], [], ""
        for join in said.get("JoinColumn") or [{}]:
            to = self._text(join.get("referencedColumnName", join.get("1"))) or _KEY
            own = self._text(join.get("name", join.get("0")))
            own = own or f"{self._naming.word(name)}_{_KEY}"
            is_key = "Id" in said
            nullable = join.get("nullable") is not False and not is_key
            made.columns[own] = Column(own, "", nullable or all_nullable)
            made.primary += [own] if is_key else []
            columns.append(own)
            referenced.append(to)
            on_delete = on_delete or self._text(join.get("onDelete"))
        if relation == "OneToOne":
            made.unique.append(tuple(columns))
        made.by_property[name] = columns[0]
        if other in self._marks and self._is_entity(other):
            target = self._table_name(self._keeper(other))
            key = ForeignKey(tuple(columns), target, tuple(referenced), on_delete.upper(), line)
            made.keys.append(key)
        else:
            made.indexes.append(tuple(columns))

    def _add_between(self, made: MadeTable, place: CodePlace, table: str, member: Member) -> None:
        """The table between two entities."""
        _, type_, said, line = member
        given = said["ManyToMany"][0]
        other = self._class(place, given.get("targetEntity", given.get("0")), type_)
        if other not in self._marks or not self._is_entity(place):
            raise Computed
        join = (said.get("JoinTable") or [{}])[0]
        title = self._text(join.get("name", join.get("0"))) or self._naming.between(
            place.symbol, other.symbol
        )
        ends = []
        for attribute, argument, end in (
            ("JoinColumn", "joinColumns", place),
            ("InverseJoinColumn", "inverseJoinColumns", other),
        ):
            joins = said.get(attribute) or join.get(argument) or [{}]
            if not isinstance(joins, list) or len(joins) != 1:
                raise Computed
            own = self._text(joins[0].get("name", joins[0].get("0")))
            to = self._text(joins[0].get("referencedColumnName", joins[0].get("1"))) or _KEY
            target = self._table_name(self._keeper(end)) if end != place else table
            on_delete = self._text(joins[0].get("onDelete")) or ("" if joins[0] else "CASCADE")
            own = own or self._naming.of_key(end.symbol)
            ends.append(ForeignKey((own,), target, (to,), on_delete.upper(), line))
        columns = tuple(Column(one.columns[0], "", nullable=False) for one in ends)
        primary = tuple(one.name for one in columns)
        indexes = tuple(one.columns for one in ends)
        made.between.append(
            Table(title, columns, primary, tuple(ends), indexes, (), "", place.path, line)
        )

    def _keys(self, place: CodePlace) -> list[str]:
        """The columns of the key of an entity."""
        made = MadeTable()
        for one in self._line(place):
            self._add_class(made, one, "")
        return made.primary

    def _add_indexes(self, made: MadeTable, place: CodePlace) -> None:
        attributes = self._attributes(place)
        of_table = (attributes.get("Table") or [{}])[0]
        for kind, argument, known in (
            ("Index", "indexes", made.indexes),
            ("UniqueConstraint", "uniqueConstraints", made.unique),
        ):
            inner = of_table.get(argument)
            given = [*attributes.get(kind, ()), *(inner if isinstance(inner, list) else ())]
            for one in given:
                fields = one.get("fields")
                named = one.get("columns", one.get("1", [])) if fields is None else fields
                named = named if isinstance(named, list) else [UNKNOWN]
                columns = [
                    made.by_property.get(each, UNKNOWN) if fields is not None else each
                    for each in named
                    if isinstance(each, str)
                ]
                if not columns or any(UNKNOWN in each for each in columns):
                    made.missed.append(
                        Unresolved(
                            place.path, self._marks[place].line, "table", place.symbol, COMPUTED
                        )
                    )
                else:
                    known.append(tuple(columns))
