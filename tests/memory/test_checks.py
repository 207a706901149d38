"""Since when a check does not hold, on real histories of git."""

from __future__ import annotations

import subprocess

import pytest

from indexer.code.code_reader import forget
from indexer.project import open_project

pytestmark = pytest.mark.slow

DECISION = """# 7. Users stand alone

Status: accepted

## Decision

They know nobody.

**Check:** users must not import orders
"""


class Repo:
    """A repository to which commits are added."""

    def __init__(self, root):
        self.root = root
        self.git("init", "-q", "-b", "main")

    def git(self, *arguments: str) -> str:
        who = ["-c", "user.name=Dana", "-c", "user.email=d@example.com", "-c", "commit.gpgsign=no"]
        command = ["git", "-C", self.root, *who, *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def commit(self, **files: str) -> str:
        for name, text in files.items():
            path = self.root / name.replace("__", "/").replace("_md", ".md")
            path = path if path.suffix else path.with_suffix(".py")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "x")
        return self.git("rev-parse", "HEAD")

    def broken(self):
        forget()
        with open_project(self.root) as memory:
            memory.index()
            (row,) = memory.audit("architecture").checks
            assert memory.verify().broken == (row,)
            return row


@pytest.fixture
def repo(tmp_path, word_model):
    repo = Repo(tmp_path)
    repo.commit(users__models="", orders__models="", docs__adr__7_md=DECISION)
    (repo.root / "docs/adr/7.md").rename(repo.root / "docs/adr/0007-users.md")
    repo.commit()
    return repo


def test_it_is_the_commit_that_brought_the_first_edge(repo):
    for number in range(3):
        repo.commit(orders__views=f"import users.models\nx = {number}\n")
    began = repo.commit(users__late="import orders.models\n")
    for number in range(4):
        repo.commit(users__models=f"import orders.views\nx = {number}\n")

    row = repo.broken()

    assert row.began.commit == began
    assert row.first == "users.late imports orders.models (users/late.py:1)"
    assert len(row.broken_by) == 2


def test_a_merge_is_looked_into(repo):
    repo.git("checkout", "-qb", "late")
    repo.commit(orders__views="")
    began = repo.commit(users__late="import orders.models\n")
    repo.commit(users__late="import orders.models\nx = 1\n")
    repo.git("checkout", "-q", "main")
    repo.commit(users__models="x = 1\n")
    repo.git("merge", "-q", "--no-ff", "late", "-m", "Merge")
    repo.commit(users__models="x = 2\n")

    row = repo.broken()

    assert (row.began.commit, row.began.merged != "") == (began, True)


def test_what_is_not_committed_has_no_commit_and_what_is_fixed_begins_anew(repo):
    (repo.root / "users/late.py").write_text("import orders.models\n")
    assert repo.broken().began.told == "uncommitted"
    first = repo.commit()
    assert repo.broken().began.commit == first
    repo.commit(users__late="")
    with open_project(repo.root) as memory:
        assert [one.answer for one in memory.audit("architecture").checks] == ["holds"]
    again = repo.commit(users__late="import orders.models\n")

    assert repo.broken().began.commit == again


def test_what_was_fixed_and_broken_again_unseen_begins_anew(repo):
    first = repo.commit(users__late="import orders.models\n")
    assert repo.broken().began.commit == first
    repo.commit(users__late="")
    again = repo.commit(users__late="import orders.models\n")
    repo.commit(users__models="x = 1\n")

    assert repo.broken().began.commit == again


def test_it_goes_on_over_commits_that_leave_it_broken(repo):
    first = repo.commit(users__late="import orders.models\n")
    assert repo.broken().began.commit == first
    for number in range(3):
        repo.commit(users__models=f"x = {number}\n")

    assert repo.broken().began.commit == first


def test_a_shallow_clone_does_not_say_that_its_first_commit_is_it(repo, tmp_path_factory):
    repo.commit(users__late="import orders.models\n")
    repo.commit(users__models="x = 1\n")
    repo.commit(users__models="x = 2\n")
    clone = tmp_path_factory.mktemp("clones") / "shallow"
    subprocess.run(["git", "clone", "-q", "--depth", "2", f"file://{repo.root}", clone], check=True)

    row = Repo(clone).broken()

    assert (row.began.commit, row.began.told) == (
        "",
        "it began before the commits that this clone has",
    )


def test_no_commit_is_told_where_the_one_before_it_was_not_read(repo):
    repo.commit(users__late="import orders.models\n" + "#" * 1_000_001)
    repo.commit(users__late="import orders.models\n")

    began = repo.broken().began

    assert (began.commit, "users/late.py was not read" in began.told) == ("", True)


def test_an_agent_is_told_of_decisions_that_the_code_breaks(repo):
    from cli.mcp.server import build_server
    from tests.cli.mcp.conftest import DirectCaller, call

    repo.commit(users__late="import orders.models\n")
    with open_project(repo.root) as memory:
        memory.index()
    caller = DirectCaller(repo.root)
    try:
        said = call(build_server(caller, results="both"), "memory_verify")
    finally:
        caller.close()

    (doubt,) = [one for one in said.structured_content["doubts"] if one["what"] == "broken check"]
    assert doubt["title"] == "0007 Users stand alone"
    assert "imports orders.models (users/late.py:1); since " in doubt["why"]


def test_a_search_that_takes_too_long_says_so_and_is_not_kept(repo, monkeypatch):
    began = repo.commit(users__late="import orders.models\n")
    repo.commit(users__models="x = 1\n")

    with monkeypatch.context() as hurried:
        hurried.setattr("memory.checks.LONGEST", -1.0)
        assert "not found within a minute" in repo.broken().began.told

    assert repo.broken().began.commit == began
