"""Serves a model with sentence-transformers itself: the authority, and ten seconds slower to start.

Importing this module imports torch; only `loading` and `compiler` do, when they have to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np

from memory.errors import ModelNotUsable
from memory.retrieval.embedding.embedder import MAX_TOKENS, longest_first, readable
from memory.retrieval.embedding.prefixes import known_prompts, stated_prompts
from memory.retrieval.embedding.quiet import quiet

with quiet():
    from sentence_transformers import SentenceTransformer
    from transformers.utils.logging import disable_progress_bar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from memory.retrieval.embedding.catalog import ModelSource
    from memory.retrieval.embedding.embedder import OnProgress, Vectors

_WINDOW = 16  # texts between two reports of progress


class TorchEmbedder:
    """An `Embedder` run by torch."""

    def __init__(self, source: ModelSource, model_id: str) -> None:
        """Load a model from its folder, in 32-bit floats.

        Raises:
            ModelNotUsable: sentence-transformers cannot load it, or only with code of its own.
        """
        disable_progress_bar()
        try:
            with quiet():
                self.model: Any = SentenceTransformer(
                    str(source.folder),
                    device="cpu",
                    local_files_only=True,
                    trust_remote_code=False,
                )
        except Exception as error:  # whatever a model's configuration can provoke
            raise ModelNotUsable(source.name, f"{type(error).__name__}: {error}") from error
        if not any(self.model.prompts.values()) and (known := known_prompts(source.name)):
            self.model.prompts = known._asdict()
        self.model.float().eval()
        self.model_id = model_id
        self.dimension = int(self.model.get_embedding_dimension())
        prompts = stated_prompts(self.model.prompts, self.model.default_prompt_name)
        self.query_prompt, self.document_prompt = prompts
        self.max_tokens = min(self.model.max_seq_length or MAX_TOKENS, MAX_TOKENS)

    def encode(self, texts: Sequence[str], *, on_progress: OnProgress | None = None) -> Vectors:
        """See `Embedder.encode`."""
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        order = longest_first(texts)
        for start in range(0, len(order), _WINDOW):
            window = order[start : start + _WINDOW]
            vectors[window] = self._run(self.model.encode_document, [texts[i] for i in window])
            if on_progress:
                on_progress(len(window))
        return vectors

    def encode_query(self, text: str) -> Vectors:
        """See `Embedder.encode_query`."""
        return cast("Vectors", self._run(self.model.encode_query, [text])[0])

    def count_tokens(self, text: str) -> int:
        """See `Embedder.count_tokens`."""
        text = readable(self.document_prompt + text, max_tokens=self.max_tokens)
        return len(self.model.tokenizer(text).input_ids)

    def _run(self, method: Any, texts: list[str]) -> Vectors:
        prepared = [readable(text, max_tokens=self.max_tokens) for text in texts]
        vectors: Vectors = method(
            prepared, batch_size=1, normalize_embeddings=True, show_progress_bar=False
        )
        return vectors
