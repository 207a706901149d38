"""Judges commits: by what they mean where that can be asked, else by their words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.harvest.worth import load_fit, meant_by, worth_of
from memory.errors import ArchMemError
from memory.retrieval.calibration import model_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indexer.harvest.worth import CommitSigns
    from memory.retrieval.embedding import Embedder
    from memory.retrieval.model import Model

#: Of the chance by words: what has less is not encoded, as hardly any of that is likely by its
#: meaning. What that loses is printed by benchmarks/fit_harvest.py.
WORTH_ENCODING = 0.5


class CommitJudge:
    """Says how likely a reader would keep what commits did."""

    def __init__(self, model: Model | None = None) -> None:
        """Know a model, which is not loaded yet; without one all are judged by words."""
        self._model = model
        self._why_not = _why_not(model)
        self.by_words = ""  # why commits were judged by their words alone, once that was so

    @property
    def asks_meaning(self) -> bool:
        """Whether what is not likely by words alone may be so by its meaning."""
        return not self._why_not

    def chances(self, commits: Sequence[CommitSigns]) -> list[float]:
        """The chance of each, from 0 to 1."""
        chances = [worth_of(one) for one in commits]
        asked = [at for at, chance in enumerate(chances) if chance >= WORTH_ENCODING]
        embedder = self._load() if asked else None
        if embedder is not None:
            vectors = embedder.encode([meant_by(commits[at]) for at in asked])
            for at, vector in zip(asked, vectors, strict=True):
                chances[at] = load_fit().by_meaning.chance(commits[at], vector)
        return chances

    def _load(self) -> Embedder | None:
        """The model; None, and why, where it cannot be asked."""
        if self._model is not None and not self._why_not:
            try:
                return self._model.load(again=False)
            except ArchMemError as error:
                self._why_not = f"{error} {error.hint}".rstrip()
        self.by_words = self._why_not
        return None


def _why_not(model: Model | None) -> str:
    """Why a model cannot be asked, in words; nothing where it can."""
    if model is None:
        return "there is no model"
    fitted = load_fit().model
    if model.model_id and model_name(model.model_id) != fitted:
        return f"what a meaning weighs is known of {fitted.partition('@')[0]} only"
    return model.reason
