"""Tells a table once where models and statements both do."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from memory.code.apart import is_migration
from memory.code.codebase import Table, Unresolved
from memory.code.testing import is_test

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from indexer.code.readers import Reader

_ALIKE = (
    0.5  # of the columns, for two tables of one name to be one: services have tables of their own
)


Described = tuple["Reader", Table]


def told_once(found: Iterable[Described]) -> list[Table]:
    """Each table as models have it, or as statements do where the models only follow these.

    Where both tell of a table, the columns and keys of one of them are told, all of them, so that
    differences are not mixed; `Reader.yields` says whose, as far as statements are understood as
    well as models. A model that only follows statements which are not understood is not whole. A
    model in a migration is none of today.
    """
    found = _of_today(found)
    replaced: set[int] = set()
    told: list[Table] = []
    for one in _paired(found):
        replaced.update(map(id, one.same))
        follows = one.follows and bool(one.made)
        model = one.model._replace(whole=one.model.whole and not follows)
        told.append(_as_stated(one.model, one.made[0]) if one.yields else model)
    return [*told, *(one for reader, one in found if reader.states and id(one) not in replaced)]


def still_missed(
    missed: Iterable[tuple[Reader, Unresolved]], found: Iterable[Described]
) -> list[Unresolved]:
    """What was not understood, without what is about a table that others tell whole."""
    found = _of_today(found)
    by_models = {
        one.table.lower() for reader, one in found if not reader.states and not reader.yields
    }
    by_statements = {
        one.model.table.lower() for one in _paired(found) if one.yields and one.made[0].whole
    }
    return [
        one
        for reader, one in missed
        if one.name.lower().partition(" ")[0] not in (by_models if reader.states else by_statements)
    ]


def disagreements(found: Iterable[Described]) -> Iterator[Unresolved]:
    """Where a model is not what the statements come to, of tables that both tell as whole.

    Only where one tool writes the statements from the models: elsewhere keys and indexes are often
    said on one side.
    """
    pairs = [one for one in _of_today(found) if one[0].generates or one[0].states]
    for model, _, made, *_ in _paired(pairs):
        is_known = len(made) == 1 and model.whole and made[0].whole
        is_known = is_known and not is_test(model.file)
        differing = [*_differences(model, made[0])] if is_known else []
        if differing:
            said = f"its model and its migrations disagree: {'; '.join(differing)}"
            yield Unresolved(model.file, model.line, "table", model.table, said)


def _differences(model: Table, stated: Table) -> Iterator[str]:
    sides = (model, stated)
    own, theirs = ({one.name.lower(): one for one in each.columns} for each in sides)
    parts = {
        "columns": (set(own), set(theirs)),
        "foreign keys": tuple(
            {_joined(key.columns) for key in each.foreign_keys} for each in sides
        ),
        "unique": tuple({_joined(columns) for columns in each.unique} for each in sides),
        "indexes": tuple({_joined(columns) for columns in each.indexes} for each in sides),
    }
    for sort, (here, there) in parts.items():
        for some, other in ((here - there, "model"), (there - here, "migrations")):
            if some:
                yield f"{sort} of the {other} alone: {', '.join(sorted(some))}"
    for name in sorted(own.keys() & theirs.keys()):
        may = own[name].nullable, theirs[name].nullable
        if None not in may and may[0] != may[1]:
            yield f"{name} may be null in the {'model' if may[0] else 'migrations'} alone"


def _joined(columns: Sequence[str]) -> str:
    return "+".join(columns).lower()


def _of_today(found: Iterable[Described]) -> list[Described]:
    return [
        (reader, one)
        for reader, one in found
        if reader.states or not (one.symbol and is_migration(one.file))
    ]


class _Pair(NamedTuple):
    model: Table
    same: list[Table]  # of statements, that are it
    made: list[Table]  # those of them that may be told for it
    follows: bool  # the model only says what statements make
    yields: bool  # the first of these is told


def _paired(found: Iterable[Described]) -> Iterator[_Pair]:
    """Each table of models with those of statements that are it."""
    found = list(found)
    stated: dict[str, list[Described]] = {}
    for reader, one in found:
        if reader.states:
            stated.setdefault(_own(one), []).append((reader, one))
    for reader, one in found:
        if not reader.states:
            same = [each for each in stated.get(_own(one), ()) if _is_same(one, each[1])]
            made = [each for by, each in same if reader.generates in {"", by.name}]
            is_better = bool(made) and (made[0].whole or not one.whole)
            follows = reader.yields and not reader.generates
            yield _Pair(one, [each for _, each in same], made, follows, reader.yields and is_better)


def _own(table: Table) -> str:
    return table.table.rpartition(".")[2].lower()


def _is_same(one: Table, other: Table) -> bool:
    schemas = {each.table.lower().rpartition(".")[0] for each in (one, other)} - {""}
    here, there = ({column.name.lower() for column in each.columns} for each in (one, other))
    fewest = min(len(here), len(there))
    return len(schemas) < 2 and len(here & there) >= _ALIKE * fewest


def _as_stated(model: Table, stated: Table) -> Table:
    return stated._replace(
        foreign_keys=tuple(key._replace(line=0) for key in stated.foreign_keys),
        model=model.model,
        file=model.file,
        line=model.line,
        symbol=model.symbol,
        created=f"{stated.file}:{stated.line}",
    )
