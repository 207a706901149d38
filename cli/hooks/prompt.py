"""UserPromptSubmit: the memories that answer a prompt, when it is likely that they do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from cli.fencing import QUOTED
from cli.hooks.quotes import context, joined, length, quote
from memory.retrieval.calibration import load_relevance
from memory.texts.words import content_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cli.hooks import Payload
    from cli.hooks.sessions import SessionContexts
    from memory.api import ArchMem
    from memory.models.answer import Hit

LIMIT = 2_000  # characters
HITS = 3
JOINS = 0.1  # the relevance that the others need, once one hit reaches the threshold
LEAST_WORDS = 2  # that say something
LONGEST = 4_000  # characters of a prompt; the model reads a quarter of them
_HEAD = f"archmem, the project's memory, has on this: {QUOTED}"
_COMMAND = re.compile(r"[/!][\w:.-]*(?:\s|$)")  # "/compact now", "! ls"; a path goes on with "/"


def answer_prompt(payload: Payload, memory: ArchMem, given: SessionContexts) -> dict[str, Any]:
    """What is relevant to the prompt and was not given to this session as it stands now."""
    prompt = payload.prompt.strip()
    if not is_worth_asking(prompt):
        return {}
    answer = memory.search(prompt[:LONGEST], limit=HITS)
    had = given.to(memory.folder, payload.session_id)
    hits = [hit for hit in relevant(answer.hits) if had.is_new(hit)]
    blocks: list[str] = []
    room = LIMIT - length(_HEAD) - 1
    for place, hit in enumerate(hits):
        share = room // (len(hits) - place)  # what one does not need, the others have
        text = f"[{hit.heading}]\n{hit.passage}" if hit.heading else hit.passage
        block = quote(hit, text, answer.titles, share - 1, citation=hit.citation)
        if block:
            blocks.append(block)
            had.add(hit)
            room -= length(block) + 1
    return context("UserPromptSubmit", joined([_HEAD, *blocks]) if blocks else "")


def is_worth_asking(prompt: str) -> bool:
    """Whether a prompt is no command, and says enough to be searched for."""
    if _COMMAND.match(prompt):
        return False
    return len(content_words(prompt[:LONGEST])) >= LEAST_WORDS


def relevant(hits: Sequence[Hit]) -> list[Hit]:
    """The hits worth showing, best first, but what is in force before what is not.

    None, unless one of them is very likely to answer; with it those that may well do.
    """
    threshold = load_relevance().unasked
    if max((hit.relevance or 0.0 for hit in hits), default=0.0) < threshold:
        return []
    kept = [hit for hit in hits if (hit.relevance or 0.0) >= JOINS]
    current = {uid for hit in kept for uid in hit.standing.current}
    shown = [hit for hit in hits if hit in kept or hit.memory.uid in current]
    return sorted(
        shown,
        key=lambda hit: (bool(hit.memory.revision.source.orders), not hit.standing.in_force),
    )
