"""A plain BERT is written without torch and says what sentence-transformers says."""

import json
import shutil
import subprocess
import sys
import textwrap

import numpy as np
import pytest

from memory.errors import ModelNeedsMore
from memory.retrieval.embedding import catalog, compiler, load_embedder, model_state
from memory.retrieval.embedding.bert_folder import NotPlainBert, read_bert, read_weights
from memory.retrieval.embedding.bert_graph import write_bert
from memory.retrieval.embedding.compiler import PROBES
from memory.retrieval.embedding.onnx_embedder import OnnxEmbedder
from memory.retrieval.embedding.prefixes import Prompts

CONFIG = {
    "model_type": "bert",
    "hidden_size": 4,
    "num_hidden_layers": 0,
    "num_attention_heads": 2,
    "hidden_act": "gelu",
    "max_position_embeddings": 16,
}
FILES = {
    "config.json": CONFIG,
    "modules.json": [
        {"type": "sentence_transformers.models.Transformer", "path": ""},
        {"type": "sentence_transformers.models.Pooling", "path": "1_Pooling"},
        {"type": "sentence_transformers.models.Normalize", "path": "2_Normalize"},
    ],
    "1_Pooling/config.json": {"pooling_mode_mean_tokens": True, "pooling_mode_cls_token": False},
    "sentence_bert_config.json": {"max_seq_length": 8, "do_lower_case": False},
    "config_sentence_transformers.json": {"prompts": {"query": "ask: "}},
    "tokenizer_config.json": {"tokenizer_class": "BertTokenizer", "do_lower_case": True},
    "tokenizer.json": {
        "normalizer": {
            "type": "BertNormalizer",
            "lowercase": True,
            "strip_accents": None,
            "handle_chinese_chars": True,
        }
    },
}


@pytest.fixture
def plain(tmp_path):
    """The files of a plain BERT but for its weights, and a way to change what one says."""

    def write(changed=None, **changes):
        for name, content in FILES.items():
            path = tmp_path / name
            path.parent.mkdir(exist_ok=True)
            said = content | changes if name == changed else content
            path.write_text(json.dumps(said))
        return tmp_path

    return write


def test_what_the_files_say_is_read(plain):
    bert = read_bert(plain(), "tiny")

    assert (bert.pooling, bert.max_tokens, bert.epsilon) == ("mean", 8, 1e-12)
    assert bert.prompts == Prompts("ask: ", "")


@pytest.mark.parametrize(
    ("file", "says"),
    [
        ("config.json", {"model_type": "distilbert"}),
        ("config.json", {"position_embedding_type": "relative_key"}),
        ("config.json", {"is_decoder": True}),
        ("config.json", {"hidden_act": "silu"}),
        ("config.json", {"max_position_embeddings": 4}),
        ("1_Pooling/config.json", {"pooling_mode_cls_token": True}),
        ("1_Pooling/config.json", {"pooling_mode": "lasttoken"}),
        ("1_Pooling/config.json", {"pooling_mode": ["cls", "mean"]}),
        ("1_Pooling/config.json", {"include_prompt": False}),
        ("sentence_bert_config.json", {"do_lower_case": True}),
        ("tokenizer_config.json", {"do_lower_case": False}),
        ("tokenizer_config.json", {"strip_accents": True}),
        ("tokenizer_config.json", {"tokenizer_class": "XLMRobertaTokenizer"}),
    ],
)
def test_what_a_plain_bert_does_not_do_is_left_to_sentence_transformers(plain, file, says):
    with pytest.raises(NotPlainBert):
        read_bert(plain(file, **says), "tiny")


def test_a_further_module_is_left_to_sentence_transformers(plain):
    folder = plain()
    dense = {"type": "sentence_transformers.models.Dense", "path": "2_Dense"}
    (folder / "modules.json").write_text(json.dumps([*FILES["modules.json"][:2], dense]))

    with pytest.raises(NotPlainBert):
        read_bert(folder, "tiny")


def test_a_tokeniser_of_no_stated_class_is_that_of_a_bert(plain):
    folder = plain()
    (folder / "tokenizer_config.json").write_text('{"model_max_length": 1e30}')
    (folder / "sentence_bert_config.json").unlink()

    assert read_bert(folder, "tiny").max_tokens == 16


def test_the_pooling_of_old_files_may_be_unstated(plain):
    assert (
        read_bert(plain("1_Pooling/config.json", pooling_mode_mean_tokens=False), "x").pooling
        == "mean"
    )
    assert read_bert(plain("1_Pooling/config.json", pooling_mode="cls"), "x").pooling == "cls"


def test_weights_are_read_as_numbers_without_the_prefix_and_refused_in_other_formats(tmp_path):
    halves = np.array([[1, 2], [3, 4]], np.float16)
    tensor = {"dtype": "F16", "shape": [2, 2], "data_offsets": [0, 8]}

    def write(tensor):
        header = json.dumps({"__metadata__": {}, "bert.a.weight": tensor}).encode()
        content = len(header).to_bytes(8, "little") + header + halves.tobytes()
        (tmp_path / "model.safetensors").write_bytes(content)

    write(tensor)
    weights = read_weights(tmp_path)
    np.testing.assert_array_equal(weights["a.weight"], halves.astype(np.float32))

    write(tensor | {"dtype": "BF16"})
    with pytest.raises(NotPlainBert, match="BF16"):
        read_weights(tmp_path)


def test_a_missing_weight_is_no_plain_bert(plain, tmp_path):
    with pytest.raises(NotPlainBert, match="word_embeddings"):
        write_bert(read_bert(plain(), "tiny"), {}, tmp_path / "model.onnx")


def test_without_onnx_another_model_says_in_one_line_what_to_install(monkeypatch, tmp_path):
    find_spec = catalog.find_spec
    monkeypatch.setattr(catalog, "find_spec", lambda name: name != "onnx" and find_spec(name))

    with pytest.raises(ModelNeedsMore) as caught:
        model_state("BAAI/bge-small-en-v1.5", cache=tmp_path)

    assert "onnx is not installed" in str(caught.value)
    assert "pip install archmem" in caught.value.hint


@pytest.mark.parametrize(
    ("lacks", "why"),
    [
        ("modules.json", "modules.json: No such file or directory"),
        ("model.safetensors", "its weights are in other files"),
        ("", "JSONDecodeError: "),  # its weights are cut short
    ],
)
def test_without_torch_a_model_says_why_torch_is_needed(plain, monkeypatch, tmp_path, lacks, why):
    find_spec, folder = catalog.find_spec, plain()
    monkeypatch.setattr(compiler, "find_spec", lambda name: name != "torch" and find_spec(name))
    (folder / "model.safetensors").write_bytes(bytes(8))
    (folder / "pytorch_model.bin").write_bytes(b"")
    (folder / lacks).unlink() if lacks else None

    for _ in ("first", "again"):
        with pytest.raises(ModelNeedsMore) as caught:
            load_embedder(str(folder), cache=tmp_path / "cache")

        assert "torch is not installed, and only torch can compile it: " in str(caught.value)
        assert why in str(caught.value)


@pytest.mark.slow
@pytest.mark.parametrize(
    "says",
    [
        {"pooling": "mean"},
        {"pooling": "cls", "prompts": {"query": "question ", "passage": "said "}},
        {"pooling": "max", "hidden_act": "relu"},
        {"pooling": "mean_sqrt_len_tokens", "hidden_act": "gelu_new"},
        {"num_attention_heads": 4, "intermediate_size": 48, "num_hidden_layers": 3},
        {"layer_norm_eps": 1e-3, "type_vocab_size": 1, "max_position_embeddings": 24},
    ],
    ids=lambda says: "-".join(map(str, says)),
)
def test_a_plain_bert_says_what_sentence_transformers_says(make_bert, says, tmp_path, monkeypatch):
    from memory.retrieval.embedding.torch_embedder import TorchEmbedder

    folder = make_bert(**says)
    monkeypatch.setattr(compiler, "_export", None)  # so that torch cannot do it
    ours = load_embedder(str(folder), cache=tmp_path)
    theirs = TorchEmbedder(model_state(str(folder), cache=tmp_path).source, "reference")

    assert (ours.dimension, ours.max_tokens) == (theirs.dimension, theirs.max_tokens)
    np.testing.assert_allclose(ours.encode(PROBES), theirs.encode(PROBES), atol=2e-6)
    for text in PROBES:
        np.testing.assert_allclose(ours.encode_query(text), theirs.encode_query(text), atol=2e-6)
        assert ours.count_tokens(text[:200]) == theirs.count_tokens(text[:200])


@pytest.mark.slow
def test_no_use_of_a_plain_bert_imports_torch_connects_or_prints(tmp_path):
    script = textwrap.dedent("""
        import socket, sys
        socket.socket.connect = lambda *_: sys.exit("went to the network")
        from memory.retrieval.embedding import load_embedder, model_state
        heavy = {"torch", "onnxruntime", "tokenizers", "onnx", "numpy"}
        model_state()
        assert not heavy & set(sys.modules), heavy & set(sys.modules)
        assert load_embedder().encode(["kafka"]).shape == (1, 384)
        assert not {"torch", "transformers"} & set(sys.modules)
        assert ("onnx" in sys.modules) == (sys.argv[1] == "first"), sys.argv[1]
    """)

    for time in ("first", "second"):
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", script, time],
            env={"ARCHMEM_CACHE": str(tmp_path), "PYTHONPATH": ".", "PATH": ""},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("said", ["[" * 100_000, "[]", "1", '{"model_type": "bert"}'])
def test_whatever_settings_say_a_model_is_read_or_is_no_plain_one(tmp_path, said):
    (tmp_path / "config.json").write_text(said)
    (tmp_path / "modules.json").write_text("[]")
    known_as = catalog.Fingerprint("x", "0" * 64, "0" * 64)

    with pytest.raises(NotPlainBert):
        compiler.write_plain(catalog.ModelSource("x", tmp_path), known_as, tmp_path)


@pytest.mark.slow
def test_what_a_wheel_ships_is_served_from_where_it_lies(tmp_path, monkeypatch):
    cache, shipped = tmp_path / "cache", tmp_path / "shipped"
    compiled = model_state(cache=cache)
    source, known_as = compiled.source, compiled.fingerprint
    shipped.mkdir()
    compiler.write_manifest(shipped, compiler.write_plain(source, known_as, shipped), None)
    shutil.rmtree(cache)
    monkeypatch.setattr(catalog, "shipped_folder", lambda: shipped)

    embedder = load_embedder(cache=cache)

    assert isinstance(embedder, OnnxEmbedder)
    assert embedder.model_id == compiled.model_id
    assert not (cache / "models").exists()
    assert model_state(cache=cache, precision="int8").folder.is_relative_to(cache)
