import pytest

from indexer.formats.document import Document
from indexer.formats.json_kinds import BaselineFormat
from indexer.wording.quantities import read_quantity


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.234,5 ms", 1234.5),
        ("1,234.5 ms", 1234.5),
        ("1234,5 ms", 1234.5),
        ("12,5 %", 12.5),
        ("0,500 s", 0.5),
        ("1 234,5 ms", 1234.5),
        ("1'234.5 ms", 1234.5),
        ("1.234.567 B", 1234567),
        ("3s → 1,5s", 1.5),
    ],
)
def test_a_number_whose_marks_tell_is_read_by_them(text, value):
    assert read_quantity(text, ".")[0] == read_quantity(text, ",")[0] == value


@pytest.mark.parametrize(
    ("shown", "value"),
    [
        ("12.5 ms", 1.234),
        ("12,5 ms", 1234),
        ("none", 1.234),
    ],
)
def test_a_number_that_could_be_either_is_read_as_the_others_of_its_file_are(shown, value):
    text = f'{{"latency": {{"value": "1.234 ms"}}, "other": {{"value": "{shown}"}}}}'
    drafts = BaselineFormat().parse(Document(".claude/memory/performance/b.json", text)).drafts

    (found,) = (draft for draft in drafts if draft.details.metric == "latency")
    assert (found.details.value, found.details.value_text) == (value, "1.234 ms")


def test_where_a_file_has_both_conventions_its_words_stay_and_no_value_is_told():
    text = '{"a": {"value": "1.234 ms"}, "b": {"value": "1,5 ms"}, "c": {"value": "2.5 ms"}}'
    drafts = BaselineFormat().parse(Document(".claude/memory/performance/b.json", text)).drafts

    assert [draft.details.value for draft in drafts] == [None, 1.5, 2.5]
    assert drafts[0].details.value_text == "1.234 ms"
