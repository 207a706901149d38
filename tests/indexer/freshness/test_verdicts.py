import shutil
import subprocess

import pytest

from indexer.freshness.look import look_again
from memory.models.assessment import AnchorVerdict
from memory.models.selection import NOW, Lens

pytestmark = pytest.mark.slow

LONG = "".join(f"line {number} of a file that is long enough\n" for number in range(30))
CODE = "def confirm_checkout(order):\n    return order.total\n\n\ndef other():\n    pass\n"


def test_a_file_that_nobody_touched_is_fresh(history):
    history.write(src__a_py=LONG)
    history.say("See `src/a.py`.")

    assert history.verdict("src/a.py").verdict is AnchorVerdict.FRESH


def test_an_edited_file_is_changed_with_how_often_and_by_whom(history):
    history.write(src__a_py=LONG)
    history.say("See `src/a.py`.")
    for more in ("one\n", "two\n"):
        history.write(src__a_py=LONG + more)
        last = history.commit()

    found = history.verdict("src/a.py")

    assert found.verdict is AnchorVerdict.CHANGED
    assert found.reason == f"2 commits since, last {last[:7]} on 2026-01-04"


def test_a_file_that_was_put_back_is_fresh(history):
    history.write(src__a_py=LONG)
    history.say("See `src/a.py`.")
    history.write(src__a_py="other\n")
    history.commit()
    history.git("revert", "--no-edit", "HEAD")

    assert history.verdict("src/a.py").verdict is AnchorVerdict.FRESH


def test_a_renamed_file_has_moved_to_the_end_of_its_way(history):
    history.write(src__a_py=LONG)
    history.say("See `src/a.py`.")
    history.move("src/a.py", "src/b.py")
    history.commit()
    history.move("src/b.py", "lib/c.py")
    history.commit()

    found = history.verdict("src/a.py")

    assert (found.verdict, found.target) == (AnchorVerdict.MOVED, "lib/c.py")
    assert "changed" not in found.reason


def test_a_file_that_changed_after_its_move_is_said_to(history):
    history.write(src__a_py=LONG)
    history.say("See `src/a.py`.")
    history.move("src/a.py", "src/b.py")
    history.commit()
    history.write(src__b_py=LONG + "more\n")
    history.commit()

    found = history.verdict("src/a.py")

    assert found.verdict is AnchorVerdict.MOVED
    assert ", and changed" in found.reason


def test_a_deleted_file_is_gone_with_the_commit_that_did_it(history):
    history.write(src__a_py=LONG)
    history.say("See `src/a.py`.")
    history.git("rm", "-q", "src/a.py")
    by = history.commit()

    found = history.verdict("src/a.py")

    assert (found.verdict, found.reason) == (
        AnchorVerdict.GONE,
        f"deleted in {by[:7]} on 2026-01-03",
    )


def test_a_file_that_was_renamed_and_then_deleted_is_gone(history):
    history.write(src__a_py=LONG)
    history.say("See `src/a.py`.")
    history.move("src/a.py", "src/b.py")
    history.commit()
    history.git("rm", "-q", "src/b.py")
    history.commit()

    assert history.verdict("src/a.py").verdict is AnchorVerdict.GONE


def test_what_came_after_its_record_was_renamed_and_then_deleted_is_gone_with_its_deletion(history):
    history.say("`src/a.py` is to come.")
    history.write(src__a_py=LONG)
    history.commit()
    history.move("src/a.py", "src/b.py")
    history.commit()
    history.git("rm", "-q", "src/b.py")
    gone = history.commit()

    found = history.verdict("src/a.py")

    assert found.verdict is AnchorVerdict.GONE
    assert f"deleted in {gone[:7]}" in found.reason


def test_a_folder_that_moved_twice_is_where_it_went_last(history):
    history.write(src__pay__a_py=LONG, src__pay__b_py=LONG[::-1])
    history.say("All in `src/pay/`.")
    history.move("src/pay", "src/payments")
    history.commit()
    history.move("src/payments", "src/billing")
    history.commit()

    found = history.verdict("src/pay")

    assert (found.verdict, found.target) == (AnchorVerdict.MOVED, "src/billing")


def test_a_folder_that_moved_and_was_then_deleted_is_gone_with_its_deletion(history):
    history.write(src__pay__a_py=LONG, src__pay__b_py=LONG[::-1])
    history.say("All in `src/pay/`.")
    history.move("src/pay", "src/payments")
    history.commit()
    history.git("rm", "-q", "-r", "src/payments")
    gone = history.commit()

    found = history.verdict("src/pay")

    assert found.verdict is AnchorVerdict.GONE
    assert gone[:7] in found.reason


def test_what_was_never_there_cannot_be_told(history):
    history.write(src__a_py=LONG)
    history.say("Some day `src/planned.py`.")

    assert history.verdict("src/planned.py").verdict is AnchorVerdict.UNKNOWN


def test_what_was_planned_and_came_is_fresh(history):
    history.say("Some day `src/planned.py`.")
    history.write(src__planned_py=LONG)
    history.commit()

    assert history.verdict("src/planned.py").verdict is AnchorVerdict.FRESH


def test_a_folder_is_fresh_while_it_is_there_and_moves_with_its_files(history):
    history.write(src__pay__a_py=LONG, src__pay__b_py=LONG[::-1])
    history.say("All in `src/pay/`.")
    history.write(src__pay__a_py=LONG + "more\n")
    history.commit()
    assert history.verdict("src/pay").verdict is AnchorVerdict.FRESH

    history.move("src/pay", "src/payments")
    history.commit()

    found = history.verdict("src/pay")
    assert (found.verdict, found.target) == (AnchorVerdict.MOVED, "src/payments")


def test_a_path_may_be_named_by_its_end(history):
    history.write(src__pay__outbox_py=LONG)
    history.say("See `pay/outbox.py`.")
    history.git("rm", "-q", "src/pay/outbox.py")
    history.commit()

    assert history.verdict("pay/outbox.py").verdict is AnchorVerdict.GONE


def test_uncommitted_changes_count(history):
    history.write(src__a_py=LONG, src__b_py=LONG[::-1], src__c_py="c\n" * 20)
    history.say("`src/a.py`, `src/b.py`, `src/c.py`, `src/d.py`")
    history.look()
    history.write(src__a_py=LONG + "more\n", src__d_py="new\n")
    (history.root / "src/b.py").unlink()
    history.move("src/c.py", "src/e.py")

    assert history.verdict("src/a.py").verdict is AnchorVerdict.CHANGED
    assert history.verdict("src/b.py").verdict is AnchorVerdict.GONE
    assert history.verdict("src/c.py").target == "src/e.py"
    assert history.verdict("src/d.py").verdict is AnchorVerdict.FRESH


def test_a_memory_is_as_old_as_its_own_lines(history):
    history.write(src__a_py=LONG)
    history.say("See `src/a.py`.")
    history.write(src__a_py=LONG + "more\n")
    history.commit()
    assert history.verdict("src/a.py").verdict is AnchorVerdict.CHANGED

    history.say("See `src/a.py`, looked at again.")

    assert history.verdict("src/a.py").verdict is AnchorVerdict.FRESH


def test_entries_of_one_file_have_an_age_each(history):
    history.write(src__a_py=LONG)
    history.project.write("log.txt", "# one\nSee `src/a.py`.\n")
    history.commit()
    history.write(src__a_py=LONG + "more\n")
    history.commit()
    history.project.write("log.txt", "# one\nSee `src/a.py`.\n# two\nSee `src/a.py`.\n")
    history.commit()
    history.project.index()

    assert history.verdict("src/a.py", title="one").verdict is AnchorVerdict.CHANGED
    assert history.verdict("src/a.py", title="two").verdict is AnchorVerdict.FRESH


@pytest.mark.parametrize(
    ("after", "verdict"),
    [
        (CODE, AnchorVerdict.FRESH),
        (CODE.replace("pass", "return 1"), AnchorVerdict.FRESH),
        (f"import os\n\n\n{CODE}", AnchorVerdict.FRESH),
        (CODE.replace("order.total", "order.sum"), AnchorVerdict.CHANGED),
        (CODE.replace("confirm_checkout", "confirm"), AnchorVerdict.GONE),
    ],
)
def test_a_symbol_is_its_definition(history, after, verdict):
    history.write(src__a_py=CODE)
    history.say("`confirm_checkout` decides.")
    history.write(src__a_py=after)
    history.commit()

    assert history.verdict("confirm_checkout").verdict is verdict


def test_a_symbol_that_is_defined_elsewhere_has_moved(history):
    history.write(src__a_py=CODE, src__b_py="pass\n")
    history.say("`confirm_checkout` decides.")
    history.write(src__a_py="pass\n", src__b_py=CODE)
    history.commit()

    found = history.verdict("confirm_checkout")

    assert (found.verdict, found.target) == (AnchorVerdict.MOVED, "src/b.py")


def test_a_symbol_that_was_never_defined_cannot_be_told(history):
    history.write(src__a_py=CODE)
    history.say("`OrderService::processOrder` will do.")

    assert history.verdict("OrderService::processOrder").verdict is AnchorVerdict.UNKNOWN


def test_commits_count_that_changed_the_definition_and_not_its_file(history):
    history.write(src__a_py=CODE)
    history.say("`confirm_checkout` says so.")
    for n in range(3):
        history.write(src__a_py=CODE.replace("pass", f"return {n}"))
        history.commit()
    history.write(src__a_py=CODE.replace("order.total", "order"))
    last = history.commit()

    found = history.verdict("confirm_checkout")

    assert found.verdict is AnchorVerdict.CHANGED
    assert found.reason.endswith(f": changed in {last[:7]} on 2026-01-06")


def test_of_a_name_that_is_defined_twice_nobody_knows_which_is_meant(history):
    history.write(src__a_py=CODE, src__b_py=CODE)
    history.say("`confirm_checkout` says so.")
    history.write(src__b_py=CODE.replace("total", "sum"))
    history.commit()

    assert history.verdict("confirm_checkout").verdict is AnchorVerdict.UNKNOWN


def test_of_a_name_that_was_defined_twice_nobody_knows_which_was_meant(history):
    history.write(src__a_py=CODE, src__b_py=CODE)
    history.say("`confirm_checkout` says so.")
    history.git("rm", "-q", "src/b.py")
    history.commit()

    assert history.verdict("confirm_checkout").verdict is AnchorVerdict.UNKNOWN


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("Each event has a `routing_key`.", AnchorVerdict.UNKNOWN),
        ("The method `routing_key` decides.", AnchorVerdict.FRESH),
        ("`routing_key()` decides.", AnchorVerdict.FRESH),
        ("`Bus.routing_key` decides.", AnchorVerdict.FRESH),
    ],
)
def test_a_member_is_meant_by_its_name_alone_where_it_is_said_to_be_called(history, text, verdict):
    history.write(src__a_py="class Bus:\n    def routing_key(self):\n        return 1\n")
    history.say(text)

    name = "Bus.routing_key" if "Bus" in text else "routing_key"
    assert history.verdict(name).verdict is verdict


def test_a_member_that_came_later_was_not_meant(history):
    history.say("`EndBlock` is called at the end.")
    history.write(src__a_go="package a\n\nfunc (m *Module) EndBlock() {\n}\n")
    history.commit()

    assert history.verdict("EndBlock").verdict is AnchorVerdict.UNKNOWN


@pytest.mark.parametrize(
    ("link", "verdict"),
    [
        ("https://github.com/some/library/blob/v2/src/retry.py#L12", AnchorVerdict.UNKNOWN),
        ("https://github.com/our/shop/blob/main/src/a.py", AnchorVerdict.FRESH),
        ("https://github.com/our/shop/pull/12", AnchorVerdict.FRESH),
    ],
)
def test_what_is_linked_to_another_repository_is_not_of_this_one(history, link, verdict):
    history.write(src__a_py=CODE)
    history.say(f"We call [`confirm_checkout()`]({link}).")

    assert history.verdict("confirm_checkout").verdict is verdict


@pytest.mark.parametrize(
    "after",
    ["class Kind(StrEnum):\n    CONFIRM_CHECKOUT = auto()\n", "from lib import confirm_checkout\n"],
)
def test_what_something_still_speaks_of_is_not_gone(history, after):
    history.write(src__a_py=CODE)
    history.say("`confirm_checkout` says so.")
    history.write(src__a_py=after)
    history.commit()

    assert history.verdict("confirm_checkout").verdict is AnchorVerdict.UNKNOWN


@pytest.mark.parametrize(
    ("folder", "verdict"),
    [
        ("docs/adr", AnchorVerdict.GONE),
        ("proposals/text", AnchorVerdict.GONE),
        ("tools", AnchorVerdict.UNKNOWN),  # no folder of records by its name
    ],
)
def test_a_script_beside_a_record_is_none_of_the_program(history, folder, verdict):
    history.write(src__a_py=CODE)
    record = f"{folder}/0001-confirm"
    history.say("`confirm_checkout` says so.", name=record)
    history.say("Nothing else does.", name=f"{folder}/0002-nothing")
    history.project.write(f"{folder}/0001-example.py", "confirm_checkout(order)\n")
    history.git("rm", "-q", "src/a.py")
    history.commit()

    assert history.verdict("confirm_checkout", title=record).verdict is verdict


def test_what_only_a_script_beside_a_record_defines_cannot_be_told(history):
    history.project.write("docs/adr/0001-example.py", CODE)
    history.say("`confirm_checkout()` is to come.", name="docs/adr/0001-confirm")
    history.say("So is `confirm_checkout()`.", name="docs/adr/0002-again")
    history.project.write("docs/adr/0001-example.py", CODE.replace("return", "yield"))
    history.commit()

    found = history.verdict("confirm_checkout", title="docs/adr/0001-confirm")

    assert found is None or found.verdict is AnchorVerdict.UNKNOWN


def test_where_code_lies_among_records_it_is_the_program(history):
    history.write(src__a_py=CODE)
    history.say("`confirm_checkout` says so.", name="proposals/0001-confirm")
    history.move("src/a.py", "proposals/models.py")
    history.commit()

    found = history.verdict("confirm_checkout", title="proposals/0001-confirm")

    assert found.verdict is AnchorVerdict.MOVED


def test_what_is_gone_as_decided_is_as_it_is_to_be(history):
    history.write(src__a_py=CODE)
    history.say("We remove `confirm_checkout` and keep nothing.")
    history.git("rm", "-q", "src/a.py")
    history.commit()

    found = history.verdict("confirm_checkout")

    assert found.verdict is AnchorVerdict.FRESH
    assert found.reason.startswith("is gone, as decided")


def test_what_is_gone_as_decided_may_still_be_spoken_of(history):
    history.write(src__a_py=CODE)
    history.say("We remove `confirm_checkout` and keep nothing.")
    history.write(src__a_py="from lib import confirm_checkout\n")
    history.commit()

    assert history.verdict("confirm_checkout").verdict is AnchorVerdict.FRESH


def test_a_name_that_came_after_it_was_planned_and_went_again_is_gone(history):
    history.say("`confirm_checkout` is to decide.")
    history.write(src__a_py=CODE)
    history.commit()
    history.git("rm", "-q", "src/a.py")
    gone = history.commit()

    found = history.look_at_all()["notes", "confirm_checkout"]

    assert found.verdict is AnchorVerdict.GONE
    assert gone[:7] in found.reason


def test_a_file_whose_name_is_everywhere_is_none_of_them(history):
    history.write(**{f"{at}conf_toml": "x = 1\n" for at in ("", "a__", "b__", "c__")})
    history.say("As `conf.toml` has it.")
    history.write(conf_toml="x = 2\n")
    history.commit()

    assert history.verdict("conf.toml").verdict is AnchorVerdict.UNKNOWN


def test_commits_are_part_of_history_or_beside_it_or_gone(history):
    history.write(src__a_py=CODE)
    first = history.commit()
    history.git("checkout", "-q", "-b", "side")
    beside = history.commit()
    history.git("checkout", "-q", "main")
    history.say(f"See commit {first[:10]}, commit {beside[:10]} and commit 0123456789abcdef.")

    assert history.verdict(first[:10]).verdict is AnchorVerdict.FRESH
    assert history.verdict(beside[:10]).verdict is AnchorVerdict.CHANGED
    assert history.verdict("0123456789abcdef").verdict is AnchorVerdict.GONE


def test_a_record_that_came_first_may_name_commits_of_an_earlier_history(history):
    history.say("See commit 0123456789abcdef.")

    assert history.verdict("0123456789abcdef").verdict is AnchorVerdict.UNKNOWN


def test_versions_are_those_of_the_manifests(history):
    history.project.write("docker-compose.yml", "services:\n  db:\n    image: postgres:16.2\n")
    history.project.write("pyproject.toml", '[project]\nrequires-python = ">=3.11"\n')
    history.say("Postgres 15, Python 3.11 and Redis 7.")

    assert history.verdict("Postgres 15").verdict is AnchorVerdict.CHANGED
    assert history.verdict("Python 3.11").verdict is AnchorVerdict.FRESH
    assert history.verdict("Redis 7").verdict is AnchorVerdict.UNKNOWN


def test_the_version_that_something_was_before_is_not_stale(history):
    history.project.write("docker-compose.yml", "services:\n  db:\n    image: postgres:16.2\n")
    history.say("From Postgres 15 to Postgres 16.")

    assert history.verdict("Postgres 16").verdict is AnchorVerdict.FRESH
    assert history.verdict("Postgres 15") is None


def test_an_index_run_looks_only_at_what_may_be_another(history):
    history.write(src__a_py=LONG, src__b_py=LONG[::-1])
    history.say("See `src/a.py`.", name="one")
    history.say("See `src/b.py`.", name="two")
    before = history.look()
    history.write(src__b_py="other\n")
    history.commit()

    after = history.look()

    assert after["one", "src/a.py"] == before["one", "src/a.py"]
    assert after["two", "src/b.py"].verdict is AnchorVerdict.CHANGED


def test_a_rewritten_history_is_looked_at_anew(history):
    history.write(src__a_py=LONG)
    history.say("See `src/a.py`.")
    history.look()
    history.write(src__a_py="other\n")
    history.git("add", "-A")
    history.git("commit", "-q", "--amend", "-m", "Another")

    assert history.verdict("src/a.py").verdict is AnchorVerdict.FRESH


def test_without_git_nothing_can_be_told_and_nothing_fails(history):
    history.write(src__a_py=LONG)
    history.say("See `src/a.py`.")
    shutil.rmtree(history.root / ".git")

    assert history.verdict("src/a.py").verdict is AnchorVerdict.UNKNOWN


def test_what_is_new_without_git_is_looked_at_all_the_same(history):
    shutil.rmtree(history.root / ".git")
    for name in ("one", "two"):
        history.project.write(f"{name}.one.txt", f"# {name}\nSee `src/a.py`.\n")
        history.project.index()

        assert history.look()[name, "src/a.py"].verdict is AnchorVerdict.UNKNOWN


def test_before_the_first_commit_nothing_can_be_told(history):
    history.project.write("notes.one.txt", "# notes\nSee `src/a.py`.\n")
    history.project.index()

    assert history.verdict("src/a.py").verdict is AnchorVerdict.UNKNOWN


def test_a_shallow_clone_says_only_what_it_can_bear_out(history, tmp_path):
    history.write(src__a_py=LONG, src__b_py=LONG[::-1])
    history.say("`src/a.py`, `src/b.py` and commit 0123456789abcdef.")
    history.write(src__b_py="other\n")
    history.commit()
    clone = tmp_path / "clone"
    origin = history.root.as_uri()
    subprocess.run(["git", "clone", "-q", "--depth", "1", origin, clone], check=True)
    history.root = clone

    found = history.look()

    assert {one.verdict for one in found.values()} == {AnchorVerdict.UNKNOWN}


def test_a_clone_without_contents_still_tells_what_moved(history, tmp_path):
    history.write(src__a_py=LONG, src__b_py=LONG[::-1])
    history.say("`src/a.py` and `src/b.py`.")
    history.git("rm", "-q", "src/a.py")
    history.commit()
    history.git("config", "uploadpack.allowfilter", "true")
    clone = tmp_path / "clone"
    origin = history.root.as_uri()
    subprocess.run(
        ["git", "clone", "-q", "--no-checkout", "--filter=blob:none", origin, clone], check=True
    )
    history.root = clone

    assert history.look()["notes", "src/a.py"].verdict is AnchorVerdict.GONE


def test_a_repository_that_cannot_be_read_is_a_line_and_no_failure(history):
    history.write(src__a_py=LONG)
    history.say("See `src/a.py`.")
    for pack in (history.root / ".git/objects").glob("??"):
        shutil.rmtree(pack)

    problems = look_again(history.project.ledger, history.root)

    assert len(problems) <= 1


def test_what_becomes_of_places_is_known_of_now_only(history):
    history.write(src__a_py=LONG)
    history.say("See `src/a.py`.")
    history.look()
    uids = history.project.uids().values()

    assert history.project.db.anchors.freshness(NOW, uids)
    assert history.project.db.anchors.freshness(Lens(commit="HEAD"), uids) == {}
