"""Filter chains of Spring Security as a file says them: rules by path, what sees requests first."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from indexer.code.frameworks.spring_lists import BRANCHES, LOOPS, is_within, made_list
from indexer.code.java_values import UNKNOWN, annotated, value, words
from indexer.code.syntax import line_of
from memory.code.facts import Mark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.code.syntax import Node, SourceFile

_SWITCHES = {
    "EnableMethodSecurity": {"prePostEnabled"},  # what is on by itself
    "EnableReactiveMethodSecurity": {"prePostEnabled"},
    "EnableGlobalMethodSecurity": set(),
}
_METHODS = """
(method_declaration name: (identifier) @name parameters: (formal_parameters) @parameters) @method
"""
_CALLS = "(method_invocation name: (identifier) @name arguments: (argument_list) @arguments)"
_CLASSES = "[(class_declaration) (interface_declaration)] @class"
_BUILDERS = re.compile(r"\b(?:Server)?HttpSecurity\b|\bWebSecurity(?:Customizer)?\b")
_MATCHERS = frozenset({"requestMatchers", "antMatchers", "mvcMatchers", "regexMatchers",
                       "pathMatchers", "anyRequest", "anyExchange", "matchers"})  # fmt: skip
_SCOPES = frozenset({"securityMatcher", "securityMatchers", "requestMatcher"})
_ACCESS = {
    "permitAll": "open",
    "anonymous": "open",
    "authenticated": "closed",
    "fullyAuthenticated": "closed",
    "rememberMe": "closed",
    "denyAll": "closed",
    "hasRole": "closed",
    "hasAnyRole": "closed",
    "hasAuthority": "closed",
    "hasAnyAuthority": "closed",
    "hasAllRoles": "closed",
    "hasAllAuthorities": "closed",
    "access": "unknown",
    "hasIpAddress": "unknown",
    "not": "unknown",
}
_ROLES = frozenset({"hasRole", "hasAnyRole", "hasAuthority", "hasAnyAuthority", "denyAll",
                    "hasAllRoles", "hasAllAuthorities"})  # fmt: skip
_CONDITIONS = re.compile(r"^(?:Profile|Conditional)")
_PROFILE = re.compile(r'@Profile\(\s*+(?:value\s*+=\s*+)?"(!?[\w-]++)"\s*+\)')
#: What is applied to a chain that stands elsewhere.
_APPLIED = re.compile(r"(?<!Web)SecurityConfigurerAdapter|AbstractHttpConfigurer")
_LOCALS = """
(local_variable_declaration
    declarator: (variable_declarator name: (identifier) @name value: (_) @value))
"""
_MANAGERS = frozenset(
    {"accessDecisionManager", "setAccessDecisionManager", "setSecurityMetadataSource"}
)
_DEEPEST = 6  # from a list to where it comes from

#: What looks for the handlers that have an annotation.
_COLLECTS = re.compile(
    r"(?:find|get|has|is)\w{0,99}?Annotation\w{0,99}\([^;{}]{0,299}?\b([A-Z]\w*)\.class|\bgetMethodAnnotation\(([A-Z]\w*)\.class"
)
#: What a configuration puts before handlers: `registry.addInterceptor(new X())`.
_ADDS = re.compile(rb"\.addInterceptor\s*\(|\.setFilter\s*\(|new\s+FilterRegistrationBean")
_GIVEN = re.compile(
    r"(?:\.addInterceptor|\.setFilter|new\s++FilterRegistrationBean\s*+(?:<[^<>;]{0,99}>)?)\s*+"
    r"\(\s*+(?:new\s++|this\.)?(?P<name>\w[\w.]{0,199})"
)
_COMMENT = re.compile(r"(?m)^[^\S\n]*+//[^\n]*")  # a line that is none of the code
#: What is thrown that is not made where it is.
_THROWN = """
(throw_statement [(identifier) (method_invocation) (field_access) (cast_expression)
    (ternary_expression) (array_access) (parenthesized_expression)]) @throw
"""
_HANDS_ON = re.compile(r"\.(?:doFilter\w*+|filter|proceed)\(")
_UNNAMED = frozenset({"Filter", "HandlerInterceptor"})
_MAY_END = re.compile(r"sendError|setStatus|sendRedirect|\bthrow\b|preHandle|40[13]|return\s*;")


def security_marks(source: SourceFile, reader: str) -> Iterator[Mark]:
    """Filter chains, whether annotations are heeded, and classes that see requests first."""
    if b"HandlerMethod" in source.content:
        for one in _COLLECTS.finditer(source.content.decode("utf-8", "replace")):
            yield Mark(reader, "collects", one[1] or one[2], 1, {})
    if _ADDS.search(source.content):
        yield from _added(source, reader)
    for node in source.captures(_CLASSES).get("class", ()):
        notes = list(annotated(source, node))
        for name, given, where in notes:
            if name in _SWITCHES:
                data = {"on": sorted(_SWITCHES[name]), "given": _switched(source, where, given)}
                yield Mark(reader, "switch", name, line_of(where), data)
        symbol = source.symbol(node)
        bases = next((one.bases for one in source.facts.definitions if one.name == symbol), ())
        is_first = any(
            re.search(r"Filter$|FilterBean$|Interceptor\w{0,99}$", base) for base in bases
        )
        if is_first or any(name == "Aspect" for name, _, _ in notes):
            rethrows = _rethrows(source, node)
            yield Mark(reader, "first", symbol, line_of(node), {"rethrows": rethrows})
    for found in source.matches(_METHODS):
        method = found["method"][0]
        type_ = source.text(method.child_by_field_name("type"))
        if _BUILDERS.search(f"{type_} {source.text(found['parameters'][0])}"):
            yield from _chain(source, reader, method)


def _rethrows(source: SourceFile, class_: Node) -> bool:
    """Whether a class throws on what something else threw, but for what stands behind it."""
    for found in source.matches(_THROWN, class_):
        outer = found["throw"][0].parent
        while outer is not None and outer.type not in {"catch_clause", "method_declaration"}:
            outer = outer.parent
        tried = outer.parent if outer is not None and outer.type == "catch_clause" else None
        if tried is None or not _HANDS_ON.search(source.text(tried.child_by_field_name("body"))):
            return True
    return False


def _added(source: SourceFile, reader: str) -> Iterator[Mark]:
    """What is added before all handlers, by its class; "" where that is not seen."""
    text = _COMMENT.sub(
        lambda one: re.sub(r"[^\n]", " ", one[0]), source.content.decode("utf-8", "replace")
    )
    for one in _GIVEN.finditer(text):
        said = one["name"].rpartition(".")[2]
        if not said[:1].isupper():  # a variable, a field, a method that makes it
            typed = re.search(rf"\b([A-Z]\w{{0,99}})(?:<[^<>;]{{0,99}}>)?\s+{said}\s*[=;(,)]", text)
            said = typed[1] if typed else ""
            if said in _UNNAMED and not _MAY_END.search(text):
                continue  # a class without a name, in a file that refuses nobody
        line = text.count("\n", 0, one.start()) + 1
        yield Mark(reader, "added", said, line, {})


def _switched(source: SourceFile, node: Node, given: dict[str, Any]) -> dict[str, bool]:
    text = source.text(node)
    return {
        name: bool(re.search(rf"\b{name}\s*=\s*true\b", text)) for name in given if name != "value"
    }


def _chain(source: SourceFile, reader: str, method: Node) -> Iterator[Mark]:
    """The rules of a chain, in order, as far as they are written in one method."""
    symbol = source.symbol(method)
    above = method.parent.parent if method.parent is not None else None
    annotations = list(annotated(source, method))
    notes = [name for name, _, _ in annotations]
    annotations += list(annotated(source, above)) if above is not None else []
    orders = [where for name, _, where in annotations if name == "Order"]
    data = _rules(source, method)
    name = source.text(method.child_by_field_name("name"))
    data["order"] = next((_order(source, one) for one in orders), "")
    conditions = [source.text(where) for name, _, where in annotations if _CONDITIONS.match(name)]
    data["is_conditional"] = bool(conditions)
    profile = _PROFILE.fullmatch(conditions[0]) if len(conditions) == 1 else None
    data["profile"] = profile[1] if profile else ""
    base = source.text(above.child_by_field_name("superclass")) if above is not None else ""
    is_own = name == "configure" and not _APPLIED.search(base)
    if data["rules"] or data["scope"] or "Bean" in notes or is_own:
        yield Mark(reader, "chain", symbol, line_of(method), data)


def _order(source: SourceFile, note: Node) -> str:
    """The number of `@Order(1)`; "?" for what is no number."""
    found = re.search(r"\(\s*(-?\d+)\s*\)", source.text(note))
    return found[1] if found else "?"


def _rules(source: SourceFile, method: Node) -> dict[str, Any]:
    """Each matcher with the access that is stated behind it; what the whole chain is for."""
    calls = [(one["name"][0], one["arguments"][0]) for one in source.matches(_CALLS, method)]
    rules: list[dict[str, Any]] = []
    scope: list[dict[str, Any]] = []
    pending: list[dict[str, Any]] = []
    managers: list[str] = []  # classes of the project that decide instead of rules
    is_ignoring = False
    for name, given in sorted(calls, key=lambda one: one[0].start_byte):
        said, line = source.text(name), line_of(name)
        is_certain = not is_within(BRANCHES | LOOPS, name, method)
        is_walked = not is_certain and not is_within(BRANCHES, name, method)
        is_ignoring = is_ignoring or said == "ignoring"
        if said in _MANAGERS and given.named_children:
            managers.append(_origin(source, given.named_children[0]))
        if said in _SCOPES and not pending and not rules:
            scope.append(_matcher(source, "scope", given, is_certain=is_certain))
        elif said in _MATCHERS:
            one = _matcher(source, said, given, is_certain=is_certain) | {"is_walked": is_walked}
            if is_ignoring:
                rules.append({"matchers": [one], "access": "open", "by": "", "line": line})
            elif one["patterns"]:
                pending += _put_together(source, one, given, method)
        elif said in _ACCESS and pending:
            is_odd = _ACCESS[said] == "closed" and "ANONYMOUS" in source.text(given)
            access = "unknown" if is_odd else _ACCESS[said]
            by = said if said in _ROLES else ""
            rules.append({"matchers": pending, "access": access, "by": by, "line": line})
            pending = []
    return {"rules": rules, "scope": scope, "is_ignoring": is_ignoring, "managers": managers}


def _put_together(
    source: SourceFile, matcher: dict[str, Any], given: Node, method: Node
) -> list[dict[str, Any]]:
    """A matcher whose paths are a list of the method: what is in it surely, and what may be."""
    said = [one for one in given.named_children if "comment" not in one.type]
    made = made_list(source, said[-1], method) if said else None
    if made is None or len(matcher["patterns"]) != 1:
        return [matcher]
    found = [matcher | {"patterns": made.surely, "from": []}]
    found += [matcher | {"patterns": made.maybe, "from": [], "is_certain": False}]
    return [one for one in found if one["patterns"]]


def _matcher(source: SourceFile, said: str, given: Node, *, is_certain: bool) -> dict[str, Any]:
    """The methods and patterns of a matcher; no patterns for one of the old form of a scope."""
    if said in {"anyRequest", "anyExchange"}:
        return {"methods": [], "patterns": ["/**"], "is_certain": is_certain, "from": []}
    methods: list[str] = []
    patterns: list[Any] = []
    origins: set[str] = set()
    for one in given.named_children:
        text = source.text(one)
        if "comment" in one.type:
            continue
        if text.startswith(("HttpMethod.", "RequestMethod.")):
            methods += words(text)
        elif one.type in {"object_creation_expression", "method_invocation"}:
            patterns += _made(source, one, methods)
        elif one.type == "lambda_expression":
            patterns.append(UNKNOWN)
        else:
            patterns.append(value(source, one))
        if one.type != "string_literal" and not text.startswith(("HttpMethod.", "RequestMethod.")):
            origins.add(_origin(source, one))
    if said == "regexMatchers":
        patterns = [UNKNOWN]
    if methods and not patterns:
        patterns = ["/**"]
    return {
        "methods": methods,
        "patterns": patterns,
        "is_certain": is_certain,
        "from": sorted(origins),
    }


def _origin(source: SourceFile, node: Node | None, depth: int = 0) -> str:
    """The class that a list of paths comes from, as it is named or as a variable of it is declared.

    Returns:
        "Open.getUrls" for what a member of it gives; "this" for a method of the class itself; ""
        where that is not seen.
    """
    inner = {"array_access": "array", "cast_expression": "value", "field_access": "field",
             "method_invocation": "object"}  # fmt: skip
    member = ""
    while node is not None and node.type in inner:
        field = inner[node.type]
        above = node.child_by_field_name("object")
        if node.type == "field_access" and above is not None and above.type != "this":
            field = "object"
            member = source.text(node.child_by_field_name("field"))
        if node.type == "method_invocation":
            if above is None or above.type == "this":
                return "this"
            member = source.text(node.child_by_field_name("name"))
        node = node.child_by_field_name(field)
    name = source.text(node)
    if node is None or node.type != "identifier" or depth > _DEEPEST:
        return ""
    found = name if name[:1].isupper() else _declared(source, node, name, depth + 1)
    is_plain = member and found not in {"", "this"} and "." not in found
    return f"{found}.{member}" if is_plain else found


def _declared(source: SourceFile, node: Node, name: str, depth: int) -> str:
    """Where the variable of a name comes from: what it is set to, gone through, or its type."""
    outer = node.parent
    while outer is not None:
        walked = _walked(source, outer, name)
        if walked is not None:
            return _origin(source, walked, depth)
        if outer.type == "method_declaration":
            locals_ = source.matches(_LOCALS, outer)
            found = [one["value"][0] for one in locals_ if source.text(one["name"][0]) == name]
            if found:
                return _origin(source, found[0], depth) if len(found) == 1 else ""
        inside = {"method_declaration": outer.child_by_field_name("parameters"),
                  "class_body": outer}.get(outer.type)  # fmt: skip
        for one in inside.named_children if inside is not None else ():
            for each in (one, *one.children_by_field_name("declarator")):
                is_type = one.child_by_field_name("type") is not None
                if is_type and source.text(each.child_by_field_name("name")) == name:
                    return _plain(source, one)
        outer = outer.parent
    return ""


def _walked(source: SourceFile, outer: Node, name: str) -> Node | None:
    """What a lambda or a loop gives one by one under a name."""
    if outer.type == "lambda_expression":
        given = source.text(outer.child_by_field_name("parameters")).strip("()")
        arguments = outer.parent
        if name in re.split(r"[\s,]+", given) and arguments is not None:
            return arguments.parent
    named = source.text(outer.child_by_field_name("name"))
    is_loop = outer.type == "enhanced_for_statement" and named == name
    return outer.child_by_field_name("value") if is_loop else None


def _plain(source: SourceFile, declaration: Node) -> str:
    return source.text(declaration.child_by_field_name("type")).partition("<")[0].strip()


def _made(source: SourceFile, node: Node, methods: list[str]) -> list[Any]:
    """The patterns of a matcher that is made: `new AntPathRequestMatcher("/x/**", "GET")`."""
    text = source.text(node)
    if re.match(r"EndpointRequest\.|PathRequest\.toStatic", text):
        return ["/\1none"]  # nothing that a controller serves
    known = re.match(r"(?:new\s+)?(?:\w+\.)*(?:AntPathRequestMatcher|antMatcher|withDefaults|"
                     r"PathPatternRequestMatcher|mvc)\b", text)  # fmt: skip
    given = node.child_by_field_name("arguments")
    if not known or given is None:
        return [UNKNOWN]
    found: list[Any] = []
    for one in given.named_children:
        said = source.text(one)
        if said.startswith("HttpMethod."):
            methods += words(said.partition(".name")[0])
        elif one.type == "string_literal" and said.strip('"').isupper():
            methods.append(said.strip('"'))
        else:
            found.append(value(source, one))
    return found


def is_either(profile: str, profiles: set[str]) -> bool:
    """Whether something is there for a profile, and something else wherever that is not set."""
    return bool(profile) and (profile[1:] if profile[0] == "!" else f"!{profile}") in profiles
