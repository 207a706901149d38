import pytest

from indexer.resolution import Directory
from memory.ledger.interface.relations import Known

MEMORIES = [
    Known("a4", "Use SQLite", "docs/adr/0004-use-sqlite.md", 4),
    Known("a7", "Logs", "docs/adr/0007-logs.md", 7),
    Known("b7", "Queues", "services/pay/adr/0007-queues.md", 7),
    Known("c12", "Peers", "docs/ref/adr-012-peers.md", 12),
    Known("d12", "Indexing", "docs/ref/rfc-012-indexing.md", 12),
    Known("e", "Logs", "services/pay/adr/0009-logs.md", 9),
    Known("r", "Record", "recorded/by-hand.md", None),
]
resolve = Directory(MEMORIES).resolve


@pytest.mark.parametrize(
    ("target", "uid"),
    [
        ("a4", "a4"),
        ("docs/adr/0004-use-sqlite.md", "a4"),
        ("elsewhere/0004-use-sqlite.md", "a4"),
        ("0004-use-sqlite", "a4"),
        ("ADR-4", "a4"),
        ("4", "a4"),
        ("0004", "a4"),
        ("Use SQLite", "a4"),
        ("4. use sqlite", "a4"),
        ("ADR 12", "c12"),
        ("RFC 12", "d12"),
        ("12", None),
        ("RFC 4", None),
        ("ADR-99", None),
        ("docs/adr/0099-none.md", None),
        ("", None),
    ],
)
def test_a_target_is_found_by_whatever_it_is_called(target, uid):
    assert resolve(target) == uid


def test_what_two_memories_share_names_the_one_in_the_same_folder_or_none():
    assert resolve("ADR-7") is None
    assert resolve("ADR-7", near="services/pay/adr/0001-x.md") == "b7"
    assert resolve("ADR-7", near="docs/adr/0001-x.md") == "a7"
    assert resolve("Logs") is None
    assert resolve("Logs", near="docs/adr/0001-x.md") == "a7"
