"""Whatever reads what strangers wrote, by a name, as something that takes the bytes of a file.

It raises what nobody foresaw; what it says of a file that it cannot read is well.
"""

from __future__ import annotations

import json
import tempfile
from contextlib import suppress
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from cli.plan_files import read_plan
from indexer.code.contracts import registry as contracts
from indexer.code.coverage_reports import read_coverage
from indexer.code.junit_reader import read_test_results
from indexer.code.registry import languages, read_file
from indexer.code.sarif_reader import read_reported
from indexer.code.timings import read_timings
from indexer.formats.knowledge_bundles import KnowledgeBundles
from indexer.formats.registry import finder, formats
from indexer.harvest.session_lessons import lessons_of
from indexer.harvest.transcripts import answers_in, words_in
from indexer.importing.basic_memory import BasicMemory
from indexer.reading import document_of
from memory.code.facts import facts_from_json
from memory.config import load_settings
from memory.errors import ArchMemError
from memory.lessons.result_parser import read_result
from memory.models.memory import Draft
from memory.planning.plan_reader import read_phases

if TYPE_CHECKING:
    from collections.abc import Callable

    from indexer.code.contracts import ContractReader

#: Of each format, a file that it reads; of those that read two languages one of each.
FILES = (
    *("docs/adr/0001-queue.md", ".claude/memory/context/decisions.md", "AGENTS.md"),
    *("memory-bank/decisionLog.md", "memory-bank/systemPatterns.md"),
    *(".claude/memory/performance/baselines.json", ".claude/memory/flags/pending.json"),
    *(".claude/memory/refactorings/history.json", ".claude/memory/agents/a/knowledge.md"),
    *(".claude/memory/modules/payments/notes.md", ".claude/memory/MEMORY.md"),
    *(".claude/memory/learned/patterns.md", ".claude/memory/learned/patterns.json"),
    *(".claude/agents/payments.md", "~/memory.md", ".claude/memory/plans/plans.json"),
)


def _said(read: Callable[[Any], object], raw: bytes) -> None:
    try:
        said = json.loads(raw)
    except ValueError:
        return
    with suppress(ArchMemError):
        read(said)


def _text(read: Callable[[str], object], raw: bytes) -> None:
    with suppress(ArchMemError):
        read(raw.decode("utf-8", "replace"))


def _file(name: str, read: Callable[[Path], object], raw: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, name).write_bytes(raw)
        with suppress(ArchMemError):
            read(Path(folder))


def _format(path: str, raw: bytes) -> None:
    format_ = finder(formats())(PurePosixPath(path)) or KnowledgeBundles()
    if document := document_of(path, raw):
        for draft in format_.parse(document).drafts:
            assert Draft.model_validate_json(draft.model_dump_json()) == draft


def _language(language: str, raw: bytes) -> None:
    facts = read_file(language, raw).to_json()
    assert facts_from_json(facts).to_json() == facts


def _contract(reader: ContractReader, name: str, folder: Path) -> None:
    contracts._read(reader, folder, name)


def _imported(folder: Path) -> None:
    if BasicMemory().accepts(folder):
        list(BasicMemory().read(folder, "shop"))


def _session(file: Path) -> None:
    list(answers_in(file))
    list(lessons_of(words_in(file)))


FORMATS = {path: partial(_format, path) for path in (*FILES, "bundle/page.md")}
LANGUAGES = {name: partial(_language, name) for name in sorted(languages())}
OTHERS: dict[str, Callable[[bytes], None]] = {
    "archmem.toml": partial(_file, "archmem.toml", partial(load_settings, environment={})),
    "junit.xml": partial(_file, "junit.xml", partial(read_test_results, files=())),
    "scan.sarif": partial(_file, "scan.sarif", read_reported),
    "traces.json": partial(_file, "traces.json", read_timings),
    "coverage.xml": partial(_file, "coverage.xml", partial(read_coverage, files=())),
    **{
        name: partial(_file, name, partial(_contract, reader, name))
        for reader in contracts.contract_readers()
        for name in reader.names
    },
    "session.jsonl": partial(
        _file, "session.jsonl", lambda folder: _session(folder / "session.jsonl")
    ),
    "basic-memory": partial(_file, "page.md", _imported),
    "result": partial(_said, read_result),
    "plan": partial(_text, partial(read_plan, place="stdin")),
    "phases": partial(_said, read_phases),
}
PARSERS: dict[str, Callable[[bytes], None]] = FORMATS | LANGUAGES | OTHERS
