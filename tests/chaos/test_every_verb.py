"""A call to the disk or to SQLite fails, whichever it is, in every verb; or the disk is full.

What a verb has acknowledged is there, and once; what it has refused is there as a whole or not at
all, and done by the next try; nobody sees a traceback, and nothing lies about. Without
`ARCHMEM_CHAOS` a call of some verbs is tried; with it so many of each, by chance and the same each
time; where that is more than there are, all of them. What `forget` does has tests of its own.
"""

from __future__ import annotations

import errno
import json
import random
import shutil
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest

from tests.builders import CHAOS
from tests.chaos.cases import (
    MADE,
    READING,
    WRITING,
    Case,
    with_backup_only,
    without_memory,
    write_project,
)
from tests.chaos.forks import GROWS, preloaded

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.chaos.forks import Forks

FEW = 1  # calls of each of a few verbs
DISK = (errno.EIO, errno.ENOSPC, errno.EACCES)
LEDGER = (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL, sqlite3.SQLITE_BUSY)
#: What may be the matter, and how else `arm` is told so; a disk that is full stays so.
FAULTS = {
    "disk": (DISK, ()),
    "full": ([errno.ENOSPC], (GROWS, 1)),
    "ledger": (LEDGER, ()),
}

pytestmark = [pytest.mark.slow, preloaded]


class Shop:
    """Commands in a shop, each in a process of its own."""

    def __init__(self, forks: Forks, folder: Path) -> None:
        self.forks = forks
        self.whole, self.place = folder / "whole", folder / "place"
        (self.place / "project").mkdir(parents=True)
        write_project(self.place / "project")
        for command in MADE:
            assert not (ended := self.run(command))["code"], ended
        said = self.run(["list", "--json"])["out"].splitlines()
        self.uids = {(one := json.loads(line))["kind"]: one["uid"] for line in said}
        self.place.rename(self.whole)

    def again(self, case: Case) -> None:
        """Afterwards the shop is as the case begins."""
        shutil.rmtree(self.place, ignore_errors=True)
        shutil.copytree(self.whole, self.place, symlinks=True)
        self.forks.ask("tests.chaos.verbs:begin", place=str(self.place))
        if case.before:
            case.before(self.place / "project")

    def run(self, arguments: Sequence[str], fault: list | None = None) -> Any:
        """How a command ended, what it said and how often it could have failed."""
        function = "tests.chaos.verbs:run"
        ended = self.forks.ask(function, place=str(self.place), arguments=arguments, fault=fault)
        died = {"raised": f"{ended}", "code": -1, "out": "", "err": "", "calls": 0}
        return ended.answer or died

    def told(self) -> str:
        """What memory and files say after the next run, or what was raised there."""
        ended = self.forks.ask("tests.chaos.verbs:told", place=str(self.place))
        return ended.answer or "\n".join(ended.lines)

    def words(self, case: Case) -> list[str]:
        return case.words.format(**self.uids).split()


@pytest.fixture(scope="module")
def shop(forks, tmp_path_factory):
    return Shop(forks, tmp_path_factory.mktemp("faults"))


def named(case: Case) -> str:
    return f"{case.words}{' ' + case.before.__name__ if case.before else ''}"


CASES = [one for one in (*WRITING, *READING) if CHAOS or one.is_short]


@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize("case", CASES, ids=named)
def test_whichever_call_fails_nothing_is_lost_doubled_or_raised(shop, case, kind, tell):
    errors, how = FAULTS[kind]
    shop.again(case)
    before = shop.told() if not case.is_reading else ""
    shop.again(case)
    well = shop.run(shop.words(case), [kind, 0, 0, *how])
    after = shop.told() if not case.is_reading else ""
    assert well["code"] == 0, well

    calls = range(1, well["calls"] + 1)
    wrong = []
    chance = random.Random(named(case))
    tried = chance.sample(calls, min(CHAOS or FEW, len(calls)))
    for number in tried:
        fault = [kind, number, chance.choice(errors), *how]
        if said := (check_reading if case.is_reading else check_writing)(
            shop, case, fault, well, before, after
        ):
            wrong.append((fault, said))

    tell(of=named(case), faults=len(tried), of_calls=len(calls), wrong=len(wrong))
    assert not wrong, "\n".join(f"{fault}: {said}" for fault, said in wrong)


def check_writing(shop, case, fault, well, before, after) -> str:
    """What is wrong after a fault; nothing is empty."""
    shop.again(case)
    ended = shop.run(shop.words(case), fault)
    if ended["raised"]:
        return ended["raised"]
    told = shop.told()
    if told == after or (told == before and case.before in (without_memory, with_backup_only)):
        return ""  # in an empty place the index of `told` has made another
    if ended["code"] == 0 and not case.is_resumed:
        return f"not done: {differences(told, after)}"
    if told != before and not case.is_resumed:
        return f"{ended['err']}: neither before nor after: {differences(told, before)}"
    again = shop.run(shop.words(case))
    if again["code"]:
        return f"not the second time: {again['err']}{again['raised']}"
    return differences(shop.told(), after)


def check_reading(shop, case, fault, well, _before, _after) -> str:
    """It answers as ever, or says what it could not do."""
    shop.again(case)
    ended = shop.run(shop.words(case), fault)
    if ended["raised"]:
        return ended["raised"]
    if ended["code"] == 0 and ended["out"] != well["out"] and ended["err"] == well["err"]:
        return f"another answer, without a word: {differences(ended['out'], well['out'])}"
    return ""


def differences(told: str, expected: str) -> str:
    if told == expected:
        return ""
    here, there = told.splitlines(), expected.splitlines()
    more = [line for line in here if here.count(line) > there.count(line)]
    less = [line for line in there if there.count(line) > here.count(line)]
    return "\n".join([*(f"+ {line[:400]}" for line in more), *(f"- {line[:400]}" for line in less)])
