"""Projects with a memory, and the stores of an engine."""

from __future__ import annotations

import pytest

from cli.engine.calls import Address
from cli.engine.project_list import ProjectList
from cli.engine.stores import Stores
from memory.retrieval.model import SharedModels

DECISION = """\
# Architectural decisions

## 2026-01-12 — Move background jobs to RabbitMQ

**Status:** Accepted

Quorum queues in {name}.
"""


@pytest.fixture
def new_project(tmp_path):
    """A project with one decision, by its name."""

    def make(name: str) -> Address:
        log = tmp_path / name / ".claude/memory/context/decisions.md"
        log.parent.mkdir(parents=True)
        log.write_text(DECISION.format(name=name), encoding="utf-8")
        return Address(project=tmp_path / name)

    return make


@pytest.fixture
def known(tmp_path):
    return ProjectList(tmp_path / "state" / "projects.json")


@pytest.fixture
def stores(known, word_model):
    stores = Stores(SharedModels(), known, owner="the engine, process 1", most_open=2)
    yield stores
    stores.close()
