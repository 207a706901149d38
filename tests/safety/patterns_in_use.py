"""Every regular expression of the product, with the ways in which it is asked.

Run as a program, in a process that has imported nothing of the product yet: it prints JSON.
Compiled ones are caught as their modules are imported, others are read from the source.
"""

from __future__ import annotations

import ast
import importlib
import json
import os
import pkgutil
import re
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

PACKAGES = ("memory", "indexer", "cli", "archmem")
ROOT = Path(__file__).parents[2]
PRODUCT = tuple(f"{ROOT / name}{os.sep}" for name in ("archmem", "memory", "indexer", "cli"))
_ASKING = ("search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer")


@dataclass(frozen=True)
class InUse:
    """A pattern, where it stands and how it is asked: `search`, `match` or `fullmatch`."""

    where: str  # path:name, or path:function
    pattern: str
    is_bytes: bool
    flags: int
    methods: tuple[str, ...]


def patterns_in_use() -> list[InUse]:
    """All of the product's, found by a process of its own."""
    told = subprocess.run(
        [sys.executable, __file__],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return [InUse(*one[:-1], tuple(one[-1])) for one in json.loads(told)]


def _main() -> None:  # noqa: C901  (one pass after another)
    found: dict[tuple[str | bytes, int], tuple[str, set[str]]] = {}
    compiled: dict[int, tuple[re.Pattern[str], str]] = {}
    plain_compile = re.compile

    def noting(pattern: str | re.Pattern[str], flags: int = 0) -> re.Pattern[str]:
        made = plain_compile(pattern, flags)
        frame = sys._getframe(1)
        if frame.f_code.co_filename.startswith(PRODUCT):
            path = Path(frame.f_code.co_filename).relative_to(ROOT)
            compiled.setdefault(id(made), (made, f"{path}:{frame.f_lineno}"))
        return made

    re.compile = noting  # type: ignore[assignment]
    late = importlib.import_module("memory.texts.patterns")
    late.lazy = noting  # type: ignore[attr-defined]
    modules = {}
    for name in PACKAGES:
        package = importlib.import_module(name)
        modules[name] = package
        for each in pkgutil.walk_packages(package.__path__, f"{name}."):
            if not each.name.endswith("__main__"):
                modules[each.name] = importlib.import_module(each.name)
    re.compile = plain_compile

    ways: dict[int, set[str]] = defaultdict(set)
    names: dict[int, str] = {}
    by_variable: dict[str, set[str]] = defaultdict(set)
    for module in modules.values():
        asked = _asked_by_name(module)
        place = str(Path(module.__file__ or "").relative_to(ROOT))
        for name, methods in asked.items():
            if name.islower() and name != "re":
                by_variable[place] |= methods
        for name, value in vars(module).items():
            if isinstance(value, re.Pattern):
                ways[id(value)] |= asked[name]
                names.setdefault(id(value), name)
    for made, where in compiled.values():
        methods = ways[id(made)] or by_variable[where.partition(":")[0]] or {"search"}
        called = f"{where.partition(':')[0]}:{names.get(id(made), '')}"
        found.setdefault((made.pattern, made.flags), (called, set()))[1].update(methods)
    for module in modules.values():
        for pattern, flags, where, method in _in_functions(module):
            if method or (pattern, flags) not in found:
                found.setdefault((pattern, flags), (where, set()))[1].add(method or "search")
    rows = [
        (
            where,
            p if isinstance(p, str) else p.decode("latin-1"),
            isinstance(p, bytes),
            flags,
            sorted(methods),
        )
        for (p, flags), (where, methods) in found.items()
    ]
    json.dump(sorted(rows), sys.stdout)


def _as_text(pattern: str | bytes) -> tuple[str, bool]:
    is_bytes = isinstance(pattern, bytes)
    return (pattern.decode("latin-1") if isinstance(pattern, bytes) else pattern), is_bytes


def _asked_by_name(module: ModuleType) -> dict[str, set[str]]:
    """How a module asks the patterns that it knows by a name."""
    asked: dict[str, set[str]] = defaultdict(set)
    for node in _nodes(module):
        if isinstance(node, ast.Attribute) and node.attr in _ASKING:
            last = node.value
            name = last.attr if isinstance(last, ast.Attribute) else getattr(last, "id", "")
            if name.isupper() or node.attr != "split":  # a text's, as a rule
                asked[name].add(_way(node.attr))
    return asked


def _in_functions(module: ModuleType) -> list[tuple[str | bytes, int, str, str]]:
    """The patterns that stand in a module's functions; an unknown part is an `x`."""
    path = Path(module.__file__ or "")
    found = []
    functions = [one for one in _nodes(module) if isinstance(one, ast.FunctionDef)]
    for within, node in ((one, node) for one in functions for node in ast.walk(one)):
        function = node.func if isinstance(node, ast.Call) else None
        if not (isinstance(function, ast.Attribute) and getattr(function.value, "id", "") == "re"):
            continue
        if function.attr not in (*_ASKING, "compile") or not node.args:
            continue
        flags = [one for one in node.args[1:] if "re." in ast.unparse(one)]
        flags += [one.value for one in node.keywords if one.arg == "flags"]
        pattern = _evaluated(node.args[0], vars(module))
        try:
            value = re.compile(pattern, *[eval(ast.unparse(one), vars(module)) for one in flags])
        except (re.error, NameError, TypeError):
            continue
        where = f"{path.relative_to(ROOT)}:{within.name}"
        found.append((value.pattern, value.flags, where, _way(function.attr)))
    return found


@cache
def _nodes(module: ModuleType) -> list[ast.AST]:
    """Of a module that asks a pattern or makes one: parsing is most of the work."""
    text = Path(module.__file__ or "").read_text(encoding="utf-8")
    is_asking = re.search(rf"\.(?:{'|'.join(_ASKING)}|compile)\b", text)
    return list(ast.walk(ast.parse(text))) if is_asking else []


def _evaluated(node: ast.expr, names: dict[str, object]) -> str | bytes:
    try:
        value = eval(compile(ast.Expression(node), "pattern", "eval"), dict(names))
        return value if isinstance(value, str | bytes) else "x"
    except Exception:  # noqa: BLE001  (what only a call knows)
        if not isinstance(node, ast.JoinedStr):
            return "x"
    parts = (
        str(one.value) if isinstance(one, ast.Constant) else str(_evaluated(one.value, names))
        for one in node.values
    )
    return "".join(parts)


def _way(method: str) -> str:
    if method == "compile":
        return ""
    return method if method in ("match", "fullmatch") else "search"


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    _main()
