"""Rules of dependency-cruiser, held against imports of TypeScript and JavaScript as it reads them.

Regular expressions are over paths from the folder of the rules; `$1` in what is imported stands for
the first group that matched who imports. An import for types alone counts where the settings say
so; where they do not, one that may be such leaves a rule open instead of breaking it.
"""

from __future__ import annotations

import posixpath
import re
from abc import abstractmethod
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from memory.code.checks.check import CannotTell, CheckVerdict, Violation
from memory.code.checks.edges import distinct, unread_among, unread_kin, violation
from memory.code.checks.web import PACKAGE, Scope, is_package
from memory.code.codebase import COMPUTED, Grade
from memory.models.findings import Spot
from memory.texts.linear import tamed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from memory.code.checks.web import FirstImport, Web, Webs
    from memory.code.codebase import Edge

OWN = "own"  # the kind of the package whose files these are
_UNDECLARED = "npm-no-pkg"  # the kind of a package that `package.json` does not name
_ENDINGS = (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs")
_VALUES = frozenset({"constant", "function", "enum", "method"})
_CORE = frozenset(
    "assert async_hooks buffer child_process cluster console constants crypto dgram "
    "diagnostics_channel dns domain events fs http http2 https inspector module net os path "
    "perf_hooks process punycode querystring readline repl stream string_decoder sys test timers "
    "tls trace_events tty url util v8 vm wasi worker_threads zlib".split()
)


@dataclass(frozen=True)
class Cruised:
    """What is looked at."""

    folder: str = ""  # of the rules, with a slash at its end
    begins: tuple[str, ...] = ()  # files and folders to start at; none for all
    only: str = ""  # what is not like it is left out
    exclude: str = ""
    not_followed: str = ""  # what it imports is left out
    types: bool = True  # whether imports for types alone count
    untyped: bool = False  # whether a rule leaves out what is written as an import of types
    in_comments: bool = False  # whether imports in JSDoc count
    packages: tuple[tuple[str, str], ...] = ()  # declared ones, each with npm, npm-dev ... or OWN

    def web(self, webs: Webs, *, sure: bool) -> Web:
        """Who imports whom among these files; with `sure` only what is no import of types alone."""
        typed = self.types and not self.untyped
        web = webs.of(Scope(tests=True, type_checking=typed))
        return web.kept((self, sure), lambda whole: self._cut(whole, sure=sure))

    def unread(self, web: Web) -> str:
        """Which of these files was not read, and why."""
        return unread_among(
            web.code, lambda path: path.endswith(_ENDINGS) and self._is_looked_at(path)
        ) or unread_kin(web.code, ["typescript"])

    def called(self, node: str) -> str:
        """A file as the rules call it."""
        return posixpath.relpath(node, self.folder) if self.folder else node

    def ensure_all_is_seen(self, web: Web) -> None:
        """Raises `CannotTell` where a file may be imported in a way that nobody looks at."""
        if unread := self.unread(web):
            raise CannotTell(unread)
        if self.in_comments:
            raise CannotTell("imports in comments are not looked at")
        own = next((one for one in web if _kind_of(self, one.target) == OWN), None)
        if own:
            raise CannotTell(f"what {web.called(own.target)} means is not known, its own package")

    def _cut(self, web: Web, *, sure: bool) -> Web:
        there = {
            path
            for path in web.files
            if web.code.files[path].language == "typescript" and self._is_looked_at(path)
        }
        unsure = _unsure(web) if sure else frozenset[tuple[str, str]]()
        gone = {
            (link.source, link.target)
            for link in web
            if link.source not in there
            or (link.target in web.files and link.target not in there)
            or (link.target not in web.files and self.only)
            or (self.not_followed and _like(self.not_followed, self.called(link.source)))
            or (link.source, link.target) in unsure
        }
        cut = web.without(gone) if gone else web
        begins = frozenset(path for path in there if self._begins(path))
        if begins:
            there &= begins | cut.reach(begins)
        return cut.only(there)

    def _is_looked_at(self, path: str) -> bool:
        called = self.called(path)
        if self.only and not _like(self.only, called):
            return False
        return not (self.exclude and _like(self.exclude, called))

    def _begins(self, path: str) -> bool:
        called = self.called(path)
        return any(called == one or called.startswith(f"{one}/") for one in self.begins)


def _unsure(web: Web) -> frozenset[tuple[str, str]]:
    """The imports between files of TypeScript of which nothing but a type may be used."""
    used: set[tuple[str, str]] = set()
    for edge in web.code.edges:
        kind, grade = _kind(web, edge), edge.grade
        is_top = "." not in edge.target.symbol  # what is called of an object needs no import
        if is_top and (
            grade in {Grade.CALL, Grade.DYNAMIC}
            or (grade is Grade.USE and kind in _VALUES)
            or (grade is Grade.INHERIT and kind == "class")
        ):
            used.update(_taken(web, edge.source.path, edge.target.path))
    return frozenset(
        (link.source, link.target)
        for link in web
        if link.source.endswith((".ts", ".tsx", ".mts", ".cts"))
        and (link.source, link.target) not in used
        and link.target in web.files
    )


def _taken(web: Web, source: str, target: str) -> Iterator[tuple[str, str]]:
    """The import by which a file has something of another: its own, or the one that leads there."""
    links = web.links.get(source, {})
    if target in links or source == target:
        yield source, target
        return
    ways = [one for one in links if target in web.reach(frozenset([one]))]
    if len(ways) == 1:
        yield source, ways[0]


def _kind(web: Web, edge: Edge) -> str:
    symbol = web.code.symbols.get(edge.target)
    return symbol.kind if symbol else ""


@dataclass(frozen=True, kw_only=True)
class CruiserRule:
    """One rule, or for `allowed` all of them."""

    cruised: Cruised

    def judge(self, webs: Webs) -> CheckVerdict:
        """What breaks it whichever imports are of types alone; it may be open where some are."""
        web = self.cruised.web(webs, sure=False)
        found = distinct(self.broken_by(web))
        unread = self.cruised.unread(web)
        if self.cruised.types:
            return CheckVerdict(found, unread)
        others = distinct(self.broken_by(self.cruised.web(webs, sure=True)))
        both = {one.parts for one in found} & {one.parts for one in others}
        doubtful = next((one for one in (*found, *others) if one.parts not in both), None)
        reason = "that depends on what is imported for types alone"
        return CheckVerdict(
            [one for one in others if one.parts in both],
            f"{doubtful.message}: {reason}" if doubtful else unread,
        )

    @abstractmethod
    def broken_by(self, web: Web) -> Iterator[Violation]:
        """The violations in a web."""


@dataclass(frozen=True)
class PathPatterns:
    """Which paths are meant: those that are like the one expression, and not like the other."""

    like: str = ""
    unlike: str = ""

    def matches(self, path: str, groups: Sequence[str] = ()) -> bool:
        """Whether a path is meant; the expressions may name groups."""
        return (not self.like or _like(_filled(self.like, groups), path)) and not (
            self.unlike and _like(_filled(self.unlike, groups), path)
        )

    def groups(self, path: str) -> list[str]:
        """The whole match, and its groups that matched."""
        found = _compiled(self.like).search(path) if self.like else None
        groups = [one for one in found.groups() if one is not None] if found else []
        return [found[0], *groups] if found and groups else []


@dataclass(frozen=True)
class Imports:
    """Which imports are meant."""

    source: PathPatterns = PathPatterns()
    target: PathPatterns = PathPatterns()
    circular: bool | None = None
    kinds: tuple[str, ...] = ()  # of what is imported: local, core, npm, npm-dev ...
    other_kinds: tuple[str, ...] = ()

    def matches(self, cruised: Cruised, web: Web, link: FirstImport) -> bool:
        """Whether an import is one of them."""
        source = cruised.called(link.source)
        if not self.source.matches(source):
            return False
        groups = self.source.groups(source)
        names = _names(cruised, link)
        if not any(self.target.matches(name, groups) for name in names):
            return False
        kind = _kind_of(cruised, link.target)
        if names[-1].startswith("#"):
            raise CannotTell(f"what {names[-1]} means is not known")
        if kind == _UNDECLARED and kind in self.kinds:
            raise CannotTell(f"whether {names[-1]} is installed or an alias is not known")
        if (self.kinds and kind not in self.kinds) or kind in self.other_kinds:
            return False
        if self.circular is None:
            return True
        return (link.source in web.reach(frozenset([link.target]))) is self.circular


@dataclass(frozen=True, kw_only=True)
class ForbiddenImports(CruiserRule):
    """There is no such import."""

    imports: Imports

    def broken_by(self, web: Web) -> Iterator[Violation]:
        """Every one; of a circular one with the way back."""
        for link in web:
            if self.imports.matches(self.cruised, web, link):
                back = web.chain([link.target], [link.source]) if self.imports.circular else []
                yield violation(web, [link, *back]) if not back else _ring(web, [link, *back])


def _ring(web: Web, ring: list[FirstImport]) -> Violation:
    first = ring[0]
    named = " -> ".join(web.called(one.target) for one in ring)
    return Violation(
        (first.source, first.target),
        f"{web.called(first.source)} needs itself: -> {named}",
        tuple(web.spot(one) for one in ring),
        (web.module(first.source),),
    )


@dataclass(frozen=True, kw_only=True)
class AllowedImports(CruiserRule):
    """There are only such imports."""

    imports: tuple[Imports, ...]

    def broken_by(self, web: Web) -> Iterator[Violation]:
        """Every other one."""
        for link in web:
            if not any(one.matches(self.cruised, web, link) for one in self.imports):
                yield violation(web, [link])


@dataclass(frozen=True, kw_only=True)
class RequiredImports(CruiserRule):
    """Each of some files imports something, or is such itself."""

    files: PathPatterns
    target: PathPatterns
    indirectly: bool = False

    def broken_by(self, web: Web) -> Iterator[Violation]:
        """Every file that does not."""
        for path in sorted(web.files):
            called = self.cruised.called(path)
            if not self.files.matches(called):
                continue
            groups = self.files.groups(called)
            links = web.links.get(path, {}).values()
            names = [name for link in links for name in _names(self.cruised, link)]
            if self.indirectly:
                names += map(self.cruised.called, web.reach(frozenset([path])))
            if not any(self.target.matches(name, groups) for name in (called, *names)):
                yield _of_file(web, path, f"{called} does not import what it has to")


@dataclass(frozen=True, kw_only=True)
class Orphans(CruiserRule):
    """No file is alone: without imports, and imported by none."""

    files: PathPatterns

    def broken_by(self, web: Web) -> Iterator[Violation]:
        """Every one that is."""
        self.cruised.ensure_all_is_seen(web)
        needing = {
            one.path
            for one in web.code.unresolved
            if one.what == "import" and one.reason != COMPUTED
        }
        for path in sorted(web.files):
            is_alone = not (web.links.get(path) or web.into.get(path) or path in needing)
            if is_alone and self.files.matches(self.cruised.called(path)):
                yield _of_file(web, path, f"{self.cruised.called(path)} is an orphan")


@dataclass(frozen=True, kw_only=True)
class ReachRule(CruiserRule):
    """Some files must not be reached from others, or, with `wanted`, have to be."""

    source: PathPatterns
    target: PathPatterns
    wanted: bool = False

    def broken_by(self, web: Web) -> Iterator[Violation]:
        """A shortest chain to each that is reached; or each that is not."""
        called = self.cruised.called
        files = sorted(web.files)
        sources = [path for path in files if self.source.matches(called(path))]
        if self.wanted:
            self.cruised.ensure_all_is_seen(web)
            groups_of = {source: self.source.groups(called(source)) for source in sources}
            for path in files:
                ways = [one for one in sources if self.target.matches(called(path), groups_of[one])]
                if ways and path not in {*ways, *web.reach(frozenset(ways))}:
                    yield _of_file(web, path, f"{called(path)} is not reached")
            return
        for source in sources:
            groups = self.source.groups(called(source))
            for path in sorted(web.reach(frozenset([source])) - {source}):
                if path in web.files and self.target.matches(called(path), groups):
                    yield violation(web, web.chain([source], [path]))


def _of_file(web: Web, path: str, message: str) -> Violation:
    return Violation((path,), message, (Spot(file=path, line=1),), (web.module(path),))


def _names(cruised: Cruised, link: FirstImport) -> tuple[str, ...]:
    """What is imported may be called: a package may be installed or not."""
    if not is_package(link.target):
        return (cruised.called(link.target),)
    name = link.target.removeprefix(PACKAGE).removeprefix("node:")
    if name.startswith("."):  # a file that is no code
        return (posixpath.normpath(posixpath.join(cruised.called(link.source), "..", name)),)
    return (name,) if name.partition("/")[0] in _CORE else (f"node_modules/{name}/", name)


def _kind_of(cruised: Cruised, node: str) -> str:
    name = node.removeprefix(PACKAGE)
    if not is_package(node) or name.startswith("."):
        return "local"
    if name.startswith("node:") or name.partition("/")[0] in _CORE:
        return "core"
    parts = name.split("/")
    package = "/".join(parts[: 2 if name.startswith("@") else 1])
    return dict(cruised.packages).get(package, _UNDECLARED)


def _filled(expression: str, groups: Sequence[str]) -> str:
    for number, group in enumerate(groups):
        expression = expression.replace(f"${number}", group)
    return expression


def _like(expression: str, path: str) -> bool:
    return _compiled(expression).search(path) is not None


@lru_cache(maxsize=4096)
def _compiled(expression: str) -> re.Pattern[str]:
    """An expression of JavaScript, as far as Python reads it the same.

    Raises:
        CannotTell: it does not.
    """
    try:
        return tamed(re.sub(r"\(\?<(?![=!])", "(?P<", expression))
    except ValueError as error:
        raise CannotTell(str(error)) from error
