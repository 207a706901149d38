"""Calls of Flask as they are written, and functions of a project that make them for others."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from indexer.code.frameworks.python_scopes import LITERAL, each_time, put_in
from indexer.code.syntax import line_of
from memory.code.codebase import CodePlace
from memory.code.facts import Mark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.code.project_code import CodeProject
    from indexer.code.syntax import Node, SourceFile

_FUNCTIONS = """
(function_definition name: (identifier) @name parameters: (parameters) @parameters) @function
"""
_ADDS = """
(call function: (attribute object: (identifier) @owner attribute: (identifier) @called)
    arguments: (argument_list) @arguments) @call
"""
_GIVEN_BACK = "(return_statement (identifier) @name)"
_BUILT = """
(assignment left: (identifier) @name
    right: (call function: [(identifier) (attribute)] @called)) @built
"""
_PUT_IN = re.compile(r"\.register_blueprint\(\s*+(\w++)")
_LOOPS = "(for_statement left: (identifier) @one right: (identifier) @all)"
_HELPED = (
    "(call function: [(identifier) (attribute)] @called arguments: (argument_list) @arguments)"
)
_SETTINGS = "(assignment left: (identifier) @name right: (string) @value)"
_PREFIX = re.compile(r"[A-Z][A-Z_]*PREFIX")
_OF_SETTINGS = re.compile(r"(?:\w+\.)*config(?:\.get\(|\[)\s*['\"](\w+)['\"]\s*[\])]")
_PARAMETER = re.compile(r"<(?:[^:<>]+:)?(\w+)>")
_TEXTS = re.compile(r"[\[(]\s*+(?:['\"][^'\"]*['\"]\s*+,?\s*+)*+[\])]")


def said_of(source: SourceFile, arguments: Node) -> dict[str, Any]:
    """The texts of what a call is given."""
    args, keywords = [], {}
    for child in arguments.named_children:
        if child.type == "keyword_argument":
            name = source.text(child.child_by_field_name("name"))
            keywords[name] = source.text(child.child_by_field_name("value"))
        elif child.type != "comment":
            args.append(source.text(child))
    return {"args": args, "keywords": keywords}


def included(source: SourceFile, call: Node, said: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What a call includes, once; one in a loop for each thing that this goes through."""
    for known in each_time(source, call):
        args = [put_in(one, known) for one in said["args"]]
        keywords = {name: put_in(one, known) for name, one in said["keywords"].items()}
        yield said | {"args": args, "keywords": keywords}


def literal(said: str) -> str | None:
    """What a text says; None for what is none."""
    found = LITERAL.fullmatch(said)
    return found[2] if found else None


def joined(prefix: str | None, rule: str | None) -> str | None:
    """A rule below a prefix, with `{name}` for parameters."""
    if prefix is None or rule is None:
        return None
    if prefix and rule:
        rule = f"{prefix.rstrip('/')}/{rule.lstrip('/')}"
    return _PARAMETER.sub(r"{\1}", rule or prefix)


def helpers(source: SourceFile, reader: str) -> Iterator[Mark]:
    """Functions that register what they are given, calls that may be of them, and prefixes.

    `def register_view(blueprint, routes, view_func)`, which adds a rule for each of the routes.
    """
    text = source.text
    if b"add_url_rule" in source.content:
        for found in source.matches(_FUNCTIONS):
            yield from _helper(source, reader, found)
    if b"as_view(" in source.content or b"view_func" in source.content:
        for found in source.matches(_HELPED):
            given = text(found["arguments"][0])
            if not text(found["called"][0]).endswith(".add_url_rule") and (
                ".as_view(" in given or "view_func" in given
            ):
                data = said_of(source, found["arguments"][0])
                line = line_of(found["called"][0])
                yield Mark(reader, "helped", text(found["called"][0]), line, data)
    if b"PREFIX" in source.content:
        for found in source.matches(_SETTINGS):
            said = literal(text(found["value"][0]))
            name = text(found["name"][0])
            if _PREFIX.fullmatch(name) and said is not None:
                yield Mark(reader, "setting", name, line_of(found["name"][0]), {"is": said})


def builders(source: SourceFile, reader: str) -> Iterator[Mark]:
    """Functions that give back a blueprint of their file, and names for what functions made."""
    text = source.text
    if b"Blueprint(" in source.content:
        made = {
            (source.owner(found["name"][0]), text(found["name"][0]))
            for found in source.matches(_BUILT)
            if text(found["called"][0]).endswith("Blueprint")
        }
        for found in source.matches(_GIVEN_BACK):
            name, owner = text(found["name"][0]), source.owner(found["name"][0])
            if owner and not made.isdisjoint({(owner, name), ("", name)}):
                gives = f"{owner}.{name}" if (owner, name) in made else name
                yield Mark(reader, "builder", owner, line_of(found["name"][0]), {"gives": gives})
    if b".register_blueprint(" in source.content:
        put_in = set(_PUT_IN.findall(text(source.root)))
        for found in source.matches(_BUILT):
            name = text(found["name"][0])
            if name in put_in:
                data = {"by": text(found["called"][0])}
                yield Mark(reader, "built", name, line_of(found["built"][0]), data)


class Builders:
    """What functions of a project make and give back, for others to put somewhere."""

    def __init__(self, project: CodeProject) -> None:
        self._project = project
        self._given: dict[CodePlace | None, set[str]] = {}
        for path, mark in project.marks("flask", "builder"):
            self._given.setdefault(CodePlace(path, mark.name), set()).add(mark.data["gives"])
        self._built: dict[tuple[str, str], set[str]] = {}
        for path, mark in project.marks("flask", "built"):
            self._built.setdefault((path, mark.name), set()).add(mark.data["by"])

    def made(self, path: str, said: str) -> tuple[str, str]:
        """The file and name of what is made by a call, or is called so; "" where that is open."""
        built = self._built.get((path, said), {said.partition("(")[0]})
        called = next(iter(built)) if len(built) == 1 else ""
        is_name = re.fullmatch(r"[\w.]+", called)
        place = self._project.locate(path, called) if is_name else None
        given = self._given.get(place, set())
        return (place.path, next(iter(given))) if place and len(given) == 1 else (path, "")


def _helper(source: SourceFile, reader: str, found: dict[str, list[Node]]) -> Iterator[Mark]:
    node = found["function"][0]
    names = [re.match(r"\w*", source.text(one)) for one in found["parameters"][0].named_children]
    parameters = [one[0] for one in names if one]
    loops = {
        source.text(one["one"][0]): source.text(one["all"][0])
        for one in source.matches(_LOOPS, node)
    }
    for call in source.matches(_ADDS, node):
        said = said_of(source, call["arguments"][0])
        rule = next(iter(said["args"]), said["keywords"].get("rule", ""))
        view = said["keywords"].get("view_func") or next(iter(said["args"][2:3]), "")
        data = {"owner": source.text(call["owner"][0]), "rules": loops.get(rule, rule)}
        data["view"] = view
        is_added = source.text(call["called"][0]) == "add_url_rule"
        if is_added and set(data.values()) <= {*parameters}:
            data |= {"parameters": parameters, "inner": line_of(call["call"][0])}
            yield Mark(reader, "helper", source.symbol(node), line_of(node), data)


class FlaskHelpers:
    """What functions of a project register for those that call them."""

    def __init__(self, project: CodeProject) -> None:
        self._project = project
        self._helpers: dict[CodePlace | None, dict[str, Any]] = {
            CodePlace(path, mark.name): mark.data for path, mark in project.marks("flask", "helper")
        }
        called = {self._of(path, mark) for path, mark in project.marks("flask", "helped")}
        self._inner = {
            (place.path, one["inner"])
            for place, one in self._helpers.items()
            if place and place in called
        }
        self._settings: dict[str, set[str]] = {}
        for _, mark in project.marks("flask", "setting"):
            self._settings.setdefault(mark.name, set()).add(mark.data["is"])

    def is_inner(self, path: str, mark: Mark) -> bool:
        """Whether a rule is that of a function that adds it for others which are seen to ask."""
        return (path, mark.line) in self._inner

    def rules(self, path: str, mark: Mark) -> Iterator[Mark]:
        """The rules that a call has added, as if it had added them itself; none of any other."""
        helper = self._helpers.get(self._of(path, mark))
        if helper is None:
            return
        given = dict(zip(helper["parameters"], mark.data["args"], strict=False))
        given |= mark.data["keywords"]
        owner, rules, view = (given.pop(helper[one], "") for one in ("owner", "rules", "view"))
        texts = [one[0] for one in re.finditer(r"(['\"])[^'\"]*\1", rules)]
        for rule in texts if _TEXTS.fullmatch(rules) else [rules]:
            data = {"called": "add_url_rule", "args": [rule]}
            yield mark._replace(name=owner, data=data | {"keywords": given | {"view_func": view}})

    def _of(self, path: str, mark: Mark) -> CodePlace | None:
        return self._project.locate(path, mark.name)

    def prefix(self, said: str) -> str | None:
        """A prefix as it is written, or as the one place says it that sets it by its name.

        None where it is no literal, or is set in no place that is seen, or in several ways.
        """
        found = _OF_SETTINGS.fullmatch(said)
        if found is None:
            return literal(said)
        values = self._settings.get(found[1], set())
        return next(iter(values)) if len(values) == 1 else None
