"""What a repository sets, as one that comes in an archive may, runs no program."""

import os
from contextlib import suppress

import pytest

from cli.hooks.nudge import Worktree
from indexer.git.log import CommitLog
from indexer.git.process import GitFailed, GitProcess
from indexer.git.repository import Repository
from indexer.git.signatures import last_written, signatures

#: What git would run, by the settings that say so.
PROGRAMS = (
    *("filter.theirs.clean", "filter.theirs.process", "filter.a=b.clean", "core.fsmonitor"),
    *("diff.external", "diff.theirs.command", "diff.theirs.textconv", "core.pager"),
    *("gpg.program", "gpg.openpgp.program", "gpg.ssh.program", "core.sshCommand"),
    *("core.alternateRefsCommand", "credential.helper", "core.askPass", "core.editor"),
)
ATTRIBUTES = "* filter=theirs diff=theirs\nb_* filter=a=b\n"


@pytest.fixture
def theirs(repository, tmp_path):
    """A repository with a changed file for each filter, that would leave `run` behind."""
    told = tmp_path / "run"
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\necho $0 $@ >> {told}\ncat\n")
    program.chmod(0o755)
    head = repository.commit("first", a_txt="one\n", b_txt="one\n", more_txt="one\n" * 30)
    hooks = repository.root / ".git/hooks"
    hooks.mkdir(exist_ok=True)
    for name in ("post-index-change", "reference-transaction", "post-checkout"):
        (hooks / name).symlink_to(program)
    for name in PROGRAMS:
        repository.git("config", name, str(program))
    (repository.root / ".git/info").mkdir(exist_ok=True)
    (repository.root / ".git/info/attributes").write_text(ATTRIBUTES)
    for name in ("a_txt", "b_txt"):
        (repository.root / name).write_text("two\n")  # of the same length, so that git reads it
        os.utime(repository.root / name, (1, 1))
    (repository.root / "more_txt").rename(repository.root / "moved_txt")
    return repository, head, told


def look_everywhere(root, head):
    git = Repository(root)
    for look in (
        *(git.head, git.uncommitted, git.is_partial, git.grafts, git.files_like),
        *(lambda: git.changed_since(head), lambda: git.renamed_since(head)),
        *(lambda: git.changed_lines(head), lambda: git.line_commits("a_txt")),
        *(lambda: git.grep({"two"}, "", ["txt"]), lambda: git.last_commits(["a_txt"])),
        *(lambda: git.run("ls-files", "--others", "--exclude-standard"), lambda: git.tree(head)),
        *(lambda: list(CommitLog(git, ["HEAD"])), lambda: signatures(root, [head])),
        *(lambda: last_written(root, "b_txt", (1, 1)), lambda: Worktree(root).dirty()),
        lambda: git.run("check-attr", "--stdin", "filter", told=["a_txt"]),
    ):
        with suppress(GitFailed):
            look()


def test_whatever_is_asked_of_it(theirs):
    repository, head, told = theirs
    repository.git("status", "--porcelain")
    assert len(told.read_text().splitlines()) > 2  # git itself does run them
    told.unlink()

    look_everywhere(repository.root, head)

    assert not told.exists()
    assert Repository(repository.root).uncommitted().changed == {"a_txt", "b_txt"}


def test_nor_does_a_submodule(theirs, tmp_path):
    inner, _, told = theirs
    outer = tmp_path / "outer"
    outer.mkdir()
    inner.git("init", "-q", str(outer))
    git = Repository(outer)
    inner.root.rename(outer / "inner")
    git.run("-c", "advice.addEmbeddedRepo=false", "add", "inner")
    git.run("-c", "user.name=t", "-c", "user.email=t", "commit", "-q", "-m", "x")
    told.unlink(missing_ok=True)

    look_everywhere(outer, git.head())

    assert not told.exists()


def test_a_filter_that_the_user_set_is_the_users(repository, tmp_path, monkeypatch):
    repository.commit("first", a_txt="one\n")
    (repository.root / ".gitattributes").write_text("a_txt filter=mine\n")
    (tmp_path / "config").write_text('[filter "mine"]\n\tclean = sed s/two/one/\n')
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "config"))
    (repository.root / "a_txt").write_text("two\n")
    os.utime(repository.root / "a_txt", (1, 1))

    assert Repository(repository.root).changed_lines("HEAD") == {}


def test_a_folder_that_looks_like_a_bare_repository_is_none(repository):
    inner = repository.root / "docs"
    for name in ("objects", "refs"):
        (inner / name).mkdir(parents=True)
    (inner / "HEAD").write_text("ref: refs/heads/main\n")
    (inner / "config").write_text("[core]\n\tbare = false\n\tworktree = /\n")

    with pytest.raises(GitFailed):
        GitProcess(inner).ask("rev-parse", "--git-dir")
