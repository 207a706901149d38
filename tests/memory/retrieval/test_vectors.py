import os
import threading

import pytest

from memory.errors import StoreBusy, StoreNotFound, VectorIndexDamaged
from memory.retrieval import vector_index
from memory.retrieval.vectors import Turns, Vectors
from tests.builders import WordEmbedder

LIMIT = 20  # seconds
MODEL = WordEmbedder()
VECTOR = MODEL.encode_query("words").reshape(1, -1)


class OtherEmbedder(WordEmbedder):
    model_id = "other@1/fp32"


@pytest.fixture
def vectors(tmp_path):
    vectors = Vectors(tmp_path)
    with vectors.writing(MODEL) as index:
        index.add(["a"], VECTOR)
    yield vectors
    vectors.close()


def test_reading_makes_no_index_where_there_is_none(tmp_path):
    vectors = Vectors(tmp_path)

    with vectors.reading(MODEL) as index:
        assert index is None

    assert list(tmp_path.iterdir()) == []


def test_two_that_have_a_store_open_own_its_index_in_turn(vectors, tmp_path):
    other = Vectors(tmp_path)
    with other.reading(MODEL) as index:
        assert index is None
    with pytest.raises(StoreBusy), other.writing(MODEL):
        pass

    vectors.close()

    with other.reading(MODEL) as index:
        assert len(index) == 1
    other.close()


def test_damage_is_found_also_while_it_is_open(vectors, tmp_path):
    assert vectors.find_fault() == ""
    with vectors.reading(MODEL):
        pass
    graph = next((tmp_path / "vectors").rglob("data_level0.bin"))
    found = graph.stat()
    graph.write_bytes(bytes(255 - byte for byte in graph.read_bytes()))
    os.utime(graph, ns=(found.st_atime_ns, found.st_mtime_ns))  # as a disk does it

    assert "is not as it was last written" in vectors.find_fault()


def test_nobody_says_of_an_index_that_another_has_open_that_it_is_sound(vectors, tmp_path):
    with pytest.raises(StoreBusy):
        Vectors(tmp_path).find_fault()


def test_an_index_is_not_closed_under_those_who_use_it(vectors):
    closing = threading.Thread(target=vectors.close)
    with vectors.reading(MODEL) as index:
        closing.start()
        closing.join(0.05)
        assert closing.is_alive()
        assert len(index) == 1

    closing.join(LIMIT)
    assert not closing.is_alive()


@pytest.mark.slow
def test_readers_of_another_model_do_without_while_the_index_is_in_use(vectors):
    with vectors.writing(MODEL), vectors.reading(OtherEmbedder()) as index:
        assert index is None

    with vectors.writing(OtherEmbedder()) as index:
        assert len(index) == 0
    with vectors.reading(MODEL) as index:
        assert index.keys() == {"a"}


def test_a_damaged_index_is_discarded_by_who_writes_and_wiped_by_who_reads(vectors):
    def tear():
        vectors.close()
        (vectors.folder / "seal.json").write_text("torn")

    tear()
    with pytest.raises(VectorIndexDamaged), vectors.writing(MODEL):
        pass
    vectors.discard()
    with vectors.writing(MODEL) as index:
        assert len(index) == 0

    tear()
    with vectors.reading(MODEL) as index:
        assert index is None
    assert not vectors.exist()


def test_work_that_comes_while_somebody_is_at_work_is_left_to_them():
    turns, done, has_begun, may_end = Turns(), [], threading.Event(), threading.Event()

    def long_work():
        done.append(threading.current_thread().name)
        has_begun.set()
        assert may_end.wait(LIMIT)

    worker = threading.Thread(
        target=lambda: turns.work(long_work, wait=False), name="the one at work"
    )
    worker.start()
    assert has_begun.wait(LIMIT)

    for _ in range(3):
        turns.work(lambda: done.append("not here"), wait=False)
    assert (turns.are_taken, done) == (True, ["the one at work"])
    may_end.set()
    worker.join(LIMIT)

    assert done == ["the one at work"] * 2  # once more, for all three
    assert not turns.are_taken


def test_who_waits_for_a_turn_works_after_the_one_at_work():
    turns, done, has_begun, may_end = Turns(), [], threading.Event(), threading.Event()

    def long_work():
        has_begun.set()
        assert may_end.wait(LIMIT)
        done.append("first")

    first = threading.Thread(target=lambda: turns.work(long_work, wait=False))
    first.start()
    assert has_begun.wait(LIMIT)
    second = threading.Thread(target=lambda: turns.work(lambda: done.append("second"), wait=True))
    second.start()
    second.join(0.05)
    assert second.is_alive()
    may_end.set()
    first.join(LIMIT)
    second.join(LIMIT)

    assert "second" in done
    assert done[0] == "first"


def test_a_little_work_is_left_to_the_one_at_work():
    turns, done = Turns(), []

    def long_work():
        done.append("all")
        if len(done) == 1:
            turns.work_a_little(lambda: done.append("not here"))

    turns.work(long_work, wait=False)

    assert done == ["all", "all"]


def test_the_embeddings_of_one_model_are_held_at_a_time(tmp_path):
    vectors = Vectors(tmp_path)
    first = vectors.matrix("first")

    assert vectors.matrix("first") is first
    assert vectors.matrix("second") is not first
    assert vectors.matrix("first") is not first


def test_a_turn_ends_when_the_work_fails():
    turns = Turns()

    with pytest.raises(ZeroDivisionError):
        turns.work(lambda: 1 / 0, wait=False)

    assert not turns.are_taken
    turns.work(lambda: None, wait=True)


@pytest.mark.parametrize("fails", [False, True])
def test_a_store_that_is_moved_away_while_its_index_opens_is_not_made_anew(
    tmp_path, monkeypatch, fails
):
    store = tmp_path / "shop" / ".archmem"
    store.mkdir(parents=True)

    def connect_where_it_was(folder):
        store.parent.rename(tmp_path / "elsewhere")
        folder.mkdir(parents=True)  # as Chroma does
        if fails:
            raise OSError("out of reach")
        return connect(folder)

    connect = vector_index._connect
    monkeypatch.setattr(vector_index, "_connect", connect_where_it_was)
    with pytest.raises(OSError if fails else StoreNotFound), Vectors(store).writing(MODEL):
        pass

    assert [one.name for one in tmp_path.iterdir()] == ["elsewhere"]
