"""What is planted into a made project: cases drawn by a seed, each with a table of its own."""

from __future__ import annotations

import random
from typing import NamedTuple

NOUNS = """parcel ticket voucher sensor booking recipe podcast vehicle invoice garment beacon ferry
harbour orchard pigment quarry rivet saddle turbine violin walnut xylophone yacht zeppelin anchor
basket candle dagger easel falcon glacier hammer""".split()
COLUMNS = "barcode reference phone serial nickname postcode callsign licence plate iban".split()
LACKS = ("plain", "two", "second")
HAS = """indexed unique primary foreign first apart beside flag part by_hand""".split()
KEEPS = ("unwritten", "by_right")
CHANGES = "by_anybody by_signed_in own kept writes users needs_right".split()


class Case(NamedTuple):
    """A place that is planted."""

    kind: str  # of `LACKS`, `HAS`, `KEEPS` or `CHANGES`
    noun: str
    first: str  # columns
    second: str
    form: int  # of the query
    deep: bool  # whether a service asks

    @property
    def model(self) -> str:
        """The class of its table."""
        return self.noun.title()

    @property
    def asked(self) -> tuple[str, ...]:
        """The columns that its query goes by."""
        special = {
            "second": (self.second,), "two": (self.first, self.second),
            "beside": (self.first, self.second), "primary": ("id",), "foreign": ("depot_id",),
            "flag": ("is_open",),
        }  # fmt: skip
        return special.get(self.kind, (self.first,))


def drawn(seed: int) -> list[Case]:
    """The cases of a project."""
    rng = random.Random(seed)
    nouns = rng.sample(NOUNS, len(NOUNS))
    kinds = [*LACKS, *LACKS, *HAS, *KEEPS, *KEEPS, *CHANGES]
    return [
        Case(kind, nouns.pop(), *rng.sample(COLUMNS, 2), rng.randrange(3), rng.random() < 0.5)
        for kind in kinds
    ]


def indexes(case: Case) -> tuple[str, ...]:
    """The columns of the index that is declared for the table as a whole."""
    both = {"second", "first"}
    return (
        (case.first, case.second) if case.kind in both else (case.first,) * (case.kind == "apart")
    )


def note(case: Case) -> str:
    """What is noted at the first column: "index", "unique" or nothing."""
    return {"indexed": "index", "beside": "index", "unique": "unique"}.get(case.kind, "")


def is_of_caches(case: Case) -> bool:
    return case.kind in {*KEEPS, *CHANGES}
