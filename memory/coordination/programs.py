"""Which files belong to what answers requests, where a repository has other programs too."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from memory.code.codebase import CodeBase


def of_backend(code: CodeBase, paths: Sequence[str]) -> list[str]:
    """Those of the files that belong to what answers requests; all where none does.

    That is what is written in a language of routes, in modules that imports join to one with
    routes: a client that only asks over the network is joined to none.
    """
    return _of_backend(code, paths) or list(paths)


def is_of_backend(code: CodeBase, paths: Sequence[str]) -> bool:
    """Whether some of the files belong to what answers requests."""
    return bool(_of_backend(code, paths))


def _of_backend(code: CodeBase, paths: Sequence[str]) -> list[str]:
    served = {one.file for one in code.routes if one.file in code.files}
    languages = {code.files[path].language for path in served}
    modules = _joined(code, {code.files[path].module for path in served})
    files = code.files
    return [
        one for one in paths if files[one].language in languages and files[one].module in modules
    ]


def _joined(code: CodeBase, modules: set[str]) -> set[str]:
    """Modules, and all that imports join to them in either direction."""
    beside: dict[str, set[str]] = defaultdict(set)
    for edge in code.imports_at_run_time:
        pair = code.files[edge.source.path].module, code.files[edge.target.path].module
        for one, other in (pair, pair[::-1]):
            beside[one].add(other)
    found, open_ = set(modules), list(modules)
    while open_:
        new = beside[open_.pop()] - found
        found |= new
        open_ += new
    return found
