"""How much records are like what a search found."""

from types import SimpleNamespace

import numpy as np
import pytest

from memory.briefs.nearness import kinship
from memory.retrieval.calibration import load_relevance
from memory.retrieval.rank import Ranked


def a_candidate(*direction):
    vector = np.array(direction, dtype=np.float32)
    return SimpleNamespace(centroid=vector / np.linalg.norm(vector))


@pytest.fixture
def found():
    return {
        "first": a_candidate(1.0, 0.0, 1.0),
        "akin": a_candidate(0.9, 0.1, 1.0),
        "other": a_candidate(0.0, 1.0, 1.0),
        "not-embedded": SimpleNamespace(centroid=None),
    }


def test_what_is_like_the_first_hit_is_nearer_than_what_only_shares_what_all_have(found):
    ranked = [Ranked("first", 0.9), Ranked("other", 0.4), Ranked("akin", 0.4)]

    kin = kinship(found, ranked, load_relevance())

    assert kin["akin"] > 0.5
    assert kin["other"] < 0


def test_only_what_is_embedded_has_any(found):
    ranked = [Ranked("first", 0.9), Ranked("not-embedded", 0.8)]

    assert kinship(found, ranked, load_relevance()).keys() == {"first", "akin", "other"}


def test_a_single_record_is_like_nothing(found):
    kin = kinship({"first": found["first"]}, [Ranked("first", 0.9)], load_relevance())

    assert kin == {"first": 0.0}
