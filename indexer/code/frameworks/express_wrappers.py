"""Functions that wrap handlers of Express, and whether they hand them every request."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indexer.code.frameworks.typescript_refusals import named, returned_function
from indexer.code.syntax import line_of
from memory.code.codebase import CodePlace
from memory.code.facts import Mark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.code.frameworks.typescript_function_refusals import TypeScriptFunctionRefusals
    from indexer.code.project_code import CodeProject
    from indexer.code.syntax import Node, SourceFile

FUNCTIONS = frozenset({"arrow_function", "function_expression", "function", "generator_function"})
OF_ITS_OWN = "=>"  # what a function gives back that it makes
_FUNCTIONS = """
[(function_declaration) (method_definition) (arrow_function) (function_expression)] @function
"""
_CALLS = "(call_expression) @call"
_FIRST = re.compile(r"[A-Za-z_$][\w$]*+")
#: What stands before a call that is not made for every request.
_CHOOSES = re.compile(
    r"\b(?:if|for|while|do|switch|catch|finally|return|throw|yield|process)\b|\?|&&|\|\|"
    r"|\bnext\(|\bres\w*\.\w+\("
)
_DECIDES = re.compile(r"\bif\b|\?(?!\.)|&&|\|\||\bswitch\b")
_COMMENT = re.compile(r"(?<!:)//[^\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL)
_AT_ONCE = re.compile(r"new\s+Promise\(|Promise\.resolve\(\)\s*+\.then\(")
_TYPE = re.compile(r":[^,]*+")
#: Wrappers of libraries that only hand on what is thrown.
_LIBRARIES = re.compile(
    r"express-async-(?:handler|wrap|wrapper)(?:\..*)?|(?:@awaitjs/express|co)\.wrap"
    r"|async-middleware\.(?:wrap|default)|express-wrap-async(?:\..*)?|co-express(?:\..*)?"
)
_DECLARES = (
    r"(?:\b(?:const|let|var|function\*?)\s+%s\b|(?<![\w$])(?<!this\.)%s\s*=(?![=>]|\s*%s\b))"
)


def wrapper_marks(source: SourceFile, reader: str) -> Iterator[Mark]:
    """A mark for each function that gives back one which may call what it was given first.

    `always` stands where it surely does, `is_all` where that decides nothing else, `is_left` where
    nothing is done with what it answers.
    """
    for node in source.captures(_FUNCTIONS).get("function", ()):
        inner = returned_function(node)
        first = _first(source, node) if inner != node else ""
        name = named(source, node) if first else ""
        if not name or not _stays(source, name):
            continue
        said = _COMMENT.sub("", source.text(inner.child_by_field_name("body")))
        always = _always_calls(source, inner, first)
        is_all = not _DECIDES.search(said) and _is_handed(source, inner, first, said)
        data = {"given": first, "always": always, "is_all": is_all}
        data["is_left"] = _is_left(source, inner, first)
        yield Mark(reader, "wrapper", name, line_of(node), data)


def around(value: Node) -> Node | None:
    """The one function that a call is given: of `asyncHandler(async (req, res) => {})`."""
    arguments = value.child_by_field_name("arguments") if value.type == "call_expression" else None
    given_nodes = arguments.named_children if arguments else []
    return given_nodes[0] if len(given_nodes) == 1 and given_nodes[0].type in FUNCTIONS else None


class Wrappers:
    """The wrappers of a project, and those of libraries."""

    def __init__(self, project: CodeProject, refusals: TypeScriptFunctionRefusals) -> None:
        self._project, self._refusals = project, refusals
        self._marks = {
            CodePlace(path, mark.name): mark.data
            for path, mark in project.marks("express", "wrapper")
        }

    def hands_on(self, path: str, name: str, *, is_guard: bool = False) -> bool:
        """Whether a name of a file means what calls, for each request, what it is given.

        Args:
            path: The file.
            name: What is called.
            is_guard: Whether what it is given stands before others, so that it may decide of that.
        """
        place = self._project.locate(path, name)
        if place is None:
            origin = self._project.origin(path, name)
            return bool(_LIBRARIES.fullmatch(re.sub(r"\.(?:default|\*)", "", origin)))
        mark = self._marks.get(place, {})
        is_sure = mark.get("always") and (mark["is_all"] or not is_guard)
        return bool(is_sure) and self.is_harmless(place)

    def leaves(self, place: CodePlace) -> bool:
        """Whether a function refuses nobody but by what it is put around, asked or not."""
        return place in self._marks and self._marks[place]["is_left"] and self.is_harmless(place)

    def is_harmless(self, place: CodePlace) -> bool:
        """Whether a function that is put around others refuses nobody by itself."""
        said, given = self._refusals.said(place), self._marks[place]["given"]
        others = [one for one in said.get("tells", ()) if not _is_of(one, given)]
        return self._refusals.of_guard({**said, "tells": others}, place) is False


def _is_of(said: str, name: str) -> bool:
    """Whether what is called is what a wrapper was given: `fn`, `fn.call`."""
    return said == name or said.startswith(f"{name}.")


def _stays(source: SourceFile, name: str) -> bool:
    """Whether a file says only once what a name means."""
    plain = re.escape(name.rpartition(".")[2])
    return len(re.findall(_DECLARES % (plain, plain, plain), source.text(source.root))) <= 1


def _first(source: SourceFile, function: Node) -> str:
    """The name of a function's first parameter."""
    given = function.child_by_field_name("parameter")
    if given is None:
        listed = function.child_by_field_name("parameters")
        given = next(iter(listed.named_children), None) if listed is not None else None
    found = _FIRST.match(source.text(given)) if given is not None else None
    return found[0] if found else ""


def _always_calls(source: SourceFile, inner: Node, name: str) -> bool:
    """Whether a middleware calls something at once, whoever asks."""
    body, own = inner.child_by_field_name("body"), re.escape(name)
    around = source.text(inner.parent)
    is_other = re.search(
        rf"(?<![\w.$])(?:{own}\s*=(?![=>])|(?:const|let|var|function) {own}\b)", around
    )
    is_other = is_other or re.search(rf"(?<![\w.$]){own}\b", _parameters(source, inner))
    calls = source.captures(_CALLS, body).get("call", ()) if body is not None else ()
    return not is_other and any(
        _is_of(source.text(one.child_by_field_name("function")), name)
        and _is_at_once(source, inner, one)
        for one in calls
    )


def _is_handed(source: SourceFile, inner: Node, first: str, said: str) -> bool:
    """Whether what is called is given the request as it came, and nothing else goes on."""
    parameters = "".join(_parameters(source, inner).split()).strip("()")
    calls = re.findall(rf"(?<![\w.$]){re.escape(first)}\(([^()]*+)\)", said)
    is_whole = len(calls) == 1 and "".join(calls[0].split()) == _TYPE.sub("", parameters)
    return is_whole and not re.search(r"\(\s*+\)|\.assign\(", said)


def _is_left(source: SourceFile, inner: Node, name: str) -> bool:
    """Whether a middleware only calls something, and leaves it at that."""
    body = inner.child_by_field_name("body")
    calls = source.captures(_CALLS, body).get("call", ()) if body is not None else ()
    alone = [
        one
        for one in calls
        if source.text(one.child_by_field_name("function")) == name
        and one.parent is not None
        and (one.parent.type in {"expression_statement", "return_statement"} or one == body)
    ]
    said = re.findall(rf"(?<![\w.$]){re.escape(name)}(?![\w$])", source.text(body))
    return len(alone) == len(said)


def _parameters(source: SourceFile, function: Node) -> str:
    one = function.child_by_field_name("parameters") or function.child_by_field_name("parameter")
    return source.text(one)


def _is_at_once(source: SourceFile, function: Node, call: Node) -> bool:
    """Whether nothing in a function decides whether a call is made."""
    returns, outer = 0, call.parent
    while outer is not None and outer != function:
        if outer.type in FUNCTIONS | {"function_declaration"} and not runs(source, outer):
            return False
        returns += outer.type == "return_statement"
        outer = outer.parent
    body = function.child_by_field_name("body") or function
    before = source.content[body.start_byte : call.start_byte].decode("utf-8", "replace")
    chosen = _CHOOSES.findall(_COMMENT.sub("", before))
    return chosen.count("return") == returns == len(chosen)


def runs(source: SourceFile, function: Node) -> bool:
    """Whether a function is called where it stands, `(() => {})()`, or as a promise begins."""
    outer = function.parent
    call = outer.parent if outer is not None else None
    if outer is None or call is None or call.type not in {"call_expression", "new_expression"}:
        return False
    is_called = call.child_by_field_name("function") == outer
    first = outer.named_children[0] == function
    return is_called or (first and bool(_AT_ONCE.match(source.text(call))))
