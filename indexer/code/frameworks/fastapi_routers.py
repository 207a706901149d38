"""Routers and applications of FastAPI: what makes them, holds them, and is given them."""

from __future__ import annotations

import re
from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING, Any

from indexer.code.frameworks.python_scopes import SEVERAL, function_of, types_of
from indexer.code.syntax import line_of
from memory.code.codebase import CodePlace
from memory.code.facts import Mark
from memory.code.testing import is_test

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Iterator, Mapping

    from indexer.code.project_code import CodeProject
    from indexer.code.syntax import Node, SourceFile

#: What a class is called that may be one.
MAYBE_ROUTER = re.compile(r"(?:^|\.)\w*(?:Router|API|App)$")
_OWN = frozenset({"FastAPI", "APIRouter"})
_MAKING = ("router", "app", "api")  # in the name of a function that may make one
_CALLED = re.compile(r"[Rr]outer|(?:^|[._])app(?:lication)?$")
_APPLICATION = re.compile(r"(?:^|[._])app(?:lication)?$")
_DEEPEST = 4  # classes, one extending another
_NAME = re.compile(r"[\w.]+")

Key = tuple[str, str]  # an application or router: its file and name


def is_own(called: str) -> bool:
    """Whether it is a class of FastAPI itself."""
    return called.rpartition(".")[2] in _OWN


def router_kind(project: CodeProject, path: str, called: str, depth: int = 0) -> str:
    """The class of FastAPI that one is, or extends; "" for none."""
    if is_own(called):
        return called.rpartition(".")[2]
    place = project.locate(path, called)
    one = project.definition(place) if place else None
    for base in one.bases if place and one and depth < _DEEPEST else ():
        if place and (kind := router_kind(project, place.path, base, depth + 1)):
            return kind
    return ""


_MADE = """
(assignment left: [(identifier) (attribute)] @name
    right: (call function: (_) @called arguments: (argument_list) @arguments)) @made
"""
_CALLS = """
(call function: [(identifier) (attribute)] @called arguments: (argument_list) @arguments) @call
"""
_RETURNS = "(return_statement (identifier) @name)"


def router_marks(source: SourceFile, reader: str) -> Iterator[tuple[Mark, Node]]:
    """A mark for each name of what may be a router, with its arguments, or what a function makes.

    A variable of a function is called by that, too: `create.router`.
    """
    for found in source.matches(_MADE):
        called, node = source.text(found["called"][0]), found["made"][0]
        if not (MAYBE_ROUTER.search(called) or may_make(called)):
            continue
        own, function = source.text(found["name"][0]), function_of(node)
        within = source.owner(function) if function is not None else ""
        name = named(source, node, own, frozenset({f"{within}.{own}"}))
        if MAYBE_ROUTER.search(called):
            returned = source.matches(_RETURNS, function) if function is not None else ()
            is_given = any(source.text(one["name"][0]) == own for one in returned)
            data = {"class": called, "of": within if is_given else ""}
            yield Mark(reader, "router", name, line_of(node), data), found["arguments"][0]
        else:
            data = {"is": called}
            yield Mark(reader, "value", name, line_of(node), data), found["arguments"][0]


def handing_marks(source: SourceFile, reader: str, own: Collection[str]) -> Iterator[Mark]:
    """A mark for each call that is given one of its file's own, or what is called as a router.

    What it is given is told by the name or place of the argument.
    """
    text, plain_own = source.text, {one.rpartition(".")[2] for one in own}
    for found in source.matches(_CALLS):
        given, node = {}, found["call"][0]
        plain = (one for one in found["arguments"][0].named_children if one.type != "comment")
        for at, one in enumerate(plain):
            value = one.child_by_field_name("value") or one
            if value.type in {"identifier", "attribute"}:
                given[text(one.child_by_field_name("name")) or str(at)] = text(value)
        names = given.values()
        if any(one.rpartition(".")[2] in plain_own or _CALLED.search(one) for one in names):
            called, *said = (
                named(source, node, one, own) for one in (text(found["called"][0]), *names)
            )
            data = {"given": dict(zip(given, said, strict=True))}
            yield Mark(reader, "handing", called, line_of(node), data)


def named(source: SourceFile, node: Node, said: str, own: Container[str]) -> str:
    """What something is called where a node stands: by its class, or the function that makes it.

    Args:
        source: The file.
        node: What stands there.
        said: A name: `self.router` is one in all methods of a class.
        own: All names of that kind that the file has.
    """
    root, _, rest = said.partition(".")
    outer = node.parent
    while outer is not None and _NAME.fullmatch(said):
        if outer.type == "class_definition" and root == "self":
            return f"{source.owner(outer)}.{rest}"
        if outer.type == "function_definition" and root != "self":
            inner = f"{source.owner(outer)}.{said}"
            if inner in own or said in types_of(source, outer):
                return inner if inner in own else said
        outer = outer.parent
    return said


def may_make(called: str) -> bool:
    """Whether a function is called as what makes a router or an application."""
    return any(one in called.rpartition(".")[2].lower() for one in _MAKING)


def parameters_of(source: SourceFile, node: Node, *names: str) -> dict[str, Any]:
    """The innermost function around a node that is given one of these, with the types of all."""
    outer = function_of(node)
    while outer is not None:
        types = types_of(source, outer)
        if not types.keys().isdisjoint(names):
            return {"within": source.owner(outer), "parameters": types}
        outer = function_of(outer)
    return {}


class Routers:
    """The routers and applications of a project, and which of them a name means."""

    def __init__(self, project: CodeProject) -> None:
        self._project = project
        self.kinds: dict[Key, str] = {}
        self.made: dict[Key, Mark] = {}
        #: Those made in several ways under one name, with whether their prefix is one.
        self.odd: dict[Key, bool] = {}
        self._of: dict[CodePlace, set[Key]] = {}
        for path, mark in project.marks("fastapi", "router"):
            if kind := router_kind(project, path, mark.data["class"]):
                self.kinds[path, mark.name] = kind
                self._learn((path, mark.name), mark)
        self._applications = [
            key for key, kind in self.kinds.items() if kind == "FastAPI" and not is_test(key[0])
        ]
        self._values = {
            (path, mark.name): mark.data["is"] for path, mark in project.marks("fastapi", "value")
        }
        self._handings: dict[CodePlace, list[tuple[str, dict[str, str]]]] = {}
        for path, mark in project.marks("fastapi", "handing"):
            if not is_test(path) and (place := self._function(path, mark.name)):
                self._handings.setdefault(place, []).append((path, mark.data["given"]))

    def _learn(self, key: Key, mark: Mark) -> None:
        """Takes in a router; of several under one name the last."""
        if key in self.made:
            data, other = mark.data, self.made[key].data
            if (data["depends"], data["prefix"]) != (other["depends"], other["prefix"]):
                self.odd[key] = data["prefix"] == other["prefix"]
        self.made[key] = mark
        if mark.data["of"]:
            self._of.setdefault(CodePlace(key[0], mark.data["of"]), set()).add(key)

    def key(self, path: str, said: str) -> Key | None:
        """The router that a name, or the call of a function that makes one, means in a file."""
        if (path, said) in self.made:
            return path, said
        if said.endswith(")"):
            return self._made_by(path, said.partition("(")[0])
        place = self._project.locate(path, said) if _NAME.fullmatch(said) else None
        key = (place.path, place.symbol) if place else (path, said)
        if key in self.made:
            return key
        value = self._values.get(key)
        if value and self._uses[self._function(key[0], value)] == 1:
            return self._made_by(key[0], value)
        return None if value else self._of_base(CodePlace(path, said), 0)

    @cached_property
    def _uses(self) -> Counter[CodePlace | None]:
        """How many names are given what a function makes, which is another one for each."""
        named = (each for each in self._values.items() if not is_test(each[0][0]))
        return Counter(self._function(path, value) for (path, _), value in named)

    def _function(self, path: str, name: str) -> CodePlace | None:
        own = CodePlace(path, name)
        return own if self._project.definition(own) else self._project.locate(path, name)

    def _made_by(self, path: str, called: str) -> Key | None:
        place = self._function(path, called)
        made = self._of.get(place, ()) if place else ()
        return next(iter(made)) if len(made) == 1 else None

    def _of_base(self, place: CodePlace, depth: int) -> Key | None:
        """What a class has by one that it extends."""
        owner, _, member = place.symbol.rpartition(".")
        one = self._project.definition(CodePlace(place.path, owner)) if owner else None
        for base in one.bases if one and depth < _DEEPEST else ():
            above = self._project.locate(place.path, base)
            if above and above.symbol:
                of_it = CodePlace(above.path, f"{above.symbol}.{member}")
                key = (of_it.path, of_it.symbol)
                if found := key if key in self.made else self._of_base(of_it, depth + 1):
                    return found
        return None

    def meant(
        self, path: str, data: Mapping[str, Any], owner: str, *names: str
    ) -> list[tuple[Key | None, ...]]:
        """What an owner of routes and other names mean where a mark stands.

        Once, or by each call that gives some to its function.
        """
        types = data.get("parameters", {})
        calls = self._handings.get(CodePlace(path, data.get("within", "")), ()) if types else ()
        found = {}
        for where, given in calls or [(path, {})]:
            said = [
                (where, given.get(one) or given.get(str(list(types).index(one)), ""))
                if one in types and types[one] != SEVERAL
                else (path, "" if one in types else one)
                for one in (owner, *names)
            ]
            first, *keys = (self.key(*one) if one[1] else None for one in said)
            found[first or self._only(path, owner, types.get(owner, "")), *keys] = True
        return list(found)

    def _only(self, path: str, name: str, type_: str) -> Key | None:
        """The one application of the project, where something is called, or has a type, so.

        None where another package has it.
        """
        if not type_ and self._project.origin(path, name) and not self._project.locate(path, name):
            return None
        is_one = "FastAPI" in type_ if type_ else _APPLICATION.search(name)
        return self._applications[0] if len(self._applications) == 1 and is_one else None
