"""The options that tell what came of a run, and the JSON that they are put into, or read from."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

import click

from memory.errors import InvalidRecord

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TextIO

Function = TypeVar("Function", bound="Callable[..., Any]")

_TEXTS = {
    "approach": "What was done.",
    "situation": "The situation in which it was done.",
    "alternative": "What works instead.",
}
_LISTS = {
    "metric": ("metrics", "TEXT", 'What it did to a metric: "p95: 430 -> 380 ms".'),
    "issue": ("issues", "TEXT", "What went wrong."),
    "lesson": ("lessons", "TEXT", "What is to be done so from now on."),
    "helped": ("helped", "UID", "A memory that helped."),
    "misled": ("misled", "UID", "A memory that misled."),
    "commit": ("commits", "REV", "A commit that it made."),
}
_OPTIONS = (
    click.option("--success/--failure", default=None, help="Whether it succeeded."),
    *(click.option(f"--{name}", metavar="TEXT", help=about) for name, about in _TEXTS.items()),
    *(
        click.option(
            f"--{name}", field, metavar=what, multiple=True, help=f"{about} May be repeated."
        )
        for name, (field, what, about) in _LISTS.items()
    ),
    click.option(
        "--from",
        "source",
        type=click.File(encoding="utf-8"),
        help="Read the result from a JSON object in a file, or with - from stdin.",
    ),
)


def result_options(command: Function) -> Function:
    """The options of a result, handed on by the names of its fields, and `--from` as `source`."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def result_from(source: TextIO | None, options: Mapping[str, Any]) -> dict[str, Any]:
    """The result as a JSON object: what a file says, and above it what options say.

    Raises:
        InvalidRecord: the file does not hold one JSON object.
    """
    told = read_object(source) if source else {}
    given = {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in options.items()
        if value not in (None, ())
    }
    inner = told.get("result")
    if isinstance(inner, dict):
        return told | {"result": inner | given}
    return told | given


def read_object(source: TextIO) -> dict[str, Any]:
    """The one JSON object that a file holds.

    Raises:
        InvalidRecord: it holds something else.
    """
    try:
        said = json.load(source)
    except UnicodeDecodeError as error:
        raise InvalidRecord(f"{source.name} is not UTF-8.") from error
    except json.JSONDecodeError as error:
        where = f"line {error.lineno} column {error.colno}"
        raise InvalidRecord(f"{source.name} is not JSON: {error.msg}, {where}.") from error
    except RecursionError as error:
        raise InvalidRecord(f"{source.name} is nested too deeply.") from error
    if not isinstance(said, dict):
        raise InvalidRecord(f"{source.name} should hold one JSON object.")
    return said
