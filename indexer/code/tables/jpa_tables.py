"""Which tables the entities of JPA come to: inheritance, embedded parts, join tables."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from indexer.code.java_values import UNKNOWN, Constants, words
from indexer.code.tables.made_table import COMPUTED, Computed, MadeTable, MappedClasses, Member
from indexer.code.tables.table_names import of_spring
from memory.code.codebase import CodePlace, Column, ForeignKey, Table, Unresolved

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.code.project_code import CodeProject

_PRIMITIVE = frozenset("int long short byte boolean float double char".split())
_NOT_NULL = frozenset({"NotNull", "NotBlank", "NotEmpty"})
_TO_ONE = frozenset({"ManyToOne", "OneToOne"})
_TO_MANY = frozenset({"OneToMany", "ManyToMany", "ElementCollection"})
_ELEMENT = re.compile(r"<(?:[^<>]*,\s*)?([\w.]+)>\s*$")
_DEEPEST = 8


class Entities(MappedClasses):
    """All entities of a project."""

    def __init__(self, project: CodeProject) -> None:
        marks = project.marks("jpa", "class")
        super().__init__(project, {CodePlace(path, mark.name): mark for path, mark in marks})
        self._constants = Constants(project, "jpa")
        self._within: list[CodePlace] = []  # the parts that are being read
        self._is_spring = any(
            one.target.startswith("org.springframework")
            for facts in project.files.values()
            if facts.language == "java"
            for one in facts.imports
        )

    # -- which class is in which table

    def _is_entity(self, place: CodePlace) -> bool:
        return "Entity" in self._marks[place].data["annotations"]

    def _has_table(self, place: CodePlace) -> bool:
        """A query stands in its place, or its columns are in the tables of those below it."""
        data = self._marks[place].data
        is_parted = self._strategy(place) == "TABLE_PER_CLASS"
        return "Subselect" not in data["annotations"] and not (is_parted and data["is_abstract"])

    def _above(self, place: CodePlace) -> CodePlace | None:
        one = self._project.definition(place)
        bases = (self._class(place, base) for base in (one.bases if one else ()))
        return next((above for above in bases if above is not None and above != place), None)

    def _strategy(self, place: CodePlace) -> str:
        for one in self._line(place):
            said = self._marks[one].data["annotations"].get("Inheritance")
            if said is not None:
                return (words(said.get("strategy", "")) or [""])[0] or "SINGLE_TABLE"
        return "SINGLE_TABLE"

    # -- names

    def _named(self, name: str) -> str:
        """As the naming of the project makes it: with Spring in lower case with underscores."""
        return of_spring(name) if self._is_spring else name

    def _text(self, place: CodePlace, said: Any) -> str:
        """A name that an annotation is given; "" for none."""
        if said in {None, ""}:
            return ""
        found = self._constants.texts(place.path, place.symbol, said)
        if len(found) != 1 or UNKNOWN in found[0]:
            raise Computed
        return found[0].strip('`"')

    def _table_name(self, place: CodePlace) -> str:
        annotations = self._marks[place].data["annotations"]
        said = annotations.get("Table", {})
        own = self._text(place, said.get("name"))
        entity = self._text(place, annotations.get("Entity", {}).get("name"))
        schema = self._text(place, said.get("schema"))
        name = own or self._named(entity or place.symbol.rpartition(".")[2])
        return f"{schema}.{name}" if schema and schema != "public" else name

    def _is_view(self, table: str) -> bool:
        kinds = {
            mark.kind
            for _, mark in self._project.marks("sql")
            if mark.kind in {"view", "create"} and _is_same(mark.name, table)
        }
        return kinds == {"view"}

    # -- members

    def _made(self, place: CodePlace, table: str) -> MadeTable:
        made = MadeTable()
        strategy = self._strategy(place)
        line, entities = self._line(place), self._entities_above(place)
        root = entities[0]
        if strategy == "JOINED" and root != place:
            kept = line[line.index(entities[-2]) + 1 :]
            for name in self._primary(root):
                column = self._joined_by(place, name)
                made.columns[column] = Column(column, "", nullable=False)
                made.primary.append(column)
                key = ForeignKey((column,), self._table_name(entities[-2]), (name,))
                made.keys.append(key)
        else:
            kept = line
        for one in kept:
            self._add_members(made, one, table)
        self._rename_inherited(made, place)
        if strategy == "SINGLE_TABLE":
            below = [
                one
                for one in self._marks
                if one != place and self._is_entity(one) and self._keeper(one) == place
            ]
            for one in below:
                start = self._line(one).index(place) + 1
                for each in self._line(one)[start:]:
                    self._add_members(made, each, table, all_nullable=True)
            if below or "DiscriminatorColumn" in self._marks[place].data["annotations"]:
                said = self._marks[place].data["annotations"].get("DiscriminatorColumn", {})
                name = self._text(place, said.get("name")) or (
                    "dtype" if self._is_spring else "DTYPE"
                )
                made.columns.setdefault(name, Column(name, "String", nullable=False))
        for column, target, referenced in self._held_for_others(place):
            made.columns.setdefault(column, Column(column, "", nullable=True))
            made.keys.append(ForeignKey((column,), target, (referenced,)))
        self._add_of_table(made, place)
        return made

    def _held_for_others(self, place: CodePlace) -> Iterator[tuple[str, str, str]]:
        """The columns of lists that other entities have of this one, without a table between."""
        for other, mark in self._marks.items():
            for _, type_, said, _, _ in mark.data["members"]:
                if "OneToMany" not in said or "JoinColumn" not in said:
                    continue
                element = _ELEMENT.search(type_)
                if element is None or self._class(other, element[1]) != place:
                    continue
                column = self._text(other, said["JoinColumn"].get("name"))
                primary = self._primary(other)
                if column and primary and self._is_entity(other):
                    yield column, self._table_name(self._keeper(other)), primary[0]

    def _joined_by(self, place: CodePlace, default: str) -> str:
        said = self._marks[place].data["annotations"].get("PrimaryKeyJoinColumn", {})
        return self._text(place, said.get("name")) or default

    def _add_members(
        self, made: MadeTable, place: CodePlace, table: str, *, all_nullable: bool = False
    ) -> None:
        members = self._marks[place].data["members"]
        by_getter = any(
            is_getter and {"Id", "EmbeddedId"} & set(said) for *_, said, _, is_getter in members
        )
        # a relation that maps the key comes after what it maps
        for name, type_, said, line, is_getter in sorted(
            members, key=lambda one: "MapsId" in one[2]
        ):
            if is_getter != by_getter or "Transient" in said:
                continue
            try:
                self._add_member(made, place, table, (name, type_, said, line), all_nullable)
            except Computed:
                missed = f"{table}.{name}"
                made.missed.append(Unresolved(place.path, line, "table", missed, COMPUTED))

    def _add_member(
        self,
        made: MadeTable,
        place: CodePlace,
        table: str,
        member: Member,
        all_nullable: bool,
    ) -> None:
        name, type_, said, _ = member
        if to_many := _TO_MANY & set(said):
            self._add_to_many(made, place, table, member, next(iter(to_many)))
        elif to_one := _TO_ONE & set(said):
            if not said[next(iter(to_one))].get("mappedBy"):
                self._add_to_one(made, place, member, said[next(iter(to_one))], all_nullable)
        elif (part := self._class(place, type_)) and (
            "EmbeddedId" in said or "Embedded" in said or self._is_embeddable(part)
        ):
            self._add_part(made, part, table, said, "" if "EmbeddedId" in said else name)
        elif "Formula" not in said:
            column = said.get("Column", {})
            if column.get("table"):
                raise Computed  # it is in another table of the entity
            own = self._text(place, column.get("name")) or self._named(name)
            is_key = "Id" in said
            nullable = not (
                is_key
                or type_ in _PRIMITIVE
                or column.get("nullable") is False
                or said.get("Basic", {}).get("optional") is False
                or any("groups" not in said[one] for one in _NOT_NULL & set(said))
            )
            made.columns[own] = Column(own, type_, nullable or all_nullable)
            made.by_property[name] = own
            made.primary += [own] if is_key else []
            made.unique += [(own,)] if column.get("unique") is True else []

    def _class(self, place: CodePlace, type_: str) -> CodePlace | None:
        """The mapped class that a type is; what it is given for its parameters aside."""
        name = re.sub(r"<.*", "", type_, flags=re.DOTALL)
        found = self._project.locate(place.path, name) if name else None
        return found if found in self._marks else None

    def _is_embeddable(self, place: CodePlace) -> bool:
        return "Embeddable" in self._marks[place].data["annotations"]

    def _add_part(
        self, made: MadeTable, part: CodePlace, table: str, said: dict[str, Any], within: str
    ) -> None:
        """Add the columns of a part to a table; `within` is its member's name, "" for a key."""
        is_key = not within
        inner = MadeTable()
        if part in self._within:  # a part of itself: no such thing can be kept
            raise Computed
        self._within.append(part)
        try:
            for one in self._line(part):
                self._add_members(inner, one, table)
        finally:
            self._within.pop()
        renamed = self._overridden(part, said, inner)
        for name, own in inner.by_property.items():
            path = f"{within}.{name}" if within else name  # of a key the names are used alone
            made.by_property[path] = renamed.get(own) or own
        for name, column in inner.columns.items():
            own = renamed.get(name) or name
            made.columns[own] = column._replace(name=own, nullable=column.nullable and not is_key)
            made.primary += [own] if is_key else []
        made.keys += inner.keys
        made.unique += inner.unique
        made.missed += inner.missed

    def _overridden(
        self, place: CodePlace, said: dict[str, Any], made: MadeTable
    ) -> dict[str, str]:
        """The columns that annotations give another name, by the name that they have without."""
        overrides = _annotations(said.get("AttributeOverrides", {}).get("value"))
        overrides += [said["AttributeOverride"]] if "AttributeOverride" in said else []
        found = {}
        for one in overrides:
            if isinstance(one.get("column"), list):
                name = self._text(place, one.get("name"))
                own = made.by_property.get(name, self._named(name))
                found[own] = self._text(place, one["column"][2].get("name")) or own
        return found

    def _rename_inherited(self, made: MadeTable, place: CodePlace) -> None:
        """What a class that is no entity maps, an entity below it may map otherwise."""
        renamed = self._overridden(place, self._marks[place].data["annotations"], made)
        made.columns = {
            renamed.get(name, name): one._replace(name=renamed.get(name, name))
            for name, one in made.columns.items()
        }
        made.primary = [renamed.get(one, one) for one in made.primary]
        made.unique = [tuple(renamed.get(one, one) for one in each) for each in made.unique]

    def _add_to_one(
        self,
        made: MadeTable,
        place: CodePlace,
        member: Member,
        relation: dict[str, Any],
        all_nullable: bool,
    ) -> None:
        name, type_, said, line = member
        if "JoinTable" in said or {"PrimaryKeyJoinColumn", "PrimaryKeyJoinColumns"} & set(said):
            raise Computed
        other = self._class(place, type_)
        joins = _annotations(said.get("JoinColumns", {}).get("value")) or [
            said.get("JoinColumn", {})
        ]
        primary = self._primary(other) if other else []
        columns, referenced = [], []
        for at, join in enumerate(joins):
            to = self._text(place, join.get("referencedColumnName"))
            to = to or (primary[at] if at < len(primary) else "")
            own = self._text(place, join.get("name"))
            if not own and not to:
                raise Computed
            own = own or f"{self._named(name)}_{to}"
            is_key = "Id" in said or "MapsId" in said
            nullable = not (
                is_key
                or relation.get("optional") is False
                or join.get("nullable") is False
                or any("groups" not in said[one] for one in _NOT_NULL & set(said))
            )
            if own not in made.columns or is_key:
                made.columns[own] = Column(own, "", nullable or all_nullable)
            made.primary += [own] if is_key and own not in made.primary else []
            made.unique += [(own,)] if join.get("unique") is True or "OneToOne" in said else []
            columns.append(own)
            referenced += [to] if to else []
        if "MapsId" in said:
            self._map_key(made, place, said["MapsId"], columns)
        if other and self._has_table(self._keeper(other)):
            on_delete = _on_delete(said)
            target = self._table_name(self._keeper(other))
            key = ForeignKey(tuple(columns), target, tuple(referenced), on_delete, line)
            made.keys.append(key)

    def _map_key(
        self, made: MadeTable, place: CodePlace, said: dict[str, Any], columns: list[str]
    ) -> None:
        """Of a key that a relation maps its columns are those of the relation, and no others."""
        mapped = self._text(place, said.get("value"))
        names = (
            [mapped]
            if mapped
            else [
                name
                for one in self._line(place)
                for name, _, given, _, _ in self._marks[one].data["members"]
                if "Id" in given
            ]
        )
        for name in names:
            own = made.by_property.get(name)
            if own in made.primary and own not in columns:
                del made.columns[own]
                made.primary.remove(own)

    def _add_to_many(
        self,
        made: MadeTable,
        place: CodePlace,
        table: str,
        member: Member,
        kind: str,
    ) -> None:
        name, type_, said, line = member
        if said[kind].get("mappedBy") or (kind == "OneToMany" and "JoinColumn" in said):
            return
        found = _ELEMENT.search(type_)
        element = found[1] if found else ""
        own = self._primary(place)
        join = said.get("CollectionTable" if kind == "ElementCollection" else "JoinTable", {})
        other = self._class(place, element)
        if kind == "ElementCollection":
            title = self._text(place, join.get("name")) or (
                f"{self._named(place.symbol.rpartition('.')[2])}_{self._named(name)}"
            )
        elif other is None:
            raise Computed
        else:
            title = self._text(place, join.get("name")) or (
                f"{table}_{self._table_name(other)}"
                if not self._is_spring
                else f"{table}_{self._named(name)}"
            )
        near = self._ends(place, join.get("joinColumns"), own, place.symbol.rpartition(".")[2])
        columns = [Column(one, "", nullable=False) for one, _ in near]
        keys = [
            ForeignKey(tuple(one for one, _ in near), table, tuple(to for _, to in near), "", line)
        ]
        if other is not None and kind != "ElementCollection":
            far = self._ends(place, join.get("inverseJoinColumns"), self._primary(other), name)
            columns += [Column(one, "", nullable=False) for one, _ in far]
            target = self._table_name(self._keeper(other))
            referenced = tuple(to for _, to in far)
            keys.append(ForeignKey(tuple(one for one, _ in far), target, referenced, "", line))
        elif part := self._class(place, element):
            inner = MadeTable()
            self._add_members(inner, part, title)
            columns += inner.columns.values()
            keys += inner.keys
        else:
            column = self._text(place, said.get("Column", {}).get("name")) or self._named(name)
            columns.append(Column(column, element, nullable=True))
        is_set = type_.startswith("Set") and kind == "ManyToMany"
        primary = tuple(one.name for one in columns) if is_set else ()
        title_key = Table(title, tuple(columns), primary, tuple(keys), (), (), "", place.path, line)
        made.between.append(title_key)

    def _ends(
        self, place: CodePlace, joins: Any, primary: list[str], default: str
    ) -> list[tuple[str, str]]:
        """The columns of one side of a join table, and what each refers to."""
        found = []
        for one in _annotations(joins):
            to = self._text(place, one.get("referencedColumnName"))
            to = to or (primary[0] if primary else "")
            found.append((self._text(place, one.get("name")) or f"{self._named(default)}_{to}", to))
        if not found and not primary:
            raise Computed
        return found or [(f"{self._named(default)}_{one}", one) for one in primary]

    def _primary(self, place: CodePlace | None, depth: int = 0) -> list[str]:
        """The columns of the key of an entity."""
        found: list[str] = []
        for one in self._line(place) if place and depth < _DEEPEST else ():
            for name, type_, said, _, _ in self._marks[one].data["members"]:
                if "EmbeddedId" in said and (part := self._class(one, type_)):
                    inner = MadeTable()
                    self._add_part(inner, part, "", said, "")
                    found += inner.columns
                elif "MapsId" in said and not said["MapsId"].get("value"):
                    return self._mapped_by(one, name, type_, said, depth)
                elif "Id" in said and not _TO_ONE & set(said):
                    own = self._text(one, said.get("Column", {}).get("name"))
                    found.append(own or self._named(name))
        if place and found:
            renamed = self._overridden(place, self._marks[place].data["annotations"], MadeTable())
            found = [renamed.get(one, one) for one in found]
        return list(dict.fromkeys(found))

    def _mapped_by(
        self, place: CodePlace, name: str, type_: str, said: dict[str, Any], depth: int
    ) -> list[str]:
        """The columns of a key that a relation maps."""
        own = self._text(place, said.get("JoinColumn", {}).get("name"))
        above = self._primary(self._class(place, type_), depth + 1)
        return [own] if own else [f"{self._named(name)}_{one}" for one in above]

    def _add_of_table(self, made: MadeTable, place: CodePlace) -> None:
        said = self._marks[place].data["annotations"].get("Table", {})
        for one in _annotations(said.get("indexes")):
            listed = [self._text(place, one.get("columnList"))]
            columns = tuple(
                re.sub(r"(?<!\s)\s++(?:asc|desc)$", "", each.strip(), flags=re.I)
                for each in listed[0].split(",")
            )
            (made.unique if one.get("unique") is True else made.indexes).append(columns)
        for one in _annotations(said.get("uniqueConstraints")):
            names = one.get("columnNames", [])
            names = names if isinstance(names, list) else [names]
            made.unique.append(tuple(self._text(place, each) for each in names))


def _annotations(said: Any) -> list[dict[str, Any]]:
    """What one annotation or a list of them is given."""
    if isinstance(said, list) and said and said[0] == "@":
        return [said[2]]
    return [one[2] for one in said or () if isinstance(one, list) and one and one[0] == "@"]


def _on_delete(said: dict[str, Any]) -> str:
    action = said.get("OnDelete", {}).get("action")
    return (words(action) or [""])[0].replace("_", " ") if action else ""


def _is_same(one: str, other: str) -> bool:
    """Whether two names may be of one table, of which one does not say its schema."""
    (of_one, _, name), (of_other, _, named) = (
        said.casefold().rpartition(".") for said in (one, other)
    )
    return name == named and (of_one == of_other or not (of_one and of_other))
