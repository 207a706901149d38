"""The word lists that reading rests on: whole, without contradictions, and in known terms."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from itertools import chain
from pathlib import Path

import pytest

from indexer.wording.dates import read_date
from indexer.wording.statuses import read_status
from memory.kinds.vocabulary import LinkType, Status
from memory.texts.lexicon import any_of, read_lexicon

FOLDER = Path(__file__).parents[3] / "data/lexicon"
OURS = (
    *("statuses", "dates", "labels", "sections", "relations", "records", "json_fields"),
    *("commits", "paths"),
)
STATUSES = read_lexicon("statuses")["statuses"]
FORMS = {"word", "text", "items"}


@pytest.mark.parametrize("name", OURS)
def test_no_list_says_a_word_twice(name):
    def lists(value):
        inner = value.values() if isinstance(value, dict) else value
        if all(isinstance(one, str) for one in inner):
            yield list(inner)
        else:
            for one in inner:
                yield from lists(one) if isinstance(one, dict | list) else ()

    tables = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))

    assert [one for one in lists(tables) if len(set(one)) < len(one)] == []


@pytest.mark.parametrize("status", STATUSES)
def test_every_status_word_is_read_as_its_status(status):
    lead = read_lexicon("statuses")["cues"]["lead"]  # "RFC" alone says what it is
    words = [word.rstrip(".") for word in chain(*STATUSES[status].values())]
    words = [word for word in words if word not in lead]

    assert {word: read_status(word).status for word in words} == dict.fromkeys(
        words, Status(status)
    )


@pytest.mark.parametrize("kinds", [("any", "decision"), ("any", "lesson")])
def test_no_label_stands_for_two_fields_of_a_kind(kinds):
    labels = read_lexicon("labels")
    of_kind = {**labels[kinds[0]], **labels[kinds[1]]}
    words = Counter(
        word
        for table in of_kind.values()
        for language, words in table.items()
        if language != "form"
        for word in words
    )
    twice = {word for word, count in words.items() if count > 1}

    assert all(table["form"] in FORMS for table in of_kind.values())
    assert twice <= {"when"}  # the circumstances of a lesson; the date of anything else


def test_no_heading_begins_two_parts_of_a_record():
    parts = read_lexicon("sections")["parts"]
    words = Counter(word for languages in parts.values() for word in chain(*languages.values()))

    assert [word for word, count in words.items() if count > 1] == []


def test_relations_are_of_our_types_and_no_field_states_two():
    relations = read_lexicon("relations")
    fields = Counter(
        (table, name)
        for table in ("fields", "records")
        for sides in relations[table].values()
        for name in chain(*sides.values())
    )
    types = {verb["type"] for verb in (*relations["active"], *relations["passive"])}
    types |= {*relations["fields"], *relations["records"]}
    types |= {*relations["acted_on"], *relations["acts_on_us"]}

    assert types <= set(LinkType)
    assert max(fields.values()) == 1


def test_every_name_of_a_month_is_a_date():
    for months in read_lexicon("dates")["months"].values():
        assert len(months) == 12
        for number, names in enumerate(months, 1):
            assert {read_date(f"2 {name} 2024").month for name in names} == {number}


@pytest.mark.parametrize("kind", ["flag", "refactoring"])
def test_statuses_of_entries_are_ours(kind):
    assert set(read_lexicon("json_fields")[kind]["statuses"]) <= set(Status)


def test_the_signs_in_a_word_list_mean_what_they_say():
    pattern = re.compile(any_of(["in-use", "wip.", "un*", "see **", "node.js"]))

    said = ["in use", "in-use", "inuse", "wip", "undone", "see all of it", "node.js"]
    assert all(pattern.fullmatch(one) for one in said)
    assert not any(pattern.fullmatch(one) for one in ["wiped", "un done", "nodeXjs", "see"])
