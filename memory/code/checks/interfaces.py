"""Demands that say which names of a part others may import."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from memory.code.checks.check import CannotTell, CheckVerdict, Violation
from memory.code.checks.edges import distinct, unread_beside
from memory.models.findings import Spot

if TYPE_CHECKING:
    import re

    from memory.code.checks.allowing import Division
    from memory.code.checks.web import Scope, Web, Webs
    from memory.code.codebase import Taken


@dataclass(frozen=True)
class Interface:
    """Names within a part that are there for others."""

    exposed: tuple[re.Pattern[str], ...]
    visible_to: tuple[str, ...] | None = None  # parts; None for all
    exclusive: bool = False  # whoever sees it sees no other one of the part

    def exposes(self, name: str) -> bool:
        """Whether a name is one of them."""
        return any(one.search(name) for one in self.exposed)


@dataclass(frozen=True)
class Exposes:
    """Of a part of Python, others import only what an interface says that they see.

    Whoever sees none of its interfaces may import anything of it, and everybody may import the
    part itself. Files that are of no part are not asked.
    """

    source: str  # the part
    interfaces: tuple[Interface, ...]
    division: Division
    roots: re.Pattern[str]  # what stands before a dotted name in a path
    unasked: tuple[str, ...]  # parts that may import anything
    scope: Scope

    def judge(self, webs: Webs) -> CheckVerdict:
        """Every import of another name, by a file of another part."""
        web = webs.of(self.scope)
        parts = web.kept(self.division, self.division.of)
        if not any(self.source in own for own in parts.values()):
            raise CannotTell(f'no file is of "{self.source}"')
        found = []
        for one in web.code.taken:
            if one.path not in web.files or self.source not in parts.get(one.target, ()):
                continue
            if one.exempt or (one.type_checking and not self.scope.type_checking):
                continue
            name = self._named(one)
            asked = {*parts.get(one.path, ())} - {self.source, *self.unasked}
            if not all(self._is_open(name, part) for part in asked):
                found.append(self._violation(web, one, name))
        return CheckVerdict(distinct(found), untold=unread_beside(web, parts))

    def _named(self, one: Taken) -> str:
        """What is imported, as the part calls it; "" for the part itself."""
        module = self.roots.sub("", one.target).removesuffix(".py").replace("/", ".")
        full = f"{module.removesuffix('.__init__')}.{one.name}".rstrip(".")
        return full.removeprefix(self.source).lstrip(".")

    def _is_open(self, name: str, part: str) -> bool:
        seen = [one for one in self.interfaces if one.visible_to is None or part in one.visible_to]
        seen = next(([one] for one in seen if one.exclusive), seen)
        return not name or not seen or any(one.exposes(name) for one in seen)

    def _violation(self, web: Web, one: Taken, name: str) -> Violation:
        full = f"{self.source}.{name}"
        importer = web.called(one.path)
        return Violation(
            parts=(one.path, full),
            message=f"{importer} imports {full}, which no interface of {self.source} has",
            spots=(Spot(file=one.path, line=one.line, said=f"{importer} -> {full}"),),
            modules=tuple(dict.fromkeys(map(web.module, (one.path, one.target)))),
        )
