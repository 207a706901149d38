"""What is known on a way through functions of Go: values, and how far the way has come."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from indexer.code.frameworks.go_nobody import EMPTY, ERROR, FAILED, NIL, UNKNOWN, Value
from indexer.code.languages.go import Go

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from indexer.code.syntax import Node
    from memory.code.codebase import CodePlace

#: What makes an error, by the words of its name: `NewHTTPError`, `ErrNotFound`, `Unauthorized`.
_ERRORS = re.compile(
    r"^(?:errors\.(?:New|Wrap\w*|WithStack)|fmt\.Errorf|(?:\w+\.)?New\w*Err(?:or)?"
    r"|\w{0,30}[eE]rr(?:or)?s?\.[A-Z]\w*|(?:\w+\.){0,2}(?:Unauthori[sz]ed|Forbidden|Unauthenticated|Not(?:Signed|Logged)In|\w+(?<![a-z]no)(?:Error|Errorf)))$"
)
_NO_ERRORS = re.compile(
    r"(?:^|\.)(?:[iI]s|[aA]s|[hH]as|[gG]et|[lL]ast|[oO]n|[sS]et|[lL]og|[wW]rite|[hH]andle|[cC]ode|[mM]essage|[uU]nwrap|[cC]ause)[A-Z]?\w*$"
)
_MOST_RESULTS = 6


#: What is put off and changes nothing of what was done.
_PUT_OFF = re.compile(
    r"defer (?:[\w.]+\.)?(?:R?Unlock|Close|Done|End|Clear|Stop|Put|Finish|cancel\w*)\("
)
_JUMPS = frozenset({"labeled_statement", "goto_statement", "fallthrough_statement"})
_LEAVES = frozenset({"break_statement", "continue_statement"})


class NotFollowed(Exception):
    """More ways than are walked, or something is done that is not understood."""


class Code(NamedTuple):
    """A text that is walked, and where its names are looked up."""

    path: str
    symbol: str
    content: bytes
    root: Node

    def text(self, node: Node | None) -> str:
        """What stands at a node; "" for none."""
        return self.content[node.start_byte : node.end_byte].decode() if node is not None else ""

    @classmethod
    def of(cls, path: str, symbol: str, text: str) -> Code | None:
        """A text of a package with its tree; None for one that is no code."""
        content = f"package p\n{text}\n".encode()
        root = Go.syntax.parse(content)
        return None if root.has_error else cls(path, symbol, content, root)

    @classmethod
    def of_value(cls, path: str, symbol: str, text: str) -> tuple[Code, Node] | None:
        """An expression with its node; None for what is none, or several."""
        code = cls.of(path, symbol, f"var _ = {text}")
        spec = code.root.named_children[-1].named_children[0] if code else None
        values = spec.child_by_field_name("value") if spec is not None else None
        inner = values.named_children if values is not None else []
        return (code, inner[0]) if code and len(inner) == 1 else None


@dataclass
class Thing:
    """A value of a struct: its type, and the fields that are known."""

    type_: CodePlace | None
    fields: dict[str, Any] = field(default_factory=dict)

    def having(self, fields: list[str], value: Any) -> Thing:
        """The same with a field, or one of a field, that is something else."""
        name, *rest = fields
        if rest:
            inner = self.fields.get(name)
            value = (inner if isinstance(inner, Thing) else Thing(None)).having(rest, value)
        return replace(self, fields=self.fields | {name: value})


class Closure(NamedTuple):
    """A function as a value, with the variables around it."""

    node: Node
    code: Code
    names: dict[str, Any]


class Method(NamedTuple):
    """A method of a value, or a function of a package."""

    place: CodePlace
    owner: Any


class State(NamedTuple):
    """How far a way has come."""

    is_on: bool = False  # what stands behind is reached
    is_over: bool = False  # nothing behind is reached: gin's Abort
    is_refused: bool = False
    is_unsure: bool = False  # something was called that may end it
    is_told: bool = False  # that he is refused, whether that ends it or not

    def over(self) -> State:
        """Ended, if what stands behind was not reached before."""
        return self._replace(is_over=self.is_over or not self.is_on)

    def on(self) -> State:
        """What stands behind is reached, if nothing ended it before."""
        return self if self.is_over else self._replace(is_on=True)

    def unsure(self) -> State:
        """Something was called that may have ended it."""
        return self._replace(is_unsure=self.is_unsure or not self.is_on)

    def beside(self, other: State) -> State:
        """What is so of one of two."""
        return State(*(one or two for one, two in zip(self, other, strict=True)))


class Way(NamedTuple):
    """A way: its variables, how far it has come, and how it left the block that was walked."""

    names: dict[str, Any]
    state: State
    left: str = ""  # "return", "break", "continue"; "" for one that goes on
    gave: tuple[Any, ...] = ()

    def given(self, at: int, names: int) -> Any:
        """What a call gave for one of so many names."""
        if self.gave == (FAILED,):
            return FAILED if at == names - 1 else UNKNOWN
        return self.gave[at] if at < len(self.gave) else UNKNOWN

    def apart(self) -> Way:
        """The same, whose variables change without those of the other."""
        return self._replace(names=dict(self.names))

    def back(self, before: Mapping[str, Any], own: Iterable[str]) -> Way:
        """The same outside of a block that had variables of its own."""
        names = {name: value for name, value in self.names.items() if name not in own}
        names |= {name: before[name] for name in own if name in before}
        return self._replace(names=names)

    def without(self, names: Iterable[str]) -> Way:
        """The same, where it is not known any more what these variables are."""
        lost = self.names.keys() & set(names)
        return self._replace(names=self.names | dict.fromkeys(lost, UNKNOWN)) if lost else self


def statements_in_case(case: Node) -> list[Node]:
    """The statements of a case, without what it is a case of."""
    inner = [one for one in case.named_children if one.type != "comment"]
    lists = [one for one in inner if one.type == "statement_list"]
    if lists:
        return statements_of(lists[-1])
    return [one for one in inner if one.type.endswith(("_statement", "_declaration", "block"))]


def declared_in(statements: Iterable[Node], code: Code) -> Iterator[str]:
    """The variables that statements of a block make, those within others apart."""
    for one in statements:
        if one.type == "short_var_declaration":
            left = one.child_by_field_name("left")
            yield from map(code.text, left.named_children if left is not None else ())
        elif one.type == "var_declaration":
            for spec in specs_of(one):
                yield from map(code.text, spec.children_by_field_name("name"))


def is_followed(function: Node, code: Code) -> bool:
    """Whether a function does nothing that a walk from statement to statement would miss.

    Jumps, what goes beside or is put off, and variables that a function within it changes, or has
    while they are changed.
    """
    given: list[tuple[int, str]] = []
    literals: list[Node] = []
    for one in _all(function):
        said = one.type
        if said in _JUMPS or said == "go_statement" or (said in _LEAVES and one.named_children):
            return False
        if said == "defer_statement" and not _PUT_OFF.match(code.text(one)):
            return False
        if said == "func_literal" and one != function:
            literals.append(one)
        if said in {"assignment_statement", "inc_statement", "dec_statement"}:
            given += [(one.start_byte, name) for name in assigned_in(one, code)]
    for one in literals:
        own = {name for name, _ in listed(one.child_by_field_name("parameters"), code)}
        own |= {name for inner in _all(one) for name in declared_in([inner], code)}
        names = {code.text(each) for each in _all(one) if each.type == "identifier"} - own
        last = one.start_byte
        if any(at > last and name in names for at, name in given):
            return False  # within it, or behind it
    return True


def addressed(code: Code) -> frozenset[str]:
    """The variables of a text that may be changed by their address."""
    found = set()
    for one in _all(code.root):
        if one.type == "unary_expression" and code.text(one)[0] == "&":
            inner = one.child_by_field_name("operand")
            if inner is not None and inner.type != "composite_literal":
                found.add(code.text(inner).partition(".")[0].partition("[")[0])
    return frozenset(found)


def _all(node: Node) -> Iterator[Node]:
    yield node
    for one in node.named_children:
        yield from _all(one)


def assigned_in(node: Node, code: Code) -> Iterator[str]:
    """The variables that are given something else within a node."""
    if node.type == "assignment_statement":
        left = node.child_by_field_name("left")
        for one in left.named_children if left is not None else ():
            if (name := code.text(one).partition(".")[0]) != "_":
                yield name
    elif node.type in {"inc_statement", "dec_statement"}:
        yield code.text(node.named_children[0])
    for one in node.named_children:
        yield from assigned_in(one, code)


def statements_of(node: Node | None) -> list[Node]:
    """The statements of a block, or of a case."""
    inner = node.named_children if node is not None else []
    if len(inner) == 1 and inner[0].type == "statement_list":
        inner = inner[0].named_children
    return [one for one in inner if one.type != "comment"]


def specs_of(node: Node) -> Iterator[Node]:
    """The variables that a declaration has."""
    for one in node.named_children:
        if one.type == "var_spec":
            yield one
        elif one.type == "var_spec_list":
            yield from specs_of(one)


def listed(node: Node | None, code: Code) -> Iterator[tuple[str, str]]:
    """The names and types of a list of parameters."""
    for one in node.named_children if node is not None else ():
        type_ = code.text(one.child_by_field_name("type"))
        type_ = f"...{type_}" if one.type == "variadic_parameter_declaration" else type_
        for name in one.children_by_field_name("name") or (None,):
            yield code.text(name), type_


def results_of(node: Node, code: Code) -> list[str]:
    """The names of what a function gives, where it has some."""
    result = node.child_by_field_name("result")
    if result is None or result.type != "parameter_list":
        return []
    return [name for name, _ in listed(result, code) if name]


def plain_text(node: Node, code: Code, without: str) -> str:
    """What stands at a node, without what is of some type: functions in it, or comments."""
    cuts = list(_outermost(node, without))
    ends = [node.start_byte, *(one.end_byte for one in cuts)]
    starts = [*(one.start_byte for one in cuts), node.end_byte]
    parts = (code.content[at:end] for at, end in zip(ends, starts, strict=True))
    return b"".join(parts).decode()


def _outermost(node: Node, kind: str) -> Iterator[Node]:
    if node.type == kind:
        yield node
        return
    for one in node.named_children:
        yield from _outermost(one, kind)


def compared(one: Any, other: Any) -> bool | None:
    """Whether two values are the same; None where nobody knows."""
    if NIL in (one, other):
        rest = other if one is NIL else one
        is_something = rest in (ERROR, FAILED) or isinstance(rest, (Thing, Closure, Method))
        return True if rest is NIL else False if is_something else None
    if EMPTY in (one, other):
        rest = other if one is EMPTY else one
        return True if rest is EMPTY else False if isinstance(rest, str) else None
    if isinstance(one, Value) or isinstance(other, Value):
        path, said = (one, other) if isinstance(one, Value) else (other, one)
        is_text = isinstance(said, str)
        return path.compared("is", said) if is_text and isinstance(path, Value) else None
    plain = (str, int, bool)
    return one == other if isinstance(one, plain) and isinstance(other, plain) else None


def negated(value: bool | None) -> bool | None:
    """The opposite; None where nobody knows."""
    return None if value is None else not value


def known(value: bool | None) -> Any:
    """A truth as a value."""
    return UNKNOWN if value is None else value


def by_name(called: str) -> tuple[Any, ...]:
    """What a call gives of which nothing is known but its name."""
    is_error = _ERRORS.search(called) and not _NO_ERRORS.search(called)
    return (ERROR,) if is_error else (UNKNOWN,) * _MOST_RESULTS
