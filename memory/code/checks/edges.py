"""Demands on single imports: who must not import whom, and who alone may."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from memory.code.checks.check import CannotTell, Verdict, Violation
from memory.code.checks.web import AT_RUN_TIME, Scope

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from memory.code.checks.parts import Part
    from memory.code.checks.web import Link, Web, Webs


@dataclass(frozen=True)
class Forbidden:
    """Sources must not import targets, directly or, if so said, by way of others."""

    sources: tuple[Part, ...]
    targets: tuple[Part, ...]
    indirectly: bool = False
    excepted: tuple[Part, ...] = ()  # imports by them and of them are allowed
    scope: Scope = AT_RUN_TIME

    def judge(self, webs: Webs) -> Verdict:
        """Every import that is there, or of indirect ones a shortest chain for each pair."""
        web = webs.of(self.scope)
        allowed = all_nodes(web, self.excepted)
        found: list[Violation] = []
        for source in self.sources:
            for target in self.targets:
                if source == target:
                    continue
                nodes, into = apart(source, target, web)
                found += violations(
                    web, nodes - allowed, into - allowed, indirectly=self.indirectly
                )
        looked = all_nodes(web, self.sources)
        return Verdict(distinct(found), untold=unread_among(web, looked))


@dataclass(frozen=True)
class OnlyBy:
    """Nobody but some may import a part; whoever is in the part may."""

    importers: tuple[Part, ...]
    targets: tuple[Part, ...]
    scope: Scope = AT_RUN_TIME

    def judge(self, webs: Webs) -> Verdict:
        """Every import by somebody else."""
        web = webs.of(self.scope)
        allowed = all_nodes(web, self.importers)
        found: list[Violation] = []
        for target in self.targets:
            nodes = target.nodes(web)
            found += [
                violation(web, [link])
                for node in sorted(nodes)
                for link in web.into.get(node, ())
                if link.source not in nodes and link.source not in allowed
            ]
        return Verdict(distinct(found), untold=unread_among(web, None))


def apart(source: Part, target: Part, web: Web) -> tuple[frozenset[str], frozenset[str]]:
    """The nodes of two parts; where one is in the other, the other is what is around it.

    Raises:
        CannotTell: they overlap otherwise, or there is nothing around it.
    """
    nodes, into = source.nodes(web), target.nodes(web)
    if into <= nodes:
        nodes -= into
    elif nodes <= into:
        into -= nodes
    if nodes & into or (not nodes and into):
        raise CannotTell(f'"{source.said}" and "{target.said}" overlap')
    return nodes, into


def violations(
    web: Web, sources: frozenset[str], targets: frozenset[str], *, indirectly: bool
) -> Iterator[Violation]:
    """The imports of some nodes by others; where indirect ones count too, a shortest chain."""
    if not indirectly:
        yield from (violation(web, [link]) for link in web.direct(sources, targets))
    elif not targets.isdisjoint(web.reach(sources)) and (chain := web.chain(sources, targets)):
        yield violation(web, chain)


def violation(web: Web, chain: Sequence[Link]) -> Violation:
    """A chain of imports as what a check is broken by."""
    first, last = chain[0], chain[-1]
    by = "".join(f", by way of {web.called(one.source)}" for one in chain[1:])
    return Violation(
        parts=(first.source, last.target),
        message=f"{web.called(first.source)} imports {web.called(last.target)}{by}",
        spots=tuple(web.spot(one) for one in chain),
        modules=tuple(dict.fromkeys(filter(None, map(web.module, (first.source, last.target))))),
    )


def distinct(found: Iterable[Violation]) -> list[Violation]:
    """Each violation once, in their order."""
    return list({one.parts: one for one in reversed(list(found))}.values())[::-1]


def all_nodes(web: Web, parts: Iterable[Part]) -> frozenset[str]:
    """The nodes of some parts together."""
    return frozenset(node for part in parts for node in part.nodes(web))


def unread_among(web: Web, nodes: Collection[str] | None) -> str:
    """Why files beside these, or any, may import what nobody knows; "" where all were read."""
    folders = None if nodes is None else {node.rpartition("/")[0] for node in nodes}
    for path, reason in web.code.unread.items():
        if "*" not in path and (folders is None or path.rpartition("/")[0] in folders):
            return f"{path} was not read: {reason}"
    return ""


def one_by_one(parts: Iterable[Part], web: Web) -> list[frozenset[str]]:
    """The nodes of each part, none of which may share one with another.

    Raises:
        CannotTell: two do.
    """
    found: list[frozenset[str]] = []
    for part in parts:
        nodes = part.nodes(web)
        if any(nodes & other for other in found):
            raise CannotTell(f'"{part.said}" overlaps with another part')
        found.append(nodes)
    return found
