import unicodedata

import pytest

from indexer.resolution import Directory, former_name
from memory.ledger.interface.relations import ReferenceTarget

MEMORIES = [
    ReferenceTarget("a4", "Use SQLite", "docs/adr/0004-use-sqlite.md", 4),
    ReferenceTarget("a7", "Logs", "docs/adr/0007-logs.md", 7),
    ReferenceTarget("b7", "Queues", "services/pay/adr/0007-queues.md", 7),
    ReferenceTarget("c12", "Peers", "docs/ref/adr-012-peers.md", 12),
    ReferenceTarget("d12", "Indexing", "docs/ref/rfc-012-indexing.md", 12),
    ReferenceTarget("e", "Logs", "services/pay/adr/0009-logs.md", 9),
    ReferenceTarget("r", "Record", "recorded/by-hand.md", None),
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


def test_a_number_never_names_a_record_in_the_folder_of_another_project():
    theirs = ReferenceTarget("x", "Peers", "a/docs/adr/0345-peers.md", 345)
    by_teps = ReferenceTarget("y", "Peers", "a/teps/0007-peers.md", 7)
    find = Directory([theirs, by_teps]).resolve

    assert find("ADR-345", near="b/docs/adr/0566-x.md") is None
    assert find("ADR-345", near="a/docs/adr/0566-x.md") == "x"
    assert find("ADR-345", near="a/CLAUDE.md") == "x"
    assert find("7", near="b/teps/0001-x.md") is None


def test_a_number_names_records_in_other_folders_of_the_same_series():
    found = ReferenceTarget("x", "Peers", "concepts/0003-peers/README.md", 3)
    rejected = ReferenceTarget("y", "Logs", "docs/adr/rejected/0004-logs.md", 4)
    find = Directory([found, rejected]).resolve

    assert find("RFC-3", near="features/0004-x/README.md") is None  # it is in no folder of RFCs
    assert find("3", near="features/0004-x/README.md") == "x"
    assert find("ADR-4", near="docs/adr/accepted/0001-x.md") == "y"


@pytest.mark.parametrize(
    ("target", "uid"),
    [
        ("docs/adr/0004-former-slug.md", "a4"),
        ("docs/adr/0004-....md", "a4"),
        ("docs/adr/4-sqlite", "a4"),
        ("docs/adr/0004", "a4"),
        ("docs/adr/gone.md (ADR-4)", "a4"),
        ("docs/gone.md (4)", "a4"),
        ("docs/adr/0007-logs.md (ADR-4)", "a7"),
        ("example.org/other/adr/0004-former-slug.md", None),
        ("docs/adr/2004-05-06-notes.md", None),
    ],
)
def test_a_path_that_leads_nowhere_names_the_number_in_its_folder(target, uid):
    assert resolve(target) == uid


def test_a_name_is_the_same_however_its_accents_are_written():
    find = Directory([ReferenceTarget("x", "Cache", "docs/adr/0001-cafe\u0301.md", 1)]).resolve

    assert find("docs/adr/0001-caf\u00e9.md") == "x"


@pytest.mark.parametrize(
    ("target", "uid"),
    [
        ("github.com/us/shop/blob/main/docs/adr/0004-use-sqlite.md", "a4"),
        ("github.com/them/x/blob/main/docs/adr/0004-use-mysql.md", None),
        ("github.com/them/x/blob/main/text/0004-use-sqlite.md", None),
        ("gitlab.com/them/x/-/blob/main/docs/adr/0007-other.md", None),
    ],
)
def test_an_address_names_only_the_very_file_that_it_leads_to(target, uid):
    assert resolve(target, near="docs/adr/0001-x.md") == uid


@pytest.mark.parametrize(
    ("address", "uid"),
    [
        ("github.com/us/shop/blob/main/features/0004-pay/README.md", "p"),
        ("github.com/us/shop/tree/9b0aaa39/features/0004-pay", "p"),
        ("gitlab.example.org/a/b/shop/-/blob/main/features/0004-pay/README.md", "p"),
        ("github.com/us-before/Shop/blob/main/features/0004-pay/README.md", "p"),
        ("github.com/us/till/blob/main/features/0004-pay/README.md", None),
        ("github.com/us/shop/tree/main/features/0004-gone", None),
    ],
)
def test_an_address_in_a_repository_that_is_called_as_our_remote_names_our_file(address, uid):
    ours = ReferenceTarget("p", "Pay", "features/0004-pay/README.md", 4)
    find = Directory([ours], remotes=["shop"]).resolve

    assert find(address, "features/0009-refunds/README.md") == uid


def test_an_address_of_a_site_names_the_record_of_that_number_beside_the_one_that_asks():
    ours = ReferenceTarget("ours", "State", "docs/adr/2023-04-26_023-state.md", 23)
    theirs = ReferenceTarget("theirs", "Other", "web/docs/adr/0023-other.md", 23)
    directory = Directory([ours, theirs])

    assert directory.resolve("adr/23", "docs/adr/2022-04-13_018-head.md") == "ours"
    assert directory.resolve("issues/23", "docs/adr/2022-04-13_018-head.md") is None


def test_an_address_of_a_host_names_the_record_whose_file_was_called_so_in_that_folder():
    was = frozenset({former_name("docs/adr/0016-compliance.md")})
    renumbered = ReferenceTarget("a", "Compliance", "docs/adr/0025-compliance.md", 25, former=was)
    resolve = Directory([renumbered]).resolve
    host = "github.com/GSA-TTS/FAC/blob/main"

    assert resolve(f"{host}/docs/adr/0016-compliance.md", "docs/adr/0014-x.md") == "a"
    assert resolve(f"{host}/other/adr/0016-compliance.md", "docs/adr/0014-x.md") is None


@pytest.mark.parametrize(
    ("target", "uid"),
    [
        ("docs/adr/gone.md (Use SQLite)", "a4"),
        ("docs/adr/gone.md (the new one)", None),
        ("docs/adr/0007-logs.md (Use SQLite)", "a7"),
        ("docs/decisions/0004-gone (ADR-4)", "a4"),
    ],
)
def test_a_path_that_leads_nowhere_names_what_the_words_of_its_link_call(target, uid):
    assert resolve(target, "docs/adr/0009-x.md") == uid


def test_a_name_without_its_ending_names_the_number_beside_who_asks():
    assert resolve("0004-gone-slug", "docs/adr/0009-x.md") == "a4"
    assert resolve("0004-gone-slug", "services/pay/adr/0009-logs.md") is None


def test_a_title_is_the_same_however_its_accents_are_written():
    composed, parted = (unicodedata.normalize(form, "Größe zählen") for form in ("NFC", "NFD"))
    directory = Directory([ReferenceTarget("a1", parted, "docs/adr/0001-a.md", 1)])

    assert directory.resolve(composed) == "a1"
