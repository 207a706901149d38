"""What archmem wrote and git took back again is gone, whenever the next index run comes."""

import shutil
import subprocess

import pytest

from indexer.formats.registry import formats
from indexer.pipeline import take_in
from indexer.project import open_project
from memory.kinds.vocabulary import Kind, Status
from memory.models.details import Baseline, Decision
from memory.models.selection import Selection
from tests.builders import a_decision, a_draft

pytestmark = [
    pytest.mark.skipif(shutil.which("git") is None, reason="git takes things back"),
    pytest.mark.slow,
]

DAYS = [f"2026-0{month}-01" for month in range(1, 9)]
LOG = ".claude/memory/context/decisions.md"
MEASURED = ".claude/memory/performance/baselines.json"


def git(folder, *arguments):
    identity = ["-c", "user.name=Dana", "-c", "user.email=dana@example.org"]
    subprocess.run(["git", "-C", folder, *identity, *arguments], check=True, capture_output=True)


def a_baseline(value: float):
    details = Baseline(metric="latency", value=value, unit="ms")
    return a_draft(title=f"latency: {value:g} ms", body=f"latency: {value:g} ms", details=details)


@pytest.fixture
def root(tmp_path):
    root = tmp_path / "project"
    entries = ", ".join(f'{{"metric": "m{day}", "value": 1, "date": "{day}"}}' for day in DAYS)
    for path, text in {
        MEASURED: f'{{"baselines": [{entries}]}}\n',
        LOG: "# Log\n\n## Use one queue\n\n**Status:** proposed\n\nTwo drift apart.\n",
        ".gitignore": ".archmem\n",
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    git(tmp_path, "init", "-b", "main", root)
    git(root, "add", ".")
    git(root, "commit", "-m", "All")
    return root


@pytest.fixture
def memory(root, word_model):
    with open_project(root) as memory:
        memory.index()
        yield memory


def uids(memory) -> set[str]:
    return {one.memory.uid for one in memory.list()}


def test_a_record_that_a_checkout_took_back_is_removed(root, memory):
    before = uids(memory)
    uid = memory.record(a_baseline(12), author="human:dana").uid

    git(root, "checkout", ".claude")
    report = memory.index()

    assert report.removed == 1
    assert uids(memory) == before
    assert memory.show(uid).memory.revision.removed


def test_a_record_that_stays_on_another_branch_is_removed_and_comes_back(root, memory):
    before = uids(memory)
    git(root, "checkout", "-b", "measured")
    uid = memory.record(a_baseline(12), author="human:dana").uid
    git(root, "commit", "-a", "-m", "Measured")

    git(root, "checkout", "main")
    memory.index()
    assert uids(memory) == before

    git(root, "checkout", "measured")
    memory.index()
    assert uids(memory) == before | {uid}


def test_a_new_file_that_is_deleted_again_leaves_nothing(root, memory):
    before = uids(memory)
    draft = a_draft(title="Retry twice", body="Retry twice, not thrice.")
    path = memory.record(draft, author="human:dana").path

    (root / path).unlink()
    memory.index()

    assert uids(memory) == before


def test_an_amendment_that_a_checkout_took_back_no_longer_holds(root, memory):
    (listed,) = memory.list(Selection(kinds=(Kind.DECISION,)))
    draft = listed.memory.revision.draft
    details = draft.details.model_copy(update={"status": Status.ACCEPTED})
    changed = draft.model_copy(update={"details": details})
    assert memory.amend(listed.memory.uid, changed, author="human:dana").path == LOG

    git(root, "checkout", ".claude")
    memory.index()

    now = memory.show(listed.memory.uid).memory.revision.draft.details
    assert isinstance(now, Decision)
    assert now.status is Status.PROPOSED


def test_in_a_linked_worktree_too(root, memory, tmp_path):
    git(root, "worktree", "add", "-b", "linked", tmp_path / "linked")
    before = uids(memory)
    with open_project(tmp_path / "linked") as linked:
        linked.index()
        linked.record(a_baseline(12), author="human:dana")

        git(tmp_path / "linked", "checkout", ".claude")
        linked.index()
        memory.index()

    assert uids(memory) == before


def test_what_nobody_took_back_is_no_news(root, memory):
    memory.record(a_baseline(12), author="human:dana")
    memory.record(a_decision(title="Use two", body="One is slow."), author="human:dana")
    there = uids(memory)

    report = memory.index()

    assert (report.added, report.revised, report.moved, report.removed) == (0, 0, 0, 0)
    assert uids(memory) == there


def test_a_watcher_that_hears_of_both_writes_at_once_removes_it(root, memory):
    before = uids(memory)
    memory.record(a_baseline(12), author="human:dana")

    git(root, "checkout", ".claude")
    report = take_in(memory.ledger, root, formats(), only={MEASURED})

    assert report.removed == 1
    assert uids(memory) == before
