"""How the entries of a JSON file spell what they say."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from indexer.formats.entries.json_entries import DATES, MODULES, TEXTS, find_entries
from indexer.markup.json_text import JsonText
from memory.models.kinds import Kind
from memory.texts.field_names import snake

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pydantic import JsonValue

    from indexer.formats.entries.json_entries import Shape

#: Our field -> the names by which readers know it, as far as people choose among them.
_COMMON = {"valid_from": DATES, "modules": MODULES, "description": TEXTS}
_NAMES: dict[Kind, dict[str, tuple[str, ...]]] = {
    Kind.FLAG: {
        "sender": ("found_by", "from", "from_agent", "raised_by", "reported_by", "sender"),
        "receivers": ("agents_to_notify", "to", "to_agents", "to_agent", "notify", "receivers"),
        "flag_type": ("type", "flag_type", "category"),
        "owner": ("owner", "assignee", "assigned_to"),
        "due": ("due", "due_date", "deadline"),
        "suggested_action": ("suggested_action", "suggested_fix", "recommendation", "action"),
    },
}


@dataclass(frozen=True)
class Habit:
    """Which member says a field of ours, and in what shape; by default nothing is known."""

    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    own: Mapping[str, JsonValue] = field(default_factory=dict)  # the entry that is replaced
    others: Sequence[Mapping[str, JsonValue]] = ()  # those that people wrote

    def name(self, of: str, otherwise: str) -> str:
        """What the entry itself calls a field, or else most others do, or else our name."""
        return next(iter(self._used(of)), otherwise)

    def own_names(self) -> frozenset[str]:
        """The members of the entry itself that say fields of ours besides its text."""
        fields = [of for of in self.names if of != "description"]
        known = {name for of in fields for name in self.names[of]}
        return frozenset(name for name in self.own if snake(name) in known)

    def spelled(self, of: str, otherwise: str, value: Any) -> tuple[str, Any]:
        """The name for a field, and its value: one name alone bare, where others have it so."""
        if not isinstance(value, list):
            return self.name(of, otherwise), value
        for name in self._used(of):
            if not self._is_text(name):
                return name, value
            if len(value) == 1 and "," not in value[0]:
                return name, value[0]
        return otherwise, value

    def _used(self, of: str) -> list[str]:
        known = self.names.get(of, ())
        own = [name for name in self.own if snake(name) in known]
        if own:
            return own
        found = Counter(name for one in self.others for name in one if snake(name) in known)
        return sorted(found, key=lambda name: (-found[name], known.index(snake(name)), name))

    def _is_text(self, name: str) -> bool:
        values = [one[name] for one in (self.own, *self.others) if name in one]
        return bool(values) and isinstance(values[0], str)


def habit_of(text: str | None, kind: Kind, shape: Shape, uid: str) -> Habit:
    """How the entries of a text spell what they say; what archmem wrote does not count."""
    if text is None or not text.strip("\ufeff \t\r\n"):
        return Habit()
    entries = find_entries(JsonText(text), shape)
    own = next((entry.raw for entry in entries if entry.uid == uid), {})
    others = [entry.raw for entry in entries if not entry.uid and isinstance(entry.value, dict)]
    return Habit(_COMMON | _NAMES.get(kind, {}), own, others)
