"""`--as-of` with a revision, as people use it."""

from __future__ import annotations

import pytest

from cli.engine.building import engine_parts
from cli.engine.calls import Address
from cli.engine.lifetime import Lifetime
from memory.errors import UnknownCommit
from tests.indexer.history.conftest import run_git

TITLE = "Limit request rates with token buckets"


@pytest.fixture
def repository(shop):
    """The shop as a repository: first as it is, then without token buckets."""
    run_git(shop, "init", "-q", "-b", "main")
    (shop / ".gitignore").write_text(".archmem\n")
    run_git(shop, "add", "-A")
    run_git(shop, "commit", "-q", "-m", "Begin")
    log = shop / ".claude/memory/context/decisions.md"
    log.write_text(log.read_text().partition("## 2026-02-16")[0])
    run_git(shop, "commit", "-q", "-a", "-m", "Drop a decision")
    run_git(shop, "tag", "v2")
    return shop


@pytest.mark.slow
def test_a_revision_shows_what_the_files_of_that_commit_said(repository, answer, run):
    answer("index")

    assert TITLE not in answer("list")
    assert TITLE in answer("list", "--as-of", "HEAD~1")
    assert TITLE in answer("search", "request rates", "--as-of", "v2~1")
    assert TITLE in answer("timeline", "api", "--as-of", "main~1")
    assert TITLE not in answer("list", "--as-of", "v2")
    uid = answer("list", "--as-of", "HEAD~1", "--json").split('"uid": "')[1].split('"')[0]
    assert answer("show", uid, "--as-of", "HEAD~1")


@pytest.mark.slow
def test_a_date_stays_a_date(repository, answer):
    answer("index")
    run_git(repository, "tag", "2026-01-31", "HEAD~1")

    assert TITLE not in answer("list", "--as-of", "2026-01-31")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--as-of", "nowhere"], 1, "'nowhere' is no commit: git knows none of this name here."),
        (["--as-of", "HEAD", "--known-at", "2024-01-01"], 2, "--known-at goes with a date"),
        (["--as-of", " "], 2, "is neither a date nor a commit; give a day such as 2024-05-14"),
    ],
)
def test_what_is_neither_is_one_clear_line(repository, run, arguments, code, said):
    result = run("list", *arguments)

    assert (result.exit_code, result.stdout) == (code, "")
    assert said in " ".join(result.stderr.split())


@pytest.mark.slow
def test_by_the_engine_head_is_that_of_whoever_asks(repository, tmp_path):
    linked = tmp_path / "linked"
    run_git(repository, "worktree", "add", "-q", "--detach", str(linked), "HEAD~1")
    wanted = {"selection": {"kinds": ["decision"], "lens": {"commit": "HEAD"}}}

    with engine_parts(
        Lifetime(idle_seconds=60), about={}, by="a test", state=tmp_path / "known.json"
    ) as engine:

        def titles(root) -> list[str]:
            listed = engine.call("list", Address(project=root), wanted)
            return [one.memory.title for one in listed]

        assert TITLE not in titles(repository)
        assert TITLE in titles(linked)
        with pytest.raises(UnknownCommit):
            engine.call("list", Address(project=linked), {"selection": {"lens": {"commit": "x"}}})


@pytest.mark.slow
def test_what_has_no_date_is_not_shown_as_of_a_day_in_silence(run, new_shop):
    folder = new_shop / "docs" / "adr"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "0900-undated.md").write_text("# 900. Undated\n\n## Status\n\nAccepted\n\nAlways.\n")
    assert run("index").exit_code == 0

    asked = ("list", "--kind", "decision", "--as-of", "2024-06-01")
    told = run(*asked)

    assert "Undated" in told.stdout
    assert told.stderr == "Without a date, shown as if it had always held: 1 of these\n"
    assert run("list", "--kind", "decision").stderr == ""
