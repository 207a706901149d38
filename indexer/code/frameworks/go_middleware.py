"""What functions of Go that see a request first do with who shows nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from indexer.code.access import IDENTITY
from indexer.code.syntax import line_of
from memory.code.facts import Mark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.code.syntax import Node, SourceFile

REFUSES = re.compile(
    rb"\b40[13]\b|Status(?:Unauthorized|Forbidden)|[uU]nauthori[sz]ed|Forbidden|PermissionDenied"
    rb"|\bLogin(?:URL|Path)|/login\"|\bhmac\.Equal\(|\bConstantTimeCompare\("
)
#: Words with which what sees a request first may end it, whatever status it answers with.
STOPS = re.compile(
    rb"\.Abort\w*\(|HTTPError\b|\bhttp\.(?:Error|Redirect|NotFound)\(|\.Redirect\(|\.WriteHeader\("
)
LITERAL = "func@"  # before the byte at which a function without a name begins, as its name
_FUNCTIONS = "[(function_declaration) (method_declaration)] @function"
_BRANCHES = frozenset({"if_statement", "for_statement", "expression_switch_statement"})
_LITERALS = "(func_literal) @literal"
_REQUEST = re.compile(r"\*gin\.Context|\becho\.Context|\*http\.Request\b|\*echo\.Context")
SEES = re.compile(rb"(?:gin|echo)\.Context|http\.Request\b")
_NEXT = re.compile(r"\b(?:\w+\.)?(?:ServeHTTP|Next)\(|\bnext\w*\(|\bhandler\w*\(")
_ALONE = r"^!?(\w+)(?: == nil)?$"  # "!ok", "user == nil"
_HANDS_NEXT = re.compile(r"\([^{]{0,200}\b(?:next|handler)\b\s{0,9}[,)]")
_REFUSED = re.compile(
    r"401|Unauthori[sz]ed|(?i:redirect\(.{0,80}(?:login|sign_?in)|login(?:url|path).{0,400}redirect\()",
    re.DOTALL,
)
_GOES_ON = re.compile(r"^(?:\w+\.Next\(\)|next\w*\.ServeHTTP\()")
#: What leads to the same page over TLS, and looks at nothing that anybody could show.
_TO_HTTPS = re.compile(
    r"^(?!.*(?i:header\(|cookie|auth|token|session|user|\bkey)).*\"https(?::|\")", re.DOTALL
)
#: What is answered to everybody when nothing can be answered, and nothing but that.
_UNSERVED = re.compile(
    r"^(?!.*(?:\b40\d\b|Status[BNUFP]|(?i:redirect|auth|token|session|user|cookie|forbid|denied)))"
    r".*(?:\b(?:50\d|429)\b|Status(?:Service|Too|Internal)|TooManyRequests\b|\.Internal\w*\()",
    re.DOTALL,
)
#: A condition that holds for all who are no administrators; nobody is none.
_NO_ADMIN = re.compile(r"^!\s*[\w.]{0,99}(?i:is_?(?:admin|super|staff)|\badmin)\w{0,30}(?:\(\))?$")
_FORBIDDEN = re.compile(r"403|Forbidden")
_ABORTS = re.compile(r"\.Abort\w*\(")
_ENDS = re.compile(r"\breturn\b|(?i:abort)|\bpanic\(")
#: A condition that holds for who shows nothing, by itself: of several, one is enough.
_MISSING = re.compile(
    r"^\(*(?:(?!err|os\.|[\w.]{0,99}(?:(?i:conf|cfg|setting|env|viper)|\bTLS\b))\w[\w.]*+(?:\(\)[\w.]++)?"
    r"(?:\((?:\"[^\"]*\"|[\w.]*+)\))?\s*==\s*(?:nil|\"\"|(?<!\) == )0)|len\([\w.]+\)\s*==\s*0"
    r"|!\s*(?:ok|found|exists|valid|known|has\w*|is\w*|auth\w*|logged\w*)|!\s*[\w.]+\(.*\))\)*$"
)
_GOT = re.compile(r"^\(*(?!len\()\w[\w.]*\(")
_REQUESTED = re.compile(r"\b(?:c|ctx|r|req|request)\b")
#: A condition that holds only for who is known already.
_KNOWN = re.compile(
    r"^(?:[\w.]{0,199}(?i:is_?(?:authenticated|logged_?in))\w{0,99}\([^()]*\)"
    r"|(?i:\w{0,99}(?:user|session|claims|principal|account)) != nil)$"
)
#: A refusal that depends on more than on who asks: `if guest.Disabled { ... 401`.
_DECIDES = re.compile(
    r"\bif (!?[\w.]{1,99}(?:\(\))?) \{[^{}]{0,400}(?:401|Unauthori[sz]ed|Redirect\()"
)
_FAILED = re.compile(r"^\(*err\w*\s*!=\s*nil\)*$")
#: What fails where nothing is shown.
_FAILS = re.compile(
    r"\.Cookie\(|(?i:parse|verify|validate|authenticate|decode|extract)\w{0,99}\(|ParseFromRequest"
)
#: What depends on more than on who asks.
DOUBTED = re.compile(
    r"(?i)disabl|enabl|optional|anonymous|allow_?public|is_?public|no_?auth"
    r"|\bif\b[^{\n]{0,200}(?:RemoteAddr|ClientIP|127\.0\.0|localhost|loopback)"
)
#: A setting by which a function answers yes before it looks at anything.
_LETS = re.compile(r"\{\s*+if ([\w.]{1,99}) \{\s*+return true\s*+\}")
#: Which route it is that is asked for, whoever asks.
_SERVED = re.compile(
    r"\bURL\.(?:Path|String)\b|\bFullPath\(|\bRequestURI\b|\bRequest(?:\(\))?\.Method\b"
)
#: A question about the request alone, as `isPublic(r)`.
_OF_REQUEST = re.compile(r"^!?\s*([\w.]+)\(\s*(?:r|req|request|c|ctx)\s*\)$")
#: An error in the place of who asks, which something put there that saw the request before.
_HELD = re.compile(r"^(\w+), ok := (\w+)\.\(\*?[\w.]*Error\)$")
_PUTS = re.compile(r"\.Set\(\s*([\w.\"]+)\s*,\s*(?:[\w.]*Error\w*\(|err\b)")
_HANDS_ON = re.compile(r"^return ([\w.]+)\(\s*\w+\s*\)$")


def guards(source: SourceFile, reader: str) -> Iterator[Mark]:
    """A mark for each function that sees requests: by what it refuses nobody, and what it asks.

    `unless` names functions that let some paths pass; `needs` is where an error has to stand in the
    place of who asks, `puts` where one is put; `hands` what is given the request in its stead, and
    `wraps` what is put around that; what `passes` hands the request on before it does anything;
    `decides` is on what it depends whether it refuses; `flag` is a parameter by which it does.
    """
    if not SEES.search(source.content):
        return
    found = source.captures(f"{_FUNCTIONS} {_LITERALS}")
    for node in found.get("function", ()):
        if (data := _judged(source, node)) is not None:
            yield Mark(reader, "guard", source.symbol(node), line_of(node), data)
    for node in found.get("literal", ()):
        if (data := _judged(source, node)) is not None:
            data["within"] = source.owner(node)
            yield Mark(reader, "guard", f"{LITERAL}{node.start_byte}", line_of(node), data)


def _judged(source: SourceFile, node: Node) -> dict[str, Any] | None:
    """What is known of a function; None for one that sees no request."""
    inside = _innermost(source, node)
    body = inside or node.child_by_field_name("body")
    data = _refuses(source, body) if body is not None else _nothing(node)
    data["wraps"] = _around(source, inside, node) if inside is not None else []
    if inside is None and not data["hands"]:
        return None
    said = source.text(node)
    for name in data["unless"]:
        said = said.replace(name, "")
    if (flag := _flag(source, node)) is not None:
        data |= flag
        said = re.sub(rf"\b{flag['flag']['name']}\b", "", said)
    said = said.replace(data["known"], "") if data["known"] else said
    data["doubted"] = bool(DOUBTED.search(said)) or _is_given_again(said, data["by"])
    lets = _LETS.match(source.text(node.child_by_field_name("body")))
    data["lets"] = lets[1] if lets and DOUBTED.search(lets[1]) else ""
    data["passes"] = data["passes"] or is_of_others(said)
    data["puts"] = sorted(set(map(_last, _PUTS.findall(said))))
    return data


def _is_given_again(said: str, by: str) -> bool:
    """Whether a variable by which a function refuses is something else after what it was first.

    What is nothing at first, `token := ""`, is first what it is given then, unless that is `true`.
    """
    names = "|".join(re.findall(r"(?<![\w.])[a-z]\w*(?![\w(.])", by)) if by else ""
    listed = (
        rf"(?m)(?:^[ \t]*+|[{{;][ \t]*+)(?:\w{{1,99}}, ){{0,9}}(?:{names})(?:, \w{{1,99}}){{0,9}}"
    )
    first = rf"{listed} := (?!\"\"|nil\b|false\b|0\b)"
    return bool(names) and bool(
        re.search(rf"{listed} = true\b|\*(?:{names}) = ", said)
        or any(re.search(rf"&{one}\b(?!\.)", said) for one in re.findall(_ALONE, by))
        or (re.search(first, said) and re.search(rf"{listed} = ", said))
    )


def is_of_others(said: str) -> bool:
    """Whether what a function ends a request for is nothing that anybody could show."""
    return bool(_TO_HTTPS.match(said) or _UNSERVED.match(said))


def _last(name: str) -> str:
    """A name without its package, as its own package has it."""
    return name.rpartition(".")[2]


def _innermost(source: SourceFile, node: Node) -> Node | None:
    """The body of the function that is given the request; None if that is not clear.

    It is the function itself, or the one that it returns, if it returns no other in some case.
    """
    if _REQUEST.search(source.text(node.child_by_field_name("parameters"))):
        return node.child_by_field_name("body")
    literals = source.captures(_LITERALS, node).get("literal", ())
    for one in sorted(literals, key=lambda each: each.start_byte):
        is_given = _REQUEST.search(source.text(one.child_by_field_name("parameters")))
        if is_given and _is_always_returned(source, one, node):
            return one.child_by_field_name("body")
    return None


def _is_always_returned(source: SourceFile, literal: Node, function: Node) -> bool:
    is_returned = False
    inner, outer = literal, literal.parent
    while outer is not None and inner != function:
        is_returned = is_returned or outer.type == "return_statement"
        if outer.type in _BRANCHES:
            return False
        before = (one for one in outer.named_children if one.start_byte < inner.start_byte)
        if any(one.type in _BRANCHES and "return" in source.text(one) for one in before):
            return False
        inner, outer = outer, outer.parent
    return is_returned


def _around(source: SourceFile, literal: Node, function: Node) -> list[str]:
    """What a function is given to where it is returned: `return withUser(func...)`."""
    found = []
    outer = literal.parent
    while outer is not None and outer != function:
        if outer.type == "call_expression":
            found.append(source.text(outer.child_by_field_name("function")))
        outer = outer.parent
    return [one for one in found if re.fullmatch(r"[\w.]+", one)]


def _flag(source: SourceFile, function: Node) -> dict[str, Any] | None:
    """What a function does by a parameter that is true or false; None if it has none such.

    It refuses if that `is` so; `is_quiet` tells whether nothing in it refuses otherwise.
    """
    index = 0
    given = function.child_by_field_name("parameters")
    for one in given.named_children if given is not None else ():
        for name in one.children_by_field_name("name") or (None,):
            if source.text(one.child_by_field_name("type")) == "bool" and name is not None:
                return _by_flag(source, function, source.text(name), index)
            index += 1
    return None


def _by_flag(source: SourceFile, function: Node, name: str, index: int) -> dict[str, Any] | None:
    body = _innermost(source, function)
    if body is None:
        return None
    for is_set in (True, False):
        asked = name if is_set else f"!{name}"
        data = _refuses(source, body, asked)
        if not data["by"]:
            continue
        flag = {"name": name, "index": index, "is": is_set}
        flag["is_quiet"] = _is_quiet(source, body, asked)
        wraps = _around(source, body, function)
        return data | {"flag": flag, "wraps": wraps}
    return None


def _is_quiet(source: SourceFile, body: Node, asked: str) -> bool:
    """Whether nothing refuses but what is done where a condition holds."""
    cuts = []
    for found in source.matches("(if_statement condition: (_) @condition) @if", body):
        condition = source.text(found["condition"][0])
        if asked in (one.strip(" ()") for one in condition.split("&&")):
            inside = found["if"][0].child_by_field_name("consequence")
            cuts += [(inside.start_byte, inside.end_byte)] if inside is not None else []
    at, end = body.start_byte, body.end_byte
    return not any(
        not any(first <= one.start() < last for first, last in cuts)
        for words in (REFUSES, STOPS)
        for one in words.finditer(source.content, at, end)
    )


def _nothing(node: Node) -> dict[str, Any]:
    return {
        "by": "",
        "asks": [],
        "hands": "",
        "unless": [],
        "needs": "",
        "passes": False,
        "known": "",
        "decides": "",
        "wraps": [],
        "flag": None,
        "line": line_of(node),
    }


def _refuses(source: SourceFile, body: Node, flag: str = "") -> dict[str, Any]:
    """By what a body refuses nobody; what its answer depends on; what it hands the request to.

    Args:
        source: Its file.
        body: The block.
        flag: What is known to be true.
    """
    statements = body.named_children
    if len(statements) == 1 and statements[0].type == "statement_list":
        statements = statements[0].named_children
    data = _nothing(body)
    statements = [one for one in statements if one.type != "comment"]
    data["passes"] = bool(statements) and bool(_GOES_ON.match(source.text(statements[0])))
    before = known = ""
    for one in statements:
        text = source.text(one)
        if one.type == "if_statement" and _HANDS_NEXT.search(text.partition("{")[0]):
            return data  # which may let some pass
        if one.type in {"if_statement", "expression_switch_statement"}:
            decided = _decided(source, one, before, flag)
            if decided is not None:
                known = decided.get("known", known)
                unless = data["unless"] + decided.get("unless", [])
                data |= decided | {"unless": unless}
                if data["by"] or data["decides"] or not decided:
                    return data
                continue
        elif known and (
            _REFUSED.search(text) or _ABORTS.search(text)
        ):  # whoever is known went on before
            return data | {"by": f"not {known}", "line": line_of(one)}
        elif not _NEXT.search(text):
            data["hands"] = _handed(text, is_all=len(statements) == 1) or data["hands"]
        if _NEXT.search(text):
            return data
        before = text
    return data


def _handed(text: str, *, is_all: bool) -> str:
    """What a statement gives the request to; of a whole function also what it only returns."""
    handed = re.match(r"^([\w.]+)\(\s*(?:c|ctx|w, r|w, req)\b", text)
    handed = handed or (_HANDS_ON.match(text) if is_all else None)
    return handed[1] if handed else ""


def _decided(source: SourceFile, node: Node, before: str, flag: str) -> dict[str, Any] | None:
    """What a branch decides of who shows nothing.

    Returns:
        By what it refuses him; what is asked of the path where it lets him pass, or by what one is
        `known` who passes; nothing where it may let him pass otherwise, with what `decides`; None
        where it decides nothing.
    """
    condition, inside, made = _branch(source, node, before)
    if flag:
        condition, inside = _settled(condition, flag), _plainly(inside, flag)
    if node.type == "if_statement" and _NEXT.search(inside):
        asked = _OF_REQUEST.match(condition)
        if asked and not condition.startswith("!") and not IDENTITY.search(asked[1]):
            return {"unless": [asked[1]]}
        if _KNOWN.match(condition) or _is_found(condition, made):
            return {"unless": [], "known": condition}
        decides = _DECIDES.search(inside) if _holds(condition, made) else None
        return {"decides": decides[1], "line": line_of(node)} if decides else {}
    refused = _refusal(condition, inside, made, before)
    return refused | {"line": line_of(node)} if refused else _either(source, node)


def _is_found(condition: str, made: str) -> bool:
    """Whether who asks was looked for, and found: `u := get(r, "user"); u != nil`."""
    found = re.match(r"(\w+) != nil(?= && |$)", condition)
    said = re.match(r"(\w+) := ", made) if found else None
    return bool(found and said and found[1] == said[1] and IDENTITY.search(made))


def _settled(condition: str, flag: str) -> str:
    """A condition without what is known to be true."""
    parts = [one.strip() for one in condition.split("&&")]
    return " && ".join(one for one in parts if one != flag)


def _plainly(inside: str, flag: str) -> str:
    """What is done, without a condition in it that is known to be true."""
    within = r"\{((?:[^{}]|\{[^{}]*+\})*+)\}"
    return re.sub(rf"\bif {re.escape(flag)} {within}", r"\1", inside)


def _refusal(condition: str, inside: str, made: str, before: str) -> dict[str, Any] | None:
    """What is to be known of a branch that refuses who shows nothing; None of any other."""
    held = _HELD.match(made) if condition == "ok" else None
    if held:
        got = re.match(rf"^{held[2]}\s*:?=\s*[\w.]+\.(?:Get|MustGet|Value)\(([\w.\"]+)\)$", before)
        is_answer = _REFUSED.search(inside) or re.search(rf"\breturn {held[1]}\b", inside)
        if got and is_answer and IDENTITY.search(got[1]) and _ENDS.search(inside):
            return {"by": made, "asks": [], "unless": [], "needs": _last(got[1])}
    refused = _REFUSED.search(inside)
    if _NO_ADMIN.match(condition):
        refused = refused or _FORBIDDEN.search(inside)
    is_sure = refused and not re.search(r"\bif\b", inside[: refused.start()])
    parts = [one.strip(" (") for one in condition.split("&&")]
    asked = [_OF_REQUEST.match(one) if len(parts) > 1 else None for one in parts]
    unless = [one[1] for one in asked if one and not IDENTITY.search(one[1])]
    said = [
        part for part, one in zip(parts, asked, strict=True) if not one or IDENTITY.search(one[1])
    ]
    is_let_pass = all(one.startswith("!") for one in parts) or not unless
    if not (is_sure and _ENDS.search(inside) and said and is_let_pass):
        return None
    if not all(_holds(one, made) for one in said):
        return None
    asks = re.findall(r"(?<![\w.])([\w.]++)\(", f"{condition} {made}")
    return {"by": condition, "asks": [one for one in asks if one not in unless], "unless": unless}


def _either(source: SourceFile, node: Node) -> dict[str, Any] | None:
    """The same of an `if` that refuses whichever way is gone."""
    parts = [node.child_by_field_name(one) for one in ("consequence", "alternative")]
    said = [_refuses(source, one) for one in parts if one is not None and one.type == "block"]
    if len(said) != 2 or not all(one["by"] and not one["needs"] for one in said):
        return None
    both: dict[str, Any] = {"by": " or ".join(dict.fromkeys(one["by"] for one in said))}
    both |= {name: said[0][name] + said[1][name] for name in ("asks", "unless")}
    return both | {"line": said[0]["line"]}


def _branch(source: SourceFile, node: Node, before: str) -> tuple[str, str, str]:
    """The condition of an `if` or of the first case of a `switch`, what it does, what is asked."""
    if node.type == "if_statement":
        condition = " ".join(source.text(node.child_by_field_name("condition")).split())
        made = source.text(node.child_by_field_name("initializer")) or before
        return condition, _inside(source, node.child_by_field_name("consequence")), made
    for case in node.named_children:
        if case.type == "expression_case":
            said = source.text(case.child_by_field_name("value"))
            value = source.text(node.child_by_field_name("value"))
            condition = f"{value} == {said}" if value else said
            return " ".join(condition.split()), source.text(case), before
    return "", "", before


def _inside(source: SourceFile, block: Node | None) -> str:
    """What a block does; of one that refuses whichever way is gone what it does at last."""
    statements = block.named_children if block is not None else []
    if len(statements) == 1 and statements[0].type == "statement_list":
        statements = statements[0].named_children
    last = statements[-1] if statements and statements[-1].type == "if_statement" else None
    ways = [
        source.text(last.child_by_field_name(one) if last else None)
        for one in ("consequence", "alternative")
    ]
    plain = all(_REFUSED.search(one) and _ENDS.search(one) for one in ways)
    is_either = plain and not any(re.search(r"\bif\b", one) for one in ways)
    return ways[1] if is_either else source.text(block)


def _holds(condition: str, before: str) -> bool:
    """Whether a condition holds for who shows nothing."""
    return any(
        _is_missing(one.strip()) or (_FAILED.match(one.strip()) and _FAILS.search(before))
        for one in condition.split("||")
    )


def _is_missing(condition: str) -> bool:
    """Whether something is missing; what is got by a call has to be of the request or who asks."""
    is_got = _GOT.match(condition)
    is_shown = not is_got or _REQUESTED.search(condition) or IDENTITY.search(condition)
    return bool(is_shown and _MISSING.match(condition) and not _SERVED.search(condition))


#: What a function may do that compares a path with texts, and with nothing else.
_COMPARES = re.compile(r"strings\.\w+|len|r|bool|string")
_PATH = re.compile(r"\b(?:\w+\.)?(?:URL\.Path|RequestURI|Path\(\)|FullPath\(\))")
_TEXT = re.compile(
    r"(?:strings\.(HasPrefix|HasSuffix|Contains|EqualFold)\([^,()]{0,99}(?:\(\))?,\s*)?\"([^\"]*)\""
)
#: What only narrows a comparison that stands before it.
_NARROWS = re.compile(
    r"(strings\.HasPrefix\(\w+,\s*\"[^\"]*\"\))\s*&&\s*(?:\((?:[^()]|\([^()]*\))*\)|!?[\w.]+\([^()]*\))"
)
_HOW = {"HasPrefix": "begins", "HasSuffix": "ends", "Contains": "has"}


def open_paths(source: SourceFile, reader: str) -> Iterator[Mark]:
    """A mark for each function that tells requests apart by their path and by nothing else."""
    for node in (
        source.captures(_FUNCTIONS).get("function", ()) if SEES.search(source.content) else ()
    ):
        given = source.text(node.child_by_field_name("parameters"))
        result = source.text(node.child_by_field_name("result"))
        said = _NARROWS.sub(r"\1", source.text(node.child_by_field_name("body")))
        plain = _TEXT.sub("", _PATH.sub("", said))
        if not _REQUEST.search(given) or result != "bool" or re.search(r"\brange\b|\w\.\w", plain):
            continue
        paths = [[_HOW.get(one[1], "is"), one[2]] for one in _TEXT.finditer(said)]
        calls = [
            one
            for one in re.findall(r"(?<![\w.])([\w.]+)\(", plain)
            if not _COMPARES.fullmatch(one)
        ]
        yield Mark(
            reader, "open", source.symbol(node), line_of(node), {"paths": paths, "calls": calls}
        )
