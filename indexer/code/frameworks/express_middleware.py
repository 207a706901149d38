"""What middleware of Express does to who shows nothing: of libraries and of the project."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from indexer.code.access import AccessCheck
from indexer.code.frameworks.express_wrappers import FUNCTIONS, OF_ITS_OWN, Wrappers, around
from indexer.code.frameworks.typescript_function_refusals import TypeScriptFunctionRefusals
from indexer.code.frameworks.typescript_libraries import of_library
from indexer.code.frameworks.typescript_refusals import judge
from indexer.code.syntax import line_of
from memory.code.codebase import CodePlace

if TYPE_CHECKING:
    from indexer.code.project_code import CodeProject
    from indexer.code.syntax import Node, SourceFile

_VALIDATES = re.compile(r"validat|celebrate|checkSchema|\bzod|\bjoi\b", re.IGNORECASE)
_LIMITS = re.compile(r"rate_?limit|limiter|throttl|slow_?down", re.IGNORECASE)
_RIGHTS = re.compile(
    r"role|permission|admin|rights|scope|author[iy]|allow|policy|can\b", re.IGNORECASE
)
_HEAD = re.compile(
    r"(?:new\s+)?(require\(\s*+['\"]\.[^'\"]*+['\"]\s*+\)(?:\.[\w$]++)*+|[\w$.]++)\s*+(\()?"
)
#: `require("multer")()` of a library, and what it makes.
_REQUIRED = re.compile(r"require\(\s*+['\"]([^'\".][^'\"]*+)['\"]\s*+\)((?:\.[\w$]++)?+)\s*+\(")
_OF_PASSPORT = re.compile(r"(?:[\w$]+\.)*\w*[pP]assport\.(?:initialize|session)")
#: `asyncHandler(show)`.
_WRAPPED = re.compile(r"([\w$.]+)\(\s*([\w$.]+)\s*\)")
#: `unless(passport.session())`.
_GIVEN = re.compile(r"[\w$.]++\(\s*+([\w$.]++(?:\([^()]*+\))?)\s*+\)")
_BOUND = re.compile(r"\.bind\([^()]*\)$")
_OF_ERRORS = 4  # parameters
_DEEPEST = 5  # values that are made of other values


class MiddlewareArgument(NamedTuple):
    """An argument of a registration, as it is kept in a mark."""

    text: str
    #: Of a function without a name, as `judge` gives it; `by` is what wraps it, if it is wrapped.
    judged: dict[str, Any] = {}  # noqa: RUF012
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
    if inner := around(node):
        by = source.text(node.child_by_field_name("function"))
        judged, last_line = judge(source, inner) | {"by": by}, inner.end_point[0] + 1
        return [MiddlewareArgument(source.text(node), judged, line_of(inner), last_line)]
    said = _BOUND.sub("", source.text(node))  # of `show.bind(this)` the function
    return [] if node.type == "comment" else [MiddlewareArgument(said)]


class ExpressMiddleware:
    """The middleware of a project."""

    def __init__(self, project: CodeProject) -> None:
        self._project = project
        self._refusals = TypeScriptFunctionRefusals(project)
        self._wrappers = Wrappers(project, self._refusals)
        self._around: dict[CodePlace, Any] = {
            CodePlace(path, mark.name): mark.data
            for path, mark in project.marks("express", "around")
        }
        self._values, self._given_back = (
            {(path, mark.name): mark.data["is"] for path, mark in project.marks("express", kind)}
            for kind in ("value", "given back")
        )
        #: Functions that make others, to give them back.
        self._makers = {
            CodePlace(*key) for key, is_ in self._given_back.items() if is_ == OF_ITS_OWN
        }
        self._instances: dict[tuple[str, str], set[str]] = {}
        for path, mark in project.marks("express", "instance"):
            self._instances.setdefault((path, mark.name), set()).add(mark.data["is"])
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
        if inner := self._inner(one, path, is_guard=False):
            return self.handler(inner, path, line)
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
        said = self._around.get(place, {})
        is_around = said and self._wrappers.hands_on(place.path, said["by"])
        refuses = self._refusals.of_handler(said, place) if is_around else None
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
        if inner := self._inner(one, path, is_guard=True):
            return self._guards(inner, path, depth + 1)
        required = _REQUIRED.match(one.text)
        place = None if required else self._located(path, found[1])
        if place is None:
            origin = "".join(required.groups()) if required else ""
            is_passport = _OF_PASSPORT.fullmatch(found[1])  # that a function is given
            origin = origin or self._project.origin(path, found[1])
            return False if is_passport else of_library(one.text, origin)
        parts = self._stands_for(place, found[1], is_called=bool(found[2]))
        if parts and (parts, place.path) != ([one], path):
            told = {self._guards(each, place.path, depth + 1) for each in parts}
            return True if True in told else None if None in told else False
        given = _GIVEN.fullmatch(one.text) if self._wrappers.leaves(place) else None
        is_left = given and self._guards(MiddlewareArgument(given[1]), path, depth + 1) is False
        return False if is_left else self._of_project(one, path, place, found[1])

    def _located(self, path: str, name: str) -> CodePlace | None:
        """What a name means; of `this.users.need` the method of what the field is made as."""
        place = self._project.locate(path, name)
        owner, _, member = name.rpartition(".")
        made = self._instances.get((path, owner), set()) if place is None else set()
        class_ = self._project.locate(path, next(iter(made))) if len(made) == 1 else None
        method = CodePlace(class_.path, f"{class_.symbol}.{member}") if class_ else None
        return method if method and self._project.definition(method) else place

    def _of_project(
        self, one: MiddlewareArgument, path: str, place: CodePlace, name: str
    ) -> bool | None:
        """Whether what a name of a project means refuses, called as in an argument."""
        around = self._around.get(place, {})
        if around and self._wrappers.hands_on(place.path, around["by"], is_guard=True):
            return self._refusals.of_guard(around, place)
        if not self._is_function(place):
            return False if _OF_PASSPORT.fullmatch(name) else None  # that the project made
        if one.text == name and self._wrappers.hands_on(path, name):
            return False  # it stands for what it gives back of a handler
        refuses = self._refusals.of_guard(self._refusals.said(place), place)
        wrapped = _WRAPPED.fullmatch(one.text)
        is_given = "=>" in one.text or "function" in one.text  # what may refuse in its turn
        is_given = is_given or self._is_function(
            self._project.locate(path, wrapped[2] if wrapped else "")
        )
        is_open = is_given or (one.text != name and place not in self._makers)
        return None if is_open and not refuses else refuses

    def _inner(
        self, one: MiddlewareArgument, path: str, *, is_guard: bool
    ) -> MiddlewareArgument | None:
        """What is given to a wrapper that only hands on, if that is what stands in an argument."""
        wrapped = _WRAPPED.fullmatch(one.text)
        by = one.judged.get("by", wrapped[1] if wrapped else "")
        if not by or not self._wrappers.hands_on(path, by, is_guard=is_guard):
            return None
        return MiddlewareArgument(wrapped[2]) if wrapped else one._replace(text="")

    def _is_function(self, place: CodePlace | None) -> bool:
        definition = self._project.definition(place) if place else None
        return definition is not None and definition.kind in {"function", "method"}

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
            if value is not None and value != OF_ITS_OWN:
                return [MiddlewareArgument(value)]
        return []


def validates(one: MiddlewareArgument) -> bool:
    """Whether a middleware is called for holding what comes against a schema."""
    return bool(_VALIDATES.search(one.text))


def limits(one: MiddlewareArgument) -> bool:
    """Whether a middleware is called for counting requests."""
    return bool(_LIMITS.search(one.text))


def of_rights(one: MiddlewareArgument) -> bool:
    """Whether a middleware is called for what somebody may do."""
    return bool(_RIGHTS.search(one.text))
