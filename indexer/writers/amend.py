"""The new text of a file in which one entry says something else, proved beforehand."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from indexer.formats.decision_records import DecisionRecords
from indexer.formats.document import Document
from indexer.formats.record_titles import number_in_name
from indexer.wording.mentions import record_name
from indexer.writers.facets import (
    EXTRA,
    STATED,
    differing,
    even,
    facets,
    says_relations,
)
from indexer.writers.json_entry import member_edits
from indexer.writers.label_edit import TextLines, label_edits
from indexer.writers.place import Amended, insert
from indexer.writers.record_text import RecordContent, in_form_of
from memory.errors import FileNotWritable, NotInItsFile
from memory.kinds.vocabulary import LinkType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from indexer.formats.document import Format
    from memory.models.memory import Draft

_MOST_TRIED = 60  # texts for one point; the likely ones come first


class EntryContent(NamedTuple):
    """What an entry is to say."""

    uid: str  # of the memory
    draft: Draft
    known: Sequence[Draft]  # everything that was ever known of it, the first words first
    waits: bool = False  # whether the file may lack some of the last of them
    is_recorded: bool = False  # all of its words were recorded, none edited in a file


def amend_text(
    path: str,
    format_: Format,
    text: str,
    wanted: EntryContent,
    find: Callable[[Sequence[Draft]], int | None],
    as_kept: Callable[[str], str] = str,
) -> Amended:
    """The text of a file in which one entry says what is wanted of it.

    An entry that archmem wrote, which carries a uid, is written anew; of a record's file whose
    words were all recorded any field changes. Of one that somebody wrote by hand only what is
    `STATED` does, in place and as little as can be; it may also get back words that it had. The
    new text has been read back: the entry is in it under the same name, says what is wanted where
    that differs from what was known and what it said elsewhere, and all other entries say what
    they said.

    Raises:
        FileNotWritable: it is not there, was changed by hand meanwhile, or cannot say it.
    """
    titles = {each.target: each.evidence for each in wanted.draft.references}
    file = _File(path, format_, find, as_kept, titles)
    here = file.entry(text)
    if here is None:
        raise NotInItsFile(path, f"{wanted.uid} is not in it")
    base = _last_written(here, wanted)
    if former := file.with_former_words(text, here, base, wanted):
        return former
    changes = _changes(path, here, base, wanted)
    if here.uid is None:
        text = _edited(file, text, base, wanted, changes)
    else:
        text = _written_anew(file, text, here, base, wanted, changes)
    said = file.entry(text)
    if said is None:
        raise FileNotWritable(path, f"{wanted.uid} would not be found again")
    for name in changes:
        if not _says(facets(said), facets(wanted.draft), name):
            raise FileNotWritable(path, f"no way was found to say another {_words(name)} there")
    return Amended(text, said)


def _edited(
    file: _File, text: str, base: Draft, wanted: EntryContent, changes: Mapping[str, Any]
) -> str:
    names = [name for name in changes if name not in STATED and not name.startswith(EXTRA)]
    is_text = wanted.draft.body not in {each.body for each in wanted.known}
    if is_text or (names and not wanted.is_recorded):
        name = _words((names or ["text"])[0])
        raise FileNotWritable(file.path, f"the {name} is somebody's own words and is edited there")
    for name in changes:
        if name in names:
            text = file.with_words(text, name, changes[name], base)
        else:
            text = file.with_point(text, name, changes)
    return text


def _written_anew(
    file: _File,
    text: str,
    here: Draft,
    base: Draft,
    wanted: EntryContent,
    changes: Mapping[str, Any],
) -> str:
    """The text with an entry of archmem's own as it says what is wanted, and what it said else."""
    for name in changes if file.is_json else ():
        if name.startswith(EXTRA) and changes[name] is None:
            text = file.with_point(text, name, changes)  # otherwise members of others stay
    kept = {each.body for each in wanted.known} if file.is_json else {base.body}
    draft = wanted.draft
    in_details = changes.keys() & type(here.details).model_fields
    extra = {
        name: source.extra[name]
        for name in {**here.extra, **draft.extra}
        for source in [draft if EXTRA + name in changes else here]
        if name in source.extra
    }
    said = here.model_copy(
        update={
            **{name: getattr(draft, name) for name in changes.keys() & type(draft).model_fields},
            "body": here.body if draft.body in kept else draft.body,
            "details": here.details.model_copy(
                update={name: getattr(draft.details, name) for name in in_details}
            ),
            "extra": extra,
        }
    )
    return insert(text, said, here.uid or wanted.uid, file.path).text


def _last_written(here: Draft, wanted: EntryContent) -> Draft:
    """What was known when the file was written last; some later words may wait for that.

    Then it is the newest that the file says point by point. Where somebody changed it meanwhile
    it is what differs least, the older one where two do: of what is written then rather too much
    is compared than too little. The newest words of all are not in such a file.
    """
    *older, newest = wanted.known
    if not wanted.waits or not older:
        return newest
    said = facets(here)
    differences = [len(differing(said, facets(draft))) for draft in wanted.known]
    same = [draft for draft, count in zip(wanted.known, differences, strict=True) if not count]
    return same[-1] if same else older[differences.index(min(differences[:-1]))]


def _changes(path: str, here: Draft, base: Draft, wanted: EntryContent) -> dict[str, Any]:
    """What has to change, by name: the points as the draft has them, not evened."""
    said, after = facets(here), facets(wanted.draft)
    known = [facets(draft) for draft in wanted.known]
    changes = {}
    for name in differing(facets(base), after):
        if said.get(name) == after.get(name):
            continue
        if all(said.get(name) != each.get(name) for each in known):
            what = f"the {_words(name)} of {wanted.uid} was changed there meanwhile"
            raise FileNotWritable(path, what)
        changes[name] = _raw(wanted.draft, name)
    return changes


def _raw(draft: Draft, name: str) -> Any:
    if name.startswith(EXTRA):
        return draft.extra.get(name.removeprefix(EXTRA))
    if name == "references":
        return facets(draft)[name]
    return getattr(draft, name) if hasattr(draft, name) else getattr(draft.details, name)


def _says(said: Mapping[str, Any], wanted: Mapping[str, Any], name: str) -> bool:
    if name == "references":
        return says_relations(said[name], wanted[name])
    return bool(said.get(name) == wanted.get(name))


def _words(name: str) -> str:
    return name.removeprefix(EXTRA).replace("_", " ")


def _spliced(text: str, old: str, new: str) -> Iterator[str]:
    """Texts in which what differs between two others is as in the second.

    The text begins or ends as the first does, up to what differs and with it.
    """
    head = _shared(old, new)
    tail = _shared(old[head:][::-1], new[head:][::-1])
    if text.startswith(old[: len(old) - tail]):
        yield new[: len(new) - tail] + text[len(old) - tail :]
    if text.endswith(old[head:]):
        yield text[: len(text) - len(old) + head] + new[head:]


def _shared(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


class _File:
    def __init__(
        self,
        path: str,
        format_: Format,
        find: Callable[[Sequence[Draft]], int | None],
        as_kept: Callable[[str], str],
        titles: Mapping[str, str],
    ) -> None:
        self.path = path
        self._titles = titles  # of what it is to name, by target; "" where they are not known
        self._format = format_
        self._find = find
        self._as_kept = as_kept  # line for line, what an index run reads of a text
        self._is_record = isinstance(format_, DecisionRecords)
        self.is_json = path.lower().endswith(".json")
        self._read: dict[str, tuple[Draft, ...]] = {}  # by text: most are read more than once

    def drafts(self, text: str) -> tuple[Draft, ...]:
        """What a text says, read as an index run reads it."""
        if text in self._read:
            return self._read[text]
        plain = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
        parsed = self._format.parse(Document(self.path, self._as_kept(plain)))
        if parsed.failed:
            problem = parsed.problems[0]
            raise FileNotWritable(self.path, f"line {problem.line}: {problem.what}")
        self._read[text] = parsed.drafts
        return parsed.drafts

    def entry(self, text: str) -> Draft | None:
        """What a text says of the entry."""
        at = self._find(self.drafts(text))
        return None if at is None else self.drafts(text)[at]

    def with_former_words(
        self, text: str, here: Draft, base: Draft, wanted: EntryContent
    ) -> Amended | None:
        """The text with the lines that the entry had, where an earlier revision is wanted."""
        draft = wanted.draft
        if (
            self.is_json
            or here.lines is None
            or here.body != base.body
            or draft.body == base.body
            or all(draft.digest != each.digest for each in wanted.known)
        ):
            return None
        new = TextLines(text).put(here.lines[0] - 1, here.lines[1], draft.body.split("\n"))
        after = self._after(text, new)
        return Amended(new, after) if after and after.digest == draft.digest else None

    def with_words(self, text: str, name: str, value: Any, base: Draft) -> str:
        """The text in which a record says a field in other words.

        Raises:
            FileNotWritable: no text says so, and all else that it said.
        """
        entry = self.entry(text)
        if entry is None:
            raise FileNotWritable(self.path, "the entry would not be found again")
        wanted = facets(entry) | {name: even(value)}
        for new in islice(self._worded(text, entry, name, value, base), _MOST_TRIED):
            after = self._after(text, new)
            if after and not differing(facets(after), wanted):
                return new
        raise FileNotWritable(self.path, f"no way was found to say another {_words(name)} there")

    def _worded(self, text: str, entry: Draft, name: str, value: Any, base: Draft) -> Iterator[str]:
        """Texts with other words where the old ones stand, then one that is written anew."""
        was = _raw(entry, name)
        if isinstance(was, str) and was and isinstance(value, str):
            at = text.find(was)
            while at >= 0:
                yield f"{text[:at]}{value}{text[at + len(was) :]}"
                at = text.find(was, at + 1)
        number = number_in_name(record_name(self.path))
        if entry.body != base.body or "\r" in text or number is None or entry.valid_from is None:
            return  # somebody wrote on it
        is_detail = name in type(entry.details).model_fields
        changed = entry.details.model_copy(update={name: value}) if is_detail else value
        said = entry.model_copy(update={"references": ()})
        renamed = said.model_copy(update={"details" if is_detail else name: changed})
        old, new = (
            in_form_of(text, self.path, RecordContent(one, self.path, number, entry.valid_from))
            for one in (said, renamed)
        )
        yield from _spliced(text, old, new)  # relations are left as they are written

    def with_point(self, text: str, name: str, changes: Mapping[str, Any]) -> str:
        """The text in which the entry makes one point as it is to change.

        Of references, one relation less or more at a time; a mention in prose stays as it is.
        """
        value = changes[name]
        if name != "references":
            return self._with(text, name, value, changes)
        entry = self.entry(text)
        now = facets(entry)[name] if entry else frozenset()
        less = [each for each in sorted(now - value) if each[0] != LinkType.RELATES_TO]
        for relation in (*less, *sorted(value - now)):
            now ^= {relation}
            text = self._with(text, name, now, changes)
        return text

    def _with(self, text: str, name: str, value: Any, changes: Mapping[str, Any]) -> str:
        entry = self.entry(text)
        if entry is None:
            raise FileNotWritable(self.path, "the entry would not be found again")
        was = facets(entry)
        wanted = was | {name: value if name == "references" else even(value)}
        if was.get(name) == wanted[name]:
            return text
        if self.is_json:
            edits = member_edits(text, entry, name, was.get(name), value)
        else:
            edits = label_edits(
                self.path,
                text,
                entry,
                name,
                was.get(name),
                value,
                titles=self._titles,
                is_record=self._is_record,
            )
        for new in islice(edits, _MOST_TRIED):
            after = self._after(text, new)
            if after and self._is_right(facets(after), was, wanted, name, changes):
                return new
        raise FileNotWritable(self.path, f"no way was found to say another {_words(name)} there")

    def _after(self, text: str, new: str) -> Draft | None:
        """What the entry says in a new text, if all others say there what they said."""
        try:
            before, after = self.drafts(text), self.drafts(new)
        except (FileNotWritable, ValueError):
            return None
        at = self._find(before)
        if at is None or len(after) != len(before) or self._find(after) != at:
            return None
        pairs = enumerate(zip(before, after, strict=True))
        is_same = all(old.digest == now.digest for n, (old, now) in pairs if n != at)
        return after[at] if is_same and after[at].key == before[at].key else None

    def _is_right(
        self,
        said: Mapping[str, Any],
        was: Mapping[str, Any],
        wanted: Mapping[str, Any],
        name: str,
        changes: Mapping[str, Any],
    ) -> bool:
        """Whether the entry says what is wanted and otherwise what it said.

        Relations may also come to be what they are to be in the end. A record's metadata keep
        their words beside what they mean, which then change too.
        """
        final = {"references": changes.get("references", was["references"])}
        keeps_words = self._is_record and name in {"status", "references"}
        return all(
            (keeps_words and point.startswith(EXTRA))
            or (point == "references" and _says(said, wanted, point))
            or (point == "references" != name and _says(said, final, point))
            for point in differing(said, wanted)
        )
