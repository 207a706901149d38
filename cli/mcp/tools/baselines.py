"""memory_baselines: what was measured, as series."""

from typing import TYPE_CHECKING, Annotated

from mcp.server.mcpserver.tools import Tool
from mcp_types import CallToolResult

from cli.mcp.arguments import AsOf, MaxTokens, Modules, Next, request
from cli.mcp.budget import weight
from cli.mcp.items import lens_of, line, page
from cli.mcp.loop_values import Measured, SeriesItem
from cli.mcp.paging import one_page
from cli.mcp.tool import answered, make_tool
from cli.quoting import QUOTED, fenced
from memory.models.request import Baselines
from memory.models.series import Point, Series
from memory.texts.formatting import day
from memory.texts.numbers import number

if TYPE_CHECKING:
    from cli.calling import Caller

_POINTS = 8  # of a series, the latest


def baselines_tool(caller: "Caller") -> Tool:
    """The tool that tells what was measured."""

    def memory_baselines(
        metric: str = "",
        modules: Modules = (),
        environment: str = "",
        as_of: AsOf = "",
        max_tokens: MaxTokens = 2000,
        next: Next = "",  # noqa: A002
    ) -> Annotated[CallToolResult, Measured]:
        """Tell what was measured: what a change must not worsen.

        By metric and environment, the latest first; moved says if it is better, worse or noise.
        """
        asked = request(
            Baselines,
            metric=metric,
            modules=modules,
            environment=environment,
            lens=lens_of(as_of),
        )
        found = caller.call("baselines", asked).series
        shown, following = one_page(
            found,
            _item,
            lambda one: weight(one, _told(one)),
            about=("baselines", metric, modules, environment, as_of),
            cursor=next,
            max_tokens=max_tokens,
        )
        result = Measured(series=shown, total=len(found), next=following)
        text = fenced("\n".join(map(_told, shown)), {"kind": "baselines"}) if shown else ""
        note = QUOTED if shown else "Nothing like that was measured."
        return answered(result, page([text], note, next_page=following))

    return make_tool(memory_baselines, title="Baselines")


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
    about = ", ".join(filter(None, (one.environment, one.better and f"{one.better} is better")))
    past = " PAST ITS THRESHOLD" if one.violated else ""
    return (
        f"{one.metric} [{one.unit}] ({about}): {'; '.join(one.points)}{past}\n"
        f"   {one.moved} ({one.uid}, {one.citation})"
    )
