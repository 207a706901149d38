import shutil
import subprocess

import pytest

from indexer.project import open_project
from memory.models.report import NOTED, READ
from tests.builders import a_decision

pytestmark = [
    pytest.mark.skipif(shutil.which("git") is None, reason="git makes worktrees"),
    pytest.mark.slow,
]

LOG = ".claude/memory/context/decisions.md"
COUNT = 8


def git(folder, *arguments):
    identity = ["-c", "user.name=Dana", "-c", "user.email=dana@example.org"]
    subprocess.run(["git", "-C", folder, *identity, *arguments], check=True, capture_output=True)


def adr(number: int) -> str:
    return f"docs/adr/000{number}-one.md"


def write_adr(root, number: int, words: str = "We take it.") -> None:
    path = root / adr(number)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"# {number}. Choice {number}\n\nAs to number {number}: {words}\n")


class Two:
    """A repository with two worktrees, on branches that say different things."""

    def __init__(self, folder):
        self.main, self.linked = folder / "main", folder / "linked"
        self.main.mkdir()
        git(self.main, "init", "-q", "-b", "main")
        for number in range(1, COUNT + 1):
            write_adr(self.main, number)
        (self.main / ".gitignore").write_text(".archmem/\n")
        git(self.main, "add", "--all")
        git(self.main, "commit", "-qm", "records")
        git(self.main, "worktree", "add", "-q", "-b", "fix", self.linked)
        for number in (1, 2):
            write_adr(self.linked, number, "The branch had another opinion.")
        git(self.linked, "commit", "-qam", "another opinion")

    def look_at(self, *roots, **options):
        for root in roots:
            with open_project(root) as memory:
                report = memory.upkeep.take_in(**options)
        return report

    def body(self, number: int) -> str | None:
        with open_project(self.main) as memory:
            bodies = {one.memory.title: one.memory.revision.draft.body for one in memory.list()}
        return bodies.get(f"Choice {number}")

    def titles(self) -> set[str]:
        with open_project(self.main) as memory:
            return {one.memory.title for one in memory.list()}

    def query(self, sql: str) -> list[tuple]:
        with open_project(self.main) as memory:
            return memory.ledger.db.execute(sql).fetchall()

    def revisions(self) -> int:
        return self.query("SELECT count(*) FROM revisions")[0][0]


@pytest.fixture
def two(tmp_path):
    two = Two(tmp_path)
    two.look_at(two.main, two.linked)
    return two


def test_looking_at_both_again_and_again_makes_no_revision(two):
    assert two.revisions() == COUNT

    for root in (two.linked, two.main, two.main, two.linked, two.linked):
        report = two.look_at(root)
        assert (report.added, report.revised, report.moved, report.removed) == (0, 0, 0, 0)

    assert two.revisions() == COUNT
    assert "We take it" in two.body(1)


def test_whichever_is_looked_at_first_the_main_worktree_holds(tmp_path):
    two = Two(tmp_path)
    two.look_at(two.linked)
    assert "another opinion" in two.body(1)

    two.look_at(two.main, two.linked, two.main, two.linked)

    assert "We take it" in two.body(1)
    assert two.revisions() == COUNT + 2


def test_an_edit_in_a_linked_worktree_is_known_and_stays(two):
    write_adr(two.linked, 3, "Not any more.")

    for root in (two.linked, two.main, two.linked, two.main):
        two.look_at(root)
        assert "Not any more" in two.body(3)

    assert two.revisions() == COUNT + 1


def test_a_file_that_was_only_touched_contributes_nothing(two):
    (two.linked / adr(1)).touch()

    two.look_at(two.linked)

    assert "We take it" in two.body(1)


def test_a_change_in_the_main_worktree_holds_again(two):
    write_adr(two.linked, 3, "Not any more.")
    two.look_at(two.linked)
    write_adr(two.main, 3, "Now more than ever.")

    two.look_at(two.main, two.linked, two.main)

    assert "Now more than ever" in two.body(3)


def test_a_merge_makes_no_revision(two):
    write_adr(two.linked, 3, "Not any more.")
    write_adr(two.linked, 9)
    two.look_at(two.linked)
    git(two.linked, "add", "--all")
    git(two.linked, "commit", "-qm", "more")
    before = two.revisions()

    git(two.main, "merge", "-q", "fix")
    two.look_at(two.main, two.linked)

    assert two.revisions() == before + 2  # what the branch had said before it was looked at
    assert "another opinion" in two.body(1)


def test_a_record_of_a_linked_worktree_alone_is_known_at_once(two):
    write_adr(two.linked, 9)

    two.look_at(two.linked, two.main, two.linked)

    assert "Choice 9" in two.titles()
    assert two.revisions() == COUNT + 1


def test_deleting_in_a_linked_worktree_what_the_main_one_has_removes_nothing(two):
    for number in range(1, COUNT + 1):
        (two.linked / adr(number)).unlink()

    for root in (two.linked, two.main, two.linked):
        assert two.look_at(root).removed == 0

    assert two.revisions() == COUNT


def test_what_held_from_a_file_that_is_deleted_is_read_in_the_main_worktree_again(two):
    write_adr(two.linked, 3, "Not any more.")
    two.look_at(two.linked)
    (two.linked / adr(3)).unlink()

    two.look_at(two.linked, two.main)

    assert "We take it" in two.body(3)


def test_what_the_main_worktree_deletes_holds_as_the_other_has_it(two):
    (two.main / adr(1)).unlink()

    two.look_at(two.main, two.linked, two.main)

    assert "another opinion" in two.body(1)
    (two.linked / adr(1)).unlink()
    assert two.look_at(two.linked).removed == 1


def test_a_file_that_the_other_worktree_loses_before_it_was_looked_at_is_gone(tmp_path):
    two = Two(tmp_path)
    two.look_at(two.main)
    (two.main / adr(1)).unlink()
    assert two.look_at(two.main).removed == 0

    (two.linked / adr(1)).unlink()

    assert two.look_at(two.main).removed == 1


class TestEntries:
    """Of a file that both worktrees have."""

    @pytest.fixture
    def shared(self, two):
        self.record(two, two.main, "Of both")
        (two.linked / LOG).parent.mkdir(parents=True)
        shutil.copy(two.main / LOG, two.linked / LOG)
        two.look_at(two.main, two.linked)
        return two

    def record(self, two, root, title: str) -> str:
        (root / LOG).parent.mkdir(parents=True, exist_ok=True)
        (root / LOG).touch()
        with open_project(root) as memory:
            draft = a_decision(title=title, body=f"Words of {title} alone.")
            return memory.record(draft, author="agent:fixer").uid

    def test_a_record_made_in_a_linked_worktree_survives_runs_of_both(self, shared):
        self.record(shared, shared.linked, "Of the branch")

        for root in (shared.main, shared.linked, shared.main):
            assert shared.look_at(root).removed == 0

        assert "Of the branch" not in (shared.main / LOG).read_text()
        assert "Of the branch" in shared.titles()

    @pytest.mark.slow
    @pytest.mark.parametrize("is_looked_at", [True, False])
    def test_it_survives_a_change_of_the_main_file_as_well(self, two, is_looked_at):
        self.record(two, two.main, "Of both")
        (two.linked / LOG).parent.mkdir(parents=True)
        shutil.copy(two.main / LOG, two.linked / LOG)
        two.look_at(two.main, *([two.linked] if is_looked_at else []))
        self.record(two, two.linked, "Of the branch")
        two.look_at(two.linked)

        for n in range(3):
            self.record(two, two.main, f"Of main {n}")
            assert two.look_at(two.main).removed == 0

        assert {"Of both", "Of the branch", "Of main 2"} < two.titles()

    def test_it_is_removed_when_the_worktree_loses_it(self, shared):
        said = (shared.linked / LOG).read_text()
        self.record(shared, shared.linked, "Of the branch")
        shared.look_at(shared.linked)
        self.record(shared, shared.main, "Of main")
        shared.look_at(shared.main)

        (shared.linked / LOG).write_text(said)

        assert shared.look_at(shared.linked).removed == 1
        assert "Of the branch" not in shared.titles()
        assert {"Of both", "Of main"} < shared.titles()

    def test_what_the_main_file_loses_is_removed_though_the_other_has_it(self, shared):
        said = (shared.main / LOG).read_text()
        self.record(shared, shared.main, "Of main")
        shared.look_at(shared.main)
        added = (shared.main / LOG).read_text().replace(said.partition("\n## ")[2], "")

        (shared.main / LOG).write_text(added)
        assert shared.look_at(shared.main).removed == 1

        assert "Of both" not in shared.titles()
        assert "Of main" in shared.titles()

    def test_what_was_withheld_from_the_main_file_is_removed_when_that_is_right(self, shared):
        for number in range(1, COUNT + 1):
            (shared.main / adr(number)).unlink()
            (shared.linked / adr(number)).unlink()
        (shared.main / LOG).write_text("# Decisions\n")

        assert shared.look_at(shared.main, shared.main).withheld == COUNT + 1
        assert shared.look_at(shared.main, accept_removals=True).removed == COUNT + 1

    def test_what_a_linked_file_said_stays_while_it_cannot_be_read(self, shared):
        self.record(shared, shared.linked, "Of the branch")
        shared.look_at(shared.linked)
        (shared.linked / LOG).write_bytes(b"")
        shared.look_at(shared.linked)
        self.record(shared, shared.main, "Of main")

        assert shared.look_at(shared.main).removed == 0

        assert "Of the branch" in shared.titles()

    def test_what_is_deleted_in_the_linked_file_stays_while_the_main_one_says_it(self, shared):
        self.record(shared, shared.linked, "Of the branch")
        shared.look_at(shared.linked)

        (shared.linked / LOG).write_text("# Decisions\n")

        assert shared.look_at(shared.linked).removed == 1
        assert "Of both" in shared.titles()


def test_a_linked_worktree_that_is_removed_leaves_no_rows(two):
    write_adr(two.linked, 3, "Not any more.")
    write_adr(two.linked, 9)
    two.look_at(two.linked)

    git(two.main, "worktree", "remove", "--force", two.linked)
    report = two.look_at(two.main)

    assert report.removed == 1
    assert two.query("SELECT DISTINCT worktree FROM files") == [("",)]
    assert "Choice 9" not in two.titles()
    assert "We take it" in two.body(3)


def test_rows_of_a_lost_worktree_stay_while_its_removals_are_withheld(two):
    for number in range(1, COUNT + 1):
        (two.main / adr(number)).unlink()
    two.look_at(two.main, two.linked)
    git(two.main, "worktree", "remove", "--force", two.linked)

    assert two.look_at(two.main).withheld == COUNT
    assert two.look_at(two.main).withheld == COUNT
    assert two.look_at(two.main, accept_removals=True).removed == COUNT
    assert two.query("SELECT * FROM files") == []


def test_an_upgrade_reads_only_what_holds(two, monkeypatch):
    write_adr(two.linked, 3, "Not any more.")
    two.look_at(two.linked)
    monkeypatch.setattr("indexer.pipeline.VERSION", "99.0")

    two.look_at(two.linked, two.main, two.linked)

    assert two.revisions() == COUNT + 1
    assert "Not any more" in two.body(3)
    assert "We take it" in two.body(1)


def test_of_each_path_one_file_holds(two):
    write_adr(two.linked, 3, "Not any more.")
    two.look_at(two.linked, two.main)

    states = two.query("SELECT path, worktree != '', state FROM files")
    assert (adr(3), 1, READ) in states
    assert (adr(3), 0, NOTED) in states
    assert (adr(1), 0, READ) in states
    assert (adr(1), 1, NOTED) in states
