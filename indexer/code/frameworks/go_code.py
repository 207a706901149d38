"""The code of functions of Go that may see a request first; what variables of packages are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indexer.code.access import ON_SETTINGS
from indexer.code.frameworks.go_middleware import SEES
from indexer.code.syntax import line_of
from memory.code.facts import Mark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.code.project_code import CodeProject
    from indexer.code.syntax import Node, SourceFile
    from memory.code.codebase import CodePlace

_LONGEST = 5000  # bytes of a function that is kept
_FUNCTIONS = "[(function_declaration) (method_declaration)] @function"
_REQUEST = re.compile(r"\*gin\.Context|\becho\.Context|\*http\.Request\b|\*echo\.Context")
_ON = re.compile(r"\.Next\(\)|\bnext\w*\(|ServeHTTP|\.Abort")
_PUTS = re.compile(r"Handler|Middleware|^func\b")
_OBJECT = re.compile(r"^\*?[\w.]+$")
_PLAIN = frozenset({"", "error", "bool", "string", "int"})
_SET = """
[(assignment_statement) @set
 (call_expression function: (selector_expression) @called arguments: (argument_list) @given) @call]
"""
_ZEROS = """
[(source_file (var_declaration (var_spec) @spec))
 (source_file (var_declaration (var_spec_list (var_spec) @spec)))]
"""
_BOOL_FLAG = re.compile(r"^(?:p?flag|\w*[fF]lags?(?:et)?)\.BoolVarP?$")
_SETTING = re.compile(rf"{ON_SETTINGS.pattern}|auth|login", re.IGNORECASE)
_BY_DEFAULT = re.compile(
    r"(?i)^[\w.]{0,99}(?:env|lookup)[\w.]{0,99}\(\s*[\w.\"]+\s*,\s*([\w.]+)\s*\)$"
)
_UNSET = re.compile(r"^os\.Getenv\([^()]*\) (?:== \"(?:true|1|yes|on|TRUE|True)\"|!= \"\")$")
_LONGEST_VALUE = 200
_DEEPEST = 5


def kept_code(source: SourceFile, reader: str) -> Iterator[Mark]:
    """The text of each function that may be put before a handler, or makes what is; no handler."""
    if not SEES.search(source.content):
        return
    for node in source.captures(_FUNCTIONS).get("function", ()):
        if node.end_byte - node.start_byte <= _LONGEST and _is_kept(source, node):
            data = {"is": source.text(node)}
            yield Mark(reader, "code", source.symbol(node), line_of(node), data)


def changing(source: SourceFile, reader: str) -> Iterator[Mark]:
    """A mark for each method that may give a field of its own object something else."""
    for node in source.captures("(method_declaration) @method").get("method", ()):
        listed = source.text(node.child_by_field_name("receiver")).strip("()").split()
        body = source.text(node.child_by_field_name("body"))
        name = listed[0] if len(listed) == 2 else ""
        if name and re.search(_GIVEN.format(re.escape(name)), body):
            yield Mark(reader, "changes", source.symbol(node), line_of(node), {})


#: A field, or what is in it, is given something, or the object is; or who has it is handed it.
_GIVEN = (
    r"(?<![\w.])\*?{0}(?:(?:\.\w++)++(?:\[[^\]\n]{{0,99}}\])?|(?=\s{{0,9}}=))"
    r"(?:, [\w.]{{1,99}}){{0,9}}\s{{0,9}}(?:=(?!=)|[+|-]=|\+\+|--)|&{0}\."
    r"|[(,]\s{{0,9}}\*?{0}\s{{0,9}}[,)]"
)


def _is_kept(source: SourceFile, node: Node) -> bool:
    result = source.text(node.child_by_field_name("result"))
    body = source.text(node.child_by_field_name("body"))
    if _REQUEST.search(source.text(node.child_by_field_name("parameters"))):
        return result not in {"", "error"} or bool(_ON.search(body))
    if _REQUEST.search(body) and _PUTS.search(result):
        return True
    return bool(_OBJECT.match(result)) and result not in _PLAIN and "return" in body


def settings(source: SourceFile, reader: str) -> Iterator[Mark]:
    """What sets variables by which a project is set up, and what they are before that."""
    for found in source.matches(_SET):
        if "set" in found:
            yield from _assigned(source, found["set"][0], reader)
            continue
        if _BOOL_FLAG.match(source.text(found["called"][0])):
            given = [source.text(one) for one in found["given"][0].named_children]
            if len(given) > 2 and given[0].startswith("&"):
                said = given[3 if source.text(found["called"][0]).endswith("P") else 2]
                yield Mark(reader, "put", given[0][1:], line_of(found["call"][0]), {"is": said})
    for one in source.captures(_ZEROS).get("spec", ()):
        type_, value = (one.child_by_field_name(field) for field in ("type", "value"))
        if source.text(type_) == "bool" and value is None:
            for name in one.children_by_field_name("name"):
                yield Mark(reader, "zero", source.text(name), line_of(one), {})


def _assigned(source: SourceFile, node: Node, reader: str) -> Iterator[Mark]:
    left, right = (node.child_by_field_name(one) for one in ("left", "right"))
    names = left.named_children if left is not None else []
    values = right.named_children if right is not None else []
    for name in names:
        said = source.text(name)
        last = said.rpartition(".")[2]
        if re.fullmatch(r"[\w.]{1,99}", said) and _SETTING.search(last):
            value = source.text(values[0]) if len(names) == len(values) == 1 else ""
            data = {"is": " ".join(value.split()) if len(value) <= _LONGEST_VALUE else ""}
            yield Mark(reader, "put", said, line_of(node), data)


class Settings:
    """What variables of packages are where nobody sets them from outside.

    Args:
        project: Which one.
        reader: Whose marks tell it.
    """

    def __init__(self, project: CodeProject, reader: str) -> None:
        self._project = project
        self._made = {
            project.locate(path, one.name): (path, one.data["is"])
            for path, one in project.marks(reader, "variable")
        }
        self._made |= {
            project.locate(path, one.name): (path, "false")
            for path, one in project.marks(reader, "zero")
        }
        self._put: dict[CodePlace, list[tuple[str, str]]] = {}
        for path, one in project.marks(reader, "put"):
            if place := project.locate(path, one.name):
                self._put.setdefault(place, []).append((path, one.data["is"]))
        self._anew = {project.locate(path, one.name) for path, one in project.marks(reader, "anew")}

    def default(self, place: CodePlace, depth: int = 0) -> bool | None:
        """Whether a variable is true unless it is set from outside; None where nobody knows."""
        made = self._made.get(place)
        puts = self._put.get(place, [])
        if made is None or depth > _DEEPEST or (place in self._anew and not puts):
            return None
        found = {self._meant(*one, place, depth) for one in (made, *puts)}
        return found.pop() if len(found) == 1 else None

    def _meant(self, path: str, said: str, of: CodePlace, depth: int) -> bool | None:
        """What a text is that a variable is set to."""
        said = said.strip()
        if said in {"true", "false"}:
            return said == "true"
        if _UNSET.match(said):
            return False
        if by_default := _BY_DEFAULT.match(said):
            return self._meant(path, by_default[1], of, depth + 1)
        place = self._project.locate(path, said) if re.fullmatch(r"[\w.]+", said) else None
        if place == of:  # `LookupEnv("KEY", itself)`
            made = self._made.get(place) if place else None
            return {"true": True, "false": False}.get(made[1]) if made else None
        return self.default(place, depth + 1) if place and depth <= _DEEPEST else None
