"""A memory as values: what a source says of it, its versions, its links and how it is named."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import AwareDatetime, Field, JsonValue

from memory.errors import ChangedMeanwhile
from memory.kinds import SPECS
from memory.kinds.vocabulary import Kind, LinkType, Status, Trust
from memory.models.details import Details
from memory.models.value import Value
from memory.texts.formatting import day

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Self


class Reference(Value):
    """A relation as a source writes it, its target not yet looked up.

    `inverse` turns the sentence round: with `supersedes`, the target supersedes us.
    """

    type: LinkType
    target: str = Field(min_length=1)  # as written: a path, "ADR-14", a title, a uid
    inverse: bool = False
    partial: bool = False  # "supersedes in part": both records stay in force
    evidence: str = ""  # the words that say so


class Source(Value):
    """Evidence for a revision, exact enough for someone to check it again."""

    author: str  # "human:dana", "agent:payments", "indexer"
    trust: Trust
    path: str | None = None  # relative to the project root, forward slashes
    lines: tuple[int, int] | None = None  # 1-based, both ends included
    content_hash: str | None = None  # of the whole file, blake2b of 16 bytes, in hex
    commit: str | None = None  # full 40-digit hash; None where the file was not committed so
    orders: tuple[str, ...] = ()  # the kinds of orders that the text gives to whoever reads it


class Period(Value):
    """A month or a week, as a date without a day names it."""

    name: str  # "2023-05", "2023-W05"
    start: AwareDatetime
    end: AwareDatetime  # the first moment after it

    def has(self, moment: datetime) -> bool:
        """Whether a moment is in it."""
        return self.start <= moment < self.end


class Figures(Value):
    """A date that may mean several days.

    That is `04/07/2022`, of which two figures could be the month, or a `Period` without a day, or
    the day of the last change, which bounds it.
    """

    day_first: AwareDatetime | None = None  # None where there is no such day
    month_first: AwareDatetime | None = None
    dotted: bool = False  # `04.07.2022`, the day first unless others show another order
    period: Period | None = None
    changed: AwareDatetime | None = None

    @property
    def moment(self) -> datetime | None:
        """What it means by itself; None where nothing in it tells."""
        if self.day_first and self.month_first:
            return self.day_first if self.dotted else None
        return self.day_first or self.month_first

    @property
    def shows(self) -> str:
        """The order that it cannot but have, `day_first` or `month_first`; "" for either."""
        if bool(self.day_first) is bool(self.month_first):
            return ""
        return "day_first" if self.day_first else "month_first"


_NOT_SAID = {"key", "lines", "uid", "figures"}  # where a draft stands, and how it is written
DESCRIPTION = "description"  # in `Draft.extra`: what a page says, above its text, it is about


class Draft(Value):
    """What a source says of one memory, before the ledger has given it an identity."""

    title: str = Field(min_length=1, max_length=300)
    body: str = Field(min_length=1)  # its whole text, for people; structured sources are rendered
    details: Details
    modules: tuple[str, ...] = ()
    agent: str | None = None
    tags: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    valid_from: AwareDatetime | None = None  # when it began to hold, if the source says
    valid_to: AwareDatetime | None = None  # when it ceased to hold, if the source says
    figures: Figures | None = None  # of `valid_from`, where its day or its month comes first
    extra: dict[str, JsonValue] = Field(default_factory=dict)  # whatever else the source says
    key: str = ""  # names the entry within its file: a heading's slug, a JSON id
    lines: tuple[int, int] | None = None  # 1-based, both ends included
    uid: str | None = None  # where the source carries an identity given by archmem
    said_by: str = ""  # the agent that recorded it, as the source says: "agent:payments"

    @property
    def kind(self) -> Kind:
        """The kind of its details."""
        return self.details.kind

    @property
    def status(self) -> Status:
        """Where it stands by its own words."""
        return self.details.status

    @property
    def date(self) -> str:
        """The day that it states, `2024-05-14`, or the month or week, `2024-05`; "" if none."""
        period = self.figures and self.figures.period
        return day(self.valid_from) or (period.name if period else "")

    @property
    def description(self) -> str:
        """What its source says it is about where the text does not say that; "" if it does not."""
        said = self.extra.get(DESCRIPTION)
        return said.strip() if isinstance(said, str) and said.strip() not in self.body else ""

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """As pydantic's, which would copy the hash of what the draft said before as well."""
        copied = super().model_copy(update=update, deep=deep)
        copied.__dict__.pop("digest", None)
        return copied

    @cached_property
    def digest(self) -> str:
        """Hash of what is said: equal content has an equal digest, wherever it stands."""
        # Defaults are left out so that a field added in a later version changes no digest.
        return _hash(self.model_dump(mode="json", exclude=_NOT_SAID, exclude_defaults=True))


class Revision(Value):
    """One version of a memory. Frozen: a change is a new revision, so history stays."""

    number: int = Field(ge=0)  # 1 for the first, without holes; 0 for one that only git tells of
    draft: Draft
    source: Source
    recorded_at: AwareDatetime  # when we learned it; UTC
    removed: bool = False  # a tombstone: the source no longer says this
    added_at: AwareDatetime | None = None  # when its file was first committed, if git knows
    since: AwareDatetime | None = None  # from when on its file said so in git
    committed_in: str | None = None  # the commit from which on it did, in full

    @property
    def trust(self) -> Trust:
        """How far one can trust what it says: not at all where it gives orders to its reader."""
        return Trust.DOUBTED if self.source.orders else self.source.trust

    @property
    def began(self) -> datetime | None:
        """When it began to hold: by its text, or else when it was there at the latest."""
        return began(self.draft, self.added_at)

    @property
    def dated_by(self) -> str:
        """Who says when it began: its text, *dated*, or the commit of its file, *committed*."""
        if not self.date:
            return ""
        figures = self.draft.figures
        is_bound = figures is None or figures.period or figures.changed
        is_by_git = self.added_at is not None and self.began == self.added_at
        return COMMITTED if is_bound and is_by_git and not self.draft.valid_from else DATED

    @property
    def date(self) -> str:
        """When it began: a day, `2023-05-14`, or what its text names without one, `2023-05`."""
        return day(self.began) or self.draft.date


DATED, COMMITTED = "dated", "committed"
NEAR = timedelta(days=10)  # between a decision's own date and its file's first commit


def began(draft: Draft, added_at: datetime | None) -> datetime | None:
    """When what a draft says began to hold, if its file was first committed at a moment.

    Its text says so; if it gives figures that mean either of two days, it was the one that is
    `NEAR` the commit, as long as the other is not. Of a text without a date, and of one that gives
    the month of the commit, it is that of the commit: it was there at the latest then. A month
    without such a commit is no day. The last change counts where git knows of no commit.
    """
    figures = draft.figures
    if draft.valid_from is not None or figures is None:
        return draft.valid_from or added_at
    if figures.changed or added_at is None:
        return added_at or figures.changed
    if figures.period:
        return added_at if figures.period.has(added_at) else None
    readings = (figures.day_first, figures.month_first)
    near = [one for one in readings if one and abs(added_at - one) <= NEAR]
    return near[0] if len(near) == 1 else None


class Memory(Value):
    """One piece of knowledge: its identity, one of its revisions, and where it stands now."""

    uid: str
    revision: Revision
    revisions: int  # how many there are
    path: str | None = None  # where its text is now; differs from revision.source after a move
    lines: tuple[int, int] | None = None
    entry: str = ""  # the key of its entry within that file
    pending_file: bool = False  # recorded here, not yet written to the project's file

    @property
    def kind(self) -> Kind:
        """The kind of its details."""
        return self.revision.draft.kind

    @property
    def title(self) -> str:
        """Its title in this revision."""
        return self.revision.draft.title

    def ensure_read(self, number: int | None) -> None:
        """Refuse who read another revision than this one; None reads whichever there is.

        Raises:
            ChangedMeanwhile: it is another one.
        """
        if number not in (None, self.revision.number):
            raise ChangedMeanwhile(self.uid)

    @property
    def citation(self) -> str:
        """`path:line`; the commit, or who recorded it, when no file holds it."""
        source = self.revision.source
        if self.path is None and source.commit:
            return f"commit {source.commit[:12]}"
        if self.path is None:
            return f"recorded by {source.author}"
        return f"{self.path}:{self.lines[0]}" if self.lines else self.path


def _hash(value: Any) -> str:
    said = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.blake2b(said.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


class Link(Value):
    """`source` supersedes, amends, rests on … `target`."""

    type: LinkType
    source: str  # uid
    target: str  # uid
    partial: bool = False
    evidence: str = ""  # the words that say so
    asserted_by: str = ""  # uid of the memory in which those words stand


_DIGEST = 5  # bytes, 8 base32 digits: among 100,000 memories a clash has odds of 1 in 200

#: How a uid begins, and a whole one, as regular expressions; `pre-existing` is a word.
UID_PREFIX = f"(?:{'|'.join(sorted(spec.prefix for spec in SPECS.values()))})-"
UID = f"{UID_PREFIX}[a-z2-7]{{8}}"


def uid_for(kind: Kind, *origin: str) -> str:
    """A uid such as `dec-k3f9x2ab`, the same for the same origin.

    It is made once, from where and as what a memory was first seen, so that two machines
    that index the same history from its beginning agree; afterwards it is only looked up.
    """
    digest = hashlib.blake2b(
        "\0".join(origin).encode("utf-8", "surrogatepass"), digest_size=_DIGEST
    )
    return f"{SPECS[kind].prefix}-{base64.b32encode(digest.digest()).decode().lower()}"


_ORDER = list(Trust)  # from most to least trusted
SAID_AS = "Trust"  # the label under which a lesson's file says that it deserves less


def trust_in(author: str) -> Trust:
    """How far one can trust who says something."""
    return Trust.AGENT if author.startswith("agent:") else Trust.TEAM


def least(first: Trust, others: Iterable[Trust]) -> Trust:
    """The least trusted of all."""
    return max((first, *others), key=_ORDER.index)


def trust_of(draft: Draft, source: Trust) -> Trust:
    """The trust of what a source says; it may say itself that it deserves less.

    What an agent recorded stays an agent's, as the mark beside it in the file says, whoever clones
    the project.

    A lesson that was learned from what an agent reported stays what it was when it comes back
    from a file that the team shares, here and with colleagues, until one of them vouches for it
    by taking the line out.
    """
    if draft.said_by:
        source = least(source, [Trust.AGENT])
    if not SPECS[draft.kind].says_trust:
        return source
    said = (str(value).strip().lower() for name, value in draft.extra.items() if _is_label(name))
    return least(source, (Trust(one) for one in said if one in _ORDER))


def says_trust(draft: Draft) -> bool:
    """Whether a draft has the label by which a lesson says that it deserves less."""
    return SPECS[draft.kind].says_trust and any(map(_is_label, draft.extra))


def _is_label(name: str) -> bool:
    return name.strip().casefold() == SAID_AS.casefold()


class Passage(NamedTuple):
    """Some consecutive lines of one revision, under one heading."""

    title: str  # of the memory
    heading: str  # the headings above it, outermost first, joined by " > "
    text: str
    #: Lines of the entry, the first is 0, both ends included: an entry moves when something is
    #: written above it, which changes no revision. None where the file words it differently.
    lines: tuple[int, int] | None

    def lines_in(self, entry: tuple[int, int] | None) -> tuple[int, int] | None:
        """Its lines in the file, 1-based, where the entry's are known; at worst all of those."""
        if entry is None or self.lines is None:
            return entry
        return entry[0] + self.lines[0], entry[0] + self.lines[1]

    @property
    def embedded_text(self) -> str:
        """What the model reads: the passage with the title and headings that it stands under."""
        return "\n".join(part for part in (self.title, self.heading, self.text) if part)

    @property
    def text_hash(self) -> str:
        """Names the embedded text: equal texts share one embedding."""
        text = self.embedded_text.encode("utf-8", "surrogatepass")
        return hashlib.blake2b(text, digest_size=16).hexdigest()
