from __future__ import annotations

import json

import pytest

RECORD = """\
# 9. Use a queue

## Status

Superseded by [ADR 12](0012-gone.md)

## Decision

We do.
"""
SAID = "docs/adr/0009-use-a-queue.md:5  its successor docs/adr/0012-gone.md is not known"


@pytest.fixture
def faulty(shop, run):
    file = shop / "docs/adr/0009-use-a-queue.md"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(RECORD)
    run("index")
    return shop


@pytest.mark.slow
def test_a_fault_is_printed_with_its_line_and_what_to_do(faulty, run):
    result = run("lint")

    assert result.stdout.startswith(SAID)
    assert "(unknown-successor)" in result.stdout
    assert result.stderr == "1 fault.\n"
    assert result.exit_code == 0


@pytest.mark.slow
def test_json_has_an_object_a_fault(faulty, objects):
    [fault] = objects("lint")

    assert (fault["rule"], fault["line"]) == ("unknown-successor", 5)
    assert fault["uid"].startswith("dec-")


@pytest.mark.slow
def test_faults_fail_where_that_is_asked_for(faulty, run):
    assert run("lint", "--fail").exit_code == 3


def test_a_memory_without_faults_passes(shop, run):
    result = run("lint", "--fail")

    assert (result.stdout, result.exit_code) == ("", 0)
    assert "Nothing to mend." in result.stderr


@pytest.mark.slow
def test_sarif_is_written_for_code_scanners_also_where_faults_fail(faulty, run, tmp_path):
    result = run("lint", "--fail", "--sarif", str(tmp_path / "out.sarif"))

    assert result.exit_code == 3
    [ran] = json.loads((tmp_path / "out.sarif").read_text())["runs"]
    [found] = ran["results"]
    assert found["ruleId"] == "unknown-successor"
    place = found["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "docs/adr/0009-use-a-queue.md"
    assert place["region"] == {"startLine": 5}
    assert [rule["id"] for rule in ran["tool"]["driver"]["rules"]] == ["unknown-successor"]


@pytest.mark.slow
def test_no_report_is_written_through_a_link_that_leads_out_of_the_project(faulty, run, tmp_path):
    """A clone may bring one by the name that the help proposes."""
    shop, mine = tmp_path / "shop", tmp_path / "mine"
    mine.mkdir()
    (mine / "rc").write_text("mine\n")
    (shop / "archmem.sarif").symlink_to(mine / "rc")
    (shop / "reports").symlink_to(mine)
    (shop / "sound.sarif").write_text("an earlier one")

    for name in ("archmem.sarif", "reports/out.sarif"):
        refused = run("lint", "--sarif", str(shop / name))
        assert refused.exit_code == 1
        assert "outside of the project" in refused.stderr
    assert run("lint", "--sarif", str(shop / "sound.sarif")).exit_code == 0

    assert [(one.name, one.read_text()) for one in mine.iterdir()] == [("rc", "mine\n")]
    assert json.loads((shop / "sound.sarif").read_text())["runs"]


@pytest.mark.slow
@pytest.mark.parametrize("name", [".archmem/report.sarif", ".git/report.sarif", "utf-16.sarif"])
def test_a_report_is_written_where_its_user_names_a_place_in_the_project(
    faulty, run, tmp_path, name
):
    file = tmp_path / "shop" / name
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(b"\xff\xfe")

    assert run("lint", "--sarif", str(file)).exit_code == 0

    assert json.loads(file.read_text())["runs"]


@pytest.mark.slow
def test_two_forms_at_once_are_refused(faulty, run):
    assert run("lint", "--json", "--sarif", "x.sarif").exit_code == 2
