"""Judges two texts read together: a BERT whose layers a fit has moved a little, in numpy.

The layers are those of the sentence model that comes with archmem, the moves are kept in
`data/` as products of two thin matrices (Hu et al. 2021, arXiv:2106.09685). What is computed is
`transformers.models.bert.modeling_bert.BertModel`, the mean of its last layer, and a linear head.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
from tokenizers import Tokenizer

from memory.config import data_folder
from memory.errors import ModelMovesDamaged, ModelNotUsable
from memory.retrieval.embedding.bert_folder import read_weights
from memory.retrieval.embedding.catalog import find_model
from memory.retrieval.embedding.compiled import MODEL, TOKENIZER
from memory.retrieval.embedding.embedder import readable
from memory.retrieval.embedding.onnx_weights import read_onnx_weights
from memory.retrieval.embedding.pairs import PairChances

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

    from memory.retrieval.embedding.bert_folder import Weights

    Numbers = npt.NDArray[np.float32]

MOST_TOKENS = 112  # of both texts, as in the fit
MOVES = "pair_model.npz"
LINEAR = (  # the layers that are moved, in each of the model's
    *(f"attention.self.{part}" for part in ("query", "key", "value")),
    "attention.output.dense",
    "intermediate.dense",
    "output.dense",
)
LAYERS, HEADS, EPSILON = 6, 12, 1e-12  # of all-MiniLM-L6-v2, which the fit has moved


class PairModel:
    """May be asked by several threads at once."""

    def __init__(self, folder: Path, moves: dict[str, Numbers]) -> None:
        """Read the built-in model in a folder, compiled or not, and move it as the fit did.

        Raises:
            Exception: a file cannot be read; tokenizers raises bare ones.
        """
        self._weights = _moved(_weights_in(folder), moves)
        self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MOST_TOKENS)

    def judge(self, first: str, second: str) -> PairChances:
        """What the second text is to the first."""
        first, second = (readable(text, max_tokens=MOST_TOKENS) for text in (first, second))
        encoding = self._tokenizer.encode(first, second)
        hidden = self._embedded(encoding.ids, encoding.type_ids)
        for layer in range(LAYERS):
            hidden = self._layer(hidden, f"encoder.layer.{layer}")
        odds = np.exp(self._linear(hidden.mean(axis=0), "head"))
        return PairChances(*(float(one) for one in odds / odds.sum()))

    def _embedded(self, words: list[int], kinds: list[int]) -> Numbers:
        table = {
            name: self._weights[f"embeddings.{name}_embeddings.weight"]
            for name in ("word", "token_type", "position")
        }
        both = table["word"][words] + table["token_type"][kinds] + table["position"][: len(words)]
        return self._normed(both, "embeddings")

    def _layer(self, hidden: Numbers, at: str) -> Numbers:
        heads = (len(hidden), HEADS, -1)
        query, key, value = (
            self._linear(hidden, f"{at}.attention.self.{part}").reshape(heads).swapaxes(0, 1)
            for part in ("query", "key", "value")
        )
        scores = query @ key.swapaxes(1, 2) / np.float32(np.sqrt(query.shape[2]))
        shares = np.exp(scores - scores.max(axis=2, keepdims=True))
        taken = (shares / shares.sum(axis=2, keepdims=True)) @ value
        seen = self._linear(
            taken.swapaxes(0, 1).reshape(hidden.shape), f"{at}.attention.output.dense"
        )
        hidden = self._normed(hidden + seen, f"{at}.attention.output")
        wide = _gelu(self._linear(hidden, f"{at}.intermediate.dense"))
        return self._normed(hidden + self._linear(wide, f"{at}.output.dense"), f"{at}.output")

    def _linear(self, hidden: Numbers, at: str) -> Numbers:
        product: Numbers = hidden @ self._weights[f"{at}.weight"]
        return product + self._weights[f"{at}.bias"]

    def _normed(self, hidden: Numbers, at: str) -> Numbers:
        away = hidden - hidden.mean(axis=1, keepdims=True)
        spread = np.sqrt((away * away).mean(axis=1, keepdims=True) + EPSILON)
        scaled: Numbers = away / spread * self._weights[f"{at}.LayerNorm.weight"]
        return scaled + self._weights[f"{at}.LayerNorm.bias"]


_LOADED: list[PairModel] = []
_LOADING = Lock()  # of several threads one reads its 90 MB, and the others wait


def load_pair_model() -> PairModel:
    """The one that comes with archmem, which is read once.

    Raises:
        ModelNotFound, ModelNotUsable: the built-in model is not there or not whole.
    """
    with _LOADING:
        if not _LOADED:
            _LOADED.append(_read_pair_model())
        return _LOADED[0]


def _read_pair_model() -> PairModel:
    source = find_model()
    try:
        moves = _read_moves(data_folder() / MOVES)
    except Exception as error:  # numpy and zipfile raise their own
        raise ModelMovesDamaged(source.name, f"{MOVES} cannot be read: {error}") from error
    try:
        return PairModel(source.folder, moves)
    except Exception as error:  # tokenizers raises bare ones
        raise ModelNotUsable(source.name, f"it cannot be read: {error}") from error


def _read_moves(path: Path) -> dict[str, Numbers]:
    with path.open("rb") as file:  # numpy leaves one open that is cut short
        return dict(np.load(file))


def _weights_in(folder: Path) -> Weights:
    """The model's weights; what multiplies a layer's input is inputs x outputs."""
    if (folder / MODEL).is_file():
        return read_onnx_weights(folder / MODEL)
    weights = read_weights(folder)
    for name in _linear():
        weights[f"{name}.weight"] = weights[f"{name}.weight"].T
    return weights


def _linear() -> list[str]:
    return [f"encoder.layer.{layer}.{part}" for layer in range(LAYERS) for part in LINEAR]


def _moved(weights: Weights, moves: dict[str, Numbers]) -> Weights:
    """The weights after the fit: thin products are added, all else takes the place of what was."""
    moved = dict(weights)
    for name, numbers in moves.items():
        if not name.endswith((".a", ".b")):
            moved[name] = numbers.astype(np.float32)
    moved["head.weight"] = moved["head.weight"].T
    for at in _linear():
        narrow, wide = (moves[f"{at}.{side}"].astype(np.float32).T for side in "ab")
        moved[f"{at}.weight"] = np.ascontiguousarray(weights[f"{at}.weight"] + narrow @ wide)
    return moved


def _gelu(value: Numbers) -> Numbers:
    """Hendrycks and Gimpel 2016, arXiv:1606.08415, in its form with tanh: 0.001 off at most."""
    cubed = value * value * value
    inner = np.float32(np.sqrt(2 / np.pi)) * (value + np.float32(0.044715) * cubed)
    found: Numbers = np.float32(0.5) * value * (1 + np.tanh(inner))
    return found
