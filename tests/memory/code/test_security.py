"""Endpoints that lack what those beside them have."""

from __future__ import annotations

from dataclasses import replace

import pytest

from memory.code.codebase import Answered, CodePlace, Query, Route
from memory.code.findings.auditing import look
from memory.code.findings.rule import AuditSubject
from memory.code.findings.security import endpoints

YES, NO, UNKNOWN = (
    Answered("yes", "@login_required"),
    Answered("no", "nothing"),
    Answered("unknown", "x.py:3", "settings decide"),
)


def a_route(said: str, auth: Answered = YES, **more) -> Route:
    method, path = said.split(" ")
    return Route(method, path, "views.handle", more.pop("file", "shop/views.py"), 3, auth, **more)


@pytest.fixture
def audited(code):
    def audit(*routes: Route):
        handle = CodePlace("shop/views.py", "handle")
        base = code([("shop/views.py", "shop/models.py")], symbols=["shop/views.py:handle"])
        base = replace(base, routes=routes, queries=(Query(handle, 4, "write", "orders", ""),))
        looked = look(AuditSubject(base), "security")
        return looked.findings, {row.rule.partition(".")[2]: row for row in looked.rules}

    return audit


def named(findings, rule="security.open-endpoint"):
    return [(one.parts[0], one.severity, one.sure) for one in findings if one.rule == rule]


OTHERS = [a_route("GET /orders"), a_route("PUT /orders/{id}"), a_route("DELETE /orders/{id}")]


@pytest.mark.parametrize(
    ("route", "told"),
    [
        (a_route("POST /orders", NO), ("major", False)),
        (a_route("POST /orders", NO, symbol="handle"), ("major", True)),  # it writes
        (a_route("GET /orders/{id}", NO), ("minor", False)),
        (a_route("POST /auth/login", NO), ("minor", False)),  # open by its nature
        (a_route("POST /api/users", NO), ("minor", False)),  # who joins is not known yet
        (a_route("POST /webhooks/stripe", NO), ("minor", False)),
        (a_route("POST /orders", Answered("no", "permitAll (x.java:3)")), ("minor", False)),
        (a_route("POST /orders", UNKNOWN), None),
        (a_route("OPTIONS /orders", NO), None),  # says what may be asked
        (a_route("POST /orders", NO, file="tests/views.py"), None),
    ],
)
def test_an_endpoint_is_open_where_those_beside_it_are_not(audited, route, told):
    findings, _ = audited(*OTHERS, route)

    assert named(findings) == ([(f"{route.method} {route.path}", *told)] if told else [])


def test_an_open_project_is_no_finding(audited):
    findings, _ = audited(*(one._replace(auth=NO) for one in OTHERS))

    assert named(findings) == []


def test_what_is_not_understood_is_counted_by_reason(audited):
    _, rows = audited(*OTHERS, a_route("POST /pay", UNKNOWN), a_route("POST /buy", UNKNOWN))

    row = rows["open-endpoint"]

    assert (row.looked_at, row.cannot_tell) == (5, 2)
    assert row.reasons == {"settings decide": 2}


def test_a_login_without_a_limit_is_graver_where_others_are_limited(audited):
    login = a_route("POST /login", NO, rate_limit=NO)
    limited = a_route("POST /forgot-password", NO, rate_limit=YES)

    alone, _ = audited(login)
    beside, _ = audited(login, limited)

    assert named(alone, "security.no-rate-limit") == [("POST /login", "minor", True)]
    assert named(beside, "security.no-rate-limit") == [("POST /login", "major", True)]


def test_what_only_those_who_are_known_may_try_is_less_surely_without_a_limit(audited):
    (found, _) = audited(a_route("POST /settings/otp", YES, rate_limit=NO))
    (changing, _) = audited(a_route("POST /change-password", UNKNOWN, rate_limit=NO))

    assert named(found, "security.no-rate-limit") == [("POST /settings/otp", "minor", False)]
    assert [sure for *_, sure in named(changing, "security.no-rate-limit")] == [False]


@pytest.mark.parametrize(
    ("path", "sure"),
    [("/account/login", True), ("/admin/profile/password", False), ("/login/by_weixin", False)],
)
def test_what_another_service_gives_out_is_tried_there(audited, path, sure):
    found, _ = audited(a_route(f"POST {path}", NO, rate_limit=NO))

    assert [told[2] for told in named(found, "security.no-rate-limit")] == [sure]


@pytest.mark.parametrize(("takes", "told"), [(True, 1), (False, 0)])
def test_what_takes_nothing_has_nothing_to_check(audited, takes, told):
    others = [a_route(f"POST /{name}", validation=YES) for name in "abc"]

    found, _ = audited(*others, a_route("POST /run", validation=NO, takes_input=takes))

    assert len(named(found, "security.unvalidated-input")) == told


def test_a_finding_stays_the_same_when_lines_and_files_move(audited):
    before, _ = audited(*OTHERS, a_route("POST /orders", NO))
    moved = a_route("POST /orders", NO, file="shop/orders.py")._replace(line=70)
    after, _ = audited(*OTHERS, moved)

    assert [one.id for one in before] == [one.id for one in after]


def test_the_matrix_has_every_endpoint_with_its_evidence(code):
    base = replace(code([("shop/views.py", "shop/models.py")]), routes=tuple(OTHERS))

    rows = endpoints(base)

    assert (rows[0].method, rows[0].path, rows[0].module) == ("GET", "/orders", "shop")
    assert rows[0].auth == {"answer": "yes", "evidence": "@login_required", "why": ""}
