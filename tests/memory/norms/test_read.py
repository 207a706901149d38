import pytest

from memory.models.details import Decision, Lesson
from memory.models.norm import Demand
from memory.norms.read import norms_of
from memory.norms.sentences import sentences_of
from tests.builders import a_memory


def demands(sentence, *, title="Where images are kept", part="decision"):
    body = f"# {title}\n\n## {part}\n\n{sentence}\n"
    memory = a_memory(title=title, body=body, details=Decision(**{part: sentence}))
    return [norm for norm in norms_of(memory) if norm.sentence != title]


@pytest.mark.parametrize(
    ("sentence", "demand", "wanted", "unwanted"),
    [
        ("We will use ECR for images.", Demand.REQUIRES, "ECR", ""),
        ("All images must be signed with cosign.", Demand.REQUIRES, "cosign", ""),
        ("Use ECR instead of Docker Hub.", Demand.REPLACES, "ECR", "Docker Hub"),
        ("We decided to use ECR in favour of Docker Hub.", Demand.REPLACES, "ECR", "Docker Hub"),
        ("We chose ECR over Docker Hub.", Demand.REPLACES, "ECR", "Docker Hub"),
        ("We will move from Docker Hub to ECR.", Demand.REPLACES, "ECR", "Docker Hub"),
        ("Docker Hub is deprecated in favour of ECR.", Demand.REPLACES, "ECR", "Docker Hub"),
        ("Docker Hub is no longer allowed.", Demand.FORBIDS, "", "Docker Hub"),
        ("Docker Hub is not suitable for us.", Demand.FORBIDS, "", "Docker Hub"),
        ("Images must not be kept in Docker Hub.", Demand.FORBIDS, "", "Docker Hub"),
        ("Do not use Docker Hub.", Demand.FORBIDS, "", "Docker Hub"),
        ("Never publish images to Docker Hub.", Demand.FORBIDS, "", "Docker Hub"),
        ("We decided against Docker Hub.", Demand.FORBIDS, "", "Docker Hub"),
        ("We decided not to use Docker Hub.", Demand.FORBIDS, "", "Docker Hub"),
        ("We will not enable MFA Delete on buckets.", Demand.FORBIDS, "", "MFA Delete"),
    ],
)
def test_a_sentence_says_what_is_to_be_and_what_is_not(sentence, demand, wanted, unwanted):
    (norm,) = demands(sentence)

    assert norm.demand is demand
    assert (wanted in norm.wanted, unwanted in norm.unwanted) == (True, True)
    assert (bool(norm.wanted), bool(norm.unwanted)) == (bool(wanted), bool(unwanted))


@pytest.mark.parametrize(
    "sentence",
    [
        "We don't have to run a registry ourselves.",
        "This avoids clashes with other ranges.",
        "Docker Hub could be used by some teams.",
        "Previously we used Docker Hub.",
        "Removing old versions will improve security.",
    ],
)
def test_what_is_spared_possible_or_past_is_no_demand(sentence):
    assert demands(sentence) == []


def test_of_context_nothing_is_taken_and_of_consequences_what_is_to_be_no_more():
    assert demands("We will use Docker Hub.", part="context") == []
    assert demands("We will use Docker Hub.", part="consequences") == []
    assert [
        norm.demand for norm in demands("We will not use Docker Hub.", part="consequences")
    ] == [Demand.FORBIDS]


def test_what_leads_to_a_list_demands_nothing_itself():
    said = [norm.wanted for norm in demands("Chosen option:\n\nA registry of our own for images.")]

    assert "Chosen option:" not in said
    assert said


@pytest.mark.parametrize(
    ("title", "wanted", "unwanted"),
    [
        ("EKS", "EKS", ""),
        ("Use EKS for clusters", "Use EKS for clusters", ""),
        ("Object lock over MFA delete", "Object lock", "MFA delete"),
        ("PDNS will not be applied at platform level", "", "PDNS applied at platform level"),
        ("Decommission the command line tool", "", "the command line tool"),
    ],
)
def test_a_title_says_what_was_chosen_or_refused(title, wanted, unwanted):
    (norm,) = norms_of(a_memory(title=title, body="So be it.", details=Decision()))

    assert (norm.wanted, norm.unwanted) == (wanted, unwanted)


def test_what_is_said_for_an_option_is_no_option():
    details = Decision(
        decision="Chosen option: Reactive forms, because our needs are many.",
        alternatives=(
            "Reactive forms - Give access. Compared to templates, they are robust: they scale.",
            "Option 2: Template forms. Faster to write, and known: everybody has used them.",
        ),
    )
    norms = norms_of(a_memory(title="Input in the browser", body="Text", details=details))

    assert [one.unwanted for one in norms if one.demand is Demand.CHOSE_OVER] == ["Template forms"]


def test_an_option_is_not_chosen_unless_the_decision_names_it():
    details = Decision(
        decision="Option 3, models will be hosted on the analytical platform.",
        alternatives=("1. Cloud platform", "2. Mainframe: cheap", "3. Analytical platform"),
    )
    norms = norms_of(a_memory(title="Hosting of models", body="Text", details=details))

    assert [one.unwanted for one in norms if one.demand is Demand.CHOSE_OVER] == [
        "Cloud platform",
        "Mainframe",
    ]


def test_of_a_decision_that_names_an_option_by_a_number_that_none_has_none_is_refused():
    details = Decision(
        decision="Proposed: Option 1, take out the cache.",
        alternatives=("Remove the cache: the database is the truth", "Redis as shared state"),
    )
    norms = norms_of(a_memory(title="Caching of ids", body="Text", details=details))

    assert not [one for one in norms if one.demand is Demand.CHOSE_OVER]


def test_an_antipattern_forbids_and_says_what_works():
    details = Lesson(form="antipattern", alternative="Use full jitter.")
    norms = norms_of(a_memory(title="Retrying at a fixed interval", body="Text", details=details))

    assert [(one.wanted, one.unwanted) for one in norms] == [
        ("", "Retrying at a fixed interval"),
        ("Use full jitter.", ""),
    ]


def test_sentences_have_their_lines_and_code_and_tables_have_none():
    text = "First sentence here. Second one\ngoes on."
    body = f"# A\n\n{text}\n\n```\ncode is not read\n```\n| a | b |\n- an item\n"

    assert [(one.text, one.headings, one.first, one.last) for one in sentences_of(body)] == [
        ("First sentence here.", ("A",), 2, 2),
        ("Second one goes on.", ("A",), 2, 3),
    ]


def test_only_what_begins_a_line_marks_an_item_or_a_quotation():
    body = "- Files are written to S3. If that fails - as it may - the user is told a > b."

    assert [one.text for one in sentences_of(body)] == [
        "Files are written to S3.",
        "If that fails - as it may - the user is told a > b.",
    ]
