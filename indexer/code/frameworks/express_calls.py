"""Calls that register something in Express, as they are written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from indexer.code.frameworks.express_middleware import MiddlewareArgument, given
from indexer.code.frameworks.express_wrappers import FUNCTIONS, OF_ITS_OWN, runs
from indexer.code.syntax import line_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indexer.code.syntax import Node, SourceFile
    from memory.code.facts import Import, Mark

METHODS = frozenset({"get", "post", "put", "patch", "delete", "options", "head", "all"})
ROUTER = re.compile(
    r"^(?:new\s+)?(?:[\w.]+\.|require\(['\"]express['\"]\)\.)?(?:Promise)?Router\("
    r"|^(?:await\s+)?PromiseRouter\("
)
_APPLICATION = re.compile(r"(?:require\(\s*['\"]express['\"]\s*\)|(\w+))\(\)")
_CHAINED = re.compile(r"\.(?:use|route|all|get|post|put|patch|delete|options|head)$")
STRING = re.compile(r"(['\"`])([^'\"`]*)\1")
_PARAMETER = re.compile(r":(\w+)(?:\([^)]{0,999}\))?\??")
_DECIDING = re.compile(r"credentialsRequired|optional|unless|failureRedirect|skip")
_OF_REQUESTS = re.compile(r"\b_?(?:req|request|ctx|res|response|next)\b")
_OF_SETTINGS = re.compile(r"conf|setting|\benv|global", re.IGNORECASE)
_RETURNED = "(return_statement (_) @value)"
_KEPT = """
[(variable_declarator name: (identifier) @name value: (_) @value)
 (function_declaration name: (identifier) @name) @value
 (assignment_expression left: (identifier) @name right: (_) @value)]
"""
_VARIABLES = """
[(variable_declarator name: (identifier) @name) @declared
 (function_declaration name: (identifier) @name) @declared]
"""
_TAKEN = re.compile(r"=\s*+(?:await\s++import|require)\(")
_TOLD = frozenset({"call_expression", "identifier", "member_expression", "array"})
#: What is called, and what it is given: of `wrap(need)` both.
_HEADS = re.compile(r"([\w$]++)(?:[.\w$]*+\(\s*+([\w$]++))?")
LONGEST = 400  # characters of a value that is kept


def is_application(source: SourceFile, said: str) -> bool:
    """Whether a value is made by what a file calls the package, and not by its `Router`."""
    found = _APPLICATION.match(said)
    taken = (one for one in source.facts.imports if one.target == "express")
    said_as = (pair for one in taken for pair in zip(one.local, one.names, strict=False))
    names = {"express"}.union(local for local, name in said_as if name != "Router")
    return found is not None and (not found[1] or found[1] in names)


def looks_own(mark: Mark, imports: Iterable[Import], *, is_made: bool) -> bool:
    """Whether a call on what is not known, or made by a function, may register a route."""
    is_named = is_made or re.search(r"app|rout|api|server|^this$", mark.name, re.IGNORECASE)
    is_path = is_named and mark.data["path"][1:2] in {"/", "*"}
    return bool(is_path) and any(one.target == "express" for one in imports)


def chain(source: SourceFile, owner: Node) -> tuple[str, str | None, list[MiddlewareArgument]]:
    """What a chain of calls begins with, the path of its `route()`, and what its `all()` is given.

    `router.route("/x").all(guard).get(show)`; "" for what is no chain of registrations.
    """
    path: str | None = None
    above: list[MiddlewareArgument] = []
    while owner.type == "call_expression":
        inner = owner.child_by_field_name("function")
        arguments = owner.child_by_field_name("arguments")
        if inner is None or arguments is None:
            return "", None, []
        if inner.type != "member_expression" or ROUTER.match(source.text(owner)[:40]):
            is_router = inner.type == "identifier" and ROUTER.match(source.text(owner))
            if is_router or not _CHAINED.search(source.text(inner)):
                return (
                    (_declared(source, owner) if ROUTER.match(source.text(owner)) else ""),
                    path,
                    above,
                )
        name = source.text(inner.child_by_field_name("property"))
        if name == "route":
            path = source.text(arguments.named_children[0]) if arguments.named_children else ""
        elif name == "all":
            above += [each for one in arguments.named_children for each in given(source, one)]
        elif name not in METHODS | {"use"}:
            return "", None, []
        following = inner.child_by_field_name("object")
        if following is None:
            return "", None, []
        owner = following
    said = source.text(owner)
    return (said if re.fullmatch(r"(?:this\.)?[\w$.]+", said) else ""), path, above


def is_followed(call: Node) -> bool:
    """Whether a call has another behind it, as in `router.route("/x").all(guard).get(show)`."""
    return call.parent is not None and call.parent.type == "member_expression"


def is_passed_on(source: SourceFile, call: Node, owner: str) -> bool:
    """Whether a method `use` does nothing but have a field use what it is given, in that order."""
    method = next(_functions_around(call), None)
    if method is None or method.type != "method_definition" or not owner.startswith("this."):
        return False
    body, listed = (method.child_by_field_name(one) for one in ("body", "parameters"))
    done = [one for one in (body.named_children if body else ()) if one.type != "comment"]
    arguments = call.child_by_field_name("arguments")
    args = [source.text(one) for one in (arguments.named_children if arguments else ())]
    names = [
        source.text(one.child_by_field_name("pattern") or one)
        for one in (listed.named_children if listed else ())
    ]
    is_alone = len(done) == 1 and call.parent == done[0]
    is_use = source.text(method.child_by_field_name("name")) == "use"
    return is_use and is_alone and len(args) > 1 and args == names


def _declared(source: SourceFile, node: Node) -> str:
    """What the variable is called that a chain is put into; "default" for what is exported."""
    outer = node.parent
    while outer is not None and outer.type in {"call_expression", "member_expression"}:
        outer = outer.parent
    if outer is not None and outer.type == "variable_declarator":
        return source.text(outer.child_by_field_name("name"))
    return "default" if outer is not None and outer.type == "export_statement" else ""


def returned(source: SourceFile, function: Node) -> str:
    """What a function gives back, of `() => jwt({ secret })` or `const f = guard; return f`.

    `OF_ITS_OWN` for a function that is made in it, "" for a middleware; in parentheses what is
    neither, or one of several things.
    """
    body = function.child_by_field_name("body")
    if body is None or _OF_REQUESTS.search(source.text(function.child_by_field_name("parameters"))):
        return ""
    given_back = [body]
    if body.type == "statement_block":
        given_back = [
            one
            for found in source.matches(_RETURNED, body)
            if next(_functions_around(one := found["value"][0])) == function
        ]
    given_back = [_kept(source, function, one) for one in given_back]
    if not given_back:
        return ""
    if all(one.type in FUNCTIONS for one in given_back):
        return OF_ITS_OWN
    said = source.text(given_back[0])[:LONGEST]
    parameters = source.text(function.child_by_field_name("parameters"))
    is_given = set(re.findall(r"^[\w$]+", said)) <= set(re.findall(r"[\w$]+", parameters))
    is_one = len(given_back) == 1 and given_back[0].type in _TOLD and not is_given
    is_last = body.type != "statement_block" or body.named_children[-1].type == "return_statement"
    return said if is_one and is_last else f"({said})"


def _kept(source: SourceFile, function: Node, value: Node) -> Node:
    """What a variable of a function was made as, if it is one and nothing else."""
    name = source.text(value)
    kept = [
        found["value"][0]
        for found in source.matches(_KEPT, function)
        if source.text(found["name"][0]) == name
    ]
    return kept[0] if len(kept) == 1 else value


def later(source: SourceFile, call: Node) -> list[int]:
    """The lines of the function around a call that no other line of its file is seen to call.

    None for a method, which a constructor may call, and for `(() => {})()`.
    """
    function = next(_functions_around(call), None)
    if function is None or function.type == "method_definition" or runs(source, function):
        return []
    outer = function.parent
    is_kept = outer is not None and outer.type == "variable_declarator"
    name = source.text((outer if is_kept and outer else function).child_by_field_name("name"))
    called = (
        re.findall(rf"(?<![\w.$]){re.escape(name)}\(", source.text(source.root)) if name else []
    )
    is_seen = len(called) > (function.type == "function_declaration")
    is_seen = is_seen and not _leaves_before(source, function, call)
    return [] if is_seen else [line_of(function), function.end_point[0] + 1]


def _leaves_before(source: SourceFile, function: Node, call: Node) -> bool:
    """Whether a function may have ended before it comes to a call."""
    return any(
        one.end_byte < call.start_byte and next(_functions_around(one), None) == function
        for one in source.captures("(return_statement) @leaves", function).get("leaves", ())
    )


def is_top(node: Node) -> bool:
    """Whether a node stands in no function."""
    outer = node.parent
    while outer is not None and outer.type not in FUNCTIONS | {"function_declaration"}:
        outer = outer.parent
    return outer is None


def parameter(source: SourceFile, node: Node, owner: str) -> dict[str, Any]:
    """Whether what a call is made on is a parameter: of which function, and the how manieth."""
    for outer in _functions_around(node):
        listed = outer.child_by_field_name("parameters")
        for index, one in enumerate(listed.named_children if listed else ()):
            if (found := re.match(r"\w*", source.text(one))) and found[0] == owner:
                return {"function": source.owner(outer) or "default", "index": index}
    return {}


def is_set_from_outside(source: SourceFile, value: Node) -> bool:
    """Whether what a value is assigned to is no variable of the function around it."""
    assigned = value.parent
    if assigned is None or assigned.type != "assignment_expression":
        return False
    name = source.text(assigned.child_by_field_name("left"))
    function = next(_functions_around(value), None)
    declared = source.matches(_VARIABLES, function) if function is not None else ()
    return all(source.text(one["name"][0]) != name for one in declared)


def told_apart(source: SourceFile, call: Node, one: MiddlewareArgument) -> MiddlewareArgument:
    """An argument; in parentheses where its name is another thing in its file than where it stands.

    There it is a parameter, or a variable of a function around the call.
    """
    facts, names = source.facts, _HEADS.match(one.text)
    taken = {name for each in facts.imports if each.target.startswith(".") for name in each.local}
    taken |= {each.name for each in facts.definitions}
    is_own = any(
        name in taken and (parameter(source, call, name) or _declares(source, call, name))
        for name in (names.groups() if names else ())
    )
    return one._replace(text=f"({one.text})") if is_own else one


def _declares(source: SourceFile, call: Node, name: str) -> bool:
    """Whether a function around a call has a variable of a name, other than what it requires."""
    outermost = next(reversed([*_functions_around(call)]), None)
    return outermost is not None and any(
        source.text(one["name"][0]) == name and not _TAKEN.search(source.text(one["declared"][0]))
        for one in source.matches(_VARIABLES, outermost)
        if one["declared"][0] != outermost
    )


def _functions_around(node: Node) -> Iterator[Node]:
    """The functions that a node stands in; the innermost first."""
    outer = node.parent
    while outer is not None:
        if outer.type in FUNCTIONS | {"function_declaration", "method_definition"}:
            yield outer
        outer = outer.parent


def repeated(
    source: SourceFile, node: Node, data: dict[str, Any], lists: dict[str, Node]
) -> Iterator[dict[str, Any]]:
    """A call once; one inside `routes.forEach((one) => ...)` for each object of a list."""
    outer = node.parent
    while outer is not None and outer.type not in FUNCTIONS | {"for_in_statement"}:
        outer = outer.parent
    over = ""
    if outer is not None and outer.type == "for_in_statement":
        over = source.text(outer.child_by_field_name("right"))
    elif outer is not None and outer.parent is not None and outer.parent.parent is not None:
        found = re.match(
            r"(\w+)\.forEach\($", source.text(outer.parent.parent)[:LONGEST].split("(")[0] + "("
        )
        over = found[1] if found else ""
    if over not in lists:
        yield data
        return
    for one in (each for each in lists[over].named_children if each.type == "object"):
        pairs = {
            source.text(pair.child_by_field_name("key")): source.text(
                pair.child_by_field_name("value")
            )
            for pair in one.named_children
            if pair.type == "pair"
        }

        def put(said: str, pairs: dict[str, str] = pairs) -> str:
            return pairs.get(said.rpartition(".")[2], said) if "." in said else said

        args = [each._replace(text=put(each.text)) for each in data["args"]]
        yield data | {"path": put(data["path"]), "args": args}


def set_path(source: SourceFile, call: Node, said: str) -> str:
    """A path; in parentheses what is of a parameter or of a loop, unless that holds settings."""
    root, dot, _ = said.partition(".")
    if not dot or _OF_SETTINGS.search(root):
        return said
    outer = call.parent
    while outer is not None and not (
        outer.type == "for_in_statement" and source.text(outer.child_by_field_name("left")) == root
    ):
        outer = outer.parent
    return f"({said})" if outer is not None or parameter(source, call, root) else said


def short(said: str) -> str:
    """What a value is made by, without what it is given if that is long; "" where it matters."""
    if len(said) < LONGEST:
        return said
    return "" if _DECIDING.search(said) else f"{said.partition('(')[0][:LONGEST]}(...)"


def paths(said: str) -> list[str] | None:
    """The paths that a registration names, "" for none; None where one is no literal.

    What is set somewhere stands in braces: `{RouterBasePath}` for `global.RouterBasePath`.
    """
    if not said:
        return [""]
    if of_settings := re.fullmatch(r"(?:[\w$]+\.)+([\w$]+)", said):
        return [f"/{{{of_settings[1]}}}"]
    if found := STRING.fullmatch(said):
        return None if "${" in said else [found[2]]
    if re.fullmatch(r"\[\s*+(?:['\"`][^'\"`$]*['\"`]\s*+,?\s*+)*+\]", said):
        return [found[2] for found in STRING.finditer(said)]
    return None


def covers(said: str, own: str, *, is_whole: bool) -> bool | None:
    """Whether what is registered for a path is for another one, too; None where that is open.

    Args:
        said: The text of the path that it is registered for.
        own: The other path.
        is_whole: Whether it is for no path below that, unless it ends with a star.
    """
    prefixes = paths(said)
    found = {_covers(one, own, is_whole=is_whole) for one in prefixes} if prefixes else {None}
    return True if True in found else None if None in found else False


def _covers(prefix: str, own: str, *, is_whole: bool) -> bool | None:
    path, star, rest = prefix.replace("(.*)", "*").partition("*")
    if rest or (star and path[-1:] not in {"", "/"}) or re.search(r"[(?+]", path):
        return None  # `/v*`, `/*/edit`, `/:id?`
    asked, given = ([part for part in one.split("/") if part] for one in (path, own))
    if len(asked) > len(given) or any(
        one != other and not re.fullmatch(r":\w+", one)
        for one, other in zip(asked, given, strict=False)
    ):
        return False
    if not is_whole or (star and not asked):
        return True
    is_same = len(asked) == len(given)
    return (None if is_same else True) if star else is_same


def joined(prefix: str | None, own: str | None) -> str | None:
    """A path below a prefix, with `{name}` for parameters, and with the slash that ends it."""
    if prefix is None or own is None:
        return None
    plain = f"{prefix.strip('/')}/{own.strip('/')}".strip("/")
    end = "/" if own.endswith("/") and own.strip("/") else ""
    return "/" + _PARAMETER.sub(r"{\1}", plain) + end
