"""Sureness: its rules in a file, in the shape of filter chains, and what asks it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from indexer.code.frameworks.spring_settings import NAME, RULES
from memory.code.facts import Mark
from memory.code.testing import is_test

if TYPE_CHECKING:
    from indexer.code.project_code import CodeProject

SURENESS = "sureness"  # the name of its chain
_PACKAGE = "com.usthe.sureness."


def is_of_sureness(project: CodeProject, path: str) -> bool:
    """Whether a file asks Sureness, or stands in its packages, as a filter that it brings does."""
    return any(one.target.startswith(_PACKAGE) for one in project.files[path].imports)


def sureness_chains(project: CodeProject) -> list[tuple[str, Mark]]:
    """The rules of the one file that says them; none where several do, or one is not understood.

    What it excludes it lets pass, whatever else is said of that. Of what it names with roles it
    asks who somebody is. What no rule is for is not told.
    """
    said: dict[str, dict[str, Any]] = {}
    for path, mark in project.marks(NAME, "sureness"):
        if not is_test(path):
            said.setdefault(path, {})[mark.name] = mark.data["is"]
    if len(said) != 1:
        return []
    path, lists = next(iter(said.items()))
    if None in lists.values() or "resourcerole" not in lists:
        return []
    rules = [
        {"matchers": [_matcher(one)], "access": access, "by": by, "line": 1}
        for key, access in RULES.items()
        for one in lists.get(key, ())
        for by in ["===".join(one) if access == "closed" else ""]
    ]
    every = {"methods": [], "patterns": ["/**"], "is_certain": True, "from": []}
    rules.append({"matchers": [every], "access": "unknown", "by": "", "line": 1})
    data = {"rules": rules, "scope": [], "is_ignoring": False, "managers": [], "order": ""}
    data |= {"profile": "", "is_conditional": False}
    return [(path, Mark("spring", "chain", SURENESS, 1, data))]


def _matcher(rule: list[str]) -> dict[str, Any]:
    path, method = rule[0].strip(), rule[1].strip().upper()
    methods = [] if method == "*" else [method]
    return {"methods": methods, "patterns": [path], "is_certain": True, "from": []}
