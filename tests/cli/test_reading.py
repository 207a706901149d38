"""What `show`, `history`, `list`, `timeline` and `status` print."""

from __future__ import annotations

import re

import pytest

from memory.views.json_fields import (
    EVENT_FIELDS,
    MEMORY_FIELDS,
    REVISION_FIELDS,
    SHOWN_FIELDS,
    STANDING_FIELDS,
)
from tests.shop import MEMORY


def revise(shop, run, old: str, new: str) -> None:
    file = shop / MEMORY / "context" / "decisions.md"
    file.write_text(file.read_text().replace(old, new))
    assert run("index").exit_code == 0


def test_a_page_has_everything(answer, shop, uid_of):
    page = answer("show", uid_of("RabbitMQ"))

    for words in (
        "Move background jobs to RabbitMQ\n",
        "decision · in force · dated 2026-01-12 · dec-",
        f"{MEMORY}/context/decisions.md:",
        "replaces “Use Redis lists as the job queue”",
        "modules   queue",
        "author    indexer",
        "trust     team",
        "revision  1 of 1 recorded here",
        "→ supersedes  “Use Redis lists as the job queue”",
        "Quorum queues, acknowledged after the job is done.",
    ):
        assert words in page


def test_a_page_has_the_fields_that_its_text_does_not_say(answer, shop, uid_of):
    page = answer("show", uid_of("queue_throughput"))

    assert "metric      queue_throughput\n" in page
    assert "value       740\n" in page
    assert "better      higher\n" in page


def test_the_text_is_laid_out_on_a_terminal(answer, shop, uid_of, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")

    assert "**Decision:**" not in answer("show", uid_of("RabbitMQ"))


def test_a_page_as_json_has_the_documented_fields(objects, shop, uid_of):
    (page,) = objects("show", uid_of("RabbitMQ"))

    assert set(page) == set(MEMORY_FIELDS) | set(STANDING_FIELDS) | set(SHOWN_FIELDS)
    assert page["details"]["alternatives"] == ["A jobs table in Postgres", "Streams in Redis"]
    assert [(link["type"], link["direction"]) for link in page["links"]] == [("supersedes", "out")]


def test_the_beginning_of_a_uid_is_enough(objects, shop, uid_of):
    uid = uid_of("queue_throughput")

    assert objects("show", "bas")[0]["uid"] == uid


@pytest.mark.parametrize("command", ["show", "history", "related"])
def test_a_uid_that_fits_nothing_or_several_is_named(run, shop, command):
    unknown, ambiguous = run(command, "dec-zzzz"), run(command, "dec-")

    assert (unknown.exit_code, ambiguous.exit_code) == (1, 1)
    assert unknown.stderr == (
        "Error: No memory 'dec-zzzz'. `archmem list` and `archmem search` print uids.\n"
    )
    assert ambiguous.stderr.startswith("Error: 'dec-' could be any of dec-")
    assert ambiguous.stderr.endswith("Give more of it.\n")


@pytest.mark.slow
def test_history_shows_what_changed(run, answer, shop, uid_of):
    uid = uid_of("token buckets")
    revise(shop, run, "A token bucket per merchant.", "A token bucket per merchant and route.")
    revise(shop, run, "**Modules:** api", "**Modules:** api, auth")

    told = answer("history", uid)

    assert "3 revisions" in told
    assert "-**Decision:** A token bucket per merchant." in told
    assert "+**Decision:** A token bucket per merchant and route." in told
    assert "modules: + auth" in told


@pytest.mark.slow
def test_history_tells_of_a_removal_and_a_return(run, answer, shop, uid_of):
    uid = uid_of("token buckets")
    text = (shop / MEMORY / "context" / "decisions.md").read_text()
    revise(shop, run, text[text.index("## 2026-02-16") :], "")
    (shop / MEMORY / "context" / "decisions.md").write_text(text)
    assert run("index").exit_code == 0

    told = answer("history", uid)

    assert "removed: its source no longer says it" in told
    assert "back again" in told


@pytest.mark.slow
def test_history_as_json_has_a_line_for_each_revision(run, objects, shop, uid_of):
    uid = uid_of("token buckets")
    revise(shop, run, "**Modules:** api", "**Modules:** api, auth")

    first, second = objects("history", uid)

    assert set(first) == set(second) == set(REVISION_FIELDS)
    assert first["changed"] == []
    assert set(second["changed"]) == {"body", "modules"}


def test_list_is_a_row_a_line_with_whole_titles_for_a_pipe(answer, shop):
    lines = answer("list").splitlines()

    assert lines[0].split() == ["Date", "Uid", "Kind", "Status", "Path", "Title"]
    assert max(map(len, lines)) < 160, "no wider than what it says"
    assert len(lines) == 6
    assert all(line == line.rstrip() for line in lines)
    assert "A revoked token keeps working for thirty seconds" in lines[1]


@pytest.mark.parametrize(("columns", "has_kind"), [(80, False), (120, True), (200, True)])
def test_list_fits_the_terminal(answer, shop, monkeypatch, columns, has_kind):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = [re.sub(r"\x1b\[[\d;]*m", "", line) for line in answer("list").splitlines()]

    assert all(len(line) <= columns for line in lines)
    assert ("Kind" in lines[0]) is has_kind


def test_list_takes_all_filters(objects, shop):
    def titles(*filters: str) -> list[str]:
        return [one["title"] for one in objects("list", *filters)]

    assert len(titles("--kind", "decision", "--kind", "flag")) == 4
    assert titles("--module", "api") == ["Limit request rates with token buckets"]
    assert titles("--status", "open") == ["A revoked token keeps working for thirty seconds"]
    assert titles("--tag", "none such") == []
    assert titles("--as-of", "2024-02-05", "--kind", "decision") == [
        "Use Redis lists as the job queue"
    ]
    assert len(titles("--limit", "2")) == 2


def test_list_says_when_there_is_nothing(run, shop):
    result = run("list", "--agent", "nobody")

    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "Nothing like that is known.\n"


def test_a_limit_is_at_least_one(run, shop):
    assert run("list", "--limit", "0").exit_code == 2


def test_a_timeline_tells_beginnings_and_ends_in_order(answer, shop):
    events = [line.split()[:3] for line in answer("timeline", "queue").splitlines()[1:]]

    assert [date for date, _, _ in events] == sorted(date for date, _, _ in events)
    assert {(date, what) for date, _, what in events} == {
        ("2024-02-05", "decided"),
        ("2024-10-07", "measured"),
        ("2026-01-12", "superseded"),
        ("2026-01-12", "decided"),
    }


def test_a_timeline_as_json_has_the_documented_fields(objects, shop):
    for event in objects("timeline", "queue"):
        assert set(event) == set(EVENT_FIELDS)


def test_a_timeline_of_nothing_says_so(run, shop):
    result = run("timeline", "no\x1bsuch")

    assert (result.exit_code, result.stdout) == (0, "")
    assert "Nothing is known of a module" in result.stderr
    assert "\x1b" not in result.stderr


@pytest.mark.slow
def test_what_has_a_month_alone_stands_where_the_month_begins(objects, run, shop):
    months = {"1": "2025-07", "2": "2025-11", "3": "2025-03", "4": "2025-09-02"}
    folder = shop / "docs" / "adr"
    folder.mkdir(parents=True, exist_ok=True)
    for name, month in months.items():
        text = (
            f"# Queue as {name}\n\nDate: {month}\n\n## Status\n\nAccepted\n\nThe queue is {name}.\n"
        )
        (folder / f"000{name}-queue.md").write_text(text)
    assert run("index").exit_code == 0
    listed = [one["title"][-1] for one in objects("list") if one["title"].startswith("Queue as ")]
    told = [one["title"][-1] for one in objects("timeline", "queue") if "Queue as" in one["title"]]

    assert listed == ["2", "4", "1", "3"]
    assert told == listed[::-1]


def test_a_timeline_of_no_module_is_refused(run, shop):
    result = run("timeline", " ")

    assert (result.exit_code, result.stdout) == (1, "")
    assert "no module is named" in result.stderr


def test_status_counts_by_kind_and_state(answer, shop):
    answer("index")  # whose memory is a copy of one that may be minutes old
    text = answer("status")

    assert f"Memory      {shop}/.archmem\n" in text
    assert ", just now" in text
    assert "words@1/fp32" in text
    assert "all embedded" in text
    assert "decision           3  2 accepted, 1 superseded\n" in text


def test_status_as_json_is_one_object(objects, shop):
    (status,) = objects("status")

    assert status["memories"]["decision"] == {"accepted": 2, "superseded": 1}
    assert status["pending_embeddings"] == 0
    assert status["model"] == "words@1/fp32"


def test_status_of_an_empty_memory(run, answer, new_shop):
    run("init")

    text = answer("status")

    assert "Last index  never" in text
    assert "none yet: nothing has been embedded" in text


def test_status_repeats_the_problems_of_the_last_run(run, shop):
    (shop / MEMORY / "flags" / "pending.json").write_text('{"flags": [')
    run("index")

    result = run("status")

    assert "Problem: " in result.stderr
    assert f"{MEMORY}/flags/pending.json" in result.stderr


@pytest.mark.slow
def test_a_list_has_the_numbers_of_records_that_have_one(objects, answer, run, shop):
    folder = shop / "docs" / "adr"
    folder.mkdir(parents=True)
    (folder / "0013-keep-it.md").write_text(
        "# 13. Keep it\n\n## Status\n\nAccepted\n\nWe keep it.\n"
    )
    assert run("index").exit_code == 0

    assert "No." in answer("list").splitlines()[0].split()
    assert [one["number"] for one in objects("list") if one["title"] == "Keep it"] == [13]


@pytest.mark.slow
def test_how_a_record_and_its_successor_stand_is_told_in_words(answer, shop, run):
    records = {
        "0001-kafka": ("Queue with Kafka", "Superseded by 2"),
        "0002-rabbit": ("Queue with Rabbit", "Proposed"),
        "0003-redis": ("Cache in Redis", "Partly superseded by 4"),
        "0004-local": ("Cache sessions locally", "Accepted"),
    }
    folder = shop / "docs" / "adr"
    folder.mkdir(parents=True, exist_ok=True)
    for name, (title, status) in records.items():
        text = f"# {title}\n\n## Status\n\n{status}\n\n## Decision\n\n{title}.\n"
        (folder / f"{name}.md").write_text(text)
    assert run("index").exit_code == 0
    listed = answer("list", "--kind", "decision").splitlines()
    kafka, redis = (
        answer("show", next(word for word in line.split() if word.startswith("dec-")))
        for title in ("Queue with Kafka", "Cache in Redis")
        for line in listed
        if title in line
    )

    assert "superseded, successor proposed" in kafka
    assert "proposed instead “Queue with Rabbit”" in kafka
    assert "← superseded by  “Queue with Rabbit”" in kafka
    assert "in force, amended" in redis
    assert "amended by “Cache sessions locally”" in redis
