"""Functions of TypeScript and JavaScript that refuse who shows nothing, whoever calls them."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING, Any

from indexer.code.access import ASKING, IDENTITY, LOGIN, ON_SETTINGS, OTHER_REASONS, asks_who
from indexer.code.frameworks.typescript_handing import (
    ENDS_PLAINLY,
    checked_first,
    gives_super,
    goes_on,
    hands_to,
    or_else,
)
from indexer.code.frameworks.typescript_libraries import is_strict
from indexer.code.readers import Reader
from indexer.code.syntax import line_of
from memory.code.facts import Mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indexer.code.syntax import Node, SourceFile

_CALLED = "(call_expression function: (_) @called arguments: (arguments) @arguments)"
_FUNCTIONS = """
[(function_declaration) (generator_function_declaration) (method_definition) (arrow_function)
 (function_expression)] @function
"""
_CALLED_BACK = """
(call_expression function: (_) @called
    arguments: (arguments [(arrow_function) (function_expression)] @function .)) @call
"""
_NESTED = frozenset({"function_declaration", "arrow_function", "function_expression"})
_401 = re.compile(r"\b401\b|\bUNAUTHORIZED\b|\b[Uu]nauthori[sz]ed(?!\w*\s*[:,]\s*[\"'])")
_403 = re.compile(r"\b403\b|\bFORBIDDEN\b|\bForbidden|\.forbidden\(")
_TO_LOGIN = re.compile(rf"\.redirect\([^\n]{{0,999}}{LOGIN}", re.IGNORECASE)
_LEADS = re.compile(rf"return [\w.]{{1,99}}\.redirect\([^\n]{{0,999}}{LOGIN}[^\n]*", re.IGNORECASE)
#: What stands in every function that may refuse or looks at who asks.
_NAMED = re.compile(
    rb"40[13]|nauthori[sz]ed|NAUTHORI[SZ]ED|orbidden|ORBIDDEN|redirect\(|uthenticat|uthoriz|verify\("
    rb"|headers\b[^\n]{0,40}\}\s*=|canActivate|handleRequest|\.(?:user|auth|headers|cookies|session|currentUser)\b|verifyIdToken"
    rb"|= (?:await )?[\w$.]{1,99}\((?:req|request), (?:res|response)\b"
    rb"|[\w$)\]]\((?:req|request),\s*+(?:res|response),\s*+next\)|\bnext\(\)"
)
#: A call with all of a request; no list of parameters.
_HANDED_ON = re.compile(
    r"[\w$)\]]\((?:req|request),\s*+(?:res|response),\s*+next\)(?!\s*+(?:=>|[{:]))"
)
_ANSWERS = re.compile(r"\b(?:res|response|reply)\w*\b|\bnext\(\s*\w|\breject\(|\breturn false\b")
_SHOWN = re.compile(r"headers|cookie", re.IGNORECASE)
_ONLY_PASSES = re.compile(r"[\s{]*(?:return true|return next\(\)|next\(\)(?:[\s;]*return)?)[\s;}]*")
_PASSES = re.compile(r"\breturn\b|\bnext\(|\bresolve\(")
_PASSES_ON = re.compile(r"\bnext\(\s*\)")
_OF_REQUEST = re.compile(r"\b(?:req|request|ctx|context)\b")
#: What holds for who shows nothing: "!user", "token == null", "key !== KEY".
_MISSING = re.compile(r"!(?!\s*\()|===?\s*(?:null|undefined|''|\"\"|false)|'undefined'")
_NEGATED = re.compile(r"!|===?|'undefined'|anonym", re.IGNORECASE)
_PRESENT = re.compile(r"!==?\s*(?:null|undefined|false|'undefined')|===?\s*true|^\s*!!")
_PASSED_ON = re.compile(r"(?:return\s+)?next\(\s*\w[^\n]*")  # an error
_VERIFIES = re.compile(r"\b(?:jwt|jsonwebtoken|jose)\w*\.(?:verify|jwtVerify)\(|\bverifyIdToken\(")
_LOOKS = re.compile(
    r"[aA]uthorization|(?<!res)(?<!response)\.header\(|headers\b[^\n]{0,40}\}\s*=|\bauthenticate\(|\bjwt\w*\.verify\(|\.(?:headers|cookies|session|user|auth|isAuthenticated|currentUser)\b"
)
#: Libraries that look at who asks, and what is called with what they found.
_ASKS = re.compile(r"\bpassport\.authenticate\(|\bjwt\w*\.verify\(|\bjsonwebtoken\.verify\(")
_THROUGH = re.compile(
    r"passport\.authenticate\(\s*(\[[^\[\]]*\]|['\"][^'\"]*['\"])\s*,(?:\s*\{[^{}]*\}\s*,)?\s*([\w$]+)\s*[()]"
)
_CHECKS = re.compile(r"\.verify\w*\(")
#: What is called with who asks without doing anything to him.
_ANSWERING = re.compile(
    r"(?:res|response|console|Promise|resolve|JSON|Object|String|Number|Boolean|logger|req(?:uest)?\.(?:header|get))\b"
)
_STRATEGY = re.compile(r"authenticate\(\s*(\[[^\[\]]*+\]|['\"][^'\"]*['\"])")
#: What ends a request, and what a middleware ends with that passes each on.
_ENDS = re.compile(r"\bres\w*\.(?:json\w*|send\w*|end|redirect|render|status|writeHead)\(")
_STOPS = re.compile(_ENDS.pattern + r"|\bthrow\b|\bnext\(\s*\w")
_COMMENT = re.compile(r"(?<!:)//[^\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL)
#: What answers a browser that asks before the request itself.
_PREFLIGHT = re.compile(
    r"if\s*+\(\s*+(?:req|request)\.method\s*+===?\s*+['\"]OPTIONS['\"]\s*+\)\s*+\{?\s*+(?:return\s++)?"
    r"res\w*+(?:\.(?:sendStatus|status|send|end|json)\([^()]*+\))++;?\s*+(?:return;?\s*+)?"
)
_GOES_ON = re.compile(r"\bnext\(\)[\s;)]*+\}?[\s;)]*$")
_CHOOSES = re.compile(r"\bif\b|\?|&&|\|\||\bnext\(|\bswitch\b|\bcatch\b")
REFUSES, PASSES, MAY = "refuses", "passes", "may"


class TypeScriptRefusals(Reader):
    """What each function does to who shows nothing; for the frameworks to ask.

    A mark `refusal` stands for a function that may refuse anybody, looks at who asks, or hands a
    request on. `guard` is what it does as a check of its own; `handler` what it does as what a
    route leads to. `unless` names the metadata that let a guard of NestJS pass; `super` is there
    where it leaves the answer to its base, `may` where it names a refusal at all.
    """

    name = "typescript refusals"
    version = 13
    languages = frozenset({"typescript"})
    hint = _NAMED

    def read(self, source: SourceFile) -> Iterable[Mark]:
        """A mark for each function that may refuse or looks at who asks."""
        places = [one.start() for one in _NAMED.finditer(source.content)]
        for node in source.captures(_FUNCTIONS).get("function", ()):
            first = bisect_left(places, node.start_byte)
            if first == len(places) or places[first] >= node.end_byte:
                continue
            name = named(source, node)
            if not name:
                continue
            said = source.text(node)
            of_guard = name.endswith((".canActivate", ".handleRequest"))
            is_about = of_guard or _may(said) or _LOOKS.search(said) or _HANDED_ON.search(said)
            decides = "next()" in said and _ENDS.search(said)
            if not (is_about or decides or checked_first(source, node) or or_else(source, node)):
                continue
            data = judge(source, node)
            if of_guard:
                judged = _Judged(source, node, of_guard=True)
                data |= {"guard": judged.guard or MAY, "unless": judged.unless}
                data |= {"super": judged.is_super, "may": _may(said)}
                data["hands"] = hands_to(source, node)
            yield Mark(self.name, "refusal", name, line_of(node), data)


def named(source: SourceFile, node: Node) -> str:
    """What a function is called within its file; "" for one inside another, or without a name."""
    index = source.within(node)
    if index < 0:
        return ""
    one = source.facts.definitions[index]
    outer = node.parent
    while outer is not None and outer.type not in _NESTED | {"method_definition"}:
        outer = outer.parent
    is_inner = outer is not None and one.line <= line_of(outer)
    return "" if is_inner else one.name


def judge(source: SourceFile, function: Node) -> dict[str, Any]:
    """What a function does as a check of its own, and as a handler.

    `tells` names what a handler calls with who asks; `looks` stands where it looks at who asks, and
    `ends` where a check may end the request, whether it does so or not; `through` what a library
    calls with him; `first` is what is handed the request before all else, and answers it where
    nothing comes of that.
    """
    said = source.text(function)
    guard = _Judged(source, returned_function(function)).guard
    handles = _Judged(source, function, who=ASKING).guard
    may_handle = MAY if _may(said) or _ASKS.search(said) else ""
    always_passes = goes_on(source, returned_function(function))
    may = "" if always_passes else may_handle
    shows_login = may and not (_401.search(said) or _403.search(said) or _ASKS.search(said))
    if shows_login and not _asks_to_log_in(source, function):
        may_handle = ""
    checks = MAY if _CHECKS.search(said) and not always_passes else ""  # and may throw
    data: dict[str, Any] = {"guard": guard or may or checks}
    data |= {"handler": REFUSES if handles == REFUSES else may_handle}
    done = _PREFLIGHT.sub("{", _COMMENT.sub("", said))
    stops = _STOPS.search(done) or not _GOES_ON.search(done)
    if _LOOKS.search(done):
        data["looks"] = True
    if stops and not always_passes:
        data["ends"] = "looks" in data  # as a check of its own, whatever it answers
    if not may:
        data["tells"] = sorted(set(_told(source, function)))
    if first := checked_first(source, function):
        data["first"] = first
    if (other := or_else(source, function)) and guard != REFUSES:
        data["else"] = other
    if _401.search(said) and not _CHOOSES.search(done):
        data["always"] = True
    through = _THROUGH.search(said)
    if through and guard != REFUSES and is_strict(through[1]):
        data["through"] = through[2]
    return data


def _asks_to_log_in(source: SourceFile, function: Node) -> bool:
    """Whether a handler leads to the login who is not known; one may do so for other reasons."""
    for found in source.matches("(if_statement condition: (_) @condition) @if", function):
        condition = source.text(found["condition"][0])
        if ASKING.search(condition) and _MISSING.search(condition):
            return bool(_TO_LOGIN.search(source.text(found["if"][0])))
    return False


def _told(source: SourceFile, function: Node) -> Iterator[str]:
    """What a function calls with who asks, or with the request as a whole."""
    for found in source.matches(_CALLED, function):
        called = source.text(found["called"][0])
        given = source.text(found["arguments"][0])
        is_told = _LOOKS.search(given) or re.search(r"[(,]\s*_?(?:req|request|ctx)\s*[,)]", given)
        if is_told and not _ANSWERING.match(called):
            yield called.removeprefix("await ")


def _may(said: str) -> bool:
    return any(one.search(said) for one in (_401, _403, _TO_LOGIN))


def returned_function(node: Node) -> Node:
    """Of what makes a middleware, the middleware; of any other function the function itself."""
    while True:
        body = node.child_by_field_name("body")
        if body is None:
            return node
        inner = body
        if body.type == "statement_block":
            plain = [one for one in body.named_children if one.type != "comment"]
            is_return = bool(plain) and plain[-1].type == "return_statement"
            given = plain[-1].named_children if is_return else []
            if len(plain) == 1 and given:
                inner = given[0]
            elif len(plain) == 2 and given and given[0].type == "identifier":
                inner = _kept_as(plain[0], given[0].text) or body
        if inner.type not in _NESTED:
            return node
        node = inner


def _kept_as(node: Node, name: bytes | None) -> Node | None:
    """The function of `const check = (req, res, next) => ...`, if that is its name."""
    for one in node.named_children if node.type == "lexical_declaration" else ():
        called, value = one.child_by_field_name("name"), one.child_by_field_name("value")
        if called is not None and called.text == name and value is not None:
            return value
    return None


def _keeps(node: Node) -> bool:
    """Whether a statement only keeps a function for later: `res.forbidden = () => ...`."""
    inner = node.named_children[0] if node.named_children else node
    right = inner.child_by_field_name("right")
    is_kept = right is not None and right.type in _NESTED
    return node.type == "expression_statement" and inner.type == "assignment_expression" and is_kept


def _leaves(node: Node | None) -> bool:
    """Whether nothing behind a statement is reached, whichever way is gone through it."""
    if node is None:
        return False
    inner = [one for one in node.named_children if one.type != "comment"]
    if node.type == "if_statement":
        other = node.child_by_field_name("alternative")
        return (
            other is not None
            and _leaves(node.child_by_field_name("consequence"))
            and all(map(_leaves, other.named_children))
        )
    if node.type == "statement_block":
        return bool(inner) and _leaves(inner[-1])
    return node.type in {"return_statement", "throw_statement"}


class _Judged:
    """Whether a function refuses, before it lets anybody pass, who shows nothing."""

    def __init__(
        self,
        source: SourceFile,
        function: Node,
        *,
        who: re.Pattern[str] = IDENTITY,
        of_guard: bool = False,
    ) -> None:
        self._source, self._function = source, function
        self._who = who
        self._of_guard = of_guard  # of NestJS, where false is a refusal
        self._throws = False  # whether anything thrown ends in a refusal
        self.unless: list[str] = []
        self.is_super = False
        self.passes = False  # whether who shows nothing is let pass
        self._failed = ""  # what a library calls its error
        self._metadata: dict[str, str] = {}  # variables that hold what a decorator set
        body = function.child_by_field_name("body")
        said = source.text(function)
        is_other = OTHER_REASONS.search(said) is not None
        self.guard = ""
        if body is not None and body.type == "statement_block" and not is_other:
            refuses = self._block(body.named_children)
            self.guard = REFUSES if refuses else PASSES if self.passes else ""
        elif body is not None and of_guard:
            self.guard = REFUSES if self._value(source.text(body)) else ""

    def _block(self, nodes: list[Node]) -> bool:
        statements = [one for one in nodes if one.type != "comment" and not _keeps(one)]
        if len(statements) == 1 and _ONLY_PASSES.fullmatch(self._source.text(statements[0])):
            self.passes = True
            return False
        may_decide = True  # as long as nobody was let pass
        for index, one in enumerate(statements):
            said = self._source.text(one)
            if one.type == "if_statement":
                if self._skips(one):
                    continue
                if may_decide and self._decides(one, statements[index + 1 :]):
                    return True
                self.passes = self._lets_pass(one)
                if self.passes or _may(said):
                    return False
                is_decided = _PASSES.search(said) or self._stands_in(one)
                may_decide = may_decide and not is_decided
                continue
            if may_decide and (decided := self._decided(one, said)) is not None:
                return decided
            if _PASSES.search(said):
                return False
        return False

    def _decided(self, node: Node, said: str) -> bool | None:
        """Whether a statement that is no condition refuses; None if it decides nothing."""
        if node.type == "try_statement":
            return self._tries(node)
        if node.type == "return_statement":
            return self._value(said.removeprefix("return").strip("; \n"))
        if _ASKS.search(said) and (body := self._called_back(node)) is not None:
            return self._block(body.named_children)
        if self._throws and _VERIFIES.search(said) and "=>" not in said:
            return True
        if "eflector" in said and (found := re.search(r"\b(\w++)\s*+(?::[^=]{0,499})?=", said)):
            key = re.search(r"\.get\w{0,99}(?:<[^(]{0,499}>)?\(\s*([\w.'\"]+)", said)
            self._metadata[found[1]] = key[1] if key else ""
        return None

    def _called_back(self, node: Node) -> Node | None:
        """The body of the function that is called with what a library found of who asks."""
        for found in self._source.matches(_CALLED_BACK, node):
            function = found["function"][0]
            strategy = _STRATEGY.search(self._source.text(found["call"][0]))
            if not _ASKS.match(f"{self._source.text(found['called'][0])}("):
                continue
            if strategy and not is_strict(strategy[1]):
                return None
            parameters = function.child_by_field_name("parameters")
            first = (
                parameters.named_children[0] if parameters and parameters.named_children else None
            )
            self._failed = self._source.text(first)
            return function.child_by_field_name("body")
        return None

    def _lets_pass(self, node: Node) -> bool:
        """Whether everybody who shows nothing passes here."""
        condition = self._source.text(node.child_by_field_name("condition"))
        said = self._source.text(node.child_by_field_name("consequence"))
        is_missing = "&&" not in condition and any(
            re.match(r"[\s(]*!(?![=(])", one) and (_SHOWN.search(one) or self._who.search(one))
            for one in condition.split("||")
        )
        return is_missing and bool(_ONLY_PASSES.fullmatch(said))

    def _stands_in(self, node: Node) -> bool:
        """Whether who shows nothing is given somebody else's place: `if (!user) user = guest()`."""
        condition = self._source.text(node.child_by_field_name("condition"))
        said = self._source.text(node.child_by_field_name("consequence"))
        return any(
            not _OF_REQUEST.search(given[1])
            for name in re.findall(r"!\s*([\w$.]+)", condition)
            for given in re.finditer(rf"(?<![\w$.]){re.escape(name)}\s*=(?!=)([^;\n]*)", said)
        )

    def _skips(self, node: Node) -> bool:
        """Whether a guard lets pass what a decorator marked, and nothing else."""
        condition = self._source.text(node.child_by_field_name("condition")).strip("()! ")
        said = self._source.text(node.child_by_field_name("consequence")).strip("{} \n;")
        plain = "!" not in self._source.text(node.child_by_field_name("condition")).replace(
            "!!", ""
        )
        key = self._metadata.get(condition)
        if not self._of_guard or not key or not plain or said != "return true":
            return False
        self.unless.append(key)
        return True

    def _decides(self, node: Node, rest: list[Node]) -> bool:
        condition = self._source.text(node.child_by_field_name("condition"))
        inside = node.child_by_field_name("consequence")
        otherwise = node.child_by_field_name("alternative")
        if self._is_missing(condition, self._source.text(inside)) and self._refuses([inside]):
            follows = " ".join(map(self._source.text, rest))
            return self._of_guard or _leaves(inside) or not _PASSES_ON.search(follows)
        after: list[Node | None] = list(otherwise.named_children) if otherwise else [*rest]
        return self._is_present(condition) and self._refuses(after)

    def _tries(self, node: Node) -> bool:
        handler = node.child_by_field_name("handler")
        body = node.child_by_field_name("body")
        caught = handler.child_by_field_name("body") if handler else None
        at_last = self._source.text(node.child_by_field_name("finalizer"))
        if body is None or _PASSES.search(at_last):
            return False
        if caught is not None:
            said = self._source.text(caught)
            last = caught.named_children[-1] if caught.named_children else None
            is_thrown_on = last is not None and last.type == "throw_statement"
            is_thrown_on = is_thrown_on or (
                last is not None and bool(_PASSED_ON.match(self._source.text(last)))
            )
            plain = _LEADS.sub("", said) if self._of_guard else said  # to the login
            if _PASSES.search(_PASSED_ON.sub("", plain)) and not self._refuses([caught]):
                return False
            self._throws = is_thrown_on or self._refuses([caught])
            if not self._throws:
                return False
        return self._block(body.named_children)

    def _value(self, said: str) -> bool:
        """Whether what a guard answers with is false for who shows nothing."""
        if not self._of_guard:
            return False
        if gives_super(self._source, self._function, said):
            self.is_super = True
            return False
        is_one = re.fullmatch(r"!!\s*[\w.?]+|Boolean\([\w.?]+\)|[\w.?]+\.isAuthenticated\(\)", said)
        return bool(is_one and self._who.search(said)) and not ON_SETTINGS.search(said)

    def _is_missing(self, condition: str, consequence: str) -> bool:
        """Whether a condition holds for everybody who shows nothing."""
        if "&&" in condition or ON_SETTINGS.search(condition):
            return False
        is_certain = self._who is IDENTITY and bool(_401.search(consequence))
        return any(
            (
                (_MISSING.search(one) or (re.search(r"!==?", one) and not _PRESENT.search(one)))
                and not _PRESENT.search(one)
                and (is_certain or asks_who(one, self._who))
            )
            or (bool(self._failed) and one.strip("() ") == self._failed)
            for one in condition.split("||")
        )

    def _is_present(self, condition: str) -> bool:
        """Whether a condition holds for nobody who shows nothing."""
        if "||" in condition or ON_SETTINGS.search(condition):
            return False
        return any(
            asks_who(one, self._who)
            and (_PRESENT.search(one.strip("( ")) or not _NEGATED.search(one))
            for one in condition.split("&&")
        )

    def _refuses(self, blocks: list[Node | None]) -> bool:
        """Whether statements, or blocks of them, end in a refusal on every way."""
        statements = [
            each
            for one in blocks
            if one is not None
            for each in (one.named_children if one.type == "statement_block" else (one,))
            if each.type not in {"comment", "break_statement"}
        ]
        texts = [self._source.text(one) for one in statements]
        if texts and ENDS_PLAINLY.fullmatch(texts[-1]):  # res.sendStatus(401); return;
            statements, texts = statements[:-1], texts[:-1]
        if not statements or any(_PASSES.search(one) for one in texts[:-1]):
            return False
        last = statements[-1]
        if last.type == "if_statement":
            other = last.child_by_field_name("alternative")
            parts = [last.child_by_field_name("consequence")]
            return other is not None and all(
                self._refuses([one]) for one in [*parts, *other.named_children]
            )
        said = " ".join(texts)
        if self._of_guard and re.fullmatch(r"return\s+false;?", texts[-1]):
            return True
        if last.type == "throw_statement":
            return self._throws or _may(said)
        return bool(_ANSWERS.search(texts[-1])) and _may(said) and not re.search(r"next\(\)", said)
