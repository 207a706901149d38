"""Classes whose methods are routes of FastAPI, by a decorator that is given the router.

`fastapi_utils.cbv` and its likes make a class for each request; what its attributes depend on is
fulfilled before a method is called, as if each method had it as a parameter.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indexer.code.frameworks.fastapi_parameters import DEPENDS
from indexer.code.syntax import line_of
from memory.code.codebase import CodePlace
from memory.code.facts import Mark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.code.project_code import CodeProject
    from indexer.code.syntax import SourceFile

_ATTRIBUTES = "(class_definition body: (block (expression_statement (assignment) @made)))"
#: What a class extends that has no attributes for a request.
_PLAIN = re.compile(r"(?:\w+\.)*(?:ABC|object|Generic|Protocol)(?:\[.*)?")
_DEEPEST = 12  # classes that extend classes


def class_marks(source: SourceFile, reader: str) -> Iterator[Mark]:
    """Each attribute of a class that depends on something."""
    for found in source.matches(_ATTRIBUTES) if b"Depends(" in source.content else ():
        node = found["made"][0]
        said = " ".join(source.text(node).split())
        if match := DEPENDS.search(said):
            data = {"is": said[match.start() :].rstrip("] ")}
            yield Mark(reader, "attribute", source.owner(node), line_of(node), data)


class RoutedClasses:
    """The classes of a project whose methods are routes."""

    def __init__(self, project: CodeProject) -> None:
        self._project = project
        self._attributes: dict[CodePlace, list[Mark]] = {}
        for path, mark in project.marks("fastapi", "attribute"):
            self._attributes.setdefault(CodePlace(path, mark.name), []).append(mark)

    def depends(self, handler: CodePlace, router: str) -> Iterator[tuple[str, str, int]]:
        """What the class of a handler depends on, as `Dependencies` has it; none for a function.

        Of a class that is not decorated by its router, or extends another that is not in the
        project, what stands for it is nothing that `Dependencies` understands.
        """
        owner = CodePlace(handler.path, handler.symbol.rpartition(".")[0])
        one = self._project.definition(owner)
        if one is None or one.kind != "class":
            return
        given = re.compile(rf"(?<![\w.])[\w.]++\(\s*+{re.escape(router)}\s*+[,)]")
        if not any(given.match(said) for said in one.annotations):
            yield owner.path, owner.symbol, one.line
        yield from self._of_class(owner, 0)

    def _of_class(self, place: CodePlace, depth: int) -> Iterator[tuple[str, str, int]]:
        for mark in self._attributes.get(place, ()):
            yield place.path, mark.data["is"], mark.line
        one = self._project.definition(place)
        for base in one.bases if one and depth < _DEEPEST else ():
            above = self._project.locate(place.path, base.partition("[")[0])
            if above and above.symbol and above != place:
                yield from self._of_class(above, depth + 1)
            elif one and not _PLAIN.fullmatch(base):
                yield place.path, base, one.line
