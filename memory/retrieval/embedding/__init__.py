"""Turns text into unit vectors: finds a model, compiles it once per user, serves it without torch.

Two lines are enough:

    embedder = load_embedder()  # or a folder, or the id of a model in the Hugging Face cache
    embedder.encode(["Payments are retried three times."])  # 1 x 384 floats, length 1

Importing this package loads neither torch nor onnxruntime.
"""

import os

from memory.retrieval.embedding.embedder import CompileElsewhere, Embedder, OnStage, Precision
from memory.retrieval.embedding.loading import ModelState, compile_model, load_embedder, model_state
from memory.retrieval.embedding.pairs import PairChances, judge_pair

# onnxruntime 1.29 and later report each session to Microsoft and keep a device id under ~/.cache,
# unless this is set before it starts (onnxruntime#27379). Nothing here goes to the network.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

__all__ = [
    "CompileElsewhere",
    "Embedder",
    "ModelState",
    "OnStage",
    "PairChances",
    "Precision",
    "compile_model",
    "judge_pair",
    "load_embedder",
    "model_state",
]
