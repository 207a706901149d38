import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.reconcile import FoundDraft, Reconciliation, plan_reconciliation
from memory.models.memory import Memory, Revision
from tests.builders import NOW, a_decision, a_draft, a_source

TEXT = (
    "We keep orders in a queue, since the database cannot take the load of the evening, and a "
    "worker writes them one by one. Retries are safe, because each order carries a key."
)
OTHER = (
    "Money is an integer of cents everywhere. Floats lose pennies, and rounding at the border "
    "of each service gave three different totals for one invoice in the audit of last year."
)


def known(draft, path="a.txt", uid=None, *, removed=False) -> Memory:
    revision = Revision(number=1, draft=draft, source=a_source(path=path), recorded_at=NOW,
                        removed=removed)  # fmt: skip
    return Memory(
        uid=uid or draft.title, revision=revision, revisions=1, path=path, lines=draft.lines,
        entry=draft.key,
    )  # fmt: skip


def one(path="a.txt", **changes):
    return FoundDraft(path, a_decision(**({"title": "Queue", "body": TEXT} | changes)))


def matches(plan: Reconciliation) -> dict[str, FoundDraft]:
    return {match.memory.uid: match.found for match in plan.matched}


def test_what_is_as_it_was_is_matched():
    found = one()

    plan = plan_reconciliation([found], [known(found.draft)])

    assert plan == Reconciliation(matched=((known(found.draft), found),))


def test_nothing_known_and_nothing_found_are_no_special_cases():
    assert plan_reconciliation([], []) == Reconciliation()
    assert plan_reconciliation([one()], []) == Reconciliation(added=(one(),))
    assert plan_reconciliation([], [known(one().draft)]) == Reconciliation(
        removed=(known(one().draft),)
    )


def test_a_removed_memory_is_not_removed_again():
    assert plan_reconciliation([], [known(one().draft, removed=True)]) == Reconciliation()


def test_a_moved_record_is_the_same_however_many_move_at_once():
    drafts = [a_decision(title=f"Title {n}", body=f"Body {n}", number=n) for n in range(50)]

    plan = plan_reconciliation(
        [FoundDraft(f"new/{n}.txt", draft) for n, draft in reversed([*enumerate(drafts)])],
        [known(draft, f"old/{n}.txt") for n, draft in enumerate(drafts)],
    )

    assert all(match.memory.title == match.found.draft.title for match in plan.matched)
    assert (len(plan.matched), plan.added, plan.removed) == (50, (), ())


def test_swapped_numbers_do_not_swap_records():
    """As when 0001.md and 0002.md change places, each with its number in its text."""
    first = a_decision(title="Queue", body=f"# 1. Queue\n\n{TEXT}", number=1)
    second = a_decision(title="Cents", body=f"# 2. Cents\n\n{OTHER}", number=2)

    plan = plan_reconciliation(
        [
            FoundDraft(
                "0001.md", a_decision(title="Cents", body=f"# 1. Cents\n\n{OTHER}", number=1)
            ),
            FoundDraft(
                "0002.md", a_decision(title="Queue", body=f"# 2. Queue\n\n{TEXT}", number=2)
            ),
        ],
        [known(first, "0001.md"), known(second, "0002.md")],
    )

    assert {uid: found.path for uid, found in matches(plan).items()} == {
        "Queue": "0002.md", "Cents": "0001.md",
    }  # fmt: skip


def test_a_record_rewritten_in_its_place_is_a_revision():
    plan = plan_reconciliation(
        [one(title="Cents", body=OTHER)], [known(one().draft, "a.txt", "uid")]
    )

    assert list(matches(plan)) == ["uid"]


def test_an_entry_that_keeps_its_name_is_the_same_whatever_it_says():
    memory = known(one(key="flag-1", title="Old title").draft, uid="uid")

    plan = plan_reconciliation([one(key="flag-1", title="New title", body=OTHER)], [memory])

    assert list(matches(plan)) == ["uid"]


def test_a_moved_and_edited_record_is_found_by_likeness():
    edited = TEXT.replace("of the evening", "of every evening, as measured in March")

    plan = plan_reconciliation([one("b.txt", title="Queues", body=edited)], [known(one().draft)])

    assert list(matches(plan)) == ["Queue"]


def test_an_equal_title_makes_up_for_less_likeness():
    half = TEXT[:90] + "Everything after this was written anew in the spring, with other reasons."
    memory = known(one().draft)

    same_title = plan_reconciliation([one("b.txt", body=half)], [memory])
    other_title = plan_reconciliation([one("b.txt", body=half, title="Broker")], [memory])

    assert (list(matches(same_title)), list(matches(other_title))) == (["Queue"], [])


def test_an_equal_title_alone_merges_nothing():
    plan = plan_reconciliation([one("b.txt", body=OTHER)], [known(one().draft)])

    assert (len(plan.matched), len(plan.added), len(plan.removed)) == (0, 1, 1)


def test_likeness_does_not_cross_kinds():
    note = a_draft(title="Queue", body=TEXT + " And more.")

    plan = plan_reconciliation([FoundDraft("b.txt", note)], [known(one().draft)])

    assert plan.matched == ()


def test_two_records_with_one_number_or_one_title_stay_two():
    first, second = one("1.txt", number=4), one("2.txt", number=4, body=OTHER)

    plan = plan_reconciliation(
        [second, first], [known(first.draft, "1.txt", "1"), known(second.draft, "2.txt", "2")]
    )

    assert matches(plan) == {"1": first, "2": second}


def test_a_copy_is_a_new_memory_and_the_original_keeps_its_own():
    original, copy = one("b.txt"), one("a.txt")

    plan = plan_reconciliation([copy, original], [known(original.draft, "b.txt", "uid")])

    assert (matches(plan), plan.added) == ({"uid": original}, (copy,))


def test_an_original_that_is_edited_while_it_is_copied_keeps_its_own():
    original, copy = one("b.txt", body=TEXT + " With a remark."), one("a.txt")

    plan = plan_reconciliation([copy, original], [known(one().draft, "b.txt", "uid")])

    assert (matches(plan), plan.added) == ({"uid": original}, (copy,))


def test_the_uid_that_an_entry_carries_wins_over_everything():
    memories = [known(one().draft, "a.txt", "uid-1"), known(one().draft, "b.txt", "uid-2")]

    plan = plan_reconciliation([one("a.txt", uid="uid-2"), one("b.txt", uid="uid-1")], memories)

    assert {uid: found.path for uid, found in matches(plan).items()} == {
        "uid-2": "a.txt", "uid-1": "b.txt",
    }  # fmt: skip


def test_of_two_entries_with_one_uid_the_one_in_its_place_has_it():
    original, copy = one("b.txt", uid="uid"), one("a.txt", uid="uid")

    plan = plan_reconciliation(
        [copy, original],
        [known(copy.draft, "a.txt", "copy"), known(original.draft, "b.txt", "uid")],
    )

    assert matches(plan) == {"uid": original, "copy": copy}


def test_what_came_back_is_the_memory_it_was():
    plan = plan_reconciliation([one("new.txt")], [known(one().draft, "old.txt", removed=True)])

    assert list(matches(plan)) == ["Queue"]


@pytest.mark.parametrize("path", ["a.txt", "z.txt"])
def test_a_memory_that_is_there_comes_before_one_that_was_removed(path):
    removed = known(one(key="k").draft, path, "removed", removed=True)
    live = known(one(key="k").draft, "b.txt", "live")

    for found in (one("b.txt", key="k", title="Edited"), one("c.txt", key="k")):
        assert list(matches(plan_reconciliation([found], [removed, live]))) == ["live"]


def test_what_is_removed_is_not_found_by_likeness():
    plan = plan_reconciliation(
        [one("b.txt", body=TEXT + " More.")], [known(one().draft, removed=True)]
    )

    assert plan.matched == ()


def numbered(n: int, *, renumbered: int = 0) -> str:
    return (
        f"# ADR {n + renumbered}\n\n## Status\n\nAccepted by the whole team\n\n"
        f"We choose thing{n} over other{n}, because reason{n} weighs more than cost{n} does "
        f"in place{n}. What follows of it is effect{n} and effect{n + 1} in part{n}.\n"
    )


def seconds_for(found, memories) -> tuple[float, Reconciliation]:
    started = time.perf_counter()
    plan = plan_reconciliation(found, memories)
    return time.perf_counter() - started, plan


@pytest.mark.slow
def test_two_thousand_records_that_all_move_take_seconds_at_most():
    drafts = [a_decision(title=f"T{n}", body=numbered(n)) for n in range(2_000)]
    memories = [known(draft, f"old/{n}.md") for n, draft in enumerate(drafts)]

    seconds, plan = seconds_for(
        [FoundDraft(f"new/{n}.md", draft) for n, draft in enumerate(drafts)], memories
    )

    assert len(plan.matched) == 2_000
    assert seconds < 5


@pytest.mark.slow
def test_two_thousand_records_that_all_move_and_change_take_seconds_at_most():
    """All share a template, so that each looks a little like every other."""
    memories = [
        known(a_decision(title=f"T{n}", body=numbered(n)), f"old/{n}.md") for n in range(2_000)
    ]
    found = [
        FoundDraft(f"new/{n}.md", a_decision(title=f"New {n}", body=numbered(n, renumbered=7)))
        for n in range(2_000)
    ]

    seconds, plan = seconds_for(found, memories)

    assert [match.memory.title for match in plan.matched] == [
        f"T{match.found.draft.title[4:]}" for match in plan.matched
    ]
    assert len(plan.matched) == 2_000
    assert seconds < 10


DRAFTS = st.builds(
    a_decision,
    title=st.sampled_from(["A", "B"]),
    body=st.sampled_from([TEXT, OTHER, TEXT + OTHER, "x"]),
    key=st.sampled_from(["", "k", "l"]),
    uid=st.sampled_from([None, "0", "1", "unknown"]),
)
FOUND = st.lists(st.builds(FoundDraft, st.sampled_from(["a", "b"]), DRAFTS), max_size=6)
KNOWN = st.lists(st.tuples(st.sampled_from(["a", "b", None]), DRAFTS, st.booleans()), max_size=6)


@pytest.mark.slow
@given(FOUND, KNOWN)
def test_every_draft_and_every_memory_has_one_fate(found, memories):
    memories = [
        known(draft, path, str(number), removed=removed)
        for number, (path, draft, removed) in enumerate(memories)
    ]

    plan = plan_reconciliation(found, memories)

    drafts = [match.found for match in plan.matched] + [*plan.added]
    assert sorted(map(repr, drafts)) == sorted(map(repr, found))
    fates = [match.memory.uid for match in plan.matched] + [one.uid for one in plan.removed]
    assert len(set(fates)) == len(fates)
    left = {memory.uid for memory in memories} - set(fates)
    assert all(memory.revision.removed for memory in memories if memory.uid in left)
    assert not any(memory.revision.removed for memory in plan.removed)
