"""How likely what a commit did is a decision that is worth keeping: a regression on its message.

What its words, its files and its meaning weigh is in `data/harvest.json`, which
`benchmarks/fit_harvest.py` fits to what readers said of commits; the words themselves are in
`data/lexicon/harvest.toml`.
"""

from __future__ import annotations

import re
from functools import cache
from math import log1p
from typing import TYPE_CHECKING, NamedTuple

from pydantic import BaseModel, ConfigDict

from memory.config import data_folder
from memory.retrieval.calibration import likelihood
from memory.texts.lexicon import any_of, read_lexicon

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MOST_FILES, MOST_FOLDERS, MOST_LETTERS, MOST_REASONS = 40, 20, 3_000, 3  # more weigh no more
_LONG = 20  # words of a reason
_MOST_SAID = 3  # times that a word is said
_NAMES = re.compile(r"\w_\w|\w\(|::|\w\.\w+\.\w|`|[a-z][A-Z]|->|\w\.[ch]\b")  # of code


class CommitSigns(NamedTuple):
    """What a commit is judged by."""

    subject: str  # with its type and scope
    title: str  # without them
    body: str
    reasons: int  # sentences that give one
    files: int = MOST_FILES  # of code; the most that weigh anything, until they are known
    folders: int = MOST_FOLDERS  # in which it changed files
    came: int = MOST_FILES  # files that are new
    went: int = MOST_FILES
    is_documented: bool = True  # whether it changed a document
    reason: str = ""  # the first sentence that gives one
    is_plain: bool = False  # whether that sentence says that it gives one
    is_item: bool = False  # whether it stands in a list, as what was changed does


class Regression(BaseModel):
    """A logistic regression on what is measured of a commit, and on its meaning if that was had."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    base: float
    signs: dict[str, float]  # by name
    meaning: tuple[float, ...] = ()  # what each float of an embedding weighs

    def chance(self, signs: CommitSigns, vector: Iterable[float] = ()) -> float:
        """The chance, from 0 to 1, that a reader would keep it."""
        weighed = sum(self.signs[name] * by for name, by in measured(signs).items())
        meant = sum(weight * by for weight, by in zip(self.meaning, vector, strict=True))
        return likelihood(self.base + weighed + float(meant))


class HarvestFit(BaseModel):
    """What was fitted: to words alone, and to words with the vectors of one model."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    by_words: Regression
    model: str  # as `calibration.model_name` gives it
    by_meaning: Regression


@cache
def load_fit() -> HarvestFit:
    """What `benchmarks/fit_harvest.py` wrote to `data/harvest.json`."""
    return HarvestFit.model_validate_json((data_folder() / "harvest.json").read_bytes())


def worth_of(signs: CommitSigns) -> float:
    """The chance, from 0 to 1, that a reader would keep it, by words alone."""
    return load_fit().by_words.chance(signs)


def meant_by(signs: CommitSigns) -> str:
    """What is encoded of a commit."""
    return f"{signs.title}. {signs.reason}"


def measured(signs: CommitSigns) -> Mapping[str, float]:
    """What is measured of a commit, by name."""
    found = {
        f"title {name}": float(
            bool(words.search(signs.subject if name == "tools" else signs.title))
        )
        for name, words in _words("worth_title").items()
    }
    found["title code"] = float(bool(_NAMES.search(signs.title)))
    for name, words in _words("worth_body").items():
        found[f"body {name}"] = min(_MOST_SAID, len(words.findall(signs.body))) ** 0.5
    return found | {
        "title scope": float(signs.subject != signs.title),
        "reason length": len(signs.reason.split()) / _LONG,
        "reason plain": float(signs.is_plain),
        "reason listed": float(signs.is_item),
        "documented": float(signs.is_documented),
        "came": log1p(min(signs.came, MOST_FILES)),
        "went": log1p(min(signs.went, MOST_FILES)),
        "files": log1p(min(signs.files, MOST_FILES)),
        "folders": log1p(min(signs.folders, MOST_FOLDERS)),
        "letters": log1p(min(len(signs.body), MOST_LETTERS)),
        "reasons": float(min(signs.reasons, MOST_REASONS)),
        "title length": len(signs.title.split()) / 10,
    }


@cache
def _words(table: str) -> Mapping[str, re.Pattern[str]]:
    return {
        name: re.compile(rf"(?<![\w-])(?:{any_of(words)})(?![\w-])", re.IGNORECASE)
        for name, words in read_lexicon("harvest")[table].items()
    }
