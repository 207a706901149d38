import subprocess
import sys

import pytest

from memory.kinds import SPECS
from memory.kinds.spec import BriefSection, FieldForm
from memory.kinds.vocabulary import Kind, Status
from memory.models.details import DETAILS

FORMS = {"status": {FieldForm.CHOICE}, "moved": {FieldForm.MOVES}}


def test_every_kind_is_told_of_once_and_has_a_prefix_of_its_own():
    assert list(SPECS) == list(Kind)
    assert len({spec.prefix for spec in SPECS.values()}) == len(Kind)


@pytest.mark.parametrize("details", DETAILS.values(), ids=lambda one: one.__name__)
def test_what_can_be_recorded_of_a_kind_are_fields_of_its_details(details):
    spec = SPECS[details.model_fields["kind"].default]
    names = [one.name for one in spec.details_fields]

    assert set(names) <= set(details.model_fields)
    assert names == [name for name in details.model_fields if name in names]
    assert set(spec.spelled) <= {*details.model_fields, "valid_from", "modules"}


def test_what_is_open_is_told_as_open_and_as_tried_when_it_is_over():
    flag, run, decision = (SPECS[one].section for one in (Kind.FLAG, Kind.RUN, Kind.DECISION))

    assert flag(Status.ACKNOWLEDGED, True) is run(Status.OPEN, True) is BriefSection.OPEN
    assert flag(Status.RESOLVED, False) is run(Status.DONE, True) is BriefSection.TRIED
    assert decision(Status.PROPOSED, False) is BriefSection.PROPOSED
    assert decision(Status.ACCEPTED, True) is BriefSection.GOVERNS
    assert decision(Status.SUPERSEDED, False) is BriefSection.TRIED


def test_what_can_be_recorded_goes_into_a_file():
    for spec in SPECS.values():
        has_file = bool(spec.file or spec.by_form or spec.kind is Kind.NOTE)
        assert has_file == spec.in_files
        assert bool(spec.about) == bool(spec.example) == (has_file and spec.kind is not Kind.PLAN)


def test_help_can_ask_a_kind_without_loading_the_values():
    said = "import sys, memory.kinds; print({'pydantic', 'numpy'} & set(sys.modules))"

    found = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)

    assert found.stdout.strip() == "set()"
