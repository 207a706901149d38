"""Bytes of the vectors are flipped, with size and time kept; the ledger's are in `test_damage`."""

from __future__ import annotations

import random
import shutil
from collections import Counter

import pytest

from tests.builders import CHAOS
from tests.chaos.flipped import as_killed, flip, flips
from tests.chaos.forks import preloaded

FEW = 4  # pages of the short form

pytestmark = [pytest.mark.slow, preloaded]


@pytest.mark.parametrize("was_killed", [False, True])
def test_no_flipped_page_of_the_vectors_gives_other_answers_or_a_signal(
    forks, tmp_path, tell, was_killed
):
    root = tmp_path / "shop"
    assert forks.ask("tests.chaos.flipped:make", root=str(root)).status == 0
    if was_killed:
        as_killed(str(root))
    store, whole = root / ".archmem/vectors", tmp_path / "whole"
    shutil.copytree(store, whole)
    sound = forks.ask("tests.chaos.flipped:told", root=str(root)).answer
    pages = list(flips(whole))
    if not CHAOS:
        pages = random.Random(3).sample(pages, FEW)

    counts, wrong = Counter(), []
    for name, start in pages:
        shutil.rmtree(store, ignore_errors=True)
        shutil.copytree(whole, store)
        flip(store / name, start)
        ended = forks.ask("tests.chaos.flipped:told", root=str(root))
        if ended.status:
            wrong.append(f"{name} {start}: ended with {ended.status} {ended.lines[-8:]}")
            continue
        counts["noticed" if ended.answer["nearest"] is None else "as_it_was"] += 1
        is_right = ended.answer["nearest"] in (None, sound["nearest"])
        if ended.answer["found"] != sound["found"] or not is_right:
            wrong.append(f"{name} {start}: {ended.answer}")
    tell(pages=len(pages), **counts, wrong=len(wrong))
    assert not wrong, sound
