from __future__ import annotations

import json
import subprocess
from datetime import UTC, datetime

import pytest

from indexer.project import default_author
from memory.views.json_fields import MEMORY_FIELDS, RECORDED_FIELDS, STANDING_FIELDS
from tests.shop import MEMORY

SAID = {
    "decision": ["--title", "Queue webhooks", "--decision", "Quorum queues."],
    "refactoring": ["--title", "Move checks", "--moved", "token checks", "handlers", "auth"],
    "baseline": ["--metric", "checkout_p95", "--value", "430", "--unit", "ms"],
    "flag": ["--title", "Refunds need a scope", "--receiver", "auth", "--blocking"],
    "note": ["--title", "Northgate is late", "--body", "On Mondays.", "--module", "payments"],
    "lesson": ["--title", "Retry with jitter", "--form", "pattern", "--issue", "Herds."],
}


def details(objects, uid: str) -> dict:
    (shown,) = objects("show", uid)
    return shown["details"]


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "options"), SAID.items())
def test_every_kind_can_be_recorded_and_says_where_it_stands(answer, objects, shop, kind, options):
    said = answer("record", kind, *options)

    first = said.partition("\n")[0]
    recorded, uid, place = first.removesuffix(".").replace(" in ", " ").split(" ")
    path, line = place.rsplit(":", 1)
    (shown,) = objects("show", uid)
    assert recorded == "Recorded"
    assert (shown["path"], shown["lines"][0]) == (path, int(line))
    assert uid in (shop / path).read_text()
    assert shown["kind"] == kind


@pytest.mark.slow
def test_what_was_recorded_is_found_at_once(answer, shop):
    answer("record", *["lesson", *SAID["lesson"]])

    assert "Retry with jitter" in answer("search", "retry jitter").splitlines()[0]


@pytest.mark.slow
def test_recording_the_same_again_changes_nothing(objects, answer, shop):
    (first,) = objects("record", "flag", *SAID["flag"])
    (second,) = objects("record", "flag", *SAID["flag"])

    assert (first["is_new"], second["is_new"]) == (True, False)
    assert first["uid"] == second["uid"]
    assert answer("record", "flag", *SAID["flag"]).startswith(f"Known already: {first['uid']} in ")


@pytest.mark.slow
def test_as_json_it_has_the_documented_fields(objects, shop):
    (line,) = objects("record", "decision", *SAID["decision"])

    assert set(line) == set(MEMORY_FIELDS) | set(STANDING_FIELDS) | set(RECORDED_FIELDS)


@pytest.mark.slow
def test_fields_have_the_types_of_their_model(objects, shop):
    (flag,) = objects("record", "flag", *SAID["flag"], "--due", "2026-12-01", "--severity", "high")
    (move,) = objects("record", "refactoring", *SAID["refactoring"])
    (baseline,) = objects("record", "baseline", *SAID["baseline"], "--n", "12", "--better", "lower")

    said = details(objects, flag["uid"])
    assert (said["due"], said["blocking"], said["receivers"]) == (
        "2026-12-01T00:00:00Z",
        True,
        ["auth"],
    )
    assert details(objects, move["uid"])["moved"] == [
        {"what": "token checks", "origin": "handlers", "destination": "auth"}
    ]
    said = details(objects, baseline["uid"])
    assert (said["value"], said["n"], said["better"]) == (430.0, 12, "lower")


def test_a_measurement_needs_no_title(objects, shop):
    (line,) = objects("record", "baseline", *SAID["baseline"])

    assert line["title"] == "checkout_p95: 430 ms"


def test_what_is_not_said_is_usual(objects, shop):
    (line,) = objects("record", "decision", *SAID["decision"])

    assert line["status"] == "accepted"
    assert line["valid_from"] == f"{datetime.now(UTC):%Y-%m-%d}T00:00:00Z"


@pytest.mark.parametrize(
    ("date", "stored"),
    [("2024-05-14", "2024-05-14T00:00:00Z"), ("2024-05-14T11:30+02:00", "2024-05-14T09:30:00Z")],
)
def test_a_date_is_a_day_or_a_moment(objects, shop, date, stored):
    (line,) = objects("record", "decision", *SAID["decision"], "--date", date)

    assert line["valid_from"] == stored


@pytest.mark.slow
def test_a_new_decision_supersedes_an_old_one(answer, objects, shop, uid_of):
    old = uid_of("RabbitMQ")

    (new,) = objects("record", "decision", *SAID["decision"], "--supersedes", old[:8])

    assert new["replaces"] == [old]
    (shown,) = objects("show", old)
    assert (shown["status"], shown["replaced_by"]) == ("superseded", [new["uid"]])


def test_a_relation_to_nothing_records_nothing(run, objects, shop):
    result = run("record", "decision", *SAID["decision"], "--amends", "dec-nope")

    assert result.exit_code == 1
    assert "No memory 'dec-nope'" in result.stderr
    assert len(objects("list")) == 5


def test_fields_can_come_as_json_on_stdin(objects, shop):
    said = {"title": "Use jitter", "form": "antipattern", "issues": ["Herds."], "tags": ["retry"]}

    (line,) = objects("record", "lesson", "--from", "-", stdin=json.dumps(said))

    assert line["tags"] == ["retry"]
    assert details(objects, line["uid"])["issues"] == ["Herds."]


@pytest.mark.slow
def test_details_may_stand_in_an_object_of_their_own_and_options_have_precedence(
    objects, shop, tmp_path
):
    file = tmp_path / "flag.json"
    said = {"title": "One", "kind": "flag", "details": {"severity": "low", "due": "2026-12-01"}}
    file.write_text(json.dumps(said))

    (line,) = objects("record", "flag", "--from", str(file), "--title", "Two")

    assert line["title"] == "Two"
    assert details(objects, line["uid"])["due"] == "2026-12-01T00:00:00Z"


@pytest.mark.parametrize(
    ("stdin", "reason"),
    [
        ('{"title": ', "<stdin> is not JSON: Expecting value, line 1 column 11."),
        ("[1]", "<stdin> should hold one JSON object."),
        ("[" * 100_000, "<stdin> is nested too deeply."),
        ('{"title": "x", "colour": "red"}', "A flag has no field 'colour'."),
        ('{"title": "x", "kind": "note"}', "This is a note, not a flag."),
        ('{"title": "x", "details": 3}', "details: should be an object."),
        ('{"title": "x", "severity": "awful"}', "severity: Input should be 'critical'"),
        ('{"title": "x", "due": "soon"}', "due: 'soon' is no date; give a day such as"),
        ('{"title": "x", "due": 5}', "due: "),
        ('{"title": "x", "tags": "one"}', "tags: Input should be a valid tuple."),
        ('{"title": "\\ud800"}', "title: "),
        ('{"severity": "high"}', "A flag needs a title."),
        ("{}", "A flag needs a title."),
    ],
)
def test_what_cannot_be_recorded_is_one_clear_line(run, objects, shop, stdin, reason):
    result = run("record", "flag", "--from", "-", stdin=stdin)

    assert result.exit_code == 1
    assert result.stderr.startswith(f"Error: {reason}")
    assert result.stderr.endswith("`archmem record --help` lists what each kind takes.\n")
    assert result.stderr.count("\n") == 1
    assert len(objects("list")) == 5


def test_a_file_that_is_not_utf_8_is_named(run, shop, tmp_path):
    file = tmp_path / "flag.json"
    file.write_bytes(b'{"title": "\xff"}')

    result = run("record", "flag", "--from", str(file))

    assert f"{file} is not UTF-8." in result.stderr


def test_a_wrong_choice_is_wrong_usage(run, shop):
    assert run("record", "flag", "--title", "x", "--severity", "awful").exit_code == 2


def test_a_file_that_cannot_be_written_leaves_the_record_pending(run, objects, shop):
    (shop / MEMORY / "flags" / "pending.json").write_text('{"flags": [')

    result = run("record", "flag", *SAID["flag"])

    assert result.exit_code == 0
    uid = result.stdout.removeprefix("Recorded ").removesuffix(".\n")
    assert result.stderr.startswith("It is not in the project's files yet: ")
    assert f"{MEMORY}/flags/pending.json" in result.stderr
    assert objects("show", uid)[0]["pending_file"] is True


def test_without_a_memory_nothing_is_recorded(run, new_shop):
    result = run("record", "flag", *SAID["flag"])

    assert result.exit_code == 1
    assert "Run `archmem index` there first." in result.stderr


def test_the_author_is_who_one_says(objects, shop):
    (line,) = objects("record", "flag", *SAID["flag"], "--author", "agent:payments")

    assert (line["author"], line["trust"]) == ("agent:payments", "agent")


def test_the_author_is_otherwise_whom_git_knows(tmp_path):
    for command in (["init", "-q"], ["config", "user.name", "Dana"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)

    assert default_author(tmp_path) == "human:Dana"


def test_without_git_the_author_is_the_login(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("LOGNAME", "dana")

    assert default_author(tmp_path) == "human:dana"


def test_a_login_without_a_name_is_unknown(tmp_path, monkeypatch):
    def nobody():
        raise KeyError("getpwuid(): uid not found: 1234")

    monkeypatch.setattr("getpass.getuser", nobody)

    assert default_author(tmp_path) == "human:unknown"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["decision", "--title", "x", "--date", "2026-05-01", "--until", "2026-04-01"], "valid_to"),
        (["baseline", "--metric", "m"], "A baseline needs what was measured"),
        (["note", "--title", "x", "--module", "../../../etc"], "no name of a module"),
        (["note", "--title", "x", "--module", "/etc"], "no name of a module"),
        (["note", "--title", "x", "--module", "a\nb"], "no name of a module"),
    ],
)
def test_what_contradicts_itself_or_leads_out_is_refused(shop, run, options, said):
    before = sorted(file for file in shop.rglob("*.md"))

    result = run("record", *options)

    assert result.exit_code == 1
    assert said in result.stderr
    assert sorted(file for file in shop.rglob("*.md")) == before
