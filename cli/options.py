"""Options that several commands share, handed on as parts of a request, ready to be sent."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from cli.moments import AsOf, Moment
from memory.kinds.vocabulary import Kind, Status

if TYPE_CHECKING:
    from datetime import datetime

Function = TypeVar("Function", bound=Callable[..., Any])

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
_REPORTS = {"sarif": "SARIF, for code scanners", "junit": "JUnit's XML, which every CI shows"}


def report_options(command: Function) -> Function:
    """Options of a command that can write what it found into a file, as `wanted_report` tells."""
    for name, words in reversed(_REPORTS.items()):
        command = click.option(
            f"--{name}",
            type=click.Path(dir_okay=False, path_type=Path),
            metavar="FILE",
            help=f"Write what is found into this file as {words}.",
        )(command)
    return command


def wanted_report(*, as_json: bool, **files: Path | None) -> tuple[str, Path | None]:
    """Which report is wanted, and where; "" and None for none."""
    wanted = [(name, file) for name, file in files.items() if file is not None]
    if len(wanted) + as_json > 1:
        raise click.UsageError("--sarif, --junit and --json are forms of one answer; give one.")
    return wanted[0] if wanted else ("", None)


uid_argument = click.argument("uid")

_LENS = (
    click.option(
        "--as-of",
        type=AsOf(),
        metavar="DATE|REV",
        help=(
            "What held then: a plain date means the end of that day, UTC. Or what the files of "
            "a commit said and whatever led to it: a branch, a tag, a hash, HEAD~3. What can be "
            "either is a date."
        ),
    ),
    click.option(
        "--known-at",
        type=Moment(end_of_day=True),
        help="As far as it was known then; dates as for --as-of.",
    ),
)
_FILTERS = (
    click.option(
        "--kind",
        multiple=True,
        type=click.Choice([str(kind) for kind in Kind]),
        metavar="KIND",
        help=f"Only what is one: {', '.join(Kind)}.",
    ),
    click.option("--module", multiple=True, help="Only what concerns this module."),
    click.option("--agent", multiple=True, help="Only what this agent wrote."),
    click.option(
        "--status",
        multiple=True,
        type=click.Choice([str(status) for status in Status]),
        metavar="STATUS",
        help=f"Only what stands so: {', '.join(Status)}.",
    ),
    click.option("--tag", multiple=True, help="Only what has this tag."),
)


def limit_option(*, default: int | None, help: str) -> Callable[[Function], Function]:  # noqa: A002
    """`--limit`, at least 1."""
    return click.option(
        "--limit",
        type=click.IntRange(min=1),
        default=default,
        show_default=default is not None,
        metavar="N",
        help=help,
    )


def lens_options(command: Callable[..., None]) -> Callable[..., None]:
    """`--as-of` and `--known-at`, handed on as a `lens`."""

    @wraps(command)
    def with_lens(*, as_of: dict[str, str] | None, known_at: datetime | None, **rest: Any) -> None:
        lens = as_of or {}
        if known_at and "commit" in lens:
            raise click.UsageError("--known-at goes with a date, not with a commit.")
        command(lens=lens | ({"known_at": known_at.isoformat()} if known_at else {}), **rest)

    return _apply(_LENS, with_lens)


def selection_options(command: Callable[..., None]) -> Callable[..., None]:
    """Filters, `--as-of` and `--known-at`, handed on as a `selection`; filters may be repeated."""

    @wraps(command)
    def with_selection(
        *,
        lens: dict[str, str | None],
        kind: tuple[str, ...],
        module: tuple[str, ...],
        agent: tuple[str, ...],
        status: tuple[str, ...],
        tag: tuple[str, ...],
        **rest: Any,
    ) -> None:
        selection = {
            "kinds": kind,
            "modules": module,
            "agents": agent,
            "statuses": status,
            "tags": tag,
            "lens": lens,
        }
        command(selection=selection, **rest)

    return _apply(_FILTERS, lens_options(with_selection))


def _apply(options: tuple[Callable[[Function], Function], ...], command: Function) -> Function:
    for option in reversed(options):
        command = option(command)
    return command
