"""What is stated of middleware in Laravel: by kernels, calls, controllers and methods."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from indexer.code.access import IDENTITY
from indexer.code.php_values import UNKNOWN, arguments, texts, value
from indexer.code.syntax import line_of
from memory.code.facts import Mark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.code.syntax import Node, SourceFile

_PROPERTIES = {
    "$middlewareGroups": "group",
    "$middlewareAliases": "alias",
    "$routeMiddleware": "alias",
    "$middleware": "global",
}
_CONSTRUCTORS = """
(method_declaration name: (name) @name body: (compound_statement) @body) @method
"""
_PROPERTY = """
(property_element name: (variable_name) @name default_value: (array_creation_expression) @value)
"""
_GATES = """
[(scoped_call_expression scope: (_) @of name: (name) @name arguments: (arguments) @arguments)
 (member_call_expression object: (_) @of name: (name) @name arguments: (arguments) @arguments)]
"""
_GATE = re.compile(r"(?:^|\\)Gate$|\$(?:\w+->)?\w*[gG]ate$")  # the facade, or one that is injected
#: What stands in each file that defines rights.
GATED = re.compile(rb"[gG]ate(?:::|->)")
_CLOSURES = frozenset({"anonymous_function", "anonymous_function_creation_expression",
                       "arrow_function"})  # fmt: skip
_OR_NULL = re.compile(r"^\s*(?:\?|mixed\b)|\bnull\b", re.IGNORECASE)
_CALLED = "(member_call_expression name: (name) @name arguments: (arguments) @arguments) @call"
_NAMED = re.compile(r"^(?:alias|append|prepend|use|web|api|group|appendToGroup|prependToGroup"
                    r"|aliasMiddleware|middlewareGroup|pushMiddlewareToGroup|pushMiddleware"
                    r"|prependMiddlewareToGroup|throttleApi)$")  # fmt: skip
_STATES = re.compile(
    rb"iddleware|->(?:validate|authorize)\w*\(|Gate::|\$next\b|function authorize\("
    rb"|parent::__construct"
)
_VALIDATES = re.compile(
    r"^(?:\$\w+\s*=\s*|return\s+)?(?:\$this->validate|(?:\$request|request\(\))->validate)"
    r"(?:WithBag)?\("
)
#: The methods of a controller of which `authorizeResource` asks whether somebody may.
_OF_RESOURCES = ["index", "show", "create", "store", "edit", "update", "destroy"]
_AUTHORIZES = re.compile(r"^(?:\$this->authorize(?:ForUser)?|(?:\\?[\w\\]+)?Gate::authorize)\(")
#: What a form of input gives back that asks for a right, and nothing beside it.
_OF_RIGHT = re.compile(
    r"^return (?!.*(?:\|\||\?|!)).*"
    r"(?:->can(?:Any)?\(|Gate::(?:allows|any|authorize|check|inspect)\("
    r"|->(?:allows|has(?:Any)?(?:Role|Permission)\w*|isAdmin)\()"
)
_USER = (
    r"(?:(?:\\?Auth::|\$this->\w{0,99}[aA]uth\w{0,99}->|auth\([^()]*\)->)(?:guard\([^()]*\)->)?"
    r"|\$request->)"
)
#: A condition that holds for who is nobody, whoever else; and one that does for nobody of them.
_NOBODY = re.compile(
    rf"^\(*\s*(?:!\s*{_USER}(?:check|user)\([^()]*\)|{_USER}guest\(\)"
    rf"|{_USER}user\([^()]*\)\s*===?\s*null"
    # null where the request has no such header
    r"|\$request->bearerToken\(\)\s*===?\s*null"
    r"|!\s*\(?(?:\$\w{1,99} = )?\$request->bearerToken\(\)\)?"
    r"|(?:is_null|empty)\((?:\$\w{1,99} = )?\$request->bearerToken\(\)\))\s*(?:\|\||\)*$)"
)
#: What an application is, that nobody who asks can change by what he shows.
_STATE = re.compile(r"(?i)setup|install|licen[cs]e|maintenance|\bconfig\(|\benv\(|migrat")
_SHOWN = re.compile(
    r"(?i)header|cookie|input|query|bearer|password|secret|signature|public|private|guest|access|allow"
)
_SOMEBODY = re.compile(rf"^\(*\s*{_USER}(?:check|user)\([^()]*\)(?!\s*=)(?:(?!\|\||\?\?).)*$")
_ABORTS = re.compile(r"^abort_(if|unless)\((.*),[^,]*(?:40[13]|UNAUTHORIZED|FORBIDDEN)[^,]*\);?$")
_RETURNS = "(return_statement) @returned"
_ENDINGS = """
[(return_statement) (throw_expression) (exit_statement)
 (function_call_expression function: (name) @_name (#match? @_name "^(abort|redirect)"))] @ending
"""
_HANDS = re.compile(r"^\$this->(\w+)\([^;]*\);\s*return \$next\(")
_STOPS = re.compile(r"^\s*(?:abort\(|throw\b|return\b)")


def middleware_marks(source: SourceFile, reader: str) -> Iterator[Mark]:
    """What classes of middleware there are, what controllers state, what methods check."""
    has_some = b"iddleware" in source.content
    for found in source.matches(_PROPERTY) if has_some else ():
        name = source.text(found["name"][0])
        if name in _PROPERTIES:
            data = {"is": value(source, found["value"][0]), "how": "set"}
            yield Mark(reader, _PROPERTIES[name], "", line_of(found["name"][0]), data)
    for found in source.matches(_CALLED) if has_some else ():
        name = source.text(found["name"][0])
        if _NAMED.match(name):
            yield from _configured(source, reader, name, found)
    for found in source.matches(_GATES) if GATED.search(source.content) else ():
        if _GATE.search(source.text(found["of"][0])):
            yield from _gate(source, reader, source.text(found["name"][0]), found["arguments"][0])
    for found in source.matches(_CONSTRUCTORS) if _STATES.search(source.content) else ():
        yield from _method(source, reader, found)


def _gate(source: SourceFile, reader: str, name: str, arguments_: Node) -> Iterator[Mark]:
    """A right that is defined, or what is asked before or after all: whether nobody may have it.

    Who is nobody is refused without being asked about, unless a function takes null in his place.
    """
    given = [one.named_children[0] for one in arguments_.named_children if one.named_children]
    function = given[-1] if given else None
    is_closure = function is not None and function.type in _CLOSURES
    listed = function.child_by_field_name("parameters") if function and is_closure else None
    first = source.text(listed.named_children[0]) if listed and listed.named_children else ""
    refuses = is_closure and not _OR_NULL.search(first)
    said = value(source, given[0]) if name == "define" and given else ""
    if name in {"define", "before", "after"}:
        said = said if isinstance(said, str) and UNKNOWN not in said else ""  # it may be any
        yield Mark(reader, "gate", said, line_of(arguments_), {"refuses": refuses})


def _configured(
    source: SourceFile, reader: str, name: str, found: dict[str, list[Node]]
) -> Iterator[Mark]:
    """Middleware that calls configure: in `bootstrap/app.php`, or of a router in a provider."""
    owner = source.text(found["call"][0].child_by_field_name("object"))
    if not re.search(r"[mM]iddleware$|[rR]outer$|[kK]ernel$|\['router'\]$|^\$this$", owner):
        return
    said, line = arguments(source, found["arguments"][0]), line_of(found["call"][0])
    first = said.plain[0] if said.plain else UNKNOWN
    if name in {"alias", "aliasMiddleware"}:
        aliases = first if isinstance(first, dict) else {str(first): [*said.plain, UNKNOWN][1]}
        yield Mark(reader, "alias", "", line, {"is": aliases, "how": "add"})
    elif name in {"web", "api"}:
        added = [said.named.get(one, []) for one in ("append", "prepend")]
        replaced = said.named.get("replace", {})
        added += said.plain[:2] + (list(replaced.values()) if isinstance(replaced, dict) else [])
        yield Mark(reader, "group", "", line, {"is": {name: texts(added)}, "how": "add"})
    elif name in {"append", "prepend", "use", "pushMiddleware"}:
        yield Mark(reader, "global", "", line, {"is": texts(first), "how": "add"})
    elif name == "throttleApi":
        limit = texts(said.plain[:1] or ["api"])[0]
        yield Mark(reader, "group", "", line, {"is": {"api": [f"throttle:{limit}"]}, "how": "add"})
    elif isinstance(first, str) and len(said.plain) > 1:
        is_whole = name in {"group", "middlewareGroup"}
        data = {"is": {first: texts(said.plain[1])}, "how": "set" if is_whole else "add"}
        yield Mark(reader, "group", "", line, data)


def _method(source: SourceFile, reader: str, found: dict[str, list[Node]]) -> Iterator[Mark]:
    node, body = found["method"][0], found["body"][0]
    name = source.text(found["name"][0])
    symbol = source.symbol(node)
    data: dict[str, Any] = {"validates": "", "authorizes": "", "states": [], "refuses": ""}
    data["decides"] = ""
    data["asks"] = _form_asks(source, body) if name == "authorize" else ""
    data |= {"hands": "", "stops": name != "handle" and _stops_nobody(source, body)}
    data["passes"] = name == "handle" and _passes_nobody(source, body)
    if name == "handle":
        data["refuses"] = _refuses_nobody(source, body)
        handed = _HANDS.match(" ".join(map(source.text, _statements(body))))
        data["hands"] = handed[1] if handed else ""
        data["decides"] = _decides(source, body)
    for statement in body.named_children:
        text = source.text(statement)
        if _VALIDATES.match(text):
            data["validates"] = data["validates"] or text.partition("\n")[0][:80]
        elif _AUTHORIZES.match(text):
            data["authorizes"] = data["authorizes"] or text.partition("\n")[0][:80]
        if name == "__construct" and "middleware(" in text:
            data["states"] += _stated(source, statement, text)
        elif name == "__construct" and "->authorizeResource(" in text:
            data["states"].append(_of_resource(source, statement))
        elif name == "middleware" and statement.type == "return_statement":
            data["states"] += _listed(source, statement)
    calls_parent = "parent::__construct" in source.text(body)
    data["calls_parent"] = calls_parent
    says = any(
        map(
            data.get,
            ("validates", "authorizes", "asks", "refuses", "hands", "stops", "passes", "decides"),
        )
    )
    if says or name in {"__construct", "middleware"}:
        yield Mark(reader, "method", symbol, line_of(node), data)


def _of_resource(source: SourceFile, statement: Node) -> dict[str, Any]:
    """What `$this->authorizeResource(Order::class, 'order', ['except' => ...])` states."""
    call = statement.named_children[0] if statement.named_children else None
    given = call.child_by_field_name("arguments") if call is not None else None
    said = arguments(source, given) if given is not None else None
    options = said.named.get("options", [*said.plain, {}, {}, {}][2]) if said else UNKNOWN
    left_out = texts(options.get("except", [])) if isinstance(options, dict) else [UNKNOWN]
    return {"is": ["can:..."], "only": _OF_RESOURCES, "except": left_out}


def _form_asks(source: SourceFile, body: Node) -> str:
    """What a form of input asks before it is taken: "right", "may" if something; "" if nothing."""
    said = [" ".join(source.text(one).split()) for one in _statements(body)]
    if said in ([], ["return true;"]):
        return ""
    return "right" if len(said) == 1 and _OF_RIGHT.match(said[0]) else "may"


def _refuses_nobody(source: SourceFile, body: Node) -> str:
    """The condition by which `handle` lets nobody through who shows nothing; "" for none."""
    let_through = ""
    for statement in body.named_children:
        text = " ".join(source.text(statement).split())
        condition = " ".join(source.text(statement.child_by_field_name("condition")).split())
        aborts = _ABORTS.match(text)
        if aborts and (_SOMEBODY if aborts[1] == "unless" else _NOBODY).match(aborts[2]):
            return text
        if statement.type == "if_statement" and _NOBODY.match(condition):
            inside = statement.child_by_field_name("body")
            last = inside.named_children[-1:] if inside is not None else []
            if "$next" not in source.text(inside) and last and _STOPS.match(source.text(last[0])):
                return condition
        if statement.type == "if_statement" and _SOMEBODY.match(condition):
            let_through = let_through or condition
        elif "$next" in text:
            return ""
        elif _STOPS.match(text):
            return let_through
    return ""


def _decides(source: SourceFile, body: Node) -> str:
    """The first condition under which `handle` ends a request, on whatever that depends."""
    for statement in body.named_children:
        inside = statement.child_by_field_name("body")
        if statement.type == "if_statement" and inside is not None:
            condition = source.text(statement.child_by_field_name("condition"))
            if "$next(" not in source.text(inside) and source.captures(_ENDINGS, inside):
                return " ".join(condition.split())[:100]
    return ""


def _statements(body: Node) -> list[Node]:
    return [one for one in body.named_children if one.type != "comment"]


def _passes_nobody(source: SourceFile, body: Node) -> bool:
    """Whether `handle` itself ends a request before `$next` for somebody at most, or for all."""
    is_handed = False
    for statement in _statements(body):
        endings = source.captures(_ENDINGS, statement).get("ending", ())
        is_plain = statement.type in {"expression_statement", "return_statement"}
        if is_plain and "$next(" in source.text(statement):
            return True
        if not all(
            _is_for_somebody(source, one, body) or _is_of_state(source, one, body)
            for one in endings
            if "$next(" not in source.text(one)
        ):
            return False
        is_handed = "$next(" in source.text(statement)
    return is_handed


def _is_of_state(source: SourceFile, node: Node, body: Node) -> bool:
    """Whether something is done as the application is set up, whoever asks."""
    conditions = []
    outer = node.parent
    while outer is not None and outer != body:
        if outer.type in {"if_statement", "else_if_clause"}:
            conditions.append(source.text(outer.child_by_field_name("condition")))
        outer = outer.parent
    is_about = any(IDENTITY.search(one) or _SHOWN.search(one) for one in conditions)
    return not is_about and any(map(_STATE.search, conditions))


def _is_for_somebody(source: SourceFile, node: Node, body: Node) -> bool:
    """Whether something is done only for who is known."""
    outer = node.parent
    while outer is not None and outer != body:
        condition = source.text(outer.child_by_field_name("condition"))
        is_if = outer.type == "if_statement" and outer.child_by_field_name("alternative") is None
        if is_if and _SOMEBODY.match(" ".join(condition.split())):
            return True
        outer = outer.parent
    return False


def _stops_nobody(source: SourceFile, body: Node) -> bool:
    """Whether a method returns only for somebody, and else throws at its end."""
    last = _statements(body)[-1:]
    if not last or not source.text(last[0]).startswith("throw "):
        return False
    returned = source.captures(_RETURNS, body).get("returned", ())
    return all(_is_for_somebody(source, one, body) for one in returned)


def _stated(source: SourceFile, statement: Node, text: str) -> list[dict[str, Any]]:
    """`$this->middleware('auth', [...])->only(...)` in a constructor."""
    found: dict[str, Any] = {"is": [UNKNOWN], "only": [], "except": []}
    node = statement.named_children[0] if statement.named_children else None
    is_direct = statement.type == "expression_statement" and text.startswith("$this->")
    while is_direct and node is not None and node.type == "member_call_expression":
        name = source.text(node.child_by_field_name("name"))
        said = arguments(source, node.child_by_field_name("arguments")).plain
        if name in {"only", "except"}:
            found[name] = texts(said)
        elif name == "middleware":
            found["is"] = texts(said[:1])
            options = said[1] if len(said) > 1 else {}
            if isinstance(options, dict):
                found |= {one: texts(options[one]) for one in ("only", "except") if one in options}
        else:
            return [{"is": [UNKNOWN], "only": [], "except": []}]
        node = node.child_by_field_name("object")
    return [found]


def _listed(source: SourceFile, statement: Node) -> list[dict[str, Any]]:
    """What the static method `middleware` of a controller returns."""
    array = statement.named_children[0] if statement.named_children else None
    if array is None or array.type != "array_creation_expression":
        return [{"is": [UNKNOWN], "only": [], "except": []}]
    found = []
    for one in array.named_children:
        inside = one.named_children[-1] if one.named_children else None
        if one.type != "array_element_initializer" or inside is None:
            continue
        if inside.type == "object_creation_expression":
            given = next((each for each in inside.named_children if each.type == "arguments"), None)
            said = arguments(source, given)
            middleware = said.plain[:1] or [said.named.get("middleware", UNKNOWN)]
            options = {each: texts(said.named.get(each, [])) for each in ("only", "except")}
            found.append({"is": texts(middleware), **options})
        else:
            found.append({"is": texts(value(source, inside)), "only": [], "except": []})
    return found
