"""How much memories are like what a search found, beyond what all have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from memory.retrieval.calibration import Relevance
    from memory.retrieval.candidates import Candidate
    from memory.retrieval.rank import Ranked

COMMON = 25  # first hits, whose mean is what all have in common; 15 to 40 make no difference


def kinship(
    found: Mapping[str, Candidate], ranked: Sequence[Ranked], fitted: Relevance
) -> dict[str, float]:
    """How near each is to the others that may answer, each as likely as it is; -1 to 1, by uid.

    Records that bear on one task tell of one subject, so that one which shares few words with
    the task is known by its likeness to those that share many. Only what is embedded has any.

    Args:
        found: The candidates by uid, the ranked ones among them.
        ranked: What a search for the task put in order, best first.
        fitted: Says how likely each is the answer.
    """
    centroids = {uid: one.centroid for uid, one in found.items() if one.centroid is not None}
    answers = [one for one in ranked if one.uid in centroids]
    if len(answers) <= 1:
        return dict.fromkeys(centroids, 0.0)
    uids = list(centroids)
    vectors = np.stack([centroids[uid] for uid in uids])
    apart = vectors - np.mean([centroids[one.uid] for one in answers[:COMMON]], axis=0)
    lengths = np.linalg.norm(apart, axis=1, keepdims=True)
    apart /= np.where(lengths > 0, lengths, 1.0)
    shares = dict.fromkeys(uids, 0.0)
    shares |= dict(
        zip(
            (one.uid for one in answers), fitted.shares([one.score for one in answers]), strict=True
        )
    )
    weights = np.array([shares[uid] for uid in uids])
    own = weights * np.einsum("ij,ij->i", apart, apart)
    likeness = (apart @ (apart.T @ weights) - own) / np.maximum(1.0 - weights, 1e-9)
    few = min(len(answers), COMMON)  # so many apart from their own mean are -1 / (few - 1) alike
    return dict(zip(uids, ((likeness * (few - 1) + 1.0) / few).tolist(), strict=True))
