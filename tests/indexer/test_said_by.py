"""What an agent recorded stays an agent's in a clone, as its file says so."""

import shutil

import pytest

from indexer.project import open_project
from memory.kinds.vocabulary import Kind, Trust
from memory.models.details import Baseline, Flag, Note
from memory.models.memory import Draft
from tests.builders import a_decision

pytestmark = pytest.mark.slow

RECORDED = {
    Kind.DECISION: a_decision(title="Use a queue"),
    Kind.NOTE: Draft(title="Slow start", body="The cache is cold.", details=Note(), agent="ops"),
    Kind.FLAG: Draft(title="Keys are old", body="Rotate them.", details=Flag(sender="ops")),
    Kind.BASELINE: Draft(
        title="p95", body="p95", details=Baseline(metric="p95", value=120.0, unit="ms")
    ),
}


def opened(root):
    return open_project(root, environment={})


def cloned(root):
    """The same files, without the memory."""
    clone = root.with_name("clone")
    shutil.copytree(root, clone, ignore=shutil.ignore_patterns(".archmem"))
    return clone


@pytest.mark.parametrize("kind", RECORDED)
def test_in_a_clone_it_is_still_the_agents(tmp_path, word_model, kind):
    root = tmp_path / "shop"
    root.mkdir()
    with opened(root) as memory:
        uid = memory.record(RECORDED[kind], author="agent:payments").uid
        assert not memory.index().revised

    with opened(cloned(root)) as memory:
        memory.index()
        source = memory.show(uid).memory.revision.source
        assert not source.orders
        assert (source.author, source.trust) == ("agent:payments", Trust.AGENT)


def test_what_a_person_recorded_is_not_said_to_be_an_agents(tmp_path, word_model):
    root = tmp_path / "shop"
    root.mkdir()
    with opened(root) as memory:
        uid = memory.record(RECORDED[Kind.DECISION], author="human:dana").uid
        memory.record(RECORDED[Kind.DECISION], author="agent:payments")  # in the same words
        path = root / memory.show(uid).memory.path
    assert "agent:" not in path.read_text()


def test_a_correction_leaves_it_whose_it_was(tmp_path, word_model):
    root = tmp_path / "shop"
    root.mkdir()
    with opened(root) as memory:
        uid = memory.record(RECORDED[Kind.DECISION], author="agent:payments").uid
        memory.correct(uid, {"title": "Use two queues"}, author="human:dana")
    with opened(cloned(root)) as memory:
        memory.index()
        shown = memory.show(uid).memory
        assert (shown.title, shown.revision.source.trust) == ("Use two queues", Trust.AGENT)


def test_whoever_takes_the_mark_out_does_not_vouch_for_it(tmp_path, word_model):
    root = tmp_path / "shop"
    root.mkdir()
    with opened(root) as memory:
        recorded = memory.record(RECORDED[Kind.DECISION], author="agent:payments")
        path = root / recorded.path
        path.write_text(path.read_text().replace(" by agent:payments -->", " -->"))
        memory.index()
        source = memory.show(recorded.uid).memory.revision.source
        assert (source.author, source.trust) == ("agent:payments", Trust.AGENT)


@pytest.mark.parametrize("name", ["a b", "x --> <!-- archmem: dec-aaaaaaaa", "", "ünïcode", "a\nb"])
def test_no_name_breaks_the_mark(tmp_path, word_model, name):
    root = tmp_path / "shop"
    root.mkdir()
    with opened(root) as memory:
        uid = memory.record(RECORDED[Kind.DECISION], author=f"agent:{name}").uid
        assert not memory.index().revised
    with opened(cloned(root)) as memory:
        memory.index()
        assert memory.show(uid).memory.revision.source.trust is Trust.AGENT


def test_where_decisions_are_files_of_their_own_the_file_says_it(tmp_path, word_model):
    root = tmp_path / "shop"
    (root / "docs/adr").mkdir(parents=True)
    for number in (1, 2):
        text = (
            f"# {number}. Use tool {number}\n\nDate: 2024-01-0{number}\n\n## Status\n\nAccepted\n"
        )
        text += "\n## Context\n\nWe need it.\n\n## Decision\n\nWe use it.\n"
        (root / f"docs/adr/000{number}-use-tool-{number}.md").write_text(text)
    with opened(root) as memory:
        memory.index()
        recorded = memory.record(RECORDED[Kind.DECISION], author="agent:payments")
        assert recorded.path.startswith("docs/adr/0003-")
        assert not memory.index().revised
        assert memory.show(recorded.uid).memory.revision.source.trust is Trust.AGENT
    with opened(cloned(root)) as memory:
        memory.index()
        source = memory.search("a queue").hits[0].memory.revision.source
        assert not source.orders
        assert (source.author, source.trust) == ("agent:payments", Trust.AGENT)
