"""Reads what a folder says of its sentence model, if that is a BERT of the plain kind.

"Plain" is what `bert_graph` can write and tests compare with sentence-transformers. A folder that
says anything else is left to sentence-transformers itself, which knows all kinds.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast

import numpy as np

from memory.retrieval.embedding.catalog import weight_files
from memory.retrieval.embedding.compiled import TOKENIZER
from memory.retrieval.embedding.embedder import MAX_TOKENS
from memory.retrieval.embedding.prefixes import Prompts, known_prompts, stated_prompts

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

Weights: TypeAlias = "dict[str, npt.NDArray[np.float32]]"
Pooling: TypeAlias = Literal["mean", "cls", "max"]

_ACTIVATIONS = ("gelu", "gelu_new", "gelu_pytorch_tanh", "relu")
# The mean over the root of the length has the direction of the mean; the length becomes 1 anyway.
_POOLINGS = {"mean": "mean", "mean_sqrt_len_tokens": "mean", "cls": "cls", "max": "max"}
_POOLING_FLAGS = {  # as sentence-transformers before 5 wrote them
    "pooling_mode_cls_token": "cls",
    "pooling_mode_max_tokens": "max",
    "pooling_mode_mean_tokens": "mean",
    "pooling_mode_mean_sqrt_len_tokens": "mean_sqrt_len_tokens",
    "pooling_mode_weightedmean_tokens": "weightedmean",
    "pooling_mode_lasttoken": "lasttoken",
}
_TOKENIZERS = {"BertTokenizer", "BertTokenizerFast", "PreTrainedTokenizerFast"}
_NUMBERS = {"F32": np.float32, "F16": np.float16}


class NotPlainBert(Exception):
    """The folder says something that only sentence-transformers knows how to take."""


@dataclass(frozen=True, slots=True)
class Bert:
    """All that the vectors of a plain BERT depend on, but for its weights and its vocabulary."""

    dimension: int
    layers: int
    heads: int
    epsilon: float  # of the layers' normalisation
    activation: str  # one of _ACTIVATIONS
    pooling: Pooling
    max_tokens: int
    prompts: Prompts


def read_bert(folder: Path, name: str) -> Bert:
    """What a model's folder, in the layout of sentence-transformers, says of it.

    Args:
        folder: The folder.
        name: What the model is called: some families' prompts are known by it only.

    Raises:
        NotPlainBert: it is no BERT, or does more than a plain one.
        OSError, ValueError: a file cannot be read.
    """
    config = _read(folder / "config.json")
    _expect(config.get("model_type") == "bert", "it is no BERT")
    _expect(config.get("position_embedding_type") in (None, "absolute"), "its positions")
    _expect(not config.get("is_decoder") and not config.get("add_cross_attention"), "a decoder")
    _expect(config.get("hidden_act", "gelu") in _ACTIVATIONS, "its activation")
    kinds = [(str(one["type"]).rpartition(".")[2], one["path"]) for one in _modules(folder)]
    _expect([kind for kind, _ in kinds[:2]] == ["Transformer", "Pooling"], "its modules")
    _expect(kinds[0][1] == "", "its transformer lies elsewhere")
    _expect(all(kind == "Normalize" for kind, _ in kinds[2:]), "its modules")
    pooling = _read(folder / kinds[1][1] / "config.json")
    prompts = _prompts(folder, name)
    _expect(
        pooling.get("include_prompt", True) or not any(prompts), "its pooling leaves out prompts"
    )
    return Bert(
        dimension=config["hidden_size"],
        layers=config["num_hidden_layers"],
        heads=config["num_attention_heads"],
        epsilon=config.get("layer_norm_eps", 1e-12),
        activation=config.get("hidden_act", "gelu"),
        pooling=_pooling(pooling),
        max_tokens=_max_tokens(folder, config),
        prompts=prompts,
    )


def read_weights(folder: Path) -> Weights:
    """The tensors of the model's one safetensors file by name, without BERT's own prefix.

    The format: huggingface.co/docs/safetensors/index#format.

    Raises:
        NotPlainBert: there are several files, or numbers of another kind.
        OSError, ValueError: it cannot be read.
    """
    files = weight_files(folder)
    _expect(
        [file.name for file in files] == ["model.safetensors"], "its weights are in other files"
    )
    content = np.memmap(files[0], np.uint8, "r")
    size = int(content[:8].view("<u8")[0])
    header: dict[str, Any] = json.loads(content[8 : 8 + size].tobytes())
    header.pop("__metadata__", None)
    tensors = {}
    for name, tensor in header.items():
        if name.endswith("position_ids"):
            continue
        _expect(tensor["dtype"] in _NUMBERS, f"its numbers are {tensor['dtype']}")
        start, end = (8 + size + offset for offset in tensor["data_offsets"])
        numbers = content[start:end].view(_NUMBERS[tensor["dtype"]]).reshape(tensor["shape"])
        tensors[name.removeprefix("bert.")] = np.asarray(numbers, np.float32)
    return tensors


def _modules(folder: Path) -> list[dict[str, Any]]:
    return cast("list[dict[str, Any]]", _read(folder / "modules.json"))


def _pooling(config: dict[str, Any]) -> Pooling:
    said = config.get("pooling_mode") or [m for f, m in _POOLING_FLAGS.items() if config.get(f)]
    modes = [said] if isinstance(said, str) else said or ["mean"]
    _expect(len(modes) == 1 and modes[0] in _POOLINGS, f"its pooling is {modes}")
    return cast("Pooling", _POOLINGS[modes[0]])


def _prompts(folder: Path, name: str) -> Prompts:
    settings = folder / "config_sentence_transformers.json"
    said = _read(settings) if settings.exists() else {}
    prompts = {name: text or "" for name, text in (said.get("prompts") or {}).items()}
    if not any(prompts.values()) and (known := known_prompts(name)):
        return known
    return stated_prompts(prompts, said.get("default_prompt_name"))


def _max_tokens(folder: Path, config: dict[str, Any]) -> int:
    """As sentence-transformers finds it; the tokeniser must be the one that it would make."""
    settings = folder / "sentence_bert_config.json"
    said = _read(settings) if settings.exists() else {}
    _expect(not said.get("do_lower_case"), "its texts are made lower case first")
    _expect(not said.get("processing_kwargs"), "its tokeniser is called with more")
    options = _read(folder / "tokenizer_config.json")
    kind = options.get("tokenizer_class", "BertTokenizer")  # as goes with a BERT
    _expect(kind in _TOKENIZERS, "its tokeniser")
    normalizer = _read(folder / TOKENIZER)["normalizer"] or {}
    if kind != "PreTrainedTokenizerFast":
        asked = {
            "type": "BertNormalizer",
            "lowercase": options.get("do_lower_case", True),
            "strip_accents": options.get("strip_accents"),
            "handle_chinese_chars": options.get("tokenize_chinese_chars", True),
        }
        _expect(asked.items() <= normalizer.items(), "its tokeniser's settings disagree")
    longest: int = config["max_position_embeddings"]
    most = said.get("max_seq_length") or min(options.get("model_max_length", longest), longest)
    _expect(most <= longest, "it has fewer positions than it takes tokens")
    return min(int(most), MAX_TOKENS)


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _expect(holds: object, otherwise: str) -> None:
    if not holds:
        raise NotPlainBert(otherwise)
