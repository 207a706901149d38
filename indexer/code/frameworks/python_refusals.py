"""Functions of Python that refuse who shows nothing, whatever the framework that calls them."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING, Any

from indexer.code.access import ASKING, IDENTITY, OTHER_REASONS, asks_who
from indexer.code.frameworks.python_nobody import (
    SURELY,
    TO_LOGIN,
    PythonNobody,
    refuses,
    statements,
)
from indexer.code.frameworks.python_served import ASKS, ServedNobody, ServedRoute, Test, tests_of
from indexer.code.readers import Reader
from indexer.code.syntax import line_of
from memory.code.codebase import CodePlace
from memory.code.facts import Mark

if TYPE_CHECKING:
    from collections.abc import Iterable

    from indexer.code.project_code import CodeProject
    from indexer.code.syntax import Node, SourceFile

_FUNCTIONS = "(function_definition name: (identifier) @name) @function"
#: What stands in every function that may refuse.
_NAMED = re.compile(
    rb"40[13]|nauthori|NAUTHORI|orbidden|ORBIDDEN|Denied|[rR]edirect|uthenticat|needs_refresh|is_anonymous"
    rb"|compare_digest|constant_time_compare|construct_event\("
)
_UNKNOWN_TO = re.compile(
    r"\bnot (?:\w+\.)*(?:current_)?user\.is_(?:authenticated|superuser|staff|admin)|is_anonymous"
    r"|\bnot (?:in )?(?:\w+\.)*session\b"
)
_TURNED = re.compile(r"\breturn [^\n]{0,99}[rR]edirect\(")
_SHOWS = re.compile(r"\breturn (?![^\n]{0,99}[rR]edirect\()\S")
_DENIED = re.compile(r"\bnot\b|!=|is_anonymous")
#: What compares something secret that is to be sent along, as who calls a webhook signs it.
_SECRET = re.compile(r"(?:compare_digest|constant_time_compare|construct_event)\(")
_NOBODY = re.compile(r"(?!)")  # no word stands for who asks
#: What a decorator is called that may ask who it is, where it is of a library.
_GUARDS = re.compile(r"auth|login|permission|token|api_?key|access|private", re.IGNORECASE)
#: What an application is configured with, asked for by its name.
_OF_SETTINGS = re.compile(
    r"(?:not )?(?:\w+\.){0,3}(?:config|settings)(?:\.get\(|\[|\.)['\"]?\w+['\"]?[\])]?"
)
_KNOWN = re.compile(r"is_(?:authenticated|anonymous)")
_FEW = 3  # statements, with what is said about a function
_CALLS_FOLLOWED = 3  # from a handler
#: `return has_role(user, "admin")`, and nothing behind it.
_ANSWERS = re.compile(r"return (?:bool\()?([\w.]++)\((?:[^()]|\([^()]*+\))*+\)\)?$")
_TELLS = re.compile(r"(?i)perm|group|role|auth|admin|member|access|allow|can_|is_|has_")
REFUSES, MAY, PASSES = "refuses", "may", "passes"


class PythonRefusals(Reader):
    """What each function does to who shows nothing; for the frameworks to ask.

    A mark `refusal` stands for a function that may refuse anybody. `guard` is what it does as a
    check of its own, a decorator as what it puts around others; `handler` as what a route leads to,
    which may look for users of whom none asks; `decides` is a setting by which it lets all pass.
    A mark `served` stands for one that asks which route it is, with what it does of each.
    A mark `test` stands for one that tells whether somebody may: nobody, or what it `asks` tells.
    """

    name = "python refusals"
    version = 14
    languages = frozenset({"python"})
    hint = _NAMED

    def read(self, source: SourceFile) -> Iterable[Mark]:
        """A mark for each function that may refuse."""
        places = [one.start() for one in _NAMED.finditer(source.content)]
        for found in source.matches(_FUNCTIONS):
            node = found["function"][0]
            if asks := asked_of(source, node):
                yield Mark(self.name, "test", source.owner(node), line_of(node), {"asks": asks})
            first = bisect_left(places, node.start_byte)
            if first == len(places) or places[first] >= node.end_byte:
                continue
            body = "\n".join(map(source.text, statements(node)))
            name, within = source.owner(node), _wrapped(node)
            may_refuse, is_known = refuses(body), _KNOWN.search(body)
            surely = PythonNobody(source, within, SURELY) if may_refuse or is_known else None
            if surely is not None and is_known and surely.is_denied:
                yield Mark(self.name, "test", name, line_of(node), {"asks": ""})
            if surely is None or not may_refuse:
                guard = MAY if _keeps_back(source, node, within) else ""
                if guard or (handler := _may(source, node, body)):
                    data = {"guard": guard, "calls": [], "handler": guard or handler, "decides": ""}
                    yield Mark(self.name, "refusal", name, line_of(node), data)
                continue
            guard = _judged(source, within, IDENTITY)
            passes = not guard and not surely.may_be_refused
            data = {
                "guard": guard or (PASSES if passes else MAY),
                "calls": list(dict.fromkeys(surely.called)) if passes else [],
                "handler": _judged(source, node, ASKING) or _may(source, node, body),
                "decides": _decides(source, _wrapped(node)),
            }
            yield Mark(self.name, "refusal", name, line_of(node), data)
            tests = tests_of(source, within) if ASKS in source.content else []
            if tests and within == node:
                ways = [_way(source, node, {one}) for one in tests]
                of_all = {"tests": tests, "each": ways, "none": _way(source, node, set())}
                yield Mark(self.name, "served", name, line_of(node), of_all)


class PythonFunctionRefusals:
    """What the functions of a project refuse."""

    def __init__(self, project: CodeProject) -> None:
        self._project = project
        self._marks = {
            (path, mark.name): mark.data
            for path, mark in project.marks(PythonRefusals.name, "refusal")
        }
        self._served = {
            CodePlace(path, mark.name): mark.data
            for path, mark in project.marks(PythonRefusals.name, "served")
        }
        self._tests = {
            CodePlace(path, mark.name): mark.data["asks"]
            for path, mark in project.marks(PythonRefusals.name, "test")
        }

    def guard(self, place: CodePlace) -> bool | None:
        """Whether a function, put before others, refuses who shows nothing; None if unknown."""
        data = self._marks.get((place.path, place.symbol), {})
        said = data.get("guard", "")
        if said == REFUSES:
            return True
        if said == PASSES:
            others = (called(self._project, place, one) for one in data["calls"])
            return None if any(one and self.may_refuse(one, 1) for one in others) else False
        return None if said or self.may_refuse(place) else False

    def guard_of(self, place: CodePlace, served: ServedRoute) -> bool | None:
        """The same of one that runs before a route, and asks which it is.

        What it gives back is an answer of its own.
        """
        data = self._served.get(place)
        if data is None:
            return None
        held = [served.holds(Test(*one)) for one in data["tests"]]
        ways = [way for way, holds in zip(data["each"], held, strict=True) if holds]
        way = ways[0] if ways else data["none"]
        if None in held or any(one != way for one in ways) or way["guard"] == MAY:
            return None
        if way["guard"] == REFUSES:
            return True
        others = (called(self._project, place, one) for one in way["calls"])
        is_open = not way["gives"] and not any(one and self.may_refuse(one, 1) for one in others)
        return False if is_open else None

    def denies(self, path: str, name: str, within: str = "", depth: int = 0) -> bool:
        """Whether what is called so, in a function too, is false for who shows nothing."""
        inner = CodePlace(path, f"{within}.{name}")
        place = inner if inner in self._tests else called(self._project, CodePlace(path, ""), name)
        asks = self._tests.get(place) if place and depth < _CALLS_FOLLOWED else None
        return asks == "" or bool(place and asks and self.denies(place.path, asks, "", depth + 1))

    def decides(self, place: CodePlace) -> str:
        """The setting by which a function lets everybody pass; "" for none."""
        return str(self._marks.get((place.path, place.symbol), {}).get("decides", ""))

    def handler(self, place: CodePlace) -> bool | None:
        """Whether a handler itself refuses who shows nothing; None if it may."""
        said = self._marks.get((place.path, place.symbol), {}).get("handler", "")
        if said == REFUSES:
            return True
        return None if said or self._calls_refuse(place, 0) else False

    def may_refuse(self, place: CodePlace, depth: int = 0) -> bool:
        """Whether a function, or one that it calls, may refuse anybody."""
        said = self._marks.get((place.path, place.symbol), {})
        return bool(said.get("handler") or said.get("guard")) or self._calls_refuse(place, depth)

    def _calls_refuse(self, place: CodePlace, depth: int) -> bool:
        return depth < _CALLS_FOLLOWED and any(
            self.may_refuse(other, depth + 1) or self._is_guarded(other)
            for other in self._project.calls(place).values()
            if other and other != place
        )

    def _is_guarded(self, place: CodePlace) -> bool:
        """Whether a decorator of a function, which is called and not served, may refuse."""
        definition = self._project.definition(place)
        for said in definition.annotations if definition else ():
            name = said.lstrip("@").partition("(")[0]
            guard = self._project.locate(place.path, name)
            if self.guard(guard) is not False if guard else _GUARDS.search(name):
                return True
        return False


def called(project: CodeProject, place: CodePlace, name: str, depth: int = 0) -> CodePlace | None:
    """What a function calls by a name, a method of its own class or of one above too."""
    owner, _, member = name.rpartition(".")
    if owner not in {"self", "cls", "super()"}:
        found = project.locate(place.path, name)
        return found if found and project.definition(found) else None
    within = place.symbol.rpartition(".")[0]
    own = CodePlace(place.path, f"{within}.{member}")
    if owner != "super()" and project.definition(own):
        return own
    one = project.definition(CodePlace(place.path, within))
    for base in one.bases if one and depth < _CALLS_FOLLOWED else ():
        above = project.locate(place.path, base)
        if above and (found := called(project, _member(above), f"self.{member}", depth + 1)):
            return found
    return None


def _member(place: CodePlace) -> CodePlace:
    """Any member of a class."""
    return place._replace(symbol=f"{place.symbol}.")


def _wrapped(node: Node) -> Node:
    """Of a decorator what it puts around others; of any other function the function itself."""
    while True:
        body = node.child_by_field_name("body")
        inner = [
            one.child_by_field_name("definition") if one.type == "decorated_definition" else one
            for one in (body.named_children if body is not None else ())
        ]
        functions = [one for one in inner if one is not None and one.type == "function_definition"]
        if len(functions) != 1:
            return node
        node = functions[0]


def asked_of(source: SourceFile, function: Node) -> str:
    """What a function gives back the answer of, and does nothing else; "" for none."""
    body = function.child_by_field_name("body")
    if body is None or body.named_child_count > _FEW:
        return ""
    said = list(statements(function))
    found = _ANSWERS.match(source.text(said[0])) if len(said) == 1 else None
    return found[1] if found and _TELLS.search(found[1]) else ""


def _keeps_back(source: SourceFile, outer: Node, within: Node) -> bool:
    """Whether a decorator, by who asks, gives back something else than what it is put around."""
    parameters = outer.child_by_field_name("parameters")
    names = [source.text(one) for one in parameters.named_children] if parameters else []
    called = re.compile("|".join(rf"\b{re.escape(one)}\(" for one in names if one.isidentifier()))
    if within == outer or not called.pattern:
        return False
    for found in source.matches("(if_statement condition: (_) @condition) @if", within):
        asked, said = source.text(found["condition"][0]), source.text(found["if"][0])
        returned = re.findall(r"\breturn\b[^\n]*", said)
        if asks_who(asked, IDENTITY) and any(not called.search(one) for one in returned):
            return True
    return False


def _judged(source: SourceFile, function: Node, who: re.Pattern[str]) -> str:
    """Whether a function refuses who shows nothing, on whatever way; "" if not.

    A handler that leads to the login whoever it does not refuse, as one by which somebody leaves,
    asks nobody who it is.
    """
    said = source.text(function)
    if OTHER_REASONS.search(said):
        return ""
    is_led = who is ASKING and TO_LOGIN.search(said)
    if is_led and PythonNobody(source, function, _NOBODY).is_refused:
        return ""
    return REFUSES if PythonNobody(source, function, who).is_refused else ""


def _way(source: SourceFile, function: Node, held: set[Test]) -> dict[str, Any]:
    """What a function does to who shows nothing at the routes that some tests hold of."""
    if OTHER_REASONS.search(source.text(function)):
        return {"guard": MAY}
    if ServedNobody(source, function, IDENTITY, held).is_refused:
        return {"guard": REFUSES}
    surely = ServedNobody(source, function, SURELY, held)
    if surely.may_be_refused:
        return {"guard": MAY}
    return {"guard": PASSES, "calls": list(dict.fromkeys(surely.called)), "gives": surely.gives}


def _decides(source: SourceFile, function: Node) -> str:
    """The first condition on a setting, and on nothing else, under which a function goes on."""
    body = function.child_by_field_name("body")
    for one in body.named_children if body is not None else ():
        condition = source.text(one.child_by_field_name("condition"))
        inside = one.child_by_field_name("consequence")
        is_set = one.type == "if_statement" and _OF_SETTINGS.fullmatch(condition)
        if is_set and "return" in source.text(inside) and not refuses(source.text(inside)):
            return condition
    return ""


def _may(source: SourceFile, function: Node, body: str) -> str:
    """Whether a handler may refuse who asks; one that only shows the login again does not.

    One that leads elsewhere whoever it shows nothing, does.
    """
    if refuses(TO_LOGIN.sub("", body)) or _SECRET.search(body):
        return MAY
    *_, last = (None, *statements(function))
    is_led = _TURNED.match(source.text(last))
    for found in source.matches("(if_statement condition: (_) @condition) @if", function):
        condition = source.text(found["condition"][0])
        said = source.text(found["if"][0])
        is_turned = _UNKNOWN_TO.search(condition) and _TURNED.search(said)
        is_shown = is_led and _SHOWS.search(said) and not _DENIED.search(condition)
        if ASKING.search(condition) and (is_turned or is_shown or TO_LOGIN.search(said)):
            return MAY
    return ""
