"""Serves a compiled model with onnxruntime and tokenizers; torch is not needed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np
import onnxruntime
from tokenizers import Encoding, Tokenizer

from memory.errors import ModelNotUsable
from memory.retrieval.embedding.compiled import MODEL, TOKENIZER
from memory.retrieval.embedding.embedder import longest_first, readable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from memory.retrieval.embedding.compiled import Manifest
    from memory.retrieval.embedding.embedder import OnProgress, Vectors

_MAX_THREADS = 4  # one text is too little work for more


class OnnxEmbedder:
    """An `Embedder` that runs one text at a time.

    Batches of one need no padding and are the fastest on a CPU: per second of one core 24.2 texts
    of 137 tokens, in twos 23.9, in fours 23.1, in sixteens 17.5, and 23.2 unsorted; in int8 51, 50,
    46, 34 and 47. They also make a vector independent of its neighbours, which int8, whose scales
    are taken from the whole batch, would not be.
    """

    def __init__(self, folder: Path, manifest: Manifest, *, threads: int | None = None) -> None:
        """Open the compiled model in a folder.

        Raises:
            ModelNotUsable: Its files cannot be read as what they should be.
        """
        self.model_id = manifest.model_id
        self.dimension = manifest.dimension
        self.max_tokens = manifest.max_tokens
        self._manifest = manifest
        try:
            self._tokenizer = _open_tokenizer(folder / TOKENIZER, manifest.max_tokens)
            self._session = _open_session(folder / MODEL, threads or _usable_cores())
        except Exception as error:  # both libraries raise bare or undocumented classes
            raise ModelNotUsable(manifest.model_id, f"{folder} is damaged: {error}") from error

    def encode(self, texts: Sequence[str], *, on_progress: OnProgress | None = None) -> Vectors:
        """See `Embedder.encode`."""
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        for position in longest_first(texts):
            vectors[position] = self._vector(self._manifest.document_prompt + texts[position])
            if on_progress:
                on_progress(1)
        return vectors

    def encode_query(self, text: str) -> Vectors:
        """See `Embedder.encode_query`."""
        return self._vector(self._manifest.query_prompt + text)

    def count_tokens(self, text: str) -> int:
        """See `Embedder.count_tokens`."""
        encoding = self._tokens(self._manifest.document_prompt + text)
        special = self._tokenizer.num_special_tokens_to_add(is_pair=False)
        return len(encoding) + sum(len(rest) - special for rest in encoding.overflowing)

    def _vector(self, text: str) -> Vectors:
        encoding = self._tokens(text)
        if not encoding.ids:  # a tokeniser without special tokens, and nothing to tokenise
            return np.zeros(self.dimension, np.float32)
        columns = {
            "input_ids": encoding.ids,
            "attention_mask": encoding.attention_mask,
            "token_type_ids": encoding.type_ids,
        }
        feed = {name: np.array([columns[name]], np.int64) for name in self._manifest.inputs}
        vector: Vectors = self._session.run(None, feed)[0][0]
        return vector

    def _tokens(self, text: str) -> Encoding:
        return self._tokenizer.encode(readable(text, max_tokens=self.max_tokens))


def _open_tokenizer(path: Path, max_tokens: int) -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_tokens)
    return tokenizer


def _open_session(path: Path, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3  # errors
    # Threads that spin while they wait burn 40 ms of a core after each text. Only a question less
    # than that after another gains by it (4.4 ms for 7.4); one that comes alone takes 10 for 8.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def _usable_cores() -> int:
    try:
        cores = len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS and Windows
        cores = os.cpu_count() or 1
    return min(cores, _MAX_THREADS)
