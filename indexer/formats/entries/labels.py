"""The labels of a Markdown entry and what they mean: status, date, modules and relations."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from indexer.formats.entries.json_fields import RELATIONS
from indexer.formats.entries.markdown_fields import Field, Form, Labels
from indexer.markup.elements import plain
from indexer.measured import named_baselines
from indexer.wording.dates import read_date
from indexer.wording.references import (
    MAX_EVIDENCE,
    field_references,
    find_references,
    merge_references,
)
from indexer.wording.statuses import read_status
from memory.models.kinds import LinkType, Status
from memory.models.revision import Reference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.formats.entries.markdown_fields import EntryText
    from indexer.wording.mentions import Place

#: Behind the name of a relation: only a part of the target is meant.
IN_PART = " in part"


def _table(form: Form, **fields: str) -> Labels:
    """Label -> field, from `field="label, label"`."""
    return {
        label.strip(): Field(name, form)
        for name, labels in fields.items()
        for label in labels.split(",")
    }


_RELATION_LABELS: Labels = {
    name.replace("_", " ") + part: Field(name + part, Form.WORD)
    for name in RELATIONS
    for part in ("", IN_PART)
}

#: What entries of all kinds may say of themselves.
META: Labels = _RELATION_LABELS | _table(
    Form.WORD,
    status="status, state, statut, estado, stato, 状态, 狀態, ステータス, 状態, 상태, статус",
    date="date, dated, decided, decided on, learned, learned on, recorded, since, when, datum, data"
    ", fecha, 日期, 日付, 날짜, дата",
    valid_to="valid until, valid to, ended, expired, expires, superseded on, reverted on"
    ", retired on",
    modules="modules, module, affected modules, affects, component, components, area, areas, scope"
    ", services, packages, modulos, modules affected, 模块, 影响范围",
    agent="agent",
    tags="tags, tag, labels, keywords, category, categories",
    topic="topic",
)

DECISION: Labels = (
    META
    | _table(
        Form.WORD,
        number="number, id",
        deciders="deciders, decider, decided by, decision maker, decision makers, authors, author"
        ", owner, participants, décideurs, 決定者",
    )
    | _table(
        Form.TEXT,
        context="context, background, problem, problem statement, situation, motivation, issue"
        ", context and problem statement, contexte, contexto, kontext, problema, problème, why now"
        ", contesto, 背景, 上下文, コンテキスト, 課題, 问题, 상황, 배경, 맥락, 문제"
        ", контекст, проблема",
        decision="decision, decision outcome, the decision, chosen, chosen option, choice, outcome"
        ", resolution, what, we decided, décision, decisión, decisão, entscheidung, decisione"
        ", 决策, 決定, 决定, 決策, 决策内容, 결정, 결정사항, решение",
        rationale="rationale, reason, reasons, reasoning, justification, why, because, raison"
        ", justificativa, justificación, razón, racional, begründung, motivo, pourquoi"
        ", 理由, 原因, razão, perché, motivazione, 이유, 근거, обоснование, причина",
        consequences="consequences, consequence, impact, implications, implication, trade offs"
        ", tradeoffs, trade off, tradeoff, results, effects, conséquences, consecuencias"
        ", consequências, implicações, impacto, folgen, auswirkungen, 后果, 影响, 影響, 結果"
        ", conseguenze, impatto, 결과, 영향, последствия",
        other="implementation, implementation details, implementation notes, notes, note, details"
        ", references, links, files, files changed, detalhes de implementação, more information"
        ", next steps, action items, validation, verification, 实施细节, 実装",
    )
    | _table(
        Form.ITEMS,
        alternatives="alternatives, alternative, alternatives considered, options"
        ", considered options"
        ", options considered, considered, rejected alternatives, rejected options, rejected"
        ", alternativen, alternativas, opções, 替代方案, 代替案, 選択肢, 备选方案"
        ", alternative scartate, alternative valutate, alternative considerate, 대안, 검토한 대안"
        ", альтернативы",
        review_triggers="review triggers, review trigger, review when, revisit when, revisit if"
        ", revisit, review if, review, review at, look again when, triggers, reconsider when"
        ", reconsider if, 見直し",
    )
)

LESSON: Labels = (
    META
    | _table(
        Form.TEXT,
        context="context, situation, when, where, background, applies when, contexte, contexto",
        outcome="outcome, result, results, effect, benefit, benefits, metrics, impact, evidence",
        alternative="alternative, alternatives, instead, better, do instead, use instead, fix"
        ", solution, what works",
        other="example, examples, notes, note, details, pattern, description, why",
    )
    | _table(Form.WORD, date="date, learned, learned on, recorded, since, dated")
    | _table(
        Form.ITEMS,
        issues="issues, issue, problems, problem, drawbacks, downsides, costs, symptoms, caveats"
        ", pitfalls, risks",
        evidence_for="evidence for",
        evidence_against="evidence against",
        review_triggers="review triggers, review trigger, review when, revisit when, revisit if",
    )
)

NOTE: Labels = META


_QUOTED = re.compile(
    r"(?:superseded|replaced)(?P<part> in part| partly)?\s+by\s+[\"“«](?P<title>[^\"”»\n]{3,300})",
    re.IGNORECASE,
)
#: Label -> the relation that it states.
_RELATIONS = {
    name + part: (link, inverse, bool(part))
    for name, (link, inverse) in RELATIONS.items()
    for part in ("", IN_PART)
}
_IN_FORCE_TEXTS = ("context", "decision", "rationale", "consequences", "other", "outcome")


def status_of(text: EntryText, place: Place) -> Status:
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


def when_of(text: EntryText, name: str = "date") -> datetime | None:
    """The moment that the entry states under a label; UTC where it names no zone."""
    said = text.word(name)
    if not said:
        return None
    try:
        found = datetime.fromisoformat(said)
    except ValueError:
        return read_date(said)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def references_of(text: EntryText, place: Place) -> tuple[Reference, ...]:
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


def _stated(text: EntryText, place: Place) -> Iterator[Reference]:
    for name, (link, inverse, partial) in _RELATIONS.items():
        if name in text.facts:
            for target in _targets(text, name, place):
                yield Reference(type=link, target=target, inverse=inverse, partial=partial)


def _targets(text: EntryText, name: str, place: Place) -> Iterator[str]:
    """The records that a label names; in words of people, links and numbers come first."""
    said = text.facts[name]
    found = () if text.exact else field_references("supersedes", said, place)
    baselines = () if text.exact else _baselines(text, name)
    if found or baselines:
        yield from (reference.target for reference in found)
        yield from baselines
    elif text.exact:
        yield from text.words(name)
    elif target := text.word(name)[:MAX_EVIDENCE]:
        yield target


def _baselines(text: EntryText, name: str) -> tuple[str, ...]:
    """The measurements that a label of people names."""
    words = (plain(item) for item in text.items(name))
    return tuple(one[:MAX_EVIDENCE] for said in words for one in named_baselines(said))


def _of_status(status: str, place: Place) -> Iterator[Reference]:
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
