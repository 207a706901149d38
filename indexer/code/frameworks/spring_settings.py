"""Lists of paths that an application of Spring declares in its settings, and whom they fill."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Any

import yaml

from indexer.code.readers import Reader
from indexer.markup.yaml_text import load
from memory.code.codebase import CodePlace
from memory.code.facts import Mark
from memory.code.testing import is_test

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indexer.code.project_code import CodeProject
    from indexer.code.syntax import SourceFile

NAME = "spring settings"
#: What Sureness lets pass, and of what it asks who somebody is.
RULES = {"excludedresource": "open", "resourcerole": "closed"}
#: What lists of paths are called; nothing else is kept, for it may be a password.
_LISTS = re.compile(r"url|uri|path|pattern|white|ignore|exclu|permit|open|anon|public|skip", re.I)
_LINE = re.compile(r"^[ \t]*+([\w.\-\[\]]{1,199})[ \t]*+[=:][ \t]*+([^\n]*+)$", re.MULTILINE)
_PARTS = re.compile(r"^---", re.MULTILINE)
_INDEX = re.compile(r"\[\d+\]$")
_FILLED = re.compile(r"ConfigurationProperties\(\s*(?:(?:prefix|value)\s*=\s*)?\"([^\"]*)\"")
_MAIN = re.compile(r"(?:^|/)application\.(?:ya?ml|properties)$")


class SpringSettingsReader(Reader):
    """A mark for each setting that is called like a list of paths: the paths, if it is one."""

    name = NAME
    version = 3
    languages = frozenset({"spring settings"})
    hint = re.compile(rb"/")

    def read(self, source: SourceFile) -> Iterable[Mark]:
        """`unread` stands for a file of which no key is known."""
        said = source.content.decode("utf-8", "replace")
        parts = len(_PARTS.findall(said.strip().removeprefix("---")))
        try:
            settings = dict(_settings(said)) if not parts else None  # a part for each profile
        except (yaml.YAMLError, ValueError, RecursionError):
            settings = None
        if settings is None:
            yield Mark(self.name, "unread", "", 1, {})
        for key, value in (settings or {}).items():
            if key in RULES:
                yield Mark(self.name, "sureness", key, 1, {"is": _ruled(value)})
            elif _LISTS.search(key.rpartition(".")[2]):
                yield Mark(self.name, "paths", key, 1, {"is": _paths(value)})


def _settings(said: str) -> Iterator[tuple[str, Any]]:
    """Each key in full, as all ways to write it are one, with its value."""
    if re.search(r"(?m)^[\w.\-\[\]]{1,199}[ \t]*+=", said):
        lists: dict[str, list[str]] = {}
        for key, value in _LINE.findall(said):
            if _INDEX.search(key):
                lists.setdefault(plain_key(_INDEX.sub("", key)), []).append(value.strip())
            else:
                yield plain_key(key), value.strip()
        yield from lists.items()
        return
    yield from _flat(load(said), "")


def _flat(value: Any, above: str) -> Iterator[tuple[str, Any]]:
    if not isinstance(value, dict):
        yield plain_key(above), value
        return
    for key, one in value.items():
        yield from _flat(one, f"{above}.{key}" if above else str(key))


def plain_key(key: str) -> str:
    """A key as Spring compares it: `secure.ignored-urls` is `secure.ignoredUrls`."""
    return re.sub(r"[-_]", "", key).lower()


def _ruled(value: Any) -> list[list[str]] | None:
    """Paths and methods of rules of Sureness, `/users/**===get===[admin]`; None if not all are."""
    rules = [one.split("===") for one in value or () if isinstance(one, str)]
    is_whole = isinstance(value, list) and len(rules) == len(value)
    return rules if is_whole and all(len(one) in {2, 3} for one in rules) else None


def _paths(value: Any) -> list[str] | None:
    """The paths of a list, or of a text with commas, of none where nothing is said; else None."""
    if value is None or value == "":
        return []
    said = value.split(",") if isinstance(value, str) else value
    if not isinstance(said, list) or not all(isinstance(one, str) for one in said):
        return None
    found = [one.strip() for one in said]
    return found if all(one.startswith("/") for one in found) else None


class DeclaredPaths:
    """What classes are filled with in an application, as its own settings declare it."""

    def __init__(self, project: CodeProject) -> None:
        self._prefixes = {
            CodePlace(path, one.name): found[1] if found else ""
            for path, facts in project.files.items()
            for one in (facts.definitions if facts.language == "java" else ())
            if "ConfigurationProp" in str(one.annotations)
            for found in (_FILLED.search(str(one.annotations)),)
        }
        self._said: dict[tuple[str, str], list[tuple[str, list[str] | None]]] = {}
        for path, mark in project.marks(NAME, "paths"):
            if not is_test(path):
                key = (posixpath.dirname(path), mark.name)
                self._said.setdefault(key, []).append((path, mark.data["is"]))
        self._unread = {posixpath.dirname(path) for path, _ in project.marks(NAME, "unread")}

    def fills(self, place: CodePlace | None) -> bool:
        """Whether settings fill a class."""
        return place in self._prefixes

    def of(self, place: CodePlace, member: str, module: str) -> tuple[list[str], str] | None:
        """The paths that a member of a class holds in an application, and the file that says so.

        None where profiles say it differently, or no file of the application says it.
        """
        if not self._prefixes.get(place):
            return None
        field = re.sub(r"^(?:get|is)(?=[A-Z])", "", member)
        return self.of_key(f"{self._prefixes[place]}.{field}", module)

    def of_key(self, key: str, module: str) -> tuple[list[str], str] | None:
        """The paths that an application declares under a key; None as above."""
        folder = f"{module}src/main/resources"
        found = self._said.get((folder, plain_key(key)), [])
        if folder in self._unread or len(found) != 1:
            return None
        path, paths = found[0]
        return (paths, path) if paths is not None and _MAIN.search(path) else None
