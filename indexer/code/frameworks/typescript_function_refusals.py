"""What the functions of a project in TypeScript or JavaScript refuse, with what they call."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from indexer.code.frameworks.typescript_libraries import of_library
from indexer.code.frameworks.typescript_refusals import PASSES, REFUSES, TypeScriptRefusals

if TYPE_CHECKING:
    from indexer.code.project_code import CodeProject
    from memory.code.codebase import CodePlace

_FOLLOWED = 3  # calls, from a handler


class TypeScriptFunctionRefusals:
    """What the functions of a project refuse."""

    def __init__(self, project: CodeProject) -> None:
        self._project = project
        self._marks = {
            (path, mark.name): mark.data for path, mark in project.marks(TypeScriptRefusals.name)
        }

    def said(self, place: CodePlace) -> dict[str, Any]:
        """What is known of a function; nothing of one that does not refuse, look or hand on."""
        return self._marks.get((place.path, place.symbol), {})

    def guard(self, place: CodePlace) -> bool | None:
        """Whether a function, put before others, refuses who shows nothing; None if unknown."""
        return self.of_guard(self.said(place), place)

    def of_guard(self, said: dict[str, Any], place: CodePlace) -> bool | None:
        """The same of what `judge` said of a function at a place."""
        guard = said.get("guard", "")
        if guard in {REFUSES, PASSES}:
            return bool(guard == REFUSES)
        other = self._project.locate(place.path, said["else"]) if "else" in said else None
        if self._is_answered_first(said, place) or (other and "always" in self.said(other)):
            return True
        through = self._project.locate(place.path, said.get("through", ""))
        if through and self.said(through).get("guard") == REFUSES:
            return True
        may_end = guard or said.get("ends") or self._told_may_refuse(said, place)
        may_end = may_end or ("ends" in said and self._told_looks(said, place))
        return None if may_end else False

    def handler(self, place: CodePlace) -> bool | None:
        """Whether a handler itself refuses who shows nothing; None if it may."""
        return self.of_handler(self.said(place), place)

    def of_handler(self, said: dict[str, Any], place: CodePlace) -> bool | None:
        """The same of what `judge` said of a function at a place."""
        handler = said.get("handler", "")
        if handler == REFUSES or self._is_answered_first(said, place):
            return True
        return None if handler or self._told_may_refuse(said, place) else False

    def _is_answered_first(self, said: dict[str, Any], place: CodePlace) -> bool:
        """Whether a function hands the request first to one that refuses who shows nothing."""
        first = self._project.locate(place.path, said["first"]) if "first" in said else None
        return first is not None and self.said(first).get("guard") == REFUSES

    def _told_may_refuse(self, said: dict[str, Any], place: CodePlace) -> bool:
        """Whether a function calls one that may refuse in its place."""
        for one in said.get("tells", ()):
            told = self._told(place, one)
            if told and self._project.definition(told):
                if self.said(told).get("guard") or self._calls_refuse(told, 0):
                    return True
                continue
            origin = self._project.origin(place.path, re.sub(r"\(.*", "", one, flags=re.DOTALL))
            if of_library(one, origin) is not False:
                return True
        return self._calls_refuse(place, 0)

    def _told(self, place: CodePlace, name: str) -> CodePlace | None:
        """What a function calls, a method of its own class too."""
        own = place._replace(
            symbol=f"{place.symbol.rpartition('.')[0]}.{name.removeprefix('this.')}"
        )
        is_own = name.startswith("this.") and self._project.definition(own)
        return own if is_own else self._project.locate(place.path, name)

    def _told_looks(self, said: dict[str, Any], place: CodePlace) -> bool:
        """Whether a function that is told who asks looks at that, so that its answer may decide."""
        told = (self._told(place, one) for one in said.get("tells", ()))
        return any("looks" in self.said(one) for one in told if one)

    def _calls_refuse(self, place: CodePlace, depth: int) -> bool:
        if not place.symbol:
            return False
        return depth < _FOLLOWED and any(
            self.said(other).get("guard") or self._calls_refuse(other, depth + 1)
            for other in self._project.calls(place).values()
            if other and other != place
        )
