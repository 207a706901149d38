"""Dependencies of FastAPI: which of them refuse who shows nothing, through what makes them too."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from indexer.code.access import IDENTITY
from indexer.code.frameworks.fastapi_parameters import DEPENDS, parameters
from indexer.code.frameworks.python_nobody import TO_LOGIN, PythonNobody
from indexer.code.frameworks.python_refusals import PythonFunctionRefusals, called
from indexer.code.frameworks.python_scopes import full_name, located
from indexer.code.syntax import line_of
from memory.code.codebase import CodePlace
from memory.code.facts import Mark

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from indexer.code.project_code import CodeProject
    from indexer.code.syntax import Node, SourceFile

#: The classes of `fastapi.security` refuse who shows nothing, unless they are told not to.
SCHEME = re.compile(
    r"(?:^|\.)(?:OAuth2(?:PasswordBearer|AuthorizationCodeBearer)|HTTP(?:Bearer|Basic|Digest)"
    r"|APIKey(?:Header|Query|Cookie)|OpenIdConnect)$"
)
_MADE = """
(assignment left: (identifier) @name
    right: (call function: (_) @called arguments: (argument_list) @arguments)) @made
"""
_FUNCTIONS = "(function_definition name: (identifier) @name) @function"
_CLASSES = "(class_definition superclasses: (argument_list) @bases) @class"
_RETURNS = "(return_statement (_) @value)"
_REFUSES = re.compile(r"\b(?:HTTP_)?(?:401|403)(?:_UNAUTHORIZED|_FORBIDDEN)?\b")
#: What is raised by a name of the project's own, and is called as what refuses somebody.
_REFUSING = re.compile(
    r"\braise\s+(?:\w+\.)*\w*(?:credential|unauth|auth(?!or(?!i))|forbid|forbidden|permission"
    r"|log_?in|denied|access|token|session)\w*",
    re.IGNORECASE,
)
_WITH_401 = re.compile(r"\b(?:HTTP_)?401(?:_UNAUTHORIZED)?\b|\bUNAUTHORIZED\b")
_RAISES = re.compile(r"\braise\b[^\n]{0,200}(?:\n[^\n]{0,200}){0,3}")
_ON = re.compile(r"auto_error(?:\s*:\s*bool)?\s*=\s*(?:True|auto_error|self\.auto_error)\b")
_CHOICE = re.compile(r"(\w+) if (not )?(\w+) else (\w+)")
_OPEN = re.compile(r"auto_error\s*=\s*False\b")
_EMPTY = re.compile(r"return(?:\s+(?:None|''|\"\"|False))?")
_DEEPEST = 12  # dependencies of dependencies


def dependency_marks(source: SourceFile, reader: str) -> Iterator[Mark]:
    """Functions with what they depend on, refuse and give back; schemes, and classes of such."""
    text = source.text
    for found in source.matches(_MADE):
        if SCHEME.search(text(found["called"][0])):
            flag = re.search(r"auto_error\s*=\s*(\w+)", text(found["arguments"][0]))
            if flag is None or flag[1] in {"True", "False"}:
                data = {"on": flag is None or flag[1] == "True"}
                name = full_name(source, found["made"][0], text(found["name"][0]))
                yield Mark(reader, "scheme", name, line_of(found["made"][0]), data)
    functions = source.matches(_FUNCTIONS)
    named = {text(found["name"][0]) for found in functions}
    for found in functions:
        node = found["function"][0]
        given = parameters(source, node)
        raised = " ".join(_RAISES.findall(text(node.child_by_field_name("body"))))
        to_login = bool(TO_LOGIN.search(raised))
        raises = bool(_REFUSES.search(raised) or _REFUSING.search(raised) or to_login)
        gives = _given_back(source, node, named)
        if raises or gives or any(given):
            walked = PythonNobody(source, node, IDENTITY)
            depends = {name: in_full(source, node, one) for name, one in given.depends.items()}
            data = {
                "depends": list(depends.values()),
                "from": depends,  # the same by parameter
                "types": given.types,
                "inner": given.inner,
                "given": given.given,
                "gives": gives,
                "flags": _flags(source, node),
                "optional": _optional(source, node),
                "raises": raises,
                "refuses": bool(_WITH_401.search(raised) or to_login) and walked.is_refused,
                "asked": list(dict.fromkeys(walked.asked)),
            }
            yield Mark(reader, "function", source.owner(node), line_of(node), data)
    for found in source.matches(_CLASSES):
        bases = [text(one) for one in found["bases"][0].named_children]
        if any(map(SCHEME.search, bases)):
            node = found["class"][0]
            is_on = "auto_error" not in _ON.sub("", text(node)) and _passes_on(source, node)
            yield Mark(reader, "scheme class", source.owner(node), line_of(node), {"on": is_on})


def in_full(source: SourceFile, node: Node, said: str) -> str:
    """A dependency as it is written, with the function around a node that has what it names."""
    found = DEPENDS.search(said)
    if found is None or not found["what"]:
        return said
    full = full_name(source, node, found["what"])
    return said[: found.start("what")] + full + said[found.end("what") :]


def _given_back(source: SourceFile, function: Node, named: set[str]) -> list[str]:
    """What a function returns where that is always a function of its file, or what is called."""
    found = []
    for one in source.matches(_RETURNS, function.child_by_field_name("body")):
        value = one["value"][0]
        outer = value.parent
        while outer is not None and outer.type not in {"function_definition", "lambda"}:
            outer = outer.parent
        if outer != function:
            continue
        said = " ".join(source.text(value).split())
        choice = _CHOICE.fullmatch(said)
        names = {choice[1], choice[4]} if choice else {said}
        if not names <= named and not re.match(r"[A-Z]\w*\(", said):
            return []
        found.append(said)
    return found


def _flags(source: SourceFile, function: Node) -> dict[str, str]:
    parameters = function.child_by_field_name("parameters")
    return {
        source.text(one.child_by_field_name("name")): value
        for one in (parameters.named_children if parameters is not None else ())
        if (value := source.text(one.child_by_field_name("value"))) in {"True", "False"}
    }


def _optional(source: SourceFile, function: Node) -> str:
    """A parameter but for which a function does nothing and returns nothing; "" for none."""
    body = function.child_by_field_name("body")
    inside = body.named_children if body is not None else []
    statements = [
        one
        for one in inside
        if one.type != "comment"
        and not (one.type == "expression_statement" and one.named_children[0].type == "string")
    ]
    if not 1 <= len(statements) <= 2 or statements[0].type != "if_statement":
        return ""
    first, rest = statements[0], statements[1:]
    condition = re.fullmatch(
        r"(\w+)(?: is not None)?", source.text(first.child_by_field_name("condition"))
    )
    is_alone = first.child_by_field_name("alternative") is None
    is_empty = all(_EMPTY.fullmatch(source.text(one)) for one in rest)
    return condition[1] if condition and is_alone and is_empty else ""


def _passes_on(source: SourceFile, node: Node) -> bool:
    """Whether a class leaves it to its base who is refused: `__call__` asks it before all else."""
    for found in source.matches(_FUNCTIONS, node):
        if source.text(found["name"][0]) != "__call__":
            continue
        body = found["function"][0].child_by_field_name("body")
        statements = body.named_children if body is not None else []
        first = next((one for one in statements if one.type != "comment"), None)
        if first is not None and first.type == "try_statement":
            caught = [one for one in first.named_children if one.type == "except_clause"]
            blocks = [one.named_children[-1].named_children for one in caught]
            if not all(block and block[-1].type == "raise_statement" for block in blocks):
                return False
            inside = first.child_by_field_name("body")
            first = inside.named_children[0] if inside and inside.named_children else None
        return "super().__call__(" in source.text(first) and (
            first is not None and first.type in {"return_statement", "expression_statement"}
        )
    return True


class _End(NamedTuple):
    """What is called in the end where something is depended on."""

    said: str
    function: tuple[str, str] | None = None
    is_on: bool = True  # of a scheme: whether it refuses who shows nothing


class Dependencies:
    """What the dependencies of a project do."""

    def __init__(self, project: CodeProject) -> None:
        self._project = project
        self.refusals = PythonFunctionRefusals(project)
        self._schemes = {
            (path, mark.name): mark.data["on"] for path, mark in project.marks("fastapi", "scheme")
        }
        self._classes = {
            (path, mark.name): mark.data["on"]
            for path, mark in project.marks("fastapi", "scheme class")
        }
        self.functions = {
            (path, mark.name): mark.data for path, mark in project.marks("fastapi", "function")
        }
        self._aliases = {
            (path, mark.name): (path, mark.data["is"], mark.line)
            for path, mark in project.marks("fastapi", "alias")
        }

    def of_function(self, place: CodePlace, line: int) -> Iterator[tuple[str, str, int]]:
        """What a function depends on by its parameters and by their types."""
        data = self.functions.get((place.path, place.symbol), {})
        yield from ((place.path, one, line) for one in data.get("depends", ()))
        for said in data.get("types", ()):
            key = self._key(place.path, said)
            if key in self._aliases:
                yield self._aliases[key]
            elif (
                key
                and (one := self._project.definition(CodePlace(*key)))
                and one.kind == "constant"
            ):
                yield place.path, said, line  # a type that nobody can look into

    def chain(self, path: str, said: str, depth: int = 0) -> Iterator[str]:
        """A dependency, and what it depends on itself, as they are written."""
        yield said
        for end in self._ends(path, said, depth):
            one = self._project.definition(CodePlace(*end.function)) if end.function else None
            if end.function and one:
                for each, inner, _ in self.of_function(CodePlace(*end.function), one.line):
                    yield from self.chain(each, inner, depth + 1)

    def refuses(self, path: str, said: str, depth: int = 0) -> str | None:
        """By what a dependency refuses who is nobody; "" if it does not, None if unknown."""
        answers = [self._end_refuses(one, depth) for one in self._ends(path, said, depth)]
        if answers and all(answers):
            return answers[0]
        return "" if answers and all(one == "" for one in answers) else None

    def _key(self, path: str, said: str) -> tuple[str, str] | None:
        if (path, said) in self._schemes or self._project.definition(CodePlace(path, said)):
            return path, said
        place = located(self._project, path, said)
        return (place.path, place.symbol) if place else None

    def _ends(self, path: str, said: str, depth: int) -> Sequence[_End]:
        """All that may be called, none where one of it is not known."""
        found = DEPENDS.search(said)
        if found is None or not found["what"] or depth > _DEEPEST:
            return ()
        return self._called(path, found["what"], said if found["made"] else "", depth)

    def _called(self, path: str, name: str, made: str, depth: int) -> Sequence[_End]:
        """What a name is in the end, or what is made by a call of it, `made` as it is written."""
        is_on = not _OPEN.search(made)
        is_told = is_on and "auto_error" in made
        if SCHEME.search(name):
            return () if is_told else [_End("a scheme of fastapi.security", is_on=is_on)]
        key = self._key(path, name)
        if key is None or depth > _DEEPEST:
            return ()
        if not made:
            is_scheme = key in self._schemes
            said = f"{name} is a scheme of fastapi.security" if is_scheme else name
            return [_End(said, None if is_scheme else key, self._schemes.get(key, True))]
        if key in self._classes:
            known = not is_told and (self._classes[key] or not is_on)
            return [_End(f"{name} is a scheme of fastapi.security", is_on=is_on)] if known else ()
        one = self._project.definition(CodePlace(*key))
        if one is not None and one.kind == "class":
            return [_End(name, (key[0], f"{key[1]}.__call__"))]
        gives = self.functions.get(key, {}).get("gives", ())
        ends = [self._given(key, each, made, depth + 1) for each in gives]
        return [one for each in ends for one in each] if all(ends) else ()

    def _given(self, key: tuple[str, str], said: str, made: str, depth: int) -> Sequence[_End]:
        """What a function gives back: a name, what is called, or one of two by a flag."""
        choice = _CHOICE.fullmatch(said)
        names = [said]
        if choice:
            flag = re.search(rf"\b{choice[3]}\s*=\s*(\w+)", made)
            value = flag[1] if flag else self.functions[key]["flags"].get(choice[3], "")
            is_first = (value == "True") != bool(choice[2])
            names = [choice[1] if is_first else choice[4]]
            is_plain = re.search(rf"\b{key[1]}\(\s*(?:\w+\s*=|\))", made)
            if value not in {"True", "False"} or not is_plain:
                names = [choice[1], choice[4]]
        found: list[_End] = []
        for name in names:
            plain, call, _ = name.partition("(")
            inner = (key[0], f"{key[1]}.{plain}")
            if self._project.definition(CodePlace(*inner)):
                found.append(_End(plain, inner))
            else:
                own = inner[1] if inner in self._schemes else plain
                ends = self._called(key[0], own, name if call else "", depth)
                if not ends:
                    return ()
                found += ends
        return found

    def _end_refuses(self, end: _End, depth: int) -> str | None:
        if end.function is None:
            return end.said if end.is_on else None  # who is given nothing by it may refuse
        place = CodePlace(*end.function)
        one, data = self._project.definition(place), self.functions.get(end.function, {})
        if one is None or one.kind not in {"function", "method"}:
            return None
        if by := self._refuses_itself(place, 0):
            return f"{end.said} refuses {by}"
        is_nothing = self._is_nothing(end, depth)
        optional = data["from"][data["optional"]] if is_nothing else ""
        inner = [
            self.refuses(path, each, depth + 1)
            for path, each, _ in self.of_function(place, one.line)
            if each != optional
        ]
        if is_nothing and all(each == "" for each in inner):
            return ""
        # One that refuses some may let others through who show nothing.
        is_unknown = None in inner or bool(data.get("raises"))
        is_unknown = is_unknown or self.refusals.guard(place) is not False
        return next((each for each in inner if each), None if is_unknown else "")

    def _refuses_itself(self, place: CodePlace, depth: int) -> str:
        """Where a function refuses, or one that it calls whoever asks; "" for what does not."""
        data = self.functions.get((place.path, place.symbol), {})
        if data.get("refuses"):
            return f"({place.path})"
        others = (called(self._project, place, one) for one in data.get("asked", ()))
        known = (self._refuses_itself(one, depth + 1) for one in others if one and one != place)
        return next(filter(None, known), "") if depth < _DEEPEST else ""

    def _is_nothing(self, end: _End, depth: int) -> bool:
        """Whether it gives nothing to who shows nothing, so that what asks for it does nothing."""
        if end.function is None:
            return not end.is_on
        data = self.functions.get(end.function, {})
        said = data.get("from", {}).get(data.get("optional", ""))
        ends = self._ends(end.function[0], said, depth + 1) if said else ()
        return bool(ends) and all(self._is_nothing(one, depth + 1) for one in ends)
