import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.wording.mentions import TextPlace
from indexer.wording.references import field_references, find_references
from indexer.wording.statuses import read_status
from memory.kinds.vocabulary import LinkType

HERE = TextPlace("docs/adr/0005-x.md")


def typed(text, place=HERE):
    """(type, whether inverse, whether partial, target) of each typed reference."""
    return [
        (each.type.value, each.inverse, each.partial, each.target)
        for each in find_references(text, place)
        if each.type is not LinkType.RELATES_TO
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("This was replaced by ADR 14.", [("supersedes", True, False, "ADR-14")]),
        ("supersedes 0004", [("supersedes", False, False, "0004")]),
        (
            "This RFC has been amended by [RFC 1574].",
            [("amends", True, False, "RFC 1574")],
        ),
        (
            "- 2023-11-13: Marked as rejected in favour of ADR 111 (@x)",
            [("supersedes", True, False, "ADR-111")],
        ),
        ("We will partly undo ADR 109.", [("amends", False, False, "ADR-109")]),
        ("Depends on RFC #1358 landing.", [("requires", False, False, "RFC 1358")]),
        (
            "Note: this ADR supersedes some aspects of ADR-15 and ADR-16.",
            [("supersedes", False, True, "ADR-15"), ("supersedes", False, True, "ADR-16")],
        ),
        (
            "Supersedes ADRs 3 and 7.",
            [("supersedes", False, False, "ADR-3"), ("supersedes", False, False, "ADR-7")],
        ),
        (
            "**These ranges have been superseded by [ADR #0033](0033-ip.md).**",
            [("supersedes", True, True, "docs/adr/0033-ip.md")],
        ),
        (
            "The behavior supersedes that description in [ADR-0015](0015-y.md)",
            [("supersedes", False, True, "docs/adr/0015-y.md")],
        ),
        (
            "[RFC 2316][x] is amended by this RFC to require it.",
            [("amends", False, False, "RFC 2316")],
        ),
        ("ADR 9 supersedes this ADR.", [("supersedes", True, False, "ADR-9")]),
        ("Clarifies ADR-3 and amends ADR-4.", [("amends", False, False, "ADR-4")]),
        (
            "In contrast to ADR 3, this ADR supersedes ADR 4.",
            [("supersedes", False, False, "ADR-4")],
        ),
        (
            "It builds on discussions and findings in [ADR-042](adr-042-s.md).",
            [("extends", False, False, "docs/adr/adr-042-s.md")],
        ),
        (
            "This updates and supersedes the behavior in RFC 1522.",
            [("supersedes", False, True, "RFC 1522")],
        ),
    ],
)
def test_a_relation_is_read_with_type_and_direction(text, expected):
    assert typed(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "It does not supersede ADR 3.",
        "When this is superseded by ADR 9, we will delete it.",
        "This will be superseded by ADR 9.",
        "It would supersede ADR 3.",
        "Should this supersede ADR 3?",
        "[RFC 599] (later amended by [RFC 1156]) specified the rules.",
        "ADR 3 supersedes ADR 4.",
        '"supersedes ADR 3" is a phrase.',
        "Superseded by [ADR-XXXX](xxxx.md)",
        "Superseded by [ADR-0008](0008-example.md)",
        "Update ADR 7 once the API is final.",
        "Revise decision 33 bytes => 29 bytes",
        "```\nSupersedes ADR 3\n```",
        "<!-- Supersedes ADR 3 -->",
    ],
)
def test_what_is_not_asserted_of_the_record_itself_has_no_type(text):
    assert typed(text) == []


def test_other_mentions_relate_and_the_record_itself_is_none():
    found = find_references(
        "See ADR 3, [x](../adr/0004-y.md#z), this ADR 5 and [me](0005-x.md).", HERE
    )

    assert [(each.type, each.target) for each in found] == [
        (LinkType.RELATES_TO, "ADR-3"),
        (LinkType.RELATES_TO, "docs/adr/0004-y.md"),
    ]


def test_links_out_of_the_repository_are_taken_when_they_look_like_records():
    text = """
    [a](https://github.com/o/r/blob/main/docs/adr/0001-a.md), [RFC 7692](https://tools.ietf.org/x),
    [b](https://rust-lang.github.io/rfcs/2052-epochs.html), [c](https://x.org/guide-2.html),
    [d](https://github.com/rust-lang/rfcs/pull/1560)
    """

    assert [each.target for each in find_references(text, HERE)] == [
        "github.com/o/r/blob/main/docs/adr/0001-a.md",
        "2052-epochs",
        "RFC 1560",
    ]


def test_the_evidence_is_the_sentence_as_it_is_read():
    (found,) = find_references("Intro. This ADR **replaces** [ADR 4](0004-y.md). More.", HERE)

    assert found.evidence == "This ADR replaces ADR 4."


def test_passages_that_assert_nothing_only_relate():
    (found,) = find_references("Fully undo ADR 109.", HERE, typed=False)

    assert found.type is LinkType.RELATES_TO


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("Superseded-By", "123", [("supersedes", True, "123")]),
        ("Replaces", "45, 46", [("supersedes", False, "45"), ("supersedes", False, "46")]),
        (
            "supersedes",
            ["ADR-1", "[x](2.md)"],
            [("supersedes", False, "ADR-1"), ("supersedes", False, "docs/adr/2.md")],
        ),
        ("superseded_by", "0012-new.md", [("supersedes", True, "docs/adr/0012-new.md")]),
        ("Supersedes", "Use MySQL everywhere", [("supersedes", False, "Use MySQL everywhere")]),
        ("Superseded by:", "N/A", []),
        ("Depends on", "Postgres", []),
        ("Related ADRs", "ADR-3", [("relates_to", False, "ADR-3")]),
        ("Author", "ADR-3", []),
    ],
)
def test_a_metadata_field_names_a_relation(name, value, expected):
    found = field_references(name, value, HERE)

    assert [(each.type.value, each.inverse, each.target) for each in found] == expected


WORDS = ["ADR-3", "RFC 12", "[a](0004-x.md)", "supersedes", "superseded by", "this ADR", ". ", " "]
WORDS += ["[[", "]]", "amends", "and", ",", "(", ")", "0004", "\n", "`", "if", "in part", "\x01"]


@pytest.mark.slow
@given(st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join))
def test_finding_references_never_raises(text):
    find_references(text, HERE)


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("Superseded by [ADR 36](0037-promote.html)", ["docs/adr/0037-promote"]),
        ("Supersedes [HIPE 0037]( https://x.org/o/r/tree/main/text/0037-a)",
         ["x.org/o/r/tree/main/text/0037-a"]),
        ("Supersedes [ADR-37](https://x.org/other/0037-a)", ["x.org/other/0037-a"]),
    ],
)  # fmt: skip
def test_the_target_of_a_link_decides_and_not_its_words(text, targets):
    assert [target for *_, target in typed(text)] == targets


def test_a_record_names_others_by_the_prefix_of_its_own_title():
    place = TextPlace("proposals/2229-x.md", {}, "MSC")
    said = "This MSC has been made obsolete by MSC2290."

    assert typed(said, place) == [("supersedes", True, False, "MSC-2290")]
    assert typed("This obsoletes MSC 12 and HIP-30.", place) == [
        ("supersedes", False, False, "MSC-12")
    ]
    assert typed(said) == []


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("Superseded by 12", ["by 12"]),
        ("Superseded by #12", ["by 12"]),
        ("Superseded by No. 12", ["by 12"]),
        ("Ersetzt durch Nr. 12", ["by 12"]),
        ("Superseded by number 12", ["by 12"]),
        ("Superseded -> 12", ["by 12"]),
        ("Superseded by 12 and 13 on 2024-03-04", ["by 12", "by 13"]),
        ("Superseded by:\n\n- 12\n- 13", ["by 12", "by 13"]),
        ("Superseded by ADR-12/ADR-13", ["by ADR-12", "by ADR-13"]),
        ("Superseded by ADRs 12-14", ["by ADR-12", "by ADR-13", "by ADR-14"]),
        ("Superseded by “Sign every commit”", ["by Sign every commit"]),
        ("Accepted. Supersedes both 3 and 4.", ["3", "4"]),
        ("Accepted; obsoletes ADR 2 to ADR 4", ["ADR-2", "ADR-3", "ADR-4"]),
        ("Accepted. Supersedes ADR 3 (partially).", ["~ADR-3"]),
        ("Superseded by 12 (partially)", ["~by 12"]),
        ("Section 3 superseded by ADR 12", ["~by ADR-12"]),
        ("Deprecated (replaced by ADR 12)", ["by ADR-12"]),
        ("Rejected, see 12", ["by 12"]),
        ("Merged into 12", ["by 12"]),
        ("Split into ADR-12 and ADR-13", ["by ADR-12", "by ADR-13"]),
        ("See ADR 12, which replaces this.", ["by ADR-12"]),
        ("Remplacé par 12", ["by 12"]),
        ("Ersetzt durch ADR-12", ["by ADR-12"]),
        ("Substituído pelo ADR 12", ["by ADR-12"]),
        ("Aceptado, reemplaza a ADR 3", ["ADR-3"]),
        ("Akzeptiert, ersetzt 3", ["3"]),
        ("Superseded by issue #12", []),
        ("Superseded by version 12", []),
        ("Accepted. Replaces 4 servers, 12% of them since 2021", []),
        ("Superseded in 2021", []),
        ("Accepted. Does not supersede 3.", []),
        ("Will be superseded by ADR 12", []),
        ("To be superseded by 12 once accepted", []),
    ],
)
def test_a_status_says_what_it_supersedes_or_is_superseded_by(status, expected):
    said = [
        f"{'~' * each.partial}{'by ' * each.inverse}{each.target}"
        for each in read_status(status, TextPlace("docs/adr/0007-x.md")).references
        if each.type is LinkType.SUPERSEDES
    ]
    assert said == expected


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("supersededBy", "ADR-0012", ["by ADR-0012"]),
        ("successor", 12, ["by 12"]),
        ("ersetzt durch", "12", ["by 12"]),
        ("partially-superseded-by", "12", ["~by 12"]),
        ("superseded-by", "12 (partially)", ["~by 12"]),
        ("supersedes", "parts of ADR 3", ["~ADR-3"]),
        ("supersedes", "2-4", ["ADR-2", "ADR-3", "ADR-4"]),
        ("supersedes", [{"number": 3}, {"path": "0004-x.md"}], ["3", "docs/adr/0004-x.md"]),
    ],
)
def test_a_field_says_what_it_supersedes_or_is_superseded_by(name, value, expected):
    said = field_references(name, value, HERE)

    assert [f"{'~' * each.partial}{'by ' * each.inverse}{each.target}" for each in said] == expected


def test_the_second_cell_of_a_row_belongs_to_the_relation_in_its_first():
    said = "| Relation | Record |\n|---|---|\n| Supersedes | [3](0003-x.md) |\n| Amended by | 12 |"

    assert typed(said) == [
        ("supersedes", False, False, "docs/adr/0003-x.md"),
        ("amends", True, False, "12"),
    ]


def test_a_box_that_nobody_ticked_relates_a_record_to_nothing():
    assert typed("- Superseded by ADR-4")
    assert not typed("- [ ] Superseded by ADR-4")


@pytest.mark.parametrize(
    ("said", "target"),
    [
        ("[Keep it in signed cookies](gone.md)", "docs/adr/gone.md (Keep it in signed cookies)"),
        ("[the old one](gone.md)", "docs/adr/gone.md (the old one)"),
        ("[ADR 21](../decisions/0021-x.md)", "docs/decisions/0021-x.md (ADR-21)"),
        ("[ADR 21](../../other/docs/adr/0021-x.md)", "other/docs/adr/0021-x.md"),
        ("[ADR 21](0022-x.md)", "docs/adr/0022-x.md"),
        ("`0021-b.md`", "docs/adr/0021-b.md"),
        ("decision 21", "21"),
    ],
)
def test_a_link_keeps_what_its_words_call_the_record_where_its_path_may_be_another(said, target):
    (found,) = find_references(f"Superseded by {said}", HERE, bare=True)

    assert found.target == target


@pytest.mark.parametrize(
    "said",
    ["Geändert durch ADR-3, dessen Lesart gilt", "Modifié par ADR-3", "Modificado por ADR-3"],
)
def test_what_amends_a_record_is_read_in_other_languages(said):
    (found,) = find_references(said, HERE)

    assert (found.type, found.inverse) == (LinkType.AMENDS, True)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("formats described in ADR 6, ADR 7, etc.", ["~ADR-6", "~ADR-7"]),
        ("the retry policy of ADR-4", ["~ADR-4"]),
        ("the decision in ADR 4", ["ADR-4"]),
        ("ADR-4, uses concepts from ADR-8", ["ADR-4", "see ADR-8"]),
        ("ADR-4 (see ADR-8), ADR-6", ["ADR-4", "see ADR-8", "ADR-6"]),
        ("ADR-4: Use Kafka, ADR-8: Use Redis", ["ADR-4", "ADR-8"]),
        ("ADR-4 as well as ADR-8", ["ADR-4", "ADR-8"]),
        ("[A](0004-a.md) [B](0008-b.md)", ["docs/adr/0004-a.md", "docs/adr/0008-b.md"]),
    ],
)
def test_a_field_means_what_it_lists_and_not_what_it_says_beside(value, said):
    found = field_references("Supersedes", value, HERE)

    marks = {"supersedes": "", "relates_to": "see "}
    assert [f"{'~' * one.partial}{marks[one.type]}{one.target}" for one in found] == said


def test_what_replaced_a_record_replaced_all_of_it_by_whatever_part():
    [found] = field_references("Superseded by", "the policy of ADR-12", HERE)

    assert not found.partial


def test_letters_in_place_of_zeros_are_zeros():
    [found] = field_references("Replaces", "ADR-OO35", HERE)

    assert found.target == "ADR-35"


@pytest.mark.parametrize("text", ["Replaces 4096-byte reads.", "It supersedes 1000-line files."])
def test_a_number_of_something_is_no_name_of_a_file(text):
    assert find_references(text, HERE) == ()


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Use Kafka (ADR-3), Use Redis (ADR-4)", {3: "supersedes", 4: "supersedes"}),
        ("ADR-3 (and ADR-4)", {3: "supersedes", 4: "supersedes"}),
        ("ADR-3 then ADR-4", {3: "supersedes", 4: "supersedes"}),
        ("ADR-3 sowie ADR-4", {3: "supersedes", 4: "supersedes"}),
        ("ADR-3 (see ADR-4)", {3: "supersedes", 4: "relates_to"}),
        ("everything in ADR-3", {3: "supersedes"}),
    ],
)
def test_each_item_of_a_list_is_meant_with_its_own_title(said, expected):
    found = field_references("Supersedes", said, HERE)

    assert {int(one.target.rpartition("-")[2]): one.type.value for one in found} == expected
    assert not any(one.partial for one in found)
