"""What holds for every hook."""

import threading

import pytest

from cli.hooks import Payload, answer_hook
from cli.hooks.sessions import MEMORIES, SESSIONS, SessionContexts
from indexer.project_root import find_project
from tests.cli.hooks.test_prompt import a_hit

EVENTS = ["SessionStart", "UserPromptSubmit", "SubagentStart", "PreCompact", "Stop"]


@pytest.mark.parametrize("event", [*EVENTS, "PostToolUse", "", "sessionstart"])
@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"session_id": None, "source": 3, "prompt": ["x"], "agent_type": {}, "unknown": 1},
        {"prompt": "where do jobs wait \ud83d", "session_id": "\udc00", "agent_type": "\ud800"},
        {"session_id": "x" * 9_999, "source": "later", "stop_hook_active": "yes"},
    ],
)
def test_whatever_is_handed_over_there_is_an_answer(shop, event, payload):
    answer = answer_hook(event, payload, shop.memory, find_project(shop.root), shop.given)

    assert isinstance(answer, dict)
    if event not in EVENTS:
        assert answer == {}


#: What Codex takes of each event, and nothing else: codex-rs/hooks/schema/generated.
_CODEX = {
    "SessionStart": {"hookSpecificOutput"},
    "UserPromptSubmit": {"hookSpecificOutput"},
    "SubagentStart": {"hookSpecificOutput"},
    "PreCompact": {"systemMessage"},
    "Stop": {"decision", "reason"},
}


@pytest.mark.parametrize("event", EVENTS)
def test_codex_is_answered_in_what_it_takes(shop, event):
    said = {
        "session_id": "0199a213-81a0-7800-8aa1-bbab2a035a53",
        "turn_id": "1",
        "transcript_path": None,
        "cwd": str(shop.root),
        "hook_event_name": event,
        "model": "gpt-6-codex",
        "permission_mode": "default",
    }
    more = {
        "SessionStart": {"source": "startup"},
        "UserPromptSubmit": {"prompt": "where do background jobs wait"},
        "SubagentStart": {"agent_id": "a", "agent_type": "queue-agent"},
        "PreCompact": {"trigger": "auto"},
        "Stop": {"stop_hook_active": False, "last_assistant_message": None},
    }
    roots = find_project(shop.root)
    if event in ("PreCompact", "Stop"):
        answer_hook("SessionStart", said | more["SessionStart"], shop.memory, roots, shop.given)
    for module in ("queue", "api", "auth", "billing"):
        shop.write(f"src/{module}/work.py")

    answer = answer_hook(event, said | more[event], shop.memory, roots, shop.given)

    assert answer.keys() == _CODEX[event]
    if specific := answer.get("hookSpecificOutput"):
        assert specific.keys() == {"hookEventName", "additionalContext"}
        assert specific["hookEventName"] == event


def test_what_is_missing_or_of_another_type_is_empty():
    said = Payload.model_validate({"session_id": 7, "stop_hook_active": 1, "cwd": "/x"})

    assert (said.session_id, said.prompt, said.stop_hook_active) == ("", "", False)


def test_what_goes_wrong_is_raised(shop):
    shop.memory.close()

    with pytest.raises(Exception):  # noqa: B017, PT011 - whatever SQLite says of it
        shop.start()


def test_what_sessions_were_given_is_bounded(tmp_path):
    given = SessionContexts()
    hits = [a_hit(f"dec-{n}", 1.0) for n in range(MEMORIES + 1)]
    for hit in hits:
        given.to(tmp_path, "s").add(hit)

    assert given.to(tmp_path, "s").is_new(hits[0])
    assert not given.to(tmp_path, "s").is_new(hits[-1])

    for number in range(SESSIONS):
        given.to(tmp_path, f"s-{number}")

    assert given.to(tmp_path, "s").is_new(hits[-1])


def test_engines_know_nothing_of_what_another_gave(shop):
    asked = "where do background jobs wait"
    first = shop.prompt(asked)
    shop.given = SessionContexts()

    assert shop.prompt(asked) == first != ""


def test_sessions_may_be_asked_for_by_several_threads(tmp_path):
    given = SessionContexts()
    hits = [a_hit(f"dec-{n}", 1.0) for n in range(50)]

    def work():
        for hit in hits:
            given.to(tmp_path, hit.memory.uid).add(hit)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not any(given.to(tmp_path, hit.memory.uid).is_new(hit) for hit in hits)
