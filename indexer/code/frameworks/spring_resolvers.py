"""What makes the parameters of Spring's handlers, which may refuse who shows nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indexer.code.access import BEFORE, IDENTITY, OTHER_REASONS, untold
from indexer.code.frameworks.spring_interceptors import MAY, PASSES, REFUSES, Handles
from indexer.code.nobody import BACK, FAILED, REFUSED
from indexer.code.syntax import line_of
from memory.code.codebase import Answered, CodePlace
from memory.code.facts import Mark
from memory.code.testing import is_test

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.code.project_code import CodeProject
    from indexer.code.refusals import Refusals
    from indexer.code.syntax import Node, SourceFile

_RESOLVES = """
(method_declaration name: (identifier) @name body: (block) @body
    (#eq? @name "resolveArgument")) @method
"""
#: Which parameters it makes: those with an annotation, or else those of a type.
_ANNOTATED = re.compile(r"ParameterAnnotation\(\s*+(?:\w++\.)*?(\w++)\.class")
_TYPED = re.compile(
    r"getParameterType\(\)\s*+(?:==|\.equals\(|\.isAssignableFrom\()\s*+(\w++)\.class"
    r"|\b(\w++)\.class\s*+(?:==|\.equals\(|\.isAssignableFrom\()"
)
#: Where it is said which of them are asked; no other is.
_REGISTERS = re.compile(
    rb"\b(?:addArgumentResolvers|configureArgumentResolvers|addCustomResolver"
    rb"|setCustomArgumentResolvers|setArgumentResolvers)\b"
)
_ENDS = re.compile(r"(?i:throw)|sendError|sendRedirect|setStatus")


class _Resolves(Handles):
    """A `resolveArgument`, which refuses by an error alone, whatever it gives back."""

    def statement(self, node: Node, before: str) -> set[str]:
        """How one ends."""
        return {BACK} if node.type == "return_statement" else super().statement(node, before)


def resolver_marks(source: SourceFile, reader: str) -> Iterator[Mark]:
    """A mark for each class that makes parameters: which, and what it does with nobody."""
    if _REGISTERS.search(source.content):
        names = sorted({*re.findall(rb"\b[A-Z]\w*", source.content)})
        seen = [one.decode("ascii", "replace") for one in names]
        yield Mark(reader, "registers", "", 1, {"names": seen})
    if b"resolveArgument" not in source.content:
        return
    for found in source.matches(_RESOLVES):
        name = source.symbol(found["method"][0]).rpartition(".")[0]
        text = source.text(found["method"][0].parent)
        makes = set(_ANNOTATED.findall(text)) or {a or b for a, b in _TYPED.findall(text)}
        ends = _Resolves(source, IDENTITY).block(found["body"][0].named_children)
        said = source.text(found["body"][0])
        does = MAY if _ENDS.search(said) else PASSES
        if REFUSED in ends and ends <= {REFUSED, FAILED} and not OTHER_REASONS.search(said):
            does = REFUSES
        data = {"makes": sorted(makes), "does": does}
        yield Mark(reader, "resolver", name, line_of(found["method"][0]), data)


class Resolvers:
    """The resolvers of a project, and the parameters of its handlers."""

    def __init__(self, project: CodeProject, refusals: Refusals) -> None:
        self._given = {
            CodePlace(path, mark.name): set(mark.data["given"])
            for kind in ("handler", "override")
            for path, mark in project.marks("spring", kind)
        }
        named = {
            name
            for path, mark in project.marks("spring", "registers")
            for name in mark.data["names"]
            if not is_test(path)
        }
        self._resolvers = []
        for path, mark in project.marks("spring", "resolver"):
            does = mark.data["does"]
            method = CodePlace(path, f"{mark.name}.resolveArgument")
            does = MAY if does == PASSES and refusals.may_refuse(method) else does
            is_asked = mark.name.rpartition(".")[2] in named
            does = does if is_asked or does != REFUSES else MAY  # nobody is seen to register it
            if does != PASSES and not is_test(path):
                evidence = f"{mark.name} ({path}:{mark.line})"
                self._resolvers.append((set(mark.data["makes"]), does, evidence))

    def judged(self, handler: CodePlace) -> Answered | None:
        """Whether a parameter is refused to who shows nothing, or may be; None where none is."""
        given = self._given.get(handler, set())
        told = [(does, evidence) for makes, does, evidence in self._resolvers if makes & given]
        for does, evidence in told:
            if does == REFUSES:
                return Answered("yes", evidence)
        return untold(BEFORE, told[0][1]) if told else None
