"""What other tools remember becomes notes: each once, dated, and marked as what that tool said."""

import errno
import json
import sqlite3
from contextlib import closing

import pytest

from indexer.importing.basic_memory import BasicMemory
from indexer.project import open_project
from memory.errors import InvalidRequest
from memory.kinds.vocabulary import Trust
from memory.models.selection import EVERYTHING

EPOCH = 1_714_953_600_000  # 2024-05-06


def claude_mem(folder):
    file = folder / "claude-mem.db"
    with closing(sqlite3.connect(file)) as db, db:
        db.execute("CREATE TABLE sdk_sessions (id INTEGER)")
        db.execute(
            "CREATE TABLE observations (id INTEGER PRIMARY KEY, project TEXT, text TEXT, type TEXT,"
            " title TEXT, subtitle TEXT, facts TEXT, narrative TEXT, concepts TEXT,"
            " created_at_epoch INTEGER)"
        )
        db.execute(
            "CREATE TABLE session_summaries (id INTEGER PRIMARY KEY, project TEXT, request TEXT,"
            " investigated TEXT, learned TEXT, completed TEXT, next_steps TEXT, notes TEXT,"
            " created_at_epoch INTEGER)"
        )
        facts, concepts = json.dumps(["Two workers hold it."]), json.dumps(["queues"])
        for number, project in enumerate(("shop", "another"), start=1):
            db.execute(
                "INSERT INTO observations VALUES (?, ?, '', 'discovery', 'The lock is held twice',"
                " 'After a deploy', ?, 'Each worker takes the lock.', ?, ?)",
                [number, project, facts, concepts, EPOCH],
            )
        db.execute(
            "INSERT INTO session_summaries VALUES (1, 'shop', 'Find the double jobs', '',"
            " 'The lock has no owner.', 'Gave it one.', '', NULL, ?)",
            [EPOCH],
        )
    return file


def mcp_memory_service(folder):
    file = folder / "sqlite_vec.db"
    with closing(sqlite3.connect(file)) as db, db:
        db.execute(
            "CREATE TABLE memories (id INTEGER PRIMARY KEY, content_hash TEXT, content TEXT,"
            " tags TEXT, memory_type TEXT, created_at REAL, deleted_at REAL)"
        )
        for number, deleted in ((1, None), (2, 1.0)):
            db.execute(
                "INSERT INTO memories VALUES (?, ?, 'The lock is held twice after a deploy.',"
                " 'queues, deploys', 'note', ?, ?)",
                [number, f"h{number}", EPOCH / 1000, deleted],
            )
    return file


def claude_mem_export(folder):
    """As `scripts/export-memories.ts` writes it: the rows of its tables."""
    with closing(sqlite3.connect(claude_mem(folder))) as db:
        db.row_factory = sqlite3.Row
        tables = {
            "observations": [dict(row) for row in db.execute("SELECT * FROM observations")],
            "summaries": [dict(row) for row in db.execute("SELECT * FROM session_summaries")],
        }
    said = {"exportedAt": "2026-01-02", "totalPrompts": 0, "sessions": [], "prompts": []} | tables
    (folder / "exported.json").write_text(json.dumps(said))
    return folder / "exported.json"


def mcp_memory_service_export(folder):
    """As its `sync/exporter.py` writes it."""
    text = "The lock is held twice after a deploy."
    one = {"content": text, "content_hash": "h1", "tags": ["queues", "deploys"]}
    one |= {"created_at": EPOCH / 1000, "memory_type": "note", "metadata": {}}
    said = {"export_metadata": {"exporter_version": "5.0.1"}, "memories": [one]}
    (folder / "memories.json").write_text(json.dumps(said))
    return folder / "memories.json"


def basic_memory_without_permalinks(folder):
    notes = basic_memory(folder)
    page = notes / "lock.md"
    page.write_text(page.read_text().replace("permalink: lock\n", ""))
    return notes


def basic_memory(folder):
    notes = folder / "notes"
    notes.mkdir()
    (notes / "lock.md").write_text(
        "---\ntitle: The lock is held twice\ntype: note\npermalink: lock\ntags: [queues]\n"
        "created: 2024-05-06\n---\n\n# The lock is held twice\n\n- [cause] Two workers hold it.\n"
    )
    return notes


@pytest.fixture
def memory(tmp_path, word_model):
    (tmp_path / "shop").mkdir()
    with open_project(tmp_path / "shop", store=tmp_path / "store") as memory:
        yield memory


@pytest.mark.slow
@pytest.mark.parametrize(
    ("made", "count"),
    [
        (claude_mem, 2),
        (claude_mem_export, 2),
        (mcp_memory_service, 1),
        (mcp_memory_service_export, 1),
        (basic_memory, 1),
        (basic_memory_without_permalinks, 1),
    ],
)
def test_what_a_tool_remembers_of_the_project_becomes_notes(memory, tmp_path, made, count):
    source = made(tmp_path)
    assert memory.import_(str(source)).rows == count
    notes = memory.list(EVERYTHING)
    assert len(notes) == count
    note = next(one.memory for one in notes if "lock is held" in one.memory.title)
    draft = note.revision.draft
    assert "queues" in draft.tags
    assert str(draft.valid_from)[:10] == "2024-05-06"
    assert note.revision.source.trust is Trust.AGENT
    assert draft.said_by == f"agent:{note.path.rpartition('/')[2].removesuffix('.md')}"
    assert memory.import_(str(source)).rows == 0
    assert memory.index(accept_removals=True).removed == 0


@pytest.mark.slow
@pytest.mark.parametrize("front", ["created: 2025-01-01\n", ""], ids=["dated", "not dated"])
def test_what_another_folder_calls_the_same_is_another_memory(memory, tmp_path, front):
    said = "---\ntitle: {}\npermalink: lock\n{}---\n\nWords.\n"
    for name, title in (("one", "The lock"), ("two", "The key")):
        (tmp_path / name).mkdir()
        made = front.replace("2025", "2025" if name == "one" else "2026")
        (tmp_path / name / "lock.md").write_text(said.format(title, made))
    rows = [memory.import_(str(tmp_path / name)).rows for name in ("one", "two", "one")]
    assert rows == [1, 1, 0]


@pytest.mark.slow
def test_what_was_taken_away_does_not_come_back(memory, tmp_path):
    source = mcp_memory_service(tmp_path)
    memory.import_(str(source))
    (one,) = memory.list(EVERYTHING)
    memory.remove(one.memory.uid)
    assert memory.import_(str(source)).rows == 0


@pytest.mark.slow
def test_values_of_another_form_are_taken_as_far_as_they_say_something(memory, tmp_path):
    rows = [
        {"content_hash": 1, "content": "The lock", "tags": None, "created_at": "yesterday"},
        {"content_hash": "b", "content": ["A", "list"], "tags": 3, "created_at": 1e300},
        {"content_hash": "c", "content": None, "tags": []},
        {"content_hash": "d", "content": "Half a sign \ud83d", "tags": "", "memory_type": "\udc00"},
        "no row",
    ]
    (tmp_path / "memories.json").write_text(json.dumps({"memories": rows}))
    assert memory.import_(str(tmp_path / "memories.json")).rows == 3


@pytest.mark.parametrize(
    "said", [b"", b"{}", b"[" * 100_000, b"SQLite format 3\0 and no more", b"words"]
)
def test_what_is_of_no_tool_is_refused_in_one_line(memory, tmp_path, said):
    file = tmp_path / "thing"
    file.write_bytes(said)
    with pytest.raises(InvalidRequest) as refused:
        memory.import_(str(file))
    assert "\n" not in str(refused.value)
    assert not (memory.root / ".claude").exists()


def test_a_page_that_cannot_be_opened_is_not_left_out_without_a_word(tmp_path, monkeypatch):
    notes = basic_memory(tmp_path)
    (notes / "gone.md").symlink_to("nowhere.md")
    assert len(list(BasicMemory().read(notes, "shop"))) == 1

    def refuse(path, most, *, errors):
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr("indexer.importing.basic_memory.read_plain_text", refuse)

    with pytest.raises(PermissionError):
        list(BasicMemory().read(notes, "shop"))
