from __future__ import annotations

import pytest

from memory.texts.agent_names import alike, bare


@pytest.mark.parametrize(
    "name",
    ["payments", "Payments_Agent", "the payments agent", "agent:payments", " payments-subagent "],
)
def test_names_are_compared_without_case_marks_and_the_word_agent(name):
    assert bare(name) == "payments"


def test_other_names_stay_apart():
    assert bare("payments-api") != bare("payments")


@pytest.mark.parametrize("name", ["agent", "the team"])
def test_a_name_of_words_that_name_nobody_keeps_them(name):
    assert bare(name) == name.replace(" ", "-")


@pytest.mark.parametrize("name", ["", " ", "--", "***"])
def test_a_name_without_words_is_like_none(name):
    assert bare(name) == ""
    assert alike(name, ["", "--", "payments"]) == ()


def test_those_alike_are_given_as_they_are_written():
    names = ["Payments_Agent", "", "auth", "payments"]

    assert alike("agent:payments", names) == ("Payments_Agent", "payments")
