import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory.kinds.vocabulary import LinkType, Status
from memory.lessons.outcome_scores import earned, earned_among, weigh_outcomes
from memory.models.details import Note, Run
from memory.models.memory import Link, Reference
from memory.models.selection import NOW as TODAY
from memory.models.selection import Lens
from memory.retrieval.candidates import Question
from memory.retrieval.passages import keep_memory, keep_revision
from memory.texts.words import content_words
from tests.builders import DAY, NOW, WordEmbedder, a_draft, a_source

GUIDE, TRAP = "not-aaaaaaaa", "not-bbbbbbbb"
TASK = "Split payments out of api"

links = st.lists(
    st.builds(
        Link,
        type=st.sampled_from([LinkType.HELPED_BY, LinkType.MISLED_BY]),
        source=st.sampled_from(["run-a", "run-b", "run-c"]),
        target=st.sampled_from([GUIDE, TRAP]),
    ),
    max_size=8,
)
weights = st.fixed_dictionaries(dict.fromkeys(["run-a", "run-b", "run-c"], st.floats(0, 1)))


@pytest.fixture
def memory(ledger):
    """A ledger with a guide and a trap."""
    with ledger.writing() as db:
        for uid in (GUIDE, TRAP):
            keep_memory(db, uid, a_draft(title=uid, details=Note()), a_source(), NOW)
    return ledger


def keep_run(
    ledger, uid, task=TASK, *, status=Status.DONE, at=NOW, modules=(), helped=(), misled=()
):
    opened = a_draft(title=task, body=task, details=Run(task=task), modules=modules)
    references = [
        Reference(type=type_, target=target)
        for type_, targets in ((LinkType.HELPED_BY, helped), (LinkType.MISLED_BY, misled))
        for target in targets
    ]
    finished = opened.model_copy(
        update={"details": Run(task=task, status=status), "references": tuple(references)}
    )
    with ledger.writing() as db:
        keep_memory(db, uid, opened, a_source(path=None, lines=None), at)
        keep_revision(db, uid, finished, a_source(path=None, lines=None), at)
        db.links.point([(one.link_id, one.target) for one in db.links.newest()])


def by_words(text: str) -> Question:
    return Question(content_words(text), None, None)


def test_without_runs_nothing_is_earned(memory):
    assert earned(memory.db, by_words(TASK), TODAY) == {}


def test_what_helped_in_the_same_task_gains_and_what_misled_loses(memory):
    keep_run(memory, "run-aaaaaaaa", helped=[GUIDE], misled=[TRAP])

    assert earned(memory.db, by_words(TASK), TODAY) == pytest.approx({GUIDE: 1 / 3, TRAP: -1 / 3})


def test_one_run_is_no_proof_and_more_come_nearer_to_it(memory):
    found = []
    for letter in "abcd":
        keep_run(memory, f"run-aaaaaaa{letter}", helped=[GUIDE])
        found.append(earned(memory.db, by_words(TASK), TODAY)[GUIDE])

    assert found == pytest.approx([1 / 3, 2 / 4, 3 / 5, 4 / 6])


def test_a_failed_run_tells_as_well_and_an_open_one_does_not(memory):
    keep_run(memory, "run-aaaaaaaa", status=Status.FAILED, misled=[TRAP])
    keep_run(memory, "run-bbbbbbbb", status=Status.OPEN, helped=[GUIDE])

    assert earned(memory.db, by_words(TASK), TODAY).keys() == {TRAP}


def test_a_run_with_another_task_says_nothing(memory):
    keep_run(memory, "run-aaaaaaaa", helped=[GUIDE])

    assert earned(memory.db, by_words("Rename a column"), TODAY) == {}


def test_modules_in_common_are_half_of_the_likeness_where_they_are_given(memory):
    keep_run(memory, "run-aaaaaaaa", modules=("api", "payments"), helped=[GUIDE])
    strange = by_words("Rename a column")

    same = earned(memory.db, by_words(TASK), TODAY, ("payments", "API"))
    other = earned(memory.db, strange, TODAY, ("payments",))

    assert same == pytest.approx({GUIDE: 1 / 3})
    assert other == pytest.approx({GUIDE: 0.25 / 2.25})
    assert earned(memory.db, strange, TODAY, ("queue",)) == {}


def test_what_was_not_known_then_earned_nothing(memory):
    keep_run(memory, "run-aaaaaaaa", at=NOW + 10 * DAY, helped=[GUIDE])

    assert earned(memory.db, by_words(TASK), Lens(known_at=NOW)) == {}
    assert earned(memory.db, by_words(TASK), Lens(known_at=NOW + 20 * DAY)).keys() == {GUIDE}


def test_a_task_is_compared_by_its_embedding_where_there_is_one(memory):
    keep_run(memory, "run-aaaaaaaa", helped=[GUIDE])
    model = WordEmbedder()

    same = Question(["other"], model.encode_query(TASK), Centroids(model.encode_query(TASK)))
    far = Question(content_words(TASK), model.encode_query("x"), same.neighbours)

    assert earned(memory.db, same, TODAY) == pytest.approx({GUIDE: 1 / 3})
    assert earned(memory.db, far, TODAY) == {}


def test_a_task_that_is_not_embedded_yet_is_compared_by_its_words(memory):
    keep_run(memory, "run-aaaaaaaa", helped=[GUIDE])
    asked = Question(content_words(TASK), np.ones(2, dtype=np.float32), Centroids(None))

    assert earned(memory.db, asked, TODAY).keys() == {GUIDE}


@given(weights, links)
def test_what_is_earned_lies_between_minus_one_and_one(alike, found):
    values = weigh_outcomes(alike, found)

    assert all(-1 < value < 1 for value in values.values())
    assert values == weigh_outcomes(alike, found[::-1])


@pytest.mark.slow
@given(weights, links)
def test_one_more_run_that_it_helped_never_lowers_what_a_memory_earned(alike, found):
    more = Link(type=LinkType.HELPED_BY, source="run-a", target=GUIDE)

    before, after = (weigh_outcomes(alike, some).get(GUIDE, 0) for some in (found, [*found, more]))

    assert after >= before - 1e-12


class Centroids:
    """Neighbours that give every text the same place."""

    def __init__(self, vector):
        self._vector = vector

    def centroid(self, _text_hashes):
        return self._vector


def test_of_many_runs_only_those_are_read_that_name_what_was_found(memory):
    keep_run(memory, "run-aaaaaaaa", helped=[GUIDE])
    for number in range(20):
        keep_run(memory, f"run-bbbbbb{number:02}", task=f"Another task {number}")

    read, _ = memory.db.runs.outcomes(TODAY, {GUIDE}, [])

    assert [one.uid for one in read] == ["run-aaaaaaaa"]
    found = earned_among(memory.db, by_words(TASK), TODAY, [GUIDE])
    assert found == earned(memory.db, by_words(TASK), TODAY) == pytest.approx({GUIDE: 1 / 3})
    assert earned_among(memory.db, by_words(TASK), TODAY, [TRAP]) == {}
