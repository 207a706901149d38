"""Functions of Python that ask which route is served: by its path, its name, or its method."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from indexer.code.frameworks.python_nobody import PythonNobody
from indexer.code.frameworks.python_scopes import listed

if TYPE_CHECKING:
    from collections.abc import Container

    from indexer.code.syntax import Node, SourceFile

ASKS = b"request."
_ASKED = re.compile(r"(?:(?<!\w)\w++\.)?request\.(path|endpoint|method)")
_BEGINS = re.compile(r"(?:\w+\.)?request\.(path|endpoint)\.startswith")
_TEXT = re.compile(r"[rR]?(['\"])([^'\"\\]*)\1")
_TESTS = "[(comparison_operator) (call)] @test"
_GIVEN = """
[(assignment left: (_) @name) (augmented_assignment left: (_) @name)
 (named_expression name: (_) @name) (as_pattern_target) @name (for_statement left: (_) @name)]
"""
_SIDES = 2  # of a comparison that is not chained
_MOST = 12  # tests of one function


class Test(NamedTuple):
    """Whether what is asked for of a route is one of some texts, or begins with one."""

    asked: str  # path, endpoint, method
    begins: bool
    texts: tuple[str, ...]


class ServedRoute(NamedTuple):
    """A route, as a function that runs before it sees it."""

    path: str  # with {name} for parameters
    endpoint: str  # "" where nobody knows
    method: str

    def holds(self, test: Test) -> bool | None:
        """Whether a test holds for the route; None where that is open."""
        own, texts = getattr(self, test.asked), tuple(test.texts)
        fixed, brace, _ = own.partition("{")
        if not own or (
            brace and any(one.startswith(fixed) and len(one) > len(fixed) for one in texts)
        ):
            return None
        return own.startswith(texts) if test.begins else own in texts


class ServedNobody(PythonNobody):
    """A function, walked as who shows nothing walks it for routes of which some tests hold."""

    def __init__(
        self, source: SourceFile, function: Node, who: re.Pattern[str], held: Container[Test]
    ) -> None:
        self._source, self._held = source, held
        self._known: dict[str, bool] = {}  # variables that tell whether tests hold
        given = (source.text(one["name"][0]) for one in source.matches(_GIVEN, function))
        self._times = Counter(name for one in given for name in re.findall(r"\w+", one))
        super().__init__(source, function, who)

    @property
    def gives(self) -> bool:
        """Whether it may give something back."""
        return bool(self._gave - {False})

    def truth(self, node: Node, *, is_401: bool = False) -> bool | None:
        """As for any function, where no test says it."""
        if node.type == "identifier" and (known := self._known.get(self._text(node))) is not None:
            return known
        found = _test(self._source, node)
        if found is None:
            return super().truth(node, is_401=is_401)
        test, is_so = found
        return (test in self._held) is is_so

    def _assign(self, node: Node) -> None:
        super()._assign(node)
        for one in node.named_children:
            right, left = (one.child_by_field_name(each) for each in ("right", "left"))
            if one.type == "assignment" and right is not None and self._is_certain:
                name = self._text(left)
                told = self.truth(right) if "request." in self._text(right) else None
                if told is not None and self._times[name] == 1:
                    self._known[name] = told


def tests_of(source: SourceFile, function: Node) -> list[Test]:
    """The tests that a function makes; none where they are too many."""
    found = (_test(source, one["test"][0]) for one in source.matches(_TESTS, function))
    tests = list(dict.fromkeys(one[0] for one in found if one))
    return tests if len(tests) <= _MOST else []


def _test(source: SourceFile, node: Node) -> tuple[Test, bool] | None:
    """What a condition asks of a route, and whether it holds where that is so."""
    if node.type == "call":
        begins = _BEGINS.fullmatch(source.text(node.child_by_field_name("function")))
        arguments = node.child_by_field_name("arguments")
        given = arguments.named_children if arguments is not None else []
        texts = _texts(source, given[0]) if len(given) == 1 else None
        return (Test(begins[1], begins=True, texts=texts), True) if begins and texts else None
    if node.type != "comparison_operator" or len(node.named_children) != _SIDES:
        return None
    sign = " ".join(one.type for one in node.children if not one.is_named)
    left, right = node.named_children
    while right.type == "parenthesized_expression":
        right = right.named_children[-1]
    asked = _ASKED.fullmatch(source.text(left))
    texts = _texts(source, right) if asked else None
    is_one = right.type == "string"
    if not asked or not texts or sign not in ({"==", "!="} if is_one else {"in", "not in"}):
        return None
    return Test(asked[1], begins=False, texts=texts), sign in {"==", "in"}


def _texts(source: SourceFile, node: Node) -> tuple[str, ...] | None:
    """The texts that stand somewhere, or in the one list that the file has by a name."""
    several = None if node.type == "string" else listed(source, node)
    parts = several.named_children if several is not None else [node]
    found = [_TEXT.fullmatch(source.text(one)) for one in parts if one.type != "comment"]
    return tuple(one[2] for one in found if one) if found and all(found) else None
