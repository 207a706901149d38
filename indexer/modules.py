"""Works out which modules a memory is about when its source does not say."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from memory.ledger.facts import LABELLED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from memory.ledger.interface.database import Database, Ledger

OFTEN = 3  # mentions in the text; one or two are usually an example or a neighbour
_WORD = re.compile(r"\w+")


def label_modules(ledger: Ledger, *, anew: bool = False) -> None:
    """Give every memory that names no module those that it is evidently about.

    That is a known module whose name is in the title, is a folder in a path, or stands in the
    text three times. So `--module payments` finds the decision records on payments, which
    hardly ever carry labels.

    What a revision says never changes, so only new revisions are looked through for all
    modules, and all revisions that have its name for a new module.
    """
    db = ledger.db
    latest = db.changes.latest()
    done, before = json.loads(db.facts.find(LABELLED) or "[0, []]")
    if anew:
        done = 0
    changed = db.changes.memories(done)
    known = {_key(module): module for module in before}
    gone, come = [], []
    for name in sorted({*map(_key, db.labels.named_by(changed)), *(known if anew else ())}):
        was, now = known.pop(name, None), db.labels.spelling(name)
        if now is not None:
            known[name] = now
        if was is not None and (anew or was != now):
            gone.append(was)
        if now is not None and (anew or was != now):
            come.append(now)
    modules = sorted(known.values())
    mentions = [*_mentioning(db, come), *_mentioned(db.labels.unlabelled(changed), modules)]
    with ledger.writing():
        db.labels.forget_mentions(gone)
        db.labels.add_mentions(mentions)
        db.facts.save(LABELLED, json.dumps([latest, modules]))


def _mentioning(db: Database, modules: Iterable[str]) -> Iterator[tuple[int, str]]:
    for module in modules:
        for revision_id, title, body in db.labels.unlabelled_with(module):
            if is_about(module, title, body):
                yield revision_id, module


def _mentioned(
    texts: Iterable[tuple[int, str, str]], modules: Iterable[str]
) -> Iterator[tuple[int, str]]:
    """Which of these modules texts are about; each text is gone through once for all of them."""
    by_first: dict[str, list[str]] = {}  # a name's first word stands in every text that has it
    for module in modules:
        by_first.setdefault(_words(module)[0], []).append(module)
    for revision_id, title, body in texts if by_first else ():
        words = {"", *_words(title), *_words(body)}
        for module in (one for word in words & by_first.keys() for one in by_first[word]):
            if is_about(module, title, body):
                yield revision_id, module


def _key(module: str) -> str:
    """The same for all spellings that the ledger takes for one: they differ in ASCII case."""
    return "".join(one.lower() if one.isascii() else one for one in module)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower()) or [""]


class _Name(NamedTuple):
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
