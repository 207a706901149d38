from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from cli.commands import model as model_command
from cli.commands.model import with_model
from memory.errors import ModelNotFound
from memory.retrieval.embedding.compiled import Manifest, Parity, Refusal

PARITY = Parity(max_difference=1.3e-7, mean_cosine=1.0, min_cosine=0.999999)
MANIFEST = Manifest(
    model_id="tiny@1/fp32",
    precision="fp32",
    dimension=8,
    max_tokens=256,
    inputs=("input_ids",),
    query_prompt="",
    document_prompt="",
    source="/models/tiny",
    weights="0",
    settings="0",
    versions={},
    parity=PARITY,
)


def a_state(**changes):
    said = {
        "source": SimpleNamespace(name="tiny", folder=Path("/models/tiny")),
        "model_id": "tiny@1/fp32",
        "precision": "fp32",
        "folder": Path("/cache/models/tiny"),
        "manifest": MANIFEST,
        "refusal": None,
    }
    return SimpleNamespace(**(said | changes))


@pytest.fixture
def asked(monkeypatch):
    """What the library is asked, which answers with a compiled model."""
    calls = []

    def answer(name, **settings):
        calls.append((name, settings))
        if on_stage := settings.get("on_stage"):
            on_stage("exporting", 0.5)
        return a_state()

    monkeypatch.setattr(model_command, "model_state", answer)
    monkeypatch.setattr(model_command, "compile_model", answer)
    return calls


def test_the_model_that_is_set_is_shown(answer, new_shop, asked):
    (new_shop / "archmem.toml").write_text('model = "/models/tiny"\nprecision = "int8"\n')

    text = answer("model")

    assert asked == [("/models/tiny", {"precision": "int8"})]
    assert text == (
        "Model     tiny, fp32\n"
        "Id        tiny@1/fp32\n"
        "Source    /models/tiny\n"
        "Compiled  /cache/models/tiny\n"
        "Vectors   8 floats from up to 256 tokens\n"
        "Checked   least cosine 0.999999, greatest difference 1.3e-07\n"
    )


def test_a_model_that_could_not_be_compiled_says_why(answer, new_shop, monkeypatch):
    refusal = Refusal(reason="its pooling is unknown", versions={})
    monkeypatch.setattr(
        model_command, "model_state", lambda *_, **__: a_state(manifest=None, refusal=refusal)
    )

    text = answer("model")

    assert "Compiled  no: `archmem model compile` does it" in text
    assert "Refused   its pooling is unknown" in text


def test_the_model_as_json_is_one_object(objects, new_shop, asked):
    (line,) = objects("model")

    assert line["compiled"]["dimension"] == 8
    assert line["refused"] is None
    assert line["folder"] == "/cache/models/tiny"


def test_compiling_hands_on_what_is_asked_for(run, new_shop, asked):
    result = run("model", "compile", "--model", "a/b", "--precision", "int8", "--force", "--json")

    ((name, settings),) = asked
    assert name == "a/b"
    assert settings["precision"] == "int8"
    assert settings["force"] is True
    assert settings["allow_download"] is False
    assert json.loads(result.stdout)["model"] == "tiny"
    assert "Compiling the model: exporting (50% done)" in result.stderr


def test_compiling_takes_what_is_set(run, new_shop, asked, monkeypatch):
    monkeypatch.setenv("ARCHMEM_PRECISION", "int8")

    run("model", "compile")

    assert asked[0][0] is None
    assert asked[0][1]["precision"] == "int8"


def test_a_model_that_is_not_there_is_named(run, new_shop, monkeypatch):
    monkeypatch.setenv("ARCHMEM_MODEL", "nobody/has-this")

    result = run("model")

    assert result.exit_code == 1
    assert str(ModelNotFound("nobody/has-this", [])).split(";")[0] in result.stderr


def test_a_setting_without_a_meaning_is_named(run, new_shop):
    (new_shop / "archmem.toml").write_text("modle = 1\n")

    result = run("model")

    assert result.exit_code == 1
    assert "archmem.toml: there is no setting 'modle'" in result.stderr


@pytest.mark.slow
def test_the_default_model_is_found(objects, new_shop):
    (line,) = objects("model")

    assert line["model"] == "all-MiniLM-L6-v2"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", 'model = "tiny"\n'),
        ('# ours\nmodules = ["a"]\n', 'model = "tiny"\n# ours\nmodules = ["a"]\n'),
        (
            'model = "old"  # why\n[modules]\nmodel = "m"\n',
            'model = "tiny"\n[modules]\nmodel = "m"\n',
        ),
    ],
)
def test_a_project_uses_another_model_once_it_is_compiled(run, new_shop, asked, before, after):
    (new_shop / "archmem.toml").write_text(before)

    ended = run("model", "use", "tiny")

    assert ended.exit_code == 0, ended.stderr
    assert (new_shop / "archmem.toml").read_text() == after
    assert [name for name, _ in asked] == ["tiny"]


def test_a_setting_that_cannot_be_replaced_is_left_alone():
    with pytest.raises(ValueError, match="by hand"):
        with_model('model = """\nold"""\n', "tiny")
