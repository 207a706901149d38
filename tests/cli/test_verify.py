"""What `verify` prints, and what bears on a memory elsewhere."""

from __future__ import annotations

import json
import subprocess

import pytest

from cli.printing.verified import STALE_CODE, VERIFIED_FIELDS
from memory.views.json_fields import MEMORY_FIELDS, STANDING_FIELDS
from tests.shop import MEMORY

pytestmark = pytest.mark.slow


def git(root, *arguments: str) -> None:
    who = ["-c", "user.name=Dana", "-c", "user.email=dana@example.com"]
    subprocess.run(["git", "-C", root, *who, *arguments], check=True, capture_output=True)


@pytest.fixture
def stale_shop(shop, run):
    """A decision names two files; one of them is deleted, not committed yet."""
    log = shop / MEMORY / "context" / "decisions.md"
    said = "Quorum queues in `src/queue/consumer.py`, settled in `src/queue/relay.py`,"
    log.write_text(log.read_text().replace("Quorum queues,", said))
    (shop / "src/queue").mkdir(parents=True)
    for name in ("consumer", "relay"):
        (shop / f"src/queue/{name}.py").write_text(f"def {name}():\n    pass\n")
    git(shop, "init", "-q")
    git(shop, "add", "src", ".claude")
    git(shop, "commit", "-qm", "One")
    assert run("index").exit_code == 0
    (shop / "src/queue/consumer.py").unlink()
    return shop


def test_what_is_gone_is_listed_with_why_and_ends_with_the_totals(stale_shop, answer):
    said = answer("verify")

    assert "1 memory that names something at " in said
    assert "Move background jobs to RabbitMQ\n" in said
    assert "gone: src/queue/consumer.py: deleted in the worktree, not committed" in said
    assert "relay.py" not in said
    assert said.rstrip().endswith("1 gone.")


def test_a_program_gets_an_object_for_each(stale_shop, answer):
    lines = [json.loads(line) for line in answer("verify", "--all", "--json").splitlines()]

    stale = [line for line in lines if line["found"] == "stale"]
    assert [line["title"] for line in stale] == ["Move background jobs to RabbitMQ"]
    assert set(stale[0]) == set(MEMORY_FIELDS) | set(STANDING_FIELDS) | set(VERIFIED_FIELDS)
    verdicts = {one["name"]: one["verdict"] for one in stale[0]["freshness"]["anchors"]}
    assert verdicts == {"src/queue/consumer.py": "gone", "src/queue/relay.py": "fresh"}


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ([], 0),
        (["--fail-on", "gone"], STALE_CODE),
        (["--fail-on", "moved"], STALE_CODE),
        (["--fail-on", "gone", "--module", "api"], 0),
        (["--fail-on", "gone", "--kind", "flag"], 0),
    ],
)
def test_a_build_may_fail_on_it(stale_shop, run, options, code):
    assert run("verify", *options).exit_code == code


def test_a_memory_that_names_nothing_is_nothing_to_verify(shop, answer):
    assert "No memory names a place of the codebase." in answer("verify")


def test_hits_and_pages_say_what_is_stale(stale_shop, answer, uid_of):
    answer("verify")

    hit = answer("search", "background jobs")
    page = answer("show", uid_of("RabbitMQ"))

    assert "gone: src/queue/consumer.py" in hit
    assert "names" in page
    assert "fresh: src/queue/relay.py" in page


def test_what_is_fresh_is_one_word(stale_shop, answer):
    git(stale_shop, "checkout", "src")
    answer("verify")

    hit = answer("search", "background jobs")

    assert " · fresh\n" in hit
    assert "consumer.py:" not in hit


def test_a_wide_list_has_a_word_for_it(stale_shop, answer, monkeypatch):
    answer("verify")
    monkeypatch.setenv("COLUMNS", "140")

    rows = answer("list", "--kind", "decision").splitlines()

    assert ["gone" in row.split() for row in rows if "RabbitMQ" in row] == [True]


def test_flags_past_their_day_and_unfinished_runs_wait_for_somebody(shop, answer, objects):
    answer("record", "flag", "--title", "Rotate the keys", "--body", "Soon.", "--due", "2026-01-01")
    answer("run", "start", "--task", "Split the queue", "--no-brief")

    said = answer("verify")
    found = {line["found"]: line for line in objects("verify")}

    assert "Flags past their day" in said
    assert "Rotate the keys was due on 2026-01-01" in said
    assert "Split the queue, begun " in said
    assert found["overdue"]["title"] == "Rotate the keys"
    assert found["unfinished"]["task"] == "Split the queue"


def test_numbers_that_two_records_share_are_told_with_what_names_them_in_vain(shop, run):
    folder = shop / "docs/adr"
    folder.mkdir(parents=True, exist_ok=True)
    for name, status in (
        ("0070-a", "Accepted"),
        ("0070-b", "Accepted"),
        ("0071-c", "Supersedes ADR-70"),
    ):
        text = f"# {name[:4]}. {name} is what we do\n\n## Status\n\n{status}\n"
        (folder / f"{name}.md").write_text(text)
    run("index")

    told = run("verify").stderr

    assert "docs/adr/0070-a.md:1: number 70 is also that of 0070-b.md" in told
    assert "docs/adr/0071-c.md:5: ADR-70" in told
