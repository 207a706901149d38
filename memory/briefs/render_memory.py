"""What a brief says of one memory: where it stands, the sentence that matters, the rest of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from memory.briefs.brief_sentences import saying
from memory.kinds import RECORDABLE, SPECS
from memory.kinds.vocabulary import Status
from memory.models.assessment import AnchorVerdict
from memory.models.details import (
    Baseline,
    Decision,
    Flag,
    Lesson,
    Note,
    PhasedPlan,
    Refactoring,
    Run,
)
from memory.models.flags import is_blocking
from memory.models.series import Movement
from memory.retrieval.embedding.tokens import count_tokens
from memory.retrieval.passages import plain_text
from memory.texts.formatting import counted, day
from memory.texts.numbers import number
from memory.texts.quoting import harmless_line
from memory.texts.words import stems
from memory.views.memory_view import (
    SHORT_HASH,
    all_named,
    confidence_words,
    dated_by,
    orders_words,
    premise_words,
    relations,
    reverted_words,
    stale_words,
    status_words,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from memory.briefs.brief_sentences import Saying
    from memory.models.answer import Listed
    from memory.models.series import Series

TITLE, SENTENCE, FIELD, NAME = 140, 240, 500, 90  # characters
_CHEAPER = str.maketrans({"“": '"', "”": '"', "→": "->"})  # each is two tokens less
VIOLATED = "(VIOLATED)"  # stands in the sentence of a measurement that is past its threshold
ELLIPSIS = "..."
_SENTENCE_END = re.compile(r"(?<!\b\d)[.!?](?=\s)")  # "1." begins an item
#: Kinds of which no reader expects a status.
_NO_STATUS = frozenset(kind for kind in RECORDABLE if not SPECS[kind].statuses)
_ENDS = frozenset(".!?:;…")  # with which a sentence says that it is over
_ENOUGH = 0.4  # of the length: so much makes an end between two sentences good enough
_HEADING = re.compile(r"^#{1,6}\s.*$", re.MULTILINE)
_RULES = re.compile(r"^[\s|:=-]{3,}$", re.MULTILINE)  # of tables, and between sections


class RenderedMemory(NamedTuple):
    """A memory in words; every text is one harmless line but the body."""

    uid: str
    kind: str
    title: str
    standing: str  # "in force", "reverted", "BLOCKING, high"
    date: str  # a day; "" where nobody says
    dated_by: str  # as of a view
    citation: str  # path:line
    bearing: tuple[str, ...]  # what moved since: premises, freshness
    relation: str  # what it replaced, or what is in force in its place
    sentence: str  # that decides
    fields: tuple[tuple[str, str], ...]  # what else there is to it, by name
    body: str  # all of it, as it was recalled
    is_live: bool  # in force, or still open


def render_memory(
    listed: Listed,
    titles: Mapping[str, str],
    *,
    passage: str = "",
    series: Series | None = None,
    weights: Mapping[str, float] | None = None,
) -> RenderedMemory:
    """A memory in words.

    Args:
        listed: The memory, with what bears on it.
        titles: Of the memories that its standing names, by uid.
        passage: What of it comes nearest to the task; "" where that is not known.
        series: That it is the latest measurement of, of a baseline.
        weights: How much each word of the task tells, by its stem; None where there is no task.
    """
    draft = listed.memory.revision.draft
    said = [("Stands", _measured(series))] if series else []
    if weights and isinstance(draft.details, (Decision, Note)):
        told = saying(listed.memory, weights, passage)
        first = _first_words(told, weights)
        said += [
            ("Says", one_after_another([told.decides, *told.bears])),
            ("Refuses", one_after_another(told.refuses)),
        ]
    else:
        first = _measured(series) if series else _sentence(listed, passage)
        said += _fields(listed, passage)
    fields = tuple((name, say(text, FIELD)) for name, text in said if text)
    return RenderedMemory(
        uid=listed.memory.uid,
        kind=str(draft.kind),
        title=say(draft.title, TITLE),
        standing=harmless_line(_standing(listed)),
        date=listed.memory.revision.date,
        dated_by=dated_by(listed.memory),
        citation=harmless_line(listed.memory.citation),
        bearing=tuple(_bearing(listed)),
        relation=_relation(listed, titles),
        sentence=say(first or _sentence(listed, passage), SENTENCE),
        fields=fields,
        body=draft.body,
        is_live=listed.standing.in_force,
    )


def one_after_another(sentences: Iterable[str]) -> str:
    """Sentences on one line; one that does not say where it ends, as an item of a list, does so."""
    said = [one.rstrip() for one in sentences if one.strip()]
    *before, last = said or [""]
    return " ".join([*(one if one[-1] in _ENDS else f"{one};" for one in before), last])


def say(text: str, length: int) -> str:
    """The beginning of a text on one line, without markup, ending with a sentence if it can.

    Args:
        text: As it was recalled.
        length: Characters, at most.
    """
    plain = harmless_line(plain_text(_RULES.sub("", text)))
    if len(plain) <= length:
        return plain
    ends = [end.end() for end in _SENTENCE_END.finditer(plain, 0, length)]
    if ends and ends[-1] >= length * _ENOUGH:
        return harmless_line(plain[: ends[-1]])
    space = plain.rfind(" ", 0, length - len(ELLIPSIS))
    end = space if space > length // 2 else length - len(ELLIPSIS)
    return harmless_line(plain[:end].rstrip(" ,;:") + ELLIPSIS)


def fit(text: str, tokens: int) -> str:
    """The same in so many tokens, at most."""
    said = say(text, max(len(ELLIPSIS) + 1, 6 * tokens))
    while said and count_tokens(said) > tokens:
        said = say(said, len(said) * 3 // 4) if len(said) > 2 * len(ELLIPSIS) else ""
    return said


def without_headings(text: str) -> str:
    """The text without lines that are headings, if there is more."""
    return _HEADING.sub("", text).strip() or text


def _standing(listed: Listed) -> str:
    """What it is and where it stands, as far as that is not what its section says."""
    draft = listed.memory.revision.draft
    status, what = status_words(draft.kind, listed.standing), ""
    match draft.details:
        case Flag() as flag:
            blocks = "BLOCKING" if is_blocking(listed) else ""
            what = ", ".join(word for word in (blocks, flag.severity) if word)
        case Lesson() as lesson:
            what = lesson.form.replace("_", " ")
        case Note():
            of = draft.agent or ", ".join(draft.modules)
            what = say(f"of {of}", NAME) if of else ""
    if status == Status.UNSTATED and draft.kind in _NO_STATUS:
        status = ""
    return ", ".join(word for word in (what, status) if word)


def _relation(listed: Listed, titles: Mapping[str, str]) -> str:
    """What holds in its place or else replaced it, what it replaces while it holds, amendments."""
    found = dict(relations(listed.standing))
    if "in its place" in found:
        found.pop("replaced by", None)
    if not listed.standing.in_force:
        found.pop("replaces", None)
    told = (f"{words} {all_named(uids, titles, 1, _short)}" for words, uids in found.items())
    return "; ".join(told).translate(_CHEAPER)


def _first_words(told: Saying, weights: Mapping[str, float]) -> str:
    """The sentence that decides, or what refuses the task, if that speaks of it."""
    refusal = next((one for one in told.refuses if stems(one) & weights.keys()), "")
    return f"{say(told.decides, SENTENCE - NAME)} {refusal}" if refusal else told.decides


def _short(title: str) -> str:
    return say(title, NAME)


def _bearing(listed: Listed) -> Iterator[str]:
    if orders := orders_words(listed.memory):
        yield orders
    if listed.confidence is not None:
        yield confidence_words(listed.confidence)
    for premise in listed.premises[:1]:
        yield say(f"premise changed: {premise_words(premise)}", NAME * 2).translate(_CHEAPER)
    if listed.freshness is not None and listed.freshness.verdict is not AnchorVerdict.UNKNOWN:
        fresh = stale_words(listed.freshness) or str(listed.freshness.verdict)
        yield say(fresh, NAME * 2).translate(_CHEAPER)


def _sentence(listed: Listed, passage: str) -> str:
    match listed.memory.revision.draft.details:
        case Decision() as decision:
            said = decision.decision
        case Refactoring() as tried:
            said = _came_of(listed, tried) or tried.why
        case Lesson(form="antipattern", alternative=alternative) if alternative:
            said = f"instead: {alternative}"
        case Lesson() as lesson:
            said = lesson.outcome
        case Flag(suggested_action=action) if action:
            said = f"do: {action}"
        case Run() as run:
            said = run.approach or run.task
        case PhasedPlan() as plan:
            said = plan.outcome or _phases(plan)
        case _:
            said = ""
    return said or _text(listed, passage)


def _text(listed: Listed, passage: str) -> str:
    """What comes nearest to the task, or all of it, without the title over again."""
    draft = listed.memory.revision.draft
    text = without_headings(passage or draft.body).strip()
    return text.removeprefix(draft.title).strip() or text


def _measured(series: Series) -> str:
    """How its latest measurement stands: its bound, its spread, how it moved, where it was."""
    latest = series.latest
    bound = "" if latest.threshold is None else f"threshold {number(latest.threshold)}"
    past = f" {VIOLATED}" if latest.is_violated else ""
    words = [
        f"{series.better} is better" if series.better else "",
        bound + past,
        f"spread {number(latest.spread)}" if latest.spread is not None else "",
        "" if latest.compared.movement is Movement.FIRST else latest.compared.words,
        series.environment,
    ]
    return "; ".join(word for word in words if word)


def _came_of(listed: Listed, tried: Refactoring) -> str:
    if not _is_reverted(listed):
        return tried.measured_effect
    why = tried.revert_reason or tried.measured_effect
    return reverted_words(tried.reverted_by, listed.standing.valid_to, why)


def _fields(listed: Listed, passage: str) -> Iterator[tuple[str, str]]:
    """The fields of its kind by name, the most important first; else what it says."""
    draft = listed.memory.revision.draft
    match draft.details:
        case Decision() as one if one.decision:
            yield "Decision", one.decision
            yield "Context", one.context
            yield "Consequences", one.consequences
            yield "Alternatives", "; ".join(one.alternatives)
            yield "Look again when", "; ".join(one.review_triggers)
            yield "Checks", "; ".join(one.checks)
        case Refactoring() as one:
            yield "Came of it", _came_of(listed, one)
            yield "Why", one.why
            yield (
                "Moved",
                "; ".join(_move(move.what, move.origin, move.destination) for move in one.moved),
            )
            yield "Measured", one.measured_effect if _is_reverted(listed) else ""
            yield "Commits", ", ".join(commit[:SHORT_HASH] for commit in one.commits)
        case Lesson() as one if one.outcome or one.context or one.alternative:
            yield "Instead" if one.form == "antipattern" else "Alternative", one.alternative
            yield "Outcome", one.outcome
            yield "Situation", one.context
            yield "Issues", "; ".join(one.issues)
            yield "Evidence for", "; ".join(one.evidence_for)
            yield "Evidence against", "; ".join(one.evidence_against)
        case Flag() as one:
            yield "Says", without_headings(str(draft.extra.get("description", "") or draft.body))
            yield "Do", one.suggested_action
            yield "From", _parties(one)
            yield "Due", day(one.due)
            yield "Resolution", one.resolution
        case Baseline():
            yield "Note", str(draft.extra.get("note", ""))
        case PhasedPlan() as one:
            yield "Request", one.request
            yield "Phases", _phases(one)
            yield "Outcome", one.outcome
        case Run() as one:
            yield "Task", one.task
            yield "Approach", one.approach
            yield "Issues", "; ".join(one.issues)
            yield "Instead", one.alternative
        case _:
            yield "Says", _text(listed, passage)


def _phases(plan: PhasedPlan) -> str:
    """Its phases, and how each stands."""
    return "; ".join(
        f"{one.name}: {one.status}, {counted(len(one.steps), 'step')}" for one in plan.phases
    )


def _is_reverted(listed: Listed) -> bool:
    return listed.standing.status is Status.REVERTED


def _move(what: str, origin: str, destination: str) -> str:
    where = f"{origin} -> {destination}" if destination else origin
    return f"{what}: {where}" if what and where else what or where


def _parties(flag: Flag) -> str:
    to = f" to {', '.join(flag.receivers)}" if flag.receivers else ""
    owner = f", owner {flag.owner}" if flag.owner else ""
    return f"{flag.sender}{to}{owner}".strip(" ,")
