"""A call to the disk or to SQLite fails, whichever it is, in every verb; or the disk is full.

What a verb has acknowledged is there, and once; what it has refused is there as a whole or not at
all, and done by the next try; nobody sees a traceback, and nothing lies about. Without
`ARCHMEM_CHAOS` a call of some verbs is tried; with it so many of each, by chance and the same each
time; where that is more than there are, all of them.
"""

from __future__ import annotations

import json

import pytest

from tests.builders import CHAOS
from tests.chaos.cases import MADE, READING, WRITING, write_project
from tests.chaos.each_call import FAULTS, named
from tests.chaos.forks import preloaded

FEW = 1  # calls of each of a few verbs

pytestmark = [pytest.mark.slow, preloaded]


@pytest.fixture(scope="module")
def shop(forks, tmp_path_factory):
    """The folder of a shop with a memory, and the uids of what is in it by their kind."""
    folder = tmp_path_factory.mktemp("faults") / "whole"
    (folder / "project").mkdir(parents=True)
    write_project(folder / "project")

    def run(*words):
        place = {"place": str(folder), "arguments": words}
        ended = forks.ask("tests.chaos.verbs:run", **place).answer
        assert not ended["code"], ended
        return ended["out"]

    for command in MADE:
        run(*command)
    said = [json.loads(line) for line in run("list", "--json").splitlines()]
    return folder, {one["kind"]: one["uid"] for one in said}


CASES = [one for one in (*WRITING, *READING) if CHAOS or one.is_short]


@pytest.mark.parametrize("case", CASES, ids=named)
def test_whichever_call_fails_nothing_is_lost_doubled_or_raised(shop, forks, tmp_path, case, tell):
    whole, uids = shop
    asked = {"whole": str(whole), "place": str(tmp_path / "place"), "name": named(case)}
    ended = forks.ask("tests.chaos.each_call:try_calls", **asked, uids=uids, most=CHAOS or FEW)
    assert ended.answer, "\n".join(ended.lines)

    said = {kind: ended.answer[kind] for kind in FAULTS}
    wrong = [one for of_kind in said.values() for one in of_kind["wrong"]]
    tell(
        faults=sum(one["faults"] for one in said.values()),
        of_calls=sum(one["of_calls"] for one in said.values()),
        wrong=len(wrong),
        looks=ended.answer["looks"],
        ms_of_a_processor=int(ended.seconds * 1000),
    )
    assert not wrong, "\n".join(f"{fault}: {found}" for fault, found in wrong)
