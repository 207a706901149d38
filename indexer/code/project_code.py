"""All files of a project together: what their names mean, and the code base that comes of it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from indexer.code.frameworks.project_ways import ways_of
from indexer.code.not_read import foreign_frameworks
from indexer.code.queries.query_meaning import QueryMeaning
from indexer.code.registry import CONFIG, languages, readers, set_by
from indexer.code.schema.queries import edges_to
from indexer.code.settling import ProjectWords
from indexer.code.tables.one_schema import disagreements, still_missed, told_once
from memory.code.codebase import (
    CodeBase,
    CodeFile,
    CodePlace,
    Edge,
    Grade,
    Outside,
    Route,
    Symbol,
    Table,
    Taken,
    Unresolved,
)
from memory.code.file_modules import assign
from memory.code.testing import is_test

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from indexer.code.languages import Resolver
    from indexer.code.readers import Reader
    from memory.code.codebase import LanguageFact
    from memory.code.facts import Definition, FileFacts, Mark


class CodeProject:
    """What readers look at when they look at all files.

    What a file needs depends on what it says itself and on what other files offer, their
    interfaces. So where only the inside of some changed, everything else stays; where what they
    offer changed too, whoever looked at them is looked at again.
    """

    def __init__(self, files: Mapping[str, FileFacts]) -> None:
        self.files = {path: files[path] for path in sorted(files)}
        self._interfaces = {path: facts.interface() for path, facts in self.files.items()}
        self._definitions: dict[str, dict[str, Definition]] = {}
        self._edges: dict[str, tuple[LanguageFact, ...]] = {}
        self._symbols: dict[str, dict[CodePlace, Symbol]] = {}
        self._marks_in = {path: _by_kind(facts) for path, facts in self.files.items()}
        self._marks: dict[tuple[str, str], list[tuple[str, Mark]]] = {}
        self._resolvers: dict[str, Resolver] = {}
        self._of_language: dict[str, dict[str, FileFacts]] = {}
        for path, facts in self.files.items():
            self._of_language.setdefault(facts.language, {})[path] = facts
        for name, own in self._of_language.items():
            if name in languages():
                self._resolvers[name] = languages()[name].resolver(own, self.configs(name))

    def take(self, files: Mapping[str, FileFacts]) -> bool:
        """Take these in place of what was known.

        Returns:
            Whether it could; if not, it is of no use any more.
        """
        if files.keys() != self.files.keys():
            return False
        changed = [path for path, facts in files.items() if self.files[path] is not facts]
        before = {path: self.files[path] for path in changed}
        for path in changed:
            self.files[path] = self._of_language[files[path].language][path] = files[path]
            marks = _by_kind(files[path])
            for kind in marks | self._marks_in[path]:
                self._marks.pop(kind, None)
            self._marks_in[path] = marks
            for kept in (self._definitions, self._edges, self._symbols):
                kept.pop(path, None)
        for path in changed:
            interface = files[path].interface()
            if interface == self._interfaces[path]:
                continue
            self._interfaces[path] = interface
            resolver = self._resolvers.get(files[path].language)
            others = resolver.renew(path, before[path]) if resolver else None
            if others is None:
                return False
            for other in others:
                self._edges.pop(other, None)
        return True

    def configs(self, language: str) -> dict[str, str]:
        """The text of the files that set something for a language, by path."""
        return {
            path: facts.content
            for path, facts in self.files.items()
            if facts.language == CONFIG and language in set_by(path)
        }

    def marks(self, reader: str, kind: str = "") -> Iterator[tuple[str, Mark]]:
        """What a reader left in all files, by path and then as it left it."""
        asked = (reader, kind)
        if asked not in self._marks:
            self._marks[asked] = [
                (path, mark) for path, own in self._marks_in.items() for mark in own.get(asked, ())
            ]
        yield from self._marks[asked]

    def locate(self, path: str, name: str) -> CodePlace | None:
        """What a name means in a file; see `Resolver`."""
        resolver = self._resolvers.get(self.files[path].language)
        return resolver.locate(path, name) if resolver and name else None

    def locate_dotted(self, path: str, name: str) -> CodePlace | None:
        """The same of a name that may be one in full, as settings have it."""
        place = self.locate(path, name)
        module, _, last = name.rpartition(".")
        if place is None and module and (file := self.module(path, module)):
            place = CodePlace(file, last)
        return place if place and self.definition(place) else None

    def origin(self, path: str, name: str) -> str:
        """What a name means that a file imports absolutely, in full; "" for what it does not."""
        root, dot, rest = name.partition(".")
        for one in self.files[path].imports:
            if one.level or one.dynamic:
                continue
            if root in one.local:
                taken = one.names[one.local.index(root)] if one.names else ""
                return ".".join(part for part in (one.target, taken, rest) if part)
            if not one.names and not one.local and one.target.partition(".")[0] == root:
                return f"{root}{dot}{rest}"
        return ""

    def module(self, path: str, name: str) -> str:
        """The file of a module by its name in full, as a file sees it; "" for none."""
        resolver = self._resolvers.get(self.files[path].language)
        return resolver.module(path, name) if resolver else ""

    def name(self, path: str) -> str:
        """What a file is called; see `Resolver`."""
        resolver = self._resolvers.get(self.files[path].language)
        return resolver.name(path) if resolver else path

    def called(self, place: CodePlace) -> str:
        """What a place is called in full: "orders.views.OrderList"; "src/user.ts:User"."""
        own = self.name(place.path)
        mark = ":" if own == place.path else "."
        return f"{own}{mark}{place.symbol}" if place.symbol else own

    def definition(self, place: CodePlace) -> Definition | None:
        """The definition at a place, if there is one."""
        if place.path not in self._definitions:
            found = self.files[place.path].definitions
            self._definitions[place.path] = {one.name: one for one in found}
        return self._definitions[place.path].get(place.symbol)

    def calls(self, place: CodePlace) -> dict[str, CodePlace | None]:
        """What a definition calls, as it is written, and where that is; None where nobody says."""
        facts = self.files[place.path]
        return {
            use.name: self.locate(place.path, use.name)
            for use in facts.uses
            if use.is_call
            and use.within >= 0
            and facts.definitions[use.within].name == place.symbol
        }

    def edges(self) -> Iterator[LanguageFact]:
        """What languages say of all files."""
        for path, facts in self.files.items():
            if path not in self._edges:
                resolver = self._resolvers.get(facts.language)
                self._edges[path] = tuple(resolver.edges(path)) if resolver else ()
            yield from self._edges[path]

    def symbols(self) -> dict[CodePlace, Symbol]:
        """All definitions, by place."""
        found: dict[CodePlace, Symbol] = {}
        for path, facts in self.files.items():
            if path not in self._symbols:
                self._symbols[path] = {
                    (place := CodePlace(path, one.name)): Symbol(
                        place,
                        one.kind,
                        one.line,
                        one.last_line,
                        one.visibility,
                        one.bases,
                        one.annotations,
                    )
                    for one in facts.definitions
                }
            found.update(self._symbols[path])
        return found


def _by_kind(facts: FileFacts) -> dict[tuple[str, str], list[Mark]]:
    """The marks of a file by their readers, and by these and their kinds."""
    found: dict[tuple[str, str], list[Mark]] = {}
    for mark in facts.marks:
        for kind in (mark.kind, "") if mark.kind else ("",):
            found.setdefault((mark.reader, kind), []).append(mark)
    return found


def assemble(
    project: CodeProject,
    unread: Mapping[str, str],
    blobs: Mapping[str, str],
    modules: Mapping[str, Sequence[str]],
) -> CodeBase:
    """The code base of a project; equal for equal files, however they came to be known.

    Args:
        project: Its files.
        unread: Files of which nothing is known, and why.
        blobs: The hash of the content of each file.
        modules: What the project declares, as for `memory.code.file_modules.assign`.
    """
    files = project.files
    problems = {path: one.problem for path, one in files.items() if one.problem}
    edges: list[Edge] = []
    unresolved: list[Unresolved] = []
    routes: list[Route] = []
    outside: list[Outside] = []
    taken: list[Taken] = []
    lists: dict[type, list[Any]] = {
        Edge: edges,
        Unresolved: unresolved,
        Route: routes,
        Outside: outside,
        Taken: taken,
    }

    def sort(found: LanguageFact | Route) -> None:
        lists[type(found)].append(found)

    for one in project.edges():
        sort(one)
    described: list[tuple[Reader, Table]] = []
    missed: list[tuple[Reader, Unresolved]] = []
    for reader in readers():
        for each in reader.assemble(project):
            if isinstance(each, Table):
                described.append((reader, each))
            elif isinstance(each, Unresolved) and each.what == "table":
                missed.append((reader, each))
            else:
                sort(each)
    tables = told_once(described)
    unresolved += (*still_missed(missed, described), *disagreements(described))
    unresolved += foreign_frameworks(project)
    module_of = assign((path for path, one in files.items() if one.language != CONFIG), modules)
    meant = QueryMeaning(project, tables)
    edges += (*_key_edges(tables), *edges_to(tables, project), *meant.calls())
    settling = ProjectWords(project, edges)
    code = {
        path: CodeFile(
            path,
            project.name(path),
            facts.language,
            facts.lines,
            is_test(path),
            module_of[path],
            facts.opaque,
            facts.package,
        )
        for path, facts in project.files.items()
        if facts.language != CONFIG
    }
    return CodeBase(
        files=code,
        edges=tuple(dict.fromkeys(edges)),
        symbols=project.symbols(),
        routes=tuple(dict.fromkeys(map(settling.settle, routes))),
        tables=tuple(tables),
        unresolved=tuple(dict.fromkeys(unresolved)),
        unread=dict(sorted((dict(unread) | problems).items())),
        revision=_revision(blobs),
        outside=tuple(dict.fromkeys(outside)),
        blobs=blobs,
        ways=tuple(ways_of(project)),
        queries=tuple(meant.queries()),
        repeats=tuple(meant.repeats()),
        outgoing=tuple(meant.outgoing()),
        taken=tuple(taken),
    )


def _key_edges(tables: Sequence[Table]) -> Iterator[Edge]:
    """A model needs each one that a foreign key of its table refers to."""
    by_name = {one.table: one for one in tables}
    for one in tables:
        for key in one.foreign_keys:
            other = by_name.get(key.references)
            if other is not None and other.table != one.table:
                source, target = (
                    CodePlace(one.file, one.symbol),
                    CodePlace(other.file, other.symbol),
                )
                yield Edge(source, target, Grade.TABLE, key.line or one.line)


def _revision(blobs: Mapping[str, str]) -> str:
    said = "\n".join(f"{path}\t{blob}" for path, blob in sorted(blobs.items()))
    return hashlib.blake2b(said.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()
