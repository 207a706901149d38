"""Functions of Go that see requests, walked as who shows nothing walks them.

What methods make one after the other is known by what they do: fields that a constructor, or a
method that gives the same object or a copy of it, sets to what stands in the code.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar

from indexer.code.frameworks.go_middleware import is_of_others
from indexer.code.frameworks.go_nobody import (
    ANSWER,
    EMPTY,
    NEXT,
    NIL,
    REQUEST,
    UNKNOWN,
    given_to_nobody,
    same,
)
from indexer.code.frameworks.go_values import DEEPEST, Asked, GoValues, zero_of
from indexer.code.frameworks.go_way import (
    Closure,
    Code,
    Method,
    NotFollowed,
    State,
    Thing,
    Way,
    by_name,
    compared,
    declared_in,
    listed,
    plain_text,
    results_of,
    specs_of,
    statements_in_case,
    statements_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from indexer.code.syntax import Node

_MOST_WAYS = 64
_MOST_ROUNDS = 12  # of a loop over what is known
_MOST_MADE = 3  # functions that give each other before one sees a request
_REFUSED = re.compile(
    r"\b401\b|(?i:unauthori[sz]ed|not_?signed_?in|not_?logged_?in|unauthenticated"
    r"|not_?authenticated|login_?required|redirect.{0,200}(?:login|sign_?in))",
    re.DOTALL,
)
_REQUEST = re.compile(r"gin\.Context|echo\.Context|http\.Request\b")
_HANDLER = re.compile(r"Handler(?:Func)?\b|^func\(")
_GOES_ON = re.compile(r"\bServeHTTP\b|\.Next\(\)|\bnext\w*\(|\bh(?:andler)?\w*\(")
#: A call that only says of which type its argument is.
_OF_TYPE = re.compile(r"(?:\w+\.)?(?:Handler(?:Func)?|MiddlewareFunc|string)")


_SAME_REQUEST = re.compile(r"^\w+\.Request(?:\(\))?\.(?:WithContext|Clone)\(")
#: What is asked of a request.
_ASKED_FOR = re.compile(
    r"\.(?:URL|Header|Request|Method|Form|PostForm|RequestURI|RemoteAddr|Host)\b|^\*"
)
_MOST_STEPS = 20_000  # statements on all ways of an outcome


class GoWalk(GoValues):
    """The functions of a project, as far as their code is kept."""

    def outcome(self, path: str, within: str, text: str, asked: Asked) -> str:
        """What is done with who shows nothing: "refused", "passes", or "" where nobody knows.

        Args:
            path: The file in which something is put before a handler.
            within: The function of it.
            text: What is put there.
            asked: The request.
        """
        if (known := self._outcomes.get((path, within, text))) is not None:
            outcome, self.by_default = known
            return outcome
        self._asked, self.by_default, self._is_of_request = asked, set(), False
        self._is_doubted, self._steps = False, 0
        outcome = self._outcome(path, within, text)
        if not self._is_of_request:
            self._outcomes[path, within, text] = outcome, self.by_default
        return outcome

    def _outcome(self, path: str, within: str, text: str) -> str:
        found = self.expression(path, within, text)
        if found is None:
            return ""
        try:
            outcome = self._put_before(self.value(found[1], found[0], {}, 0), 0)
        except NotFollowed:
            return ""
        return "" if outcome == "passes" and self._is_doubted else outcome

    def _put_before(self, made: Any, depth: int) -> str:
        """What a value does that is put before a handler."""
        node, code, _ = self._function_of(made)
        if node is None or code is None or depth > _MOST_MADE:
            return ""
        types = [type_ for _, type_ in listed(node.child_by_field_name("parameters"), code)]
        given = list(map(_argument, types))
        self._ends_alone = ANSWER not in given  # by what it is given of the request
        ways = self._run(made, given, 0)
        if REQUEST in given:
            said = plain_text(node, code, "comment")
            if is_of_others(said):
                return "passes"
            is_gin = any("gin.Context" in one for one in types)
            return _ended([one.state for one in ways], is_gin=is_gin, said=said)
        gave = [one.gave[0] if one.gave else UNKNOWN for one in ways]
        if not gave or any(one.state != State() for one in ways):
            return ""
        different = gave[:1] if all(same(one, gave[0]) for one in gave) else gave
        outcomes = {self._put_before(self._served(one), depth + 1) for one in different}
        return outcomes.pop() if len(outcomes) == 1 else ""

    def _served(self, made: Any) -> Any:
        """The method by which a value answers requests; any other value as it is."""
        if not isinstance(made, Thing) or made.type_ is None:
            return made
        place = self._names.of_type(made.type_, "ServeHTTP")
        return Method(place, made) if place else UNKNOWN

    def _function_of(self, made: Any) -> tuple[Node | None, Code | None, Any]:
        """The function that a value is, if its code is known, and what it is a method of."""
        if isinstance(made, Closure):
            return made.node, made.code, UNKNOWN
        code = self.function(made.place) if isinstance(made, Method) else None
        return (code.root.named_children[-1], code, made.owner) if code else (None, None, UNKNOWN)

    def _run(self, made: Any, given: list[Any], depth: int) -> list[Way]:
        """How the ways through a function end that is called so."""
        node, code, owner = self._function_of(made)
        body = node.child_by_field_name("body") if node is not None else None
        if node is None or code is None or body is None or depth > DEEPEST:
            return [Way({}, State(is_unsure=True))]
        if not self.is_followed(node, code):
            raise NotFollowed
        names = dict(made.names) if isinstance(made, Closure) else {}
        named = results_of(node, code)
        names |= dict.fromkeys(named, UNKNOWN)
        for at, (name, type_) in enumerate(listed(node.child_by_field_name("parameters"), code)):
            rest = given[at:] if type_.startswith("...") else given[at : at + 1]
            names[name] = tuple(rest) if type_.startswith("...") else (*rest, UNKNOWN)[0]
        for name, type_ in listed(node.child_by_field_name("receiver"), code):
            is_known = owner is not UNKNOWN
            names[name] = owner if is_known else Thing(self._names.type_of(code.path, type_))
        ways = self._block(statements_of(body), code, [Way(names, State())], depth)
        return [
            one._replace(gave=tuple(one.names.get(name, UNKNOWN) for name in named))
            if named and one.left == "return" and not one.gave
            else one
            for one in ways
        ]

    def _block(
        self, statements: Iterable[Node], code: Code, ways: list[Way], depth: int
    ) -> list[Way]:
        """The ways through statements, those that left it too."""
        done: list[Way] = []
        for one in statements:
            walk = self._statements.get(one.type)
            self._steps += len(ways)
            if walk is None or self._steps > _MOST_STEPS:
                raise NotFollowed
            following = [each for way in ways for each in walk(self, one, code, way, depth)]
            done += [each for each in following if each.left]
            ways = [each for each in following if not each.left]
            if len(ways) + len(done) > _MOST_WAYS:
                raise NotFollowed
        return done + ways

    def _scoped(self, statements: list[Node], code: Code, way: Way, depth: int) -> list[Way]:
        """The ways through a block of its own, whose variables are gone behind it."""
        own = set(declared_in(statements, code))
        ways = self._block(statements, code, [way.apart()], depth)
        return [one.back(way.names, own) for one in ways] if own else ways

    def _inner(self, node: Node, code: Code, way: Way, depth: int) -> list[Way]:
        return self._scoped(statements_of(node), code, way, depth)

    def _counted(self, node: Node, code: Code, way: Way, _: int) -> list[Way]:
        return [way.without({code.text(node.named_children[0])})]

    def _aside(self, _: Node, __: Code, way: Way, ___: int) -> list[Way]:
        return [way]

    def _left(self, node: Node, _: Code, way: Way, __: int) -> list[Way]:
        return [way._replace(left=node.type.partition("_")[0])]

    def _expression(self, node: Node, code: Code, way: Way, depth: int) -> list[Way]:
        if _refuses(node, code):
            way = way._replace(state=way.state._replace(is_told=True))
        ways = self.call_ways(node.named_children[0], code, way, depth)
        return [one._replace(gave=()) for one in ways]

    def _if(self, node: Node, code: Code, way: Way, depth: int) -> list[Way]:
        first = node.child_by_field_name("initializer")
        initial = [first] if first is not None else []
        ways = self._block(initial, code, [way.apart()], depth)
        other = node.child_by_field_name("alternative")
        found: list[Way] = []
        for one in ways:
            condition = node.child_by_field_name("condition")
            holds = self.truth(condition, code, one.names, depth)
            if holds is not False:
                body = statements_of(node.child_by_field_name("consequence"))
                found += self._scoped(body, code, one, depth)
            if holds is not True:
                rest = [other] if other is not None else []
                found += self._scoped(rest, code, one, depth)
        own = set(declared_in(initial, code))
        return [one.back(way.names, own) for one in found] if own else found

    def _return(self, node: Node, code: Code, way: Way, depth: int) -> list[Way]:
        said = node.named_children[0].named_children if node.named_children else []
        said = [one for one in said if one.type != "comment"]
        way = _noted(node, code, way)
        if len(said) == 1 and said[0].type == "call_expression":
            ways = self.call_ways(said[0], code, way, depth)
            return [one._replace(left="return") for one in ways]
        gave = tuple(self.value(one, code, way.names, depth) for one in said)
        return [way._replace(left="return", gave=gave)]

    def _assign(self, node: Node, code: Code, way: Way, depth: int) -> list[Way]:
        left, right = (node.child_by_field_name(one) for one in ("left", "right"))
        names = left.named_children if left is not None else []
        values = right.named_children if right is not None else []
        if right is not None and _SAME_REQUEST.match(code.text(right)):
            return [way]
        if not {"=", ":="} & {one.type for one in node.children}:  # `+=`
            return [self._put(names, [UNKNOWN] * len(names), code, way)]
        if len(values) == 1 and values[0].type == "call_expression":
            ways = self.call_ways(values[0], code, way, depth)
            return [
                self._put(names, [one.given(at, len(names)) for at in range(len(names))], code, one)
                for one in ways
            ]
        made = [self.value(one, code, way.names, depth) for one in values]
        if any(isinstance(one, Thing) for one in made):  # it is one thing, of two names now
            shared = {code.text(one).lstrip("&*") for one in values} & way.names.keys()
            way = way.without(shared)
            made = [
                UNKNOWN if code.text(v).lstrip("&*") in shared else m
                for v, m in zip(values, made, strict=True)
            ]
        if len(names) == 2 and len(made) == 1:  # `x, ok := y[z]`, `y.(T)`
            made = [NIL, False] if made[0] is NIL else [UNKNOWN, UNKNOWN]
        return [self._put(names, made, code, way)]

    def _put(self, names: list[Node], values: list[Any], code: Code, way: Way) -> Way:
        """A way on which things are called so; of a field of what is known the field is."""
        way = way.apart()._replace(gave=())
        for name, value in zip(names, values, strict=False):
            root, *fields = code.text(name).split(".")
            thing = way.names.get(root)
            if name.type != "identifier" and _is_seen(thing, code.text(name)):
                raise NotFollowed
            if name.type == "identifier":
                way.names[root] = UNKNOWN if root in self.addressed(code) else value
            elif isinstance(thing, Thing) and all(map(str.isidentifier, fields)):
                way.names[root] = thing.having(fields, value)
        return way

    def _declare(self, node: Node, code: Code, way: Way, depth: int) -> list[Way]:
        for spec in specs_of(node):
            values = spec.child_by_field_name("value")
            said = values.named_children if values is not None else []
            names = spec.children_by_field_name("name")
            zero = zero_of(code.text(spec.child_by_field_name("type")))
            made = [self.value(one, code, way.names, depth) for one in said] or [zero] * len(names)
            way = self._put(names, made if len(made) == len(names) else [], code, way)
        return [way]

    def _for(self, node: Node, code: Code, way: Way, depth: int) -> list[Way]:
        clause = next((one for one in node.named_children if one.type == "range_clause"), None)
        body = statements_of(node.child_by_field_name("body"))
        left = clause.child_by_field_name("left") if clause is not None else None
        names = [code.text(one) for one in (left.named_children if left is not None else ())]
        right = clause.child_by_field_name("right") if clause is not None else None
        over = self.value(right, code, way.names, depth)
        over = () if over in (NIL, EMPTY) else over
        if not isinstance(over, tuple) or len(over) > _MOST_ROUNDS or UNKNOWN in over:
            gone = way._replace(names=way.names | dict.fromkeys(names, UNKNOWN))
            inside = self._scoped(body, code, gone, depth)  # once, with what nobody knows
            return [way, *(_out_of(one, "break", "continue") for one in inside)]
        found, ways = [], [way]
        for each in over:
            given = dict(zip(names, (UNKNOWN, each), strict=False))
            gone_all = [one._replace(names=one.names | given) for one in ways]
            inside = [
                _out_of(one, "continue")
                for gone in gone_all
                for one in self._scoped(body, code, gone, depth)
            ]
            found += [_out_of(one, "break") for one in inside if one.left]
            ways = [one for one in inside if not one.left]
        return found + ways

    def _switch(self, node: Node, code: Code, way: Way, depth: int) -> list[Way]:
        """The ways through each case that may be, and past all where none has to be."""
        if node.child_by_field_name("initializer") is not None:
            raise NotFollowed
        value = node.child_by_field_name("value")
        found: list[Way] = []
        default: list[Way] | None = None
        for case in node.named_children:
            if case.type == "default_case":
                default = self._case(case, code, way, depth)
            elif case.type.endswith("_case"):
                holds = self._holds(value, case, code, way, depth)
                if holds is not False:
                    found += self._case(case, code, way, depth)
                if holds:
                    return found
        return found + ([way] if default is None else default)

    def _holds(
        self, value: Node | None, case: Node, code: Code, way: Way, depth: int
    ) -> bool | None:
        """Whether a case is gone through; None where nobody knows."""
        said = case.child_by_field_name("value") if case.type == "expression_case" else None
        if said is None:
            return None
        if value is None:
            all_ = {self.truth(one, code, way.names, depth) for one in said.named_children}
        else:
            what = self.value(value, code, way.names, depth)
            others = [self.value(one, code, way.names, depth) for one in said.named_children]
            all_ = {compared(what, one) for one in others}
        return True if True in all_ else None if None in all_ else False

    def _case(self, case: Node, code: Code, way: Way, depth: int) -> list[Way]:
        ways = self._scoped(statements_in_case(case), code, way, depth)
        return [_out_of(one, "break") for one in ways]

    def call_ways(self, node: Node, code: Code, way: Way, depth: int) -> list[Way]:
        """The ways through a call that stands for itself, with what each gives."""
        if node.type != "call_expression":
            return [way._replace(gave=(self.value(node, code, way.names, depth),))]
        way = _noted(node, code, way)
        state = way.state
        function, inner = (node.child_by_field_name(one) for one in ("function", "arguments"))
        called = " ".join(code.text(function).split())
        nodes = [one for one in (inner.named_children if inner else ()) if one.type != "comment"]
        given = [self.value(one, code, way.names, depth) for one in nodes]
        owner, _, member = called.rpartition(".")
        root = way.names.get(owner)
        is_over = called == "panic" or (root is REQUEST and member.startswith("Abort"))
        if is_over or (root is REQUEST and member == "Next"):
            left = "return" if called == "panic" else ""
            return [way._replace(state=state.over() if is_over else state.on(), left=left)]
        made = self.value(function, code, way.names, depth)
        if member == "ServeHTTP" and function is not None and not isinstance(made, Method):
            made = self.value(function.child_by_field_name("operand"), code, way.names, depth)
        if made is NEXT or (member == "ServeHTTP" and self._function_of(made)[0] is None):
            state = state if made is NEXT else state.unsure()  # what is put around it may end it
            return [way._replace(state=state.on(), gave=(UNKNOWN,))]
        said = [code.text(one) for one in nodes]
        is_of_type = len(given) == 1 and _OF_TYPE.fullmatch(called)
        way = way.without({one for one in said if isinstance(way.names.get(one), Thing)})
        if self._may_change(root, [member]):
            way = way.without({owner})
        if not is_of_type and self._function_of(made)[0] is not None:
            return self._through(made, given, way, depth)
        gave = (given[0],) if is_of_type else given_to_nobody(called, given, said, root)
        if gave is not None:
            return [way._replace(gave=gave)]
        if any(one is NEXT or isinstance(one, Closure) for one in given):
            state = state.unsure().on()
        elif ANSWER in given or (REQUEST in given and self._ends_alone):
            state = state.unsure()
        return [way._replace(state=state, gave=by_name(called))]

    def _through(self, made: Any, given: list[Any], way: Way, depth: int) -> list[Way]:
        """The ways through a function whose code is known, of those that end alike one."""
        found: dict[str, Way] = {}
        for one in self._run(made, given, depth + 1):
            own = way._replace(state=way.state.beside(one.state), gave=one.gave)
            found.setdefault(f"{own.state}{own.gave}", own)
        return list(found.values())

    _statements: ClassVar[dict[str, Callable[..., list[Way]]]] = {
        "if_statement": _if,
        "return_statement": _return,
        "block": _inner,
        "statement_list": _inner,
        "short_var_declaration": _assign,
        "assignment_statement": _assign,
        "var_declaration": _declare,
        "for_statement": _for,
        "expression_switch_statement": _switch,
        "type_switch_statement": _switch,
        "select_statement": _switch,
        "break_statement": _left,
        "continue_statement": _left,
        "expression_statement": _expression,
        "defer_statement": _aside,
        "empty_statement": _aside,
        "const_declaration": _aside,
        "inc_statement": _counted,
        "dec_statement": _counted,
    }


def _is_seen(thing: Any, said: str) -> bool:
    """Whether something is changed that may be asked for under another name."""
    if thing is REQUEST:
        return bool(_ASKED_FOR.search(said))
    return not isinstance(thing, Thing) or "[" in said or said.startswith("*")


def _argument(type_: str) -> Any:
    """What a function is given that is put before a handler."""
    if _HANDLER.search(type_):
        return NEXT
    if "http.ResponseWriter" in type_:
        return ANSWER
    return REQUEST if _REQUEST.search(type_) else UNKNOWN


def _noted(node: Node, code: Code, way: Way) -> Way:
    """A way on which it is known whether what is done refuses somebody."""
    is_refused = way.state.is_refused or _refuses(node, code)
    return way._replace(state=way.state._replace(is_refused=is_refused))


def _refuses(node: Node, code: Code) -> bool:
    return bool(_REFUSED.search(plain_text(node, code, "func_literal")))


def _out_of(way: Way, *left: str) -> Way:
    return way._replace(left="") if way.left in left else way


def _ended(states: list[State], *, is_gin: bool, said: str) -> str:
    """What all ways have in common through something that is put before a handler."""
    if all(not one.is_over if is_gin else one.is_on for one in states):
        return "" if any(one.is_unsure or one.is_told for one in states) else "passes"
    is_over = all(one.is_over if is_gin else not one.is_on for one in states)
    if is_over and any(one.is_refused for one in states):
        return "refused" if is_gin or _GOES_ON.search(said) else ""
    return ""
