"""Small changes to a JSON entry that somebody wrote: one member set, in the words of its file."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any

from indexer.formats.entries.json_entries import ENDS
from indexer.markup.json_text import JsonText
from indexer.writers.facets import EXTRA, cased, relation_name
from indexer.writers.json_edit import append, remove, replace_value
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
    "valid_to": ENDS,
}
#: What the end of a flag is called, by how it stands then.
_ENDS = {Status.RESOLVED: "resolved_at", Status.EXPIRED: "expired_at"}


def member_edits(text: str, draft: Draft, name: str, was: Any, wanted: Any) -> Iterator[str]:
    """Texts in which an entry may say what is wanted; as for `label_edits`."""
    document = JsonText(text)
    for found in _objects(document, document.whole, draft.lines or (0, 0)):
        entry = _Entry(document, found, draft)
        if name == "references":
            for relation in sorted(wanted - was):
                yield from _more(entry, relation)
            for relation in sorted(was - wanted):
                yield from _less(entry, relation)
        elif name.startswith(EXTRA):
            own = name.removeprefix(EXTRA)
            known = [member for member in entry.members if member.name == own]
            yield from entry.set(known, own, wanted)
        else:
            names = _NAMES.get(name, (name,))
            is_end = name == "valid_to" and draft.kind is Kind.FLAG
            new = _ENDS.get(draft.status, names[0]) if is_end else names[0]
            said = None if wanted is Status.UNSTATED else wanted
            yield from entry.set(entry.called(*names), entry.spelled(new), said)


def _objects(document: JsonText, container: Member, lines: tuple[int, int]) -> Iterator[Member]:
    """The objects that stand on just these lines, outermost first."""
    if isinstance(container.value, dict) and document.lines(container) == lines:
        yield container
    for member in document.members(container):
        if isinstance(member.value, dict | list):
            first, last = document.lines(member)
            if first <= lines[0] and lines[1] <= last:
                yield from _objects(document, member, lines)


class _Entry:
    """An entry in its document."""

    def __init__(self, document: JsonText, whole: Member, draft: Draft) -> None:
        self.document, self.whole, self.draft = document, whole, draft
        self.members = document.members(whole)

    def called(self, *names: str) -> list[Member]:
        return [each for name in names for each in self.members if snake(each.name or "") == name]

    def set(self, known: list[Member], name: str, value: Any) -> Iterator[str]:
        """The text with one of these members set, or a new one, or without if it says nothing."""
        if value in (None, "", [], ()):
            yield from (remove(self.document, self.whole, member) for member in known)
            return
        for member in known:
            yield replace_value(self.document, member, self._said(value, member.value))
        if not known:
            yield append(self.document, self.whole, self._said(value, None), name=name)

    def spelled(self, name: str) -> str:
        """A name as the entry's other names are: with low lines, or with humps."""
        names = [member.name or "" for member in self.members]
        if any("_" in each for each in names) or not any(each != each.lower() for each in names):
            return name
        first, *rest = name.split("_")
        return first + "".join(part.capitalize() for part in rest)

    def _said(self, value: Any, old: JsonValue) -> JsonValue:
        """A value as the file has such values."""
        if isinstance(value, datetime):
            return self._moment(value, str(old or ""))
        if isinstance(value, Status):
            return cased(str(value), str(old or self.draft.status))
        if isinstance(value, tuple):
            return [str(each) for each in value]
        return value  # type: ignore[no-any-return]  # JSON's own: a text, a number, an object

    def _moment(self, value: datetime, old: str) -> str:
        said = value.astimezone(UTC)
        if said.time() == time() and "T" not in old and " " not in old:
            return said.date().isoformat()
        texts = [old, *(str(member.value) for member in self.members)]
        ends_in_z = any(text[:2].isdigit() and text.endswith("Z") for text in texts)
        return said.isoformat().replace("+00:00", "Z") if ends_in_z else said.isoformat()


def _more(entry: _Entry, relation: Relation) -> Iterator[str]:
    """One relation more: in the list of its name, of all relations, or as a new member."""
    link, target, inverse, partial = relation
    whole: JsonValue = {
        "type": str(LinkType(link)),
        "target": target,
        **({"inverse": True} if inverse else {}),
        **({"partial": True} if partial else {}),
    }
    document, name = entry.document, relation_name(relation)
    for member in [] if partial else entry.called(name):
        if isinstance(member.value, list):
            yield append(document, member, target)
        else:
            yield replace_value(document, member, [member.value, target])
    for member in entry.called("references", "links"):
        if isinstance(member.value, list):
            yield append(document, member, whole)
    if partial:
        yield append(document, entry.whole, [whole], name="references")
    yield append(document, entry.whole, target, name=entry.spelled(name))


def _less(entry: _Entry, relation: Relation) -> Iterator[str]:
    """One relation less, and its member where that names no other."""
    for member in entry.called(relation_name(relation), "references", "links"):
        listed = member.value if isinstance(member.value, list) else [member.value]
        left = [
            each
            for each in listed
            if (each.get("target") if isinstance(each, dict) else each) != relation[1]
        ]
        if left:
            yield replace_value(entry.document, member, left)
        else:
            yield remove(entry.document, entry.whole, member)
