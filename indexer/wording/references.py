"""Relations between records, from metadata fields and from prose."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from indexer.markup.elements import plain, without_code, without_comments
from indexer.wording.entry_names import named_baselines
from indexer.wording.mentions import MASK, NOWHERE, Mention, TextPlace, mask_mentions
from memory.kinds.vocabulary import LinkType
from memory.models.memory import Reference
from memory.texts.lexicon import any_of, read_lexicon
from memory.texts.patterns import BLANKS, lazy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

#: What is longer, in characters, is a table or generated text, not a sentence.
MAX_SENTENCE = 2_000


@dataclass(frozen=True)
class Relation:
    """One typed relation of a sentence; `mention` counts the masks of the sentence from 0."""

    mention: int
    type: LinkType
    inverse: bool = False
    partial: bool = False


@dataclass(frozen=True)
class _Verb:
    """A way to say a relation. `passive` verbs stand between us and the record that acts on us."""

    pattern: re.Pattern[str]
    type: LinkType
    passive: bool = False
    strict: bool = False  # taken only when the record itself is the subject


_LEXICON = read_lexicon("relations")
_CUES = {name: any_of(words) for name, words in _LEXICON["cues"].items()}


def _folded(pattern: str) -> re.Pattern[str]:
    return lazy(pattern, re.IGNORECASE)


_JOINED = rf"(?:(?:[,;]|\s?&|[,;]?\s(?:{_CUES['joins']})(?:\sby)?)\s|/){MASK}"
_OBJECTS = rf"(?P<objects>{MASK}(?:{_JOINED})*)"
LIST_OF_MENTIONS = lazy(_OBJECTS, re.IGNORECASE)
_GAP = rf"(?P<gap>(?:(?!(?:{_CUES['stops']})\b)[\w'\u2019/-]+\s){{0,7}}?)[(\"'\u2019]?"
_AGENT_GAP = r"(?P<gap>(?:[\w'\u2019-]+\s){0,3}?)[(\"'\u2019]?"
#: "entirely", "(partially)", a date.
_ASIDE = (
    rf"(?:\s\(?(?:\w+ly|in\swhole|{_CUES['part']})\)?)?(?::?\s(?:on\s)?\(?\d[\d./-]{{5,9}}\)?)?"
)


def _passive(verb: Mapping[str, Any]) -> _Verb:
    words, joints = any_of(verb["words"]), any_of(verb["joints"])
    pattern = rf"\b(?P<verb>(?:{words}){_ASIDE}\s(?:{joints})):?\s{_AGENT_GAP}{_OBJECTS}"
    strict = verb.get("strict", False)
    return _Verb(_folded(pattern), LinkType(verb["type"]), passive=True, strict=strict)


def _active(verb: Mapping[str, Any]) -> _Verb:
    pattern = rf"\b(?P<verb>{any_of(verb['words'])}):?\s{_GAP}{_OBJECTS}"
    return _Verb(_folded(pattern), LinkType(verb["type"]), strict=verb.get("strict", False))


@cache
def _verbs() -> tuple[_Verb, ...]:
    # Compiled when something is read, which takes longer than to see that nothing has changed.
    return (*map(_passive, _LEXICON["passive"]), *map(_active, _LEXICON["active"]))


@cache
def _verbs_about_us() -> tuple[tuple[re.Pattern[str], LinkType, bool], ...]:
    """For "ADR-3 is superseded by this record" and "ADR-9 supersedes this record": the pattern.

    With it come the type and whether it is the other record that acts.
    """
    acted_on = (
        rf"(?P<objects>{MASK}(?:(?:,|,?\sand)\s{MASK})*)\)?\s"
        r"(?:is|are|was|were|has\sbeen|have\sbeen)\s(?:hereby\s|now\s|thus\s|therefore\s)?(?:",
        r")\s(?:(?:by|in|with)\s(?:this|the\spresent)\b|here\b|to\s)",
    )
    acts_on_us = (
        rf"(?P<objects>{MASK})\)?,?\s(?:which\s|that\s)?"
        r"(?:later\s|now\s|also\s|(?:has\s|have\s)(?:since\s)?)?(?:",
        rf")\s(?:this\s(?:{_CUES['record']})\b|(?:this|it)[.)]*$)",
    )
    return tuple(
        (_folded(any_of(words).join(around)), LinkType(link), around is acts_on_us)
        for around, table in ((acted_on, "acted_on"), (acts_on_us, "acts_on_us"))
        for link, words in _LEXICON[table].items()
    )


_SELF = _folded(rf"\b(?:this|the\spresent|our)\s(?:[\w-]+\s){{0,2}}?(?:{_CUES['self']})\b")
_STARTS_WITH_US = _folded(
    r"(?:note(?:\sthat)?,?\s)?"
    rf"(?:this|it|we|here|hereby|the\s(?:whole\s)?(?:{_CUES['record']}))\b"
)
#: Words with any beginning are looked for from their first letter only.
_NO_SUBJECT = _CUES["no_subject"].replace(r"\w*", r"(?<!\w)\w*")
_NEITHER_SUBJECT = _folded(rf"(?:#?(?<![\d./-])\d[\d./-]*|{_NO_SUBJECT})\b")
_OTHERS = _folded(rf"^(?:{_CUES['others']})\b")
_DOUBT = _folded(rf"\b(?:{_CUES['doubt']})\b|n['\u2019]t\b")
_FUTURE = _folded(rf"\b(?:{_CUES['future']})\b")
_PART = _folded(rf"\b(?:{_CUES['part']})\b")
_PART_BEHIND = _folded(rf"['\u2019]s\s|[\s,(\u2013\u2014-]{{1,4}}(?:{_CUES['part']})\b\W*$")
_WHOLE = _folded(rf"\b(?:{_CUES['whole']})\b|\s")
_BACK = tuple(_LEXICON["cues"]["back"])
_CLAUSE = lazy(r"[;:\u2014]|\s--?\s|\s\u2013\s")
#: "… clarifies ADR-3 and " before "amends ADR-4": the subject is further to the left.
_COORDINATED = _folded(
    rf"(?:^|\s)[a-z]+s\s[^{MASK}.;]{{0,40}}{MASK}(?:,\s{MASK})*,?\s(?:and|but)\s(?:also\s)?$"
)
_MAX_SUBJECT = 8  # words; a longer run before the verb is another sentence's business


def relation_fields(*tables: str) -> dict[str, tuple[LinkType, bool]]:
    """Field name -> the relation that it states, and whether it is the other one that acts.

    Args:
        tables: Of the lexicon of relations: `fields`, `records`; a later one is believed.
    """
    return {
        name: (LinkType(link), side == "theirs")
        for table in tables
        for link, sides in read_lexicon("relations")[table].items()
        for side, names in sides.items()
        for name in names
    }


def relations(sentence: str) -> tuple[Relation, ...]:
    """The typed relations between the record and those its sentence names, in order.

    Only what the sentence asserts of the record itself: no questions, no conditions, no
    quotations, and nothing about two other records. Where it is one passage of the record
    that is meant, the relation is partial.

    Args:
        sentence: One sentence, masked by `mask_mentions`, without emphasis.
    """
    if MASK not in sentence or len(sentence) > MAX_SENTENCE or sentence.rstrip().endswith("?"):
        return ()
    told: dict[tuple[int, bool], Relation] = {}
    for relation in _relations(sentence):  # the strongest verb first: "updates and supersedes"
        told.setdefault((relation.mention, relation.inverse), relation)
    return tuple(told.values())


def _relations(sentence: str) -> Iterator[Relation]:
    for verb in _verbs():
        for match in verb.pattern.finditer(sentence):
            subject = _subject(sentence[: match.start()], passive=verb.passive)
            if subject is None or (verb.strict and subject != "record"):
                continue
            partial = subject == "part" or _is_partial(sentence, match, passive=verb.passive)
            yield from _told(sentence, match, verb, partial=partial)
    for pattern, link, inverse in _verbs_about_us():
        for match in pattern.finditer(sentence):
            before = sentence[: match.start()]
            if not _DOUBT.search(before):
                is_part = bool(_PART.search(_CLAUSE.split(before)[-1]))
                partial = is_part and link is LinkType.SUPERSEDES
                for number in _masks(sentence, match):
                    yield Relation(number, link, inverse=inverse, partial=partial)


def _told(sentence: str, match: re.Match[str], verb: _Verb, *, partial: bool) -> Iterator[Relation]:
    link = verb.type
    if link is LinkType.SUPERSEDES and partial and match["verb"].lower().startswith(_BACK):
        link = LinkType.AMENDS  # what is undone in part has been changed
    partial = partial and link is LinkType.SUPERSEDES
    for number in _masks(sentence, match):
        yield Relation(number, link, inverse=verb.passive, partial=partial)


def _masks(sentence: str, match: re.Match[str]) -> range:
    """Which mentions of the sentence are the objects of a match."""
    first = sentence.count(MASK, 0, match.start("objects"))
    return range(first, first + match["objects"].count(MASK))


def _subject(before: str, *, passive: bool) -> str | None:
    """What the words before a verb make its subject: the "record", a "part" of it, or None."""
    before = _COORDINATED.sub(" ", before)
    clause = _CLAUSE.split(before)[-1].strip(" \t*_>-([|\"'.,")
    if _DOUBT.search(clause) or (passive and _FUTURE.search(clause)) or before.count('"') % 2:
        return None
    own = max((match.end() for match in _SELF.finditer(before)), default=-1)
    if MASK in before and before.rindex(MASK) > own:
        return None
    if (
        own >= 0
        or _STARTS_WITH_US.match(clause)
        or not re.search(r"\w", _NEITHER_SUBJECT.sub("", clause))
    ):
        return "record"
    if (_OTHERS.match(clause) and not passive) or len(clause.split()) > _MAX_SUBJECT:
        return None
    return "part"


def _is_partial(sentence: str, match: re.Match[str], *, passive: bool) -> bool:
    """Whether only a part is superseded, by the words around the verb."""
    around = sentence[max(0, match.start() - 60) : match.start("objects")]
    if _PART.search(_CLAUSE.split(around)[-1]) or _PART_BEHIND.match(
        sentence, match.end("objects")
    ):
        return True
    return not passive and bool(_WHOLE.sub("", match["gap"]))


#: The most that is kept of the words behind a reference, in characters.
MAX_EVIDENCE = 300

_FIELDS = relation_fields("fields", "records")
_TITLED = frozenset({LinkType.SUPERSEDES, LinkType.AMENDS, LinkType.EXTENDS})
_NOTHING = _folded(rf"(?:{_CUES['nothing']}|-+|\u2014|\?|\{{.*\}}|<.*>)?\.?$")
_BARE = lazy(r"#?(\d{1,5})$")
_RECORD_WORDS = _folded(rf"\b(?:{any_of(read_lexicon('records')['kinds']['plurals'])})$")

#: The start of a label on a line, and the first cell of a row with what is behind it.
_LABEL = lazy(r"\s*(?:[-*+•]\s+)?([^\W\d_][^:|\n]{2,40}):\s")
_ROW = lazy(r"\s*+\|\s*+([^|\n]{3,40}?)\s*\|\s*+(.+)$")
_FOLLOWING = lazy(
    rf"(?:{BLANKS}the following)?(?:{BLANKS}(?:adr|rfc|record|decision)s?)?:?$", re.IGNORECASE
)
_PART_LABEL = lazy(r"^(?:partly|partially|in part)\s|\s(?:in part)$")
_CAMEL = lazy(r"(?<=[a-z])(?=[A-Z][a-z])")
#: By which fields an item of a list of mappings names a record.
_NAMING = ("target", "path", "file", "id", "number", "adr", "title")
_UNIT = lazy(r"\s*(?:[-*+•]|\d{1,3}[.)])\s|\s*\||\s{0,3}#{1,6}\s|\s{0,3}\[[^\]]{1,300}\]:\s")
_ITEM = lazy(r"\s*(?:[-*+•]|\d{1,3}[.)])\s+")
_DEFINITION = lazy(r"\s{0,3}\[[^\[\]]{1,300}\]:\s")
_SENTENCE = lazy(r"(?<=[.!?])[)\"'*_]{0,3}\s+(?=[A-Z\[(*_\"'\x01\d])")
_EMPHASIS = lazy(r"\*+|(?<!\w)_+|_+(?!\w)|`")
_MARKER = lazy(r"^\s*(?:[-*+•>|]\s|\d{1,3}[.)]\s|\[[ xX]\]\s|#{1,6}\s)*\s*")


def find_references(
    text: str, place: TextPlace = NOWHERE, *, typed: bool = True, bare: bool = False
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
        bare: It is a status: "superseded by 12" names a record by its number alone.
    """
    prose = without_code(without_comments(text))
    found = [
        reference
        for part, asserts in ((_UNTICKED.sub("", prose), typed), (_unticked(prose), False))
        for sentence, mentions in _sentences(part, place, bare)
        for reference in _of_sentence(sentence, mentions, typed=asserts)
    ]
    return merge_references(found)


#: A box in a list that nobody ticked: "- [ ] Superseded by ADR-4" says nothing of its record.
_UNTICKED = lazy(r"^[^\S\n]*+(?:[-*+]\s)?(?:\[ ?\](?!\()|[☐⬜])[^\n]*", re.MULTILINE)


def _unticked(text: str) -> str:
    """The lines of a text with a box that nobody ticked."""
    return "\n".join(_UNTICKED.findall(text))


def field_references(name: str, value: object, place: TextPlace = NOWHERE) -> tuple[Reference, ...]:
    """The references of one metadata field, such as `superseded-by: [12, 0014-x.md]`.

    Args:
        name: Its label, in any spelling; one that names no relation gives nothing.
        value: A string or a list of them, as the metadata has it.
        place: Where the record stands.
    """
    relation = _relation_of(name)
    if relation is None:
        return ()
    link, inverse = relation
    return merge_references(
        Reference(
            type=link if is_meant else LinkType.RELATES_TO,
            target=target,
            inverse=inverse and is_meant,
            partial=is_meant
            and link is LinkType.SUPERSEDES
            and (bool(_PART.search(f"{name} {said}")) or (is_part and not inverse)),
            evidence=_cut(f"{name}: {said}"),
        )
        for said in _parts(value)
        for target, is_meant, is_part in _targets(said, link, place)
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


def _sentences(text: str, place: TextPlace, bare: bool) -> Iterator[tuple[str, list[Mention]]]:
    """Masked sentences that name a record, each with its mentions."""
    for unit in _units(text):
        start = unit[:_MAX_LABEL]
        label = _LABEL.match(_EMPHASIS.sub("", start)) if ":" in start else None
        states = label is not None and _relation_of(label[1]) is not None
        masked, mentions = mask_mentions(unit, place, bare=bare or states)
        if not mentions:
            continue
        rest = iter(mentions)
        for sentence in _SENTENCE.split(_MARKER.sub("", _EMPHASIS.sub("", masked))):
            here = [next(rest) for _ in range(sentence.count(MASK))]
            if here:
                yield " ".join(sentence.split(" ")), here


def _units(text: str) -> Iterator[str]:
    """Paragraphs, list items, table rows and headings, each on one line.

    Items below a line such as "Supersedes:" have that line before them, and the second cell of a
    row has the first as its label.
    """
    label = ""
    for unit in _plain_units(text):
        item, row = _ITEM.match(unit), _ROW.match(unit)
        if row and _relation_of(row[1]):
            yield f"{row[1]}: {row[2].rstrip().removesuffix('|').rstrip()}"
        elif item and label:
            yield f"{label} {unit[item.end() :]}"
        else:
            yield unit
        said = _label_of_list(unit)
        if said:
            label = f"{said}:"
        elif not item:
            label = ""


def _label_of_list(unit: str) -> str:
    """What a unit says of the records in the list below it: "Supersedes the following ADRs:"."""
    if len(unit) > _MAX_LABEL:
        return ""
    said = _FOLLOWING.sub("", _MARKER.sub("", unit)).strip(" *_")
    relation = _relation_of(said)
    return said if relation and relation[0] is not LinkType.RELATES_TO else ""


def _plain_units(text: str) -> Iterator[str]:
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


_MAX_LABEL = 120  # characters, a link among them; what is longer is a sentence
#: How the names of relations begin: without one of these nothing is one.
_STEMS = lazy("|".join(sorted({re.escape(name.split()[0][:4]) for name in _FIELDS})))


def _relation_of(name: str) -> tuple[LinkType, bool] | None:
    """The relation that a label names, in any spelling, and whether the other one acts."""
    if len(name) > _MAX_LABEL or not _STEMS.search(name.casefold()):
        return None
    words = re.sub(r"[-_\s]+", " ", _CAMEL.sub(" ", plain(name))).strip(" :").casefold()
    words = _PART_LABEL.sub("", _RECORD_WORDS.sub("", words)).strip()
    return _FIELDS.get(words)


def _parts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield from (line.strip() for line in value.split("\n") if line.strip())
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _parts(each)
    elif isinstance(value, dict):
        yield from _parts(next((value[key] for key in _NAMING if key in value), None))
    elif isinstance(value, int):
        yield str(value)


def _targets(said: str, link: LinkType, place: TextPlace) -> list[tuple[str, bool, bool]]:
    """What a field names, with whether it is meant by the field, and whether in part."""
    words = plain(said).lstrip("-*+ ")
    baselines = named_baselines(words) if link is LinkType.RESTS_ON else []
    range_ = re.fullmatch(r"(\d{1,4})\s?[-\u2013]\s?(\d{1,4})", words)
    is_bare = not baselines  # "queue_depth of 2025-02-10 (497 of 500)" has no numbers of records
    masked, mentions = mask_mentions(f"ADRs {words}" if range_ else said, place, bare=is_bare)
    if mentions or baselines:
        senses = zip(mentions, _senses(_EMPHASIS.sub("", masked)), strict=True)
        found = [(one.target, is_meant, is_part) for one, (is_meant, is_part) in senses]
        return [*found, *((one, True, False) for one in baselines)]
    if _NOTHING.match(words):
        return []
    bare = [_BARE.match(part.strip()) for part in re.split(r",|;|\band\b", words)]
    if all(bare):
        return [(match[1], True, False) for match in bare if match]
    is_title = link in _TITLED and len(words) <= MAX_EVIDENCE
    return [(words, True, False)] if is_title else []


#: What sets the records of a list off, and what is said in between.
_BETWEEN = lazy(
    rf"[,;/&+:|\[\]\u2013\u2014-]|(?<!\w)(?:{_CUES['joins']}|also|as well as|plus)(?!\w)", re.I
)
_ALL_OF_IT = lazy(rf"\b(?:{_CUES['whole']}|{_CUES['part']}|see|by)\b", re.IGNORECASE)
_WITHIN = lazy(rf"\b(?:{_CUES['within']})$", re.IGNORECASE)
_ENTIRE = lazy(rf"\b(?:{_CUES['entire']})\b", re.IGNORECASE)
_JOINS = lazy(rf"(?<!\w)(?:{_CUES['joins']})(?!\w)", re.IGNORECASE)
_SET_OFF = lazy(rf"[,;]|(?<!\w)(?:{_CUES['joins']})(?!\w)", re.IGNORECASE)


def _senses(masked: str) -> Iterator[tuple[bool, bool]]:
    """For each record that a field names, whether the field means it, and a part of it only.

    "ADR-3, uses ideas of ADR-4" and "ADR-3 (see ADR-4)" mean one; "messages documented in ADR-5"
    are a part. What stands in a list without words of its own is meant as the one before it.
    """
    sense, first = (True, False), True
    pieces = masked.split(MASK)[:-1]
    for at, piece in enumerate(pieces):
        before = MASK.join(pieces[: at + 1])
        said = _BETWEEN.split(piece)[-1].strip(" (\"'.")
        own = " ".join(_ALL_OF_IT.sub(" ", said).split())
        is_within = not first and before.count("(") > before.count(")")
        if is_within and not _is_its_own(piece):
            yield False, False
            continue
        if own and not is_within:
            is_part = _WITHIN.search(said) is not None and not _ENTIRE.search(said)
            sense = (first, first and is_part)
        yield sense
        first = False


def _is_its_own(piece: str) -> bool:
    """Whether a record in parentheses is meant: "), Use Redis (" before it, or "(and "."""
    outside, _, inside = piece.rpartition("(")
    is_another = bool(_SET_OFF.search(outside)) and not inside.strip()
    return is_another or (bool(inside.strip()) and not _JOINS.sub(" ", inside).strip())


def _cut(words: str) -> str:
    said = " ".join(words.split())
    return said if len(said) <= MAX_EVIDENCE else said[: MAX_EVIDENCE - 1].rstrip() + "\u2026"
