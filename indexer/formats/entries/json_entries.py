"""The entries of a JSON document, however the document arranges them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from indexer.formats.document import Format, Parsed, Problem, with_unique_keys
from indexer.formats.entries.json_fields import Fields, field_names, prose, render
from indexer.markup.json_text import JsonText, JsonUnreadableError
from indexer.wording.entry_names import as_title
from indexer.wording.mentions import TextPlace
from indexer.wording.references import find_references
from indexer.wording.statuses import read_status
from memory.kinds.vocabulary import Status, Trust
from memory.models.memory import Draft
from memory.texts.field_names import snake

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import PurePosixPath

    from pydantic import JsonValue

    from indexer.formats.document import Document
    from indexer.markup.json_text import Member

    ReadEntry = Callable[["JsonEntry"], Draft | Iterable[Draft] | str]

_NAMES = field_names("entry")
#: Names of the fields that entries of all kinds may have, our own first.
TITLES, MODULES, DATES, ENDS, TEXTS = (
    tuple(_NAMES[field]) for field in ("title", "modules", "date", "valid_to", "text")
)
SAID_BY = "recorded_by"  # beside a `uid`: the agent that recorded the entry
#: Members that speak of a whole document and not of an entry in it.
ABOUT_THE_FILE = frozenset(_NAMES["about_the_file"])
#: Collections of groups, not of entries.
_OF_GROUPS = frozenset(_NAMES["of_groups"])
#: Where a hierarchy of names ends and an entry has to begin.
_MAX_GROUPS = 3


@dataclass(frozen=True)
class EntryShape:
    """How entries of one kind are told from what is around them."""

    names: Mapping[str, Any]  # our fields -> the names that each goes by
    collections: frozenset[str]  # members that hold entries: an array, or a mapping by name
    marks: frozenset[str]  # fields that only an entry has
    named_marks: frozenset[str] = frozenset()  # likewise, but only where the entry has a name
    wrapper: str = ""  # a field that holds the entry itself, with more about it beside
    scalars: bool = False  # whether `"name": 12` is an entry

    @classmethod
    def of(cls, kind: str, *, wrapper: str = "", scalars: bool = False) -> EntryShape:
        """The shape that the table of a kind describes."""
        names = field_names(kind)
        return cls(
            names,
            collections=frozenset(names["collections"]),
            marks=frozenset(names["marks"]),
            named_marks=frozenset(names.get("named_marks", ())),
            wrapper=wrapper,
            scalars=scalars,
        )


@dataclass(frozen=True)
class JsonEntry:
    """One entry as it stands in its document."""

    member: Member
    lines: tuple[int, int]  # 1-based, both ends included
    name: str  # by which a mapping lists it; "" in an array
    groups: tuple[str, ...]  # names of the mappings around it, outermost first
    collection: str  # the collection that it stands in; "" outside of any
    value: JsonValue

    @property
    def raw(self) -> dict[str, JsonValue]:
        """Its fields; a plain value is its field `value`."""
        return self.value if isinstance(self.value, dict) else {"value": self.value}

    @property
    def uid(self) -> str | None:
        """The identity that archmem gave it; such an entry means just what it says."""
        return prose(self.raw.get("uid")) or None

    @property
    def said_by(self) -> str:
        """The agent that recorded it, if archmem says so."""
        said = prose(self.raw.get(SAID_BY)) if self.uid else ""
        return said if said.startswith("agent:") else ""


def find_entries(json: JsonText, shape: EntryShape) -> list[JsonEntry]:
    """The entries of a document in its order; what is neither entry nor collection is no entry."""
    return list(_walk(json, json.whole, shape, (), ""))


def looks_like_entry(value: JsonValue, shape: EntryShape, *, named: bool) -> bool:
    """Whether an object has a field that only an entry has, and not another entry under it."""
    marks = shape.marks | shape.named_marks if named else shape.marks
    return isinstance(value, dict) and any(
        snake(name) == shape.wrapper
        or (snake(name) in marks and not looks_like_entry(inner, shape, named=False))
        for name, inner in value.items()
    )


def entry_of(
    json: JsonText, member: Member, groups: tuple[str, ...] = (), collection: str = ""
) -> JsonEntry:
    """A member of a document as an entry."""
    lines = json.lines(member)
    return JsonEntry(member, lines, member.name or "", groups, collection, member.value)


def take_common(fields: Fields, entry: JsonEntry) -> dict[str, Any]:
    """What entries of all kinds may say, as fields of a draft; names around them add to it."""
    fields.text("uid")
    if entry.said_by:
        fields.text(SAID_BY)
    return {
        "title": as_title(fields.text("title")),
        "modules": fields.words("modules") or entry.groups[:1],
        "agent": fields.text("agent") or None,
        "tags": fields.words("tags"),
        "valid_to": fields.when("valid_to"),
    }


def known_status(value: JsonValue) -> Status | None:
    """The status that a field names, in our words or in any other."""
    said = prose(value)
    try:
        return Status(said.lower())
    except ValueError:
        status = read_status(said).status
        return None if status is Status.UNSTATED else status


def draft_of(entry: JsonEntry, fields: Fields, **said: Any) -> Draft:
    """The draft of an entry with what was taken of its fields; what is left becomes `extra`."""
    own = {"uid", SAID_BY} if entry.said_by else {"uid"}
    members = {name: value for name, value in entry.raw.items() if snake(name) not in own}
    return Draft(
        **said,
        body=render(members, lead=(*TITLES, *TEXTS)) or said["title"],
        references=fields.references(),
        extra=fields.rest(),
        lines=entry.lines,
        uid=entry.uid,
        said_by=entry.said_by,
    )


class JsonFormat(Format):
    """Any JSON below a folder of `.claude/memory/`: arrays, objects with one, mappings by name."""

    trust = Trust.TEAM
    endings = frozenset({".json"})
    folder: ClassVar[str]

    def accepts(self, path: PurePosixPath) -> bool:
        """Whether the file is a JSON file of the folder."""
        return path.suffix == ".json" and path.match(f".claude/memory/{self.folder}/*")


def parse_entries(document: Document, shape: EntryShape, read: ReadEntry) -> Parsed:
    """A document as drafts; `read` makes drafts of one entry, or says why it cannot."""
    return parse_json(
        document, lambda json: read_entries(document.path, json, find_entries(json, shape), read)
    )


def parse_json(document: Document, parse: Callable[[JsonText], Parsed]) -> Parsed:
    """What `parse` makes of a document's JSON; without any where it is blank or unreadable."""
    if not document.text.strip("\ufeff \t\r\n"):
        return Parsed()
    try:
        return parse(JsonText(document.text))
    except JsonUnreadableError as error:
        advice = "what is known from this file stays as it is until it can be read"
        problem = Problem(document.path, str(error), error.line, advice)
        return Parsed(problems=(problem,), failed=True)


def read_entries(
    path: str, json: JsonText, entries: Iterable[JsonEntry], read: ReadEntry
) -> Parsed:
    """Drafts of entries that were found, each with a key of its own."""
    drafts: list[Draft] = []
    problems: list[Problem] = []
    for entry in entries:
        made = read(entry)
        if isinstance(made, str):
            problems.append(Problem(path, f"an entry was left out: {made}", entry.lines[0]))
            continue
        found = [made] if isinstance(made, Draft) else made
        drafts.extend(_with_mentions(draft, TextPlace(path)) for draft in found)
        problems.extend(_repeated(path, json, entry))
    return Parsed(with_unique_keys(drafts, by_date=True), tuple(problems))


def _with_mentions(draft: Draft, place: TextPlace) -> Draft:
    """The draft with the records that its words name and its fields do not."""
    named = {reference.target for reference in draft.references}
    mentioned = find_references(draft.body, place, typed=False)
    new = tuple(each for each in mentioned if each.target not in named)
    return draft.model_copy(update={"references": draft.references + new}) if new else draft


def _walk(
    json: JsonText, container: Member, shape: EntryShape, groups: tuple[str, ...], collection: str
) -> Iterator[JsonEntry]:
    if looks_like_entry(container.value, shape, named=False) and not _holds_collection(
        container.value, shape
    ):
        yield entry_of(json, container, groups, collection)
        return
    for member in json.members(container):
        name = snake(member.name or "")
        if member.name is None:
            yield entry_of(json, member, groups, collection)
        elif name in shape.collections and isinstance(member.value, list | dict):
            yield from _walk(json, member, shape, groups, name)
        elif not collection and not groups and name in ABOUT_THE_FILE:
            continue
        elif looks_like_entry(member.value, shape, named=collection not in _OF_GROUPS):
            yield entry_of(json, member, groups, collection)
        elif isinstance(member.value, list | dict):
            if len(groups) < _MAX_GROUPS:
                yield from _walk(json, member, shape, (*groups, member.name), collection)
        elif shape.scalars or collection:
            yield entry_of(json, member, groups, collection)


def _holds_collection(value: JsonValue, shape: EntryShape) -> bool:
    return isinstance(value, dict) and any(
        snake(name) in shape.collections - shape.marks and isinstance(inner, list | dict)
        for name, inner in value.items()
    )


def _repeated(path: str, json: JsonText, entry: JsonEntry) -> Iterator[Problem]:
    seen: set[str | None] = set()
    for member in json.members(entry.member):
        if member.name is not None and member.name in seen:
            line = json.line(member.start)
            yield Problem(path, f"{member.name!r} is said twice; the last one counts", line)
        seen.add(member.name)
