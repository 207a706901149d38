"""`archmem baselines`: what was measured, and how it moved."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from cli.form import Form
from cli.narration import note
from cli.options import json_option, lens_options
from cli.workspace import Workspace, pass_workspace


@click.command()
@click.argument("metric", default="")
@click.option("--module", multiple=True, help="Only what was measured of this module.")
@click.option("--environment", default="", help="Only where it was measured, or a part of that.")
@click.option(
    "--svg",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    metavar="FILE",
    help="Draw a picture into this file; - is standard output.",
)
@lens_options
@json_option
@pass_workspace
def baselines(
    workspace: Workspace,
    *,
    metric: str,
    module: tuple[str, ...],
    environment: str,
    svg: Path | None,
    lens: dict[str, Any],
    as_json: bool,
) -> None:
    """Plot what was measured.

    A series is one metric in one environment. Each measurement is compared with the one before:
    better, worse, or noise by its spread. Without a METRIC there is a line for each series; a
    part of a name will do.

    \b
    Examples:
        archmem baselines
        archmem baselines checkout_latency_p95
        archmem baselines --module queue --svg queue.svg
    """
    if svg and as_json:
        raise click.UsageError("--svg and --json are two forms; give one.")
    request = {"metric": metric, "modules": module, "environment": environment, "lens": lens}
    if svg is None or str(svg) == "-":
        workspace.ask("baselines", request, Form(json=as_json, svg=svg is not None))
        return
    picture = workspace.answer("baselines", request, Form(svg=True))
    if not picture:
        return
    try:
        svg.write_text(picture, encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"{svg} cannot be written: {error.strerror}.") from error
    note(f"Drawn into {svg}.")
