import threading
from types import SimpleNamespace

import pytest

from memory.config import Settings
from memory.errors import ModelNotFound, ModelNotUsable
from memory.retrieval import model as served
from memory.retrieval.model import BEING_LOADED, Model, SharedModels
from tests.builders import WordEmbedder

LIMIT = 20  # seconds


class Loader:
    """Loads when it is let; counts."""

    def __init__(self, *, failures=0):
        self.calls = 0
        self.failures = failures
        self.may_load = threading.Event()
        self.stages = []

    def __call__(self, name, *, precision, on_stage, compile_elsewhere):
        self.calls += 1
        on_stage("exporting it", 0.3)
        assert self.may_load.wait(LIMIT)
        if self.calls <= self.failures:
            raise ModelNotUsable(str(name), "it is torn")
        return WordEmbedder()


@pytest.fixture
def state(monkeypatch):
    state = SimpleNamespace(manifest=True, refusal=None, model_id=WordEmbedder.model_id)
    monkeypatch.setattr(served, "model_state", lambda *_, **__: SimpleNamespace(**vars(state)))
    return state


@pytest.fixture
def loader(monkeypatch, state):
    loader = Loader()
    monkeypatch.setattr(served, "load_embedder", loader)
    yield loader
    loader.may_load.set()


def test_a_model_is_loaded_once_however_many_ask(loader):
    model, loaded = Model(), []
    threads = [threading.Thread(target=lambda: loaded.append(model.load())) for _ in range(8)]

    for thread in threads:
        thread.start()
    loader.may_load.set()
    for thread in threads:
        thread.join(LIMIT)

    assert (loader.calls, len(loaded), len(set(map(id, loaded)))) == (1, 8, 1)


def test_nobody_waits_for_a_model_that_is_loaded_in_the_background(loader):
    model = Model()
    model.load_soon()
    model.load_soon()

    assert (model.is_ready, model.reason, model.wait(0.01)) == (False, BEING_LOADED, False)

    loader.may_load.set()
    assert model.wait(LIMIT)
    assert (model.is_ready, model.reason, loader.calls) == (True, "", 1)


def test_whoever_joins_a_compilation_hears_of_its_stages(loader):
    model, heard, threads = Model(), [], []
    loader.may_load.set()

    def load(*values, **options):
        joining = threading.Thread(target=lambda: model.load(lambda *stage: heard.append(stage)))
        joining.start()
        threads.append(joining)
        while not model._stages._listeners:
            pass
        return loader(*values, **options)

    served.load_embedder = load  # undone with the fixture
    model.load()
    threads[0].join(LIMIT)

    assert heard == [("exporting it", 0.3)]


def test_a_failure_in_the_background_is_told_until_something_about_the_model_changes(loader, state):
    loader.failures = 1
    loader.may_load.set()
    model = Model()
    model.load_soon()
    assert not model.wait(LIMIT)

    assert "it is torn" in model.reason
    assert ("it is torn" in model.reason, loader.calls) == (True, 1)  # not tried for each question

    loader.may_load.clear()
    state.refusal = SimpleNamespace(reason="its pooling is unknown")
    assert model.reason == BEING_LOADED
    loader.may_load.set()
    assert model.wait(LIMIT)
    assert loader.calls == 2


def test_who_loads_a_model_that_failed_in_the_background_tries_again(loader):
    loader.failures = 1
    loader.may_load.set()
    model = Model()
    model.load_soon()
    model.wait(LIMIT)

    model.load()

    assert (model.is_ready, loader.calls) == (True, 2)


def test_a_model_that_failed_is_not_tried_again_by_whoever_opens_a_store(loader, state):
    loader.failures = 1
    loader.may_load.set()
    models = SharedModels(in_background=True)
    model = models.of(Settings())
    model.wait(LIMIT)

    for _ in range(5):
        assert models.of(Settings()) is model
        model.wait(LIMIT)
        with pytest.raises(ModelNotUsable, match="it is torn"):
            model.load(again=False)
    assert loader.calls == 1

    state.refusal = SimpleNamespace(reason="its pooling is unknown")
    models.of(Settings()).wait(LIMIT)
    assert (model.is_ready, loader.calls) == (True, 2)


def test_a_failure_that_is_none_of_ours_is_told_too(monkeypatch, state):
    def fail(*_, **__):
        raise ImportError("libgomp.so.1 is missing")

    monkeypatch.setattr(served, "load_embedder", fail)
    model = Model()
    model.load_soon()
    model.wait(LIMIT)

    assert model.reason == "libgomp.so.1 is missing"


def test_a_model_that_is_not_there_is_no_error_before_it_is_loaded(monkeypatch):
    def refuse(name, **_):
        raise ModelNotFound(name, [])

    monkeypatch.setattr(served, "model_state", refuse)
    model = Model("nobody/s")

    assert ("nobody/s" in model.reason, model.model_id, model.can_load) == (True, None, False)


def test_a_model_whose_files_have_changed_is_loaded_anew(loader, state):
    loader.may_load.set()
    model = Model()
    model.load()

    model.look_again()
    assert model.is_loaded

    state.model_id = "words@2/fp32"
    model.look_again()
    assert not model.is_loaded
    model.load()
    assert loader.calls == 2


def test_models_of_equal_settings_are_one_for_as_long_as_it_is_held(state):
    models = SharedModels()

    one = models.of(Settings(model="a", ignore=("x",)))
    other = models.of(Settings(model="a", precision="int8"))

    assert models.of(Settings(model="a")) is one
    assert other is not one
    del one
    assert models.of(Settings(model="a"))._embedder is None


def test_models_in_the_background_begin_to_load_when_they_are_asked_for(loader):
    loader.may_load.set()

    assert SharedModels(in_background=True).of(Settings()).wait(LIMIT)
