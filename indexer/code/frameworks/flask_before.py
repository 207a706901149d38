"""What Flask runs before the function of a route: for its blueprint, or for all."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from indexer.code.access import AccessCheck
from indexer.code.syntax import is_conditional, line_of
from memory.code.codebase import CodePlace
from memory.code.facts import Mark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.code.frameworks.flask_decorators import Decorators
    from indexer.code.frameworks.python_refusals import PythonFunctionRefusals
    from indexer.code.frameworks.python_served import ServedRoute
    from indexer.code.project_code import CodeProject
    from indexer.code.syntax import Node, SourceFile

_DECORATED = """
(decorated_definition (decorator (attribute object: (_) @owner attribute: (identifier) @called))
    definition: (function_definition name: (identifier) @name) @function)
"""
_CALLED = """
(call function: (attribute object: (_) @owner attribute: (identifier) @called)
    arguments: (argument_list . (_) @given)) @call
"""
#: What has a function run, each with whether that is before all routes. Functions that are given
#: the values of a path may end a request by an error alone.
_ALL = {
    "before_request": False,
    "before_app_request": True,
    "url_value_preprocessor": False,
    "app_url_value_preprocessor": True,
}
_PUT_AROUND = """
[(assignment left: (subscript value: (attribute object: (_) @owner attribute: (identifier) @called))
    right: (call function: (_) @by))
 (assignment left: (attribute object: (_) @owner attribute: (identifier) @called)
    right: (call function: (_) @by))] @put
"""
#: What is put around all functions of an application, or around the whole of it.
_AROUND = frozenset({"view_functions", "wsgi_app"})
#: What libraries put around a whole application that refuses nobody for being nobody.
_HARMLESS = re.compile(
    r"(?:werkzeug|whitenoise|opentelemetry|elasticapm|sentry_sdk|prometheus_client)\..*"
    r"|guard\.ContentSecurityPolicy"
)
#: What a function may refuse by, or hand on to something that does.
_DOES = re.compile(r"\(|\braise\b|\breturn[ \t]+\S")
_DOCUMENTS = re.compile(r"[rR]?(?:\"\"\"|\"|')")
_RETURNS = re.compile(r"\breturn[ \t]+(?!None\b)\S")
#: Decorators that say when a function runs, or what it is given.
_RUN = re.compile(
    r"\.(?:before_(?:app_)?request|(?:app_)?url_value_preprocessor)$|^@?(?:static|class)method$"
)


def before(source: SourceFile, reader: str) -> Iterator[Mark]:
    """A mark for each function that is run before others, by the name of what runs it."""
    text = source.text
    for found in source.matches(_DECORATED):
        node = found["function"][0]
        returns = bool(_RETURNS.search(text(node)))
        needs = _needed(source, node)
        for one in _mark(reader, source, found, node, source.owner(node), returns=returns):
            yield one._replace(data=one.data | {"needs": needs})
    for found in source.matches(_CALLED):
        node, name = found["call"][0], text(found["given"][0])
        if name.startswith("self."):
            name = source.owner(node).rpartition(".")[0] + name.removeprefix("self")
        yield from _mark(reader, source, found, node, name, returns=_returns(source, name))
    has_around = any(one.encode() in source.content for one in _AROUND)
    for found in source.matches(_PUT_AROUND) if has_around else ():
        if (called := text(found["called"][0])) in _AROUND:
            data = {"called": called, "is_all": True, "function": text(found["by"][0])}
            line = line_of(found["put"][0])
            yield Mark(reader, "before", text(found["owner"][0]), line, data)


def _mark(
    reader: str,
    source: SourceFile,
    found: dict[str, list[Node]],
    node: Node,
    function: str,
    *,
    returns: bool,
) -> Iterator[Mark]:
    called = source.text(found["called"][0])
    if called in _ALL:
        answers = called.endswith("_request") and returns
        data: dict[str, Any] = {"called": called, "is_all": _ALL[called], "function": function}
        data |= {"returns": answers, "conditional": is_conditional(node)}
        yield Mark(reader, "before", source.text(found["owner"][0]), line_of(node), data)


def _needed(source: SourceFile, function: Node) -> str:
    """The value of a path without which a function that is given them does nothing; "" for none."""
    parameters, body = (function.child_by_field_name(one) for one in ("parameters", "body"))
    names = [source.text(one) for one in (parameters.named_children if parameters else ())]
    if body is None or len(names) != len(("endpoint", "values")):
        return ""
    values, held, needed = names[1], "", ""
    taken = re.compile(
        rf"(?<!\w)(\w++) = {re.escape(values)}\.(?:pop|get)\(\s*['\"](\w+)['\"](?:, None)?\s*\)"
    )
    for one in body.named_children:
        said = source.text(one)
        if not needed and (found := taken.fullmatch(said)):
            held, needed = found[1], found[2]
            continue
        condition = source.text(one.child_by_field_name("condition"))
        is_alone = one.child_by_field_name("alternative") is None
        if needed and is_alone and condition in {held, f"{held} is not None"}:
            continue
        if re.match(rf"{held} ?[|+]?=", said):  # it is had from elsewhere too
            return ""
        if one.type != "comment" and _DOES.search(said) and not _DOCUMENTS.match(said):
            return ""
    return needed


def _returns(source: SourceFile, name: str) -> bool:
    """Whether a function of a file may give back something; True if it is not there."""
    lines = source.content.split(b"\n")
    for one in source.facts.definitions:
        if one.name == name:
            body = b"\n".join(lines[one.line - 1 : one.last_line])
            return bool(_RETURNS.search(body.decode("utf-8", "replace")))
    return True


class RunBefore(NamedTuple):
    """What is run before others."""

    check: AccessCheck  # what it does to who shows nothing
    needs: str = ""  # the value of a path without which it does nothing
    asks: CodePlace | None = None  # the function, if it may ask which route is served

    def before(self, served: ServedRoute, refusals: PythonFunctionRefusals) -> AccessCheck:
        """What it does before a route."""
        is_open = self.asks and self.check.refuses is None
        told = refusals.guard_of(self.asks, served) if is_open and self.asks else None
        return self.check if told is None else self.check._replace(refuses=told)

    def maybe(self) -> RunBefore:
        """The same where nobody knows whether it is run."""
        refuses = None if self.check.refuses else self.check.refuses
        return self._replace(check=self.check._replace(refuses=refuses), asks=None)


def run_before(project: CodeProject, decorators: Decorators, path: str, mark: Mark) -> RunBefore:
    """What a function that is run before others does to who shows nothing."""
    name, needs = mark.data["function"], mark.data.get("needs", "")
    told = f"{mark.data['called']} {name} ({path}:{mark.line})"
    if mark.data["called"] in _AROUND:
        return RunBefore(AccessCheck(told, _put_around(project, decorators, path, mark)), needs)
    place = CodePlace(path, name)
    if not project.definition(place):
        place = project.locate(path, name) or place
    one = project.definition(place)
    refuses = decorators.refusals.guard(place) if one else None
    if refuses is False and mark.data["returns"]:
        refuses = None  # what it returns stands in for an answer
    for said in one.annotations if one else ():
        if not _RUN.search(said):
            around = decorators.check(said, place.path, mark.line).refuses
            refuses = refuses or (around if refuses is False else around or None)
    is_plain = all(_RUN.search(said) for said in (one.annotations if one else ()))
    found = RunBefore(AccessCheck(told, refuses), needs, place if is_plain else None)
    return found.maybe() if mark.data["conditional"] else found


def _put_around(project: CodeProject, decorators: Decorators, path: str, mark: Mark) -> bool | None:
    """False where what is put around functions refuses nobody; it may be put around some alone."""
    name = mark.data["function"]
    place = project.locate(path, name) if re.fullmatch(r"[\w.]+", name) else None
    one = project.definition(place) if place else None
    if place is None or one is None:
        is_whole = mark.data["called"] == "wsgi_app"
        return False if is_whole and _HARMLESS.fullmatch(project.origin(path, name)) else None
    asked = CodePlace(place.path, f"{place.symbol}.__call__") if one.kind == "class" else place
    refuses = decorators.refusals.may_refuse(asked) or decorators.refusals.guard(asked) is not False
    return None if refuses else False
