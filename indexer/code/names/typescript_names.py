"""What the names in TypeScript and JavaScript files mean, through re-exports too."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indexer.code.names.members import MemberNames
from indexer.code.names.typescript_paths import CONFIGS, ImportPaths
from memory.code.codebase import COMPUTED, CodePlace, Edge, Grade, Outside, Unresolved

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from memory.code.facts import Definition, FileFacts, Import

__all__ = ["CONFIGS", "TypeScriptNames"]
_DEEPEST = 12  # re-exports that are followed; a cycle of them ends there
_REQUIRED = re.compile(r"require\(\s*+['\"]([^'\"]++)['\"]\s*+\)")
_ALL, _DEFAULT = "*", "default"


class TypeScriptNames(MemberNames):
    """The resolver of TypeScript and JavaScript."""

    own = frozenset({"this"})

    def __init__(self, files: Mapping[str, FileFacts], configs: Mapping[str, str]) -> None:
        self._files = files
        self._paths = ImportPaths(files, configs)
        self._definitions: dict[str, dict[str, Definition]] = {
            path: {one.name: one for one in facts.definitions} for path, facts in files.items()
        }
        self._bound: dict[str, dict[str, tuple[str, str]]] = {}
        self._stars: dict[str, tuple[str, ...]] = {}
        self._foreign: dict[str, frozenset[str]] = {}  # what is of no file of the project
        self._located: dict[tuple[str, str], CodePlace | None] = {}

    def module(self, path: str, name: str) -> str:
        """The file that an import of a name means in a file; "" for none of the project's."""
        return self._paths.find(path, name)

    def locate(self, path: str, name: str) -> CodePlace | None:
        """The definition or file that a chain means in a file; see `Resolver`."""
        key = (path, name)
        if key not in self._located:
            self._located[key] = self._locate(path, name)
        return self._located[key]

    def edges(self, path: str) -> Iterator[Edge | Unresolved | Outside]:
        """Everything that a file needs, in the order of the facts."""
        for one in self._files[path].imports:
            if one.target or one.is_computed:
                yield from self._import_edges(path, one)
        yield from self._name_edges(path)

    def _import_edges(self, path: str, one: Import) -> Iterator[Edge | Unresolved | Outside]:
        if one.is_computed:
            yield Unresolved(path, one.line, "import", "by a call", COMPUTED)
            return
        module = self._paths.find(path, one.target)
        if module:
            source = self._within(path, one.within)
            grade = Grade.DYNAMIC if one.dynamic else Grade.IMPORT
            yield Edge(source, CodePlace(module), grade, one.line, one.type_checking)
        elif self._paths.should_be_here(one.target):
            reason = "the project has no such module"
            yield Unresolved(path, one.line, "import", one.target, reason)
        else:
            yield Outside(path, one.line, one.target, one.type_checking)

    def _locate(self, path: str, name: str) -> CodePlace | None:
        if required := _REQUIRED.match(name):  # `require("./guards").need`
            module = self.module(path, required[1])
            found = (module, "") if module else None
        else:
            found = self._seen(path, name.partition(".")[0])
        if found is None:
            return None
        module, symbol = found
        rest = (name[required.end() :] if required else name).split(".")[1:]
        if rest and not symbol:
            deeper = self._exported(module, rest[0])
            if deeper is None and ".".join(rest) in self._definitions[module]:
                return CodePlace(module, ".".join(rest))  # within what `module.exports` is
            only = None if deeper else self._only(module)
            if deeper is None and only is None:
                return CodePlace(module)
            (module, symbol), rest = (deeper, rest[1:]) if deeper else (only or found, rest)
        if not rest and not symbol:  # `require` gives what `module.exports` is, if it is one thing
            return CodePlace(*(self._exported(module, _DEFAULT) or (module, "")))
        chains = (".".join((symbol, *rest[:many])) for many in range(len(rest), 0, -1))
        deepest = next((one for one in chains if one in self._definitions[module]), symbol)
        return CodePlace(module, deepest)

    def _definitions_of(self, path: str) -> Mapping[str, Definition]:
        return self._definitions[path]

    def _seen(self, path: str, name: str, depth: int = 0) -> tuple[str, str] | None:
        """The file and definition that a name means inside a file; "" for a module as a whole."""
        if name in (bound := self._bindings(path)):  # `const x = require()` defines x too
            module, symbol = bound[name]
            return self._exported(module, symbol, depth) if symbol else (module, "")
        return None if name in self._foreign[path] else self._own(path, name)

    def _exported(self, path: str, name: str, depth: int = 0) -> tuple[str, str] | None:
        """What a module gives under a name."""
        if depth > _DEEPEST:
            return None
        given = self._bindings(path).get(f"export {name}")
        if given and not given[1]:
            return given
        if given and given[0] != path:
            return self._exported(*given, depth + 1)
        found = self._seen(path, given[1], depth + 1) if given else self._own(path, name)
        stars = self._stars[path] if found is None and name != _DEFAULT else ()
        whole = self._bindings(path).get(f"export {_DEFAULT}")
        if name != _DEFAULT and whole and not whole[1]:  # `module.exports = require("./x")`
            stars = (*stars, whole[0])
        others = (self._exported(star, name, depth + 1) for star in stars if star != path)
        return found or next((one for one in others if one), None)

    def _only(self, path: str) -> tuple[str, str] | None:
        """What `module.exports` of a file is, which gives nothing by a name."""
        named = {one for one in self._bindings(path) if one.startswith("export ")}
        is_only = named <= {f"export {_DEFAULT}"} and not self._stars[path]
        found = self._exported(path, _DEFAULT) if is_only else None
        return found if found and found[1] else None

    def _own(self, path: str, name: str) -> tuple[str, str] | None:
        return (path, name) if name in self._definitions[path] else None

    def _bindings(self, path: str) -> dict[str, tuple[str, str]]:
        """What names mean in a file, and what "export NAME" gives: a module, and a name or ""."""
        if path in self._bound:
            return self._bound[path]
        bound: dict[str, tuple[str, str]] = {}
        stars = []
        foreign: set[str] = set()
        for one in self._files[path].imports:
            module = self._paths.find(path, one.target) if one.target else path
            for name, local in zip(one.names, one.local, strict=True):
                if not module:
                    foreign.add(local)
                    continue
                if local == _ALL:
                    stars.append(module)
                    continue
                own = local if one.target else f"export {local}"
                bound.setdefault(own, (module, "" if name == _ALL else name))
        self._bound[path], self._stars[path] = bound, tuple(stars)
        self._foreign[path] = frozenset(foreign)
        return bound
