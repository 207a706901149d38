"""How near each memory is to a task: in the order of a search, by its one table of relevance."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from memory.briefs.scoring import DERIVED, USEFUL, belonging_too
from memory.retrieval.calibration import load_relevance, load_usefulness
from memory.retrieval.search import REMOTE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from memory.retrieval.calibration import Relevance
    from memory.retrieval.candidates import Candidate
    from memory.retrieval.pool import Pool
    from memory.retrieval.rank import Ranked

COMMON = 25  # first hits, whose mean is what all have in common; 15 to 40 make no difference


class Nearness(NamedTuple):
    """How near a memory is to a task."""

    relevance: float  # how likely it has to do with the task, 0 to 1
    useful: float  # how likely it is of use for it, 0 to 1
    order: tuple[bool, float]  # the smaller, the sooner it is told: derived ones last


def nearness_of(
    found: Mapping[str, Candidate],
    pool: Pool,
    ranked: Sequence[Ranked],
    fitted: Relevance | None,
    belonging: Mapping[str, float],
    heirs: Mapping[str, set[str]],
) -> dict[str, Nearness]:
    """How near each candidate is, by uid.

    What holds in the place of another is of as much use as that one, and what a search finds
    first is of use unless it has nothing to do with the task.

    Args:
        found: The candidates by uid, the ranked ones among them.
        pool: Of a search for the task.
        ranked: What that put in order, best first.
        fitted: Says how relevant each is; None where nobody can.
        belonging: What each counts for by itself, 0 to 1.
        heirs: What holds in the place of some.
    """
    relevances = _relevances(found, fitted)
    if fitted is not None:
        for one in ranked:
            relevances[one.uid] = pool.relevance(one.uid, fitted) or relevances[one.uid]
    places = _places(found, ranked, relevances)
    kin = kinship(found, ranked, fitted or load_relevance()) if pool.knows_meaning else {}
    is_known = bool(ranked) and relevances[ranked[0].uid] >= REMOTE
    useful = {}
    for uid in found:
        chance = _chance(relevances[uid], places[uid].behind, kin.get(uid)) if is_known else 0.0
        telling = DERIVED if found[uid].head.derived else 1.0
        useful[uid] = belonging_too(chance * telling, belonging[uid])
    for uid, theirs in heirs.items():
        for heir in theirs & found.keys():
            useful[heir] = max(useful[heir], useful[uid])
    if is_known:
        useful[ranked[0].uid] = max(USEFUL, useful[ranked[0].uid])
    return {
        uid: Nearness(relevances[uid], useful[uid], (bool(one.head.derived), places[uid].place))
        for uid, one in found.items()
    }


def _chance(relevance: float, behind: float, kin: float | None) -> float:
    """How likely a candidate is of use; of what is not embedded its words have to say it."""
    return relevance if kin is None else load_usefulness().of(relevance, behind, kin)


class _At(NamedTuple):
    """Where a candidate stands in the order of a search."""

    place: float  # 0 for the first
    behind: float  # by how much its score is less than that of the best of its kind


def _places(
    found: Mapping[str, Candidate], ranked: Sequence[Ranked], relevances: Mapping[str, float]
) -> dict[str, _At]:
    """Where each was ranked; what was not stands before the first that is no more relevant."""
    at = {one.uid: float(place) for place, one in enumerate(ranked)}
    scores = {one.uid: one.score for one in ranked}
    last = min(scores.values(), default=0.0)
    for uid in found.keys() - scores.keys():
        likely = relevances[uid]
        next_ = next((one for one in ranked if relevances[one.uid] <= likely), None)
        at[uid] = at[next_.uid] - 0.5 if next_ else float(len(ranked))
        scores[uid] = next_.score if next_ else last
    sorts = {uid: (uid.partition("-")[0], one.head.derived) for uid, one in found.items()}
    best: dict[tuple[str, int], float] = defaultdict(float)
    for uid, sort in sorts.items():
        best[sort] = max(best[sort], scores[uid])
    return {uid: _At(at[uid], best[sort] - scores[uid]) for uid, sort in sorts.items()}


def _relevances(candidates: Mapping[str, Candidate], fitted: Relevance | None) -> dict[str, float]:
    """How likely each has to do with a task, 0 to 1; by its words where nobody can say."""
    most = max((one.words for one in candidates.values()), default=0.0) or 1.0
    found = {}
    for uid, one in candidates.items():
        likely = fitted.of(one) if fitted else None
        if likely is None:
            likely = max(one.words / most, one.passage or 0.0)
        found[uid] = likely
    return found


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
