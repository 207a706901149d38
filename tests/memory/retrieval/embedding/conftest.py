"""Models small enough to make in a test: one made by hand in ONNX, one random BERT."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from memory.retrieval.embedding.compiled import MODEL, TOKENIZER, Manifest, Parity, write_manifest

if TYPE_CHECKING:
    from pathlib import Path

WORDS = ["[UNK]", "[CLS]", "[SEP]", "[PAD]", "the", "queue", "is", "kafka", "postgres", "why"]
WORDS += ["because", "payments", "retry", "auth"]
DIMENSION = 8


class CompiledModel:
    """A vector per word, averaged and brought to length 1, in the files of a compiled model."""

    def __init__(self, folder: Path, **changes) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / TOKENIZER).write_text(a_tokenizer().to_str())
        (folder / MODEL).write_bytes(word_average())
        perfect = Parity(max_difference=0.0, mean_cosine=1.0, min_cosine=1.0)
        self.folder = folder
        self.manifest = write_manifest(folder, a_manifest(**changes), perfect)


@pytest.fixture
def make_compiled():
    """Write a compiled model into a folder: `make_compiled(folder, model_id=…)`."""
    return CompiledModel


@pytest.fixture
def compiled(tmp_path):
    """A compiled model, complete in its folder: `compiled.folder`, `compiled.manifest`."""
    return CompiledModel(tmp_path / "models" / "compiled")


def a_manifest(**changes) -> Manifest:
    values = {
        "model_id": "tiny@00000000-0000/fp32",
        "precision": "fp32",
        "dimension": DIMENSION,
        "max_tokens": 6,
        "inputs": ("input_ids", "attention_mask"),
        "query_prompt": "",
        "document_prompt": "",
        "source": "/nowhere",
        "weights": "0" * 64,
        "settings": "0" * 64,
        "versions": {},
    }
    return Manifest(**{**values, **changes})


def a_tokenizer():
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace
    from tokenizers.processors import TemplateProcessing

    ids = {word: number for number, word in enumerate(WORDS)}
    tokenizer = Tokenizer(WordLevel(ids, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 1), ("[SEP]", 2)]
    )
    return tokenizer


def word_average() -> bytes:
    from onnx import TensorProto, helper, numpy_helper

    table = np.random.default_rng(7).normal(size=(len(WORDS), DIMENSION)).astype(np.float32)
    ids, mask = (
        helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "length"])
        for name in ("input_ids", "attention_mask")
    )
    vectors = helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["batch", DIMENSION])
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["tokens"]),
        helper.make_node("ReduceMean", ["tokens", "axes"], ["mean"], keepdims=0),
        helper.make_node("LpNormalization", ["mean"], ["vectors"], axis=1, p=2),
    ]
    constants = [
        numpy_helper.from_array(table, "table"),
        numpy_helper.from_array(np.array([1]), "axes"),
    ]
    graph = helper.make_graph(nodes, "word average", [ids, mask], [vectors], constants)
    opsets = [helper.make_opsetid("", 18)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8).SerializeToString()


@pytest.fixture(scope="session")
def make_bert(tmp_path_factory):
    """Saves a random BERT of two layers: `make_bert(pooling="cls")`. Loads torch."""

    def make(*, pooling="mean", prompts=None, **config):
        folder = tmp_path_factory.mktemp("models") / "tiny bert"
        return save_random_bert(folder, pooling, prompts or {}, config)

    return make


@pytest.fixture(scope="session")
def bert_folder(make_bert):
    """A random BERT with prompts and no Normalize module, written without torch. Loads torch."""
    return make_bert(prompts={"query": "question ", "document": "passage "})


@pytest.fixture(scope="session")
def unusual_folder(make_bert):
    """The same with a pooling that only torch knows. Loads torch."""
    prompts = {"query": "question ", "document": "passage "}
    return make_bert(prompts=prompts, pooling="weightedmean")


def save_random_bert(folder, pooling, prompts, changes):
    from memory.retrieval.embedding.quiet import quiet

    with quiet():
        import torch
        from sentence_transformers import SentenceTransformer
        from sentence_transformers.models import Pooling, Transformer
        from transformers import BertConfig, BertModel, BertTokenizerFast

        torch.manual_seed(3)
        letters = "abcdefghijklmnopqrstuvwxyz0123456789"
        words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters]
        words += [f"##{letter}" for letter in letters]
        bare = folder.with_name("bare")
        bare.mkdir()
        (bare / "vocab.txt").write_text("\n".join(words))
        BertTokenizerFast(str(bare / "vocab.txt")).save_pretrained(bare)
        sizes = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2}
        sizes |= {"intermediate_size": 64, "max_position_embeddings": 64, "initializer_range": 0.3}
        config = BertConfig(vocab_size=len(words), **(sizes | changes))
        BertModel(config).save_pretrained(bare)
        modules = [Transformer(str(bare), max_seq_length=24), Pooling(32, pooling_mode=pooling)]
        model = SentenceTransformer(modules=modules, prompts=prompts, device="cpu")
        model.save(str(folder), create_model_card=False)
    return folder
