"""The sentences of a memory that are worth handing over: what bears on a task, what refuses it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from memory.models.details import Decision
from memory.models.norm import Demand
from memory.norms.read import norms_of
from memory.norms.sentences import sentences_of
from memory.texts.words import stems

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from memory.models.memory import Draft, Memory
    from memory.models.norm import Norm

#: What a sentence counts for by itself that decides, and one that only stands where decisions do;
#: one that has all words of the task counts for 1.
DECIDES, IN_PLACE = 0.5, 0.3
IN_PASSAGE = 0.15  # and one of the passage that comes nearest to the task for so much more
BEARS = 0.2  # share of a task's words, by how much they tell, from which a sentence bears on it
MOST = 3  # further sentences that bear on the task
MOST_REFUSALS = 2
#: Characters; what is shorter says nothing by itself, and of a decision ("Use Helm v3.") no more.
SHORTEST, SHORTEST_IN_PLACE = 25, 8
FRAGMENT = 0.5  # what begins in small letters counts for so much: as a rule an item of a list


class Saying(NamedTuple):
    """What a memory says to a task, each a sentence; nothing twice."""

    decides: str  # that decides, as near to the task as one of them comes; "" where none does
    refuses: tuple[str, ...]  # that forbid, or say what was not chosen, nearest first
    bears: tuple[str, ...]  # others that speak of the task, in the order of the text


def saying(memory: Memory, weights: Mapping[str, float], passage: str) -> Saying:
    """What a memory says to a task.

    Args:
        memory: Of any kind; only decisions and lessons refuse anything.
        weights: How much each word of the task tells, by its stem.
        passage: What of the memory comes nearest to it.
    """
    total = sum(weights.values()) or 1.0

    def share(text: str) -> float:
        return sum(weights[word] for word in stems(text) & weights.keys()) / total

    draft = memory.revision.draft
    norms = [norm for norm in norms_of(memory) if norm.sentence != draft.title]
    deciding = {norm.sentence for norm in norms if norm.demand is not Demand.CHOSE_OVER}
    options = tuple(norm.unwanted for norm in norms if norm.demand is Demand.CHOSE_OVER)
    near = " ".join(passage.split())
    heard: dict[str, float] = {}
    for in_place, part in _parts(draft):
        for text in (one.text for one in sentences_of(part)):
            said = text.rstrip(".") in draft.title
            if (
                said
                or len(text) < (SHORTEST_IN_PLACE if in_place else SHORTEST)
                or text.endswith((":", "?"))
                or text.startswith(options)
            ):
                continue
            by_itself = DECIDES if text in deciding else in_place
            worth = share(text) + by_itself + IN_PASSAGE * (text in near)
            heard[text] = worth * (FRAGMENT if text[0].islower() else 1.0)
    decides = max(heard, key=heard.__getitem__, default="")
    refusals = sorted(
        (norm for norm in norms if _refuses(norm) and norm.sentence != decides),
        key=lambda norm: -share(f"{norm.unwanted} {norm.sentence}"),
    )
    refuses = tuple(dict.fromkeys(_words(norm) for norm in refusals))[:MOST_REFUSALS]
    told = {decides, *refuses}
    nearest = sorted(
        (text for text in heard if text not in told and heard[text] >= BEARS),
        key=lambda text: -heard[text],
    )[:MOST]
    return Saying(decides, refuses, tuple(text for text in heard if text in nearest))


def _parts(draft: Draft) -> Iterator[tuple[float, str]]:
    """The parts of a text that say something, each with what its sentences count for."""
    details = draft.details
    if isinstance(details, Decision) and details.decision:
        yield 0.0, details.context
        yield IN_PLACE, details.decision
        yield 0.0, details.consequences
    else:
        yield 0.0, draft.body


def _refuses(norm: Norm) -> bool:
    return norm.demand in (Demand.FORBIDS, Demand.CHOSE_OVER)


def _words(norm: Norm) -> str:
    if norm.demand is not Demand.CHOSE_OVER:
        return norm.sentence
    why = norm.sentence if norm.sentence.startswith(norm.unwanted) else norm.unwanted
    return f"not chosen: {why}"
