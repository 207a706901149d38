"""What people wrote that governs a part of the code: by the places it names, and by module."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory.kinds.vocabulary import Kind
from memory.models.flags import STILL_OPEN
from memory.models.selection import NOW, Selection
from memory.standings import list_selected
from memory.views.memory_view import view

if TYPE_CHECKING:
    from collections.abc import Collection

    from memory.code.codebase import CodeBase
    from memory.code.targets import Target
    from memory.ledger.interface.database import Database
    from memory.models.answer import Listed

MOST = 20
_MODULES = 3  # what is spread over more is governed by what names it
_KINDS = (Kind.DECISION, Kind.FLAG, Kind.BASELINE, Kind.LESSON)
_OVER = frozenset({"superseded", "rejected", "deprecated", "retired", "expired", "resolved"})


def governing(
    db: Database, files: Collection[str], modules: Collection[str], symbols: Collection[str]
) -> tuple[dict[str, str], ...]:
    """The decisions, open flags, baselines and lessons that hold for some code.

    Those whose text names one of the files, or a symbol in them, come first; then those of its
    modules, the latest first. What is over is left out.

    Args:
        db: An open ledger.
        files: From the root.
        modules: Of which they are.
        symbols: The names of their definitions.
    """
    named = _named(db, set(files), set(symbols))
    of_modules = Selection(kinds=_KINDS, modules=tuple(modules), lens=NOW) if modules else None
    listed = list_selected(db, of_modules) if of_modules else []
    known = {one.memory.uid for one in listed}
    rest = named.keys() - known
    if rest:
        listed = [
            *(one for one in list_selected(db, Selection(kinds=_KINDS)) if one.memory.uid in rest),
            *listed,
        ]
    rows = [_row(one, named.get(one.memory.uid, ""), modules) for one in listed if _holds(one)]
    return tuple(sorted(rows, key=lambda row: row["why"].startswith("module"))[:MOST])


def governing_target(db: Database, code: CodeBase, target: Target) -> tuple[dict[str, str], ...]:
    """The same for where a change would begin."""
    files = {place.path for place in target.starts}
    names = {name for place in target.starts for name in (place.symbol, code.called(place))}
    modules = sorted({code.files[path].module for path in files})
    return governing(db, files, modules if len(modules) <= _MODULES else (), names - {""})


def _named(db: Database, files: set[str], symbols: set[str]) -> dict[str, str]:
    """The memories whose anchors are at these places, and which one."""
    found: dict[str, str] = {}
    for kept in db.anchors.findings():
        checked = kept.finding.checked
        if kept.finding.place in files or checked.target in files or checked.name in files:
            found.setdefault(kept.uid, kept.finding.place or checked.name)
        elif checked.name in symbols:
            found.setdefault(kept.uid, checked.name)
    return found


def _holds(one: Listed) -> bool:
    if one.memory.kind is Kind.FLAG:
        return one.standing.status in STILL_OPEN
    return one.standing.in_force or str(one.standing.status) not in _OVER


def _row(one: Listed, named: str, modules: Collection[str]) -> dict[str, str]:
    told = view(one)
    of = told.modules or sorted(modules)  # it may only speak of one of these
    return {
        "uid": told.uid,
        "kind": told.kind,
        "title": told.title,
        "status": told.standing,
        "citation": told.citation,
        "why": f"names {named}" if named else f"module {', '.join(of)}",
    }
