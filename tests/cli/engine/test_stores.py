from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from cli.engine import stores as module
from cli.engine.calls import Address, Overrides
from memory.errors import StoreNotFound, StoreOfAnotherProject
from tests.builders import a_decision

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow


def folder_of(address: Address) -> Path:
    return address.project / ".archmem"


def index(stores, address: Address) -> None:
    with stores.writing(address, create=True) as memory:
        memory.index()


def titles(stores, address: Address) -> list[str]:
    with stores.reading(address) as memory:
        return [listed.memory.title for listed in memory.list()]


def test_a_memory_is_opened_once_for_all_who_read_it(stores, new_project):
    shop = new_project("shop")
    index(stores, shop)

    with stores.reading(shop) as one:
        pass
    with stores.reading(shop.of(shop.project / ".claude")) as other:
        assert other is one


def test_a_model_is_not_loaded_again_for_who_reads_after_who_wrote(stores, new_project):
    shop = new_project("shop")
    with stores.writing(shop, create=True) as memory:
        memory.index()
        loaded = memory.model

    with stores.reading(shop) as memory:
        assert memory.model is loaded
        assert memory.model.is_loaded


def test_nothing_is_kept_of_a_folder_that_nobody_opens(stores, new_project):
    for name in ("shop", "mail", "docs"):
        with pytest.raises(StoreNotFound), stores.reading(new_project(name)):
            pass

    assert not stores._gates


def test_reading_makes_no_memory(stores, new_project):
    shop = new_project("shop")

    with pytest.raises(StoreNotFound), stores.reading(shop):
        pass
    assert not folder_of(shop).exists()


def test_what_is_written_is_seen_by_who_reads(stores, new_project):
    shop = new_project("shop")
    index(stores, shop)
    assert len(titles(stores, shop)) == 1

    with stores.writing(shop) as memory:
        memory.record(a_decision(title="Ship one deployable"), author="human:dana")

    assert "Ship one deployable" in titles(stores, shop)


def test_nothing_of_one_project_is_told_for_another(stores, new_project):
    shop, bank = new_project("shop"), new_project("bank")
    index(stores, shop)
    index(stores, bank)

    with stores.reading(shop) as memory:
        hits = memory.search("quorum queues in bank").hits

    assert [hit.memory.revision.draft.body.split()[-1] for hit in hits] == ["shop."]


def test_a_memory_that_was_named_is_told_to_no_other_project(stores, new_project, tmp_path):
    store = tmp_path / "named"
    shop = new_project("shop").model_copy(update={"store": store})
    bank = new_project("bank").model_copy(update={"store": store})
    index(stores, shop)

    with pytest.raises(StoreOfAnotherProject), stores.reading(bank):
        pass
    with pytest.raises(StoreOfAnotherProject), stores.writing(bank, create=True):
        pass


def test_the_memory_that_was_not_asked_for_longest_is_closed(stores, new_project):
    shop, bank, farm = (new_project(name) for name in ("shop", "bank", "farm"))
    for address in (shop, bank, shop, farm):
        index(stores, address)

    assert stores.folders == (folder_of(shop), folder_of(farm))


def test_a_memory_in_use_is_not_closed(stores, new_project):
    addresses = [new_project(name) for name in ("shop", "bank", "farm")]
    index(stores, addresses[0])

    with stores.reading(addresses[0]) as memory:
        for address in addresses[1:]:
            index(stores, address)
        assert folder_of(addresses[0]) in stores.folders
        assert len(memory.list()) == 1


def test_worktrees_share_a_memory(stores, new_project, tmp_path):
    shop = new_project("shop")
    git = ["git", "-c", "user.name=x", "-c", "user.email=x@example.com", "-C", str(shop.project)]
    for command in ("init -q", "add .", "commit -qm first", f"worktree add -q {tmp_path}/other"):
        subprocess.run([*git, *command.split()], check=True)
    index(stores, shop)
    other = Address(project=tmp_path / "other")

    with stores.writing(other) as memory:
        assert memory.root == other.project
        memory.record(a_decision(title="From the other worktree"), author="human:dana")

    assert "From the other worktree" in titles(stores, shop)
    assert stores.folders == (folder_of(shop),)


def test_two_clones_do_not_share_a_memory(stores, new_project, tmp_path):
    shop = new_project("shop")
    git = ["git", "-c", "user.name=x", "-c", "user.email=x@example.com", "-C", str(shop.project)]
    for command in ("init -q", "add .", "commit -qm first", f"clone -q . {tmp_path}/clone"):
        subprocess.run([*git, *command.split()], check=True)
    index(stores, shop)

    with pytest.raises(StoreNotFound), stores.reading(Address(project=tmp_path / "clone")):
        pass


def test_a_memory_that_was_deleted_is_not_answered_from(stores, new_project):
    shop = new_project("shop")
    index(stores, shop)
    titles(stores, shop)

    shutil.rmtree(folder_of(shop))

    with pytest.raises(StoreNotFound), stores.reading(shop):
        pass
    index(stores, shop)
    assert len(titles(stores, shop)) == 1


def test_changed_settings_open_a_memory_anew(stores, new_project):
    shop = new_project("shop")
    index(stores, shop)
    with stores.reading(shop) as before:
        pass

    (shop.project / "archmem.toml").write_text('ignore = ["docs"]\n')

    with stores.reading(shop) as after:
        assert after is not before


def test_other_settings_hold_up_nobody_and_are_heeded_when_nobody_is_there(stores, new_project):
    shop = new_project("shop")
    index(stores, shop)
    other = Address(project=shop.project, settings=Overrides(precision="int8"))

    with stores.writing(shop), stores.reading(other) as memory:
        assert memory.model.precision == "fp32"
    with stores.reading(other) as memory:
        assert memory.model.precision == "int8"


def test_a_memory_by_another_path_is_the_same(stores, new_project, tmp_path):
    shop = new_project("shop")
    index(stores, shop)
    (tmp_path / "link").symlink_to(folder_of(shop))

    with (
        stores.reading(shop) as one,
        stores.writing(Address(project=shop.project, store=tmp_path / "link")) as other,
    ):
        assert [listed.memory.uid for listed in one.list()] == [
            listed.memory.uid for listed in other.list()
        ]
    assert stores.folders == (folder_of(shop),)


def test_a_memory_that_opens_slowly_holds_up_only_itself(stores, new_project, monkeypatch):
    shop, bank = new_project("shop"), new_project("bank")
    index(stores, shop)
    opening, go_on = threading.Event(), threading.Event()
    real = module.open_project

    def slow(*arguments, **settings):
        opening.set()
        assert go_on.wait(10)
        return real(*arguments, **settings)

    monkeypatch.setattr(module, "open_project", slow)
    thread = threading.Thread(target=index, args=[stores, bank])
    thread.start()
    assert opening.wait(10)

    assert len(titles(stores, shop)) == 1
    assert stores.folders == (folder_of(shop),)
    go_on.set()
    thread.join()
    assert len(titles(stores, bank)) == 1


def test_a_memory_that_was_replaced_serves_those_who_have_it_and_nobody_else(stores, new_project):
    shop = new_project("shop")
    index(stores, shop)

    with stores.reading(shop) as before:
        shutil.rmtree(folder_of(shop))
        with stores.writing(shop, create=True) as memory:
            memory.upkeep.take_in()
        assert len(before.list()) == 1
        with stores.reading(shop) as after:
            assert after is not before


def test_who_waits_for_the_model_holds_up_nobody_who_does_not(stores, new_project, monkeypatch):
    from memory.retrieval.model import Model

    shop = new_project("shop")
    index(stores, shop)
    waiting, go_on = threading.Event(), threading.Event()
    monkeypatch.setattr(Model, "wait", lambda *_: waiting.set() or go_on.wait(10))

    def ask() -> None:
        with stores.reading(shop, patience=1.0):
            pass

    thread = threading.Thread(target=ask)
    thread.start()
    assert waiting.wait(10)
    assert len(titles(stores, shop)) == 1
    go_on.set()
    thread.join()


def test_every_memory_that_was_opened_is_known(stores, new_project, known):
    shop = new_project("shop")
    index(stores, shop)
    titles(stores, shop)

    assert known.addresses() == (shop,)


OPEN_IT = """
import sys
from indexer.project import open_project
from memory.errors import StoreOwned
try:
    open_project(sys.argv[1], create=False).close()
except StoreOwned as error:
    print(error, error.hint)
else:
    print("opened")
"""


def test_another_process_is_told_who_owns_an_open_memory(stores, new_project):
    shop = new_project("shop")
    index(stores, shop)

    def asked() -> str:
        command = [sys.executable, "-c", OPEN_IT, str(shop.project)]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    assert asked() == (
        f"{folder_of(shop)} is in use by the engine, process 1. "
        "Leave out --no-engine, or run `archmem stop` first."
    )
    stores.close()
    assert asked() == "opened"


def test_many_callers_at_once_disturb_nobody(stores, new_project):
    shop = new_project("shop")
    index(stores, shop)
    errors: list[Exception] = []

    def work(number: int) -> None:
        try:
            for turn in range(5):
                if number < 2:
                    with stores.writing(shop) as memory:
                        title = f"Decision {number}-{turn}"
                        memory.record(a_decision(title=title), author="agent:x")
                else:
                    with stores.reading(shop) as memory:
                        assert memory.search("quorum queues").hits
        except Exception as error:  # noqa: BLE001
            errors.append(error)

    threads = [threading.Thread(target=work, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    assert len(titles(stores, shop)) == 11
