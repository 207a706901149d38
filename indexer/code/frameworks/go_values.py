"""What expressions of Go are, as far as it is known, for who shows nothing."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from indexer.code.frameworks.go_nobody import (
    EMPTY,
    ERROR,
    NEXT,
    NIL,
    REQUEST,
    SESSION,
    UNKNOWN,
    Value,
    is_of_who,
    is_true,
    same,
)
from indexer.code.frameworks.go_way import (
    Closure,
    Code,
    Method,
    NotFollowed,
    State,
    Thing,
    Way,
    addressed,
    compared,
    is_followed,
    known,
    negated,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from indexer.code.frameworks.go_functions import Names
    from indexer.code.syntax import Node
    from memory.code.codebase import CodePlace

DEEPEST = 8  # functions that call each other
_OF_PATH = re.compile(r"\.(?:URL\.Path|RequestURI)$")
_OF_METHOD = re.compile(r"\b\w+(?:\.Request(?:\(\))?)?\.Method$")
_METHOD = re.compile(r"^http\.Method(\w+)$")
_NAMED_ERROR = re.compile(
    r"[eE]rr(?!Count|Handler|Code|Msg|Message|Chan|Group|Text|Log|Resp|Fmt)[A-Z]"
)
_CONSTANTS: dict[str, Any] = {"nil": NIL, "true": True, "false": False}
_ZEROS: dict[str, Any] = {"bool": False, "string": EMPTY, "error": NIL}
_ORDER: dict[str, Callable[[int, int], bool]] = {
    "<": lambda one, other: one < other,
    ">": lambda one, other: one > other,
    "<=": lambda one, other: one <= other,
    ">=": lambda one, other: one >= other,
}


class Asked(NamedTuple):
    """The request that is walked with."""

    method: str
    path: str  # of the route, with `{name}` for parameters
    is_stripped: bool  # whether some of it may be taken away before


class GoValues:
    """Expressions of a project.

    Args:
        names: What names mean.
        code: The text of functions.
        held: What a variable of a function stands for, with its place; None where that may change.
        settled: What a variable of a package is unless it is set from outside.
    """

    def __init__(
        self,
        names: Names,
        code: dict[CodePlace, str],
        held: Callable[[str, str, str], tuple[str, str, str] | None],
        settled: Callable[[CodePlace], bool | None],
    ) -> None:
        self._names, self._code, self._held, self._settled = names, code, held, settled
        self._asked = Asked("", "", is_stripped=False)
        self._is_of_request = False  # whether the last answer rests on the request
        self._is_doubted = False  # whether something is asked that may end it
        self._ends_alone = True  # whether who has the request may end it
        self._steps = 0  # statements that were walked for the last answer
        self.by_default: set[str] = set()  # settings on which the last answer rests
        #: By file, function and text: what holds for each request, and on which settings it rests.
        self._outcomes: dict[tuple[str, str, str], tuple[str, set[str]]] = {}
        self.function = cache(self._read_function)  # by its place
        self.is_followed = cache(is_followed)  # by its node and code
        self.addressed = cache(addressed)  # by the code
        self.expression = cache(Code.of_value)  # by its file, function and text

    def _read_function(self, place: CodePlace) -> Code | None:
        text = self._code.get(place)
        return Code.of(place.path, place.symbol, text) if text else None

    def call_ways(self, node: Node, code: Code, way: Way, depth: int) -> list[Way]:
        """The ways through a call that stands for itself, with what each gives."""
        raise NotImplementedError

    def value(self, node: Node | None, code: Code, names: dict[str, Any], depth: int) -> Any:
        """What an expression is, as far as it is known."""
        if node is None or depth > DEEPEST:
            return UNKNOWN
        of_type = self._kinds.get(node.type)
        return of_type(self, node, code, names, depth) if of_type else UNKNOWN

    def _constant(self, node: Node, code: Code, _: dict[str, Any], __: int) -> Any:
        return _CONSTANTS[code.text(node)]

    def _text(self, node: Node, code: Code, _: dict[str, Any], __: int) -> Any:
        said = code.text(node)
        return UNKNOWN if "\\" in said and said[0] == '"' else said[1:-1] or EMPTY

    def _number(self, node: Node, code: Code, _: dict[str, Any], __: int) -> Any:
        said = code.text(node)
        return int(said) if re.fullmatch(r"0|[1-9][0-9]{0,8}", said) else UNKNOWN

    def _function(self, node: Node, code: Code, names: dict[str, Any], _: int) -> Any:
        return Closure(node, code, names)

    def _inside(self, node: Node, code: Code, names: dict[str, Any], depth: int) -> Any:
        return self.value(node.named_children[0], code, names, depth)

    def _signed(self, node: Node, code: Code, names: dict[str, Any], depth: int) -> Any:
        inner = node.named_children[-1]
        if code.text(node).startswith("!"):
            return known(negated(self.truth(inner, code, names, depth)))
        return self.value(inner, code, names, depth) if code.text(node)[0] == "&" else UNKNOWN

    def _condition(self, node: Node, code: Code, names: dict[str, Any], depth: int) -> Any:
        return known(self.truth(node, code, names, depth))

    def _called(self, node: Node, code: Code, names: dict[str, Any], depth: int) -> Any:
        ways = self.call_ways(node, code, Way(names, State()), depth)
        if any(one.state.is_on or one.state.is_over or one.state.is_told for one in ways):
            raise NotFollowed  # what it does is seen by none who asks for its value
        self._is_doubted |= any(one.state.is_unsure for one in ways)
        gave = [one.gave[0] if one.gave else UNKNOWN for one in ways]
        is_one = gave and all(same(one, gave[0]) for one in gave)
        return gave[0] if is_one else UNKNOWN

    def _element(self, node: Node, code: Code, names: dict[str, Any], depth: int) -> Any:
        owner, *at = (self.value(one, code, names, depth) for one in node.named_children)
        root, _, member = code.text(node.named_children[0]).partition(".")
        if names.get(root) is REQUEST and member in {"Header", "Form", "PostForm"} and at:
            return NIL if is_of_who(code.text(node.named_children[1])) else UNKNOWN
        if isinstance(owner, tuple) and at and type(at[0]) is int and at[0] < len(owner):
            return owner[at[0]]
        return NIL if owner in (SESSION, NIL, EMPTY) else UNKNOWN

    def _literal(self, node: Node, code: Code, names: dict[str, Any], depth: int) -> Any:
        type_, body = (node.child_by_field_name(one) for one in ("type", "body"))
        inner = [one for one in (body.named_children if body else ()) if one.type != "comment"]
        if type_ is not None and type_.type == "slice_type":
            return tuple(self.value(_within(one), code, names, depth) for one in inner)
        place = self._names.type_of(code.path, code.text(type_))
        own = self._names.fields_of(place) if place else []
        fields: dict[str, Any] = {}
        for at, one in enumerate(inner):
            is_keyed = one.type == "keyed_element"
            name = code.text(one.named_children[0]) if is_keyed else "".join(own[at : at + 1])
            value = one.named_children[-1] if is_keyed else one
            fields[name] = self.value(_within(value), code, names, depth)
        return Thing(place, fields)

    def _field(self, node: Node, code: Code, names: dict[str, Any], depth: int) -> Any:
        said = code.text(node)
        if method := _METHOD.match(said):
            return method[1].upper()
        owner = self.value(node.child_by_field_name("operand"), code, names, depth)
        member = code.text(node.child_by_field_name("field"))
        if owner is NEXT and member == "ServeHTTP":
            return NEXT
        if owner in (SESSION, NIL) and member == "Values":
            return SESSION
        if isinstance(owner, Thing):
            return self._of_thing(owner, member)
        root = said.partition(".")[0]
        if names.get(root) is REQUEST:
            return self._of_request(said)
        return UNKNOWN if root in names else self._named(said, code, depth)

    def _of_request(self, said: str) -> Any:
        self._is_of_request = True
        if _OF_PATH.search(said):
            return Value("path", self._asked)
        is_known = self._asked.method not in {"", "ANY"}
        return self._asked.method if is_known and _OF_METHOD.search(said) else UNKNOWN

    def _may_change(self, value: Any, uses: list[str]) -> bool:
        """Whether a thing is another after what is called of it; "" for who is handed it."""
        if not isinstance(value, Thing):
            return False
        type_ = value.type_.symbol if value.type_ else ""
        if any(self._names.changes(type_, one) for one in uses):
            return True
        within = (one.type_ for one in value.fields.values() if isinstance(one, Thing))
        types = {type_, *(one.symbol for one in within if one)}
        is_changed = any(map(self._names.is_changed, types))
        return "" in uses and (is_changed or any(map(self._names.sets, value.fields)))

    def _of_thing(self, owner: Thing, member: str) -> Any:
        if owner.type_ and self._names.sets(member) - {owner.type_.path}:
            return UNKNOWN  # another file gives a field of that name something
        if member in owner.fields:
            return owner.fields[member]
        if owner.type_ and (place := self._names.of_type(owner.type_, member)):
            return Method(place, owner)
        if not owner.fields or owner.type_ is None:
            return UNKNOWN
        return zero_of(self._names.field_type(owner.type_, member))  # that is not set

    def _name(self, node: Node, code: Code, names: dict[str, Any], depth: int) -> Any:
        said = code.text(node)
        return names[said] if said in names else self._named(said, code, depth)

    def _named(self, said: str, code: Code, depth: int) -> Any:
        """What a name is that no variable of what is walked has."""
        if (held := self._held(code.path, code.symbol, said)) is not None:
            other = self.expression(*held)
            value = self.value(other[1], other[0], {}, depth + 1) if other else UNKNOWN
            uses = self._names.uses(code.path, code.symbol, said)
            return UNKNOWN if self._may_change(value, uses) else value
        place = self._names.function(code.path, code.symbol, said)
        if place is not None and place in self._code:
            return Method(place, UNKNOWN)
        variable = self._names.variable(code.path, said)
        default = self._settled(variable) if variable else None
        if default is not None:
            self.by_default.add(said)
            return default
        return ERROR if _NAMED_ERROR.match(said.rpartition(".")[2]) else UNKNOWN

    def truth(
        self, node: Node | None, code: Code, names: dict[str, Any], depth: int
    ) -> bool | None:
        """Whether a condition holds for who shows nothing; None where nobody knows."""
        while node is not None and node.type == "parenthesized_expression":
            node = node.named_children[0]
        if node is None or node.type != "binary_expression":
            return is_true(self.value(node, code, names, depth))
        left, right = (node.child_by_field_name(one) for one in ("left", "right"))
        sign = code.text(node.child_by_field_name("operator"))
        if sign in {"&&", "||"}:
            decisive = sign == "||"
            both = []
            for one in (left, right):
                both.append(self.truth(one, code, names, depth))
                if both[-1] is decisive:
                    return decisive
            return None if None in both else not decisive
        one, other = (self.value(each, code, names, depth) for each in (left, right))
        if sign in {"==", "!="}:
            found = compared(one, other)
            return negated(found) if sign == "!=" else found
        is_number = type(one) is int and type(other) is int
        return _ORDER[sign](one, other) if is_number and sign in _ORDER else None

    _kinds: ClassVar[dict[str, Callable[..., Any]]] = {
        "nil": _constant,
        "true": _constant,
        "false": _constant,
        "interpreted_string_literal": _text,
        "raw_string_literal": _text,
        "int_literal": _number,
        "func_literal": _function,
        "parenthesized_expression": _inside,
        "unary_expression": _signed,
        "binary_expression": _condition,
        "composite_literal": _literal,
        "call_expression": _called,
        "index_expression": _element,
        "type_assertion_expression": _element,
        "selector_expression": _field,
        "identifier": _name,
    }


def zero_of(type_: str) -> Any:
    """What a variable of a type is that is not set."""
    return NIL if type_.startswith(("*", "[]", "map[")) else _ZEROS.get(type_, UNKNOWN)


def _within(node: Node) -> Node:
    """The expression of an element of a literal."""
    is_around = node.type == "literal_element" and node.named_children
    return node.named_children[0] if is_around else node
