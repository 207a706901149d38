import pytest

from memory.models.details import Decision
from memory.norms.stances import stances_of
from tests.builders import a_memory


def options(body, *, title="Where to keep the notes", **details):
    """The names of the options that a record chose, and of those that it did not."""
    memory = a_memory(title=title, body=f"# {title}\n\n{body}", details=Decision(**details))
    stances = stances_of(memory.revision.draft)
    return [one.name for one in stances.chosen], [one.name for one in stances.refused]


LISTED = """## Considered Options

* A cloud service
  * Everybody can read it
* Files of their own
* Rows of a database

## Decision Outcome

{outcome}
"""


@pytest.mark.parametrize(
    "outcome",
    [
        'Chosen option: "Files of their own", because it moves with it.',
        "We keep them in files of their own.",
        "**Files of their own**. A cloud service was rejected, as nobody pays for it.",
    ],
)
def test_an_option_is_chosen_where_the_outcome_has_its_words(outcome):
    chosen, refused = options(LISTED.format(outcome=outcome))

    assert chosen == ["Files of their own"]
    assert refused == ["A cloud service", "Rows of a database"]


def test_an_option_that_is_spoken_of_twice_is_one():
    body = LISTED.format(outcome="Chosen: Rows of a database.")
    body += "\n## Pros and Cons\n\n### A cloud service\n\n* Good, because it is far away\n"

    assert options(body) == (["Rows of a database"], ["A cloud service", "Files of their own"])


@pytest.mark.parametrize("outcome", ["We go with option 2.", "Option (2) it is.", "2: we know how"])
def test_an_option_may_be_called_by_its_number(outcome):
    body = "## Options\n\n1. Paper forms\n2. Flat files\n3. Wide tables\n\n## Decision\n\n"

    assert options(body + outcome) == (["2. Flat files"], ["1. Paper forms", "3. Wide tables"])


def test_what_stands_behind_its_number_is_the_option():
    body = "## Considered Options\n\n* Option 1: Acme\n* Option 2: Sheets (acme.example)\n\n"
    body += "## Decision\n\nChosen option [Option 2: Sheets]\n\nWe chose Sheets over Acme.\n"
    alternatives = ("Option 1: Acme", "Option 2: Sheets (acme.example)")

    assert options(body, alternatives=alternatives) == (
        ["Option 2: Sheets (acme.example)"],
        ["Option 1: Acme"],
    )


def test_where_the_outcome_names_none_it_is_the_one_of_which_it_speaks():
    body = """## Considered Options

### Versions in the address

Put `/api/v2` in front.

### Versions in a header

Ask for `Accept: v2+json`.

## Decision

We go on with the /api/v2 endpoint path.
"""

    assert options(body) == (["Versions in the address"], ["Versions in a header"])


@pytest.mark.parametrize(
    "body",
    [
        "## Decision Drivers <!-- optional -->\n\n* Easy to move\n\n## Decision\n\nFiles.\n",
        "## Decision outcome: the chosen option\n\nFiles beside the library.\n",
        "## Options\n\n* It is cheap, because nobody pays\n* We know it\n\n## Decision\n\nFiles.\n",
    ],
)
def test_drivers_outcomes_and_arguments_are_no_options(body):
    assert options(body) == ([], [])


def test_a_title_that_speaks_of_options_is_no_list_of_them():
    title = "Values of product options"
    body = "## Decision\n\nValues are always links.\n"

    assert options(body, title=title) == ([], [])
