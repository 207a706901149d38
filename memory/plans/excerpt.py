"""What a memory says about the matter of a step, in one short text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory.kinds.vocabulary import Kind
from memory.norms.read import norms_of
from memory.norms.stances import stances_of
from memory.plans.weigh import share, things

if TYPE_CHECKING:
    from collections.abc import Iterator

    from memory.plans.evidence import Position
    from memory.plans.weigh import Rarity

MOST = 3  # sentences beside the title
LONGEST = 160  # characters of one of them
LEADING = (
    0.15  # share of a step's words that the first sentence which decides is taken to have more
)


def excerpt_of(text: str, position: Position, rare: Rarity) -> str:
    """Whether it holds, its title, and the sentences that say most of the step, in their order.

    Args:
        text: Of the step.
        position: What a memory stands for.
        rare: How rare words are.
    """
    said = things(text)
    title = position.hit.memory.title
    sentences = list(dict.fromkeys(_sentences(position)))
    known = things(title)
    ranked = sorted(
        range(len(sentences)),
        key=lambda at: -(share(rare, things(sentences[at]), said - known) + LEADING * (at == 0)),
    )
    chosen = [_cut(sentences[at]) for at in sorted(ranked[:MOST])]
    return " ".join([f"{'Over' if position.is_over else 'Holds'}: {title}.", *chosen])


def _sentences(position: Position) -> Iterator[str]:
    memory = position.hit.memory
    if memory.kind is not Kind.DECISION:
        return
    stances = stances_of(memory.revision.draft)
    yield from (one.text for one in stances.adopted)
    yield from (one.sentence for one in norms_of(memory))
    yield from (f"Not chosen: {one.name}." for one in stances.refused)
    yield from (f"Chosen: {one.name}." for one in stances.chosen)


def _cut(sentence: str) -> str:
    if len(sentence) <= LONGEST:
        return sentence
    beginning = sentence[:LONGEST]
    return f"{beginning.rpartition(' ')[0] or beginning} …"
