"""Interceptors of Spring: what each does with who shows nothing, and the paths it is put before."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from indexer.code.access import BEFORE, IDENTITY, OTHER_REASONS, untold
from indexer.code.ant_paths import Match, covers
from indexer.code.frameworks.spring_libraries import FREE, understood
from indexer.code.frameworks.spring_lists import BRANCHES, LOOPS, is_within, made_list
from indexer.code.frameworks.spring_modules import SpringModules, module_of
from indexer.code.java_values import UNKNOWN, value
from indexer.code.nobody import BACK, FAILED, ON, REFUSED, Nobody
from indexer.code.syntax import line_of
from memory.code.codebase import Answered, CodePlace
from memory.code.facts import Mark
from memory.code.testing import is_test

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from indexer.code.frameworks.spring_settings import DeclaredPaths
    from indexer.code.java_values import Constants
    from indexer.code.project_code import CodeProject
    from indexer.code.syntax import Node, SourceFile

REFUSES, MAY, PASSES = "refuses", "may", "passes"
_ADDS = """
(method_invocation name: (identifier) @name arguments: (argument_list) @given
    (#eq? @name "addInterceptor")) @call
"""
_HANDLES = """
(method_declaration name: (identifier) @name parameters: (_) body: (block) @body
    (#eq? @name "preHandle")) @method
"""
_PATHS = {"addPathPatterns": "includes", "excludePathPatterns": "excludes"}
_NEUTRAL = frozenset({"order", "pathMatcher"})
#: What ends a request, whatever it answers with.
_ENDS = re.compile(r"\bfalse\b|\bthrow\b|sendRedirect|sendError|setStatus")
_BEGINS = re.compile(r"^[\w.()]{0,99}?(?i:path|ur[il])[\w.()]{0,99}?\.startsWith\(\"(/[^\"]*)\"\)$")
_REFUSING = re.compile(
    r"401|403|UNAUTHORIZED|FORBIDDEN|(?i:unauthori|forbid|denied|not_?log|login|auth(?!or(?!i))|token|permission)"
)


class Handles(Nobody):
    """A `preHandle`, which ends the request where it gives back false or throws."""

    def statement(self, node: Node, before: str) -> set[str]:  # noqa: ARG002  (any end will do)
        """How one ends: only "true" hands the request on."""
        if node.type == "return_statement":
            given = node.named_children[0] if node.named_children else node
            passes = self.truth(given)
            if passes is None and given.type != "false":
                return {REFUSED, BACK}
            return {BACK} if passes else {REFUSED}
        if node.type == "throw_statement":
            return {REFUSED if _REFUSING.search(self._text(node)) else FAILED}
        return {ON}

    def __init__(self, source: SourceFile, who: re.Pattern[str]) -> None:
        super().__init__(source, who)
        self.below: set[str] = set()  # what is taken for certain: that a path begins with it

    def truth(self, node: Node, *, is_401: bool = False) -> bool | None:
        """Whether a condition holds for who shows nothing and asks for a path that is `below`."""
        if begins := _BEGINS.match(self._text(node)):
            self.below.add(begins[1])
            return True
        return super().truth(node, is_401=is_401)

    def _if(self, node: Node) -> set[str]:
        condition = node.child_by_field_name("condition")
        holds = self.truth(condition) if condition is not None else None
        inside = _block(node.child_by_field_name("consequence"))
        other = _block(node.child_by_field_name("alternative"))
        if holds is not None:
            return self.block(inside if holds else other)
        return self.maybe(inside) | self.maybe(other)

    def _try(self, node: Node) -> set[str]:
        ends = self.maybe(_block(node.child_by_field_name("body")))
        for one in node.named_children:
            if one.type in {"catch_clause", "finally_clause"}:
                ends |= self.maybe(
                    _block(one.child_by_field_name("body") or one.named_children[-1])
                )
        return ends

    def _inner(self, node: Node) -> set[str]:
        return self.block(node.named_children)

    def _loop(self, node: Node) -> set[str]:
        return {ON} | self.maybe(_block(node.child_by_field_name("body")))

    within: ClassVar[dict[str, Callable[..., set[str]]]] = {
        "if_statement": _if,
        "try_statement": _try,
        "try_with_resources_statement": _try,
        "block": _inner,
        "for_statement": _loop,
        "enhanced_for_statement": _loop,
        "while_statement": _loop,
        "switch_expression": _loop,
    }


def _block(node: Node | None) -> list[Node]:
    if node is None:
        return []
    return node.named_children if node.type == "block" else [node]


def interceptor_marks(source: SourceFile, reader: str) -> Iterator[Mark]:
    """What interceptors do, by their class, and where a configuration puts them."""
    if b"nterceptor" not in source.content:
        return
    for found in source.matches(_HANDLES):
        name = source.symbol(found["method"][0]).rpartition(".")[0]
        said, body = source.text(found["method"][0]), found["body"][0]
        walked = Handles(source, IDENTITY)
        ends = walked.block(body.named_children)
        does = MAY if _ENDS.search(said) and IDENTITY.search(said) else PASSES
        if REFUSED in ends and ends <= {REFUSED, FAILED} and not OTHER_REASONS.search(said):
            does = REFUSES
        found_out = {"does": does, "below": sorted(walked.below)}
        yield Mark(reader, "interceptor", name, line_of(body), found_out)
    for found in source.matches(_ADDS):
        call, given = found["call"][0], found["given"][0].named_children
        what = _class_of(source, given[0]) if given else ""
        put = _paths(source, call)
        put["library"] = understood(source, given[0], _method(call)) if given else None
        yield Mark(reader, "put", what, line_of(call), put)


def _method(call: Node) -> Node:
    """The method that a call is in."""
    method = call
    while method.parent is not None and method.type != "method_declaration":
        method = method.parent
    return method


def _class_of(source: SourceFile, node: Node) -> str:
    """The class of what is added; "" where that is not seen."""
    said = source.text(node)
    if node.type == "object_creation_expression":
        return source.text(node.child_by_field_name("type")) if not _has_body(node) else ""
    name = said.partition("(")[0].rpartition(".")[2] or said
    text = source.content.decode("utf-8", "replace")
    typed = re.findall(
        rf"\b([A-Z]\w{{0,99}})(?:<[^<>;]{{0,99}}>)?\s+{re.escape(name)}\s*[=;(,)]", text
    )
    return typed[0] if len(set(typed)) == 1 else ""


def _has_body(node: Node) -> bool:
    return any(one.type == "class_body" for one in node.named_children)


def _paths(source: SourceFile, call: Node) -> dict[str, Any]:
    """The patterns that are said of what is added, in the chain behind or by its variable."""
    method = _method(call)
    found: dict[str, Any] = {"includes": [], "excludes": []}
    found["is_certain"] = not is_within(BRANCHES | LOOPS, call, method)
    outer = call.parent
    while outer is not None and outer.type == "method_invocation":
        _add(source, outer, found, method)
        outer = outer.parent
    if outer is not None and outer.type == "variable_declarator":
        name = source.text(outer.child_by_field_name("name"))
        for one in source.captures("(method_invocation) @call", method).get("call", ()):
            if source.text(one.child_by_field_name("object")).partition(".")[0] == name:
                _add(source, one, found, method)
                found["is_certain"] &= not is_within(BRANCHES | LOOPS, one, method)
    elif outer is not None and outer.type != "expression_statement":
        found["is_certain"] = False
    return found


def _add(source: SourceFile, call: Node, found: dict[str, Any], method: Node) -> None:
    called = source.text(call.child_by_field_name("name"))
    if called not in _PATHS:
        found["is_certain"] &= called in _NEUTRAL
        return
    given = call.child_by_field_name("arguments")
    for one in given.named_children if given is not None else ():
        if "comment" in one.type:
            continue
        made = made_list(source, one, method)
        said = [*made.surely, *([UNKNOWN] if made.maybe else [])] if made else value(source, one)
        if made is None and source.text(one.child_by_field_name("name")) in {"asList", "of"}:
            inner = one.child_by_field_name("arguments")
            said = [value(source, each) for each in (inner.named_children if inner else ())]
        found[_PATHS[called]] += said if isinstance(said, list) else [said]


class _Put(NamedTuple):
    path: str
    name: str
    line: int
    does: str
    below: list[str]
    includes: list[str]
    excludes: list[str]
    is_certain: bool
    but: str = ""  # the annotation by which an interceptor of a library lets a handler pass


class Interceptors:
    """The interceptors of a project, where they are put before handlers."""

    def __init__(
        self,
        project: CodeProject,
        constants: Constants,
        paths: frozenset[str],
        declared: DeclaredPaths,
    ) -> None:
        self._project, self._paths, self._declared = project, paths, declared
        self._free = {
            (CodePlace(path, one.name), one.data["by"]): one.data["whole"]
            for path, one in project.marks("spring", FREE)
        }
        self._does = {
            CodePlace(path, one.name): one.data
            for path, one in project.marks("spring", "interceptor")
        }
        self._modules = SpringModules(project)
        self._put = [
            _Put(path, mark.name, mark.line, *self._doing(path, mark.name),
                 constants.texts(path, self._owner(path, mark.line), mark.data["includes"]),
                 constants.texts(path, self._owner(path, mark.line), mark.data["excludes"]),
                 mark.data["is_certain"])
            for path, mark in project.marks("spring", "put")
            if not is_test(path) and not mark.data.get("library")
        ]  # fmt: skip
        of_libraries = [
            (path, mark)
            for path, mark in project.marks("spring", "put")
            if not is_test(path) and mark.data.get("library")
        ]
        self._put += [self._of_library(path, mark, constants) for path, mark in of_libraries]
        #: By file the classes of libraries of which it is known what they do.
        self.of_libraries = {(path, mark.name) for path, mark in of_libraries}
        #: The classes of which it is known where they stand.
        self.known = {self._project.locate(one.path, one.name) for one in self._put if one.name}

    def _of_library(self, path: str, mark: Mark, constants: Constants) -> _Put:
        owner, said = self._owner(path, mark.line), mark.data["library"]
        excludes = [*mark.data["excludes"], *said["excludes"]]
        if said["key"]:
            listed = self._declared.of_key(said["key"], module_of(path))
            excludes += listed[0] if listed else [UNKNOWN]
        includes = constants.texts(path, owner, mark.data["includes"])
        excludes = constants.texts(path, owner, excludes)
        is_certain, but = mark.data["is_certain"], said["but"]
        return _Put(path, mark.name, mark.line, REFUSES, [], includes, excludes, is_certain, but)

    def _lets_pass(self, but: str, handler: CodePlace, named: frozenset[str]) -> Match:
        """Whether an annotation exempts a handler, as far as where it is written is seen."""
        above = CodePlace(handler.path, handler.symbol.rpartition(".")[0])
        if self._free.get((above, but)) or self._free.get((handler, but)):
            return Match.YES
        if (handler, but) in self._free:  # or another of that name
            return Match.MAYBE
        own = self._project.definition(handler)
        is_own = own is not None and any(but in str(one) for one in own.annotations)
        return Match.MAYBE if but in named and not is_own else Match.NO

    def _owner(self, path: str, line: int) -> str:
        return next(
            (
                one.name
                for one in self._project.files[path].definitions
                if one.kind == "class" and one.line <= line <= one.last_line
            ),
            "",
        )

    def _doing(self, path: str, name: str) -> tuple[str, list[str]]:
        place = self._project.locate(path, name) if name else None
        for _ in range(4):
            if place is None or place in self._does:
                break
            one = self._project.definition(place)
            base = one.bases[0] if one and one.bases else ""
            place = self._project.locate(place.path, base) if base else None
        data = self._does.get(place, {}) if place else {}
        return data.get("does", ""), data.get("below", [])

    def judged(
        self, route: str, handler: CodePlace, named: frozenset[str] = frozenset()
    ) -> Answered | None:
        """By what a route is refused to who shows nothing, or may be; None where nothing does.

        `named` are the annotations of its handler, with those of methods that this overrides.
        """
        left = None
        for one in self._put:
            if one.does == PASSES or not self._is_of(one, handler.path):
                continue
            match = self._covered(one, route)
            passes = self._lets_pass(one.but, handler, named) if one.but else Match.NO
            if passes is not Match.NO:
                match = (
                    Match.NO
                    if passes is Match.YES
                    else (Match.NO if match is Match.NO else Match.MAYBE)
                )
            evidence = f"{one.name or 'an interceptor'} ({one.path}:{one.line})"
            if match is Match.YES and one.does == REFUSES and all(map(route.startswith, one.below)):
                return Answered("yes", evidence)
            if match is not Match.NO and one.does:
                left = left or untold(BEFORE, evidence)
        return left

    def _is_of(self, one: _Put, file: str) -> bool:
        """Whether the application that serves a file may have the configuration."""
        return module_of(one.path) == module_of(file) or self._modules.runs(
            one.path, module_of(file)
        )

    def _covered(self, one: _Put, route: str) -> Match:
        included = self._matched(one.includes, route) if one.includes else Match.YES
        excluded = self._matched(one.excludes, route)
        if included is Match.NO or (excluded is Match.YES and one.is_certain):
            return Match.NO
        is_sure = included is Match.YES and excluded is Match.NO and one.is_certain
        return Match.YES if is_sure else Match.MAYBE

    def _matched(self, patterns: list[str], route: str) -> Match:
        found = Match.NO
        for one in patterns:
            pattern = one if one.startswith(("/", UNKNOWN)) else f"/{one}"
            match = Match.MAYBE if UNKNOWN in pattern else covers(pattern, route)
            if match is Match.MAYBE and pattern in self._paths and UNKNOWN not in pattern:
                continue  # another route has this very path
            if match is Match.YES:
                return match
            found = match if match is Match.MAYBE else found
        return found
