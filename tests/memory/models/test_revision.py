import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from memory.kinds.vocabulary import Kind, Status, Trust
from memory.models.details import Decision, Flag, Note
from memory.models.memory import Draft, Memory, Passage, Revision, uid_for
from memory.models.selection import EVERYTHING, Lens, Selection
from tests.builders import NOW, a_decision, a_draft, a_source, supersedes

SAID = {
    "title": "Another",
    "body": "Other words.",
    "details": Note(topic="x"),
    "modules": ("api",),
    "agent": "ops",
    "tags": ("x",),
    "references": (supersedes("x"),),
    "valid_from": NOW,
    "valid_to": NOW,
    "extra": {"a": 1},
    "said_by": "agent:ops",
}


@pytest.mark.parametrize("field", SAID)
def test_whatever_is_said_is_part_of_the_digest(field):
    assert a_draft(**{field: SAID[field]}).digest != a_draft().digest


@pytest.mark.parametrize("place", [{"key": "k"}, {"lines": (3, 4)}, {"uid": "not-1"}])
def test_where_it_stands_is_not(place):
    assert a_draft(**place).digest == a_draft().digest


def test_a_digest_stays_what_it_was_in_stores_out_there():
    draft = a_decision(status=Status.PROPOSED, number=4, valid_from=NOW, extra={"b": 1, "a": "ü"})

    assert draft.digest == "a9d31a6b59b9f68aeee85b884078fb84"


def test_every_field_of_a_draft_is_in_these_tests():
    assert SAID.keys() | {"key", "lines", "uid", "figures"} == Draft.model_fields.keys()


@pytest.mark.slow
@given(st.dictionaries(st.text(max_size=5), st.integers() | st.text()))
def test_a_draft_survives_the_ledgers_json(extra):
    draft = a_draft(extra=extra, valid_from=NOW)

    again = Draft.model_validate_json(draft.model_dump_json(exclude_defaults=True))

    assert (again, again.digest) == (draft, draft.digest)


@pytest.mark.parametrize(
    "wrong",
    [{"title": ""}, {"title": "x" * 301}, {"body": ""}, {"valid_from": "2024-01-01T00:00:00"},
     {"surprise": 1}],
    ids=str,
)  # fmt: skip
def test_a_draft_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(ValidationError):
        a_draft(**wrong)


def test_a_value_cannot_be_changed():
    with pytest.raises(ValidationError):
        a_draft().title = "new"
    with pytest.raises(ValidationError):
        Decision().status = Status.ACCEPTED


def test_a_memory_is_cited_by_file_and_line_or_by_who_recorded_it():
    revision = Revision(number=1, draft=a_draft(), source=a_source(author="human:dana"),
                        recorded_at=NOW)  # fmt: skip
    memory = Memory(uid="not-1", revision=revision, revisions=1, path="a.md", lines=(4, 9))

    assert memory.citation == "a.md:4"
    assert memory.model_copy(update={"lines": None}).citation == "a.md"
    assert memory.model_copy(update={"path": None}).citation == "recorded by human:dana"


def test_a_flag_is_open_until_it_says_otherwise():
    assert (Flag().status, Decision().status) == (Status.OPEN, Status.UNSTATED)


def test_a_uid_names_its_kind_and_is_the_same_on_every_machine():
    assert uid_for(Kind.DECISION, "docs/adr/1.md", "use-a-queue") == "dec-bhynzuvh"
    assert uid_for(Kind.NOTE, "a", "b") != uid_for(Kind.NOTE, "ab", "")
    assert len({kind.value[:3] for kind in Kind}) == len(Kind)


def test_trust_is_listed_from_most_to_least():
    assert [*Trust] == [Trust.REVIEWED, Trust.TEAM, Trust.AGENT, Trust.DERIVED, Trust.DOUBTED]


def test_a_passage_is_embedded_under_its_title_and_headings():
    passage = Passage("Title", "A > B", "Text.", None)

    assert passage.embedded_text == "Title\nA > B\nText."
    assert passage._replace(heading="").embedded_text == "Title\nText."
    assert passage.text_hash == passage._replace(lines=(1, 2)).text_hash
    assert passage._replace(text="\ud800").text_hash  # half a pair, as JSON can carry it


def test_only_the_empty_selection_is_everything():
    assert Selection().is_everything
    assert EVERYTHING.lens.is_now
    assert not Selection(tags=("x",)).is_everything
    assert not Selection(lens=Lens(as_of=NOW)).is_everything


def test_a_draft_that_was_changed_has_another_digest_whoever_asked_before():
    draft = a_draft()
    before = draft.digest

    assert draft.model_copy(update={"title": "Another"}).digest != before
    assert draft.model_copy().digest == before
