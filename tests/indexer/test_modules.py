import pytest

from indexer.modules import is_about
from memory.models.selection import Selection


@pytest.mark.parametrize(
    ("title", "body", "is_meant"),
    [
        ("Split payments from the api", "", True),
        ("Split it", "see src/payments/checkout.py", True),
        ("Split it", "payments/refunds were slow", True),
        ("Split it", "payments, payments and payments", True),
        ("Split it", "payments and more payments", False),
        ("Prepayments", "repayments prepayments co-payments", False),
    ],
)
def test_a_text_is_about_a_module_by_title_path_or_frequency(title, body, is_meant):
    assert is_about("payments", title, body) is is_meant


def test_records_that_name_no_module_are_found_by_those_they_are_about(project):
    from indexer.modules import label_modules
    from memory.retrieval.passages import keep_memory
    from tests.builders import NOW, a_draft, a_source

    with project.ledger.writing() as db:
        keep_memory(db, "note", a_draft(title="Known", modules=("payments",)), a_source(), NOW)
        keep_memory(db, "adr", a_draft(title="Move payments out"), a_source(), NOW)
        keep_memory(db, "far", a_draft(title="Something else"), a_source(), NOW)

    label_modules(project.ledger)

    found = project.db.memories.select(Selection(modules=("payments",)))
    assert {memory.uid for memory in found} == {"note", "adr"}
