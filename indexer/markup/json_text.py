"""JSON as people and agents write it: the place of everything in it, and changes to it."""

from __future__ import annotations

import json
import math
import re
from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import JsonValue

#: Deeper than this nobody nests what they mean to be read; pydantic stops at 255.
MAX_DEPTH = 60

_STRING = r'"(?:[^"\\]|\\.)*"'
_COMMENT = re.compile(rf"{_STRING}|//[^\n]*|/\*(?:.*?\*/|.*\Z)", re.DOTALL)
_LAST_COMMA = re.compile(rf"{_STRING}|,(?=[ \t\r\n]*[\]}}])", re.DOTALL)
_INDENT = re.compile(r"^([ \t]+)\S", re.MULTILINE)
_NOT_BLANK = re.compile(r"[^ \t\r\n]")


class JsonUnreadableError(ValueError):
    """A text is not JSON, even read with tolerance; says where."""

    def __init__(self, reason: str, line: int, column: int) -> None:
        super().__init__(f"{reason} (line {line}, column {column})")
        self.line, self.column = line, column


@dataclass(frozen=True)
class Member:
    """One value of an array or object and where it stands; offsets are from 0."""

    name: str | None  # None in an array
    value: JsonValue
    start: int  # of the name, or of the value in an array
    value_start: int
    end: int  # just past the value


class JsonText:
    """A JSON document in which everything has its place.

    Comments, commas before a closing bracket, a byte order mark and line breaks in strings are
    tolerated in silence, since nothing is lost by them. NaN, infinities and numbers beyond all
    measure become the text that stands in the file, lone surrogates become question marks.
    """

    def __init__(self, text: str) -> None:
        """Read a text.

        Raises:
            JsonUnreadableError: It is not JSON, is cut short, or is nested too deeply.
        """
        self.text = text
        self.without_comments = _COMMENT.sub(_blank, re.sub(r"\A\ufeff", " ", text))
        self._json = _LAST_COMMA.sub(_blank, self.without_comments)
        self._line_ends = list(accumulate(len(line) + 1 for line in text.split("\n")))
        self.start = self._skip(0)
        try:
            self.root, end = self._decode(self.start)
            self.end = end
            if self._skip(end) < len(text):
                self._refuse("something follows after its end", self._skip(end))
        except json.JSONDecodeError as error:
            self._refuse(error.msg[:1].lower() + error.msg[1:], error.pos)
        except RecursionError:
            self._refuse(f"nested more than {MAX_DEPTH} levels deep", self.start)

    def line(self, offset: int) -> int:
        """The line on which an offset stands, from 1."""
        return bisect_right(self._line_ends, offset) + 1

    def lines(self, member: Member) -> tuple[int, int]:
        """The first and the last line of a member, from 1."""
        return self.line(member.start), self.line(member.end - 1)

    @property
    def whole(self) -> Member:
        """The document as one member of nothing."""
        return Member(None, self.root, self.start, self.start, self.end)

    def members(self, container: Member) -> list[Member]:
        """What an array or object holds, in order, repeated names included; else nothing."""
        if not isinstance(container.value, dict | list):
            return []
        return list(self._members(container.value_start, named=isinstance(container.value, dict)))

    def append(self, container: Member, value: JsonValue, *, name: str | None = None) -> str:
        """The text with a value behind the last one of an array; of an object, with a `name`.

        As with all changes here, every other byte of the text stays.
        """
        text, members = self.text, self.members(container)
        close = container.end - 1
        last = members[-1].end if members else container.value_start + 1
        inside = text[last:close]
        kept = inside.rstrip()
        after = inside[len(kept) :]
        said = "" if name is None else f"{json.dumps(name, ensure_ascii=False)}: "
        if members and "\n" not in text[container.value_start : container.end]:
            lead = " "
            said += json.dumps(value, ensure_ascii=False)
        else:
            first = next((each for each in members if self._begins_line(each.start)), None)
            indent = self._indent_at(first.start) if first else ""
            lead = self._newline + (indent or self._indent_at(container.start) + self._unit)
            said += json.dumps(value, ensure_ascii=False, indent=self._unit).replace("\n", lead)
            if not members or "\n" not in after:
                outer = close if members else container.start
                after = self._newline + self._indent_at(outer)
        comma = "," if members and "," not in self.without_comments[last:close] else ""
        return text[:last] + comma + kept + lead + said + after + text[close:]

    def replace_value(self, member: Member, value: JsonValue) -> str:
        """The text with another value for a member."""
        text = self.text
        spread = "\n" in text[member.value_start : member.end] or self._begins_line(member.start)
        said = json.dumps(value, ensure_ascii=False, indent=self._unit if spread else None)
        said = said.replace("\n", self._newline + self._indent_at(member.start))
        return text[: member.value_start] + said + text[member.end :]

    def remove(self, container: Member, member: Member) -> str:
        """The text without a member, and without the comma that it needed."""
        members = self.members(container)
        at = members.index(member)
        start = members[at - 1].end if at else member.start
        end = members[1].start if not at and len(members) > 1 else member.end
        return self.text[:start] + self.text[end:]

    @property
    def _newline(self) -> str:
        return "\r\n" if "\r\n" in self.text else "\n"

    @property
    def _unit(self) -> str:
        found = _INDENT.search(self.text)
        return found[1] if found else "  "

    def _indent_at(self, offset: int) -> str:
        """The white space at the beginning of the line on which an offset stands."""
        line = self.text[self.text.rfind("\n", 0, offset) + 1 : offset + 1]
        return line[: len(line) - len(line.lstrip(" \t"))]

    def _begins_line(self, offset: int) -> bool:
        at = self.text.rfind("\n", 0, offset)
        return at >= 0 and not self.text[at + 1 : offset].strip(" \t")

    def _members(self, start: int, *, named: bool) -> Iterator[Member]:
        at = self._skip(start + 1)
        while self._json[at] not in "]}":
            begin, name = at, None
            if named:
                name, at = self._decode(at)
                at = self._skip(self._skip(at) + 1)
            value, end = self._decode(at)
            yield Member(name, value, begin, at, end)
            at = self._skip(end)
            if self._json[at] == ",":
                at = self._skip(at + 1)

    def _decode(self, at: int) -> tuple[Any, int]:
        value, end = _DECODER.raw_decode(self._json, at)
        return _storable(value), end

    def _skip(self, at: int) -> int:
        found = _NOT_BLANK.search(self._json, at)
        return found.start() if found else len(self._json)

    def _refuse(self, reason: str, offset: int) -> NoReturn:
        line = self.line(min(offset, max(len(self.text) - 1, 0)))
        column = offset - (self._line_ends[line - 2] if line > 1 else 0) + 1
        raise JsonUnreadableError(f"not readable as JSON: {reason}", line, column)


def _blank(match: re.Match[str]) -> str:
    """Spaces for whatever is not a string, so that every offset stays."""
    found = match[0]
    return found if found[0] == '"' else re.sub(r"[^\n]", " ", found)


def _integer(digits: str) -> int | str:
    return int(digits) if len(digits) <= 300 else digits


def _decimal(digits: str) -> float | str:
    number = float(digits)
    return number if math.isfinite(number) else digits


def _storable(value: Any, depth: int = 0) -> JsonValue:
    """The value with every text encodable; stops where nesting goes too deep."""
    if depth > MAX_DEPTH:
        raise RecursionError
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [_storable(inner, depth + 1) for inner in value]
    if isinstance(value, dict):
        return {str(_storable(key)): _storable(inner, depth + 1) for key, inner in value.items()}
    return value  # type: ignore[no-any-return]


_DECODER = json.JSONDecoder(
    strict=False, parse_int=_integer, parse_float=_decimal, parse_constant=str
)
