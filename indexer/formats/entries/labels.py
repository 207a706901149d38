"""The labels of a Markdown entry and what they mean: status, date, modules and relations."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from indexer.formats.document import agent_name
from indexer.formats.entries.json_fields import RELATIONS, moment
from indexer.formats.entries.markdown_fields import LabelField, LabelForm, Labels, fold
from indexer.markup.elements import plain
from indexer.wording.dates import beginning, settled
from indexer.wording.entry_names import named_baselines, slug
from indexer.wording.references import (
    MAX_EVIDENCE,
    field_references,
    find_references,
    merge_references,
)
from indexer.wording.statuses import read_status
from memory.kinds import SPECS
from memory.kinds.spec import FieldForm
from memory.kinds.vocabulary import Kind, LinkType, Status
from memory.models.memory import Draft, Reference
from memory.texts.lexicon import read_lexicon

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.formats.entries.markdown_fields import EntryPage, EntrySpan, EntryText
    from indexer.wording.mentions import TextPlace
    from memory.kinds.spec import KindSpec
    from memory.models.details import Details

#: Behind the name of a relation: only a part of the target is meant.
IN_PART = " in part"


def _labels(*kinds: str) -> Labels:
    """Label -> field, by the lexicon; of several kinds the later ones count."""
    found = {
        name.replace("_", " ") + part: LabelField(name + part, LabelForm.WORD)
        for name in RELATIONS
        for part in ("", IN_PART)
    }
    for kind in kinds:
        for field, table in read_lexicon("labels")[kind].items():
            form = LabelForm(table["form"])
            languages = (words for name, words in table.items() if name != "form")
            found |= {word: LabelField(field, form) for words in languages for word in words}
    return found


DECISION, LESSON, NOTE = _labels("any", "decision"), _labels("any", "lesson"), _labels("any")


def _plain_labels(spec: KindSpec) -> Labels:
    """The names of a kind's fields as labels: `resolved_by` is `Resolved by`."""
    forms = {FieldForm.TEXT: LabelForm.TEXT, FieldForm.TEXTS: LabelForm.ITEMS}
    return NOTE | {
        fold(one.name): LabelField(one.name, forms.get(one.form, LabelForm.WORD))
        for one in spec.fields
    }


#: The labels of each kind that is kept in Markdown.
LABELS = {Kind.DECISION: DECISION, Kind.LESSON: LESSON, Kind.NOTE: NOTE} | {
    kind: _plain_labels(spec) for kind, spec in SPECS.items() if spec.is_plain
}

_QUOTED = re.compile(
    r"(?:superseded|replaced)(?P<part> in part| partly)?\s+by\s+[\"“«](?P<title>[^\"”»\n]{3,300})",
    re.IGNORECASE,
)
_IN_FORCE_TEXTS = ("context", "decision", "rationale", "consequences", "other", "outcome")


def entry_draft(
    page: EntryPage,
    part: EntrySpan,
    text: EntryText,
    place: TextPlace,
    *,
    title: str,
    details: Details,
    **otherwise: Any,
) -> Draft:
    """The draft of an entry.

    `otherwise` has its modules, agent, tags and dates where the text does not say, and any other
    field of the draft; without a `key` there, that is made of the title.
    """
    agent = text.word("agent")
    said = {
        "modules": text.words("modules"),
        "agent": agent if text.exact else agent_name(agent),
        "tags": text.words("tags"),
        **beginning(moment(text.word("date"))),
        "valid_to": settled(moment(text.word("valid_to"))),
    }
    empty = {"modules": (), "tags": (), "key": slug(title), "extra": dict(text.unknown)}
    return Draft(
        title=title,
        body=page.page.slice(part.lines),
        details=details,
        references=references_of(text, place),
        lines=part.lines,
        uid=part.uid,
        said_by=part.said_by,
        **(empty | otherwise | {name: value for name, value in said.items() if value}),
    )


def status_of(text: EntryText, place: TextPlace) -> Status:
    """Where the entry says it stands."""
    said = text.facts.get("status", "")
    if not said:
        return Status.UNSTATED
    if text.exact:
        try:
            return Status(said.strip())
        except ValueError:
            pass
    return read_status(said, place).status


def references_of(text: EntryText, place: TextPlace) -> tuple[Reference, ...]:
    """What the entry says of others: under labels, in its status, and in its prose.

    A relation stated under a label stays as it is; what is found elsewhere is added where it
    names something else.
    """
    stated = tuple(_stated(text, place))
    named = {reference.target for reference in stated}
    asserted = [text.lead, *(text.text(name) for name in _IN_FORCE_TEXTS), *text.items("issues")]
    weighed = text.items("alternatives")
    found = [
        *_of_status(text.facts.get("status", ""), place),
        *(each for said in asserted if said for each in find_references(said, place)),
        *(each for said in weighed for each in find_references(said, place, typed=False)),
    ]
    return stated + tuple(each for each in merge_references(found) if each.target not in named)


def _stated(text: EntryText, place: TextPlace) -> Iterator[Reference]:
    for relation, (link, inverse) in RELATIONS.items():
        for name in (relation, relation + IN_PART):
            for target in _targets(text, name, place) if name in text.facts else ():
                partial = name != relation
                yield Reference(type=link, target=target, inverse=inverse, partial=partial)


def _targets(text: EntryText, name: str, place: TextPlace) -> Iterator[str]:
    """The records that a label names; in words of people, links and numbers come first."""
    said = text.facts[name]
    baselines = () if text.exact else _baselines(text, name)
    # Beside a baseline "(497 of 500)" is what was measured, and no number of a record.
    relation = "rests_on" if baselines else "supersedes"
    found = () if text.exact else field_references(relation, said, place)
    if found or baselines:
        yield from dict.fromkeys((*(reference.target for reference in found), *baselines))
    elif text.exact:
        yield from text.words(name)
    elif target := text.word(name)[:MAX_EVIDENCE]:
        yield target


def _baselines(text: EntryText, name: str) -> tuple[str, ...]:
    words = (plain(item) for item in text.items(name))
    return tuple(one[:MAX_EVIDENCE] for said in words for one in named_baselines(said))


def _of_status(status: str, place: TextPlace) -> Iterator[Reference]:
    """The records that a status names, by a title in quotes too."""
    if not status:
        return
    yield from read_status(status, place).references
    for match in _QUOTED.finditer(status):
        yield Reference(
            type=LinkType.SUPERSEDES,
            target=match["title"].strip(),
            inverse=True,
            partial=bool(match["part"]),
            evidence=match[0][:MAX_EVIDENCE],
        )
