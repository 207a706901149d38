"""What the libraries of Go call their routers, and what routers are asked to do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indexer.code.frameworks.go_router import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from indexer.code.syntax import SourceFile
    from memory.code.facts import Mark

_PACKAGES = {
    "net/http": "http",
    "github.com/gin-gonic/gin": "gin",
    "github.com/go-chi/chi": "chi",
    "github.com/labstack/echo": "echo",
    "github.com/gorilla/mux": "mux",
}
_TYPES = re.compile(
    r"^\*?(?:gin\.(?:Engine|RouterGroup|IRouter|IRoutes)|chi\.(?:Router|Mux)|echo\.(?:Echo|Group)"
    r"|http\.ServeMux|mux\.Router)$"
)
MADE = re.compile(
    r"^(?:gin\.(?:New|Default)|chi\.(?:NewRouter|NewMux)|echo\.New(?:WithConfig)?|http\.NewServeMux"
    r"|mux\.NewRouter)$"
)
#: What a function of the project is called by that gives a router, which is only handed on then.
MAKES = re.compile(r"(?i)router|routes|echo|engine|mux|(?<![a-z])(?:gin|app)\b")
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "CONNECT", "TRACE")
_UPPER = {**{one: one for one in _METHODS}, "Any": "ANY"}
_ANY = {"Handle": "ANY", "HandleFunc": "ANY"}
_PATH_AND_HANDLER = 2
VERBS = {
    "gin": _UPPER,
    "echo": _UPPER,
    "chi": {**{one.title(): one for one in _METHODS}, **_ANY},
    "http": _ANY,
    "mux": _ANY,
}
BY_ARGUMENT = {
    "gin": {"Handle", "Match"},
    "echo": {"Add", "Match"},
    "chi": {"Method", "MethodFunc"},
    "http": set(),
    "mux": set(),
}
_DERIVES = {"Group", "Route", "PathPrefix", "Methods", "Subrouter"}
USED = "|".join(sorted({one for verbs in VERBS.values() for one in verbs} | _DERIVES))


def kinds_in(source: SourceFile) -> dict[str, str]:
    """The routers that a file knows, by what it calls their packages."""
    found = {}
    for one in source.facts.imports:
        for package, kind in _PACKAGES.items():
            if one.target == package or re.fullmatch(rf"{re.escape(package)}/v\d+", one.target):
                found[one.local[0] if one.local else kind] = kind
    return found


def kind_of(kinds: Mapping[str, str], type_: str) -> str:
    """The kind of a router by its type; "" for what is none."""
    package, _, name = type_.lstrip("*").partition(".")
    kind = kinds.get(package, "")
    return kind if kind and _TYPES.match(f"{kind}.{name}") else ""


def registers(kind: str, member: str, given: int) -> bool:
    """Whether a call registers a route: of net/http's own routers a path and what answers alone."""
    if kind == "http":
        return member in _ANY and given == _PATH_AND_HANDLER
    return member in VERBS[kind] or (member in BY_ARGUMENT[kind] and given > 0)


def methods_of(text: str) -> list[str]:
    """GET of `"GET"`, `http.MethodGet` or a list of them."""
    found = re.findall(r"\bMethod([A-Z][a-z]+)\b|\"([A-Z]+)\"", text)
    return [(constant or said).upper() for constant, said in found] or [UNKNOWN]


def by_method(mark: Mark) -> Iterator[Mark]:
    """A mark, or one for each of the methods that its data names."""
    methods = mark.data.pop("methods", None) if mark.kind == "route" else None
    for method in methods or (None,):
        yield mark._replace(data=mark.data | {"method": method}) if method else mark
