"""What came to the main line: commits, and merges with all that they brought."""

from __future__ import annotations

import random
import re
import subprocess

import pytest

from indexer.code.merged import changes_to, read_merged
from indexer.code.past import GitHistory
from indexer.git.repository import Repository
from tests.test_findings_over_time import Repo


@pytest.fixture
def repo(tmp_path):
    root = tmp_path / "shop"
    root.mkdir()
    return Repo(root)


@pytest.mark.slow
def test_a_merge_is_one_change_with_what_its_branch_brought(repo, ledger):
    repo.commit("begin", {"a.py": "a = 1\n"})
    repo.git("checkout", "-q", "-b", "topic")
    repo.commit("one", {"b.py": "b = 1\n"})
    repo.commit("two", {"c.py": "c = 1\n"})
    repo.git("checkout", "-q", "main")
    repo.commit("meanwhile", {"d.py": "d = 1\n"})
    repo.git("merge", "-q", "--no-ff", "-m", "Merge branch 'topic'", "-m", "Vouchers", "topic")

    found = read_merged(ledger, repo.root).changes
    assert [(one.subject, one.commits, sorted(one.paths)) for one in found] == [
        ("Vouchers", 2, ["b.py", "c.py"]),
        ("meanwhile", 1, ["d.py"]),
        ("begin", 1, ["a.py"]),
    ]
    assert (found[0].began.minute, found[0].moment.minute) == (2, 4)
    assert read_merged(ledger, repo.root).changes == found


@pytest.mark.slow
def test_what_two_merges_have_belongs_to_the_first_and_a_new_head_is_read(repo, ledger):
    repo.commit("begin", {"a.py": "a = 1\n"})
    repo.git("checkout", "-q", "-b", "topic")
    repo.commit("one", {"b.py": "b = 1\n"})
    repo.git("checkout", "-q", "main")
    repo.git("merge", "-q", "--no-ff", "-m", "first", "topic")
    assert read_merged(ledger, repo.root).changes[0].commits == 1
    repo.git("checkout", "-q", "topic")
    repo.commit("two", {"c.py": "c = 1\n"})
    repo.git("checkout", "-q", "main")
    repo.git("merge", "-q", "--no-ff", "-m", "second", "topic")

    found = read_merged(ledger, repo.root).changes
    assert [(one.subject, one.commits) for one in found] == [
        ("second", 1), ("first", 1), ("begin", 1),
    ]  # fmt: skip


def test_without_git_nobody_can_tell(tmp_path, ledger):
    assert read_merged(ledger, tmp_path) is None


@pytest.mark.parametrize("date", ["99999999999999 +0000", "-5 +0000", "1 +", "9" * 23 + " +0000"])
def test_commits_of_no_day_and_with_other_line_ends_in_their_title_are_read(repo, ledger, date):
    repo.commit("begin", {"a.py": "a = 1\n"})
    repo.commit("more", {"a.py": "a = 2\n"})
    said = repo.git("cat-file", "commit", "HEAD")
    by = f"x <x@example.com> {date}"
    said = re.sub(r"(?m)^(author|committer) .*$", rf"\1 {by}", said).replace(
        "more", "m\u2028o\x1ere"
    )
    made = subprocess.run(
        ["git", "hash-object", "-t", "commit", "-w", "--literally", "--stdin"],
        cwd=repo.root,
        input=said.encode(),
        capture_output=True,
        check=True,
    )
    repo.git("reset", "-q", "--hard", made.stdout.decode().strip())

    assert len(read_merged(ledger, repo.root).changes) == 2
    assert Repository(repo.root).moment("HEAD").year >= 1970
    assert len(GitHistory(ledger, repo.root, {})._commits("HEAD")) == 2


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_carried_on_from_commit_to_commit_it_is_what_is_read_at_once(repo, ledger, seed):
    chosen = random.Random(seed)
    repo.commit("begin", {"a.py": "a = 0\n"})
    for number in range(14):
        branch = f"topic{chosen.randrange(2)}"
        act = chosen.choice(["commit", "side", "side", "merge", "merge", "forward", "back"])
        if act == "commit":
            repo.commit(f"step {number}", {f"m{number}.py": f"a = {number}\n"})
        elif act == "side":
            made = repo.git("branch", "--list", branch)
            repo.git("checkout", "-q", *([] if made else ["-b"]), branch)
            repo.commit(f"side {number}", {f"{branch}_{number}.py": f"b = {number}\n"})
            repo.git("checkout", "-q", "main")
        elif act == "back":  # another branch is checked out, and what it is of is read
            made = repo.git("branch", "--list", branch)
            repo.git("checkout", "-q", *([] if made else ["-b"]), branch)
            assert read_merged(ledger, repo.root)
            repo.git("checkout", "-q", "main")
        elif repo.git("branch", "--list", branch):
            how = ["--no-ff"] if act == "merge" else ["--ff"]
            repo.git("merge", "-q", *how, "-m", f"Merge {number}", branch)
        if chosen.random() < 0.6:
            git = Repository(repo.root)
            assert read_merged(ledger, repo.root).changes == changes_to(git, git.head()).changes
