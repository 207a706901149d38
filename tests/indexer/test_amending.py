"""A revision is written where the text stands, and the next index run agrees."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer import recording
from indexer.project import open_project
from memory.errors import ChangedMeanwhile, FileNotWritable, InvalidRecord
from memory.kinds.vocabulary import Kind, LinkType, Status, Trust
from memory.models.details import Flag, Lesson, Refactoring
from memory.models.memory import Reference
from memory.retrieval.passages import keep_memory
from tests.builders import NOW, a_decision, a_draft, a_source

pytestmark = pytest.mark.slow

SAMPLE = Path(__file__).parents[2] / "data/sample"
LOG = ".claude/memory/context/decisions.md"
BANK = "memory-bank/decisionLog.md"
ADR = "docs/adr/0007-use-a-queue.md"
RST = "docs/adr/0008-use-another.rst"
LEARNED = ".claude/memory/learned/patterns.md"
LEARNED_JSON = ".claude/memory/learned/patterns.json"
FLAGS = ".claude/memory/flags/pending.json"
NOTES = ".claude/memory/modules/api/limits.md"
NOTES_JSON = ".claude/memory/agents/api-agent/knowledge.json"
BY = Reference(type=LinkType.SUPERSEDES, target="dec-aaaaaaaa", inverse=True)
HEIRS = (BY,)
#: What each status becomes, so that every shape is changed to something that fits its kind.
ENDED = {
    Kind.DECISION: Status.SUPERSEDED,
    Kind.LESSON: Status.DEPRECATED,
    Kind.NOTE: Status.SUPERSEDED,
    Kind.FLAG: Status.RESOLVED,
    Kind.REFACTORING: Status.REVERTED,
    Kind.BASELINE: Status.DEPRECATED,
}


@pytest.fixture
def project(tmp_path, word_model):
    return Opened(tmp_path)


class Opened:
    """A project of a few files, and its memory."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "project"
        self.root.mkdir()
        self.memory = open_project(self.root, store=folder / "store")

    def write(self, path: str, text: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())
        self.memory.upkeep.take_in(accept_removals=True)

    def read(self, path: str) -> str:
        return (self.root / path).read_bytes().decode()

    def only(self, path: str):
        [listed] = [one for one in self.memory.list() if one.memory.path == path]
        return listed.memory

    def amend(self, memory, **changes):
        """Change some fields of the draft and of its details."""
        draft = self.memory.show(memory.uid).memory.revision.draft
        said = {name: v for name, v in changes.items() if name in type(draft.details).model_fields}
        common = {name: value for name, value in changes.items() if name not in said}
        details = draft.details.model_copy(update=said)
        new = draft.model_copy(update={**common, "details": details})
        return self.memory.amend(memory.uid, new, author="human:dana")

    def assert_quiet(self) -> None:
        """An index run finds nothing that is not known."""
        report = self.memory.upkeep.take_in()
        assert (report.added, report.revised, report.moved, report.removed) == (0, 0, 0, 0)
        assert self.memory.status().pending_files == 0


@pytest.mark.parametrize(
    ("path", "text", "changed", "new"),
    [
        (LOG, "## 2026-01-02 A\n\n**Status:** Accepted\n\nWords.\n", "Accepted", "Superseded"),
        (LOG, "## A\n\n- **Status**: ✅ accepted\n- **Tags:** x\n\nB.\n",
         "✅ accepted", "superseded"),
        (LOG, "### A\n\n#### Status\n\n*ACCEPTED*\n\n#### Context\n\nB.\n",
         "ACCEPTED", "SUPERSEDED"),
        (LOG, "## A [accepted]\n\nWords of it.\n", "accepted", "superseded"),
        (LOG, "## A\r\n\r\nStatus: proposed\r\n\r\nB.\r\n", "proposed", "superseded"),
        (BANK, "# Log\n\n[2026-01-02 10:00:00] - A\n**Status:** Accepted\n",
         "Accepted", "Superseded"),
        (LEARNED, "## A\n\n- **Context:** b\n- **Status:** accepted\n", "accepted", "deprecated"),
        (NOTES, "# Limits\n\nStatus: accepted\n\nThere are few.\n", "accepted", "superseded"),
        (ADR, "# 7. Use it\n\nDate: 2026-01-02\n\n## Status\n\nAccepted\n\n## Context\n\nB.\n",
         "Accepted", "Superseded"),
        (ADR, "---\nstatus: 'accepted'\ndate: 2026-01-02\n---\n# Use it\n\n## Context\n\nB.\n",
         "accepted", "superseded"),
        (ADR, "# Use it\n\n* Status: accepted (2026-02-01)\n* Deciders: dana\n\n## Context\n\nB.\n",
         "accepted (2026-02-01)\n* Deciders: dana\n",
         "superseded\n* Deciders: dana\n* Date: 2026-02-01\n"),
        (ADR, "# Use it\n\n| Key | Value |\n|---|---|\n| Status | Accepted |\n\n## What\n\nB.\n",
         "Accepted", "Superseded"),
        (RST, "Title: Use it\n:Status: Accepted\n\nUse it\n======\n\nContext\n-------\n\nB.\n",
         "Accepted", "Superseded"),
        (FLAGS, '\ufeff{"flags": [ // ours\r\n  {"id": "F-1", "type": "x", "status": "OPEN"},]}',
         "OPEN", "RESOLVED"),
        (NOTES_JSON, '{"notes": [{"title": "a", "text": "b c", "state": "accepted"}]}',
         "accepted", "superseded"),
    ],
)  # fmt: skip
def test_a_status_changes_where_it_stands_and_nothing_else_does(project, path, text, changed, new):
    project.write(path, text)
    memory = project.only(path)

    recorded = project.amend(memory, status=ENDED[memory.kind])

    assert (recorded.path, recorded.pending, recorded.is_new) == (path, "", True)
    assert project.read(path) == text.replace(changed, new)
    assert project.only(path).revision.draft.status is ENDED[memory.kind]
    project.assert_quiet()


@pytest.mark.parametrize(
    ("path", "text", "after", "new"),
    [
        (LOG, "## A\n\nWords of it.\n\n## B\n\nMore.\n", "## A\n", "\n**Status:** Superseded\n"),
        (LOG, "## A\n\n- **Date:** 2026-01-02\n- **Modules:** api\n\nB.\n", "api\n",
         "- **Status:** Superseded\n"),
        (LEARNED, "## A\n\n- **Context:** b\n- **Outcome:** c\n", "c\n",
         "- **Status:** Deprecated\n"),
        (ADR, "---\ndate: 2026-01-02\n---\n# Use it\n\n## Context\n\nB.\n", "2026-01-02\n",
         "status: superseded\n"),
        (ADR, "# Use it\n\n## Context\n\nB.\n", "# Use it\n\n", "## Status\n\nSuperseded\n\n"),
        (FLAGS, '[\n  {\n    "id": "F-1",\n    "type": "x"\n  }\n]\n', '"x"',
         ',\n    "status": "resolved"'),
    ],
)  # fmt: skip
def test_a_status_that_was_not_said_is_put_in_the_style_of_its_entry(
    project, path, text, after, new
):
    project.write(path, text)
    memory = min((one.memory for one in project.memory.list()), key=lambda one: one.lines)

    project.amend(memory, status=ENDED[memory.kind])

    assert project.read(path) == text.replace(after, after + new, 1)
    project.assert_quiet()


@pytest.mark.parametrize(
    ("path", "text", "after", "new"),
    [
        (LOG, "## A\n\n**Superseded by:** ADR-9\n\nWords.\n", "ADR-9\n",
         "**Superseded by:** dec-aaaaaaaa\n"),
        (LOG, "## A\n\nWords of it.\n", "A\n", "\n**Superseded by:** dec-aaaaaaaa\n"),
        (ADR, "---\nsuperseded-by: N/A\n---\n# Use it\n\n## Context\n\nB.\n", "by: ",
         "dec-aaaaaaaa"),
        (ADR, "# Use it\n\n## Status\n\nAccepted\n\n## Context\n\nB.\n", "# Use it\n\n",
         "Superseded by: dec-aaaaaaaa\n\n"),
        (ADR, "---\nstatus: accepted\n---\n# Use it\n\n## Context\n\nB.\n", "accepted\n",
         "superseded-by: dec-aaaaaaaa\n"),
        (NOTES_JSON, '{"notes": [{"title": "a", "text": "b", "superseded_by": ["c"]}]}', '["c"',
         ', "dec-aaaaaaaa"'),
    ],
)  # fmt: skip
def test_what_replaced_an_entry_is_said_where_it_has_such_relations(
    project, path, text, after, new
):
    project.write(path, text)
    memory = project.only(path)

    project.amend(memory, references=memory.revision.draft.references + HEIRS)

    assert project.read(path) == text.replace(after, after + new, 1).replace("N/A", "")
    assert BY.target in {one.target for one in project.only(path).revision.draft.references}
    project.assert_quiet()


def test_evidence_makes_a_list_of_a_line_and_goes_on_with_a_list(project):
    project.write(
        LEARNED, "## A\n\n- **Context:** b\n- **Evidence for:** run-1 one\n\n## B\n\n- c\n"
    )
    memory = min((one.memory for one in project.memory.list()), key=lambda one: one.lines)

    project.amend(memory, evidence_for=("run-1 one", "run-2 two"))
    project.amend(memory, evidence_for=("run-1 one", "run-2 two", "run-3 three"))
    project.amend(memory, evidence_against=("run-4 four",))

    assert project.read(LEARNED) == (
        "## A\n\n- **Context:** b\n- **Evidence for:**\n  - run-1 one\n  - run-2 two\n"
        "  - run-3 three\n- **Evidence against:** run-4 four\n\n## B\n\n- c\n"
    )
    project.assert_quiet()


@pytest.mark.slow
def test_everything_in_the_sample_takes_a_status_an_heir_and_evidence(tmp_path, word_model):
    project = Opened(tmp_path)
    shutil.copytree(SAMPLE, project.root, dirs_exist_ok=True)
    project.memory.upkeep.take_in()
    refused = []
    for memory in one_of_each_file(project):
        changes = {"status": ENDED[memory.kind]}
        if memory.kind is Kind.LESSON:
            changes["evidence_against"] = ("run-aaaaaaaa 2026-01-01: it failed",)
        changes["references"] = memory.revision.draft.references + HEIRS
        before = project.read(memory.path)
        try:
            project.amend(memory, **changes)
        except FileNotWritable:
            refused.append(memory.path)
            assert project.read(memory.path) == before

    # Lines of an index and descriptions of agents have no place for any of it.
    assert {path.split("/")[-1] for path in refused} == {
        "MEMORY.md", "api-agent.md", "auth-agent.md", "payments-agent.md", "queue-agent.md"
    }  # fmt: skip
    project.assert_quiet()


@pytest.mark.slow
def test_what_is_amended_back_leaves_every_byte_as_it_was(tmp_path, word_model):
    project = Opened(tmp_path)
    shutil.copytree(SAMPLE, project.root, dirs_exist_ok=True)
    project.memory.upkeep.take_in()
    for memory in one_of_each_file(project):
        before = project.read(memory.path)
        references = memory.revision.draft.references + HEIRS
        try:
            project.amend(memory, status=ENDED[memory.kind], references=references)
        except FileNotWritable:
            continue
        project.memory.amend(memory.uid, memory.revision.draft, author="human:dana")
        assert project.read(memory.path) == before, memory.path
        assert project.memory.show(memory.uid).memory.revision.draft.digest == (
            memory.revision.draft.digest
        )
    project.assert_quiet()


def one_of_each_file(project):
    found = {one.memory.path: one.memory for one in project.memory.list()}
    return [found[path] for path in sorted(found)]


@pytest.mark.parametrize("kind", [Kind.DECISION, Kind.LESSON, Kind.NOTE, Kind.FLAG])
def test_what_archmem_wrote_can_be_amended_in_any_field(project, kind):
    draft = {
        Kind.DECISION: a_decision(),
        Kind.LESSON: a_draft(details=Lesson(context="c", issues=("one",))),
        Kind.NOTE: a_draft(),
        Kind.FLAG: a_draft(details=Flag(flag_type="x", sender="api")),
    }[kind]
    uid = project.memory.record(draft, author="human:dana").uid
    memory = project.memory.show(uid).memory
    before = project.read(memory.path)

    project.amend(memory, title="Another title", status=ENDED[kind], modules=("api",))

    said = project.memory.show(uid).memory.revision.draft
    assert (said.title, said.status, said.modules) == ("Another title", ENDED[kind], ("api",))
    project.assert_quiet()
    project.memory.amend(uid, memory.revision.draft, author="human:dana")
    assert project.read(memory.path) == before


@pytest.mark.parametrize(
    "change",
    [{"title": "B"}, {"modules": ("x",)}, {"context": "Why not"}, {"tags": ("x",)},
     {"review_triggers": ("2027-01-01",)}, {"body": "Other words."},
     {"body": "## A\n\n**Status:** accepted\n\n**Context:** why"}],
)  # fmt: skip
def test_the_own_words_of_a_person_are_refused_and_nothing_is_kept(project, change):
    project.write(LOG, "## A\n\n**Status:** accepted\n**Context:** why\n")
    memory = project.only(LOG)

    with pytest.raises(FileNotWritable, match="somebody's own words"):
        project.amend(memory, **change)

    assert project.only(LOG).revisions == 1


def test_evidence_in_the_words_of_a_person_is_added_to_and_never_taken_out(project):
    text = "## A\n\n- **Context:** b\n- **Evidence for:** run-1 one\n"
    project.write(LEARNED, text)
    memory = project.only(LEARNED)

    for lines in ((), ("run-2 two",)):
        with pytest.raises(FileNotWritable, match="evidence for"):
            project.amend(memory, evidence_for=lines)

    assert (project.read(LEARNED), project.only(LEARNED).revisions) == (text, 1)


def test_words_that_a_person_added_to_an_entry_of_archmem_stay_when_it_is_written_anew(project):
    decision = a_decision(title="Use one", body="We use one.")
    path = project.memory.record(decision, author="human:dana").path
    text = project.read(path) + "\nIt took *two* weeks.\n"
    (project.root / path).write_text(text)

    project.amend(project.only(path), status=Status.DEPRECATED, title="Use one of them")

    said = project.read(path)
    assert "It took *two* weeks." in said.replace("\\*", "*")
    assert "## Use one of them\n" in said
    project.assert_quiet()


def test_the_members_and_words_that_a_flag_of_archmem_has_stay_when_it_is_settled(project):
    words = "The queue is slow. It grows by the hour."
    project.write(FLAGS, '{"flags": [\n  {"id": "F-1", "description": "One.", "type": "x"}\n]}')
    draft = a_draft(title="The queue is slow", body=words, details=Flag(flag_type="x", sender="a"))
    uid = project.memory.record(draft, author="human:dana").uid
    text = project.read(FLAGS).replace('"found_by"', '"seen_by": ["dana"], // ours\n"found_by"')
    (project.root / FLAGS).write_text(text)
    memory = project.memory.show(uid).memory

    project.amend(memory, status=Status.ACKNOWLEDGED)

    assert "// ours" in project.read(FLAGS)
    assert project.read(FLAGS) == text.replace('"open"', '"acknowledged"')
    project.amend(memory, status=Status.OPEN)
    assert project.read(FLAGS) == text
    project.memory.amend(uid, memory.revision.draft, author="human:dana")
    assert "seen_by" not in project.read(FLAGS)
    project.assert_quiet()


def test_an_amendment_says_who_made_it_and_keeps_the_trust_of_its_text(project):
    project.write(ADR, "# 7. Use it\n\n## Status\n\nAccepted\n\n## Context\n\nB.\n")
    memory = project.only(ADR)

    project.amend(memory, status=Status.DEPRECATED)

    source = project.only(ADR).revision.source
    assert (source.author, source.trust) == ("human:dana", memory.revision.source.trust)
    assert not project.amend(memory, status=Status.DEPRECATED).is_new


def test_a_file_that_cannot_be_written_now_gets_it_with_the_next_index_run(project, monkeypatch):
    project.write(LOG, "## A\n\n**Status:** accepted\n\nWords.\n")
    memory = project.only(LOG)
    monkeypatch.setattr(recording, "PATIENCE", 0.01)
    with open_project(project.root, store=project.memory.folder) as other:
        with other.ledger.indexing():
            recorded = project.amend(memory, status=Status.SUPERSEDED)
        assert recorded.pending
        assert "accepted" in project.read(LOG)
        assert project.only(LOG).revision.draft.status is Status.SUPERSEDED

    project.memory.upkeep.take_in()

    assert "superseded" in project.read(LOG)
    project.assert_quiet()


def test_words_that_somebody_changed_meanwhile_count_and_others_stay_beside_the_amendment(project):
    project.write(LOG, "## A\n\n**Status:** accepted\n\nWords.\n")
    memory = project.only(LOG)
    file = project.root / LOG

    file.write_text("## A\n\n**Status:** rejected\n\nWords.\n")
    with pytest.raises(FileNotWritable, match="changed there meanwhile"):
        project.amend(memory, status=Status.SUPERSEDED)
    file.write_text("## A\n\n**Status:** accepted\n**Tags:** new\n\nWords.\n")
    project.amend(memory, status=Status.SUPERSEDED)

    said = project.only(LOG).revision.draft
    assert (said.status, said.tags) == (Status.SUPERSEDED, ("new",))
    project.assert_quiet()


def test_an_amendment_that_waits_gives_way_to_words_changed_by_hand(project, monkeypatch):
    project.write(LOG, "## A\n\n**Status:** accepted\n\nWords.\n")
    memory = project.only(LOG)
    monkeypatch.setattr(recording, "PATIENCE", 0.01)
    with (
        open_project(project.root, store=project.memory.folder) as other,
        other.ledger.indexing(),
    ):
        project.amend(memory, status=Status.SUPERSEDED)
    (project.root / LOG).write_text("## A\n\n**Status:** rejected\n\nWords.\n")

    report = project.memory.upkeep.take_in()

    assert "changed there meanwhile" in " ".join(report.problems)
    assert project.only(LOG).revision.draft.status is Status.REJECTED
    project.assert_quiet()


@pytest.mark.parametrize("both_wait", [True, False])
@pytest.mark.parametrize(
    ("path", "text"),
    [
        (ADR, "---\nstatus: proposed\ntags: [a]\n---\n# Use it\n\n## Context\n\nB.\n"),
        (LOG, "## A\n\n**Status:** proposed\n**Tags:** a\n\nWords.\n"),
        (NOTES_JSON, '{"notes": [{"title": "a", "text": "b c", "state": "proposed"}]}'),
    ],
)
def test_a_second_amendment_says_what_the_first_one_waits_to_say(
    project, monkeypatch, path, text, both_wait
):
    project.write(path, text)
    memory = project.only(path)
    monkeypatch.setattr(recording, "PATIENCE", 0.01)
    with open_project(project.root, store=project.memory.folder) as other:
        with other.ledger.indexing():
            assert project.amend(memory, status=Status.ACCEPTED).pending
            if both_wait:
                assert project.amend(memory, references=HEIRS).pending
        if not both_wait:
            assert project.amend(memory, references=HEIRS).path == path

    for _ in range(2):
        said = project.only(path).revision.draft
        assert said.status is Status.ACCEPTED
        assert BY.target in {one.target for one in said.references}
        project.memory.upkeep.take_in()
    assert "accepted" in project.read(path)
    project.assert_quiet()


def test_words_of_a_person_stay_beside_two_amendments_that_wait(project, monkeypatch):
    project.write(LOG, "## A\n\n**Status:** proposed\n\nWords.\n")
    memory = project.only(LOG)
    monkeypatch.setattr(recording, "PATIENCE", 0.01)
    with (
        open_project(project.root, store=project.memory.folder) as other,
        other.ledger.indexing(),
    ):
        project.amend(memory, status=Status.ACCEPTED)
        project.amend(memory, references=HEIRS)
    (project.root / LOG).write_text("## A\n\n**Status:** proposed\n**Tags:** new\n\nWords.\n")

    assert project.memory.upkeep.take_in().problems == ()

    said = project.only(LOG).revision.draft
    assert (said.status, said.tags) == (Status.ACCEPTED, ("new",))
    assert BY.target in {one.target for one in said.references}
    project.assert_quiet()


def test_what_only_its_source_knows_can_be_taken_out(project):
    uid = project.memory.record(
        a_draft(extra={"Colour": "red", "Shape": "round"}), author="human:dana"
    ).uid
    memory = project.memory.show(uid).memory

    project.amend(memory, extra={"Shape": "round"})

    assert project.memory.show(uid).memory.revision.draft.extra == {"Shape": "round"}
    assert "red" not in project.read(memory.path)
    project.assert_quiet()


def test_an_amendment_of_older_words_is_refused_and_nothing_is_kept(project):
    project.write(LOG, "## A\n\n**Status:** accepted\n\nWords.\n")
    memory = project.only(LOG)
    draft = memory.revision.draft.model_copy(update={"references": HEIRS})
    project.amend(memory, status=Status.DEPRECATED)
    before = project.read(LOG)

    with pytest.raises(ChangedMeanwhile, match=memory.uid):
        project.memory.amend(memory.uid, draft, author="human:dana", after=1)

    assert (project.only(LOG).revisions, project.read(LOG)) == (2, before)


def test_an_amendment_is_refused_when_somebody_is_quicker_by_a_moment(project, monkeypatch):
    project.write(LOG, "## A\n\n**Status:** accepted\n\nWords.\n")
    memory = project.only(LOG)
    read, others = recording.read_file, []

    def slow(root, path):
        text = read(root, path)
        if not others:
            others.append(project.memory.twin())
            draft = memory.revision.draft.model_copy(update={"references": HEIRS})
            others[0].amend(memory.uid, draft, author="human:x")
        return text

    monkeypatch.setattr(recording, "read_file", slow)

    with pytest.raises(ChangedMeanwhile):
        project.amend(memory, status=Status.DEPRECATED)

    others[0].close()
    said = project.only(LOG).revision.draft
    assert said.status is Status.ACCEPTED
    assert BY.target in {one.target for one in said.references}
    project.assert_quiet()


def test_a_refactoring_of_git_is_not_amended(project):
    draft = a_draft(details=Refactoring(status=Status.DONE))
    source = a_source(path=None, lines=None, trust=Trust.DERIVED)
    with project.memory.ledger.writing() as db:
        keep_memory(db, "ref-aaaaaaaa", draft, source, NOW)

    with pytest.raises(InvalidRecord, match="git"):
        project.amend(project.memory.show("ref-aaaaaaaa").memory, status=Status.REVERTED)


lines = st.sampled_from(
    ["# Log", "## 2026-01-02 A", "## B (accepted)", "### C", "[2026-01-02 10:00:00] - d", "Prose.",
     "| 2026-01-02 | e | f |", "**Status:** accepted", "- **Status:** Proposed", "Status: ✅ done",
     "#### Status", "*Accepted*", "- **Modules:** api", "**Context:** why", "- item", "  - nested",
     "```", "**Status:** rejected", "", "", "---", "<!-- Status: x -->", "**Tags:** a, b",
     "**Superseded by:** ADR-9", "> quoted", "**Evidence for:**", "**Evidence for:** run-1 x"]
)  # fmt: skip
wanted = st.sampled_from(
    [
        {"status": Status.SUPERSEDED},
        {"status": Status.REJECTED, "references": HEIRS},
        {"references": HEIRS},
        {"evidence_for": ("run-1 x", "run-2 y")},
        {"status": Status.UNSTATED},
    ]
)


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(
    path=st.sampled_from([LOG, BANK, ADR, LEARNED, NOTES]),
    said=st.lists(lines, min_size=2, max_size=12),
    end=st.sampled_from(["\n", "\r\n"]),
    bom=st.sampled_from(["", "\ufeff"]),
    changes=wanted,
)
def test_whatever_a_file_holds_it_says_what_was_wanted_or_is_left_alone(
    path, said, end, bom, changes
):
    with tempfile.TemporaryDirectory() as folder:
        project = Opened(Path(folder))
        project.write(path, bom + end.join([*said, ""]))
        for listed in itertools.islice(project.memory.list(), 3):
            memory = listed.memory
            fields = {*type(memory.revision.draft.details).model_fields, "references"}
            fitting = {name: value for name, value in changes.items() if name in fields}
            before, others = project.read(path), digests(project, memory.uid)
            try:
                project.amend(memory, **fitting)
            except FileNotWritable:
                assert project.read(path) == before
            else:
                draft = project.memory.show(memory.uid).memory.revision.draft
                if "status" in fitting:
                    assert draft.status is fitting["status"]
                assert BY.target in {r.target for r in draft.references} or (
                    "references" not in fitting
                )
            assert digests(project, memory.uid) == others
            project.assert_quiet()
        project.memory.close()


def digests(project, uid):
    found = project.memory.list()
    return sorted(one.memory.revision.draft.digest for one in found if one.memory.uid != uid)
