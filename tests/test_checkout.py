from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import cli
from tests.machine import ARCHMEM

SAY_WHERE = "import cli, indexer, memory; print(cli.__file__, indexer.__file__, memory.__file__)"


def test_programs_that_tests_start_run_the_checkout_under_test(tmp_path):
    said = subprocess.run(
        [sys.executable, "-P", "-c", SAY_WHERE],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    checkout = Path(__file__).parent.parent
    assert Path(cli.__file__).is_relative_to(checkout)
    assert all(Path(file).is_relative_to(checkout) for file in said.split())


@pytest.mark.slow
def test_the_installed_command_runs_the_checkout_under_test(tmp_path):
    said = subprocess.run(
        [sys.executable, "-X", "importtime", ARCHMEM, "--version"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )

    assert "cli.main" in said.stderr


def test_links_of_the_readme_lead_somewhere():
    checkout = Path(__file__).parent.parent
    links = re.findall(r"\]\((?!https?:)([^)#]+)", (checkout / "README.md").read_text())

    assert [one for one in links if not (checkout / one).exists()] == []
