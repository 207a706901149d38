"""Merges, contradictions, retirements: proposed with precision, applied whole, undone exactly."""

from __future__ import annotations

from datetime import timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.project import open_project
from memory.kinds.vocabulary import LinkType, Status, Trust
from memory.lessons import proposals as proposals_module
from memory.lessons.proposals import ProposalInputs, propose
from memory.lessons.similarity import shared
from memory.models.answer import Listed
from memory.models.assessment import AnchorVerdict, CheckedAnchor, Confidence, Freshness, Rank
from memory.models.details import Decision, Flag, Lesson, Note
from memory.models.standing import Standing
from tests.builders import NOW, a_memory

pytestmark = pytest.mark.slow

LEARNED = ".claude/memory/learned/antipatterns.md"
FILE = """# Patterns that failed

## Retrying at a fixed interval

- **Modules:** notifications
- **Context:** Failed deliveries were repeated every thirty seconds.
- **Outcome:** All retries of one outage stay in step and fell the platform once more.
- **Evidence for:** run-aaaaaaaa 2026-01-01: felled

## Retrying deliveries at a fixed interval

- **Modules:** notifications, payments
- **Context:** Failed deliveries were repeated every thirty seconds.
- **Outcome:** All retries of one outage stay in step and fell the platform once more.
- **Evidence for:** run-bbbbbbbb 2026-02-01: felled
- **Evidence against:** run-cccccccc 2026-03-01: held

## Caching what changes at every request

- **Modules:** api
- **Context:** The hit rate was two percent.
- **Outcome:** Memory was full of entries that nobody asked for twice.
"""


def listed(uid, details, *, status=Status.UNSTATED, in_force=True, path="notes.txt", **said):
    bearing = {name: said.pop(name) for name in ("freshness", "confidence") if name in said}
    memory = a_memory(uid, details=details, **said).model_copy(update={"path": path})
    return Listed(memory=memory, standing=Standing(in_force=in_force, status=status), **bearing)


def proposals(*memories, cosine=0.97, linked=(), near=1.0):
    known = ProposalInputs(
        sorted(memories, key=lambda one: one.memory.uid),
        frozenset(map(frozenset, linked)),
        lambda one, other: cosine,
        lambda one, other: near if set(one.split()) & set(other.split()) else 0.0,
        NOW,
    )
    return propose(known)


def a_lesson(uid, title="Retry at a fixed interval", form="antipattern", **said):
    context = said.pop("context", "Deliveries failed.")
    evidence = {name: said.pop(name) for name in ("evidence_for",) if name in said}
    details = Lesson(form=form, context=context, **evidence)
    return listed(uid, details, title=title, body=title, **said)


def test_two_lessons_that_say_the_same_are_proposed_and_the_one_with_more_evidence_stays():
    one, other = a_lesson("les-a"), a_lesson("les-b", evidence_for=("run-1",))

    [proposal] = proposals(one, other)

    assert (proposal.type, proposal.uids) == ("merge", ("les-b", "les-a"))
    assert proposals(other, one) == (proposal,)


@pytest.mark.parametrize(
    ("other", "options"),
    [
        (a_lesson("les-b", form="best_practice"), {}),
        (a_lesson("les-b", title="Retry at a growing interval"), {}),
        (a_lesson("les-b", title="Never retry at a fixed interval"), {}),
        (a_lesson("les-b", context="Deliveries failed 14 times."), {}),
        (a_lesson("les-b"), {"cosine": 0.85}),
        (a_lesson("les-b", context="Orders, invoices and refunds were late by days."), {}),
        (a_lesson("les-b"), {"linked": [("les-a", "les-b")]}),
        (a_lesson("les-b", in_force=False), {}),
        (a_lesson("les-b", path=None), {}),
        (a_lesson("les-b", modules=("auth",)), {}),
        (listed("not-b", Note(), title="Retry at a fixed interval", body="Deliveries failed."), {}),
    ],
)
def test_facts_that_are_merely_related_are_left_alone(other, options):
    assert proposals(a_lesson("les-a", modules=("api",)), other, **options) == ()


def test_what_says_the_same_is_near_enough_by_meaning_and_by_words():
    one = a_lesson("les-a", context="alpha beta gamma delta epsilon zeta eta")
    near = a_lesson("les-b", context="alpha beta gamma theta iota kappa lambda")  # 6 words of 10
    far = a_lesson("les-b", context="alpha beta omega theta iota kappa lambda")

    assert len(proposals(one, near, cosine=0.9)) == 1
    assert proposals(one, near, cosine=0.89) == ()
    assert proposals(one, far, cosine=0.9) == ()


def test_without_embeddings_nearly_all_words_have_to_be_the_same():
    one = a_lesson("les-a", context="alpha beta gamma delta epsilon zeta eta")
    near = a_lesson("les-b", context="alpha beta gamma delta epsilon zeta lambda")  # 9 of 10
    far = a_lesson("les-b", context="alpha beta gamma delta epsilon kappa lambda")

    assert len(proposals(one, near, cosine=None)) == 1
    assert proposals(one, far, cosine=None) == ()


def test_what_is_trusted_otherwise_is_not_merged():
    one, other = a_lesson("les-a"), a_lesson("les-b")
    source = other.memory.revision.source.model_copy(update={"trust": Trust.AGENT})
    revision = other.memory.revision.model_copy(update={"source": source})
    other = other.model_copy(
        update={"memory": other.memory.model_copy(update={"revision": revision})}
    )

    assert proposals(one, other) == ()


def test_a_pattern_against_an_antipattern_of_the_same_approach_is_a_contradiction():
    one, other = a_lesson("les-a", form="pattern"), a_lesson("les-b")

    [proposal] = proposals(one, other)

    assert proposal.type == "contradiction"
    assert proposals(one, other, linked=[("les-a", "les-b")]) == ()
    assert proposals(one, a_lesson("les-b", title="Deploy on Fridays only")) == ()


def test_titles_that_share_hardly_a_word_are_not_compared_by_meaning():
    one = a_lesson("les-a", title="Queue letters overnight", form="pattern")
    near = a_lesson("les-b", title="Queue invoices weekly")  # 1 word of 3
    far = a_lesson("les-b", title="Queue invoices weekly somewhere in town")

    assert len(proposals(one, near)) == 1
    assert proposals(one, far) == ()


def test_decisions_of_one_subject_contradict_each_other_only_when_their_titles_are_opposed():
    def decision(uid, title, modules=("api",)):
        details = Decision(status=Status.ACCEPTED)
        return listed(uid, details, title=title, body=title, modules=modules)

    first = decision("dec-a", "Merge the order and invoice tables")
    split = decision("dec-b", "Split the order and invoice tables")

    assert [one.type for one in proposals(first, split)] == ["contradiction"]
    assert proposals(first, decision("dec-b", "Split the order and invoice tables", ("x",))) == ()
    more = decision("dec-b", "Split the order and invoice tables", ("api", "x"))
    assert proposals(first, more) == ()
    assert proposals(first, decision("dec-b", "Index the order and invoice tables")) == ()


def test_two_decisions_of_one_title_in_force_are_named_unless_they_are_of_other_folders():
    def a_decision(uid, title, path):
        return listed(uid, Decision(), title=title, path=path, status=Status.ACCEPTED)

    one = a_decision("dec-a", "Use Postgres for orders", "docs/adr/0003-postgres.md")
    same = a_decision("dec-b", "Using Postgres for orders", "docs/adr/0009-postgres.md")
    elsewhere = a_decision("dec-c", "Use Postgres for orders", "billing/adr/0001-postgres.md")
    over = listed("dec-d", Decision(), title="Use Postgres for orders", in_force=False)

    [proposal] = proposals(one, same, elsewhere, over)

    assert (proposal.type, set(proposal.uids)) == ("contradiction", {"dec-a", "dec-b"})
    assert proposals(one, same, linked=[("dec-a", "dec-b")]) == ()


def test_what_has_had_its_day_is_proposed_for_retirement():
    def flag(days):
        details = Flag(due=NOW - timedelta(days=days))
        return listed(f"fla-{days}", details, status=Status.OPEN)

    def retired(rank):
        return Confidence(
            rank=rank, alpha=1, beta=9, mean=0.1, lower=0, count=8, trust=Trust.TEAM, reason="fails"
        )

    def names(verdict):
        anchors = (
            CheckedAnchor(type="path", name="a.py", verdict=AnchorVerdict.GONE, reason="gone"),
            CheckedAnchor(type="path", name="b.py", verdict=verdict, reason="so"),
        )
        return Freshness(verdict=AnchorVerdict.GONE, anchors=anchors)

    found = proposals(
        flag(91),
        flag(89),
        a_lesson("les-r", title="One", confidence=retired(Rank.RETIRED)),
        a_lesson("les-c", title="Two", confidence=retired(Rank.CANDIDATE)),
        listed("not-g", Note(), title="Three", freshness=names(AnchorVerdict.GONE)),
        listed("not-f", Note(), title="Four", freshness=names(AnchorVerdict.FRESH)),
        cosine=0.1,
    )

    assert [one.uids for one in found] == [("fla-91",), ("les-r",), ("not-g",)]


TITLES = (
    "Retry at a fixed interval",
    "Retrying at a fixed interval",
    "Retry at a growing interval",
    "Never retry at a fixed interval",
    "Merge the order and invoice tables",
    "Split the order and invoice tables",
    "Cache the order tables",
)
kept = st.tuples(
    st.sampled_from(["pattern", "antipattern", "best_practice", "note", "decision"]),
    st.sampled_from(TITLES),
    st.sampled_from(["Deliveries failed.", "Deliveries failed again.", "Orders were late."]),
    st.sampled_from([(), ("api",), ("auth",), ("api", "auth")]),
    st.booleans(),
)


def one_kept(number, kind, title, context, modules, in_force):
    said = {"title": title, "modules": modules, "in_force": in_force}
    if kind == "note":
        return listed(f"not-{number}", Note(), body=context, **said)
    if kind == "decision":
        details = Decision(status=Status.ACCEPTED)
        return listed(f"dec-{number}", details, body=context, **said)
    return a_lesson(f"les-{number}", form=kind, context=context, **said)


@given(st.lists(kept, max_size=9), st.sampled_from([None, 0.85, 0.97]))
def test_what_is_proposed_is_what_comparing_all_pairs_proposes(said, cosine):
    memories = [one_kept(number, *one) for number, one in enumerate(said)]

    found = proposals(*memories, cosine=cosine)

    def all_pairs(texts, least):
        pairs = combinations(range(len(texts)), 2)
        return [(at, to) for at, to in pairs if shared(texts[at], texts[to]) >= least]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(proposals_module, "sharing", all_pairs)
        assert proposals(*memories, cosine=cosine) == found


@pytest.fixture
def memory(tmp_path, word_model):
    file = tmp_path / "project" / LEARNED
    file.parent.mkdir(parents=True)
    file.write_text(FILE)
    with open_project(tmp_path / "project", store=tmp_path / "store") as memory:
        memory.index()
        yield memory


def consolidate(memory, **said):
    return memory.consolidate(author="human:dana", **said)


def text(memory):
    return (memory.root / LEARNED).read_text()


def the_merge(memory):
    [proposal] = consolidate(memory).proposals
    return proposal


def test_nothing_is_done_without_being_named(memory):
    before = memory.upkeep.news().mark

    assert the_merge(memory) == the_merge(memory)

    assert (text(memory), memory.upkeep.news().mark) == (FILE, before)
    assert consolidate(memory, listing=True).applications == ()


def test_a_merge_gathers_the_evidence_and_deletes_nothing(memory):
    proposal = the_merge(memory)
    stays, goes = proposal.uids

    [outcome] = consolidate(memory, apply=(proposal.id,)).outcomes

    assert outcome.done
    kept = memory.show(stays)
    assert len(kept.memory.revision.draft.details.evidence_for) == 2
    assert len(kept.memory.revision.draft.details.evidence_against) == 1
    assert {one.type for one in kept.links} >= {LinkType.MERGES, LinkType.SUPERSEDES}
    assert memory.show(goes).standing.replaced_by == (stays,)
    assert text(memory).count("## Retrying") == 2
    assert consolidate(memory).proposals == ()
    report = memory.upkeep.take_in()
    assert (report.revised, report.added, report.removed) == (0, 0, 0)


def test_undoing_brings_the_former_words_back_as_new_revisions(memory):
    proposal = the_merge(memory)
    consolidate(memory, apply=("all",))

    [outcome] = consolidate(memory, undo=(proposal.id,)).outcomes

    assert outcome.done
    assert text(memory) == FILE
    for uid in proposal.uids:
        revisions = memory.history(uid).revisions
        assert len(revisions) == 3
        assert revisions[0].draft.digest == revisions[2].draft.digest
    assert [one.state for one in consolidate(memory, listing=True).applications] == ["undone"]
    assert not consolidate(memory, undo=(proposal.id,)).outcomes[0].done
    assert memory.upkeep.take_in().revised == 0


def test_what_somebody_changed_meanwhile_is_neither_applied_nor_undone(memory):
    proposal = the_merge(memory)
    consolidate(memory, apply=(proposal.id,))
    file = memory.root / LEARNED
    changed = text(memory).replace("every thirty seconds", "every minute", 1)
    file.write_text(changed)
    memory.upkeep.take_in()

    [outcome] = consolidate(memory, undo=(proposal.id,)).outcomes

    assert not outcome.done
    assert "was changed meanwhile" in outcome.said
    assert text(memory) == changed
    assert not consolidate(memory, apply=("con-nothing",)).outcomes[0].done


@pytest.mark.parametrize("finish", [True, False])
@pytest.mark.parametrize("killed_after", [1, 2])
def test_what_was_killed_half_way_is_visible_and_can_be_finished_or_undone(
    memory, monkeypatch, killed_after, finish
):
    proposal = the_merge(memory)
    amend, calls = type(memory).amend, []

    def killed(self, uid, draft, *, author, after):
        recorded = amend(self, uid, draft, author=author, after=after)
        calls.append(uid)
        if len(calls) == killed_after:
            raise KeyboardInterrupt
        return recorded

    monkeypatch.setattr(type(memory), "amend", killed)
    with pytest.raises(KeyboardInterrupt):
        consolidate(memory, apply=(proposal.id,))
    monkeypatch.undo()
    assert consolidate(memory, listing=True).applications[0].state == "half applied"

    if finish:
        assert consolidate(memory, apply=(proposal.id,)).outcomes[0].done
        assert memory.show(proposal.uids[1]).standing.status is Status.SUPERSEDED
    assert consolidate(memory, undo=(proposal.id,)).outcomes[0].done

    assert text(memory) == FILE
    assert memory.ledger.db.consolidations.find(proposal.id).state == "undone"


def test_one_that_cannot_be_written_is_taken_back(memory, monkeypatch):
    proposal = the_merge(memory)
    amend = type(memory).amend

    def refuse(self, uid, draft, *, author, after):
        if uid == proposal.uids[1] and draft.status is Status.SUPERSEDED:
            raise OSError("disk full")
        return amend(self, uid, draft, author=author, after=after)

    monkeypatch.setattr(type(memory), "amend", refuse)

    [outcome] = consolidate(memory, apply=(proposal.id,)).outcomes

    assert not outcome.done
    assert "disk full" in outcome.said
    assert text(memory) == FILE


def test_one_that_failed_before_anything_was_changed_can_be_applied_later(memory, monkeypatch):
    proposal = the_merge(memory)

    def refuse(self, *said, **asked):
        raise OSError("disk full")

    monkeypatch.setattr(type(memory), "amend", refuse)
    assert not consolidate(memory, apply=(proposal.id,)).outcomes[0].done
    monkeypatch.undo()

    assert consolidate(memory, listing=True).applications == ()
    assert the_merge(memory) == proposal
    assert consolidate(memory, apply=(proposal.id,)).outcomes[0].done


def test_one_can_be_applied_while_another_is_undone(memory):
    proposal = the_merge(memory)

    said = consolidate(memory, apply=(proposal.id,), undo=("con-nothing",)).outcomes

    assert [(one.id, one.done) for one in said] == [("con-nothing", False), (proposal.id, True)]


def test_to_apply_all_finishes_what_was_killed_half_way(memory, monkeypatch):
    proposal = the_merge(memory)
    amend = type(memory).amend

    def killed(self, *said, **asked):
        amend(self, *said, **asked)
        raise KeyboardInterrupt

    monkeypatch.setattr(type(memory), "amend", killed)
    with pytest.raises(KeyboardInterrupt):
        consolidate(memory, apply=(proposal.id,))
    monkeypatch.undo()

    [outcome] = consolidate(memory, apply=("all",)).outcomes

    assert (outcome.id, outcome.done) == (proposal.id, True)
    assert [one.state for one in consolidate(memory, listing=True).applications] == ["applied"]


def test_what_somebody_else_applies_at_the_same_time_stays_applied(memory, monkeypatch):
    proposal = the_merge(memory)
    amend, others = type(memory).amend, []

    def late(self, *said, **asked):
        if not others:
            others.append(memory.twin())
            assert consolidate(others[0], apply=(proposal.id,)).outcomes[0].done
        return amend(self, *said, **asked)

    monkeypatch.setattr(type(memory), "amend", late)

    [outcome] = consolidate(memory, apply=(proposal.id,)).outcomes

    others[0].close()
    assert not outcome.done
    assert "was changed meanwhile" in outcome.said
    assert [one.state for one in consolidate(memory, listing=True).applications] == ["applied"]
    assert consolidate(memory, undo=(proposal.id,)).outcomes[0].done
    assert text(memory) == FILE


def test_words_of_a_person_that_came_between_two_steps_stay(memory, monkeypatch):
    proposal = the_merge(memory)
    stays, goes = proposal.uids
    amend, others = type(memory).amend, []

    def late(self, uid, draft, **asked):
        if uid == goes and not others:
            others.append(memory.twin())
            theirs = memory.show(goes).memory.revision.draft
            against = (*theirs.details.evidence_against, "Mind the lock")
            said = theirs.details.model_copy(update={"evidence_against": against})
            others[0].amend(goes, theirs.model_copy(update={"details": said}), author="human:x")
        return amend(self, uid, draft, **asked)

    monkeypatch.setattr(type(memory), "amend", late)

    [outcome] = consolidate(memory, apply=(proposal.id,)).outcomes

    others[0].close()
    assert not outcome.done
    assert "was changed meanwhile" in outcome.said
    assert "Mind the lock" in memory.show(goes).memory.revision.draft.details.evidence_against
    assert len(memory.show(stays).memory.revision.draft.details.evidence_for) == 1
    assert [one.state for one in consolidate(memory, listing=True).applications] == ["undone"]


def test_notes_without_embeddings_are_compared_by_their_words():
    words = {"title": "Limits of the API", "body": "Uploads pass the token bucket by."}
    one, other = listed("not-a", Note(), **words), listed("not-b", Note(), **words)
    far = listed("not-b", Note(), **words | {"body": "The bucket of tokens is filled anew."})

    assert [each.type for each in proposals(one, other, cosine=None)] == ["merge"]
    assert proposals(one, far, cosine=None) == ()


def test_notes_that_archmem_wrote_are_compared_by_what_they_say_and_not_by_their_marks():
    def a_note(uid, day, comma):
        body = (
            f"## Refund lock\n<!-- archmem: {uid} -->\n- **Date:** {day}\n\n"
            f"Refunds take a row lock on the order{comma} before they ask the acquirer."
        )
        return listed(uid, Note(), title="Refund lock", body=body)

    one, other = a_note("not-2k7pa4x9", "2026-03-01", ","), a_note("not-x5y3q8r7", "2026-04-02", "")

    assert [proposal.type for proposal in proposals(one, other)] == ["merge"]
    assert [proposal.type for proposal in proposals(one, other, cosine=None)] == ["merge"]
