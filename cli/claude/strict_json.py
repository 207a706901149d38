"""Reads JSON that may be edited in place: nothing in it is read with tolerance."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, NoReturn

from indexer.markup.json_text import JsonText, JsonUnreadableError

if TYPE_CHECKING:
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
        _DECODER.decode(text.removeprefix("\ufeff"))
        document = JsonText(text)
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
    _refuse_repeated_names(document, document.whole)
    return document


def place_of(document: JsonText, member: Member) -> str:
    """Where a member begins, for people; both from 1."""
    line, column = _place(document.text, member.start)
    return f"line {line}, column {column}"


class _NotANumber(ValueError):
    pass


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
_DECODER = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=_refuse_number)
