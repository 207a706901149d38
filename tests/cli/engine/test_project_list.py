from __future__ import annotations

from pathlib import Path

import pytest

from cli.engine.calls import Address
from cli.engine.project_list import ProjectList, write_private

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


def test_a_damaged_list_is_put_aside_and_stops_nobody(file):
    file.parent.mkdir()
    file.write_text("[1]")

    ProjectList(file).add(SHOP)

    assert ProjectList(file).addresses() == (SHOP,)
    assert file.with_suffix(".damaged").read_text() == "[1]"


def test_a_list_that_cannot_be_written_is_kept_as_long_as_the_process(tmp_path):
    (tmp_path / "state").write_text("a file where the folder should be")
    projects = ProjectList(tmp_path / "state" / "projects.json")

    projects.add(SHOP)

    assert projects.addresses() == (SHOP,)


def test_a_list_without_a_file_lives_as_long_as_the_process():
    projects = ProjectList(None)
    projects.add(SHOP)

    assert projects.addresses() == (SHOP,)


@pytest.mark.posix
def test_what_is_kept_is_for_the_user_alone(file):
    ProjectList(file).add(SHOP)

    assert file.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in file.parent.iterdir()] == [file.name]


@pytest.mark.posix
def test_folders_that_are_made_for_it_are_the_users_alone(tmp_path):
    file = tmp_path / "share" / "archmem" / "projects.json"

    write_private(file, "{}")

    modes = [one.stat().st_mode & 0o777 for one in (file, file.parent, file.parent.parent)]
    assert modes == [0o600, 0o700, 0o700]
