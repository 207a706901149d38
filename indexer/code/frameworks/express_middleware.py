"""What middleware of Express does to who shows nothing: of libraries and of the project."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from indexer.code.access import AccessCheck
from indexer.code.frameworks.typescript_function_refusals import TypeScriptFunctionRefusals
from indexer.code.frameworks.typescript_libraries import of_library
from indexer.code.frameworks.typescript_refusals import judge
from indexer.code.syntax import line_of
from memory.code.codebase import CodePlace

if TYPE_CHECKING:
    from indexer.code.project_code import CodeProject
    from indexer.code.syntax import Node, SourceFile

FUNCTIONS = frozenset({"arrow_function", "function_expression", "function", "generator_function"})
WRAPPERS = re.compile(r"async|catch|wrap|handle|try", re.IGNORECASE)
_VALIDATES = re.compile(r"validat|celebrate|checkSchema|\bzod|\bjoi\b", re.IGNORECASE)
_LIMITS = re.compile(r"rate_?limit|limiter|throttl|slow_?down", re.IGNORECASE)
_RIGHTS = re.compile(
    r"role|permission|admin|rights|scope|author[iy]|allow|policy|can\b", re.IGNORECASE
)
_HEAD = re.compile(r"(?:new\s+)?([\w$.]+)\s*(\()?")
#: `require("multer")()`, and what it makes.
_REQUIRED = re.compile(r"require\(\s*+['\"]([^'\"]++)['\"]\s*+\)((?:\.[\w$]++)?+)\s*+\(")
_OF_PASSPORT = re.compile(r"(?:[\w$]+\.)*\w*[pP]assport\.(?:initialize|session)")
_BOUND = re.compile(r"\.bind\([^()]*\)$")
_OF_ERRORS = 4  # parameters
_DEEPEST = 5  # values that are made of other values


class MiddlewareArgument(NamedTuple):
    """An argument of a registration, as it is kept in a mark."""

    text: str
    judged: dict[str, Any] = {}  # of a function without a name, as `judge` gives it  # noqa: RUF012
    line: int = 0  # of the same
    last_line: int = 0


def given(source: SourceFile, node: Node) -> list[MiddlewareArgument]:
    """What stands in an argument; the elements of a list."""
    if node.type == "array":
        return [each for one in node.named_children for each in given(source, one)]
    if node.type in FUNCTIONS:
        listed = node.child_by_field_name("parameters")
        if listed is not None and len(listed.named_children) == _OF_ERRORS:
            return []  # it sees errors, and no request before they happen
        last_line = node.end_point[0] + 1
        return [MiddlewareArgument("", judge(source, node), line_of(node), last_line)]
    if node.type == "spread_element":
        return [each for one in node.named_children for each in given(source, one)]
    said = _BOUND.sub("", source.text(node))  # of `show.bind(this)` the function
    return [] if node.type == "comment" else [MiddlewareArgument(said)]


class ExpressMiddleware:
    """The middleware of a project."""

    def __init__(self, project: CodeProject) -> None:
        self._project = project
        self._refusals = TypeScriptFunctionRefusals(project)
        self._around: dict[tuple[str, str], Any] = {
            (path, mark.name): mark.data for path, mark in project.marks("express", "around")
        }
        self._values, self._given_back = (
            {(path, mark.name): mark.data["is"] for path, mark in project.marks("express", kind)}
            for kind in ("value", "given back")
        )
        self._lists = {
            CodePlace(path, mark.name): [MiddlewareArgument(*one) for one in mark.data["parts"]]
            for path, mark in project.marks("express", "list")
        }

    def check(self, one: MiddlewareArgument, path: str, line: int) -> AccessCheck:
        """What stands before a handler."""
        said = one.text or f"a function (line {one.line})"
        evidence = f"{' '.join(said.split())[:100]} ({path}:{line})"
        return AccessCheck(evidence, self._guards(one, path, 0))

    def handler(
        self, one: MiddlewareArgument, path: str, line: int
    ) -> tuple[AccessCheck, CodePlace | None]:
        """What a route leads to, and where that is, if it has a name."""
        if not one.text:
            refuses = self._refusals.of_handler(one.judged, CodePlace(path))
            return AccessCheck(f"its handler ({path}:{one.line})", refuses), None
        found = _HEAD.match(one.text)
        inner = self._wrapped(one.text) if found and found[2] else ""
        if inner:
            return self.handler(MiddlewareArgument(inner), path, line)
        place = self._project.locate(path, found[1]) if found else None
        definition = self._project.definition(place) if place else None
        if found and definition is None and (member := self._of_instance(path, found[1])):
            place, definition = member, self._project.definition(member)
        if place is None or definition is None or (found and found[2]):
            origin = self._project.origin(path, found[1]) if found and place is None else ""
            return AccessCheck(
                f"{one.text[:60]} ({path}:{line})", of_library(one.text, origin)
            ), None
        evidence = f"{place.symbol} ({place.path}:{definition.line})"
        if definition.kind in {"function", "method"}:
            return AccessCheck(evidence, self._refusals.handler(place)), place
        said = self._around.get((place.path, place.symbol))
        refuses = self._refusals.of_handler(said, place) if said is not None else None
        return AccessCheck(evidence, refuses), place

    def _of_instance(self, path: str, name: str) -> CodePlace | None:
        """A method of the class that a file exports an instance of, by the name of both."""
        root, _, member = name.partition(".")
        file = self._project.locate(path, root) if member else None
        found = CodePlace(file.path, f"{root}.{member}") if file else None
        return found if found and self._project.definition(found) else None

    def _guards(self, one: MiddlewareArgument, path: str, depth: int) -> bool | None:
        if not one.text:
            return self._refusals.of_guard(one.judged, CodePlace(path))
        found = _HEAD.match(one.text)
        if found is None or depth > _DEEPEST:
            return None
        name = found[1]
        if found[2] and (inner := self._wrapped(one.text)):
            return self._guards(MiddlewareArgument(inner), path, depth + 1)
        place = None if _REQUIRED.match(one.text) else self._project.locate(path, name)
        if place is None:
            required = _REQUIRED.match(one.text)
            origin = "".join(required.groups()) if required else self._project.origin(path, name)
            is_passport = _OF_PASSPORT.fullmatch(name)  # that a function is given
            return False if is_passport else of_library(one.text, origin)
        parts = self._stands_for(place, name, is_called=bool(found[2]))
        if parts and (parts, place.path) != ([one], path):
            told = {self._guards(each, place.path, depth + 1) for each in parts}
            return True if True in told else None if None in told else False
        around = self._around.get((place.path, place.symbol), {})
        is_around = bool(WRAPPERS.search(around.get("by", "").rpartition(".")[2]))
        definition = self._project.definition(place)
        is_function = definition is not None and definition.kind in {"function", "method"}
        judged = around if is_around else self._refusals.said(place) if is_function else None
        of_instance = False if _OF_PASSPORT.fullmatch(name) else None  # that the project made
        return of_instance if judged is None else self._refusals.of_guard(judged, place)

    def _stands_for(
        self, place: CodePlace, name: str, *, is_called: bool
    ) -> list[MiddlewareArgument]:
        """What a name of a project was made as, or by a call what its function gives back."""
        if place in self._lists and not is_called:
            return self._lists[place]
        member = name.rpartition(".")[2]
        for symbol in (place.symbol, f"{place.symbol}.{member}", member):
            value = self._values.get((place.path, symbol))
            if value is None and is_called:
                value = self._given_back.get((place.path, symbol))
            if value is not None:
                return [MiddlewareArgument(value)]
        return []

    def _wrapped(self, said: str) -> str:
        """What a wrapper like `asyncHandler(show)` is given, if it is one name."""
        found = re.fullmatch(r"([\w$.]+)\(\s*([\w$.]+)\s*\)", said)
        return found[2] if found and WRAPPERS.search(found[1].rpartition(".")[2]) else ""


def validates(one: MiddlewareArgument) -> bool:
    """Whether a middleware is called for holding what comes against a schema."""
    return bool(_VALIDATES.search(one.text))


def limits(one: MiddlewareArgument) -> bool:
    """Whether a middleware is called for counting requests."""
    return bool(_LIMITS.search(one.text))


def of_rights(one: MiddlewareArgument) -> bool:
    """Whether a middleware is called for what somebody may do."""
    return bool(_RIGHTS.search(one.text))
