import contextlib

import pytest

from indexer.apply_plan import apply_plan, apply_removals
from indexer.formats.document import Origin
from indexer.git.head import NO_HEAD
from indexer.reconcile import FoundDraft, Reconciliation
from memory.kinds.vocabulary import Kind, Trust
from memory.models.memory import uid_for
from memory.models.report import KnownFile, no_progress
from memory.models.selection import NOW as TODAY
from tests.builders import NOW, Project, a_decision, failing, mended, rows

TRUST = Origin(Trust.AGENT, "hash", "c" * 40)


def a_row(path, state="read") -> KnownFile:
    return KnownFile(path, 1, 2, "hash", state, None, 3)


def keep(ledger, *found, origin=TRUST):
    paths = {one.path for one in found}
    origins, rows = dict.fromkeys(paths, origin), {path: a_row(path) for path in paths}
    return apply_plan(ledger, Reconciliation(added=found), origins, rows, NOW, no_progress)


def test_a_new_memory_knows_where_it_is_from(ledger):
    draft = a_decision(agent="ops", lines=(3, 5), key="use-a-queue")

    keep(ledger, FoundDraft("a.md", draft))

    uid = uid_for(Kind.DECISION, "a.md", "use-a-queue")
    source = ledger.db.memories.fetch(uid).revision.source
    assert (source.author, source.trust) == ("agent:ops", Trust.AGENT)
    assert (source.path, source.lines) == ("a.md", (3, 5))
    assert (source.content_hash, source.commit) == ("hash", "c" * 40)


def test_what_a_person_may_have_written_is_the_indexers(ledger):
    keep(
        ledger,
        FoundDraft("a.md", a_decision(title="1", agent="ops")),
        origin=Origin(Trust.TEAM, "hash", NO_HEAD.commit),
    )

    memory = ledger.db.memories.fetch(uid_for(Kind.DECISION, "a.md", "1"))
    assert memory.revision.source.author == "indexer"


def test_the_uid_that_an_entry_carries_is_its_own_unless_it_is_taken(ledger):
    keep(
        ledger,
        FoundDraft("a.md", a_decision(uid="mine")),
        FoundDraft("b.md", a_decision(uid="mine")),
    )

    assert ledger.db.memories.fetch("mine").path == "a.md"
    assert ledger.db.memories.fetch(uid_for(Kind.DECISION, "b.md", "Use a queue")).path == "b.md"


def test_two_entries_of_one_name_have_two_uids(ledger):
    keep(ledger, *[FoundDraft("a.md", a_decision(body=f"{n}", key="k")) for n in range(3)])

    for more in ([], ["2"], ["3"]):
        assert ledger.db.memories.fetch(uid_for(Kind.DECISION, "a.md", "k", *more)).path == "a.md"


def test_progress_is_told_in_files(ledger):
    told = []
    rows_ = {f"{n:03}": a_row(f"{n:03}") for n in range(150)}

    apply_plan(ledger, Reconciliation(), {}, rows_, NOW, lambda *step: told.append(step))

    assert told == [("keep", 100, 150), ("keep", 150, 150)]


def arrange(project):
    """An edit, an entry dropped, one that changes its file, a file renamed, a link to all that."""
    project.write("a.txt", "# Stays\nwords of one\n# Leaves\nwords of another\n")
    project.write("b.txt", "# Edited\nwords to be changed here\n# Dropped\nto be dropped\n")
    project.write("c.txt", "# Mover\nsupersedes: Stays\nwords that move\n")
    project.index()
    project.write("a.txt", "# Stays\nwords of one\n")
    project.write("b.txt", "# Edited\nwords that were changed here\n# New\nquite new\n")
    project.move("c.txt", "d.txt")
    project.write("e.txt", "# Leaves\nwords of another\n")
    project.write("f.txt", "# Fresh\nsupersedes: Edited\nnever seen\n")


def outcome(project):
    memories = {m.title: (m.uid, m.path, m.revisions) for m in project.memories()}
    links = [(link.source, link.target) for link in project.db.links.fetch(TODAY)]
    return memories, links, project.index().files_read


@pytest.mark.slow
def test_a_write_that_fails_costs_its_batch_and_no_more(project, tmp_path, monkeypatch):
    """For every k: what is there is whole, and the next run makes the rest good."""
    monkeypatch.setattr("indexer.apply_plan.BATCH", 2)
    arrange(project)
    project.index()
    expected = outcome(project)
    assert expected[2] == 0  # nothing is left to be read

    for fail_at in range(1, 200):
        (tmp_path / str(fail_at)).mkdir()
        broken = Project(tmp_path / str(fail_at))
        arrange(broken)
        failing(broken.ledger, fail_at)
        with contextlib.suppress(OSError):
            broken.index()
        writes = broken.db.conn.changes
        mended(broken.ledger)
        for memory in broken.memories():
            numbers = [one.number for one in broken.db.memories.history(memory.uid)]
            assert numbers == [*range(1, len(numbers) + 1)]
        broken.index()
        assert outcome(broken) == expected, f"after the failure of write {fail_at}"
        broken.close()
        if writes < fail_at:  # none was left to fail
            break
    assert 40 < fail_at < 199


def test_a_removal_that_fails_removes_nothing(ledger):
    found = [FoundDraft(f"{n}.md", a_decision(title=f"{n}")) for n in range(2)]
    keep(ledger, *found)
    memories = [
        ledger.db.memories.fetch(uid_for(Kind.DECISION, one.path, one.draft.title)) for one in found
    ]
    before = rows(ledger.db)

    for fail_at in range(1, 50):
        failing(ledger, fail_at)
        try:
            removed = apply_removals(ledger, memories, [a_row("1.md", "other")], NOW)
        except OSError:
            mended(ledger)
            assert rows(ledger.db) == before
        else:
            mended(ledger)
            break

    assert removed == 2
    states = ledger.db.execute("SELECT path, state FROM files WHERE path = ?", ["1.md"])
    assert states.fetchall() == [("1.md", "other")]
    assert apply_removals(ledger, [], [], NOW) == 0
