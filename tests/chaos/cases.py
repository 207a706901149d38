"""A shop in which every verb has something to do, and what each is told to do there."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import TYPE_CHECKING, NamedTuple

from tests.shop import MEMORY, write_shop

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SECRET = "zanzibar"
JOBS = '''\
from fastapi import FastAPI

app = FastAPI()


@app.post("/jobs")
def enqueue(name: str) -> None:
    """Puts a job into the queue."""
'''
PLAN = "# Split the queue\n\n1. Add a queue for receipts\n2. Move receipts to it\n"
RESULT = {"success": True, "approach": "Quorum queues", "lessons": ["Acknowledge late."]}
#: Before each of these, the command; `{KIND}` stands for the uid of a memory of that kind.
MADE = (
    ("index",),
    ("record", "note", "--title", "A word of the vendor", "--body", f"They say {SECRET} often."),
    ("run", "start", "--task", "Split the queue", "--no-brief"),
    ("plan", "new", "docs/plan.md"),
    ("backup",),
    ("export", "../kept.jsonl"),
)


class Case(NamedTuple):
    """A command, and what is done to the shop before."""

    words: str
    before: Callable[[Path], None] | None = None
    is_reading: bool = False
    is_short: bool = False  # tried in the short form too
    is_resumed: bool = False  # of several steps, which whoever asks again completes
    gone: bytes = b""  # what no file of the memory holds once it is done


def git(root: Path, *words: str) -> None:
    who = ("-c", "user.name=dana", "-c", "user.email=dana@example.com")
    subprocess.run(["git", *who, *words], cwd=root, check=True, capture_output=True)


def write_project(root: Path) -> None:
    """The shop with code and a plan, in git, without a memory."""
    write_shop(root)
    (root / "src/queue").mkdir(parents=True)
    (root / "src/queue/jobs.py").write_text(JOBS, encoding="utf-8")
    (root / "docs").mkdir()
    (root / "docs/plan.md").write_text(PLAN, encoding="utf-8")
    (root / "docs/result.json").write_text(json.dumps(RESULT), encoding="utf-8")
    (root / "docs/fields.json").write_text('{"title": "Sort"}', encoding="utf-8")
    git(root, "init", "--quiet")
    git(root, "config", "user.name", "dana")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "--message", "The shop")


def edited(root: Path) -> None:
    log = root / MEMORY / "context/decisions.md"
    text = log.read_text("utf-8").replace("A token bucket per merchant.", "Two buckets each.")
    more = "\n## 2026-04-01 — Sort receipts\n\n**Status:** Accepted\n\n**Decision:** By day.\n"
    log.write_text(text + more, encoding="utf-8")


def without_memory(root: Path) -> None:
    shutil.rmtree(root / ".archmem")


def with_backup_only(root: Path) -> None:
    (backup,) = (root / ".archmem/backups").iterdir()
    backup.rename(root.parent / "backup.db")
    without_memory(root)


def damaged(root: Path) -> None:
    ledger = root / ".archmem/memory.db"
    whole = ledger.read_bytes()
    at = whole.rindex(b"token bucket per merchant")
    ledger.write_bytes(whole[:at] + b"T" + whole[at + 1 :])


def taken_out(root: Path) -> None:
    notes = root / MEMORY / "notes.md"
    notes.write_text(notes.read_text("utf-8").partition("## A word of")[0], encoding="utf-8")


def from_elsewhere(root: Path) -> None:
    shutil.rmtree(root.parent / "state/ledgers")


def installed(root: Path) -> None:
    (root / ".mcp.json").write_text('{"mcpServers": {"other": {"command": "x"}}}\n')


WRITING = (
    Case("init", without_memory),
    Case("index", without_memory),
    Case("index", edited, is_short=True),
    Case("record decision --title Sort --decision By-day --status accepted", is_short=True),
    Case("record note --title Sort --body By-day", is_short=True),
    Case("flag raise --title Slow --body Receipts-wait", is_short=True),
    Case("flag resolve {flag} --evidence Shipped", is_short=True),
    Case("run start --task Sort"),
    Case("run finish {run} --success --approach Queues --lesson Acknowledge-late", is_resumed=True),
    Case("learn --from docs/result.json", is_resumed=True),
    Case("plan new docs/plan.md --title Another", is_short=True),
    Case("plan phase {plan} 1 --begin"),
    Case("plan close {plan} --success --approach Queues", is_resumed=True),
    Case("correct {note} docs/fields.json"),
    Case("remove {note}"),
    Case("undo"),
    Case("harvest"),
    Case("backup", is_short=True),
    Case("restore ../backup.db", with_backup_only),
    Case("export ../out.jsonl", is_short=True),
    Case("export ../out --markdown"),
    Case("import ../kept.jsonl", without_memory),
    Case("doctor --mend"),
    Case("doctor --mend", damaged),
    Case("verify --rebuild", is_resumed=True),
    Case("install claude --yes", installed, is_resumed=True),
    Case("forget {note} --yes", taken_out, gone=SECRET.encode()),
    Case("adopt --yes", from_elsewhere),
)
READING = (
    Case("adopt", from_elsewhere, is_reading=True),
    *(
        Case(words, is_reading=True)
        for words in (
            "search queue",
            "tried queue",
            "brief queue",
            "check docs/plan.md",
            "related {note}",
            "show {note}",
            "explain {note}",
            "history {note}",
            "timeline queue",
            "baselines",
            "list",
            "lint",
            "verify",
            "status",
            "impact enqueue",
            "map",
            "audit",
            "inventory symbols",
            "health",
            "doctor",
            "flag list",
            "plan status",
            "run list",
            "consolidate",
            "forget {note}",
        )
    ),
)
