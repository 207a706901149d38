"""Turns text into unit vectors: finds a model, compiles it once per user, serves it without torch.

Two lines are enough:

    embedder = load_embedder()  # or a folder, or the id of a model in the Hugging Face cache
    embedder.encode(["Payments are retried three times."])  # 1 x 384 floats, length 1

Importing this package loads neither torch nor onnxruntime.
"""

from memory.retrieval.embedding.embedder import Embedder, OnStage, Precision
from memory.retrieval.embedding.loading import ModelState, compile_model, load_embedder, model_state

__all__ = [
    "Embedder",
    "ModelState",
    "OnStage",
    "Precision",
    "compile_model",
    "load_embedder",
    "model_state",
]
