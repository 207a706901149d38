"""The page on how a code base is: numbers with formulas, and unknown where nothing tells."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from xml.etree.ElementTree import fromstring

from cli.printing.health_drawing import health_lines
from cli.verbs.health import print_health
from memory.code.cochange import CoChange
from memory.code.codebase import Answered, Route, Unresolved
from memory.code.findings.rule import finding
from memory.code.health import health
from memory.code.known import KnownCode
from memory.code.metrics import METRICS
from memory.models.findings import Spot

EDGES = [("a/x.py", "b/x.py"), ("b/x.py", "a/x.py"), ("c/x.py", "a/x.py")]


def test_numbers_stand_beside_their_formulas_and_beside_what_they_were(code):
    then = dict.fromkeys(METRICS, 0.0) | {"modules": 2.0, "couplings": 1.0}
    found = health(KnownCode(code(EDGES), None, None), (), [("2026-01-01", then)], ())
    by_name = {one.name: one for one in found.measures}

    assert (by_name["coupled"].value, by_name["coupled"].first) == (0.5, 0.5)
    assert by_name["in cycles"].value == 0.667
    assert by_name["in cycles"].in_words(0.667) == "66.7%"  # a share is no count
    assert by_name["modules"].in_words(3) == "3"
    assert (by_name["modules"].value, by_name["modules"].last_day) == (3, "2026-01-01")
    assert all(one.formula for one in found.measures)
    assert by_name["covered"].value is None
    assert by_name["open routes"].value is None  # there are no routes
    assert [(one.first, one.second) for one in found.couplings] == [("a", "b"), ("a", "c")]


def test_debt_counts_what_is_shown_by_module_the_most_burdened_first(code):
    spots = [Spot(file="a/x.py", line=1)]
    some = [
        finding("architecture.x", ["1"], "so", spots, severity="minor", modules=["a"]),
        finding("performance.y", ["2"], "slow", spots, severity="major", modules=["b", "a"]),
        finding("architecture.x", ["3"], "so", spots, modules=["c"], sure=False),
        finding("architecture.x", ["4"], "so", spots, severity="critical", modules=["b"]),
    ]
    found = health(KnownCode(code(EDGES), None, None), some, (), ())
    assert [(one.module, one.critical, one.major, one.minor) for one in found.debt] == [
        ("b", 1, 1, 0),
        ("a", 0, 1, 1),
    ]
    assert [(one.text, one.citations) for one in found.bottlenecks] == [
        ("slow", ("a/x.py:1", some[1].id))
    ]


def test_a_bottleneck_is_told_by_its_counts(code):
    commits = CoChange([["a/x.py"], ["a/x.py"], ["b/x.py"], ["b/x.py"]])
    found = health(KnownCode(code(EDGES), commits, None), (), (), ())
    assert [one.text for one in found.bottlenecks] == [
        "a/x.py: changed in 2 commits, 2 files rely on it",
        "b/x.py: changed in 2 commits, 1 file relies on it",
    ]


def test_what_nobody_reads_is_unknown_and_not_none(code):
    base = code(EDGES)
    why = "tables of Doctrine are not read; 85 files may have some"
    base = replace(base, unresolved=(Unresolved("", 0, "unread tables", "", why),))
    found = {one.name: one for one in health(KnownCode(base, None, None), (), (), ()).measures}
    assert (found["tables"].value, found["tables"].formula) == (None, f"unknown: {why}")
    assert found["modules"].value == 3


def test_where_no_route_is_seen_their_number_is_unknown_as_not_all_libraries_are_known(code):
    found = {
        one.name: one for one in health(KnownCode(code(EDGES), None, None), (), (), ()).measures
    }

    why = "unknown: none was seen, which says nothing of libraries that are not known"
    for name in ("routes", "routes_open", "routes_unknown", "tables"):
        assert (found[name].value, found[name].formula) == (None, why)


def test_of_routes_that_are_seen_none_may_be_open(code):
    route = Route("GET", "/a", "x", "a/x.py", 1, symbol="x", auth=Answered("yes", "x"))
    base = replace(code(EDGES), routes=(route,))

    found = {one.name: one for one in health(KnownCode(base, None, None), (), (), ()).measures}

    assert (found["routes"].value, found["routes_open"].value) == (1, 0)


def test_of_routes_that_are_read_in_part_a_number_is_the_least_and_nothing_is_unknown(code):
    route = Route("GET", "/a", "x", "a/x.py", 1, symbol="x")
    lost = Unresolved("b/x.py", 3, "route", "/x", "nobody uses its router")
    base = replace(code(EDGES), routes=(route,), unresolved=(lost,))

    found = {one.name: one for one in health(KnownCode(base, None, None), (), (), ()).measures}

    assert (found["routes"].value, found["routes_open"].value) == (1, None)
    why = "1 place not understood: nobody uses its router"
    assert found["routes"].doubt == found["routes_unknown"].doubt == f"at least: {why}"
    assert found["routes_open"].formula == f"unknown: {why}"
    assert found["untold routes"].doubt == "of those that are read"
    assert found["modules"].doubt == found["in cycles"].doubt == ""
    told: list[str] = []
    screen = SimpleNamespace(line=told.append, styled=lambda said, **_: said)
    print_health(screen, health(KnownCode(base, None, None), (), (), ()))
    assert "routes                             1  (at least)" in told


def test_a_trend_is_told_of_what_can_get_better_or_worse(code):
    then = dict.fromkeys(METRICS, 0.0) | {"couplings": 9.0, "findings": 0.0, "files": 1.0}
    past = [("2026-01-01", then | {"couplings": 2.0}), ("2026-02-01 10:00", then)]
    found = {
        one.name: one for one in health(KnownCode(code(EDGES), None, None), (), past, ()).measures
    }
    assert (found["couplings"].trend, found["couplings"].first) == ("better", 2.0)
    assert found["modules_in_cycles"].trend == "worse"
    assert found["findings"].trend == "same"
    assert found["files"].trend == ""  # more of it is neither


def test_the_page_is_one_picture_that_names_its_numbers_and_escapes_them(code):
    spots = [Spot(file="a/<x>.py", line=1)]
    some = [finding("performance.y", ["2"], "slow & <b>", spots, modules=["a"])]
    past = [("2026-01-01", dict.fromkeys(METRICS, 0.0))]
    page = "\n".join(health_lines(health(KnownCode(code(EDGES), None, None), some, past, ())))
    fromstring(page)
    for said in (
        "couplings",
        "2026-01-01",
        "Findings by module",
        "Bottlenecks",
        "slow &amp; &lt;b&gt;",
    ):
        assert said in page
