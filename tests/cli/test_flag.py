"""Flags: both domains see them until they are closed, and their file says what was done."""

from __future__ import annotations

import json
import subprocess
from datetime import UTC, datetime, timedelta

import pytest

from indexer.project import open_project
from memory.errors import InvalidRequest, UnknownCommit, UnknownMemory
from memory.kinds.vocabulary import LinkType, Status
from memory.models.details import Flag
from tests.builders import NOW, a_draft

pytestmark = pytest.mark.slow

PENDING = ".claude/memory/flags/pending.json"
FILE = """{
  "flags": [
    {
      "id": "F-1",
      "type": "security", // why it is here
      "from": "auth-agent",
      "to": ["payments-agent"],
      "module_affected": "ledger",
      "description": "Refunds need a scope of their own.",
      "severity": "high",
      "blocking": true,
      "owner": "dana",
      "due": "2026-01-02",
      "timestamp": "2025-12-01T10:00:00Z",
      "status": "OPEN"
    },
    {"id": "F-2", "type": "capacity", "from": "queue", "description": "The queue fills.",
     "status": "open", "expires_at": "2026-01-01"}
  ]
}
"""


@pytest.fixture
def memory(tmp_path, word_model):
    file = tmp_path / "project" / PENDING
    file.parent.mkdir(parents=True)
    file.write_text(FILE)
    with open_project(tmp_path / "project", store=tmp_path / "store") as memory:
        memory.upkeep.take_in()
        yield memory


def said(memory):
    """What the file says of its first flag."""
    text = (memory.root / PENDING).read_text()
    assert "// why it is here" in text
    return json.loads(text.replace("// why it is here", ""))["flags"][0]


def flag(memory, action, uid="", **asked):
    return memory.flag(action, uid, author="agent:payments", **asked)


def first(memory):
    return flag(memory, "list").flags[0].memory.uid


def git(folder, *words):
    asked = subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True, text=True)
    return asked.stdout.strip()


@pytest.mark.parametrize("domain", ["auth", "Payments", "agent:payments", "dana", "ledger", ""])
def test_everybody_whom_a_flag_concerns_is_shown_it(memory, domain):
    [found] = flag(memory, "list", domain=domain).flags

    assert found.memory.entry == "f-1"


def test_it_concerns_nobody_else(memory):
    assert flag(memory, "list", domain="queue-x").flags == ()


def test_a_flag_whose_time_is_over_has_expired_though_its_file_says_open(memory):
    listed = flag(memory, "list", everything=True).flags

    assert [one.standing.status for one in listed] == [Status.OPEN, Status.EXPIRED]
    assert not listed[1].standing.in_force


def test_what_is_acknowledged_is_said_in_place_and_only_once(memory):
    uid = first(memory)
    before = (memory.root / PENDING).read_text()

    done = flag(memory, "acknowledge", uid)
    after = (memory.root / PENDING).read_text()
    again = flag(memory, "acknowledge", uid)

    assert (done.changed, again.changed) == (True, False)
    assert said(memory)["status"] == "ACKNOWLEDGED"
    assert said(memory)["acknowledged_by"] == "payments"
    assert again.said == f"{uid} was acknowledged already."
    assert (memory.root / PENDING).read_text() == after
    assert after.startswith(before[: before.index('"OPEN"')])
    assert flag(memory, "list").flags[0].memory.uid == uid


def test_resolving_keeps_the_evidence_and_shows_the_flag_to_nobody_any_more(memory):
    uid = first(memory)

    flag(memory, "resolve", uid, evidence="Scope added, no refund without it.", by="dana")

    assert said(memory)["resolution"] == "Scope added, no refund without it."
    assert said(memory)["resolved_by"] == "dana"
    assert flag(memory, "list").flags == ()
    assert memory.show(uid).standing.status is Status.RESOLVED
    assert "closed already: resolved" in flag(memory, "resolve", uid, evidence="again").said
    assert "closed already" in flag(memory, "acknowledge", uid).said
    assert memory.upkeep.take_in().revised == 0


def test_a_memory_that_resolves_a_flag_is_linked_to_it(memory):
    uid = first(memory)
    other = memory.record(a_draft(title="Add a scope"), author="human:dana").uid

    flag(memory, "resolve", uid, evidence=other)

    [link] = [one for one in memory.show(uid).links if one.type is LinkType.RESOLVES]
    assert (link.source, link.target) == (other, uid)
    assert said(memory)["resolution"] == f"Add a scope ({other})"


def test_a_commit_is_kept_with_its_whole_hash(memory):
    git(memory.root, "init", "-q")
    who = ("-c", "user.name=d", "-c", "user.email=d@x")
    git(memory.root, *who, "commit", "-q", "--allow-empty", "-m", "x")
    head = git(memory.root, "rev-parse", "HEAD")

    flag(memory, "resolve", first(memory), evidence=head[:9])

    assert said(memory)["resolution"] == f"commit {head}"


@pytest.mark.parametrize(
    "evidence", ["not-needed", "not-required", "low-risk", "1234567", "defaced", "pre-existing"]
)
def test_evidence_that_only_looks_like_a_uid_or_a_commit_is_words(memory, evidence):
    uid = first(memory)

    flag(memory, "resolve", uid, evidence=evidence)

    assert memory.show(uid).memory.revision.draft.details.resolution == evidence


def test_a_late_notice_leaves_what_somebody_else_settled_meanwhile_settled(memory, monkeypatch):
    uid = first(memory)
    amend, others = type(memory).amend, []

    def late(self, *said, **asked):
        if not others:
            others.append(memory.twin())
            flag(others[0], "resolve", uid, evidence="Fixed in the worker.")
        return amend(self, *said, **asked)

    monkeypatch.setattr(type(memory), "amend", late)

    told = flag(memory, "acknowledge", uid)

    others[0].close()
    assert "is closed already: resolved" in told.said
    assert memory.show(uid).standing.status is Status.RESOLVED


@pytest.mark.parametrize(
    ("evidence", "error"),
    [
        ("  ", InvalidRequest),
        ("dec-aaaaaaaa", UnknownMemory),
        ("0123456789abc", UnknownCommit),
        ("les-k3f2", UnknownMemory),
    ],
)
def test_evidence_that_is_none_changes_nothing(memory, evidence, error):
    with pytest.raises(error):
        flag(memory, "resolve", first(memory), evidence=evidence)

    assert (memory.root / PENDING).read_text() == FILE


def test_only_a_flag_can_be_settled(memory):
    other = memory.record(a_draft(), author="human:dana").uid

    with pytest.raises(InvalidRequest, match="is a note"):
        flag(memory, "expire", other)


def test_an_expired_flag_says_so_in_its_file(memory):
    flag(memory, "expire", first(memory), reason="Refunds are gone.")

    assert (said(memory)["status"], said(memory)["resolution"]) == ("EXPIRED", "Refunds are gone.")
    assert "expired_at" in said(memory)


def test_what_is_edited_or_removed_in_the_file_comes_back(memory):
    uid = first(memory)
    flag(memory, "acknowledge", uid)
    file = memory.root / PENDING

    file.write_text(file.read_text().replace('"ACKNOWLEDGED"', '"resolved"'))
    memory.upkeep.take_in()
    assert memory.show(uid).standing.status is Status.RESOLVED
    file.write_text('{"flags": []}')
    memory.upkeep.take_in(accept_removals=True)

    assert memory.show(uid).memory.revision.removed
    assert flag(memory, "list", everything=True).flags == ()


def test_a_flag_that_was_raised_here_is_settled_in_its_own_entry(memory):
    details = Flag(flag_type="x", sender="api", due=NOW - timedelta(days=400))
    uid = memory.record(a_draft(title="Slow", details=details), author="agent:api").uid

    flag(memory, "acknowledge", uid)
    flag(memory, "resolve", uid, evidence="It is fast.")

    entry = json.loads((memory.root / PENDING).read_text().replace("// why it is here", ""))
    [own] = [one for one in entry["flags"] if one.get("uid") == uid]
    assert (own["status"], own["resolution"]) == ("resolved", "It is fast.")
    assert datetime.fromisoformat(own["valid_to"]) <= datetime.now(UTC)
    assert memory.upkeep.take_in().revised == 0
