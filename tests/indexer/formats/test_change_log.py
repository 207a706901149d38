"""The change log within a record, where nothing else states the status."""

import pytest

from indexer.formats.decision_records import DecisionRecords
from indexer.formats.document import Document


@pytest.mark.parametrize(
    ("entries", "status"),
    [
        ("- 2022-01-01: proposed\n- 2022-02-02: accepted by the architecture board", "unstated"),
        ("- 2022-01-01: proposed\n- 2022-02-02 - accepted", "accepted"),
        ("- 2022-01-01: proposed\n- 2022-01-01: accepted", "accepted"),
        ("- 13/01/2022: proposed\n- 01/02/2022: accepted", "unstated"),
        ("- 2022-01-01: proposed\n- accepted", "unstated"),
        ("- 2022-01-01: accepted\n- 2022-02-02: typo fixed", "accepted"),
        ("- 2022-01-01: accepted comments", "unstated"),
        ("- accepted (2022-01-01) - with the consent of all who were there", "accepted"),
        ("- 2022-01-01 - the new names of topics - accepted", "unstated"),
        ("|Date|Is|Who|\n|-|-|-|\n|2022-01-01|proposed|a|\n|2022-02-02|accepted|b|", "accepted"),
        ("|Date|Is|Who|\n|-|-|-|\n|2022-01-01|proposed||\n|2022-02-02|accepted|a b c|", "unstated"),
    ],
)
def test_a_change_log_states_nothing_where_an_entry_that_may_be_later_says_otherwise(
    entries, status
):
    text = f"# Use Kafka\n\n## Decision\n\nWe use Kafka.\n\n## Changelog\n\n{entries}\n"
    record = Document("docs/adr/0012-use-kafka.md", text)

    (draft,) = DecisionRecords().parse(record).drafts
    assert draft.status == status
