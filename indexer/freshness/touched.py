"""Which findings may be others now that some files changed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from indexer.freshness.definitions import LANGUAGES
from indexer.freshness.manifests import is_manifest
from indexer.wording.anchors import symbol_parts
from memory.models.freshness import Verdict

if TYPE_CHECKING:
    from collections.abc import Collection

    from indexer.git.repository import Repository
    from memory.ledger.anchors import Finding

CODE = tuple(f".{ending}" for ending in LANGUAGES)


_WORD = re.compile(r"[A-Za-z_]\w*")


class Touched(NamedTuple):
    """What changed in a repository between two looks."""

    paths: frozenset[str]  # with their old and their new names
    words: frozenset[str] = frozenset()  # in those that are code
    has_moved: bool = False  # whether another commit is checked out

    @property
    def has_manifest(self) -> bool:
        """Whether versions may be."""
        return any(is_manifest(path) for path in self.paths)


def touched_by(
    git: Repository, head: str, changed: Collection[str], dirty: Collection[str]
) -> Touched:
    """What commits and the worktree changed.

    Args:
        git: The repository.
        head: The commit that is checked out.
        changed: Paths that commits changed since the last look.
        dirty: Paths that differ, or did at the last look, between commit and worktree.
    """
    places = [(head, path) for path in changed] + [("", path) for path in dirty]
    texts = git.texts(place for place in places if place[1].endswith(CODE))
    words = {word for text in texts.values() for word in _WORD.findall(text)}
    return Touched(frozenset({*changed, *dirty}), frozenset(words))


def is_touched(finding: Finding, touched: Touched) -> bool:
    """Whether a finding may be another after a change.

    A definition can turn up anywhere: where there was one, it is that file which counts; where
    there was none, any that has the word.
    """
    checked, place = finding
    if checked.type == "commit":
        return touched.has_moved and checked.verdict is not Verdict.FRESH
    if checked.type == "version":
        return touched.has_manifest
    if checked.type == "symbol":
        if place:
            return place in touched.paths
        return symbol_parts(checked.name)[-1] in touched.words
    is_open = checked.verdict is Verdict.UNKNOWN  # several ends like it, or none yet
    name = f"/{checked.name}"
    return any(
        path in (checked.name, place, checked.target)
        or path.startswith((f"{place}/", f"{checked.name}/", f"{checked.target or place}/"))
        or (is_open and f"/{path}".endswith(name))
        for path in touched.paths
    )
