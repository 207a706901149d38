"""Finding the memory that a reference names."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from indexer.formats.adr.metadata import clean_title
from indexer.measured import Measured, MeasurementNames
from indexer.wording.mentions import numbered_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_NUMBER = re.compile(r"(?:(?P<kind>[a-z]+)(?:\srecord)?)?[\s#_-]{0,3}0*(?P<number>\d{1,5})$", re.I)
_WORD = re.compile(r"\w+")
_GENERAL_KINDS = frozenset({"", "decision", "madr", "ladr"})
_RFC_FOLDERS = frozenset({"rfc", "rfcs", "text"})

Name = TypeVar("Name", int, str)


@dataclass(frozen=True)
class Known:
    """A memory, as far as it takes to be found."""

    uid: str
    title: str  # "" of what is called by its uid only
    path: str | None = None  # relative to the project root
    number: int | None = None


class Directory:
    """All memories of a project by everything that a reference may call them.

    Looking up never guesses: a number or a name that two memories share names the one in
    the folder of the asking record, and otherwise none.
    """

    def __init__(self, memories: Iterable[Known], measured: Iterable[Measured] = ()) -> None:
        self._memories = list(memories)
        self._measured = list(measured)
        self._uids = {memory.uid for memory in self._memories}

    # Made when the first reference needs them: most are numbers, and titles take longest.

    @cached_property
    def _numbers(self) -> dict[int, list[Known]]:
        return self._by(lambda memory: memory.number)

    @cached_property
    def _paths(self) -> dict[str, list[Known]]:
        return self._by(lambda memory: memory.path)

    @cached_property
    def _stems(self) -> dict[str, list[Known]]:
        return self._by(lambda memory: None if memory.path is None else _stem(memory.path))

    @cached_property
    def _titles(self) -> dict[str, list[Known]]:
        return self._by(lambda memory: _folded(memory.title) if memory.title else None)

    @cached_property
    def _measurements(self) -> MeasurementNames:
        return MeasurementNames(self._measured)

    def _by(self, name: Callable[[Known], Name | None]) -> dict[Name, list[Known]]:
        """The memories by what `name` says of each, if anything."""
        found: dict[Name, list[Known]] = defaultdict(list)
        for memory in self._memories:
            if (said := name(memory)) is not None:
                found[said].append(memory)
        return found

    def resolve(self, target: str, near: str | None = None) -> str | None:
        """The uid of the memory that a reference names; None when none or several fit.

        Args:
            target: `Reference.target`: a uid, a path, a number such as "ADR-14", a title, or a
                measurement's metric and day.
            near: The path of the record that names it.
        """
        said = target.strip()
        if said in self._uids:
            return said
        folder = posixpath.dirname(near or "")
        number = _NUMBER.fullmatch(said)
        if number:
            kind = (number["kind"] or "").lower()
            numbered = self._numbers.get(int(number["number"]), [])
            found = [each for each in numbered if _is_of_kind(each, kind)]
            return _only(found, folder)
        by_path = _only(self._paths.get(said, []), folder)
        if by_path:
            return by_path
        stem = _stem(said)
        same_name = self._stems.get(stem, [])
        return (
            _only([each for each in same_name if _ends_alike(each, said)], folder)
            or _only(same_name, folder)
            or _only(self._titles.get(_folded(said), []), folder)
            or self._measurements.find(said)
        )


def _only(found: list[Known], folder: str) -> str | None:
    """The one memory found, or the one of them in a folder."""
    if len(found) == 1:
        return found[0].uid
    here = [each for each in found if posixpath.dirname(each.path or "") == folder]
    return here[0].uid if len(here) == 1 else None


def _is_of_kind(memory: Known, kind: str) -> bool:
    """Whether "ADR 7" or "RFC 7" can mean a memory with that number, by its name and folder."""
    if kind in _GENERAL_KINDS or memory.path is None:
        return True
    named = numbered_name(posixpath.basename(memory.path))
    if named and named[0]:
        return named[0] == kind
    folders = set(memory.path.lower().split("/")[:-1])
    return kind != "rfc" or bool(folders & _RFC_FOLDERS)


def _ends_alike(memory: Known, path: str) -> bool:
    """Whether one of two paths is the other with more folders before it."""
    mine = f"/{memory.path}"
    return mine.endswith(f"/{path}") or f"/{path}".endswith(mine)


def _stem(path: str) -> str:
    return posixpath.splitext(posixpath.basename(path))[0].casefold()


def _folded(title: str) -> str:
    return " ".join(_WORD.findall(clean_title(title).casefold()))
