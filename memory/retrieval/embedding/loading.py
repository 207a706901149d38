"""Gives a ready embedder for a model's name: compiled if possible, by torch if not.

Whatever imports onnxruntime or torch is imported here when it is needed, and nowhere earlier.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from memory.errors import ModelNeedsMore, ModelNotUsable
from memory.retrieval.embedding.catalog import Fingerprint, ModelSource, find_model, fingerprint
from memory.retrieval.embedding.compiled import (
    Manifest,
    Refusal,
    cache_folder,
    find_compiled,
    find_refusal,
    find_shipped,
    model_folder,
)

if TYPE_CHECKING:
    from pathlib import Path

    from memory.retrieval.embedding.embedder import (
        CompileElsewhere,
        Embedder,
        OnStage,
        Precision,
    )

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ModelState:
    """What is known of a model before it is loaded; finding it out takes milliseconds."""

    source: ModelSource
    fingerprint: Fingerprint
    precision: Precision
    folder: Path  # of the compiled model, whether it is there or not
    manifest: Manifest | None  # None: it has yet to be compiled
    refusal: Refusal | None  # why it was not compiled when that was last tried

    @property
    def model_id(self) -> str:
        """What its vectors are stored under."""
        return self.fingerprint.model_id(self.precision)


def model_state(
    name: str | None = None,
    *,
    precision: Precision = "fp32",
    allow_download: bool = False,
    cache: Path | None = None,
) -> ModelState:
    """Find a model and see whether it is compiled, without loading anything.

    Raises:
        ModelNotFound: `catalog.find_model` says where it looks.
        ModelNotUsable: There is a folder, but no whole model in it.
    """
    cache = cache or cache_folder()
    source = find_model(name, allow_download=allow_download)
    shipped = find_shipped(source)
    if shipped:
        known_as = Fingerprint(source.name, shipped.weights, shipped.settings)
    else:
        known_as = fingerprint(source, cache)
    if shipped and precision == "fp32":
        return ModelState(source, known_as, precision, source.folder, shipped, None)
    folder = model_folder(cache, known_as.model_id(precision))
    manifest = find_compiled(folder, known_as)
    return ModelState(source, known_as, precision, folder, manifest, find_refusal(folder))


def load_embedder(
    name: str | None = None,
    *,
    precision: Precision = "fp32",
    allow_download: bool = False,
    on_stage: OnStage | None = None,
    cache: Path | None = None,
    compile_elsewhere: CompileElsewhere | None = None,
) -> Embedder:
    """A model that is ready to encode; half a second, once it is compiled.

    The first call for a model compiles it: about a second for a plain BERT, as the default model
    is, half a minute by torch for others. A model that cannot be compiled faithfully is served by
    torch, and int8 that strays too far by fp32, each with a warning in the log. A damaged
    compiled model is compiled anew.

    Args:
        name: A folder or a hub id; None is the default model, which is always there.
        precision: "int8" is about twice as fast and a little less exact.
        allow_download: Fetch a hub model that is not on this machine.
        on_stage: Told the stages of a compilation, for a progress bar.
        cache: Where compiled models are kept; None is `cache_folder()`.
        compile_elsewhere: Compiles it for us, where this process is not to do that itself.

    Raises:
        ModelNotFound: No such model on this machine.
        ModelNeedsMore: It needs torch, and that is not installed.
        ModelNotUsable: It is there, but cannot be read, or the cache cannot be written.
    """
    cache = cache or cache_folder()
    state = model_state(name, precision=precision, allow_download=allow_download, cache=cache)
    from memory.retrieval.embedding.onnx_embedder import OnnxEmbedder

    if state.manifest:
        try:
            return OnnxEmbedder(state.folder, state.manifest)
        except ModelNotUsable as damage:
            _log.warning("%s It is compiled anew.", damage)
    from memory.retrieval.embedding.compiler import CompilationRefused, lacking_for_torch

    force = state.manifest is not None
    try:
        if compile_elsewhere:
            manifest = _compiled_elsewhere(name, state, compile_elsewhere, force, on_stage)
        else:
            manifest = _compile(state, cache, force=force, on_stage=on_stage)
        return OnnxEmbedder(state.folder, manifest)
    except CompilationRefused as refused:
        if precision == "int8":
            _log.warning("%s fp32 serves instead.", refused)
            return load_embedder(
                name, on_stage=on_stage, cache=cache, compile_elsewhere=compile_elsewhere
            )
        if lacking := lacking_for_torch():
            raise ModelNeedsMore(state.source.name, lacking, refused.reason) from refused
        _log.warning("%s torch serves instead, which starts slowly.", refused)
    from memory.retrieval.embedding.torch_embedder import TorchEmbedder

    return TorchEmbedder(state.source, state.model_id)


def compile_model(
    name: str | None = None,
    *,
    precision: Precision = "fp32",
    allow_download: bool = False,
    force: bool = False,
    on_stage: OnStage | None = None,
    cache: Path | None = None,
) -> ModelState:
    """Compile a model that is not compiled yet, or with `force` any.

    Raises:
        CompilationRefused: It cannot be compiled faithfully; `load_embedder` can still serve it.
        ModelNotFound, ModelNotUsable: As for `load_embedder`.
    """
    cache = cache or cache_folder()
    state = model_state(name, precision=precision, allow_download=allow_download, cache=cache)
    return replace(state, manifest=_compile(state, cache, force=force, on_stage=on_stage))


def _compile(state: ModelState, cache: Path, *, force: bool, on_stage: OnStage | None) -> Manifest:
    from memory.retrieval.embedding.compiler import ensure_compiled

    return ensure_compiled(
        state.source, state.fingerprint, state.precision, cache, force=force, on_stage=on_stage
    )


def _compiled_elsewhere(
    name: str | None,
    state: ModelState,
    compile_elsewhere: CompileElsewhere,
    force: bool,
    on_stage: OnStage | None,
) -> Manifest:
    """What another process has compiled.

    Raises:
        CompilationRefused: It cannot be compiled faithfully.
        ModelNotUsable: Nothing came of it.
    """
    from memory.retrieval.embedding.compiler import CompilationRefused, standing_refusal

    if force or not standing_refusal(state.folder):
        compile_elsewhere(name, state.precision, force, on_stage or (lambda *_: None))
    if manifest := find_compiled(state.folder, state.fingerprint):
        return manifest
    if refusal := standing_refusal(state.folder):
        raise CompilationRefused(state.source.name, refusal.reason)
    raise ModelNotUsable(state.source.name, "it could not be compiled")
