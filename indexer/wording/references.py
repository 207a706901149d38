"""Relations between records, from metadata fields and from prose."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indexer.markup.inline import plain, without_code, without_comments
from indexer.measured import named_baselines
from indexer.wording.mentions import MASK, NOWHERE, Mention, Place, mask_mentions
from indexer.wording.relations import relations
from memory.models.kinds import LinkType
from memory.models.revision import Reference

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: The most that is kept of the words behind a reference, in characters.
MAX_EVIDENCE = 300

_FIELDS: dict[str, tuple[LinkType, bool]] = {
    "supersedes": (LinkType.SUPERSEDES, False),
    "supercedes": (LinkType.SUPERSEDES, False),
    "replaces": (LinkType.SUPERSEDES, False),
    "obsoletes": (LinkType.SUPERSEDES, False),
    "superseded by": (LinkType.SUPERSEDES, True),
    "superseded": (LinkType.SUPERSEDES, True),
    "superceded by": (LinkType.SUPERSEDES, True),
    "replaced by": (LinkType.SUPERSEDES, True),
    "obsoleted by": (LinkType.SUPERSEDES, True),
    "amends": (LinkType.AMENDS, False),
    "updates": (LinkType.AMENDS, False),
    "modifies": (LinkType.AMENDS, False),
    "refines": (LinkType.AMENDS, False),
    "amended by": (LinkType.AMENDS, True),
    "updated by": (LinkType.AMENDS, True),
    "modified by": (LinkType.AMENDS, True),
    "refined by": (LinkType.AMENDS, True),
    "extends": (LinkType.EXTENDS, False),
    "builds on": (LinkType.EXTENDS, False),
    "extended by": (LinkType.EXTENDS, True),
    "depends on": (LinkType.REQUIRES, False),
    "dependencies": (LinkType.REQUIRES, False),
    "requires": (LinkType.REQUIRES, False),
    "prerequisite": (LinkType.REQUIRES, False),
    "prerequisites": (LinkType.REQUIRES, False),
    "required by": (LinkType.REQUIRES, True),
    "related": (LinkType.RELATES_TO, False),
    "related to": (LinkType.RELATES_TO, False),
    "relates to": (LinkType.RELATES_TO, False),
    "related decisions": (LinkType.RELATES_TO, False),
    "see also": (LinkType.RELATES_TO, False),
    "rests on": (LinkType.RESTS_ON, False),
    "based on": (LinkType.RESTS_ON, False),
}
_TITLED = frozenset({LinkType.SUPERSEDES, LinkType.AMENDS, LinkType.EXTENDS})
_NOTHING = re.compile(
    r"(?:n/?a|none|no|nothing|nil|null|tbd|todo|yes|-+|\u2014|\?|\{.*\}|<.*>)?\.?$", re.I
)
_BARE = re.compile(r"#?(\d{1,5})$")
_RECORD_WORDS = re.compile(r"\b(?:adrs?|rfcs?|oteps?|peps?|keps?|records?)$", re.IGNORECASE)

_UNIT = re.compile(r"\s*(?:[-*+•]|\d{1,3}[.)])\s|\s*\||\s{0,3}#{1,6}\s|\s{0,3}\[[^\]]{1,300}\]:\s")
_DEFINITION = re.compile(r"\s{0,3}\[[^\[\]]{1,300}\]:\s")
_SENTENCE = re.compile(r"(?<=[.!?])[)\"'*_]{0,3}\s+(?=[A-Z\[(*_\"'\x01\d])")
_EMPHASIS = re.compile(r"\*+|(?<!\w)_+|_+(?!\w)|`")
_MARKER = re.compile(r"^\s*(?:[-*+•>|]\s|\d{1,3}[.)]\s|\[[ xX]\]\s|#{1,6}\s)*\s*")


def find_references(
    text: str, place: Place = NOWHERE, *, typed: bool = True
) -> tuple[Reference, ...]:
    """The records that Markdown text names, with how it says they relate to its own record.

    Fenced code and comments say nothing. What the text asserts of its own record has a type;
    every other mention is RELATES_TO. Each (target, type, direction) is there once, in the
    order of the text.

    Args:
        text: Markdown or plain prose of one record.
        place: Where it stands; links are resolved against it, mentions of itself are left out.
        typed: False takes every mention as RELATES_TO, for passages that do not assert: options
            that were not chosen, examples.
    """
    found = [
        reference
        for sentence, mentions in _sentences(without_code(without_comments(text)), place)
        for reference in _of_sentence(sentence, mentions, typed=typed)
    ]
    return merge_references(found)


def field_references(name: str, value: object, place: Place = NOWHERE) -> tuple[Reference, ...]:
    """The references of one metadata field, such as `superseded-by: [12, 0014-x.md]`.

    Args:
        name: Its label, in any spelling; one that names no relation gives nothing.
        value: A string or a list of them, as the metadata has it.
        place: Where the record stands.
    """
    relation = _FIELDS.get(_field_key(name))
    if relation is None:
        return ()
    link, inverse = relation
    return merge_references(
        Reference(type=link, target=target, inverse=inverse, evidence=_cut(f"{name}: {said}"))
        for said in _parts(value)
        for target in _targets(said, link, place)
    )


def merge_references(found: Iterable[Reference]) -> tuple[Reference, ...]:
    """Each relation once, the first evidence for it kept; a plain mention yields to any other."""
    merged: dict[tuple[str, LinkType, bool], Reference] = {}
    for reference in found:
        merged.setdefault((reference.target, reference.type, reference.inverse), reference)
    related = LinkType.RELATES_TO
    typed = {target for target, link, _ in merged if link is not related}
    return tuple(
        each for each in merged.values() if each.type is not related or each.target not in typed
    )


def _sentences(text: str, place: Place) -> Iterator[tuple[str, list[Mention]]]:
    """Masked sentences that name a record, each with its mentions."""
    for unit in _units(text):
        masked, mentions = mask_mentions(unit, place)
        if not mentions:
            continue
        rest = iter(mentions)
        for sentence in _SENTENCE.split(_MARKER.sub("", _EMPHASIS.sub("", masked))):
            here = [next(rest) for _ in range(sentence.count(MASK))]
            if here:
                yield " ".join(sentence.split(" ")), here


def _units(text: str) -> Iterator[str]:
    """Paragraphs, list items, table rows and headings, each on one line."""
    lines: list[str] = []
    for line in text.split("\n"):
        if lines and (not line.strip() or _UNIT.match(line)):
            yield " ".join(lines)
            lines = []
        if line.strip() and not _DEFINITION.match(line):
            lines.append(line.strip().lstrip("> "))
    if lines:
        yield " ".join(lines)


def _of_sentence(sentence: str, mentions: list[Mention], *, typed: bool) -> Iterator[Reference]:
    evidence = _cut(_unmask(sentence, mentions))
    told = relations(sentence) if typed else ()
    for relation in told:
        yield Reference(
            type=relation.type,
            target=mentions[relation.mention].target,
            inverse=relation.inverse,
            partial=relation.partial,
            evidence=evidence,
        )
    for mention in mentions:
        if not mention.weak:
            yield Reference(type=LinkType.RELATES_TO, target=mention.target, evidence=evidence)


def _unmask(sentence: str, mentions: list[Mention]) -> str:
    parts = sentence.split(MASK)
    words = [*(mention.text for mention in mentions), ""]
    return "".join(part + word for part, word in zip(parts, words, strict=True))


def _field_key(name: str) -> str:
    words = re.sub(r"[-_\s]+", " ", plain(name)).strip().casefold()
    return _RECORD_WORDS.sub("", words).strip()


def _parts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield from (line.strip() for line in value.split("\n") if line.strip())
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _parts(each)


def _targets(said: str, link: LinkType, place: Place) -> list[str]:
    words = plain(said).lstrip("-*+ ")
    baselines = named_baselines(words) if link is LinkType.RESTS_ON else []
    _, mentions = mask_mentions(said, place)
    if mentions or baselines:
        return [*(mention.target for mention in mentions), *baselines]
    if _NOTHING.match(words):
        return []
    bare = [_BARE.match(part.strip()) for part in re.split(r",|;|\band\b", words)]
    if all(bare):
        return [match[1] for match in bare if match]
    return [words] if link in _TITLED and len(words) <= MAX_EVIDENCE else []


def _cut(words: str) -> str:
    said = " ".join(words.split())
    return said if len(said) <= MAX_EVIDENCE else said[: MAX_EVIDENCE - 1].rstrip() + "\u2026"
