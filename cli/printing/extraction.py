"""Services that code could be parted into, as they are printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory.texts.formatting import counted
from memory.texts.safe_text import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cli.forms.screen import Screen
    from memory.models.coordination import Extraction, Service

_MOST = 5  # of one list; the JSON has all


def print_extraction(screen: Screen, found: Extraction) -> None:
    """Print how good the partition is, the cuts, and each service in its order."""
    screen.line("")
    screen.line(screen.styled("As services", bold=True))
    screen.line(f"  {'partition':<18}{'parts':>6}{'SM':>8}{'ICP':>7}{'IFN':>7}{'NED':>7}")
    for each in found.partitions:
        numbers = (
            f"{_number(each.structural_modularity):>8}{_number(each.calls_across):>7}"
            f"{each.interfaces:>7.1f}{each.not_extreme:>7.2f}"
        )
        screen.line(f"  {each.name:<18}{each.parts:>6}{numbers}")
    told = "SM modularity and NED files in parts of 5 to 100: more is better; ICP calls across, IFN"
    screen.line(screen.styled(f"  {told} definitions used across: less is", dim=True))
    if found.cuts:
        least = "none are cheaper" if found.exact else "there may be cheaper ones"
        screen.line(f"  {counted(len(found.cuts), 'cut')} before an order exists ({least}):")
    for cut in found.cuts[:_MOST]:
        screen.line(f"    {one_line(f'{cut.text}  ({cut.citations[0]})')}")
    if (more := len(found.cuts) - _MOST) > 0:
        screen.line(f"    and {more} more")
    for number, one in enumerate(found.services, 1):
        _print_service(screen, number, one)


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _print_service(screen: Screen, number: int, one: Service) -> None:
    title = screen.styled(one_line(f"{number}. {one.name}"), bold=True)
    kind = "" if one.kind == "service" else " (a library: no routes, no tables)"
    screen.line(f"{title}{kind}: {counted(one.files, 'file')}, {one.lines:,} lines")
    rows = [
        ("modules", _counts(one.modules)),
        ("routes", _list([each.text.partition(" -> ")[0] for each in one.routes])),
        (
            "tables",
            _list([f"{each.table}{_shared((*each.others, *each.keys))}" for each in one.tables]),
        ),
        ("contract", _list([f"{each.name} ({_counts(each.users)})" for each in one.published])),
        ("needs", _counts(one.needs)),
        ("needed by", _counts(one.needed_by)),
        ("near it", _list(one.near)),
    ]
    for name, told in rows:
        if told:
            screen.line(f"   {name:<10}{one_line(told)}")


def _shared(others: Sequence[object]) -> str:
    return f" (elsewhere too: {counted(len(others), 'place')})" if others else ""


def _counts(found: Mapping[str, int]) -> str:
    return _list([f"{name} {count}" for name, count in found.items()])


def _list(found: Sequence[str]) -> str:
    more = len(found) - _MOST
    return ", ".join(found[:_MOST]) + (f" and {more} more" if more > 0 else "")
