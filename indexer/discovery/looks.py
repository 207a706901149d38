"""What is in a project's folders and logs: decision records, decisions, a bundle of knowledge.

Names come first: only where three pages are called like records (one, where the folder or the page
is called so) some of them are read. A folder that is as it was is not read again.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from contextlib import suppress
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from pydantic import Field

from indexer.formats.decision_log import DecisionLog
from indexer.formats.document import Document, FoundFolders
from indexer.formats.record_evidence import reads_like_record
from indexer.formats.record_names import (
    ENDINGS,
    KIND_NAMED,
    holds_fields,
    is_aside,
    is_called_like_log,
    is_called_like_record,
    is_named_for_records,
    is_of_others,
    named_folder,
    record_folder,
)
from indexer.wording.mentions import record_name
from indexer.wording.statuses import read_status
from memory.kinds.vocabulary import Status
from memory.models.value import Value
from memory.texts.plain_file import read_beginning
from memory.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from indexer.scanner import Scan, SeenFile
    from memory.models.memory import Draft

LEAST = 3  # pages that are called like records make a folder worth a look
MOST_READ = 7  # of the pages of one folder; in the folders of twelve projects three told as much
MOST_BYTES = 64_000  # of a page: its headings and its metadata stand before that
#: The share of the pages read that have to read like records: some are stubs.
ENOUGH, ENOUGH_OF_NAMED = 0.6, 0.3

_ADR_DIR = ".adr-dir"  # of adr-tools: the folder of the records, relative to where it stands
_LOG4BRAINS = ".log4brains.yml"  # of which each package may have a folder, named likewise
_BUNDLE = "index.md"  # at the root of a bundle it states the version of the format
_OKF = re.compile(r"\A\ufeff?---\n(?:(?!---).*\n)*?okf_version\s*:", re.MULTILINE)
_OKF_BYTES = 4_000
_LOG_BYTES = 2_000_000  # as much as is read of any file
#: An entry that leads to a page of its own: the file is an index of such pages.
_LEADS_ELSEWHERE = re.compile(r"\]\([^()\s]+\.(?:md|adoc|org|rst)\b")


class Look(Value):
    """What was seen in a folder of pages that are called like records, or in a log's entries."""

    mark: str  # of the pages, their sizes and times
    pages: int  # or entries
    read: int  # none where its path alone tells that they are no records
    alike: int  # of those read, how many read like records, or are entries with a status or date
    taken: bool


class Discovery(Value):
    """What is known of a project's folders by what is in them."""

    by: str = ""  # the version of archmem that looked
    looks: dict[str, Look] = Field({})  # by folder
    logs: dict[str, Look] = Field({})  # by path
    declared: dict[str, str] = Field({})  # the folder that a file of a tool names, by where it does
    bundles: dict[str, tuple[str, bool]] = Field({})  # by the path of an index: its mark, is it one

    def folders(self) -> FoundFolders:
        """As the formats take it."""
        return FoundFolders(
            declared=frozenset(self.declared.values()),
            records=frozenset(name for name, look in self.looks.items() if look.taken),
            others=frozenset(name for name, look in self.looks.items() if not look.taken),
            logs=frozenset(path for path, look in self.logs.items() if look.taken),
            bundles=frozenset(
                str(PurePosixPath(path).parent)
                for path, (_, is_one) in self.bundles.items()
                if is_one
            ),
        )


#: Of the files that `may_tell`.
TELLING_ENDINGS = frozenset({"", ".md", ".yaml", ".yml"}) | ENDINGS


def may_tell(path: PurePosixPath) -> bool:
    """Whether a file may show what a folder is or what a page of it says, by its name."""
    if path.name in (_ADR_DIR, _LOG4BRAINS, _BUNDLE) or holds_fields(path):
        return True
    return is_called_like_record(path) or is_called_like_log(path)


def unsettled(scan: Scan, before: Discovery) -> set[str]:
    """The folders, seen in part, whose pages have to be seen together to tell what they are."""
    found = set()
    for path in (PurePosixPath(one.path) for one in scan.files):
        folder = record_folder(path)
        look = before.looks.get(folder)
        if is_called_like_record(path) and not named_folder(path) and not (look and look.taken):
            found.add(folder or ".")
    return found


def discover(root: Path, scan: Scan, before: Discovery) -> Discovery:
    """What the folders of a scan are; of those that it did not look at, what was known before."""
    groups: dict[str, list[SeenFile]] = defaultdict(list)
    declared: dict[str, str] = {}
    bundles, logs = {}, {}
    is_same = before.by == VERSION
    for one in scan.files:
        path = PurePosixPath(one.path)
        if path.name in (_ADR_DIR, _LOG4BRAINS):
            declared |= _named_folders(root, one)
            continue
        if path.name == _BUNDLE:
            bundles[one.path] = _as_bundle(root, one, before)
        if is_called_like_log(path):
            logs[one.path] = _look_at_log(root, one, before.logs.get(one.path) if is_same else None)
        folder = record_folder(path)
        if is_called_like_record(path) and (not named_folder(path) or is_aside(folder)):
            groups[folder].append(one)
    looks = {}
    for folder, pages in groups.items():
        known = before.looks.get(folder)
        is_whole = scan.covers(folder)
        if is_whole and len(pages) >= _least(folder, pages, known):
            looks[folder] = _judge(root, folder, pages, known if is_same else None)
    if scan.only is not None:
        looks |= {name: one for name, one in before.looks.items() if not scan.covers(name)}
        elsewhere = before.declared.items()
        declared |= {p: d for p, d in elsewhere if not scan.covers(p.partition(":")[0])}
        bundles = {p: b for p, b in before.bundles.items() if not scan.covers(p)} | bundles
        logs = {p: one for p, one in before.logs.items() if not scan.covers(p)} | logs
    looks |= {
        folder: _judge(root, folder, pages, before.looks.get(folder) if is_same else None)
        for folder, pages in groups.items()
        if folder not in looks and scan.covers(folder) and _is_of_a_state_beside(folder, looks)
    }
    return Discovery(by=VERSION, looks=looks, logs=logs, declared=declared, bundles=bundles)


def _is_of_a_state_beside(folder: str, looks: Mapping[str, Look]) -> bool:
    """Whether a folder is called by a state, `withdrawn/`, beside one of records called so too."""
    own = PurePosixPath(folder)
    return _is_state(own.name) and any(
        look.taken
        and PurePosixPath(name).parent == own.parent
        and _is_state(PurePosixPath(name).name)
        for name, look in looks.items()
    )


def _is_state(name: str) -> bool:
    return read_status(name).status is not Status.UNSTATED


def _least(folder: str, pages: Sequence[SeenFile], known: Look | None) -> int:
    """How many pages make a folder worth a look: a record folder stays one while it has any."""
    if (known and known.taken) or is_named_for_records(folder):
        return 1
    named = any(KIND_NAMED.match(record_name(one.path)) for one in pages)
    return 1 if named else LEAST


def _judge(root: Path, folder: str, pages: Sequence[SeenFile], known: Look | None) -> Look:
    """What a folder is: by its path, as it was known where nothing changed, or by its pages."""
    mark = _mark(pages)
    if is_aside(folder) or is_of_others(folder):
        return Look(mark=mark, pages=len(pages), read=0, alike=0, taken=False)
    return known if known and known.mark == mark else _look(root, folder, pages, mark)


def _look(root: Path, folder: str, pages: Sequence[SeenFile], mark: str) -> Look:
    """Read some pages of a folder; few, where the first of them tell enough."""
    is_named = is_named_for_records(folder)
    wanted = ENOUGH_OF_NAMED if is_named else ENOUGH
    step = max(1, len(pages) // MOST_READ)
    chosen = pages[::step][:MOST_READ]
    read = alike = 0
    for one in chosen:
        read += 1
        alike += reads_like_record(_page(root, one))
        if read == LEAST and alike in (0, LEAST):
            break
    return Look(mark=mark, pages=len(pages), read=read, alike=alike, taken=alike >= wanted * read)


def _look_at_log(root: Path, seen: SeenFile, known: Look | None) -> Look:
    """What is called a log is one where most entries have a status or a date.

    Once it is, one entry is enough for it to stay one. What leads to a page elsewhere is no entry.
    """
    mark = _mark([seen])
    if known and known.mark == mark:
        return known
    said = _beginning(root, seen.target or seen.path, _LOG_BYTES)
    drafts = DecisionLog().parse(Document(seen.path, said)).drafts
    entries = [one for one in drafts if not _LEADS_ELSEWHERE.search(one.body.partition("\n")[0])]
    alike = sum(map(_is_decision, entries))
    enough = 1 if known and known.taken else ENOUGH * len(entries)
    is_log = 0 < alike >= enough
    return Look(mark=mark, pages=len(entries), read=len(entries), alike=alike, taken=is_log)


def _is_decision(entry: Draft) -> bool:
    is_stated = getattr(entry.details, "status", Status.UNSTATED) is not Status.UNSTATED
    return bool(is_stated or entry.valid_from or entry.figures)


def _page(root: Path, seen: SeenFile) -> Document:
    """The beginning of a page, and of the file that holds its fields where there is one."""
    beside = _beginning(root, seen.beside, MOST_BYTES) if seen.beside else ""
    said = _beginning(root, seen.target or seen.path, MOST_BYTES)
    return Document(seen.path, said, beside=beside)


def _beginning(root: Path, path: str, most: int) -> str:
    try:
        said = read_beginning(root / path, most)
    except OSError:  # whoever reads it whole says what is wrong
        return ""
    return said.decode("utf-8-sig", errors="replace").replace("\r\n", "\n")


def _named_folders(root: Path, seen: SeenFile) -> dict[str, str]:
    """The folders inside the project that a file of adr-tools or log4brains names, by its place."""
    path = PurePosixPath(seen.path)
    said = _beginning(root, seen.target or seen.path, 10_000)
    if path.name == _ADR_DIR:
        named = {seen.path: said.strip()}
    else:
        named = {f"{seen.path}:{line}": one for line, one in _adr_folders(said)}
    folders = {place: _inside(path.parent, one) for place, one in named.items()}
    return {place: one for place, one in folders.items() if one}


def _adr_folders(text: str) -> Iterator[tuple[int, str]]:
    """What a configuration of log4brains calls `adrFolder`, with its lines."""
    import yaml

    from indexer.markup.yaml_text import compose

    with suppress(yaml.YAMLError):  # then its folders are found as others are, by what is in them
        left = [compose(text)]
        while left:
            node = left.pop()
            if isinstance(node, yaml.MappingNode):
                for key, value in node.value:
                    left.append(value)
                    if key.value == "adrFolder" and isinstance(value, yaml.ScalarNode):
                        yield key.start_mark.line + 1, value.value
            elif isinstance(node, yaml.SequenceNode):
                left += node.value


def _inside(base: PurePosixPath, said: str) -> str:
    """A folder as it is named from another one; "" where that is none inside the project."""
    parts: list[str] = []
    for part in (base / said).parts:
        if part == ".." and not parts:
            return ""
        parts = parts[:-1] if part == ".." else [*parts, part]
    return "/".join(parts) if said and not said.startswith("/") else ""


def _as_bundle(root: Path, seen: SeenFile, before: Discovery) -> tuple[str, bool]:
    mark = _mark([seen])
    known = before.bundles.get(seen.path)
    if known and known[0] == mark:
        return known
    return mark, _OKF.match(_beginning(root, seen.target or seen.path, _OKF_BYTES)) is not None


def _mark(pages: Iterable[SeenFile]) -> str:
    said = "\n".join(f"{one.path} {one.size} {one.mtime_ns}" for one in pages)
    return hashlib.blake2b(said.encode(), digest_size=8).hexdigest()
