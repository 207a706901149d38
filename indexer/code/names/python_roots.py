"""Which folder each Python file is imported from, and under which dotted name."""

from __future__ import annotations

import posixpath
import re
import sys
from typing import TYPE_CHECKING

from memory.texts.toml_text import read_toml

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

_WHERE = re.compile(r"^[ \t]*+(?:where|=)\s*+=?\s*+([\w./-]+)[ \t]*$", re.MULTILINE)


class Roots:
    """The folders of a project that stand on `sys.path`, as far as its files tell.

    Such a folder is one that holds a topmost package (with an `__init__.py`), one that is
    configured as `where` of setuptools or is called `src` beside a `pyproject.toml` or
    `setup.py`, and the root of the project. A package without an `__init__.py` (PEP 420) belongs
    to the nearest of these around it; where the imports call what it holds by a longer name, it
    is a package itself and the root is further up. A topmost package with a `manage.py` is one
    where imports name what it holds without its name: Python puts the folder of a script there.
    """

    def __init__(
        self, paths: Iterable[str], configs: Mapping[str, str], named: Mapping[str, int]
    ) -> None:
        """Find them.

        Args:
            paths: Of all Python files.
            configs: The text of `pyproject.toml` and `setup.cfg`, by path.
            named: How often absolute imports name a module or what is in it, by dotted name.
        """
        self._files = frozenset(paths)
        self._packages = {posixpath.dirname(path) for path in self._files if self.is_package(path)}
        self._declared = set(_declared(self._files, configs))
        self._folders = {above for path in self._files for above in _above(path)}
        self._children = _children(self._files, self._folders)
        above = {posixpath.dirname(package) for package in self._packages}
        self._holders = above - self._packages  # of topmost packages
        self._named = named
        self._further: dict[str, str] = {}
        self._started: dict[str, bool] = {}
        self._names: dict[str, tuple[str, str]] = {}
        for path in sorted(self._files):
            root = self._root_of(path)
            self._names[path] = (root, _dotted(path, root))
        self.roots = sorted({root for root, _ in self._names.values()} | self._declared | {""})
        self._tops: dict[str, list[str]] = {}  # the roots that have something of a name
        for root in self.roots:
            for name in self._in(root):
                self._tops.setdefault(name, []).append(root)

    def hold(self, named: Mapping[str, int]) -> bool:
        """Whether they are the same where imports name modules so often."""
        further = all(self._further_up(one, named) == root for one, root in self._further.items())
        return further and all(
            self._is_started(package, named) == is_started
            for package, is_started in self._started.items()
        )

    def dotted(self, path: str) -> str:
        """The dotted name of a module; a package's is that of its folder."""
        return self._names[path][1]

    def package(self, path: str) -> str:
        """The folder that a relative import of a file begins at."""
        return posixpath.dirname(path)

    def is_package(self, path: str) -> bool:
        """Whether a file is that of a package."""
        return posixpath.basename(path) == "__init__.py"

    def candidates(self, top: str, path: str) -> list[str]:
        """The roots in which a top-level name is, as a file sees them: its own first.

        The folder of a script is one, as Python puts it first when it runs it; but what is there
        and has the name of a standard module is more often a part of a namespace package.
        """
        found = self._tops.get(top, ())
        own = self._names[path][0]
        folder = posixpath.dirname(path)
        ordered = sorted(found, key=lambda root: (root != own, -_shared(root, path), root))
        beside = _join(folder, top)
        is_beside = f"{beside}.py" in self._files or beside in self._packages
        is_beside = is_beside and top not in sys.stdlib_module_names
        if is_beside and folder not in self._packages and folder not in ordered:
            ordered.append(folder)
        return ordered

    def descend(self, folder: str, parts: Collection[str]) -> tuple[str, int]:
        """The module that dotted parts lead to from a folder, and how many of them it took.

        Where a part is no module, it is the last one before; "" and 0 where there is none.
        """
        module, taken = "", 0
        for position, part in enumerate(parts, 1):
            folder = _join(folder, part)
            if folder in self._packages:
                module, taken = f"{folder}/__init__.py", position
            elif f"{folder}.py" in self._files:
                return f"{folder}.py", position
            elif folder not in self._folders:
                break
        return module, taken

    def _root_of(self, path: str) -> str:
        folder = posixpath.dirname(path)
        around = list(_above(path))  # the nearest first, "" last
        declared = next((above for above in around if above in self._declared), None)
        topmost = None
        for above in around:
            if above in self._packages:
                topmost = above
        if topmost is not None:
            parent = posixpath.dirname(topmost)
            if declared is not None and _is_below(parent, declared):
                return declared
            if topmost not in self._started:
                self._started[topmost] = self._is_started(topmost, self._named)
            return topmost if self._started[topmost] else self._root_by_imports(parent)
        if declared is not None:
            return declared
        nearest = next((above for above in around if above in self._holders), folder)
        return self._root_by_imports(nearest)

    def _root_by_imports(self, folder: str) -> str:
        if folder not in self._further:
            self._further[folder] = self._further_up(folder, self._named)
        return self._further[folder]

    def _further_up(self, folder: str, named: Mapping[str, int]) -> str:
        """The folder itself or the one above it from which imports name most of what it holds."""
        inside = [name for name in self._in(folder) if name not in sys.stdlib_module_names]
        most, root = sum(named.get(name, 0) for name in inside), folder
        for above in list(_above(f"{folder}/x"))[1:] if folder else ():
            prefix = folder[len(above) :].strip("/").replace("/", ".")
            count = sum(named.get(f"{prefix}.{name}", 0) for name in inside)
            if count > most:
                most, root = count, above
        return root

    def _is_started(self, package: str, named: Mapping[str, int]) -> bool:
        """Whether a package is a script's folder: imports name what it holds without its name."""
        if _join(package, "manage.py") not in self._files:
            return False
        inside = [name for name in self._in(package) if name not in sys.stdlib_module_names]
        own = posixpath.basename(package)
        within = sum(named.get(f"{own}.{name}", 0) for name in inside)
        return sum(named.get(name, 0) for name in inside) > within

    def _in(self, root: str) -> Iterator[str]:
        """The names of modules and packages that a folder holds."""
        yield from sorted(self._children.get(root, ()))


def _children(files: Iterable[str], folders: Iterable[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for path in files:
        folder, _, name = path.rpartition("/")
        found.setdefault(folder, set()).add(name.removesuffix(".py"))
    for path in folders:
        folder, _, name = path.rpartition("/")
        if name:
            found.setdefault(folder, set()).add(name)
    return found


def _declared(files: frozenset[str], configs: Mapping[str, str]) -> Iterator[str]:
    projects = {posixpath.dirname(path) for path in configs}
    projects |= {posixpath.dirname(p) for p in files if p.rpartition("/")[2] == "setup.py"}
    folders = {above for path in files for above in _above(path)}
    for folder in projects:
        if (source := _join(folder, "src")) in folders and source + "/__init__.py" not in files:
            yield source
    for path, text in configs.items():
        for where in _configured(path, text):
            if (folder := posixpath.normpath(_join(posixpath.dirname(path), where))) in folders:
                yield folder


def _configured(path: str, text: str) -> Iterator[str]:
    if path.endswith(".cfg"):
        section = text.partition("[options.packages.find]")[2].partition("\n[")[0]
        yield from _WHERE.findall(section)
        return
    try:
        said = read_toml(text)
    except ValueError:
        return
    setuptools = said.get("tool", {}).get("setuptools", {})
    where = setuptools.get("packages", {})
    if isinstance(where, dict):
        yield from (one for one in where.get("find", {}).get("where", ()) if one not in {".", ""})
    mapped = setuptools.get("package-dir", {}).get("")
    if mapped:
        yield mapped


def _above(path: str) -> Iterator[str]:
    """The folders that a file is in, the nearest first, the root as "" last."""
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path
    yield ""


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _is_below(folder: str, above: str) -> bool:
    return not above or folder == above or folder.startswith(f"{above}/")


def _shared(root: str, path: str) -> int:
    """How many folders a root has in common with a file, from the top."""
    count = 0
    for one, other in zip(root.split("/"), path.split("/"), strict=False):
        if one != other:
            break
        count += 1
    return count


def _dotted(path: str, root: str) -> str:
    inside = path[len(root) + 1 :] if root else path
    name = inside.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    return posixpath.basename(root) if name == "__init__" and root else name
