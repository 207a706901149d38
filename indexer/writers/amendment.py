"""The new text of a file in which one entry says something else, proved beforehand."""

from __future__ import annotations

from itertools import islice
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

from indexer.formats.decision_records import DecisionRecords
from indexer.formats.document import Document
from indexer.writers.facets import (
    EXTRA,
    differing,
    even,
    facets,
    is_amendable,
    last_written,
    says_relations,
)
from indexer.writers.insertion import insert
from indexer.writers.label_edit import label_edits
from indexer.writers.lines import Lines
from indexer.writers.member_edit import member_edits
from indexer.writers.record_edit import record_edits
from memory.errors import FileNotWritable
from memory.models.kinds import LinkType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from indexer.formats.document import Format
    from memory.models.revision import Draft

_MOST_TRIED = 60  # texts for one point; the likely ones come first


class Wanted(NamedTuple):
    """What an entry is to say."""

    uid: str  # of the memory
    draft: Draft  # what is wanted
    before: Draft  # what the ledger knew before; only what differs from it is changed
    known: Sequence[Draft]  # everything that was ever known of it, the first words first
    waits: bool = False  # whether the file may lack some of the last of them


class Amended(NamedTuple):
    """A text, and what it says of the entry."""

    text: str
    said: Draft


def amend_text(
    path: str,
    format_: Format,
    text: str,
    wanted: Wanted,
    find: Callable[[Sequence[Draft]], int | None],
) -> Amended:
    """The text of a file in which one entry says what is wanted of it.

    Of words that somebody wrote by hand as little changes as can be; an entry of archmem's own
    is written anew where that is not enough. The new text has been read back: the entry is in
    it under the same name, says what is wanted where that differs from what was known and what
    it said elsewhere, and all other entries say what they said.

    Args:
        path: The file.
        format_: Its format.
        text: What it holds.
        wanted: What is wanted.
        find: Which of a file's drafts the entry is.

    Raises:
        FileNotWritable: it is not there, was changed by hand meanwhile, or cannot say it.
    """
    file = _File(path, format_, find)
    here = file.entry(text)
    if here is None:
        raise FileNotWritable(path, f"{wanted.uid} is not in it")
    if wanted.waits:
        wanted = wanted._replace(before=last_written(here, wanted.known) or wanted.before)
    if restored := file.with_text(text, here, wanted):
        return restored
    changes = _changes(path, facets(here), wanted)
    own = here.uid is not None
    by_hand = [name for name in changes if not is_amendable(name)]
    if by_hand and not own:
        what = by_hand[0].replace("_", " ")
        raise FileNotWritable(path, f"the {what} is somebody's own words and is edited there")
    if own and (by_hand or not path.endswith(".json")):
        amended = _written_anew(file, text, here, wanted, changes)
    else:
        for name, value in changes.items():
            text = file.with_point(text, name, value, changes)
        amended = Amended(text, file.entry(text) or here)
    _ensure_said(path, amended.said, wanted.draft, changes)
    return amended


def _ensure_said(path: str, said: Draft, wanted: Draft, changes: Mapping[str, Any]) -> None:
    """Refuse a text that does not say afterwards everything that was to change."""
    now, then = facets(said), facets(wanted)
    for name in changes:
        if name == "references":
            is_said = says_relations(now[name], then[name])
        else:
            is_said = now.get(name) == then.get(name)
        if not is_said:
            what = name.removeprefix(EXTRA).replace("_", " ")
            raise FileNotWritable(path, f"no way was found to say another {what} there")


def _changes(path: str, here: Mapping[str, Any], wanted: Wanted) -> dict[str, Any]:
    """What has to change, by name."""
    before, after = facets(wanted.before), facets(wanted.draft)
    known = [facets(draft) for draft in wanted.known]
    changes = {}
    for name in differing(before, after):
        if here.get(name) == after.get(name):
            continue
        if all(here.get(name) != each.get(name) for each in known):
            what = name.removeprefix(EXTRA).replace("_", " ")
            raise FileNotWritable(path, f"the {what} of {wanted.uid} was changed there meanwhile")
        changes[name] = _raw(wanted.draft, name)
    return changes


def _raw(draft: Draft, name: str) -> Any:
    """A point as the draft has it, of references what they say."""
    if name.startswith(EXTRA):
        return draft.extra.get(name.removeprefix(EXTRA))
    if name == "references":
        return facets(draft)[name]
    return getattr(draft, name) if hasattr(draft, name) else getattr(draft.details, name)


def _written_anew(
    file: _File, text: str, here: Draft, wanted: Wanted, changes: Mapping[str, Any]
) -> Amended:
    """The text with an entry of archmem's own rendered anew."""
    draft = _with(here, wanted.draft, changes)
    new = insert(text, draft, here.uid or wanted.uid, file.path)
    said = file.entry(new)
    if said is None:
        raise FileNotWritable(file.path, f"{wanted.uid} would not be found again")
    return Amended(new, said)


def _with(here: Draft, wanted: Draft, changes: Mapping[str, Any]) -> Draft:
    """What an entry says, with what is wanted of some points."""
    details = {
        name: getattr(wanted.details, name)
        for name in changes
        if name in type(wanted.details).model_fields
    }
    common = {
        name: getattr(wanted, name)
        for name in changes
        if name not in details and name in type(wanted).model_fields
    }
    kept = {name: value for name, value in here.extra.items() if EXTRA + name not in changes}
    extra = {name: value for name, value in wanted.extra.items() if EXTRA + name in changes}
    body = here.body
    if here.body == here.title or not here.uid or wanted.body != here.body:
        body = wanted.body
    return here.model_copy(
        update={
            **common,
            "body": body,
            "details": here.details.model_copy(update=details),
            "extra": {**kept, **extra},
        }
    )


class _File:
    """One file's format, and one entry in it."""

    def __init__(
        self, path: str, format_: Format, find: Callable[[Sequence[Draft]], int | None]
    ) -> None:
        self.path = path
        self._format = format_
        self._find = find
        self._read: dict[str, tuple[Draft, ...]] = {}  # by text: most are read more than once

    def drafts(self, text: str) -> tuple[Draft, ...]:
        """What a text says, read as an index run reads it."""
        if text in self._read:
            return self._read[text]
        plain = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
        parsed = self._format.parse(Document(self.path, plain))
        if parsed.failed:
            problem = parsed.problems[0]
            raise FileNotWritable(self.path, f"line {problem.line}: {problem.what}")
        self._read[text] = parsed.drafts
        return parsed.drafts

    def entry(self, text: str) -> Draft | None:
        """What a text says of the entry."""
        drafts = self.drafts(text)
        at = self._find(drafts)
        return None if at is None else drafts[at]

    def with_text(self, text: str, here: Draft, wanted: Wanted) -> Amended | None:
        """The text with other lines for the entry, where what is wanted says how they go."""
        body = wanted.draft.body
        if (
            self.path.endswith(".json")
            or body == wanted.before.body
            or here.body != wanted.before.body
            or not here.lines
        ):
            return None
        first, last = here.lines
        new = Lines(text).with_lines(first - 1, last, body.split("\n"))
        before, at = self.drafts(text), self._find(self.drafts(text))
        after = self.drafts(new)
        others = [draft.digest for n, draft in enumerate(before) if n != at]
        if at is None or len(after) != len(before) or after[at].digest != wanted.draft.digest:
            return None
        if [draft.digest for n, draft in enumerate(after) if n != at] != others:
            return None
        return Amended(new, after[at])

    def with_point(self, text: str, name: str, value: Any, open_: Mapping[str, Any]) -> str:
        """The text in which the entry makes one point otherwise.

        Args:
            text: The file as it is.
            name: The point.
            value: What is to be said.
            open_: All points that are to change; another of them may change with this one.
        """
        if name == "references":
            for step in self._steps(text, value):
                text = self._with_one(text, name, step, open_)
            return text
        return self._with_one(text, name, value, open_)

    def _steps(self, text: str, wanted: frozenset[Any]) -> Iterator[frozenset[Any]]:
        """What is said of others, one relation less or more at a time."""
        entry = self.entry(text)
        now = facets(entry)["references"] if entry else frozenset()
        for relation in sorted(now - wanted):
            if relation[0] != LinkType.RELATES_TO:  # a mention in prose stays as it is
                now -= {relation}
                yield now
        for relation in sorted(wanted - now):
            now |= {relation}
            yield now

    def _with_one(self, text: str, name: str, value: Any, open_: Mapping[str, Any]) -> str:
        before = self.drafts(text)
        at = self._find(before)
        if at is None:
            raise FileNotWritable(self.path, "the entry would not be found again")
        was = facets(before[at])
        expected = {**was, name: even(value) if not isinstance(value, frozenset) else value}
        if was.get(name) == expected[name]:
            return text
        edits = self._edits(text, before[at], name, was.get(name), value)
        for new in islice(edits, _MOST_TRIED):
            if self._is_right(new, before, at, expected, name, open_):
                return new
        what = name.removeprefix(EXTRA).replace("_", " ")
        raise FileNotWritable(self.path, f"no way was found to say another {what} there")

    def _edits(self, text: str, draft: Draft, name: str, was: Any, value: Any) -> Iterator[str]:
        if PurePosixPath(self.path).suffix.lower() == ".json":
            return member_edits(text, draft, name, was, value)
        if isinstance(self._format, DecisionRecords):
            return record_edits(self.path, text, draft, name, was, value)
        return label_edits(text, draft, name, was, value)

    def _is_right(
        self,
        text: str,
        before: Sequence[Draft],
        at: int,
        expected: Mapping[str, Any],
        name: str,
        open_: Mapping[str, Any],
    ) -> bool:
        """Whether the entry says what is expected, and all others what they said."""
        try:
            after = self.drafts(text)
        except (FileNotWritable, ValueError):
            return False
        if len(after) != len(before) or after[at].key != before[at].key:
            return False
        pairs = zip(before, after, strict=True)
        if any(old.digest != new.digest for n, (old, new) in enumerate(pairs) if n != at):
            return False
        return self._says(facets(after[at]), expected, name, open_) and self._find(after) == at

    def _says(
        self,
        said: Mapping[str, Any],
        expected: Mapping[str, Any],
        name: str,
        open_: Mapping[str, Any],
    ) -> bool:
        keeps_words = isinstance(self._format, DecisionRecords)  # beside what they mean
        for point in differing(said, expected):
            if point == "references":
                wanted = [expected[point]]
                wanted += [open_[point]] if point in open_ and name != point else []
                if any(says_relations(said[point], each) for each in wanted):
                    continue
            elif point.startswith(EXTRA) and name in {"status", "references"} and keeps_words:
                continue
            return False
        return True
