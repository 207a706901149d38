"""Which module each file of code belongs to: as the project declares it, or by its folders."""

from __future__ import annotations

import fnmatch
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from memory.code.testing import is_test

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

#: Folders that hold modules and are none.
_CONTAINERS = frozenset(
    "apps packages services modules src lib libs internal pkg cmd components domains contexts "
    "features bounded_contexts".split()
)
#: Maven and Gradle have a folder for each language below `src/main`, with all packages in it.
_LANGUAGES = frozenset({"java", "kotlin", "groovy", "scala"})
_MOST = 0.8  # share of the code in one folder, from which on the modules are what that one holds
_LARGE = 0.2  # share of the code from which on a language is looked at by itself
_FAMILIES = dict.fromkeys(("js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "cts", "vue"), "js")
VERSION = 2  # of how modules are inferred: a snapshot by another one is not held against this one
OUTSIDE = "(root)"  # what lies in no folder
TESTS = "tests"  # tests that are of no one module


def assign(paths: Iterable[str], declared: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The module of each file, by path.

    Args:
        paths: Of all code.
        declared: Folders or patterns as in `fnmatch` by module, none for folders of its name;
            the first that fits is it. What none fits belongs to a module of its folder.
    """
    paths = sorted(paths)
    found = {path: name for path in paths if (name := _declared(path, declared))}
    rest = [path for path in paths if path not in found]
    inferred = _inferred([path for path in rest if not is_test(path)])
    known = {name.casefold(): name for name in (*declared, *inferred.values())}
    for path in rest:
        found[path] = inferred.get(path) or _tested(path, known)
    return found


def _declared(path: str, declared: Mapping[str, Sequence[str]]) -> str:
    for name, patterns in declared.items():
        if not patterns and name.casefold() in path.casefold().split("/")[:-1]:
            return name
        for pattern in patterns:
            folder = pattern.rstrip("/*")
            if path == folder or path.startswith(f"{folder}/") or fnmatch.fnmatch(path, pattern):
                return name
    return ""


def _inferred(paths: Collection[str]) -> dict[str, str]:
    """The folder of each file at the depth where code branches, by name, or by path.

    A frontend beside a backend branches elsewhere, so each of the larger languages is looked at by
    itself; files of others belong to the modules in whose folders they are.
    """
    by_kind: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        ending = path.rpartition(".")[2]
        by_kind[_FAMILIES.get(ending, ending)].append(path)
    large = [one for one in by_kind.values() if len(one) >= _LARGE * len(paths)]
    folders: dict[str, str] = {}
    for own in large:
        _split("", own, folders)
    known = set(folders.values())
    rest = []
    for path in (path for own in by_kind.values() if own not in large for path in own):
        around = [folder for folder in _above(path) if folder in known]
        if around:
            folders[path] = around[0]
        else:
            rest.append(path)
    _split("", rest, folders)
    names: dict[str, set[str]] = defaultdict(set)
    for folder in folders.values():
        names[folder.rpartition("/")[2]].add(folder)
    return {
        path: folder if len(names[folder.rpartition("/")[2]]) > 1 else folder.rpartition("/")[2]
        for path, folder in folders.items()
    }


def _above(path: str) -> Iterator[str]:
    """The folders that a file is in, the nearest first."""
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


def _split(folder: str, paths: list[str], found: dict[str, str]) -> None:
    prefix = f"{folder}/" if folder else ""
    below: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        child, slash, _ = path[len(prefix) :].partition("/")
        if slash:
            below[child].append(path)
        else:
            found[path] = folder or OUTSIDE
    sizes = Counter({child: len(inside) for child, inside in below.items()})
    largest = next(
        (child for child, size in sizes.most_common(1) if size >= _MOST * len(paths)), ""
    )
    for child, inside in below.items():
        is_root = child in _LANGUAGES and prefix.endswith("src/main/")
        if child == largest or child.casefold() in _CONTAINERS or is_root:
            _split(prefix + child, inside, found)
        else:
            found.update(dict.fromkeys(inside, prefix + child))


def _tested(path: str, known: Mapping[str, str]) -> str:
    """The module that a test names in its path."""
    for folder in _above(path.casefold()):
        parts = folder.split("/")
        for first in range(len(parts)):  # of `tests/unit/shop/routes` `shop/routes`, then `routes`
            if (said := "/".join(parts[first:])) in known:
                return known[said]
    stem = path.rpartition("/")[2].partition(".")[0].casefold()
    for word in (stem.removeprefix("test_"), stem.removesuffix("_test")):
        if word in known:
            return known[word]
    return TESTS
