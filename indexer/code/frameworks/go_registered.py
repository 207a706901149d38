"""How Go registers routes: routers that functions make, derive from each other and hand on."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from indexer.code.frameworks import go_mux
from indexer.code.frameworks.go_kinds import (
    MADE,
    MAKES,
    USED,
    VERBS,
    by_method,
    kind_of,
    kinds_in,
    methods_of,
    registers,
)
from indexer.code.frameworks.go_middleware import LITERAL
from indexer.code.frameworks.go_router import NAMED, UNKNOWN, Made, Router, path_said
from indexer.code.frameworks.go_wrapping import said_of, unwrapped
from indexer.code.syntax import line_of
from memory.code.facts import Mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indexer.code.syntax import Node, SourceFile
    from memory.code.facts import Import

_BRANCHES = frozenset({"if_statement", "for_statement", "expression_switch_statement",
                       "type_switch_statement", "select_statement"})  # fmt: skip
#: What answers or sees requests, and is no router on which anything is registered.
_FUNCTION_TYPE = re.compile(r"^func\b|(?:Handler|Middleware)Func$")
#: `for _, each := range all`, and `all = append(all, one, other)`.
_EACH_OF = re.compile(r"for \w+, (\w+) := range ([\w.]+) \{")
_LISTED = re.compile(r"([\w.]++) = append\(\1, ([\w., ]++)\)")
#: A variable of a package, maybe of another file, that is called like a router.
_LIKELY = re.compile(r"(?i)\w{0,99}(?:router|mux|engine)")
OF_PACKAGE = "var "  # before the name of a variable of a package, as a field of it
_LONGEST = 300  # characters of what a variable is made as, that is kept
EACH = "each of "  # before the name of a list, as what a variable is
_CALLED = re.compile(rf"\b(\w+)\.({USED})\(")
_FUNCTIONS = """
[(function_declaration) (method_declaration)] @function
(source_file (var_declaration) @variable)
"""
_CONSTANTS = """
[(const_spec name: (identifier) @name value: (expression_list . (_) @value))
 (var_spec name: (identifier) @name value: (expression_list . (interpreted_string_literal) @value))]
"""
_STRUCTS = "(type_spec name: (type_identifier) @name type: (struct_type) @struct)"


def registered(source: SourceFile, reader: str) -> Iterator[Mark]:
    """What each function does with routers; constants, and the types of fields."""
    kinds = kinds_in(source)
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
        found = source.captures(_FUNCTIONS)
        declared = found.get("variable", ())
        literals = [each for one in declared for each in _functions_in(one)]
        package = GoFunction(source, reader, kinds, source.root)
        yield from package.declared(declared)
        for node in (*found.get("function", ()), *literals):
            yield from GoFunction(source, reader, kinds, node, package.variables).marks()


def _called(one: Import) -> str:
    """What a file calls a package that it imports."""
    last = re.sub(r"/v\d+$", "", one.target).rpartition("/")[2]
    return next(iter(one.local), last)


def _mounts(name: str, said: str) -> bool:
    return "Mount(" in said and bool(re.search(rf"\bMount\([^,\n]{{0,999}},\s*{name}\b", said))


def _functions_in(node: Node) -> Iterator[Node]:
    """The functions without a name in a variable of a file: `&cobra.Command{Run: func() ...}`."""
    if node.type == "func_literal":
        yield node
        return
    for one in node.named_children:
        yield from _functions_in(one)


def _fields(source: SourceFile, struct: Node) -> dict[str, str]:
    inside = struct.named_children[0].named_children if struct.named_children else ()
    return {
        source.text(name): source.text(one.child_by_field_name("type"))
        for one in inside
        if one.type == "field_declaration"
        for name in one.children_by_field_name("name")
    }


class GoFunction:
    """One function, read in the order of its statements."""

    def __init__(
        self,
        source: SourceFile,
        reader: str,
        kinds: dict[str, str],
        node: Node,
        package: dict[str, str] | None = None,
    ) -> None:
        self._package = package or {}  # the kinds of routers that variables of the package are
        self._source, self._reader, self._kinds, self._node = source, reader, kinds, node
        self._imported = set(map(_called, source.facts.imports))
        self._symbol = source.symbol(node)
        self._found: list[Mark] = []
        self._hints: dict[str, str] = {}  # what a variable is made by, or its type
        self._routers: dict[str, Router] = {}
        self._is_certain = True
        self._literals = 0  # functions without a name around what is read
        self._results: list[tuple[str, str]] = []  # name and kind of router of what it gives
        self._types: list[str] = []  # of the same
        self._values: dict[str, str | int] = {}  # what is made once, or the place of a parameter
        self._again: set[str] = set()  # what is made more than once

    def declared(self, declarations: Iterable[Node]) -> list[Mark]:
        """The routers that variables of the package are made as."""
        for one in declarations:
            self._visit(one)
        for name, router in self._routers.items():
            if not router.base.startswith("var:"):
                self.emit("field", self._node, {"name": f"{OF_PACKAGE}{name}", **router.said()})
        return [one for one in self._found if one.kind == "field"]

    @property
    def variables(self) -> dict[str, str]:
        """The kinds of the routers that variables are."""
        return {name: router.kind for name, router in self._routers.items()}

    @cached_property
    def _said(self) -> str:
        return self._source.text(self._node)

    @cached_property
    def _used(self) -> dict[str, set[str]]:
        """The methods of routers that are called of each name."""
        found: dict[str, set[str]] = {}
        for name, method in _CALLED.findall(self._said):
            found.setdefault(name, set()).add(method)
        return found

    def marks(self) -> list[Mark]:
        """What the function does with routers, in the order of the text."""
        receiver = self._node.child_by_field_name("receiver")
        for name, type_, _ in self._parameters(receiver):
            self._hints[name] = type_
        for name, type_, index in self._parameters(self._node.child_by_field_name("parameters")):
            self._hints[name] = type_
            self._holds(name, index)
            if kind := self._kind_of(type_):
                self._routers[name] = Router(kind, f"param:{index}")
        results = self._node.child_by_field_name("result")
        if results is not None and results.type == "parameter_list":
            for name, type_, index in self._parameters(results):
                self._types.append(type_)
                self._results.append((name, kind := self._kind_of(type_)))
                if kind and name:
                    self._routers[name] = Router(kind, f"untold:{index}")
        elif results is not None:
            self._types = [self._source.text(results)]
            self._results = [("", self._kind_of(self._types[0]))]
        self._visit(self._node.child_by_field_name("body"))
        result = self._source.text(results).strip("()")
        takes = sorted(one.base for one in self._routers.values() if one.base.startswith("param"))
        if self._found or takes:
            gives = [kind for _, kind in self._results]
            data = {"hints": self._hints, "takes": takes, "result": result, "gives": gives}
            data |= self._held()
            self.emit("function", self._node, data)
        return [each for one in self._found for each in by_method(one)]

    def _holds(self, name: str, value: str | int) -> None:
        """Takes in what a variable is made as."""
        if name in self._values or (isinstance(value, str) and not 0 < len(value) <= _LONGEST):
            self._again.add(name)
        self._values[name] = value

    def _held(self) -> dict[str, Any]:
        """What variables are that are made once, and what is called of them."""
        said = self._source.text(self._node)
        values = {
            name: value
            for name, value in self._values.items()
            if name not in self._again
            and re.fullmatch(r"\w{1,99}", name)
            and not re.search(
                rf"(?<![\w.]){name}(?:\.\w++)++\s*+(?:=(?!=)|\+=|\+\+)|&{name}\b", said
            )
        }
        used = {
            name: sorted(set(re.findall(rf"\b{name}\s{{0,99}}\.\s{{0,99}}(\w+)", said)))
            + ([""] if self._is_handed(name, said) else [])
            for name in values
        }
        return {"values": values, "used": used}

    @staticmethod
    def _is_handed(name: str, said: str) -> bool:
        """Whether a variable, or a field of a field of it, is met beside where it is made."""
        alone = re.findall(rf"(?<![\w.]){name}\b(?!\s{{0,99}}\.)", said)
        return len(alone) > 1 or bool(re.search(rf"(?<![\w.]){name}\.\w+\.", said))

    def _parameters(self, node: Node | None) -> Iterator[tuple[str, str, int]]:
        index = 0
        for one in node.named_children if node is not None else ():
            type_ = self._source.text(one.child_by_field_name("type"))
            for name in one.children_by_field_name("name") or (None,):
                yield self._source.text(name), type_, index
                index += 1

    def _kind_of(self, type_: str) -> str:
        """The kind of a router by its type; "" for what is none."""
        return kind_of(self._kinds, type_)

    def text(self, node: Node) -> str:
        """What stands at a node."""
        return self._source.text(node)

    def emit(self, kind: str, node: Node, data: dict[str, Any]) -> None:
        """Adds a mark of what the function does."""
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
                self._branch(node)
            case "keyed_element" if one := self._routers.get(self.text(node.named_children[-1])):
                self.emit("field", node, {"name": self.text(node.named_children[0]), **one.said()})
            case "func_literal":
                self._literal(node, None)
            case _:
                for inner in node.named_children:
                    self._visit(inner)

    def _branch(self, node: Node) -> None:
        """What happens in one way only: a router that is another then is not known behind it."""
        was, self._is_certain = self._is_certain, False
        before = {name: (one, one.base, one.prefix) for name, one in self._routers.items()}
        if each := _EACH_OF.match(self._source.text(node)):
            self._hints[each[1]] = f"{EACH}{each[2]}"
        for one in node.named_children:
            self._visit(one)
        self._is_certain = was
        for name, (router, base, prefix) in before.items():
            now = self._routers.get(name)
            if now is not None and now is not router and (now.base, now.prefix) != (base, prefix):
                self._routers[name] = router.below(UNKNOWN, [])

    def _literal(self, node: Node, given: Router | None) -> None:
        """A function without a name: its routers are the one that it is given, or not known."""
        outer = dict(self._routers)
        for name, type_, _ in self._parameters(node.child_by_field_name("parameters")):
            self._routers.pop(name, None)
            kind = self._kind_of(type_)
            if given is not None or kind:
                self._routers[name] = given or Router(kind, f"untold:{node.start_byte}")
        self._literals += 1
        self._visit(node.child_by_field_name("body"))
        self._literals -= 1
        self._routers = outer

    def _assign(self, node: Node) -> None:
        left, right = (node.child_by_field_name(one) for one in ("left", "right"))
        names = [self._source.text(one) for one in (left.named_children if left else ())]
        values = right.named_children if right else []
        if listed := _LISTED.fullmatch(self._source.text(node)):
            functions = [one.strip() for one in listed[2].split(",")]
            self._found.append(
                Mark(self._reader, "listed", listed[1], line_of(node), {"functions": functions})
            )
        for index, one in enumerate(values):
            name = names[index] if index < len(names) else ""
            router = self.router(one) or self._made_elsewhere(name, one)
            if router is None:
                text = self._source.text(one)[:200].partition("{")[0]
                self._holds(name, " ".join(self._source.text(one).split()))
                is_function = one.type == "func_literal"
                self._hints[name] = f"{LITERAL}{one.start_byte}" if is_function else text
            elif "." in name:
                self.emit("field", node, {"name": name.rpartition(".")[2], **router.said()})
                self._routers[name] = router
            else:
                if self._is_of_package(name) and node.type == "assignment_statement":
                    self.emit("field", node, {"name": f"{OF_PACKAGE}{name}", **router.said()})
                    router = Router(router.kind, f"field:{OF_PACKAGE}{name}")
                self._routers[name] = router
        if len(names) != len(values):
            self._again.update(names)
        for at, name in enumerate(names[1:] if len(values) == 1 else (), 1):
            router = self._made_elsewhere(name, values[0], at)
            if router is not None:
                self._routers[name] = router

    def _made_elsewhere(self, name: str, value: Node, at: int = 0) -> Router | None:
        """What a function gives that is used like a router; assembling tells whether it is one."""
        if value.type != "call_expression" or not re.fullmatch(r"\w+", name):
            return None
        said = self._said
        used = self._used.get(name, set())
        called = self._source.text(value.child_by_field_name("function"))
        may_make = called.partition(".")[0] not in self._kinds and MAKES.search(called)
        is_handed = may_make and re.search(rf"[(,]\s*{name}\s*[,)]", said)
        if not used and not is_handed and not _mounts(name, said):
            return None
        kinds = sorted({*self._kinds.values()}, key=lambda one: (one == "http", one))
        kind = next((one for one in kinds if used & VERBS[one].keys()), kinds[0])
        return Router(kind, str(Made(called, value.end_byte, at)))

    def _declare(self, node: Node) -> None:
        type_ = self._source.text(node.child_by_field_name("type"))
        for name in node.children_by_field_name("name"):
            own = self._source.text(name)
            self._hints[own] = type_
            self._again.add(own)
            if kind := self._kind_of(type_):
                self._routers[own] = Router(kind, f"var:{own}")
        values = node.child_by_field_name("value")
        for one in values.named_children if values is not None else ():
            first = self._source.text(node.child_by_field_name("name"))
            router = self.router(one) or self._made_elsewhere(first, one)
            if router is not None:
                self._routers[first] = router

    def _return(self, node: Node) -> None:
        said = node.named_children[0].named_children if node.named_children else ()
        given = [(self.router(one), self._source.text(one)) for one in said]
        if not said:
            given = [(self._routers.get(name), name) for name, _ in self._results]
        for at, (router, text) in enumerate(given if not self._literals else ()):
            kind = self._results[at][1] if at < len(self._results) else ""
            untold = Router(kind, f"untold:{node.start_byte}") if kind and text != "nil" else None
            is_function = _FUNCTION_TYPE.search(self._types[at]) if at < len(self._types) else None
            if (one := router or untold) and not is_function:
                self.emit("return", node, {"at": at, **one.said()})

    def router(self, node: Node) -> Router | None:
        """The router that an expression is, if it is one."""
        text = self._source.text(node)
        if text in self._routers:
            return self._routers[text]
        if node.type == "identifier" and self._is_of_package(text):
            kind = self._package.get(text) or self._likely_kind()
            return self._routers.setdefault(text, Router(kind, f"field:{OF_PACKAGE}{text}"))
        if node.type == "call_expression":
            return self._call(node)
        if node.type == "selector_expression" and self._may_be_field(text):
            router = Router(self._likely_kind(), f"field:{text.rpartition('.')[2]}")
            return self._routers.setdefault(text, router)
        if node.type == "func_literal":
            self._visit(node)
        elif node.type in {"unary_expression", "composite_literal"}:
            for one in node.named_children:
                self._visit(one)
        return None

    def _likely_kind(self) -> str:
        return next(iter(sorted({*self._kinds.values()} - {"http"})), "http")

    def _is_of_package(self, name: str) -> bool:
        """Whether a name is of a router that its package has, and the function has none such."""
        is_likely = name in self._package or _LIKELY.fullmatch(name)
        is_own = name in self._hints or name in self._values or name in self._routers
        return bool(is_likely) and not is_own and name not in self._imported

    def within(self, node: Node) -> Router | None:
        """The router that an expression is or is made of, if it was seen to be one before."""
        found = self._routers.get(self._source.text(node))
        if found is not None and not found.base.startswith("field:"):
            return found
        given = node.child_by_field_name("arguments")
        inside = (self.within(one) for one in (given.named_children if given else ()))
        return next((one for one in inside if one), None)

    def _may_be_field(self, text: str) -> bool:
        """Whether a field of something may be a router: it is called like one."""
        root, _, last = text.rpartition(".")
        is_called = re.fullmatch(r"(?i)\w*(?:router|mux|engine|echo|gin|group)|e|r|g", last)
        return bool(is_called) and "(" not in text and root not in self._kinds

    def _call(self, node: Node) -> Router | None:
        """What a call does with routers, and the router that it gives."""
        function = node.child_by_field_name("function")
        given = node.child_by_field_name("arguments")
        said = [one for one in (given.named_children if given else ()) if one.type != "comment"]
        called = self._source.text(function)
        package, _, name = called.partition(".")
        kind = self._kinds.get(package, "")
        if kind and MADE.match(f"{kind}.{name}"):
            return Router(kind, f"new:{node.start_byte}")
        if kind == "http" and name in VERBS["http"]:
            return self._register(Router("http", "default"), called, said, node)
        if function is not None and function.type == "selector_expression":
            operand = function.child_by_field_name("operand")
            member = self._source.text(function.child_by_field_name("field"))
            router = self.router(operand) if operand is not None else None
            if router is not None and router.kind == "mux":
                found = go_mux.register(self, router, member, said, node)
                return self._other(router, called, said, node) if found is None else found
            if router is not None:
                return self._register(router, called, said, node)
        elif function is not None:
            self._visit(function)
        return self._hand_on(called, said, node)

    def _hand_on(self, called: str, said: list[Node], node: Node) -> Router | None:
        """A call that is given routers, to register routes on them or to wrap them.

        Returns:
            The first of the routers: what comes of it may serve it, or be one of its own.
        """
        wrapped: Router | None = None
        for index, one in enumerate(said):
            router = self.router(one)
            if router is not None:
                site = {"callee": called, "index": index, "site": node.end_byte}
                site["given"] = [" ".join(self._source.text(each).split()) for each in said]
                site["is_group"] = router.is_group
                self.emit("call", node, site | router.said())
                made = Router(router.kind, str(Made(called, node.end_byte, 0)))
                wrapped = wrapped or replace(router, made=made)
            elif one.type not in {"call_expression", "selector_expression"}:
                self._visit(one)
        return wrapped

    def _register(self, router: Router, called: str, said: list[Node], node: Node) -> Router | None:
        """A method of a router."""
        router, member = router.made or router, called.rpartition(".")[2]
        if registers(router.kind, member, len(said)):
            known = VERBS[router.kind].get(member)
            methods = [known] if known else methods_of(self._source.text(said[0]))
            for method in methods:
                self._route(router, method, said if known else said[1:], node)
            return router
        if member in {"Use", "Pre"}:
            more = self.middleware(said)
            router.middleware += more
            owner, _, field = called.rpartition(".")[0].rpartition(".")
            if router.is_group and owner:  # what others call by the field is used later, too
                self.emit("use", node, {"base": f"field:{field}", "middleware": more})
            elif not router.is_group:
                is_late = router.kind == "gin"  # only what is made of it behind it passes it
                is_all = self._is_certain and f"{router.kind} {router.base}".startswith("echo new:")
                data = {"base": router.base, "middleware": more, "is_late": is_late}
                self.emit("use", node, data | {"is_all": is_all})
            return router
        if member in {"Group", "Route", "With"}:
            return self._derived(router, member, said, line_of(node))
        if member == "Mount" and len(said) >= 2:
            below = router.below(self.path(said[0]), [])
            inner = self.router(said[1])
            what = inner.base if inner else self._source.text(said[1]).partition("(")[0]
            own = inner.prefix if inner else ""
            self.emit("mount", node, {"what": what, "own": own, **below.said()})
            return router
        is_unserved = member.startswith(("No", "MethodNotAllowed"))  # it serves where nothing is
        return None if is_unserved else self._other(router, called, said, node)

    def _other(self, router: Router, called: str, said: list[Node], node: Node) -> Router | None:
        """A method that no router has: of what a function made, which then is none, it may be."""
        if router.base.startswith("made:") or router.made:
            return self._hand_on(called, said, node)
        for one in said:
            self._visit(one)
        return None

    def _derived(self, router: Router, member: str, said: list[Node], line: int) -> Router:
        literals = said if router.kind == "chi" else ()  # with others they are middleware
        inside = next((one for one in literals if one.type == "func_literal"), None)
        rest = [one for one in said if one is not inside]
        prefix = ""
        if member != "With" and rest:
            prefix, rest = self.path(rest[0]), rest[1:]
            if member == "Route" and rest and inside is None:  # a function that is named
                below = router.below(prefix, [])
                data = {"callee": self._source.text(rest[0]), "index": 0, **below.said()}
                self.emit("call", rest[0], data)
                return below
        if member == "Group" and router.kind == "chi" and inside is None and rest == [] and prefix:
            data = {"callee": prefix.strip(NAMED), "index": 0, **router.said()}
            self.emit("call", said[0], data)
            return router
        below = router.below(prefix, self.middleware(rest), line)
        if inside is not None:
            self._literal(inside, below)
        return below

    def middleware(self, said: list[Node]) -> list[list[Any]]:
        """What sees requests first: its text, its line, and whether it does so for certain."""
        return [
            [said_of(self._source, one, is_first=True), line_of(one), self._is_certain]
            for one in said
        ]

    def path(self, node: Node) -> str:
        """As `path_said`; a variable of the function is no constant, whatever it is called."""
        return re.sub(
            f"{NAMED}([^{NAMED}]*){NAMED}",
            lambda one: UNKNOWN if one[1] in self._hints else one[0],
            path_said(self._source, node),
        )

    def _route(self, router: Router, method: str, said: list[Node], node: Node) -> None:
        if not said:
            return
        handlers = said[1:]
        if router.kind == "echo":
            handlers = [*handlers[1:], *handlers[:1]]
        self.route(router, method, self.path(said[0]), handlers, node)

    def route(
        self, router: Router, method: str, path: str, handlers: list[Node], node: Node
    ) -> dict[str, Any]:
        """A mark for a route, of which its data is given."""
        handler = handlers[-1] if handlers else None
        more = [[*one[:2], True] for one in self.middleware(handlers[:-1])]  # where it is at all
        data = {
            "kind": router.kind,
            "method": method,
            "path": path,
            "since": router.since,
            **unwrapped(self._source, handler),
            **router.said(),
        }
        data["middleware"] = [*data["middleware"], *more]
        self.emit("route", node, data)
        return data
