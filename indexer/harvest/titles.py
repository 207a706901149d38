"""Makes the title of a decision of the sentence that tells it."""

from __future__ import annotations

import re

from indexer.harvest.reasoning import pattern

FEWEST, MOST = 3, 130  # words, and characters

#: Links, roles and marks of Markdown and reStructuredText, of which the words are kept.
_MARKS = re.compile(
    r"\[([^\]]*)\]\([^)]*\)|:\w+:`([^`<]*)(?:<[^>]*>)?`|``([^`]+)``|\*\*([^*]+)\*\*"
    r"|`([^`<]+?)\s*<[^>]+>`_+"
)


def unmarked(sentence: str) -> str:
    """A sentence without marks of Markdown and reStructuredText."""
    return _MARKS.sub(lambda match: next(filter(None, match.groups()), ""), sentence)


def title_of(sentence: str) -> str:
    """What a sentence says was chosen, without the reason; "" where it does not stand alone."""
    said = unmarked(sentence).strip()
    said = _without(said, "leads")
    if before := pattern("reasons_before", begins=True).match(said):
        said = said[before.end() :]
    if choosing := pattern("choosing", begins=True).match(said):
        said = f"Use {said[choosing.end() :]}"
    said = _without(_without(said, "deciding"), "leads")
    if cut := pattern("reasons_behind").search(said):
        said = said[: cut.start()]
    said = said.strip(" .,;:(–—-")
    return said if stands_alone(said) else ""


def stands_alone(title: str) -> bool:
    """Whether a title says what it is about, and all of it."""
    if len(title.split()) < FEWEST or len(title) > MOST:
        return False
    is_cut = title.endswith(("…", "...")) or title.count("(") != title.count(")")
    if is_cut or title.count("`") % 2:
        return False
    return not (pattern("hanging", begins=True).match(title) or pattern("pointing").search(title))


def _without(said: str, table: str) -> str:
    match = pattern(table, begins=True).match(said)
    return said[match.end() :] if match else said
