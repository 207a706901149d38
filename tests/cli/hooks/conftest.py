"""A repository with a memory, and a way to let hooks answer in it."""

from __future__ import annotations

import subprocess
from types import SimpleNamespace

import pytest

from cli.hooks import answer_hook
from cli.hooks.sessions import SessionContexts
from indexer.project import open_project
from indexer.project_root import find_project
from memory.retrieval import calibration
from tests.builders import copy_project
from tests.cli.conftest import use_word_model

DECISIONS = """\
# Architectural decisions

## 2024-02-05 Use Redis lists as the job queue

**Status:** Superseded by "Move background jobs to RabbitMQ"
**Modules:** queue

**Decision:** Background jobs wait in one Redis list.

## 2026-01-12 Move background jobs to RabbitMQ

**Status:** Accepted
**Modules:** queue
**Supersedes:** Use Redis lists as the job queue

**Decision:** Background jobs wait in quorum queues until they are acknowledged.

## 2026-02-16 Limit request rates with token buckets

**Status:** Accepted
**Modules:** api

**Decision:** A token bucket per merchant.
"""


def git(root, *arguments) -> str:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
    done = subprocess.run(
        ["git", "-C", str(root), *identity, *arguments], check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


class Shop:
    """A project and its memory; every hook is answered as the engine would."""

    def __init__(self, root, memory) -> None:
        self.root, self.memory = root, memory
        self.given = SessionContexts()

    def write(self, path, text="x\n"):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def log(self, text, path=".claude/memory/context/decisions.md"):
        self.write(path, text)
        self.memory.index(accept_removals=True)

    def answer(self, event, session="s-1", **payload):
        payload = {"hook_event_name": event, "session_id": session, **payload}
        return answer_hook(event, payload, self.memory, find_project(self.root), self.given)

    def said(self, event, session="s-1", **payload) -> str:
        answer = self.answer(event, session, **payload)
        if not answer:
            return ""
        assert answer["hookSpecificOutput"]["hookEventName"] == event
        return answer["hookSpecificOutput"]["additionalContext"]

    def start(self, session="s-1", source="startup"):
        return self.said("SessionStart", session, source=source)

    def prompt(self, text, session="s-1"):
        return self.said("UserPromptSubmit", session, prompt=text)

    def uid(self, words):
        return next(one.memory.uid for one in self.memory.list() if words in one.memory.title)


@pytest.fixture
def sure(monkeypatch):
    """The model of the tests is taken to have been fitted: like words are enough."""
    fitted = calibration.Relevance(
        model="words@1",
        bias=-12.0,
        meaning=30.0,
        opening=0.0,
        words=0.0,
        agreement=0.0,
        sharpness=10.0,
        answers=0.3,
        unasked=0.9,
    )
    monkeypatch.setattr(calibration, "load_relevance", lambda: fitted)
    monkeypatch.setattr("cli.hooks.prompt.load_relevance", lambda: fitted)


@pytest.fixture(scope="session")
def read_shop(tmp_path_factory):
    root = tmp_path_factory.mktemp("read") / "shop"
    root.mkdir()
    git(root, "init", "-q")
    with pytest.MonkeyPatch.context() as monkeypatch:
        use_word_model(monkeypatch)
        with open_project(root) as memory:
            Shop(root, memory).log(DECISIONS)
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "a beginning")
    return root


@pytest.fixture
def shop(read_shop, tmp_path, word_model, sure):
    """The shop, indexed and committed; every test has its own."""
    root = copy_project(read_shop, tmp_path / "shop")
    with open_project(root) as memory:
        yield Shop(root, memory)


@pytest.fixture
def clock(monkeypatch):
    """Sessions begin when the test says."""
    from datetime import UTC, datetime

    moment = SimpleNamespace(now=datetime(2026, 6, 1, 9, tzinfo=UTC))

    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return moment.now

    monkeypatch.setattr("cli.hooks.session_start.datetime", Clock)
    monkeypatch.setattr("cli.hooks.nudge.datetime", Clock)
    return moment
