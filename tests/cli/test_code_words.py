"""What is printed of code reads as sentences do."""

from __future__ import annotations

import pytest

from cli.form import Terminal
from cli.forms.screen import Screen
from cli.forms.terminal import styled_anchor
from cli.printing.code import doubts_words, print_impact, print_inventory
from memory.models.assessment import AnchorVerdict, CheckedAnchor
from memory.models.code import Doubts, Impact, Inventory, Missed, Reached, Risk


def missed(count: int, what: str) -> tuple[Missed, ...]:
    return tuple(
        Missed(what=what, name="x", file="a.py", line=each, reason="") for each in range(count)
    )


@pytest.mark.parametrize(
    ("doubts", "said"),
    [
        (Doubts(), "all that was seen was resolved."),
        (Doubts(unresolved=missed(1, "import")), "not resolved: 1 import."),
        (
            Doubts(unresolved=(*missed(2, "import"), *missed(1, "route"), *missed(3, "table"))),
            "not resolved: 2 imports, 1 route, 3 tables.",
        ),
        (Doubts(opaque_calls=1), "1 call of methods of values was not followed."),
        (Doubts(opaque_calls=1200), "1,200 calls of methods of values were not followed."),
    ],
)
def test_what_is_not_known_is_counted_in_words(doubts, said):
    assert doubts_words(doubts) == said


@pytest.mark.parametrize("reason", ["is defined in 2 files", "8 paths end so"])
def test_why_nobody_can_tell_is_set_off_from_the_name(reason):
    checked = CheckedAnchor(
        type="path", name="jobs.py", verdict=AnchorVerdict.UNKNOWN, reason=reason
    )

    assert styled_anchor(checked).plain == f"cannot tell: jobs.py: {reason}"


def test_a_route_that_is_the_target_itself_has_no_empty_brackets():
    printed = impact_on_routes([0])

    assert printed.endswith("a.py:1  GET /x\n")


def test_many_routes_are_told_by_their_distance_and_cut_with_a_count():
    printed = impact_on_routes([1, 1, *[3] * 40])

    assert "routes (42: 2 directly, 40 by 3 steps):" in printed
    assert printed.endswith("  and 27 more as far or farther; --json has all\n")


def impact_on_routes(distances):
    routes = tuple(
        Reached(what="route", name="GET /x", file="a.py", line=1, module="a", distance=one,
                grade="", path=())
        for one in distances
    )  # fmt: skip
    none = dict.fromkeys(("files", "direct", "cascade", "tables", "tests"), ())
    risk = Risk(score=0.1, level="LOW", parts=())
    found = Impact(
        target="GET /x",
        kind="route",
        routes=routes,
        modules={},
        risk=risk,
        doubts=Doubts(),
        **none,
    )
    screen = Screen(Terminal())

    print_impact(screen, found)

    return screen.printed.out


def test_what_is_not_told_of_tables_stands_below_them_with_its_reason():
    screen = Screen(Terminal())
    why = Missed(what="table", name="orders", file="a.py", line=3, reason="its model disagrees")

    print_inventory(screen, Inventory(what="tables", rows=(), doubts=Doubts(unresolved=(why,))))

    assert screen.printed.out == "a.py:3  orders: its model disagrees\n"


def test_a_row_of_facts_fits_the_terminal_and_is_one_line_for_a_program():
    row = {
        "file": "app/Http/Controllers/Admin/OrdersController.php",
        "line": 30,
        "table": "orders",
        "columns": [{"name": f"column_{number}"} for number in range(20)],
        "foreign_keys": [],
    }
    found = Inventory(
        what="tables", rows=(row, {**row, "file": "a.php", "columns": []}), doubts=Doubts()
    )

    drawn, piped = Screen(Terminal(width=80, columns=80, is_tty=True)), Screen(Terminal())
    for screen in (drawn, piped):
        print_inventory(screen, found)

    place, *rest, short = drawn.printed.out.splitlines()
    assert place == "app/Http/Controllers/Admin/OrdersController.php:30"
    assert max(map(len, rest)) <= 80
    assert all(line.startswith("  ") for line in rest)
    assert short == "a.php:30  orders ()"
    assert " ".join(line.strip() for line in (place, *rest)) == " ".join(
        piped.printed.out.splitlines()[0].split()
    )
