from __future__ import annotations

import stat
import tomllib

import pytest

from cli.recording.common_fields import COMMON_FIELDS
from cli.recording.drafts import make_draft
from cli.recording.editing import read_template, write_template
from cli.recording.kind_options import option_name
from memory.errors import InvalidRecord
from memory.kinds import RECORDABLE, SPECS
from memory.kinds.vocabulary import Kind
from tests.builders import day

FULL = {
    "title": 'Use "jitter" \\ backoff',
    "context": "Two\nlines with ''' in them.",
    "decision": "Two\nplain lines.",
    "alternatives": ["one", "a 'quoted' one"],
    "tags": ["a", "\x7f\u202e"],
    "number": 7,
    "valid_from": day("2024-05-14"),
    "valid_to": day("2024-05-14T09:30"),
}


@pytest.fixture
def editor(monkeypatch, tmp_path):
    """An editor that runs a shell script on the form: `editor("sed -i s/a/b/ $1")`."""

    def use(script: str) -> None:
        program = tmp_path / "editor"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("EDITOR", str(program))

    return use


@pytest.mark.parametrize("kind", RECORDABLE)
def test_an_untouched_form_says_no_more_than_the_usual_status(kind):
    said = read_template(write_template(kind, {}))

    assert list(said.values()) == [str(one) for one in SPECS[kind].statuses[:1]]


@pytest.mark.parametrize("kind", RECORDABLE)
def test_a_form_explains_every_field(kind):
    form = write_template(kind, {})

    for field in (*COMMON_FIELDS, *SPECS[kind].details_fields):
        assert f"# {field.about}\n" in form
        assert f"\n{field.name} = " in form or f"\n# {field.name} = " in form


def test_what_is_known_already_stands_in_the_form():
    said = read_template(write_template(Kind.DECISION, FULL))

    assert make_draft(Kind.DECISION, said) == make_draft(Kind.DECISION, FULL)


@pytest.mark.parametrize("kind", RECORDABLE)
def test_the_examples_in_a_form_can_be_recorded(kind):
    names = {field.name for field in (*COMMON_FIELDS, *SPECS[kind].details_fields)}
    comments = [line[2:] for line in write_template(kind, {}).splitlines() if line[:2] == "# "]
    examples = [line for line in comments if line.split(" = ")[0] in names]

    said = tomllib.loads("\n".join(examples))

    draft = make_draft(kind, said | {"title": "x"} | ({"metric": "m"} if "n" in names else {}))
    assert examples
    assert draft.valid_from == day("2024-05-14")


def test_a_form_that_is_no_toml_says_where():
    with pytest.raises(InvalidRecord, match=r"cannot be read: .*line 1"):
        read_template("title = 'unfinished\nbody = ''")


def test_options_are_in_the_singular_where_they_may_be_repeated():
    names = {field.name: option_name(field) for field in SPECS[Kind.DECISION].details_fields}

    assert names["alternatives"] == "--alternative"
    assert names["review_triggers"] == "--review-trigger"
    assert names["consequences"] == "--consequences"


@pytest.mark.slow
@pytest.mark.posix
def test_a_form_can_be_filled_in_by_hand(run, objects, shop, editor):
    editor("""sed -i "s/^title = ''/title = 'By hand'/; s/^tags = ../tags = ['x']/" "$1" """)

    result = run("record", "flag", "--edit", "--module", "auth")

    assert result.exit_code == 0, result.output
    (line,) = [one for one in objects("list") if one["title"] == "By hand"]
    assert (line["modules"], line["tags"]) == (["auth"], ["x"])


@pytest.mark.slow
@pytest.mark.posix
def test_relations_survive_the_editor(run, objects, shop, editor, uid_of):
    editor("""sed -i "s/^title = ''/title = 'By hand'/" "$1" """)

    run("record", "decision", "--edit", "--supersedes", uid_of("RabbitMQ"))

    (line,) = [one for one in objects("list") if one["title"] == "By hand"]
    assert line["replaces"] == [uid_of("RabbitMQ")]


@pytest.mark.posix
def test_a_form_that_is_not_saved_records_nothing(run, objects, shop, editor):
    editor("true")

    result = run("record", "flag", "--edit")

    assert result.exit_code == 1
    assert result.stderr == "Error: Nothing was recorded: the form was not saved.\n"
    assert len(objects("list")) == 5


MENDING = """
grep -q "title = 'x" "$1" && exec sed -i "s/^title = 'x/title = 'mended'/" "$1"
sed -i "s/^title = ''/title = 'x/" "$1"
"""


@pytest.mark.slow
@pytest.mark.posix
def test_what_cannot_be_recorded_can_be_mended(run, objects, shop, editor):
    editor(MENDING)

    result = run("record", "flag", "--edit", stdin="y\n")

    assert result.exit_code == 0, result.output
    assert "cannot be read" in result.stderr
    assert "Back to the editor?" in result.stderr
    assert any(one["title"] == "mended" for one in objects("list"))


@pytest.mark.posix
def test_mending_can_be_given_up(run, objects, shop, editor):
    editor(MENDING)

    assert run("record", "flag", "--edit", stdin="n\n").exit_code == 1
    assert len(objects("list")) == 5
