from tests.indexer.history.conftest import plain_git, repository

__all__ = ["plain_git", "repository"]
