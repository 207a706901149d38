"""`archmem brief` as it is printed."""

from __future__ import annotations

import json

import pytest

from cli.form import OutputForm, Terminal
from cli.forms.screen import Screen
from cli.verbs import find_verb
from indexer.project import open_project
from memory.models.brief import LEAST_BUDGET
from tests.builders import copy_project

TASK = "move background jobs"


@pytest.mark.slow
def test_what_is_printed_is_the_brief(shop, answer):
    said = answer("brief", TASK, "--modules", "queue, api")

    with open_project(shop) as memory:
        assert said == f"{memory.brief(TASK, modules=('queue', 'api')).text}\n"
    assert said.startswith(f"# Brief: {TASK}\nModules: queue, api. ")
    assert "**Move background jobs to RabbitMQ**" in said


def test_agents_may_be_several(shop, answer):
    said = answer("brief", TASK, "--agent", "auth-agent", "--agent", "ghost")

    assert "- ghost: no agent of this name is known" in said


def test_the_response_is_one_json_object(shop, answer):
    said = json.loads(answer("brief", TASK, "--format", "json"))

    assert said["from"] == "archmem"
    assert said["analysis"]["impact_assessment"]["effort_estimate"] == "unknown"


@pytest.mark.slow
def test_everything_needs_no_task(shop, answer, run):
    assert "Loaded: 5 of 5 memories" in answer("brief", "--everything")
    assert run("brief").exit_code == 2


def test_a_budget_too_small_is_refused_in_one_line(shop, run):
    result = run("brief", TASK, "--budget", "100")

    assert result.exit_code == 1
    assert result.stdout == ""
    assert f"at least {LEAST_BUDGET} tokens here, not 100" in result.stderr


def test_it_can_be_of_an_earlier_day(shop, answer):
    said = answer("brief", TASK, "--as-of", "2025-01-01")

    assert "in force dated 2024-02-05" in said
    assert "RabbitMQ**" not in said


def test_without_a_model_it_is_told_to_be_incomplete(no_model, tmp_path, run, indexed_shop):
    copy_project(indexed_shop, tmp_path / "shop")

    result = run("brief", TASK)

    assert result.exit_code == 0
    assert "\nINCOMPLETE: " in result.stdout
    assert result.stderr.startswith("Note: ")


def test_on_a_terminal_the_text_is_the_same_but_for_its_style(shop):
    screen = Screen(Terminal(width=80, is_tty=True, colour=True))
    with open_project(shop) as memory:
        brief = memory.brief(TASK)

    verb = find_verb("brief")
    verb.print(screen, OutputForm(), memory, verb.read({"task": TASK}), brief)

    import click

    printed = screen.printed.out
    assert printed != f"{brief.text}\n"
    assert click.unstyle(printed) == f"{brief.text}\n"


def test_it_waits_for_a_model_that_is_being_loaded_and_a_search_does_not():
    assert find_verb("brief").patience > 1 > find_verb("search").patience


def test_a_request_says_no_more_than_the_verb_takes():
    asked = find_verb("brief").read({"task": TASK, "agents": ["a"], "budget": 900})

    assert (asked.task, asked.agents, asked.budget, asked.form) == (TASK, ("a",), 900, "md")
