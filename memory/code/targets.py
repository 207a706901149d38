"""What somebody means by the name of a part of the code."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, NamedTuple

from memory.code.apart import is_apart
from memory.code.codebase import CodePlace, Grade
from memory.errors import InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from memory.code.codebase import CodeBase, Symbol

_PARAMETER = re.compile(r"\{[^}]{0,199}\}|<[^>]{0,199}>|:\w+")


class Target(NamedTuple):
    """A part of the code, as where a change to it would begin."""

    name: str
    kind: str  # file, symbol, module, table, route, diff
    starts: tuple[CodePlace, ...]  # top-level definitions, or files as such


def find_target(code: CodeBase, said: str) -> Target:
    """The part that a name means: a file or folder by path, route, module, file, table or symbol.

    The first of these that is called so exactly; a module in letters of another case comes last.

    Raises:
        InvalidRequest: there is none of that name; it says which come near.
    """
    said = said.strip().removeprefix("./")
    for look in (_path, _route, _module, _named_file, _table, _symbol, _cased_module):
        if (found := look(code, said)) and found.starts:
            return found
    near = difflib.get_close_matches(said, _names(code), n=3, cutoff=0.6)
    hint = f"; near: {', '.join(near)}" if near else ""
    raise InvalidRequest("impact", f"no file, symbol, module, route or table {said!r}{hint}")


def of_files(code: CodeBase, name: str, kind: str, paths: Iterable[str]) -> Target:
    """A part that is all of some files."""
    inside = set(paths) & code.files.keys()
    # The type of a method of Go may stand in another file: its own top is no definition.
    tops = {place.top for place in code.symbols if place.path in inside}
    return Target(name, kind, tuple(sorted({*map(CodePlace, inside), *tops})))


def of_lines(code: CodeBase, name: str, changed: Mapping[str, Sequence[tuple[int, int]]]) -> Target:
    """A part that is all definitions in which lines changed, and files where others did."""
    starts = set()
    tops: dict[str, list[Symbol]] = {}
    for place, symbol in code.symbols.items():
        is_top = "." not in place.symbol or place.top not in code.symbols
        if place.path in changed and is_top:
            tops.setdefault(place.path, []).append(symbol)
    for path in changed.keys() & code.files.keys():
        for first, last in changed[path]:
            own = [
                one.place.top
                for one in tops.get(path, ())
                if one.line <= last and first <= one.last_line
            ]
            starts.update(own or [CodePlace(path)])
    return Target(name, "diff", tuple(sorted(starts)))


def _path(code: CodeBase, said: str) -> Target | None:
    if said in code.files:
        return of_files(code, said, "file", [said])
    folder = f"{said.rstrip('/')}/"
    inside = [path for path in code.files if "/" in said and path.startswith(folder)]
    return of_files(code, said, "folder", inside) if inside else None


def _route(code: CodeBase, said: str) -> Target | None:
    method, _, path = said.rpartition(" ")
    if not path.startswith("/"):
        return None
    wanted = _plain(path)
    places = {
        CodePlace(one.file, one.symbol).top
        for one in code.routes
        if _plain(one.path) == wanted and method.upper() in {"", one.method}
    }
    return Target(said, "route", tuple(sorted(places)))


def _plain(path: str) -> str:
    return _PARAMETER.sub("{}", path).rstrip("/")


def _module(code: CodeBase, said: str) -> Target | None:
    inside = [path for path, file in code.files.items() if file.module == said.rstrip("/")]
    return of_files(code, said, "module", inside) if inside else None


def _named_file(code: CodeBase, said: str) -> Target | None:
    named = [path for path, file in code.files.items() if file.name == said]
    return of_files(code, said, "file", named) if named else None


def _cased_module(code: CodeBase, said: str) -> Target | None:
    cased = {file.module.casefold(): file.module for file in code.files.values()}
    module = cased.get(said.rstrip("/").casefold())
    return _module(code, module) if module else None


def _table(code: CodeBase, said: str) -> Target | None:
    places = {CodePlace(one.file, one.symbol).top for one in code.tables if one.table == said}
    return Target(said, "table", tuple(sorted(places)))


def named_symbols(code: CodeBase, said: str) -> list[CodePlace]:
    """The definitions that a name means, those of tests or migrations only without others."""
    path, colon, symbol = said.partition(":")
    if colon and CodePlace(path, symbol) in code.symbols:
        return [CodePlace(path, symbol)]
    last = said.rpartition(".")[2]
    named = code.symbols_named.get(last, ())
    exact = [place for place in named if said in {code.called(place), place.symbol}]
    ending = [place for place in named if code.called(place).endswith(f".{said}")]
    found = exact or ending or _passed_on(code, said, named)
    for is_left_out in (lambda path: code.files[path].is_test, is_apart):
        found = [place for place in found if not is_left_out(place.path)] or found
    return sorted(found)


_HOPS = 3  # files by way of which a name is passed on


def _passed_on(code: CodeBase, said: str, named: Sequence[CodePlace]) -> list[CodePlace]:
    """The one definition that a file imports, itself or by way of others, under a longer name.

    "shop.models.User" is "shop.models.users.User" where `shop/models/__init__.py` imports it.
    """
    whole, _, symbol = said.rpartition(":") if ":" in said else said.rpartition(".")
    front = {path for path, file in code.files.items() if whole in {file.name, path}}
    for _ in range(_HOPS if front else 0):
        front = {
            edge.target.path
            for path in front
            for edge in code.edges_of.get(path, ())
            if edge.source.path == path and edge.grade is Grade.IMPORT
        }
        found = [place for place in named if place.symbol == symbol and place.path in front]
        if found:
            return found if len(found) == 1 else []
    return []


def _symbol(code: CodeBase, said: str) -> Target | None:
    named = named_symbols(code, said)
    tops = sorted({place.top for place in named})
    if any("." not in place.symbol for place in named):
        return Target(said, "symbol", tuple(tops))
    owners = ", ".join(dict.fromkeys(place.symbol for place in tops))
    return Target(f"{said}, told of all of {owners}", "symbol", tuple(tops))


def _names(code: CodeBase) -> list[str]:
    names = {file.name for file in code.files.values()} | set(code.files)
    names |= {file.module for file in code.files.values()} | {one.table for one in code.tables}
    names |= {place.symbol for place in code.symbols if "." not in place.symbol}
    return sorted(names)
