"""Demands on single imports: who must not import whom, and who alone may."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from memory.code.checks.check import CannotTell, CheckVerdict, Violation
from memory.code.checks.web import AT_RUN_TIME, Scope, is_package
from memory.code.codebase import COMPUTED
from memory.code.testing import is_test

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from memory.code.checks.parts import CodePart
    from memory.code.checks.web import FirstImport, Web, Webs
    from memory.code.codebase import CodeBase

#: Languages that are not read, by one that is and whose files they import and are imported by.
_KIN = {
    "typescript": ("*.vue", "*.svelte", "*.astro"),
    "java": ("*.kt", "*.scala", "*.groovy"),
}


@dataclass(frozen=True)
class Forbidden:
    """Sources must not import targets, directly or, if so said, by way of others."""

    sources: tuple[CodePart, ...]
    targets: tuple[CodePart, ...]
    indirectly: bool = False
    excepted: tuple[CodePart, ...] = ()  # imports by them and of them are allowed
    scope: Scope = AT_RUN_TIME

    def judge(self, webs: Webs) -> CheckVerdict:
        """Every import that is there, or of indirect ones a shortest chain for each pair."""
        web = webs.of(self.scope)
        allowed = all_nodes(web, self.excepted)
        found: list[Violation] = []
        if {one.said for one in self.sources} == {one.said for one in self.targets}:
            raise CannotTell("it demands nothing: a part may import itself")
        for source in self.sources:
            if all(map(is_package, source.nodes(web))):
                raise CannotTell(f'what "{source.said}" imports is not read')
            for target in self.targets:
                if source.said == target.said:
                    continue
                nodes, into = apart(source, target, web)
                found += violations(
                    web, nodes - allowed, into - allowed, indirectly=self.indirectly
                )
        looked = all_nodes(web, self.sources) - allowed
        untold = unread_beside(web, looked) or unresolved_among(
            web, looked, self.targets, indirectly=self.indirectly
        )
        return CheckVerdict(distinct(found), untold=untold)


@dataclass(frozen=True)
class OnlyBy:
    """Nobody but some may import a part; whoever is in the part may."""

    importers: tuple[CodePart, ...]
    targets: tuple[CodePart, ...]
    scope: Scope = AT_RUN_TIME

    def judge(self, webs: Webs) -> CheckVerdict:
        """Every import by somebody else."""
        web = webs.of(self.scope)
        allowed = all_nodes(web, self.importers)
        ensure_there(web, self.importers)
        found: list[Violation] = []
        untold = unread_among(web.code)
        for target in self.targets:
            nodes = target.nodes(web)
            untold = untold or unread_beside(web, nodes)
            others = web.files.keys() - nodes - allowed
            untold = untold or unresolved_among(web, others, [target])
            found += [
                violation(web, [link])
                for node in sorted(nodes)
                for link in web.into.get(node, ())
                if link.source not in nodes and link.source not in allowed
            ]
        return CheckVerdict(distinct(found), untold=untold)


def apart(source: CodePart, target: CodePart, web: Web) -> tuple[frozenset[str], frozenset[str]]:
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


def violation(web: Web, chain: Sequence[FirstImport]) -> Violation:
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


def all_nodes(web: Web, parts: Iterable[CodePart]) -> frozenset[str]:
    """The nodes of some parts together."""
    return frozenset(node for part in parts for node in part.nodes(web))


def _runs(path: str) -> bool:
    return not is_test(path)


def unread_among(code: CodeBase, is_meant: Callable[[str], bool] = _runs) -> str:
    """Which of some files, or of all but tests, was not read, and why; "" where all were."""
    for path, reason in code.unread.items():
        if "*" not in path and is_meant(path):  # else it is of a language that nobody reads
            return f"{path} was not read: {reason}"
    return ""


def unread_beside(web: Web, nodes: Collection[str]) -> str:
    """Which file in a folder of these, or below one but the root, was not read, and why.

    That is also one of a language that is mixed with theirs, wherever it is.
    """
    folders = {node.rpartition("/")[0] for node in nodes}
    below = tuple(f"{one}/" for one in folders if one)
    return unread_among(
        web.code, lambda path: path.rpartition("/")[0] in folders or path.startswith(below)
    ) or unread_kin(web.code, {web.code.files[one].language for one in nodes if one in web.files})


def unread_kin(code: CodeBase, languages: Iterable[str]) -> str:
    """How many files that import files of these languages are of one that is not read."""
    kin = (pattern for one in languages for pattern in _KIN.get(one, ()) if pattern in code.unread)
    return next((f"{code.unread[one]} are not read" for one in kin), "")


def unresolved_among(
    web: Web, sources: Collection[str], targets: Iterable[CodePart], *, indirectly: bool = False
) -> str:
    """Which import by some files is of nobody knows what, and may be of a part.

    That is one which names the last that the part is called by, and one that is computed where
    imports by calls count; by way of others it is any.
    """
    ends = {_names(part.said.rstrip("/*."))[-1] for part in targets}
    looked = {*sources, *web.reach(frozenset(sources))} if indirectly else sources
    for one in web.code.unresolved:
        if one.what == "import" and one.path in looked:
            if one.reason == COMPUTED:
                if web.scope.dynamic:
                    return f"{one.path}:{one.line} imports by a call: {one.reason}"
                continue
            named = one.name
            if named.startswith(("./", "../")):
                named = posixpath.normpath(posixpath.join(one.path, "..", named))
            if indirectly or not ends.isdisjoint(_names(named)):
                return f"{one.path}:{one.line} imports {one.name}: {one.reason}"
    return ""


def _names(said: str) -> list[str]:
    without_ending = re.sub(r"(?<=/)([^/]+)\.\w{1,4}$", r"\1", said.casefold())
    return re.split(r"[\s./\\]+", without_ending)


def ensure_there(web: Web, parts: Iterable[CodePart]) -> None:
    """Raises `CannotTell` where a part has no nodes: what is asked of it could not but hold."""
    for part in parts:
        if not part.nodes(web):
            raise CannotTell(f'nothing in the code is called "{part.said}"')


def one_by_one(parts: Iterable[CodePart], web: Web) -> list[frozenset[str]]:
    """The nodes of each part, none of which may share one with another.

    Raises:
        CannotTell: two do, or one has none.
    """
    found: list[frozenset[str]] = []
    parts = tuple(parts)
    ensure_there(web, parts)
    for part in parts:
        nodes = part.nodes(web)
        if any(nodes & other for other in found):
            raise CannotTell(f'"{part.said}" overlaps with another part')
        found.append(nodes)
    return found
