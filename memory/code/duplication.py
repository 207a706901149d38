"""How much of a code base stands twice: clones of product code and of tests, lines counted once."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict, defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from memory.code.apart import is_apart
from memory.code.clones import Clones, KnownRuns, find_clones, lines_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from memory.code.clone_tokens import FileTokens
    from memory.code.clones import Clone, Stretch
    from memory.code.codebase import CodeBase

_MOST_HELD = 24  # languages, with and without tests, of a few code bases


@dataclass(frozen=True)
class Duplication:
    """What stands twice in a code base."""

    code: CodeBase
    clones: tuple[Clone, ...]  # of product code
    tests: tuple[Clone, ...]  # of tests alone
    letters: tuple[Stretch, ...]  # of product code that stands elsewhere to the letter
    files: int  # that were looked at, tests among them
    lines: Mapping[str, int]  # of each file of product code that was looked at

    @cached_property
    def doubled(self) -> Mapping[str, int]:
        """Lines of each file of product code that stand elsewhere too, but for names."""
        places = (place for one in self.clones for place in one.places)
        return {path: len(lines) for path, lines in lines_of(places).items()}

    @cached_property
    def equal(self) -> Mapping[str, int]:
        """The same, to the letter."""
        return {path: len(lines) for path, lines in lines_of(self.letters).items()}

    def share(self, doubled: Mapping[str, int]) -> float:
        """The share of all lines that these are."""
        return sum(doubled.values()) / (sum(self.lines.values()) or 1)

    def shares(self) -> dict[str, float]:
        """The share of lines of each module that stand elsewhere too, but for names."""
        lines: dict[str, int] = defaultdict(int)
        doubled: dict[str, int] = defaultdict(int)
        for path, count in self.lines.items():
            module = self.code.files[path].module
            lines[module] += count
            doubled[module] += self.doubled.get(path, 0)
        return {module: doubled[module] / count for module, count in lines.items() if count}


_held: OrderedDict[str, Clones] = OrderedDict()  # by what they were found in
_known: dict[tuple[bool, str], KnownRuns] = {}  # by whether of tests, and language
_guard = threading.Lock()


def duplication_of(code: CodeBase, tokens: Mapping[str, FileTokens]) -> Duplication:
    """What stands twice in a code base.

    Generated and copied files and migrations are left out. Clones of a language are found again
    only where one of its files changed, and then mostly in that.
    """
    wanted = {path: one for path, one in tokens.items() if not one.generated and not is_apart(path)}
    groups: dict[tuple[bool, str], dict[str, FileTokens]] = defaultdict(dict)
    for path, one in sorted(wanted.items()):
        groups[code.files[path].is_test, code.files[path].language][path] = one
    clones: dict[bool, list[Clone]] = {False: [], True: []}
    letters: list[Stretch] = []
    for (is_test, language), files in sorted(groups.items()):
        with _guard:
            found = _clones(code, files, _known.setdefault((is_test, language), KnownRuns()))
        clones[is_test] += found.classes
        letters += () if is_test else found.equal
    lines = {path: code.files[path].lines for path in wanted if not code.files[path].is_test}
    return Duplication(
        code, tuple(clones[False]), tuple(clones[True]), tuple(letters), len(wanted), lines
    )


def forget() -> None:
    """Afterwards nothing is known of any clones."""
    with _guard:
        _held.clear()
        _known.clear()


def _clones(code: CodeBase, files: Mapping[str, FileTokens], known: KnownRuns) -> Clones:
    said = "\n".join(f"{path}\t{code.blobs.get(path)}" for path in files)
    key = hashlib.blake2b(said.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()
    if key not in _held:
        _held[key] = find_clones(files, known=known)
    _held.move_to_end(key)
    while len(_held) > _MOST_HELD:
        _held.popitem(last=False)
    return _held[key]
