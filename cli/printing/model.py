"""The embedding model in a few lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cli.forms.screen import Screen
    from memory.retrieval.embedding import ModelState


def print_model(screen: Screen, state: ModelState) -> None:
    """Print what is known of a model without loading it."""
    screen.facts(_facts(state))


def _facts(state: ModelState) -> Iterator[tuple[str, str]]:
    yield "Model", f"{state.source.name}, {state.precision}"
    yield "Id", state.model_id
    yield "Source", str(state.source.folder)
    manifest = state.manifest
    if manifest is None:
        yield "Compiled", "no: `archmem model compile` does it, and so does `archmem index`"
        if state.refusal:
            yield "Refused", state.refusal.reason
        return
    yield "Compiled", str(state.folder)
    yield "Vectors", f"{manifest.dimension} floats from up to {manifest.max_tokens} tokens"
    if manifest.parity:
        difference, cosine = manifest.parity.max_difference, manifest.parity.min_cosine
        yield "Checked", f"least cosine {cosine:.6f}, greatest difference {difference:.1e}"
