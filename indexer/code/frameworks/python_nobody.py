"""Functions of Python, walked as who shows nothing walks them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from indexer.code.access import IDENTITY, LOGIN
from indexer.code.nobody import BACK, FAILED, ON, REFUSED, Nobody

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from indexer.code.syntax import Node, SourceFile

_401 = re.compile(
    r"\b(?:HTTP_)?401(?:_UNAUTHORIZED)?\b|\bUNAUTHORIZED\b|Unauthori[sz]ed\b|\bNotAuthenticated\b"
    r"|\bAuthenticationFailed\b|\.unauthori[sz]ed\(|\.needs_refresh\("
    r"|\bassert [^\n]{0,200}is_authenticated"
)
_403 = re.compile(r"\b(?:HTTP_)?403(?:_FORBIDDEN)?\b|\bFORBIDDEN\b|Forbidden\b|PermissionDenied")
TO_LOGIN = re.compile(
    rf"(?:\bredirect|Redirect(?:Response)?)(?:\d{{3}})?\([^\n]{{0,999}}(?:{LOGIN}|register|authenticate\b)"
    rf"|redirect_to_login|['\"]Location['\"]\s*+:[^\n]{{0,300}}{LOGIN}",
    re.IGNORECASE,
)
_ABORTS = re.compile(r"abort\(|\.unauthori[sz]ed\(|\.needs_refresh\(")
#: An answer that something is wrong with what was sent, with which nobody comes through either.
_WRONG = re.compile(
    r"return (?:(?![\w.]*?(?:get|list|show|last|find|read|load|render)_)[\w.]*?"
    r"(?:[eE]rror(?:_?[rR]esponse)?|[bB]ad_?[rR]equest(?:_?[rR]esponse)?)\("
    r"|[^\n]{0,999}\bstatus(?:_code)?=4(?!0[13])\d\d\b)"
)
#: What alone tells for sure that somebody is known, or is not.
SURELY = re.compile(r"\buser\.is_(?:authenticated|anonymous)\b")
_ADDRESS = re.compile(r"\brequest\.client\b|remote_addr|REMOTE_ADDR|\b(?:client_)?ip\b|ip_addr")
_LAST = frozenset({"return_statement", "raise_statement"})
_ASIDE = frozenset({"function_definition", "decorated_definition", "class_definition", "comment"})
_CLAUSES = frozenset({"elif_clause", "else_clause"})
_EMPTY = frozenset({"None", "False", '""', "''", "{}", "[]", "()"})
#: Expressions of which not all is done, with the part that is; of the others nothing surely is.
_SHORT = {
    "boolean_operator": 0,
    "conditional_expression": 1,
    "comparison_operator": 0,
    "list_comprehension": -1,
    "set_comprehension": -1,
    "dictionary_comprehension": -1,
    "generator_expression": -1,
}
_OF_CLASS = re.compile(r"(?:\w+\.)*[A-Z]\w*\(")
_CAUGHT = re.compile(r"\bexcept\b[^\n:]{0,300}+:")
#: What is asked of the request, or of what it carries: `if not token: token = cookies.get(...)`.
_SHOWN = re.compile(r"(?i)request|header|cookie|token|credential|session|query|param|form|body|key")
#: Parameters of a function that a framework gives what was sent, if that was sent.
_SENT = re.compile(r"\b(?:Depends|Security|Cookie|Header|Query)\(|:\s*Request\b")


class PythonNobody(Nobody):
    """A function of Python.

    Args:
        source: Its file.
        function: Its definition.
        who: The words that stand for who asks.
    """

    def __init__(self, source: SourceFile, function: Node, who: re.Pattern[str]) -> None:
        super().__init__(source, who)
        self._empty = set(self._sent(function))
        self.asked: list[str] = []  # what is called on every way
        self.called: list[str] = []  # what is called on some way
        self._made: dict[str, str] = {}  # by what a name was made
        self._put: set[str] = set()  # what stands for who asks, and is given an object
        self._given: set[str] = set()  # what was something before
        self._said: list[str] = []  # what is done on some way
        self._gave: set[bool | None] = set()  # whether what is given back is true
        self.ends = self.block(statements(function))

    @property
    def is_refused(self) -> bool:
        """Whether nobody comes through, and somebody is refused."""
        return REFUSED in self.ends and self.ends <= {REFUSED, FAILED}

    @property
    def is_denied(self) -> bool:
        """Whether a function that tells whether somebody may answers that nobody may."""
        return self._gave == {False} and ON not in self.ends

    @property
    def may_be_refused(self) -> bool:
        """Whether anything on the ways that nobody goes refuses somebody."""
        return any(map(refuses, self._said))

    def _sent(self, function: Node) -> Iterator[str]:
        """The parameters that are nothing if nothing was sent."""
        parameters = function.child_by_field_name("parameters")
        if parameters is None or not _SENT.search(self._text(parameters)):
            return
        for one in parameters.named_children:
            if self._text(one.child_by_field_name("value")) in _EMPTY:
                yield self._text(one.child_by_field_name("name"))

    def statement(self, node: Node, before: str) -> set[str]:
        """How one ends that has no others within it, behind what stands before it."""
        if node.type in _ASIDE:
            return {ON}
        self._note(node)
        said = self._text(node)
        first = node.named_children[0].type if node.named_children else ""
        if node.type in _LAST or first == "yield" or _ABORTS.search(said):
            is_back = node.type == "return_statement" or first == "yield"
            if is_back:
                given = node.named_children[0] if node.named_children else None
                self._gave.add(self.truth(given) if given is not None else False)
            is_back = is_back and not _WRONG.match(said)
            return {REFUSED if refuses(before + said) else BACK if is_back else FAILED}
        if node.type == "assert_statement" and self.truth(node.named_children[0]) is False:
            return {REFUSED}
        self._assign(node)
        return {ON}

    def truth(self, node: Node, *, is_401: bool = False) -> bool | None:
        """As for any language; open of what the function itself puts where who asks is told."""
        asked = self._text(node)
        if any(re.search(rf"(?<![\w.]){re.escape(one)}(?!\w)", asked) for one in self._put):
            return None
        return super().truth(node, is_401=is_401)

    def _loop(self, node: Node) -> set[str]:
        return {ON} | self.maybe(_body(node))

    def _match(self, node: Node) -> set[str]:
        found = {ON}
        for one in _body(node):
            found |= self.maybe(_body(one, "consequence"))
        return found

    def _with(self, node: Node) -> set[str]:
        return self.block(_body(node))

    def _note(self, node: Node, *, is_sure: bool = True) -> None:
        self._said.append(self._text(node))
        self.called += map(self._name, _calls(node))
        if self._is_certain and is_sure:
            self.asked += map(self._name, _calls(node, surely=True))

    def _name(self, call: Node) -> str:
        name = self._text(call.child_by_field_name("function"))
        return f"{self._made[name]}.__call__" if name in self._made else name

    def _assign(self, node: Node) -> None:
        for one in node.named_children:
            left = self._text(one.child_by_field_name("left"))
            right = one.child_by_field_name("right")
            if one.type != "assignment" or right is None:
                continue
            if right.type == "call":
                self._made[left] = self._text(right.child_by_field_name("function"))
            stands_in = left in self._given and not self._is_certain
            if _OF_CLASS.match(said := self._text(right)) or (
                stands_in and said not in _EMPTY and not _SHOWN.search(said)
            ):
                self._put.add(left)
            self._given.add(left)
            if self._text(right) in _EMPTY and self._is_certain:
                self._empty.add(left)
            else:
                self._empty.discard(left)

    def _if(self, node: Node) -> set[str]:
        ends: set[str] = set()
        is_open = False  # whether what stands before may have been gone through
        for one in (node, *(each for each in node.named_children if each.type in _CLAUSES)):
            condition = one.child_by_field_name("condition")
            if condition is not None:
                self._note(condition, is_sure=not is_open)
            body = _body(one, "body" if one.type == "else_clause" else "consequence")
            inside = " ".join(map(self._text, body))
            is_401 = self._who is IDENTITY and bool(_401.search(inside))
            holds = True if condition is None else self._holds(condition, is_401=is_401)
            if holds is False:
                continue
            if holds and not is_open:
                return ends | self.block(body)
            ends |= self.maybe(body)
            if holds:
                return ends
            is_open = True
        return ends | {ON}

    def _try(self, node: Node) -> set[str]:
        ends = self.maybe(_body(node))
        for one in node.named_children:
            if one.type in {"except_clause", "except_group_clause"}:
                ends |= self.maybe(one.named_children[-1].named_children)
            elif one.type in {"else_clause", "finally_clause"} and ON in ends:
                inner = one.named_children[-1].named_children
                ends = (ends - {ON}) | self.maybe(inner)
        return ends

    def _holds(self, condition: Node, *, is_401: bool) -> bool | None:
        said = self._text(condition)
        if self._who is SURELY and _ADDRESS.search(said) and not IDENTITY.search(said):
            return False  # who is refused for where he asks from has nothing to show
        return self.truth(condition, is_401=is_401)

    within: ClassVar[dict[str, Callable[..., set[str]]]] = {
        "if_statement": _if,
        "try_statement": _try,
        "with_statement": _with,
        "for_statement": _loop,
        "while_statement": _loop,
        "match_statement": _match,
    }


def refuses(said: str) -> bool:
    """Whether statements refuse somebody: the errors that are only caught do not."""
    said = _CAUGHT.sub("", said)
    return any(one.search(said) for one in (_401, _403, TO_LOGIN))


def statements(function: Node) -> Iterator[Node]:
    """What a function does, without what is said about it."""
    for one in _body(function):
        if one.type != "comment" and not (
            one.type == "expression_statement" and one.named_children[0].type == "string"
        ):
            yield one


def _body(node: Node, field: str = "body") -> list[Node]:
    body = node.child_by_field_name(field)
    return body.named_children if body is not None else []


def _calls(node: Node, *, surely: bool = False) -> Iterator[Node]:
    """What a statement calls, but not what functions within it do; or only what it surely does."""
    if node.type == "call":
        yield node
    inner = node.named_children if node.type != "lambda" else []
    if surely and node.type in _SHORT:  # of `a or b` the first, of `a if b else c` what is asked
        at = _SHORT[node.type]
        inner = inner[at : at + 1] if at >= 0 else []
    for one in inner:
        yield from _calls(one, surely=surely)
