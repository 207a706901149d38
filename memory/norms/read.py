"""Reads what a revision demands: what is required, forbidden, replaced, chosen over what."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from memory.models.details import Decision, Lesson
from memory.models.norm import Demand, Norm
from memory.norms.considered_options import not_chosen
from memory.norms.cues import read_cues
from memory.norms.sentences import sentences_of
from memory.norms.sides import Intent, read_step
from memory.retrieval.passages import plain_text
from memory.texts.lexicon import any_of, read_lexicon

if TYPE_CHECKING:
    from collections.abc import Iterator

    from memory.models.memory import Draft, Memory

MOST = 24  # norms of one memory
_SAID = {name: any_of(words) for name, words in read_lexicon("norms").items()}
#: How a sentence begins that says what was decided; nothing of it is part of the demand.
_LEAD = re.compile(
    rf"(?:(?:{_SAID['labels']}|option [\w.]+)\s*[,.:)–-]+\s*)*"
    rf"(?:(?:{_SAID['openings']}),?\s+)*(?:(?:{_SAID['grounds']})\b[^,.]{{0,120}},\s+)?"
    r"(?:(?:we|i|it|the team|the [\w ]{1,30}(?:group|board|committee))"
    r"(?:'ll|'ve|\s+will|\s+have|\s+are|\s+was|\s+is|\s+has been)?"
    rf"(?:\s+(?:therefore|also|now))*\s+(?:{_SAID['decided']}|chose(?=\s+to))(?!\s+against)"
    r"(?:\s+that)?(?:\s+we)?(?:\s+(?:will|should|must|to|on|for))?\s+|"
    r"we(?:'ve|\s+have)\s+(?=(?:also\s+)?\w+ed\b)|"
    r"(?:the|a) decision (?:was|is|has been) (?:made |taken )?(?:to|that)\s+|"
    r"we(?:'ll|\s+will|\s+shall|\s+are|\s+must|\s+should)\s+(?!not\b))?",
    re.IGNORECASE,
)
_MARKS = re.compile(r"[\"“”*❌✅]\s?|\s?\([^()]*(?:\)|$)")
#: What stands behind these says why, and is no part of a demand.
_REASON = re.compile(rf"(?:,?\s(?:{_SAID['reasons']})|,\s\w+ing)\b.*", re.IGNORECASE | re.DOTALL)
#: "The current package" gives way to one of its kind, of which it says nothing.
_PRESENT = re.compile(
    rf"(?:(?:the|our|this|an?|all)?\s?(?:{_SAID['present']})|and|or)\b", re.IGNORECASE
)
_LIMITING = re.compile(rf"\s(?:{_SAID['limiting']})\b", re.IGNORECASE)
_WHO = re.compile(r"\b(?:we|i|it|team|decision)\b", re.IGNORECASE)
_DEMANDS = re.compile(rf"\b(?:{_SAID['demanding']})\b", re.IGNORECASE)
_TITLE_CHOICE = re.compile(rf"(?P<new>[^:]+?)\s+(?:{_SAID['over']})\s+(?P<old>.+)", re.IGNORECASE)
#: These say what is spared, may be or is so; nothing is demanded by them.
_NO_DEMAND = re.compile(
    rf"(?:\bnot|n['’]t|\bnever) (?:{_SAID['spared']})\b|\b(?:{_SAID['possible']})\b|"
    rf"^(?:{_SAID['describing']})\b"
    rf"(?!.*\b(?:{_SAID['strong']})\b|\s+(?:{_SAID['standing_for']})\b)|"
    r"^\w+ing\b.*\b(?:will|can|may|is|means)\b",
    re.IGNORECASE,
)


def norms_of(memory: Memory) -> tuple[Norm, ...]:
    """What a memory demands: what its title says, then the rest in the order of its text.

    Only decisions and lessons demand anything. Of what is context nothing is taken, and of
    consequences only what is to be no more.
    """
    draft = memory.revision.draft
    norms = _read(draft)
    return tuple(
        norm.model_copy(update={"lines": lines_in_file(memory, norm.lines)}) for norm in norms
    )


def lines_in_file(memory: Memory, lines: tuple[int, int] | None) -> tuple[int, int] | None:
    """Lines of its body as lines of its file; None where the body is not in there line by line."""
    draft = memory.revision.draft
    if lines is None or not memory.lines or draft.lines is None:
        return None
    if draft.body.count("\n") != draft.lines[1] - draft.lines[0]:
        return None
    return (memory.lines[0] + lines[0], memory.lines[0] + lines[1])


#: By digest: reading one takes a few milliseconds, and the steps of a plan ask for the same.
_KNOWN: dict[str, tuple[Norm, ...]] = {}
_MOST_KNOWN = 4_096


def _read(draft: Draft) -> tuple[Norm, ...]:
    known = _KNOWN.get(draft.digest)
    if known is None:
        if len(_KNOWN) >= _MOST_KNOWN:
            _KNOWN.clear()
        known = _KNOWN[draft.digest] = tuple(islice(_norms(draft), MOST))
    return known


def _norms(draft: Draft) -> Iterator[Norm]:
    details = draft.details
    if isinstance(details, Decision):
        yield from _of_decision(draft, details)
    elif isinstance(details, Lesson):
        yield from _of_lesson(draft, details)


def _of_lesson(draft: Draft, details: Lesson) -> Iterator[Norm]:
    if details.form == "antipattern":
        yield Norm(demand=Demand.FORBIDS, unwanted=draft.title, sentence=draft.title)
        if details.alternative:
            said = details.alternative
            yield Norm(demand=Demand.REQUIRES, wanted=said, sentence=said)
    else:
        yield Norm(demand=Demand.REQUIRES, wanted=draft.title, sentence=draft.title)


def _of_decision(draft: Draft, details: Decision) -> Iterator[Norm]:
    yield from _demands(draft.title, None, is_decision=True)
    decision, consequences, context = map(
        one_line, (details.decision, details.consequences, details.context)
    )
    heads = 0
    for sentence in sentences_of(draft.body):
        if sentence.is_check:
            continue
        said, place = " ".join(sentence.text.split()), (sentence.first, sentence.last)
        is_decision = said in decision if decision else said not in consequences
        is_decision &= said not in context
        heads += is_decision and not said.endswith(":")  # what leads to a list says nothing itself
        if is_decision:
            demanded = list(_demands(said, place, is_decision=True))
            is_first = bool(decision) and heads == 1 and not said.endswith(":")
            if is_first and not demanded and not _NO_DEMAND.search(said):
                demanded = [Norm(demand=Demand.REQUIRES, wanted=said, sentence=said, lines=place)]
            yield from demanded
        elif said in consequences:
            yield from _demands(said, place, is_decision=False)
    lines = draft.body.split("\n")
    for option in not_chosen(details, draft.title):
        at = next((n for n, line in enumerate(lines) if option in plain_text(line)), None)
        yield Norm(
            demand=Demand.CHOSE_OVER,
            wanted=draft.title,
            unwanted=option,
            sentence=plain_text(lines[at]).strip(" #*-") if at is not None else option,
            lines=(at, at) if at is not None else None,
        )


def _demands(said: str, lines: tuple[int, int] | None, *, is_decision: bool) -> Iterator[Norm]:
    """What one sentence demands; of what follows from a decision only what is to be no more."""
    plain = _REASON.sub("", _MARKS.sub("", said.replace("’", "'")))
    if lines is not None and not _is_demand(plain):
        return
    lead = _LEAD.match(plain)
    wanted, unwanted, unclear = _with_tail(read_step(plain[lead.end() :] if lead else plain))
    if not (wanted or unwanted) and lines is None:  # a title, as a rule without a verb
        match = _TITLE_CHOICE.search(said)
        wanted, unwanted = (match["new"], match["old"]) if match else (unclear, "")
    if not unwanted and not (wanted and is_decision):
        return
    if lines is None and not unwanted:
        wanted = said
    if _PRESENT.match(unwanted) or _LIMITING.search(unwanted):
        unwanted = ""
    if not (wanted or unwanted):
        return
    demand = Demand.REQUIRES
    if unwanted:
        demand = Demand.REPLACES if wanted else Demand.FORBIDS
    yield Norm(demand=demand, wanted=wanted, unwanted=unwanted, sentence=said, lines=lines)


def _with_tail(intent: Intent) -> Intent:
    """A list of things is read to its end, though one of them may be a verb that is not known."""
    wanted, unwanted, unclear = intent
    if not unclear.startswith(("and ", "or ")) or bool(wanted) == bool(unwanted):
        return intent
    return Intent(f"{wanted} {unclear}", "") if wanted else Intent("", f"{unwanted} {unclear}")


def _is_demand(said: str) -> bool:
    if _NO_DEMAND.search(said):
        return False
    lead = _LEAD.match(said)
    if lead is not None and _WHO.search(lead[0]):
        return True
    return bool(_DEMANDS.search(said)) or said.partition(" ")[0].lower() in read_cues().verbs


def one_line(text: str) -> str:
    """A text in one line without markup, as `sentences_of` gives its parts."""
    return " ".join(" ".join(plain_text(line) for line in text.split("\n")).split())
