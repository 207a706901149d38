"""The mutants of `benchmarks/mutants.py` are of this tree."""

import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MUTANTS = tomllib.loads((ROOT / "benchmarks/mutants.toml").read_text(encoding="utf-8"))["mutant"]


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda one: f"{one['file']} {one['old'][:40]}")
def test_what_is_changed_stands_once_and_its_tests_are_there(mutant):
    assert (ROOT / mutant["file"]).read_text(encoding="utf-8").count(mutant["old"]) == 1
    assert all((ROOT / test).exists() for test in mutant["tests"])
