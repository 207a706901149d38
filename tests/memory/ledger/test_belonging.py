import shutil
import subprocess

import pytest

from indexer.project import open_project, worktree_twin
from memory.errors import StoreOfAnotherProject


def folders(parent, *names):
    found = [parent / name for name in names]
    for one in found:
        (one / ".claude").mkdir(parents=True)
    return found


def open_and_close(project, store=None):
    open_project(project, store=store).close()


@pytest.fixture
def shop(tmp_path):
    return folders(tmp_path, "shop")[0]


@pytest.fixture
def bank(tmp_path):
    return folders(tmp_path, "bank")[0]


@pytest.mark.parametrize("place", ["store", "shop/.archmem", "shop/memories"])
def test_a_store_is_opened_for_no_other_project(shop, bank, tmp_path, place):
    store = tmp_path / place
    open_and_close(shop, store)

    for create in (True, False):
        with pytest.raises(StoreOfAnotherProject, match="shop") as refused:
            open_project(bank, store=store, create=create)
        assert (refused.value.folder, refused.value.project) == (store, shop)
        assert "--store" in refused.value.hint

    open_and_close(shop, store)


def test_a_store_that_was_refused_is_closed(shop, bank, tmp_path):
    store = tmp_path / "store"
    open_and_close(shop, store)
    with pytest.raises(StoreOfAnotherProject):
        open_project(bank, store=store, owner="the engine")

    open_and_close(shop, store)


def test_a_folder_of_another_project_is_no_worktree_of_this_one(shop, bank):
    with open_project(shop) as memory, pytest.raises(StoreOfAnotherProject):
        worktree_twin(memory, bank)


def test_all_worktrees_share_a_store(shop, tmp_path):
    who = ["-c", "user.name=Dana", "-c", "user.email=dana@example.org"]
    for words in (
        ["init", "--quiet"],
        ["commit", "--quiet", "--allow-empty", "--message", "Begin"],
        ["worktree", "add", "--quiet", tmp_path / "other"],
    ):
        subprocess.run(["git", "-C", shop, *who, *words], check=True)
    open_and_close(shop, tmp_path / "store")

    open_and_close(tmp_path / "other", tmp_path / "store")


@pytest.mark.parametrize("place", ["../store", ".archmem", "memories"])
def test_a_project_that_was_moved_keeps_its_store(shop, bank, tmp_path, place):
    store = shop / place
    open_and_close(shop, store)
    shop.rename(tmp_path / "moved")

    open_and_close(tmp_path / "moved", tmp_path / "moved" / place)

    with pytest.raises(StoreOfAnotherProject, match="moved"):
        open_project(bank, store=(tmp_path / "moved" / place))


@pytest.mark.parametrize("place", [".archmem", "memories"])
def test_a_copy_of_a_project_with_its_store_is_a_project_of_its_own(shop, tmp_path, place):
    open_and_close(shop, shop / place)
    copy = shutil.copytree(shop, tmp_path / "copy")

    open_and_close(copy, copy / place)

    open_and_close(shop, shop / place)
    with pytest.raises(StoreOfAnotherProject):
        open_project(shop, store=copy / place)


def test_a_copy_of_project_and_store_side_by_side_is_opened(tmp_path):
    (shop,) = folders(tmp_path / "work", "shop")
    open_and_close(shop, tmp_path / "work/store")

    copy = shutil.copytree(tmp_path / "work", tmp_path / "copy")

    open_and_close(copy / "shop", copy / "store")


def test_a_store_that_was_moved_away_is_still_that_of_its_project(shop, bank, tmp_path):
    open_and_close(shop)
    (shop / ".archmem").rename(tmp_path / "store")

    open_and_close(shop, tmp_path / "store")

    with pytest.raises(StoreOfAnotherProject):
        open_project(bank, store=tmp_path / "store")


def test_the_store_of_a_project_that_is_gone_may_be_taken_over(shop, bank, tmp_path):
    open_and_close(shop, tmp_path / "store")
    shutil.rmtree(shop)

    open_and_close(bank, tmp_path / "store")

    shop.mkdir()
    with pytest.raises(StoreOfAnotherProject, match="bank"):
        open_project(shop, store=tmp_path / "store")


def test_a_store_may_be_named_by_a_link(shop, bank, tmp_path):
    open_and_close(shop, tmp_path / "store")
    (tmp_path / "link").symlink_to(tmp_path)

    open_and_close(tmp_path / "link/shop", tmp_path / "link/store")

    with pytest.raises(StoreOfAnotherProject):
        open_project(bank, store=tmp_path / "link/store")


def test_opening_a_store_again_writes_nothing_into_it(shop):
    open_and_close(shop)
    before = (shop / ".archmem/memory.db").read_bytes()

    open_and_close(shop)

    assert (shop / ".archmem/memory.db").read_bytes() == before
