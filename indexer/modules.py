"""Works out which modules a memory is about when its source does not say."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from memory.ledger.facts import LABELLED, find_fact, save_fact
from memory.ledger.labels import (
    forget_mentions,
    known_modules,
    save_mentions,
    unlabelled_texts_with,
)
from memory.ledger.memories import count_revisions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from memory.ledger.connection import Database, Ledger

OFTEN = 3  # mentions in the text; one or two are usually an example or a neighbour


def label_modules(ledger: Ledger, *, anew: bool = False) -> None:
    """Give every memory that names no module those that it is evidently about.

    That is a known module whose name is in the title, is a folder in a path, or stands in the
    text three times. So `--module payments` finds the decision records on payments, which
    hardly ever carry labels.

    What a revision says never changes, so only new revisions are looked through for all
    modules, and all revisions for new modules.

    Args:
        ledger: Whose memories.
        anew: Look through all revisions for all modules.
    """
    revision, before = _done(ledger.db)
    if anew:
        revision, before = 0, set()
    newest = count_revisions(ledger.db)
    modules = known_modules(ledger.db)
    gone = before.difference(modules)
    come = [module for module in modules if module not in before]
    mentions = [
        *_mentions(ledger.db, come),
        *_mentions(ledger.db, before.intersection(modules), after=revision),
    ]
    with ledger.writing() as db:
        forget_mentions(db, None if anew else gone)
        save_mentions(db, mentions)
        save_fact(db, LABELLED, json.dumps([newest, modules]))


def _done(db: Database) -> tuple[int, set[str]]:
    """The newest revision when modules were last looked for, and which they were."""
    revision, modules = json.loads(find_fact(db, LABELLED) or "[0, []]")
    return revision, set(modules)


def _mentions(db: Database, modules: Iterable[str], *, after: int = 0) -> Iterator[tuple[int, str]]:
    for module in modules:
        for revision_id, title, body in unlabelled_texts_with(db, module, after=after):
            if is_about(module, title, body):
                yield revision_id, module


class _Name(NamedTuple):
    """How a module's name is found in a text."""

    word: re.Pattern[str]
    in_path: re.Pattern[str]


@lru_cache(maxsize=1024)
def _name(module: str) -> _Name:
    name = re.escape(module)
    return _Name(
        re.compile(rf"(?<![\w-]){name}(?![\w-])", re.IGNORECASE),
        re.compile(rf"[\w.-]/{name}(?:/|\.\w)|(?<![\w/]){name}/\w", re.IGNORECASE),
    )


def is_about(module: str, title: str, body: str) -> bool:
    """Whether a text is about a module, going by the module's name alone."""
    name = _name(module)
    if name.word.search(title):
        return True
    # Hardly any text has a slash beside the name, and to look for a string is far quicker.
    said = body.lower()
    beside = f"{module.lower()}/" in said or f"/{module.lower()}" in said
    if beside and name.in_path.search(body):
        return True
    return said.count(module.lower()) >= OFTEN and len(name.word.findall(body)) >= OFTEN
