"""Apache Shiro: its filter chains, in the shape of those of Spring Security, and annotations."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from indexer.code.access import LIBRARY, untold
from indexer.code.frameworks.spring_lists import BRANCHES, LOOPS, is_within
from indexer.code.java_values import UNKNOWN, value
from indexer.code.syntax import line_of
from memory.code.facts import Mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indexer.code.syntax import Node, SourceFile
    from memory.code.codebase import Answered

_MAKES = re.compile(r"\bShiro(?:FilterFactoryBean|FilterChainDefinition)\b")
_METHODS = "(method_declaration type: (_) @type) @method"
_PUTS = """
(method_invocation object: (_) @of name: (identifier) @name arguments: (argument_list) @arguments)
"""
_FILTERS = {
    **dict.fromkeys(("anon", "logout", "noSessionCreation", "ssl", "port"), "open"),
    **dict.fromkeys(
        ("authc", "authcBasic", "authcBearer", "user", "perms", "roles", "rest"), "closed"
    ),
}
_RIGHTS = frozenset({"perms", "roles", "rest"})
#: A list of rules that begins empty, and what adds to one by more than a rule that is seen.
_IS_NEW = (
    r"\s*+=\s*+new (?:LinkedHashMap(?:<[^<>]*>)?\(\d*\)|DefaultShiroFilterChainDefinition\(\))"
)
_OF_BEAN = re.compile(r"\w+\.getFilterChainDefinitionMap\(\)")
_FILTERS_SET = re.compile(r"\bsetFilters\(\s*(\w*+)(\)?)")
_ADDS = re.compile(r"\b(?:setFilterChainDefinitions|putAll|addPathDefinitions)\(|\bload\w*\(")
_CHANGES = ("remove", "clear", "replace", "replaceAll")  # what was put
_EACH_FILTER = re.compile(r"[^,\[\]]++(?:\[[^\[\]]*+\])?")
_ONE_FILTER = re.compile(r"([\w.]+)(\[[^\[\]]*+\])?")
_GUARD = re.compile(r"Requires(?:Permissions|Roles|Authentication|User)$")


def asked_by_shiro(notes: Iterable[tuple[str, list[Any]]]) -> Answered | None:
    """What one of some annotations may refuse where the filters let pass; files before notes."""
    for path, note in notes:
        if _GUARD.match(note[0]):
            return untold(LIBRARY, f"@{note[0]} ({path})")
    return None


def shiro_marks(source: SourceFile, reader: str) -> Iterator[Mark]:
    """A `chain` for each method that makes Shiro's filter: the first rule for a path decides.

    What none is for passes; a filter that the project names itself is not known.
    """
    if b"ShiroFilter" not in source.content:
        return
    for found in source.matches(_METHODS):
        method = found["method"][0]
        if _MAKES.search(source.text(found["type"][0])) and (data := _rules(source, method)):
            yield Mark(reader, "chain", source.symbol(method), line_of(method), data)


def _rules(source: SourceFile, method: Node) -> dict[str, Any] | None:
    calls = [
        (one["name"][0], one["arguments"][0], source.text(one["of"][0]))
        for one in source.matches(_PUTS, method)
    ]
    said = source.text(method)
    put: dict[tuple[str, str], dict[str, Any]] = {}  # by what it is put into and its path
    rules: list[dict[str, Any]] = []
    own: set[str] = set()  # filters that the project puts in the place of others
    for name, given, of in sorted(calls, key=lambda one: one[0].start_byte):
        args = [one for one in given.named_children if "comment" not in one.type]
        if source.text(name) not in {"put", "addPathDefinition"} or len(args) != len(("at", "to")):
            continue
        pattern, filters = (value(source, one) for one in args)
        if args[1].type == "object_creation_expression" or not _is_path(pattern):
            own.add(str(pattern))
            continue
        is_certain = not is_within(BRANCHES | LOOPS, name, method)
        if earlier := put.get((of, pattern)):  # keeps its place, and has what was put last
            is_told = is_certain or filters == earlier["access"]
            earlier |= {"access": filters if is_told else UNKNOWN, "line": line_of(name)}
            if earlier["matchers"][0]["is_certain"]:
                continue
        matcher = {"methods": [], "patterns": [pattern], "is_certain": is_certain, "from": []}
        put[of, pattern] = {
            "matchers": [matcher],
            "line": line_of(name),
            "access": filters,
            "by": "",
        }
        rules.append(put[of, pattern])
    is_replaced = _replaces(said) or any(
        f"{of}.{one}(" in said for of, _ in put for one in _CHANGES
    )
    rules = [
        one | (_asked(str(one["access"]), own) if not is_replaced else {"access": "unknown"})
        for one in rules
    ]
    if not rules and "Chain" not in said:
        return None
    every = {"methods": [], "patterns": ["/**"], "is_certain": True, "from": []}
    is_new = all(re.search(rf"\b{re.escape(one)}{_IS_NEW}", said) for one, _ in put)
    is_own = all(_OF_BEAN.fullmatch(one) for one, _ in put)
    access = "open" if rules and is_new and not _ADDS.search(said) else "unknown"
    rules.append({"matchers": [every], "access": access, "by": "", "line": line_of(method)})
    return {
        "rules": rules,
        "scope": [],
        "is_ignoring": False,
        "managers": [],
        "order": "",
        "profile": "",
        #: Whether rules may stand before those that are seen.
        "is_conditional": bool(re.search(r"\bnew HashMap\b", said)) or not (is_new or is_own),
    }


def _replaces(said: str) -> bool:
    """Whether filters are put in the place of others that are not seen here."""
    found = _FILTERS_SET.search(said)
    return found is not None and not (
        found[1]
        and found[2]
        and re.search(rf"\b{found[1]}\s*+=\s*+new \w*+(?<=Map)[^()=]{{0,99}}\(\)", said)
    )


def _is_path(pattern: Any) -> bool:
    return isinstance(pattern, str) and (pattern.startswith("/") or not pattern[:1].isalpha())


def _asked(filters: str, own: set[str]) -> dict[str, str]:
    """What some filters do to who shows nothing, which are all asked.

    Of `authcBasic[permissive]` or `authc[POST]` nobody knows; `roles` without one asks for none.
    """
    names = [_ONE_FILTER.fullmatch(one.strip()) for one in _EACH_FILTER.findall(filters)]
    known = [
        "unknown"
        if one is None or one[1] in own or (_FILTERS.get(one[1]) == "closed" and not _is_whole(one))
        else _FILTERS.get(one[1], "unknown")
        for one in names
    ]
    access = "closed" if "closed" in known else "unknown" if "unknown" in known else "open"
    by = next((one[0] for one in names if one and one[1] in _RIGHTS), "")
    return {"access": "unknown" if UNKNOWN in filters else access, "by": by}


def _is_whole(filter_: re.Match[str]) -> bool:
    """Whether a filter refuses who shows nothing: it asks for rights, or of everybody."""
    return bool(filter_[2]) == (filter_[1] in _RIGHTS)
