"""Which modules a project has, and why: the one place that says so.

Code facts go by the same names: what they infer from folders is inferred by the same function,
`memory.code.file_modules.assign`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from memory.ledger.store_facts import MODULES
from memory.models.module import Module, ModuleSource
from memory.texts.module_names import distinct_modules

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from memory.ledger.interface.database import Database


_MARK = "mark"


def known_modules(db: Database) -> tuple[Module, ...]:
    """The modules of a project in alphabetical order, each with all that tells of it."""
    by_source = {
        ModuleSource.DECLARED: found_modules(db)[ModuleSource.DECLARED],
        ModuleSource.RECORDED: db.labels.modules(),
        ModuleSource.AGENT: db.labels.modules_of_agents(),
        ModuleSource.FOLDER: found_modules(db)[ModuleSource.FOLDER],
    }
    folded = {source: {one.casefold() for one in names} for source, names in by_source.items()}
    return tuple(
        Module(
            name=name,
            sources=tuple(one for one, names in folded.items() if name.casefold() in names),
        )
        for name in module_names(db)
    )


def module_names(db: Database) -> list[str]:
    """The names of a project's modules in alphabetical order, each once whatever its case."""
    found = found_modules(db)
    told = (found[ModuleSource.DECLARED], db.labels.modules(), found[ModuleSource.FOLDER])
    return sorted(distinct_modules(one for names in told for one in names), key=str.casefold)


def found_modules(db: Database) -> dict[ModuleSource, list[str]]:
    """The modules that the settings declare, and those of folders, as of the last index run."""
    said = json.loads(db.facts.find(MODULES) or "{}")
    return {source: list(said.get(source, ())) for source in ModuleSource}


def modules_mark(db: Database) -> str:
    """From what they were found; "" before the first time."""
    return str(json.loads(db.facts.find(MODULES) or "{}").get(_MARK, ""))


def save_found_modules(
    db: Database, found: Mapping[ModuleSource, Sequence[str]], mark: str
) -> None:
    """Keep what was found beyond records, and from what; the caller holds the transaction."""
    said = {str(source): list(names) for source, names in found.items()}
    db.facts.save(MODULES, json.dumps({_MARK: mark, **said}))
