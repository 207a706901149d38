"""The words under which entries say what they say, for each kind of memory."""

from __future__ import annotations

from indexer.sources.entries.json_fields import RELATIONS
from indexer.sources.entries.text import Field, Form, Labels

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
