"""What is forked from, loaded once for all tests of a process."""

from __future__ import annotations

import pytest

from tests.chaos.forks import Forks


@pytest.fixture(scope="session")
def forks(tmp_path_factory):
    forks = Forks(tmp_path_factory.mktemp("forks"))
    yield forks
    forks.close()
