"""What `ArchMem` answers on a small project of decision records; ranking itself is tested apart."""

import json

import pytest

from indexer.project import open_project
from memory.errors import InvalidRequest, StoreBusy, StoreDamaged, UnknownMemory
from memory.kinds.vocabulary import Status
from memory.ledger.sqlite.connection import open_ledger
from memory.ledger.store_facts import MODEL
from memory.models.request import LONGEST_QUESTION
from memory.models.selection import Lens, Selection
from tests.builders import a_decision, day

pytestmark = pytest.mark.slow

RECORDS = {
    "0001-queue.md": "# 1. Orders go through a queue\n\nDate: 2020-01-01\n\n## Status\n\n"
    "Superseded by [2](0002-stream.md)\n\n## Decision\n\nOrders wait in RabbitMQ.\n",
    "0002-stream.md": "# 2. Orders go through a stream\n\nDate: 2022-01-01\n\n## Status\n\n"
    "Accepted\n\nSupersedes [1](0001-queue.md)\n\n## Decision\n\nOrders are kept in Kafka.\n",
    "0003-money.md": "# 3. Money is in cents\n\nDate: 2021-01-01\n\n## Status\n\nAccepted\n\n"
    "## Decision\n\nAmounts are integers, since floats lose pennies.\n",
}


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "project/docs/adr"
    folder.mkdir(parents=True)
    for name, text in RECORDS.items():
        (folder / name).write_text(text)
    return tmp_path / "project"


@pytest.fixture
def memory(root, tmp_path, word_model):
    with open_project(root, store=tmp_path / "store") as memory:
        memory.index()
        yield memory


def titles(answer) -> list[str]:
    return [hit.memory.title for hit in answer.hits]


def test_what_is_in_force_stands_before_what_it_replaced(memory):
    answer = memory.search("orders wait in RabbitMQ queue")

    first, second = answer.hits[:2]
    assert (first.standing.in_force, second.standing.in_force) == (True, False)
    assert "Kafka" in first.memory.revision.draft.body
    assert second.standing.current == (first.memory.uid,)
    assert answer.complete


@pytest.mark.parametrize("says", ["Superseded by [2](0002-stream.md)", "Accepted"])
def test_a_proposal_stands_before_what_calls_itself_superseded_by_it_and_before_nothing_else(
    root, memory, says
):
    records = root / "docs/adr"
    queue, stream = records / "0001-queue.md", records / "0002-stream.md"
    queue.write_text(queue.read_text().replace("Superseded by [2](0002-stream.md)", says))
    stream.write_text(stream.read_text().replace("Accepted", "Proposed"))
    memory.index()

    first, second = memory.search("orders wait in RabbitMQ queue").hits[:2]

    is_over = says != "Accepted"
    assert ("stream" in first.memory.title) == is_over
    assert (first if is_over else second).standing.status is Status.PROPOSED
    assert ("proposed in place of" in first.because) == is_over


def test_an_answer_names_the_memories_that_its_hits_are_bound_to(memory):
    uids = {one.memory.title: one.memory.uid for one in memory.list()}
    stream = uids["Orders go through a stream"]
    queue = uids["Orders go through a queue"]
    bound = {stream: "Orders go through a stream", queue: "Orders go through a queue"}

    assert memory.search("orders wait in RabbitMQ queue").titles == bound
    assert memory.search("pennies", limit=1).titles == {}
    assert memory.related(stream, limit=1).titles == {stream: bound[stream]}
    assert memory.show(stream).titles == {queue: bound[queue]}


def test_an_earlier_day_has_its_own_answer(memory):
    then = Selection(lens=Lens(as_of=day("2021-06-01")))

    [old] = [
        hit for hit in memory.search("orders", selection=then).hits if "queue" in hit.memory.title
    ]

    assert old.standing.in_force
    assert all("stream" not in hit.memory.title
               for hit in memory.search("orders", selection=then).hits)  # fmt: skip


def test_a_hit_is_cited_by_file_and_line(memory):
    hit = memory.search("floats lose pennies").hits[0]

    path, line = hit.citation.rsplit(":", 1)
    text = (memory.root / path).read_text().split("\n")
    assert path == "docs/adr/0003-money.md"
    assert "floats" in " ".join(text[int(line) - 1 : hit.lines[1]])


def test_without_a_model_words_alone_answer_and_the_answer_says_so(root, tmp_path, monkeypatch):
    from types import SimpleNamespace

    state = SimpleNamespace(manifest=None, refusal=None, model_id="none")
    monkeypatch.setattr("memory.retrieval.model.model_state", lambda *_, **__: state)
    monkeypatch.setattr("memory.retrieval.model.load_embedder", lambda *_, **__: 1 / 0)
    with open_project(root, store=tmp_path / "store") as memory:
        with pytest.raises(ZeroDivisionError):
            memory.index()  # the files are taken in, whatever becomes of the model

        answer = memory.search("pennies")

    assert titles(answer) == ["Money is in cents"]
    assert (answer.complete, "archmem index" in answer.reason) == (False, True)


@pytest.mark.parametrize("question", ["the of and", "x" * LONGEST_QUESTION, "日本", "AND OR"])
def test_every_question_with_a_word_has_an_answer(memory, question):
    assert memory.search(question).question == question


@pytest.mark.parametrize("question", ["", "???", '"'])
def test_a_question_without_a_word_is_refused_rather_than_answered_with_anything(memory, question):
    with pytest.raises(InvalidRequest):
        memory.search(question)


def test_a_removed_memory_can_still_be_looked_at(memory):
    uid = memory.search("pennies").hits[0].memory.uid
    (memory.root / "docs/adr/0003-money.md").unlink()
    memory.index()

    shown = memory.show(uid)

    assert (shown.memory.revision.removed, shown.standing.in_force) == (True, False)
    assert shown.standing.valid_to is not None
    assert "Money is in cents" not in titles(memory.search("pennies"))
    assert [one.removed for one in memory.history(uid).revisions] == [False, True]


def test_a_lost_vector_index_is_made_anew_without_encoding_again(memory, root, word_model):
    import shutil

    store = memory.folder
    memory.close()
    shutil.rmtree(store / "vectors")
    encoded = len(word_model.encoded)

    with open_project(root, store=store) as again:
        report = again.index()
        assert (report.embedded, report.pending) == (0, 0)
        assert again.search("pennies").hits
    assert len(word_model.encoded) == encoded


def test_of_two_that_index_at_once_one_is_refused(memory):
    other = open_ledger(memory.folder / "memory.db")
    with other.indexing(), pytest.raises(StoreBusy):
        memory.index()
    other.close()

    assert len(memory.list()) == 3


def test_what_is_recorded_is_safe_found_and_in_its_file(memory):
    draft = a_decision(title="Retries carry a key", body="Each retry carries the key of its order.")

    recorded = memory.record(draft, author="human:dana")
    again = memory.record(draft, author="human:dana")
    report = memory.index()

    assert (recorded.is_new, again.is_new, again.uid) == (True, False, recorded.uid)
    assert "the key of its order" in (memory.root / recorded.path).read_text()
    assert (report.added, report.revised, report.removed) == (0, 0, 0)
    assert titles(memory.search("retry key"))[0] == "Retries carry a key"
    assert memory.show(recorded.uid).memory.revisions == 1


def test_a_record_whose_file_cannot_be_written_waits_and_loses_nothing(memory):
    log = memory.root / ".claude/memory/context/decisions.md"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text("# Architectural decisions\n")
    first = a_decision(title="Retries carry a key", body="Each retry carries the key of its order.")
    uid = memory.record(first, author="human:dana").uid
    written = log.read_text()
    log.unlink()
    log.mkdir()  # nothing can be written there
    second = first.model_copy(update={"uid": uid, "body": "Keys live for a day."})

    recorded = memory.record(second, author="human:dana")
    memory.index()

    assert (recorded.path, bool(recorded.pending)) == (None, True)
    assert "for a day" in memory.show(uid).memory.revision.draft.body

    log.rmdir()
    log.write_text(written)  # the file comes back as it was before
    report = memory.index()
    shown = memory.show(uid).memory

    assert (report.written, memory.status().pending_files) == (1, 0)
    assert "for a day" in log.read_text()
    assert "for a day" in shown.revision.draft.body
    assert memory.index().revised == 0


def test_what_is_unknown_is_said_to_be(memory):
    for ask in (memory.show, memory.history, memory.related):
        with pytest.raises(UnknownMemory):
            ask("dec-nothing")


def test_a_status_selects_by_standing_and_not_by_words_alone(memory):
    def listed(status):
        return [one.memory.title for one in memory.list(Selection(statuses=(status,)))]

    assert "Orders go through a queue" in listed(Status.SUPERSEDED)
    assert "Orders go through a queue" not in listed(Status.ACCEPTED)
    found = memory.search("orders", selection=Selection(statuses=(Status.SUPERSEDED,)))
    assert titles(found) == ["Orders go through a queue"]


def test_a_passage_is_cited_where_its_entry_stands_now(root, tmp_path, word_model):
    log = root / ".claude/memory/context/decisions.md"
    log.parent.mkdir(parents=True)
    entry = "## 2026-01-02 Count statements\n\nQueries are counted in tests.\n"
    log.write_text(f"# Decisions\n\n{entry}")
    with open_project(root, store=tmp_path / "store") as memory:
        memory.index()
        log.write_text(f"# Decisions\n\n## 2026-03-03 Newer\n\nIt stands above.\n\n{entry}")

        memory.index()
        hit = memory.search("count statements queries", limit=1).hits[0]

    assert hit.memory.revisions == 1
    assert hit.citation.endswith("decisions.md:9")


def test_related_memories_are_linked_ones_first_and_never_itself(memory):
    by_title = {one.memory.title: one.memory.uid for one in memory.list()}

    answer = memory.related(by_title["Orders go through a stream"])

    assert titles(answer)[0] == "Orders go through a queue"
    assert "supersedes it" in answer.hits[0].because
    assert by_title["Orders go through a stream"] not in [hit.memory.uid for hit in answer.hits]


def test_a_question_is_read_no_further_than_questions_go(memory, word_model, monkeypatch):
    asked = []
    encode = word_model.encode_query
    monkeypatch.setattr(word_model, "encode_query", lambda said: asked.append(said) or encode(said))

    answer = memory.search("Which cents do we count? " * 100_000)

    assert answer.hits
    assert {len(said) for said in (*asked, answer.question)} == {LONGEST_QUESTION}


@pytest.mark.parametrize("question", ["ADR 3", "what does adr-0003 say?", "record #3", "why #3?"])
def test_a_record_that_is_called_by_its_number_comes_first(memory, question):
    first = memory.search(question).hits[0]

    assert (first.memory.title, first.because) == ("Money is in cents", "is number 3")


def test_a_number_behind_a_prefix_calls_only_a_record_that_has_it(root, memory):
    folder = root / "docs/adr"
    (folder / "0008-text.md").write_text(
        "# TEP-0008: Text is stored as it comes\n\n## Status\n\nAccepted\n\n"
        "## Decision\n\nAs it is.\n"
    )
    memory.index()

    assert memory.search("what does TEP-0008 want").hits[0].because == "is number 8"
    assert not any(hit.because for hit in memory.search("is text in UTF-8").hits)


def test_an_answer_says_that_another_model_made_the_embeddings(memory):
    with memory.ledger.writing() as db:
        db.facts.save(MODEL, "other@1/fp32")

    answer = memory.search("orders")

    assert not answer.complete
    assert "embedded by other@1/fp32" in answer.reason


def test_an_answer_says_what_is_not_embedded_yet(memory):
    with memory.ledger.writing() as db:
        db.embeddings.enqueue(["0" * 32])

    answer = memory.search("orders")

    assert answer.hits
    assert (answer.complete, answer.reason.partition(";")[0]) == (
        False,
        "texts not embedded yet: 1",
    )


def test_a_page_that_is_torn_while_the_ledger_is_open_is_said_to_be_damage(memory):
    ledger = memory.folder / "memory.db"
    memory.ledger.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    memory.ledger.db.execute("PRAGMA shrink_memory")  # so that pages are read again
    size = ledger.stat().st_size
    with ledger.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (size - 4096))

    with pytest.raises(StoreDamaged):
        memory.list()


def test_a_record_says_when_its_vectors_could_not_be_made(memory, monkeypatch):
    def fails(*_, **__):
        raise OSError("disk full")

    monkeypatch.setattr(memory.session.meaning, "catch_up_a_little", fails)

    recorded = memory.record(a_decision(title="Keep it", body="It is kept."), author="human:dana")

    assert recorded.not_embedded == "disk full"
    assert memory.show(recorded.uid).memory.title == "Keep it"


@pytest.mark.parametrize(("status", "is_lifted"), [("accepted", True), ("proposed", False)])
def test_a_later_record_that_names_an_earlier_one_comes_first_and_a_proposal_never_does(
    tmp_path, word_model, status, is_lifted
):
    folder = tmp_path / "files" / "docs" / "adr"
    folder.mkdir(parents=True)
    said = "Visual tests take screenshots of pages and compare them with those before."
    told = [
        ("Visual tests with Loki", "2020-01-01", "accepted", f"{said} See [page 1](0009-b.md)."),
        ("Visual tests with Happo", "2021-01-01", status, f"{said} See [ADR 1](0001-a.md)."),
        ("Payments", "2021-02-01", "accepted", "Money is counted in cents."),
    ]
    for number, (title, date, its_status, text) in enumerate(told, start=1):
        (folder / f"000{number}-a.md").write_text(
            f"# {number}. {title}\n\nDate: {date}\n\n## Status\n\n{its_status}\n\n"
            f"## Decision\n\n{text}\n"
        )
    with open_project(tmp_path / "files", store=tmp_path / "store") as memory:
        memory.index()

        hits = memory.search("visual tests screenshots").hits

    lifted = [hit.memory.title for hit in hits if "takes up" in hit.because]
    assert lifted == ["Visual tests with Happo"] * is_lifted


def test_a_measurement_takes_up_no_other_which_its_series_tells_of(tmp_path, word_model):
    folder = tmp_path / "files/.claude/memory/performance"
    folder.mkdir(parents=True)
    measured = [
        {"metric": metric, "value": value, "unit": "ms", "date": f"{year}-01-01"}
        for metric, value, year in (
            ("pay_p50", 9, 2024),
            ("pay_p50", 7, 2025),
            ("pay_p95", 8, 2026),
        )
    ]
    (folder / "baselines.json").write_text(json.dumps({"baselines": measured}))
    with open_project(tmp_path / "files", store=tmp_path / "store") as memory:
        memory.index()

        hits = memory.search("pay").hits

    assert len(hits) == 3
    assert not any("takes up" in hit.because for hit in hits)
