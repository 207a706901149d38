"""One store used by several threads of a process at once, each with a twin of its own."""

import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from indexer.project import open_project, worktree_twin
from memory.errors import StoreBusy
from memory.ledger.sqlite.connection import open_ledger
from memory.retrieval import embedding_queue
from memory.retrieval.model import BEING_LOADED, SharedModels
from memory.retrieval.vector_index import VectorIndex
from tests.builders import WordEmbedder, a_decision

pytestmark = pytest.mark.slow

LIMIT = 30  # seconds
ADR = "# {0}. Choice {0}\n\n## Status\n\nAccepted\n\n## Decision\n\nWe take way number {0}.\n"


class SlowEmbedder(WordEmbedder):
    """Says when it has begun with a batch, and goes on when it may."""

    def __init__(self):
        super().__init__()
        self.has_begun, self.may_go_on = threading.Event(), threading.Event()

    def encode(self, texts, *, on_progress=None):
        self.has_begun.set()
        assert self.may_go_on.wait(LIMIT)
        return super().encode(texts, on_progress=on_progress)


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "project/docs/adr"
    folder.mkdir(parents=True)
    for number in range(1, 9):
        write(folder.parent.parent, number)
    return tmp_path / "project"


@pytest.fixture
def memory(root, tmp_path, word_model):
    with open_project(root, store=tmp_path / "store", models=SharedModels()) as memory:
        yield memory


@pytest.fixture
def slow(monkeypatch, word_model):
    """The store's model, until it may go on slower than any test."""
    model = SlowEmbedder()
    monkeypatch.setattr("memory.retrieval.model.load_embedder", lambda *_, **__: model)
    monkeypatch.setattr(embedding_queue, "BATCH", 4)
    yield model
    model.may_go_on.set()


@contextmanager
def embedding(memory, slow):
    """A twin embeds for as long as the block lasts."""
    twin = memory.twin()
    done = []
    thread = threading.Thread(target=lambda: done.append(twin.upkeep.embed()))
    thread.start()
    assert slow.has_begun.wait(LIMIT)
    try:
        yield done
    finally:
        slow.may_go_on.set()
        thread.join(LIMIT)
        twin.close()


def git(root, *arguments):
    who = ["-c", "user.name=Dana", "-c", "user.email=dana@example.org"]
    subprocess.run(["git", "-C", root, *who, *arguments], check=True)


def write(root, number):
    (root / f"docs/adr/{number:04}-choice.md").write_text(ADR.format(number))


def test_nobody_waits_for_a_long_embedding(memory, root, slow):
    memory.upkeep.take_in()

    with embedding(memory, slow):
        write(root, 9)
        assert memory.upkeep.take_in().added == 1
        recorded = memory.record(a_decision(title="Kept", body="It is kept."), author="human:dana")
        answer = memory.search("way number 9")

        assert (recorded.path is not None, recorded.not_embedded) == (True, "")
        assert answer.hits
        assert answer.reason == "texts not embedded yet: 10; it is being done"

    assert memory.upkeep.count_pending() == 0
    assert memory.search("way number 9").complete


def test_what_is_left_to_the_one_who_embeds_is_embedded_by_it(memory, slow):
    memory.upkeep.take_in()

    with embedding(memory, slow) as done:
        memory.record(a_decision(title="Kept", body="It is kept."), author="human:dana")
        assert memory.upkeep.embed(wait=False).encoded == 0

    assert (done[0].encoded, memory.upkeep.count_pending()) == (9, 0)


def test_an_index_run_waits_for_the_one_who_embeds(memory, slow):
    memory.upkeep.take_in()
    reports = []

    with embedding(memory, slow):
        twin = memory.twin()
        run = threading.Thread(target=lambda: reports.append(twin.index()))
        run.start()
        run.join(0.1)
        assert run.is_alive()
    run.join(LIMIT)
    twin.close()

    assert [(one.pending, one.problems) for one in reports] == [(0, ())]


@contextmanager
def recording(memory, slow):
    """A twin records into a memory that is embedded, and embeds for as long as the block lasts."""
    slow.may_go_on.set()
    memory.index()
    for step in (slow.may_go_on, slow.has_begun, slow.encoded):
        step.clear()
    with memory.twin() as twin:
        draft = a_decision(title="Kept", body="It is kept.")
        thread = threading.Thread(target=lambda: twin.record(draft, author="human:dana"))
        thread.start()
        assert slow.has_begun.wait(LIMIT)
        try:
            yield
        finally:
            slow.may_go_on.set()
            thread.join(LIMIT)


def test_a_record_embeds_itself_and_not_what_others_bring_meanwhile(memory, root, slow):
    with recording(memory, slow):
        for number in range(10, 30):
            write(root, number)
        assert memory.upkeep.take_in().added == 20

    assert (len(slow.encoded), memory.upkeep.count_pending()) == (1, 20)


def test_who_embeds_waits_for_a_record_and_then_does_the_rest(memory, root, slow):
    with recording(memory, slow):
        for number in range(10, 30):
            write(root, number)
        memory.upkeep.take_in()
        rest = threading.Thread(target=lambda: memory.upkeep.embed(wait=False))
        rest.start()
        rest.join(0.1)
        assert rest.is_alive()
    rest.join(LIMIT)

    assert (len(slow.encoded), memory.upkeep.count_pending()) == (21, 0)


def test_a_long_embedding_ends_soon_when_it_is_told_to(memory, slow):
    memory.upkeep.take_in()
    slow.may_go_on.set()

    done = memory.upkeep.embed(should_stop=lambda: bool(slow.encoded))

    assert (done.encoded, memory.upkeep.count_pending()) == (4, 4)


def test_a_record_embeds_itself_without_reading_all_that_the_index_has(memory, monkeypatch):
    memory.index()
    monkeypatch.setattr(VectorIndex, "keys", lambda index: 1 / 0)

    with memory.twin() as twin:
        twin.record(a_decision(title="Kept", body="It is kept."), author="human:dana")

    assert memory.upkeep.count_pending() == 0
    assert memory.search("kept").complete


def test_vectors_that_left_the_open_index_are_missed(memory, word_model):
    memory.index()
    with memory.session.shared.vectors.writing(word_model) as index:
        index.remove(sorted(index.keys())[:2])

    memory.record(a_decision(title="Kept", body="It is kept."), author="human:dana")

    with memory.session.shared.vectors.reading(word_model) as index:
        assert len(index) == 9


def test_closing_a_twin_closes_nothing_that_others_use(memory, root):
    memory.index()
    twin = memory.twin()

    memory.close()
    memory.close()
    twin.record(a_decision(title="Kept", body="It is kept."), author="human:dana")
    write(root, 9)
    with open_project(root, store=memory.folder) as stranger:
        stranger.upkeep.take_in()
        with pytest.raises(StoreBusy):
            stranger.upkeep.embed()
    twin.close()

    with open_project(root, store=memory.folder) as stranger:
        assert stranger.index().pending == 0


def test_a_twin_that_cannot_be_opened_keeps_nothing_open(memory, root):
    memory.index()
    (memory.folder / "memory.db").rename(memory.folder / "away.db")
    with pytest.raises(Exception, match="No memory"):
        memory.twin()
    (memory.folder / "away.db").rename(memory.folder / "memory.db")

    memory.close()

    with open_project(root, store=memory.folder) as stranger:
        write(root, 9)
        assert stranger.index().pending == 0


def test_twins_and_projects_share_the_model_of_their_process(memory, tmp_path):
    (tmp_path / "other").mkdir()
    with (
        memory.twin() as twin,
        open_project(tmp_path / "other", models=memory.session._models) as other,
        open_project(tmp_path / "other", store=tmp_path / "third") as stranger,
    ):
        assert memory.model is twin.model is other.model
        assert stranger.model is not memory.model


def test_a_twin_for_another_worktree_has_its_files_and_settings_but_not_its_model(
    root, tmp_path, word_model
):
    git(root, "init", "--quiet")
    git(root, "commit", "--quiet", "--allow-empty", "--message", "Begin")
    git(root, "worktree", "add", "--quiet", tmp_path / "worktree")
    other = tmp_path / "worktree"
    (other / "docs/adr").mkdir(parents=True)
    (other / ".claude").mkdir()
    write(other, 20)
    (other / "archmem.toml").write_text('precision = "int8"\nignore = ["docs"]\n')

    with open_project(root) as memory, worktree_twin(memory, other) as twin:
        assert (twin.root, twin.folder) == (other, memory.folder)
        assert (memory.model.precision, twin.model.precision) == ("fp32", "fp32")
        twin.record(a_decision(title="Kept", body="It is kept."), author="human:dana")
        twin.upkeep.take_in()
        assert [one.memory.title for one in memory.list()] == ["Kept"]

    assert list(other.glob(".claude/memory/**/*.md"))
    assert not (root / ".claude").exists()
    with open_project(other) as memory:
        assert memory.model.precision == "fp32"


def test_questions_are_answered_by_words_while_the_model_is_loaded(
    root, tmp_path, monkeypatch, word_model
):
    with open_project(root, store=tmp_path / "store") as memory:
        memory.index()
    may_load = threading.Event()

    def load(*_, **__):
        assert may_load.wait(LIMIT)
        return word_model

    monkeypatch.setattr("memory.retrieval.model.load_embedder", load)
    models = SharedModels(in_background=True)
    with open_project(root, store=tmp_path / "store", models=models) as memory:
        uid = memory.list()[0].memory.uid
        for answer in (memory.search("way number 3"), memory.related(uid)):
            assert answer.hits
            assert (answer.complete, BEING_LOADED in answer.reason) == (False, True)
        recorded = memory.record(a_decision(title="Kept", body="It is."), author="human:dana")
        assert (recorded.not_embedded, memory.upkeep.count_pending()) == ("", 1)

        may_load.set()
        assert memory.model.wait(LIMIT)
        memory.upkeep.embed(wait=False)
        assert memory.search("way number 3").complete


def test_a_model_that_is_broken_is_not_loaded_anew_for_each_record(
    root, tmp_path, monkeypatch, word_model
):
    tries = []

    def load(*_, **__):
        tries.append("a try")
        raise OSError("no space left")

    monkeypatch.setattr("memory.retrieval.model.load_embedder", load)
    models = SharedModels(in_background=True)
    with open_project(root, store=tmp_path / "store", models=models) as memory:
        memory.model.wait(LIMIT)
        for number in range(5):
            with memory.twin() as twin:
                draft = a_decision(title=f"Kept {number}", body=f"It is kept as {number}.")
                twin.record(draft, author="human:dana")
                with pytest.raises(OSError, match="no space left"):
                    twin.upkeep.embed(wait=False)
        assert len(tries) == 1

        with pytest.raises(OSError, match="no space left"):
            memory.upkeep.embed()  # somebody asks for it
        assert len(tries) == 2


@pytest.mark.slow
def test_many_who_search_are_not_disturbed_by_one_who_records_and_one_who_embeds(memory, root):
    """One reader behind a lock, as a server has it; each of the others with its own twin."""
    memory.index()
    uids, reading, is_over = [], threading.Lock(), threading.Event()

    def search(number):
        while not is_over.is_set():
            with reading:
                assert memory.search(f"way number {number}").hits
                memory.status()

    def record():
        with memory.twin() as twin:
            for number in range(25):
                draft = a_decision(title=f"Recorded {number}", body=f"Recorded as {number}.")
                uids.append(twin.record(draft, author="human:dana").uid)

    def embed():
        with memory.twin() as twin:
            for number in range(10, 35):
                write(root, number)
                assert twin.upkeep.take_in().added == 1
                twin.upkeep.embed(wait=bool(number % 2))

    with ThreadPoolExecutor(10) as pool:
        searches = [pool.submit(search, number) for number in range(8)]
        writes = [pool.submit(record), pool.submit(embed)]
        try:
            for one in writes:
                one.result(2 * LIMIT)
        finally:
            is_over.set()
        for one in searches:
            one.result(LIMIT)

    memory.upkeep.embed()
    listed = memory.list()
    assert {one.memory.uid for one in listed} >= set(uids)
    assert len(listed) == 8 + 25 + 25
    assert memory.search("way number 30").complete
    assert_whole(memory)


def assert_whole(memory):
    """Ledger, cache and index agree."""
    folder, model_id = memory.folder, WordEmbedder.model_id
    memory.close()
    ledger = open_ledger(folder / "memory.db")
    index = VectorIndex.open(folder / "vectors", model_id=model_id, dimension=32)
    texts = ledger.db.passages.hashes()
    cached = {key for (key,) in ledger.db.execute("SELECT text_hash FROM embeddings")}
    assert texts == cached == index.keys()
    assert ledger.db.embeddings.count_queued() == 0
    assert ledger.examine() is None
    index.close()
    ledger.close()
