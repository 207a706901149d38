"""The fields that are written out for the command line are those of the models."""

from __future__ import annotations

import types
from typing import Literal, Union, get_args, get_origin

import pytest
from pydantic import AwareDatetime

from cli.recording.common_fields import COMMON_FIELDS, RELATIONS
from memory.kinds import RECORDABLE, SPECS
from memory.kinds.spec import FieldForm
from memory.kinds.vocabulary import Kind, Status
from memory.models.details import DETAILS, Move
from memory.models.memory import Draft

FORMS = {
    str: FieldForm.TEXT,
    tuple[str, ...]: FieldForm.TEXTS,
    tuple[Move, ...]: FieldForm.MOVES,
    bool: FieldForm.SWITCH,
    int: FieldForm.INTEGER,
    float: FieldForm.NUMBER,
    AwareDatetime: FieldForm.MOMENT,
}


def form_of(annotation) -> tuple[FieldForm, tuple[str, ...]]:
    """How a value of this type is written, and the choices if there are only some."""
    if get_origin(annotation) is Literal:
        return FieldForm.CHOICE, tuple(filter(None, get_args(annotation)))
    if get_origin(annotation) in {Union, types.UnionType}:  # `float | None`
        annotation = next(one for one in get_args(annotation) if one is not types.NoneType)
    return FORMS[annotation], ()


def forms_of(model, names) -> list[tuple[str, FieldForm, tuple[str, ...]]]:
    return [(name, *form_of(model.model_fields[name].annotation)) for name in names]


@pytest.mark.parametrize("kind", RECORDABLE)
def test_a_kind_has_the_fields_of_its_model_in_their_order(kind):
    written = [(one.name, one.form, one.choices) for one in SPECS[kind].details_fields]
    names = [name for name in DETAILS[kind].model_fields if name not in {"kind", "status"}]

    assert [one for one in written if one[0] != "status"] == forms_of(DETAILS[kind], names)


@pytest.mark.parametrize("kind", RECORDABLE)
def test_a_status_is_asked_for_where_a_kind_has_several(kind):
    written = [one for one in SPECS[kind].details_fields if one.name == "status"]

    assert bool(written) is bool(SPECS[kind].statuses)
    for one in written:
        assert one.choices == SPECS[kind].statuses
        assert one.form is FieldForm.CHOICE
        assert one.default == SPECS[kind].statuses[0]
        assert DETAILS[kind].model_fields["status"].annotation is Status


def test_what_all_kinds_have_is_what_a_draft_has():
    written = [(one.name, one.form, one.choices) for one in COMMON_FIELDS]

    assert written == forms_of(Draft, [name for name, *_ in written])


@pytest.mark.parametrize("kind", RECORDABLE)
def test_no_name_means_two_things(kind):
    names = [one.name for one in (*COMMON_FIELDS, *SPECS[kind].details_fields)] + list(RELATIONS)

    assert len(set(names)) == len(names)


def test_all_kinds_can_be_recorded_but_runs_and_plans_which_have_commands_of_their_own():
    assert set(Kind) - set(RECORDABLE) == {Kind.RUN, Kind.PLAN}
