import pytest

from memory.kinds.vocabulary import LinkType, Status, Trust
from memory.lessons.evidence import fetch_confidences, fetch_sources
from memory.lessons.evidence_parser import weakened
from memory.models.assessment import AnchorVerdict, CheckedAnchor, Evidence, Freshness, Rank
from memory.models.details import Baseline, Lesson, Measured, Moved, Refactoring, Run
from memory.models.memory import Reference
from memory.models.selection import NOW as TODAY
from memory.models.selection import Lens
from memory.retrieval.passages import keep_memory, keep_revision
from tests.builders import DAY, NOW, a_draft, a_source, rows

LESSON, OTHER = "les-aaaaaaaa", "les-bbbbbbbb"
COMMIT = "c0ffee" + "0" * 34


@pytest.fixture
def known(ledger):
    return Known(ledger)


class Known:
    """A ledger that is told of lessons and runs; what they name has to be there before."""

    def __init__(self, ledger):
        self.ledger = ledger

    def add(self, uid, details, *, at=NOW, links=(), trust=Trust.AGENT, **changes):
        references = tuple(Reference(type=type_, target=target) for type_, target in links)
        draft = a_draft(title=uid, details=details, references=references, **changes)
        source = a_source(author="agent:x", trust=trust, path=None, lines=None)
        with self.ledger.writing() as db:
            if db.execute("SELECT 1 FROM memories WHERE uid = ?", [uid]).fetchone():
                keep_revision(db, uid, draft, source, at)
            else:
                keep_memory(db, uid, draft, source, at)
            db.links.point([(one.link_id, one.target) for one in db.links.newest()])

    def lesson(self, uid=LESSON, *, links=(), trust=Trust.TEAM, **said):
        self.add(uid, Lesson(**said), links=links, trust=trust)

    def run(self, uid, link=LinkType.SUPPORTS, *, target=LESSON, status=Status.DONE, **said):
        links = said.pop("links", [(link, target)])
        at = said.pop("at", NOW)
        self.add(uid, Run(task=uid, status=status, **said), at=at, links=links)

    def confidence(self, uid=LESSON, lens=TODAY):
        return fetch_confidences(self.ledger.db, lens, [uid])[uid]

    def counts(self, uid=LESSON):
        known = self.confidence(uid)
        return known.alpha - 1, known.beta - 1


def run_uid(number: int) -> str:
    return f"run-aaaaaaa{'abcdefgh'[number]}"


def test_a_memory_that_is_no_lesson_has_no_confidence(ledger, known):
    known.add("not-aaaaaaaa", a_draft().details)

    assert fetch_confidences(ledger.db, TODAY, ["not-aaaaaaaa", "les-zzzzzzzz"]) == {}


def test_a_lesson_goes_up_with_what_bears_it_out_and_down_again(known):
    known.lesson()
    ranks = []
    for number in range(4):
        known.run(run_uid(number))
        ranks.append(known.confidence().rank)
    known.run(run_uid(4), LinkType.CONTRADICTS, status=Status.FAILED)
    ranks.append(known.confidence().rank)

    assert ranks == [Rank.CANDIDATE] * 3 + [Rank.PRACTICE, Rank.CANDIDATE]


def test_a_run_that_the_lesson_names_too_counts_once(known):
    known.lesson(evidence_for=(f"{run_uid(0)} 2026-03-01: p95 430 -> 380 ms",))
    known.run(run_uid(0))

    (piece,) = known.confidence().evidence
    assert known.counts() == (1, 0)
    assert piece.words == "p95 430 -> 380 ms"


def test_lines_of_colleagues_whose_runs_are_not_here_count(known):
    known.lesson(
        evidence_for=("run-zzzzzzzz 2026-03-01: it held", "27 endpoints declare a budget"),
        evidence_against=("4df7b603 2026-02-30 it did not",),
    )

    known_to = known.confidence()

    assert known.counts() == (2, 1)
    assert [(one.origin, one.at and f"{one.at:%F}") for one in known_to.evidence] == [
        ("27 endpoints declare a budget", None),
        ("4df7b603", None),
        ("run-zzzzzzzz", "2026-03-01"),
    ]


def test_a_run_that_is_not_over_says_nothing_yet(known):
    known.lesson()
    known.run(run_uid(0), status=Status.OPEN)

    assert known.counts() == (0, 0)


def test_what_another_lesson_claims_is_no_evidence(known):
    known.lesson()
    known.lesson(OTHER, links=[(LinkType.CONTRADICTS, LESSON)])

    assert known.counts() == (0, 0)


def test_a_success_whose_commit_was_reverted_speaks_for_the_other_side(known):
    known.lesson()
    known.run(run_uid(0), commits=(COMMIT,))
    known.add("ref-aaaaaaaa", Refactoring(status=Status.REVERTED, commits=(COMMIT[:12],)))

    (piece,) = known.confidence().evidence
    assert known.counts() == (0, 1)
    assert piece.kind == "revert"


def test_a_revert_that_another_memory_tells_of_counts_as_well(known):
    known.lesson()
    known.add("ref-aaaaaaaa", Refactoring(status=Status.DONE, commits=(COMMIT,)))
    known.run(run_uid(0), commits=(COMMIT,))
    before = known.counts()
    known.add("ref-bbbbbbbb", Refactoring(), links=[(LinkType.REVERTS, "ref-aaaaaaaa")])

    assert before == (1, 0)
    assert known.counts() == (0, 1)


def test_a_failure_that_was_reverted_stays_one(known):
    known.lesson(form="antipattern")
    known.run(run_uid(0), status=Status.FAILED, commits=(COMMIT,))
    known.add("ref-aaaaaaaa", Refactoring(status=Status.REVERTED, commits=(COMMIT,)))

    assert known.counts() == (1, 0)


def test_an_antipattern_that_seemed_to_work_until_it_was_reverted_is_borne_out(known):
    known.lesson(form="antipattern")
    known.run(run_uid(0), LinkType.CONTRADICTS, commits=(COMMIT,))
    before = known.counts()
    known.add("ref-aaaaaaaa", Refactoring(status=Status.REVERTED, commits=(COMMIT,)))

    assert before == (0, 1)
    assert known.counts() == (1, 0)


@pytest.mark.parametrize(
    ("status", "fixed", "began", "counts"),
    [
        (Status.DONE, (), ("cycle-1: a, b",), (1, 0.5)),
        (Status.FAILED, ("cycle-1: a, b",), (), (1, 0.5)),
        (Status.DONE, ("cycle-1: a, b",), (), (1, 0)),
        (Status.DONE, ("cycle-1: a, b",), ("cycle-2: c, d",), (1, 0)),
    ],
)
def test_findings_that_moved_against_what_a_run_says_count_half(
    known, status, fixed, began, counts
):
    known.lesson()
    known.run(run_uid(0), status=status, findings=Moved(fixed=fixed, began=began))

    assert known.counts() == counts
    words = [one.words for one in known.confidence().evidence]
    assert any("cycle-1" in one for one in words)


@pytest.mark.parametrize(
    ("status", "before", "after", "counts"),
    [
        (Status.DONE, 400, 500, (1, 0.5)),  # a success that cost something
        (Status.DONE, 400, 410, (1, 0)),  # within the spread
        (Status.DONE, 500, 400, (1, 0)),  # better, which the run says itself
        (Status.FAILED, 500, 400, (1, 0.5)),  # an antipattern's failure, better by its metric
    ],
)
def test_a_metric_that_moved_the_other_way_counts_half(known, status, before, after, counts):
    known.lesson()
    known.add(
        "bas-aaaaaaaa", Baseline(metric="p95", value=430, unit="ms", spread=20, better="lower")
    )
    known.run(
        run_uid(0), status=status, metrics=(Measured(metric="P95", before=before, after=after),)
    )

    assert known.counts() == counts


def test_of_several_environments_the_one_that_was_measured_last_tells_the_noise(known):
    known.lesson()
    for uid, environment, at, spread in (
        ("bas-aaaaaaaa", "production", NOW, 200),
        ("bas-bbbbbbbb", "staging", NOW - DAY, 20),
    ):
        known.add(
            uid,
            Baseline(
                metric="p95", value=430, spread=spread, better="lower", environment=environment
            ),
            valid_from=at,
        )
    known.run(run_uid(0), metrics=(Measured(metric="p95", before=400, after=500),))

    assert known.counts() == (1, 0)


def test_without_a_baseline_nobody_knows_which_way_is_better(known):
    known.lesson()
    known.run(run_uid(0), metrics=(Measured(metric="p95", before=400, after=900, unit="ms"),))

    assert known.counts() == (1, 0)


def test_a_lesson_has_the_evidence_of_what_it_merges(known):
    known.lesson("les-cccccccc")
    known.run(run_uid(2), target="les-cccccccc")
    known.lesson(OTHER, links=[(LinkType.MERGES, "les-cccccccc")])
    known.run(run_uid(1), target=OTHER)
    known.lesson(links=[(LinkType.MERGES, OTHER)])
    known.run(run_uid(0))

    assert known.counts() == (3, 0)
    assert known.counts(OTHER) == (2, 0)


def test_a_derived_lesson_is_trusted_as_little_as_the_least_of_its_sources(known):
    known.add("dec-aaaaaaaa", a_draft().details, trust=Trust.DERIVED)
    known.run(run_uid(0), links=[(LinkType.HELPED_BY, "dec-aaaaaaaa")])
    known.lesson(links=[(LinkType.LEARNED_IN, run_uid(0))])
    known.lesson(OTHER)

    assert known.confidence().trust is Trust.DERIVED
    assert known.confidence(OTHER).trust is Trust.TEAM
    sources = fetch_sources(known.ledger.db, TODAY, [LESSON])[LESSON]
    assert [(one.memory.uid, one.how) for one in sources] == [
        (run_uid(0), LinkType.LEARNED_IN),
        ("dec-aaaaaaaa", LinkType.HELPED_BY),
    ]


def test_sources_that_lead_in_a_circle_are_each_told_once(known):
    known.lesson()
    known.run(run_uid(0), links=[(LinkType.HELPED_BY, LESSON)])
    known.lesson(links=[(LinkType.LEARNED_IN, run_uid(0))], outcome="again")

    assert known.confidence().trust is Trust.AGENT
    assert len(fetch_sources(known.ledger.db, TODAY, [LESSON])[LESSON]) == 1


def test_what_was_not_known_then_does_not_count_through_a_lens(known):
    known.lesson()
    known.run(run_uid(0))
    known.run(run_uid(1), at=NOW + 10 * DAY)

    assert known.confidence(lens=Lens(known_at=NOW + DAY)).count == 1
    assert known.confidence().count == 2


def test_reading_changes_nothing(known):
    known.lesson(evidence_for=("run-zzzzzzzz: it held",))
    known.run(run_uid(0))
    before = rows(known.ledger.db)

    first, second = known.confidence(), known.confidence()

    assert first == second
    assert rows(known.ledger.db) == before


def test_code_that_changed_halves_what_speaks_for_a_lesson_and_leaves_the_rest():
    kept = weakened([a_piece(True), a_piece(False)], freshness(AnchorVerdict.CHANGED))

    assert [one.weight for one in kept] == [0.5, 1, 0]
    assert "speaks for it counts 50%" in kept[-1].words


def test_code_that_is_gone_takes_all_and_in_part_its_part():
    gone = weakened([a_piece(True)], freshness(AnchorVerdict.GONE))
    partly = weakened(
        [a_piece(True)], freshness(AnchorVerdict.GONE, AnchorVerdict.FRESH, AnchorVerdict.UNKNOWN)
    )

    assert gone[0].weight == 0
    assert partly[0].weight == 0.5


@pytest.mark.parametrize(
    "verdict", [AnchorVerdict.FRESH, AnchorVerdict.MOVED, AnchorVerdict.UNKNOWN]
)
def test_code_that_is_as_it_was_takes_nothing(verdict):
    assert weakened([a_piece(True)], freshness(verdict)) == (a_piece(True),)
    assert weakened([a_piece(True)], None) == (a_piece(True),)


def a_piece(speaks_for: bool) -> Evidence:
    return Evidence(origin=run_uid(0), kind="run", speaks_for=speaks_for)


def freshness(*verdicts: AnchorVerdict) -> Freshness:
    anchors = tuple(
        CheckedAnchor(type="path", name=f"src/{number}.py", verdict=verdict, reason="so")
        for number, verdict in enumerate(verdicts)
    )
    return Freshness(verdict=verdicts[0], anchors=anchors)


def test_lines_that_begin_with_the_same_word_are_two_pieces_of_evidence(known):
    lines = (
        "pre-existing cache halved the latency",
        "pre-existing queue held in the load test",
        "non-blocking writes fixed it",
    )
    known.lesson(evidence_for=lines)

    assert known.counts() == (3, 0)
    assert {one.words for one in known.confidence().evidence} == set(lines)
