"""Writes a SentenceTransformer as one ONNX file and a tokeniser; imports torch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from memory.retrieval.embedding.quiet import quiet

with quiet():
    import torch

if TYPE_CHECKING:
    from pathlib import Path

_INPUTS = ("input_ids", "attention_mask", "token_type_ids")
# Of different lengths and more than one, so that neither axis looks like a constant.
_EXAMPLE = ["an example", "and an example that is longer than the first"]


class NotExportable(Exception):
    """A model does more than an ONNX file and a tokeniser can."""


def export_model(model: Any, model_file: Path, tokenizer_file: Path) -> tuple[str, ...]:
    """Write all modules, pooling and normalisation included, with batch and length left open.

    Returns:
        The names of the ONNX model's inputs.

    Raises:
        NotExportable: Its input is not plain text made tokens by a fast tokeniser.
    """
    features = model.preprocess(_EXAMPLE)
    inputs = tuple(name for name in _INPUTS if isinstance(features.get(name), torch.Tensor))
    _check_exportable(model, features, inputs)
    tokenizer_file.write_text(model.tokenizer.backend_tokenizer.to_str(), encoding="utf-8")
    axes = {0: torch.export.Dim.DYNAMIC, 1: torch.export.Dim.DYNAMIC}
    with quiet(), torch.no_grad():
        torch.onnx.export(
            _Sentence(model).eval(),
            tuple(features[name] for name in inputs),
            str(model_file),
            dynamo=True,
            verbose=False,
            external_data=False,
            dynamic_shapes=[axes] * len(inputs),
            input_names=list(inputs),
            # BERT's graph has an "embedding" and a "sentence_embedding" of its own.
            output_names=["unit_sentence_vector"],
        )
    return inputs


class _Sentence(torch.nn.Module):  # type: ignore[misc]
    """A SentenceTransformer as a function of tensors, its result of length 1."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.model = model

    def forward(
        self,
        input_ids: torch.Tensor,
        attention_mask: torch.Tensor,
        token_type_ids: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """Unit vectors, batch x dimension."""
        features = {"input_ids": input_ids, "attention_mask": attention_mask}
        if token_type_ids is not None:
            features["token_type_ids"] = token_type_ids
        vectors = self.model(features)["sentence_embedding"]
        return torch.nn.functional.normalize(vectors, dim=1)


def _check_exportable(model: Any, features: dict[str, Any], inputs: tuple[str, ...]) -> None:
    tensors = {name for name, value in features.items() if isinstance(value, torch.Tensor)}
    if features.get("modality", "text") != "text" or inputs[:2] != _INPUTS[:2]:
        raise NotExportable("its input is not text as tokens with a mask")
    if more := sorted(tensors - set(inputs)):
        raise NotExportable(f"it needs inputs that only sentence-transformers makes: {more}")
    if getattr(model.tokenizer, "backend_tokenizer", None) is None:
        raise NotExportable("its tokeniser has no tokenizer.json")
    pooled_without_prompt = any(not getattr(module, "include_prompt", True) for module in model)
    if pooled_without_prompt and any(model.prompts.values()):
        raise NotExportable("its pooling leaves out the prompt")
