"""Whether the versions that memories name are those that the project's manifests ask for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indexer.freshness.manifests import fold_product
from memory.ledger.anchors import Finding
from memory.models.freshness import Anchor, Checked, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from indexer.freshness.manifests import Pinned

_SAID = re.compile(r"(?P<name>.+?)(?:\[[\w,]+\])?[\s=<>~^@:v]+(?P<number>\d+(?:\.\d+)*)(?:-\w+)?$")


def check_versions(anchors: Iterable[Anchor], pinned: Sequence[Pinned]) -> dict[Anchor, Finding]:
    """Whether versions are in use, by their anchors; all of them are from one memory.

    Of several versions of one product, those that are not in use are what it was before, if
    another is: they are left out.
    """
    judged = [(_product(anchor), _judged(anchor, pinned)) for anchor in anchors]
    in_use = {name for name, checked in judged if checked.verdict is Verdict.FRESH}
    newest: dict[str, Checked] = {}
    for name, checked in judged:
        if name not in in_use or checked.verdict is Verdict.FRESH:
            known = newest.get(name)
            if known is None or _number(checked) > _number(known):
                newest[name] = checked
    return {Anchor(type="version", name=one.name): Finding(one) for one in newest.values()}


def _product(anchor: Anchor) -> str:
    match = _SAID.match(anchor.name)
    return fold_product(match["name"]) if match else ""


def _number(anchor: Anchor) -> tuple[int, ...]:
    match = _SAID.match(anchor.name)
    return _parts(match["number"]) if match else ()


def _parts(number: str) -> tuple[int, ...]:
    return tuple(int(part) for part in number.split("."))


def _judged(anchor: Anchor, pinned: Sequence[Pinned]) -> Checked:
    name, number = _product(anchor), _number(anchor)
    found = [one for one in pinned if one.name == name]
    same = [one for one in found if _agree(number, _parts(one.version))]
    if same:
        verdict, reason = Verdict.FRESH, f"{same[0].path} has {same[0].version}"
    elif found:
        said = sorted({one.version for one in found}, key=_parts)
        places = f"{found[0].path} has" if len(said) == 1 else "manifests have"
        verdict, reason = Verdict.CHANGED, f"{places} {', '.join(said)}"
    else:
        verdict, reason = Verdict.UNKNOWN, "no manifest names a version of it"
    return Checked(**anchor.model_dump(), verdict=verdict, reason=reason)


def _agree(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    """Whether two versions are the same as far as both go, and no further than the minor one."""
    length = min(len(one), len(other), 2)
    return one[:length] == other[:length]
