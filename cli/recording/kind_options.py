"""The options of `archmem record KIND`, built from the fields of the kind."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

import click

from cli.moments import Moment
from cli.recording.common_fields import COMMON_FIELDS, RELATIONS
from memory.kinds import SPECS
from memory.kinds.spec import Field, FieldForm

if TYPE_CHECKING:
    from memory.kinds.vocabulary import Kind

_NAMES = {"valid_from": "date", "valid_to": "until"}  # where the field's own name is no option


def _as_moves(
    _ctx: click.Context, _param: click.Parameter, moves: tuple[tuple[str, str, str], ...]
) -> list[dict[str, str]]:
    return [dict(zip(("what", "origin", "destination"), move, strict=True)) for move in moves]


_SETTINGS: dict[FieldForm, dict[str, Any]] = {
    FieldForm.TEXT: {"metavar": "TEXT"},
    FieldForm.TEXTS: {"metavar": "TEXT", "multiple": True},
    FieldForm.CHOICE: {},
    FieldForm.SWITCH: {"is_flag": True, "default": None},
    FieldForm.INTEGER: {"type": int},
    FieldForm.NUMBER: {"type": float},
    FieldForm.MOMENT: {"type": Moment()},
    FieldForm.MOVES: {
        "type": (str, str, str),
        "metavar": "WHAT FROM TO",
        "multiple": True,
        "callback": _as_moves,
    },
}


class SectionedOption(click.Option):
    """An option that is listed under a heading of its own in the help."""

    def __init__(self, *arguments: Any, section: str, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.section = section


class SectionedCommand(click.Command):
    """A command whose many options are listed in sections."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, section by section."""
        rows = [
            (getattr(param, "section", "Options"), row)
            for param in self.get_params(ctx)
            if (row := param.get_help_record(ctx)) is not None
        ]
        for section, some in groupby(rows, key=lambda row: row[0]):
            with formatter.section(section):
                formatter.write_dl([row for _, row in some])


def record_options(kind: Kind) -> list[click.Parameter]:
    """All options of one kind; fields of the draft are handed on by their own names."""
    return [
        *(_option(field, "What it says") for field in SPECS[kind].details_fields),
        *(_option(field, "About it") for field in COMMON_FIELDS),
        *(_relation(relation, about) for relation, about in RELATIONS.items()),
        *_WAYS,
    ]


def _option(field: Field, section: str) -> click.Option:
    settings = dict(_SETTINGS[field.form])
    if field.choices:
        settings["type"] = click.Choice(field.choices)
    about = field.about
    if field.default:
        about = f"{about} [default: {field.default}]"
    if settings.get("multiple"):
        about = f"{about} May be repeated."
    return SectionedOption(
        [option_name(field), field.name], section=section, help=about, **settings
    )


def option_name(field: Field) -> str:
    """What the option of a field is called: in the singular where it may be repeated."""
    name = _NAMES.get(field.name, field.name).replace("_", "-")
    return f"--{name.removesuffix('s') if field.form is FieldForm.TEXTS else name}"


def _relation(relation: str, about: str) -> click.Option:
    return SectionedOption(
        [f"--{relation.replace('_', '-')}", relation],
        section="Relations",
        multiple=True,
        metavar="UID",
        help=f"{about} May be repeated.",
    )


def _way(*names: str, **settings: Any) -> click.Option:
    return SectionedOption(names, section="Ways to say it", **settings)


_WAYS = (
    _way(
        "--from",
        "source",
        type=click.File(encoding="utf-8"),
        help="Read the fields from a JSON object in a file, or with - from stdin; other options "
        "have precedence.",
    ),
    _way("--edit", is_flag=True, help="Fill in the fields in an editor."),
    _way(
        "--author", help='Who says so, such as "agent:payments". [default: you, as git knows you]'
    ),
    _way("--json", "as_json", is_flag=True, help="Print one JSON object."),
)
