"""Finds a project's modules, and those that a memory is about where its source is silent."""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from indexer.code.code_files import select_code
from indexer.formats.document import Problem
from indexer.git.process import GitFailed
from indexer.git.repository import Repository
from indexer.scanner import is_within
from indexer.source_paths import is_code
from memory.code.file_modules import OUTSIDE, TESTS, assign
from memory.config import SETTINGS_FILE
from memory.ledger.project_modules import found_modules
from memory.ledger.store_facts import LABELLED
from memory.models.module import ModuleSource
from memory.texts.lexicon import words_of
from memory.texts.plain_file import read_plain_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from memory.ledger.interface.database import Database, Ledger

MOST_FOLDERS = 200  # modules by their folders, those with most code
OFTEN = 3  # mentions in the text; one or two are usually an example or a neighbour
_WORD = re.compile(r"\w+")
_LONGEST = 100_000  # bytes of a file that says where a repository is


def find_modules(
    root: Path, declared: Mapping[str, Sequence[str]], record_folders: Collection[str] = ()
) -> dict[ModuleSource, list[str]]:
    """The modules that a project declares, and those of the folders in which its code is.

    That is the code that git keeps; where it keeps none, what would be read as code.

    Args:
        root: The worktree.
        declared: The folders or patterns of each module, by its name.
        record_folders: That hold records, and with them at most what belongs to these.
    """
    try:
        listed = Repository(root).files_like()
    except GitFailed:  # no repository
        listed = []
    paths = [
        path
        for path in listed or select_code(root).paths
        if is_code(path) and not is_within(path, record_folders)
    ]
    counts = Counter(assign(paths, declared).values())
    general = words_of("paths", "no_modules") | words_of("paths", "general_folders")
    folders = [
        name
        for name, _ in sorted(counts.items(), key=lambda one: (-one[1], one[0]))
        if name not in (OUTSIDE, TESTS, *declared) and name.casefold() not in general
    ]
    return {
        ModuleSource.DECLARED: list(declared),
        ModuleSource.FOLDER: sorted(folders[:MOST_FOLDERS]),
    }


def index_mark(root: Path) -> str:
    """What changes whenever git's list of a worktree's files does; "" where that cannot be told."""
    git = root / ".git"
    try:
        if not git.is_dir():
            git = root / read_plain_text(git, _LONGEST).removeprefix("gitdir:").strip()
        index = (git / "index").stat()
    except (OSError, UnicodeDecodeError):
        return ""
    return f"{index.st_size} {index.st_mtime_ns}"


def missing_modules(root: Path, declared: Mapping[str, Sequence[str]]) -> Iterator[Problem]:
    """What the settings say of modules' folders that are not there; patterns are not looked at."""
    for name, folders in declared.items():
        for folder in folders:
            if not re.search(r"[*?\[]", folder) and not (root / folder).exists():
                what = f'"{folder}", of module {name}, is not there'
                yield Problem(SETTINGS_FILE, what)


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
    done, before, found_before = (*json.loads(db.facts.find(LABELLED) or "[0, []]"), [])[:3]
    if anew:
        done = 0
    changed = db.changes.memories(done)
    known = {_key(module): module for module in before}
    found = {_key(one): one for names in found_modules(db).values() for one in names}
    gone, come = [], []
    named = {*map(_key, db.labels.named_by(changed)), *(found.keys() ^ set(found_before))}
    for name in sorted({*named, *(known if anew else ())}):
        was, now = known.pop(name, None), db.labels.spelling(name) or found.get(name)
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
        db.facts.save(LABELLED, json.dumps([latest, modules, sorted(found)]))


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
