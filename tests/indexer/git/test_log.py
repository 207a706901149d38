import pytest

from indexer.git.log import CommitLog, FileChange, read_commits
from indexer.git.process import GitFailed
from indexer.git.repository import Repository

MOVED = {"src__api__pay_dot_py": "pay = 1\n" * 20}


def commits(root, *arguments):
    return list(CommitLog(Repository(root), arguments or ["HEAD"]))


def test_a_commit_is_read_with_its_message_and_changes(repository):
    repository.commit("first", **MOVED)
    repository.git("mv", "src/api", "src/payments")
    made = repository.commit("refactor: payments\n\nOrders knew\ntoo much.\n\nSigned-off-by: x")

    latest, first = commits(repository.root)

    assert (latest.hash, latest.parents) == (made, (first.hash,))
    assert latest.subject == "refactor: payments"
    assert latest.body.startswith("Orders knew\ntoo much.")
    assert latest.changes == [FileChange("R", "src/payments/pay.py", "src/api/pay.py")]
    assert first.changes == [FileChange("A", "src/api/pay.py")]
    assert f"{latest.at:%Y-%m-%d}" == "2024-01-03"


def test_names_and_messages_may_hold_anything(repository):
    repository.write("src/naïve name\t\n.py", "x")
    repository.commit("R100\n\nM\n\n\x1e" + "a" * 40)

    (commit,) = commits(repository.root)

    assert commit.changes == [FileChange("A", "src/naïve name\t\n.py")]
    assert commit.subject == "R100"


def test_what_a_user_has_set_changes_nothing(repository, monkeypatch, tmp_path):
    settings = tmp_path / "gitconfig"
    settings.write_text(
        "[diff]\nrenames = false\nrelative = true\nexternal = false\nnoprefix = true\n"
        "[log]\nshowSignature = true\nfollow = true\nmailmap = true\n[core]\nquotepath = true\n"
        "[color]\nui = always\n[i18n]\nlogOutputEncoding = latin1\n[format]\npretty = oneline\n"
    )
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    monkeypatch.setenv("LANG", "de_DE.UTF-8")
    repository.commit("first", **MOVED)
    repository.git("mv", "src/api", "src/zähler")
    repository.commit("Über alles")

    latest, _ = commits(repository.root)

    assert latest.subject == "Über alles"
    assert latest.changes == [FileChange("R", "src/zähler/pay.py", "src/api/pay.py")]


def test_a_merge_has_no_changes_of_its_own(repository):
    repository.commit("first", **MOVED)
    repository.git("checkout", "-q", "-b", "side")
    repository.commit("second", b_dot_py="b")
    repository.git("checkout", "-q", "main")
    repository.commit("third", c_dot_py="c")
    repository.git("merge", "-q", "--no-ff", "-m", "Merge branch side", "side")

    merge = commits(repository.root)[0]

    assert merge.is_merge
    assert merge.changes == []


def test_outside_git_it_says_so_in_one_line(tmp_path):
    with pytest.raises(GitFailed, match=r"^not a git repository[^\n]*$"):
        Repository(tmp_path).head()


def test_a_repository_without_a_commit_has_no_head(repository):
    with pytest.raises(GitFailed, match="single revision"):
        Repository(repository.root).head()


def test_where_there_is_no_git_it_says_so(repository, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")

    with pytest.raises(GitFailed, match="git cannot be run"):
        Repository(repository.root).head()
    with pytest.raises(GitFailed, match="git cannot be run"):
        list(Repository(repository.root).stream("log"))


def test_a_reader_that_stops_leaves_no_process(repository):
    for number in range(5):
        repository.commit(f"number {number}")
    stream = Repository(repository.root).stream("log", "-z")

    next(stream)
    stream.close()  # a process that is still there would warn, and warnings are errors


def test_a_log_that_ends_in_the_middle_gives_what_is_whole():
    header = ["\x1e" + "a" * 40, "", "2024-01-01T00:00:00+00:00", "one", ""]

    assert [one.subject for one in read_commits(iter([*header, "", "\nM", "a.py", "M"]))] == ["one"]
    assert list(read_commits(iter(header[:3]))) == []


def test_a_date_that_no_calendar_knows_is_none(repository):
    header = ["\x1e" + "a" * 40, "", "-0001-99-99", "one", ""]

    (commit,) = read_commits(iter(header))

    assert commit.at is None


def test_a_missing_file_costs_its_comparison_only(repository):
    repository.commit("first", **MOVED)
    repository.commit("second", src__api__pay_dot_py=None, src__pay_dot_py="pay = 1\n" * 21)
    blob = repository.git("rev-parse", "HEAD:src/pay.py")
    repository.commit("third", b_dot_py="b")
    (repository.root / ".git/objects" / blob[:2] / blob[2:]).unlink()
    log = CommitLog(Repository(repository.root), ["HEAD"])

    read = list(log)

    assert [one.subject for one in read] == ["third", "second", "first"]
    assert read[1].changes == [FileChange("D", "src/api/pay.py"), FileChange("A", "src/pay.py")]
    assert log.is_whole
    assert blob in log.problems[0]


def test_a_missing_folder_costs_the_names_only(repository):
    repository.commit("first", **MOVED)
    tree = repository.git("rev-parse", "HEAD:src")
    repository.commit("second", src__api__pay_dot_py="x")
    (repository.root / ".git/objects" / tree[:2] / tree[2:]).unlink()
    log = CommitLog(Repository(repository.root), ["HEAD"])

    read = list(log)

    assert [one.subject for one in read] == ["second", "first"]
    assert not read[-1].knows_changes
    assert log.is_whole


def test_a_missing_commit_ends_the_history_and_is_named(repository):
    repository.commit("first", **MOVED)
    middle = repository.commit("second", b_dot_py="b")
    repository.commit("third", c_dot_py="c")
    repository.commit("fourth", d_dot_py="d")
    (repository.root / ".git/objects" / middle[:2] / middle[2:]).unlink()
    log = CommitLog(Repository(repository.root), ["HEAD"])

    read = list(log)

    assert [one.subject for one in read] in (["fourth"], ["fourth", "third"])
    assert not log.is_whole
    assert log.problems


def test_in_a_partial_clone_nothing_is_fetched(repository, tmp_path):
    repository.commit("first", **MOVED)
    repository.git("mv", "src/api", "src/payments")
    repository.commit("second")
    repository.git("config", "uploadpack.allowFilter", "true")
    url = repository.root.as_uri()
    repository.git(
        "clone", "-q", "--no-checkout", "--filter=blob:none", url, str(tmp_path / "part")
    )
    before = sorted((tmp_path / "part").rglob("*"))
    log = CommitLog(Repository(tmp_path / "part"), ["HEAD"])

    read = list(log)

    assert read[0].changes == [FileChange("R", "src/payments/pay.py", "src/api/pay.py")]
    assert log.problems == []
    assert sorted((tmp_path / "part").rglob("*")) == before
