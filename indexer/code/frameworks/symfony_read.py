"""What controllers of Symfony state: attributes, and annotations in their comments."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from indexer.code.php_values import UNKNOWN, Arguments, arguments, chain, goes_on, texts
from indexer.code.syntax import line_of
from memory.code.facts import Mark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.code.syntax import Node, SourceFile

_DECLARED = "[(class_declaration) (method_declaration)] @declared"
_VERBS = {"Get", "Post", "Put", "Patch", "Delete", "Head", "Options"}
_GENERATES = frozenset({"ApiResource"})
#: An attribute of this name that only describes what is asked.
_DOCUMENTS = re.compile(r"(?:ApiDoc|OpenApi|Swagger)\w{0,99}\\(?:\w{1,99}\\){0,9}Security$")
_LAST = re.compile(r"(?<!\w)\w++$")
_ANNOTATION = re.compile(r"@(\\?[\w\\]+)\(")
_STRING = re.compile(r"\"((?:[^\"]|\"\")*)\"")
_PAIR = re.compile(r"(\b\w++|\"[^\"]*\")\s*[=:]\s*")
_EXPRESSION = re.compile(r"\(\s*new\s+\\?[\w\\]*Expression\((['\"])(.*?)\1\)", re.DOTALL)
_CONFIGURATOR = re.compile(rb"\bRoutingConfigurator\s++\$(\w++)")
_VOTE = "voteOnAttribute"
_NO_USER = re.compile(
    r"^\(\s*(?:!\s*+\(?\s*+\$\w+\s+instanceof\s+[\w\\]+\s*+\)?|null\s*===?\s*\$user"
    r"|\$user\s*===?\s*null|!\s*\$user)\s*(?:\|\||\)$)"
)
_RETURNS = "(return_statement) @returned"
_ARMS = "[(match_conditional_expression) (match_default_expression)] @arm"
_REFUSED = re.compile(
    r"^(?:false|\$this->\w+->isGranted\(['\"](?:ROLE_\w+|IS_AUTHENTICATED\w*)['\"]\)"
    r"(?:\s*&&.*)?)$",
    re.DOTALL,
)
_CASE = re.compile(r"(\w+)::(\w+)->value\b")
#: A right that a constant of a class names: `User::ROLE_ADMIN`.
_CONSTANT = re.compile(r"\(?\s*+(?:attribute:\s*+)?(\\?[\w\\]++::\w++)\s*+(?:[,)]|$)")
_CONSTANTS = """
(class_declaration name: (name) @class body: (declaration_list (const_declaration
    (const_element . (name) @name (string) @value))))
"""
_RIGHT = re.compile(r"['\"]([\w.-]{1,99})['\"]")
_OF_ALL = re.compile(r"public|anonym|guest|every|all|any", re.IGNORECASE)
_HAS_ROLE = re.compile(
    r"^\(\s*(?:\$this->\w+->isGranted\(\s*['\"]ROLE_\w+['\"]\s*\)"
    r"|\$this->\w+->decide\(\$token,\s*\[\s*['\"]ROLE_\w+['\"]\s*\]\))\s*\)$"
)
_DENIES = re.compile(r"^\$this->denyAccessUnlessGranted\((.*)\);$", re.DOTALL)
#: A parameter for who is known, which cannot be nobody: without one the request is refused.
_GIVEN_USER = re.compile(r"#\[CurrentUser\]\s*(?:\w+\s+)?(?!\?|null\b)[\w\\]+\s+\$\w+\s*(?:[,)]|$)")
_VALIDATES = re.compile(r"\$\w+->isValid\(\)")
_LIMITS = re.compile(r"->consume\([^()]*\)->(?:isAccepted|ensureAccepted)\(|ensureAccepted\(")
_MAPPED = frozenset({"MapRequestPayload", "MapQueryString", "MapUploadedFile"})


def controllers(source: SourceFile, reader: str) -> Iterator[Mark]:
    """A mark for each class and method that states something of routes or of access.

    A mark `right` stands for a constant that may name one.
    """
    if b"ROLE_" in source.content or b"Voter" in source.content:
        for one in source.matches(_CONSTANTS):
            right = _RIGHT.fullmatch(source.text(one["value"][0]))
            name = f"{source.text(one['class'][0])}.{source.text(one['name'][0])}"
            if right:
                yield Mark(reader, "right", name, line_of(one["name"][0]), {"is": right[1]})
    found = source.captures(_DECLARED).get("declared", ())
    documents = any(_DOCUMENTS.search(one.target) for one in source.facts.imports)
    for node in sorted(found, key=lambda one: one.start_byte):
        symbol = source.symbol(node)
        if not symbol:
            continue
        said = [*_attributes(source, node), *_annotations(source, node)]
        data: dict[str, Any] = {
            "routes": [one for name, given, line in said for one in _routes(name, given, line)],
            "guards": [
                [name, _first(given, "attribute"), line]
                for name, given, line in said
                if name in {"IsGranted", "Security"} and (name == "IsGranted" or not documents)
            ],
        }
        _add_methods(data["routes"], said)
        if node.type == "class_declaration":
            data["is_abstract"] = any(one.type == "abstract_modifier" for one in node.children)
            data["generates"] = any(name in _GENERATES for name, _, _ in said)
            body = node.child_by_field_name("body")
            has_routes = "Route" in source.text(body) or "Rest" in source.text(body)
            if data["routes"] or data["guards"] or data["generates"] or has_routes:
                yield Mark(reader, "class", symbol, line_of(node), data)
            continue
        if symbol.endswith(f".{_VOTE}"):
            yield Mark(reader, "voter", symbol, line_of(node), {"refuses": _refuses(source, node)})
        data |= _of_body(source, node)
        if any(data.values()):
            yield Mark(reader, "method", symbol, line_of(node), data)


def configured(source: SourceFile, reader: str) -> Iterator[Mark]:
    """A mark for each call by which a file of routes adds or imports some."""
    if b"RoutingConfigurator" not in source.content:
        return
    names = {f"${one[1].decode()}" for one in _CONFIGURATOR.finditer(source.content)}
    for node in source.captures("(member_call_expression) @call").get("call", ()):
        root, steps = ("", []) if goes_on(node) else chain(source, node)
        beginnings = [at for at, one in enumerate(steps) if one.name in {"add", "import"}]
        if root not in names or not beginnings:
            continue
        of_all = steps[: beginnings[0]]  # `$routes->collection()->prefix("/x")->add(...)`
        above = {one.name: arguments(source, one.arguments) for one in of_all}
        for at, end in zip(beginnings, [*beginnings[1:], len(steps)], strict=True):
            said = above | {one.name: arguments(source, one.arguments) for one in steps[at:end]}
            first = (*said[steps[at].name].plain, UNKNOWN, UNKNOWN)[:2]
            data: dict[str, Any] = {
                name: given.plain[0] if given.plain else UNKNOWN
                for name, given in said.items()
                if name in {"prefix", "namePrefix", "controller", "methods"}
            }
            data["first"] = list(first)
            yield Mark(reader, steps[at].name, "", line_of(steps[at].node), data)


def _attributes(source: SourceFile, node: Node) -> Iterator[tuple[str, Arguments, int]]:
    groups = node.child_by_field_name("attributes")
    for group in groups.named_children if groups is not None else ():
        for one in group.named_children:
            name = source.text(one.named_children[0] if one.named_children else None)
            parameters = one.child_by_field_name("parameters")
            given = arguments(source, parameters)
            if UNKNOWN in (*given.plain[:1], given.named.get("attribute")):
                expression = _EXPRESSION.match(source.text(parameters))
                right = _right(source.text(parameters).lstrip("( \n"))
                given.plain[:1] = [expression[2] if expression else right]
                given.named.pop("attribute", None)
            yield _called(name), given, line_of(one)


def _right(said: str) -> str:
    """What a right is called that a case of an enumeration names, "Actions-Edit", or a constant.

    The latter is "User::ADMIN", as it stands.
    """
    if constant := _CONSTANT.match(said):
        return constant[1]
    found = _CASE.match(said)
    return UNKNOWN if found is None or _OF_ALL.search(found[2]) else f"{found[1]}-{found[2]}"


def _called(name: str) -> str:
    """The last part of a name; of the annotations of REST, `Rest.Get`.

    What describes a route for OpenAPI is called alike, `OA\\Get`, and is none.
    """
    last = _LAST.search(name)
    own = last[0] if last else ""
    if own not in _VERBS or "\\" not in name:
        return own
    return f"Rest.{own}" if "rest" in name.lower() else ""


def _annotations(source: SourceFile, node: Node) -> Iterator[tuple[str, Arguments, int]]:
    """`@Route("/x", methods={"GET"})` in the comment before a declaration."""
    comment = node.prev_named_sibling
    if comment is None or comment.type != "comment":
        return
    text = source.text(comment)
    if not text.startswith("/**"):
        return
    for found in _ANNOTATION.finditer(text):
        end = _closing(text, found.end())
        line = line_of(comment) + text.count("\n", 0, found.start())
        yield _called(found[1]), _given(text[found.end() : end]), line


def _closing(text: str, at: int) -> int:
    depth, in_text = 1, False
    for index in range(at, len(text)):
        char = text[index]
        in_text = in_text != (char == '"')
        if not in_text:
            depth += (char in "({") - (char in ")}")
        if depth == 0:
            return index
    return len(text)


def _given(text: str) -> Arguments:
    """The arguments of an annotation: texts, and lists of them in braces."""
    found = Arguments([], {})
    for part in _parts(text):
        pair = re.match(r"(\w+)\s*=\s*", part)
        said = part[pair.end() :].strip() if pair else part
        value: Any = UNKNOWN
        if said.startswith("{"):
            pairs = re.findall(r"\"([^\"]*)\"\s*[=:]\s*\"([^\"]*)\"", said)
            value = dict(pairs) if pairs else _STRING.findall(said)
        elif text_ := _STRING.fullmatch(said):
            value = text_[1]
        if pair:
            found.named[pair[1]] = value
        else:
            found.plain.append(value)
    return found


def _parts(text: str) -> Iterator[str]:
    """What is between commas that stand in no text and no braces."""
    depth, in_text, start = 0, False, 0
    for index, char in enumerate(text):
        in_text = in_text != (char == '"')
        if not in_text:
            depth += (char in "({") - (char in ")}")
            if char == "," and depth == 0:
                yield text[start:index].strip(" \n*")
                start = index + 1
    if text[start:].strip(" \n*"):
        yield text[start:].strip(" \n*")


def _routes(name: str, given: Arguments, line: int) -> Iterator[dict[str, Any]]:
    is_rest = name.startswith("Rest.")
    if name != "Route" and not is_rest:
        return
    path = given.named.get("path", given.named.get("value", (given.plain or [""])[0]))
    methods = given.named.get("methods", given.plain[4] if len(given.plain) > 4 else [])
    required = given.named.get("requirements", {})
    own = given.named.get("name", given.plain[1] if len(given.plain) > 1 else "")
    yield {
        "paths": texts(path),
        "methods": [name[5:].upper()] if is_rest else [one.upper() for one in texts(methods)],
        "requirements": {str(key): str(one) for key, one in required.items()}
        if isinstance(required, dict)
        else {},
        "name": own if isinstance(own, str) else "",
        "line": line,
    }


def _add_methods(routes: list[dict[str, Any]], said: list[tuple[str, Arguments, int]]) -> None:
    """`@Method("GET")`, which stands beside the route in old controllers."""
    for name, given, _ in said:
        if name == "Method":
            for one in routes:
                one["methods"] = one["methods"] or [each.upper() for each in texts(given.plain)]


def _first(given: Arguments, name: str) -> str:
    said = given.named.get(name, given.named.get("data", (given.plain or [UNKNOWN])[0]))
    return said if isinstance(said, str) else UNKNOWN


def _refuses(source: SourceFile, node: Node) -> bool:
    """Whether a voter refuses who is no user, before it grants anything."""
    body = node.child_by_field_name("body")
    if body is None:
        return False
    returned = [_result(one) for one in source.captures(_RETURNS, body).get("returned", ())]
    results = [
        each
        for one in returned
        for each in (_arms(source, one) if one and one.type == "match_expression" else [one])
    ]
    if results and all(_REFUSED.match(source.text(one)) for one in results):
        return True
    for statement in body.named_children:
        text = source.text(statement)
        if statement.type == "if_statement" and "return" in text:
            condition = source.text(statement.child_by_field_name("condition"))
            inside = source.text(statement.child_by_field_name("body")).strip("{} \n;")
            is_refusal = inside.endswith("return false") and inside.count("return") == 1
            if inside == "return true" and _HAS_ROLE.match(" ".join(condition.split())):
                continue  # nobody has one
            if is_refusal and _NO_USER.match(" ".join(condition.split())):
                return True
            if not is_refusal:
                return False
        elif "return" in text:
            return text.strip() == "return false;"
    return False


def _result(node: Node) -> Node | None:
    return node.named_children[-1] if node.named_children else None


def _arms(source: SourceFile, node: Node) -> list[Node | None]:
    return [_result(one) for one in source.captures(_ARMS, node).get("arm", ())]


def _of_body(source: SourceFile, node: Node) -> dict[str, Any]:
    """What a method asks for by itself."""
    body = node.child_by_field_name("body")
    denies: list[list[Any]] = []
    for statement in body.named_children if body is not None else ():
        found = _DENIES.match(source.text(statement).strip())
        if found:
            said = re.match(r"^['\"](\w+)['\"]", found[1])
            asked = said[1] if said else _right(found[1])
            denies.append(["denyAccessUnlessGranted", asked, line_of(statement)])
        elif re.search(r"\breturn\b", source.text(statement)):
            break
    text = source.text(body)
    parameters = source.text(node.child_by_field_name("parameters"))
    mapped = next((one for one in sorted(_MAPPED) if f"#[{one}" in parameters), "")
    checked = _VALIDATES.search(text)
    limited = _LIMITS.search(text)
    return {
        "denies": denies,
        "is_given": line_of(node) if _GIVEN_USER.search(parameters) else 0,
        "validates": f"#[{mapped}]" if mapped else checked[0] if checked else "",
        "limits": limited[0] if limited else "",
    }
