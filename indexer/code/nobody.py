"""Which ways through a function somebody goes who shows nothing, and how they end."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from indexer.code.access import ON_SETTINGS, asks_who

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from indexer.code.syntax import Node, SourceFile

#: What is asked about a check, not about who asks: `if require_auth:`.
_ABOUT = re.compile(
    r"require|skip|need|must|use_|no_|optional|disable|exempt|ignore", re.IGNORECASE
)
#: Which route it is that somebody asks for; the texts beside it are paths and names, not who asks.
_SERVED = re.compile(r"\breq(?:uest)?\.(?:path|full_path|url\w*|originalUrl|endpoint|blueprint)\b")
_TEXT = re.compile(r"(['\"])[^'\"]*+\1")
_INNER = frozenset({"parenthesized_expression", "await", "await_expression", "named_expression"})
_NOT = frozenset({"not_operator", "unary_expression", "unary_op_expression"})
_TWO = frozenset({"boolean_operator", "binary_expression", "comparison_operator"})
_AND, _OR = frozenset({"and", "&&"}), frozenset({"or", "||"})
_SAME = {"==": True, "===": True, "is": True, "in": True,
         "!=": False, "!==": False, "is not": False, "not in": False, "<>": False}  # fmt: skip
_NOTHING = frozenset({"none", "null", "null_literal", "undefined", "nil", "false"})
_VALUES = frozenset("identifier attribute call subscript member_expression call_expression "
    "subscript_expression method_invocation field_access selector_expression index_expression "
    "variable_name member_access_expression member_call_expression function_call_expression "
    "scoped_call_expression nullsafe_member_access_expression".split())  # fmt: skip
#: How a way ends: on to what stands behind, back to who called, in a refusal, or in another error.
ON, BACK, REFUSED, FAILED = "on", "back", "refused", "failed"


class Nobody:
    """A function, walked as who shows nothing walks it.

    Args:
        source: Its file.
        who: The words that stand for who asks.
        empty: The names of what is nothing, as nothing was sent.
    """

    #: What walks each kind of statement that has others within it.
    within: ClassVar[dict[str, Callable[..., set[str]]]] = {}

    def __init__(self, source: SourceFile, who: re.Pattern[str], empty: Iterable[str] = ()) -> None:
        self._text, self._who = source.text, who
        self._empty = set(empty)
        self._is_certain = True

    def block(self, statements: Iterable[Node]) -> set[str]:
        """How the ways through statements end."""
        ends, before = {ON}, ""
        for one in statements:
            if ON not in ends:
                break
            walk = self.within.get(one.type)
            ends = (ends - {ON}) | (walk(self, one) if walk else self.statement(one, before))
            before += self._text(one) if one.type == "expression_statement" else ""
            self._is_certain = self._is_certain and ends == {ON}
        return ends

    def statement(self, node: Node, before: str) -> set[str]:
        """How one ends that has no others within it, behind what stands before it."""
        raise NotImplementedError

    def maybe(self, statements: Iterable[Node]) -> set[str]:
        """The same of what may be gone through or not."""
        was, self._is_certain = self._is_certain, False
        found = self.block(statements)
        self._is_certain = was
        return found

    def truth(self, node: Node, *, is_401: bool = False) -> bool | None:
        """Whether a condition holds for who shows nothing; None where nobody knows.

        Where it is answered with 401, whatever is missing is what was not shown.
        """
        inner = node.named_children
        if node.type in _INNER:
            return self.truth(inner[-1], is_401=is_401)
        if node.type in _NOT and self._text(node).startswith(("not", "!")):
            found = self.truth(inner[-1], is_401=is_401)
            is_missing = is_401 and not _is_of_others(self._text(inner[-1]))
            return is_missing or None if found is None else not found
        if node.type in _TWO and len(inner) > 1:
            sign = " ".join(one.type for one in node.children if not one.is_named)
            if sign in _AND | _OR:
                both = {self.truth(one, is_401=is_401) for one in inner}
                decisive = sign in _OR
                settled = None if None in both else not decisive
                return decisive if decisive in both else settled
            return self._compared(inner[0], sign, inner[-1], is_401=is_401)
        return True if node.type == "true" else self._is_shown(node)

    def _compared(self, left: Node, sign: str, right: Node, *, is_401: bool) -> bool | None:
        is_same = _SAME.get(sign)
        if left.type in _NOTHING:
            left, right = right, left
        if is_same is None:
            return None
        is_401 = is_401 and not _is_of_others(self._text(left))
        shown = [self._is_shown(one) for one in (left, right)]
        if right.type in _NOTHING:
            if shown[0] is False:
                return is_same
            return True if is_401 and is_same else None
        is_other = is_401 and sign.startswith("!=")
        return not is_same if False in shown or is_other else None

    def _is_shown(self, node: Node) -> bool | None:
        """Whether a value is there for who shows nothing."""
        said = self._text(node)
        if said in self._empty or node.type in _NOTHING:
            return False
        plain = said.partition("(")[0]
        is_about = _ABOUT.search(plain) or ON_SETTINGS.search(plain)
        own = _TEXT.sub("''", said) if _SERVED.search(said) else said
        if node.type not in _VALUES or is_about or not asks_who(own, self._who):
            return None
        return "anonym" in plain.lower()


def _is_of_others(said: str) -> bool:
    """Whether something tells of settings, or of the route, and not of who asks."""
    return bool(ON_SETTINGS.search(said) or _SERVED.search(said))
