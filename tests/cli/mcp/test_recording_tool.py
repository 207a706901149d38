from __future__ import annotations

import pytest

SAID = {
    "decision": {"title": "Queue webhooks", "details": {"decision": "Quorum queues."}},
    "refactoring": {
        "title": "Move checks",
        "details": {"moved": [{"what": "checks", "origin": "handlers", "destination": "auth"}]},
    },
    "baseline": {"details": {"metric": "checkout_p95", "value": 430, "unit": "ms"}},
    "flag": {"title": "Refunds need a scope", "details": {"receivers": ["auth"], "blocking": True}},
    "note": {"title": "Northgate is late", "body": "On Mondays.", "modules": ["payments"]},
    "lesson": {"title": "Retry with jitter", "details": {"form": "pattern", "issues": ["Herds."]}},
}


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "said"), SAID.items())
def test_every_kind_can_be_recorded_and_is_found_at_once(told, root, kind, said):
    kept = told("memory_record", kind=kind, author="payments-agent", **said)

    assert kept["is_new"] is True
    assert kept["uid"] in (root / kept["path"]).read_text()
    words = said.get("title", "checkout_p95")
    first = told("memory_search", question=words)["hits"][0]
    assert (first["uid"], first["kind"], first["trust"]) == (kept["uid"], kind, "agent")
    assert told("memory_get", uid=kept["uid"])["author"] == "agent:payments-agent"


@pytest.mark.slow
def test_recording_the_same_again_changes_nothing(told, text):
    first = told("memory_record", kind="flag", author="a", **SAID["flag"])
    second = told("memory_record", kind="flag", author="agent:a", **SAID["flag"])

    assert second == first | {"is_new": False}
    assert text("memory_record", kind="flag", author="a", **SAID["flag"]).startswith(
        "Known already"
    )


@pytest.mark.slow
def test_a_new_decision_supersedes_an_old_one(told, uid_of):
    old = uid_of("RabbitMQ")

    new = told("memory_record", kind="decision", author="a", supersedes=[old], **SAID["decision"])

    shown = told("memory_get", uid=old)
    assert (shown["status"], shown["in_force"]) == ("superseded", False)
    assert shown["replaced_by"][0].startswith(new["uid"])


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"title": "x", "details": {"colour": "red"}}, "A flag has no field 'colour'."),
        ({"title": "x", "details": {"severity": "awful"}}, "severity: Input should be 'critical'"),
        ({"title": "x", "details": {"due": "soon"}}, "due: 'soon' is no date; give a day such as"),
        ({}, "A flag needs a title."),
    ],
)
def test_what_cannot_be_recorded_is_one_line_that_says_what_is_accepted(
    refused, told, arguments, reason
):
    said = refused("memory_record", kind="flag", author="a", **arguments)

    assert said.startswith(reason)
    assert "Nothing was recorded. Details of a flag: " in said
    assert "severity(critical|high|medium|low)" in said
    assert "\n" not in said
    assert told("memory_status")["memories"]["flag"] == {"open": 1}


def test_a_relation_to_nothing_records_nothing(refused, told):
    said = refused("memory_record", kind="decision", author="a", amends=["dec-x"], title="x")

    assert said == "No memory 'dec-x'. memory_search finds uids."
    assert told("memory_status")["memories"]["decision"] == {"accepted": 2, "superseded": 1}


@pytest.mark.slow
def test_a_record_that_no_file_holds_yet_says_so(told, text, root):
    (root / ".claude/memory/flags/pending.json").write_text('{"flags": [')

    kept = told("memory_record", kind="flag", author="a", **SAID["flag"])

    assert "path" not in kept
    assert "pending.json" in kept["pending"]
    said = text("memory_record", kind="flag", author="a", title="Another")
    assert "safe, but not in the project's files yet" in said
