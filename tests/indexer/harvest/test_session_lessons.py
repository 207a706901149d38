"""Which sentences of a session are proposed as lessons and dead ends, and of whom they are."""

import json

import pytest

from indexer.harvest.session_lessons import lessons_of
from indexer.harvest.transcripts import SaidWords, words_in

AT = {"timestamp": "2026-03-01T10:00:00.000Z"}


def taught(*texts, by_person=False):
    """The titles and forms of what some texts of one session teach."""
    said = [SaidWords(text, by_person, None, "s", 1) for text in texts]
    return [(one.title, one.lesson.form) for one in lessons_of(said)]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (
            "**Root cause:** status paths are relative to the root, not to the folder.",
            "status paths are relative to the root, not to the folder.",
        ),
        (
            "The catch: GitHub only loads templates from the default branch.",
            "GitHub only loads templates from the default branch.",
        ),
        ("Cobra doesn't propagate `Hidden` to its child commands.", ""),
        ("The staticcheck linter doesn't recognize that `t.Fatal` ends a test.", ""),
    ],
)
def test_what_an_agent_found_out_is_a_lesson(text, title):
    assert taught(text) == [(title or text, "pattern")]


@pytest.mark.parametrize(
    "text",
    [
        "The root cause was that the query was missing two columns of the table.",  # mended
        "The root cause is in `parser.py`, where dates are read.",  # a place
        "The root cause: the list of orders is fetched once, before the user signs in.",  # a fault
        "The key insight is that the folder of the cache exists even before a session.",
        "Parser doesn't support dates of another form than this.",  # no name
        "It doesn't propagate `Hidden` to its child commands.",
        "You're right, Cobra doesn't propagate `Hidden` to its children.",  # to a person
        "Should we always redirect the output of a child process?",
        "Cobra only works so.",  # too little
    ],
)
def test_what_is_mended_or_about_the_session_is_none(text):
    assert taught(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "A suffix for each branch: that approach doesn't solve the case of a stash.",
        "Writing the transcript as text is a dead end for Antigravity.",
    ],
)
def test_what_leads_nowhere_is_a_dead_end(text):
    assert taught(text) == [(text, "antipattern")]


@pytest.mark.parametrize(
    ("text", "is_kept"),
    [
        ("Results of a search should always be in reverse order of time.", True),
        ("Don't amend commits, it messes with the hooks of everybody.", True),
        ("Update the version everywhere to 1.25.6 before the release.", False),
        ("Add an assertion for the case if it should never reach here.", False),
        ("Never mind, we look at the tests of it later.", False),
    ],
)
def test_what_a_person_always_wants_is_a_best_practice(text, is_kept):
    assert taught(text, by_person=True) == [(text, "best_practice")] * is_kept
    assert taught(text) == []


def test_what_is_told_again_in_a_session_is_proposed_once():
    first = "Root cause: `EvalSymlinks` only resolves links and doesn't normalize case."

    said = taught(first, f"As said. {first}", "The catch: snow falls in May, not in June.")

    assert len(said) == 2


def test_words_are_those_of_persons_and_agents_in_either_program(tmp_path):
    refused = "The user doesn't want to proceed with this tool use. To tell you how to proceed, "
    refused += "the user said:\nuse slog\n\nNote: The user's next message may contain more."

    def user(content, **more):
        return {"type": "user", "message": {"content": content}} | more

    def agent(text, **more):
        content = [{"type": "text", "text": text}]
        return {"type": "assistant", "message": {"content": content}} | more

    entries = [
        user("a"),
        user("<command-name>/clear</command-name>"),
        user("no", isMeta=True),
        user("pasted " * 200),
        user("b\n6. All user messages:\n", isCompactSummary=True),
        agent("c"),
        agent("no", isSidechain=True),
        user([{"type": "tool_result", "content": refused}]),
        user([{"type": "tool_result", "content": "no"}]),
        {"type": "event_msg", "payload": {"type": "user_message", "message": "d"}},
        {"type": "event_msg", "payload": {"type": "agent_message", "message": "e"}},
        {"type": "response_item", "payload": {"type": "message", "content": [{"text": "no"}]}},
    ]
    file = tmp_path / "2ff46cd5.jsonl"
    file.write_text("\n".join(json.dumps(AT | one) for one in entries))

    said = [(one.text.strip(), one.by_person) for one in words_in(file)]

    assert said == [
        ("a", True),
        ("b", False),
        ("c", False),
        ("use slog", True),
        ("d", True),
        ("e", False),
    ]


def test_a_line_of_another_form_is_passed_over_and_half_a_character_is_a_question_mark(tmp_path):
    file = tmp_path / "2ff46cd5.jsonl"
    torn = '{"type": "user", "message": {"content": "Jobs \\ud83d"}}'
    file.write_text(f'{{"type": {{}}, "payload": {{"type": []}}}}\n[]\n{torn}\n')

    assert [one.text for one in words_in(file)] == ["Jobs ?"]
