"""How Laravel's routes are written: chains of calls within groups, and files that are mounted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from indexer.code.php_values import (
    UNKNOWN,
    Arguments,
    PhpCall,
    arguments,
    chain,
    class_named,
    goes_on,
    texts,
    value,
)
from indexer.code.syntax import line_of
from memory.code.facts import Mark

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from indexer.code.syntax import Node, SourceFile

_CHAINS = """
[(scoped_call_expression) (member_call_expression)
 (include_expression) (include_once_expression)
 (require_expression) (require_once_expression)] @found
"""
_ROUTERS = frozenset(
    {"Route", "\\Route", "$router", "$this->router", "$app", "$route", "$registrar"}
)
_PLAIN = frozenset({"get", "post", "put", "patch", "delete", "options", "any", "match", "view",
                    "inertia", "redirect", "permanentRedirect", "fallback"})  # fmt: skip
_RESOURCES = frozenset({"resource", "resources", "apiResource", "apiResources", "singleton",
                        "singletons", "apiSingleton", "apiSingletons"})  # fmt: skip
#: Calls by which a package registers routes of its own.
_PACKAGES = frozenset({"Auth::routes", "Route::auth", "Passport::routes", "Broadcast::routes",
                       "Volt::route", "Fortify::routes", "Route::livewire"})  # fmt: skip
_ROUTED = re.compile(rb"Route\b|\$(?:this->)?router|\$app\b|outes|outing|\brequire|\binclude")
_INCLUDES = frozenset({"include_expression", "include_once_expression", "require_expression",
                       "require_once_expression"})  # fmt: skip
_CLOSURES = frozenset({"anonymous_function", "arrow_function"})


class Above(NamedTuple):
    """What stands above a route."""

    prefix: Sequence[str] = ()
    middleware: Sequence[Sequence[Any]] = ()  # what is said, in which file, in which line
    without: Sequence[str] = ()
    controller: str = ""  # by its full or local name
    namespace: Sequence[str] = ()

    def said(self) -> dict[str, Any]:
        """This in a form that JSON gives back alike."""
        whole = {name: list(part) for name, part in self._asdict().items() if name != "controller"}
        whole["middleware"] = [list(one) for one in self.middleware]
        return whole | {"controller": self.controller}

    def joined(self, below: Above) -> Above:
        """This with what stands below it."""
        return Above(
            (*self.prefix, *below.prefix),
            (*self.middleware, *below.middleware),
            (*self.without, *below.without),
            below.controller or self.controller,
            (*self.namespace, *below.namespace),
        )

    def located(self, path: str, line: int) -> Above:
        """This with the places of the middleware that a file states."""
        own = [[said, where or path, at or line] for said, where, at in self.middleware]
        return self._replace(middleware=own)


def registered(source: SourceFile, reader: str) -> Iterator[Mark]:
    """`route` for each call that registers some, `mount` for each file that is mounted."""
    if not _ROUTED.search(source.content):
        return
    found = source.captures(_CHAINS).get("found", ())
    for node in sorted(found, key=lambda one: (one.start_byte, -one.end_byte)):
        if node.type in _INCLUDES:
            yield from _include(source, reader, node)
            continue
        if goes_on(node):
            continue
        root, steps = chain(source, node)
        if root in _ROUTERS or f"{root}::{steps[0].name}" in _PACKAGES:
            yield from _routes(source, reader, root, steps)
        for step in steps:
            if step.name == "loadRoutesFrom":
                yield from _mount(source, reader, step.node, step.arguments, Above())
            elif step.name == "withRouting":
                yield from _with_routing(source, reader, step)


def _routes(source: SourceFile, reader: str, root: str, steps: list[PhpCall]) -> Iterator[Mark]:
    data: dict[str, Any] = {"args": [], "named": {}, "after": [], "for": [], "is_plain": False}
    if (package := f"{root}::{steps[0].name}") in _PACKAGES:
        data |= {"verb": "package", "said": package, "above": Above().said()}
        yield Mark(reader, "route", "Route", line_of(steps[0].node), data)
        return
    at = next((i for i, one in enumerate(steps) if one.name in _PLAIN | _RESOURCES), None)
    if at is None:
        group = next((one for one in steps if one.name == "group"), None)
        if group is not None:
            above = _within(source, group.node).joined(_of_steps(source, steps))
            yield from _mount(source, reader, group.node, group.arguments, above)
        return
    step, after = steps[at], steps[at + 1 :]
    said = arguments(source, step.arguments)
    if step.name in {"get", "delete", "options"} and root.startswith("$") and len(said.plain) < 2:
        return  # `$app->get(Service::class)`
    above = _within(source, step.node).joined(_of_steps(source, steps[:at]))
    own = _of_steps(source, after)
    handler = said.plain[-1] if said.plain and isinstance(said.plain[-1], dict) else {}
    if step.name in _PLAIN:
        own = own.joined(_of_options(handler))
    above = above.joined(own._replace(prefix=()))._replace(prefix=(*own.prefix, *above.prefix))
    data = {
        "verb": step.name,
        "args": said.plain,
        "named": said.named,
        "above": above.said(),
        "after": [[one.name, _option(source, one)] for one in after if one.name in _RESOURCE_ENDS],
        "for": [
            arguments(source, one.arguments).plain[:2]
            for one in after
            if one.name == "middlewareFor"
        ],
        "is_plain": all(_is_plain(source, one) for one in _closures(step.arguments)),
        "inside": next(
            ([line_of(one), one.end_point[0] + 1] for one in _closures(step.arguments)), [0, 0]
        ),
    }
    yield Mark(reader, "route", root, line_of(step.node), data)


_RESOURCE_ENDS = frozenset({"only", "except", "shallow", "parameters", "parameter", "creatable",
                            "destroyable"})  # fmt: skip


def _option(source: SourceFile, step: PhpCall) -> Any:
    said = arguments(source, step.arguments).plain
    if step.name == "parameter" and len(said) == 2:
        return {str(said[0]): said[1]}
    return said


def _closures(given: Node | None) -> Iterator[Node]:
    """The closures among arguments."""
    for one in given.named_children if given is not None else ():
        inside = one.named_children[-1] if one.named_children else one
        if inside.type in _CLOSURES:
            yield inside


def _is_plain(source: SourceFile, closure: Node) -> bool:
    """Whether a closure calls nothing but views and redirections."""
    body = source.text(closure.child_by_field_name("body"))
    return not any(word in body for word in ("if", "abort", "throw", "Auth", "auth", "->"))


def _within(source: SourceFile, node: Node) -> Above:
    """What the groups around a node state, the outermost first."""
    found = Above()
    inner: Node = node
    outer = node.parent
    while outer is not None:
        if outer.type in {"member_call_expression", "scoped_call_expression"} and (
            source.text(outer.child_by_field_name("name")) == "group"
            and inner == outer.child_by_field_name("arguments")
        ):
            root, steps = chain(source, outer)
            if root in _ROUTERS:
                found = _of_steps(source, steps).joined(found)
        inner, outer = outer, outer.parent
    return found


def _of_steps(source: SourceFile, steps: list[PhpCall]) -> Above:
    found = Above()
    for one in steps:
        if one.name not in _STATES:
            continue
        said = arguments(source, one.arguments)
        plain, line = said.plain, line_of(one.node)
        if one.name in {"group", "prefix"}:
            own = {"prefix": plain[0]} if plain and one.name == "prefix" else next(iter(plain), {})
            above = _of_options(own, line)
            if UNKNOWN in above.prefix and (setting := _setting(source, one)):
                above = above._replace(prefix=[setting])
            found = found.joined(above)
        elif one.name == "can":
            stated = ",".join(texts(plain))
            found = found.joined(Above(middleware=[[f"can:{stated}", "", line]]))
        elif one.name == "controller":
            found = found.joined(Above(controller=class_named(next(iter(plain), ""))))
        else:
            option = {"withoutMiddleware": "excluded_middleware"}.get(one.name, one.name)
            found = found.joined(_of_options({option: plain}, line))
    return found


def _setting(source: SourceFile, step: PhpCall) -> str:
    """The name, as that of a parameter, of the setting that is all of a prefix; "" for others."""
    given = source.text(step.arguments)
    said = _SETTING[step.name].search(given)
    return f"{{{said[1]}}}" if said else ""


_CONFIG = r"config\(\s*+['\"](?:[\w-]++\.)*+(\w++)['\"]\s*+(?:,[^()]*+)?\)"
_SETTING = {
    "prefix": re.compile(rf"\A\(\s*+{_CONFIG}\s*+(?:,\s*+)?\)\Z"),
    "group": re.compile(
        rf"\A\(\s*+(?:array\(|\[)[^()]*['\"]prefix['\"]\s*+=>\s*+{_CONFIG}\s*+[,\])]"
    ),
}
_STATES = frozenset({"group", "prefix", "can", "controller", "middleware", "withoutMiddleware",
                     "namespace"})  # fmt: skip


def _of_options(options: Any, line: int = 0) -> Above:
    """The options of a group as a list or of a route."""
    if not isinstance(options, dict):
        return Above()
    prefix = options.get("prefix", "")
    namespace = [one for one in texts(options.get("namespace", "")) if one and one != UNKNOWN]
    return Above(
        [prefix if isinstance(prefix, str) else UNKNOWN] if prefix else [],
        [
            [part, "", line]
            for one in texts(options.get("middleware", []))
            for part in (one.split("|") if one else ())
        ],
        texts(options.get("excluded_middleware", [])),
        class_named(options.get("controller", "")),
        namespace,
    )


def _include(source: SourceFile, reader: str, node: Node) -> Iterator[Mark]:
    said = path_said(source, node.named_children[0] if node.named_children else None)
    if said.endswith(".php"):
        data = {"file": said, "above": _within(source, node).said(), "is_routes": False}
        yield Mark(reader, "mount", "", line_of(node), data)


def _mount(
    source: SourceFile, reader: str, node: Node, given: Node | None, above: Above
) -> Iterator[Mark]:
    """`group` or `loadRoutesFrom` with a file; nothing with a closure."""
    last = given.named_children[-1] if given is not None and given.named_children else None
    inside = last.named_children[-1] if last is not None and last.named_children else None
    if inside is not None and inside.type not in _CLOSURES:
        for one in _each(inside):
            data = {"file": path_said(source, one), "above": above.said(), "is_routes": True}
            yield Mark(reader, "mount", "", line_of(node), data)


def _with_routing(source: SourceFile, reader: str, step: PhpCall) -> Iterator[Mark]:
    """The files that `bootstrap/app.php` names."""
    said: Arguments = arguments(source, step.arguments)
    for one in step.arguments.named_children if step.arguments is not None else ():
        name = source.text(one.child_by_field_name("name"))
        if name in {"web", "api"} and one.named_children[-1].type != "null":
            prefix = said.named.get("apiPrefix", "api")
            prefix = prefix if isinstance(prefix, str) else UNKNOWN
            above = Above([prefix] if name == "api" else [], [[name, "", line_of(one)]])
            for each in _each(one.named_children[-1]):
                data = {"file": path_said(source, each), "above": above.said()}
                yield Mark(reader, "mount", "", line_of(one), data | {"is_routes": True})


def _each(node: Node) -> list[Node]:
    if node.type != "array_creation_expression":
        return [node]
    return [
        one.named_children[-1]
        for one in node.named_children
        if one.type == "array_element_initializer" and one.named_children
    ]


def path_said(source: SourceFile, node: Node | None) -> str:  # noqa: PLR0911  (a form each)
    """A path: `__DIR__` for the folder of the file, `UNKNOWN` before what a function adds to."""
    if node is None:
        return UNKNOWN
    if node.type == "parenthesized_expression":
        return path_said(source, node.named_children[0] if node.named_children else None)
    if node.type == "name" and source.text(node) == "__DIR__":
        return "__DIR__"
    if node.type == "binary_expression":
        sides = (node.child_by_field_name(one) for one in ("left", "right"))
        return "".join(path_said(source, one) for one in sides)
    if node.type == "function_call_expression":
        given = node.child_by_field_name("arguments")
        last = given.named_children[-1:] if given is not None else []
        inside = path_said(source, last[0].named_children[-1]) if last else UNKNOWN
        named = source.text(node.child_by_field_name("function"))
        if named == "dirname":
            return f"{inside}/.." if inside.startswith("__DIR__") else UNKNOWN
        if named == "sprintf" and given is not None:
            pattern = path_said(source, given.named_children[0].named_children[-1])
            return re.sub(r"%\w", UNKNOWN, pattern)
        return UNKNOWN + inside
    said = value(source, node)
    return said if isinstance(said, str) else UNKNOWN
