"""Small changes to a JSON entry, whoever wrote it: one member set, in the words of its file."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any

from indexer.formats.entries.json_entries import ENDS
from indexer.markup.json_text import JsonText
from indexer.writers.facets import EXTRA
from indexer.writers.json_edit import append, remove, replace_value
from indexer.writers.wordings import cased, relation_name
from memory.models.kinds import Kind, LinkType, Status
from memory.texts.field_names import snake

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import JsonValue

    from indexer.markup.json_text import Member
    from indexer.writers.facets import Relation
    from memory.models.revision import Draft

#: The members that may say a point, in the order in which they are read.
_NAMES = {
    "status": ("status", "state"),
    "resolution": ("resolution", "solution_applied", "resolved_with"),
    "owner": ("owner", "assignee", "assigned_to"),
    "due": ("due", "due_date", "deadline"),
    "valid_to": ENDS,
    "tags": ("tags", "labels", "keywords"),
    "issues": ("issues", "problems", "drawbacks", "downsides", "costs", "symptoms", "pitfalls"),
}
#: What the end of a flag is called, by how it stands then.
_ENDS = {Status.RESOLVED: "resolved_at", Status.EXPIRED: "expired_at"}


def member_edits(text: str, draft: Draft, name: str, was: Any, wanted: Any) -> Iterator[str]:
    """Texts in which an entry may say what is wanted; as for `label_edits`."""
    document = JsonText(text)
    for entry in _entries(document, document.whole, draft.lines or (0, 0)):
        place = _Place(document, entry, draft)
        if name == "references":
            yield from _relation_edits(place, was, wanted)
        elif name.startswith(EXTRA):
            yield from place.set((name.removeprefix(EXTRA),), wanted, exact=True)
        else:
            wanted = None if wanted is Status.UNSTATED else wanted
            yield from place.set(_NAMES.get(name, (name,)), wanted, new=_new_name(draft, name))


def _entries(document: JsonText, container: Member, lines: tuple[int, int]) -> Iterator[Member]:
    """The objects that stand on just these lines, outermost first."""
    if isinstance(container.value, dict) and document.lines(container) == lines:
        yield container
    for member in document.members(container):
        if isinstance(member.value, dict | list):
            first, last = document.lines(member)
            if first <= lines[0] and lines[1] <= last:
                yield from _entries(document, member, lines)


class _Place:
    """An entry in its document."""

    def __init__(self, document: JsonText, entry: Member, draft: Draft) -> None:
        self.document, self.entry, self.draft = document, entry, draft
        self.members = document.members(entry)

    def called(self, *names: str) -> list[Member]:
        return [
            member for name in names for member in self.members if snake(member.name or "") == name
        ]

    def set(
        self, names: tuple[str, ...], value: Any, *, new: str = "", exact: bool = False
    ) -> Iterator[str]:
        """The text with a member of one of these names set, or taken out if it says nothing."""
        known = self.called(*names)
        if exact:
            known = [member for member in self.members if member.name == names[0]]
        for member in known:
            if value in (None, "", [], ()):
                yield remove(self.document, self.entry, member)
                continue
            yield replace_value(self.document, member, self._said(value, member.value))
        if not known and value not in (None, "", [], ()):
            name = names[0] if exact else self._spelled(new or names[0])
            yield append(self.document, self.entry, self._said(value, None), name=name)

    def _said(self, value: Any, old: JsonValue) -> JsonValue:
        """A value as the file has such values."""
        if isinstance(value, datetime):
            return self._moment(value, old)
        if isinstance(value, Status):
            return cased(str(value), str(old or self.draft.status))
        if isinstance(value, list | tuple):
            listed: list[JsonValue] = [str(each) for each in value]
            in_one = isinstance(old, str) and len(listed) > 1
            return ", ".join(map(str, value)) if in_one else listed
        return value  # type: ignore[no-any-return]  # JSON's own: a text, a number, an object

    def _moment(self, value: datetime, old: JsonValue) -> str:
        said = value.astimezone(UTC)
        shown = str(old or "")
        if said.time() == time() and "T" not in shown and " " not in shown:
            return said.date().isoformat()
        texts = [shown, *(str(member.value) for member in self.members)]
        ends_in_z = any(text[:2].isdigit() and text.endswith("Z") for text in texts)
        return said.isoformat().replace("+00:00", "Z") if ends_in_z else said.isoformat()

    def _spelled(self, name: str) -> str:
        """A name as the entry's other names are: with low lines, or with humps."""
        names = [member.name or "" for member in self.members]
        if any("_" in each for each in names) or not any(each != each.lower() for each in names):
            return name
        first, *rest = name.split("_")
        return first + "".join(part.capitalize() for part in rest)


def _new_name(draft: Draft, name: str) -> str:
    if name == "valid_to" and draft.kind is Kind.FLAG and not draft.uid:
        return _ENDS.get(draft.status, "")
    return ""


def _relation_edits(
    place: _Place, was: frozenset[Relation], wanted: frozenset[Relation]
) -> Iterator[str]:
    """One relation more, or one less; several are changed one after the other."""
    document = place.document
    for relation in sorted(wanted - was):
        name, target = relation_name(relation), relation[1]
        whole = _written(relation)
        named = [] if relation[3] else place.called(name)
        for member in named:
            if isinstance(member.value, list):
                yield append(document, member, target)
            else:
                yield replace_value(document, member, [member.value, target])
        for member in place.called("references", "links"):
            if isinstance(member.value, list):
                yield append(document, member, whole)
        if relation[3] or place.draft.uid:
            yield append(document, place.entry, [whole], name="references")
        yield append(document, place.entry, target, name=place._spelled(name))
    for relation in sorted(was - wanted):
        yield from _less(place, relation)


def _less(place: _Place, relation: Relation) -> Iterator[str]:
    document = place.document
    for member in place.called(relation_name(relation)):
        listed = member.value if isinstance(member.value, list) else [member.value]
        left = [each for each in listed if each != relation[1]]
        if left:
            yield replace_value(document, member, left)
        yield remove(document, place.entry, member)
    for member in place.called("references", "links"):
        if isinstance(member.value, list):
            left = [
                each
                for each in member.value
                if not (isinstance(each, dict) and each.get("target") == relation[1])
            ]
            if left:
                yield replace_value(document, member, left)
            yield remove(document, place.entry, member)


def _written(relation: Relation) -> dict[str, JsonValue]:
    link, target, inverse, partial = relation
    said: dict[str, JsonValue] = {"type": str(LinkType(link)), "target": target}
    return said | ({"inverse": True} if inverse else {}) | ({"partial": True} if partial else {})
