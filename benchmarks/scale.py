"""How archmem grows: stores of 1,000, 10,000 and 100,000 memories, kept, filled and asked.

    python benchmarks/scale.py [--sizes 1000,10000,100000] [--passages 1] [--json]

The memories are made. Each passage joins sentences of two real paragraphs found below --texts and
ends in words of its own, so that no two are equal; one in ten supersedes an earlier memory, in
chains of four, and each belongs to one of 20 modules. The vectors are made as well, since encoding
100,000 texts would take an hour: a passage's lies between the real embeddings of its two
paragraphs, with noise (a random direction of length 0.3 is added and the sum made length 1), so
that it has near and far neighbours as real ones do. Everything else is the program itself: memories
are kept as the indexer keeps them, vectors go through the embedding queue, and each of the
--questions, which are real, is an `ArchMem.search` that encodes it with the real model.

The floor of a search is the bare encoding of its question, measured in turn with it: `ratio` is
the search's p50 over the encoding's. `module` is the same search for one module of the 20.
`cold` is a new process, from its start to its first answer.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.common import (
    make_folder,
    megabytes,
    print_table,
    quantile,
    read_lines,
    resident_mb,
    timed,
)
from benchmarks.made_memories import MODULES, START, Maker, embed_paragraphs, uid_of
from indexer.linking import link_references
from indexer.project import open_project
from memory.kinds.vocabulary import Trust
from memory.ledger import store_facts
from memory.ledger.sqlite.connection import open_ledger
from memory.models.memory import Source
from memory.models.selection import Selection
from memory.retrieval.embedding_queue import embed_pending
from memory.retrieval.passages import keep_memory
from memory.retrieval.vector_index import VectorIndex
from memory.session import LEDGER

BATCH = 500  # memories in one transaction
FIRST_ANSWER = """
import sys
from pathlib import Path
from indexer.project import open_project
with open_project(sys.argv[1], store=Path(sys.argv[2])) as project:
    assert project.search(sys.argv[3]).complete
"""


def main() -> None:
    options = read_options()
    questions = [one["query"] for one in read_lines(options.questions)]
    rows = []
    with tempfile.TemporaryDirectory() as scratch:
        work = options.work or Path(scratch)
        work.mkdir(parents=True, exist_ok=True)
        embed_paragraphs(options.texts, work)
        for size in map(int, options.sizes.split(",")):
            folder = work / f"{size}x{options.passages}"
            figures = in_new_process(build, work, folder, size, options.passages)
            figures |= in_new_process(ask, folder, questions)
            rows.append({"memories": size, **figures, "cold_s": first_answer(folder, questions[0])})
    growth = [grow(small, large) for small, large in pairwise(rows)]
    if options.json:
        print(json.dumps({"passages": options.passages, "rows": rows, "growth": growth}))
        return
    print_table(rows)
    if growth:
        print("\nGrowth as a share of the store's own: 1 is linear, less is better.")
        print_table(growth)


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sizes", default="1000,10000,100000")
    parser.add_argument("--passages", type=int, default=1, help="of each memory")
    parser.add_argument("--texts", type=Path, default=ROOT / "data/sample")
    parser.add_argument("--questions", type=Path, default=ROOT / "data/sample/questions.jsonl")
    parser.add_argument("--work", type=Path, help="where stores are kept between runs")
    parser.add_argument("--json", action="store_true", help="print one object")
    return parser.parse_args()


def in_new_process(step: Any, *arguments: Any) -> dict[str, float]:
    """A step's figures; in a process of its own, so that memory and caches start anew."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(step, *arguments).result()


def build(work: Path, folder: Path, size: int, passages: int) -> dict[str, float]:
    """A store with all memories and vectors, if there is none yet."""
    kept = folder / "built.json"
    if kept.exists():
        return json.loads(kept.read_text())
    maker = Maker(work)
    open_project(make_folder(folder / "project"), store=folder / "store").close()
    ledger = open_ledger(folder / "store" / LEDGER)
    _, keeping = timed(lambda: keep(ledger, maker, size, passages))
    _, linking = timed(lambda: link_references(ledger))
    vectors = folder / "store" / "vectors"
    index = VectorIndex.open(vectors, model_id=maker.model_id, dimension=maker.dimension)
    report, filling = timed(lambda: embed_pending(ledger, maker, index))
    with ledger.writing() as db:
        db.facts.save(store_facts.MODEL, maker.model_id)
    index.close()
    ledger.close()
    figures = {
        "keep_s": keeping + linking,
        "fill_s": filling - report.seconds,
        "ledger_mb": megabytes(folder / "store" / LEDGER),
        "vectors_mb": megabytes(vectors),
    }
    kept.write_text(json.dumps(figures))
    return figures


def keep(ledger: Any, maker: Maker, size: int, passages: int) -> None:
    for start in range(0, size, BATCH):
        with ledger.writing() as db:
            for number in range(start, min(size, start + BATCH)):
                path = f"docs/adr/{number:06}-made.md"
                source = Source(author="indexer", trust=Trust.REVIEWED, path=path)
                keep_memory(db, uid_of(number), maker.draft(number, passages), source, START)


def ask(folder: Path, questions: list[str]) -> dict[str, float]:
    """Ask everything once to warm up, then each question bare, of all memories and of a module."""
    module = Selection(modules=MODULES[:1])
    times: dict[str, list[float]] = {"encode": [], "search": [], "module": []}
    with open_project(folder / "project", store=folder / "store") as project:
        encode = project.session.meaning.encode_query  # a second model would contend for the cores
        for question in questions:
            project.search(question)
        for question in questions:
            times["encode"].append(timed(lambda: encode(question))[1] * 1e3)  # noqa: B023
            times["search"].append(timed(lambda: project.search(question))[1] * 1e3)  # noqa: B023
            times["module"].append(
                timed(lambda: project.search(question, selection=module))[1] * 1e3  # noqa: B023
            )
        memory = resident_mb()
    return {
        "rss_mb": memory,
        "encode_p50": quantile(times["encode"], 0.5),
        "p50_ms": quantile(times["search"], 0.5),
        "p95_ms": quantile(times["search"], 0.95),
        "ratio": quantile(times["search"], 0.5) / quantile(times["encode"], 0.5),
        "module_p50": quantile(times["module"], 0.5),
        "module_p95": quantile(times["module"], 0.95),
    }


def first_answer(folder: Path, question: str) -> float:
    """Seconds from the start of a process to its first answer."""
    command = [sys.executable, "-c", FIRST_ANSWER, folder / "project", folder / "store", question]
    return timed(lambda: subprocess.run(command, cwd=ROOT, check=True))[1]


def grow(small: dict[str, float], large: dict[str, float]) -> dict[str, Any]:
    """By how much each figure grew, over how much the store did."""
    times = large["memories"] / small["memories"]
    row: dict[str, Any] = {"growth": f"{small['memories']} to {large['memories']}"}
    return row | {
        name: large[name] / small[name] / times
        for name in small
        if name not in {"memories", "ratio", "encode_p50"}
    }


if __name__ == "__main__":
    main()
