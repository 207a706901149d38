"""Decisions in changelogs and documents: sentences that tell what was chosen, and why."""

from __future__ import annotations

import posixpath
import re
from itertools import pairwise
from typing import TYPE_CHECKING

from indexer.harvest.found import Found
from indexer.harvest.reasoning import gives_reason, pattern
from indexer.harvest.sentences import sentences
from indexer.harvest.titles import title_of
from indexer.markup.page import read_page
from memory.models.harvest import Evidence
from memory.texts.lexicon import words_of
from memory.texts.words import split_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.harvest.sentences import Sentence

ENDINGS = (".md", ".markdown", ".rst", ".adoc", ".txt")
LARGEST = 2_000_000  # characters of a document
PLAIN, EVIDENT = 3, 4  # weights beside those of commits

_CHANGELOG = re.compile(
    r"(?:change[s-]?(?:log)?|history|news|releases?|release[-_ ]?notes)\b.*", re.IGNORECASE
)
_RECORD = re.compile(r"(?:[a-z]{2,4}[-_ ])?\d{2,8}(?:[-_ ]|$)")
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


def read_document(path: str, text: str) -> Iterator[Found]:
    """The decisions that a document or a changelog tells of, in their order."""
    told = pattern("changes_told" if is_changelog(path) else "choices_told")
    is_design = bool(pattern("design_documents").search(path))
    page = read_page(text[:LARGEST])
    aside_level = 0
    for section in page.sections:
        if aside_level and section.level > aside_level:
            continue
        aside_level = (
            section.level if pattern("aside_headings", begins=True).match(section.title) else 0
        )
        if aside_level:
            continue
        said = list(sentences(section.text.split("\n"), section.start))
        for one, after in pairwise([*said, None]):
            assert one is not None  # noqa: S101
            if not told.search(one.text) and not (
                is_design and pattern("choices_kept").search(one.text)
            ):
                continue
            if pattern("no_decisions").search(one.text) or one.text.endswith(":"):
                continue
            reason = _reason(one, after)
            title = title_of(one.text) if reason else ""
            if title and words_of("harvest", "trifles").isdisjoint(split_words(title)):
                yield Found(
                    origin="changelog" if is_changelog(path) else "document",
                    title=title,
                    reason=reason,
                    evidence=Evidence(quote=one.text, path=path, line=one.line),
                    at=None,
                    weight=EVIDENT if reason == one.text else PLAIN,
                )


def _reason(one: Sentence, after: Sentence | None) -> str:
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
