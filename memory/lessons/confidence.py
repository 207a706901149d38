"""Weighs the evidence for a lesson: a Beta posterior, and the rank that follows from it.

All of it is a function of the evidence alone: no rank depends on the rank before, so that a
lesson goes down as easily as it went up.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from memory.lessons.beta import beta_quantile
from memory.models.assessment import Confidence, Evidence, Rank

if TYPE_CHECKING:
    from collections.abc import Iterable

    from memory.kinds.vocabulary import Trust


class Prior(NamedTuple):
    """What is believed of a lesson before anything speaks for it or against it."""

    alpha: float
    beta: float
    reason: str


#: Bayes' and Laplace's: the mean after s successes in n is (s + 1) / (n + 2). Jeffreys' Beta(½, ½)
#: is the other common choice (Brown, Cai and DasGupta 2001, "Interval Estimation for a Binomial
#: Proportion", Statistical Science 16(2)); by that one three successes would make a practice
#: (bound 0.56), which is little for advice that others act on.
PRIOR = Prior(1.0, 1.0, "uniform: before any evidence every rate of success is as likely")

#: The quantile of the posterior that is its lower bound: 95 % of it lies above.
TAIL = 0.05

#: From this bound on a lesson is a practice: we are 95 % sure that it works more often than not.
#: With n successes and no failure the bound is TAIL ** (1 / (n + 1)): 0.47 after three, 0.55
#: after four. One failure among them takes two successes more (4 : 1 has 0.42, 6 : 1 has 0.53).
PRACTICE_FROM = 0.5

#: The weight of all evidence that a practice has at least. By the bound it is 3.4 or more anyhow;
#: it is asked for by itself so that no other prior could make a practice of two runs.
PRACTICE_COUNT = 3.0

#: Below this bound a lesson is retired: nobody can be sure that it works one time in ten, as
#: after 0 : 2 (0.02), 1 : 2 (0.098) or 2 : 6 (0.098); not after 2 : 2 (0.19) or 2 : 5 (0.11).
RETIRED_BELOW = 0.1

#: The weight that has to speak against a lesson before it is retired. It is this side that is
#: counted, since with the count of both a success could be what retires a lesson.
RETIRED_COUNT = 2.0

_UNDATED = datetime.min.replace(tzinfo=UTC)


def weigh(evidence: Iterable[Evidence], trust: Trust) -> Confidence:
    """What follows from all evidence for a lesson and against it.

    Its order means nothing, and one origin counts once on either side, by its greatest weight.

    Args:
        evidence: What speaks for the lesson, and what against it.
        trust: The least of its sources'.
    """
    counted = one_per_origin(evidence)
    speaks_for = sum(one.weight for one in counted if one.speaks_for)
    against = sum(one.weight for one in counted if not one.speaks_for)
    alpha, beta = PRIOR.alpha + speaks_for, PRIOR.beta + against
    lower = beta_quantile(alpha, beta, TAIL)
    rank, reason = _rank(lower, speaks_for, against)
    return Confidence(
        rank=rank,
        alpha=alpha,
        beta=beta,
        mean=alpha / (alpha + beta),
        lower=lower,
        count=speaks_for + against,
        trust=trust,
        evidence=counted,
        reason=reason,
    )


def one_per_origin(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Of each origin the weightiest on either side, oldest first, ties by origin."""
    kept: dict[tuple[str, bool], Evidence] = {}
    for one in sorted(evidence, key=_weightiest_first):
        kept.setdefault((one.origin, one.speaks_for), one)
    return tuple(sorted(kept.values(), key=_oldest_first))


def _rank(lower: float, speaks_for: float, against: float) -> tuple[Rank, str]:
    count = speaks_for + against
    bound = f"bound {lower:.2f}"
    if lower >= PRACTICE_FROM and count >= PRACTICE_COUNT:
        words = f"{bound} is {PRACTICE_FROM:g} or more, with evidence of weight {count:g}"
        return Rank.PRACTICE, words
    if lower < RETIRED_BELOW and against >= RETIRED_COUNT:
        words = f"{bound} is below {RETIRED_BELOW:g}, with {against:g} against it"
        return Rank.RETIRED, words
    if not count:
        return Rank.CANDIDATE, "nothing speaks for it or against it yet"
    if lower < RETIRED_BELOW:
        words = f"{bound}, but less than {RETIRED_COUNT:g} speaks against it"
        return Rank.CANDIDATE, words
    return Rank.CANDIDATE, f"{bound} is below the {PRACTICE_FROM:g} of a practice"


def _weightiest_first(one: Evidence) -> tuple[float, str, str, datetime]:
    return -one.weight, one.kind, one.words, one.at or _UNDATED


def _oldest_first(one: Evidence) -> tuple[datetime, str, bool]:
    return one.at or _UNDATED, one.origin, not one.speaks_for
