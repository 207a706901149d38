"""How much the names that several places share tell: those that stand in few other files."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from memory.code.clone_tokens import KIND, NAME

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from memory.code.clone_tokens import FileTokens

_FEWEST = 20  # files, from which on it is of interest in how many of them a name stands


class TellingNames(NamedTuple):
    """In how many files each name stands.

    What two places share by the habits of a language or a framework (`err`, `request`, `save`) has
    names that stand everywhere; the same work has names of its own. A name counts by its inverse
    document frequency (Sparck Jones 1972): for 1 where it stands in no other file.
    """

    own: Mapping[str, tuple[FileTokens, frozenset[int]]]  # of each file, by path
    counts: Mapping[int, int]

    def telling(self, places: Iterable[NDArray[np.uint32]]) -> float:
        """The names that the tokens of several places share, each by how few files have it."""
        shared = frozenset.intersection(*map(_names, places))
        of_all = max(len(self.own), _FEWEST)
        rare = sum(math.log(of_all / max(self.counts[name], 1)) for name in shared)
        return rare / math.log(of_all)


_last = TellingNames({}, Counter())  # of the code base that was asked about last


def telling_names(files: Mapping[str, FileTokens]) -> TellingNames:
    """Those of some files; a file is only read again where its tokens are others than last time."""
    global _last  # noqa: PLW0603 - replaced as a whole
    last = _last  # another project may be asked about meanwhile
    counts = Counter(last.counts)
    own: dict[str, tuple[FileTokens, frozenset[int]]] = {}
    for path, one in files.items():
        known = last.own.get(path)
        if known is None or known[0] is not one:
            known = one, _names(one.texts)
            counts.update(known[1])
            if path in last.own:
                counts.subtract(last.own[path][1])
        own[path] = known
    for path in last.own.keys() - own.keys():
        counts.subtract(last.own[path][1])
    _last = found = TellingNames(own, counts)
    return found


def _names(texts: NDArray[np.uint32]) -> frozenset[int]:
    return frozenset(np.unique(texts[(texts & KIND) == NAME]).tolist())
