"""Decisions in changelogs and documents: sentences that tell what was chosen, and why."""

from __future__ import annotations

import posixpath
import re
from itertools import pairwise
from typing import TYPE_CHECKING

from indexer.harvest.found_decision import FoundDecision
from indexer.harvest.line_sentences import LONGEST, sentences
from indexer.harvest.reasoning import gives_reason, pattern
from indexer.harvest.titles import title_of
from indexer.markup.page import read_page
from memory.models.harvest import HarvestedFrom, HarvestEvidence
from memory.texts.lexicon import words_of
from memory.texts.words import split_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.harvest.line_sentences import LineSentence

ENDINGS = (".md", ".markdown", ".rst", ".adoc", ".txt")
LARGEST = 2_000_000  # characters of a document
CHANCE = 0.47  # a reader kept 8 of 17

_CHANGELOG = re.compile(
    r"(?:change[s-]?(?:log)?|history|news|releases?|release[-_ ]?notes)\b.*", re.IGNORECASE
)
_RECORD = re.compile(r"(?:[a-z]{2,4}[-_ ])?\d{2,8}(?:[-_ ]|$)")
#: `#123:`, "[#123](...)" or a role, before the words of a change.
_NUMBER = re.compile(r"^\W*(?::\w+:`[^`]*`|\[?`?#?\d{2,6}\b[^\s]*(?:\s*<[^>]*>`?_?)?)\W*\s")
_RELEASES = re.compile(r"(?:^|/)(?:releases|changelogs?|release[-_]notes)/", re.IGNORECASE)


def is_document(path: str) -> bool:
    """Whether a file may tell of decisions: a document, or a changelog."""
    *folders, name = path.lower().split("/")
    if not name.endswith(ENDINGS) or any(one.startswith(".") for one in folders):
        return False
    if any(
        map(_RECORD.match, (*folders, name))
    ):  # such are read as records where there are several
        return False
    aside = words_of("harvest", "aside_documents")
    stem = name.rpartition(".")[0]
    if not aside.isdisjoint((*folders, *re.split(r"[-_. ]", stem), stem)):
        return False
    return (
        not folders
        or is_changelog(path)
        or not words_of("harvest", "document_folders").isdisjoint(folders)
        or stem in words_of("harvest", "document_names")
    )


def is_changelog(path: str) -> bool:
    """Whether a document tells what releases changed."""
    return bool(_CHANGELOG.match(posixpath.basename(path)) or _RELEASES.search(path))


def read_document(path: str, text: str) -> Iterator[FoundDecision]:
    """The decisions that a document or a changelog tells of, in their order."""
    origin: HarvestedFrom = "changelog" if is_changelog(path) else "document"
    aside = 0  # the level of a heading below which nothing is looked at
    for section in read_page(text[:LARGEST]).sections:
        if aside and section.level > aside:
            continue
        is_aside = pattern("aside_headings", begins=True).match(section.title)
        aside = section.level if is_aside else 0
        if not is_aside:
            said = [*sentences(section.text.split("\n"), section.start), None]
            for one, after in pairwise(said):
                goes_on = after if origin == "document" else None
                if one and (title := _title(origin, path, one)) and (why := _reason(one, goes_on)):
                    evidence = HarvestEvidence(quote=one.text, path=path, line=one.line)
                    yield FoundDecision(origin, title, why, evidence, at=None, chance=CHANCE)


def _title(origin: HarvestedFrom, path: str, sentence: LineSentence) -> str:
    """What a sentence says was chosen; "" where it says nothing of the kind."""
    said = sentence.text
    is_long = len(said) > LONGEST
    if is_long or said.endswith(":") or pattern("no_decisions").search(said):
        return ""
    title = title_of(_NUMBER.sub("", said))
    if not title or not words_of("harvest", "trifles").isdisjoint(split_words(title)):
        return ""
    if origin == "changelog":
        is_change = pattern("changes_told").search(title)
        return title if is_change and not pattern("left_over").search(said) else ""
    is_design = pattern("design_documents").search(path)
    is_told = pattern("choices_told").search(said) or (
        is_design and pattern("choices_kept").search(said)
    )
    return title if is_told else ""


def _reason(one: LineSentence, after: LineSentence | None) -> str:
    """The sentence that gives the reason: the one that tells the choice, or both with the next."""
    if gives_reason(one.text):
        return one.text
    if (
        after
        and after.paragraph == one.paragraph
        and _CONTINUES.match(after.text)
        and gives_reason(after.text)
    ):
        return f"{one.text} {after.text}"
    return ""


_CONTINUES = re.compile(
    r"(?:this|because|since|as|the (?:main )?(?:reason|rationale|motivation)|otherwise|it)\b",
    re.IGNORECASE,
)
