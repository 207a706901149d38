import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.wording.mentions import TextPlace
from indexer.wording.statuses import read_status
from memory.kinds.vocabulary import LinkType, Status

HERE = TextPlace("docs/adr/0005-x.md")


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Accepted", Status.ACCEPTED),
        ("✅ Accepted", Status.ACCEPTED),
        ("**Accepted**", Status.ACCEPTED),
        ("{ accepted }", Status.ACCEPTED),
        ("[ADOPTED](../x.md)", Status.ACCEPTED),
        ("Accepted, applied in v7", Status.ACCEPTED),
        ("Implemented in <https://github.com/o/r/pull/1>", Status.ACCEPTED),
        ("Approved.", Status.ACCEPTED),
        ("Partially Accepted", Status.ACCEPTED),
        ("~~Proposed~~ Accepted", Status.ACCEPTED),
        ("Proposed\nAccepted", Status.ACCEPTED),
        ("[![Status](https://img.shields.io/badge/status-accepted-green.svg)](x)", Status.ACCEPTED),
        ("Angenommen", Status.ACCEPTED),
        ("已接受", Status.ACCEPTED),
        ("Was accepted in 2021, retired in 2024.", Status.DEPRECATED),
        ("PROPOSED", Status.PROPOSED),
        ("{proposed}", Status.PROPOSED),
        ("🤔 Incomplete", Status.PROPOSED),
        ("In review", Status.PROPOSED),
        ("Pending", Status.PROPOSED),
        ("on hold", Status.PROPOSED),
        ("Draft, not yet accepted", Status.PROPOSED),
        ("Proposed\n\nWas partially implemented in v0.35", Status.PROPOSED),
        ("❌ Rejected (see [019](0019-y.md))", Status.REJECTED),
        ("Declined\n\nUntil there is demand", Status.REJECTED),
        ("*deprecated*", Status.DEPRECATED),
        ("accepted -> deprecated", Status.DEPRECATED),
        ("Withdrawn", Status.WITHDRAWN),
        ("Superceded entirely by [0072-m](0072-m.md)", Status.SUPERSEDED),
        ("Accepted\n\nSuperseded by [9. Foo](0009-foo.md)", Status.SUPERSEDED),
        ("Implemented. Superseded by [ADR-013](./adr-013-z.md).", Status.SUPERSEDED),
        ("proposed | rejected | accepted | deprecated", Status.UNSTATED),
        ("Not accepted", Status.UNSTATED),
        ("for prototyping", Status.UNSTATED),
        ("", Status.UNSTATED),
        ("We accepted this on Monday; the two alternatives were rejected.", Status.ACCEPTED),
        ("All other options were rejected.", Status.UNSTATED),
        ("Die Alternativen wurden abgelehnt", Status.UNSTATED),
        ("☐ Proposed ☑ Accepted ☐ Deprecated", Status.ACCEPTED),
        ("- [ ] proposed, [x] rejected, [ ] accepted", Status.REJECTED),
        ("Proposed, to be accepted or rejected by the board.", Status.PROPOSED),
        ("proposed or accepted", Status.UNSTATED),
        ("Obsoleted by ADR 17", Status.SUPERSEDED),
        # Life cycles of KEP, TEP, PEP, RFC, EIP and Aries.
        ("implementable", Status.ACCEPTED),
        ("recommended", Status.ACCEPTED),
        ("Recommended for approval", Status.PROPOSED),
        ("ready-for-release", Status.ACCEPTED),
        ("exploring", Status.PROPOSED),
        ("discontinued", Status.DEPRECATED),
        ("Implementing", Status.ACCEPTED),
        ("Living", Status.ACCEPTED),
        ("In consideration", Status.PROPOSED),
        ("provisional", Status.PROPOSED),
        ("STALLED", Status.PROPOSED),
        ("Demonstrated", Status.PROPOSED),
        ("Last Call", Status.PROPOSED),
        # A line that is wrapped goes on; a short one is a statement of its own.
        (
            "Accepted\n\nAmended by ADR 9, whose reading of it is\nsuperseded for now.",
            Status.ACCEPTED,
        ),
        (
            "Proposed, not implemented yet.\n\nAnother was proposed in ADR 9\nand implemented.",
            Status.PROPOSED,
        ),
        ("Proposed\nsuperseded by ADR 9", Status.SUPERSEDED),
        # What is said of others is not said of the record.
        ("Accepted. ADR 7 was superseded by ADR 9.", Status.ACCEPTED),
        ("Refines ADR 8 (which superseded ADR 7)", Status.UNSTATED),
        ("Amends ADR 8, whose author was replaced", Status.UNSTATED),
        ("We replaced the old queue with Kafka", Status.UNSTATED),
        ("ADR 5 is now superseded by ADR 9", Status.SUPERSEDED),  # which is the record itself
        # Only what is ticked in a list of choices holds.
        ("- [ ] Proposed\n- [x] Accepted\n- [ ] Superseded", Status.ACCEPTED),
        ("- [ ] Proposed\n- [ ] Accepted", Status.UNSTATED),
        ("☐ Proposed\n☒ Rejected", Status.REJECTED),
        ("( ) Proposed\n(x) Accepted", Status.ACCEPTED),
        ("<del>Accepted</del> Rejected", Status.REJECTED),
        ("Proposed / **Accepted** / Deprecated", Status.ACCEPTED),
        ("proposed, accepted, rejected, deprecated", Status.UNSTATED),
        ("![](https://img.shields.io/badge/ADR-Rejected-red)", Status.REJECTED),
        # What is denied or hoped for is not so.
        ("Not yet accepted", Status.PROPOSED),
        ("To be accepted", Status.UNSTATED),
        ("Will be accepted when there is a budget", Status.UNSTATED),
        ("May be superseded by ADR 9", Status.UNSTATED),
        ("Noch nicht angenommen", Status.UNSTATED),
        ("Pas encore accepté", Status.UNSTATED),
        ("Aún no aceptado", Status.UNSTATED),
        ("Não aceito", Status.UNSTATED),
        ("未接受", Status.UNSTATED),
        ("Inactive", Status.UNSTATED),
        ("Nobody accepted this", Status.UNSTATED),
        ("It was decided to wait", Status.UNSTATED),
        ("Awaiting approval", Status.PROPOSED),
        ("Active review (July 17 to 31)", Status.PROPOSED),
        ("Active users only", Status.UNSTATED),
        ("> Accepted or Rejected", Status.UNSTATED),
        ("Partially implemented (v5)", Status.ACCEPTED),
        ("Final draft", Status.PROPOSED),
        ("Accepted?", Status.UNSTATED),
        ("Probably accepted", Status.UNSTATED),
        ("Accepted on 2021-01-01, no longer in use", Status.DEPRECATED),
        ("Accepted\nSupersedes: ADR 3\nSuperseded by: None", Status.ACCEPTED),
        ("Accepted\n\nSuperseded by: -", Status.ACCEPTED),
        ("Accepted until superseded by ADR 9", Status.ACCEPTED),
        # Nor is what a later line says of something else.
        ("Accepted\n\nDeprecated options were dropped.", Status.ACCEPTED),
        ("Accepted by the board; rejected proposals are archived in the wiki.", Status.ACCEPTED),
        ("Accepted\n\n---\n\nSuperseded records are listed below", Status.ACCEPTED),
        ("Proposed\n\nImplemented partially", Status.PROPOSED),
        ("Obsoletes ADR 3", Status.UNSTATED),
        ("Deprecates ADR 3", Status.UNSTATED),
        # Of statements with dates the latest holds, whatever their order.
        ("- 2021-01-01: Superseded by ADR 9\n- 2020-02-01: Accepted", Status.SUPERSEDED),
        ("- 2020-01-01: Rejected\n- 2020-02-01: Accepted", Status.ACCEPTED),
        (
            "| Date | Status |\n|---|---|\n| 2020-01-01 | Draft |\n| 2020-02-01 | Accepted |",
            Status.ACCEPTED,
        ),
        # Other languages.
        ("Genehmigt", Status.ACCEPTED),
        ("Zurückgestellt", Status.PROPOSED),
        ("Remplacée par ADR 9", Status.SUPERSEDED),
        ("Validée le 3 mars 2021", Status.ACCEPTED),
        ("Vigente", Status.ACCEPTED),
        ("Descartado", Status.REJECTED),
        ("Em discussão", Status.PROPOSED),
        ("Recusada", Status.REJECTED),
    ],
)
def test_a_status_is_read_in_all_its_spellings(text, status):
    assert read_status(text, HERE).status is status


@pytest.mark.parametrize(
    "text",
    [
        "⌛️ Superseded by [0019](0019-y.md)",
        "⌛️ Superseded [0019](0019-y.md)",
        "Superseded: 2019-12-19 by [ADR 19](0019-y.md)",
        "Deprecated (see [ADR 19](0019-y.md))",
        "Deprecated, use [0019](0019-y.md) instead",
        "Rejected in favour of [ADR 19](0019-y.md)",
    ],
)
def test_what_supersedes_the_record_is_an_inverse_reference(text):
    (reference,) = read_status(text, HERE).references

    assert (reference.type, reference.inverse) == (LinkType.SUPERSEDES, True)
    assert reference.target == "docs/adr/0019-y.md"
    assert not reference.partial


@pytest.mark.parametrize(
    "text",
    [
        "Implemented. Parts of this ADR were superseded by ADR-20.",
        "Superseded in part by ADR-20",
        "Partly superseded by ADR-20",
    ],
)
def test_a_record_superseded_in_part_stays_accepted(text):
    line = read_status(text, HERE)

    assert line.status is Status.ACCEPTED
    assert [(each.target, each.inverse, each.partial) for each in line.references] == [
        ("ADR-20", True, True)
    ]


def test_an_accepted_record_may_say_what_it_supersedes():
    line = read_status("accepted; supersedes ADR-0057", HERE)

    assert line.status is Status.ACCEPTED
    assert [(each.target, each.inverse) for each in line.references] == [("ADR-0057", False)]


def test_the_date_and_the_words_are_kept():
    line = read_status("**Frobnicated** on 2024-05-14", HERE)

    assert line.status is Status.UNSTATED
    assert line.words == "Frobnicated on 2024-05-14"
    assert line.date is not None
    assert line.date.date().isoformat() == "2024-05-14"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Accepted. This feature was released to all users by Feb 2020.", None),
        ("Accepted 2020-01-07\n\nThe last part of it was merged on 2021-03-01.", "2020-01-07"),
        ("Accepted\n\nMerged 2020-05-14", "2020-05-14"),
        ("Accepted. Decided by the whole team on 2020-05-14.", "2020-05-14"),
    ],
)
def test_when_work_was_done_is_no_date_of_a_decision(text, day):
    found = read_status(text, HERE).date

    assert (found and found.date().isoformat()) == day


@pytest.mark.parametrize(
    ("text", "status", "began", "ended"),
    [
        ("Superseded by [Use X](20261129-use-x.md)", Status.SUPERSEDED, None, None),
        (
            "Deprecated since 2024-03-01 (accepted 2021-05-06)",
            Status.DEPRECATED,
            "2021-05-06",
            "2024-03-01",
        ),
        (
            "Superseded by ADR 9 on 2024-03-01, accepted 2021-05-06",
            Status.SUPERSEDED,
            "2021-05-06",
            "2024-03-01",
        ),
        (
            "Accepted on May 6, 2021 and later **replaced** by [X](0009-x.md), March 1, 2024",
            Status.SUPERSEDED,
            "2021-05-06",
            "2024-03-01",
        ),
        (
            "Veraltet seit 2024-03-01, zuvor angenommen 2021-05-06",
            Status.DEPRECATED,
            "2021-05-06",
            "2024-03-01",
        ),
        (
            "Accepted 2021-05-06 | Withdrawn 2024-03-01",
            Status.WITHDRAWN,
            "2021-05-06",
            "2024-03-01",
        ),
        (
            "Proposed 2021-04-01, accepted 2021-05-06, deprecated 2024-03-01",
            Status.DEPRECATED,
            "2021-05-06",
            "2024-03-01",
        ),
        ("Proposed 2021-04-01, accepted 2021-05-06", Status.ACCEPTED, "2021-05-06", None),
        ("Rejected 2024-03-01, proposed 2021-05-06", Status.REJECTED, "2024-03-01", None),
        ("Rejected (2021-05-06)", Status.REJECTED, "2021-05-06", None),
        ("Accepted May 6, 2021", Status.ACCEPTED, "2021-05-06", None),
        # What is said of another record, or is still to come, gives no date of this one.
        (
            "Superseded 2024-03-01 by ADR 9 (accepted 2023-12-01)",
            Status.SUPERSEDED,
            None,
            "2024-03-01",
        ),
        (
            "Accepted 2021-05-06, replaces ADR 3 (deprecated 2024-03-01)",
            Status.ACCEPTED,
            "2021-05-06",
            None,
        ),
        (
            "Accepted 2021-05-06, to be deprecated on 2024-03-01",
            Status.ACCEPTED,
            "2021-05-06",
            None,
        ),
    ],
)
def test_each_status_of_a_line_has_its_own_date(text, status, began, ended):
    line = read_status(text, HERE)

    days = [one and one.date().isoformat() for one in (line.date, line.ended)]
    assert (line.status, *days) == (status, began, ended)


@pytest.mark.slow
@given(st.text(max_size=80))
def test_reading_a_status_never_raises(text):
    read_status(text, HERE)


def test_who_implements_a_proposal_does_not_settle_it():
    said = read_status(
        "**Provisional** *2025-03-18*\n\nImplemented by: https://example.org/pull/482"
    )

    assert said.status is Status.PROPOSED


def test_rejected_with_a_later_record_named_has_that_for_its_successor():
    (later,) = read_status(
        "Rejected (see [ADR 19](0019-y.md))", TextPlace("docs/adr/0018-x.md")
    ).references
    (earlier,) = read_status("Rejected, see ADR 3", TextPlace("docs/adr/0018-x.md")).references

    assert (later.type, later.inverse) == (LinkType.SUPERSEDES, True)
    assert earlier.type is LinkType.RELATES_TO


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("Previously rejected, now accepted.", Status.ACCEPTED),
        ("Originally accepted (2021-01-02); later deprecated", Status.DEPRECATED),
        ("Zunächst abgelehnt, dann angenommen", Status.ACCEPTED),
    ],
)
def test_what_was_so_before_is_no_status_where_it_goes_on_with_what_is_so_now(said, status):
    assert read_status(said).status is status


@pytest.mark.parametrize("accepted", ["**Accepted**", "Accepted ✅", "✅ Accepted"])
def test_of_a_course_of_statuses_the_one_set_off_counts(accepted):
    assert read_status(f"Draft → Proposed → {accepted} → Superseded").status is Status.ACCEPTED


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("승인됨", Status.ACCEPTED),
        ("Zastąpiony przez ADR-8", Status.SUPERSEDED),
        ("Odrzucony", Status.REJECTED),
        ("Застаріло", Status.DEPRECATED),
    ],
)
def test_korean_polish_and_ukrainian_statuses_are_read(said, status):
    assert read_status(said).status is status


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("Not accepted yet.", Status.PROPOSED),
        ("Not yet decided", Status.PROPOSED),
        ("Undecided", Status.PROPOSED),
        ("To be discussed", Status.PROPOSED),
        ("In FCP", Status.PROPOSED),
        ("On trial", Status.PROPOSED),
        ("Paused", Status.PROPOSED),
        ("Scheduled for review (May 3...May 10)", Status.PROPOSED),
        ("Vetoed", Status.REJECTED),
        ("Won't do", Status.REJECTED),
        ("Dropped", Status.WITHDRAWN),
        ("Rescinded", Status.DEPRECATED),
        ("Sunset", Status.DEPRECATED),
        ("Endorsed", Status.ACCEPTED),
        ("Signed off", Status.ACCEPTED),
        ("In production", Status.ACCEPTED),
        ("Currently nobody knows", Status.UNSTATED),
    ],
)
def test_what_is_not_accepted_yet_is_open_and_other_words_for_a_status_are_read(said, status):
    assert read_status(said).status is status


def test_a_status_that_is_a_quotation_is_read_like_any_other():
    said = "> Accepted\n>\n> Parts of [ADR 1](0001-a.md) are\n> superseded here."

    read = read_status(said, HERE)

    assert read.status is Status.ACCEPTED
    assert [(one.type, one.partial) for one in read.references] == [(LinkType.SUPERSEDES, True)]


@pytest.mark.parametrize(
    ("said", "later"),
    [
        ("Deprecated\n\nSee [ADR 28](0028-r.md)", True),
        ("Superseded\n\nSee: ADR-28 instead.", True),
        ("Deprecated\n\nSee [ADR 3](0003-r.md)", False),
        ("Deprecated\n\nSee [ADR 28](0028-r.md) for what it cost", False),
        ("Accepted\n\nSee [ADR 28](0028-r.md)", False),
    ],
)
def test_what_an_ended_record_says_to_see_is_what_came_instead_if_it_is_a_later_one(said, later):
    found = read_status(said, HERE).references

    assert any(one.type is LinkType.SUPERSEDES and one.inverse for one in found) is later


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Active Review (July 1 - July 10, 2024)", None),
        ("Active review (May 30th...June 13th, 2024)", None),
        ("In review 2024-07-01 to 2024-07-10", None),
        ("In review since July 1, 2024", "2024-07-01"),
        ("Proposed - July 10, 2024", "2024-07-10"),
        ("Accepted 2024-07-01", "2024-07-01"),
    ],
)
def test_the_days_of_a_review_are_no_date_of_the_decision(text, day):
    date = read_status(text).date

    assert (date and f"{date:%Y-%m-%d}") == day
