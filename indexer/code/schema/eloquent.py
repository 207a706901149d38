"""Models of Laravel's Eloquent, and which table each is of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indexer.code.readers import Reader
from indexer.code.syntax import line_of
from indexer.code.tables.table_names import of_laravel, plurals
from memory.code.codebase import CodePlace
from memory.code.facts import Mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from indexer.code.project_code import CodeProject
    from indexer.code.syntax import SourceFile
    from memory.code.codebase import Table

_TABLE = """
(property_element name: (variable_name) @name default_value: (_) @value)
"""
_CONSTANT = "(const_element (name) @name (_) @value)"
_BY_CONSTANT = re.compile(r"(?:self|static)::(\w+)")
_LITERAL = re.compile(r"(['\"])(.+)\1")
_BASES = re.compile(
    r"\\?(?:Illuminate\\Database\\Eloquent\\(?:Model|Relations\\(?:Morph)?Pivot)"
    r"|Illuminate\\Foundation\\Auth\\User)$"
)
_DEEPEST = 8  # bases


class Eloquent(Reader):
    """The property `$table` of classes; the tables are told by the migrations."""

    name = "eloquent"
    version = 2
    languages = frozenset({"php"})
    hint = re.compile(rb"\$table\b")

    def read(self, source: SourceFile) -> Iterable[Mark]:
        """`table`: what a class says of the name of its own, as it stands or by a constant."""
        text = source.text
        constants = {
            (source.owner(one["name"][0]), text(one["name"][0])): text(one["value"][0])
            for one in source.matches(_CONSTANT)
        }
        for found in source.matches(_TABLE):
            node = found["name"][0]
            if source.text(node) == "$table":
                owner, said = source.owner(node), source.text(found["value"][0])
                by = _BY_CONSTANT.fullmatch(said)
                said = constants.get((owner, by[1]), "") if by else said
                literal = _LITERAL.fullmatch(said)
                name = literal[2] if literal else ""
                yield Mark(self.name, "table", name, line_of(node), {"class": owner})


class EloquentModels:
    """The models of a project."""

    def __init__(self, project: CodeProject) -> None:
        self.project = project
        self._said = {
            CodePlace(path, mark.data["class"]): mark.name
            for path, mark in project.marks("eloquent", "table")
        }
        self.places = [
            place
            for path, facts in project.files.items()
            if facts.language == "php"
            for one in facts.definitions
            if one.kind == "class" and one.bases
            if self._is_model(place := CodePlace(path, one.name))
        ]

    def _is_model(self, place: CodePlace, depth: int = 0) -> bool:
        one = self.project.definition(place)
        if one is None or depth > _DEEPEST:
            return False
        for base in one.bases:
            above = self.project.locate(place.path, base)
            if above and above.symbol and above != place:
                if self._is_model(above, depth + 1):
                    return True
            elif _BASES.match(self.project.origin(place.path, base) or base):
                return True
        return False

    def names(self, place: CodePlace) -> list[str]:
        """How the table of a model may be called, the likeliest first; "" where it is computed."""
        if (said := self._declared(place)) is not None:
            return [said]
        return plurals(of_laravel(place.symbol))

    def _declared(self, place: CodePlace, depth: int = 0) -> str | None:
        if place in self._said:
            return self._said[place]
        one = self.project.definition(place)
        for base in one.bases if one and depth < _DEEPEST else ():
            above = self.project.locate(place.path, base)
            if above and above.symbol and above != place:
                found = self._declared(above, depth + 1)
                if found is not None:
                    return found
        return None

    def table(self, path: str, model: str, names: Mapping[str, str]) -> str:
        """The table of a class as a file names it: one of these, or what it would be called."""
        place = self.project.locate(path, model)
        likely = self.names(place) if place and place.symbol else plurals(of_laravel(model))
        return next((names[one.lower()] for one in likely if one.lower() in names), likely[0])


def with_models(tables: Iterable[Table], models: EloquentModels) -> Iterator[Table]:
    """Tables with the one model that each is of; of several, the one that is called so."""
    tables = list(tables)
    known = {one.table.lower() for one in tables}
    of: dict[str, list[CodePlace]] = {}
    for place in models.places:
        name = next((one.lower() for one in models.names(place) if one.lower() in known), "")
        of.setdefault(name, []).append(place)
    for one in tables:
        places = of.get(one.table.lower(), [])
        if len(places) > 1:
            places = [each for each in places if one.table in plurals(of_laravel(each.symbol))]
        definition = models.project.definition(places[0]) if len(places) == 1 else None
        if definition is None:
            yield one
            continue
        keys = tuple(key._replace(line=0) for key in one.foreign_keys)
        yield one._replace(
            model=models.project.called(places[0]),
            file=places[0].path,
            line=definition.line,
            symbol=places[0].symbol,
            foreign_keys=keys,
            created=f"{one.file}:{one.line}",
        )
