"""Which format reads which file, and that the sample project is read as it was meant."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path, PurePosixPath

import pytest

from indexer.formats.document import Document
from indexer.formats.registry import endings_of, format_for, formats

SAMPLE = Path(__file__).parents[3] / "data/sample"


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (".claude/memory/context/decisions.md", "decision log"),
        (".claude/memory/modules/auth/decisions.md", "decision log"),
        (".claude/memory/performance/baselines.json", "baselines"),
        (".claude/memory/refactorings/history.json", "refactorings"),
        (".claude/memory/flags/processed.json", "flags"),
        (".claude/memory/learned/patterns.md", "lessons"),
        (".claude/memory/agents/x-agent/knowledge.json", "agents notes"),
        (".claude/memory/agents/x-agent.md", "agents notes"),
        (".claude/memory/modules/auth/deep/er.md", "modules notes"),
        (".claude/memory/MEMORY.md", "memory pages"),
        (".claude/memory/notes.md", "memory pages"),
        ("memory-bank/systemPatterns.md", "memory pages"),
        ("memory-bank/decisionLog.md", "decision log"),
        (".claude/agents/payments-agent.md", "agent definitions"),
    ],
)
def test_each_path_has_its_format(path, name):
    assert format_for(PurePosixPath(path)).name == name


@pytest.mark.parametrize("path", ["README.md", "src/a.json", "package.json"])
def test_other_files_have_none(path):
    assert format_for(PurePosixPath(path)) is None


@pytest.mark.parametrize(
    "path", [".cursorrules", "a/.cursor/rules/b.mdc", "docs/adr/0001-a.rst", "docs/adr/0002-b.ADOC"]
)
def test_no_ending_that_a_format_accepts_is_left_out(path):
    ending = PurePosixPath(path).suffix.lower()

    assert format_for(PurePosixPath(path)) is not None
    assert ending in endings_of(formats())


def test_a_format_that_states_no_endings_is_asked_of_every_file():
    class Anything(type(formats()[0])):
        endings = frozenset()

    assert endings_of([*formats(), Anything()]) is None


def test_names_are_unique_because_revisions_are_told_by_them():
    found = [each.name for each in formats()]

    assert len(found) == len(set(found))


@pytest.mark.slow
def test_the_sample_project_is_read_without_a_problem():
    kinds: Counter[str] = Counter()
    for file in sorted(SAMPLE.rglob("*")):
        path = PurePosixPath(file.relative_to(SAMPLE).as_posix())
        format_ = format_for(path) if file.is_file() else None
        if format_ is None or not str(path).startswith(".claude"):
            continue
        parsed = format_.parse(Document(str(path), file.read_text()))
        assert not parsed.failed
        assert parsed.problems == ()
        assert parsed.drafts, path
        kinds.update(draft.kind.value for draft in parsed.drafts)

    assert kinds["baseline"] >= 15
    assert kinds["decision"] >= 10
    assert kinds["flag"] >= 10
    assert kinds["lesson"] >= 10
    assert kinds["note"] >= 15
    assert kinds["refactoring"] >= 10


def test_a_format_is_one_new_file(tmp_path, monkeypatch):
    """A file beside the others, with a class derived from `Format`, and nothing else."""
    import indexer.formats
    from indexer.formats import registry

    (tmp_path / "changelogs.py").write_text(
        "from indexer.formats.document import Format, Parsed\n"
        "from memory.kinds.vocabulary import Trust\n"
        "class Changelogs(Format):\n"
        "    name, trust = 'changelogs', Trust.TEAM\n"
        "    def accepts(self, path):\n"
        "        return path.name == 'CHANGELOG.md'\n"
        "    def parse(self, document):\n"
        "        return Parsed()\n"
    )
    monkeypatch.setattr(indexer.formats, "__path__", [*indexer.formats.__path__, str(tmp_path)])
    before = formats()
    registry._classes.cache_clear()

    try:
        added = [each.name for each in formats()]
    finally:
        registry._classes.cache_clear()
        sys.modules.pop("indexer.formats.changelogs", None)

    assert sorted(added) == sorted(["changelogs", *(each.name for each in before)])
