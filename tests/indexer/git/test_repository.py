import os

import pytest

from indexer.git.process import GitFailed
from indexer.git.repository import Repository
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
