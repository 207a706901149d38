"""The gate that every text passes on its way into the memory: credentials stay outside.

In a credential's place stands what it was, `‹redacted github-pat›`. A project lets one through by
its hash, which tells nobody what it is without the project's own key.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from memory.credentials.credential_rules import LONG_WORD, find_credentials
from memory.ledger.store_facts import ALLOWED, GATE_KEY
from memory.models.rewriting import rewritten

if TYPE_CHECKING:
    from collections.abc import Collection

    from memory.credentials.credential_rules import Found
    from memory.ledger.interface.database import Database, Ledger
    from memory.models.value import Value

    ValueT = TypeVar("ValueT", bound=Value)

_HASH = 5  # bytes


class Withheld(NamedTuple):
    """A credential that was left out."""

    kind: str
    hash: str  # by which it can be let through
    line: int  # of the text, from 1; 0 where it is in none

    @property
    def what(self) -> str:
        """What was done, in words."""
        return f"what looks like a credential ({self.kind}) is left out of the memory"

    @property
    def allowing(self) -> str:
        """How it is let in."""
        return f"let it in with `archmem index --allow-secret {self.hash}`"

    def __str__(self) -> str:
        return f"{self.what}; {self.allowing}"


class Gate:
    """Leaves credentials out, but those that a project lets through."""

    def __init__(self, key: bytes = b"", allowed: Collection[str] = ()) -> None:
        """Take note of the project's key and of the hashes that it lets through."""
        self._key = key
        self.allowed = frozenset(allowed)

    def redact(self, text: str) -> tuple[str, list[Withheld]]:
        """The text without its credentials, line for line, and what was left out of it."""
        withheld = []
        for found in find_credentials(text):
            kind, value = found
            hash_ = self.hash_of(value)
            if hash_ in self.allowed or value not in text:  # it was a part of another one
                continue
            at, text_without = _without(text, found)
            withheld.append(Withheld(kind, hash_, text.count("\n", 0, at) + 1))
            text = text_without
        return text, sorted(withheld, key=lambda one: one.line)

    def find(self, text: str) -> dict[str, str]:
        """The credentials of a text that are not let in, each with what stands in its place."""
        found = find_credentials(text)
        return {
            one.value: in_place_of(one)
            for one in found
            if self.hash_of(one.value) not in self.allowed
        }

    def redact_all(self, said: ValueT) -> tuple[ValueT, list[Withheld]]:
        """The same of all texts of a value; what has none is given back as it is."""
        withheld: list[Withheld] = []

        def redact(text: str) -> str:
            new, found = self.redact(text)
            withheld.extend(found)
            return new

        new = rewritten(said, redact)
        by_hash = {one.hash: one._replace(line=0) for one in withheld}
        return (new, list(by_hash.values())) if withheld else (said, [])

    def hash_of(self, value: str) -> str:
        """What a credential is called here."""
        said = value.encode("utf-8", "surrogatepass")
        return hashlib.blake2b(said, key=self._key, digest_size=_HASH).hexdigest()


def _without(text: str, found: Found) -> tuple[int, str]:
    """Where a credential first stands in a text, and the text without it.

    What people type is a part of other words, too; those stay, as long as no rule takes what they
    have of it for a credential.
    """
    value, instead = found.value, in_place_of(found)
    if len(value) < LONG_WORD:
        edges = r"(?:(?<!\w)|(?!\w))", r"(?:(?<=\W)|(?!\w))"
        alone = re.compile(edges[0] + re.escape(value) + edges[1])
        first, rest = alone.search(text), alone.sub(lambda _: instead, text)
        if first and all(one.value != value for one in find_credentials(rest)):
            return first.start(), rest
    return text.index(value), text.replace(value, instead)


def in_place_of(found: Found) -> str:
    """What stands in place of a credential, on as many lines."""
    return f"‹redacted {found.kind}›" + "\n" * found.value.count("\n")


def gate_of(ledger: Ledger) -> Gate:
    """The gate of the project that a ledger is of; the first time it gets a key."""
    with ledger.reading() as db:
        if db.facts.find(GATE_KEY) is not None:
            return kept_gate(db)
    with ledger.writing() as db:
        if db.facts.find(GATE_KEY) is None:  # else another process has given it one just now
            db.facts.save(GATE_KEY, secrets.token_hex(16))
        return kept_gate(db)


def allow(ledger: Ledger, hashes: Collection[str]) -> Gate:
    """Let credentials in from now on, by their hashes; files are to be read anew."""
    if set(hashes) - gate_of(ledger).allowed:
        with ledger.writing() as db:
            known = kept_gate(db).allowed
            db.facts.save(ALLOWED, json.dumps(sorted({*known, *hashes})))
            db.files.doubt_all()
    return gate_of(ledger)


def kept_gate(db: Database) -> Gate:
    """The same of a ledger that is not to be written."""
    key = bytes.fromhex(db.facts.find(GATE_KEY) or "")
    return Gate(key, json.loads(db.facts.find(ALLOWED) or "[]"))
