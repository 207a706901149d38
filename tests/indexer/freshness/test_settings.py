"""What a user has set in git changes no verdict."""

from __future__ import annotations

import os

import pytest

from indexer.freshness.look import look_again
from indexer.git.process import GitFailed
from indexer.git.repository import Repository
from memory.models.assessment import AnchorVerdict
from tests.indexer.freshness.conftest import History

CODE = (
    "class Order:\n    def total(self):\n        return {}\n\n\ndef place_order(x):\n    return x\n"
)
RECORD = """\
# orders
It calls `place_order()` and `Order.total()` in `src/orders.py`.
# other
Another `place_order()`.
"""
SETTINGS = (
    "grep.lineNumber=true",
    "grep.column=true",
    "grep.patternType=fixed",
    "grep.fullName=false",
    "color.grep=always",
    "color.ui=always",
    "blame.ignoreRevsFile=.git-blame-ignore-revs",
    "blame.showEmail=true",
    "blame.coloring=repeatedLines",
    "core.abbrev=4",
    "core.quotePath=true",
    "core.bigFileThreshold=1",
    "diff.algorithm=histogram",
    "diff.autoRefreshIndex=false",
    "diff.external=false",
    "diff.ignoreSubmodules=all",
    "diff.orderFile=nowhere",
    "diff.relative=true",
    "diff.renameLimit=1",
    "diff.renames=false",
    "log.date=relative",
    "log.diffMerges=on",
    "log.follow=true",
    "log.showSignature=true",
    "remote.other.promisor=false",
    "status.showUntrackedFiles=no",
    "submodule.recurse=true",
)


def name_something(history):
    """A repository in which every kind of verdict is found."""
    history.write(src__orders_py=CODE.format(1), src__old_py="line\n" * 30, src__gone_py="x = 1\n")
    history.project.write("log.txt", RECORD)
    history.say("See `src/old.py`, `src/gone.py` and `Order.total()`.")
    history.write(src__orders_py=CODE.format(2))
    history.move("src/old.py", "src/new.py")
    history.git("rm", "-q", "src/gone.py")
    history.commit()
    return history


@pytest.fixture
def named(history):
    return name_something(history)


@pytest.fixture(scope="module")
def settled(tmp_path_factory):
    """One for all settings, in which a file is not committed, with what is found in it."""
    history = name_something(History(tmp_path_factory.mktemp("settled")))
    history.write(src__new_py="line\n" * 31)
    found, known = history.look_at_all(), known_to_git(history.root)
    assert {one.verdict for one in found.values()} >= {AnchorVerdict.CHANGED, AnchorVerdict.MOVED}
    assert all(known)
    yield history, found, known
    history.project.close()


def known_to_git(root):
    git = Repository(root)
    lines = git.line_commits("log.txt")
    return lines, git.uncommitted(), git.grep({"place_order", "total"}, "", ("py",)), git.head()


@pytest.mark.slow
@pytest.mark.parametrize("setting", SETTINGS)
def test_a_setting_of_the_users_changes_no_verdict_and_nothing_that_git_tells(settled, setting):
    history, found, known = settled
    name, value = setting.split("=", 1)

    history.git("config", name, value)
    try:
        assert history.look_at_all() == found
        assert known_to_git(history.root) == known
    finally:
        history.git("config", "--unset", name)


@pytest.mark.slow
def test_how_paths_are_matched_elsewhere_does_not_count(named, monkeypatch):
    before = named.look_at_all()

    monkeypatch.setenv("GIT_LITERAL_PATHSPECS", "1")
    monkeypatch.setenv("GIT_INDEX_FILE", os.devnull)

    assert named.look_at_all() == before


@pytest.mark.slow
def test_a_blame_that_fails_is_told_and_not_taken_for_a_file_unknown_to_git(named, monkeypatch):
    def fail(*_):
        raise GitFailed("it broke")

    named.look()
    monkeypatch.setattr(Repository, "line_commits", fail)
    named.project.write("more.txt", "# three\nSee `src/new.py`.\n# four\nNothing.\n")
    named.project.index()
    assert look_again(named.project.ledger, named.root) == []

    named.commit()
    named.project.write("more.txt", "# three\nSee `src/new.py` now.\n# four\nNothing.\n")
    named.project.index()
    (problem,) = look_again(named.project.ledger, named.root)

    assert "was not looked at: it broke" in problem
