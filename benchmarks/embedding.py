"""Measures the embedding routes side by side: start, throughput, one question, and faithfulness.

    python benchmarks/embedding.py ../shared/eval/corpus [--texts 300] [--words 80] [--json]

Rounds alternate between the routes and the best counts, so that a busy machine wrongs none of them.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from memory.retrieval.embedding import Embedder, compile_model, load_embedder, model_state
from memory.retrieval.embedding.torch_embedder import TorchEmbedder

if TYPE_CHECKING:
    from collections.abc import Callable

ROUTES = ("torch fp32", "onnx fp32", "onnx int8")
ROUNDS = 3
QUESTION = "why did we stop retrying failed payments after a timeout?"
START = """
import sys
sys.path.insert(0, {root!r})
from memory.retrieval.embedding import load_embedder, model_state
if {route!r} == "torch fp32":
    from memory.retrieval.embedding.torch_embedder import TorchEmbedder
    embedder = TorchEmbedder(model_state({model!r}).source, "torch")
else:
    embedder = load_embedder({model!r}, precision={route!r}[-4:])
embedder.encode_query("first")
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, help="where texts are taken from (*.md, *.rst, *.txt)")
    parser.add_argument("--model", help="a folder or hub id; the default model if left out")
    parser.add_argument("--texts", type=int, default=300, help="how many passages (300)")
    parser.add_argument("--words", type=int, default=80, help="words in a passage (80)")
    parser.add_argument("--json", action="store_true", help="one object instead of a table")
    options = parser.parse_args()

    texts = take_texts(options.folder, options.texts, options.words)
    for precision in ("fp32", "int8"):
        compile_model(options.model, precision=precision)
    rows = measure(texts, options.model)
    if options.json:
        print(json.dumps({"texts": len(texts), "words": options.words, "routes": rows}))
    else:
        print(f"{len(texts)} texts of {options.words} words; best of {ROUNDS} rounds\n")
        print_table(rows)


def take_texts(folder: Path, count: int, words: int) -> list[str]:
    """Passages of so many words from all over a folder, the same ones every time."""
    passages = []
    for path in sorted(folder.rglob("*")):
        if path.suffix in {".md", ".rst", ".txt"} and path.is_file():
            found = path.read_text(encoding="utf-8", errors="replace").split()
            passages += [" ".join(found[at : at + words]) for at in range(0, len(found), words)]
    if len(passages) < 20:
        sys.exit(f"{folder} holds too little text.")
    random.Random(1).shuffle(passages)
    return passages[:count]


def measure(texts: list[str], model: str | None) -> dict[str, dict[str, float]]:
    """A row of numbers for each route."""
    embedders = {route: open_route(route, model) for route in ROUTES}
    rows = {route: {"start_s": min(start(route, model) for _ in range(ROUNDS))} for route in ROUTES}
    seconds: dict[str, float] = {}
    vectors: dict[str, Any] = {}
    for _ in range(ROUNDS):
        for route, embedder in embedders.items():
            begun = time.perf_counter()
            vectors[route] = embedder.encode(texts)
            seconds[route] = min(time.perf_counter() - begun, seconds.get(route, np.inf))
    for route, embedder in embedders.items():
        rows[route]["texts_per_s"] = len(texts) / seconds[route]
        rows[route]["query_ms"] = 1000 * typical(partial(embedder.encode_query, QUESTION))
        rows[route] |= compare(vectors[route], vectors["torch fp32"])
    return rows


def open_route(route: str, model: str | None) -> Embedder:
    if route == "torch fp32":
        return TorchEmbedder(model_state(model).source, route)
    return load_embedder(model, precision="int8" if route.endswith("int8") else "fp32")


def start(route: str, model: str | None) -> float:
    """Seconds from the start of a process to its first vector, the interpreter's own included."""
    code = START.format(root=str(Path(__file__).parents[1]), route=route, model=model)
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    return time.perf_counter() - begun


def compare(vectors: Any, reference: Any) -> dict[str, float]:
    """How far vectors are from the reference's, and whether they find the same neighbours."""
    shared = [
        len(set(ours) & set(theirs)) / 10
        for ours, theirs in zip(nearest(vectors), nearest(reference), strict=True)
    ]
    return {
        "max_difference": float(np.abs(vectors - reference).max()),
        "mean_cosine": float((vectors * reference).sum(axis=1).mean()),
        "top10_overlap": statistics.mean(shared),
    }


def nearest(vectors: Any) -> Any:
    likeness = vectors @ vectors.T
    np.fill_diagonal(likeness, -2)
    return np.argsort(-likeness, axis=1)[:, :10]


def typical(act: Callable[[], object], times: int = 30) -> float:
    """The median of seconds an act takes, warm."""
    act()
    seconds = []
    for _ in range(times):
        begun = time.perf_counter()
        act()
        seconds.append(time.perf_counter() - begun)
    return statistics.median(seconds)


def print_table(rows: dict[str, dict[str, float]]) -> None:
    columns = list(next(iter(rows.values())))
    print(f"{'route':<12}" + "".join(f"{column:>16}" for column in columns))
    for route, row in rows.items():
        print(f"{route:<12}" + "".join(f"{row[column]:>16.4g}" for column in columns))


if __name__ == "__main__":
    main()
