"""What decorators of Flask, its extensions and the project do to who shows nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from indexer.code.access import BEFORE, SETTINGS, AccessCheck
from indexer.code.frameworks.python_refusals import PythonFunctionRefusals
from indexer.code.frameworks.python_scopes import full_name, located
from indexer.code.syntax import line_of
from memory.code.codebase import NOT_ASKED, Answered
from memory.code.facts import Mark

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from indexer.code.project_code import CodeProject
    from indexer.code.syntax import Node, SourceFile

Key = tuple[str, str]  # what holds routes or schemes: its file and name
SCHEMES = re.compile(r"(?:^|\.)(?:HTTPBasicAuth|HTTPTokenAuth|HTTPDigestAuth|MultiAuth)$")
#: Decorators that refuse who shows nothing, by their full name.
_GUARDS = re.compile(
    r"flask_login(?:\.utils)?\.(?:login_required|fresh_login_required)"
    r"|flask_jwt_extended(?:\.view_decorators)?"
    r"\.(?:jwt_required|fresh_jwt_required|jwt_refresh_token_required)"
    r"|flask_jwt\.jwt_required"
    r"|flask_security(?:\.decorators)?\.(?:login_required|auth_required|auth_token_required"
    r"|http_auth_required|roles_required|roles_accepted|permissions_required|permissions_accepted)"
    r"|flask_praetorian(?:\.decorators)?\.(?:auth_required|roles_required|roles_accepted)"
)
_IN_CLASSES = """
(class_definition body: (block (expression_statement (assignment
    left: (identifier) @name right: (_) @value))))
"""
_PUT_AROUND = """
(function_definition body: (block [(function_definition) (decorated_definition)
    (return_statement [(lambda) (call)])
    (if_statement (block [(function_definition) (decorated_definition)]))])) @outer
"""
_KEEPS_NAME = re.compile(r"\bwraps\b|update_wrapper|__name__\s*+=(?!=)|\bwrapt\b")
ROLES = re.compile(r"(?:^|[._])(?:roles?|permissions?|admins?|scopes?)(?:_|$)")
_HARMLESS = re.compile(  # decorators
    r".*\.(?:doc|expect|marshal_with|marshal_list_with|response|produces|param|cached|memoize|limit"
    r"|exempt|arguments|alt_response|errorhandler|route|get|post|put|patch|delete|input|output)"
    r"|staticmethod|classmethod|property|(?:flask_restx|flask_restful|flasgger|flask_cors|webargs"
    r"|flask_apispec|functools|flask_pydantic)\..*"
)
VALIDATORS = re.compile(r"(?:^|\.)(?:use_args|use_kwargs|arguments|validate\w*|input)$")


def class_marks(source: SourceFile, reader: str) -> Iterator[Mark]:
    """What a class of views says of all of its methods: decorators, and which methods it has."""
    text = source.text
    for found in source.matches(_IN_CLASSES):
        kind = text(found["name"][0])
        if kind in {"decorators", "method_decorators", "methods"}:
            value = found["value"][0]
            is_list = value.type in {"list", "tuple"}
            said = [text(one) for one in (value.named_children if is_list else (value,))]
            owner, line = source.owner(found["name"][0]), line_of(found["name"][0])
            yield Mark(reader, kind, owner, line, {"is": said})


def renaming_marks(source: SourceFile, reader: str) -> Iterator[Mark]:
    """The functions that put another one around what they are given, without its name."""
    for found in source.matches(_PUT_AROUND):
        said = source.text(found["outer"][0])
        if not _KEEPS_NAME.search(said):
            name, line = source.owner(found["outer"][0]), line_of(found["outer"][0])
            yield Mark(reader, "renames", name, line, {})


class Decorators:
    """The decorators of a project.

    Args:
        project: Which one.
        made: What holds routes, schemes and limiters, and how each is made.
        key: Which of them a name means in a file.
    """

    def __init__(
        self,
        project: CodeProject,
        made: Mapping[Key, dict[str, Any]],
        key: Callable[[str, str], Key | None],
    ) -> None:
        self._project = project
        self._made = made
        self._key = key
        self.refusals = PythonFunctionRefusals(project)
        self._renaming = {(path, mark.name) for path, mark in project.marks("flask", "renames")}

    def check(self, said: str, path: str, line: int) -> AccessCheck:
        """What a decorator does to who shows nothing."""
        head = head_of(said)
        evidence = f"@{said} ({path}:{line})"
        owner, _, member = head.rpartition(".")
        key = self._key(path, owner) if owner else None
        if key and SCHEMES.search(self._made[key]["class"]):
            return AccessCheck(evidence, member == "login_required" and "optional" not in said)
        origin = self._project.origin(path, head)
        if _GUARDS.fullmatch(origin):
            return AccessCheck(evidence, "optional" not in said)
        place = located(self._project, path, head)
        one = self._project.definition(place) if place else None
        if place and one and one.kind in {"function", "method"}:
            refuses = self.refusals.guard(place)
            decides = self.refusals.decides(place) if refuses is None else ""
            said = f"{decides}: {evidence}" if decides else evidence
            return AccessCheck(said, refuses, SETTINGS if decides else BEFORE)
        is_harmless = _HARMLESS.fullmatch(origin) or (key and _HARMLESS.fullmatch(head))
        return AccessCheck(evidence, False if is_harmless else None)

    def renames(self, said: str, path: str) -> bool:
        """Whether what a decorator gives back has another name than what it is given."""
        return located(self._project, path, head_of(said)) in self._renaming

    def limits(self, said: list[tuple[str, str]], line: int) -> Answered:
        """Whether requests are counted, by decorators with their files or for all."""
        for one, path in said:
            owner, _, member = head_of(one).rpartition(".")
            key = self._key(path, owner) if owner else None
            if key and self._made[key]["class"].endswith("Limiter"):
                return Answered("no" if member == "exempt" else "yes", f"@{one} ({path}:{line})")
        for (path, name), data in sorted(self._made.items()):
            if data["class"].endswith("Limiter") and "default_limits" in data["keywords"]:
                return Answered("yes", f"default_limits of {name} ({path})")
        return NOT_ASKED


def head_of(said: str) -> str:
    """The name of a decorator, without what it is called with."""
    return said.partition("(")[0].strip()


def as_written(source: SourceFile, node: Node) -> str:
    """A decorator as it is written, with the function around that has what it names."""
    said = source.text(node).removeprefix("@").strip()
    head = head_of(said)
    is_plain = "." not in head  # of a scheme or a limiter the name is enough
    return full_name(source, node, head) + said[len(head) :] if is_plain else said
