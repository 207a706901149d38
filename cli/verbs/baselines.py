"""`archmem baselines`: what was measured, and how it moved."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import click

from cli.form import OutputForm
from cli.options import json_option, lens_options
from cli.verb import Verb
from cli.workspace import Workspace, pass_workspace

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mcp.server.mcpserver.tools import Tool

    from cli.calling import Caller
    from cli.forms.screen import Screen
    from memory.models.series import Series
    from memory.views.json_fields import Line

_POINTS = 8  # of a series, the latest


SERIES_FIELDS = {
    "metric": "its name",
    "environment": "where it was measured",
    "unit": "of all its numbers",
    "better": "lower or higher; empty where nobody says",
    "better_because": "why, where no measurement says so itself",
    "modules": "modules that were measured",
    "points": "oldest first: uid, at, value, spread, threshold, is_violated, n, commit, note, "
    "citation, compared (with the point before)",
}


class BaselinesVerb(Verb):
    """Tell the measurements of a metric, or of all, as series."""

    name = "baselines"
    nothing = "No measurement like that is known."
    tool_place = 8

    def lines(self, asked: Any, response: "Sequence[Series]") -> "Iterator[Line]":
        return (series.model_dump(mode="json") for series in response)

    def show(
        self, screen: "Screen", form: OutputForm, asked: Any, response: "Sequence[Series]"
    ) -> None:
        from cli.printing.baselines import print_series
        from cli.printing.svg import draw_series

        if form.svg and response:
            screen.line(draw_series(response))
        elif response:
            print_series(screen.console, response, is_named=bool(asked.metric))

    def tool(self, caller: "Caller") -> "Tool":
        from mcp_types import CallToolResult

        from cli.fencing import QUOTED, fenced
        from cli.mcp.arguments import AsOf, MaxTokens, Modules, Next
        from cli.mcp.budget import weight
        from cli.mcp.items import lens_of, line, page
        from cli.mcp.paging import one_page
        from cli.mcp.tool import answered, make_tool
        from cli.mcp.values import BaselineResult, SeriesItem
        from memory.models.series import Point, Series
        from memory.texts.formatting import day
        from memory.texts.numbers import number

        def _item(series: Series, _room: int) -> SeriesItem:
            latest = series.latest
            return SeriesItem(
                metric=line(series.metric, 80),
                environment=line(series.environment, 80),
                unit=line(series.unit, 20),
                better=series.better,
                uid=latest.uid,
                citation=line(latest.citation),
                violated=latest.is_violated,
                moved=line(latest.compared.words),
                points=[_point(one) for one in series.points[: -_POINTS - 1 : -1]],
            )

        def _point(point: Point) -> str:
            return f"{day(point.at) or 'undated'} {number(point.value)}"

        def _told(one: SeriesItem) -> str:
            about = ", ".join(
                filter(None, (one.environment, one.better and f"{one.better} is better"))
            )
            past = " PAST ITS THRESHOLD" if one.violated else ""
            return (
                f"{one.metric} [{one.unit}] ({about}): {'; '.join(one.points)}{past}\n"
                f"   {one.moved} ({one.uid}, {one.citation})"
            )

        def memory_baselines(
            metric: str = "",
            modules: Modules = (),
            environment: str = "",
            as_of: AsOf = "",
            max_tokens: MaxTokens = 2000,
            next: Next = "",  # noqa: A002
        ) -> Annotated[CallToolResult, BaselineResult]:
            """Tell what was measured: what a change must not worsen.

            By metric and environment, the latest first; moved says if it is better, worse or noise.
            """
            found = caller.call(
                "baselines",
                metric=metric,
                modules=modules,
                environment=environment,
                lens=lens_of(as_of),
            )
            shown, following = one_page(
                found,
                _item,
                lambda one: weight(one, _told(one)),
                about=("baselines", metric, modules, environment, as_of),
                cursor=next,
                max_tokens=max_tokens,
            )
            result = BaselineResult(series=shown, total=len(found), next=following)
            text = fenced("\n".join(map(_told, shown)), {"kind": "baselines"}) if shown else ""
            note = QUOTED if shown else "Nothing like that was measured."
            return answered(result, page([text], note, next_page=following))

        return make_tool(memory_baselines, title="Baselines")


VERBS = (BaselinesVerb(),)


@click.command()
@click.argument("metric", default="")
@click.option("--module", "modules", multiple=True, help="Only what was measured of this module.")
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
def baselines(workspace: Workspace, /, *, svg: Path | None, as_json: bool, **request: Any) -> None:
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
    if svg is None or str(svg) == "-":
        workspace.ask(VERBS[0], request, OutputForm(json=as_json, svg=svg is not None))
        return
    workspace.write(svg, VERBS[0], request, OutputForm(svg=True))
