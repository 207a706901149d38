import pytest

from indexer.formats.registry import formats
from indexer.pipeline import take_in

RECORD = "# {number}. Record {number}\n\nDate: {date}\n\n## Status\n\nAccepted\n"


@pytest.fixture
def records(project):
    """Write records with these dates, and tell the dates that are known afterwards."""

    def write(*dates: str, folder="docs/adr") -> list[str]:
        for number, date in enumerate(dates, 1):
            text = RECORD.format(number=number, date=date)
            project.write(f"{folder}/000{number}-record.md", text)
        project.told = take_in(project.ledger, project.root, formats()).problems
        found = sorted(project.memories(), key=lambda memory: memory.path)
        began = (memory.revision.draft.valid_from for memory in found)
        return [f"{moment:%Y-%m-%d}" if moment else "" for moment in began]

    return write


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        (["04/07/2022", "28/03/2018"], ["2022-07-04", "2018-03-28"]),
        (["04/07/2022", "03/28/2018"], ["2022-04-07", "2018-03-28"]),
        (["04-07-2022", "28/03/2018"], ["2022-07-04", "2018-03-28"]),
        (["04/07/2022", "2018-03-28"], ["", "2018-03-28"]),
        (["04/07/2022", "28/03/2018", "3/28/2018"], ["", "2018-03-28", "2018-03-28"]),
        (["04.07.2022", "2018-03-28"], ["2022-07-04", "2018-03-28"]),
        (["04.07.2022", "3/28/2018"], ["2022-04-07", "2018-03-28"]),
        (["07/07/2022"], ["2022-07-07"]),
    ],
)
def test_what_other_dates_of_a_folder_show_settles_which_figure_is_the_day(
    records, dates, expected
):
    assert records(*dates) == expected


def test_a_date_that_nothing_settles_is_told_and_not_used(records, project):
    records("04/07/2022")

    (told,) = project.told
    assert told.startswith("docs/adr/0001-record.md:1: ")
    assert "2022-07-04 or 2022-04-07" in told


def test_a_record_that_comes_later_settles_the_dates_of_those_before_it(records, project):
    assert records("04/07/2022") == [""]

    project.write("docs/adr/0002-record.md", RECORD.format(number=2, date="28/03/2018"))
    report = take_in(project.ledger, project.root, formats(), only=["docs/adr/0002-record.md"])

    assert records()[0] == "2022-07-04"
    assert (report.files_read, report.problems) == (1, ())
    assert records() == ["2022-07-04", "2018-03-28"]
    assert project.told == ()


def test_another_folder_settles_nothing(records):
    records("28/03/2018", folder="other/adr")

    assert records("04/07/2022") == ["", "2018-03-28"]


def test_a_file_of_many_entries_has_an_order_of_its_own(project):
    log = "# Decisions\n\n## 28/03/2018: Use Go\n\nKnown.\n\n## 04/07/2022: Use Kafka\n\nFast.\n"
    project.write(".claude/memory/decisions.md", log)
    project.write(".claude/memory/more-decisions.md", "# Log\n\n## 12/31/2020: Use C\n\nOld.\n")
    take_in(project.ledger, project.root, formats())

    found = {memory.title: memory.revision.draft.valid_from for memory in project.memories()}
    assert f"{found['Use Kafka']:%Y-%m-%d}" == "2022-07-04"


def test_another_date_of_the_record_settles_its_own(records):
    status = "04/07/2022\n\n## Changelog\n\n- 2022-07-04: first draft"

    assert records(status) == ["2022-07-04"]


def test_a_folder_that_shows_no_order_has_that_of_the_folder_of_records_around_it(records):
    records("3/28/2018", folder="docs/adr/security")

    assert records("04/08/2020", folder="docs/adr/devops") == ["2020-04-08", "2018-03-28"]


def test_the_order_of_another_projects_folder_settles_nothing(records):
    records("3/28/2018", folder="b/docs/adr")

    assert records("04/08/2020", folder="a/docs/adr")[0] == ""
