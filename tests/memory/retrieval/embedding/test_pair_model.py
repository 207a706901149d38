"""Two texts are read together without torch, and as torch would read them."""

import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from onnx import helper, numpy_helper

from memory.config import data_folder
from memory.errors import ModelMovesDamaged
from memory.retrieval.embedding import pair_model
from memory.retrieval.embedding.bert_folder import read_bert, read_weights
from memory.retrieval.embedding.bert_graph import write_bert
from memory.retrieval.embedding.catalog import find_model
from memory.retrieval.embedding.compiled import MODEL, TOKENIZER
from memory.retrieval.embedding.onnx_weights import read_onnx_weights
from memory.retrieval.embedding.pair_model import EPSILON, HEADS, LAYERS, LINEAR, MOVES, PairModel
from memory.retrieval.embedding.pairs import judge_pair

HOLDS = "Holds: Images live in ECR. We will keep all images in ECR instead of Docker Hub."


def test_the_three_chances_add_up_to_1_and_do_not_depend_on_what_was_asked_before():
    first = judge_pair(HOLDS, "Publish the images to Docker Hub")
    judge_pair(HOLDS, "Paint the office walls")
    judge_pair.cache_clear()

    assert sum(first) == pytest.approx(1)
    assert judge_pair(HOLDS, "Publish the images to Docker Hub") == first


def test_a_text_of_any_length_and_kind_is_judged():
    for step in ("", "x", "no " * 5_000, "\ud800", "日本語"):
        assert sum(judge_pair(HOLDS, step)) == pytest.approx(1)


def test_the_fit_moves_every_layer_and_nothing_that_is_not_there():
    source = find_model()
    moves = np.load(data_folder() / MOVES)
    weights, bert = read_weights(source.folder), read_bert(source.folder, source.name)
    products = {
        f"encoder.layer.{layer}.{part}.{side}"
        for layer in range(LAYERS)
        for part in LINEAR
        for side in "ab"
    }

    assert (bert.layers, bert.heads, bert.epsilon) == (LAYERS, HEADS, EPSILON)

    assert products <= set(moves)
    assert set(moves) - products - {"head.weight", "head.bias"} <= set(weights)
    assert all(np.isfinite(moves[name]).all() for name in moves)


def test_asking_it_imports_no_torch():
    code = (
        "import sys; from memory.retrieval.embedding import judge_pair; "
        "assert 'numpy' not in sys.modules; judge_pair('a', 'b'); "
        "assert not {'torch', 'onnxruntime', 'transformers'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_compiled_model_has_the_same_weights(tmp_path):
    source = find_model()
    write_bert(read_bert(source.folder, source.name), read_weights(source.folder), tmp_path / MODEL)
    shutil.copyfile(source.folder / TOKENIZER, tmp_path / TOKENIZER)

    compiled = PairModel(tmp_path, dict(np.load(data_folder() / MOVES)))
    assert compiled.judge(HOLDS, "Use Docker Hub") == judge_pair(HOLDS, "Use Docker Hub")


@pytest.mark.parametrize("cut", [1, 10, 1_000])
def test_a_compiled_model_that_is_cut_short_is_refused(tmp_path, cut):
    tensor = numpy_helper.from_array(np.ones((2, 3), np.float32), "one")
    path = tmp_path / MODEL
    path.write_bytes(
        helper.make_model(helper.make_graph([], "empty", [], [], [tensor])).SerializeToString()
    )
    assert read_onnx_weights(path)["one"].shape == (2, 3)

    path.write_bytes(path.read_bytes()[:-cut] or b"\x0a")
    with pytest.raises(ValueError, match="cut short"):
        read_onnx_weights(path)


@pytest.mark.slow
def test_it_computes_what_transformers_computes():
    torch = pytest.importorskip("torch")
    from transformers import AutoModel, AutoTokenizer

    folder = find_model().folder
    moves = dict(np.load(data_folder() / MOVES))
    bert = AutoModel.from_pretrained(folder, add_pooling_layer=False)
    state = bert.state_dict()
    for name, numbers in moves.items():
        if name in state:
            state[name] = torch.tensor(numbers.astype(np.float32))
        elif name.endswith(".b"):
            at = name.removesuffix(".b")
            thin = [torch.tensor(moves[f"{at}.{side}"].astype(np.float32)) for side in "ba"]
            state[f"{at}.weight"] = state[f"{at}.weight"] + thin[0] @ thin[1]
    bert.load_state_dict(state)
    said = AutoTokenizer.from_pretrained(folder)(HOLDS, "Use Docker Hub", return_tensors="pt")
    with torch.no_grad():
        hidden = bert(**said).last_hidden_state[0].mean(0)
    head = [torch.tensor(moves[f"head.{part}"].astype(np.float32)) for part in ("weight", "bias")]
    theirs = torch.softmax(head[0] @ hidden + head[1], 0)

    ours = PairModel(folder, moves).judge(HOLDS, "Use Docker Hub")
    assert ours == pytest.approx(theirs.tolist(), abs=0.005)


@pytest.mark.parametrize("damage", [lambda had: b"", lambda had: had[:1_000], lambda had: None])
def test_moves_that_are_damaged_or_gone_are_told_as_a_model_that_cannot_be_used(
    tmp_path, monkeypatch, damage
):
    found = damage((data_folder() / MOVES).read_bytes())
    if found is not None:
        (tmp_path / MOVES).write_bytes(found)
    monkeypatch.setattr(pair_model, "data_folder", lambda: tmp_path)

    monkeypatch.setattr(pair_model, "_LOADED", [])

    with pytest.raises(ModelMovesDamaged) as refused:
        pair_model.load_pair_model()
    assert MOVES in str(refused.value)


def test_several_threads_that_ask_first_read_it_once(monkeypatch):
    monkeypatch.setattr(pair_model, "_LOADED", [])
    with ThreadPoolExecutor(4) as threads:
        loaded = list(threads.map(lambda _: pair_model.load_pair_model(), range(4)))

    assert len({id(one) for one in loaded}) == 1
