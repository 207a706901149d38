"""Puts values into a JSON text so that taking them out again gives the text that was there.

Nothing behind a value that is put last is touched, so where a container holds something, taking
out is the reverse of putting in. A container that would be left empty was made for the value, or
was there before and empty; how the value stands between its brackets tells which:

    made for it     a line of its own, or no white space on either side
    was `{}`        a line of its own and a blank before the line end, or a blank behind it
    was `{ }`       one blank before it, behind it what was between the brackets
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, NoReturn

from indexer.markup.json_text import JsonText, JsonUnreadableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import JsonValue

    from indexer.markup.json_text import Member


_NOT_A_NUMBER = re.compile(r'"(?:[^"\\]|\\.)*"|(NaN|-?Infinity)')


class LeftAlone(Exception):
    """A file cannot be changed without a risk to what it holds; says why and where."""


def read_strictly(text: str) -> JsonText:
    """A JSON object in which everything has its place.

    Raises:
        LeftAlone: It is no JSON as the standard has it (comments, for example, are not), is no
            object, or has a name twice in one object.
    """
    try:
        document = _read(text)
    except json.JSONDecodeError as error:
        column = error.colno + (text[:1] == "\ufeff" and error.lineno == 1)
        raise _not_json(_lower(error.msg), error.lineno, column) from None
    except _NotANumber:
        found = next(match for match in _NOT_A_NUMBER.finditer(text) if match[1])
        raise _not_json(f"{found[1]} is no number", *_place(text, found.start())) from None
    except RecursionError:
        raise LeftAlone("it is nested too deeply") from None
    except JsonUnreadableError as error:
        raise LeftAlone(str(error)) from None
    if not isinstance(document.root, dict):
        raise LeftAlone("it holds no JSON object")
    return document


def _read(text: str) -> JsonText:
    try:
        _DECODER.decode(text.removeprefix("\ufeff"))
    except _NameTwice:
        document = JsonText(text)
        _refuse_repeated_names(document, document.whole)  # says where
        raise
    return JsonText(text)


def place_of(document: JsonText, member: Member) -> str:
    """Where a member begins, for people; both from 1."""
    line, column = _place(document.text, member.start)
    return f"line {line}, column {column}"


class _NotANumber(ValueError):
    pass


class _NameTwice(ValueError):
    pass


def _each_once(members: list[tuple[str, object]]) -> dict[str, object]:
    said = dict(members)
    if len(said) < len(members):
        raise _NameTwice
    return said


def _refuse_number(_: str) -> NoReturn:
    raise _NotANumber


def _refuse_repeated_names(document: JsonText, container: Member) -> None:
    names: set[str] = set()
    for member in document.members(container):
        if member.name is not None and member.name in names:
            raise LeftAlone(f"{member.name!r} is there twice ({place_of(document, member)})")
        names |= {member.name} if member.name is not None else set()
        _refuse_repeated_names(document, member)


def _place(text: str, offset: int) -> tuple[int, int]:
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def _not_json(reason: str, line: int, column: int) -> LeftAlone:
    return LeftAlone(f"it is not valid JSON: {reason} (line {line}, column {column})")


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


# Numbers stay text here: whether they fit is nobody's concern who only moves them about.
_DECODER = json.JSONDecoder(
    object_pairs_hook=_each_once, parse_int=str, parse_float=str, parse_constant=_refuse_number
)


_OBJECT, _ARRAY = ("object", dict), ("array", list)
_INDENT = re.compile(r"^([ \t]+)\S", re.MULTILINE)


def put_member(text: str | None, path: Sequence[str], name: str, value: JsonValue) -> str:
    """The text with a new member, last in the object to which a path of names leads.

    Args:
        text: A JSON object; None for no file.
        path: From the whole downwards; what is missing of it is made.
        name: What the object there does not have yet.
        value: Its value.

    Raises:
        LeftAlone: The text cannot be edited, or something else stands on the way.
    """
    return _put(text, (*path, name), value, into_array=False)


def put_item(text: str | None, path: Sequence[str], value: JsonValue) -> str:
    """The text with a value last in the array to which a path of names leads; else the same."""
    return _put(text, path, value, into_array=True)


def take_out(document: JsonText, way: Sequence[Member]) -> str | None:
    """The text without a member, nor the containers that were made for it alone.

    Args:
        document: The text.
        way: From the whole down to the member, each one in the one before it.

    Returns:
        The text; None if the whole was made for it.
    """
    text = document.text
    gone = way[-1]
    for container in reversed(way[:-1]):
        if len(document.members(container)) > 1:
            return document.remove(container, gone)
        before = text[container.value_start + 1 : gone.start]
        behind = text[gone.end : container.end - 1]
        if before[:1] == " " or (not before and behind):
            kept = behind if before == " " else ""
            return text[: container.value_start + 1] + kept + text[container.end - 1 :]
        gone = container
    return None


def find_member(document: JsonText, container: Member, name: str) -> Member | None:
    """The member of this name, if the container is an object that has it."""
    return next((each for each in document.members(container) if each.name == name), None)


def _put(text: str | None, path: Sequence[str], value: JsonValue, *, into_array: bool) -> str:
    made: JsonValue = [value] if into_array else value
    if text is None:
        return json.dumps(_nested(path, made), indent=2, ensure_ascii=False) + "\n"
    document = read_strictly(text)
    container = document.whole
    for depth, name in enumerate(path, 1):
        inner = find_member(document, container, name)
        if inner is None:
            return _insert(document, container, _nested(path[depth:], made), name=name)
        shape, wanted = _ARRAY if into_array and depth == len(path) else _OBJECT
        if not isinstance(inner.value, wanted):
            raise LeftAlone(f"{name!r} is no {shape} ({place_of(document, inner)})")
        container = inner
    return _insert(document, container, value)


def _nested(path: Sequence[str], value: JsonValue) -> JsonValue:
    for name in reversed(path):
        value = {name: value}
    return value


def _insert(
    document: JsonText, container: Member, value: JsonValue, *, name: str | None = None
) -> str:
    text, members = document.text, document.members(container)
    start, close = container.value_start + 1, container.end - 1
    newline = "\r\n" if "\r\n" in text else "\n"
    outer = _indent_at(text, container.start)
    is_inline = _is_inline(document, container if members else document.whole)
    indent = newline + (_indent_of_first(text, members) or outer + _unit(text))
    said = json.dumps(value, ensure_ascii=False, indent=None if is_inline else _unit(text))
    if name is not None:
        said = f"{json.dumps(name, ensure_ascii=False)}: {said}"
    said = said.replace("\n", indent)
    if members:
        last = members[-1].end
        return text[:last] + "," + (" " if is_inline else indent) + said + text[last:]
    if between := text[start:close]:
        return f"{text[:start]} {said}{between}{text[close:]}"
    if is_inline:
        return f"{text[:start]}{said} {text[close:]}"
    return f"{text[:start]} {indent}{said}{newline}{outer}{text[close:]}"


def _is_inline(document: JsonText, container: Member) -> bool:
    """Whether a container is written on one line; one that is empty need not stay so."""
    span = document.text[container.value_start : container.end]
    return "\n" not in span and bool(container.value)


def _unit(text: str) -> str:
    """One step of the text's indentation; two blanks where it has none."""
    found = _INDENT.search(text)
    return found[1] if found else "  "


def _indent_of_first(text: str, members: Sequence[Member]) -> str:
    """The indentation of the first member that begins its line."""
    for member in members:
        indent = _indent_at(text, member.start)
        if text[: member.start].endswith("\n" + indent):
            return indent
    return ""


def _indent_at(text: str, offset: int) -> str:
    """The white space at the beginning of the line on which an offset stands."""
    line = text[text.rfind("\n", 0, offset) + 1 : offset + 1]
    return line[: len(line) - len(line.lstrip(" \t"))]
