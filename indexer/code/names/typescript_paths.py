"""Which file an import of TypeScript or JavaScript means, as compilers and Node look for it."""

from __future__ import annotations

import json
import posixpath
import re
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from memory.code.facts import FileFacts

PACKAGE = "package.json"
CONFIGS = (PACKAGE, "tsconfig*.json", "jsconfig.json")
_NEAREST = ("tsconfig.json", "jsconfig.json", "tsconfig.base.json")
_ENDINGS = (".ts", ".tsx", ".d.ts", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs")
_WRITTEN_AS = {
    ".js": (".ts", ".tsx", ".jsx"),
    ".jsx": (".tsx",),
    ".mjs": (".mts",),
    ".cjs": (".cts",),
}
_OTHER = re.compile(r"\.(?!(?:[cm]?[jt]sx?)$)[a-z][a-z0-9]{1,5}$")  # ".css", ".json", ".vue"
_COMMENT = re.compile(r'("(?:\\.|[^"\\])*")|//[^\n]*|/\*.*?(?:\*/|\Z)', re.DOTALL)
_COMMA = re.compile(r'("(?:\\.|[^"\\])*")|,(?=\s*[}\]])')
_CONDITIONS = ("source", "types", "import", "module", "require", "default", "node")
_BUILT = re.compile(r"^(?:dist|lib|build|out|es|esm|cjs)/")
_MAINS = ("source", "types", "typings", "module", "main")
_DEEPEST = 8  # configurations that extend one another


class _Config(NamedTuple):
    """What a `tsconfig.json` says of paths."""

    base: str | None = None  # folder from which bare names are looked for
    paths: tuple[tuple[str, tuple[str, ...]], ...] = ()  # patterns, and paths from the root

    def candidates(self, name: str) -> Iterator[str]:
        """Where a bare name may be, by the most exact pattern first."""
        for pattern, targets in sorted(self.paths, key=lambda one: -len(one[0].split("*")[0])):
            if (rest := _matched(pattern, name)) is not None:
                yield from (target.replace("*", rest, 1) for target in targets)
        if self.base is not None:
            yield posixpath.join(self.base, name)


class ImportPaths:
    """The files of a project, found by the names that import them."""

    def __init__(self, files: Mapping[str, FileFacts], configs: Mapping[str, str]) -> None:
        self._files = files
        self._configs = {path: _parsed(text) for path, text in configs.items()}
        self._found: dict[tuple[str, str], str] = {}
        self._read: dict[str, _Config] = {}
        self._of_folder: dict[str, _Config | None] = {}

    def find(self, path: str, name: str) -> str:
        """The file that a name means when a file imports it; "" for none of the project's."""
        folder = posixpath.dirname(path)
        key = (folder, name)
        if key not in self._found:
            self._found[key] = next((one for one in self._candidates(folder, name) if one), "")
        return self._found[key]

    def should_be_here(self, name: str) -> bool:
        """Whether a name must be a module of the project's: by a relative path, and of code."""
        return name.startswith(".") and not _OTHER.search(name.rpartition("/")[2].lstrip("."))

    def _candidates(self, folder: str, name: str) -> Iterator[str]:
        if name.startswith("."):
            yield self._file(posixpath.join(folder, name))
            return
        if config := self._config(folder):
            yield from (self._file(path) for path in config.candidates(name))
        if name.startswith("#"):
            yield self._by_imports(folder, name)
        yield self._in_workspace(name)
        if name.startswith(("@/", "~/")):  # as bundlers are told to by nearly everybody
            for above in _above(folder):
                yield self._file(posixpath.join(above, "src", name[2:]))
                yield self._file(posixpath.join(above, name[2:]))

    def _file(self, said: str) -> str:
        """The file at a path that may lack its ending, or be a folder's."""
        base = posixpath.normpath(said)
        base = "" if base == "." else base
        stem, ending = posixpath.splitext(base)
        names = [base, *(stem + other for other in _WRITTEN_AS.get(ending, ()))]
        names += [base + other for other in _ENDINGS]
        found = next((one for one in names if one in self._files), "")
        if not found and not base.startswith(".."):
            package = self._packages_in.get(base, {})
            mains = (package.get(entry) for entry in _MAINS)
            built = (self._built(base, one) for one in mains if isinstance(one, str) and one)
            found = next((one for one in built if one), "")
        indexes = (posixpath.join(base, f"index{other}") for other in _ENDINGS)
        return found or next((one for one in indexes if one in self._files), "")

    def _built(self, folder: str, said: str) -> str:
        """The source of what a package says that it gives, which may be what is built of it."""
        said = said.removeprefix("./")
        for path in (said, _BUILT.sub("src/", said), _BUILT.sub("", said)):
            whole = posixpath.normpath(posixpath.join(folder, path))
            bare = re.sub(r"(?:\.d)?\.[cm]?[jt]sx?$", "", whole)
            if whole in self._files:
                return whole
            for ending in _ENDINGS:
                if bare + ending in self._files:
                    return bare + ending
        return ""

    def _in_workspace(self, name: str) -> str:
        parts = name.split("/")
        package = "/".join(parts[: 2 if name.startswith("@") else 1])
        folder = self._packages.get(package)
        if folder is None:
            return ""
        rest = name[len(package) + 1 :]
        exports = self._packages_in[folder].get("exports")
        for target in _exported(exports, f"./{rest}" if rest else "."):
            if found := self._built(folder, target):
                return found
        if not rest:
            return self._file(folder) or self._file(posixpath.join(folder, "src"))
        return self._built(folder, rest) or next(
            (
                found
                for below in ("", "src", "lib")
                if (found := self._file(posixpath.join(folder, below, rest)))
            ),
            "",
        )

    def _by_imports(self, folder: str, name: str) -> str:
        for above in _above(folder):
            if above in self._packages_in:
                for target in _exported(self._packages_in[above].get("imports"), name):
                    if found := self._built(above, target):
                        return found
                return ""
        return ""

    @cached_property
    def _packages(self) -> dict[str, str]:
        """The folders of the project's own packages, by name."""
        return {
            said["name"]: folder
            for folder, said in sorted(self._packages_in.items(), reverse=True)
            if isinstance(said.get("name"), str)
        }

    @cached_property
    def _packages_in(self) -> dict[str, dict[str, Any]]:
        """Every `package.json`, by its folder."""
        return {
            posixpath.dirname(path): said
            for path, said in self._configs.items()
            if path.rpartition("/")[2] == PACKAGE and isinstance(said, dict)
        }

    def _config(self, folder: str) -> _Config | None:
        """The nearest configuration above a folder that says something of paths."""
        if folder not in self._of_folder:
            found = None
            for above in _above(folder):
                paths = [posixpath.join(above, name) for name in _NEAREST]
                named = [self._of(path) for path in paths if path in self._configs]
                found = next((one for one in named if one.paths or one.base is not None), None)
                if found or named:
                    break
            self._of_folder[folder] = found
        return self._of_folder[folder]

    def _of(self, path: str, depth: int = 0) -> _Config:
        if path not in self._read:
            said, config = self._configs.get(path), _Config()
            if isinstance(said, dict) and depth < _DEEPEST:
                config = self._said(said, posixpath.dirname(path), depth)
            self._read[path] = config
        return self._read[path]

    def _said(self, said: dict[str, Any], folder: str, depth: int) -> _Config:
        base: str | None = None
        paths: tuple[tuple[str, tuple[str, ...]], ...] = ()
        for other in _listed(said.get("extends")):
            if other.startswith("."):
                name = posixpath.normpath(posixpath.join(folder, other))
                above = self._of(name if name.endswith(".json") else f"{name}.json", depth + 1)
                base, paths = base if above.base is None else above.base, above.paths or paths
        options = said.get("compilerOptions")
        options = options if isinstance(options, dict) else {}
        start = folder
        if isinstance(options.get("baseUrl"), str):
            start = posixpath.normpath(posixpath.join(folder, options["baseUrl"]))
            base = start = "" if start == "." else start
        if isinstance(options.get("paths"), dict):
            paths = tuple(
                (pattern, tuple(posixpath.join(start, one) for one in _listed(targets)))
                for pattern, targets in options["paths"].items()
            )
        config = _Config(base, paths)
        return (
            config if paths or base is not None else self._referenced(said, folder, depth) or config
        )

    def _referenced(self, said: dict[str, Any], folder: str, depth: int) -> _Config:
        """What the first project says that a configuration without words of its own refers to."""
        references = said.get("references")
        for one in references if isinstance(references, list) else ():
            other = one.get("path") if isinstance(one, dict) else None
            if isinstance(other, str) and other.endswith(".json"):
                found = self._of(posixpath.normpath(posixpath.join(folder, other)), depth + 1)
                if found.paths or found.base is not None:
                    return found
        return _Config()


def _parsed(text: str) -> Any:
    """JSON with comments and commas at ends; None where it is not even that."""
    plain = _COMMENT.sub(lambda found: found[1] or "", text.removeprefix("\ufeff"))
    try:
        return json.loads(_COMMA.sub(lambda found: found[1] or "", plain))
    except (ValueError, RecursionError):
        return None


def _listed(said: object) -> list[str]:
    if isinstance(said, str):
        return [said]
    return [one for one in said if isinstance(one, str)] if isinstance(said, list) else []


def _matched(pattern: str, name: str) -> str | None:
    """What `*` stands for; None where a name is not of a pattern."""
    first, star, last = pattern.partition("*")
    if not star:
        return "" if name == pattern else None
    if name.startswith(first) and name.endswith(last) and len(name) >= len(first) + len(last):
        return name[len(first) : len(name) - len(last)]
    return None


def _exported(said: object, name: str) -> Iterator[str]:
    """What a map of exports or imports gives for a name, by the conditions in our order."""
    if isinstance(said, str):
        if name == ".":
            yield said
        return
    if not isinstance(said, dict):
        return
    if not any(key.startswith((".", "#")) for key in said):
        if name == ".":
            yield from _by_condition(said)
        return
    for pattern, target in said.items():
        rest = _matched(pattern, name)
        if rest is not None:
            yield from (one.replace("*", rest) for one in _by_condition(target))


def _by_condition(said: object) -> Iterator[str]:
    if isinstance(said, str):
        yield said
    elif isinstance(said, list):
        for one in said:
            yield from _by_condition(one)
    elif isinstance(said, dict):
        for condition in (*(one for one in _CONDITIONS if one in said), *said):
            yield from _by_condition(said[condition])


def _above(folder: str) -> Iterator[str]:
    """A folder and those above it, the root as ""."""
    while folder:
        yield folder
        folder = posixpath.dirname(folder)
    yield ""
