"""Recording beside index runs: what is acknowledged is neither undone nor left out of its file."""

import pytest

from indexer import pipeline, recording
from indexer.formats.entries import markdown_fields
from indexer.project import open_project
from memory.errors import InvalidRecord, ModelNotUsable, NotInItsFile
from memory.ledger.store_facts import UNLINKED
from memory.models.details import Note, Run
from memory.models.selection import EVERYTHING
from tests.builders import a_decision, a_draft

pytestmark = pytest.mark.slow

LOG = ".claude/memory/context/decisions.md"
OTHER = "\n## Another entry\n\n**Status:** accepted\n\nWords of its own.\n"
DRAFT = a_decision(title="Retries carry a key", body="Each retry carries the key of its order.")


@pytest.fixture
def memory(tmp_path, word_model):
    (tmp_path / "project").mkdir()
    with open_project(tmp_path / "project", store=tmp_path / "store") as memory:
        yield memory


def revised(uid):
    return DRAFT.model_copy(update={"uid": uid, "body": "Keys live for a day."})


def another(memory):
    """The same project, opened by another process."""
    return open_project(memory.root, store=memory.folder)


def before(monkeypatch, module, name, act):
    """Act once, just before a function is called."""
    real, acts = getattr(module, name), [act]

    def call(*values, **options):
        if acts:
            acts.pop()()
        return real(*values, **options)

    monkeypatch.setattr(module, name, call)


def assert_recorded(memory, uid):
    memory.index(accept_removals=True)
    shown = memory.show(uid).memory
    assert "for a day" in shown.revision.draft.body
    assert not shown.revision.removed
    assert "for a day" in (memory.root / LOG).read_text()
    assert memory.status().pending_files == 0


@pytest.mark.parametrize("stage", ["apply_plan", "apply_removals"])
@pytest.mark.parametrize("entry", ["edited", "dropped"])
def test_what_is_recorded_while_an_index_run_keeps_its_plan_is_not_undone(
    memory, monkeypatch, stage, entry
):
    uid = memory.record(DRAFT, author="human:dana").uid
    log = memory.root / LOG
    said = log.read_text().replace("Each retry", "Every retry")
    log.write_text((said if entry == "edited" else "") + OTHER)
    monkeypatch.setattr(recording, "PATIENCE", 0.01)

    def record():
        with another(memory) as other:
            assert other.record(revised(uid), author="human:dana").pending

    before(monkeypatch, pipeline, stage, record)
    memory.index(accept_removals=True)

    assert_recorded(memory, uid)


def test_an_index_run_that_writes_an_older_revision_leaves_the_newer_waiting(memory, monkeypatch):
    log = memory.root / LOG
    log.mkdir(parents=True)  # nothing can be written there
    uid = memory.record(DRAFT, author="human:dana").uid
    log.rmdir()
    monkeypatch.setattr(recording, "PATIENCE", 0.01)

    def record():
        with another(memory) as other:
            assert other.record(revised(uid), author="human:dana").pending

    before(monkeypatch, recording, "write_file", record)
    memory.index()

    assert_recorded(memory, uid)


def test_undo_leaves_a_file_that_others_wrote_byte_for_byte(memory):
    recorded = memory.record(DRAFT, author="human:dana")
    file = memory.root / recorded.path
    before = file.read_bytes()

    memory.record(DRAFT.model_copy(update={"title": "Another one"}), author="human:dana")
    memory.undo()

    assert file.read_bytes() == before


def test_recording_does_not_hide_that_an_index_run_was_killed_before_it_looked_things_up(
    memory, monkeypatch
):
    notes = memory.root / ".claude/memory/modules/payments/notes.md"
    notes.parent.mkdir(parents=True)
    notes.write_text("# Payments\n\nThey are booked twice.\n")
    monkeypatch.setattr(pipeline, "label_modules", lambda ledger, **_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        memory.index()
    monkeypatch.undo()

    memory.record(DRAFT, author="human:dana")

    with another(memory) as other:
        assert other.ledger.db.facts.find(UNLINKED)


@pytest.mark.parametrize(
    "draft",
    [a_draft(details=Run()), a_decision(body="Text with a \0 in it.")],
    ids=["a run", "a NUL"],
)
def test_what_no_file_can_hold_is_refused_and_not_kept(memory, draft):
    with pytest.raises(InvalidRecord):
        memory.record(draft, author="human:dana")

    assert memory.ledger.db.memories.select(EVERYTHING) == []


def test_a_record_is_acknowledged_though_its_embedding_fails(memory, monkeypatch):
    def refuse(*_, **__):
        raise ModelNotUsable("words", "it is torn")

    monkeypatch.setattr("memory.retrieval.model.load_embedder", refuse)

    recorded = memory.record(DRAFT, author="human:dana")

    assert (recorded.path, memory.status().pending_embeddings) == (LOG, 1)
    assert memory.ledger.db.memories.pending() == []


def test_recording_does_not_embed_what_a_killed_index_run_left(memory, monkeypatch, word_model):
    monkeypatch.setattr("memory.upkeep.EMBED_AT_ONCE", 1)
    monkeypatch.setattr(memory.session.meaning, "catch_up", lambda **_: 1 / 0)
    (memory.root / "docs/adr").mkdir(parents=True)
    (memory.root / "docs/adr/0001-a.md").write_text("# 1. A\n\n## Status\n\nAccepted\n\nWords.\n")
    with pytest.raises(ZeroDivisionError):
        memory.index()

    memory.record(DRAFT, author="human:dana")

    assert (word_model.encoded, memory.status().pending_embeddings) == ([], 2)


def test_a_file_that_the_system_protects_is_told_of_in_plain_words(memory, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(1, "Operation not permitted", ".x.tmp", None, "decisions.md")

    monkeypatch.setattr(recording, "write_file", refuse)

    pending = memory.record(DRAFT, author="human:dana").pending

    assert pending == "the system refuses to write it: operation not permitted."


@pytest.mark.parametrize("draft", [DRAFT, a_draft(details=Note(), modules=("api",))])
def test_a_record_reads_its_file_once_as_it_was_and_once_as_it_will_be(memory, monkeypatch, draft):
    for number in range(3):
        memory.record(draft.model_copy(update={"title": f"Seen before {number}"}), author="a")
    file = memory.root / memory.show(memory.list()[0].memory.uid).memory.path
    file.write_text(file.read_text() + OTHER)
    parsed, real = [], markdown_fields.read_page
    monkeypatch.setattr(
        markdown_fields, "read_page", lambda text: (parsed.append(text), real(text))[1]
    )

    memory.record(draft, author="human:dana")
    assert sum(OTHER in text for text in parsed) == 2

    parsed.clear()
    memory.record(draft.model_copy(update={"title": "Another one"}), author="human:dana")
    assert sum(OTHER in text for text in parsed) == 1


@pytest.mark.parametrize("has_records", [False, True])
def test_what_was_written_and_not_noted_is_out_of_its_file_once_it_is_removed(
    memory, monkeypatch, has_records
):
    if has_records:  # then a decision is a file of its own
        (memory.root / "docs/adr").mkdir(parents=True)
        for number in range(1, 4):
            text = f"# {number}. Choice {number}\n\n## Status\n\nAccepted\n"
            (memory.root / f"docs/adr/000{number}-choice.md").write_text(text)
    memory.index()
    with monkeypatch.context() as patched:
        patched.setattr(recording, "worktree_name", _killed)  # the file is written by then
        with pytest.raises(KeyboardInterrupt):
            memory.record(DRAFT, author="human:dana")
    (uid,) = (one.memory.uid for one in memory.list() if one.memory.title == DRAFT.title)

    memory.remove(uid, author="human:dana")
    memory.index(accept_removals=True)

    assert memory.show(uid).memory.revision.removed
    texts = [file.read_text() for file in memory.root.rglob("*.md")]
    assert not any(DRAFT.title in text for text in texts)


def test_a_decision_whose_file_was_written_and_not_noted_is_there_once(memory, monkeypatch):
    (memory.root / "docs/adr").mkdir(parents=True)
    for number in range(1, 4):
        text = f"# {number}. Choice {number}\n\n## Status\n\nAccepted\n"
        (memory.root / f"docs/adr/000{number}-choice.md").write_text(text)
    memory.index()
    with monkeypatch.context() as patched:
        patched.setattr(recording, "worktree_name", _killed)
        with pytest.raises(KeyboardInterrupt):
            memory.record(DRAFT, author="human:dana")

    memory.index()

    found = [one.memory for one in memory.list() if one.memory.title == DRAFT.title]
    assert [one.path for one in found] == ["docs/adr/0004-retries-carry-a-key.md"]
    assert not found[0].pending_file


@pytest.mark.parametrize(
    "change",
    [
        lambda memory, uid: memory.remove(uid, author="human:dana"),
        lambda memory, uid: memory.correct(uid, {"body": "A day."}, author="human:dana"),
    ],
    ids=["removed", "corrected"],
)
def test_what_its_file_no_longer_holds_is_left_alone_until_the_file_is_read_again(memory, change):
    uid = memory.record(DRAFT, author="human:dana").uid
    memory.record(DRAFT.model_copy(update={"title": "Another one"}), author="human:dana")
    log = memory.root / LOG
    log.write_text(log.read_text().replace(DRAFT.title, "Something else").replace(uid, ""))

    with pytest.raises(NotInItsFile) as refused:
        change(memory, uid)

    assert "`archmem index` reads what the file says now" in refused.value.hint
    assert "Something else" in log.read_text()
    assert not memory.show(uid).memory.revision.removed


def _killed(_):
    raise KeyboardInterrupt
