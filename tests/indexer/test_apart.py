"""What may take long is done by another process, and only for so long."""

from __future__ import annotations

import os
import time

import pytest

from indexer.apart import TooHeavy, apart


def test_work_is_done_by_another_process():
    assert apart(os.getpid) != os.getpid()


def test_what_takes_too_long_is_ended_and_what_comes_next_is_done():
    with pytest.raises(TooHeavy, match="takes longer than 0"):
        apart(time.sleep, 60, seconds=0.2)

    assert apart(sum, [1, 2]) == 3


def test_what_ends_the_process_is_named():
    with pytest.raises(TooHeavy, match="ends the process"):
        apart(os.abort)

    assert apart(abs, -1) == 1


def test_what_is_raised_there_is_raised_here():
    with pytest.raises(ValueError, match="invalid literal"):
        apart(int, "x")
