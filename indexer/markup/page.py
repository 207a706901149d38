"""Pages as sections with their lines, and how they are read from Markdown."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml
from markdown_it import MarkdownIt

from indexer.markup.elements import fold_label, plain
from memory.texts.patterns import BLANK_BEFORE
from memory.texts.toml_text import read_toml

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Hashable, Iterator, Mapping

    from pydantic import JsonValue

#: A front matter longer than this is text between two rules, not metadata.
MAX_CHARACTERS = 64_000

_PAIR = re.compile(r"([A-Za-z_][\w .-]{0,60}?)\s*[:=](?:\s+(.*))?$")
_EMPTY = ("", "~", "null", "Null", "NULL")


@dataclass(frozen=True)
class FrontMatter:
    """What stands between the two fences.

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
    """The front matter of a page: YAML between `---`, TOML between `+++`, JSON in its own braces.

    `---json` and the like say what it is. Comments may stand above it. A broken one is read line
    by line and has a problem.
    """
    first = _first_said(lines)
    fence = lines[first].lstrip("\ufeff").rstrip() if lines else ""
    form = _FENCES.get(fence)
    last = _closing_fence(lines, first, form.ends) if form else None
    if form is None or last is None:
        return NO_FRONT_MATTER
    inside = lines[first + 1 : last]
    text = "\n".join(inside)
    span = (first + 1, last + 1)
    try:
        data = form.read(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        pairs = _pairs(inside) if form.name != "JSON" else {}
        problem = (_reason(form.name, error), first + 2 + _line(error))
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


def _read_yaml(text: str) -> Any:
    return yaml.load(text, Loader=_Strings)  # noqa: S506 - it builds strings only


def _read_json(text: str) -> Any:
    return json.loads(text, parse_int=str, parse_float=str)


class _Form(NamedTuple):
    name: str
    ends: frozenset[str]  # the lines that end it
    read: Callable[[str], Any]


_RULE, _DOTS = "---", "..."
#: Front matter by what it begins with.
_FENCES = {
    _RULE: _Form("YAML", frozenset({_RULE, _DOTS}), _read_yaml),
    "---yaml": _Form("YAML", frozenset({_RULE, _DOTS}), _read_yaml),
    "---toml": _Form("TOML", frozenset({_RULE}), read_toml),
    "---json": _Form("JSON", frozenset({_RULE}), _read_json),
    "+++": _Form("TOML", frozenset({"+++"}), read_toml),
    ";;;": _Form("JSON", frozenset({";;;"}), _read_json),
    "{": _Form("JSON", frozenset({"}"}), lambda text: _read_json(f"{{{text}}}")),
}


def _first_said(lines: list[str]) -> int:
    """The first line that is neither blank nor in a comment."""
    is_comment = False
    for number, line in enumerate(lines):
        said = line.strip().lstrip("\ufeff")
        is_comment = is_comment or said.startswith("<!--")
        if said and not is_comment:
            return number
        is_comment = is_comment and not said.endswith("-->")
    return 0


def _closing_fence(lines: list[str], first: int, ends: Container[str]) -> int | None:
    size = 0
    for number in range(first + 1, len(lines)):
        if lines[number].rstrip() in ends:
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
    return "" if value is None or value in _EMPTY else str(value)


def _reason(form: str, error: Exception) -> str:
    said = getattr(error, "problem", None) or getattr(error, "reason", None)
    return f"broken {form}: {said}" if said else f"{form} that cannot be read"


def _line(error: Exception) -> int:
    mark = getattr(error, "problem_mark", None)
    return int(mark.line) if mark is not None else 0


_DEEP_QUOTE = re.compile(r"^(?: {0,3}> ?){8}", re.MULTILINE)
#: A heading of HTML that is alone on its line.
_HTML_HEADING = re.compile(
    r"<h(?P<level>[1-6])(?:\s[^<>]{0,300})?>(?P<title>.{1,400})</h[1-6]>\s*", re.I
)
_NO_HEADINGS = ("<!--", "<pre", "<script", "<style", "<details")
_ANCHOR = re.compile(BLANK_BEFORE + r"\{#[\w:.-]*+\}\s*+$")


@dataclass(frozen=True)
class Section:
    """A heading and what stands below it; section 0 of a page is what stands before any."""

    level: int  # 1 to 6; 0 for the part before the first heading
    title: str  # without inline markup; "" for the part before the first heading
    lines: tuple[int, int]  # 1-based, both included: the heading and all its subsections
    text: str  # below the heading, up to the next heading of any level; no blank ends
    start: int  # 1-based line on which `text` begins
    path: tuple[str, ...]  # the titles of the sections around it, outermost first


@dataclass(frozen=True)
class Page:
    """A Markdown file, its front matter set apart."""

    lines: tuple[str, ...]
    front: FrontMatter
    sections: tuple[Section, ...]  # in document order, subsections after their parent
    definitions: Mapping[str, str]  # reference links: label, folded -> target

    @property
    def preamble(self) -> Section:
        """What stands before the first heading."""
        return self.sections[0]

    def slice(self, lines: tuple[int, int]) -> str:
        """These lines, verbatim; 1-based, both ends included."""
        return "\n".join(self.lines[lines[0] - 1 : lines[1]])

    def whole(self, section: Section) -> str:
        """The text of a section with all its subsections, without its own heading."""
        return self.slice((min(section.start, section.lines[1] + 1), section.lines[1])).strip("\n")


@dataclass(frozen=True)
class Heading:
    """Where a heading stands; its lines count from 0."""

    level: int
    title: str
    first: int  # the line on which the heading begins
    below: int  # the line after the heading


def read_page(text: str) -> Page:
    """A page as sections; takes time linear in its length, whatever it holds."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    front = read_front_matter(lines)
    headings, definitions = _headings(lines, front.end)
    return page_of(lines, headings, front=front, definitions=definitions)


def page_of(
    lines: list[str],
    headings: list[Heading],
    *,
    front: FrontMatter = NO_FRONT_MATTER,
    definitions: Mapping[str, str] | None = None,
) -> Page:
    """A page whose headings have been found, in whatever markup it is written."""
    sections = tuple(_sections(lines, front.end, headings))
    return Page(tuple(lines), front, sections, definitions or {})


def heading_title(text: str) -> str:
    """What a heading says, without markup and without an explicit `{#anchor}`."""
    return plain(_ANCHOR.sub("", text))


#: Pictures within a page are no places; exported documents have some of a million characters.
_DATA = re.compile(r"(\bdata:image/[a-z+.-]{1,20};base64,)[A-Za-z0-9+/=]+")


#: "7. Use SQLite" above a rule.
_NUMBERED_TITLE = re.compile(r"^(\d{1,5}\.)([ \t]+\S.*)\n(={3,}|-{3,})(?=[ \t]*$)", re.MULTILINE)


def _headings(lines: list[str], skip: int) -> tuple[list[Heading], dict[str, str]]:
    """The headings below the first `skip` lines, and the targets of reference links."""
    env: dict[str, Any] = {}
    text = _DATA.sub(r"\1", "\n".join(lines[skip:]))
    text = _NUMBERED_TITLE.sub(_with_number, text)
    tokens = _blocks(quotes=not _DEEP_QUOTE.search(text)).parse(text, env)
    found: list[Heading] = []
    for token, inline in pairwise([*tokens, None]):
        if token is None or token.level or not token.map:
            continue
        first, below = (line + skip for line in token.map)
        if token.type == "heading_open" and inline:
            found.append(Heading(int(token.tag[1]), heading_title(inline.content), first, below))
        elif token.type == "html_block" and not token.content.lstrip().startswith(_NO_HEADINGS):
            found += _html_headings(token.content, first)
    targets = {
        fold_label(label): str(reference["href"])
        for label, reference in env.get("references", {}).items()
    }
    return found, targets


def _html_headings(block: str, first: int) -> Iterator[Heading]:
    for number, line in enumerate(block.split("\n"), first):
        if match := _HTML_HEADING.fullmatch(line.strip()):
            title = heading_title(match["title"])
            yield Heading(int(match["level"]), title, number, number + 1)


def _with_number(title: re.Match[str]) -> str:
    """The lines of a title with a number as they are read as one: else they begin a list."""
    number, said, rule = title.groups()
    is_title = rule[0] == "=" or abs(len(rule) - len(number) - len(said)) < 2
    return f"{number[:-1]}\\.{said}\n{rule}" if is_title else title[0]


@cache
def _blocks(*, quotes: bool) -> MarkdownIt:
    """A parser of blocks only: inline text stays as it is written, which is all we need.

    Without `quotes` it reads block quotes as paragraphs: each of their levels costs it another
    pass over the rest of the page.
    """
    parser = MarkdownIt("commonmark").disable(["inline", "text_join"])
    return parser if quotes else parser.disable("blockquote")


def _sections(lines: list[str], skip: int, headings: list[Heading]) -> Iterator[Section]:
    total = len(lines)
    followers = [heading.first for heading in headings] + [total]
    preamble = Heading(0, "", skip, skip)
    yield _section(lines, preamble, following=followers[0], end=followers[0], path=())
    around: list[Heading] = []
    for heading, following, end in zip(
        headings, followers[1:], _ends(headings, total), strict=True
    ):
        while around and around[-1].level >= heading.level:
            around.pop()
        path = tuple(each.title for each in around)
        yield _section(lines, heading, following=following, end=end, path=path)
        around.append(heading)


def _ends(headings: list[Heading], total: int) -> list[int]:
    """For each heading the 0-based line on which the next of its level or above stands."""
    ends = [total] * len(headings)
    unfinished: list[int] = []
    for number, heading in enumerate(headings):
        while unfinished and headings[unfinished[-1]].level >= heading.level:
            ends[unfinished.pop()] = heading.first
        unfinished.append(number)
    return ends


def _section(
    lines: list[str], heading: Heading, *, following: int, end: int, path: tuple[str, ...]
) -> Section:
    """A section whose text ends before line `following` and whose subsections before `end`.

    Line numbers are 0-based here; blank lines at the end of a section belong to nobody.
    """
    start, stop = _trim(lines, heading.below, following)
    last = _trim(lines, heading.first, end)[1]
    return Section(
        level=heading.level,
        title=heading.title,
        # Below front matter that ends the page there is no line that could be the first.
        lines=(heading.first + 1, min(max(last, heading.first + 1), len(lines))),
        text="\n".join(lines[start:stop]),
        start=start + 1,
        path=path,
    )


def _trim(lines: list[str], start: int, stop: int) -> tuple[int, int]:
    while stop > start and not lines[stop - 1].strip():
        stop -= 1
    while start < stop and not lines[start].strip():
        start += 1
    return start, stop
