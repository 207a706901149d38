"""What the names in Go files mean: packages by `go.mod` and folders, names by their packages."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from indexer.code.languages import Resolver
from memory.code.codebase import CodePlace, Edge, Grade, Outside, Unresolved

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from memory.code.facts import FileFacts, Import

MODULE = "go.mod"
CONFIGS = (MODULE,)
_NAMED = re.compile(r"^module[ \t]+\"?([^\s\"]+)", re.MULTILINE)
_REPLACED = re.compile(
    r"^[ \t]*+(?:replace[ \t]++)?(\S++)(?:[ \t]++v\S++)?[ \t]++=>[ \t]+(\.\S*)", re.MULTILINE
)
_TEST = "_test.go"


class GoNames(Resolver):
    """The resolver of Go."""

    def __init__(self, files: Mapping[str, FileFacts], configs: Mapping[str, str]) -> None:
        self._files = files
        self._modules: dict[str, str] = {}  # folder by import path
        for path, text in sorted(configs.items()):
            folder = posixpath.dirname(path)
            if named := _NAMED.search(text):
                self._modules[named[1]] = folder
        for path, text in sorted(configs.items()):
            for name, where in _REPLACED.findall(text):
                target = posixpath.normpath(posixpath.join(posixpath.dirname(path), where))
                self._modules.setdefault(name, "" if target == "." else target)
        self._packages: dict[str, list[str]] = {}  # files by folder
        for path in sorted(files):
            self._packages.setdefault(posixpath.dirname(path), []).append(path)
        self._firsts = {folder: _first(folder, own) for folder, own in self._packages.items()}
        self._names: dict[str, dict[str, str]] = {}  # by folder: the file that defines each name
        #: By file: the folder of each package by what it is called there, and where else names are.
        self._imported: dict[str, tuple[dict[str, str], list[str]]] = {}

    def module(self, path: str, name: str) -> str:
        """The first file of a package by its import path; "" for none of the project's."""
        folder = self._folder(path, name)
        return self._firsts[folder] if folder is not None else ""

    def locate(self, path: str, name: str) -> CodePlace | None:
        """The definition that a name means in a file; see `Resolver`."""
        root, _, member = name.partition(".")
        called, here = self._imported.get(path) or self._imports(path)
        if member and (folder := called.get(root)) is not None:
            return self._defined(folder, member) or CodePlace(self._firsts[folder])
        found = (self._defined(folder, name) for folder in here)
        return next((one for one in found if one), None)

    def _imports(self, path: str) -> tuple[dict[str, str], list[str]]:
        called: dict[str, str] = {}
        here = [posixpath.dirname(path)]
        for one in self._files[path].imports:
            folder = self._folder(path, one.target)
            if folder is not None:
                called.setdefault(self._called(one, folder), folder)
                here += [folder] if one.local == (".",) else []
        self._imported[path] = called, here
        return called, here

    def edges(self, path: str) -> Iterator[Edge | Unresolved | Outside]:
        """Everything that a file needs.

        An import of a package is an edge to each of its files that defines what is used of it, or
        to its first one where nothing is.
        """
        facts = self._files[path]
        used: dict[str, set[str]] = {}
        for use in facts.uses:
            place = self.locate(path, use.name)
            within = facts.definitions[use.within].name if use.within >= 0 else ""
            if place is not None:
                used.setdefault(posixpath.dirname(place.path), set()).add(place.path)
            if place and place.symbol and place != (path, within):
                grade = Grade.CALL if use.is_call else Grade.USE
                yield Edge(CodePlace(path, within), place, grade, use.line)
        for one in facts.imports:
            yield from self._import_edges(path, one, used)
        for own in facts.definitions:
            for place in (self.locate(path, base) for base in own.bases):
                if place and place.symbol:
                    yield Edge(CodePlace(path, own.name), place, Grade.INHERIT, own.line)

    def _import_edges(
        self, path: str, one: Import, used: Mapping[str, set[str]]
    ) -> Iterator[Edge | Unresolved | Outside]:
        folder = self._folder(path, one.target)
        if folder is not None:
            for target in sorted(used.get(folder) or {self._firsts[folder]}):
                yield Edge(CodePlace(path), CodePlace(target), Grade.IMPORT, one.line)
        elif self._is_own(one.target):
            reason = "the project has no such package"
            yield Unresolved(path, one.line, "import", one.target, reason)
        else:
            yield Outside(path, one.line, one.target, one.type_checking)

    def _folder(self, path: str, name: str) -> str | None:
        """The folder of a package by its import path, as a file sees it."""
        parts = name.split("/")
        for end in range(len(parts), 0, -1):
            module = self._modules.get("/".join(parts[:end]))
            if module is not None:
                folder = posixpath.join(module, *parts[end:]) if parts[end:] else module
                return folder if folder in self._firsts else None
        if name.startswith("."):
            folder = posixpath.normpath(posixpath.join(posixpath.dirname(path), name))
            return folder if folder in self._firsts else None
        return None

    def _is_own(self, name: str) -> bool:
        return any(name == own or name.startswith(f"{own}/") for own in self._modules)

    def _called(self, one: Import, folder: str) -> str:
        """What an import calls its package in the file."""
        if one.local:
            return one.local[0]
        return self._files[self._firsts[folder]].package or folder.rpartition("/")[2]

    def _defined(self, folder: str, name: str) -> CodePlace | None:
        if folder not in self._names:
            names: dict[str, str] = {}
            for path in self._packages.get(folder, ()):
                for one in self._files[path].definitions:
                    # Of the same name for several systems, the first file stands for all.
                    names.setdefault(one.name, path)
            self._names[folder] = names
        for known in (name, name.partition(".")[0]):
            if file := self._names[folder].get(known):
                return CodePlace(file, known)
        return None


def _first(folder: str, files: list[str]) -> str:
    """The file that stands for a package: `doc.go`, or the first one that is no test."""
    plain = [one for one in files if not one.endswith(_TEST)] or files
    doc = posixpath.join(folder, "doc.go")
    return doc if doc in plain else plain[0]
