"""`archmem health`: how the code is, on a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cli.code_verb import CodeVerb
from cli.form import OutputForm
from cli.workspace import Workspace, pass_workspace
from memory.texts.formatting import spoken
from memory.texts.safe_text import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cli.forms.screen import Screen
    from memory.models.code import CouplingRow
    from memory.models.health import Health, Measure

_MOST = 10  # of one list; the JSON has all
_IN_MATRIX = 12  # modules
_DAYS = ("first", "last")
_COLOURS = {"better": "green", "worse": "red", "same": "bright_black"}


class HealthVerb(CodeVerb):
    """Tell how the code is, on a page."""

    name = "health"

    def show(self, screen: Screen, form: OutputForm, asked: Any, response: Health) -> None:
        from cli.printing.health_drawing import health_lines

        if form.layout == "svg":
            for each in health_lines(response):
                screen.line(each)
        else:
            print_health(screen, response)

    def remark(self, screen: Screen, form: OutputForm, asked: Any, response: Health) -> None:
        from cli.printing.code import NO_CODE, doubts_words

        if not any(one.value for one in response.measures):
            screen.note(NO_CODE)
        elif not any(one.last_day for one in response.measures):
            screen.note("Without a trend yet: `archmem drift` looks at commits of the past.")
        screen.note(f"Of the code: {doubts_words(response.doubts)}")


VERBS = (HealthVerb(),)


@click.command()
@click.option("--format", "layout", type=click.Choice(("table", "json", "svg")), default="table")
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@pass_workspace
def health(workspace: Workspace, *, layout: str, as_json: bool) -> None:
    """Tell how the code is, on a page.

    Its numbers with their formulas, each beside what it was first and what it was last: at commits
    that `archmem drift` has looked at, and when this was asked before; what is coupled most; what
    makes it slow, by baselines and by findings, and where it is changed often; the findings of
    each module. A number that nothing tells is unknown.

    \b
    Examples:
        archmem health
        archmem health --format svg > health.svg
    """
    form = OutputForm(json=as_json or layout == "json", layout=layout)
    workspace.ask(VERBS[0], {}, form)


def print_health(screen: Screen, found: Health) -> None:
    """Print numbers, the strongest couplings, what makes it slow, and debt by module."""
    days = next(((one.first_day, one.last_day) for one in found.measures if one.last_day), ("", ""))
    told = [f"{name}, {day[:10]}" if day else "" for name, day in zip(_DAYS, days, strict=True)]
    head = f"{'':18}{'now':>18}{told[0]:>18}{told[1]:>18}"
    screen.line(screen.styled(head.rstrip(), bold=True))
    for one in found.measures:
        screen.line(_row(screen, one))
    strong = [one for one in found.couplings if one.level == "HIGH"]
    _matrix(screen, found.couplings)
    if strong:
        screen.line("")
        screen.line(screen.styled("Coupled most", bold=True))
    for pair in strong[:_MOST]:
        screen.line(f"  {one_line(f'{pair.first} - {pair.second}: {pair.reason}')}")
    _more(screen, len(strong))
    if found.bottlenecks:
        screen.line("")
        screen.line(screen.styled("Bottlenecks", bold=True))
    for said in found.bottlenecks[: 2 * _MOST]:
        screen.line(f"  {one_line(f'{said.text}  ({said.citations[0]})')}")
    if found.debt:
        screen.line("")
        screen.line(
            screen.styled(
                f"{'Findings by module':30}{'critical':>9}{'major':>7}{'minor':>7}", bold=True
            )
        )
    for debt in found.debt[:_MOST]:
        counts = f"{debt.critical:>9}{debt.major:>7}{debt.minor:>7}"
        screen.line(f"  {one_line(debt.module):28}{counts}")
    _more(screen, len(found.debt))


def _row(screen: Screen, one: Measure) -> str:
    if one.value is None:
        return f"{spoken(one.name):18}{'unknown':>18}"
    values = (one.value, one.first, one.last)
    cells = "".join(f"{one.in_words(value):>18}" for value in values)
    trend = screen.styled(one.trend, fg=_COLOURS[one.trend]) if one.trend else ""
    doubt = f"({one_line(one.doubt.partition(':')[0])})" if one.doubt else ""  # why is said below
    return (
        f"{spoken(one.name):18}{cells.rstrip()}  {' '.join(filter(None, (trend, doubt)))}".rstrip()
    )


def _matrix(screen: Screen, couplings: Sequence[CouplingRow]) -> None:
    """Those that are coupled most against each other: H, M or L, imports and all else taken in."""
    names = list(dict.fromkeys(name for one in couplings for name in (one.first, one.second)))
    names = names[:_IN_MATRIX]
    if len(names) < 3:
        return
    levels = {frozenset((one.first, one.second)): one.level[0] for one in couplings}
    screen.line("")
    screen.line(screen.styled("Coupling: high, medium, low", bold=True))
    screen.line(f"  {'':24}" + "".join(f"{at:>4}" for at in range(1, len(names) + 1)))
    for at, name in enumerate(names, 1):
        fields = [levels.get(frozenset((name, other)), "") for other in names[:at]]
        cells = "".join(f"{said or '.':>4}" for said in fields[:-1])
        screen.line(f"  {at:>2} {one_line(name)[:20]:21}{cells}")


def _more(screen: Screen, count: int) -> None:
    if count > _MOST:
        screen.line(f"  and {count - _MOST} more")
