"""What people answered to coding agents: which of it is read, and what is told as a decision."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.harvest.session_decisions import decision_of
from indexer.harvest.transcripts import ChosenAnswer, answers_in, session_files

OPTIONS = [
    {"label": "SQLite (Recommended)", "description": "One file, no server."},
    {"label": "Postgres", "description": "Several writers."},
]
QUESTION = {"question": "Where should orders be kept?", "header": "Store", "options": OPTIONS}
AT = {"timestamp": "2026-03-01T10:00:00.000Z"}


def claude(answers, question=QUESTION, **more):
    """The lines of a session of Claude Code in which a question was answered."""
    asked = {"type": "tool_use", "name": "AskUserQuestion", "input": {"questions": [question]}}
    told = {"type": "tool_result", "tool_use_id": "t", "content": "Answered."} | more
    return [
        AT | {"type": "assistant", "message": {"role": "assistant", "content": [asked]}},
        AT
        | {"type": "user", "message": {"role": "user", "content": [told]}}
        | ({"toolUseResult": {"questions": [question], "answers": answers}} if answers else {}),
    ]


def codex(answers, cwd="/x"):
    arguments = json.dumps({"questions": [QUESTION | {"id": "store"}]})
    return [
        AT | {"type": "session_meta", "payload": {"cwd": cwd}},
        AT
        | {
            "type": "response_item",
            "payload": {
                "type": "function_call",
                "name": "request_user_input",
                "arguments": arguments,
            },
        },
        AT
        | {
            "type": "response_item",
            "payload": {
                "type": "function_call_output",
                "output": json.dumps({"answers": {"store": {"answers": answers}}}),
            },
        },
    ]


def written(file, lines):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join([*map(json.dumps, lines), "no JSON", "[]", ""]))
    return file


IN_WORDS = f'User has answered: "{QUESTION["question"]}"="SQLite (Recommended)".'
ROLLOUT = "rollout-2026-03-01T10-00-00-2ff46cd5-1111-1111-1111-111111111111.jsonl"


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("2ff46cd5-0.jsonl", claude({QUESTION["question"]: "SQLite (Recommended)"})),
        ("2ff46cd5-1.jsonl", claude({QUESTION["question"]: ["SQLite (Recommended)"]})),
        ("2ff46cd5-2.jsonl", claude({}, content=IN_WORDS)),
        (ROLLOUT, codex(["SQLite (Recommended)"])),
    ],
)
def test_an_answer_is_read_with_what_else_there_was(tmp_path, name, lines):
    [answer] = answers_in(written(tmp_path / name, lines))

    assert (answer.question, answer.header) == (QUESTION["question"], "Store")
    assert (answer.chosen, answer.because) == (("SQLite",), "One file, no server.")
    assert answer.others == ("Postgres: Several writers.",)
    assert answer.at.isoformat() == "2026-03-01T10:00:00+00:00"
    assert answer.session.endswith(" session 2ff46cd5")


@pytest.mark.parametrize(
    "answers", [{QUESTION["question"]: "What is SQLite?"}, {"Another?": "Postgres"}, {}]
)
def test_what_is_none_of_the_options_is_passed_over(tmp_path, answers):
    assert list(answers_in(written(tmp_path / "a.jsonl", claude(answers)))) == []


KEYS = st.sampled_from(
    ["type", "payload", "message", "content", "name", "input", "questions", "question", "options",
     "label", "id", "answers", "toolUseResult", "output", "arguments", "tool_use_id", "timestamp"]
)  # fmt: skip
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from(
        ["function_call_output", "AskUserQuestion", "request_user_input", "a", '"a"="b"', "[{}]"]
    )
)
ANYTHING = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4)
)


@pytest.mark.slow
@settings(suppress_health_check=list(HealthCheck), deadline=None)
@given(st.lists(ANYTHING, max_size=6))
def test_a_line_of_any_form_is_passed_over(tmp_path, lines):
    list(answers_in(written(tmp_path / "a.jsonl", [*claude({"a": "b"}), *lines])))


def test_of_several_options_all_are_told(tmp_path):
    several = QUESTION | {"multiSelect": True}
    lines = claude({QUESTION["question"]: "SQLite (Recommended), Postgres"}, several)

    [answer] = answers_in(written(tmp_path / "a.jsonl", lines))

    assert answer.chosen == ("SQLite", "Postgres")


def test_sessions_of_this_project_are_found_the_latest_first(tmp_path, monkeypatch):
    root = tmp_path / "my.shop"
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(tmp_path / "claude"))
    monkeypatch.setenv("CODEX_HOME", str(tmp_path / "codex"))
    folder = "".join(c if c.isalnum() else "-" for c in str(root))
    mine = written(tmp_path / "claude/projects" / folder / "a.jsonl", claude({}))
    written(tmp_path / "claude/projects" / f"{folder}2" / "b.jsonl", claude({}))
    days = tmp_path / "codex/sessions/2026/03/01"
    here = written(days / "rollout-a.jsonl", codex([], str(root / "src")))
    written(days / "rollout-b.jsonl", codex([], str(tmp_path / "my.shop2")))
    os.utime(mine, (0, 0))

    assert session_files([root]) == [here, mine]


def answered(question, chosen="Keep it in one table", header=""):
    return ChosenAnswer(
        question, header, (chosen,), "It is one write.", ("Two tables",), None, "s", 1
    )


@pytest.mark.parametrize(
    ("question", "chosen", "title"),
    [
        ("Where should refunds be kept?", "One table for all", "Refunds: One table for all"),
        ("Should sync support --raw too?", "Yes", "Should sync support --raw too: Yes"),
        ("Which JSON library should we use?", "orjson", "Which JSON library should we use: orjson"),
    ],
)
def test_a_decision_is_called_by_what_was_chosen_and_of_what(question, chosen, title):
    found = decision_of(answered(question, chosen, "Refunds"))

    assert found.title == title
    assert found.decision == f"{chosen}: It is one write."
    assert found.alternatives == ("Two tables",)


@pytest.mark.parametrize(
    "question",
    [
        "How would you like to proceed?",
        "Should I commit this now?",
        "Do you have the error message?",
        "Which tests should run first in this session?",
    ],
)
def test_what_is_about_the_session_is_no_decision(question):
    assert decision_of(answered(question)) is None


def test_nothing_is_decided_later():
    assert decision_of(answered("Which database should we use?", "Decide later")) is None


def test_no_answer_names_where_somebody_keeps_files(tmp_path):
    lines = claude({QUESTION["question"]: "Postgres"})

    [answer] = answers_in(written(tmp_path / "projects" / "-home-dana-shop" / "a.jsonl", lines))

    assert str(Path.home()) not in answer.session
    assert "dana" not in answer.session


@pytest.mark.parametrize(
    ("asked", "chosen", "is_surer"),
    [
        ("Should sessions be kept in Redis or in Postgres?", "Redis", True),
        ("Should `Order.total` be rounded?", "Yes, to cents", True),
        ("How should failed payments be retried?", "Failed ones by the worker", True),
        ("How should uploads work?", "In parts", False),
    ],
)
def test_an_answer_is_surer_where_the_question_says_what_there_is_to_choose(
    asked, chosen, is_surer
):
    found = decision_of(ChosenAnswer(asked, "", (chosen,), "", (), None, "", 0))

    assert (found.chance > 0.85) is is_surer
