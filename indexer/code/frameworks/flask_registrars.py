"""Functions of a project that put the blueprint they are given into an application, and its guard.

    def register(app, blueprint, guard, prefix=None):
        blueprint.before_request(guard)
        app.register_blueprint(blueprint, url_prefix=prefix)

Each call of one is as if what it does stood there, where it is seen what it does with that.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from itertools import chain, takewhile
from typing import TYPE_CHECKING, Any

from indexer.code.frameworks.flask_calls import included, literal, said_of
from indexer.code.frameworks.python_scopes import (
    SEVERAL,
    function_of,
    given_anew,
    own_names,
    types_of,
)
from indexer.code.syntax import line_of
from memory.code.codebase import CodePlace
from memory.code.facts import Mark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.code.project_code import CodeProject
    from indexer.code.syntax import Node, SourceFile

_FUNCTIONS = "(function_definition name: (identifier)) @function"
_DOES = """
(call function: (attribute object: (identifier) @owner attribute: (identifier) @called)
    arguments: (argument_list) @arguments) @call
"""
_CALLS = """
(call function: [(identifier) (attribute)] @called arguments: (argument_list) @arguments) @call
"""
_LEAVES = "[(return_statement) (raise_statement)] @leaves"
_MAY_REGISTER = re.compile(r"(?i)regist|blueprint")
#: Around what is done whenever the function is called.
_PLAIN = frozenset({"block", "expression_statement", "with_statement", "else_clause"})
_OTHER = "?"  # a condition that is not looked into
_UNSEEN = "?"  # what nobody knows of that is given
_ONCE = re.compile(r"not (\w+)\._got_registered_once")
_ASKS = re.compile(r"(?P<no>not )?(?P<name>\w+)(?: is (?P<isnt>not )?None)?")
_MEANS = re.compile(
    r"(?m)^[ \t]*+(?:async +)?(?:def|class) +(\w++)|(?<![\w.])([A-Za-z_]\w*+)\s*+=(?!=)"
)
#: A parameter, and whether it holds or does not.
Condition = tuple[str, bool]


def registrars(source: SourceFile, reader: str) -> Iterator[Mark]:
    """What functions do with the blueprints they are given, and calls that may be of such."""
    if b".register_blueprint(" in source.content:
        for found in source.matches(_FUNCTIONS):
            yield from _registrar(source, reader, found["function"][0])
    if _MAY_REGISTER.search(source.text(source.root)):
        for found in source.matches(_CALLS):
            called = source.text(found["called"][0])
            name = called.rpartition(".")[2]
            if _MAY_REGISTER.search(name) and name != "register_blueprint":
                node = found["call"][0]
                said = said_of(source, found["arguments"][0])
                own = own_names(source, node, called, *said["args"], *said["keywords"].values())
                first = called.partition(".")[0]
                if first not in own and _stays(source, first):
                    for each in included(source, node, said | {"own": own}):
                        yield Mark(reader, "registers", called, line_of(node), each)


def _registrar(source: SourceFile, reader: str, function: Node) -> Iterator[Mark]:
    types, symbol = types_of(source, function), source.symbol(function)
    is_anew = SEVERAL in types.values() or given_anew(source, function) & types.keys()
    if is_anew or not _stays(source, symbol.rpartition(".")[2]):
        return
    is_decorated = function.parent is not None and function.parent.type == "decorated_definition"
    leaves = [one["leaves"][0].start_byte for one in source.matches(_LEAVES, function)]
    does: list[dict[str, Any]] = []
    for found in source.matches(_DOES, function):
        node, owner = found["call"][0], source.text(found["owner"][0])
        said, called = said_of(source, found["arguments"][0]), source.text(found["called"][0])
        given = next(iter(said["args"]), said["keywords"].pop("blueprint", ""))
        if called not in {"register_blueprint", "before_request"} or owner not in types:
            continue
        if given not in types or set(said["keywords"]) - {"url_prefix"}:
            return
        if function_of(node) != function:
            return
        when = _when(source, node, function)
        is_late = called == "before_request" and any(
            one["called"] == "register_blueprint" and one["given"] == owner for one in does
        )
        if is_late or is_decorated or any(one < node.start_byte for one in leaves):
            when = [*when, (_OTHER, True)]
        prefix = said["keywords"].get("url_prefix", "")
        line = line_of(node)
        does.append(
            {"called": called, "owner": owner, "given": given, "prefix": prefix}
            | {"when": when, "line": line}
        )
    if any(one["called"] == "register_blueprint" for one in does):
        data = {"parameters": list(types), "defaults": _defaults(source, function), "does": does}
        yield Mark(reader, "registrar", symbol, line_of(function), data)


def _stays(source: SourceFile, name: str) -> bool:
    """Whether what is said is a name, of which a file says only once what it means."""
    return name.isidentifier() and _meanings(source)[name] <= 1


@lru_cache(maxsize=1)
def _meanings(source: SourceFile) -> Counter[str]:
    """How often a file says what each name means: by definitions, assignments and imports."""
    said = chain.from_iterable(_MEANS.findall(source.text(source.root)))
    return Counter(chain(filter(None, said), *(one.local for one in source.facts.imports)))


def _defaults(source: SourceFile, function: Node) -> dict[str, str]:
    listed = function.child_by_field_name("parameters")
    return {
        source.text(name): source.text(value)
        for one in (listed.named_children if listed else ())
        if (name := one.child_by_field_name("name")) and (value := one.child_by_field_name("value"))
    }


def _when(source: SourceFile, node: Node, function: Node) -> list[Condition]:
    """The conditions around a call in a function."""
    found: list[Condition] = []
    inner, outer = node, node.parent
    while outer is not None and outer != function:
        if outer.type == "if_statement":
            said = source.text(outer.child_by_field_name("condition"))
            is_then = inner == outer.child_by_field_name("consequence")
            is_else = inner.type == "else_clause" and len(_others(outer)) == 1
            found.append((said if is_then or is_else else _OTHER, is_then))
        elif outer.type not in _PLAIN:
            found.append((_OTHER, True))
        inner, outer = outer, outer.parent
    return found


def _others(condition: Node) -> list[Node]:
    return [one for one in condition.named_children if one.type in {"elif_clause", "else_clause"}]


class FlaskRegistrars:
    """What calls of such functions put where, as marks of what they did themselves."""

    def __init__(self, project: CodeProject) -> None:
        self._project = project
        found: dict[CodePlace | None, list[dict[str, Any]]] = {}
        for path, mark in project.marks("flask", "registrar"):
            found.setdefault(CodePlace(path, mark.name), []).append(mark.data)
        self._registrars = {place: data[0] for place, data in found.items() if len(data) == 1}
        self._calls = [
            (path, mark, place)
            for path, mark in project.marks("flask", "registers")
            if (place := project.locate(path, mark.name)) in self._registrars
        ]
        self._inner = {
            (place.path, one["line"])
            for place in {place for _, _, place in self._calls}
            for one in self._registrars[place]["does"]
            if place
        }

    def is_inner(self, path: str, mark: Mark) -> bool:
        """Whether it stands in such a function that somebody is seen to call."""
        return (path, mark.line) in self._inner

    def done(self) -> Iterator[tuple[str, Mark]]:
        """What the calls have done: marks `include` and `before`, by the file of the call."""
        for path, mark, place in self._calls:
            known = self._registrars[place]
            given = _given(known, mark)
            own = mark.data["own"]
            seen = {name: _UNSEEN if value in own else value for name, value in given.items()}
            prefixes = {
                one["prefix"] for one in known["does"] if one["called"] == "register_blueprint"
            }
            for one in known["does"]:
                holds = self._all_hold(path, one["when"], seen)
                if holds is not False:
                    is_sure = bool(holds) or len(prefixes) == 1
                    yield path, self._as_if_there(mark, one, given, holds=holds, is_sure=is_sure)

    def _as_if_there(
        self,
        mark: Mark,
        one: dict[str, Any],
        given: dict[str, str],
        *,
        holds: bool | None,
        is_sure: bool,
    ) -> Mark:
        owner, other = (given.get(one[name], "") for name in ("owner", "given"))
        other = mark.data["own"].get(other, other)
        if one["called"] == "before_request":
            owner = mark.data["own"].get(owner, owner)
            data = {"called": one["called"], "is_all": False, "function": other, "returns": True}
            data |= {"conditional": not holds, "registered": True}
            return mark._replace(kind="before", name=owner, data=data)
        prefix = one["prefix"]
        prefix = given.get(prefix, prefix) if is_sure else _UNSEEN
        keywords = {"url_prefix": prefix} if prefix not in {"", "None"} else {}
        data = {"called": one["called"], "args": [other], "keywords": keywords}
        return mark._replace(kind="include", name=owner, data=data)

    def _all_hold(self, path: str, when: list[Condition], given: dict[str, str]) -> bool | None:
        told = [self._holds(path, said, given, is_then=is_then) for said, is_then in when]
        if False in told:
            return False
        return None if None in told else True

    def _holds(self, path: str, said: str, given: dict[str, str], *, is_then: bool) -> bool | None:
        """Whether a condition of what is given is met; None where that is not seen."""
        if (once := _ONCE.fullmatch(said)) and once[1] in given:
            return is_then
        asks = _ASKS.fullmatch(said)
        if asks is None or (value := given.get(asks["name"])) is None:
            return None
        is_of_none = " is " in said
        is_there = self._is_there(path, value)
        if is_of_none and is_there is False:
            is_there = value != "None"
        is_no = bool(asks["no"]) != (is_of_none and not asks["isnt"])
        return None if is_there is None else (is_there != is_no) == is_then

    def _is_there(self, path: str, value: str) -> bool | None:
        """Whether something that is given is neither None nor empty."""
        if (text := literal(value)) is not None or value in {"None", "True", "False"}:
            return bool(text) if text is not None else value == "True"
        place = self._project.locate(path, value) if re.fullmatch(r"[\w.]+", value) else None
        one = self._project.definition(place) if place else None
        return True if one and one.kind in {"function", "method", "class"} else None


def _given(known: dict[str, Any], call: Mark) -> dict[str, str]:
    """What a call gives to each parameter, as its own file says it."""
    plain = list(takewhile(lambda one: not one.startswith("*"), call.data["args"]))
    given = dict(known["defaults"])
    if len(plain) < len(call.data["args"]):
        given = dict.fromkeys(known["parameters"], _UNSEEN)
    for name, value in given.items():  # a name would be one of the other file
        if literal(value) is None and value not in {"None", "True", "False"}:
            given[name] = _UNSEEN
    given |= dict(zip(known["parameters"], plain, strict=False))
    named: dict[str, str] = call.data["keywords"]
    return given | named
