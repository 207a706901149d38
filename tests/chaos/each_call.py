"""Lets calls of one command fail, one at a time, and judges what came of each."""

from __future__ import annotations

import errno
import os
import random
import re
import shutil
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any

from memory.ledger.adoption import adopt, is_adopted
from tests.chaos import verbs
from tests.chaos.cases import (
    READING,
    WRITING,
    Case,
    from_elsewhere,
    with_backup_only,
    without_memory,
)
from tests.chaos.forks import GROWS, fork
from tests.chaos.places import Place, mark

if TYPE_CHECKING:
    from collections.abc import Sequence

DISK = (errno.EIO, errno.ENOSPC, errno.EACCES)
LEDGER = (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL, sqlite3.SQLITE_BUSY)
#: What may be the matter, and how else `arm` is told so; a disk that is full stays so. What Chroma
#: asks of the disk is let fail apart, since opening it takes as long as the rest of a verb.
FAULTS = {
    "disk": (DISK, ()),
    "full": ([errno.ENOSPC], (GROWS, 1)),
    "ledger": (LEDGER, ()),
    "vectors": (DISK, ()),
    "vectors full": ([errno.ENOSPC], (GROWS, 1)),
}


AGO = re.compile(r"\b[0-9]+ (?:second|minute)s? ago\b")


def named(case: Case) -> str:
    return f"{case.words}{' ' + case.before.__name__ if case.before else ''}"


def try_calls(whole: str, place: str, name: str, uids: dict[str, str], most: int) -> dict[str, Any]:
    """Of each kind of fault, how many were tried, of how many calls, and what was wrong.

    Args:
        whole: The shop that each try begins with.
        place: Where it is copied to.
        name: Of the case.
        uids: Of the shop's memories by their kind.
        most: So many calls, by chance and the same each time; where there are fewer, all.
    """
    case = next(one for one in (*WRITING, *READING) if named(one) == name)
    trial = Trial(Path(whole), Path(place), case, case.words.format(**uids).split())
    said = {}
    for kind, (errors, how) in FAULTS.items():
        well = trial.begin([kind, 0, 0, *how])
        calls, chance = range(1, well["calls"] + 1), random.Random(name)
        tried = chance.sample(calls, min(most, len(calls)))
        faults = [[kind, number, chance.choice(errors), *how] for number in tried]
        wrong = [[fault, found] for fault in faults if (found := trial.fault_in(fault, well))]
        said[kind] = {"faults": len(tried), "of_calls": len(calls), "wrong": wrong}
    shutil.rmtree(place)
    return said | {"looks": trial.looks}


class Trial:
    """A command in a place that is as it was before each try; whoever runs it is a fork."""

    def __init__(self, whole: Path, place: Path, case: Case, words: Sequence[str]) -> None:
        shutil.copytree(whole, place, symlinks=True)
        verbs.enter(place)
        self._ledger = place / "project/.archmem/memory.db"
        adopt(self._ledger)
        if case.before:
            case.before(place / "project")
        self._case, self._words = case, words
        self._place = Place(place)
        self._told: dict[str, str] = {}  # by the mark of the state that tells it
        self.looks = 0  # of those that were not there yet
        self._before = "" if case.is_reading else self._look()
        self._after = ""

    def begin(self, fault: list) -> dict[str, Any]:
        """How the command ends when nothing fails; whatever comes later is held against that."""
        self._put_back()
        well = self._run(fault)
        assert well["code"] == 0, well
        self._after = "" if self._case.is_reading else self._look()
        return well

    def fault_in(self, fault: list, well: dict[str, Any]) -> str:
        """What is wrong after a fault; nothing is empty."""
        self._put_back()
        ended = self._run(fault)
        if ended["raised"]:
            return ended["raised"]
        if self._case.is_reading:
            return self._of_reading(ended, well, os.strerror(fault[2]))
        return self._of_writing(ended, well)

    def _of_reading(self, ended: dict[str, Any], well: dict[str, Any], failure: str) -> str:
        """It answers as ever, or says what it could not do, beside the answer or in it."""
        is_silent = ended["code"] == 0 and ended["err"] == well["err"]
        is_silent = is_silent and failure not in ended["out"]
        said, expected = (AGO.sub("AGO", one["out"]) for one in (ended, well))
        if is_silent and said != expected:
            return f"another answer, without a word: {differences(said, expected)}"
        return ""

    def _of_writing(self, ended: dict[str, Any], well: dict[str, Any]) -> str:
        """It is done, or was refused and nothing is; one of several steps said what it left."""
        case, before, after = self._case, self._before, self._after
        told = self._look()
        if told == after or (told == before and case.before in (without_memory, with_backup_only)):
            return ""  # in an empty place the index of `told` has made another
        is_silent = ended["code"] == 0 and ended["err"] == well["err"]
        if is_silent or (ended["code"] == 0 and not case.is_resumed):
            return f"not done: {differences(told, after)}"
        if told != before and not case.is_resumed:
            return f"{ended['err']}: neither before nor after: {differences(told, before)}"
        again = self._run()
        if again["code"]:
            return f"not the second time: {again['err']}{again['raised']}"
        return differences(self._look(), after)

    def _put_back(self) -> None:
        self._place.put_back()
        is_ours = self._case.before is not from_elsewhere
        if is_ours and self._ledger.exists():  # it may be another than the one that was adopted
            adopt(self._ledger)

    def _run(self, fault: list | None = None) -> dict[str, Any]:
        """How the command ended, what it said and how often it could have failed."""
        place = str(self._place.folder)
        ended = fork(verbs.run, place=place, arguments=list(self._words), fault=fault)
        died = {"raised": f"{ended}", "code": -1, "out": "", "err": "", "calls": 0}
        return ended.answer or died

    def _look(self) -> str:
        """What memory and files say after the next run, or what was raised there."""
        seen = f"{mark(self._place)} {is_adopted(self._ledger)} {self._holding()}"
        if seen not in self._told:
            self.looks += 1
            ended = fork(verbs.told, place=str(self._place.folder))
            lines = [ended.answer] if ended.answer else ended.lines
            self._told[seen] = "\n".join([*lines, *self._holding()])
        return self._told[seen]

    def _holding(self) -> list[str]:
        """The files of the memory that hold what is to be gone."""
        of_memory = sorted(self._ledger.parent.rglob("*")) if self._case.gone else ()
        return [
            f"{one} holds it"
            for one in of_memory
            if one.is_file() and self._case.gone in one.read_bytes()
        ]


def differences(told: str, expected: str) -> str:
    if told == expected:
        return ""
    here, there = told.splitlines(), expected.splitlines()
    more = [line for line in here if here.count(line) > there.count(line)]
    less = [line for line in there if there.count(line) > here.count(line)]
    return "\n".join([*(f"+ {line[:400]}" for line in more), *(f"- {line[:400]}" for line in less)])
