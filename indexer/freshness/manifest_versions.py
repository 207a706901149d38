"""Whether the versions that memories name are those that the project's manifests ask for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indexer.freshness.manifests import fold_product, governing
from indexer.freshness.verdicts import finding
from memory.models.assessment import Anchor, AnchorVerdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from indexer.freshness.manifests import Pinned
    from memory.ledger.interface.upkeep import AnchorFinding

_VERSION = re.compile(
    r"(?P<name>.+?)(?:\[[\w,]+\])?[\s=<>~^@:v]+(?P<number>\d+(?:\.\d+)*)(?:-\w+)?\+?$"
)


def check_versions(
    anchors: Iterable[Anchor], pinned: Sequence[Pinned]
) -> dict[Anchor, AnchorFinding]:
    """Whether versions are in use, by their anchors; all of them are from one memory.

    Of several versions of one product, those that are not in use are what it was before, if
    another is: they are left out.
    """
    judged = [(*_product(anchor), _check_version(anchor, pinned)) for anchor in anchors]
    in_use = {name for name, _, one in judged if one.checked.verdict is AnchorVerdict.FRESH}
    newest: dict[str, tuple[tuple[int, ...], AnchorFinding]] = {}
    for name, number, one in judged:
        counts = name not in in_use or one.checked.verdict is AnchorVerdict.FRESH
        if counts and (name not in newest or number > newest[name][0]):
            newest[name] = number, one
    return {Anchor(type="version", name=one.checked.name): one for _, one in newest.values()}


def _product(anchor: Anchor) -> tuple[str, tuple[int, ...]]:
    match = _VERSION.match(anchor.name)
    return (fold_product(match["name"]), _parts(match["number"])) if match else ("", ())


def _parts(number: str) -> tuple[int, ...]:
    return tuple(int(part) for part in number.split("."))


def _check_version(anchor: Anchor, pinned: Sequence[Pinned]) -> AnchorFinding:
    name, number = _product(anchor)
    found = governing([one for one in pinned if one.name == name])
    if not found:
        return finding(anchor, AnchorVerdict.UNKNOWN, "no manifest names a version of it")
    is_least = anchor.name.endswith("+")
    same = [one for one in found if _fits(number, _parts(one.version), is_least=is_least)]
    if len(same) == len(found):
        return finding(anchor, AnchorVerdict.FRESH, f"{same[0].path} has {same[0].version}")
    said = sorted({one.version for one in found}, key=_parts)
    places = f"{found[0].path} has" if len(said) == 1 else "manifests have"
    if same:
        return finding(anchor, AnchorVerdict.UNKNOWN, f"{places} {', '.join(said)}")
    if any(_may_be(number, one) for one in found):
        return finding(anchor, AnchorVerdict.UNKNOWN, f"{places} {', '.join(said)} or later")
    return finding(anchor, AnchorVerdict.CHANGED, f"{places} {', '.join(said)}")


def _may_be(number: tuple[int, ...], asked: Pinned) -> bool:
    """Whether a version will do where another, earlier one is asked for."""
    least = _parts(asked.version)
    return least < number and (asked.is_least or (asked.is_range and least[0] == number[0]))


def _fits(said: tuple[int, ...], used: tuple[int, ...], *, is_least: bool) -> bool:
    """Whether a version is the one that is said, or with `is_least` a later one."""
    return _agree(said, used) or (is_least and used > said)


def _agree(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    """Whether two versions are the same as far as both go, and no further than the minor one."""
    length = min(len(one), len(other), 2)
    return one[:length] == other[:length]
