"""What becomes of answers when model, vectors or their lock are not as they should be."""

from types import SimpleNamespace

import pytest

from indexer.project import open_project
from memory.errors import ModelNotUsable, VectorIndexDamaged
from memory.retrieval import neighbours
from memory.retrieval.vector_index import VectorIndex
from tests.builders import WordEmbedder, a_decision

pytestmark = pytest.mark.slow

RECORDS = {"queue": "Orders wait in RabbitMQ.", "money": "Amounts are integers, so no pennies go."}
RETRIES = a_decision(title="Retries carry a key", body="Each retry carries the key of its order.")


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "project/docs/adr"
    folder.mkdir(parents=True)
    for number, (title, text) in enumerate(RECORDS.items(), start=1):
        (folder / f"{number:04}-{title}.md").write_text(
            f"# {number}. On {title}\n\n## Status\n\nAccepted\n\n## Decision\n\n{text}\n"
        )
    return tmp_path / "project"


@pytest.fixture
def memory(root, tmp_path, word_model):
    with open_project(root, store=tmp_path / "store") as memory:
        memory.index()
        yield memory


@pytest.fixture
def many(memory, monkeypatch):
    """A store whose few vectors count as many, so that the index is asked."""
    monkeypatch.setattr(neighbours, "EXACT_UP_TO", 0)
    return memory


def titles(answer) -> list[str]:
    return [hit.memory.title for hit in answer.hits]


def indexed(memory) -> int:
    """How many vectors the open index has."""
    with memory.session.shared.vectors.reading(WordEmbedder()) as index:
        return len(index)


def test_what_is_recorded_after_a_search_is_compared_by_meaning_too(memory):
    memory.search("pennies")
    uid = memory.record(RETRIES, author="human:dana").uid

    answer = memory.related(uid)

    assert answer.complete
    assert sorted(titles(answer)) == ["On money", "On queue"]


def test_a_vector_index_that_fails_while_it_is_asked_costs_no_answer(many, monkeypatch):
    def fail(*_):
        raise VectorIndexDamaged(many.folder, "torn")

    monkeypatch.setattr(VectorIndex, "nearest", fail)

    assert titles(many.search("pennies"))[0] == "On money"


def test_a_damaged_vector_index_is_found_by_a_search_and_made_anew_by_the_next_run(
    many, root, word_model
):
    many.close()
    (many.folder / "vectors/seal.json").write_text("torn")
    encoded = len(word_model.encoded)

    with open_project(root, store=many.folder) as again:
        for _ in range(2):
            answer = again.search("pennies")
            assert (titles(answer)[0], answer.complete) == ("On money", True)
        again.index()
        assert indexed(again) == 2

    assert len(word_model.encoded) == encoded


def test_a_vector_index_that_turns_out_damaged_while_it_is_open_is_made_anew(memory, monkeypatch):
    real, calls = VectorIndex.add, []

    def add(index, keys, vectors):
        calls.append(index)
        if len(calls) == 1:
            raise VectorIndexDamaged(memory.folder, "torn")
        real(index, keys, vectors)

    monkeypatch.setattr(VectorIndex, "add", add)

    memory.record(RETRIES, author="human:dana")

    assert indexed(memory) == 3
    assert memory.status().pending_embeddings == 0


def test_a_model_that_fails_to_load_leaves_words_and_a_reason(root, tmp_path, monkeypatch, memory):
    def refuse(*_, **__):
        raise ModelNotUsable("words", "it is torn")

    monkeypatch.setattr("memory.retrieval.model.load_embedder", refuse)

    with open_project(root, store=memory.folder) as again:
        answer = again.search("pennies")

    assert titles(answer) == ["On money"]
    assert (answer.complete, "it is torn" in answer.reason) == (False, True)


def test_a_model_that_only_torch_can_serve_is_loaded_to_index_and_not_to_look_whether(
    root, tmp_path, monkeypatch
):
    loaded = []
    refusal = SimpleNamespace(reason="its pooling is unknown")
    state = SimpleNamespace(manifest=None, refusal=refusal, model_id=WordEmbedder.model_id)
    monkeypatch.setattr("memory.retrieval.model.model_state", lambda *_, **__: state)
    monkeypatch.setattr(
        "memory.retrieval.model.load_embedder",
        lambda *_, **__: loaded.append(1) or WordEmbedder(),
    )

    with open_project(root, store=tmp_path / "store") as memory:
        assert memory.index().embedded == 2
        assert memory.search("pennies").complete  # it is loaded already
    with open_project(root, store=tmp_path / "store") as memory:
        memory.index()
        answer = memory.search("pennies")

    assert (answer.complete, "its pooling is unknown" in answer.reason) == (False, True)
    assert len(loaded) == 1


def test_a_store_that_another_thread_closes_lets_go_of_its_vectors(many, root):
    from threading import Thread

    many.search("pennies")
    thread = Thread(target=many.close)
    thread.start()
    thread.join()

    with open_project(root, store=many.folder) as other:
        other.record(RETRIES, author="human:dana")
        assert other.status().pending_embeddings == 0


def test_who_has_the_vectors_open_keeps_others_from_writing_them(many, root):
    many.search("pennies")

    with open_project(root, store=many.folder) as other:
        assert other.record(RETRIES, author="human:dana").path
        report = other.index()
    assert (report.pending, "has it open" in report.problems[0]) == (1, True)


def test_what_is_related_to_a_memory_without_embedding_is_said_to_be_incomplete(memory, root):
    uid = memory.search("pennies").hits[0].memory.uid
    (root / "docs/adr/0002-money.md").unlink()
    memory.index(accept_removals=True)

    answer = memory.related(uid)

    assert (answer.complete, "no embedding" in answer.reason) == (False, True)
