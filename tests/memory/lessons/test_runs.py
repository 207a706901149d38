"""Runs: from the brief that is served to what came of it."""

from __future__ import annotations

import pytest

from indexer.project import open_project
from memory.errors import InvalidRecord, InvalidResult, UnknownMemory
from memory.kinds.vocabulary import Kind, LinkType, Status, Trust
from memory.lessons.result_parser import read_result
from memory.lessons.runs import details_of, fetch_run, open_runs
from memory.models.details import Served
from memory.models.selection import Lens, Selection
from tests.builders import rows
from tests.indexer.history.conftest import run_git

pytestmark = pytest.mark.slow

AUTHOR = "agent:coordinator"
DONE = {"success": True, "approach": "Quorum queues", "situation": "A deploy loses jobs"}


def uids_of(memory) -> dict[str, str]:
    return {one.memory.title: one.memory.uid for one in memory.list()}


def test_a_run_keeps_which_revisions_its_brief_showed(memory):
    brief = memory.brief("Move background jobs to another queue")

    begun = memory.run_start("Move background jobs to another queue", author=AUTHOR)

    shown = memory.show(begun.uid).memory
    run = details_of(shown)
    assert (shown.kind, run.status, shown.path) == (Kind.RUN, Status.OPEN, None)
    assert begun.brief == brief.text
    assert run.brief == begun.digest == brief.digest
    assert run.served == brief.served
    assert uids_of(memory)["Move background jobs to RabbitMQ"] in [one.uid for one in run.served]
    assert all(isinstance(one, Served) for one in run.served)


def test_a_run_may_do_without_a_brief(memory):
    begun = memory.run_start("Queue receipts", with_brief=False, author=AUTHOR)

    run = details_of(memory.show(begun.uid).memory)
    assert (begun.brief, run.brief, run.served) == ("", "", ())


def test_a_run_knows_its_modules_its_agents_and_who_began_it(memory):
    one = memory.run_start("A", modules=("queue",), agents=("payments",), author="human:dana")
    two = memory.run_start("B", agents=("payments", "auth"), author=AUTHOR)

    draft = memory.show(one.uid).memory.revision.draft
    assert (draft.modules, draft.agent) == (("queue",), "payments")
    assert memory.show(one.uid).memory.revision.source.trust is Trust.TEAM
    shown = memory.show(two.uid).memory.revision
    assert (shown.draft.agent, shown.draft.extra) == (None, {"agents": ["payments", "auth"]})
    assert shown.source.trust is Trust.AGENT


def test_a_run_notes_what_was_checked_out(memory):
    run_git(memory.root, "init", "-q")
    run_git(memory.root, "add", "-A")
    run_git(memory.root, "commit", "-q", "-m", "Begin")
    head = run_git(memory.root, "rev-parse", "HEAD").strip()

    begun = memory.run_start("Queue receipts", with_brief=False, author=AUTHOR)
    memory.run_finish(begun.uid, read_result(DONE | {"commits": ["HEAD", "gone"]}), author=AUTHOR)

    run = memory.show(begun.uid).memory
    assert details_of(run).commit == run.revision.source.commit == head
    assert details_of(run).commits == (head, "gone")


def test_two_runs_of_the_same_task_are_two(memory):
    runs = {memory.run_start("A", with_brief=False, author=AUTHOR).uid for _ in range(5)}

    assert len(runs) == 5


@pytest.mark.parametrize("task", ["", "  \n"])
def test_a_run_without_a_task_is_refused(memory, task):
    with pytest.raises(InvalidRecord, match="needs a task"):
        memory.run_start(task, author=AUTHOR)


def test_a_long_task_is_kept_whole(memory):
    task = "Split " + "payments " * 300

    uid = memory.run_start(task, with_brief=False, author=AUTHOR).uid

    draft = memory.show(uid).memory.revision.draft
    assert (draft.details.task, draft.body) == (task.strip(), task.strip())
    assert len(draft.title) <= 200


def test_a_finished_run_says_what_came_of_it_and_what_helped(memory):
    uids = uids_of(memory)
    helped, misled = (
        uids["Move background jobs to RabbitMQ"],
        uids["Use Redis lists as the job queue"],
    )
    begun = memory.run_start("Queue receipts", author=AUTHOR)
    result = read_result(DONE | {"helped": [helped[:9]], "misled": misled, "effort": 3})

    finished = memory.run_finish(begun.uid[:9], result, author=AUTHOR)

    shown = memory.show(begun.uid)
    run = details_of(shown.memory)
    assert (finished.status, finished.is_new, finished.kept) == (Status.DONE, True, ("effort",))
    assert (run.approach, run.situation) == ("Quorum queues", "A deploy loses jobs")
    assert run.served  # what was known at its beginning is still told
    links = {(link.type, link.target) for link in shown.links if link.source == begun.uid}
    assert (LinkType.HELPED_BY, helped) in links
    assert (LinkType.MISLED_BY, misled) in links
    assert "**Approach:** Quorum queues" in shown.memory.revision.draft.body


def test_a_result_that_names_an_unknown_memory_is_refused_whole(memory):
    begun = memory.run_start("Queue receipts", with_brief=False, author=AUTHOR)
    before = rows(memory.ledger.db)

    with pytest.raises(UnknownMemory, match="dec-nobody"):
        memory.run_finish(begun.uid, read_result(DONE | {"helped": ["dec-nobody"]}), author=AUTHOR)

    assert rows(memory.ledger.db) == before


def test_only_a_run_can_be_finished(memory):
    uid = uids_of(memory)["Move background jobs to RabbitMQ"]

    with pytest.raises(InvalidRecord, match="is a decision, not a run"):
        memory.run_finish(uid, read_result(DONE), author=AUTHOR)


def test_the_same_result_twice_changes_nothing_and_another_is_refused(memory):
    begun = memory.run_start("Queue receipts", with_brief=False, author=AUTHOR)
    memory.run_finish(begun.uid, read_result(DONE), author=AUTHOR)
    before = rows(memory.ledger.db)

    again = memory.run_finish(begun.uid, read_result(DONE), author="human:dana")
    with pytest.raises(InvalidResult, match="with another result"):
        memory.run_finish(begun.uid, read_result(DONE | {"success": False}), author=AUTHOR)

    assert again.is_new is False
    assert rows(memory.ledger.db) == before


def test_a_run_that_was_never_finished_shows_up_first(memory):
    first = memory.run_start("A", with_brief=False, author=AUTHOR).uid
    second = memory.run_start("B", with_brief=False, author=AUTHOR).uid
    third = memory.run_start("C", with_brief=False, author=AUTHOR).uid
    memory.run_finish(third, read_result({"success": False}), author=AUTHOR)

    runs = memory.run_list().runs

    assert [run.uid for run in runs] == [second, first, third]
    assert [run.status for run in runs] == [Status.OPEN, Status.OPEN, Status.FAILED]
    assert [run.uid for run in memory.status().open_runs] == [second, first]
    with memory.ledger.reading() as db:
        assert [run.uid for run in open_runs(db)] == [second, first]


def test_seen_from_when_it_was_under_way_a_run_is_open(memory):
    uid = memory.run_start("A", with_brief=False, author=AUTHOR).uid
    begun = memory.run_list().runs[0].begun
    memory.run_finish(uid, read_result(DONE), author=AUTHOR)

    (then,) = memory.run_list(lens=Lens(as_of=begun)).runs

    assert then.status is Status.OPEN
    assert memory.run_list().runs[0].begun == begun


def test_a_module_tells_when_a_run_began_and_how_it_ended(memory):
    uid = memory.run_start("A", modules=("auth",), with_brief=False, author=AUTHOR).uid
    begun = [event.what for event in memory.timeline("auth") if event.memory.uid == uid]
    memory.run_finish(uid, read_result({"success": False}), author=AUTHOR)

    assert begun == ["begun"]
    told = [event.what for event in memory.timeline("auth") if event.memory.uid == uid]
    assert told == ["begun", "failed"]


# Runs make no noise.


def test_a_search_finds_runs_only_when_it_is_asked_for_them(memory):
    uid = memory.run_start("Move background jobs to RabbitMQ", author=AUTHOR).uid

    plain = memory.search("Move background jobs to RabbitMQ")
    asked = memory.search("background jobs", selection=Selection(kinds=(Kind.RUN,)))

    assert uid not in [hit.memory.uid for hit in plain.hits]
    assert plain.hits
    assert [hit.memory.uid for hit in asked.hits] == [uid]


def test_what_a_memory_has_to_do_with_is_no_run_unless_they_are_linked(memory):
    uid = uids_of(memory)["Move background jobs to RabbitMQ"]
    stranger = memory.run_start("Move background jobs to RabbitMQ", author=AUTHOR).uid
    helped = memory.run_start("Move other jobs", author=AUTHOR).uid
    memory.run_finish(helped, read_result({"success": True, "helped": [uid]}), author=AUTHOR)

    found = [hit.memory.uid for hit in memory.related(uid).hits]

    assert helped in found
    assert stranger not in found


def test_a_run_takes_no_reference_from_a_decision_of_its_name(memory):
    successor = uids_of(memory)["Move background jobs to RabbitMQ"]
    memory.run_start("Use Redis lists as the job queue", with_brief=False, author=AUTHOR)

    memory.index()

    old = uids_of(memory)["Use Redis lists as the job queue"]
    links = memory.show(successor).links
    assert (LinkType.SUPERSEDES, old) in [(link.type, link.target) for link in links]


def test_runs_do_not_make_it_easier_to_believe_that_files_are_gone(memory):
    for number in range(20):
        memory.run_start(f"Task {number}", with_brief=False, author=AUTHOR)
    (memory.root / ".claude/memory/context/decisions.md").unlink()

    report = memory.index()

    assert report.withheld == 3
    assert report.unchanged == 5


def test_an_index_run_leaves_runs_alone(memory):
    uid = memory.run_start("A", with_brief=False, author=AUTHOR).uid
    memory.run_finish(uid, read_result(DONE), author=AUTHOR)
    before = memory.history(uid)

    memory.index()

    assert memory.history(uid) == before
    assert memory.show(uid).memory.revision.removed is False


def test_reading_changes_nothing(memory):
    uid = memory.run_start("Queue receipts", author=AUTHOR).uid
    memory.run_finish(uid, read_result(DONE), author=AUTHOR)
    before = rows(memory.ledger.db)

    memory.run_list()
    memory.show(uid)
    memory.history(uid)
    memory.search("queue", selection=Selection(kinds=(Kind.RUN,)))
    memory.status()
    with memory.ledger.reading() as db:
        fetch_run(db, uid)

    assert rows(memory.ledger.db) == before


def test_a_run_survives_what_opened_it(memory, tmp_path):
    uid = memory.run_start("Queue receipts", with_brief=False, author=AUTHOR).uid
    memory.close()

    with open_project(tmp_path / "shop", environment={}) as again:
        assert [run.uid for run in again.run_list().runs] == [uid]
