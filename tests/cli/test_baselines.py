"""What was measured: recorded, compared and plotted."""

from xml.etree import ElementTree as ET

import pytest

pytestmark = pytest.mark.slow

MORE = ("--metric", "queue_throughput", "--unit", "jobs/s", "--module", "queue")


@pytest.fixture
def record(answer):
    def record(value, *options, metric="queue_throughput"):
        said = ("--metric", metric, "--value", str(value), *MORE[2:], *options)
        return answer("record", "baseline", *said)

    return record


def test_a_record_says_how_it_compares(shop, record):
    said = record(655, "--spread", "20", "--date", "2025-12-01")

    assert "worse than 2024-10-07: 740 → 655 jobs/s (−11 %), beyond its spread (±55.4)" in " ".join(
        said.split()
    )


def test_the_first_of_a_series_says_where_else_it_is_measured(shop, record):
    said = " ".join(record(10, "--environment", "staging").split())

    assert "the first of its series" in said
    assert "measured elsewhere: no environment, in jobs/s, for queue" in said


def test_a_record_says_what_it_unsettles(shop, record, answer, uid_of, objects):
    rested = uid_of("queue_throughput")
    answer("record", "decision", "--title", "Stay with Postgres", "--rests-on", rested)

    said = record(5200, "--spread", "140", "--date", "2026-02-02")

    assert "premise changed of “Stay with Postgres”" in " ".join(said.split())


def test_json_has_the_comparison_field_by_field(shop, objects):
    (said,) = objects("record", "baseline", *MORE, "--value", "655", "--spread", "20")

    assert said["compared"]["movement"] == "worse"
    assert (said["compared"]["was"], said["compared"]["now"]) == (740, 655)
    assert said["elsewhere"] == said["unsettled"] == []


def test_other_records_compare_with_nothing(shop, objects):
    (said,) = objects("record", "note", "--title", "Queues", "--body", "They grow.")

    assert "compared" not in said


def test_a_series_is_plotted_with_its_values_and_movements(shop, record, answer):
    record(655, "--spread", "20", "--date", "2025-12-01", "--threshold", "900")

    lines = answer("baselines", "throughput").splitlines()

    assert lines[0] == "queue_throughput"
    assert "higher is better" in lines[1]
    assert "2024-10-07  740" in lines[2]
    assert "●" in lines[2]
    assert lines[3].endswith("worse, past 900")


@pytest.mark.parametrize("columns", ["40", "60", "100"])
def test_no_line_is_wider_than_the_terminal(shop, record, answer, monkeypatch, columns):
    record(655, "--spread", "20", "--environment", "staging, 4 vCPU, 8 workers, " * 5)
    for number in range(4):
        record(1.5 + number, metric=f"a_rather_long_name_of_a_metric_number_{number}")
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("NO_COLOR", "1")

    for command in (["baselines"], ["baselines", "queue"]):
        lines = answer(*command).splitlines()
        assert max(map(len, lines)) <= int(columns)


def test_many_series_are_told_in_a_line_each(shop, record, answer):
    for number in range(4):
        record(1.5 + number, metric=f"metric_{number}")

    lines = answer("baselines").splitlines()

    assert lines[0] == "no environment named"
    assert len(lines) == 6
    assert "metric_3" in lines[4]
    assert "first" in lines[4]


def test_a_long_series_is_cut_and_says_so(shop, record, answer):
    for month in range(1, 13):
        for day in ("01", "15"):
            record(month, "--date", f"2025-{month:02}-{day}")

    said = answer("baselines", "queue_throughput")

    assert "5 points before, since 2024-10-07" in said
    assert said.count("●") == 20


def test_json_has_a_series_a_line(shop, objects):
    (series,) = objects("baselines")

    assert series["metric"] == "queue_throughput"
    assert [point["value"] for point in series["points"]] == [740]
    assert series["points"][0]["compared"]["movement"] == "first"


def test_what_was_measured_later_is_not_seen_as_of_a_day(shop, record, objects):
    record(655, "--date", "2025-12-01")

    (series,) = objects("baselines", "--as-of", "2025-01-01")

    assert [point["value"] for point in series["points"]] == [740]


def test_what_nobody_measured_is_said(shop, run):
    result = run("baselines", "no_such_metric")

    assert (result.exit_code, result.stdout) == (0, "")
    assert "No measurement like that is known." in result.stderr


def test_a_picture_is_the_same_each_time_and_says_its_values_in_words(shop, record, run, tmp_path):
    record(655, "--spread", "20", "--date", "2025-12-01", "--threshold", "900")
    pictures = []
    for name in ("one.svg", "two.svg"):
        result = run("baselines", "--svg", str(tmp_path / name))
        assert (result.exit_code, result.stdout) == (0, "")
        pictures.append((tmp_path / name).read_text())

    root = ET.fromstring(pictures[0])

    assert pictures[0] == pictures[1]
    assert root.get("role") == "img"
    words = " ".join(root.itertext())
    assert "2025-12-01: 655 ±20 jobs/s, worse, past 900" in words
    assert "prefers-color-scheme:dark" in pictures[0]


def test_of_nothing_there_is_no_picture(shop, run, tmp_path):
    result = run("baselines", "no_such_metric", "--svg", str(tmp_path / "none.svg"))

    assert result.exit_code == 0
    assert "No measurement like that is known." in result.stderr
    assert not (tmp_path / "none.svg").exists()


def test_a_picture_can_go_to_standard_output(shop, answer):
    assert ET.fromstring(answer("baselines", "--svg", "-")).tag.endswith("svg")


def test_a_picture_holds_no_markup_of_others(shop, record, answer):
    evil = '<script>alert("x")</script>--><b>\u202e\x1b[31m'
    record(1, "--environment", evil, metric=evil)

    root = ET.fromstring(answer("baselines", "--svg", "-"))

    assert not [one for one in root.iter() if one.tag.endswith(("script", "}b"))]


def test_a_file_that_cannot_be_written_is_named(shop, run, tmp_path):
    result = run("baselines", "--svg", str(tmp_path / "none" / "a.svg"))

    assert result.exit_code == 1
    assert "cannot be written: No such file or directory." in result.stderr


def test_two_forms_at_once_are_refused(shop, run):
    assert run("baselines", "--svg", "-", "--json").exit_code == 2
