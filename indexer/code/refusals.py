"""Functions that may refuse a request: by what they say, or by what they call."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from memory.code.codebase import CodePlace
from memory.code.facts import Mark
from memory.texts.prefilter import prefilter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.code.project_code import CodeProject
    from indexer.code.syntax import SourceFile

REFUSES = "refuses"  # the kind of the marks
CONSTANTS = "refusing constants"  # of an enumeration, by its name: those in which a word stands
_CALLS_FOLLOWED = 3
_CONSTANT = re.compile(r"((?:\w+\.)*[A-Z]\w*)\.([A-Z][A-Z0-9_]*)(?:\.|$)")


def refusing(source: SourceFile, reader: str, words: re.Pattern[bytes]) -> Iterator[Mark]:
    """A mark for each definition, "" for the file, in which one of the words stands."""
    if not prefilter(words).search(source.content):
        return
    definitions = source.facts.definitions
    seen: set[str] = set()
    line, at = 1, 0
    for found in words.finditer(source.content):
        line += source.content.count(b"\n", at, found.start())
        at = found.start()
        name = ""
        for one in definitions:
            if one.line <= line <= one.last_line and one.kind != "constant":
                name = one.name
        if name not in seen:
            seen.add(name)
            yield Mark(reader, REFUSES, name, line, {})


class Refusals:
    """What may refuse in a project."""

    def __init__(self, project: CodeProject, reader: str) -> None:
        self._project = project
        self._said = {(path, mark.name) for path, mark in project.marks(reader, REFUSES)}
        self._constants = {
            CodePlace(path, mark.name): frozenset(mark.data["are"])
            for path, mark in project.marks(reader, CONSTANTS)
        }

    def may_refuse(self, place: CodePlace, depth: int = 0) -> bool:
        """Whether a function, or what of the project it calls, has a word of refusal in it."""
        return place in self._said or self.calls_may_refuse(place, depth)

    def calls_may_refuse(self, place: CodePlace, depth: int = 0) -> bool:
        """Whether something that a function calls may refuse, or a constant that it names."""
        if depth >= _CALLS_FOLLOWED:
            return False
        called = {
            found or self._project.locate(place.path, _of_class(name, place))
            for name, found in self._project.calls(place).items()
        }
        others = {one for one in called if one and one != place} - self._constants.keys()
        return self._names_one(place) or any(self.may_refuse(one, depth + 1) for one in others)

    def _names_one(self, place: CodePlace) -> bool:
        """Whether a function names a constant of an enumeration in which a word stands."""
        facts = self._project.files[place.path]
        for use in facts.uses if self._constants else ():
            named = _CONSTANT.match(use.name)
            if named and use.within >= 0 and facts.definitions[use.within].name == place.symbol:
                enumeration = self._project.locate(place.path, named[1])
                if enumeration and named[2] in self._constants.get(enumeration, ()):
                    return True
        return False


def _of_class(name: str, place: CodePlace) -> str:
    """`this.member` as a member of the class of a method."""
    root, _, member = name.partition(".")
    return f"{place.symbol.rpartition('.')[0]}.{member}" if root in {"this", "super"} else name
