"""What a candidate is told by its passages."""

import numpy as np
import pytest

from memory.models.selection import NOW as TODAY
from memory.models.selection import Selection
from memory.retrieval.candidates import FEW, Question, gather, telling_words
from memory.retrieval.passages import keep_memory
from tests.builders import NOW, a_draft, a_source


class Known:
    """Embeddings that are given; nothing is near."""

    def __init__(self, vectors):
        self.given = vectors

    def vectors(self, keys):
        return {key: self.given[key] for key in keys}

    def nearest(self, vector, limit):
        return []


@pytest.mark.parametrize(("turned", "share"), [(5, 1 / 6), (6, 0.0)])
def test_the_first_six_passages_say_what_a_record_is_about(db, turned, share):
    """Of eight passages one is turned towards the question: the sixth counts, the seventh not."""
    body = "\n\n".join(f"## Part {number}\n\n" + f"word{number} " * 90 for number in range(8))
    keep_memory(db, "dec-aaaaaaaa", a_draft(body=body), a_source(), NOW)
    [keys] = db.passages.hashes_of([1]).values()
    assert len(keys) == 8
    towards, aside = np.eye(2, dtype=np.float32)
    vectors = {key: towards if at == turned else aside for at, key in enumerate(keys)}
    question = Question(["word1"], towards, Known(vectors))

    [found] = gather(db, question, Selection(lens=TODAY))

    assert (found.passage, found.best) == (1.0, turned)
    whole = share / np.hypot(share, 1 - share)
    assert found.whole == pytest.approx(whole, abs=1e-6)


def test_in_a_large_store_words_that_a_quarter_has_are_not_looked_for_unless_there_is_no_other():
    total = 4 * FEW
    counts = {"queue": FEW, "servic": FEW + 1}

    assert telling_words(["queue", "service"], counts, total) == ["queue"]
    assert telling_words(["service"], counts, total) == ["service"]
    assert telling_words(["queue", "service"], counts, FEW) == ["queue", "service"]
    assert telling_words(["nowhere"], counts, total) == []
