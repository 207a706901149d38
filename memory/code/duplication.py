"""How much of a code base stands twice: clones of product code and of tests, lines counted once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from memory.code.apart import is_apart
from memory.code.clones import find_clones, lines_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from memory.code.clones import Clone
    from memory.code.codebase import CodeBase
    from memory.code.tokens import FileTokens


@dataclass(frozen=True)
class Duplication:
    """What stands twice in a code base."""

    code: CodeBase
    clones: tuple[Clone, ...]  # of product code
    tests: tuple[Clone, ...]  # of tests alone
    files: int  # that were looked at, tests among them
    lines: Mapping[str, int]  # that tokens stand on, of each file of product code

    @cached_property
    def doubled(self) -> Mapping[str, int]:
        """Lines of each file of product code that stand elsewhere too."""
        return {path: len(lines) for path, lines in lines_of(self.clones).items()}

    def share(self, module: str = "") -> float | None:
        """The share of lines of a module, or of all, that stand twice; None without lines."""
        mine = [path for path in self.lines if module in {"", self.code.files[path].module}]
        total = sum(self.lines[path] for path in mine)
        doubled = sum(self.doubled.get(path, 0) for path in mine)
        return round(doubled / total, 4) if total else None

    def shares(self) -> dict[str, float]:
        """The share of each module that has one, the largest first."""
        modules = Counter(self.code.files[path].module for path in self.doubled)
        found = {module: self.share(module) or 0.0 for module in modules}
        return dict(sorted(found.items(), key=lambda one: (-one[1], one[0])))


_held: WeakKeyDictionary[CodeBase, Duplication] = WeakKeyDictionary()


def duplication_of(code: CodeBase, tokens: Mapping[str, FileTokens]) -> Duplication:
    """What stands twice in a code base; found once for each.

    Generated and copied files and migrations are left out.
    """
    if code not in _held:
        wanted = {
            path: one for path, one in tokens.items() if not one.generated and not is_apart(path)
        }
        languages = {path: code.files[path].language for path in wanted}
        product = {path: one for path, one in wanted.items() if not code.files[path].is_test}
        tests = {path: one for path, one in wanted.items() if code.files[path].is_test}
        _held[code] = Duplication(
            code,
            tuple(find_clones(product, languages)),
            tuple(find_clones(tests, languages)),
            len(wanted),
            {path: code.files[path].lines for path in product},
        )
    return _held[code]
