"""How Go registers routes: routers that functions make, derive from each other and hand on."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from indexer.code.syntax import line_of
from memory.code.facts import Mark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.code.syntax import Node, Source

UNKNOWN = "\0"  # a part of a path that is no literal
HARMLESS = "func: "  # a literal in which nothing refuses
REFUSES = re.compile(
    rb"\b40[13]\b|Status(?:Unauthorized|Forbidden)|[uU]nauthori[sz]ed|Forbidden|PermissionDenied"
    rb"|\bLogin(?:URL|Path)|/login\""
)
#: Words with which what sees a request first may end it, whatever status it answers with.
STOPS = re.compile(
    rb"\.Abort\w*\(|HTTPError\b|\bhttp\.(?:Error|Redirect|NotFound)\(|\.Redirect\(|\.WriteHeader\("
)
NAMED = "\1"  # around the name of a constant
_PACKAGES = {
    "net/http": "http",
    "github.com/gin-gonic/gin": "gin",
    "github.com/go-chi/chi": "chi",
    "github.com/labstack/echo": "echo",
}
_TYPES = re.compile(
    r"^\*?(?:gin\.(?:Engine|RouterGroup|IRouter|IRoutes)|chi\.(?:Router|Mux)|echo\.(?:Echo|Group)"
    r"|http\.ServeMux)$"
)
_MADE = re.compile(
    r"^(?:gin\.(?:New|Default)|chi\.(?:NewRouter|NewMux)|echo\.New|http\.NewServeMux)$"
)
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "CONNECT", "TRACE")
_UPPER = {**{one: one for one in _METHODS}, "Any": "ANY"}
_ANY = {"Handle": "ANY", "HandleFunc": "ANY"}
_VERBS = {
    "gin": _UPPER,
    "echo": _UPPER,
    "chi": {**{one.title(): one for one in _METHODS}, **_ANY},
    "http": _ANY,
}
_BY_ARGUMENT = {
    "gin": {"Handle", "Match"},
    "echo": {"Add", "Match"},
    "chi": {"Method", "MethodFunc"},
    "http": set(),
}
_USED = "|".join(sorted({one for verbs in _VERBS.values() for one in verbs} | {"Group", "Route"}))
_HANDLERS = frozenset({"identifier", "selector_expression", "call_expression", "func_literal"})
_BRANCHES = frozenset({"if_statement", "for_statement", "expression_switch_statement",
                       "type_switch_statement", "select_statement"})  # fmt: skip
_FUNCTIONS = "[(function_declaration) (method_declaration)] @function"
_CONSTANTS = """
[(const_spec name: (identifier) @name value: (expression_list . (_) @value))
 (var_spec name: (identifier) @name value: (expression_list . (interpreted_string_literal) @value))]
"""
_STRUCTS = "(type_spec name: (type_identifier) @name type: (struct_type) @struct)"


@dataclass
class _Router:
    """Something on which routes are registered."""

    kind: str
    base: str  # "new:12", "param:0", "field:router", "made:newRouter": what it begins as
    prefix: str = ""
    middleware: list[list[Any]] = field(default_factory=list)  # text, line, whether it is certain

    def below(self, prefix: str, more: list[list[Any]]) -> _Router:
        return replace(
            self, prefix=joined(self.prefix, prefix), middleware=[*self.middleware, *more]
        )

    def said(self) -> dict[str, Any]:
        return {"base": self.base, "prefix": self.prefix, "middleware": list(self.middleware)}


def joined(prefix: str, path: str) -> str:
    """A path below a prefix, with one slash between them."""
    return f"{prefix.rstrip('/')}/{path.lstrip('/')}" if path else prefix


def registered(source: Source, reader: str) -> Iterator[Mark]:
    """What each function does with routers; constants, and the types of fields."""
    kinds = _kinds(source)
    for found in source.matches(_STRUCTS):
        fields = _fields(source, found["struct"][0])
        if fields:
            name = source.text(found["name"][0])
            yield Mark(reader, "struct", name, line_of(found["name"][0]), fields)
    for found in source.matches(_CONSTANTS):
        said = path_said(source, found["value"][0])
        if UNKNOWN not in said:
            name = source.text(found["name"][0])
            yield Mark(reader, "constant", name, line_of(found["name"][0]), {"is": said})
    if kinds:
        for node in source.captures(_FUNCTIONS).get("function", ()):
            yield from _Function(source, reader, kinds, node).marks()


def _kinds(source: Source) -> dict[str, str]:
    """The routers that a file knows, by what it calls their packages."""
    found = {}
    for one in source.facts.imports:
        for package, kind in _PACKAGES.items():
            if one.target == package or re.fullmatch(rf"{re.escape(package)}/v\d+", one.target):
                found[one.local[0] if one.local else kind] = kind
    return found


def _fields(source: Source, struct: Node) -> dict[str, str]:
    inside = struct.named_children[0].named_children if struct.named_children else ()
    return {
        source.text(name): source.text(one.child_by_field_name("type"))
        for one in inside
        if one.type == "field_declaration"
        for name in one.children_by_field_name("name")
    }


def path_said(source: Source, node: Node | None) -> str:  # noqa: PLR0911  (a form each)
    """A text; the name of a constant between `NAMED`; `UNKNOWN` for what is neither."""
    if node is None:
        return UNKNOWN
    if node.type in {"interpreted_string_literal", "raw_string_literal"}:
        said = source.text(node)[1:-1]
        return UNKNOWN if "\\" in said and node.type.startswith("interp") else said
    if node.type in {"identifier", "selector_expression"}:
        return f"{NAMED}{source.text(node)}{NAMED}"
    if node.type == "call_expression" and re.match(r"(?:path|url)\.Join\w*\(", source.text(node)):
        given = node.child_by_field_name("arguments")
        parts = (path_said(source, one) for one in (given.named_children if given else ()))
        return "/".join(part.rstrip("/") for part in parts if part)
    if node.type == "parenthesized_expression" and node.named_children:
        return path_said(source, node.named_children[0])
    if node.type == "binary_expression":
        return "".join(
            path_said(source, node.child_by_field_name(one)) for one in ("left", "right")
        )
    return UNKNOWN


class _Function:
    """One function, read in the order of its statements."""

    def __init__(self, source: Source, reader: str, kinds: dict[str, str], node: Node) -> None:
        self._source, self._reader, self._kinds, self._node = source, reader, kinds, node
        self._symbol = source.symbol(node)
        self._found: list[Mark] = []
        self._hints: dict[str, str] = {}  # what a variable is made by, or its type
        self._routers: dict[str, _Router] = {}
        self._is_certain = True

    def marks(self) -> list[Mark]:
        receiver = self._node.child_by_field_name("receiver")
        for name, type_, _ in self._parameters(receiver):
            self._hints[name] = type_
        for name, type_, index in self._parameters(self._node.child_by_field_name("parameters")):
            self._hints[name] = type_
            if kind := self._kind_of(type_):
                self._routers[name] = _Router(kind, f"param:{index}")
        self._visit(self._node.child_by_field_name("body"))
        result = self._source.text(self._node.child_by_field_name("result")).strip("()")
        takes = sorted(one.base for one in self._routers.values() if one.base.startswith("param"))
        if self._found or takes:
            data = {"hints": self._hints, "takes": takes, "result": result}
            self._found.append(
                Mark(self._reader, "function", self._symbol, line_of(self._node), data)
            )
        return self._found

    def _parameters(self, node: Node | None) -> Iterator[tuple[str, str, int]]:
        index = 0
        for one in node.named_children if node is not None else ():
            type_ = self._source.text(one.child_by_field_name("type"))
            for name in one.children_by_field_name("name") or (None,):
                yield self._source.text(name), type_, index
                index += 1

    def _kind_of(self, type_: str) -> str:
        """The kind of a router by its type; "" for what is none."""
        package, _, name = type_.lstrip("*").partition(".")
        kind = self._kinds.get(package, "")
        return kind if kind and _TYPES.match(f"{kind}.{name}") else ""

    def _emit(self, kind: str, node: Node, data: dict[str, Any]) -> None:
        self._found.append(Mark(self._reader, kind, self._symbol, line_of(node), data))

    def _visit(self, node: Node | None) -> None:
        if node is None:
            return
        match node.type:
            case "short_var_declaration" | "assignment_statement":
                self._assign(node)
            case "var_spec":
                self._declare(node)
            case "call_expression":
                self._call(node)
            case "return_statement":
                self._return(node)
            case kind if kind in _BRANCHES:
                was, self._is_certain = self._is_certain, False
                for one in node.named_children:
                    self._visit(one)
                self._is_certain = was
            case _:
                for one in node.named_children:
                    self._visit(one)

    def _assign(self, node: Node) -> None:
        left, right = (node.child_by_field_name(one) for one in ("left", "right"))
        names = [self._source.text(one) for one in (left.named_children if left else ())]
        values = right.named_children if right else []
        for index, one in enumerate(values):
            name = names[index] if index < len(names) else ""
            router = self._router(one) or self._made_elsewhere(name, one)
            if router is None:
                self._hints[name] = self._source.text(one)[:200].partition("{")[0]
            elif "." in name:
                self._emit("field", node, {"name": name.rpartition(".")[2], **router.said()})
                self._routers[name] = router
            else:
                self._routers[name] = router

    def _made_elsewhere(self, name: str, value: Node) -> _Router | None:
        """What a function gives that is used like a router; assembling tells whether it is one."""
        if value.type != "call_expression" or not re.fullmatch(r"\w+", name):
            return None
        said = self._source.text(self._node)
        used = set(re.findall(rf"\b{name}\.({_USED})\(", said))
        if not used and not re.search(rf"\bMount\([^,\n]*,\s*{name}\b", said):
            return None
        called = self._source.text(value.child_by_field_name("function"))
        kinds = sorted({*self._kinds.values()}, key=lambda one: (one == "http", one))
        kind = next((one for one in kinds if used & _VERBS[one].keys()), kinds[0])
        return _Router(kind, f"made:{called}")

    def _declare(self, node: Node) -> None:
        type_ = self._source.text(node.child_by_field_name("type"))
        for name in node.children_by_field_name("name"):
            own = self._source.text(name)
            self._hints[own] = type_
            if kind := self._kind_of(type_):
                self._routers[own] = _Router(kind, f"var:{own}")
        values = node.child_by_field_name("value")
        for one in values.named_children if values is not None else ():
            router = self._router(one)
            if router is not None:
                self._routers[self._source.text(node.child_by_field_name("name"))] = router

    def _return(self, node: Node) -> None:
        said = node.named_children[0].named_children if node.named_children else ()
        for one in said:
            router = self._router(one)
            if router is not None:
                self._emit("return", node, router.said())

    def _router(self, node: Node) -> _Router | None:
        """The router that an expression is, if it is one."""
        text = self._source.text(node)
        if text in self._routers:
            return self._routers[text]
        if node.type == "call_expression":
            return self._call(node)
        if node.type == "selector_expression" and self._may_be_field(text):
            kind = next(iter(sorted({*self._kinds.values()} - {"http"})), "http")
            router = _Router(kind, f"field:{text.rpartition('.')[2]}")
            return self._routers.setdefault(text, router)
        if node.type in {"unary_expression", "func_literal", "composite_literal"}:
            for one in node.named_children:
                self._visit(one)
        return None

    def _may_be_field(self, text: str) -> bool:
        """Whether a field of something may be a router: it is called like one."""
        root, _, last = text.rpartition(".")
        is_called = re.fullmatch(r"(?i)\w*(?:router|mux|engine|echo|gin|group)|e|r|g", last)
        return bool(is_called) and "(" not in text and root not in self._kinds

    def _call(self, node: Node) -> _Router | None:
        """What a call does with routers, and the router that it gives."""
        function = node.child_by_field_name("function")
        given = node.child_by_field_name("arguments")
        said = [one for one in (given.named_children if given else ()) if one.type != "comment"]
        called = self._source.text(function)
        package, _, name = called.partition(".")
        kind = self._kinds.get(package, "")
        if kind and _MADE.match(f"{kind}.{name}"):
            return _Router(kind, f"new:{node.start_byte}")
        if kind == "http" and name in _VERBS["http"]:
            return self._register(_Router("http", "default"), name, said, node)
        if function is not None and function.type == "selector_expression":
            operand = function.child_by_field_name("operand")
            member = self._source.text(function.child_by_field_name("field"))
            router = self._router(operand) if operand is not None else None
            if router is not None:
                return self._register(router, member, said, node)
        elif function is not None:
            self._visit(function)
        return self._hand_on(called, said, node)

    def _hand_on(self, called: str, said: list[Node], node: Node) -> _Router | None:
        """A call that is given routers, to register routes on them or to wrap them.

        Returns:
            The router, where it is all that is given: what comes of it may serve it.
        """
        wrapped = None
        for index, one in enumerate(said):
            router = self._router(one)
            if router is not None:
                data = {"callee": called, "index": index, **router.said()}
                data["middleware"] = list(router.middleware)
                self._emit("call", node, data)
                wrapped = router if len(said) == 1 else None
            elif one.type not in {"call_expression", "selector_expression"}:
                self._visit(one)
        return wrapped

    def _register(
        self, router: _Router, member: str, said: list[Node], node: Node
    ) -> _Router | None:
        """A method of a router."""
        if member in _VERBS[router.kind]:
            self._route(router, _VERBS[router.kind][member], said, node)
            return router
        if member in _BY_ARGUMENT[router.kind] and said:
            for method in self._methods(said[0]):
                self._route(router, method, said[1:], node)
            return router
        if member in {"Use", "Pre"}:
            more = self._middleware(said)
            router.middleware += more
            self._emit(
                "use", node, {"base": router.base, "prefix": router.prefix, "middleware": more}
            )
            return router
        if member in {"Group", "Route", "With"}:
            return self._derived(router, member, said)
        if member == "Mount" and len(said) >= 2:
            below = router.below(path_said(self._source, said[0]), [])
            inner = self._router(said[1])
            what = inner.base if inner else self._source.text(said[1]).partition("(")[0]
            own = inner.prefix if inner else ""
            self._emit("mount", node, {"what": what, "own": own, **below.said()})
            return router
        if not member.startswith(("No", "MethodNotAllowed")):  # what is served where nothing is
            for one in said:
                self._visit(one)
        return None

    def _derived(self, router: _Router, member: str, said: list[Node]) -> _Router:
        inside = next((one for one in said if one.type == "func_literal"), None)
        rest = [one for one in said if one is not inside]
        prefix = ""
        if member != "With" and rest:
            prefix, rest = path_said(self._source, rest[0]), rest[1:]
            if member == "Route" and rest and inside is None:  # a function that is named
                below = router.below(prefix, [])
                data = {"callee": self._source.text(rest[0]), "index": 0, **below.said()}
                self._emit("call", rest[0], data)
                return below
        if member == "Group" and router.kind == "chi" and inside is None and rest == [] and prefix:
            data = {"callee": prefix.strip(NAMED), "index": 0, **router.said()}
            self._emit("call", said[0], data)
            return router
        below = router.below(prefix, self._middleware(rest))
        if inside is not None:
            outer = dict(self._routers)
            for name, _, _ in self._parameters(inside.child_by_field_name("parameters")):
                self._routers[name] = below
            self._visit(inside.child_by_field_name("body"))
            self._routers = outer
        return below

    def _middleware(self, said: list[Node]) -> list[list[Any]]:
        return [[self._said(one, is_first=True), line_of(one), self._is_certain] for one in said]

    def _said(self, node: Node, *, is_first: bool = False) -> str:
        text = " ".join(self._source.text(node).split())
        if node.type == "func_literal":
            may_end = REFUSES.search(text.encode()) or (is_first and STOPS.search(text.encode()))
            return "func" if may_end else HARMLESS
        return text[:300]

    def _methods(self, node: Node) -> list[str]:
        """GET of `"GET"`, `http.MethodGet` or a list of them."""
        text = self._source.text(node)
        found = [one.upper() for one in re.findall(r"\bMethod([A-Z][a-z]+)\b", text)]
        return found or re.findall(r"\"([A-Z]+)\"", text) or [UNKNOWN]

    def _route(self, router: _Router, method: str, said: list[Node], node: Node) -> None:
        if not said:
            return
        path = path_said(self._source, said[0])
        handlers = said[1:]
        if router.kind == "echo":
            handlers = [*handlers[1:], *handlers[:1]]
        handler = handlers[-1] if handlers else None
        more = self._middleware(handlers[:-1])
        text, wrapped = self._unwrapped(handler)
        data = {
            "kind": router.kind,
            "method": method,
            "path": path,
            "handler": text,
            **router.said(),
        }
        data["middleware"] = [*data["middleware"], *more, *wrapped]
        self._emit("route", node, data)

    def _unwrapped(self, node: Node | None) -> tuple[str, list[list[Any]]]:
        """The handler within what wraps it: `auth(http.HandlerFunc(show))`."""
        wrapped: list[list[Any]] = []
        while node is not None and node.type == "call_expression":
            given = node.child_by_field_name("arguments")
            inner = given.named_children if given else []
            called = self._source.text(node.child_by_field_name("function"))
            is_plain = re.search(r"\.(?:HandlerFunc|WrapF|WrapH|WrapHandler|HandlerWrap)$", called)
            last = next((one for one in reversed(inner) if one.type in _HANDLERS), None)
            if last is None:
                break
            if not is_plain:
                wrapped.append([" ".join(called.split()), line_of(node), True])
            node = last
        return (self._said(node) if node is not None else ""), wrapped
