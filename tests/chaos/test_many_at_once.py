"""Eight who write and eight who read one project, which is watched and edited by hand meanwhile."""

from __future__ import annotations

import itertools
import json
import re
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from benchmarks.mcp_over_stdio import Session
from tests.builders import CHAOS
from tests.chaos.cases import git
from tests.machine import ARCHMEM, Machine
from tests.shop import write_shop

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SECONDS = 60 if CHAOS else 4
LOG = ".claude/memory/context/decisions.md"

pytestmark = pytest.mark.slow


@pytest.fixture
def machine(tmp_path, monkeypatch):
    monkeypatch.delenv("ARCHMEM_ENGINE", raising=False)
    for name in ("runtime", "state"):
        (tmp_path / name).mkdir(mode=0o700)
        monkeypatch.setenv(f"ARCHMEM_{name.upper()}", str(tmp_path / name))
    machine = Machine(tmp_path)
    yield machine
    machine.end()


class Crowd:
    """What everybody has done to a project so far, and what was wrong with it."""

    def __init__(self, machine: Machine, root: Path) -> None:
        self.machine = machine
        self.root = root
        self.tokens = (f"token{number:05}" for number in itertools.count(1))
        self.kept: dict[str, str] = {}  # the uid of what was acknowledged, by its token
        self.removed: set[str] = set()  # tokens
        self.by_hand: list[str] = []  # tokens
        self.wrong: list[str] = []
        self.counts = Counter[str]()

    def run(self, *words: str) -> str:
        """What a command says; "" where it refused in a line, which is told."""
        done = self.machine.run("--project", self.root, *words)
        if "Traceback" in done.stderr or done.returncode not in (0, 1):
            self.wrong.append(f"raised by {words}: {done.returncode} {done.stderr[-2000:]}")
        elif done.returncode:
            self.counts["refused"] += 1
            self.counts[done.stderr.strip()[:90]] += 1
            return ""
        self.counts["reads" if words[0] in READERS else "writes"] += 1
        return done.stdout

    def tool(self, session: Session, name: str, **said: Any) -> dict[str, Any]:
        """What a tool answers; {} where it refused."""
        try:
            answer = session.call(name, said)
        except RuntimeError as error:
            if "Traceback" in str(error) or "has ended" in str(error):
                self.wrong.append(f"raised by {name}: {error}")
            self.counts["refused"] += 1
            self.counts[str(error)[:90]] += 1
            return {}
        self.counts["writes" if name == "memory_record" else "reads"] += 1
        return answer

    # Those who write, with what says it; each says a token in its title and in its body.

    def decision(self, token: str) -> str:
        return self.uid_of(
            "record", "decision", "--title", f"Sort {token}", "--body", f"By {token}"
        )

    def note(self, token: str) -> str:
        return self.uid_of("record", "note", "--title", f"Word {token}", "--body", f"Of {token}")

    def flag(self, token: str) -> str:
        return self.uid_of("flag", "raise", "--title", f"Slow {token}", "--body", f"In {token}")

    def finished(self, token: str) -> str:
        uid = self.uid_of("run", "start", "--task", f"Do {token}", "--no-brief")
        if uid:
            self.run("run", "finish", uid, "--success", "--approach", "Quorum queues")
        return uid

    def taken_away(self, token: str) -> str:
        if (uid := self.note(token)) and self.run("remove", uid):
            self.removed.add(token)
            return ""
        return uid

    def uid_of(self, *words: str) -> str:
        said = self.run(*words, "--json")
        return json.loads(said)["uid"] if said else ""

    def told_by(self, session: Session, token: str) -> str:
        said = {"kind": "note", "author": "fixer", "title": f"Said {token}", "body": f"So {token}"}
        answer = self.tool(session, "memory_record", **said)
        return re.search(r"\bnot-\w{8}", json.dumps(answer)).group() if answer else ""

    def write(self, say: Callable[[str], str]) -> None:
        token = next(self.tokens)
        if uid := say(token):
            self.kept[token] = uid

    # Those who read.

    def read(self, words: tuple[str, ...]) -> None:
        said = self.run(*words)
        for line in said.splitlines() if "--json" in words else ():
            self.check(json.loads(line))

    def show(self) -> None:
        """What was acknowledged last is there."""
        token, uid = next(reversed(list(self.kept.items())), ("", ""))
        if uid and token not in (said := self.run("show", uid)) and said:
            self.wrong.append(f"unreadable: {uid} without {token}: {said[:500]}")

    def check(self, said: dict[str, Any]) -> None:
        """Nothing is told of which a part is another's."""
        tokens = re.findall(r"token\d{5}", json.dumps([said.get("title"), said.get("body")]))
        if len(set(tokens)) > 1:
            self.wrong.append(f"unreadable: {said}")

    # By hand.

    def edit(self) -> None:
        """A file is written, another edited, and a line is added to a log that archmem writes."""
        token = next(self.tokens)
        file = self.root / f"docs/adr/{len(self.by_hand) + 1:04}-{token}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"# {len(self.by_hand) + 1}. Choose {token}\n\nAccepted\n\nFor {token}.\n")
        self.by_hand.append(token)
        token = next(self.tokens)
        entry = f"\n## 2026-03-01 — Add {token}\n\n**Status:** Accepted\n\nAs {token}.\n"
        log = self.root / LOG
        while token not in log.read_text():  # a file that was replaced as it was open is said so
            with log.open("a") as file:
                file.write(entry)
        self.by_hand.append(token)
        self.counts["edits"] += 2
        time.sleep(0.2)


READERS = {"search", "list", "show", "brief", "status", "history", "timeline"}


def test_of_what_many_do_at_once_nothing_is_lost_doubled_or_unreadable(machine, tell):
    root = machine.folder / "shop"
    write_shop(root)
    git(root, "init", "--quiet")
    crowd = Crowd(machine, root)
    crowd.run("index")
    crowd.run("watch", "--on")
    command = [str(ARCHMEM), "--project", str(root), "mcp"]
    with ExitStack() as sessions:
        talks = [sessions.enter_context(Session(command)) for _ in range(4)]
        for one in talks:
            one.initialize()
        told = [
            lambda one=one: crowd.write(lambda token: crowd.told_by(one, token)) for one in talks
        ]
        told = told[:2]
        ways = [crowd.decision, crowd.decision, crowd.note, crowd.flag, crowd.finished]
        asked = [("search", "token"), ("list", "--json"), ("brief", "sort"), ("status",)]
        everybody = [
            *(lambda say=say: crowd.write(say) for say in (*ways, crowd.taken_away)),
            *told,
            *(
                lambda words=words: crowd.read(words)
                for words in (*asked, ("search", "sort", "--json"))
            ),
            *(
                lambda one=one: crowd.tool(one, "memory_search", question="sort")
                for one in talks[2:]
            ),
            crowd.show,
            crowd.edit,
        ]
        until = time.monotonic() + SECONDS

        def go_on(do: Callable[[], None]) -> None:
            while time.monotonic() < until:
                do()

        with ThreadPoolExecutor(len(everybody)) as pool:
            for done in [pool.submit(go_on, do) for do in everybody]:
                done.result()

    crowd.run("watch", "--off")
    lost, doubled = faults(crowd)
    refusals = {said: count for said, count in crowd.counts.items() if " " in said}
    figures = {name: crowd.counts[name] for name in ("writes", "reads", "edits", "refused")}
    tell(**figures, lost=len(lost), doubled=len(doubled), wrong=len(crowd.wrong))
    assert not [*lost, *doubled, *crowd.wrong], refusals
    assert crowd.counts["writes"] > 8


def faults(crowd: Crowd) -> tuple[list[str], list[str]]:
    """Which tokens are lost, and which are told or stand in files more than once."""
    crowd.run("index")
    said = [json.loads(one) for one in crowd.run("list", "--json", "--limit", "5000").splitlines()]
    told = Counter(token for one in said for token in re.findall(r"token\d{5}", one["title"]))
    files = Counter()
    for file in [*crowd.root.glob("docs/adr/*.md"), *(crowd.root / ".claude").rglob("*.*")]:
        titles = [one for one in file.read_text().splitlines() if "#" in one or '"title"' in one]
        files += Counter(re.findall(r"token\d{5}", "\n".join(titles)))
    runs = {token for token, uid in crowd.kept.items() if uid.startswith("run-")}
    there = {*crowd.kept, *crowd.by_hand}
    lost = [f"{token} {crowd.kept.get(token)}" for token in there if not told[token]]
    lost += [f"{token} in files" for token in there - runs if not files[token]]
    doubled = [f"{token} {count}" for token, count in told.items() if count > 1]
    doubled += [f"{token} {count} in files" for token, count in files.items() if count > 1]
    doubled += [f"{token} is removed" for token in crowd.removed if told[token] or files[token]]
    again = json.loads(crowd.run("index", "--json").splitlines()[-1])
    doubled += [f"again {again}" for name in ("added", "revised", "removed") if again.get(name)]
    if not json.loads((found := crowd.run("doctor", "--json")).splitlines()[-1])["sound"]:
        crowd.wrong.append(f"ill: {found}")
    return lost, doubled
