"""The health of a code base as it is printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory.texts.safe_text import one_line

if TYPE_CHECKING:
    from cli.forms.screen import Screen
    from memory.models.health import Health, Measure

_MOST = 10  # of one list; the JSON has all


def print_health(screen: Screen, found: Health) -> None:
    """Print numbers, the strongest couplings, what makes it slow, and debt by module."""
    days = next(((one.first_day, one.last_day) for one in found.measures if one.last_day), ("", ""))
    head = f"{'':18}{'now':>12}{days[0]:>12}{days[1]:>12}"
    screen.line(screen.styled(head.rstrip(), bold=True))
    for one in found.measures:
        screen.line(_row(one))
    if found.couplings:
        screen.line("")
        screen.line(screen.styled("Coupled most", bold=True))
    for pair in found.couplings[:_MOST]:
        screen.line(f"  {one_line(f'{pair.first} - {pair.second}: {pair.reason}')}")
    _more(screen, len(found.couplings))
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


def _row(one: Measure) -> str:
    cells = "".join(f"{_number(value):>12}" for value in (one.value, one.first, one.last))
    return (
        f"{one.name:18}{cells}".rstrip() if one.value is not None else f"{one.name:18}     unknown"
    )


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:,.10g}"


def _more(screen: Screen, count: int) -> None:
    if count > _MOST:
        screen.line(f"  and {count - _MOST} more")
