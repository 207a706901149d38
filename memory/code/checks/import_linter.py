"""Contracts of import-linter, held against imports as it reads them: what it keeps, we keep.

It looks at modules of its root packages only, at imports for type checking unless told otherwise,
and at what is outside as a whole: `sqlalchemy.orm` is `sqlalchemy`.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from itertools import permutations
from typing import TYPE_CHECKING

from memory.code.checks.check import CannotTell, CheckVerdict, Violation
from memory.code.checks.edges import distinct, unread_among, violation, violations
from memory.code.checks.orders import cycles
from memory.code.checks.parts import Dotted, DottedOne, dotted_pattern
from memory.code.checks.web import PACKAGE, is_below
from memory.models.findings import Spot

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from memory.code.checks.web import Scope, Web, Webs


@dataclass(frozen=True, kw_only=True)
class Contract:
    """What all of them have."""

    scope: Scope
    ignored: tuple[str, ...] = ()  # "a.b -> c.*"
    tells_unmatched: bool = True  # whether an ignored import that is not there is told

    def judge(self, webs: Webs) -> CheckVerdict:
        """What it is broken by, once the ignored imports are taken out."""
        web = webs.of(self.scope)
        for root in self.scope.roots:
            if root not in web.modules:
                raise CannotTell(f"there is no package {root}")
        gone: set[tuple[str, str]] = set()
        stale = []
        for said in self.ignored:
            matching = _matching(web, said)
            gone |= matching
            if not matching and self.tells_unmatched:
                stale.append(said)
        untold = unread_among(web.code, lambda path: path.endswith(".py"))
        return CheckVerdict(distinct(self.broken_by(web.without(gone))), untold, stale)

    @abstractmethod
    def broken_by(self, web: Web) -> Iterator[Violation]:
        """The violations among imports that are not ignored."""


@dataclass(frozen=True, kw_only=True)
class ForbiddenModules(Contract):
    """Sources must not import what is forbidden; those that overlap are left out."""

    sources: tuple[str, ...]
    forbidden: tuple[str, ...]
    indirectly: bool = True
    as_packages: bool = True

    def broken_by(self, web: Web) -> Iterator[Violation]:
        """A shortest chain for each pair, or every direct import."""
        targets = _expanded(web, self.forbidden, as_packages=self.as_packages)
        for source in _expanded(web, self.sources, as_packages=self.as_packages):
            for target in targets:
                if self._overlap(source.said, target.said):
                    continue
                yield from violations(
                    web, source.nodes(web), target.nodes(web), indirectly=self.indirectly
                )

    def _overlap(self, source: str, target: str) -> bool:
        if self.as_packages:
            return is_below(source, [target]) or is_below(target, [source])
        return source == target


@dataclass(frozen=True, kw_only=True)
class ProtectedModules(Contract):
    """Only some modules may import what is protected, directly."""

    protected: tuple[str, ...]
    importers: tuple[str, ...]
    as_packages: bool = True

    def broken_by(self, web: Web) -> Iterator[Violation]:
        """Every import by another."""
        allowed: set[str] = set()
        for one in _expanded(web, self.importers, as_packages=self.as_packages):
            allowed |= one.nodes(web)
        for target in _expanded(web, self.protected, as_packages=self.as_packages):
            inside = target.nodes(web)
            for link in (link for node in sorted(inside) for link in web.into.get(node, ())):
                if link.source not in inside and link.source not in allowed:
                    yield violation(web, [link])


@dataclass(frozen=True)
class LayerModules:
    """The modules of one layer: names, within the container if there is one."""

    names: tuple[str, ...]
    optional: tuple[str, ...] = ()
    independent: bool = True


@dataclass(frozen=True, kw_only=True)
class LayeredModules(Contract):
    """Higher layers may import lower ones, directly or by way of others, and never back."""

    layers: tuple[LayerModules, ...]  # the highest first
    containers: tuple[str, ...] = ()
    exhaustive: bool = False  # whether all that is in a container has to be in a layer
    beside: tuple[str, ...] = ()  # but for these

    def broken_by(self, web: Web) -> Iterator[Violation]:
        """A shortest chain for each pair of modules, and each that is in no layer."""
        if not self.containers:
            yield from self._broken_in(web, "")
        for container in _expanded(web, self.containers):
            yield from self._broken_in(web, f"{container.said}.")
            if self.exhaustive:
                yield from self._undeclared(web, container.said)

    def _broken_in(self, web: Web, prefix: str) -> Iterator[Violation]:
        above: list[DottedOne] = []
        for layer in self.layers:
            row = []
            for name in layer.names:
                if prefix + name in web.modules:
                    row.append(DottedOne(prefix + name))
                elif name not in layer.optional:
                    raise CannotTell(f"there is no module {prefix}{name}, which is a layer")
            pairs = [(low, high) for low in row for high in above]
            for low, high in (*pairs, *(permutations(row, 2) if layer.independent else ())):
                yield from violations(web, low.nodes(web), high.nodes(web), indirectly=True)
            above += row

    def _undeclared(self, web: Web, container: str) -> Iterator[Violation]:
        declared = {name for layer in self.layers for name in layer.names} | {*self.beside}
        for name in sorted(_children(web, container)):
            child = f"{container}.{name}"
            if name not in declared:
                file = min(DottedOne(child).nodes(web), default="")
                spot = Spot(file=file, line=1, said=child)
                module = web.module(file)
                modules = (module,) if module else ()
                yield Violation((child,), f"{child} is in no layer", (spot,), modules)


@dataclass(frozen=True, kw_only=True)
class IndependentModules(Contract):
    """None of these imports another, not even by way of others."""

    modules: tuple[str, ...]

    def broken_by(self, web: Web) -> Iterator[Violation]:
        """A shortest chain for each pair."""
        for one, other in permutations(_expanded(web, self.modules), 2):
            yield from violations(web, one.nodes(web), other.nodes(web), indirectly=True)


@dataclass(frozen=True, kw_only=True)
class AcyclicSiblings(Contract):
    """What is in a package has no cycle among itself, as far down as `depth`."""

    ancestors: tuple[str, ...]
    depth: int = 10
    skipped: tuple[str, ...] = ()

    def broken_by(self, web: Web) -> Iterator[Violation]:
        """Each group of siblings that need each other."""
        skipped = {one.said for one in _expanded(web, self.skipped)}
        for ancestor in _expanded(web, self.ancestors):
            yield from self._below(web, ancestor.said, self.depth, skipped)

    def _below(self, web: Web, package: str, depth: int, skipped: set[str]) -> Iterator[Violation]:
        children = _children(web, package)
        length = len(package) + 1
        part_of = {
            path: f"{package}.{name[length:].partition('.')[0]}"
            for path, name in web.files.items()
            if name.startswith(f"{package}.")
        }
        if len(children) > 1:
            yield from cycles(web, part_of)
        for child in sorted(children) if depth else ():
            if f"{package}.{child}" not in skipped:
                yield from self._below(web, f"{package}.{child}", depth - 1, skipped)


def _expanded(web: Web, expressions: Iterable[str], *, as_packages: bool = True) -> list[DottedOne]:
    """The modules that expressions mean, each once.

    Raises:
        CannotTell: one without a wildcard means none of the project's and should.
    """
    found = {
        each.said: each for said in expressions for each in Dotted(said, as_packages).each(web)
    }
    for one in found.values():
        one.nodes(web)
    return [found[name] for name in sorted(found)]


def _children(web: Web, package: str) -> set[str]:
    length = len(package) + 1
    inside = (name for name in web.modules if name.startswith(f"{package}."))
    return {name[length:].partition(".")[0] for name in inside}


def _matching(web: Web, said: str) -> set[tuple[str, str]]:
    """The imports that an expression means, by their nodes."""
    first, _, second = said.partition("->")
    source, target = dotted_pattern(first.strip()), dotted_pattern(second.strip())
    return {
        (link.source, link.target)
        for link in web
        if source.fullmatch(web.called(link.source)) and target.fullmatch(_name(web, link.target))
    }


def _name(web: Web, node: str) -> str:
    name = web.called(node)
    return name.partition(".")[0] if node.startswith(PACKAGE) else name
