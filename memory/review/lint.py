"""Faults in the records themselves: what their writers meant to say and what does not add up."""

from __future__ import annotations

import re
from collections import defaultdict
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Literal

from memory.kinds.vocabulary import Kind, LinkType, Status, Trust
from memory.models.selection import NOW
from memory.models.value import Value
from memory.texts.plain_file import read_plain_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from memory.ledger.interface.database import Database
    from memory.models.memory import Link, Memory, Reference

Rule = Literal[
    "duplicate-number",
    "unknown-successor",
    "unknown-target",
    "dead-link",
    "unnamed-successor",
    "successor-not-accepted",
    "circle",
    "credential",
]


class Fault(Value):
    """Something in a record that does not add up, where it stands, and what to do about it."""

    rule: Rule
    path: str  # relative to the project root
    line: int  # from 1
    uid: str
    what: str
    do: str


def find_faults(db: Database, root: Path) -> tuple[Fault, ...]:
    """The faults of all records that stand in files, by file and line.

    Args:
        db: An open ledger, in step with the files.
        root: The project's; a link to a file that is there is no dead one.
    """
    links = db.links.fetch(NOW, types=[LinkType.SUPERSEDES])
    lost = {(one.uid, one.target) for one in db.links.newest() if not one.is_there}
    concerned = {uid for uid, _ in lost} | _same_numbers(db.memories.numbers())
    concerned |= {end for one in links for end in (one.source, one.target)}
    concerned |= {
        uid for uid, (_, said) in db.memories.own_statuses().items() if said == Status.SUPERSEDED
    }
    memories = [
        one
        for one in db.memories.shown(NOW, concerned).values()
        if one.path and one.revision.source.trust != Trust.DERIVED
    ]
    by_uid = {one.uid: one for one in memories}
    places = _Places(root)
    faults = [
        *_duplicate_numbers(memories, places),
        *_lost_targets(memories, lost, root, places),
        *_successions(by_uid, links, lost, places),
        *_circles(by_uid, links, places),
        *_credentials(db),
    ]
    return tuple(sorted(faults, key=lambda one: (one.path, one.line, one.rule, one.what)))


class _Places:
    """Finds the line of a record on which some words stand."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._lines: dict[str, list[str]] = {}

    def line(self, memory: Memory, words: str) -> int:
        """The first line of the record that has the words, or else their number; else its first."""
        number = re.search(r"(?<!\d)0*+([1-9]\d*+)$", words)
        for pattern in (re.escape(words), rf"\b0*{number[1]}\b" if number else ""):
            if pattern and (found := self._find(memory, pattern)):
                return found
        return memory.lines[0] if memory.lines else 1

    def is_no_link(self, memory: Memory, words: str) -> bool:
        """Whether the words stand in a web address, or in code: neither is a link to a file."""
        said = re.escape(words)
        if not words or self._find(memory, rf"://\S*{said}|`[^`]*{said}[^`]*`"):
            return True
        above = self._lines[memory.path or ""][: self.line(memory, words) - 1]
        return sum(line.lstrip().startswith(("```", "~~~")) for line in above) % 2 == 1

    def _find(self, memory: Memory, pattern: str) -> int | None:
        path = memory.path or ""
        if path not in self._lines:
            try:
                text = read_plain_text(self._root / path, _LARGEST, errors="replace")
            except OSError:
                text = ""
            self._lines[path] = text.splitlines()
        first, last = memory.lines or (1, len(self._lines[path]))
        for number, line in enumerate(self._lines[path][first - 1 : last], start=first):
            if re.search(pattern, line, re.IGNORECASE):
                return number
        return None

    def fault(self, memory: Memory, rule: Rule, words: str, what: str, do: str) -> Fault:
        """A fault at the line of some words."""
        line = self.line(memory, words)
        return Fault(rule=rule, path=memory.path or "", line=line, uid=memory.uid, what=what, do=do)


_LARGEST = 1 << 24  # bytes of a page
_CREDENTIAL = re.compile(
    r"(?P<path>.+):(?P<line>\d+): (?P<what>what looks like a credential.*); .*"
)


def _credentials(db: Database) -> Iterator[Fault]:
    """What was left out of the memory when a file was read last."""
    for path, problem in db.files.problems().items():
        found = [match for line in problem.splitlines() if (match := _CREDENTIAL.fullmatch(line))]
        memories = db.memories.in_files([path]) if found else []
        for match in found:
            line = int(match["line"])
            there = [one for one in memories if one.lines and one.lines[0] <= line <= one.lines[1]]
            uid = next((one.uid for one in there or memories), "")
            do = "take it out of the file, change it, and see that it leaves git's history"
            what = match["what"]
            yield Fault(rule="credential", path=path, line=line, uid=uid, what=what, do=do)


def _same_numbers(numbers: Iterable[tuple[str, str, int]]) -> set[str]:
    """The uids of decisions that have a number in common with another in their folder."""
    numbered: dict[tuple[str, int], list[str]] = defaultdict(list)
    for uid, path, number in numbers:
        numbered[path.rpartition("/")[0], number].append(uid)
    return {uid for uids in numbered.values() if len(uids) > 1 for uid in uids}


def _duplicate_numbers(memories: Iterable[Memory], places: _Places) -> Iterator[Fault]:
    numbered: dict[tuple[str, int], list[Memory]] = defaultdict(list)
    for one in memories:
        number = getattr(one.revision.draft.details, "number", None)
        if one.kind is Kind.DECISION and number is not None and one.path:
            numbered[one.path.rpartition("/")[0], number].append(one)
    for (_, number), same in numbered.items():
        paths = sorted({one.path or "" for one in same})
        if len(paths) < 2:
            continue
        first = min(same, key=_place)
        others = ", ".join(PurePosixPath(path).name for path in paths if path != first.path)
        what = f"number {number} is also that of {others}"
        do = "renumber one of them, and what refers to it"
        yield places.fault(first, "duplicate-number", "", what, do)


def _lost_targets(
    memories: Iterable[Memory], lost: set[tuple[str, str]], root: Path, places: _Places
) -> Iterator[Fault]:
    """References whose target is no known record, and lies in no other repository."""
    for one in memories:
        for reference in one.revision.draft.references:
            if (one.uid, reference.target) not in lost or _ADDRESS.match(reference.target):
                continue
            target, words = reference.target, _in_the_text(reference)
            if reference.type is LinkType.SUPERSEDES and reference.inverse:
                what = f"its successor {target} is not known"
                yield places.fault(one, "unknown-successor", words, what, _MEND_TARGET)
            elif reference.type is not LinkType.RELATES_TO and not _is_there(root, target):
                said = str(reference.type).replace("_", " ")
                what = f"{target}, which it {said}, is not known"
                yield places.fault(one, "unknown-target", words, what, _MEND_TARGET)
            elif (
                _names_file(target)
                and not _is_there(root, target)
                and not places.is_no_link(one, words)
            ):
                what = f"there is no {target}"
                yield places.fault(one, "dead-link", words, what, "mend the link, or take it out")


_ADDRESS = re.compile(r"[\w-]+(?:\.[\w-]+)+/.")  # of another host, without its protocol
_MEND_TARGET = "name a record that is there, by its path, number or title"


def _successions(
    by_uid: Mapping[str, Memory],
    links: Sequence[Link],
    lost: set[tuple[str, str]],
    places: _Places,
) -> Iterator[Fault]:
    """Records that say they are superseded, by none or by one that nobody has accepted yet."""
    heirs: dict[str, list[Memory]] = defaultdict(list)
    for link in links:
        if link.source in by_uid:
            heirs[link.target].append(by_uid[link.source])
    of_lost = {uid for uid, _ in lost}
    for uid, one in by_uid.items():
        if one.revision.draft.details.status is not Status.SUPERSEDED:
            continue
        if not heirs[uid] and uid not in of_lost:
            what = "it is superseded, and does not say by what"
            yield places.fault(one, "unnamed-successor", "supersed", what, "name its successor")
        for heir in heirs[uid]:
            status = heir.revision.draft.details.status
            if status in {Status.PROPOSED, Status.REJECTED, Status.WITHDRAWN}:
                what = f"it is superseded by “{heir.title}” ({heir.path}), which is {status}"
                do = "accept the successor, or say what holds until then"
                yield places.fault(one, "successor-not-accepted", "supersed", what, do)


def _circles(
    by_uid: Mapping[str, Memory], links: Sequence[Link], places: _Places
) -> Iterator[Fault]:
    """Records that supersede one another; each circle is told once, at its first record."""
    edges = {(link.source, link.target) for link in links}
    while True:
        graph: dict[str, list[str]] = defaultdict(list)
        for new, old in sorted(edges):
            graph[new].append(old)
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as error:
            circle = error.args[1]  # its first and last are the same
            edges -= {pair for one, two in pairwise(circle) for pair in ((one, two), (two, one))}
            named = sorted((by_uid[uid] for uid in set(circle) & by_uid.keys()), key=_place)
            if named:
                titles = " and ".join(f"“{one.title}”" for one in named)
                what = f"{titles} supersede one another"
                yield places.fault(named[0], "circle", "supersed", what, "say which of them holds")
        else:
            return


def _place(memory: Memory) -> tuple[str, int]:
    return memory.path or "", memory.lines[0] if memory.lines else 0


def _in_the_text(reference: Reference) -> str:
    """Words that stand where the reference does: the name of a file, or the target as written."""
    return PurePosixPath(reference.target).name


def _names_file(target: str) -> bool:
    return re.search(r"/|\.(?:md|markdown|rst|adoc|org|txt)$", target) is not None


def _is_there(root: Path, target: str) -> bool:
    try:
        return (root / target).exists()
    except (OSError, ValueError):  # too long, or with a NUL: no name of a file
        return False
