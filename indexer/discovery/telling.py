"""What is kept of a project's folders between runs, and what is told of them."""

from __future__ import annotations

import difflib
from collections import defaultdict
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from indexer.discovery.looks import LEAST, Discovery
from indexer.discovery.survey import knowing
from indexer.formats.document import Problem
from indexer.formats.record_names import (
    is_aside,
    is_called_like_record,
    named_folder,
    record_folder,
)
from memory.config import SETTINGS_FILE
from memory.ledger.store_facts import DISCOVERY, FOLDERS
from memory.models.report import RecordFolder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from indexer.discovery.looks import Look
    from indexer.discovery.survey import Survey
    from indexer.formats.document import Format
    from indexer.scanner import Scan
    from memory.ledger.interface.database import Database, Ledger


_FOLDERS = TypeAdapter(tuple[RecordFolder, ...])


def find_discovery(db: Database) -> Discovery:
    """What was found out of folders when a project was indexed last."""
    said = db.facts.find(DISCOVERY)
    return Discovery.model_validate_json(said) if said else Discovery()


def knowing_folders(db: Database, formats: Iterable[Format]) -> tuple[Format, ...]:
    """The formats with what was found out of folders when a project was indexed last."""
    return knowing(formats, find_discovery(db))


def keep_survey(
    ledger: Ledger, root: Path, formats: Iterable[Format], looked: Survey
) -> tuple[tuple[RecordFolder, ...], bool, list[str]]:
    """Keep what a walk found out of folders.

    Returns:
        The folders that hold records and those that look like it, as of the last walk through
        everything; whether that is news; what is wrong with the settings, in lines.
    """
    declared = list(dict.fromkeys(one for each in formats for one in each.record_folders))
    facts = ledger.db.facts
    before = folders = _FOLDERS.validate_json(facts.find(FOLDERS) or "[]")
    if looked.scan.only is None:
        folders = tell_folders(looked.scan, looked.discovery, declared)
    kept = {
        DISCOVERY: looked.discovery.model_dump_json(),
        FOLDERS: _FOLDERS.dump_json(folders).decode(),
    }
    if changed := {name: said for name, said in kept.items() if said != facts.find(name)}:
        with ledger.writing() as db:
            for name, said in changed.items():
                db.facts.save(name, said)
    was, now = ([(one.path, one.taken) for one in each] for each in (before, folders))
    problems = [str(one) for one in missing_folders(root, declared, looked.scan)]
    return folders, was != now, problems


def missing_folders(root: Path, declared: Iterable[str], scan: Scan) -> Iterator[Problem]:
    """What the settings say of folders that are not there, or in which nothing is read."""
    paths = [PurePosixPath(one.path) for one in scan.files]
    seen = {str(each) for path in paths for each in (path, *path.parents)}
    for folder in declared:
        name = folder.strip("/")
        if name in seen or (scan.only is not None and (root / name).exists()):
            continue
        what = "holds nothing that is read" if (root / name).is_dir() else "is not there"
        alike = difflib.get_close_matches(name, sorted(seen), n=1)
        advice = f'did you mean "{alike[0]}"?' if alike and not (root / name).is_dir() else ""
        yield Problem(SETTINGS_FILE, f'"{folder}" among record_folders {what}', advice=advice)


def tell_folders(
    scan: Scan, discovery: Discovery, declared: Sequence[str]
) -> tuple[RecordFolder, ...]:
    """Which folders hold records and why, by path; then which only look like it, those most first.

    Args:
        scan: All that is read of the project.
        discovery: What was found out of its folders.
        declared: Folders of records by the project's settings.
    """
    own = {folder.strip("/"): "archmem.toml names it" for folder in declared}
    own |= {named: f"{path} names it" for path, named in sorted(discovery.declared.items())}
    counts: dict[tuple[str, str], int] = defaultdict(int)
    found = discovery.folders()
    for path in (PurePosixPath(one.path) for one in scan.files if one.path not in discovery.logs):
        folder = record_folder(path)
        around = next((each for each in own if path.is_relative_to(each)), None)
        if around is not None:
            counts[around, own[around]] += 1
        elif named := named_folder(path):
            counts[named, "it is called so"] += 1
        elif folder in found.records and is_called_like_record(path):
            look = discovery.looks[folder]
            counts[folder, f"{look.alike} of {look.read} read have what decision records have"] += 1
    logs = [_tell_log(path, look, declared) for path, look in sorted(discovery.logs.items())]
    taken = [
        RecordFolder(path=folder or ".", pages=pages, taken=True, why=why)
        for (folder, why), pages in sorted(counts.items())
    ] + [one for one in logs if one.taken]
    passed = [
        RecordFolder(
            path=folder or ".",
            pages=look.pages,
            taken=False,
            why=_why_not(folder, look),
            advice=_advice(declared, folder),
        )
        for folder, look in sorted(discovery.looks.items(), key=lambda one: (-one[1].alike, one[0]))
        if not look.taken
        and look.pages >= LEAST
        and not any(PurePosixPath(folder).is_relative_to(each) for each in own)
    ]
    return (*taken, *passed, *(one for one in logs if one.pages and not one.taken))


def _tell_log(path: str, look: Look, declared: Sequence[str]) -> RecordFolder:
    is_named = path in declared
    why = f"{look.alike} of {look.pages} entries are decisions with a status or a date"
    return RecordFolder(
        path=path,
        pages=look.pages,
        is_log=True,
        taken=is_named or look.taken,
        why="archmem.toml names it" if is_named else why,
        advice="" if is_named or look.taken else _advice(declared, path),
    )


def _why_not(folder: str, look: Look) -> str:
    if look.read:
        return f"{look.alike} of {look.read} read have what decision records have"
    of = "tests or examples" if is_aside(folder) else "posts, minutes, releases or the like"
    return f"its path tells of {of}"


def _advice(declared: Sequence[str], folder: str) -> str:
    named = ", ".join(f'"{each}"' for each in (*declared, folder or "."))
    return f"record_folders = [{named}]"
