"""Which files of migrations belong together, and in which order they are applied."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

_DUMP = re.compile(r"(?:^|/)database/schema/[\w-]++\.(?:sql|dump)\Z")
_FOLDERS = frozenset("migration migrations migrate changelog changesets versions".split())
_VENDORS = (  # which one is told where there is one for each
    "postgresql postgres pgsql pg mysql mariadb sqlite sqlite3 mssql sqlserver oracle h2 hsqldb"
).split()
_VENDOR = re.compile(rf"(?<![a-z0-9])(?:{'|'.join(_VENDORS)})(?![a-z0-9])", re.IGNORECASE)
_FLYWAY = re.compile(r"V(?P<version>\d+(?:[._]\d+)*)__")
_REPEATED = re.compile(r"R__")
_BACK = re.compile(r"(?:^|[./_-])(?:down|undo|rollback)\.sql$|(?:^|/)U\d[\d._]*__", re.IGNORECASE)
_NUMBERED = re.compile(r"\d+[_.-]|V\d")
_RELEASE = re.compile(r"(?<![\w.])v?(?P<version>\d++(?:\.\d++)++)")
_MOST = 0.5  # of the tables of a release that a later one has too, from which on it is the same


def is_way_back(path: str) -> bool:
    """Whether a file takes back what another one does."""
    return bool(_BACK.search(path))


def same_for_others(groups: Iterable[str]) -> list[list[str]]:
    """Groups that differ by the kind of database alone, the best known kind first."""
    found: dict[str, list[str]] = {}
    for name in groups:
        found.setdefault(_VENDOR.sub("*", name), []).append(name)
    return [sorted(names, key=_rank) for names in found.values()]


def is_laravel_dump(path: str) -> bool:
    """Whether a file is what Laravel's migrations came to once, before those that are kept."""
    return _DUMP.search(path) is not None


def outdated(tables: Mapping[str, Collection[str]]) -> set[str]:
    """The groups that are a schema as it was: a later release has at least half of its tables.

    That one lies in the same folder, or in one above or below it.

    Args:
        tables: The names of those that each group comes to, by what the group is called.
    """
    releases = {name: found for name in tables if (found := _release(name))}
    return {
        name
        for name, (folder, own) in releases.items()
        if tables[name]
        and any(
            later > own
            and (folder.startswith(above) or above.startswith(folder))
            and len({*tables[other]} & {*tables[name]}) >= _MOST * len(tables[name])
            for other, (above, later) in releases.items()
        )
    }


def _release(path: str) -> tuple[str, tuple[int, ...]] | None:
    """The release that a path names last, "sql/v4.0.5.ga/all.sql", and the folder above it."""
    found = list(_RELEASE.finditer(path))
    if not found:
        return None
    folder = path[: path.rfind("/", 0, found[0].start()) + 1]
    return folder, tuple(map(int, found[-1]["version"].split(".")))


def best_known(names: Iterable[str]) -> str:
    """The kind of database that is told, of those that are named."""
    known = {one.lower() for one in names} & set(_VENDORS)
    return min(known, key=_VENDORS.index, default=_VENDORS[0])


def _rank(name: str) -> int:
    said = _VENDOR.findall(name.lower())
    return _VENDORS.index(said[-1]) if said else 0


def in_order(paths: Iterable[str]) -> dict[str, list[str]]:
    """The files of each group in the order of their application, by what the group is called.

    One folder of migrations is a group, of one kind of database if it has folders for several;
    what is in no such folder and has no number is a group by itself.
    """
    groups: dict[str, list[str]] = {}
    for path in sorted(paths):
        if not is_way_back(path):
            groups.setdefault(_group(path), []).append(path)
    return {name: sorted(found, key=_version) for name, found in sorted(groups.items())}


def _group(path: str) -> str:
    *folders, name = path.split("/")
    for index in reversed(range(len(folders))):
        if folders[index].lower() in _FOLDERS:
            end = index + 1
            is_vendors = end < len(folders) and bool(_VENDOR.search(folders[end]))
            return "/".join(folders[: end + is_vendors])
    return "/".join(folders) if _NUMBERED.match(name) else path


def _version(path: str) -> tuple[bool, list[tuple[bool, int, str]]]:
    """As numbers where there are some: V2 comes before V10, what is repeated after all."""
    name = path.rpartition("/")[2]
    found = _FLYWAY.match(name)
    said = found["version"].replace("_", ".") if found else path
    parts = [part for part in re.split(r"(\d+)", said) if part not in {"", "."}]
    key = [(not part.isdigit(), int(part) if part.isdigit() else 0, part) for part in parts]
    return bool(_REPEATED.match(name)), key
