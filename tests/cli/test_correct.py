"""What was recorded can be set right, taken back and taken away, in the files too."""

import json

import pytest

pytestmark = pytest.mark.slow


@pytest.fixture
def note(shop, objects):
    """The uid of a note that was just recorded."""
    said = ("--title", "Retries are endless", "--body", "The client tries for ever.")
    return objects("record", "note", *said)[0]["uid"]


def said_by_files(shop, words):
    texts = [p.read_text() for p in shop.rglob("*.md") if ".archmem" not in p.parts]
    return any(words in text for text in texts)


def test_what_was_recorded_is_taken_back(run, note, shop):
    assert said_by_files(shop, "tries for ever")

    result = run("undo")

    assert result.exit_code == 0, result.output
    assert note in result.stdout
    assert not said_by_files(shop, "tries for ever")
    assert run("index").exit_code == 0
    assert note not in run("list").stdout


def test_what_a_file_says_by_itself_is_never_taken_back(run, shop, objects):
    file = shop / ".claude/memory/agents/payments-agent/knowledge.md"
    file.parent.mkdir(parents=True)
    file.write_text("# Knowledge\n\n## Retries\n\nThe client tries for ever.\n")
    said = file.read_text()
    assert run("index").exit_code == 0
    assert {one["author"] for one in objects("list", "--agent", "payments-agent")}

    result = run("undo")

    assert result.exit_code == 1
    assert "nothing was recorded" in result.stderr
    assert file.read_text() == said


def test_what_was_corrected_says_again_what_it_said(run, note, shop):
    done = run("correct", note, "-", stdin=json.dumps({"title": "Retries are bounded"}))
    assert done.exit_code == 0, done.output
    assert said_by_files(shop, "Retries are bounded")

    assert run("undo").exit_code == 0

    assert said_by_files(shop, "Retries are endless")
    assert "Retries are endless" in run("show", note).stdout


def test_a_correction_that_says_again_what_was_said_before_is_one_to_take_back(run, note, shop):
    for title in ("Retries are bounded", "Retries are endless"):
        done = run("correct", note, "-", stdin=json.dumps({"title": title}))
        assert done.exit_code == 0, done.output

    for said in ("Retries are bounded", "Retries are endless"):
        assert run("undo").exit_code == 0
        assert said_by_files(shop, said)
    assert run("undo").exit_code == 0

    assert note not in run("list").stdout


@pytest.mark.parametrize("verb", ["correct", "remove"])
def test_a_stale_revision_is_refused(run, note, verb):
    run("correct", note, "-", stdin='{"title": "Retries are bounded"}')
    fields = ("-",) if verb == "correct" else ()

    result = run(verb, note, *fields, "--expected", "1", stdin='{"title": "Other"}')

    assert result.exit_code == 1
    assert "was changed meanwhile" in result.stderr
    assert "Retries are bounded" in run("show", note).stdout


def test_an_unknown_field_is_named(run, note):
    result = run("correct", note, "-", stdin='{"colour": "red"}')

    assert result.exit_code == 1
    assert "'colour'" in result.stderr


def test_an_entry_of_a_json_file_is_taken_out_alone(run, objects, shop):
    flags = objects("list", "--kind", "flag")
    path = shop / flags[0]["path"]
    before = json.loads(path.read_text())

    result = run("remove", flags[0]["uid"])

    assert result.exit_code == 0, result.output
    assert len(str(json.loads(path.read_text()))) < len(str(before))
    run("index")
    assert [one["uid"] for one in objects("list", "--kind", "flag")] == [
        one["uid"] for one in flags[1:]
    ]


def test_forgetting_lists_first_and_then_erases(run, note):
    listed = run("forget", note)
    assert listed.exit_code == 0, listed.output
    assert f"ledger: {note}" in listed.stdout
    assert "--yes" in listed.stderr
    assert note in run("list").stdout

    assert run("forget", note, "--yes").exit_code == 0

    assert run("show", note).exit_code == 1
