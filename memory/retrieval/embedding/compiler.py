"""Compiles a model once per user, and keeps the result only if it proves to say the same.

A plain BERT is written from its files, in about a second and without torch; that what is written
says the same is what tests prove. Any other model is exported by torch and compared each time.
"""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np
from filelock import FileLock, Timeout

from memory.errors import ModelNotUsable
from memory.retrieval.embedding.bert_folder import NotPlainBert, read_bert, read_weights
from memory.retrieval.embedding.compiled import (
    MODEL,
    TOKENIZER,
    Manifest,
    Parity,
    Refusal,
    find_compiled,
    find_refusal,
    find_shipped,
    model_folder,
    replacing,
    write_manifest,
    write_refusal,
)
from memory.retrieval.embedding.onnx_embedder import OnnxEmbedder
from memory.retrieval.embedding.quiet import quiet

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from memory.retrieval.embedding.bert_folder import Bert, Weights
    from memory.retrieval.embedding.catalog import Fingerprint, ModelSource
    from memory.retrieval.embedding.embedder import Embedder, OnStage, Precision


# The default model reaches 2.3e-7 and 0.989; test_default_model.py holds it to that.
MAX_DIFFERENCE = 1e-4  # fp32, against sentence-transformers
MIN_COSINE = 0.98  # int8, against fp32, on average

PROBES = (
    "",
    " \n\t ",
    "cache",
    "We keep payments idempotent with a key per attempt, because the provider retries.",
    "Superseded by ADR-0014: the queue is PostgreSQL, no longer RabbitMQ. Status: accepted.",
    "p95 latency fell from 840 ms to 212 ms (n=30, commit 9f3c2e1) after the N+1 was removed.",
    "def retry(times: int = 3) -> None:\n    for attempt in range(times):\n        call(attempt)\n",
    "SELECT u.id, count(*) FROM users u JOIN orders o USING (user_id) GROUP BY 1 HAVING 2 > 5;",
    '{"module": "auth", "flags": [{"severity": "high", "blocking": true}]}',
    "Warteschlange über Größe: Entscheidungsträger prüfen müssen — naïve façade, coöperate.",
    "我们决定使用事件溯源，因为审计需要完整的历史记录。",
    "アーキテクチャの決定を記録する。 Принятое решение: отказаться от монолита.",
    "🚀 ship it 👩‍💻 ✅ → ∑(x²) ≤ ∞ \u202eright to left\u202c e\u0301 vs é",
    "\x00nul \ud800 lone surrogate \ufffd and \u200bzero width",
    "supercalifragilisticexpialidocious" * 12,
    "| metric | before | after |\n|---|---|---|\n| rss | 1.2 GB | 480 MB |\n" * 3,
    "Every service owns its tables; nobody reads another's schema. " * 120,  # beyond any maximum
)


def measure_parity(candidate: Embedder, reference: Embedder) -> Parity:
    """How near a candidate's vectors come to the reference's, as passages and as questions."""
    ours, theirs = (
        np.vstack([embedder.encode(PROBES), [embedder.encode_query(text) for text in PROBES[2:6]]])
        for embedder in (candidate, reference)
    )
    cosines = (ours * theirs).sum(axis=1)
    return Parity(
        max_difference=float(np.abs(ours - theirs).max()),
        mean_cosine=float(cosines.mean()),
        min_cosine=float(cosines.min()),
    )


def find_objection(parity: Parity, precision: Precision) -> str | None:
    """Why a model of this parity must not serve; None if it may."""
    if precision == "fp32" and not parity.max_difference <= MAX_DIFFERENCE:
        return f"its vectors differ by {parity.max_difference:.1e} from sentence-transformers'"
    if precision == "int8" and not parity.mean_cosine >= MIN_COSINE:
        return f"in int8 the mean cosine to fp32 falls to {parity.mean_cosine:.3f}"
    return None


_ODD = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError)
_LIBRARIES = ("torch", "transformers", "sentence-transformers", "onnx", "onnxscript", "onnxruntime")


class CompilationRefused(ModelNotUsable):
    """A model cannot be compiled faithfully; sentence-transformers may still serve it."""


class CacheNotWritable(ModelNotUsable):
    """There is no place to put a compiled model."""

    hint = "Make room there, or let ARCHMEM_CACHE name another folder."


def ensure_compiled(
    source: ModelSource,
    known_as: Fingerprint,
    precision: Precision,
    cache: Path,
    *,
    force: bool = False,
    on_stage: OnStage | None = None,
) -> Manifest:
    """The manifest of the model's compiled folder, which is complete and checked afterwards.

    Of several processes one compiles; the others wait for it.

    Args:
        source: The model to compile.
        known_as: Its fingerprint.
        precision: "fp32", or "int8", which is made from fp32.
        cache: The folder that `cache_folder` names.
        force: Compile although it was compiled, or refused, before.
        on_stage: Told what is being done.

    Raises:
        CompilationRefused: The model cannot be exported, or its vectors would differ too much.
        CacheNotWritable: The cache has no room or may not be written; it is as it was.
        ModelNotUsable: sentence-transformers cannot load the model.
    """
    if precision == "fp32" and (shipped := find_shipped(source)):
        return shipped
    job = _Compilation(source, known_as, precision, cache, on_stage or _tell_nobody)
    try:
        with _alone(job.folder, job.report):
            manifest = None if force else find_compiled(job.folder, job.known_as)
            if manifest is None:
                if not force:
                    _respect_refusal(source, job.folder)
                manifest = _compile_or_refuse(job)
    except OSError as error:
        raise CacheNotWritable(source.name, f"{cache}: {error.strerror or error}") from error
    job.report("ready", 1.0)
    return manifest


@dataclass(frozen=True, slots=True)
class _Compilation:
    source: ModelSource
    known_as: Fingerprint
    precision: Precision
    cache: Path
    report: OnStage

    @property
    def folder(self) -> Path:
        return model_folder(self.cache, self.known_as.model_id(self.precision))


def _compile_or_refuse(job: _Compilation) -> Manifest:
    """Compile into the cache, or leave there why that is impossible."""
    try:
        with replacing(job.folder) as scratch:
            if job.precision == "fp32":
                try:
                    written = write_plain(job.source, job.known_as, scratch)
                    return write_manifest(scratch, written, None)
                except NotPlainBert as other:
                    _ensure_torch(job.source, other)
            build = _export if job.precision == "fp32" else _quantise
            manifest, reference = build(job, scratch)
            job.report("comparing vectors", 0.8)
            with _refused_if_it_fails(job, "comparing"):
                parity = measure_parity(OnnxEmbedder(scratch, manifest), reference)
            if objection := find_objection(parity, job.precision):
                raise CompilationRefused(job.source.name, objection)  # noqa: TRY301
            return write_manifest(scratch, manifest, parity)
    except CompilationRefused as refused:
        with replacing(job.folder) as scratch:
            write_refusal(scratch, Refusal(reason=refused.reason, versions=_versions()))
        raise


def _ensure_torch(source: ModelSource, why: NotPlainBert) -> None:
    if lacking_for_torch():
        raise CompilationRefused(source.name, f"only torch can compile it: {why}") from why


def write_plain(source: ModelSource, known_as: Fingerprint, folder: Path) -> Manifest:
    """Write a plain BERT and its tokeniser into a folder.

    Raises:
        NotPlainBert: the model is another, or says what this cannot take.
        OSError: it cannot be written.
    """
    try:
        bert, weights = _read_plain(source)
        from memory.retrieval.embedding.bert_graph import INPUTS, write_bert

        write_bert(bert, weights, folder / MODEL)
    except _ODD as error:  # settings of another make
        raise NotPlainBert(f"{type(error).__name__}: {error}") from error
    shutil.copyfile(source.folder / TOKENIZER, folder / TOKENIZER)
    return Manifest(
        model_id=known_as.model_id("fp32"),
        precision="fp32",
        dimension=bert.dimension,
        max_tokens=bert.max_tokens,
        inputs=INPUTS,
        query_prompt=bert.prompts.query,
        document_prompt=bert.prompts.document,
        source=str(source.folder),
        weights=known_as.weights,
        settings=known_as.settings,
        versions=_versions(),
    )


def _read_plain(source: ModelSource) -> tuple[Bert, Weights]:
    try:
        return read_bert(source.folder, source.name), read_weights(source.folder)
    except OSError as error:
        raise NotPlainBert(f"{error.filename}: {error.strerror}") from error


def _export(job: _Compilation, scratch: Path) -> tuple[Manifest, Embedder]:
    """Write the model in fp32; the reference is sentence-transformers."""
    job.report("loading torch and the model", 0.0)
    from memory.retrieval.embedding.exporter import export_model
    from memory.retrieval.embedding.torch_embedder import TorchEmbedder

    reference = TorchEmbedder(job.source, job.known_as.model_id("fp32"))
    job.report("exporting it to ONNX", 0.3)
    with _refused_if_it_fails(job, "exporting"):
        inputs = export_model(reference.model, scratch / MODEL, scratch / TOKENIZER)
    manifest = Manifest(
        model_id=job.known_as.model_id("fp32"),
        precision="fp32",
        dimension=reference.dimension,
        max_tokens=reference.max_tokens,
        inputs=inputs,
        query_prompt=reference.query_prompt,
        document_prompt=reference.document_prompt,
        source=str(job.source.folder),
        weights=job.known_as.weights,
        settings=job.known_as.settings,
        versions=_versions(),
    )
    return manifest, reference


def _quantise(job: _Compilation, scratch: Path) -> tuple[Manifest, Embedder]:
    """Write the model in int8, with a scale per channel; the reference is fp32."""

    def report(stage: str, share: float) -> None:
        job.report(stage, share * 0.6)

    exact = ensure_compiled(job.source, job.known_as, "fp32", job.cache, on_stage=report)
    shipped = find_shipped(job.source)
    folder = job.source.folder if shipped else model_folder(job.cache, exact.model_id)
    job.report("quantising it to int8", 0.6)
    if not find_spec("onnx"):
        raise CompilationRefused(job.source.name, "onnx is not installed, which int8 needs")
    with quiet(), _refused_if_it_fails(job, "quantising"):
        from onnxruntime.quantization import quantize_dynamic
        from onnxruntime.quantization.shape_inference import quant_pre_process

        prepared = scratch / "prepared.onnx"
        quant_pre_process(folder / MODEL, prepared, skip_symbolic_shape=True)
        quantize_dynamic(prepared, scratch / MODEL, per_channel=True)
        prepared.unlink()
    shutil.copyfile(folder / TOKENIZER, scratch / TOKENIZER)
    changes = {"model_id": job.known_as.model_id("int8"), "precision": "int8", "parity": None}
    return exact.model_copy(update=changes), OnnxEmbedder(folder, exact)


@contextmanager
def _refused_if_it_fails(job: _Compilation, doing: str) -> Iterator[None]:
    """What a model provokes in torch or onnxruntime is its refusal; a full disk is not."""
    try:
        yield
    except OSError:
        raise
    except Exception as error:  # neither library has a common class for what it cannot do
        first_line = str(error).strip().partition("\n")[0]
        raise CompilationRefused(job.source.name, f"{doing} it failed: {first_line}") from error


@contextmanager
def _alone(folder: Path, report: OnStage) -> Iterator[None]:
    """Hold the folder's lock, saying so if another process has it first."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder.with_name(f"{folder.name}.lock"))
    try:
        lock.acquire(timeout=0)
    except Timeout:
        report("waiting for another process that compiles this model", 0.0)
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _respect_refusal(source: ModelSource, folder: Path) -> None:
    """Do not spend half a minute to be refused again."""
    if refusal := standing_refusal(folder):
        raise CompilationRefused(source.name, refusal.reason)


def standing_refusal(folder: Path) -> Refusal | None:
    """Why the model of this folder would be refused again; other libraries are worth a try."""
    refusal = find_refusal(folder)
    return refusal if refusal and refusal.versions == _versions() else None


def _versions() -> dict[str, str]:
    return {name: version(name) for name in _LIBRARIES if find_spec(name.replace("-", "_"))}


def lacking_for_torch() -> str | None:
    """A library without which torch cannot serve a model, if one is not installed."""
    needed = ("torch", "sentence_transformers", "onnxscript")
    return next((name.replace("_", "-") for name in needed if not find_spec(name)), None)


def _tell_nobody(_stage: str, _share: float) -> None:
    pass
