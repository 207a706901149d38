"""Tells a table once where models and statements both do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory.code.apart import is_migration

if TYPE_CHECKING:
    from collections.abc import Iterable

    from indexer.code.readers import Reader
    from memory.code.codebase import Table, Unresolved

_ALIKE = (
    0.5  # of the columns, for two tables of one name to be one: services have tables of their own
)


def told_once(found: Iterable[tuple[Reader, Table]]) -> list[Table]:
    """Each table as models have it, or as statements do where the models only follow these.

    Where both tell of a table, the columns and keys of one of them are told, all of them, so that
    differences are not mixed; `Reader.yields` says whose. A model in a migration is none of today.
    """
    found = [
        (reader, one)
        for reader, one in found
        if reader.states or not (one.symbol and is_migration(one.file))
    ]
    stated: dict[str, list[Table]] = {}
    for reader, one in found:
        if reader.states:
            stated.setdefault(_own(one), []).append(one)
    replaced: set[int] = set()
    told: list[Table] = []
    for reader, one in found:
        if reader.states:
            continue
        same = [each for each in stated.get(_own(one), ()) if _is_same(one, each)]
        replaced.update(map(id, same))
        told.append(_as_stated(one, same[0]) if same and reader.yields else one)
    return [*told, *(one for reader, one in found if reader.states and id(one) not in replaced)]


def still_missed(
    missed: Iterable[Unresolved], found: Iterable[tuple[Reader, Table]]
) -> list[Unresolved]:
    """What of statements was not understood and is about no table that models tell anyway."""
    by_models = {
        one.table.lower() for reader, one in found if not reader.states and not reader.yields
    }
    return [one for one in missed if one.name.lower() not in by_models]


def _own(table: Table) -> str:
    return table.table.rpartition(".")[2].lower()


def _is_same(one: Table, other: Table) -> bool:
    schemas = {each.table.lower().rpartition(".")[0] for each in (one, other)} - {""}
    here, there = ({column.name.lower() for column in each.columns} for each in (one, other))
    fewest = min(len(here), len(there))
    return len(schemas) < 2 and len(here & there) >= _ALIKE * fewest


def _as_stated(model: Table, stated: Table) -> Table:
    if not model.model:  # a table between two models has none
        return stated
    return stated._replace(
        foreign_keys=tuple(key._replace(line=0) for key in stated.foreign_keys),
        model=model.model,
        file=model.file,
        line=model.line,
        symbol=model.symbol,
        created=f"{stated.file}:{stated.line}",
    )
