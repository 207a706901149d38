"""How likely a person keeps what a commit's message tells of: a logistic regression on its signs.

It was fitted by `benchmarks/fit_harvest.py` on proposals that people judged.
"""

from __future__ import annotations

import json
import math
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from indexer.harvest.reasoning import pattern
from memory.config import data_folder
from memory.texts.words import stems

if TYPE_CHECKING:
    from indexer.harvest.found import Found


class Signs(NamedTuple):
    """What a proposal's worth is worked out from."""

    plain: float  # 1 where the reason says that it is one; the state of things is told without
    soft: float  # 1 where it tells what was bad about how it was
    words: float  # of the title
    shared: float  # the share of the title's stems that the reason has
    files: float  # of code that were changed, as ln(1 + n)


class Worth(NamedTuple):
    """The coefficients of the signs, with the bias and where to stop."""

    bias: float
    coefficients: Signs
    least: float  # the chance below which nothing is proposed

    def of(self, found: Found) -> float:
        """The chance, 0 to 1, that somebody keeps it."""
        said = zip(self.coefficients, signs_of(found), strict=True)
        return 1 / (1 + math.exp(-self.bias - sum(weight * sign for weight, sign in said)))


def is_worth_it(found: Found) -> bool:
    """Whether something is worth a person's look; of what only a message tells some is not."""
    worth = load_worth()
    return found.origin != "commit" or worth.of(found) >= worth.least


@cache
def load_worth() -> Worth:
    """What was fitted."""
    said = json.loads((data_folder() / "harvest.json").read_text("utf-8"))
    return Worth(said["bias"], Signs(**said["signs"]), said["least"])


def signs_of(found: Found) -> Signs:
    """The signs of what a commit tells of."""
    own = stems(found.title)
    return Signs(
        plain=float(bool(pattern("reasons").search(found.reason))),
        soft=float(bool(pattern("soft_reasons").search(found.reason))),
        words=float(len(found.title.split())),
        shared=len(own & stems(found.reason)) / max(1, len(own)),
        files=math.log1p(len(found.paths)),
    )
