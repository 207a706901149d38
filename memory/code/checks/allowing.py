"""Demands that say what a part may import, of the parts that the code is divided into."""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass
from typing import TYPE_CHECKING

from memory.code.checks.check import CannotTell, CheckVerdict
from memory.code.checks.edges import unread_beside, violation
from memory.code.checks.parts import classes_of
from memory.code.checks.web import AT_RUN_TIME, PACKAGE, Scope

if TYPE_CHECKING:
    from collections.abc import Mapping

    from memory.code.checks.check import Violation
    from memory.code.checks.parts import CodePart
    from memory.code.checks.web import FirstImport, Web, Webs


@dataclass(frozen=True)
class Division:
    """Parts by name; a file may be of several, unless only the first one counts."""

    parts: tuple[tuple[str, CodePart], ...]
    only_first: bool = False

    def of(self, web: Web) -> Mapping[str, tuple[str, ...]]:
        """The parts of each node that is of one."""
        found: dict[str, tuple[str, ...]] = {}
        for name, part in self.parts:
            for node in part.nodes(web):
                before = found.get(node, ())
                if not (before and self.only_first):
                    found[node] = tuple(dict.fromkeys((*before, name)))
        return found


@dataclass(frozen=True)
class MayImport:
    """A part may import itself, some other parts, and what is of none."""

    source: str
    allowed: tuple[str, ...]  # parts by name
    division: Division
    packages: tuple[str, ...] | None = None  # of Go that it may import, by pattern; None for any
    skipped: tuple[tuple[str, str], ...] = ()  # imports that are let be: files, or classes
    scope: Scope = AT_RUN_TIME

    def judge(self, webs: Webs) -> CheckVerdict:
        """Every other import."""
        web = webs.of(self.scope)
        parts = web.kept(self.division, self.division.of)
        sources = [node for node in sorted(web.files) if self.source in parts.get(node, ())]
        if not sources:
            raise CannotTell(f'no file is of "{self.source}"')
        found: list[Violation] = []
        used: set[tuple[str, str]] = set()
        for link in (link for node in sources for link in web.links.get(node, {}).values()):
            if not self._is_wrong(link.target, parts.get(link.target, ())):
                continue
            skipping = self._skipping(web, link)
            used |= skipping
            if not skipping:
                found.append(violation(web, [link]))
        mine = {name for node in sources for name in web.kept("classes", classes_of)[node]}
        stale = [" -> ".join(one) for one in self.skipped if one not in used and one[0] in mine]
        return CheckVerdict(found, unread_beside(web, sources), stale)

    def _skipping(self, web: Web, link: FirstImport) -> set[tuple[str, str]]:
        """What lets an import be."""
        if not self.skipped:
            return set()
        classes = web.kept("classes", classes_of)
        source, target = (
            {node, web.called(node), *classes.get(node, ())} for node in (link.source, link.target)
        )
        return {one for one in self.skipped if one[0] in source and one[1] in target}

    def _is_wrong(self, target: str, parts: tuple[str, ...]) -> bool:
        if target.startswith(PACKAGE):
            return self.packages is not None and not self._may_use(target.removeprefix(PACKAGE))
        return self.source not in parts and any(one not in self.allowed for one in parts)

    def _may_use(self, package: str) -> bool:
        is_standard = "." not in package.partition("/")[0]
        return is_standard or any(
            fnmatch.fnmatchcase(package, one) or fnmatch.fnmatchcase(package, f"{one}/*")
            for one in self.packages or ()
        )
