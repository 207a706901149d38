"""How commits are judged: by what they mean, and by words where that cannot be asked."""

import numpy as np
import pytest

from indexer.harvest.judging import CommitJudge
from indexer.harvest.worth import CommitSigns, load_fit, meant_by, measured, worth_of
from memory.errors import ModelNotUsable

TITLE = "Require durable queues by default"
WHY = "Redis loses jobs at a deploy, because nothing in it is durable."
LIKELY = CommitSigns(TITLE, TITLE, f"{WHY}\n" * 5, 2, reason=WHY, is_plain=True)
UNLIKELY = CommitSigns("Rename get_job()", "Rename get_job()", "", 1, 1, 1, 0, 0, False)


class OneVectorModel:
    """A model for which every text means the same."""

    reason = ""

    def __init__(self, vector=(), *, model_id="", error=None):
        self.model_id = model_id or f"{load_fit().model}/fp32"
        self.vector, self.error, self.encoded = vector, error, []

    def load(self, *, again):
        if self.error:
            raise self.error
        return self

    def encode(self, texts):
        self.encoded += texts
        return np.array([self.vector for _ in texts])


class BusyModel(OneVectorModel):
    reason = "the model is being loaded"


def test_every_sign_has_a_weight_by_words_and_by_meaning():
    fitted = load_fit()

    assert set(fitted.by_words.signs) == set(fitted.by_meaning.signs) == set(measured(LIKELY))
    assert (len(fitted.by_words.meaning), len(fitted.by_meaning.meaning)) == (0, 384)


def test_what_a_commit_means_moves_its_chance():
    weights = np.array(load_fit().by_meaning.meaning)
    told = []
    for sign in (1, -1):
        model = OneVectorModel(sign * weights / np.linalg.norm(weights))
        told += CommitJudge(model).chances([UNLIKELY, LIKELY])[1:]
        assert model.encoded == [meant_by(LIKELY)]  # the other is hardly one by any meaning

    assert told[0] > told[1]


@pytest.mark.parametrize(
    ("model", "why"),
    [
        (OneVectorModel(model_id="other@1/fp32"), "of all-MiniLM-L6-v2 only"),
        (BusyModel(), "the model is being loaded"),
        (OneVectorModel(error=ModelNotUsable("it", "torch is missing")), "torch is missing"),
        (None, "there is no model"),
    ],
)
def test_where_the_model_cannot_be_asked_words_judge_and_it_is_told(model, why):
    judge = CommitJudge(model)

    assert judge.chances([UNLIKELY, LIKELY]) == [worth_of(UNLIKELY), worth_of(LIKELY)]
    assert why in judge.by_words
    assert not judge.asks_meaning


def test_nothing_is_told_of_the_model_where_no_commit_was_to_be_asked():
    judge = CommitJudge(BusyModel())
    judge.chances([UNLIKELY])

    assert judge.by_words == ""
