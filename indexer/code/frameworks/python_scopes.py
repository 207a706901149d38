"""What names of Python mean where a node stands, by the functions around it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from indexer.code.syntax import is_conditional

if TYPE_CHECKING:
    from indexer.code.project_code import CodeProject
    from indexer.code.syntax import Node, SourceFile
    from memory.code.codebase import CodePlace

#: The type of `*parameters`, which are no one thing.
SEVERAL = "*"
_LISTS = frozenset({"list", "tuple", "set"})
_VALUES = "(assignment left: (identifier) @name right: (_) @value)"
#: What a loop asks, and what it gives another value.
_ASKED = """
[(if_statement condition: (_) @said) (elif_clause condition: (_) @said)
 (assignment left: (_) @said) (augmented_assignment left: (_) @said)]
"""
LITERAL = re.compile(r"[rRuU]?(['\"])((?:(?!\1)[^\\]|\\.)*+)\1", re.DOTALL)
#: A text as it is written, or else a name.
_WORDS = re.compile(
    r"(?P<formatted>[fF](?P<by>['\"])[^'\"\n]*+(?P=by))|\w?(?:'[^'\n]*+'|\"[^\"\n]*+\")"
    r"|(?<![\w.])(?P<name>[A-Za-z_]\w*+)"
)
_PLAIN = re.compile(r"(['\"])([^'\"\\{}]*+)\1")
#: What gives something to a name.
_GIVEN = """
[(assignment left: (identifier) @name) (augmented_assignment left: (identifier) @name)
 (named_expression name: (identifier) @name) (as_pattern_target (identifier) @name)
 (global_statement (identifier) @name) (nonlocal_statement (identifier) @name)
 (for_statement left: (identifier) @name) (pattern_list (identifier) @name)
 (tuple_pattern (identifier) @name) (list_pattern (identifier) @name)]
"""
#: What gives it a function, class or module.
_DEFINED = """
[(function_definition name: (identifier) @name) (class_definition name: (identifier) @name)
 (import_from_statement name: (dotted_name (identifier) @name))
 (import_statement name: (dotted_name . (identifier) @name))
 (aliased_import alias: (identifier) @name)]
"""
#: What goes through something within an expression.
_EXPRESSIONS = ("comprehension", "generator_expression")
_ASSIGNED = "(assignment left: (identifier) @name)"


def function_of(node: Node) -> Node | None:
    """The innermost function around a node."""
    outer = node.parent
    while outer is not None and outer.type != "function_definition":
        outer = outer.parent
    return outer


def types_of(source: SourceFile, function: Node) -> dict[str, str]:
    """The parameters that a call gives, in their order, with their types."""
    listed, found = function.child_by_field_name("parameters"), {}
    for at, one in enumerate(listed.named_children if listed is not None else ()):
        said = source.text(one.child_by_field_name("name") or one).partition(":")[0]
        name, is_several = said.strip("* "), said.startswith("*")
        is_given = one.type not in {"comment", "positional_separator", "keyword_separator"}
        if is_given and (at or name not in {"self", "cls"}):
            found[name] = SEVERAL if is_several else source.text(one.child_by_field_name("type"))
    return found


def each_time(source: SourceFile, node: Node) -> list[dict[str, str]]:
    """What the names of the loop around a node stand for, each time that it goes round.

    Once nothing where there is no loop within its function, what it goes through is not seen, or it
    asks which one it is, or changes it.
    """
    loop = node.parent
    while loop is not None and loop.type not in {"for_statement", "function_definition"}:
        loop = loop.parent
    if loop is None or loop.type != "for_statement":
        return [{}]
    left, right = (loop.child_by_field_name(one) for one in ("left", "right"))
    names = [source.text(one) for one in (left, *(left.named_children if left else ())) if one]
    asked = " ".join(source.text(one["said"][0]) for one in source.matches(_ASKED, loop))
    if set(re.findall(r"(?<![\w.])[A-Za-z_]\w*+", asked)) & set(names):
        return [{}]
    through, found = listed(source, right), []
    for one in through.named_children if through else ():
        if one.type not in {"comment", "list_splat"}:
            parts = one.named_children if one.type in {"tuple", "list"} else ()
            found.append(dict(zip(names, map(source.text, (one, *parts)), strict=False)))
        elif one.type == "list_splat":
            return [{}]
    return found or [{}]


def listed(source: SourceFile, node: Node | None) -> Node | None:
    """A list as it is written, or the one that its file has by a name and never changes.

    None for one of another function, and where a function is given something of that name.
    """
    if node is None or node.type in _LISTS:
        return node
    name, function = source.text(node), function_of(node)
    values = _values(source).get(name, [])
    if len(values) != 1 or values[0].type not in _LISTS:
        return None
    of = function_of(values[0])
    is_given = of is None and function is not None and name in types_of(source, function)
    changes = rf"(?<![\w.]){re.escape(name)}\s*+(?:\.\w+\(|[-+|&^*]=|\[)".encode()
    if is_given or of not in {None, function} or re.search(changes, source.content):
        return None
    return values[0]


@lru_cache(maxsize=1)
def _values(source: SourceFile) -> dict[str, list[Node]]:
    """What each name of a file is given."""
    found: dict[str, list[Node]] = {}
    for one in source.matches(_VALUES):
        found.setdefault(source.text(one["name"][0]), []).append(one["value"][0])
    return found


def put_in(said: str, known: dict[str, str]) -> str:
    """An expression with what names in it stand for, but not in what its texts say."""

    def inside(found: re.Match[str]) -> str:
        value = known.get(found[1], found[1])
        plain = _PLAIN.fullmatch(value)
        return plain[2] if plain else f"{{{value}}}"

    def put(found: re.Match[str]) -> str:
        if found["formatted"] and known:
            text = re.sub(r"\{(\w+)\}", inside, found[0])
            return text if "{" in text else text[1:]
        return known.get(found["name"], found["name"]) if found["name"] else found[0]

    return _WORDS.sub(put, said)


def settled(source: SourceFile, node: Node, said: str) -> str:
    """A text with what functions around a node give to names in it; in parentheses if nobody knows.

    A variable stands for the one text that its function gives it once and whatever happens; what
    is asked of an object, as of settings, stays as it is.
    """
    if LITERAL.fullmatch(said):
        return said
    is_formatted = re.fullmatch(r"[fF](['\"]).*\1", said, re.DOTALL) is not None
    names = re.findall(
        r"\{(\w+)[}:!]" if is_formatted else r"(?<![\w.])[A-Za-z_]\w*+(?![.(])", said
    )
    known: dict[str, str] = {}
    for name in dict.fromkeys(names):
        function = None if name in _gone_through(source, node) else _having(source, node, name)
        if function is None:
            continue
        text = _given_once(source, node, function, name)
        if not text:
            return f"({said})"
        known[name] = text
    return put_in(said, known)


def without_loops(source: SourceFile, node: Node, said: str) -> str:
    """A text; in parentheses, as nobody knows it, where a loop around a node gives a name in it."""
    is_formatted = re.fullmatch(r"[fF](['\"]).*\1", said, re.DOTALL) is not None
    plain = " ".join(re.findall(r"\{([^{}]*)\}", said)) if is_formatted else said
    names = set() if LITERAL.fullmatch(said) else set(re.findall(r"(?<![\w.])[A-Za-z_]\w*+", plain))
    return f"({said})" if names & _gone_through(source, node) else said


def _gone_through(source: SourceFile, node: Node) -> set[str]:
    """The names that the loops around a node give something, each time that they go round.

    Those of comprehensions too, and what a function without a name is given.
    """
    names: set[str] = set()
    outer = node.parent
    while outer is not None and outer.type != "function_definition":
        around = outer.named_children if outer.type.endswith(_EXPRESSIONS) else [outer]
        for one in around:
            if one.type in {"for_statement", "for_in_clause"}:
                names.update(re.findall(r"\w+", source.text(one.child_by_field_name("left"))))
        if outer.type == "lambda":
            names.update(re.findall(r"\w+", source.text(outer.child_by_field_name("parameters"))))
        outer = outer.parent
    return names


def _having(source: SourceFile, node: Node, name: str) -> Node | None:
    """The innermost function around a node that has a variable or parameter of a name."""
    outer = function_of(node)
    while outer is not None:
        if name in types_of(source, outer) or name in given_anew(source, outer):
            return outer
        outer = function_of(outer)
    return None


def given_anew(source: SourceFile, function: Node) -> set[str]:
    """The names that a function gives something, whatever it was given by them."""
    return {
        source.text(one["name"][0])
        for query in (_GIVEN, _DEFINED)
        for one in source.matches(query, function)
    }


def _given_once(source: SourceFile, node: Node, function: Node, name: str) -> str:
    """The text that a function gives to a variable before a node, if it is given nothing else."""
    given = [
        one["name"][0]
        for one in source.matches(_GIVEN, function)
        if source.text(one["name"][0]) == name
    ]
    if len(given) != 1 or name in types_of(source, function):
        return ""
    one = given[0].parent
    value = one.child_by_field_name("right") if one is not None else None
    is_plain = value is not None and bool(_PLAIN.fullmatch(source.text(value)))
    is_sure = one is not None and one.type == "assignment" and not is_conditional(one)
    is_here = is_sure and function_of(given[0]) == function
    is_here = is_here and given[0].start_byte < node.start_byte
    return source.text(value) if is_plain and is_here else ""


def full_name(source: SourceFile, node: Node, said: str) -> str:
    """A name with the function around a node that defines, assigns or is given it: `make.login`."""
    name, outer = said.partition(".")[0], function_of(node)
    while outer is not None:
        owner = source.owner(outer)
        is_own = any(one.name == f"{owner}.{name}" for one in source.facts.definitions)
        assigned = (source.text(one["name"][0]) for one in source.matches(_ASSIGNED, outer))
        if is_own or name in types_of(source, outer) or name in assigned:
            return f"{owner}.{said}"
        outer = function_of(outer)
    return said


def own_names(source: SourceFile, node: Node, *said: str) -> dict[str, str]:
    """The names in texts that a function or a loop around a node has of its own, each in full."""
    names = {name for one in said for name in re.findall(r"(?<![\w.'\"])[A-Za-z_]\w*", one)}
    full = {name: full_name(source, node, name) for name in sorted(names)}
    loop = node.parent
    while loop is not None and loop.type != "function_definition":
        if loop.type == "for_statement":
            left = source.text(loop.child_by_field_name("left"))
            full |= {name: f"for.{name}" for name in re.findall(r"\w+", left) if name in names}
        loop = loop.parent
    return {name: own for name, own in full.items() if own != name}


def located(project: CodeProject, path: str, said: str) -> CodePlace | None:
    """What a name means in a file; nothing for what a function has that is no definition."""
    place = project.locate(path, said)
    one = project.definition(place) if place and said.startswith(f"{place.symbol}.") else None
    return None if one and one.kind in {"function", "method"} else place
