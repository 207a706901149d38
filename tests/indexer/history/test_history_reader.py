import subprocess
from datetime import timedelta

import pytest

from indexer.history.history_reader import read_history
from memory.kinds.vocabulary import LinkType, Status, Trust
from memory.models.details import Refactoring
from memory.models.selection import NOW, Selection
from memory.retrieval.passages import keep_memory
from tests.builders import a_draft, a_source, failing, mended
from tests.indexer.history.conftest import START, run_git

pytestmark = pytest.mark.slow

SPLIT = "refactor: split payments out of api"


def revert(repository, commit, *, reason=""):
    repository.git("revert", "--no-edit", commit)
    if reason:
        message = repository.git("log", "-1", "--format=%B")
        repository.git("commit", "-q", "--amend", "-m", f"{message}\n\n{reason}")
    return repository.git("rev-parse", "HEAD")


def record(reader, commit, *, uid="ref-recorded"):
    """As though people had written it into history.json."""
    draft = a_draft(title="Split payments", details=Refactoring(commits=(commit,)))
    with reader.ledger.writing() as db:
        keep_memory(db, uid, draft, a_source(path="history.json"), START)


def test_a_refactoring_becomes_a_memory_that_names_its_commit(repository, reader):
    made = repository.refactor(f"{SPLIT} (#12)\n\nOrders knew the gateway.")

    report = reader.read(repository.root)

    assert (report.commits, report.found, report.added, report.total) == (1, 1, 1, 1)
    memory = reader.known()[SPLIT]
    draft, source = memory.revision.draft, memory.revision.source
    assert (source.author, source.trust, source.commit) == ("indexer", Trust.DERIVED, made)
    assert memory.citation == f"commit {made[:12]}"
    assert draft.status is Status.DONE
    assert draft.modules == ("payments",)
    assert draft.details.commits == (made,)
    assert draft.body.startswith("Orders knew the gateway.\n\n")
    assert f"{draft.valid_from:%Y-%m-%d}" == "2024-01-02"
    assert draft.extra["pull_request"] == "12"


def test_reading_again_adds_nothing(repository, reader):
    repository.refactor()
    reader.read(repository.root)

    report = reader.read(repository.root)

    assert (report.commits, report.added, report.revised, report.total) == (0, 0, 0, 1)


def test_two_machines_give_a_commit_the_same_uid(repository, reader, tmp_path):
    from tests.indexer.history.conftest import Reader

    repository.refactor()
    other = Reader(tmp_path / "other")
    reader.read(repository.root)
    other.read(repository.root)

    assert reader.known()[SPLIT].uid == other.known()[SPLIT].uid
    other.ledger.close()


def test_only_new_commits_are_read(repository, reader):
    repository.refactor()
    reader.read(repository.root)
    repository.refactor("refactor: one way to refund")

    report = reader.read(repository.root)

    assert (report.commits, report.added, report.total) == (1, 1, 2)


def test_modules_that_only_git_names_are_not_taken_for_known(repository, reader):
    repository.refactor()
    reader.read(repository.root)

    assert reader.ledger.db.labels.modules() == []
    assert reader.ledger.db.memories.select(Selection(modules=("payments",)))


def test_moves_are_told_by_folder(repository, reader):
    repository.commit("first", **{f"src__api__p{n}_dot_py": f"{n}\n" * 20 for n in range(6)})
    repository.git("mv", "src/api", "src/payments")
    repository.commit("feat: pay by card")

    reader.read(repository.root)

    (memory,) = reader.known().values()
    assert memory.title == "Move 6 files from src/api to src/payments: feat: pay by card"
    (move,) = memory.revision.draft.details.moved
    assert (move.what, move.origin, move.destination) == ("6 files", "src/api", "src/payments")


def test_a_revert_makes_a_revision_with_its_commit_and_reason(repository, reader):
    made = repository.refactor()
    reader.read(repository.root)
    undoing = revert(repository, made, reason="Exports broke.")

    report = reader.read(repository.root)

    assert (report.commits, report.added, report.revised, report.reverted) == (1, 0, 1, 1)
    memory = reader.known()[SPLIT]
    assert memory.revision.number == 2
    assert memory.revision.draft.status is Status.REVERTED
    assert memory.revision.draft.details.reverted_by == undoing
    assert memory.revision.draft.details.revert_reason == "Exports broke."
    assert memory.revision.draft.valid_to is not None
    assert memory.revision.draft.body.endswith(": Exports broke.")
    assert memory.revision.source.commit == made


def test_a_revert_in_the_same_run_makes_one_revision(repository, reader):
    revert(repository, repository.refactor())

    reader.read(repository.root)

    memory = reader.known()[SPLIT]
    assert (memory.revisions, memory.revision.draft.status) == (1, Status.REVERTED)


@pytest.mark.parametrize("in_one_run", [True, False])
def test_what_was_reverted_and_done_again_is_done(repository, reader, in_one_run):
    made = repository.refactor()
    undoing = revert(repository, made)
    if not in_one_run:
        reader.read(repository.root)
    revert(repository, undoing)

    reader.read(repository.root)

    draft = reader.known()[SPLIT].revision.draft
    assert draft.status is Status.DONE
    assert (draft.details.reverted_by, draft.valid_to) == ("", None)
    assert "done again by commit" in draft.body


@pytest.mark.parametrize(
    "message",
    [
        f'Revert "{SPLIT} (#12)" (#13)',
        f"revert: {SPLIT}",
        "Take it back\n\nThis reverts commit {short}.",
        'Revert "something else"\n\nReverts shop/shop#12',
    ],
)
def test_reverts_are_joined_by_title_number_or_the_beginning_of_a_hash(repository, reader, message):
    made = repository.refactor(f"{SPLIT} (#12)")
    repository.refactor(message.replace("{short}", made[:9]))

    reader.read(repository.root)

    assert reader.known()[SPLIT].revision.draft.status is Status.REVERTED


COOKIES = "Signed cookies for sessions"


def known_reverts(reader) -> dict[str, tuple[Status, str]]:
    return {
        title: (one.revision.draft.status, one.revision.draft.details.revert_reason)
        for title, one in reader.known().items()
    }


@pytest.mark.parametrize(
    "message",
    [
        f'Revert "{COOKIES} (#12)" (#13)\n\nThey outgrew the header.',
        f"revert: {COOKIES}\n\nThey outgrew the header.",
        f"Revert {COOKIES}\n\nThey outgrew the header.",
        f"Roll back {COOKIES}\n\nThey outgrew the header.",
        "Revert {short}\n\nThey outgrew the header.",
        "Sessions in Redis\n\nThey outgrew the header.\n\nReverts: {hash}",
        "Sessions in Redis\n\nThey outgrew the header.\n\nReverted-commit: {short}",
        f'Revert "{COOKIES}"\n\nThey outgrew the header.\n\nThis reverts commit {"d" * 40}.',
        f'Sessions in Redis (#20)\n\n* Revert "{COOKIES}"\n\nThey outgrew the header.',
        "Sessions in Redis (#20)\n\nThey outgrew the header.\n\n* fix: x\n* Undo commit {short}",
        'Revert "Sessions"\n\nThey outgrew the header.\n\nReverts shop/shop#12',
        'Revert "Sessions"\n\nThey outgrew the header.\n\nThis reverts merge request !12',
    ],
)
def test_whatever_was_reverted_is_known_with_the_reason(repository, reader, message):
    made = repository.commit(f"{COOKIES} (#12)", src__app_dot_py="signed", README_dot_md="x")
    said = message.replace("{short}", made[:9]).replace("{hash}", made)
    repository.commit(said, src__app_dot_py="plain")
    repository.commit("feat: unrelated", src__b_dot_py="b")

    reader.read(repository.root)

    status, reason = known_reverts(reader)[COOKIES]
    assert status is Status.REVERTED
    assert "They outgrew the header." in reason


def test_a_reverted_pull_request_that_was_merged_has_its_title(repository, reader):
    repository.commit("first", a_dot_py="a")
    repository.git("checkout", "-q", "-b", "side")
    repository.commit("wip", src__cookies__signed_dot_py="signed")
    repository.git("checkout", "-q", "main")
    title = f"Merge pull request #12 from shop/side\n\n{COOKIES}\n\nSo that we need no store."
    repository.git("merge", "-q", "--no-ff", "-m", title, "side")
    repository.commit(f'Revert "{COOKIES}" (#13)\n\nToo big.\n\nReverts shop/shop#12')

    reader.read(repository.root)

    assert known_reverts(reader) == {COOKIES: (Status.REVERTED, "Too big.")}


@pytest.mark.parametrize(
    "again", [COOKIES, f'Reapply "{COOKIES}"', f'Revert "Revert "{COOKIES}""', f"{COOKIES} (#40)"]
)
@pytest.mark.parametrize("in_one_run", [True, False])
def test_what_came_back_after_its_revert_is_done(repository, reader, again, in_one_run):
    repository.commit(COOKIES, src__app_dot_py="signed")
    repository.commit(f'Revert "{COOKIES}"', src__app_dot_py="plain")
    if not in_one_run:
        reader.read(repository.root)
    repository.commit(again, src__app_dot_py="signed")

    reader.read(repository.root)

    assert {status for status, _ in known_reverts(reader).values()} == {Status.DONE}


def test_of_what_was_not_reverted_only_refactorings_are_kept(repository, reader):
    repository.commit(COOKIES, src__app_dot_py="signed")
    repository.commit(COOKIES, src__app_dot_py="signed again")
    repository.commit(f'Revert "{COOKIES}"', src__app_dot_py="signed")
    repository.commit("Revert what nobody knows\n\nReverts #77", src__app_dot_py="plain")

    reader.read(repository.root)

    assert known_reverts(reader) == {COOKIES: (Status.REVERTED, "")}


def test_a_title_means_the_last_commit_so_called(repository, reader):
    first, second = repository.refactor(), repository.refactor()
    repository.refactor(f'Revert "{SPLIT}"')

    reader.read(repository.root)

    by_commit = {
        one.revision.source.commit: one.revision.draft.status
        for one in reader.ledger.db.memories.select(Selection())
    }
    assert by_commit == {first: Status.DONE, second: Status.REVERTED}


def test_reverting_a_merge_undoes_what_it_brought(repository, reader):
    repository.commit("first", a_dot_py="a")
    repository.git("checkout", "-q", "-b", "side")
    repository.refactor()
    repository.git("checkout", "-q", "main")
    repository.commit("second", b_dot_py="b")
    repository.git("merge", "-q", "--no-ff", "-m", "Merge branch side", "side")
    repository.git("revert", "--no-edit", "-m", "1", "HEAD")

    report = reader.read(repository.root)

    assert report.reverted == 1
    assert reader.known()[SPLIT].revision.draft.status is Status.REVERTED


def test_a_commit_that_did_not_look_like_one_counts_once_it_is_reverted(repository, reader):
    made = repository.refactor("feat: split up the embedders")
    reader.read(repository.root)
    assert reader.known() == {}
    revert(repository, made)

    reader.read(repository.root)

    assert reader.known()["feat: split up the embedders"].revision.draft.status is Status.REVERTED


def test_an_amended_commit_gives_way_to_its_successor(repository, reader):
    repository.refactor()
    reader.read(repository.root)
    old = reader.known()[SPLIT]
    repository.git("commit", "-q", "--amend", "-m", "refactor: split payments out of the api")

    report = reader.read(repository.root)

    assert (report.added, report.removed, report.total) == (1, 1, 1)
    assert list(reader.known()) == ["refactor: split payments out of the api"]
    assert reader.ledger.db.memories.history(old.uid)[-1].removed


def test_an_amended_commit_that_was_cleaned_away_too(repository, reader):
    repository.refactor()
    reader.read(repository.root)
    repository.git("commit", "-q", "--amend", "-m", "refactor: split payments out of the api")
    repository.git("reflog", "expire", "--expire=now", "--all")
    repository.git("gc", "-q", "--prune=now")

    report = reader.read(repository.root)

    assert (report.added, report.removed, report.total) == (1, 1, 1)


def test_a_commit_that_comes_back_is_known_again(repository, reader):
    first = repository.commit("first", a_dot_py="a")
    made = repository.refactor()
    reader.read(repository.root)
    uid = reader.known()[SPLIT].uid
    repository.git("reset", "-q", "--hard", first)
    reader.read(repository.root)
    assert reader.known() == {}
    repository.git("reset", "-q", "--hard", made)

    reader.read(repository.root)

    assert reader.known()[SPLIT].uid == uid


def test_what_another_branch_or_worktree_has_stays(repository, reader, tmp_path):
    repository.commit("first", a_dot_py="a")
    repository.git("worktree", "add", "-q", str(tmp_path / "side"), "-b", "side")
    (tmp_path / "side/pay.py").write_text("pay")
    run_git(tmp_path / "side", "add", "-A")
    run_git(tmp_path / "side", "commit", "-q", "-m", SPLIT)
    reader.read(tmp_path / "side")
    repository.refactor("refactor: one way to refund")

    report = reader.read(repository.root)
    again = reader.read(tmp_path / "side")

    assert (report.added, report.removed, report.total) == (1, 0, 2)
    assert (again.commits, again.removed, again.total) == (0, 0, 2)


def test_a_worktree_of_a_bare_repository_is_read(repository, reader, tmp_path):
    repository.refactor()
    run_git(tmp_path, "clone", "-q", "--bare", str(repository.root), "bare.git")
    run_git(tmp_path / "bare.git", "worktree", "add", "-q", str(tmp_path / "tree"))

    assert reader.read(tmp_path / "tree").total == 1


def test_what_people_recorded_has_no_second_memory(repository, reader):
    made = repository.refactor()
    record(reader, made[:9])

    report = reader.read(repository.root)

    assert (report.found, report.left_out, report.total) == (1, 1, 0)


def test_what_people_record_later_takes_the_place_of_what_git_told(repository, reader):
    made = repository.refactor()
    reader.read(repository.root)
    record(reader, made)

    report = reader.read(repository.root)

    assert (report.removed, report.total) == (1, 0)


def test_a_revert_of_what_people_recorded_is_a_memory_linked_to_it(repository, reader):
    made = repository.refactor()
    record(reader, made)
    undoing = revert(repository, made, reason="Exports broke.")

    reader.read(repository.root)

    (memory,) = reader.known().values()
    assert memory.title == f'Revert "{SPLIT}"'
    assert memory.revision.source.commit == undoing
    (link,) = reader.ledger.db.links.fetch(NOW, ["ref-recorded"], types=(LinkType.REVERTS,))
    assert (link.source, link.target) == (memory.uid, "ref-recorded")
    assert reader.read(repository.root).removed == 0


def test_a_first_run_may_be_bounded_and_a_later_one_reach_further(repository, reader):
    for number in range(4):
        repository.refactor(f"refactor: step {number} of payments")

    first = reader.read(repository.root, most=2)
    again = reader.read(repository.root)
    wider = reader.read(repository.root, most=10)

    assert (first.commits, first.total, first.is_bounded) == (2, 2, True)
    assert (again.commits, again.total) == (0, 2)
    assert (wider.commits, wider.added, wider.total, wider.is_bounded) == (4, 2, 4, False)


def test_only_commits_since_a_day_are_read(repository, reader):
    for number in range(4):
        repository.refactor(f"refactor: step {number} of payments")

    first = reader.read(repository.root, since=START + timedelta(days=3))
    wider = reader.read(repository.root, since=START)

    assert (first.commits, first.total) == (2, 2)
    assert (wider.commits, wider.total) == (4, 4)


def test_no_more_than_the_latest_are_kept_of_a_first_run(repository, reader):
    for number in range(4):
        repository.refactor(f"refactor: step {number} of payments")

    report = reader.read(repository.root, kept=2)
    repository.refactor("refactor: step 4 of payments")
    later = reader.read(repository.root, kept=2)

    assert (report.found, report.left_out, report.total) == (4, 2, 2)
    assert "refactor: step 3 of payments" in reader.known()
    assert (later.left_out, later.total) == (0, 3)


def test_a_shallow_clone_is_told_and_read_further_once_it_is_whole(repository, reader, tmp_path):
    repository.refactor()
    repository.refactor("refactor: one way to refund")
    url = repository.root.as_uri()
    run_git(tmp_path, "clone", "-q", "--depth=1", url, "shallow")

    first = reader.read(tmp_path / "shallow")
    run_git(tmp_path / "shallow", "fetch", "-q", "--unshallow")
    whole = reader.read(tmp_path / "shallow")

    assert (first.total, first.is_shallow) == (1, True)
    assert (whole.total, whole.is_shallow) == (2, False)


def test_a_clone_made_shallow_forgets_nothing(repository, reader, tmp_path):
    repository.refactor()
    repository.refactor("refactor: one way to refund")
    reader.read(repository.root)
    run_git(tmp_path, "clone", "-q", "--depth=1", repository.root.as_uri(), "shallow")

    report = reader.read(tmp_path / "shallow")

    assert (report.removed, report.total) == (0, 2)


def test_a_broken_history_gives_what_can_be_read_and_is_tried_again(repository, reader):
    repository.commit("first", a_dot_py="a")
    missing = repository.refactor("refactor: one way to refund")
    repository.commit("third", b_dot_py="b")
    repository.refactor()
    lost = repository.root / ".git/objects" / missing[:2] / missing[2:]
    kept = lost.read_bytes()
    lost.unlink()

    broken = reader.read(repository.root)
    lost.write_bytes(kept)
    mended_ = reader.read(repository.root)

    assert broken.problems
    assert broken.total == 1
    assert (mended_.problems, mended_.total) == ((), 2)


def test_outside_git_the_report_says_so_in_one_line(reader, tmp_path):
    (tmp_path / "plain").mkdir()

    report = reader.read(tmp_path / "plain")

    (problem,) = report.problems
    assert problem.startswith("There is no history to read: not a git repository")
    assert "\n" not in problem


def test_a_repository_of_others_is_refused_in_one_line(repository, reader, monkeypatch):
    repository.refactor()
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")

    report = reader.read(repository.root)

    assert report.total == 0
    assert "dubious ownership" in report.problems[0]


def test_another_version_reads_all_anew_and_drops_what_it_judges_otherwise(
    repository, reader, monkeypatch
):
    from indexer.history import history_reader
    from indexer.history.commit_classifier import CommitClass

    repository.refactor()
    reader.read(repository.root)
    monkeypatch.setattr(history_reader, "VERSION", "0.0.0+other")
    monkeypatch.setattr(history_reader, "classify", lambda commit, **_: CommitClass.NO)

    report = reader.read(repository.root)

    assert (report.commits, report.removed, report.total) == (1, 1, 0)


def test_the_share_of_memories_that_may_vanish_from_files_is_not_swayed(repository, reader):
    repository.refactor()
    reader.read(repository.root)

    assert reader.ledger.db.memories.count_live() == 1
    assert reader.ledger.db.memories.count_live(derived=False) == 0


def test_a_run_that_fails_at_any_write_is_made_up_for_by_the_next(repository, tmp_path):
    from tests.indexer.history.conftest import Reader

    revert(repository, repository.refactor())
    repository.refactor("refactor: one way to refund")
    counting = Reader(tmp_path / "counting")
    connection = failing(counting.ledger)
    counting.read(repository.root)
    mended(counting.ledger)
    counting.ledger.close()
    assert connection.changes > 5

    for fail_at in range(1, connection.changes + 1):
        reader = Reader(tmp_path / f"store-{fail_at}")
        failing(reader.ledger, fail_at)
        with pytest.raises(OSError, match="disk full"):
            reader.read(repository.root)
        mended(reader.ledger)

        reader.read(repository.root)

        assert {one.revision.draft.status for one in reader.known().values()} == {
            Status.DONE,
            Status.REVERTED,
        }
        reader.ledger.close()


def test_an_index_run_leaves_what_git_told(repository, reader):
    from indexer.pipeline import take_in
    from tests.builders import EntryFormat

    repository.refactor()
    reader.read(repository.root)
    report = take_in(reader.ledger, repository.root, [EntryFormat()])

    assert (report.removed, report.unchanged) == (0, 1)
    assert SPLIT in reader.known()


def test_the_progress_is_told_in_commits(repository, reader):
    told = []
    repository.refactor()

    read_history(
        reader.ledger, repository.root, on_progress=lambda *progress: told.append(progress)
    )

    assert told == [("history", 1, 1)]


def test_git_is_asked_without_a_shell_and_by_its_name(repository, reader, monkeypatch):
    asked = []
    real = subprocess.Popen

    class Watched(real):
        def __init__(self, command, *arguments, **options):
            asked.append((command[0], options.get("shell", False), options.get("env", {})))
            super().__init__(command, *arguments, **options)

    monkeypatch.setattr(subprocess, "Popen", Watched)
    repository.refactor()
    asked.clear()

    reader.read(repository.root)

    assert {(name, shell) for name, shell, _ in asked} == {("git", False)}
    assert all(env["GIT_OPTIONAL_LOCKS"] == "0" for *_, env in asked)
