"""`archmem flag` and `archmem consolidate` as they are typed and printed."""

import json

import pytest

FLAGS = ".claude/memory/flags/pending.json"
LEARNED = ".claude/memory/learned/patterns.md"
ONE = "- **Context:** Deliveries fail.\n- **Outcome:** They come once, whatever the broker does.\n"


@pytest.fixture
def project(new_shop, answer):
    for path, text in (
        (
            FLAGS,
            '[{"id": "F-1", "type": "x", "from": "auth", "to": "api", "description": "Slow."}]',
        ),
        (LEARNED, f"## Keep the key of a retry\n\n{ONE}\n## Keep the key of each retry\n\n{ONE}"),
    ):
        file = new_shop / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    answer("index", "--accept-removals")
    return new_shop


@pytest.mark.slow
def test_flags_are_listed_raised_and_settled(project, run, answer, objects):
    [flag] = objects("flag", "list", "--for", "api", "--json")

    assert (flag["status"], flag["sender"], flag["overdue"]) == ("open", "auth", False)
    assert "from auth · to api" in answer("flag", "list")
    assert answer("flag", "acknowledge", flag["uid"]) == f"Acknowledged {flag['uid']}.\n"
    assert "acknowledged already, by " in answer("flag", "acknowledge", flag["uid"])
    assert run("flag", "resolve", flag["uid"]).exit_code == 2
    [done] = objects("flag", "resolve", flag["uid"], "--evidence", "It is fast.", "--json")
    assert (done["status"], done["changed"]) == ("resolved", True)
    assert json.loads((project / FLAGS).read_text())[0]["resolution"] == "It is fast."
    assert "Recorded fla-" in answer(
        "flag", "raise", "--title", "Slow again", "--due", "2026-01-01"
    )
    assert "overdue since 2026-01-01" in answer("flag", "list")


@pytest.mark.slow
def test_proposals_are_printed_applied_listed_and_undone(project, run, answer, objects):
    before = (project / LEARNED).read_text()
    [proposal] = objects("consolidate", "--json")

    assert proposal["what"] == "proposal"
    assert "because" in answer("consolidate")
    assert "applied:" in answer("consolidate", "--apply", proposal["id"])
    assert "Superseded by" in (project / LEARNED).read_text()
    assert " · applied · " in answer("consolidate", "--list")
    assert "undone:" in answer("consolidate", "--undo", proposal["id"])
    assert (project / LEARNED).read_text() == before
    assert run("consolidate", "--undo", proposal["id"]).exit_code == 1
    assert run("consolidate", "--apply", "all", "--list").exit_code == 2
