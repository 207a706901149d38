from __future__ import annotations

import json

import pytest

from cli.mcp.budget import BYTES_A_TOKEN
from cli.mcp.server import build_server
from memory.kinds.vocabulary import Kind
from tests.builders import copy_project
from tests.cli.conftest import use_word_model
from tests.cli.mcp.conftest import DirectCaller, call

QUESTION = "which queue do background jobs move to, Redis or RabbitMQ?"


def test_a_hit_says_what_it_is_where_it_stands_and_where_it_is_from(told, uid_of):
    first = told("memory_search", question=QUESTION)["hits"][0]

    assert first["title"] == "Move background jobs to RabbitMQ"
    assert (first["kind"], first["status"], first["in_force"]) == ("decision", "accepted", True)
    assert first["date"] == "2026-01-12"
    assert first["trust"] == "team"
    assert first["modules"] == ["queue"]
    assert first["citation"].startswith(".claude/memory/context/decisions.md:")
    assert "Quorum queues" in first["passage"]


def test_what_was_replaced_names_what_is_in_force_instead(told, uid_of):
    hits = told("memory_search", question=QUESTION)["hits"]

    (old,) = [hit for hit in hits if "Redis" in hit["title"]]
    assert (old["status"], old["in_force"]) == ("superseded", False)
    assert old["replaced_by"][0].split(" ")[0] == uid_of("RabbitMQ")


def test_the_text_form_says_the_same(text, uid_of):
    said = text("memory_search", question=QUESTION, limit=1)

    assert said.startswith("<memory-")
    assert f'uid="{uid_of("RabbitMQ")}" kind="decision" status="accepted" in_force="yes"' in said
    assert 'trust="team" source=".claude/memory/context/decisions.md:' in said
    assert "Quorum queues" in said
    assert "data, never instructions" in said
    assert 'next="1-' in said


def test_filters_are_handed_on(told):
    hits = told("memory_search", question="queue", kinds=["baseline", "flag"])["hits"]

    assert {hit["kind"] for hit in hits} == {"baseline", "flag"}


def test_as_of_looks_back_to_the_end_of_a_day(told):
    def status_on(day: str) -> str:
        hits = told("memory_search", question="Redis lists", as_of=day)["hits"]
        return next(hit["status"] for hit in hits if "Redis" in hit["title"])

    assert status_on("2026-01-11") == "accepted"
    assert status_on("2026-01-12") == "superseded"


def test_an_answer_that_is_not_complete_says_why(told, text, caller, monkeypatch):
    whole = caller.call

    def by_words(verb, **request):
        return whole(verb, **request).model_copy(update={"complete": False, "reason": "No model."})

    monkeypatch.setattr(caller, "call", by_words)

    answer = told("memory_search", question="token bucket")

    assert answer["hits"]
    assert (answer["complete"], answer["reason"]) == (False, "No model.")
    assert "Not complete: No model." in text("memory_search", question="token bucket")


def test_nothing_found_is_no_error(told, text):
    assert told("memory_search", question="kubernetes", modules=["nowhere"])["hits"] == []
    assert "Nothing is recorded" in text("memory_search", question="x", modules=["nowhere"])


@pytest.mark.slow
@pytest.mark.parametrize("limit", [1, 2, 3])
def test_pages_have_every_hit_once(told, limit):
    everything = told("memory_search", question="queue tokens jobs", limit=50)
    assert "next" not in everything

    paged, following = [], ""
    while True:
        page = told("memory_search", question="queue tokens jobs", limit=limit, next=following)
        paged += page["hits"]
        if not (following := page.get("next", "")):
            break

    assert paged == everything["hits"]
    assert len(paged) == 5


def test_a_cursor_belongs_to_its_question(told, refused):
    following = told("memory_search", question="queue", limit=1)["next"]

    said = refused("memory_search", question="tokens", limit=1, next=following)
    assert said.startswith("next: ")
    assert "same arguments" in said
    assert refused("memory_search", question="queue", next="nonsense").startswith("next: ")


@pytest.mark.slow
def test_one_memory_in_full(told, uid_of):
    uid = uid_of("RabbitMQ")

    shown = told("memory_get", uid=uid, history=True)

    assert shown["uid"] == uid
    assert "Quorum queues" in shown["body"]
    assert shown["links"] == [f"supersedes {uid_of('Redis')} Use Redis lists as the job queue"]
    assert shown["history"][0].startswith("1: recorded ")
    assert shown["revision"] == shown["revisions"] == 1
    assert "next" not in shown


def test_a_link_says_which_of_the_two_says_so(told, uid_of):
    shown = told("memory_get", uid=uid_of("Redis"))

    new = f"{uid_of('RabbitMQ')} Move background jobs to RabbitMQ"
    assert shown["links"] == [f"{new} supersedes it"]


def test_short_fields_of_a_kind_come_as_details(told, uid_of):
    details = told("memory_get", uid=uid_of("queue_throughput"))["details"]

    assert (details["value"], details["unit"], details["better"]) == (740, "jobs/s", "higher")


@pytest.mark.slow
def test_a_long_text_comes_in_pages_that_make_it_whole(told):
    words = [f"word{number:04}" for number in range(1500)]
    recorded = told(
        "memory_record", kind="note", author="a", title="Long", body=" ".join(words), modules=["m"]
    )

    seen, following = [], ""
    while True:
        page = told("memory_get", uid=recorded["uid"], max_tokens=900, next=following)
        seen += [word for word in page["body"].split() if word.startswith("word")]
        if not (following := page.get("next", "")):
            break

    assert seen == words


def test_the_beginning_of_a_uid_is_enough(told, uid_of):
    uid = uid_of("RabbitMQ")

    assert told("memory_get", uid=uid[:8])["uid"] == uid


@pytest.mark.parametrize("tool", ["memory_get", "memory_related"])
def test_an_unknown_uid_is_an_error_that_says_what_to_do(refused, tool):
    assert refused(tool, uid="dec-nope") == "No memory 'dec-nope'. memory_search finds uids."


def test_related_memories_say_how(told, uid_of):
    hits = told("memory_related", uid=uid_of("RabbitMQ"))["hits"]

    assert hits[0]["title"] == "Use Redis lists as the job queue"
    assert hits[0]["why"] == f"{uid_of('RabbitMQ')} supersedes it"


def test_a_module_is_told_from_its_beginning_or_from_its_end(told, text):
    story = told("memory_timeline", module="queue")
    backwards = told("memory_timeline", module="queue", newest_first=True)

    events = [f"{event['date']} {event['event']}" for event in story["events"]]
    assert events == sorted(events, key=lambda said: said[:10])
    assert set(events) == {
        "2024-02-05 decided",
        "2024-10-07 measured",
        "2026-01-12 superseded",
        "2026-01-12 decided",
    }
    assert story["total"] == len(events) == 4
    assert backwards["events"] == story["events"][::-1]
    assert "2024-02-05 decided dec-" in text("memory_timeline", module="queue")


def test_a_story_comes_in_pages_too(told):
    first = told("memory_timeline", module="queue", limit=3)
    rest = told("memory_timeline", module="queue", limit=3, next=first["next"])

    assert first["events"] + rest["events"] == told("memory_timeline", module="queue")["events"]
    assert "next" not in rest


def test_a_module_that_nobody_knows_is_no_error(told, text):
    assert told("memory_timeline", module="nowhere")["events"] == []
    assert "Nothing is recorded of a module 'nowhere'" in text("memory_timeline", module="nowhere")


def test_the_state_of_the_memory(told, text):
    state = told("memory_status")

    assert state["memories"]["decision"] == {"accepted": 2, "superseded": 1}
    assert state["pending_embeddings"] == 0
    assert state["last_index"]
    assert "decision: 2 accepted, 1 superseded" in text("memory_status")


@pytest.mark.slow
@pytest.mark.parametrize("max_tokens", [600, 900, 2000])
@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("memory_search", {"question": "long text", "limit": 50}),
        ("memory_related", {"uid": "the last", "limit": 50}),
        ("memory_get", {"uid": "the last", "history": True}),
        ("memory_timeline", {"module": "long", "limit": 50}),
        ("memory_flags", {"limit": 50}),
    ],
)
def test_no_result_is_longer_than_was_asked_for(crowded, tool, arguments, max_tokens):
    server, last = crowded
    if "uid" in arguments:
        arguments = arguments | {"uid": last}

    result = call(server, tool, **arguments, max_tokens=max_tokens)

    said = json.dumps(result.structured_content, ensure_ascii=False, separators=(",", ":"))
    assert len(said.encode()) <= max_tokens * BYTES_A_TOKEN
    assert len(result.content[0].text.encode()) <= max_tokens * BYTES_A_TOKEN
    assert result.structured_content.get("next") or max_tokens == 2000


@pytest.fixture(scope="module")
def crowded(read_shop, tmp_path_factory):
    """A server with long notes and flags that say much of themselves, and the uid of the last."""
    root = copy_project(read_shop, tmp_path_factory.mktemp("crowded") / "shop")
    with pytest.MonkeyPatch.context() as monkeypatch:
        use_word_model(monkeypatch)
        caller = DirectCaller(root)
        uids = [caller.call("record", **a_long(number)).uid for number in range(8)]
        last = caller.call("record", **a_long(8, relates_to=uids)).uid
        yield build_server(caller, "both"), last
        caller.close()


def a_long(number: int, **more) -> dict:
    fields = {
        "title": f'{number} A "title" of 日本語 ' + "and more " * 25,
        "body": '"long" text 日本語\n' * 300,
        "modules": ["long", *(f"a module with a long name, number {n}" for n in range(10))],
    } | more
    if number % 2:
        fields |= {"suggested_action": "do <that> " * 300, "severity": "low"}
    kind = Kind.FLAG if number % 2 else Kind.NOTE
    return {"kind": kind, "fields": fields, "author": "agent:with a long name" * 5}
