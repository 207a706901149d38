"""How near two texts are by meaning, as far as a model can be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from memory.retrieval.meaning import Meaning

_SEARCHED = "searched by words only: "  # as `Meaning` puts it
_COMPARED = "lessons were compared by their words only: "


class Nearness:
    """Compares texts with one another, each encoded once."""

    def __init__(self, meaning: Meaning) -> None:
        self._meaning = meaning
        self._vectors: dict[str, NDArray[np.float32] | None] = {}
        self.reason = ""  # why texts were compared without a model, if they were

    def __call__(self, one: str, other: str) -> float | None:
        """The cosine of two texts; None, and a `reason`, where no model is ready."""
        vectors = [self._vector(text) for text in (one, other)]
        if vectors[0] is None or vectors[1] is None:
            self.reason = _COMPARED + self._meaning.reason.removeprefix(_SEARCHED)
            return None
        return float(vectors[0] @ vectors[1])

    def _vector(self, text: str) -> NDArray[np.float32] | None:
        if text not in self._vectors:
            self._vectors[text] = self._meaning.encode_query(text)
        return self._vectors[text]
