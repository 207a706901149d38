"""What runs teach: new lessons, evidence for known ones, contradictions."""

from __future__ import annotations

import shutil

import pytest

from indexer.project import open_project
from memory.errors import InvalidRecord, InvalidResult
from memory.kinds.vocabulary import Kind, LinkType, Status, Trust
from memory.lessons import learn
from memory.lessons.learn import LONGEST_TITLE, Claim, claims_of
from memory.lessons.result_parser import read_result
from memory.models.details import Lesson, Run
from memory.models.selection import Selection
from tests.builders import a_draft, copy_project, rows

pytestmark = pytest.mark.slow

AUTHOR = "human:dana"
APPROACH = "Declare quorum queues in RabbitMQ"
WHERE = "A deploy of the broker loses jobs"
WORKED = {
    "success": True,
    "approach": APPROACH,
    "situation": WHERE,
    "metrics": {"lost jobs": {"before": 12, "after": 0}},
}
FAILED = {
    "success": False,
    "approach": APPROACH,
    "situation": WHERE,
    "issues": ["Twice the disk"],
    "alternative": "An outbox table",
}
SAME = {
    "approach": "Quorum queues in RabbitMQ, declared",
    "situation": "Deploys of the broker lost jobs",
}


def learned(memory, **changes):
    """What is learned from a result that no run was opened for."""
    return memory.learn(read_result(changes), author=AUTHOR)


def lessons_of(memory) -> dict[str, list]:
    """The lessons by form, each list by title."""
    found = {}
    for one in memory.list(Selection(kinds=(Kind.LESSON,))):
        found.setdefault(one.memory.revision.draft.details.form, []).append(one.memory)
    return {form: sorted(some, key=lambda one: one.title) for form, some in found.items()}


def details_of(memory, uid) -> Lesson:
    return memory.show(uid).memory.revision.draft.details


def test_what_worked_becomes_a_pattern_in_the_projects_file(memory):
    told = learned(memory, **WORKED)

    (taught,) = told.lessons
    details = details_of(memory, taught.uid)
    shown = memory.show(taught.uid)
    assert (taught.what, taught.form, taught.title) == ("added", "pattern", APPROACH)
    assert (details.context, details.outcome) == (WHERE, "lost jobs 12 -> 0")
    assert (LinkType.LEARNED_IN, told.run) in [(link.type, link.target) for link in shown.links]
    (line,) = details.evidence_for
    assert line.startswith(f"{told.run} 20")
    assert line.endswith(": lost jobs 12 -> 0")
    text = (memory.root / ".claude/memory/learned/patterns.md").read_text()
    assert f"## {APPROACH}" in text
    assert line in text


def test_what_failed_becomes_an_antipattern_with_what_works_instead(memory):
    (taught,) = learned(memory, **FAILED).lessons

    details = details_of(memory, taught.uid)
    assert taught.form == "antipattern"
    assert (details.issues, details.alternative) == (("Twice the disk",), "An outbox table")
    assert details.evidence_for[0].endswith(": Twice the disk")
    assert (memory.root / ".claude/memory/learned/antipatterns.md").exists()


def test_what_worked_with_issues_is_one_pattern_that_tells_its_price():
    run = Run(status=Status.DONE, approach="Outbox", issues=("Late by 2 s",), alternative="Saga")

    assert [claim.form for claim in claims_of(run)] == ["pattern"]


def test_its_price_and_the_alternative_stand_in_the_pattern(memory):
    (taught,) = learned(memory, **WORKED, issues=["Twice the disk"], alternative="Outbox").lessons

    details = details_of(memory, taught.uid)
    assert (taught.form, details.issues, details.alternative) == (
        "pattern",
        ("Twice the disk",),
        "Outbox",
    )


def test_what_failed_without_a_reason_is_an_antipattern_all_the_same():
    run = Run(status=Status.FAILED, approach="Big bang")

    assert claims_of(run) == (Claim("antipattern", "Big bang", "it failed"),)


def test_each_lesson_is_a_best_practice_whether_the_run_succeeded_or_not(memory):
    (taught, other) = learned(
        memory, success=False, lessons=["Measure first.", "Ask twice"]
    ).lessons

    assert (taught.form, taught.title) == ("best_practice", "Measure first")
    assert other.title == "Ask twice"


def test_a_result_that_tells_only_its_task_teaches_nothing(memory):
    told = learned(memory, success=True, task="Measure once")

    assert told.lessons == ()
    assert memory.run_list().runs[0].learned is True


def test_the_same_in_a_like_situation_is_evidence_and_no_second_lesson(memory):
    first = learned(memory, **WORKED)
    again = learned(memory, **WORKED | SAME)

    (taught,) = again.lessons
    assert (taught.what, taught.uid) == ("supported", first.lessons[0].uid)
    assert taught.because
    shown = memory.show(taught.uid)
    lines = shown.memory.revision.draft.details.evidence_for
    assert [line.split()[0] for line in lines] == [first.run, again.run]
    assert shown.memory.revisions == 2
    supporters = [link.source for link in shown.links if link.type is LinkType.SUPPORTS]
    assert sorted(supporters) == sorted([first.run, again.run])
    assert len(lessons_of(memory)["pattern"]) == 1
    text = (memory.root / ".claude/memory/learned/patterns.md").read_text()
    assert all(line in text for line in lines)


def test_in_another_situation_it_is_another_lesson(memory):
    learned(memory, **WORKED)
    learned(memory, **WORKED | {"situation": "Reports take all night"})

    assert len(lessons_of(memory)["pattern"]) == 2


def test_a_pattern_that_fails_in_a_like_situation_is_contradicted_and_kept(memory):
    pattern = learned(memory, **WORKED).lessons[0].uid
    told = learned(memory, **FAILED | SAME)

    by_what = {one.what: one for one in told.lessons}
    antipattern = by_what["added"].uid
    assert by_what["contradicted"].uid == pattern
    shown = memory.show(pattern)
    details = shown.memory.revision.draft.details
    assert len(details.evidence_for) == len(details.evidence_against) == 1
    assert details.evidence_against[0].startswith(told.run)
    against = {link.source for link in shown.links if link.type is LinkType.CONTRADICTS}
    assert against == {told.run, antipattern}
    assert {form: len(some) for form, some in lessons_of(memory).items()} == {
        "pattern": 1,
        "antipattern": 1,
    }


def test_an_antipattern_that_works_in_a_like_situation_is_contradicted_likewise(memory):
    antipattern = learned(memory, **FAILED).lessons[0].uid
    told = learned(memory, **WORKED | SAME)

    shown = memory.show(antipattern)
    assert [one.what for one in told.lessons] == ["added", "contradicted"]
    assert shown.memory.revision.draft.details.evidence_against[0].startswith(told.run)
    assert {link.source for link in shown.links if link.type is LinkType.CONTRADICTS} == {
        told.run,
        told.lessons[0].uid,
    }


def test_when_both_are_known_each_result_counts_for_one_and_against_the_other(memory):
    learned(memory, **WORKED)
    learned(memory, **FAILED | SAME)
    told = learned(memory, **WORKED, task="once more")

    assert [(one.what, one.form) for one in told.lessons] == [
        ("supported", "pattern"),
        ("contradicted", "antipattern"),
    ]
    (pattern,), (antipattern,) = lessons_of(memory)["pattern"], lessons_of(memory)["antipattern"]
    assert len(pattern.revision.draft.details.evidence_for) == 2
    assert len(antipattern.revision.draft.details.evidence_against) == 1


def test_a_lesson_that_a_person_wrote_by_hand_gets_the_evidence_where_it_stands(memory):
    file = memory.root / ".claude/memory/learned/patterns.md"
    file.parent.mkdir()
    file.write_text(f"# Patterns\n\n## {APPROACH}\n\n- **Context:** {WHERE}.\n\nIt held.\n")
    memory.index()
    (known,) = lessons_of(memory)["pattern"]

    told = learned(memory, **WORKED)

    assert [(one.what, one.uid) for one in told.lessons] == [("supported", known.uid)]
    assert told.run in file.read_text()
    assert memory.index().revised == 0


def test_a_lesson_in_json_gets_it_likewise(memory):
    file = memory.root / ".claude/memory/learned/patterns.json"
    file.parent.mkdir()
    file.write_text(
        f'{{"patterns": [{{"pattern": "{APPROACH}", "context": "{WHERE}", "outcome": "fine"}}]}}'
    )
    memory.index()

    told = learned(memory, **WORKED)

    (taught,) = told.lessons
    assert (taught.what, taught.problem) == ("supported", "")
    assert told.run in file.read_text()
    assert memory.index().revised == 0
    assert details_of(memory, taught.uid).evidence_for[0].startswith(told.run)


def test_where_the_file_cannot_take_it_the_run_still_counts(memory, monkeypatch):
    uid = learned(memory, **WORKED).lessons[0].uid

    def refuse(*_, **__):
        raise InvalidRecord("It cannot be said there.")

    monkeypatch.setattr(memory, "amend", refuse)
    told = learned(memory, **WORKED | SAME)

    assert told.lessons[0].problem == "It cannot be said there."
    assert told.run in {link.source for link in memory.show(uid).links}


def test_a_lesson_that_only_repeats_the_approach_is_not_learned_twice(memory):
    told = learned(memory, **WORKED, lessons=[f"{APPROACH}."])

    assert [one.form for one in told.lessons] == ["pattern"]


def test_a_best_practice_is_the_same_wherever_it_was_learned(memory):
    learned(memory, success=True, situation=WHERE, lessons=["Measure before and after migrations"])
    told = learned(
        memory,
        success=False,
        situation="Something else",
        lessons=["Measure before and after the migrations."],
    )

    assert [one.what for one in told.lessons] == ["supported"]


def test_what_no_longer_holds_gets_no_evidence(memory):
    known = a_draft(title=APPROACH, details=Lesson(context=WHERE, status=Status.SUPERSEDED))
    old = memory.record(known, author=AUTHOR).uid

    (taught,) = learned(memory, **WORKED).lessons

    assert (taught.what, taught.uid == old) == ("added", False)


def test_an_index_run_finds_nothing_new_in_what_was_learned(memory):
    learned(memory, **WORKED, lessons=["Measure first"])
    learned(memory, **FAILED | SAME)

    report = memory.index()

    assert (report.added, report.revised, report.moved, report.problems) == (0, 0, 0, ())


# Once is enough.


def test_learning_twice_changes_nothing(memory):
    told = learned(memory, **WORKED, lessons=["Measure first"])
    before = rows(memory.ledger.db)
    files = {file: file.read_text() for file in memory.root.rglob("learned/*")}

    again = memory.learn(told.run, author=AUTHOR)
    same = learned(memory, **WORKED, lessons=["Measure first"])

    assert (again.is_new, same.is_new) == (False, False)
    assert [(one.uid, one.what) for one in again.lessons] == [
        (one.uid, one.what) for one in told.lessons
    ]
    assert same == again
    assert rows(memory.ledger.db) == before
    assert {file: file.read_text() for file in memory.root.rglob("learned/*")} == files


def test_finishing_learns_at_once_or_later(memory):
    uid = memory.run_start("Queue receipts", with_brief=False, author=AUTHOR).uid

    finished = memory.run_finish(uid, read_result(WORKED), learning=False, author=AUTHOR)

    assert finished.learned is None
    assert lessons_of(memory) == {}
    assert memory.run_list().runs[0].learned is False
    assert memory.learn(uid, author=AUTHOR).is_new is True
    again = memory.run_finish(uid, read_result(WORKED), author=AUTHOR)
    assert (again.is_new, again.learned.is_new) == (False, False)
    assert len(lessons_of(memory)["pattern"]) == 1


def test_there_is_nothing_to_learn_from_a_run_that_was_not_finished(memory):
    uid = memory.run_start("Queue receipts", with_brief=False, author=AUTHOR).uid

    with pytest.raises(InvalidResult, match="never finished"):
        memory.learn(uid, author=AUTHOR)


class Killed(BaseException):
    """What no handler of errors catches."""


class Calls:
    """The calls that keep lessons; before the k-th and after it the process is killed."""

    def __init__(self, memory, die_at: int) -> None:
        self.count, self.die_at = 0, die_at
        for name in ("record", "amend"):
            setattr(memory, name, self._dying(getattr(memory, name)))

    def _dying(self, call):
        def dying(*given, **named):
            self._step()
            done = call(*given, **named)
            self._step()
            return done

        return dying

    def _step(self) -> None:
        self.count += 1
        if self.count == self.die_at:
            raise Killed


def said_by(memory) -> list[tuple]:
    """What the lessons say, without the uids that each copy of the project has of its own."""
    found = [one for some in lessons_of(memory).values() for one in some]
    return [
        (
            one.title,
            one.revisions,
            len(one.revision.draft.details.evidence_for),
            len(one.revision.draft.details.evidence_against),
            sorted(reference.type for reference in one.revision.draft.references),
        )
        for one in found
    ]


@pytest.mark.slow
def test_whoever_is_killed_in_between_completes_it_by_asking_again(memory, tmp_path):
    """The result is safe; each step of learning is either done or found undone."""
    learned(memory, **WORKED, lessons=["Measure first"])  # to be contradicted, and supported
    result = read_result(FAILED | SAME | {"lessons": ["Measure first.", "Ask the others"]})
    memory.close()
    wanted = None
    for step in range(1, 20):
        root = copy_project(tmp_path / "shop", tmp_path / f"copy{step}")
        with open_project(root, environment={}) as copy:
            calls = Calls(copy, die_at=step)
            uid = copy.run_start("Again", with_brief=False, author=AUTHOR).uid
            died = False
            try:
                copy.run_finish(uid, result, author=AUTHOR)
            except Killed:
                died = True
            calls.die_at = 0
            assert copy.run_list().runs[0].status is Status.FAILED
            told = copy.learn(uid, author=AUTHOR)
            state = said_by(copy)
            assert sorted((one.what, one.form) for one in told.lessons) == [
                ("added", "antipattern"),
                ("added", "best_practice"),
                ("contradicted", "pattern"),
                ("supported", "best_practice"),
            ]
        wanted = wanted or state
        assert state == wanted
        if not died:
            break
    else:
        raise AssertionError("it never came to an end")
    assert step == 9


# A lesson is trusted no more than what it comes from.


def test_what_an_agents_run_taught_is_trusted_like_the_agent_on_every_machine(memory, tmp_path):
    uid = memory.run_start("Queue receipts", with_brief=False, author="agent:coordinator").uid
    memory.run_finish(uid, read_result(WORKED), author="agent:coordinator")
    told = memory.learn(uid, author=AUTHOR)  # who asks for it vouches for nothing

    lesson = told.lessons[0].uid
    assert memory.show(lesson).memory.revision.source.trust is Trust.AGENT
    clone = tmp_path / "clone"
    shutil.copytree(memory.root / ".claude", clone / ".claude")
    with open_project(clone, environment={}) as theirs:
        theirs.index()
        assert theirs.show(lesson).memory.revision.source.trust is Trust.AGENT
        file = clone / ".claude/memory/learned/patterns.md"
        file.write_text(file.read_text().replace("- **Trust:** agent\n", ""))
        theirs.index()
        assert theirs.show(lesson).memory.revision.source.trust is Trust.TEAM


def test_what_helped_lowers_it_too(memory):
    note = a_draft(title="Northgate is slow", body="On Mondays.")
    helped = memory.record(note, author="agent:payments").uid
    uid = memory.run_start("Queue receipts", with_brief=False, author=AUTHOR).uid

    told = memory.run_finish(uid, read_result(WORKED | {"helped": [helped]}), author=AUTHOR)

    lesson = told.learned.lessons[0].uid
    assert memory.show(lesson).memory.revision.source.trust is Trust.AGENT


def test_a_trusted_run_leaves_a_trusted_lesson(memory):
    (taught,) = learned(memory, **WORKED).lessons

    shown = memory.show(taught.uid).memory.revision
    assert (shown.source.trust, shown.draft.extra) == (Trust.TEAM, {})


# Without a model.


def test_without_a_model_it_compares_words_and_says_so(memory, monkeypatch):
    learned(memory, **WORKED)
    monkeypatch.setattr(type(memory.session.meaning), "encode_query", _no_model)

    told = learned(memory, **WORKED | {"approach": f"{APPROACH}.", "task": "again"})
    other = learned(memory, **WORKED | {"approach": "Quorum queues, declared for each receipt"})

    assert [one.what for one in told.lessons] == ["supported"]
    assert (told.complete, told.reason.startswith("lessons were compared by their words")) == (
        False,
        True,
    )
    assert [one.what for one in other.lessons] == ["added"]


def _no_model(meaning, text):
    meaning.reason = "searched by words only: there is none"


def test_a_long_approach_has_its_first_sentence_for_a_title():
    claim = Claim("pattern", "Split it first.\nThen move the parts one by one.", "")
    endless = Claim("pattern", "word " * 100, "")

    assert claim.title == "Split it first"
    assert len(endless.title) <= LONGEST_TITLE


def test_a_long_approach_is_kept_whole(memory):
    text = "Split it first. Then move *the* parts, one by one:\n\n# and not\n- all at once"

    (taught,) = learned(memory, success=True, approach=text).lessons

    body = memory.show(taught.uid).memory.revision.draft.body
    assert taught.problem == ""
    assert "one by one" in body
    assert memory.index().revised == 0


def test_what_a_person_writes_while_a_run_is_compared_stays_beside_its_evidence(
    memory, monkeypatch
):
    (taught,) = learned(memory, **WORKED).lessons
    compare, others = learn.same_approach, []

    def slow(*texts):
        if not others:
            others.append(memory.twin())
            draft = memory.show(taught.uid).memory.revision.draft
            said = draft.details.model_copy(update={"issues": ("Mind the lock",)})
            others[0].amend(
                taught.uid, draft.model_copy(update={"details": said}), author="human:x"
            )
        return compare(*texts)

    monkeypatch.setattr(learn, "same_approach", slow)

    (again,) = learned(memory, **WORKED, issues=["Another run"]).lessons

    others[0].close()
    details = details_of(memory, taught.uid)
    assert (again.uid, again.what, again.problem) == (taught.uid, "supported", "")
    assert details.issues == ("Mind the lock",)
    assert len(details.evidence_for) == 2


def test_each_claim_is_set_beside_the_lessons_that_there_are_by_then(memory, monkeypatch):
    opposite = Claim("antipattern", APPROACH, "")
    seen = []

    def looking(self, claim):
        seen.append([match.lesson.uid for match in self.about_the_same(opposite, ["pattern"])])
        return teach(self, claim)

    teach = learn._Teacher.teach
    monkeypatch.setattr(learn._Teacher, "teach", looking)

    told = learned(memory, **WORKED, lessons=["Measure the queue first"])

    assert seen == [[], [told.lessons[0].uid]]
