"""Which module of the project a file belongs to, going by its path."""

from __future__ import annotations

from itertools import dropwhile, takewhile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Folders that hold modules and are none; the ones that follow one another count as one.
CONTAINERS = frozenset(
    """
    src source sources lib libs app apps package packages pkg internal cmd crates service services
    module modules component components domain domains plugin plugins features contexts backend
    server main java kotlin scala python test tests spec specs rust
    dotnet golang typescript javascript x
    """.split()
)
#: Languages whose folders begin with their owner's domain, and what such a domain ends with.
_BY_DOMAIN = frozenset("java kotlin scala groovy".split())
_DOMAINS = frozenset("com org net io dev de uk eu fr xyz app co".split())
#: What is written about modules, and what comes with tools.
_NONE = frozenset("doc docs documentation examples scripts tools node_modules vendor".split())


def modules_of(paths: Iterable[str], known: Iterable[str]) -> list[str]:
    """The modules that files belong to, each once, in alphabetical order."""
    names = names_by_fold(known)
    return sorted({module for path in paths if (module := module_of(path, names))})


def names_by_fold(known: Iterable[str]) -> dict[str, str]:
    """Names of modules by how they are compared, for `module_of`."""
    return {_folded(name): name for name in known}


def module_of(path: str, known: dict[str, str]) -> str | None:
    """The module of one file; None for what belongs to none.

    That is the first part of the path, a file's name without its ending included, that the
    memory knows as a module. Failing that it is the first folder below the usual containers, or
    below the root where there are none: `packages/billing/src/tax.ts` is billing's, and so are
    `billing/tax.py` and `billing/src/tax.py`.

    Args:
        path: Relative to the project's root.
        known: Names of modules, from `names_by_fold`.
    """
    *folders, name = path.split("/")
    if any(part.startswith(".") for part in folders) or not {*folders}.isdisjoint(_NONE):
        return None
    for part in (*folders, name.partition(".")[0]):
        if _folded(part) in known:
            return known[_folded(part)]
    outer = list(takewhile(lambda part: part.casefold() not in CONTAINERS, folders))
    inner = list(dropwhile(lambda part: part.casefold() in CONTAINERS, folders[len(outer) :]))
    is_contained = len(outer) < len(folders)
    if inner and inner[0] in _DOMAINS and not _BY_DOMAIN.isdisjoint(folders):
        inner = [] if outer else inner[2:]  # behind the owner's name: com.example.payments
    return next(iter(inner if is_contained and inner else outer), None)


def _folded(name: str) -> str:
    return name.casefold().replace("_", "-")
