"""The session in the docs is what the commands print."""

import pytest

from benchmarks.worked_session import shown_in_docs, steady, work


@pytest.mark.slow
def test_the_session_in_the_docs_is_what_the_commands_print(tmp_path):
    assert steady(shown_in_docs()) == steady(work(tmp_path))
