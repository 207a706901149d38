"""Every parser by a name, as something that takes the bytes of a file, or raises."""

from __future__ import annotations

from functools import partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from indexer.code.registry import languages, read_file
from indexer.formats.registry import finder, formats
from indexer.reading import document_of
from memory.code.facts import facts_from_json
from memory.models.memory import Draft

if TYPE_CHECKING:
    from collections.abc import Callable

PATHS = {
    find.name: path
    for path in (
        *("docs/adr/0001-queue.md", ".claude/memory/context/decisions.md", "AGENTS.md"),
        *("memory-bank/decisionLog.md", "memory-bank/systemPatterns.md"),
        *(".claude/memory/performance/baselines.json", ".claude/memory/flags/pending.json"),
        *(".claude/memory/refactorings/history.json", ".claude/memory/agents/a/knowledge.md"),
        *(".claude/memory/modules/payments/notes.md", ".claude/memory/lessons/lessons.md"),
        *(".claude/agents/payments.md", ".claude/memory/MEMORY.md"),
    )
    if (find := finder(formats())(PurePosixPath(path)))
}


def parsers() -> dict[str, Callable[[bytes], None]]:
    """By the name of a format or of a language; each also keeps what it makes of a file."""
    of_formats = {name: partial(_read_format, path) for name, path in PATHS.items()}
    return of_formats | {name: partial(_read_language, name) for name in languages()}


def _read_format(path: str, raw: bytes) -> None:
    format_ = finder(formats())(PurePosixPath(path))
    if format_ and (document := document_of(path, raw)):
        for draft in format_.parse(document).drafts:
            assert Draft.model_validate_json(draft.model_dump_json()) == draft


def _read_language(language: str, raw: bytes) -> None:
    facts = read_file(language, raw)
    assert facts_from_json(facts.to_json()) == facts
