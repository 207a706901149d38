from __future__ import annotations

from memory.kinds.vocabulary import Status
from memory.views.field_changes import FieldChange, changes_between, diff_lines
from tests.builders import a_decision, supersedes


def test_equal_drafts_have_no_changes():
    assert changes_between(a_decision(), a_decision()) == []


def test_fields_of_draft_details_and_source_are_compared_side_by_side():
    before = a_decision(status=Status.PROPOSED, tags=("a",), extra={"ticket": "T-1"})
    after = a_decision(status=Status.ACCEPTED, tags=("a", "b"), extra={"ticket": "T-2"})

    assert changes_between(before, after) == [
        FieldChange("status", "proposed", "accepted"),
        FieldChange("tags", ["a"], ["a", "b"]),
        FieldChange("ticket", "T-1", "T-2"),
    ]


def test_what_was_not_said_before_or_is_not_said_any_more_is_none():
    before, after = a_decision(agent="auth"), a_decision(references=(supersedes("ADR-1"),))

    changes = {change.field: change for change in changes_between(before, after)}

    assert changes["agent"] == FieldChange("agent", "auth", None)
    assert changes["references"].before is None


def test_a_move_is_no_change():
    assert changes_between(a_decision(lines=(1, 2)), a_decision(lines=(8, 9), key="x")) == []


def test_a_diff_has_no_file_names():
    assert diff_lines("one\ntwo", "one\n2") == ["@@ -1,2 +1,2 @@", " one", "-two", "+2"]


def test_texts_that_differ_in_line_ends_only_have_an_empty_diff():
    assert diff_lines("one\n", "one") == []
