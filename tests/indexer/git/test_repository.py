import os

import pytest

from indexer.git.process import GitFailed
from indexer.git.repository import Repository
from memory.errors import UnknownCommit
from tests.builders import make_fifo


def test_a_repository_is_whole_where_git_notes_no_end(repository):
    assert Repository(repository.root).grafts() == ""


@pytest.mark.posix
def test_what_cannot_be_read_of_where_a_clone_ends_is_no_whole_one(repository):
    git = Repository(repository.root)
    make_fifo(repository.root / ".git" / "shallow")
    git.ask = lambda *_, **__: os.fspath(repository.root / ".git" / "shallow")  # which would wait

    with pytest.raises(GitFailed, match="It is not a file"):
        git.grafts()


@pytest.mark.posix
@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("src/deep/.gitignore", "ls-files --others --exclude-standard"),
        ("src/.gitattributes", "check-attr text src/deep/a.txt"),
        ("../more.config", "ls-files"),
        ("../attributes", "check-attr text src/deep/a.txt"),
        (".git/refs/heads/other", "for-each-ref"),
    ],
)
def test_a_pipe_anywhere_is_waited_for_once_and_named_from_then_on(repository, name, asked):
    root = repository.root
    with (root / ".git/config").open("a") as settings:
        settings.write("[include]path = ../../between.config # theirs\n")
        settings.write("[core]\n\tattributesFile = ../attributes\n")
    (root.parent / "between.config").write_text("[include]\n\tPath = more.config\n")
    (root / "src/deep").mkdir(parents=True)
    (root / "src/deep/a.txt").write_text("a")
    pipe = (root / name).resolve()
    make_fifo(pipe)
    git = Repository(root)

    with pytest.raises(GitFailed, match="took more than"):
        git.ask(*asked.split(), seconds=1)
    with pytest.raises(GitFailed, match=f"{pipe} is a pipe"):
        git.ask(*asked.split())

    pipe.unlink()
    git.ask(*asked.split())


@pytest.mark.posix
def test_a_pipe_that_a_stream_waited_for_is_named_from_then_on(repository):
    pipe = repository.root.resolve() / ".git/refs/heads/other"
    make_fifo(pipe)
    git = Repository(repository.root)

    with pytest.raises(GitFailed, match="took more than 1 s"):
        list(git.stream("log", "-z", "other", seconds=1))
    with pytest.raises(GitFailed, match=f"{pipe} is a pipe"):
        list(git.stream("log", "-z", "other"))


@pytest.mark.parametrize("name", ["a\0b", "a\ud800"])
def test_a_name_that_no_argument_can_have_names_no_commit(repository, name):
    with pytest.raises(UnknownCommit):
        Repository(repository.root).commit_of(name)
    with pytest.raises(GitFailed, match="is no name"):
        list(Repository(repository.root).stream("log", name))
