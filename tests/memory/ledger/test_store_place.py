"""What is made in the folder of a store while that is moved away."""

from pathlib import Path

import pytest
from filelock import FileLock, Timeout

from memory.errors import StoreNotFound
from memory.ledger.store_place import acquire_in_place, only_in_place


@pytest.fixture
def store(tmp_path):
    store = tmp_path / "projects" / "shop" / ".archmem"
    store.mkdir(parents=True)
    return store


class Late(FileLock):
    """A lock that is taken when its store was just moved away."""

    def acquire(self, *args, **how):
        shop = Path(self.lock_file).parents[1]
        shop.rename(shop.with_name("elsewhere"))
        return super().acquire(*args, **how)


def test_a_lock_makes_no_store_anew_that_is_moved_away_meanwhile(store):
    lock = Late(store / "lock")

    with pytest.raises(StoreNotFound):
        acquire_in_place(lock, timeout=1)

    assert not lock.is_locked
    assert [one.name for one in store.parent.parent.iterdir()] == ["elsewhere"]


def make_another(store):
    store.parent.rename(store.parent.with_name("elsewhere"))
    store.mkdir(parents=True)
    (store / "lock").touch()
    (store.parent / "orders.py").touch()


def test_what_others_put_there_meanwhile_stays(store):
    with pytest.raises(StoreNotFound), only_in_place(store / "lock"):
        make_another(store)

    assert [one.name for one in store.parent.iterdir()] == ["orders.py"]


def test_a_store_that_is_not_there_gets_no_lock(store):
    store.rmdir()

    with pytest.raises(StoreNotFound):
        acquire_in_place(FileLock(store / "lock"), timeout=1)

    assert not store.exists()


def test_who_is_in_the_block_when_it_fails_is_told_why(store):
    with FileLock(store / "lock"), pytest.raises(Timeout):
        acquire_in_place(FileLock(store / "lock", is_singleton=False), timeout=0)
