import os
import shutil
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.project import open_project
from memory.errors import ArchMemError, UnknownCommit, UnknownMemory
from memory.kinds.vocabulary import Kind, Status, Trust
from memory.ledger.store_facts import UNLINKED
from memory.models.details import Run
from memory.models.memory import Source
from memory.models.selection import EVERYTHING, Lens, Selection
from memory.retrieval.passages import keep_memory, keep_revision
from tests.builders import a_decision, a_draft, rows
from tests.indexer.history.conftest import Repository, run_git

pytestmark = pytest.mark.slow

ADR = """\
# {number}. {title}

Date: {date}

## Status

{status}

## Context

{context}

## Decision

We will {decision}.
"""
DECISIONS = Selection(kinds=(Kind.DECISION,))


def adr(
    title: str,
    *,
    number: int = 1,
    status: str = "Accepted",
    date: str = "2024-01-01",
    context: str = "Orders come faster than they are handled at lunch time.",
) -> str:
    decision = f"{title.lower()} and nothing else for as long as it holds"
    return ADR.format(
        number=number, title=title, status=status, date=date, context=context, decision=decision
    )


class Shop(Repository):
    """A repository with its memory."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.write(".gitignore", ".archmem/\n")
        self.memory = open_project(root)

    def decide(self, name: str, text: str) -> str:
        self.write(f"docs/adr/{name}.md", text)
        return self.commit(f"docs: {name}")

    def index(self, **options) -> None:
        self.memory.upkeep.take_in(accept_removals=True)
        if options.get("history"):
            self.memory.upkeep.read_history()

    def titles(self, revision: str, selection: Selection = DECISIONS) -> dict[str, str]:
        """How what is known as of a commit stands, by title."""
        with self.memory.at(revision) as then:
            return {one.memory.title: str(one.standing.status) for one in then.list(selection)}


@pytest.fixture
def shop(tmp_path, word_model):
    shop = Shop(tmp_path / "shop")
    yield shop
    shop.memory.close()


def test_a_decision_of_a_branch_is_not_in_force_on_main_whatever_its_date(shop):
    shop.decide("0001-queue", adr("Use a queue"))
    shop.git("checkout", "-q", "-b", "feature")
    shop.decide("0002-cache", adr("Use a cache", number=2, date="2023-06-01"))
    shop.index()
    shop.git("checkout", "-q", "main")
    shop.decide("0003-index", adr("Use an index", number=3))
    shop.index()

    assert shop.titles("main") == {"Use a queue": "accepted", "Use an index": "accepted"}
    assert shop.titles("feature") == {"Use a queue": "accepted", "Use a cache": "accepted"}
    assert shop.titles("feature~1") == {"Use a queue": "accepted"}


def test_what_superseded_it_later_has_not_yet(shop):
    shop.decide("0001-redis", adr("Use Redis"))
    shop.write(
        "docs/adr/0002-rabbit.md",
        adr("Use RabbitMQ", number=2, status="Accepted\n\nSupersedes [1](0001-redis.md)"),
    )
    shop.decide("0001-redis", adr("Use Redis", status="Superseded by [2](0002-rabbit.md)"))
    shop.index()

    assert shop.titles("HEAD") == {"Use Redis": "superseded", "Use RabbitMQ": "accepted"}
    assert shop.titles("HEAD~1") == {"Use Redis": "accepted"}


def test_a_merge_has_what_both_branches_had(shop):
    shop.decide("0001-queue", adr("Use a queue"))
    shop.git("checkout", "-q", "-b", "feature")
    shop.decide("0002-cache", adr("Use a cache", number=2))
    shop.git("checkout", "-q", "main")
    shop.decide("0003-index", adr("Use an index", number=3))
    shop.git("merge", "-q", "--no-ff", "--no-edit", "feature")
    shop.index()

    assert set(shop.titles("HEAD")) == {"Use a queue", "Use a cache", "Use an index"}
    assert set(shop.titles("HEAD^1")) == {"Use a queue", "Use an index"}
    assert set(shop.titles("HEAD^2")) == {"Use a queue", "Use a cache"}


def test_a_cherry_picked_decision_is_the_same_memory_on_both_branches(shop):
    shop.decide("0001-queue", adr("Use a queue"))
    shop.git("checkout", "-q", "-b", "feature")
    picked = shop.decide("0002-cache", adr("Use a cache", number=2))
    shop.git("checkout", "-q", "main")
    shop.decide("0003-index", adr("Use an index", number=3))
    shop.git("cherry-pick", picked)
    shop.index()

    assert uids(shop, "main")["Use a cache"] == uids(shop, "feature")["Use a cache"]
    assert set(shop.titles("HEAD~1")) == {"Use a queue", "Use an index"}


def test_a_reverted_decision_is_there_before_its_revert_and_again_after_that_is_reverted(shop):
    shop.decide("0001-queue", adr("Use a queue"))
    shop.decide("0002-cache", adr("Use a cache", number=2))
    shop.index()
    before = uids(shop, "HEAD")
    shop.git("revert", "--no-edit", "HEAD")
    shop.index()
    shop.git("revert", "--no-edit", "HEAD")
    shop.index()

    assert set(shop.titles("HEAD~1")) == {"Use a queue"}
    assert uids(shop, "HEAD~2") == uids(shop, "HEAD") == before


def test_a_record_keeps_its_uid_through_a_rename_and_is_cited_where_it_stood(shop):
    shop.decide("0001-queue", adr("Use a queue"))
    shop.git("mv", "docs/adr/0001-queue.md", "docs/adr/0007-queue.md")
    shop.commit("docs: renumber")
    shop.index()

    with shop.memory.at("HEAD~1") as then:
        (listed,) = then.list(DECISIONS)

    assert listed.memory.path == "docs/adr/0001-queue.md"
    assert listed.memory.uid == uids(shop, "HEAD")["Use a queue"]


def test_an_edited_record_is_shown_as_the_revision_that_it_was(shop):
    shop.decide("0001-queue", adr("Use a queue"))
    shop.index()
    shop.decide("0001-queue", adr("Use a queue", status="Deprecated"))
    shop.index()

    with shop.memory.at("HEAD~1") as then:
        (then_shown,) = then.list(DECISIONS)
    first = shop.memory.history(then_shown.memory.uid).revisions[0]

    assert then_shown.memory.revision == first
    assert (then_shown.memory.revision.number, then_shown.memory.revisions) == (1, 2)


def test_a_revision_that_was_never_indexed_cites_the_commit_and_has_its_moment(shop):
    first = shop.decide("0001-queue", adr("Use a queue"))
    shop.decide("0001-queue", adr("Use a queue", status="Deprecated"))
    shop.index()

    with shop.memory.at(first) as then:
        (listed,) = then.list(DECISIONS)

    assert listed.memory.revision.source.commit == first
    assert listed.memory.revision.recorded_at == datetime(2024, 1, 2, 12, tzinfo=UTC)


def test_before_the_first_record_nothing_was_known(shop):
    shop.commit("feat: begin", src__main_dot_py="pass\n")
    shop.decide("0001-queue", adr("Use a queue"))
    shop.index()

    assert shop.titles("HEAD~1", EVERYTHING) == {}
    assert shop.memory.search("queue", selection=of("HEAD~1")).hits == ()


def test_a_branch_that_was_never_checked_out_here_is_read_from_git(shop):
    shop.decide("0001-queue", adr("Use a queue"))
    shop.index()
    other = shop.root.parent / "other"
    run_git(shop.root.parent, "clone", "-q", str(shop.root), str(other))
    (other / "docs/adr/0002-cache.md").write_text(adr("Use a cache", number=2))
    run_git(other, "add", "-A")
    run_git(other, "commit", "-q", "-m", "docs: cache")
    shop.git("fetch", "-q", str(other), "HEAD:theirs")

    assert set(shop.titles("theirs")) == {"Use a queue", "Use a cache"}
    assert shop.memory.search("a cache", selection=of("theirs")).hits[0].memory.title == (
        "Use a cache"
    )
    assert set(shop.titles("HEAD")) == {"Use a queue"}


def test_what_is_not_committed_is_not_in_any_commit(shop):
    shop.decide("0001-queue", adr("Use a queue"))
    shop.write("docs/adr/0002-cache.md", adr("Use a cache", number=2))
    shop.write("docs/adr/0001-queue.md", adr("Use a queue", status="Deprecated"))
    shop.index()

    assert shop.titles("HEAD") == {"Use a queue": "accepted"}


def test_a_record_that_waits_for_its_file_is_in_no_commit(shop, monkeypatch):
    shop.decide("0001-queue", adr("Use a queue"))
    shop.index()
    monkeypatch.setattr("indexer.recording.write_file", refuse_to_write)
    recorded = shop.memory.record(a_decision(title="Use a cache"), author="human:dana")

    assert recorded.pending
    assert shop.titles("HEAD") == {"Use a queue": "accepted"}


def refuse_to_write(*_):
    raise OSError("disk full")


def test_folders_of_records_are_those_that_the_commit_names(shop):
    shop.write("archmem.toml", 'record_folders = ["choices"]\n')
    shop.write("choices/0001-queue.md", adr("Use a queue"))
    shop.commit("docs: queue")
    shop.write("archmem.toml", "record_folders = []\n")
    shop.commit("chore: none")
    shop.index()

    assert set(shop.titles("HEAD~1")) == {"Use a queue"}
    assert shop.titles("HEAD") == {}


def test_what_the_commit_ignores_is_left_out(shop):
    shop.write("docs/adr/0001-queue.md", adr("Use a queue"))
    shop.write(".archmemignore", "docs/adr/\n")
    shop.commit("docs: hidden")
    shop.write(".archmemignore", "")
    shop.commit("docs: shown")
    shop.index()

    assert shop.titles("HEAD~1") == {}
    assert set(shop.titles("HEAD")) == {"Use a queue"}


def test_links_within_the_tree_are_followed_and_those_out_of_it_are_not(shop, tmp_path):
    outside = tmp_path / "outside.md"
    outside.write_text(adr("Steal a secret", number=9))
    shop.write("architecture/0001-queue.md", adr("Use a queue"))
    (shop.root / "docs").mkdir()
    (shop.root / "docs/adr").symlink_to("../architecture")
    (shop.root / "architecture/0009-secret.md").symlink_to(outside)
    shop.commit("docs: by a link")
    shop.index()

    assert shop.titles("HEAD") == {"Use a queue": "accepted"}


# What no file says


def test_refactorings_told_by_git_are_those_that_lead_to_the_commit(shop):
    first = shop.refactor("refactor: split payments out of api")
    shop.git("checkout", "-q", "-b", "feature")
    shop.refactor("refactor: move retries into the queue")
    shop.index(history=True)
    shop.git("checkout", "-q", "main")
    shop.refactor("refactor: extract the ledger", n=7)
    shop.index(history=True)

    wanted = Selection(kinds=(Kind.REFACTORING,))

    assert set(shop.titles("main", wanted)) == {
        "refactor: split payments out of api",
        "refactor: extract the ledger",
    }
    assert set(shop.titles("feature", wanted)) == {
        "refactor: split payments out of api",
        "refactor: move retries into the queue",
    }
    assert set(shop.titles(first, wanted)) == {"refactor: split payments out of api"}


def test_a_refactoring_that_was_reverted_later_is_not_reverted_yet(shop):
    wanted = Selection(kinds=(Kind.REFACTORING,))
    shop.refactor("refactor: split payments out of api")
    shop.git("revert", "--no-edit", "HEAD")
    shop.git("revert", "--no-edit", "HEAD")
    shop.index(history=True)

    standing = [shop.titles(rev, wanted) for rev in ("HEAD~2", "HEAD~1", "HEAD")]

    assert standing == [
        {"refactor: split payments out of api": "done"},
        {"refactor: split payments out of api": "reverted"},
        {"refactor: split payments out of api": "done"},
    ]


def test_a_commit_that_counts_only_because_it_was_reverted_did_not_count_before(shop):
    wanted = Selection(kinds=(Kind.REFACTORING,))
    shop.commit("Split the payments package in two", src__a_dot_py="a\n", src__b_dot_py="b\n")
    shop.commit("feat: more", src__c_dot_py="c\n")
    before = shop.titles("HEAD", wanted)
    shop.index(history=True)
    as_read = shop.titles("HEAD", wanted)
    shop.git("revert", "--no-edit", "HEAD~1")
    shop.index(history=True)

    assert before == {}
    assert shop.titles("HEAD~1", wanted) == as_read


def test_history_that_was_never_read_is_not_read_for_it(shop):
    shop.refactor()
    shop.index()

    assert shop.titles("HEAD", EVERYTHING) == {}


def test_a_run_is_known_from_its_commit_on_and_as_far_as_it_had_come(shop):
    def keep(commit: str, *, opened: bool) -> None:
        draft = a_draft(title="Split the api", details=Run(
            task="Split the api", status=Status.OPEN if opened else Status.DONE))  # fmt: skip
        source = Source(author="agent:dana", trust=Trust.AGENT, commit=commit)
        with shop.memory.ledger.writing() as db:
            (keep_memory if opened else keep_revision)(db, "run-1", draft, source, NOW)
            db.facts.save(UNLINKED, "now")

    shop.commit("feat: before")
    keep(shop.commit("feat: opened"), opened=True)
    keep(shop.commit("feat: finished"), opened=False)

    wanted = Selection(kinds=(Kind.RUN,))

    assert shop.titles("HEAD", wanted) == {"Split the api": "done"}
    assert shop.titles("HEAD~1", wanted) == {"Split the api": "open"}
    assert shop.titles("HEAD~2", wanted) == {}


NOW = datetime(2024, 3, 1, tzinfo=UTC)


# Verbs


def test_every_verb_with_a_lens_looks_from_its_commit(shop):
    shop.decide("0001-redis", adr("Use Redis"))
    shop.decide("0001-redis", adr("Use RabbitMQ", context="Redis lost orders at every deploy."))
    shop.index()
    (now,) = shop.memory.list(DECISIONS)

    def titles(listed):
        return [one.memory.title for one in listed]

    assert titles(shop.memory.search("Redis", selection=of("HEAD~1")).hits) == ["Use Redis"]
    assert titles(shop.memory.list(of("HEAD~1"))) == ["Use Redis"]
    assert shop.memory.show(now.memory.uid, lens=Lens(commit="HEAD~1")).memory.title == "Use Redis"
    assert now.memory.title == "Use RabbitMQ"


def test_what_is_not_known_there_is_no_memory(shop):
    shop.commit("feat: begin")
    shop.decide("0001-queue", adr("Use a queue"))
    shop.index()
    (known,) = shop.memory.list(DECISIONS)

    with pytest.raises(UnknownMemory):
        shop.memory.show(known.memory.uid, lens=Lens(commit="HEAD~1"))


def test_a_commit_and_a_moment_do_not_go_together():
    with pytest.raises(ValueError, match="a commit takes the place of both"):
        Lens(commit="HEAD", known_at=NOW)


def test_nothing_can_be_recorded_as_of_a_commit(shop):
    shop.decide("0001-queue", adr("Use a queue"))
    shop.index()

    with shop.memory.at("HEAD") as then, pytest.raises(ArchMemError, match="nothing can be"):
        then.record(a_decision(title="Use a cache"), author="human:dana")

    assert shop.titles("HEAD") == {"Use a queue": "accepted"}


@pytest.mark.parametrize("name", ["nowhere", "HEAD~99", "", "--all", "HEAD:docs", "a b"])
def test_a_name_that_git_does_not_know_is_one_clear_line(shop, name):
    shop.commit("feat: begin", docs__a_dot_md="a\n")

    with pytest.raises(UnknownCommit) as raised, shop.memory.at(name):
        pass

    assert "\n" not in f"{raised.value} {raised.value.hint}"
    assert "or a date" in raised.value.hint


def test_without_git_there_are_no_commits(tmp_path, word_model):
    root = tmp_path / "plain"
    (root / ".claude").mkdir(parents=True)

    with (
        open_project(root) as memory,
        pytest.raises(UnknownCommit, match="not a git repository"),
        memory.at("HEAD"),
    ):
        pass


def test_a_shallow_clone_says_what_would_bring_the_rest(shop, tmp_path):
    shop.decide("0001-queue", adr("Use a queue"))
    shop.decide("0002-cache", adr("Use a cache", number=2))
    clone = tmp_path / "clone"
    run_git(tmp_path, "clone", "-q", "--depth=1", f"file://{shop.root}", str(clone))

    with open_project(clone) as memory:
        memory.upkeep.take_in()
        with memory.at("HEAD") as then:
            assert len(then.list(DECISIONS)) == 2
        with pytest.raises(UnknownCommit, match="shallow"), memory.at("HEAD~1"):
            pass


def test_a_partial_clone_without_the_files_says_which_it_lacks(shop, tmp_path):
    shop.decide("0001-queue", adr("Use a queue"))
    shop.decide("0001-queue", adr("Use a queue", status="Deprecated"))
    shop.git("config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "clone"
    run_git(tmp_path, "clone", "-q", "--filter=blob:none", f"file://{shop.root}", str(clone))

    with open_project(clone) as memory:
        memory.upkeep.take_in()
        with (
            pytest.raises(UnknownCommit, match=r"has not all of its files.*0001-queue"),
            memory.at("HEAD~1"),
        ):
            pass


# The copy


def test_the_ledger_itself_stays_as_it_is(shop):
    shop.decide("0001-queue", adr("Use a queue"))
    shop.refactor()
    shop.decide("0001-queue", adr("Use a queue", status="Deprecated"))
    shop.index(history=True)
    before = rows(shop.memory.ledger.db)

    shop.titles("HEAD~2")
    shop.memory.search("queue", selection=of("HEAD~1"))

    assert rows(shop.memory.ledger.db) == before


def test_the_second_time_no_tree_is_read(shop, monkeypatch):
    shop.decide("0001-queue", adr("Use a queue"))
    shop.index()
    first = shop.titles("HEAD")
    monkeypatch.setattr("indexer.history.ledger_at_commit.rewind", None)

    assert shop.titles("HEAD") == first


def test_what_is_recorded_meanwhile_makes_it_anew(shop):
    shop.decide("0001-queue", adr("Use a queue"))
    shop.index()
    shop.titles("HEAD")
    (before,) = copies(shop)
    shop.write("docs/adr/0002-cache.md", adr("Use a cache", number=2))
    shop.index()
    shop.titles("HEAD")

    (after,) = copies(shop)
    assert before != after


def test_only_the_copies_used_last_are_kept(shop):
    for number in range(1, 7):
        shop.decide(f"000{number}-queue", adr(f"Use queue {number}", number=number))
    shop.index()
    for back, age in ((5, 60), (4, 50), (3, 40), (2, 30)):
        shop.titles(f"HEAD~{back}")
        (made,) = [one for one in copies(shop) if one.stat().st_mtime > START_OF_TEST - 1]
        os.utime(made, (START_OF_TEST - age,) * 2)
    shop.titles("HEAD~5")  # the oldest, used again
    shop.titles("HEAD")

    kept = {one.name.partition("-")[0] for one in copies(shop)}
    assert kept == {shop.git("rev-parse", rev) for rev in ("HEAD", "HEAD~5", "HEAD~2", "HEAD~3")}


START_OF_TEST = datetime.now(UTC).timestamp()


def test_a_copy_that_is_open_is_not_tidied_away(shop):
    for number in range(1, 8):
        shop.decide(f"000{number}-queue", adr(f"Use queue {number}", number=number))
    shop.index()
    with shop.memory.at("HEAD~6") as then:
        with open_project(shop.root) as other:
            for back in range(6):
                with other.at(f"HEAD~{back}") as at:
                    at.status()
        assert [one.memory.title for one in then.list(DECISIONS)] == ["Use queue 1"]
        assert then.brief("queue").tokens
        then.upkeep.embed()  # writes
        assert len(copies(shop)) == 5

    shop.titles("HEAD")
    shop.decide("0008-queue", adr("Use queue 8", number=8))
    shop.index()
    shop.titles("HEAD")
    assert len(copies(shop)) == 4


def test_a_copy_depends_on_how_many_refactorings_are_kept(shop):
    shop.decide("0001-queue", adr("Use a queue"))
    shop.index()
    shop.titles("HEAD")
    (before,) = copies(shop)
    shop.write("archmem.toml", "history_limit = 1\n")
    with open_project(shop.root) as memory, memory.at("HEAD"):
        (after,) = copies(shop)

    assert before != after


def test_a_copy_that_was_damaged_is_made_anew(shop):
    shop.decide("0001-queue", adr("Use a queue"))
    shop.index()
    first = shop.titles("HEAD")
    (copy,) = copies(shop)
    (copy / "memory.db").write_bytes(b"no database" * 1000)

    assert shop.titles("HEAD") == first


def test_a_store_that_cannot_be_written_costs_no_answer(shop, monkeypatch):
    shop.decide("0001-queue", adr("Use a queue"))
    shop.index()
    (shop.memory.folder / "at").write_text("a file in its place")

    assert shop.titles("HEAD") == {"Use a queue": "accepted"}
    assert (shop.memory.folder / "at").is_file()


@pytest.mark.posix
@pytest.mark.slow
def test_a_process_that_is_killed_while_it_makes_one_leaves_nothing_that_is_used(shop):
    shop.decide("0001-queue", adr("Use a queue"))
    shop.index()
    script = (
        "import os, sys, indexer.history.ledger_at_commit as at\n"
        "from indexer.project import open_project\n"
        "at.look_up = lambda ledger: os.kill(os.getpid(), 9)\n"
        f"with open_project({str(shop.root)!r}) as memory, memory.at('HEAD'): pass\n"
    )
    killed = subprocess.run([sys.executable, "-c", script], check=False, cwd=Path.cwd())

    assert killed.returncode == -9
    (left,) = copies(shop)
    assert left.name.startswith(".draft-")
    assert shop.titles("HEAD") == {"Use a queue": "accepted"}

    os.utime(left, (0, 0))
    shop.commit("feat: more")
    shop.titles("HEAD")
    assert not left.exists()


def test_several_at_once_get_the_same(shop):
    for number in range(1, 5):
        shop.decide(f"000{number}-queue", adr(f"Use queue {number}", number=number))
    shop.index()
    found = []

    def ask():
        with open_project(shop.root) as memory, memory.at("HEAD~1") as then:
            found.append(sorted(one.memory.title for one in then.list(DECISIONS)))

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == [[f"Use queue {number}" for number in (1, 2, 3)]] * 6
    assert len(copies(shop)) == 1


def test_texts_that_only_the_commit_has_are_embedded_there_when_they_are_few(shop, word_model):
    shop.decide("0001-queue", adr("Use a queue", context="Lunch is busy."))
    shop.decide("0001-queue", adr("Use a queue"))
    shop.memory.index()

    answer = shop.memory.search("lunch", selection=of("HEAD~1"))

    assert answer.complete
    assert any("Lunch is busy" in text for text in word_model.encoded)
    assert shop.memory.status().pending_embeddings == 0


def test_many_such_texts_are_found_by_words_and_the_answer_says_so(shop, monkeypatch):
    monkeypatch.setattr("memory.retrieval.meaning.FEW", 0)
    shop.decide("0001-queue", adr("Use a queue", context="Lunch is busy."))
    shop.decide("0001-queue", adr("Use a queue"))
    shop.memory.index()

    answer = shop.memory.search("lunch", selection=of("HEAD~1"))

    assert [hit.memory.title for hit in answer.hits] == ["Use a queue"]
    assert not answer.complete
    assert answer.reason.startswith("texts of that commit found by words only: ")


# The whole


def test_as_of_head_in_a_clean_tree_is_what_is_known_now(shop):
    shop.decide("0001-redis", adr("Use Redis"))
    shop.refactor()
    shop.decide("0001-redis", adr("Use Redis", status="Deprecated"))
    shop.git("revert", "--no-edit", "HEAD~1")
    shop.memory.index(history=True)

    assert everything(shop.memory, "HEAD") == everything(shop.memory, None)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["write", "delete", "rename", "branch", "main", "index", "merge"]),
        st.integers(1, 3),
        st.sampled_from(["Accepted", "Deprecated", "Proposed"]),
    ),
    min_size=1,
    max_size=10,
)


@pytest.mark.slow
@settings(
    max_examples=12,
    deadline=timedelta(minutes=1),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS)
def test_as_of_any_commit_is_what_a_new_memory_of_that_checkout_knows(
    steps, tmp_path_factory, word_model
):
    folder = tmp_path_factory.mktemp("steps")
    shop = Shop(folder / "shop")
    commits = [shop.commit("feat: begin")]
    for what, number, status in steps:
        take_step(shop, what, number, status)
        commits.append(shop.git("rev-parse", "HEAD"))
    shop.index()

    for commit in dict.fromkeys(commits):
        checkout = folder / commit
        run_git(folder, "clone", "-q", str(shop.root), str(checkout))
        run_git(checkout, "checkout", "-q", commit)
        with open_project(checkout) as fresh:
            fresh.upkeep.take_in()
            wanted = said_by_files(fresh)
        with shop.memory.at(commit) as then:
            assert said_by_files(then) == wanted
        shutil.rmtree(checkout)
    shop.memory.close()


def take_step(shop: Shop, what: str, number: int, status: str) -> None:
    name, other = (f"docs/adr/000{one}-queue.md" for one in (number, number + 4))
    if what == "index":
        shop.index()
    elif what == "branch":
        shop.git("checkout", "-q", "-B", f"branch-{number}")
    elif what == "main":
        shop.git("checkout", "-q", "main")
    elif what == "merge":
        shop.git("merge", "-q", "-X", "ours", "--no-edit", "main")
    elif what == "write":
        title = f"Use queue {number}"
        shop.write(name, adr(title, number=number, status=status))
        shop.commit("docs: write")
    elif (shop.root / name).exists():
        if what == "delete":
            shop.git("rm", "-q", name)
        else:
            shop.git("mv", "-f", name, other)
        shop.commit(f"docs: {what}")


def said_by_files(memory) -> list[tuple]:
    return sorted(
        (one.memory.path, one.memory.title, str(one.standing.status), one.memory.lines)
        for one in memory.list()
    )


def everything(memory, commit: str | None):
    lens = Lens(commit=commit)
    listed = memory.list(Selection(lens=lens))
    return (
        listed,
        memory.search("how are orders queued?", selection=Selection(lens=lens)).hits,
        [memory.show(one.memory.uid, lens=lens) for one in listed],
    )


def of(commit: str) -> Selection:
    return Selection(lens=Lens(commit=commit))


def uids(shop: Shop, revision: str) -> dict[str, str]:
    with shop.memory.at(revision) as then:
        return {one.memory.title: one.memory.uid for one in then.list(DECISIONS)}


def copies(shop: Shop) -> list[Path]:
    return sorted((shop.memory.folder / "at").iterdir())
