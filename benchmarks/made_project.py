"""Projects to measure on: the sample, and one of so many decision records as no sample has.

The records of the large one are made (see made_memories.py): sentences of real paragraphs, in real
files that archmem scans, parses and keeps as it does a user's. Only their vectors are made up too,
near the real ones of their paragraphs, since encoding 10,000 texts would take ten minutes.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.common import make_folder, read_lines
from benchmarks.made_memories import Maker, embed_paragraphs
from indexer.formats.registry import formats
from indexer.pipeline import take_in
from indexer.project import open_project
from memory.config import STORE_FOLDER
from memory.ledger import store_facts
from memory.ledger.sqlite.connection import open_ledger
from memory.retrieval.embedding_queue import embed_pending
from memory.retrieval.vector_index import VectorIndex
from memory.session import LEDGER

SAMPLE = ROOT / "data/sample"
RECORDS = "docs/adr"
_RECORD = """\
# {number}. {title}

Date: 2024-01-15

## Status

Accepted

## Context

{body}
"""
_TITLE = 90  # characters


def questions() -> list[str]:
    """Real questions; both projects have texts that answer them."""
    return [one["query"] for one in read_lines(SAMPLE / "questions.jsonl")]


def sample_project(folder: Path) -> Path:
    """The sample as a repository of its own, as a user's project is; nothing is indexed."""
    shutil.copytree(SAMPLE, folder)
    return _as_repository(folder)


def made_project(folder: Path, count: int) -> Path:
    """A project of so many records, all of them taken in; the same one if it is there already.

    Loads the model and opens the vector index: best called in a process of its own.
    """
    root = folder / f"{count}-records"
    if (root / ".git").exists():  # made last
        return root
    shutil.rmtree(root, ignore_errors=True)
    embed_paragraphs(SAMPLE, make_folder(folder))
    maker = _Maker(folder)
    make_folder(root / RECORDS)
    for number in range(count):
        write_record(root, number, maker.text(number))
    _take_in(root, maker)
    return _as_repository(root)


def write_record(root: Path, number: int, body: str) -> Path:
    """Decision record `number` of a project, with this text."""
    file = root / RECORDS / f"{number:05}-made.md"
    title = f"{body[:_TITLE].rpartition(' ')[0]} {number}"
    file.write_text(_RECORD.format(number=number, title=title, body=body), "utf-8")
    return file


class _Maker(Maker):
    """Makes the texts of records, and finds in each passage which one it is of."""

    def text(self, number: int) -> str:
        return self._section(number)

    def encode(self, texts: list[str], **_: Any) -> Any:
        """A vector for each text, made of its number; of a text that says none, of its length."""
        seeds = (re.search(r"#(\d+)", text) for text in texts)
        numbers = (
            int(seed[1]) if seed else len(text) for seed, text in zip(seeds, texts, strict=True)
        )
        return super().encode([f"#{number}" for number in numbers])


def _take_in(root: Path, maker: _Maker) -> None:
    open_project(root).close()  # makes the store
    store = root / STORE_FOLDER
    ledger = open_ledger(store / LEDGER)
    take_in(ledger, root, formats(()))
    index = VectorIndex.open(store / "vectors", model_id=maker.model_id, dimension=maker.dimension)
    embed_pending(ledger, maker, index)
    with ledger.writing() as db:
        db.facts.save(store_facts.MODEL, maker.model_id)
    index.close()
    ledger.close()


def _as_repository(root: Path) -> Path:
    name = ("-c", "user.name=benchmark", "-c", "user.email=benchmark@example.com")
    commit = ("commit", "--quiet", "--message", "Made")
    for command in (("init", "--quiet"), ("add", "--all"), (*name, *commit)):
        subprocess.run(["git", "-C", root, *command], check=True)
    return root
