"""Works out which modules a memory is about when its source does not say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from memory.ledger.labels import known_modules, replace_mentions, unlabelled_texts_with

if TYPE_CHECKING:
    from memory.ledger.connection import Ledger

OFTEN = 3  # mentions in the text; one or two are usually an example or a neighbour


def label_modules(ledger: Ledger) -> None:
    """Give every memory that names no module those that it is evidently about.

    That is a known module whose name is in the title, is a folder in a path, or stands in the
    text three times. So `--module payments` finds the decision records on payments, which
    hardly ever carry labels.
    """
    mentions = [
        (revision_id, module)
        for module in known_modules(ledger.db)
        for revision_id, title, body in unlabelled_texts_with(ledger.db, module)
        if is_about(module, title, body)
    ]
    with ledger.writing() as db:
        replace_mentions(db, mentions)


def is_about(module: str, title: str, body: str) -> bool:
    """Whether a text is about a module, going by the module's name alone."""
    name = re.escape(module)
    word = re.compile(rf"(?<![\w-]){name}(?![\w-])", re.IGNORECASE)
    in_path = re.search(rf"[\w.-]/{name}(?:/|\.\w)|(?<![\w/]){name}/\w", body, re.IGNORECASE)
    return bool(word.search(title) or in_path or len(word.findall(body)) >= OFTEN)
