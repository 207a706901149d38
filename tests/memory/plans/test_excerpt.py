from memory.kinds.vocabulary import Status, Trust
from memory.models.assessment import Confidence, Rank
from memory.models.details import Lesson
from memory.plans.evidence import position_of
from memory.plans.excerpt import LONGEST, excerpt_of
from tests.memory.plans.test_breaking import a_hit

SAID = """## Decision

We will keep images in ECR. Builders run nightly. {long}Docker Hub shall not be used.
"""


def excerpt(step, long="", **changes):
    said = SAID.format(long=long)
    return excerpt_of(step, position_of(a_hit("Place of images", said, **changes)), {})


def test_the_sentence_that_decides_and_those_that_say_most_of_a_step_stand_in_their_order():
    said = excerpt("Push the nightly builds to Docker Hub")

    assert said.startswith("Holds: Place of images. We will keep images in ECR.")
    assert said.index("nightly") < said.index("Docker Hub")


def test_whether_it_holds_is_said_first():
    assert excerpt("Use ECR", status=Status.SUPERSEDED).startswith("Over: ")


def test_a_long_sentence_is_cut_between_words():
    long = "Docker Hub " * 40
    cut = excerpt("Use Docker Hub", long).partition("nightly. ")[2]

    assert "Hub …" in cut
    assert max(map(len, cut.split(" … "))) <= LONGEST


def test_a_lesson_is_told_by_its_title_alone():
    known = Confidence(
        rank=Rank.PRACTICE, alpha=1, beta=1, mean=0.5, lower=0.0, count=0, trust=Trust.TEAM
    )
    lesson = a_hit("Retry at once", details=Lesson(form="antipattern"), confidence=known)

    assert excerpt_of("Retry at once", position_of(lesson), {}) == "Over: Retry at once."
