import pytest

from memory.retrieval.query_parser import MAX_WORDS, named_numbers, search_words


@pytest.mark.parametrize(
    ("question", "numbers"),
    [
        ("what does ADR-0017 say?", {17: ""}),
        ("adr 3 and RFC_12", {3: "", 12: ""}),
        ("decision 5, or record #7 or record no. 8", {5: "", 7: "", 8: ""}),
        ("why #29, and (#30)", {29: "", 30: ""}),
        ("what TEP-0023 wants, MSC2229 too", {23: "TEP", 2229: "MSC"}),
        ("import records 19 at a time", {}),
        ("record 19 requests a second", {}),
        ("decisions 3 people made, in C#8", {}),
        ("ADR-123456", {}),
    ],
)
def test_records_are_called_by_number_and_other_numbers_call_none(question, numbers):
    assert named_numbers(question) == numbers


def test_of_a_pasted_page_not_every_word_is_looked_for():
    assert len(search_words(" ".join(f"word{n}" for n in range(500)))) == MAX_WORDS
