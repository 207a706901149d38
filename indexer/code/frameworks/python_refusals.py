"""Functions of Python that refuse who shows nothing, whatever the framework that calls them."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING

from indexer.code.access import ASKING, IDENTITY, ON_SETTINGS, OTHER_REASONS, asks_who
from indexer.code.readers import Reader
from indexer.code.syntax import line_of
from memory.code.facts import Mark

if TYPE_CHECKING:
    from collections.abc import Iterable

    from indexer.code.project_code import CodeProject
    from indexer.code.syntax import Node, SourceFile
    from memory.code.codebase import CodePlace, Unresolved

_FUNCTIONS = "(function_definition name: (identifier) @name) @function"
_401 = re.compile(
    r"\b(?:HTTP_)?401(?:_UNAUTHORIZED)?\b|\bUNAUTHORIZED\b|Unauthori[sz]ed\b|\bNotAuthenticated\b"
    r"|\bAuthenticationFailed\b|\.unauthori[sz]ed\(|\.needs_refresh\("
    r"|\bassert [^\n]{0,200}is_authenticated"
)
_403 = re.compile(r"\b(?:HTTP_)?403(?:_FORBIDDEN)?\b|\bFORBIDDEN\b|Forbidden\b|PermissionDenied")
_TO_LOGIN = re.compile(
    r"\bredirect\([^\n]{0,999}(?:log_?in|sign_?in|register)|redirect_to_login", re.IGNORECASE
)
#: What stands in every function that may refuse.
_NAMED = re.compile(
    rb"40[13]|nauthori|NAUTHORI|orbidden|ORBIDDEN|Denied|redirect|uthenticat|needs_refresh"
)
_ENDS = frozenset({"raise_statement", "return_statement"})
_ABORTS = re.compile(r"abort\(|\.unauthori[sz]ed\(|\.needs_refresh\(")
#: What holds for who shows nothing: "not user", "grant is None", "key != KEY".
_MISSING = re.compile(r"\bnot\b(?!\s*\()|\bis None\b|!=|== None|is_anonymous|\bis False\b")
_PRESENT = re.compile(r"==|!=|\bnot\b|\bis None|is False|anonym")
#: What a decorator is called that may ask who it is, where it is of a library.
_GUARDS = re.compile(r"auth|login|permission|token|api_?key|access|private", re.IGNORECASE)
#: What an application is configured with, asked for by its name.
_OF_SETTINGS = re.compile(
    r"(?:not )?(?:\w+\.){0,3}(?:config|settings)(?:\.get\(|\[|\.)['\"]?\w+['\"]?[\])]?"
)
_CALLS_FOLLOWED = 3  # from a handler
REFUSES, MAY = "refuses", "may"


class PythonRefusals(Reader):
    """What each function does to who shows nothing; for the frameworks to ask.

    A mark `refusal` stands for a function that may refuse anybody. `guard` is what it does as a
    check of its own, a decorator as what it puts around others; `handler` as what a route leads to,
    which may look for users of whom none asks; `decides` is a setting by which it lets all pass.
    """

    name = "python refusals"
    version = 3
    languages = frozenset({"python"})
    hint = _NAMED

    def read(self, source: SourceFile) -> Iterable[Mark]:
        """A mark for each function that may refuse."""
        places = [one.start() for one in _NAMED.finditer(source.content)]
        for found in source.matches(_FUNCTIONS):
            node = found["function"][0]
            first = bisect_left(places, node.start_byte)
            if first == len(places) or places[first] >= node.end_byte:
                continue
            body = source.text(node.child_by_field_name("body"))
            if not any(one.search(body) for one in (_401, _403, _TO_LOGIN)):
                continue
            name = source.owner(node)
            data = {
                "guard": _judged(source, _wrapped(node), IDENTITY) or MAY,
                "handler": _judged(source, node, ASKING) or _may(source, node, body),
                "decides": _decides(source, _wrapped(node)),
            }
            yield Mark(self.name, "refusal", name, line_of(node), data)

    def assemble(self, project: CodeProject) -> Iterable[Unresolved]:  # noqa: ARG002
        """Nothing: routes are of the frameworks."""
        return ()


class PythonFunctionRefusals:
    """What the functions of a project refuse."""

    def __init__(self, project: CodeProject) -> None:
        self._project = project
        self._marks = {
            (path, mark.name): mark.data for path, mark in project.marks(PythonRefusals.name)
        }

    def guard(self, place: CodePlace) -> bool | None:
        """Whether a function, put before others, refuses who shows nothing; None if unknown."""
        said = self._marks.get((place.path, place.symbol), {}).get("guard", "")
        if said == REFUSES:
            return True
        return None if said or self.may_refuse(place) else False

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


def _judged(source: SourceFile, function: Node, who: re.Pattern[str]) -> str:
    """Whether a function refuses, before it lets anybody pass, who shows nothing; "" if not."""
    body = function.child_by_field_name("body")
    text = source.text
    if body is None or OTHER_REASONS.search(text(function)):
        return ""
    statements = [one for one in body.named_children if one.type != "comment"]
    for index, one in enumerate(statements):
        if one.type == "if_statement":
            condition = text(one.child_by_field_name("condition"))
            inside = one.child_by_field_name("consequence")
            said = text(inside)
            if _is_missing(condition, said, who) and _refuses(source, [inside]):
                return REFUSES
            otherwise = [each for each in one.named_children if each.type == "else_clause"]
            rest = [each.child_by_field_name("body") for each in otherwise] or [
                *statements[index + 1 :]
            ]
            if (
                _is_present(condition, who)
                and not any(each.type == "elif_clause" for each in one.named_children)
                and _refuses(source, rest)
            ):
                return REFUSES
        if re.search(r"\breturn\b|\byield\b", text(one)):
            return ""
    return ""


def _decides(source: SourceFile, function: Node) -> str:
    """The first condition on a setting, and on nothing else, under which a function goes on."""
    body = function.child_by_field_name("body")
    for one in body.named_children if body is not None else ():
        condition = source.text(one.child_by_field_name("condition"))
        inside = one.child_by_field_name("consequence")
        is_set = one.type == "if_statement" and _OF_SETTINGS.fullmatch(condition)
        if is_set and "return" in source.text(inside) and not _refuses(source, [inside]):
            return condition
    return ""


def _is_missing(condition: str, consequence: str, who: re.Pattern[str]) -> bool:
    """Whether a condition holds for everybody who shows nothing."""
    condition = condition.replace("is not None", "")
    if " and " in condition or ON_SETTINGS.search(condition):
        return False
    is_certain = who is IDENTITY and bool(_401.search(consequence))
    return any(
        _MISSING.search(one) and (is_certain or asks_who(one, who))
        for one in condition.split(" or ")
    )


def _is_present(condition: str, who: re.Pattern[str]) -> bool:
    """Whether a condition holds for nobody who shows nothing."""
    plain = condition.replace("is not None", "")
    doubts = _PRESENT.search(plain) or " or " in condition or ON_SETTINGS.search(condition)
    return asks_who(condition, who) and not doubts


def _refuses(source: SourceFile, blocks: list[Node | None]) -> bool:
    """Whether statements, or blocks of them, end in a refusal on every way."""
    statements = [
        each
        for one in blocks
        if one is not None
        for each in (one.named_children if one.type == "block" else (one,))
        if each.type != "comment"
    ]
    if not statements:
        return False
    *before, last = statements
    said = " ".join(source.text(one) for one in statements)
    if any(re.search(r"\breturn\b|\byield\b", source.text(one)) for one in before):
        return False
    if last.type == "if_statement":
        parts = [last.child_by_field_name("consequence")]
        others = [one for one in last.named_children if one.type == "else_clause"]
        parts += [one.child_by_field_name("body") for one in others]
        is_whole = bool(others) and not any(
            one.type == "elif_clause" for one in last.named_children
        )
        return is_whole and all(_refuses(source, [one]) for one in parts)
    ends = last.type in _ENDS or _ABORTS.search(source.text(last))
    return bool(ends) and any(one.search(said) for one in (_401, _403, _TO_LOGIN))


def _may(source: SourceFile, function: Node, body: str) -> str:
    """Whether a handler may refuse who asks; one that only shows the login again does not."""
    if _401.search(body) or _403.search(body):
        return MAY
    for found in source.matches("(if_statement condition: (_) @condition) @if", function):
        condition = source.text(found["condition"][0])
        asked = ASKING.search(condition) and _MISSING.search(condition.replace("is not None", ""))
        if asked and _TO_LOGIN.search(source.text(found["if"][0])):
            return MAY
    return ""
