"""archmem as a package that other programs import."""

from __future__ import annotations

import subprocess
import sys

import pytest

import archmem
from archmem import ArchMem, open_project
from tests.shop import write_shop


def test_a_project_is_opened_with_one_import(tmp_path):
    write_shop(tmp_path / "shop")

    with open_project(tmp_path / "shop") as memory:
        memory.upkeep.take_in()

        assert isinstance(memory, ArchMem)
        assert "Move background jobs to RabbitMQ" in {one.memory.title for one in memory.list()}


def test_importing_it_costs_nothing():
    code = "import sys, archmem; print({'memory', 'indexer', 'pydantic'} & set(sys.modules))"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "set()"


def test_what_it_has_not_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        archmem.nothing  # noqa: B018
