from __future__ import annotations

from pathlib import Path

import pytest

from cli.engine.calls import Address
from cli.engine.project_list import ProjectList
from memory.errors import ConfigInvalid

SHOP, BANK = Address(project=Path("/shop")), Address(project=Path("/bank"))


@pytest.fixture
def file(tmp_path):
    return tmp_path / "state" / "projects.json"


def test_a_list_that_was_never_written_is_empty(file):
    assert ProjectList(file).addresses() == ()


def test_a_project_is_listed_once_and_for_all_processes(file):
    for address in (SHOP, BANK, SHOP):
        ProjectList(file).add(address)

    assert ProjectList(file).addresses() == (SHOP, BANK)


def test_the_last_that_was_said_of_a_project_counts(file):
    projects = ProjectList(file)
    projects.add(SHOP)

    moved = SHOP.model_copy(update={"store": Path("/elsewhere")})
    projects.add(moved)

    assert projects.addresses() == (moved,)


def test_removing_says_whether_it_was_listed(file):
    projects = ProjectList(file)
    projects.add(SHOP)

    assert projects.remove(SHOP.project) is True
    assert projects.remove(SHOP.project) is False
    assert projects.addresses() == ()


def test_a_list_that_archmem_did_not_write_is_left_alone(file):
    file.parent.mkdir()
    file.write_text("[1]")

    with pytest.raises(ConfigInvalid, match=r"projects\.json.*delete it"):
        ProjectList(file).add(SHOP)
    assert file.read_text() == "[1]"
