"""A memory as values: what a source says of it, and one version of it in the ledger."""

from __future__ import annotations

import hashlib
import json
from functools import cached_property
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue

from memory.models.details import Details
from memory.models.kinds import Kind, LinkType, Status, Trust


class Reference(BaseModel):
    """A relation as a source writes it, its target not yet looked up.

    `inverse` turns the sentence round: with `supersedes`, the target supersedes us.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    type: LinkType
    target: str = Field(min_length=1)  # as written: a path, "ADR-14", a title, a uid
    inverse: bool = False
    partial: bool = False  # "supersedes in part": both records stay in force
    evidence: str = ""  # the words that say so


class Source(BaseModel):
    """Evidence for a revision, exact enough for someone to check it again."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    author: str  # "human:dana", "agent:payments", "indexer"
    trust: Trust
    path: str | None = None  # relative to the project root, forward slashes
    lines: tuple[int, int] | None = None  # 1-based, both ends included
    content_hash: str | None = None  # of the whole file, blake2b of 16 bytes, in hex
    commit: str | None = None  # full 40-digit hash; None where the file was not committed so


class Draft(BaseModel):
    """What a source says of one memory, before the ledger has given it an identity."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    title: str = Field(min_length=1, max_length=300)
    body: str = Field(min_length=1)  # its whole text, for people; structured sources are rendered
    details: Details
    modules: tuple[str, ...] = ()
    agent: str | None = None
    tags: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    valid_from: AwareDatetime | None = None  # when it began to hold, if the source says
    valid_to: AwareDatetime | None = None  # when it ceased to hold, if the source says
    extra: dict[str, JsonValue] = Field(default_factory=dict)  # whatever else the source says
    key: str = ""  # names the entry within its file: a heading's slug, a JSON id
    lines: tuple[int, int] | None = None  # 1-based, both ends included
    uid: str | None = None  # where the source carries an identity given by archmem

    @property
    def kind(self) -> Kind:
        """The kind of its details."""
        return self.details.kind

    @property
    def status(self) -> Status:
        """Where it stands by its own words."""
        return self.details.status

    @cached_property
    def digest(self) -> str:
        """Hash of what is said: equal content has an equal digest, wherever it stands."""
        # Defaults are left out so that a field added in a later version changes no digest.
        return _hash(
            self.model_dump(mode="json", exclude={"key", "lines", "uid"}, exclude_defaults=True)
        )


class Revision(BaseModel):
    """One version of a memory. Frozen: a change is a new revision, so history stays."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    number: int = Field(ge=1)  # 1 for the first; without holes
    draft: Draft
    source: Source
    recorded_at: AwareDatetime  # when we learned it; UTC
    removed: bool = False  # a tombstone: the source no longer says this


class Memory(BaseModel):
    """One piece of knowledge: its identity, one of its revisions, and where it stands now."""

    model_config = ConfigDict(frozen=True, extra="forbid")
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
