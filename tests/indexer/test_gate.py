"""Whichever way a credential comes, it stays outside the memory, and that is told."""

import subprocess
from pathlib import Path

import pytest

from benchmarks.credential_families import ALNUM, Maker
from indexer.project import open_project
from memory.errors import FileNotWritable
from memory.keeping.backups import restore
from memory.kinds.vocabulary import Status
from tests.builders import a_decision
from tests.shop import write_shop

pytestmark = pytest.mark.slow

SECRET = "ghp" + "_" + Maker(3).of(ALNUM, 36)


@pytest.fixture
def root(tmp_path, word_model):
    folder = tmp_path / "shop"
    write_shop(folder)
    return folder


def opened(root):
    return open_project(root, environment={})


def holding(root) -> list[str]:
    """The files of the store that hold the secret."""
    return [
        path.name
        for path in (root / ".archmem").rglob("*")
        if path.is_file() and SECRET.encode() in path.read_bytes()
    ]


def write_record(root, said: str) -> str:
    path = "docs/adr/0042-a-token.md"
    text = f"# 42. A token\n\nStatus: Accepted\n\n## Decision\n\nWe use a token.\n{said}\n"
    (root / "docs/adr").mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text)
    return path


@pytest.mark.parametrize("more", ["", f"\n{'Words of a long record. ' * 12_000}"], ids=len)
def test_a_file_is_told_with_its_line_and_stays_as_it_is(root, more):
    path = write_record(root, f"The token is {SECRET}.{more}")
    with opened(root) as memory:
        told = [line for line in memory.index().problems if line.startswith(f"{path}:8: ")]
        body = memory.show("42").memory.revision.draft.body

    assert len(told) == 1
    assert "github-pat" in told[0]
    assert SECRET not in "".join(told)
    assert "The token is ‹redacted github-pat›." in body
    assert SECRET in (root / path).read_text()
    assert holding(root) == []


def test_it_is_told_until_it_is_gone_and_nothing_is_revised_meanwhile(root):
    path = write_record(root, f"The token is {SECRET}.")
    with opened(root) as memory:
        memory.index()
        again = memory.index()
        assert any(line.startswith(path) for line in again.problems)
        assert not again.revised
        write_record(root, "The token is in the vault.")
        assert not any(line.startswith(path) for line in memory.index().problems)


def test_one_is_let_in_by_its_hash_from_then_on(root):
    path = write_record(root, f"The token is {SECRET}.")
    with opened(root) as memory:
        line = next(line for line in memory.index().problems if line.startswith(path))
        hash_ = line.rpartition("--allow-secret ")[2].strip("`")
        assert not any(one.startswith(path) for one in memory.index(allow_secrets=[hash_]).problems)
        assert SECRET in memory.search("a token").hits[0].memory.revision.draft.body
        assert (
            SECRET
            in memory.show(
                memory.record(a_decision(body=f"It is {SECRET}."), author="human:dana").uid
            ).memory.revision.draft.body
        )


def test_a_record_says_it_neither_in_the_ledger_nor_in_its_file(root):
    with opened(root) as memory:
        draft = a_decision(
            title="Rotate it", body=f"The old one is {SECRET}.", extra={"password": "Hunter!2222"}
        )
        recorded = memory.record(draft, author="agent:ops")
        shown = memory.show(recorded.uid).memory
        assert len(recorded.withheld) == 2
        assert SECRET not in "".join(recorded.withheld)
        assert "‹redacted github-pat›" in shown.revision.draft.body
        assert shown.revision.draft.extra == {"password": "‹redacted password›"}
        text = (root / shown.path).read_text()
        assert not memory.index().revised
    assert SECRET not in text
    assert "Hunter!2222" not in text
    assert holding(root) == []


def test_an_amendment_says_it_no_more_than_a_record_does(root):
    with opened(root) as memory:
        uid = memory.record(a_decision(title="Rotate it"), author="human:dana").uid
        memory.correct(uid, {"body": f"The old one is {SECRET}."}, author="human:dana")
        assert SECRET not in memory.show(uid).memory.revision.draft.body
    assert holding(root) == []


def test_what_stands_in_a_file_of_people_stays_there_when_its_status_changes(root):
    path = write_record(root, f"The token is {SECRET}.")
    with opened(root) as memory:
        memory.index()
        memory_ = memory.search("a token").hits[0].memory
        draft = memory_.revision.draft
        details = draft.details.model_copy(update={"status": Status.DEPRECATED})
        memory.amend(memory_.uid, draft.model_copy(update={"details": details}))
        assert memory.show(memory_.uid).memory.revision.draft.status is Status.DEPRECATED
        assert not memory.index().revised
    assert SECRET in (root / path).read_text()
    assert holding(root) == []


def test_an_entry_of_our_own_in_which_somebody_wrote_one_is_not_written_over(root):
    with opened(root) as memory:
        recorded = memory.record(a_decision(title="Rotate it", body="Monthly."), author="human:d")
        file = root / recorded.path
        file.write_text(file.read_text().replace("Monthly.", f"Monthly: {SECRET}"))
        memory.index()
        before = file.read_text()
        with pytest.raises(FileNotWritable, match="credential"):
            memory.correct(recorded.uid, {"title": "Rotate it soon"})
    assert file.read_text() == before


def git(root, *arguments):
    subprocess.run(
        ["git", "-c", "user.name=Dana", "-c", "user.email=dana@example.org", *arguments],
        cwd=root,
        check=True,
        capture_output=True,
    )


def test_history_and_what_it_tells_say_it_no_more_than_files_do(root):
    git(root, "init", "-q")
    write_record(root, f"The token is {SECRET}.")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "Start")
    write_record(root, "The token is in the vault.")
    (root / "vault.py").write_text("def read_token():\n    return None\n")
    git(root, "add", "-A")
    git(root, "commit", "-qm", f"refactor: read the token from a vault\n\nIt was {SECRET}.")
    with opened(root) as memory:
        report = memory.index(history=True)
        memory.harvest()
        assert memory.search("a token").hits
    assert holding(root) == []
    assert any("github-pat" in one for one in report.history.problems)


def test_runs_and_lessons_say_it_nowhere(root):
    with opened(root) as memory:
        begun = memory.run_start(f"Rotate {SECRET}", with_brief=False)
        result = {"success": True, "approach": f"put {SECRET} away", "lessons": [f"{SECRET} leaks"]}
        finished = memory.run_finish(begun.uid, result)
        learned = memory.learn({"success": False, "approach": "x", "issues": [f"lost {SECRET}"]})
        told = (begun.withheld, finished.withheld, learned.withheld)
    assert [len(one) for one in told] == [1, 1, 1]
    assert holding(root) == []
    assert not any(SECRET in path.read_text() for path in (root / ".claude").rglob("*.md"))


@pytest.fixture
def before(root, monkeypatch):
    """A project whose memory was kept before credentials were left out."""
    with monkeypatch.context() as patched, opened(root) as memory:
        patched.setattr("memory.credentials.gate.find_credentials", lambda text: ())
        write_record(root, f"The token is {SECRET}.")
        memory.index()
        memory.record(a_decision(title="Rotate it", extra={"password": "Hunter!2222"}))
        write_record(root, "The token is in the vault.")
        memory.index()
    assert "memory.db" in holding(root)
    return root


def test_what_was_kept_before_is_told_and_can_be_erased(before):
    with opened(before) as memory:
        assert "credentials" in {one.where for one in memory.doctor().findings}
        listed = memory.forget(secrets=True)
        assert not listed.erased
        assert any(one.where == "ledger, revisions" for one in listed.places)
        assert "memory.db" in holding(before)

        assert memory.forget(secrets=True, yes=True, author="human:dana").erased
        assert not memory.doctor().findings
        history = memory.history(memory.search("a token").hits[0].memory.uid)
        assert "‹redacted github-pat›" in history.revisions[0].draft.body
        left = memory.forget(secrets=True).places
        assert [one.where for one in left] == ["file"]
        assert not any("taken in again" in one for one in memory.forget(secrets=True).left)
        assert not memory.index().revised
    assert holding(before) == []


def test_a_memory_that_is_taken_in_whole_comes_without(before, tmp_path, word_model):
    write_shop(tmp_path / "other")
    with opened(before) as memory:
        memory.export(str(tmp_path / "all.jsonl"))
        backup = Path(memory.backup().file)
    with opened(tmp_path / "other") as memory:
        assert memory.import_(str(tmp_path / "all.jsonl")).withheld
        assert not [one for one in memory.doctor().findings if one.where == "credentials"]
    assert holding(tmp_path / "other") == []

    (tmp_path / "third/.archmem").mkdir(parents=True)
    assert restore(backup, tmp_path / "third/.archmem/memory.db").withheld
    assert holding(tmp_path / "third") == []


def test_lint_names_the_file_and_the_line(root):
    path = write_record(root, f"The token is {SECRET}.")
    with opened(root) as memory:
        memory.index()
        (fault,) = [one for one in memory.lint() if one.rule == "credential"]
    assert (fault.path, fault.line) == (path, 8)
    assert fault.uid
    assert SECRET not in fault.what


def test_a_link_to_a_commit_is_no_credential_when_it_is_a_name(tmp_path, word_model):
    page = tmp_path / "project" / "docs/adr/0001-keep-history.md"
    page.parent.mkdir(parents=True)
    link = (
        "https://github.com/shop/shop/blob/481f4cb2af21918d115fe542601a101db622f9b5/docs/adr/9-x.md"
    )
    page.write_text(f"# 1. Keep history\n\n## Status\n\nAccepted\n\nSupersedes [it]({link}).\n")
    with open_project(tmp_path / "project", store=tmp_path / "store") as memory:
        memory.index()
        assert not memory.forget(secrets=True).places
