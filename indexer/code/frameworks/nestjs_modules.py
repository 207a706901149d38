"""NestJS: paths that a RouterModule puts before those of the controllers of modules."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from memory.code.testing import is_test

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.code.project_code import CodeProject
    from memory.code.codebase import CodePlace

_ROUTER = re.compile(r"\bRouterModule\.\w+\(")
_TOKEN = re.compile(r"\s*(?:(['\"`])([^'\"`$]*)\1|([\w$.]+)|([\[\]{}:,]))|\s*//[^\n]*")


class RouterPrefix(NamedTuple):
    """What stands before a controller's own path."""

    path: str | None  # None where it is no literal
    where: str  # file and line


def placed(project: CodeProject) -> Iterator[tuple[CodePlace | str, RouterPrefix]]:
    """The controllers of modules that a RouterModule names; by a file for all that may be meant."""
    for path, facts in project.files.items():
        if facts.language != "typescript" or is_test(path):
            continue
        for one in facts.definitions:
            said = [each for each in one.annotations if each.startswith("Module(")]
            where = f"{path}:{one.line}"
            for found in (each for text in said for each in _ROUTER.finditer(text)):
                modules = _modules(found.string[found.end() :])
                if modules is None:
                    yield path, RouterPrefix(None, where)
                for module, before in modules or ():
                    for controller in _controllers_of(project, path, module):
                        yield controller, RouterPrefix(before, where)


def _controllers_of(project: CodeProject, path: str, module: str) -> Iterator[CodePlace]:
    place = project.locate(path, module)
    definition = project.definition(place) if place else None
    for said in definition.annotations if definition else ():
        listed = re.search(r"\bcontrollers:\s*\[((?:(?!controllers:)[^\]])*)\]", said)
        for name in re.findall(r"\w+", listed[1]) if listed and place else ():
            if controller := project.locate(place.path, name) if place else None:
                yield controller


def _modules(said: str) -> list[tuple[str, str]] | None:
    """The modules of `[{ path, module, children }]`, each with its path; None for anything else."""
    tokens = []
    at = 0
    while (found := _TOKEN.match(said, at)) is not None:
        at = found.end()
        if found[1] or found[3] or found[4]:
            tokens.append(f"'{found[2]}" if found[1] else found[3] or found[4])
    tokens.reverse()
    listed: list[tuple[str, str]] = []
    is_read = _read(tokens, listed)
    return listed if is_read and said[at : at + 1] == ")" else None


def _read(tokens: list[str], listed: list[tuple[str, str]]) -> bool:
    """Takes a list of modules off the tokens; whether it is understood."""
    if not tokens or tokens.pop() != "[":
        return False
    while tokens and (one := tokens.pop()) != "]":
        if one == "{":
            if not _take(tokens, listed):
                return False
        elif re.fullmatch(r"[\w$]+", one):
            listed.append((one, ""))
        elif one != ",":
            return False
    return True


def _take(tokens: list[str], listed: list[tuple[str, str]]) -> bool:
    """Takes `path: "x", module: Y, children: [...] }` off the tokens."""
    path, module = "", ""
    children: list[tuple[str, str]] = []
    while len(tokens) > 1 and (key := tokens.pop()) != "}":
        if key == ",":
            continue
        if key not in {"path", "module", "children"} or tokens.pop() != ":":
            return False
        if key == "children":
            if not _read(tokens, children):
                return False
        elif key == "path" and tokens[-1].startswith("'"):
            path = tokens.pop()[1:]
        elif key == "module" and re.fullmatch(r"[\w$]+", tokens[-1]):
            module = tokens.pop()
        else:
            return False
    own = [(module, "")] if module else []
    listed += [(one, "/".join(filter(None, (path.strip("/"), below))))
               for one, below in (*own, *children)]  # fmt: skip
    return True
