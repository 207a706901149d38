"""The YAML block at the head of a page, read so that nothing in it can do harm."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Hashable

    from pydantic import JsonValue

#: A front matter longer than this is text between two rules, not metadata.
MAX_CHARACTERS = 64_000

_PAIR = re.compile(r"([A-Za-z_][\w .-]{0,60}?)\s*:(?:\s+(.*))?$")
_EMPTY = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(frozen=True)
class FrontMatter:
    """What stands between the two `---` lines.

    Scalars stay the strings they are in the file (`0012`, `2024-05-14`, `no`), so that nothing
    is guessed twice; lists and mappings are what YAML makes of them; nulls are "".
    """

    data: dict[str, JsonValue] = field(default_factory=dict)
    text: str = ""  # between the fences
    lines: tuple[int, int] | None = None  # 1-based, both fences included; None without a block
    problem: tuple[str, int] | None = None  # what is wrong with the YAML, and on which line

    @property
    def end(self) -> int:
        """The number of lines it takes from the top of the file."""
        return self.lines[1] if self.lines else 0


NO_FRONT_MATTER = FrontMatter()


def read_front_matter(lines: list[str]) -> FrontMatter:
    """The front matter of a page; a broken one is read line by line and has a problem."""
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    if not lines or lines[first].lstrip("\ufeff").rstrip() != "---":
        return NO_FRONT_MATTER
    last = _closing_fence(lines, first)
    if last is None:
        return NO_FRONT_MATTER
    inside = lines[first + 1 : last]
    text = "\n".join(inside)
    span = (first + 1, last + 1)
    try:
        data = yaml.load(text, Loader=_Strings)  # noqa: S506 - it builds strings only
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        pairs = _pairs(inside)
        problem = (_reason(error), first + 2 + _line(error))
        return FrontMatter(pairs, text, span, problem) if pairs else NO_FRONT_MATTER
    if data is None or data == "":
        return FrontMatter({}, text, span)
    if not isinstance(data, dict):
        return NO_FRONT_MATTER
    return FrontMatter({str(key): _clean(value) for key, value in data.items()}, text, span)


class _Strings(yaml.BaseLoader):
    """Builds strings, lists and mappings, and refuses aliases, which can grow without bound."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            here = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.MarkedYAMLError(problem="aliases are not read here", problem_mark=here)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Hashable, Any]:
        """As the base class does, with keys as strings whatever they are."""
        return {
            str(getattr(key, "value", key)): self.construct_object(value, deep=deep)
            for key, value in node.value
        }


def _closing_fence(lines: list[str], first: int) -> int | None:
    size = 0
    for number in range(first + 1, len(lines)):
        if lines[number].rstrip() in {"---", "..."}:
            return number
        size += len(lines[number]) + 1
        if size > MAX_CHARACTERS:
            return None
    return None


def _pairs(lines: list[str]) -> dict[str, JsonValue]:
    """`key: value` lines, each with the indented lines below it."""
    found: dict[str, str] = {}
    key = None
    for line in lines:
        pair = _PAIR.match(line)
        if pair:
            key = pair[1]
            found.setdefault(key, (pair[2] or "").strip().strip("\"'"))
        elif key is not None and line[:1] in {" ", "\t"} and line.strip():
            found[key] = f"{found[key]}\n{line.strip()}".lstrip("\n")
    return dict(found)


def _clean(value: Any) -> JsonValue:
    if isinstance(value, dict):
        return {str(key): _clean(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_clean(inner) for inner in value]
    return "" if value in _EMPTY else str(value)


def _reason(error: Exception) -> str:
    said = getattr(error, "problem", None) or getattr(error, "reason", None)
    return f"broken YAML: {said}" if said else "YAML that cannot be read"


def _line(error: Exception) -> int:
    """Lines below the opening fence, from 0."""
    mark = getattr(error, "problem_mark", None)
    return int(mark.line) if mark is not None else 0
