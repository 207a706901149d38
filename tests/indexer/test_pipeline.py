import errno
import os
import threading
from pathlib import Path

import pytest

from indexer.pipeline import REMOVAL_LIMIT
from memory.errors import StoreBusy
from memory.ledger.sqlite.connection import open_ledger
from memory.models.selection import NOW as TODAY
from memory.models.selection import Lens
from memory.standings import fetch_standings
from tests.builders import NOW, Project, rows

ONE = "# One\nThe first of the entries in this file.\n"
TWO = "# Two\nAnother entry, with words of its own.\n"
THREE = "# Three\nNothing that the others say.\n"


@pytest.fixture
def deny(monkeypatch):
    """Let the listing of a folder or the opening of a file fail, as for people who are not root."""
    denied: set[Path] = set()
    real_scandir, real_open = os.scandir, os.open

    def check(path):
        if Path(path) in denied:
            raise PermissionError(errno.EACCES, "Permission denied")

    def scandir(path):
        check(path)
        return real_scandir(path)

    def open_(path, *rest, **options):
        check(path)
        return real_open(path, *rest, **options)

    monkeypatch.setattr(os, "scandir", scandir)
    monkeypatch.setattr(os, "open", open_)
    return denied


def arrows(project) -> list[tuple[str, str]]:
    titles = {memory.uid: memory.title for memory in project.memories()}
    return [(titles[one.source], titles[one.target]) for one in project.db.links.fetch(TODAY)]


def test_what_a_project_says_is_known_afterwards(project):
    project.write("a.txt", ONE + TWO)
    project.write("b/c.txt", THREE)

    report = project.index()

    assert (report.added, report.files_read, report.problems) == (3, 2, ())
    assert {memory.title: memory.citation for memory in project.memories()} == {
        "One": "a.txt:1", "Two": "a.txt:3", "Three": "b/c.txt:1",
    }  # fmt: skip


def test_indexing_the_same_again_changes_nothing(project):
    project.write("a.txt", ONE + TWO)
    project.index()
    before = project.rows()

    report = project.index()

    assert project.rows() == before
    assert (report.unchanged, report.files_read, report.files_unchanged) == (2, 0, 1)


def test_a_file_that_was_only_touched_is_read_and_changes_nothing(project):
    project.write("a.txt", ONE)
    project.index()
    before = project.rows()
    project.touch("a.txt")

    report = project.index()

    after = project.rows()
    assert (report.files_read, report.unchanged, report.revised) == (1, 1, 0)
    assert {name for name in after if after[name] != before[name]} == {"files"}


def test_every_edit_is_a_revision_of_the_same_memory(project):
    project.write("a.txt", ONE + TWO)
    project.index()
    uids = project.uids()

    for n in range(3):
        project.write("a.txt", ONE + f"Edited {n} times.\n" + TWO)
        report = project.index()
        assert (report.revised, report.unchanged, report.added, report.removed) == (1, 1, 0, 0)

    assert project.uids() == uids
    assert [one.number for one in project.db.memories.history(uids["One"])] == [1, 2, 3, 4]


def test_memories_move_with_their_files(project):
    for n in range(5):
        project.write(f"old/{n}.one.txt", f"# Title {n}\nWords of number {n}.\n")
    project.index()
    uids = project.uids()
    for n in range(5):
        project.move(f"old/{n}.one.txt", f"new/{4 - n}.one.txt")

    report = project.index()

    assert (report.moved, report.added, report.removed) == (5, 0, 0)
    assert project.uids() == uids
    assert {memory.title: memory.path for memory in project.memories()} == {
        f"Title {n}": f"new/{4 - n}.one.txt" for n in range(5)
    }


def test_an_entry_moves_from_file_to_file(project):
    project.write("a.txt", ONE + TWO)
    project.write("b.txt", THREE)
    project.index()
    uids = project.uids()
    project.write("a.txt", ONE)
    project.write("b.txt", TWO + THREE)

    report = project.index()

    assert (project.uids(), report.removed) == (uids, 0)
    assert project.db.memories.fetch(uids["Two"]).citation == "b.txt:1"


def test_files_that_change_places_change_no_uids(project):
    project.write("1.one.txt", f"number: 1\n{ONE}")
    project.write("2.one.txt", f"number: 2\n{TWO}")
    project.index()
    uids = project.uids()
    project.write("1.one.txt", f"number: 1\n{TWO}")
    project.write("2.one.txt", f"number: 2\n{ONE}")

    project.index()

    assert project.uids() == uids


def test_a_copy_is_a_memory_of_its_own(project):
    project.write("b.one.txt", ONE)
    project.index()
    uid = project.uids()["One"]
    project.write("a.one.txt", ONE)

    report = project.index()

    assert (report.added, report.moved) == (1, 0)
    assert project.db.memories.fetch(uid).path == "b.one.txt"
    assert len({memory.uid for memory in project.memories()}) == 2


def test_a_copy_that_carries_the_uid_of_the_original_does_not_take_it(project):
    marked = ONE + "uid: dec-mine\n"
    project.write("b.one.txt", marked)
    project.index()
    project.write("a.one.txt", marked)
    project.index()
    project.touch("b.one.txt")
    project.db.execute("DELETE FROM facts")  # as after an upgrade: everything is read again

    project.index()

    assert project.db.memories.fetch("dec-mine").path == "b.one.txt"
    assert {memory.path for memory in project.memories()} == {"a.one.txt", "b.one.txt"}
    assert [memory.revisions for memory in project.memories()] == [1, 1]


def test_what_is_checked_out_again_is_the_memory_it_was(project):
    project.write("a.txt", ONE)
    project.write("b/b.txt", TWO)
    project.index()
    uids = project.uids()

    project.delete("b/b.txt")
    gone = project.index()
    assert (gone.removed, project.uids()) == (1, {"One": uids["One"]})

    project.write("elsewhere.txt", TWO)
    back = project.index()
    assert (back.added, project.uids()) == (0, uids)
    removed = [one.removed for one in project.db.memories.history(uids["Two"])]
    assert removed == [False, True, False]


def test_a_deleted_entry_leaves_a_tombstone_and_its_history(project):
    project.write("a.txt", ONE + TWO + THREE)
    project.index()
    uid = project.uids()["Two"]
    project.write("a.txt", ONE + THREE)

    report = project.index(accept_removals=False)

    assert (report.removed, report.withheld) == (1, 0)  # exactly a third is believed
    last = project.db.memories.history(uid)[-1]
    assert (last.removed, last.draft.title) == (True, "Two")


def test_more_than_a_third_is_not_removed_without_being_told(project):
    project.write("a.txt", ONE + TWO)
    project.write("b.one.txt", THREE)
    project.index()
    uids = project.uids()
    project.write("a.txt", "# Four\nThis is quite new.\n")
    project.write("b.one.txt", THREE + "And more.\n")

    report = project.index(accept_removals=False)

    assert (report.withheld, report.removed, report.added, report.revised) == (2, 0, 1, 1)
    assert project.uids().items() > uids.items()
    again = project.index(accept_removals=False)  # it asks until it is told
    assert (again.withheld, again.removed, again.files_read) == (2, 0, 1)

    accepted = project.index(accept_removals=True)
    assert (accepted.withheld, accepted.removed) == (0, 2)
    assert project.uids().keys() == {"Three", "Four"}
    assert project.index().files_read == 0


def test_files_that_are_gone_are_asked_about_as_well(project):
    project.write("a.txt", ONE + TWO)
    project.write("b.txt", THREE)
    project.index()
    project.delete("a.txt")

    for _ in range(2):
        assert project.index(accept_removals=False).withheld == 2

    assert project.index(accept_removals=True).removed == 2
    assert project.db.execute("SELECT path FROM files").fetchall() == [("b.txt",)]


def test_memories_that_return_are_no_longer_asked_about(project):
    project.write("a.txt", ONE + TWO)
    project.index()
    project.delete("a.txt")
    assert project.index(accept_removals=False).withheld == 2
    project.write("a.txt", ONE + TWO)

    report = project.index(accept_removals=False)

    assert (report.withheld, report.unchanged) == (0, 2)
    assert all(memory.revisions == 1 for memory in project.memories())


@pytest.mark.parametrize("live", [*range(1, 60), 300, 3_000, 300_000])
def test_a_third_is_a_third_whatever_the_number(live):
    assert live // 3 <= REMOVAL_LIMIT * live < live // 3 + 1


BROKEN = {
    "empty": lambda file: file.write_text(""),
    "blank": lambda file: file.write_text(" \n\n"),
    "not text": lambda file: file.write_bytes(b"\0\1\2" * 50),
    "not parseable": lambda file: file.write_text("! half of a fi"),
    "too large": lambda file: os.truncate(file, 9 * 1024 * 1024),
    "a link to nothing": lambda file: (file.unlink(), file.symlink_to("nowhere")),
    "a link outside": lambda file: (file.unlink(), file.symlink_to("/etc/hostname")),
}
A_PIPE = pytest.param(
    lambda file: (file.unlink(), os.mkfifo(file)), id="a FIFO", marks=pytest.mark.posix
)


@pytest.mark.slow
@pytest.mark.parametrize(
    "breaking", [*(pytest.param(one, id=name) for name, one in BROKEN.items()), A_PIPE]
)
def test_what_cannot_be_used_is_not_gone_and_is_reported_until_it_is_mended(project, breaking):
    file = project.write("a.txt", ONE + TWO)
    project.write("b.txt", THREE)
    project.index()
    before = project.memories()
    breaking(file)

    for _ in range(3):
        report = project.index(accept_removals=False)
        assert (report.removed, report.withheld, report.unchanged) == (0, 0, 3)
        assert report.problems
        assert all(problem.startswith("a.txt: ") or "a.txt:" in problem
                   for problem in report.problems)  # fmt: skip
        assert all("\n" not in problem for problem in report.problems)
    assert project.memories() == before

    file.unlink()
    project.write("a.txt", ONE + TWO)
    assert project.index().problems == ()
    assert project.memories() == before


def test_a_file_that_may_not_be_read_is_not_gone(project, deny):
    file = project.write("a.txt", ONE)
    project.index()
    project.touch("a.txt")
    deny.add(file)

    for _ in range(2):
        report = project.index()
        assert (report.removed, report.unchanged) == (0, 1)
        assert report.problems == ("a.txt: cannot be read: Permission denied",)
    deny.clear()
    assert project.index().problems == ()


def test_a_folder_that_may_not_be_listed_is_not_empty(project, deny):
    project.write("deep/er/a.txt", ONE)
    project.write("b.txt", TWO)
    project.index()
    deny.add(project.root / "deep")

    for _ in range(2):
        report = project.index()
        assert (report.removed, report.unchanged) == (0, 2)
        assert [problem.split(":")[0] for problem in report.problems] == ["deep"]

    deny.clear()
    project.delete("deep/er/a.txt")
    assert project.index().removed == 1


def test_a_file_that_changes_while_it_is_read_is_half_written_and_read_next_time(
    project, monkeypatch
):
    file = project.write("a.txt", ONE)
    project.index()
    project.write("a.txt", ONE + TWO)
    real_fstat, calls = os.fstat, []

    def fstat(descriptor):
        found = real_fstat(descriptor)
        calls.extend([1] * (found.st_ino == file.stat().st_ino))
        if len(calls) == 3:  # after the text was read
            file.write_text(ONE + TWO + THREE)
        return real_fstat(descriptor)

    with monkeypatch.context() as patch:
        patch.setattr("indexer.reading.os.fstat", fstat)
        report = project.index()

    assert report.problems == ("a.txt: was being written while it was read",)
    assert project.uids().keys() == {"One"}
    assert project.index().added == 2


def test_a_problem_of_a_file_that_is_fine_otherwise_is_told_at_every_run(project):
    project.write("a.txt", f"{ONE}? first doubt\n? second doubt\n")

    reports = [project.index() for _ in range(3)]
    project.touch("a.txt")
    reports.append(project.index())

    assert {report.problems for report in reports} == {
        ("a.txt: first doubt", "a.txt: second doubt")
    }
    assert [report.files_read for report in reports] == [1, 0, 0, 1]


def test_another_version_of_archmem_reads_everything_again(project, monkeypatch):
    project.write("a.txt", ONE)
    project.index()
    monkeypatch.setattr("indexer.pipeline.VERSION", "999")

    assert [project.index().files_read for _ in range(2)] == [1, 0]
    assert project.memories()[0].revisions == 1


class TestLinks:
    OLD = "# Old\nfrom: 2020-01-01\nIt was so.\n"
    NEW = "# New\nfrom: 2022-01-01\nsupersedes: Old\nIt is so.\n"

    def test_a_reference_finds_what_comes_later(self, project):
        project.write("new.txt", self.NEW)
        project.index()
        assert arrows(project) == []

        project.write("old.txt", self.OLD)
        project.index()

        assert arrows(project) == [("New", "Old")]

    def test_a_number_that_became_ambiguous_names_nobody(self, project):
        project.write("a/old.txt", "# A\nnumber: 1\nOne.\n")
        project.write("new.txt", "# New\nsupersedes: ADR-1\nIt is so.\n")
        project.index()
        assert arrows(project) == [("New", "A")]

        project.write("b/old.txt", "# B\nnumber: 1\nOther.\n")
        project.index()

        assert arrows(project) == []

    def test_a_removed_memory_was_still_superseded_before(self, project):
        project.write("old.txt", self.OLD)
        project.write("new.txt", self.NEW)
        project.index()
        uid = project.uids()["Old"]
        project.delete("old.txt")

        project.index()

        standing = fetch_standings(project.db, Lens(as_of=NOW), [uid])[uid]
        assert (standing.in_force, len(standing.current)) == (False, 1)

    def test_a_run_that_is_killed_before_linking_is_made_good_by_the_next(
        self, project, monkeypatch
    ):
        project.write("old.txt", self.OLD)
        project.index()
        project.write("new.txt", self.NEW)
        with monkeypatch.context() as patch:
            patch.setattr("indexer.pipeline.link_references", lambda ledger, **_: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                project.index()
        assert arrows(project) == []

        assert project.index().files_read == 0

        assert arrows(project) == [("New", "Old")]


def test_a_run_that_is_killed_before_removing_is_made_good_by_the_next(project, monkeypatch):
    project.write("a.txt", ONE + TWO)
    project.index()
    project.write("a.txt", ONE)
    with monkeypatch.context() as patch:
        patch.setattr("indexer.pipeline.apply_removals", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            project.index()

    project.index()

    assert project.uids().keys() == {"One"}


class TestOnly:
    """A run that is told to look at some paths only."""

    def test_nothing_else_is_read_or_gone(self, project):
        for name in "abc":
            project.write(f"{name}.txt", f"# Of {name}\nFirst.\n")
        project.index()
        for name in "ab":
            project.write(f"{name}.txt", f"# Of {name}\nSecond.\n")
        project.delete("c.txt")

        report = project.index(only=["a.txt", "never.txt"])

        assert (report.revised, report.removed, report.unchanged) == (1, 0, 2)
        assert (report.files_read, report.files_unchanged) == (1, 0)
        assert project.uids().keys() == {"Of a", "Of b", "Of c"}

        report = project.index()
        assert (report.revised, report.removed) == (1, 1)

    def test_a_folder_stands_for_all_below_it(self, project):
        project.write("a/b/1.txt", ONE)
        project.write("a/2.txt", TWO)
        project.write("ab.txt", THREE)
        project.index()
        project.delete("a/b/1.txt")
        project.delete("ab.txt")
        project.write("a/new/4.txt", "# Four\nNew.\n")

        report = project.index(only=["a"])

        assert (report.added, report.removed) == (1, 1)
        assert project.uids().keys() == {"Two", "Three", "Four"}

    def test_a_memory_moves_between_the_paths(self, project):
        project.write("a.txt", ONE + TWO)
        project.index()
        uids = project.uids()
        project.move("a.txt", "new/b.txt")

        report = project.index(only=["a.txt", "new"])

        assert (report.moved, report.added, report.removed) == (2, 0, 0)
        assert project.uids() == uids

    def test_no_paths_are_no_work(self, project):
        project.write("a.txt", ONE)
        project.index()
        before = project.rows()
        project.delete("a.txt")

        assert project.index(only=[]).removed == 0

        assert project.rows() == before

    def test_a_young_file_is_read_again_as_always(self, project):
        project.write("a.txt", "# One\nfirst\n")
        (project.root / "a.txt").touch()
        project.index()
        stat = (project.root / "a.txt").stat()
        (project.root / "a.txt").write_text("# One\nagain\n")
        os.utime(project.root / "a.txt", ns=(stat.st_mtime_ns, stat.st_mtime_ns))

        assert project.index(only=["a.txt"]).revised == 1

    def test_an_upgrade_looks_at_everything(self, project, monkeypatch):
        project.write("a.txt", ONE)
        project.write("b.txt", TWO)
        project.index()
        monkeypatch.setattr("indexer.pipeline.VERSION", "99.0")

        assert project.index(only=["a.txt"]).files_read == 2
        assert project.index(only=["a.txt"]).files_read == 0

    def test_what_links_lead_to_is_taken_in_by_looking_at_everything(self, project):
        project.write("records/1.note", ONE)
        project.write("a.txt", TWO)
        (project.root / "1.txt").symlink_to("records/1.note")
        project.index()
        project.write("records/1.note", ONE + "More.\n")
        project.write("a.txt", TWO + "More.\n")

        assert project.index(only=["1.txt"]).revised == 2

    @pytest.mark.slow
    def test_problems_of_other_places_still_stand(self, project, deny):
        project.write("a.txt", "!broken")
        project.write("b/c.txt", ONE)
        project.write("d.txt", TWO + "? A doubt\n")
        deny.add(project.root / "b")
        project.index()
        everything = project.index().problems
        assert len(everything) == 4

        assert project.index(only=["new.txt"]).problems == everything

        project.write("a.txt", THREE)
        assert project.index(only=["a.txt"]).problems == everything[2:]

        deny.clear()
        assert project.index(only=["b"]).problems == everything[3:]
        assert project.index(only=["a.txt"]).problems == everything[3:]
        assert project.index().problems == everything[3:]


def test_what_is_about_a_module_is_as_if_all_had_been_looked_through_anew(project):
    from indexer.modules import label_modules

    def mentions():
        return project.db.execute(
            "SELECT revision_id, value FROM labels WHERE name = 'mention' ORDER BY 1, 2"
        ).fetchall()

    def as_if_anew():
        before = mentions()
        label_modules(project.ledger, anew=True)
        return before == mentions()

    project.write("a.txt", "# Move payments\nIt is so.\n# Other\nsee payments/x and orders/y\n")
    project.write("b.txt", "# A note\nmodule: payments\nIt is known.\n")
    project.index()
    assert len(mentions()) == 2
    assert as_if_anew()

    project.write("c.txt", "# Late\nsee src/payments/c\n")
    project.index(only=["c.txt"])
    assert len(mentions()) == 3
    assert as_if_anew()

    project.write("d.txt", "# Another\nmodule: orders\nIt is known.\n")
    project.index(only=["d.txt"])
    assert len(mentions()) == 4
    assert as_if_anew()

    project.delete("b.txt")
    project.index(only=["b.txt"])
    assert len(mentions()) == 1
    assert as_if_anew()


def test_only_one_process_indexes_at_a_time(project, monkeypatch):
    monkeypatch.setattr("indexer.pipeline.PATIENCE", 0.01)
    project.write("a.txt", ONE)
    other = open_ledger(project.store / "memory.db")

    with other.indexing(), pytest.raises(StoreBusy):
        project.index()

    other.close()
    assert project.index().added == 1


@pytest.mark.slow
def test_an_index_run_waits_for_a_record_that_is_being_written(project):
    project.write("a.txt", ONE)
    other = open_ledger(project.store / "memory.db")
    begun, let_go = threading.Event(), threading.Event()

    def write():
        with other.indexing():
            begun.set()
            let_go.wait(0.2)

    thread = threading.Thread(target=write)
    thread.start()
    begun.wait(5)
    assert project.index().added == 1
    thread.join()
    other.close()


def test_two_machines_give_the_same_uids(project, tmp_path):
    (tmp_path / "other").mkdir()
    other = Project(tmp_path / "other")
    for one in (project, other):
        one.write("a.txt", ONE + TWO)
        one.index()

    assert project.uids() == other.uids()
    other.close()


def test_progress_is_told_for_every_stage(project):
    from indexer.pipeline import take_in
    from tests.builders import EntryFormat

    told = []
    project.write("a.txt", ONE)
    project.write("b.txt", TWO)

    take_in(
        project.ledger, project.root, [EntryFormat()], on_progress=lambda *one: told.append(one)
    )

    assert told == [("read", 1, 2), ("read", 2, 2), ("keep", 2, 2)]


def test_an_empty_project_is_no_error(project):
    report = project.index()

    assert (report.added, report.unchanged, report.problems) == (0, 0, ())
    assert rows(project.db)["memories"] == []
